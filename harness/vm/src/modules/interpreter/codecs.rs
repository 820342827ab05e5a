//! `_codecs` (`Modules/_codecsmodule.c`): the codecs that need no registry.

use super::{function, stock};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::value::Value;
use crate::types;
use crate::types::function::{NativeFunction, NativeKind};
use crate::types::str::{decode, encode_text};
use crate::vm::{PyResult, Vm};

macro_rules! codec {
    ($encode:literal, $decode:literal, $name:literal) => {
        [
            function($encode, Arity::Positional(1, 2), |vm, args| encoded(vm, args, $name)),
            function($decode, Arity::Positional(1, 3), |vm, args| decoded(vm, args, $name)),
        ]
    };
}

const UTF_8: [Method; 2] = codec!("utf_8_encode", "utf_8_decode", "utf-8");
const ASCII: [Method; 2] = codec!("ascii_encode", "ascii_decode", "ascii");
const LATIN_1: [Method; 2] = codec!("latin_1_encode", "latin_1_decode", "latin-1");

static FUNCTIONS: &[Method] = &{
    let [utf_8_encode, utf_8_decode] = UTF_8;
    let [ascii_encode, ascii_decode] = ASCII;
    let [latin_1_encode, latin_1_decode] = LATIN_1;
    [
        utf_8_encode,
        utf_8_decode,
        ascii_encode,
        ascii_decode,
        latin_1_encode,
        latin_1_decode,
        function("register_error", Arity::Positional(2, 2), |vm, _| registered(vm, "codecs.register_error")),
        function("register", Arity::One, |vm, _| registered(vm, "codecs.register")),
        function("charmap_build", Arity::One, super::charmap::build),
        function("lookup_error", Arity::One, lookup_error),
        function("encode", Arity::Positional(1, 3), |vm, args| {
            encode_text(vm, args.values[0], args.values.get(1).copied(), args.values.get(2).copied())
        }),
        function("decode", Arity::Positional(1, 3), |vm, args| {
            decode(vm, args.values[0], args.values.get(1).copied(), args.values.get(2).copied())
        }),
    ]
};

/// What the library registers is what the VM has natively; what a program registers would never be asked.
fn registered(vm: &mut Vm, function: &str) -> PyResult {
    if vm.heap.loading { Ok(vm.none()) } else { Err(vm.unsupported(Missing::Name, function)) }
}

/// The error handlers that there are. `codecs` looks them up when it is imported; calling one is unsupported.
static HANDLERS: &[Method] = &[
    handler("strict_errors"),
    handler("ignore_errors"),
    handler("replace_errors"),
    handler("xmlcharrefreplace_errors"),
    handler("backslashreplace_errors"),
    handler("namereplace_errors"),
    handler("surrogatepass"),
    handler("surrogateescape"),
];

const fn handler(name: &'static str) -> Method {
    function(name, Arity::One, |vm, _| Err(vm.unsupported(Missing::Name, "calling an error handler of codecs")))
}

fn lookup_error(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(name) = vm.text(args.values[0]).map(str::to_owned) else {
        let message = format!("lookup_error() argument must be str, not {}", vm.type_name(args.values[0]));
        return Err(vm.type_error(message));
    };
    let Some(method) = HANDLERS.iter().find(|method| method.name.trim_end_matches("_errors") == name) else {
        return Err(vm.raise(types::LOOKUP_ERROR, format!("unknown error handler name '{name}'")));
    };
    let place = vm
        .module_state
        .error_handlers
        .iter()
        .copied()
        .find(|&handler| matches!(&vm.heap[handler].value, Value::NativeFunction(function) if function.name == method.name));
    Ok(vm.retain(place.unwrap_or(types::NONE)))
}

pub(super) fn make(vm: &mut Vm) {
    stock(vm, "_codecs", FUNCTIONS);
    for method in HANDLERS {
        let what = NativeKind::Method(method);
        let function =
            NativeFunction { name: method.name, home: "", class: None, what, bound: Some(vm.none()), owner: None, own_name: None };
        let handler = vm.make(types::BUILTIN, Value::NativeFunction(Box::new(function))).into_ref();
        vm.module_state.error_handlers.push(handler);
    }
}

fn errors(args: &Args<'_>) -> Option<Ref> {
    args.values.get(1).copied().filter(|&errors| errors != types::NONE)
}

/// What was made, and how much of the argument was used.
fn pair(vm: &mut Vm, made: Owned, used: usize) -> Owned {
    let used = vm.int(used as i64);
    vm.new_tuple(vec![made, used])
}

fn encoded(vm: &mut Vm, args: &Args<'_>, encoding: &str) -> PyResult {
    let encoding = vm.str(encoding);
    let made = encode_text(vm, args.values[0], Some(encoding.borrow()), errors(args));
    vm.release(encoding);
    let made = made?;
    let used = vm.str_payload(args.values[0]).len();
    Ok(pair(vm, made, used))
}

fn decoded(vm: &mut Vm, args: &Args<'_>, encoding: &str) -> PyResult {
    let encoding = vm.str(encoding);
    let made = decode(vm, args.values[0], Some(encoding.borrow()), errors(args));
    vm.release(encoding);
    let made = made?;
    let used = vm.bytes_value(args.values[0]).map_or(0, <[u8]>::len);
    Ok(pair(vm, made, used))
}
