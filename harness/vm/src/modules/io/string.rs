//! `StringIO` (`Modules/_io/stringio.c`).

use super::newlines::{Ends, decode, line_length, new_decoder};
use super::{MAKING, optional_size, stream};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// `stringio`
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own in the stream")]
struct StringIo {
    buffer: Vec<char>,
    pos: usize,
    /// It was empty at first and nobody has read from it yet: what is written joins an accumulator.
    accumulating: bool,
    /// What the accumulator holds on to, in a version whose accumulator keeps the strings themselves.
    pieces: Vec<Owned>,
    ready: bool,
    closed: bool,
    universal: bool,
    translate: bool,
    /// It is `sys.stdout`: what is written to it is what the run prints.
    console: bool,
    fields: Fields,
}

/// What a `StringIO` owns.
#[derive(Default)]
struct Fields {
    read_newline: Option<Owned>,
    write_newline: Option<Owned>,
    decoder: Option<Owned>,
    dict: Option<Owned>,
}
stream!(Fields { read_newline: "readnl", write_newline: "writenl", decoder: "decoder" });

impl Native for StringIo {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        self.fields.visit(see);
        self.pieces.iter().for_each(|piece| see(Role::Field("accumulator"), piece.borrow()));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.pieces.drain(..).rev());
        self.fields.give_back(out);
    }

    fn clear(&mut self, out: &mut Vec<Owned>) {
        self.fields.give_back(out);
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        self.fields.dict_place()
    }

    fn own_dict(&self) -> Option<Ref> {
        self.fields.own_dict()
    }
}

/// A question that is answered yes as long as the stream is open.
const fn always(name: &'static str) -> Method {
    method(name, Arity::None, |vm, args| {
        open(vm, args.this())?;
        Ok(vm.bool(true))
    })
}

pub(crate) static STRING_IO: NativeType = NativeType {
    name: "StringIO",
    module: "_io",
    base: Some(types::TEXT_IO_BASE),
    slots: Slots {
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<StringIo>::default())))),
        init: Some(init),
        next: Some(next_line),
        ..Slots::NONE
    },
    methods: &[
        method("close", Arity::None, close),
        method("getvalue", Arity::None, |vm, args| {
            open(vm, args.this())?;
            whole(vm, args.this())
        }),
        method("read", Arity::Positional(0, 1), read),
        method("readline", Arity::Positional(0, 1), readline),
        method("tell", Arity::None, |vm, args| {
            let pos = open(vm, args.this())?.pos;
            Ok(vm.int(pos as i64))
        }),
        method("truncate", Arity::Positional(0, 1), truncate),
        method("seek", Arity::Positional(1, 2), seek),
        method("write", Arity::One, write),
        always("seekable"),
        always("readable"),
        always("writable"),
        unsupported_method!("StringIO", "__getstate__"),
        unsupported_method!("StringIO", "__setstate__"),
    ],
    getsets: &[
        GetSet {
            name: "closed",
            get: |vm, this| {
                let closed = initialized(vm, this)?.closed;
                Ok(vm.bool(closed))
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "newlines",
            get: |vm, this| match open(vm, this)?.fields.decoder.as_ref().map(Owned::borrow) {
                Some(decoder) => vm.getattr_str(decoder, "newlines"),
                None => Ok(vm.none()),
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "line_buffering",
            get: |vm, this| {
                open(vm, this)?;
                Ok(vm.bool(false))
            },
            set: None,
            member: false,
        },
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK | Flags::DIES_QUIETLY),
    making: MAKING,
    ..NativeType::PLAIN
};

/// `CHECK_INITIALIZED`
fn initialized(vm: &mut Vm, this: Ref) -> PyResult<&mut StringIo> {
    if !vm.payload::<StringIo>(this).is_some_and(|state| state.ready) {
        return Err(vm.value_error("I/O operation on uninitialized object"));
    }
    state(vm, this)
}

fn state(vm: &mut Vm, this: Ref) -> PyResult<&mut StringIo> {
    match &mut vm.heap[this].value {
        Value::Native(native) => native.downcast_mut().ok_or(crate::vm::Stop::Abort),
        _ => Err(crate::vm::Stop::Abort),
    }
}

/// `CHECK_INITIALIZED` and `CHECK_CLOSED`
fn open(vm: &mut Vm, this: Ref) -> PyResult<&mut StringIo> {
    if initialized(vm, this)?.closed {
        return Err(vm.value_error("I/O operation on closed file"));
    }
    state(vm, this)
}

/// `ENSURE_REALIZED`: from now on the text is in the buffer only.
fn realize(vm: &mut Vm, this: Ref) -> PyResult<&mut StringIo> {
    let stream = state(vm, this)?;
    if stream.console {
        return Err(vm.unsupported(Missing::Name, "reading what was printed"));
    }
    stream.accumulating = false;
    let pieces = std::mem::take(&mut stream.pieces);
    vm.release_last_first(pieces);
    state(vm, this)
}

/// What was written so far. An accumulator goes on with the one string it has become (`make_intermediate`).
fn whole(vm: &mut Vm, this: Ref) -> PyResult {
    let keeps = vm.profile.accumulators_keep_strings;
    let stream = state(vm, this)?;
    if stream.console {
        let printed = vm.output.clone();
        return Ok(vm.str(printed));
    }
    if stream.accumulating && keeps {
        let piece = match stream.pieces.as_slice() {
            [one] => Some(one.borrow()),
            _ => None,
        };
        let text: String = stream.buffer.iter().collect();
        let pieces = std::mem::take(&mut stream.pieces);
        let whole = match piece {
            Some(piece) => vm.retain(piece),
            None => vm.str(text),
        };
        vm.release_last_first(pieces);
        let held = vm.retain(whole.borrow());
        state(vm, this)?.pieces.push(held);
        return Ok(whole);
    }
    let text: String = stream.buffer.iter().collect();
    Ok(vm.str(text))
}

/// `StringIO(initial_value='', newline='\n')`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "StringIO", positional_only: 0, names: &["initial_value", "newline"], required: 0, positional: 2 };
    let [value, newline] = SIGNATURE.bind(vm, args)?;
    let newline_text = match newline {
        None => Some("\n".to_owned()),
        Some(types::NONE) => None,
        Some(newline) => match vm.text(newline) {
            Some(text) => Some(text.to_owned()),
            None => {
                let message = format!("newline must be str or None, not {}", vm.type_name(newline));
                return Err(vm.type_error(message));
            }
        },
    };
    if let Some(text) = &newline_text
        && !matches!(text.as_str(), "" | "\n" | "\r" | "\r\n")
    {
        let shown = vm.repr_text(newline.unwrap_or(types::NONE))?;
        return Err(vm.value_error(format!("illegal newline value: {shown}")));
    }
    let value = value.filter(|&value| value != types::NONE);
    if let Some(value) = value
        && vm.text(value).is_none()
    {
        let message = format!("initial_value must be str or None, not {}", vm.type_name(value));
        return Err(vm.type_error(message));
    }
    state(vm, this)?.ready = false;
    release_text(vm, this)?;
    let stream = state(vm, this)?;
    stream.buffer.clear();
    stream.universal = newline_text.as_deref().is_none_or(str::is_empty);
    stream.translate = newline_text.is_none();
    (stream.accumulating, stream.pos) = (false, 0);
    if let Some(text) = newline_text.as_deref() {
        let read = vm.str(text);
        let write = text.starts_with('\r').then(|| vm.retain(read.borrow()));
        let stream = state(vm, this)?;
        stream.fields.read_newline = Some(read);
        stream.fields.write_newline = write;
    }
    let stream = state(vm, this)?;
    if stream.universal {
        let decoder = new_decoder(vm, newline_text.is_none())?;
        state(vm, this)?.fields.decoder = Some(decoder);
    }
    match value.filter(|&value| vm.text(value) != Some("")) {
        Some(value) => write_text(vm, this, value)?,
        None => state(vm, this)?.accumulating = true,
    }
    let stream = state(vm, this)?;
    (stream.pos, stream.closed, stream.ready) = (0, false, true);
    Ok(())
}

/// Lets go of everything but the attributes.
fn release_text(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let stream = state(vm, this)?;
    let pieces = std::mem::take(&mut stream.pieces);
    let fields = &mut stream.fields;
    let held = [fields.read_newline.take(), fields.write_newline.take(), fields.decoder.take()];
    vm.release_last_first(pieces);
    vm.release_all(held.into_iter().flatten().collect());
    Ok(())
}

fn close(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let stream = state(vm, args.this())?;
    stream.closed = true;
    stream.buffer.clear();
    release_text(vm, args.this())?;
    Ok(vm.none())
}

fn write(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, text) = (args.this(), args.values[1]);
    initialized(vm, this)?;
    if vm.text(text).is_none() {
        let message = format!("string argument expected, got '{}'", vm.type_name(text));
        return Err(vm.type_error(message));
    }
    open(vm, this)?;
    let length = vm.str_payload(text).len();
    if length > 0 {
        write_text(vm, this, text)?;
    }
    Ok(vm.int(length as i64))
}

/// `write_str`
fn write_text(vm: &mut Vm, this: Ref, text: Ref) -> PyResult<()> {
    let decoder = state(vm, this)?.fields.decoder.as_ref().map(Owned::borrow);
    let mut written = match decoder {
        Some(decoder) => decode(vm, decoder, text, true)?,
        None => vm.retain(text),
    };
    if let Some(newline) = state(vm, this)?.fields.write_newline.as_ref().map(Owned::borrow)
        && vm.expect_text(written.borrow()).contains('\n')
    {
        let translated = vm.expect_text(written.borrow()).replace('\n', vm.expect_text(newline));
        vm.release(written);
        written = vm.str(translated);
    }
    if state(vm, this)?.console {
        let shown = vm.expect_text(written.borrow()).to_owned();
        vm.output.push_str(&shown);
        vm.release(written);
        return Ok(());
    }
    let chars: Vec<char> = vm.expect_text(written.borrow()).chars().collect();
    let keeps = vm.profile.accumulators_keep_strings;
    let stream = state(vm, this)?;
    if stream.accumulating && stream.buffer.len() != stream.pos {
        realize(vm, this)?;
    }
    let stream = state(vm, this)?;
    if stream.buffer.len() < stream.pos {
        stream.buffer.resize(stream.pos, '\0');
    }
    let end = stream.pos + chars.len();
    let overwritten = end.min(stream.buffer.len());
    stream.buffer.splice(stream.pos..overwritten, chars);
    stream.pos = end;
    if stream.accumulating && keeps {
        stream.pieces.push(written);
    } else {
        vm.release(written);
    }
    Ok(())
}

fn read(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let size = optional_size(vm, args.values.get(1).copied())?.unwrap_or(-1);
    let stream = open(vm, this)?;
    let left = stream.buffer.len().saturating_sub(stream.pos);
    let exact = stream.buffer.len() as i64 - stream.pos as i64;
    let size = usize::try_from(size).unwrap_or(left).min(left);
    if stream.accumulating && stream.pos == 0 && size as i64 == exact {
        stream.pos = stream.buffer.len();
        return whole(vm, this);
    }
    let stream = realize(vm, this)?;
    let text: String = stream.buffer.iter().skip(stream.pos).take(size).collect();
    stream.pos += size;
    Ok(vm.str(text))
}

fn readline(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let size = optional_size(vm, args.values.get(1).copied())?.unwrap_or(-1);
    open(vm, args.this())?;
    realize(vm, args.this())?;
    let line = take_line(vm, args.this(), size)?;
    Ok(vm.str(line))
}

/// `_stringio_readline`
fn take_line(vm: &mut Vm, this: Ref, limit: i64) -> PyResult<String> {
    let newline = state(vm, this)?.fields.read_newline.as_ref().map(Owned::borrow);
    let newline = newline.map_or("\n", |newline| vm.expect_text(newline)).to_owned();
    let stream = state(vm, this)?;
    let Some(rest) = stream.buffer.get(stream.pos..) else { return Ok(String::new()) };
    let limit = usize::try_from(limit).unwrap_or(rest.len()).min(rest.len());
    let ends = match (stream.translate, stream.universal) {
        (true, _) => Ends::One("\n"),
        (_, true) => Ends::Any,
        _ => Ends::One(&newline),
    };
    let length = line_length(&rest[..limit], ends);
    let line = rest[..length].iter().collect();
    stream.pos += length;
    Ok(line)
}

/// `stringio_iternext`
fn next_line(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    open(vm, this)?;
    realize(vm, this)?;
    let line = if vm.class_of(this) == types::STRING_IO {
        let line = take_line(vm, this, -1)?;
        vm.str(line)
    } else {
        let line = vm.call_method(this, "readline", &[])?;
        if vm.text(line.borrow()).is_none() {
            let message = format!("readline() should have returned a str object, not '{}'", vm.type_name(line.borrow()));
            vm.release(line);
            return Err(vm.raise(types::OS_ERROR, message));
        }
        line
    };
    if vm.text(line.borrow()) == Some("") {
        vm.release(line);
        return Ok(None);
    }
    Ok(Some(line))
}

fn truncate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let size = optional_size(vm, args.values.get(1).copied())?;
    let stream = open(vm, this)?;
    let size = size.unwrap_or(stream.pos as i64);
    let Ok(length) = usize::try_from(size) else { return Err(vm.value_error(format!("Negative size value {size}"))) };
    if length < stream.buffer.len() {
        realize(vm, this)?.buffer.truncate(length);
    }
    Ok(vm.int(size))
}

fn seek(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let pos = vm.ssize_argument(args.values[1])?;
    let whence = match args.values.get(2) {
        Some(&whence) => vm.int_argument(whence)?,
        None => 0,
    };
    let stream = open(vm, this)?;
    if stream.console {
        return Err(vm.unsupported(Missing::Name, "sys.stdout.seek"));
    }
    let place = match (whence, pos) {
        (0, pos) => match usize::try_from(pos) {
            Ok(pos) => pos,
            Err(_) => return Err(vm.value_error(format!("Negative seek position {pos}"))),
        },
        (1, 0) => stream.pos,
        (2, 0) => stream.buffer.len(),
        (1 | 2, _) => return Err(vm.raise(types::OS_ERROR, "Can't do nonzero cur-relative seeks")),
        _ => return Err(vm.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    stream.pos = place;
    Ok(vm.int(place as i64))
}

/// A stream for `sys`: one that copies what is written to it, `stdout` to where the run's output goes.
pub(crate) fn new_stream(vm: &mut Vm, console: bool) -> PyResult {
    let stream = vm.call_pos(types::STRING_IO, &[])?;
    let inner = state(vm, stream.borrow())?;
    (inner.accumulating, inner.console) = (false, console);
    Ok(stream)
}

/// Whether an object is the `sys.stdout` that the run started with, and still takes text.
pub(crate) fn is_console(vm: &Vm, object: Ref) -> bool {
    vm.payload::<StringIo>(object).is_some_and(|stream| stream.console && stream.ready && !stream.closed)
}
