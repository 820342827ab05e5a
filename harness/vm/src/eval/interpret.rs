//! The loop that runs frames, instruction by instruction, and goes from frame to frame.

use refdrift_isa::{Instr, Run};

use crate::eval::frame::Resumer;
use crate::eval::runs::Runs;
use crate::eval::{Ended, Flow};
use crate::types::code::{CodeRef, RunnableCode};
use crate::vm::{PyResult, Stop, Vm};

/// Code that a loop holds while it runs it, and goes on holding until it needs the place: frames call each other in turn, and to take
/// hold of code that others hold, too, costs more than an instruction does.
#[derive(Default)]
pub(crate) struct HeldCodes([Option<CodeRef>; Self::MOST]);

impl HeldCodes {
    const MOST: usize = 16;
}

impl Vm {
    /// Runs the frame on top until it returns; for calls from native code.
    pub(crate) fn run_entry_frame(&mut self) -> PyResult {
        match self.run_frames()? {
            Ended::Returned(value) | Ended::Yielded(value) => Ok(value),
        }
    }

    /// Runs the frame on top, and those it calls, until it ends or yields.
    pub(crate) fn run_frames(&mut self) -> PyResult<Ended> {
        self.loops += 1;
        let ended = self.run_frames_counted();
        self.loops -= 1;
        ended
    }

    fn run_frames_counted(&mut self) -> PyResult<Ended> {
        // 3.11 counts each frame, the later versions also this loop.
        if self.profile.native_recursion_limit.is_none() {
            return self.start_frame().and_then(|()| self.check_stack()).and_then(|()| self.run_loop());
        }
        // It takes two units (`PY_EVAL_C_STACK_UNITS`).
        self.native_depth += 1;
        let ended = match self.enter_recursion("") {
            Ok(()) => {
                let ended = self.start_frame().and_then(|()| self.run_loop());
                self.leave_recursion();
                ended
            }
            Err(stop) => {
                self.end_frame();
                Err(stop)
            }
        };
        self.native_depth -= 1;
        ended
    }

    /// The frame on top goes, if there is no room for it.
    fn start_frame(&mut self) -> PyResult<()> {
        let checked = self.check_depth();
        if checked.is_err() {
            self.end_frame();
        }
        checked
    }

    fn run_loop(&mut self) -> PyResult<Ended> {
        // Loops that follow each other often run the same code: what the last one held is there already.
        let mut codes = self.held_codes.pop().unwrap_or_default();
        let ended = self.run_loop_holding(&mut codes);
        self.held_codes.push(codes);
        ended
    }

    fn run_loop_holding(&mut self, codes: &mut HeldCodes) -> PyResult<Ended> {
        let floor = self.frames.len();
        loop {
            let top = self.frames.len() - 1;
            let frame = &self.frames[top];
            let place = &mut codes.0[frame.code.id as usize % HeldCodes::MOST];
            let code = match place {
                Some(code) if CodeRef::ptr_eq(code, &frame.code) => code,
                place => place.insert(frame.code.clone()),
            };
            let (base, pc) = (frame.base, frame.pc);
            let (pc, flow) = if self.is_quiet(code) { self.run_quietly(code, pc, base) } else { self.run_watched(code, pc, base) };
            // The frame of a new generator is gone already.
            if !matches!(flow, Ok(Flow::Generator(_))) {
                self.frames[top].pc = pc + 1;
            }
            match flow {
                Ok(Flow::Next | Flow::Jump(_)) => {}
                Ok(Flow::Pushed) => {
                    if self.start_frame().is_err() {
                        self.callee_raised();
                        self.add_traceback();
                        self.unwind(floor)?;
                    }
                }
                Ok(Flow::Return(value)) => {
                    let resumer = self.frames[top].resumer;
                    let value = self.end_returning_frame(value);
                    if self.frames.len() < floor {
                        return Ok(Ended::Returned(value));
                    }
                    if let Err(stop) = self.returned_in_loop(resumer, value) {
                        self.raised_here(stop, floor)?;
                    }
                }
                Ok(Flow::Generator(generator)) => {
                    if self.frames.len() < floor {
                        return Ok(Ended::Returned(generator));
                    }
                    self.push(generator);
                }
                Ok(Flow::Yield(value)) => match self.suspend_frame() {
                    Resumer::Native => return Ok(Ended::Yielded(value)),
                    resumer => self.yielded_in_loop(resumer, value),
                },
                Ok(Flow::Reraise) => self.unwind(floor)?,
                Ok(Flow::CalleeRaised) => {
                    self.callee_raised();
                    self.add_traceback();
                    self.unwind(floor)?;
                }
                Err(stop) => self.raised_here(stop, floor)?,
            }
        }
    }

    /// The instruction of the frame on top has raised: on to its handler.
    fn raised_here(&mut self, stop: Stop, floor: usize) -> PyResult<()> {
        if stop == Stop::Abort {
            return Err(stop);
        }
        let top = self.frames.len() - 1;
        self.frames[top].past_caches = false;
        self.add_traceback();
        self.unwind(floor)
    }

    /// Whether nobody looks at code of that kind between its instructions: all there is to do before one is to count it.
    fn is_quiet(&self, code: &RunnableCode) -> bool {
        #[cfg(feature = "faults")]
        if self.heap.faults.is_on() {
            return false;
        }
        code.traced && !code.twin && self.recorder.is_none()
    }

    /// Runs the frame on top, at which somebody looks between its instructions, from `pc` on, up to an instruction after which
    /// execution goes on elsewhere. Hands out the index of that, and where execution goes.
    #[inline(never)]
    fn run_watched(&mut self, code: &RunnableCode, mut pc: usize, base: usize) -> (usize, PyResult<Flow>) {
        let instrs = &code.code.instrs[..];
        loop {
            let instr = &instrs[pc];
            self.mark_current(pc);
            let flow = match self.before_instruction(instr, code, base) {
                Ok(None) => self.execute_watched(instr, pc, code, base),
                Ok(Some(flow)) => Ok(flow),
                Err(stop) => Err(stop),
            };
            if let Some(flow) = self.within(flow, &mut pc) {
                return (pc, flow);
            }
        }
    }

    /// The same for a frame at which nobody looks. Runs of instructions are done in one go.
    #[inline(never)]
    fn run_quietly(&mut self, code: &RunnableCode, mut pc: usize, base: usize) -> (usize, PyResult<Flow>) {
        let (instrs, caches) = (&code.code.instrs[..], code.caches());
        let runs = Runs { instrs, caches, consts: &code.consts, base };
        loop {
            let instr = &instrs[pc];
            self.mark_current(pc);
            if instr.boundary {
                // A run that was broken off has no step left, either.
                let Some(left) = self.step_limit.checked_sub(1) else {
                    return (pc, self.boundary(instr.offset).map(|()| Flow::Next));
                };
                self.step_limit = left;
            }
            if instr.run != Run::Alone
                && let Some(next) = self.run_together(&runs, pc)
            {
                pc = next as usize;
                // It may have been the jump at the end of a loop.
                if let Err(stop) = self.check_heap() {
                    return (pc, Err(stop));
                }
            } else if self.execute_simply(instr, code, base) {
                pc += 1;
            } else {
                let flow = self.execute(instr, pc, caches, code, base);
                if let Some(flow) = self.within(flow, &mut pc) {
                    return (pc, flow);
                }
            }
        }
    }

    /// The frame on top is about to execute that instruction.
    #[inline]
    fn mark_current(&mut self, pc: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.current = pc;
        }
    }

    /// Goes where an instruction says, if that is in the same frame; else hands back where.
    #[inline]
    fn within(&mut self, flow: PyResult<Flow>, pc: &mut usize) -> Option<PyResult<Flow>> {
        match flow {
            Ok(Flow::Next) => *pc += 1,
            Ok(Flow::Jump(target)) => {
                *pc = target as usize;
                if let Err(stop) = self.check_heap() {
                    return Some(Err(stop));
                }
            }
            other => return Some(other),
        }
        None
    }

    #[inline(never)]
    fn execute_watched(&mut self, instr: &Instr, pc: usize, code: &RunnableCode, base: usize) -> PyResult<Flow> {
        if self.execute_simply(instr, code, base) { Ok(Flow::Next) } else { self.execute(instr, pc, code.caches(), code, base) }
    }

    /// Any instruction is about to execute. Hands out where execution goes on if that has executed it already.
    #[inline(never)]
    fn before_instruction(&mut self, instr: &Instr, code: &RunnableCode, base: usize) -> PyResult<Option<Flow>> {
        if !code.traced {
            self.spend()?;
        } else if instr.boundary {
            self.boundary(instr.offset)?;
        }
        #[cfg(feature = "faults")]
        self.fault_instruction();
        Ok(if code.twin { self.before_twin_instruction(instr, code, base) } else { None })
    }
}
