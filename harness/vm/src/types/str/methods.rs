//! The table of `str`'s methods.

use super::{case, codec, format, join, pad, predicates, search, split, translate};
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// The table.
pub(super) const METHODS: &[Method] = &[
    method("capitalize", Arity::None, case::capitalize),
    method("casefold", Arity::None, case::casefold),
    method("center", Arity::Positional(1, 2), pad::center),
    method("count", Arity::Raw, |vm, args| text_only(vm, "count", args, search::count)),
    method("encode", Arity::Raw, encode),
    method("endswith", Arity::Raw, |vm, args| text_only(vm, "endswith", args, search::endswith)),
    method("expandtabs", Arity::Raw, pad::expandtabs),
    method("find", Arity::Raw, |vm, args| text_only(vm, "find", args, search::find)),
    method("format", Arity::Tuple(u8::MAX), format::format),
    method("format_map", Arity::One, format::format_map),
    method("index", Arity::Raw, |vm, args| text_only(vm, "index", args, search::index)),
    method("isalnum", Arity::None, predicates::isalnum),
    method("isalpha", Arity::None, predicates::isalpha),
    method("isascii", Arity::None, predicates::isascii),
    method("isdecimal", Arity::None, predicates::isdecimal),
    method("isdigit", Arity::None, predicates::isdigit),
    method("isidentifier", Arity::None, predicates::isidentifier),
    method("islower", Arity::None, predicates::islower),
    method("isnumeric", Arity::None, predicates::isnumeric),
    method("isprintable", Arity::None, predicates::isprintable),
    method("isspace", Arity::None, predicates::isspace),
    method("istitle", Arity::None, predicates::istitle),
    method("isupper", Arity::None, predicates::isupper),
    method("join", Arity::One, join::join),
    method("ljust", Arity::Positional(1, 2), pad::ljust),
    method("lower", Arity::None, case::lower),
    method("lstrip", Arity::Positional(0, 1), pad::lstrip),
    Method { name: "maketrans", kind: MethodKind::Static, arity: Arity::Positional(1, 3), call: translate::maketrans },
    method("partition", Arity::One, split::partition),
    method("removeprefix", Arity::One, search::removeprefix),
    method("removesuffix", Arity::One, search::removesuffix),
    method("replace", Arity::Raw, search::replace),
    method("rfind", Arity::Raw, |vm, args| text_only(vm, "rfind", args, search::rfind)),
    method("rindex", Arity::Raw, |vm, args| text_only(vm, "rindex", args, search::rindex)),
    method("rjust", Arity::Positional(1, 2), pad::rjust),
    method("rpartition", Arity::One, split::rpartition),
    method("rsplit", Arity::Raw, split::rsplit),
    method("rstrip", Arity::Positional(0, 1), pad::rstrip),
    method("split", Arity::Raw, split::split),
    method("splitlines", Arity::Raw, split::splitlines),
    method("startswith", Arity::Raw, |vm, args| text_only(vm, "startswith", args, search::startswith)),
    method("strip", Arity::Positional(0, 1), pad::strip),
    method("swapcase", Arity::None, case::swapcase),
    method("title", Arity::None, case::title),
    method("translate", Arity::One, translate::translate),
    method("upper", Arity::None, case::upper),
    method("zfill", Arity::One, pad::zfill),
    method("__format__", Arity::One, format::dunder_format),
    method("__getnewargs__", Arity::None, |vm, args| {
        let text: Box<str> = vm.expect_text(args.this()).into();
        let copy = vm.fresh_str(text);
        Ok(vm.new_tuple(vec![copy]))
    }),
    unsupported_method!("str", "__sizeof__"),
];

/// A method that counts its arguments itself but takes no keywords.
fn text_only(vm: &mut Vm, name: &str, args: &Args<'_>, call: NativeCall) -> PyResult {
    vm.no_keywords(&format!("str.{name}"), args)?;
    call(vm, args)
}

/// `str.encode(encoding='utf-8', errors='strict')`
fn encode(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [encoding, errors] = codec_arguments(vm, "encode", args)?;
    codec::encode(vm, args.this(), encoding, errors)
}

/// The arguments of `str.encode` and `bytes.decode`.
pub(crate) fn codec_arguments(vm: &mut Vm, function: &'static str, args: &Args<'_>) -> PyResult<[Option<Ref>; 2]> {
    let signature = Signature { function, positional_only: 0, names: &["encoding", "errors"], required: 0, positional: 2 };
    let bound: [Option<Ref>; 2] = signature.bind(vm, &args.rest())?;
    for (place, value) in [("argument 'encoding'", bound[0]), ("argument 'errors'", bound[1])] {
        if let Some(value) = value {
            vm.text_argument(function, place, value)?;
        }
    }
    Ok(bound)
}
