//! `BytesIO` (`Modules/_io/bytesio.c`): its buffer is a `bytes` object, which it shares with whoever gave or got it until one of
//! them writes.

use super::{MAKING, optional_size, stream};
use crate::heap::{Owned, Ref, UNKNOWN};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::itself;
use crate::vm::{PyResult, Vm};

/// `bytesio`
#[derive(Default)]
struct BytesIo {
    /// The buffer: as long as what was written, or longer. None: the stream is closed.
    buffer: Option<Owned>,
    length: usize,
    pos: usize,
    dict: Option<Owned>,
}
stream!(BytesIo { buffer: "buffer" });

const fn answer(name: &'static str, call: crate::object::class::NativeCall) -> Method {
    method(name, Arity::None, call)
}

pub(crate) static BYTES_IO: NativeType = NativeType {
    name: "BytesIO",
    module: "_io",
    base: Some(types::BUFFERED_IO_BASE),
    slots: Slots {
        new: Some(|vm, class, _| {
            let buffer = Some(vm.retain(types::EMPTY_BYTES));
            Ok(vm.alloc_instance(class, Value::Native(Box::new(BytesIo { buffer, ..BytesIo::default() }))))
        }),
        init: Some(init),
        iter: Some(itself),
        next: Some(|vm, this| {
            open(vm, this)?;
            match line_length(vm, this, -1) {
                0 => Ok(None),
                length => Ok(Some(take(vm, this, length))),
            }
        }),
        ..Slots::NONE
    },
    methods: &[
        answer("readable", yes),
        answer("writable", yes),
        answer("seekable", yes),
        answer("flush", |vm, args| {
            open(vm, args.this())?;
            Ok(vm.none())
        }),
        answer("isatty", |vm, args| {
            open(vm, args.this())?;
            Ok(vm.bool(false))
        }),
        answer("tell", |vm, args| {
            open(vm, args.this())?;
            let pos = state(vm, args.this()).1;
            Ok(vm.int(pos as i64))
        }),
        answer("getvalue", getvalue),
        unsupported_method!("BytesIO", "getbuffer"),
        method("read", Arity::Positional(0, 1), read),
        method("read1", Arity::Positional(0, 1), read),
        method("readline", Arity::Positional(0, 1), readline),
        method("readlines", Arity::Positional(0, 1), readlines),
        unsupported_method!("BytesIO", "readinto"),
        method("truncate", Arity::Positional(0, 1), truncate),
        method("seek", Arity::Positional(1, 2), seek),
        method("write", Arity::One, |vm, args| {
            let written = write(vm, args.this(), args.values[1])?;
            Ok(vm.int(written as i64))
        }),
        method("writelines", Arity::One, |vm, args| {
            let this = args.this();
            open(vm, this)?;
            vm.iterate(args.values[1], |vm, line| {
                let written = write(vm, this, line.borrow());
                vm.release(line);
                written.map(|_| true)
            })?;
            Ok(vm.none())
        }),
        answer("close", |vm, args| {
            vm.put::<BytesIo>(args.this(), |state| &mut state.buffer, None);
            Ok(vm.none())
        }),
        unsupported_method!("BytesIO", "__getstate__"),
        unsupported_method!("BytesIO", "__setstate__"),
        unsupported_method!("BytesIO", "__sizeof__"),
    ],
    getsets: &[GetSet {
        name: "closed",
        get: |vm, this| {
            let closed = vm.payload::<BytesIo>(this).is_none_or(|state| state.buffer.is_none());
            Ok(vm.bool(closed))
        },
        set: None,
        member: false,
    }],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK | Flags::DIES_QUIETLY),
    making: MAKING,
    ..NativeType::PLAIN
};

/// The length of what was written, and the position.
fn state(vm: &Vm, this: Ref) -> (usize, usize) {
    vm.payload::<BytesIo>(this).map_or((0, 0), |state| (state.length, state.pos))
}

fn set_pos(vm: &mut Vm, this: Ref, pos: usize) {
    if let Some(state) = vm.payload_mut::<BytesIo>(this) {
        state.pos = pos;
    }
}

/// The buffer, of a stream that is not closed.
fn open(vm: &mut Vm, this: Ref) -> PyResult<Ref> {
    match vm.held::<BytesIo>(this, |state| &state.buffer) {
        Some(buffer) => Ok(buffer),
        None => Err(vm.value_error("I/O operation on closed file.")),
    }
}

fn yes(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    open(vm, args.this())?;
    Ok(vm.bool(true))
}

/// How long the buffer itself is.
fn room(vm: &Vm, buffer: Ref) -> usize {
    vm.bytes_value(buffer).map_or(0, <[u8]>::len)
}

/// Makes the buffer that long and the stream's own: a shared one is copied, another one changed in place (`unshare_buffer`,
/// `_PyBytes_Resize`).
fn set_room(vm: &mut Vm, this: Ref, buffer: Ref, room: usize) {
    let length = state(vm, this).0;
    let shared = vm.heap[buffer].count != 1;
    if shared || room == 0 {
        let mut data = vm.bytes_value(buffer).unwrap_or_default().to_vec();
        data.truncate(length);
        data.resize(room, 0);
        let own = vm.fresh_bytes(data);
        vm.put::<BytesIo>(this, |state| &mut state.buffer, Some(own));
        return;
    }
    if vm.heap[buffer].id != UNKNOWN {
        // CPython may have to move it.
        vm.note_address_use("a buffer that nobody else holds any more is resized");
    }
    if let Some(data) = vm.bytes_mut(buffer) {
        let mut all = std::mem::take(data).into_vec();
        all.resize(room, 0);
        *data = all.into_boxed_slice();
    }
}

/// `resize_buffer`
fn resize(vm: &mut Vm, this: Ref, buffer: Ref, size: usize) {
    let now = room(vm, buffer);
    let wanted = if size < now / 2 {
        size + 1
    } else if size < now {
        return;
    } else if size as f64 <= now as f64 * 1.125 {
        size + (size >> 3) + if size < 9 { 3 } else { 6 }
    } else {
        size + 1
    };
    set_room(vm, this, buffer, wanted);
}

/// `BytesIO(initial_bytes=b'')`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "BytesIO", positional_only: 0, names: &["initial_bytes"], required: 0, positional: 1 };
    let [initial] = SIGNATURE.bind(vm, args)?;
    if let Some(state) = vm.payload_mut::<BytesIo>(this) {
        (state.length, state.pos) = (0, 0);
    }
    let Some(initial) = initial.filter(|&initial| initial != types::NONE) else { return Ok(()) };
    if vm.class_of(initial) == types::BYTES {
        let (buffer, length) = (vm.retain(initial), room(vm, initial));
        vm.put::<BytesIo>(this, |state| &mut state.buffer, Some(buffer));
        if let Some(state) = vm.payload_mut::<BytesIo>(this) {
            state.length = length;
        }
        return Ok(());
    }
    write(vm, this, initial)?;
    set_pos(vm, this, 0);
    Ok(())
}

/// `write_bytes`: how many.
fn write(vm: &mut Vm, this: Ref, what: Ref) -> PyResult<usize> {
    let buffer = open(vm, this)?;
    let data = vm.buffer_data(what)?;
    if data.is_empty() {
        return Ok(0);
    }
    let (length, pos) = state(vm, this);
    let end = pos + data.len();
    if end > room(vm, buffer) {
        resize(vm, this, buffer, end);
    } else if vm.heap[buffer].count != 1 {
        set_room(vm, this, buffer, end.max(length));
    }
    let buffer = open(vm, this)?;
    if let Some(bytes) = vm.bytes_mut(buffer) {
        if pos > length {
            bytes[length..pos].fill(0);
        }
        bytes[pos..end].copy_from_slice(&data);
    }
    if let Some(state) = vm.payload_mut::<BytesIo>(this) {
        state.pos = end;
        state.length = state.length.max(end);
    }
    Ok(data.len())
}

fn getvalue(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let buffer = open(vm, this)?;
    let length = state(vm, this).0;
    if length <= 1 {
        let data = vm.bytes_value(buffer).unwrap_or_default()[..length].to_vec();
        return Ok(vm.new_bytes(data));
    }
    if length != room(vm, buffer) {
        set_room(vm, this, buffer, length);
    }
    let buffer = open(vm, this)?;
    Ok(vm.retain(buffer))
}

/// `read_bytes`: all of the buffer is the buffer itself.
fn take(vm: &mut Vm, this: Ref, size: usize) -> Owned {
    let pos = state(vm, this).1;
    let buffer = vm.held::<BytesIo>(this, |state| &state.buffer).unwrap_or(types::EMPTY_BYTES);
    set_pos(vm, this, pos + size);
    if size > 1 && pos == 0 && size == room(vm, buffer) {
        return vm.retain(buffer);
    }
    let data = vm.bytes_value(buffer).and_then(|data| data.get(pos..pos + size)).unwrap_or_default().to_vec();
    vm.new_bytes(data)
}

fn read(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let size = optional_size(vm, args.values.get(1).copied())?.unwrap_or(-1);
    open(vm, this)?;
    let (length, pos) = state(vm, this);
    let left = length.saturating_sub(pos);
    let size = usize::try_from(size).unwrap_or(left).min(left);
    Ok(take(vm, this, size))
}

/// `scan_eol`: how long the next line is.
fn line_length(vm: &Vm, this: Ref, limit: i64) -> usize {
    let (length, pos) = state(vm, this);
    let buffer = vm.held::<BytesIo>(this, |state| &state.buffer);
    let data = buffer.and_then(|buffer| vm.bytes_value(buffer)).unwrap_or_default();
    let Some(rest) = data.get(pos..length) else { return 0 };
    let limit = usize::try_from(limit).unwrap_or(rest.len()).min(rest.len());
    rest[..limit].iter().position(|&byte| byte == b'\n').map_or(limit, |at| at + 1)
}

fn readline(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let size = optional_size(vm, args.values.get(1).copied())?.unwrap_or(-1);
    open(vm, args.this())?;
    let length = line_length(vm, args.this(), size);
    Ok(take(vm, args.this(), length))
}

fn readlines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    open(vm, this)?;
    let most = match args.values.get(1) {
        None | Some(&types::NONE) => -1,
        Some(&size) if vm.is_int(size) => vm.ssize_argument(size)?,
        Some(&other) => {
            let message = format!("integer argument expected, got '{}'", vm.type_name(other));
            return Err(vm.type_error(message));
        }
    };
    let mut lines = Vec::new();
    let mut size = 0;
    loop {
        let (length, pos) = (line_length(vm, this, -1), state(vm, this).1);
        if length == 0 {
            break;
        }
        let buffer = open(vm, this)?;
        let line = vm.bytes_value(buffer).unwrap_or_default()[pos..pos + length].to_vec();
        lines.push(vm.new_bytes(line));
        set_pos(vm, this, pos + length);
        size += length as i64;
        if most > 0 && size >= most {
            break;
        }
    }
    Ok(vm.new_list(lines))
}

fn truncate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let size = optional_size(vm, args.values.get(1).copied())?;
    let buffer = open(vm, this)?;
    let (length, pos) = state(vm, this);
    let size = size.unwrap_or(pos as i64);
    let Ok(wanted) = usize::try_from(size) else { return Err(vm.value_error(format!("negative size value {size}"))) };
    if wanted < length {
        if let Some(state) = vm.payload_mut::<BytesIo>(this) {
            state.length = wanted;
        }
        resize(vm, this, buffer, wanted);
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
    open(vm, this)?;
    if pos < 0 && whence == 0 {
        return Err(vm.value_error(format!("negative seek value {pos}")));
    }
    let (length, now) = state(vm, this);
    let from = match whence {
        0 => 0,
        1 => now as i64,
        2 => length as i64,
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let Some(place) = pos.checked_add(from) else { return Err(vm.overflow_error("new position too large")) };
    let place = place.max(0);
    set_pos(vm, this, place as usize);
    Ok(vm.int(place))
}
