//! Generators: frames that come and go.

use crate::eval::frame::{Frame, Resumer};
use crate::eval::{Ended, Flow};
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types;
use crate::types::frame::Place;
use crate::types::generator::asynchronous::AsyncState;
use crate::types::generator::{Generator, State};
use crate::vm::{PyResult, Stop, Vm};
use refdrift_trace::flags;

/// What came of resuming a generator.
pub(crate) enum Resumed {
    /// It yielded.
    Yielded(Owned),
    /// It returned.
    Returned(Owned),
}

impl Vm {
    /// A generator's payload.
    pub(crate) fn generator(&self, object: Ref) -> Option<&Generator> {
        match &self.heap[object].value {
            Value::Generator(generator) => Some(generator),
            _ => None,
        }
    }

    /// A generator's payload, to change it.
    pub(crate) fn generator_mut(&mut self, object: Ref) -> Option<&mut Generator> {
        match &mut self.heap[object].value {
            Value::Generator(generator) => Some(generator),
            _ => None,
        }
    }

    /// Makes a generator of the running frame, which moves into it.
    pub(super) fn return_generator(&mut self) -> Owned {
        let top = self.frames.len() - 1;
        let code = self.frames[top].code.clone();
        let class = match code.object.flags {
            f if f & flags::COROUTINE != 0 => types::COROUTINE,
            f if f & flags::ASYNC_GENERATOR != 0 => types::ASYNC_GENERATOR,
            _ => types::GENERATOR,
        };
        let function = self.frames[top].function.as_ref().map(Owned::borrow);
        let names = function.and_then(|function| self.function(function)).map(|f| (f.name.borrow(), f.qualname.borrow()));
        let (name, qualname) = names.unwrap_or((code.name, code.qualname));
        let (name, qualname) = (self.retain(name), self.retain(qualname));
        // The code goes along with the frame; 3.11's generator takes a reference of its own.
        let handed_over = if self.profile.generator_holds_code_twice { None } else { self.frames[top].code_object.take() };
        let code_object = handed_over.unwrap_or_else(|| self.retain(code.this));
        let generator = Generator {
            code,
            state: State::Created,
            frame: None,
            slots: Vec::new(),
            code_object: Some(code_object),
            name: Some(name),
            qualname: Some(qualname),
            handled: None,
            forgets_handled_last: self.profile.generator_forgets_handled_last,
            by_next: false,
            asynchronous: AsyncState::default(),
        };
        let generator = self.make_tracked(class, Value::Generator(Box::new(generator)));
        let Some(mut frame) = self.frames.pop() else { return generator };
        self.depth -= 1;
        frame.generator = Some(generator.borrow());
        frame.pc = frame.current + 1;
        self.put_into_generator(generator.borrow(), frame);
        generator
    }

    /// A frame goes into its generator, with all its slots.
    fn put_into_generator(&mut self, generator: Ref, frame: Box<Frame>) {
        self.place_frame_object(&frame, Place::Suspended(generator));
        if let Value::Generator(payload) = &mut self.heap[generator].value {
            payload.slots.extend(self.stack.drain(frame.base..));
            payload.frame = Some(frame);
        }
    }

    /// Puts a generator's frame back on top of the frames.
    pub(super) fn enter_generator(&mut self, generator: Ref, resumer: Resumer) -> PyResult<()> {
        let base = self.stack.len();
        let Some(payload) = self.generator_mut(generator) else { return Err(self.type_error("not a generator")) };
        let Some(mut frame) = payload.frame.take() else { return Err(self.type_error("the generator has no frame")) };
        payload.state = State::Executing;
        let handled = payload.handled.take();
        (frame.base, frame.resumer) = (base, resumer);
        let place = Place::Running(self.frames.len());
        self.place_frame_object(&frame, place);
        if let Value::Generator(payload) = &mut self.heap[generator].value {
            self.stack.append(&mut payload.slots);
        }
        self.frames.push(frame);
        self.handled.push(handled);
        self.depth += 1;
        Ok(())
    }

    /// Runs a generator on from where it stands; `value` is what its `yield` evaluates to.
    pub(crate) fn resume_generator(&mut self, generator: Ref, value: Owned) -> PyResult<Resumed> {
        if let Err(stop) = self.enter_generator(generator, Resumer::Native) {
            self.release(value);
            return Err(stop);
        }
        self.push(value);
        if self.depth > self.recursion_limit {
            return Err(self.generator_too_deep());
        }
        let ended = self.run_frames();
        resumed(ended)
    }

    /// There is no room for the frame of a generator: that is the end of it.
    pub(super) fn generator_too_deep(&mut self) -> Stop {
        self.raise(types::RECURSION_ERROR, "maximum recursion depth exceeded");
        self.end_frame();
        Stop::Raised
    }

    /// Raises the exception under way inside a generator, at the instruction where it stands.
    pub(crate) fn throw_into_generator(&mut self, generator: Ref) -> PyResult<Resumed> {
        self.enter_generator(generator, Resumer::Native)?;
        // It finds on its stack what it would have been sent.
        let none = self.none();
        self.push(none);
        if let (Some(handled), Some(raised)) = (self.handled.last(), &self.raised)
            && let Some(handled) = handled.as_ref().map(Owned::borrow).filter(|&handled| handled != types::NONE)
        {
            let raised = raised.borrow();
            self.chain_context(raised, handled);
        }
        let top = self.frames.len() - 1;
        // Handlers go by the `yield`; what 3.13 says it is at is the instruction after it.
        let back = usize::from(!self.profile.suspended_at_next_instruction);
        self.frames[top].current = self.frames[top].pc.saturating_sub(back);
        if self.depth > self.recursion_limit {
            return Err(self.generator_too_deep());
        }
        self.add_traceback();
        let floor = self.frames.len();
        let ended = match self.unwind(floor) {
            Ok(()) => self.run_frames(),
            Err(stop) => Err(stop),
        };
        resumed(ended)
    }

    /// A frame has yielded: it goes back into its generator, with the exception that it is handling. Hands out who resumed it.
    #[inline(never)]
    pub(super) fn suspend_frame(&mut self) -> Resumer {
        let Some(frame) = self.frames.pop() else { return Resumer::Native };
        self.depth -= 1;
        let handled = self.handled.pop().flatten();
        let resumer = frame.resumer;
        let Some(generator) = frame.generator else { return resumer };
        if let Some(payload) = self.generator_mut(generator) {
            payload.state = State::Suspended;
            payload.handled = handled;
        }
        self.put_into_generator(generator, frame);
        resumer
    }

    /// A frame ends with a value. 3.11's `next` of a generator does away with a `None` before the frame goes.
    #[inline(never)]
    pub(super) fn end_returning_frame(&mut self, value: Owned) -> Owned {
        let generator = self.frames.last().and_then(|frame| frame.generator).and_then(|generator| self.generator(generator));
        let drops_none = generator.is_some_and(|generator| generator.by_next) && self.profile.generator_holds_code_twice;
        if drops_none && value.borrow() == types::NONE {
            self.release(value);
            self.end_frame();
            return self.none();
        }
        self.end_frame();
        value
    }

    /// A generator's frame is about to end: its exception state is popped, the generator is finished. Hands over the
    /// exception that it was handling.
    pub(super) fn finish_generator(&mut self, generator: Ref) -> Option<Owned> {
        if let Some(payload) = self.generator_mut(generator) {
            payload.state = State::Cleared;
        }
        self.handled.pop().flatten()
    }

    /// 3.11's `gen_send_ex2`: a `StopIteration` that leaves a generator becomes a `RuntimeError`, before the frame goes.
    /// (Later versions have an instruction for it.)
    pub(super) fn check_stop_iteration(&mut self, generator: Ref) {
        let Some(raised) = self.raised.take() else { return };
        let class = self.class_of(generator);
        match self.forbidden_stop(raised.borrow(), class) {
            Some(message) => {
                let error = self.runtime_error_from(message, raised.borrow());
                self.release(raised);
                self.raised = Some(error);
            }
            None => self.raised = Some(raised),
        }
    }

    /// What is said of an exception that must not leave a generator of that class.
    fn forbidden_stop(&self, exception: Ref, class: Ref) -> Option<String> {
        let kind = match class {
            types::ASYNC_GENERATOR => "async generator",
            types::COROUTINE => "coroutine",
            _ => "generator",
        };
        if self.is_instance_of(exception, types::STOP_ITERATION) {
            return Some(format!("{kind} raised StopIteration"));
        }
        let ends_iteration = class == types::ASYNC_GENERATOR && self.is_instance_of(exception, types::STOP_ASYNC_ITERATION);
        ends_iteration.then(|| format!("{kind} raised StopAsyncIteration"))
    }

    pub(super) fn get_yield_from_iter(&mut self) -> PyResult<Flow> {
        let iterable = self.peek(1);
        let class = self.class_of(iterable);
        if class == types::COROUTINE {
            let flags_here = self.frames.last().map_or(0, |frame| frame.code.object.flags);
            if flags_here & (flags::COROUTINE | flags::ITERABLE_COROUTINE) == 0 {
                return Err(self.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
            }
            return Ok(Flow::Next);
        }
        if class == types::GENERATOR {
            return Ok(Flow::Next);
        }
        self.unary(Self::get_iter)
    }

    /// `[receiver, value] → [receiver, yielded]`, or the receiver's result and on to the target.
    pub(super) fn send(&mut self, target: u32) -> PyResult<Flow> {
        if self.peek(1) == types::NONE
            && let Some(resumed) = self.resume_in_loop(self.peek(2), Resumer::Send(target))
        {
            return resumed;
        }
        let value = self.pop();
        let receiver = self.peek(1);
        let moves = self.profile.send_moves_value && matches!(self.class_of(receiver), types::GENERATOR | types::COROUTINE);
        let waits = self.generator(receiver).is_some_and(|receiver| matches!(receiver.state, State::Created | State::Suspended));
        let resumed = if moves && waits {
            match self.generator_send_moving(receiver, value) {
                Err(Stop::Raised) => return Ok(Flow::CalleeRaised),
                resumed => resumed,
            }
        } else {
            let resumed = self.send_to(receiver, value.borrow());
            self.release(value);
            resumed
        };
        match resumed? {
            Resumed::Yielded(value) => {
                self.push(value);
                Ok(Flow::Next)
            }
            Resumed::Returned(value) => {
                self.push(value);
                Ok(Flow::Jump(target))
            }
        }
    }

    /// `PyIter_Send`: a `StopIteration` that says "returned" gives its value. (A traced 3.11 knows no shorter way for generators.)
    pub(crate) fn send_to(&mut self, receiver: Ref, value: Ref) -> PyResult<Resumed> {
        if self.generator(receiver).is_some() && !self.profile.send_calls_method {
            return self.generator_send(receiver, value);
        }
        let result = if value == types::NONE && self.class(self.class_of(receiver)).slots.next.is_some() {
            let next = self.class(self.class_of(receiver)).slots.next;
            match next.map(|next| next(self, receiver)) {
                Some(Ok(Some(item))) => Ok(item),
                Some(Ok(None)) => return Ok(Resumed::Returned(self.none())),
                Some(Err(stop)) => Err(stop),
                None => Err(self.type_error("not an iterator")),
            }
        } else {
            self.call_method(receiver, "send", &[value])
        };
        match result {
            Ok(value) => Ok(Resumed::Yielded(value)),
            Err(stop) => self.stop_value(stop).map(Resumed::Returned),
        }
    }

    /// The value of the `StopIteration` under way, unless it is something else.
    pub(super) fn stop_value(&mut self, stop: Stop) -> PyResult {
        match stop {
            Stop::Raised if self.matches_raised(types::STOP_ITERATION) => Ok(self.take_stop_value()),
            stop => Err(stop),
        }
    }

    /// `INTRINSIC_STOPITERATION_ERROR`: a `StopIteration` that would leave a generator becomes a `RuntimeError`.
    pub(super) fn stop_iteration_error(&mut self) -> PyResult<Flow> {
        let exception = self.peek(1);
        let class = match self.frames.last().map_or(0, |frame| frame.code.object.flags) {
            f if f & flags::ASYNC_GENERATOR != 0 => types::ASYNC_GENERATOR,
            f if f & flags::COROUTINE != 0 => types::COROUTINE,
            _ => types::GENERATOR,
        };
        let Some(message) = self.forbidden_stop(exception, class) else { return Ok(Flow::Next) };
        let error = self.runtime_error_from(message, exception);
        let old = self.pop();
        self.push(error);
        self.release(old);
        Ok(Flow::Next)
    }

    /// A `RuntimeError` with another exception as its cause and context.
    pub(crate) fn runtime_error_from(&mut self, message: String, cause: Ref) -> Owned {
        self.error_from(types::RUNTIME_ERROR, message, cause)
    }

    /// An exception with another one as its cause and context (`_PyErr_FormatFromCause`).
    pub(crate) fn error_from(&mut self, class: Ref, message: String, cause: Ref) -> Owned {
        let text = self.str(message);
        let args = self.new_tuple(vec![text]);
        let error = self.new_exception(class, args);
        self.track(cause);
        let (as_cause, as_context) = (self.retain(cause), self.retain(cause));
        if let Some(payload) = self.exception_mut(error.borrow()) {
            payload.cause = Some(as_cause);
            payload.context = Some(as_context);
            payload.suppress_context = true;
        }
        error
    }

    pub(super) fn cleanup_throw(&mut self) -> PyResult<Flow> {
        let exception = self.peek(1);
        if !self.is_instance_of(exception, types::STOP_ITERATION) {
            let exception = self.retain(exception);
            self.restore_raised(Some(exception));
            return Ok(Flow::Reraise);
        }
        let value = self.exception(exception).and_then(|e| e.field("value")).unwrap_or(types::NONE);
        let value = self.retain(value);
        // The receiver, what it was sent last, the exception.
        for operand in self.pop_many(3) {
            self.release(operand);
        }
        let none = self.none();
        self.push(none);
        self.push(value);
        Ok(Flow::Next)
    }

    /// `await`: exchanges an awaitable for its iterator (`_PyCoro_GetAwaitableIter`).
    pub(super) fn get_awaitable(&mut self, place: u32) -> PyResult<Flow> {
        let awaitable = self.peek(1);
        let iterator = self.awaitable_iterator(awaitable, place)?;
        if self.class_of(iterator.borrow()) == types::COROUTINE && self.delegate(iterator.borrow()).is_some() {
            self.release(iterator);
            return Err(self.raise(types::RUNTIME_ERROR, "coroutine is being awaited already"));
        }
        let awaitable = self.pop();
        self.release(awaitable);
        self.push(iterator);
        Ok(Flow::Next)
    }

    pub(crate) fn awaitable_iterator(&mut self, awaitable: Ref, place: u32) -> PyResult {
        let class = self.class_of(awaitable);
        let iterable_flag =
            self.generator(awaitable).map_or(0, |generator| generator.code.object.flags) & flags::ITERABLE_COROUTINE;
        if class == types::COROUTINE || iterable_flag != 0 {
            return Ok(self.retain(awaitable));
        }
        let Some(slot) = self.class(class).slots.await_ else {
            let name = self.type_name(awaitable);
            let method = match place {
                1 => "__aenter__",
                2 => "__aexit__",
                _ => {
                    let message = format!("object {name} can't be used in 'await' expression");
                    return Err(self.type_error(message));
                }
            };
            let message = format!("'async with' received an object from {method} that does not implement __await__: {name}");
            return Err(self.type_error(message));
        };
        let iterator = slot(self, awaitable)?;
        let class = self.class_of(iterator.borrow());
        let message = if class == types::COROUTINE {
            "__await__() returned a coroutine".to_owned()
        } else if self.class(class).slots.next.is_none() {
            format!("__await__() returned non-iterator of type '{}'", self.class(class).name)
        } else {
            return Ok(iterator);
        };
        self.release(iterator);
        Err(self.type_error(message))
    }
}

/// How a generator's frame came to its end, as the resumption sees it.
fn resumed(ended: PyResult<Ended>) -> PyResult<Resumed> {
    match ended {
        Ok(Ended::Yielded(value)) => Ok(Resumed::Yielded(value)),
        Ok(Ended::Returned(value)) => Ok(Resumed::Returned(value)),
        Err(stop) => Err(stop),
    }
}
