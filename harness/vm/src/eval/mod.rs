//! The eval loop: runs frames, instruction by instruction (`_PyEval_EvalFrameDefault` in `Python/ceval.c`).
//!
//! An instruction takes its operands off the stack as owned references and must give each of them somewhere; what an
//! instruction does stands with its family: `names`, `data`, `calls`, `flow`, `exceptions`, `generators`, `matching`.

mod arguments;
mod asynchronous;
pub(crate) mod cache;
mod calls;
mod data;
mod exceptions;
pub(crate) mod frame;
pub(crate) mod generators;
mod groups;
mod imports;
mod matching;
mod names;
mod runs;
mod star;
mod type_params;

use refdrift_isa::{Instr, Op, Run};

use crate::eval::exceptions::{ASYNC_WITH, WITH};
#[cfg(feature = "faults")]
use crate::fault::Operation;
use crate::heap::{Owned, Ref};
use crate::modules::typing::make::Part;
use crate::object::class::Flags;
use crate::types;
use crate::types::code::{CodeRef, RunnableCode};
use crate::vm::{PyResult, Stop, Vm};

/// Where execution goes after an instruction.
pub(crate) enum Flow {
    /// To the next one.
    Next,
    /// To that one.
    Jump(u32),
    /// Into the frame that was just pushed.
    Pushed,
    /// Out of the frame, with a value for its caller.
    Return(Owned),
    /// Out of the frame for now, with a value for whoever resumed it.
    Yield(Owned),
    /// The frame became a generator, which goes to the caller.
    Generator(Owned),
    /// To the handler of the exception that is under way, which came out of something that counts as called in the same loop.
    CalleeRaised,
    /// To the handler of the exception that is under way; no traceback entry is added.
    Reraise,
}

/// How a frame that native code ran came to its end.
pub(crate) enum Ended {
    /// It returned.
    Returned(Owned),
    /// It yielded, and has gone back to its generator.
    Yielded(Owned),
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

    /// `codes` becomes the code of the frame at the floor and of those that it calls: who returns finds it still there.
    fn run_loop_holding(&mut self, codes: &mut Vec<CodeRef>) -> PyResult<Ended> {
        let floor = self.frames.len();
        loop {
            let top = self.frames.len() - 1;
            let depth = top + 1 - floor;
            if !codes.get(depth).is_some_and(|code| CodeRef::ptr_eq(code, &self.frames[top].code)) {
                codes.truncate(depth);
                codes.push(self.frames[top].code.clone());
            }
            let (code, base) = (&codes[depth], self.frames[top].base);
            let mut pc = self.frames[top].pc;
            let instrs = &code.code.instrs[..];
            let quiet = self.is_quiet(code);
            let flow = loop {
                let instr = &instrs[pc];
                self.frames[top].current = pc;
                let done = match quiet && self.count_step(instr) {
                    true if instr.run == Run::Alone => Ok(None),
                    true => Ok(self.run_together(instrs, pc, code, base)),
                    false => self.before_instruction(instr, code, base),
                };
                let flow = match done {
                    Ok(None) => self.execute(instr, pc, code, base),
                    Ok(Some(flow)) => Ok(flow),
                    Err(stop) => Err(stop),
                };
                match flow {
                    Ok(Flow::Next) => pc += 1,
                    Ok(Flow::Jump(target)) => {
                        pc = target as usize;
                        if let Err(stop) = self.check_heap() {
                            break Err(stop);
                        }
                    }
                    other => break other,
                }
            };
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
                    let value = self.end_returning_frame(value);
                    if self.frames.len() < floor {
                        return Ok(Ended::Returned(value));
                    }
                    self.push(value);
                }
                Ok(Flow::Generator(generator)) => {
                    if self.frames.len() < floor {
                        return Ok(Ended::Returned(generator));
                    }
                    self.push(generator);
                }
                Ok(Flow::Yield(value)) => {
                    self.suspend_frame();
                    return Ok(Ended::Yielded(value));
                }
                Ok(Flow::Reraise) => self.unwind(floor)?,
                Ok(Flow::CalleeRaised) => {
                    self.callee_raised();
                    self.add_traceback();
                    self.unwind(floor)?;
                }
                Err(Stop::Raised) => {
                    self.frames[top].past_caches = false;
                    self.add_traceback();
                    self.unwind(floor)?;
                }
                Err(Stop::Abort) => return Err(Stop::Abort),
            }
        }
    }

    /// Whether nobody looks at code of that kind between its instructions: all there is to do before one is to count it.
    fn is_quiet(&self, code: &RunnableCode) -> bool {
        #[cfg(feature = "faults")]
        if self.heap.faults.is_on() {
            return false;
        }
        code.traced && !code.twin && self.recorder.is_none()
    }

    /// An instruction that nobody looks at is about to execute; false if that is not all there is to say.
    #[inline]
    fn count_step(&mut self, instr: &Instr) -> bool {
        if !instr.boundary {
            return true;
        }
        if self.unsupported.is_some() || self.step_limit == 0 {
            return false;
        }
        self.step_limit -= 1;
        true
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

    /// Executes one instruction, the one of index `pc`, of the frame whose slots start at `base`: here those that are everywhere.
    /// What is more than a few words stands apart, so that the loop keeps what it needs in registers.
    #[inline]
    fn execute(&mut self, instr: &Instr, pc: usize, code: &RunnableCode, base: usize) -> PyResult<Flow> {
        let arg = instr.arg as usize;
        match instr.op {
            Op::Nop | Op::Resume => Ok(Flow::Next),

            // The stack.
            Op::PopTop => {
                if let Some(value) = self.pop_option() {
                    self.release(value);
                }
                Ok(Flow::Next)
            }
            Op::PushNull => {
                self.stack.push(None);
                Ok(Flow::Next)
            }
            Op::Copy => {
                let value = self.peek(arg);
                let value = self.retain(value);
                self.push(value);
                Ok(Flow::Next)
            }
            Op::Swap => {
                let top = self.stack.len() - 1;
                self.stack.swap(top, top + 1 - arg);
                Ok(Flow::Next)
            }
            Op::LoadConst => {
                let value = self.retain(code.consts[arg]);
                self.push(value);
                Ok(Flow::Next)
            }

            // Local variables.
            Op::LoadFast | Op::LoadFastCheck | Op::LoadClosure => match &self.stack[base + arg] {
                Some(value) => {
                    let value = value.borrow();
                    let value = self.retain(value);
                    self.push(value);
                    Ok(Flow::Next)
                }
                None => Err(self.unbound_local(code.locals[arg])),
            },
            Op::StoreFast => {
                let value = self.pop_option();
                let old = std::mem::replace(&mut self.stack[base + arg], value);
                self.release_option(old);
                Ok(Flow::Next)
            }
            Op::LoadDeref => self.load_deref(base + arg, code, arg),

            // Names.
            Op::LoadName => self.load_name(code.names[arg], code.cache(pc)),
            Op::StoreName => self.store_name(code.names[arg], code.cache(pc)),
            Op::LoadGlobal => self.load_global(code.names[arg], code.cache(pc)),
            Op::LoadAttr => self.load_attr(code.names[arg], code.cache(pc)),
            Op::LoadMethod => self.load_method(code.names[arg], code.cache(pc)),
            Op::StoreAttr => self.store_attr(code.names[arg], code.cache(pc)),

            // Operators.
            Op::BinaryOp => self.binary_op(instr.arg),
            Op::CompareOp => self.compare_op(instr.arg),
            Op::IsOp => self.is_op(arg == 1),
            Op::ContainsOp => self.contains_op(arg == 1),
            Op::BinarySubscr => self.binary_subscr(),
            Op::StoreSubscr => self.store_subscr(),

            // Iteration and jumps.
            Op::ForIter => self.for_iter(instr.arg),
            Op::Jump => Ok(Flow::Jump(instr.arg)),
            Op::PopJumpIfTrue => self.pop_jump_if(true, instr.arg),
            Op::PopJumpIfFalse => self.pop_jump_if(false, instr.arg),
            Op::PopJumpIfNone => self.pop_jump_if_none(true, instr.arg),
            Op::PopJumpIfNotNone => self.pop_jump_if_none(false, instr.arg),
            Op::JumpIfTrueOrPop => self.jump_if_or_pop(true, instr.arg),
            Op::JumpIfFalseOrPop => self.jump_if_or_pop(false, instr.arg),

            // Functions.
            Op::KwNames => {
                let top = self.frames.len() - 1;
                self.frames[top].kwnames = Some(code.consts[arg]);
                Ok(Flow::Next)
            }
            Op::Precall => self.precall(arg),
            Op::Call => self.call_op(arg),
            Op::ReturnValue => Ok(Flow::Return(self.pop())),
            Op::ReturnConst => Ok(Flow::Return(self.retain(code.consts[arg]))),
            Op::YieldValue => Ok(Flow::Yield(self.pop())),

            _ => self.execute_other(instr, code, base),
        }
    }

    /// Executes any other instruction.
    #[inline(never)]
    fn execute_other(&mut self, instr: &Instr, code: &RunnableCode, base: usize) -> PyResult<Flow> {
        let arg = instr.arg as usize;
        match instr.op {
            // Constants and local variables.
            Op::LoadNone => {
                let value = self.none();
                self.push(value);
                Ok(Flow::Next)
            }
            Op::LoadFastAndClear => {
                let value = self.stack[base + arg].take();
                self.stack.push(value);
                Ok(Flow::Next)
            }
            Op::DeleteFast => match self.stack[base + arg].take() {
                Some(value) => {
                    self.release(value);
                    Ok(Flow::Next)
                }
                None => Err(self.unbound_local(code.locals[arg])),
            },
            Op::MakeCell => {
                let content = self.stack[base + arg].take();
                let cell = self.new_cell(content);
                self.stack[base + arg] = Some(cell);
                Ok(Flow::Next)
            }
            Op::CopyFreeVars => self.copy_free_vars(arg, code, base),
            Op::StoreDeref => {
                let value = self.pop_option();
                if let Some(cell) = self.slot(base + arg) {
                    self.set_cell(cell, value);
                }
                Ok(Flow::Next)
            }
            Op::DeleteDeref => self.delete_deref(base + arg, code, arg),
            Op::LoadFromDictOrDeref => self.load_from_dict_or_deref(base + arg, code, arg),

            // Names.
            Op::DeleteName => self.delete_name(code.names[arg]),
            Op::StoreGlobal => self.store_global(code.names[arg]),
            Op::DeleteGlobal => self.delete_global(code.names[arg]),
            Op::LoadFromDictOrGlobals => self.load_from_dict_or_globals(code.names[arg]),
            Op::LoadLocals => self.load_locals(),
            Op::DeleteAttr => self.delete_attr(code.names[arg]),
            Op::LoadSuperAttr => self.load_super_attr(code.names[arg >> 1], arg & 1 == 1, false),
            Op::LoadSuperMethod => self.load_super_attr(code.names[arg >> 1], arg & 1 == 1, true),
            Op::LoadBuildClass => self.load_build_class(),
            Op::LoadAssertionError => {
                let value = self.retain(crate::types::ASSERTION_ERROR);
                self.push(value);
                Ok(Flow::Next)
            }
            Op::SetupAnnotations => self.setup_annotations(),

            // Operators.
            Op::UnaryPositive => self.unary(Self::positive),
            Op::UnaryNegative => self.unary(Self::negative),
            Op::UnaryInvert => self.unary(Self::invert),
            Op::UnaryNot => self.unary(|vm, value| {
                let truth = vm.truth(value)?;
                Ok(vm.bool(!truth))
            }),
            Op::ToBool => self.unary(|vm, value| {
                let truth = vm.truth(value)?;
                Ok(vm.bool(truth))
            }),
            Op::DeleteSubscr => self.delete_subscr(),
            Op::BinarySlice => self.binary_slice(),
            Op::StoreSlice => self.store_slice(),

            // Making containers and strings.
            Op::BuildTuple => {
                let items = self.pop_many(arg);
                let tuple = self.new_tuple(items);
                self.push(tuple);
                Ok(Flow::Next)
            }
            Op::BuildList => {
                let items = self.pop_many(arg);
                let list = self.new_list(items);
                self.push(list);
                Ok(Flow::Next)
            }
            Op::BuildSet => self.build_set(arg),
            Op::BuildMap => self.build_map(arg),
            Op::BuildConstKeyMap => self.build_const_key_map(arg),
            Op::BuildString => self.build_string_op(arg),
            Op::BuildSlice => self.build_slice(arg),
            Op::ListExtend => self.list_extend_op(arg),
            Op::SetUpdate => self.set_update_op(arg),
            Op::DictUpdate => self.dict_update_op(arg),
            Op::DictMerge => self.dict_merge_op(arg),
            Op::ListAppend => {
                let item = self.pop();
                let list = self.peek(arg);
                match self.list_mut(list) {
                    Some(items) => items.push(item),
                    None => self.release(item),
                }
                Ok(Flow::Next)
            }
            Op::SetAdd => self.set_add_op(arg),
            Op::MapAdd => self.map_add(arg),
            Op::ListToTuple => self.list_to_tuple(),
            Op::ConvertValue => self.convert_value(instr.arg),
            Op::FormatSimple => self.format_op(false),
            Op::FormatWithSpec => self.format_op(true),
            Op::UnpackSequence => self.unpack_sequence_op(arg),
            Op::UnpackEx => self.unpack_ex_op(arg & 0xff, arg >> 8),

            // Iteration.
            Op::GetIter => self.unary(Self::get_iter),

            // Functions.
            Op::MakeFunction => self.make_function(),
            Op::SetFunctionAttribute => self.set_function_attribute(instr.arg),
            Op::CallKw => self.call_kw(arg),
            Op::CallFunctionEx => self.call_function_ex(arg & 1 == 1),

            // Exceptions.
            Op::RaiseVarargs => self.raise_varargs(arg),
            Op::Reraise => self.reraise(arg),
            Op::PushExcInfo => self.push_exc_info(),
            Op::PopExcept => self.pop_except(),
            Op::CheckExcMatch => self.check_exc_match(),
            Op::CheckEgMatch => self.check_eg_match(),
            Op::PrepReraiseStar => self.prep_reraise_star(),
            Op::BeforeWith => self.before_with(&WITH),
            Op::BeforeAsyncWith => self.before_with(&ASYNC_WITH),
            Op::WithExceptStart => self.with_except_start(),

            // Generators.
            Op::ReturnGenerator => Ok(Flow::Generator(self.return_generator())),
            Op::GetAwaitable => self.get_awaitable(instr.arg),
            Op::GetAiter => self.get_aiter(),
            Op::GetAnext => self.get_anext(),
            Op::EndAsyncFor => self.end_async_for(),
            Op::AsyncGenWrap => self.unary(|vm, value| Ok(vm.wrap_async_value(value))),
            Op::GetYieldFromIter => self.get_yield_from_iter(),
            Op::Send => self.send(instr.arg),
            Op::EndSend => {
                let value = self.pop();
                let receiver = self.pop();
                self.push(value);
                self.release(receiver);
                Ok(Flow::Next)
            }
            Op::StopIterationError => self.stop_iteration_error(),
            Op::CleanupThrow => self.cleanup_throw(),

            Op::ImportName => self.import_name(code.names[arg]),
            Op::ImportFrom => self.import_from(code.names[arg]),
            Op::ImportStar => self.import_star(),

            // Type parameters.
            Op::TypeVar => self.unary(|vm, name| Ok(vm.type_parameter(types::TYPE_VAR, name, None))),
            Op::ParamSpec => self.unary(|vm, name| Ok(vm.type_parameter(types::PARAM_SPEC, name, None))),
            Op::TypeVarTuple => self.unary(|vm, name| Ok(vm.type_parameter(types::TYPE_VAR_TUPLE, name, None))),
            Op::TypeVarWithBound => self.type_var_with(Part::Bound),
            Op::TypeVarWithConstraints => self.type_var_with(Part::Constraints),
            Op::SetTypeparamDefault => self.binary_with(Self::set_parameter_default),
            Op::SetFunctionTypeParams => self.binary_with(|vm, function, parameters| Ok(vm.with_type_params(function, parameters))),
            Op::SubscriptGeneric => self.unary(Self::subscripted_generic),
            Op::TypeAlias => self.unary(Self::type_alias),

            // Pattern matching.
            Op::MatchMapping => self.match_kind(Flags::MAPPING),
            Op::MatchSequence => self.match_kind(Flags::SEQUENCE),
            Op::MatchKeys => self.match_keys(),
            Op::MatchClass => self.match_class(arg),
            Op::GetLen => self.get_len(),

            missing => Err(self.unsupported(crate::api::Missing::Instruction, missing.name())),
        }
    }

    // ---- the stack ----

    /// Pushes an owned reference: the stack answers for it now.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn push(&mut self, value: Owned) {
        #[cfg(feature = "faults")]
        if let Some(mode) = self.fault_hits(Operation::Transfer, value.borrow()) {
            self.transfer_wrongly(value.borrow(), mode);
        }
        self.stack.push(Some(value));
    }

    /// Takes the reference on top, which may be a `NULL`.
    #[inline]
    pub(crate) fn pop_option(&mut self) -> Option<Owned> {
        self.stack.pop().flatten()
    }

    /// Takes the reference on top.
    ///
    /// # Panics
    /// If there is none, which no compiled code does.
    #[inline]
    pub(crate) fn pop(&mut self) -> Owned {
        match self.stack.pop() {
            Some(Some(value)) => value,
            _ => panic!("an instruction found no operand on the stack"),
        }
    }

    /// Takes the top references, the deepest first.
    pub(crate) fn pop_many(&mut self, count: usize) -> Vec<Owned> {
        let start = self.stack.len() - count;
        self.stack.drain(start..).flatten().collect()
    }

    /// Borrows from the stack, counted from 1 at the top.
    #[inline]
    pub(crate) fn peek(&self, depth: usize) -> Ref {
        match &self.stack[self.stack.len() - depth] {
            Some(value) => value.borrow(),
            None => panic!("an instruction found a NULL where it needs an operand"),
        }
    }

    /// Borrows what a slot holds.
    #[inline]
    pub(crate) fn slot(&self, index: usize) -> Option<Ref> {
        self.stack[index].as_ref().map(Owned::borrow)
    }

    /// Exchanges the top of the stack for what an operation makes of it; the operand is given back after the operation.
    #[inline]
    fn unary(&mut self, operation: impl FnOnce(&mut Self, Ref) -> PyResult) -> PyResult<Flow> {
        let operand = self.pop();
        let result = operation(self, operand.borrow());
        self.release(operand);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }
}
