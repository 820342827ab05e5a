//! Runs of instructions that are done in one go where nobody looks in between: see [`Run`].
//!
//! A run either does all that its instructions do, or nothing, and then they are executed one by one. It asks no object for
//! anything, so that no Python code can run, nothing can be raised and nothing but a number can die. What goes from its first
//! instructions to the last one is not counted: with recording on that would show.

use refdrift_isa::{BinaryOperator, CompareOperator, Instr, Op, Run};

use crate::eval::cache::Cache;
use crate::heap::Ref;
use crate::types;
use crate::vm::Vm;

/// No run has more steps after its first one, with the jump that may follow a comparison.
const MOST_AFTER_FIRST: u32 = 5;

/// Code that is full of runs, and where the slots of the frame that runs it start.
pub(super) struct Runs<'a> {
    pub(super) instrs: &'a [Instr],
    pub(super) caches: &'a [Cache],
    pub(super) consts: &'a [Ref],
    pub(super) base: usize,
}

impl Vm {
    /// Does the run that begins with the instruction of that index. Hands out the index of the instruction at which execution
    /// goes on; none if nothing was done.
    #[inline(never)]
    pub(super) fn run_together(&mut self, code: &Runs<'_>, pc: usize) -> Option<u32> {
        let Runs { instrs, caches, .. } = *code;
        if self.step_limit < MOST_AFTER_FIRST {
            return None;
        }
        let (first, next) = self.operand(code, pc)?;
        let end = match instrs[pc].run {
            Run::Alone => return None,
            Run::SetAttribute => {
                let (object, next) = self.operand(code, next)?;
                let value = self.retain(first);
                if let Err(value) = self.set_cached_attribute(caches[next].get(), object, value) {
                    self.release(value);
                    return None;
                }
                next
            }
            Run::Jump => {
                let jumps = jumps_on(instrs[next].op, first)?;
                return Some(self.after_run(pc, next, jumps.then_some(instrs[next].arg)));
            }
            Run::Right | Run::Both if !caches[pc].is_apart() => {
                let (operands, operator) = match instrs[pc].run {
                    Run::Right => ([self.peek(1), first], next),
                    _ => {
                        let (second, operator) = self.operand(code, next)?;
                        ([first, second], operator)
                    }
                };
                let done = self.operate(&instrs[operator], &instrs[operator + 1], operands, instrs[pc].run == Run::Right);
                if done.is_none() {
                    caches[pc].set_apart();
                }
                let (jumps, target) = done?;
                return Some(self.after_run(pc, operator + usize::from(jumps), target));
            }
            // An attribute is worth it all the same.
            Run::Attribute | Run::Right | Run::Both => {
                if next == pc + 1 {
                    return None;
                }
                let value = self.retain(first);
                self.push(value);
                next - 1
            }
        };
        Some(self.after_run(pc, end, None))
    }

    /// Counts the steps of a run after its first one, and goes on after its last instruction or where that jumps.
    #[inline]
    fn after_run(&mut self, pc: usize, last: usize, target: Option<u32>) -> u32 {
        self.step_limit -= (last - pc) as u32;
        target.unwrap_or(last as u32 + 1)
    }

    /// The operand that begins there, if it is at hand, and the index of the instruction after it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs more than what there is to do")]
    fn operand(&self, &Runs { instrs, caches, consts, base }: &Runs<'_>, pc: usize) -> Option<(Ref, usize)> {
        let arg = instrs[pc].arg as usize;
        if instrs[pc].op == Op::LoadConst {
            return Some((consts[arg], pc + 1));
        }
        let local = self.slot(base + arg)?;
        if instrs[pc + 1].op != Op::LoadAttr {
            return Some((local, pc + 1));
        }
        Some((self.cached_attribute(caches[pc + 1].get(), local)?, pc + 2))
    }

    /// Executes an operator between two plain numbers, and the jump after a comparison; the left one may be on top of the stack.
    /// Hands out whether there was a jump, and where it goes.
    #[inline]
    fn operate(&mut self, operator: &Instr, next: &Instr, operands: [Ref; 2], on_top: bool) -> Option<(bool, Option<u32>)> {
        let [left, right] = operands;
        let (result, jumped) = if operator.op == Op::BinaryOp {
            (Some(self.quick_binary(BinaryOperator::from_arg(operator.arg)?, left, right)?), (false, None))
        } else {
            let holds = self.quick_compare(CompareOperator::from_arg(operator.arg)?, left, right)?;
            match next.op {
                Op::PopJumpIfTrue => (None, (true, holds.then_some(next.arg))),
                Op::PopJumpIfFalse => (None, (true, (!holds).then_some(next.arg))),
                _ => (Some(self.bool(holds)), (false, None)),
            }
        };
        if on_top {
            let left = self.pop();
            self.release(left);
        }
        if let Some(result) = result {
            self.push(result);
        }
        Some(jumped)
    }
}

/// Whether a jump is taken that an operand decides, if nobody has to be asked for its truth.
#[inline]
fn jumps_on(jump: Op, operand: Ref) -> Option<bool> {
    match (jump, operand) {
        (Op::PopJumpIfNone, _) => Some(operand == types::NONE),
        (Op::PopJumpIfNotNone, _) => Some(operand != types::NONE),
        (_, types::TRUE) => Some(jump == Op::PopJumpIfTrue),
        (_, types::FALSE | types::NONE) => Some(jump == Op::PopJumpIfFalse),
        _ => None,
    }
}
