//! `_io`: streams in memory, and the types that streams derive from (`Modules/_io`). Files are *unsupported*.

pub(crate) mod base;
pub(crate) mod bytes;
pub(crate) mod text;

use super::interpreter::set;
use super::stock::stock;
use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

static FUNCTIONS: &[Method] = &[super::function("text_encoding", Arity::Positional(1, 2), |vm, args| match args.values[0] {
    types::NONE => Ok(vm.str("utf-8")),
    encoding => Ok(vm.retain(encoding)),
})];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "_io", FUNCTIONS);
    for class in
        [types::IO_BASE, types::RAW_IO_BASE, types::BUFFERED_IO_BASE, types::TEXT_IO_BASE, types::STRING_IO, types::BYTES_IO]
    {
        super::module_type(vm, dict, class);
    }
    for (name, value) in [("BlockingIOError", types::BLOCKING_IO_ERROR)] {
        vm.set_module_attribute(dict, name, value);
    }
    let size = vm.int(8192).into_ref();
    vm.set_module_attribute(dict, "DEFAULT_BUFFER_SIZE", size);
}

/// `UnsupportedOperation` is a class that the library changes.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    let name = vm.str("UnsupportedOperation");
    let bases = vm.tuple_of(&[types::OS_ERROR, types::VALUE_ERROR]);
    let namespace = vm.new_dict();
    let module = vm.intern("io");
    vm.set_module_attribute(namespace.borrow(), "__module__", module.borrow());
    let class = vm.call_pos(types::TYPE, &[name.borrow(), bases.borrow(), namespace.borrow()]);
    vm.release_all(vec![name, bases, namespace, module]);
    if let Ok(class) = class {
        set(vm, dict, "UnsupportedOperation", class);
    }
}

/// Raises `io.UnsupportedOperation`.
fn unsupported(vm: &mut Vm, message: &str) -> Stop {
    let module = match vm.import_module("_io") {
        Ok(module) => module,
        Err(stop) => return stop,
    };
    let class: PyResult<Owned> = vm.getattr_str(module, "UnsupportedOperation");
    match class {
        Ok(class) => {
            let message = vm.str(message);
            let made = vm.call_pos(class.borrow(), &[message.borrow()]);
            vm.release(message);
            vm.release(class);
            match made {
                Ok(exception) => vm.raise_exception(exception),
                Err(stop) => stop,
            }
        }
        Err(stop) => stop,
    }
}

/// Raises the error for a stream that was closed.
fn closed(vm: &mut Vm) -> Stop {
    vm.value_error("I/O operation on closed file")
}

/// A size argument: none or negative is no limit (`_Py_convert_optional_to_ssize_t`).
fn size_argument(vm: &mut Vm, argument: Option<Ref>) -> PyResult<Option<usize>> {
    match argument.filter(|&argument| argument != types::NONE) {
        None => Ok(None),
        Some(argument) => {
            if vm.class(vm.class_of(argument)).slots.index.is_none() {
                let message = format!("argument should be integer or None, not '{}'", vm.type_name(argument));
                return Err(vm.type_error(message));
            }
            let size = vm.as_index(argument, Some(types::OVERFLOW_ERROR))?;
            Ok(usize::try_from(size).ok())
        }
    }
}
