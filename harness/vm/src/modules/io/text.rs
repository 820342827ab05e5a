//! `io.StringIO` (`Modules/_io/stringio.c`)

use super::base::{check_closed, iter};
use super::{closed, size_argument};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A text in memory.
#[derive(Default)]
struct StringIo {
    text: Vec<char>,
    position: usize,
    /// What a line's end becomes; none: everything becomes `\n`.
    newline: Option<&'static str>,
    open: bool,
    dict: Option<Owned>,
}

impl Native for StringIo {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(dict) = &self.dict {
            see(Role::Field("__dict__"), dict.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.dict.take());
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

/// `_io.StringIO`
pub(crate) static STRING_IO: NativeType = NativeType {
    name: "StringIO",
    module: "_io",
    base: Some(types::TEXT_IO_BASE),
    slots: Slots {
        iter: Some(iter),
        next: Some(next),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<StringIo>::default())))),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        method("write", Arity::One, |vm, args| {
            let text = args.values[1];
            let Some(length) = vm.text(text).map(|_| vm.str_payload(text).len()) else {
                let message = format!("string argument expected, got '{}'", vm.type_name(text));
                return Err(vm.type_error(message));
            };
            stream(vm, args.this())?;
            write(vm, args.this(), text);
            Ok(vm.int(length as i64))
        }),
        method("getvalue", Arity::None, |vm, args| {
            let text: String = stream(vm, args.this())?.text.iter().collect();
            Ok(vm.str(text))
        }),
        method("read", Arity::Positional(0, 1), |vm, args| {
            let size = size_argument(vm, args.values.get(1).copied())?;
            let stream = stream(vm, args.this())?;
            let start = stream.position.min(stream.text.len());
            let end = size.map_or(stream.text.len(), |size| start.saturating_add(size).min(stream.text.len()));
            stream.position = stream.position.max(end);
            let text: String = stream.text[start..end].iter().collect();
            Ok(vm.str(text))
        }),
        method("readline", Arity::Positional(0, 1), |vm, args| {
            let size = size_argument(vm, args.values.get(1).copied())?;
            let line = read_line(stream(vm, args.this())?, size);
            Ok(vm.str(line))
        }),
        method("tell", Arity::None, |vm, args| {
            let position = stream(vm, args.this())?.position;
            Ok(vm.int(position as i64))
        }),
        method("seek", Arity::Positional(1, 2), seek),
        method("truncate", Arity::Positional(0, 1), truncate),
        method("close", Arity::None, |vm, args| {
            if let Some(stream) = vm.payload_mut::<StringIo>(args.this()) {
                stream.open = false;
                stream.text = Vec::new();
            }
            Ok(vm.none())
        }),
        method("readable", Arity::None, able),
        method("writable", Arity::None, able),
        method("seekable", Arity::None, able),
    ],
    getsets: &[
        GetSet {
            name: "closed",
            get: |vm, this| {
                let open = vm.payload::<StringIo>(this).is_some_and(|stream| stream.open);
                Ok(vm.bool(!open))
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "line_buffering",
            get: |vm, this| {
                check_closed(vm, this)?;
                Ok(vm.bool(false))
            },
            set: None,
            member: false,
        },
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT | Flags::WEAK),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

/// The stream, which must be open.
fn stream(vm: &mut Vm, this: Ref) -> PyResult<&mut StringIo> {
    if vm.payload::<StringIo>(this).is_some_and(|stream| stream.open) {
        return match vm.payload_mut::<StringIo>(this) {
            Some(stream) => Ok(stream),
            None => unreachable!("it was there a moment ago"),
        };
    }
    Err(closed(vm))
}

/// `StringIO(initial_value='', newline='\n')`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "StringIO", positional_only: 0, names: &["initial_value", "newline"], required: 0, positional: 2 };
    let [initial, newline] = SIGNATURE.bind::<2>(vm, args)?;
    let newline = match newline {
        None => Some("\n"),
        Some(types::NONE) => None,
        Some(newline) => match vm.text(newline) {
            Some("\n" | "") => Some("\n"),
            Some("\r\n" | "\r") => return Err(vm.unsupported(Missing::Name, "StringIO with such a newline")),
            Some(text) => {
                let message = format!("illegal newline value: {}", types::str::str_repr(vm.unicode(), text));
                return Err(vm.value_error(message));
            }
            None => {
                let message = format!("newline must be str or None, not {}", vm.type_name(newline));
                return Err(vm.type_error(message));
            }
        },
    };
    let initial = initial.filter(|&initial| initial != types::NONE);
    if let Some(initial) = initial
        && vm.text(initial).is_none()
    {
        let message = format!("initial_value must be str or None, not {}", vm.type_name(initial));
        return Err(vm.type_error(message));
    }
    let dict = vm.payload_mut::<StringIo>(this).and_then(|stream| stream.dict.take());
    if let Some(stream) = vm.payload_mut::<StringIo>(this) {
        *stream = StringIo { newline, open: true, dict, ..StringIo::default() };
    }
    if let Some(initial) = initial {
        write(vm, this, initial);
        if let Some(stream) = vm.payload_mut::<StringIo>(this) {
            stream.position = 0;
        }
    }
    Ok(())
}

/// `write_str`
fn write(vm: &mut Vm, this: Ref, text: Ref) {
    let mut characters: Vec<char> = vm.expect_text(text).chars().collect();
    let Some(stream) = vm.payload_mut::<StringIo>(this) else { return };
    if stream.newline.is_none() {
        let text: String = characters.iter().collect();
        characters = text.replace("\r\n", "\n").replace('\r', "\n").chars().collect();
    }
    let end = stream.position + characters.len();
    if stream.text.len() < stream.position {
        stream.text.resize(stream.position, '\0');
    }
    let covered = end.min(stream.text.len());
    stream.text.splice(stream.position..covered, characters);
    stream.position = end;
}

fn read_line(stream: &mut StringIo, size: Option<usize>) -> String {
    let start = stream.position.min(stream.text.len());
    let rest = &stream.text[start..];
    let line = rest.iter().position(|&c| c == '\n').map_or(rest.len(), |end| end + 1);
    let length = size.map_or(line, |size| size.min(line));
    stream.position = stream.position.max(start + length);
    rest[..length].iter().collect()
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    if vm.class_of(this) == types::STRING_IO {
        let line = read_line(stream(vm, this)?, None);
        return Ok(if line.is_empty() { None } else { Some(vm.str(line)) });
    }
    let line = vm.call_method(this, "readline", &[])?;
    if vm.text(line.borrow()).is_some_and(str::is_empty) {
        vm.release(line);
        return Ok(None);
    }
    Ok(Some(line))
}

/// `seek(pos, whence=0)`
fn seek(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let to = vm.ssize_argument(args.values[1])?;
    let whence = match args.values.get(2) {
        Some(&whence) => vm.int_argument(whence)?,
        None => 0,
    };
    stream(vm, args.this())?;
    match whence {
        0 if to < 0 => return Err(vm.value_error(format!("Negative seek position {to}"))),
        0..=2 if whence != 0 && to != 0 => {
            return Err(unsupported_seek(vm));
        }
        0..=2 => {}
        _ => return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
    }
    let stream = stream(vm, args.this())?;
    match whence {
        0 => stream.position = to as usize,
        2 => stream.position = stream.text.len(),
        _ => {}
    }
    let position = stream.position;
    Ok(vm.int(position as i64))
}

fn unsupported_seek(vm: &mut Vm) -> crate::vm::Stop {
    vm.raise(types::OS_ERROR, "Can't do nonzero cur-relative seeks")
}

/// `truncate(pos=None)`
fn truncate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let size = match args.values.get(1).copied().filter(|&size| size != types::NONE) {
        Some(size) => vm.ssize_argument(size)?,
        None => stream(vm, args.this())?.position as i64,
    };
    let stream = stream(vm, args.this())?;
    match usize::try_from(size) {
        Ok(length) => stream.text.truncate(length),
        Err(_) => return Err(vm.value_error(format!("Negative size value {size}"))),
    }
    Ok(vm.int(size))
}

fn able(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    stream(vm, args.this())?;
    Ok(vm.bool(true))
}
