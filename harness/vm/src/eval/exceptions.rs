//! Raising, handling and unwinding; context managers.

use crate::api::Missing;
use crate::eval::Flow;
use crate::eval::frame::Frame;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types::code::CodeRef;
use crate::types::frame::{FrameObject, Place, Remains, Traceback};
use crate::types::generator::State;
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// A protocol for context managers: its methods, and how messages call it and the method that exits.
pub(super) struct ContextProtocol {
    enter: Ref,
    exit: Ref,
    name: &'static str,
    exit_name: &'static str,
}

/// `with`
pub(super) static WITH: ContextProtocol =
    ContextProtocol { enter: names::ENTER, exit: names::EXIT, name: "context manager protocol", exit_name: "__exit__" };
/// `async with`
pub(super) static ASYNC_WITH: ContextProtocol = ContextProtocol {
    enter: names::AENTER,
    exit: names::AEXIT,
    name: "asynchronous context manager protocol",
    exit_name: "__aexit__",
};

const NO_CAUSE: &str = "exception causes must derive from BaseException";

impl Vm {
    /// Adds an entry for the running frame to the traceback of the exception under way (`PyTraceBack_Here`).
    pub(crate) fn add_traceback(&mut self) {
        let Some(raised) = self.raised.as_ref().map(Owned::borrow) else { return };
        let top = self.frames.len() - 1;
        let frame = &self.frames[top];
        // A function written in C has no frame.
        if frame.code.twin {
            return;
        }
        // A frame that has not begun (it fails to make its cells) leaves no trace.
        let line = frame.line();
        let lasti = (frame.lasti() * 2) as i32;
        let object = self.frame_object(top);
        let mut next = self.exception_mut(raised).and_then(|exception| exception.traceback.take());
        if next.as_ref().is_some_and(|next| next.borrow() == types::NONE) {
            self.release_option(next.take());
        }
        let entry = Traceback { next, frame: Some(object), line, lasti };
        let entry = self.make_tracked(types::TRACEBACK, Value::Native(Box::new(entry)));
        if self.profile.builtin_errors_made_after_traceback {
            self.track(raised);
        }
        match self.exception_mut(raised) {
            Some(exception) => exception.traceback = Some(entry),
            None => self.release(entry),
        }
    }

    /// A frame's object, made if nobody has asked for it yet; with a reference of its own (`_PyFrame_GetFrameObject`).
    pub(crate) fn frame_object(&mut self, index: usize) -> Owned {
        if let Some(object) = self.frames[index].object.as_ref().map(Owned::borrow) {
            return self.retain(object);
        }
        let code = self.frames[index].code.clone();
        let object = self.new_frame_object(code, Place::Running(index));
        let shared = self.retain(object.borrow());
        self.frames[index].object = Some(object);
        shared
    }

    /// The frame object of a generator that has not ended; with a reference of its own.
    pub(crate) fn generator_frame_object(&mut self, generator: Ref) -> Owned {
        if let Some(index) = self.frames.iter().position(|frame| frame.generator == Some(generator)) {
            return self.frame_object(index);
        }
        let Some(frame) = self.generator(generator).and_then(|generator| generator.frame.as_ref()) else { return self.none() };
        if let Some(object) = frame.object.as_ref().map(Owned::borrow) {
            return self.retain(object);
        }
        let code = frame.code.clone();
        let object = self.new_frame_object(code, Place::Suspended(generator));
        let shared = self.retain(object.borrow());
        if let Some(frame) = self.generator_mut(generator).and_then(|generator| generator.frame.as_mut()) {
            frame.object = Some(object);
        } else {
            self.release(object);
        }
        shared
    }

    fn new_frame_object(&mut self, code: CodeRef, place: Place) -> Owned {
        let payload = FrameObject { code, pc: 0, ended_at: 0, remains: None, back: None, extra: None, place };
        self.make(types::FRAME, Value::Frame(Box::new(payload)))
    }

    /// A frame moves between the VM and its generator: its object, if it has one, must know.
    pub(super) fn place_frame_object(&mut self, frame: &Frame, place: Place) {
        if let Some(object) = frame.object.as_ref().map(Owned::borrow)
            && let Value::Frame(payload) = &mut self.heap[object].value
        {
            payload.place = place;
        }
    }

    /// The object of the frame that called the one at `index`.
    pub(crate) fn caller_object(&mut self, index: usize) -> Option<Owned> {
        match self.delegating.iter().rev().find(|&&(frames, _)| frames == index) {
            Some(&(_, generator)) => Some(self.generator_frame_object(generator)),
            None => self.running_caller_object(index),
        }
    }

    fn running_caller_object(&mut self, index: usize) -> Option<Owned> {
        self.frames[..index].iter().rposition(|frame| !frame.code.twin).map(|caller| self.frame_object(caller))
    }

    /// The object of the frame that had something thrown into a generator, which is throwing it into what it delegates to.
    pub(crate) fn thrower_object(&mut self, generator: Ref) -> Option<Owned> {
        let place = self.delegating.iter().rposition(|&(_, delegating)| delegating == generator)?;
        let (index, _) = self.delegating[place];
        match place.checked_sub(1).map(|outer| self.delegating[outer]) {
            Some((frames, outer)) if frames == index => Some(self.generator_frame_object(outer)),
            _ => self.running_caller_object(index),
        }
    }

    /// Somebody holds the object of a frame that has ended: it takes over what the frame had (`take_ownership`). An orphan
    /// was not called by what runs now.
    pub(super) fn take_over(&mut self, object: Owned, frame: Frame, slots: Vec<Option<Owned>>, orphan: bool) {
        let called = frame.generator.is_none() || self.profile.ended_generators_know_caller;
        let back = if called && !orphan { self.caller_object(self.frames.len()) } else { None };
        let (pc, ended_at) = (frame.current, frame.lasti());
        let Frame { function, locals, code_object, code, .. } = frame;
        let code = code_object.unwrap_or_else(|| self.retain(code.this));
        if let Value::Frame(payload) = &mut self.heap[object.borrow()].value {
            payload.place = Place::Ended;
            payload.pc = pc;
            payload.ended_at = ended_at;
            payload.back = back;
            payload.remains = Some(Remains { function, locals, slots, code });
        }
        self.track(object.borrow());
        self.release(object);
    }

    /// A generator dies with a frame whose object somebody holds: the object takes the frame over.
    pub(crate) fn leave_frame_behind(&mut self, generator: Ref) {
        let Some(payload) = self.generator_mut(generator) else { return };
        payload.state = State::Cleared;
        let Some(object) = payload.frame.as_mut().and_then(|frame| frame.object.take()) else { return };
        if self.heap[object.borrow()].count > 1 {
            let Some(payload) = self.generator_mut(generator) else { return };
            let slots = std::mem::take(&mut payload.slots);
            if let Some(frame) = payload.frame.take() {
                self.take_over(object, *frame, slots, true);
            }
        } else if let Some(frame) = self.generator_mut(generator).and_then(|payload| payload.frame.as_mut()) {
            frame.object = Some(object);
        }
    }

    /// Finds the handler of the exception under way: in the running frame, or, frame by frame, in its callers down to the
    /// frame at `floor`, beyond which native code called. (`exception_unwind`, `exit_unwind`)
    pub(super) fn unwind(&mut self, floor: usize) -> PyResult<()> {
        loop {
            let top = self.frames.len() - 1;
            let frame = &self.frames[top];
            // `current` may stand at the instruction that raised first; handlers go by the one that raises now.
            let raising = frame.pc.saturating_sub(1) as u32;
            if let Some(handler) = frame.code.code.handler_for(raising).copied() {
                let depth = frame.base + frame.code.locals.len() + usize::from(handler.depth);
                let lasti = frame.lasti();
                while self.stack.len() > depth {
                    if let Some(value) = self.pop_option() {
                        self.release(value);
                    }
                }
                if handler.push_lasti {
                    let lasti = self.int(i64::from(lasti));
                    self.push(lasti);
                }
                if let Some(raised) = self.raised.take() {
                    self.note_missing_traceback(raised.borrow());
                    self.push(raised);
                }
                self.frames[top].past_caches = false;
                self.frames[top].kwnames = None;
                self.frames[top].pc = handler.target as usize;
                return Ok(());
            }
            // The stack goes from the top down, then the frame with its locals.
            let locals_end = frame.base + frame.code.locals.len();
            while self.stack.len() > locals_end {
                if let Some(value) = self.pop_option() {
                    self.release(value);
                }
            }
            if let Some(generator) = self.frames[top].generator
                && !self.profile.bytecode_checks_stop_iteration
            {
                self.check_stop_iteration(generator);
            }
            let resumer = self.frames[top].resumer;
            self.end_frame();
            if self.frames.len() < floor {
                return Err(Stop::Raised);
            }
            self.raised_in_loop(resumer);
        }
    }

    /// 3.11 tells a handler that there is no traceback by a `None` of the exception's own.
    fn note_missing_traceback(&mut self, raised: Ref) {
        if self.profile.missing_traceback_is_none && self.exception(raised).is_some_and(|raised| raised.traceback.is_none()) {
            let none = self.none();
            if let Some(exception) = self.exception_mut(raised) {
                exception.traceback = Some(none);
            }
        }
    }

    /// What the top frame called in the same loop has raised.
    pub(super) fn callee_raised(&mut self) {
        let past_caches = self.profile.calls_return_past_caches;
        if let Some(frame) = self.frames.last_mut() {
            frame.past_caches = past_caches;
        }
    }

    /// `do_raise`
    pub(super) fn raise_varargs(&mut self, count: usize) -> PyResult<Flow> {
        let cause = (count == 2).then(|| self.pop());
        if count == 0 {
            let Some(handled) = self.handled_exception() else {
                return Err(self.raise(types::RUNTIME_ERROR, "No active exception to reraise"));
            };
            let handled = self.retain(handled);
            self.restore_raised(Some(handled));
            return Ok(Flow::Reraise);
        }
        let raised = self.pop();
        // The class is held to the end: the cause may run something.
        let (exception, class) = match self.as_exception(raised, "exceptions must derive from BaseException", false) {
            Ok(made) => made,
            Err(stop) => {
                self.release_option(cause);
                return Err(stop);
            }
        };
        // What cannot be a cause is let go last.
        let (refused, cause) = match cause {
            Some(cause) if !self.can_be_cause(cause.borrow()) => (Some(cause), None),
            cause => (None, cause),
        };
        let result = match cause {
            Some(cause) => self.set_raised_cause(exception.borrow(), cause),
            None if refused.is_some() => Err(self.type_error(NO_CAUSE)),
            None => Ok(()),
        };
        let stop = match result {
            Ok(()) => self.raise_as(class.borrow(), exception),
            Err(stop) => {
                self.release(exception);
                stop
            }
        };
        self.release(class);
        self.release_option(refused);
        Err(stop)
    }

    /// Raises what a class has made: if that is of another class, the class is called again with it (`_PyErr_SetObject`).
    fn raise_as(&mut self, class: Ref, exception: Owned) -> Stop {
        if self.is_instance_of(exception.borrow(), class) {
            return self.raise_exception(exception);
        }
        let made = match self.tuple(exception.borrow()) {
            Some(_) => Err(self.unsupported(Missing::Name, "an exception class that makes a tuple")),
            None => self.call_pos(class, &[exception.borrow()]),
        };
        self.release(exception);
        match made {
            Ok(made) if self.exception(made.borrow()).is_some() => self.raise_exception(made),
            Ok(made) => {
                self.release(made);
                self.unsupported(Missing::Name, "an exception class that makes no exception")
            }
            Err(stop) => stop,
        }
    }

    fn can_be_cause(&self, object: Ref) -> bool {
        object == types::NONE || self.exception(object).is_some() || self.is_exception_class(object)
    }

    /// `raise … from cause`. Up to 3.12 nobody looks at what the class of the cause made.
    fn set_raised_cause(&mut self, exception: Ref, cause: Owned) -> PyResult<()> {
        let cause = if cause.borrow() == types::NONE {
            self.release(cause);
            None
        } else {
            let (cause, class) = self.as_exception(cause, NO_CAUSE, true)?;
            self.release(class);
            Some(cause)
        };
        let mut old = None;
        if let Some(payload) = self.exception_mut(exception) {
            payload.suppress_context = true;
            old = std::mem::replace(&mut payload.cause, cause);
        }
        self.release_option(old);
        Ok(())
    }

    /// An exception and its class; a class is called to make one.
    fn as_exception(&mut self, object: Owned, complaint: &str, is_cause: bool) -> PyResult<(Owned, Owned)> {
        if self.exception(object.borrow()).is_some() {
            let class = self.class_of(object.borrow());
            let class = self.retain(class);
            return Ok((object, class));
        }
        if !self.is_exception_class(object.borrow()) {
            self.release(object);
            return Err(self.type_error(complaint));
        }
        let made = self.call_pos(object.borrow(), &[]);
        let exception = match made {
            Ok(exception) => exception,
            Err(stop) => {
                self.release(object);
                return Err(stop);
            }
        };
        let checked = !is_cause || self.profile.made_causes_are_checked;
        if checked && self.exception(exception.borrow()).is_none() {
            let class = self.repr(object.borrow())?;
            let made = self.class_of(exception.borrow());
            let made = self.repr(made)?;
            let message = format!(
                "calling {} should have returned an instance of BaseException, not {}",
                self.expect_text(class.borrow()),
                self.expect_text(made.borrow())
            );
            self.release(class);
            self.release(made);
            if is_cause && self.profile.refused_causes_forgotten {
                self.keep_for_good(exception);
            } else {
                self.release(exception);
            }
            let stop = self.type_error(message);
            self.release(object);
            return Err(stop);
        }
        Ok((exception, object))
    }

    pub(super) fn reraise(&mut self, depth: usize) -> PyResult<Flow> {
        if depth > 0 {
            // The number of the instruction that raised lies below: tracebacks and handlers go by it again.
            let lasti = self.peek(depth + 1);
            if let Value::Int(lasti) = self.heap[lasti].value
                && let Some(frame) = self.frames.last_mut()
            {
                // It may be one of an instruction's caches.
                let offset = lasti as u32 * 2;
                let after = frame.code.code.instrs.partition_point(|instr| instr.offset <= offset);
                let instr = after.checked_sub(1).map_or(0, |last| frame.code.code.instrs[last].offset);
                frame.current = frame.code.code.instrs.partition_point(|other| other.offset < instr);
                frame.past_caches = false;
                frame.past_caches = frame.lasti() != lasti as u32;
            }
        }
        let exception = self.pop();
        self.restore_raised(Some(exception));
        Ok(Flow::Reraise)
    }

    pub(super) fn push_exc_info(&mut self) -> PyResult<Flow> {
        let exception = self.pop();
        let shared = self.retain(exception.borrow());
        let before = match self.handled.last_mut() {
            Some(handled) => handled.replace(shared),
            None => {
                self.handled.push(Some(shared));
                None
            }
        };
        let before = before.unwrap_or_else(|| self.none());
        self.push(before);
        self.push(exception);
        Ok(Flow::Next)
    }

    /// What was being handled before is again; a `None` from the stack stays there as one (3.11 counts it).
    pub(super) fn pop_except(&mut self) -> PyResult<Flow> {
        let before = self.pop();
        let old = self.handled.last_mut().and_then(|handled| handled.replace(before));
        self.release_option(old);
        Ok(Flow::Next)
    }

    pub(super) fn check_exc_match(&mut self) -> PyResult<Flow> {
        let class = self.pop();
        let exception = self.peek(1);
        let result = self.exception_matches(exception, class.borrow());
        self.release(class);
        let matched = result?;
        let matched = self.bool(matched);
        self.push(matched);
        Ok(Flow::Next)
    }

    /// Whether an exception is of a class, or of one of a tuple of classes; each must be an exception class.
    fn exception_matches(&mut self, exception: Ref, class: Ref) -> PyResult<bool> {
        let classes = self.exception_classes(class)?;
        Ok(classes.into_iter().any(|class| self.is_instance_of(exception, class)))
    }

    /// The classes of an `except` clause; each must be an exception class (`check_except_type_valid`).
    pub(super) fn exception_classes(&mut self, class: Ref) -> PyResult<Vec<Ref>> {
        let classes = match self.tuple(class) {
            Some(_) => self.items(class).unwrap_or_default(),
            None => vec![class],
        };
        if !classes.iter().all(|&class| self.is_exception_class(class)) {
            return Err(self.type_error("catching classes that do not inherit from BaseException is not allowed"));
        }
        Ok(classes)
    }

    /// `BEFORE_WITH`, `BEFORE_ASYNC_WITH`: `[manager] → [exit, result of enter]`
    pub(super) fn before_with(&mut self, protocol: &ContextProtocol) -> PyResult<Flow> {
        let ContextProtocol { enter, exit, name: protocol, exit_name } = *protocol;
        let manager = self.peek(1);
        let Some(enter) = self.lookup_special_named(manager, enter)? else {
            let message = format!("'{}' object does not support the {protocol}", self.type_name(manager));
            return Err(self.type_error(message));
        };
        let exit = match self.lookup_special_named(manager, exit) {
            Ok(Some(exit)) => exit,
            missing => {
                let stop = match missing {
                    Err(stop) => stop,
                    Ok(_) => {
                        let name = self.type_name(manager);
                        let message = format!("'{name}' object does not support the {protocol} (missed {exit_name} method)");
                        self.type_error(message)
                    }
                };
                self.release(enter);
                return Err(stop);
            }
        };
        let manager = self.pop();
        self.push(exit);
        self.release(manager);
        let result = self.call_pos(enter.borrow(), &[]);
        self.release(enter);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }

    pub(super) fn with_except_start(&mut self) -> PyResult<Flow> {
        let exception = self.peek(1);
        let exit = self.peek(4);
        let class = self.class_of(exception);
        let traceback = self.exception(exception).and_then(|exception| exception.traceback.as_ref()).map(Owned::borrow);
        let values = [class, exception, traceback.unwrap_or(types::NONE)];
        let result = self.call(exit, &Args::positional(&values))?;
        self.push(result);
        Ok(Flow::Next)
    }
}
