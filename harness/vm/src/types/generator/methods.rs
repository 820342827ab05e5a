//! Running a generator: `send`, `throw`, `close` (`Objects/genobject.c`).

use super::State;
use crate::eval::generators::Resumed;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};
use refdrift_isa::Op;

/// The bits of `RESUME`'s argument that tell where it stands.
const WHERE: u32 = 3;
/// After a `yield from`; more is after an `await`.
const AFTER_YIELD_FROM: u32 = 2;
/// The bit that tells that one handler lies around the `yield`.
const ONE_HANDLER: u32 = 4;

/// What a generator is resumed with.
#[derive(Clone, Copy)]
pub(super) enum With {
    /// `next(g)`: nothing; an end without a value raises nothing.
    Nothing,
    /// `g.send(value)`
    Value(Ref),
    /// The exception under way.
    Raised {
        /// It is `GeneratorExit`, from `g.close()`.
        closing: bool,
    },
}

pub(super) fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    match vm.resume(this, With::Nothing)? {
        Some(Resumed::Yielded(value)) => Ok(Some(value)),
        Some(Resumed::Returned(value)) => vm.end_iteration(value).map(|()| None),
        None => Ok(None),
    }
}

pub(super) fn send_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.send_to_generator(args.this(), args.values[1])
}

pub(super) fn throw_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.throw_arguments(args.this(), &args.values[1..])
}

pub(super) fn close_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.close_generator(args.this())
}

/// `_PyGen_Finalize`: a generator that dies while it could still go on is closed.
pub(super) fn finalize(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let state = vm.generator(this).map_or(State::Cleared, |generator| generator.state);
    if state.finished() {
        return Ok(());
    }
    if let Some(hook) = vm.finalizer_hook(this) {
        let result = vm.call_pos(hook, &[this]);
        return match result {
            Ok(result) => {
                vm.release(result);
                Ok(())
            }
            Err(stop) => Err(stop),
        };
    }
    if vm.class_of(this) == types::COROUTINE && state == State::Created {
        return warn_unawaited(vm, this);
    }
    let result = vm.close_generator(this)?;
    vm.release(result);
    Ok(())
}

/// `_PyErr_WarnUnawaitedCoroutine`: the library's `warnings` says it.
fn warn_unawaited(vm: &mut Vm, coroutine: Ref) -> PyResult<()> {
    let warnings = vm.import_module("warnings")?;
    let warn = vm.getattr_str(warnings, "_warn_unawaited_coroutine")?;
    let result = vm.lend(warn, |vm, warn| vm.call_pos(warn, &[coroutine]))?;
    vm.release(result);
    Ok(())
}

impl Vm {
    /// What a generator is called in messages.
    fn generator_kind(&self, this: Ref) -> &'static str {
        match self.class_of(this) {
            types::COROUTINE => "coroutine",
            types::ASYNC_GENERATOR => "async generator",
            _ => "generator",
        }
    }

    /// `gen_send_ex2`. None: it had ended before, and there is nothing to say about it.
    fn resume(&mut self, this: Ref, with: With) -> PyResult<Option<Resumed>> {
        let Some(generator) = self.generator(this) else { return Err(self.type_error("not a generator")) };
        let state = generator.state;
        match (state, with) {
            (State::Created, With::Value(value)) if value != types::NONE => {
                let kind = self.generator_kind(this);
                return Err(self.type_error(format!("can't send non-None value to a just-started {kind}")));
            }
            (State::Executing, _) => {
                let kind = self.generator_kind(this);
                return Err(self.value_error(format!("{kind} already executing")));
            }
            (State::Completed | State::Cleared, _) => {
                let closing = matches!(with, With::Raised { closing: true });
                if self.class_of(this) == types::COROUTINE && !closing {
                    return Err(self.raise(types::RUNTIME_ERROR, "cannot reuse already awaited coroutine"));
                }
                return match with {
                    With::Nothing => Ok(None),
                    With::Value(_) => Ok(Some(Resumed::Returned(self.none()))),
                    With::Raised { .. } => Err(Stop::Raised),
                };
            }
            _ => {}
        }
        let asynchronous = self.class_of(this) == types::ASYNC_GENERATOR;
        if let Some(generator) = self.generator_mut(this) {
            generator.by_next = matches!(with, With::Nothing) && !asynchronous;
        }
        let resumed = match with {
            With::Nothing => {
                let none = self.none();
                self.resume_generator(this, none)
            }
            With::Value(value) => {
                let value = self.retain(value);
                self.resume_generator(this, value)
            }
            With::Raised { .. } => self.throw_into_generator(this),
        };
        resumed.map(Some)
    }

    /// `PyGen_am_send`: resumes a generator with a value; it yields, or returns.
    pub(crate) fn generator_send(&mut self, this: Ref, value: Ref) -> PyResult<Resumed> {
        match self.resume(this, With::Value(value))? {
            Some(resumed) => Ok(resumed),
            None => Ok(Resumed::Returned(self.none())),
        }
    }

    /// The same for a generator that waits, and a value that moves into it instead of being shared with it (`SEND` of 3.12 on).
    pub(crate) fn generator_send_moving(&mut self, this: Ref, value: Owned) -> PyResult<Resumed> {
        // The same eval loop runs it.
        self.native_depth -= 2;
        let resumed = self.resume_generator(this, value);
        self.native_depth += 2;
        resumed
    }

    /// `gen_send_ex`: a return becomes a `StopIteration`.
    pub(super) fn resume_or_stop(&mut self, this: Ref, with: With) -> PyResult {
        match self.resume(this, with)? {
            Some(Resumed::Yielded(value)) => Ok(value),
            Some(Resumed::Returned(value)) => {
                if value.borrow() != types::NONE {
                    return Err(self.stop_iteration(value));
                }
                self.release(value);
                let class = self.end_of(this);
                Err(self.raise_empty(class))
            }
            None => {
                let class = self.end_of(this);
                Err(self.raise_empty(class))
            }
        }
    }

    /// The exception that says that it is at its end.
    fn end_of(&self, this: Ref) -> Ref {
        if self.class_of(this) == types::ASYNC_GENERATOR { types::STOP_ASYNC_ITERATION } else { types::STOP_ITERATION }
    }

    /// `g.send(value)`
    pub(crate) fn send_to_generator(&mut self, this: Ref, value: Ref) -> PyResult {
        self.resume_or_stop(this, With::Value(value))
    }

    /// A generator that was asked for its next value has returned: only something else than `None` is worth a `StopIteration`
    /// (`gen_iternext`).
    pub(crate) fn end_iteration(&mut self, value: Owned) -> PyResult<()> {
        if value.borrow() != types::NONE {
            return Err(self.stop_iteration(value));
        }
        self.release(value);
        Ok(())
    }

    /// Raises `StopIteration` with a value (`_PyGen_SetStopIterationValue`).
    pub(super) fn stop_iteration(&mut self, value: Owned) -> Stop {
        let unmade = self.tuple(value.borrow()).is_none() && self.exception(value.borrow()).is_none();
        let argument = [value.borrow()];
        // What is made late of `None` is made of nothing.
        let made = self.call_pos(types::STOP_ITERATION, if value.borrow() == types::NONE { &[] } else { &argument });
        self.release(value);
        match made {
            Ok(exception) if unmade && self.profile.generator_stop_has_context => self.raise_unmade(exception),
            Ok(exception) if self.profile.generator_stop_has_context => self.raise_exception(exception),
            Ok(exception) => {
                self.restore_raised(Some(exception));
                Stop::Raised
            }
            Err(stop) => stop,
        }
    }

    /// What a suspended generator delegates to: the receiver of its `yield from` or `await` (`_PyGen_yf`).
    pub(crate) fn delegate(&self, this: Ref) -> Option<Ref> {
        let generator = self.generator(this)?;
        if generator.state != State::Suspended {
            return None;
        }
        let frame = generator.frame.as_ref()?;
        let next = frame.code.code.instrs.get(frame.pc)?;
        if next.op != Op::Resume || next.arg & WHERE < AFTER_YIELD_FROM {
            return None;
        }
        generator.slots.last()?.as_ref().map(Owned::borrow)
    }

    fn set_generator_state(&mut self, this: Ref, state: State) {
        if let Some(generator) = self.generator_mut(this) {
            generator.state = state;
        }
    }

    /// Does something to what a generator delegates to; meanwhile the generator counts as running.
    fn while_delegating<T>(&mut self, this: Ref, run: impl FnOnce(&mut Self) -> T) -> T {
        self.set_generator_state(this, State::Executing);
        let result = run(self);
        self.set_generator_state(this, State::Suspended);
        result
    }

    /// `gen_close_iter`
    fn close_delegate(&mut self, delegate: Ref) -> PyResult<()> {
        if matches!(self.class_of(delegate), types::GENERATOR | types::COROUTINE) {
            let result = self.close_generator(delegate)?;
            self.release(result);
            return Ok(());
        }
        let close = match self.lookup_attr(delegate, "close") {
            Ok(close) => close,
            Err(Stop::Raised) => {
                self.write_unraisable(Some(delegate));
                None
            }
            Err(Stop::Abort) => return Err(Stop::Abort),
        };
        if let Some(close) = close {
            let result = self.call_pos(close.borrow(), &[]);
            self.release(close);
            let result = result?;
            self.release(result);
        }
        Ok(())
    }

    /// `gen_close`
    pub(crate) fn close_generator(&mut self, this: Ref) -> PyResult {
        let state = self.generator(this).map_or(State::Cleared, |generator| generator.state);
        if self.profile.close_ends_unstarted_generators {
            if state == State::Created {
                self.set_generator_state(this, State::Completed);
                return Ok(self.none());
            }
            if state.finished() {
                return Ok(self.none());
            }
        }
        let mut closed = Ok(());
        if let Some(delegate) = self.delegate(this) {
            let held = self.retain(delegate);
            closed = self.while_delegating(this, |vm| vm.close_delegate(delegate));
            self.release(held);
        }
        if closed.is_ok() && self.ends_without_running(this) {
            self.set_generator_state(this, State::Completed);
            self.clear_generator_slots(this);
            return Ok(self.none());
        }
        match closed {
            Ok(()) => {
                self.raise_empty(types::GENERATOR_EXIT);
            }
            Err(Stop::Raised) => {}
            Err(Stop::Abort) => return Err(Stop::Abort),
        }
        match self.resume_or_stop(this, With::Raised { closing: true }) {
            Ok(value) => {
                self.release(value);
                let message = format!("{} ignored GeneratorExit", self.generator_kind(this));
                Err(self.raise(types::RUNTIME_ERROR, message))
            }
            Err(Stop::Raised) if self.matches_raised(types::GENERATOR_EXIT) => {
                self.clear_raised();
                Ok(self.none())
            }
            Err(Stop::Raised) if self.matches_raised(types::STOP_ITERATION) => {
                if self.profile.close_returns_value {
                    return Ok(self.take_stop_value());
                }
                self.clear_raised();
                Ok(self.none())
            }
            Err(stop) => Err(stop),
        }
    }

    /// Whether a suspended generator stands in one handler only, taken for the one that the compiler adds: nothing of it would notice
    /// that it is closed (3.13; `RESUME` tells it).
    fn ends_without_running(&self, this: Ref) -> bool {
        let frame = self.generator(this).and_then(|generator| generator.frame.as_ref());
        let next = frame.and_then(|frame| frame.code.code.instrs.get(frame.pc));
        next.is_some_and(|next| next.op == Op::Resume && next.arg & ONE_HANDLER != 0)
    }

    /// `_PyFrame_ClearLocals`
    fn clear_generator_slots(&mut self, this: Ref) {
        let Some(generator) = self.generator_mut(this) else { return };
        let slots: Vec<Owned> = std::mem::take(&mut generator.slots).into_iter().flatten().collect();
        let locals = generator.frame.as_mut().and_then(|frame| frame.locals.take());
        self.release_all(slots);
        self.release_option(locals);
    }

    /// The value of the `StopIteration` under way, which is done with (`_PyGen_FetchStopIterationValue`).
    pub(crate) fn take_stop_value(&mut self) -> Owned {
        let raised = self.raised.take();
        let value =
            raised.as_ref().and_then(|raised| self.exception(raised.borrow())).and_then(|exception| exception.field("value"));
        let value = self.retain(value.unwrap_or(types::NONE));
        self.release_option(raised);
        value
    }

    /// `g.throw(…)`
    pub(crate) fn throw_arguments(&mut self, this: Ref, args: &[Ref]) -> PyResult {
        if args.len() > 1 && self.profile.throw_of_three_is_deprecated {
            self.deprecated_throw("throw")?;
        }
        self.throw(this, Thrown::new(args, true))
    }

    /// The same, but a `GeneratorExit` does not close what the generator delegates to: it is thrown there.
    pub(super) fn throw_keeping_open(&mut self, this: Ref, args: &[Ref]) -> PyResult {
        self.throw(this, Thrown::new(args, false))
    }

    /// The warning for `throw(type, value)`.
    pub(super) fn deprecated_throw(&mut self, method: &str) -> PyResult<()> {
        self.warn_text(
            types::DEPRECATION_WARNING,
            format!("the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."),
            None,
        )
    }

    /// `_gen_throw`
    fn throw(&mut self, this: Ref, thrown: Thrown) -> PyResult {
        let Some(delegate) = self.delegate(this) else { return self.throw_here(this, thrown) };
        let held = self.retain(delegate);
        if thrown.closes && self.given_exception_matches(thrown.class, types::GENERATOR_EXIT) {
            let closed = self.while_delegating(this, |vm| vm.close_delegate(delegate));
            self.release(held);
            return match closed {
                Ok(()) => self.throw_here(this, thrown),
                Err(Stop::Raised) => self.resume_or_stop(this, With::Raised { closing: false }),
                Err(Stop::Abort) => Err(Stop::Abort),
            };
        }
        let result = if matches!(self.class_of(delegate), types::GENERATOR | types::COROUTINE) {
            self.delegating.push((self.frames.len(), this));
            let result = self.while_delegating(this, |vm| vm.throw(delegate, thrown));
            self.delegating.pop();
            result
        } else {
            match self.lookup_attr(delegate, "throw") {
                Ok(Some(method)) => {
                    let result = self.while_delegating(this, |vm| vm.call_pos(method.borrow(), &thrown.arguments()));
                    self.release(method);
                    result
                }
                Ok(None) => {
                    self.release(held);
                    return self.throw_here(this, thrown);
                }
                Err(stop) => {
                    self.release(held);
                    return Err(stop);
                }
            }
        };
        self.release(held);
        match result {
            Err(Stop::Raised) => self.delegate_stopped(this),
            other => other,
        }
    }

    /// What a generator delegates to has ended by an exception: it goes on in the generator.
    fn delegate_stopped(&mut self, this: Ref) -> PyResult {
        if self.profile.bytecode_cleans_up_throw {
            return self.resume_or_stop(this, With::Raised { closing: false });
        }
        // The delegate leaves the stack, and the generator goes on after the loop around its `yield`.
        let mut delegate = None;
        if let Some(generator) = self.generator_mut(this)
            && let Some(frame) = &mut generator.frame
        {
            delegate = generator.slots.pop().flatten();
            // Before the `yield`: the last part of `SEND`, the jump out of the loop.
            let before = frame.pc.checked_sub(2).and_then(|index| frame.code.code.instrs.get(index));
            if let Some(jump) = before.filter(|instr| instr.op == Op::Jump) {
                frame.pc = jump.arg as usize;
            }
        }
        self.release_option(delegate);
        if !self.matches_raised(types::STOP_ITERATION) {
            return self.resume_or_stop(this, With::Raised { closing: false });
        }
        let value = self.take_stop_value();
        let result = self.resume_or_stop(this, With::Value(value.borrow()));
        self.release(value);
        result
    }

    /// Raises the exception in the generator itself.
    fn throw_here(&mut self, this: Ref, thrown: Thrown) -> PyResult {
        let traceback = thrown.traceback.filter(|&traceback| traceback != types::NONE);
        if traceback.is_some_and(|traceback| self.class_of(traceback) != types::TRACEBACK) {
            return Err(self.type_error("throw() third argument must be a traceback object"));
        }
        let exception = self.normalized(thrown)?;
        if let Some(traceback) = traceback {
            let traceback = self.retain(traceback);
            let old = self.exception_mut(exception.borrow()).and_then(|exception| exception.traceback.replace(traceback));
            self.release_option(old);
        }
        self.restore_raised(Some(exception));
        self.resume_or_stop(this, With::Raised { closing: false })
    }

    /// The exception that `throw`'s arguments stand for (`PyErr_NormalizeException`).
    fn normalized(&mut self, thrown: Thrown) -> PyResult {
        let Thrown { class, value, .. } = thrown;
        let value = value.filter(|&value| value != types::NONE);
        if self.exception(class).is_some() {
            return match value {
                Some(_) => Err(self.type_error("instance exception may not have a separate value")),
                None => Ok(self.retain(class)),
            };
        }
        if !self.is_exception_class(class) {
            let message =
                format!("exceptions must be classes or instances deriving from BaseException, not {}", self.type_name(class));
            return Err(self.type_error(message));
        }
        // Both are held meanwhile, and None for a value that is not there.
        let held = vec![self.retain(class), self.retain(value.unwrap_or(types::NONE))];
        let made = match value {
            None => self.call_pos(class, &[]),
            Some(value) if self.exception(value).is_some() && self.is_instance_of(value, class) => Ok(self.retain(value)),
            Some(value) if self.class_of(value) == types::TUPLE => {
                let values = self.items(value).unwrap_or_default();
                self.call_pos(class, &values)
            }
            Some(value) => self.call_pos(class, &[value]),
        };
        let made = match made {
            Ok(exception) if self.exception(exception.borrow()).is_none() => {
                let made = self.type_name(exception.borrow());
                self.release(exception);
                let label = self.class_label(class);
                let message = format!("calling <class '{label}'> should have returned an instance of BaseException, not {made}");
                Err(self.type_error(message))
            }
            other => other,
        };
        self.release_all(held);
        match made {
            Err(Stop::Raised) => match self.raised.take() {
                // What went wrong is thrown instead.
                Some(raised) => Ok(raised),
                None => Err(Stop::Raised),
            },
            other => other,
        }
    }
}

/// The arguments of `throw`.
#[derive(Clone, Copy)]
struct Thrown {
    class: Ref,
    value: Option<Ref>,
    traceback: Option<Ref>,
    /// A `GeneratorExit` closes what the generator delegates to.
    closes: bool,
}

impl Thrown {
    fn new(args: &[Ref], closes: bool) -> Self {
        Self { class: args[0], value: args.get(1).copied(), traceback: args.get(2).copied(), closes }
    }

    fn arguments(self) -> Vec<Ref> {
        // `PyObject_CallFunctionObjArgs` stops at the first `NULL`.
        std::iter::once(Some(self.class)).chain([self.value, self.traceback]).map_while(|argument| argument).collect()
    }
}
