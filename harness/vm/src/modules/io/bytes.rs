//! `io.BytesIO` (`Modules/_io/bytesio.c`): its buffer is a bytes object, shared with whoever gave it or got it until either
//! changes.

use super::base::iter;
use super::size_argument;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// Bytes in memory.
#[derive(Default)]
struct BytesIo {
    data: Vec<u8>,
    /// The bytes object that is the buffer, once somebody else knows it.
    shared: Option<Owned>,
    position: usize,
    open: bool,
    dict: Option<Owned>,
}

impl Native for BytesIo {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in [("buffer", &self.shared), ("__dict__", &self.dict)] {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.shared.take());
        out.extend(self.dict.take());
    }

    fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.dict.take());
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

/// `_io.BytesIO`
pub(crate) static BYTES_IO: NativeType = NativeType {
    name: "BytesIO",
    module: "_io",
    base: Some(types::BUFFERED_IO_BASE),
    slots: Slots {
        iter: Some(iter),
        next: Some(next),
        new: Some(|vm, class, _| {
            let stream = BytesIo { open: true, ..BytesIo::default() };
            Ok(vm.alloc_instance(class, Value::Native(Box::new(stream))))
        }),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        method("write", Arity::One, write),
        method("getvalue", Arity::None, |vm, args| {
            stream(vm, args.this())?;
            Ok(buffer(vm, args.this()))
        }),
        method("read", Arity::Positional(0, 1), read),
        method("read1", Arity::Positional(0, 1), read),
        method("readline", Arity::Positional(0, 1), |vm, args| {
            let size = size_argument(vm, args.values.get(1).copied())?;
            let line = line_length(stream(vm, args.this())?, size);
            Ok(take(vm, args.this(), line))
        }),
        method("readlines", Arity::Positional(0, 1), super::base::read_lines),
        method("tell", Arity::None, |vm, args| {
            let position = stream(vm, args.this())?.position;
            Ok(vm.int(position as i64))
        }),
        method("seek", Arity::Positional(1, 2), seek),
        method("truncate", Arity::Positional(0, 1), truncate),
        method("close", Arity::None, |vm, args| {
            let shared = vm.payload_mut::<BytesIo>(args.this()).and_then(|stream| {
                stream.open = false;
                stream.data = Vec::new();
                stream.shared.take()
            });
            vm.release_option(shared);
            Ok(vm.none())
        }),
        method("flush", Arity::None, |vm, args| {
            stream(vm, args.this())?;
            Ok(vm.none())
        }),
        method("isatty", Arity::None, |vm, args| {
            stream(vm, args.this())?;
            Ok(vm.bool(false))
        }),
        method("readable", Arity::None, able),
        method("writable", Arity::None, able),
        method("seekable", Arity::None, able),
        unsupported_method!("BytesIO", "getbuffer"),
        unsupported_method!("BytesIO", "readinto"),
    ],
    getsets: &[GetSet {
        name: "closed",
        get: |vm, this| {
            let open = vm.payload::<BytesIo>(this).is_some_and(|stream| stream.open);
            Ok(vm.bool(!open))
        },
        set: None,
        member: false,
    }],
    flags: Flags(Flags::BASE | Flags::GC | Flags::DICT | Flags::WEAK),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

/// The stream, which must be open.
fn stream(vm: &mut Vm, this: Ref) -> PyResult<&mut BytesIo> {
    if vm.payload::<BytesIo>(this).is_some_and(|stream| stream.open) {
        return match vm.payload_mut::<BytesIo>(this) {
            Some(stream) => Ok(stream),
            None => unreachable!("it was there a moment ago"),
        };
    }
    Err(vm.value_error("I/O operation on closed file."))
}

/// `BytesIO(initial_bytes=b'')`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "BytesIO", positional_only: 0, names: &["initial_bytes"], required: 0, positional: 1 };
    let [initial] = SIGNATURE.bind::<1>(vm, args)?;
    let initial = initial.filter(|&initial| initial != types::NONE);
    let (data, shared) = match initial {
        None => (Vec::new(), None),
        Some(initial) => {
            let data = vm.buffer_data(initial)?;
            let shared = (vm.class_of(initial) == types::BYTES).then(|| vm.retain(initial));
            (data, shared)
        }
    };
    let Some(stream) = vm.payload_mut::<BytesIo>(this) else { return Ok(vm.release_option(shared)) };
    stream.data = data;
    stream.position = 0;
    let old = std::mem::replace(&mut stream.shared, shared);
    vm.release_option(old);
    Ok(())
}

/// The buffer as a bytes object, which is then shared.
fn buffer(vm: &mut Vm, this: Ref) -> Owned {
    if let Some(stream) = vm.payload::<BytesIo>(this)
        && stream.data.len() <= 1
    {
        let data = stream.data.clone();
        return vm.new_bytes(data);
    }
    if let Some(shared) = vm.payload::<BytesIo>(this).and_then(|stream| stream.shared.as_ref()).map(Owned::borrow) {
        let length = vm.payload::<BytesIo>(this).map_or(0, |stream| stream.data.len());
        if vm.bytes_value(shared).is_some_and(|data| data.len() == length) {
            return vm.retain(shared);
        }
        unshare(vm, this);
    }
    let data = vm.payload::<BytesIo>(this).map(|stream| stream.data.clone()).unwrap_or_default();
    let whole = vm.fresh_bytes(data);
    let kept = vm.retain(whole.borrow());
    if let Some(stream) = vm.payload_mut::<BytesIo>(this) {
        stream.shared = Some(kept);
    }
    whole
}

/// The buffer is about to change: what is shared stays as it is.
fn unshare(vm: &mut Vm, this: Ref) {
    let shared = vm.payload_mut::<BytesIo>(this).and_then(|stream| stream.shared.take());
    if let Some(shared) = shared {
        if vm.heap[shared.borrow()].count == 1 {
            // CPython changes it in place, and may have to move it.
            vm.note_address_use("a buffer that nobody else holds any more is changed");
        }
        vm.release(shared);
    }
}

/// The length of the shared buffer.
fn shared_length(vm: &Vm, this: Ref) -> Option<usize> {
    let shared = vm.payload::<BytesIo>(this)?.shared.as_ref()?.borrow();
    vm.bytes_value(shared).map(<[u8]>::len)
}

fn write(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    stream(vm, args.this())?;
    let data = vm.buffer_data(args.values[1])?;
    let length = data.len();
    if length > 0 {
        unshare(vm, args.this());
        let stream = stream(vm, args.this())?;
        let end = stream.position + length;
        if stream.data.len() < stream.position {
            stream.data.resize(stream.position, 0);
        }
        let covered = end.min(stream.data.len());
        stream.data.splice(stream.position..covered, data);
        stream.position = end;
    }
    Ok(vm.int(length as i64))
}

/// `read(size=-1)`
fn read(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let size = size_argument(vm, args.values.get(1).copied())?;
    let stream = stream(vm, args.this())?;
    let left = stream.data.len().saturating_sub(stream.position);
    let size = size.map_or(left, |size| size.min(left));
    Ok(take(vm, args.this(), size))
}

/// The next bytes (`read_bytes`): the buffer itself if they are all of it.
fn take(vm: &mut Vm, this: Ref, size: usize) -> Owned {
    let Some(stream) = vm.payload_mut::<BytesIo>(this) else { return vm.none() };
    let start = stream.position;
    let shared = stream.shared.as_ref().map(Owned::borrow);
    if size > 1
        && start == 0
        && let Some(shared) = shared
        && vm.bytes_value(shared).is_some_and(|data| data.len() == size)
    {
        if let Some(stream) = vm.payload_mut::<BytesIo>(this) {
            stream.position = size;
        }
        return vm.retain(shared);
    }
    if size == 0 {
        return vm.retain(types::EMPTY_BYTES);
    }
    let Some(stream) = vm.payload_mut::<BytesIo>(this) else { return vm.none() };
    stream.position += size;
    let data = stream.data[start..start + size].to_vec();
    vm.new_bytes(data)
}

fn line_length(stream: &BytesIo, size: Option<usize>) -> usize {
    let rest = &stream.data[stream.position.min(stream.data.len())..];
    let line = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1);
    size.map_or(line, |size| size.min(line))
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let line = line_length(stream(vm, this)?, None);
    Ok(if line == 0 { None } else { Some(take(vm, this, line)) })
}

/// `seek(pos, whence=0)`
fn seek(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let to = vm.ssize_argument(args.values[1])?;
    let whence = match args.values.get(2) {
        Some(&whence) => vm.int_argument(whence)?,
        None => 0,
    };
    let stream = stream(vm, args.this())?;
    let base = match whence {
        0 if to < 0 => return Err(vm.value_error(format!("negative seek value {to}"))),
        0 => 0,
        1 => stream.position as i64,
        2 => stream.data.len() as i64,
        _ => return Err(vm.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    let position = base.saturating_add(to).max(0);
    stream.position = position as usize;
    Ok(vm.int(position))
}

/// `truncate(size=None)`
fn truncate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let size = match args.values.get(1).copied().filter(|&size| size != types::NONE) {
        Some(size) => vm.ssize_argument(size)?,
        None => stream(vm, args.this())?.position as i64,
    };
    let Ok(length) = usize::try_from(size) else { return Err(vm.value_error(format!("negative size value {size}"))) };
    if length < stream(vm, args.this())?.data.len() {
        let allocated = shared_length(vm, args.this());
        // A buffer that is still at least half full stays.
        if allocated.is_some_and(|allocated| length < allocated / 2) {
            unshare(vm, args.this());
        }
        stream(vm, args.this())?.data.truncate(length);
    }
    Ok(vm.int(size))
}

fn able(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    stream(vm, args.this())?;
    Ok(vm.bool(true))
}
