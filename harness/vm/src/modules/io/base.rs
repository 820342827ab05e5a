//! `_io._IOBase` and the types between it and the streams (`Modules/_io/iobase.c`).

use super::unsupported;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

const MAKING: Making = Making::FromSpec { since: 12 };

/// A base type that adds methods, and makes plain objects.
macro_rules! base {
    ($place:ident, $name:literal, $base:ident, $methods:expr, $getsets:expr) => {
        pub(crate) static $place: NativeType = NativeType {
            name: $name,
            module: "_io",
            base: Some(types::$base),
            slots: Slots {
                iter: Some(iter),
                next: Some(next),
                new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Plain))),
                ..Slots::NONE
            },
            methods: $methods,
            getsets: $getsets,
            flags: Flags(Flags::BASE | Flags::GC | Flags::DICT | Flags::WEAK),
            making: MAKING,
            ..NativeType::PLAIN
        };
    };
}

const fn refuses(name: &'static str, call: crate::object::class::NativeCall) -> Method {
    method(name, Arity::Raw, call)
}

macro_rules! refuse {
    ($name:literal) => {
        refuses($name, |vm, _| Err(unsupported(vm, $name)))
    };
}

base!(
    IO_BASE,
    "_IOBase",
    OBJECT,
    &[
        refuse!("seek"),
        refuse!("truncate"),
        refuse!("fileno"),
        method("tell", Arity::None, |vm, args| {
            let (zero, one) = (vm.int(0), vm.int(1));
            let told = vm.call_method(args.this(), "seek", &[zero.borrow(), one.borrow()]);
            vm.release(zero);
            vm.release(one);
            told
        }),
        method("flush", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.none())
        }),
        method("close", Arity::None, close),
        method("seekable", Arity::None, |vm, _| Ok(vm.bool(false))),
        method("readable", Arity::None, |vm, _| Ok(vm.bool(false))),
        method("writable", Arity::None, |vm, _| Ok(vm.bool(false))),
        method("isatty", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.bool(false))
        }),
        method("_checkClosed", Arity::Raw, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.none())
        }),
        method("_checkSeekable", Arity::Raw, |vm, args| check(vm, args, "seekable", "File or stream is not seekable.")),
        method("_checkReadable", Arity::Raw, |vm, args| check(vm, args, "readable", "File or stream is not readable.")),
        method("_checkWritable", Arity::Raw, |vm, args| check(vm, args, "writable", "File or stream is not writable.")),
        method("__enter__", Arity::None, |vm, args| {
            check_closed(vm, args.this())?;
            Ok(vm.retain(args.this()))
        }),
        method("__exit__", Arity::Raw, |vm, args| vm.call_method(args.this(), "close", &[])),
        method("readline", Arity::Raw, |vm, _| Err(vm.unsupported(Missing::Name, "_IOBase.readline"))),
        method("readlines", Arity::Positional(0, 1), read_lines),
        method("writelines", Arity::One, write_lines),
    ],
    &[GetSet {
        name: "closed",
        get: |vm, this| {
            let closed = vm.own_dict(this).is_some_and(|dict| vm.dict_get_str(dict, "__IOBase_closed").is_some());
            Ok(vm.bool(closed))
        },
        set: None,
        member: false,
    }]
);

base!(
    RAW_IO_BASE,
    "_RawIOBase",
    IO_BASE,
    &[
        method("read", Arity::Raw, |vm, _| Err(vm.unsupported(Missing::Name, "_RawIOBase.read"))),
        method("readall", Arity::None, |vm, _| Err(vm.unsupported(Missing::Name, "_RawIOBase.readall"))),
    ],
    &[]
);

base!(
    BUFFERED_IO_BASE,
    "_BufferedIOBase",
    IO_BASE,
    &[
        refuse!("detach"),
        refuse!("read"),
        refuse!("read1"),
        refuse!("write"),
        method("readinto", Arity::One, |vm, _| Err(vm.unsupported(Missing::Name, "_BufferedIOBase.readinto"))),
        method("readinto1", Arity::One, |vm, _| Err(vm.unsupported(Missing::Name, "_BufferedIOBase.readinto1"))),
    ],
    &[]
);

base!(
    TEXT_IO_BASE,
    "_TextIOBase",
    IO_BASE,
    &[refuse!("detach"), refuse!("read"), refuse!("readline"), refuse!("write"),],
    &[
        GetSet { name: "encoding", get: |vm, _| Ok(vm.none()), set: None, member: false },
        GetSet { name: "newlines", get: |vm, _| Ok(vm.none()), set: None, member: false },
        GetSet { name: "errors", get: |vm, _| Ok(vm.none()), set: None, member: false },
    ]
);

/// Closing a plain object of a base type: it flushes, and remembers.
fn close(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let flushed = vm.call_method(args.this(), "flush", &[])?;
    vm.release(flushed);
    let name = vm.intern("__IOBase_closed");
    let set = vm.setattr(args.this(), name.borrow(), Some(types::TRUE));
    vm.release(name);
    set?;
    Ok(vm.none())
}

/// `_PyIOBase_check_closed`
pub(super) fn check_closed(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let closed = vm.getattr_str(this, "closed")?;
    let truth = vm.truth(closed.borrow());
    vm.release(closed);
    if truth? { Err(vm.value_error("I/O operation on closed file.")) } else { Ok(()) }
}

fn check(vm: &mut Vm, args: &Args<'_>, able: &str, message: &str) -> PyResult {
    let answer = vm.call_method(args.this(), able, &[])?;
    if answer.borrow() == types::TRUE {
        return Ok(answer);
    }
    vm.release(answer);
    Err(unsupported(vm, message))
}

pub(super) fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    check_closed(vm, this)?;
    Ok(vm.retain(this))
}

/// `iobase_iternext`
fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
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

/// `readlines(hint=-1)`
pub(super) fn read_lines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let hint = super::size_argument(vm, args.values.get(1).copied())?.filter(|&hint| hint > 0);
    let mut lines = Vec::new();
    let mut length = 0;
    let result = vm.iterate(args.this(), |vm, line| {
        let size = vm.length(line.borrow());
        lines.push(line);
        length += size?;
        Ok(hint.is_none_or(|hint| length <= hint))
    });
    match result {
        Ok(()) => Ok(vm.new_list(lines)),
        Err(stop) => {
            vm.release_last_first(lines);
            Err(stop)
        }
    }
}

/// `writelines(lines)`
fn write_lines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
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
