//! `_struct`: values as bytes (`Modules/_struct.c`).

mod format;

use format::{Layout, error};

use super::stock::stock;
use super::{function, method, module_type};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::iterators::itself;
use crate::vm::{PyResult, Vm};

/// How many formats the functions of the module remember.
const REMEMBERED: usize = 100;

/// A compiled format.
#[derive(Default)]
struct Struct {
    format: Option<Owned>,
    layout: Layout,
}

impl Native for Struct {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(format) = &self.format {
            see(Role::Field("format"), format.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.format.take());
    }
}

pub(crate) static ERROR: NativeType = NativeType {
    name: "error",
    module: "struct",
    base: Some(types::EXCEPTION),
    slots: types::exception::SIMPLE,
    flags: Flags(types::exception::BASE),
    making: Making::Called,
    ..NativeType::PLAIN
};

/// `_struct.Struct`
pub(crate) static STRUCT: NativeType = NativeType {
    name: "Struct",
    module: "_struct",
    slots: Slots {
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<Struct>::default())))),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        method("pack", Arity::Raw, |vm, args| {
            vm.no_keywords("Struct.pack", args)?;
            pack(vm, args.this(), &args.values[1..])
        }),
        method("unpack", Arity::One, |vm, args| unpack(vm, args.this(), args.values[1])),
        method("unpack_from", Arity::Raw, |vm, args| unpack_from(vm, args.this(), &args.rest())),
        method("pack_into", Arity::Raw, |vm, _| Err(vm.unsupported(crate::api::Missing::Name, "Struct.pack_into"))),
        method("iter_unpack", Arity::One, |vm, args| iter_unpack(vm, args.this(), args.values[1])),
    ],
    getsets: &[
        GetSet {
            name: "format",
            get: |vm, this| {
                let format = vm.payload::<Struct>(this).and_then(|payload| payload.format.as_ref()).map(Owned::borrow);
                let text = format.and_then(|format| vm.bytes_value(format)).map(|data| String::from_utf8_lossy(data).into_owned());
                Ok(vm.str(text.unwrap_or_default()))
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "size",
            get: |vm, this| {
                let size = layout(vm, this).size;
                Ok(vm.int(size as i64))
            },
            set: None,
            member: false,
        },
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

static FUNCTIONS: &[Method] = &[
    function("calcsize", Arity::One, |vm, args| {
        with_struct(vm, args.values[0], |vm, this| {
            let size = layout(vm, this).size;
            Ok(vm.int(size as i64))
        })
    }),
    function("pack", Arity::Raw, |vm, args| {
        vm.no_keywords("pack", args)?;
        let Some((&format, values)) = args.values.split_first() else {
            return Err(vm.type_error("missing format argument"));
        };
        with_struct(vm, format, |vm, this| pack(vm, this, values))
    }),
    function("unpack", Arity::Positional(2, 2), |vm, args| {
        with_struct(vm, args.values[0], |vm, this| unpack(vm, this, args.values[1]))
    }),
    function("iter_unpack", Arity::Positional(2, 2), |vm, args| {
        with_struct(vm, args.values[0], |vm, this| iter_unpack(vm, this, args.values[1]))
    }),
    function("unpack_from", Arity::Raw, |vm, args| {
        let Some(&format) = args.pos().first() else {
            return Err(vm.type_error("unpack_from() takes at least 2 positional arguments (0 given)"));
        };
        with_struct(vm, format, |vm, this| unpack_from(vm, this, &args.rest()))
    }),
    function("pack_into", Arity::Raw, |vm, _| Err(vm.unsupported(crate::api::Missing::Name, "struct.pack_into"))),
    function("_clearcache", Arity::None, |vm, _| {
        let cache = vm.module_state.struct_cache.take();
        vm.release_option(cache.map(Owned::adopt));
        Ok(vm.none())
    }),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "_struct", FUNCTIONS);
    module_type(vm, dict, types::STRUCT);
    module_type(vm, dict, types::STRUCT_ERROR);
}

fn layout(vm: &Vm, this: Ref) -> Layout {
    vm.payload::<Struct>(this).map(|payload| payload.layout.clone()).unwrap_or_default()
}

/// Makes the object of a format.
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "Struct", positional_only: 0, names: &["format"], required: 1, positional: 1 };
    let [format] = SIGNATURE.bind::<1>(vm, args)?;
    let format = format.unwrap_or(types::NONE);
    let bytes = match (vm.text(format), vm.bytes_value(format)) {
        (Some(text), _) if text.is_ascii() => {
            let data = text.as_bytes().to_vec();
            vm.fresh_bytes(data)
        }
        (Some(_), _) => return Err(vm.unsupported(crate::api::Missing::Name, "a struct format that is not ASCII")),
        (None, Some(_)) => vm.retain(format),
        (None, None) => {
            let given = vm.argument_type(format);
            return Err(vm.type_error(format!("Struct() argument 1 must be a str or bytes object, not {given}")));
        }
    };
    let parsed = Layout::parse(vm.bytes_value(bytes.borrow()).unwrap_or_default());
    let (layout, wrong) = match parsed {
        Ok(layout) => (layout, None),
        Err(wrong) => (Layout::default(), Some(wrong)),
    };
    let old = match vm.payload_mut::<Struct>(this) {
        Some(payload) => {
            payload.layout = layout;
            payload.format.replace(bytes)
        }
        None => Some(bytes),
    };
    vm.release_option(old);
    match wrong {
        Some(wrong) => Err(error(vm, wrong.message())),
        None => Ok(()),
    }
}

/// Does something with the object of a format, which is remembered (`cache_struct_converter`).
fn with_struct(vm: &mut Vm, format: Ref, work: impl FnOnce(&mut Vm, Ref) -> PyResult) -> PyResult {
    let this = remembered(vm, format)?;
    let result = work(vm, this.borrow());
    vm.release(this);
    result
}

fn remembered(vm: &mut Vm, format: Ref) -> PyResult {
    let cache = match vm.module_state.struct_cache {
        Some(cache) => cache,
        None => {
            let cache = vm.new_dict().into_ref();
            vm.module_state.struct_cache = Some(cache);
            cache
        }
    };
    if let Some(known) = vm.dict_get(cache, format)? {
        return Ok(vm.retain(known));
    }
    let this = vm.call_pos(types::STRUCT, &[format])?;
    if vm.dict(cache).is_some_and(|cache| cache.len() >= REMEMBERED) {
        vm.dict_clear(cache);
    }
    // Where that fails, it goes without.
    match vm.dict_set(cache, format, this.borrow()).or_else(|stop| vm.swallow(stop, types::BASE_EXCEPTION)) {
        Ok(()) => Ok(this),
        Err(stop) => {
            let _ = this.into_ref();
            Err(stop)
        }
    }
}

fn pack(vm: &mut Vm, this: Ref, values: &[Ref]) -> PyResult {
    let layout = layout(vm, this);
    let (wanted, given) = (layout.values(), values.len());
    if wanted != given {
        return Err(error(vm, format!("pack expected {wanted} items for packing (got {given})")));
    }
    if layout.size > types::str::MAX_SIZE {
        return Err(vm.unsupported(crate::api::Missing::Limit, "a struct of that size"));
    }
    let mut data = vec![0; layout.size];
    for ((code, offset, size), &value) in layout.places().zip(values) {
        layout.write(vm, code, value, &mut data[offset..offset + size])?;
    }
    Ok(vm.new_bytes(data))
}

fn read_all(vm: &mut Vm, layout: &Layout, data: &[u8]) -> Owned {
    let values = layout.places().map(|(code, offset, size)| layout.read(vm, code, &data[offset..offset + size])).collect();
    vm.new_tuple(values)
}

fn unpack(vm: &mut Vm, this: Ref, buffer: Ref) -> PyResult {
    let data = vm.buffer_data(buffer)?;
    let layout = layout(vm, this);
    if data.len() != layout.size {
        return Err(error(vm, format!("unpack requires a buffer of {} bytes", layout.size)));
    }
    Ok(read_all(vm, &layout, &data))
}

/// `unpack_from(buffer, offset=0)`
fn unpack_from(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "unpack_from", positional_only: 0, names: &["buffer", "offset"], required: 1, positional: 2 };
    let [buffer, offset] = SIGNATURE.bind::<2>(vm, args)?;
    let data = vm.buffer_data(buffer.unwrap_or(types::NONE))?;
    let mut offset = match offset {
        Some(offset) => vm.ssize_argument(offset)?,
        None => 0,
    };
    let layout = layout(vm, this);
    let (size, length) = (layout.size as i64, data.len() as i64);
    if offset < 0 {
        if offset + size > 0 {
            return Err(error(vm, format!("not enough data to unpack {size} bytes at offset {offset}")));
        }
        if offset + length < 0 {
            return Err(error(vm, format!("offset {offset} out of range for {length}-byte buffer")));
        }
        offset += length;
    }
    if length - offset < size {
        let least = size + offset;
        let message = format!(
            "unpack_from requires a buffer of at least {least} bytes for unpacking {size} bytes at offset {offset} (actual \
             buffer size is {length})"
        );
        return Err(error(vm, message));
    }
    Ok(read_all(vm, &layout, &data[offset as usize..]))
}

/// Goes through a buffer, struct by struct.
struct Unpacker {
    this: Option<Owned>,
    buffer: Option<Owned>,
    at: usize,
}

impl Native for Unpacker {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in [("struct", &self.this), ("buffer", &self.buffer)] {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.this.take());
        out.extend(self.buffer.take());
    }
}

pub(crate) static UNPACK_ITERATOR: NativeType = NativeType {
    name: "unpack_iterator",
    module: "_struct",
    slots: Slots { iter: Some(itself), next: Some(next), ..Slots::NONE },
    methods: &[method("__length_hint__", Arity::None, |vm, args| {
        let left = left(vm, args.this());
        Ok(vm.int(left as i64))
    })],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn iter_unpack(vm: &mut Vm, this: Ref, buffer: Ref) -> PyResult {
    let size = layout(vm, this).size;
    if size == 0 {
        return Err(error(vm, "cannot iteratively unpack with a struct of length 0"));
    }
    let length = vm.buffer_data(buffer)?.len();
    if length % size != 0 {
        return Err(error(vm, format!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
    }
    let unpacker = Unpacker { this: Some(vm.retain(this)), buffer: Some(vm.retain(buffer)), at: 0 };
    Ok(vm.alloc_instance(types::UNPACK_ITERATOR, Value::Native(Box::new(unpacker))))
}

fn parts(vm: &Vm, this: Ref) -> Option<(Layout, Ref, usize)> {
    let unpacker = vm.payload::<Unpacker>(this)?;
    let layout = layout(vm, unpacker.this.as_ref()?.borrow());
    Some((layout, unpacker.buffer.as_ref()?.borrow(), unpacker.at))
}

fn left(vm: &Vm, this: Ref) -> usize {
    parts(vm, this)
        .map_or(0, |(layout, buffer, at)| vm.bytes_value(buffer).map_or(0, |data| (data.len().saturating_sub(at)) / layout.size))
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some((layout, buffer, at)) = parts(vm, this) else { return Ok(None) };
    let data = vm.buffer_data(buffer)?;
    match data.get(at..at + layout.size) {
        Some(data) => {
            if let Some(unpacker) = vm.payload_mut::<Unpacker>(this) {
                unpacker.at += layout.size;
            }
            Ok(Some(read_all(vm, &layout, data)))
        }
        None => {
            let held = vm.payload_mut::<Unpacker>(this).and_then(|unpacker| unpacker.this.take().zip(unpacker.buffer.take()));
            if let Some((this, buffer)) = held {
                vm.release(this);
                vm.release(buffer);
            }
            Ok(None)
        }
    }
}
