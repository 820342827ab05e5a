//! The table of `bytes`' methods.

use super::{hex, pad, search, split, transform};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::str::{codec_arguments, decode};
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// The table.
pub(super) const METHODS: &[Method] = &[
    method("__bytes__", Arity::None, dunder_bytes),
    unsupported_method!("bytes", "__getnewargs__"),
    method("capitalize", Arity::None, transform::capitalize),
    method("center", Arity::Positional(1, 2), pad::center),
    method("count", Arity::Raw, |vm, args| no_keywords(vm, "count", args, search::count)),
    method("decode", Arity::Raw, decode_method),
    method("endswith", Arity::Raw, |vm, args| no_keywords(vm, "endswith", args, search::endswith)),
    method("expandtabs", Arity::Raw, pad::expandtabs),
    method("find", Arity::Raw, |vm, args| no_keywords(vm, "find", args, search::find_first)),
    Method { name: "fromhex", kind: MethodKind::Class, arity: Arity::One, call: hex::fromhex },
    method("hex", Arity::Raw, hex::hex),
    method("index", Arity::Raw, |vm, args| no_keywords(vm, "index", args, search::index)),
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
    method("rfind", Arity::Raw, |vm, args| no_keywords(vm, "rfind", args, search::rfind)),
    method("rindex", Arity::Raw, |vm, args| no_keywords(vm, "rindex", args, search::rindex)),
    method("rjust", Arity::Positional(1, 2), pad::rjust),
    method("rpartition", Arity::One, search::rpartition),
    method("rsplit", Arity::Raw, split::rsplit),
    method("rstrip", Arity::Positional(0, 1), pad::rstrip),
    method("split", Arity::Raw, split::split),
    method("splitlines", Arity::Raw, split::splitlines),
    method("startswith", Arity::Raw, |vm, args| no_keywords(vm, "startswith", args, search::startswith)),
    method("strip", Arity::Positional(0, 1), pad::strip),
    method("swapcase", Arity::None, transform::swapcase),
    method("title", Arity::None, transform::title),
    method("translate", Arity::Raw, transform::translate),
    method("upper", Arity::None, transform::upper),
    method("zfill", Arity::One, pad::zfill),
];

/// A method that counts its arguments itself but takes no keywords.
fn no_keywords(vm: &mut Vm, name: &str, args: &Args<'_>, call: NativeCall) -> PyResult {
    vm.no_keywords(&format!("bytes.{name}"), args)?;
    call(vm, args)
}

/// `bytes.decode(encoding='utf-8', errors='strict')`
fn decode_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [encoding, errors] = codec_arguments(vm, "decode", args)?;
    decode(vm, args.this(), encoding, errors)
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
