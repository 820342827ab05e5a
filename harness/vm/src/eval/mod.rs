//! What instructions do (`_PyEval_EvalFrameDefault` in `Python/ceval.c`); the loop around them is `interpret`.
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
pub(crate) mod interpret;
mod matching;
mod names;
mod resume;
mod runs;
mod star;
mod type_params;

use refdrift_isa::{Instr, Op};

use crate::eval::cache::Cache;
use crate::eval::exceptions::{ASYNC_WITH, WITH};
#[cfg(feature = "faults")]
use crate::fault::Operation;
use crate::heap::{Owned, Ref};
use crate::modules::typing::make::Part;
use crate::object::class::Flags;
use crate::types;
use crate::types::code::RunnableCode;
use crate::vm::{PyResult, Vm};

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
    /// Executes one of the commonest instructions, which cannot fail and after which the next one follows, of the frame whose slots start
    /// at `base`; false if it is another one, or fails.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the loop goes right on to the next instruction")]
    fn execute_simply(&mut self, instr: &Instr, code: &RunnableCode, base: usize) -> bool {
        let arg = instr.arg as usize;
        match instr.op {
            Op::Nop | Op::Resume => {}
            Op::LoadFast | Op::LoadFastCheck | Op::LoadClosure => {
                let Some(value) = self.slot(base + arg) else { return false };
                let value = self.retain(value);
                self.push(value);
            }
            Op::LoadConst => {
                let value = self.retain(code.consts[arg]);
                self.push(value);
            }
            Op::StoreFast => {
                let value = self.pop_option();
                let old = std::mem::replace(&mut self.stack[base + arg], value);
                self.release_option(old);
            }
            Op::PopTop => {
                if let Some(value) = self.pop_option() {
                    self.release(value);
                }
            }
            Op::PushNull => self.stack.push(None),
            Op::Copy => {
                let value = self.peek(arg);
                let value = self.retain(value);
                self.push(value);
            }
            Op::Swap => {
                let top = self.stack.len() - 1;
                self.stack.swap(top, top + 1 - arg);
            }
            Op::Precall => self.precall(arg),
            _ => return false,
        }
        true
    }

    /// Executes any other instruction, the one of index `pc`, of the frame whose slots start at `base`: here those that are everywhere.
    /// What is more than a few words stands apart, so that the loop keeps what it needs in registers.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "there is one loop that must be fast, and another one that calls this")]
    fn execute(&mut self, instr: &Instr, pc: usize, caches: &[Cache], code: &RunnableCode, base: usize) -> PyResult<Flow> {
        let arg = instr.arg as usize;
        match instr.op {
            // It is not there: else it would have been loaded.
            Op::LoadFast | Op::LoadFastCheck | Op::LoadClosure => Err(self.unbound_local(code.locals[arg])),
            Op::LoadDeref => self.load_deref(base + arg, code, arg),

            // Names.
            Op::LoadName => self.load_name(code.names[arg], &caches[pc]),
            Op::StoreName => self.store_name(code.names[arg], &caches[pc]),
            Op::LoadGlobal => self.load_global(code.names[arg], &caches[pc]),
            Op::LoadAttr => self.load_attr(code.names[arg], &caches[pc]),
            Op::LoadMethod => self.load_method(code.names[arg], &caches[pc]),
            Op::StoreAttr => self.store_attr(code.names[arg], &caches[pc]),

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
            Op::Call => self.call_op(arg),
            Op::ReturnValue => Ok(Flow::Return(self.pop())),
            Op::ReturnConst => Ok(Flow::Return(self.retain(code.consts[arg]))),
            Op::YieldValue => Ok(Flow::Yield(self.pop())),

            _ => self.execute_other(instr, code, base),
        }
    }

    /// Executes one that is rarer.
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
