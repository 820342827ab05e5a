//! `_io` (`Modules/_io`): streams in memory. Those that lead out of the interpreter are there by name.

mod base;
mod bytes;
mod newlines;
mod open;
mod string;

pub(crate) use base::{BUFFERED_IO_BASE, IO_BASE, RAW_IO_BASE, TEXT_IO_BASE};
pub(crate) use bytes::BYTES_IO;
pub(crate) use newlines::INCREMENTAL_NEWLINE_DECODER;
pub(super) use open::missing_file;
pub(crate) use string::{STRING_IO, is_console, new_stream};

use super::function;
use super::stock::stock;
use crate::api::Missing;
use crate::heap::Ref;
use crate::object::class::{Arity, Making, Method};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// How CPython makes all of the module's types.
const MAKING: Making = Making::FromSpec { since: 12 };

/// Implements [`Native`](crate::object::value::Native) for a stream: what it holds, in the order in which its `tp_dealloc` lets go
/// of it, and its `__dict__`.
macro_rules! stream {
    ($type:ty { $($field:ident: $name:literal),* $(,)? }) => {
        impl $crate::object::value::Native for $type {
            fn visit(&self, see: &mut dyn FnMut($crate::object::value::Role, $crate::heap::Ref)) {
                $(if let Some(held) = &self.$field {
                    see($crate::object::value::Role::Field($name), held.borrow());
                })*
                if let Some(dict) = &self.dict {
                    see($crate::object::value::Role::Field("__dict__"), dict.borrow());
                }
            }

            fn give_back(&mut self, out: &mut Vec<$crate::heap::Owned>) {
                $(out.extend(self.$field.take());)*
                out.extend(self.dict.take());
            }

            fn dict_place(&mut self) -> Option<&mut Option<$crate::heap::Owned>> {
                Some(&mut self.dict)
            }

            fn own_dict(&self) -> Option<$crate::heap::Ref> {
                self.dict.as_ref().map($crate::heap::Owned::borrow)
            }
        }
    };
}
pub(crate) use stream;

static FUNCTIONS: &[Method] = &[
    function("text_encoding", Arity::Positional(1, 2), |vm, args| match args.values[0] {
        // The interpreter is in UTF-8 mode.
        types::NONE => Ok(vm.intern("utf-8")),
        encoding => Ok(vm.retain(encoding)),
    }),
    function("open", Arity::Raw, open::open),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "_io", FUNCTIONS);
    let size = vm.int(8192).into_ref();
    vm.set_module_attribute(dict, "DEFAULT_BUFFER_SIZE", size);
    let exports = [
        ("_IOBase", types::IO_BASE),
        ("_RawIOBase", types::RAW_IO_BASE),
        ("_BufferedIOBase", types::BUFFERED_IO_BASE),
        ("_TextIOBase", types::TEXT_IO_BASE),
        ("StringIO", types::STRING_IO),
        ("BytesIO", types::BYTES_IO),
        ("IncrementalNewlineDecoder", types::INCREMENTAL_NEWLINE_DECODER),
        ("BlockingIOError", types::BLOCKING_IO_ERROR),
    ];
    for (name, class) in exports {
        vm.set_module_attribute(dict, name, class);
    }
}

/// `UnsupportedOperation` is a class made at run time. The library's `io`, which every process has imported, calls it its own.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    let (name, bases, namespace) =
        (vm.str("UnsupportedOperation"), vm.tuple_of(&[types::OS_ERROR, types::VALUE_ERROR]), vm.new_dict());
    let home = vm.intern("io");
    vm.set_module_attribute(namespace.borrow(), "__module__", home.borrow());
    vm.release(home);
    if let Ok(class) = vm.call_pos(types::TYPE, &[name.borrow(), bases.borrow(), namespace.borrow()]) {
        vm.set_module_attribute(dict, "UnsupportedOperation", class.borrow());
        vm.release(class);
    }
    vm.release_all(vec![name, bases, namespace]);
}

/// Raises `UnsupportedOperation`.
fn unsupported_operation(vm: &mut Vm, message: &str) -> Stop {
    let class = vm.import_module("_io").ok().and_then(|module| vm.own_dict(module));
    match class.and_then(|dict| vm.dict_get_str(dict, "UnsupportedOperation")) {
        Some(class) => {
            let message = vm.str(message);
            let raised = vm.call_pos(class, &[message.borrow()]);
            vm.release(message);
            vm.raise_made(raised)
        }
        None => vm.unsupported(Missing::Name, "io.UnsupportedOperation"),
    }
}

/// A size that may be `None` or left out (`_Py_convert_optional_to_ssize_t`).
fn optional_size(vm: &mut Vm, size: Option<Ref>) -> PyResult<Option<i64>> {
    let Some(size) = size.filter(|&size| size != types::NONE) else { return Ok(None) };
    if vm.class(vm.class_of(size)).slots.index.is_none() {
        let message = format!("argument should be integer or None, not '{}'", vm.type_name(size));
        return Err(vm.type_error(message));
    }
    vm.as_index(size, Some(types::OVERFLOW_ERROR)).map(Some)
}
