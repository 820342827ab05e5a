//! The tables of the methods of `bytes` and `bytearray`.

use super::{array_methods, hex, pad, search, split, transform};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::str::{codec_arguments, decode};
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// The methods that `bytes` and `bytearray` share, after those that are given.
macro_rules! methods {
    ($class:literal, $($own:expr,)*) => {
        &[
            $($own,)*
            method("capitalize", Arity::None, transform::capitalize),
            method("center", Arity::Positional(1, 2), pad::center),
            method("count", Arity::Raw, |vm, args| no_keywords(vm, $class, "count", args, search::count)),
            method("decode", Arity::Raw, decode_method),
            method("endswith", Arity::Raw, |vm, args| no_keywords(vm, $class, "endswith", args, search::endswith)),
            method("expandtabs", Arity::Raw, pad::expandtabs),
            method("find", Arity::Raw, |vm, args| no_keywords(vm, $class, "find", args, search::find_first)),
            Method { name: "fromhex", kind: MethodKind::Class, arity: Arity::One, call: hex::fromhex },
            method("hex", Arity::Raw, hex::hex),
            method("index", Arity::Raw, |vm, args| no_keywords(vm, $class, "index", args, search::index)),
            method("isalnum", Arity::None, transform::isalnum),
            method("isalpha", Arity::None, transform::isalpha),
            method("isascii", Arity::None, transform::isascii),
            method("isdigit", Arity::None, transform::isdigit),
            method("islower", Arity::None, transform::islower),
            method("isspace", Arity::None, transform::isspace),
            method("istitle", Arity::None, transform::istitle),
            method("isupper", Arity::None, transform::isupper),
            method("join", Arity::One, split::join),
            method("ljust", Arity::Positional(1, 2), pad::ljust),
            method("lower", Arity::None, transform::lower),
            method("lstrip", Arity::Positional(0, 1), pad::lstrip),
            Method { name: "maketrans", kind: MethodKind::Static, arity: Arity::Positional(2, 2), call: transform::maketrans },
            method("partition", Arity::One, search::partition),
            method("removeprefix", Arity::One, search::removeprefix),
            method("removesuffix", Arity::One, search::removesuffix),
            method("replace", Arity::Positional(2, 3), search::replace),
            method("rfind", Arity::Raw, |vm, args| no_keywords(vm, $class, "rfind", args, search::rfind)),
            method("rindex", Arity::Raw, |vm, args| no_keywords(vm, $class, "rindex", args, search::rindex)),
            method("rjust", Arity::Positional(1, 2), pad::rjust),
            method("rpartition", Arity::One, search::rpartition),
            method("rsplit", Arity::Raw, split::rsplit),
            method("rstrip", Arity::Positional(0, 1), pad::rstrip),
            method("split", Arity::Raw, split::split),
            method("splitlines", Arity::Raw, split::splitlines),
            method("startswith", Arity::Raw, |vm, args| no_keywords(vm, $class, "startswith", args, search::startswith)),
            method("strip", Arity::Positional(0, 1), pad::strip),
            method("swapcase", Arity::None, transform::swapcase),
            method("title", Arity::None, transform::title),
            method("translate", Arity::Raw, transform::translate),
            method("upper", Arity::None, transform::upper),
            method("zfill", Arity::One, pad::zfill),
        ]
    };
}

/// Those of `bytes`.
pub(super) const METHODS: &[Method] = methods![
    "bytes",
    unsupported_method!("bytes", "__buffer__"),
    method("__bytes__", Arity::None, dunder_bytes),
    method("__getnewargs__", Arity::None, getnewargs),
];

/// Those of `bytearray`.
pub(super) const ARRAY_METHODS: &[Method] = methods![
    "bytearray",
    unsupported_method!("bytearray", "__alloc__"),
    unsupported_method!("bytearray", "__buffer__"),
    unsupported_method!("bytearray", "__release_buffer__"),
    unsupported_method!("bytearray", "__sizeof__"),
    method("__reduce__", Arity::None, array_methods::reduce),
    method("__reduce_ex__", Arity::Positional(0, 1), array_methods::reduce_ex),
    method("append", Arity::One, array_methods::append),
    method("clear", Arity::None, array_methods::clear),
    method("copy", Arity::None, array_methods::copy),
    method("extend", Arity::One, array_methods::extend),
    method("insert", Arity::Positional(2, 2), array_methods::insert),
    method("pop", Arity::Positional(0, 1), array_methods::pop),
    method("remove", Arity::One, array_methods::remove),
    method("reverse", Arity::None, array_methods::reverse),
];

/// A method that counts its arguments itself but takes no keywords.
fn no_keywords(vm: &mut Vm, class: &str, name: &str, args: &Args<'_>, call: NativeCall) -> PyResult {
    vm.no_keywords(&format!("{class}.{name}"), args)?;
    call(vm, args)
}

/// `bytes.decode(encoding='utf-8', errors='strict')`
fn decode_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [encoding, errors] = codec_arguments(vm, "decode", args)?;
    decode(vm, args.this(), encoding, errors)
}

/// `bytes.__getnewargs__`: a tuple with a copy.
fn getnewargs(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let data = vm.data(args.this()).to_vec();
    let copy = vm.new_bytes(data);
    Ok(vm.new_tuple(vec![copy]))
}

/// `bytes.__bytes__`: an exact object is itself.
fn dunder_bytes(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    if vm.class_of(this) == types::BYTES {
        return Ok(vm.retain(this));
    }
    let data = vm.data(this).to_vec();
    Ok(vm.new_bytes(data))
}
