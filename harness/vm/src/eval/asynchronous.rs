//! `async for`.

use crate::eval::Flow;
use crate::heap::Owned;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

impl Vm {
    /// `GET_AITER`: `[object] → [asynchronous iterator]`
    pub(super) fn get_aiter(&mut self) -> PyResult<Flow> {
        self.unary(|vm, object| {
            let Some(aiter) = vm.class(vm.class_of(object)).slots.aiter else {
                let name = vm.qualified_type_name(vm.class_of(object));
                return Err(vm.type_error(format!("'async for' requires an object with __aiter__ method, got {name}")));
            };
            aiter(vm, object)
        })?;
        let iterator = self.peek(1);
        let class = self.class_of(iterator);
        if self.class(class).slots.anext.is_some() {
            return Ok(Flow::Next);
        }
        let name = self.qualified_type_name(class);
        let message = format!("'async for' received an object from __aiter__ that does not implement __anext__: {name}");
        let stop = self.type_error(message);
        let iterator = self.pop();
        self.release(iterator);
        Err(stop)
    }

    /// `GET_ANEXT`: `[iterator] → [iterator, awaitable]`
    pub(super) fn get_anext(&mut self) -> PyResult<Flow> {
        let iterator = self.peek(1);
        let class = self.class_of(iterator);
        let Some(anext) = self.class(class).slots.anext else {
            let name = self.qualified_type_name(class);
            return Err(self.type_error(format!("'async for' requires an iterator with __anext__ method, got {name}")));
        };
        let awaitable = anext(self, iterator)?;
        let awaitable = if class == types::ASYNC_GENERATOR { awaitable } else { self.iterator_of_awaitable(awaitable)? };
        self.push(awaitable);
        Ok(Flow::Next)
    }

    /// Exchanges what `__anext__` made for what `await` iterates over; that there is no such thing has a cause.
    fn iterator_of_awaitable(&mut self, awaitable: Owned) -> PyResult {
        let iterator = self.awaitable_iterator(awaitable.borrow(), 0);
        let name = self.qualified_type_name(self.class_of(awaitable.borrow()));
        let result = match (iterator, self.raised.take()) {
            (Err(Stop::Raised), Some(cause)) => {
                let message = format!("'async for' received an invalid object from __anext__: {name}");
                let error = self.error_from(types::TYPE_ERROR, message, cause.borrow());
                self.release(cause);
                self.restore_raised(Some(error));
                Err(Stop::Raised)
            }
            (iterator, _) => iterator,
        };
        self.release(awaitable);
        result
    }

    /// `END_ASYNC_FOR`: `[iterator, exception] → []`, if it is the exception that ends the loop.
    pub(super) fn end_async_for(&mut self) -> PyResult<Flow> {
        let exception = self.pop();
        if !self.is_instance_of(exception.borrow(), types::STOP_ASYNC_ITERATION) {
            self.restore_raised(Some(exception));
            return Ok(Flow::Reraise);
        }
        let iterator = self.pop();
        if self.profile.end_async_for_gives_back_exception_first {
            self.release(exception);
            self.release(iterator);
        } else {
            self.release(iterator);
            self.release(exception);
        }
        Ok(Flow::Next)
    }
}
