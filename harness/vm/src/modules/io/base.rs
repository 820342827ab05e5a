//! The abstract streams (`Modules/_io/iobase.c`, `bufferedio.c`, `textio.c`): what can be done by asking the methods of others.

use super::{MAKING, optional_size, stream, unsupported_operation};
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::object::check_new;
use crate::types::wrappers::DICT;
use crate::vm::{PyResult, Vm};

/// A stream that has attributes only.
#[derive(Default)]
struct Plain {
    dict: Option<Owned>,
}
stream!(Plain {});

/// The attribute by which `IOBase` knows that it was closed.
const CLOSED: &str = "__IOBase_closed";

/// What a stream can't do unless it is of a type that can.
macro_rules! refused {
    ($name:literal) => {
        method($name, Arity::Raw, |vm, _| Err(unsupported_operation(vm, $name)))
    };
}

/// A question that the answer to is no.
const fn never(name: &'static str) -> Method {
    method(name, Arity::None, |vm, _| Ok(vm.bool(false)))
}

/// An attribute that is `None`.
const fn nothing(name: &'static str) -> GetSet {
    GetSet { name, get: |vm, _| Ok(vm.none()), set: None, member: false }
}

pub(crate) static IO_BASE: NativeType = NativeType {
    name: "_IOBase",
    module: "_io",
    slots: Slots {
        iter: Some(|vm, this| {
            check_closed(vm, this)?;
            Ok(vm.retain(this))
        }),
        next: Some(next_line),
        finalize: Some(finalize),
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        refused!("seek"),
        method("tell", Arity::None, tell),
        refused!("truncate"),
        method("flush", Arity::None, flush),
        method("close", Arity::None, close),
        never("seekable"),
        never("readable"),
        never("writable"),
        method("_checkClosed", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.none())
        }),
        method("_checkSeekable", Arity::None, |vm, args| check_able(vm, args.this(), "seekable", "seekable")),
        method("_checkReadable", Arity::None, |vm, args| check_able(vm, args.this(), "readable", "readable")),
        method("_checkWritable", Arity::None, |vm, args| check_able(vm, args.this(), "writable", "writable")),
        refused!("fileno"),
        method("isatty", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.bool(false))
        }),
        method("__enter__", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.retain(args.this()))
        }),
        method("__exit__", Arity::Raw, |vm, args| {
            vm.no_keywords("__exit__", args)?;
            vm.with_argument_tuple(args, |vm, args| vm.call_method(args.this(), "close", &[]))
        }),
        unsupported_method!("_IOBase", "readline"),
        method("readlines", Arity::Positional(0, 1), readlines),
        method("writelines", Arity::One, writelines),
    ],
    getsets: &[
        DICT,
        GetSet {
            name: "closed",
            get: |vm, this| {
                let closed = is_closed(vm, this)?;
                Ok(vm.bool(closed))
            },
            set: None,
            member: false,
        },
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT | Flags::WEAK),
    making: MAKING,
    ..NativeType::PLAIN
};

pub(crate) static RAW_IO_BASE: NativeType = NativeType {
    name: "_RawIOBase",
    module: "_io",
    base: Some(types::IO_BASE),
    methods: &[
        unsupported_method!("_RawIOBase", "read"),
        unsupported_method!("_RawIOBase", "readall"),
        method("readinto", Arity::Raw, |vm, _| Err(vm.raise_empty(types::NOT_IMPLEMENTED_ERROR))),
        method("write", Arity::Raw, |vm, _| Err(vm.raise_empty(types::NOT_IMPLEMENTED_ERROR))),
    ],
    flags: Flags(Flags::BASE | Flags::WEAK),
    making: MAKING,
    ..NativeType::PLAIN
};

pub(crate) static BUFFERED_IO_BASE: NativeType = NativeType {
    name: "_BufferedIOBase",
    module: "_io",
    base: Some(types::IO_BASE),
    methods: &[
        refused!("detach"),
        refused!("read"),
        refused!("read1"),
        unsupported_method!("_BufferedIOBase", "readinto"),
        unsupported_method!("_BufferedIOBase", "readinto1"),
        refused!("write"),
    ],
    flags: Flags(Flags::BASE | Flags::WEAK),
    making: MAKING,
    ..NativeType::PLAIN
};

pub(crate) static TEXT_IO_BASE: NativeType = NativeType {
    name: "_TextIOBase",
    module: "_io",
    base: Some(types::IO_BASE),
    methods: &[refused!("detach"), refused!("read"), refused!("readline"), refused!("write")],
    getsets: &[nothing("encoding"), nothing("newlines"), nothing("errors")],
    flags: Flags(Flags::BASE | Flags::WEAK),
    making: MAKING,
    ..NativeType::PLAIN
};

/// `object_new`, or before the types were made from specs `PyType_GenericNew`, which lets arguments pass.
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    if !vm.cpython_has(&IO_BASE, "__new__") {
        check_new(vm, class, args)?;
    }
    Ok(vm.alloc_instance(class, Value::Native(Box::new(Plain::default()))))
}

/// `iobase_is_closed`: whether `IOBase.close` has been called, whatever a derived class says.
fn is_closed(vm: &mut Vm, this: Ref) -> PyResult<bool> {
    let closed = vm.lookup_attr(this, CLOSED)?;
    let is_closed = closed.is_some();
    vm.release_option(closed);
    Ok(is_closed)
}

/// `iobase_check_closed`: this one asks the derived class.
fn check_closed(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let Some(closed) = vm.lookup_attr(this, "closed")? else { return Ok(()) };
    let truth = vm.truth(closed.borrow());
    vm.release(closed);
    if truth? { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(()) }
}

fn check_able(vm: &mut Vm, this: Ref, question: &str, word: &str) -> PyResult {
    let answer = vm.call_method(this, question, &[])?;
    if answer.borrow() == types::TRUE {
        return Ok(answer);
    }
    vm.release(answer);
    Err(unsupported_operation(vm, &format!("File or stream is not {word}.")))
}

fn tell(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [offset, whence] = [vm.int(0), vm.int(1)];
    let result = vm.call_method(args.this(), "seek", &[offset.borrow(), whence.borrow()]);
    vm.release(offset);
    vm.release(whence);
    result
}

fn flush(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if is_closed(vm, args.this())? { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(vm.none()) }
}

fn close(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    if is_closed(vm, this)? {
        return Ok(vm.none());
    }
    let flushed = vm.call_method(this, "flush", &[]);
    let aside = if flushed.is_err() { vm.set_raised_aside() } else { None };
    let name = vm.intern(CLOSED);
    let set = vm.setattr(this, name.borrow(), Some(types::TRUE));
    vm.release(name);
    let flushed = match flushed {
        Ok(none) => {
            vm.release(none);
            Ok(())
        }
        Err(stop) => {
            if set.is_err() {
                return Err(vm.unsupported(crate::api::Missing::Name, "a stream whose flush and close both fail"));
            }
            vm.take_raised_back(aside);
            Err(stop)
        }
    };
    flushed.and(set)?;
    Ok(vm.none())
}

/// `iobase_finalize`: a stream that dies is closed.
fn finalize(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let closed = match vm.lookup_attr(this, "closed") {
        Ok(Some(closed)) => {
            let truth = vm.truth(closed.borrow());
            vm.release(closed);
            truth
        }
        Ok(None) => return Ok(()),
        Err(stop) => Err(stop),
    };
    match closed {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(stop) => return vm.swallow(stop, types::BASE_EXCEPTION),
    }
    let name = vm.intern("_finalizing");
    let noted = vm.setattr(this, name.borrow(), Some(types::TRUE));
    vm.release(name);
    if let Err(stop) = noted {
        vm.swallow(stop, types::BASE_EXCEPTION)?;
    }
    match vm.call_method(this, "close", &[]) {
        Ok(none) => {
            vm.release(none);
            Ok(())
        }
        Err(stop) if vm.profile.failing_close_is_unraisable => Err(stop),
        Err(stop) => vm.swallow(stop, types::BASE_EXCEPTION),
    }
}

/// `iobase_iternext`
fn next_line(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let line = vm.call_method(this, "readline", &[])?;
    match vm.length(line.borrow()) {
        Ok(0) => {
            vm.release(line);
            Ok(None)
        }
        Ok(_) => Ok(Some(line)),
        Err(stop) => {
            vm.release(line);
            Err(stop)
        }
    }
}

/// `IOBase.readlines(hint=-1)`
fn readlines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let hint = optional_size(vm, args.values.get(1).copied())?.unwrap_or(-1);
    let lines = vm.new_list(Vec::new());
    let read = if hint <= 0 { vm.list_extend(lines.borrow(), this) } else { read_about(vm, this, lines.borrow(), hint) };
    match read {
        Ok(()) => Ok(lines),
        Err(stop) => {
            vm.release(lines);
            Err(stop)
        }
    }
}

/// Reads lines until they are longer than the hint.
fn read_about(vm: &mut Vm, this: Ref, lines: Ref, hint: i64) -> PyResult<()> {
    let mut length = 0;
    vm.iterate(this, |vm, line| {
        let copy = vm.retain(line.borrow());
        vm.list_push(lines, copy);
        let more = vm.length(line.borrow());
        vm.release(line);
        let more = more? as i64;
        let goes_on = more <= hint - length;
        length += more;
        Ok(goes_on)
    })
}

/// `IOBase.writelines(lines)`
fn writelines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    check_closed(vm, this)?;
    vm.iterate(args.values[1], |vm, line| {
        let written = vm.call_method(this, "write", &[line.borrow()]);
        vm.release(line);
        let written = written?;
        vm.release(written);
        Ok(true)
    })?;
    Ok(vm.none())
}
