//! Raising, chaining and swallowing exceptions.

use std::ptr::fn_addr_eq;

use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types::{self, exception::Exception};
use crate::vm::{PyResult, Stop, Vm};

impl Vm {
    /// Raises a builtin exception with a message (`PyErr_SetString`).
    #[cold]
    pub(crate) fn raise(&mut self, class: Ref, message: impl Into<String>) -> Stop {
        let message = self.str(message.into());
        self.raise_with(class, message)
    }

    /// Raises a builtin exception with one argument (`PyErr_SetObject`). A tuple is the argument list, as in CPython.
    pub(crate) fn raise_with(&mut self, class: Ref, value: Owned) -> Stop {
        let args = if self.class_of(value.borrow()) == types::TUPLE { value } else { self.new_tuple(vec![value]) };
        self.raise_args(class, args)
    }

    /// Raises a builtin exception without arguments (`PyErr_SetNone`).
    pub(crate) fn raise_empty(&mut self, class: Ref) -> Stop {
        let args = self.new_tuple(Vec::new());
        self.raise_args(class, args)
    }

    fn raise_args(&mut self, class: Ref, args: Owned) -> Stop {
        // `OSError` and the like pick their subclass and fields in their constructors.
        let plain = self.class(types::BASE_EXCEPTION).slots.init;
        if !self.class(class).slots.init.zip(plain).is_some_and(|(own, plain)| fn_addr_eq(own, plain)) {
            let values = self.items(args.borrow()).unwrap_or_default();
            let made = self.call_pos(class, &values);
            self.release(args);
            return match made {
                Ok(exception) => self.raise_unmade(exception),
                Err(stop) => stop,
            };
        }
        let exception = self.new_exception(class, args);
        self.raise_unmade(exception)
    }

    /// Raises an exception that is no object yet up to 3.11, but a class and what to call it with. `_PyErr_SetObject` makes it at
    /// once where another one is being handled, which becomes its context.
    pub(crate) fn raise_unmade(&mut self, exception: Owned) -> Stop {
        if self.profile.builtin_errors_made_after_traceback && self.handled_exception().is_none() {
            self.untrack(exception.borrow());
        }
        self.raise_exception(exception)
    }

    /// An exception object of a builtin type that has no constructor of its own.
    pub(crate) fn new_exception(&mut self, class: Ref, args: Owned) -> Owned {
        let payload = Exception { args: Some(args), ..Exception::default() };
        self.alloc_instance(class, Value::Exception(Box::new(payload)))
    }

    /// Makes an exception the one that is under way; the one that is being handled becomes its context (`_PyErr_SetObject`).
    pub(crate) fn raise_exception(&mut self, exception: Owned) -> Stop {
        if let Some(handled) = self.handled_exception() {
            self.chain_context(exception.borrow(), handled);
        }
        self.restore_raised(Some(exception));
        Stop::Raised
    }

    /// Raises what the call of an exception's type has made, or what that has raised.
    pub(crate) fn raise_made(&mut self, made: PyResult) -> Stop {
        match made {
            Ok(exception) => self.raise_exception(exception),
            Err(stop) => stop,
        }
    }

    /// Makes an exception the one that is under way, or none; the one before is let go (`_PyErr_Restore`).
    pub(crate) fn restore_raised(&mut self, exception: Option<Owned>) {
        let Some(old) = std::mem::replace(&mut self.raised, exception) else { return };
        // Where the traceback is held beside it, it outlives what hangs on the exception.
        let traceback = self.exception(old.borrow()).and_then(|e| e.traceback.as_ref()).map(Owned::borrow);
        let traceback = self.retain_option(traceback.filter(|_| self.profile.raised_holds_type));
        self.release(old);
        self.release_option(traceback);
    }

    /// Sets the exception under way aside while something else runs (`PyErr_Fetch`): it, and its type, which 3.11 holds too.
    pub(crate) fn set_raised_aside(&mut self) -> Option<(Owned, Option<Owned>)> {
        let raised = self.raised.take()?;
        let class = self.class_of(raised.borrow());
        let class = self.profile.raised_holds_type.then(|| self.retain(class));
        Some((raised, class))
    }

    /// See [`Vm::set_raised_aside`] (`PyErr_Restore`).
    pub(crate) fn take_raised_back(&mut self, aside: Option<(Owned, Option<Owned>)>) {
        let (raised, class) = aside.unzip();
        self.restore_raised(raised);
        self.release_option(class.flatten());
    }

    /// The exception that is being handled, innermost first (`_PyErr_GetTopmostException`).
    pub(crate) fn handled_exception(&self) -> Option<Ref> {
        self.handled.iter().rev().flatten().map(Owned::borrow).find(|&handled| handled != types::NONE)
    }

    /// Sets `__context__`, taking care not to close a circle.
    pub(crate) fn chain_context(&mut self, exception: Ref, handled: Ref) {
        if exception == handled {
            return;
        }
        let mut at = handled;
        let mut steps = 0;
        while let Some(context) = self.exception(at).and_then(|e| e.context.as_ref()).map(Owned::borrow) {
            if context == exception {
                let old = self.exception_mut(at).and_then(|e| e.context.take());
                self.release_option(old);
                break;
            }
            at = context;
            steps += 1;
            if steps > 100_000 {
                break;
            }
        }
        let context = self.retain(handled);
        let old = self.exception_mut(exception).and_then(|e| e.context.replace(context));
        self.release_option(old);
    }

    /// An exception's payload.
    pub(crate) fn exception(&self, object: Ref) -> Option<&Exception> {
        match &self.heap[object].value {
            Value::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// An exception's payload, to change it.
    pub(crate) fn exception_mut(&mut self, object: Ref) -> Option<&mut Exception> {
        match &mut self.heap[object].value {
            Value::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// Whether the exception under way is of that type (`PyErr_ExceptionMatches`).
    pub(crate) fn matches_raised(&self, class: Ref) -> bool {
        self.raised.as_ref().is_some_and(|raised| self.is_instance_of(raised.borrow(), class))
    }

    /// Whether an object is an exception type (`PyExceptionClass_Check`).
    pub(crate) fn is_exception_class(&self, object: Ref) -> bool {
        matches!(self.heap[object].value, Value::Type(_)) && self.is_subclass(object, types::BASE_EXCEPTION)
    }

    /// Whether an exception or exception type is of a class, or of one of a tuple of classes (`PyErr_GivenExceptionMatches`).
    pub(crate) fn given_exception_matches(&self, given: Ref, class: Ref) -> bool {
        if let Some(classes) = self.tuple(class) {
            return classes.iter().any(|class| self.given_exception_matches(given, class.borrow()));
        }
        let given_class = if self.exception(given).is_some() { self.class_of(given) } else { given };
        if self.is_exception_class(given_class) && self.is_exception_class(class) {
            return self.is_subclass(given_class, class);
        }
        given == class
    }

    /// Lets the exception under way go (`PyErr_Clear`).
    pub(crate) fn clear_raised(&mut self) {
        self.restore_raised(None);
    }

    /// Swallows an exception of that type: `Ok(true)` if it was one; anything else goes on its way.
    pub(crate) fn swallow(&mut self, stop: Stop, class: Ref) -> Result<(), Stop> {
        if stop == Stop::Raised && self.matches_raised(class) {
            self.clear_raised();
            return Ok(());
        }
        Err(stop)
    }

    /// Raises `TypeError`.
    #[cold]
    pub(crate) fn type_error(&mut self, message: impl Into<String>) -> Stop {
        self.raise(types::TYPE_ERROR, message)
    }

    /// Raises `ValueError`.
    #[cold]
    pub(crate) fn value_error(&mut self, message: impl Into<String>) -> Stop {
        self.raise(types::VALUE_ERROR, message)
    }

    /// Raises `IndexError`.
    #[cold]
    pub(crate) fn index_error(&mut self, message: impl Into<String>) -> Stop {
        self.raise(types::INDEX_ERROR, message)
    }

    /// Raises `OverflowError`.
    #[cold]
    pub(crate) fn overflow_error(&mut self, message: impl Into<String>) -> Stop {
        self.raise(types::OVERFLOW_ERROR, message)
    }

    /// Raises `ZeroDivisionError`.
    #[cold]
    pub(crate) fn zero_division(&mut self, message: impl Into<String>) -> Stop {
        self.raise(types::ZERO_DIVISION_ERROR, message)
    }

    /// Raises `KeyError` with the key as its argument, a tuple too (`_PyErr_SetKeyError`).
    pub(crate) fn key_error(&mut self, key: Ref) -> Stop {
        let args = self.tuple_of(&[key]);
        self.raise_args(types::KEY_ERROR, args)
    }
}
