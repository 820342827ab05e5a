//! Modules about the interpreter itself: warnings, threads, codecs, the operating system, as far as the library's source asks
//! at import.

mod charmap;
mod codecs;
mod opcodes;
mod posix;
mod stat;
pub(crate) mod thread;

use super::stock::stock;
use super::{function, only};
use crate::heap::Ref;
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::Vm;

pub(crate) use charmap::ENCODING_MAP;
pub(super) use posix::refresh as refresh_posix;
pub(crate) use posix::{TERMINAL_SIZE, UNAME_RESULT};
pub(crate) use stat::STAT_RESULT;

/// Makes them.
pub(super) fn make_all(vm: &mut Vm) {
    codecs::make(vm);
    posix::make(vm);
    thread::make(vm);
    let dict = stock(vm, "_imp", IMP);
    let text = vm.str("default").into_ref();
    vm.set_module_attribute(dict, "check_hash_based_pycs", text);
    opcodes::make(vm);
    errno(vm);
    stock(vm, "_locale", LOCALE);
    let dict = stock(vm, "_ast", &[]);
    vm.set_module_attribute(dict, "AST", types::AST);
    decimal(vm);
    stock(vm, "atexit", AT_EXIT);
}

static IMP: &[Method] = &[
    function("lock_held", Arity::None, |vm, _| Ok(vm.bool(false))),
    function("acquire_lock", Arity::None, |vm, _| Ok(vm.none())),
    function("release_lock", Arity::None, |vm, _| Ok(vm.none())),
    function("is_builtin", Arity::One, |vm, args| {
        let known = vm.text(only(args)).is_some_and(|name| vm.modules.contains_key(name));
        Ok(vm.int(known.into()))
    }),
    function("is_frozen", Arity::One, |vm, args| {
        let frozen = vm.text(only(args)).filter(|name| FROZEN.split_ascii_whitespace().any(|frozen| frozen == *name));
        match frozen.map(str::to_owned) {
            Some(name) => Err(vm.unsupported(crate::api::Missing::Name, format!("_imp.is_frozen({name:?})"))),
            None => Ok(vm.bool(false)),
        }
    }),
    function("extension_suffixes", Arity::None, |vm, _| Ok(vm.new_list(Vec::new()))),
];

/// Modules that CPython has frozen, in one version or another (`Python/frozen.c`).
const FROZEN: &str = "__hello__ __hello_alias__ __hello_only__ __phello__ __phello__.__init__ __phello__.ham __phello__.ham.__init__ \
    __phello__.ham.eggs __phello__.spam __phello_alias__ __phello_alias__.spam _collections_abc _frozen_importlib \
    _frozen_importlib_external _sitebuiltins abc codecs genericpath importlib._bootstrap importlib._bootstrap_external \
    importlib.machinery importlib.util io ntpath os posixpath runpy site stat zipimport";

/// What is registered is held to the end, and not called: the observer does not call it either.
static AT_EXIT: &[Method] = &[function("register", Arity::Raw, |vm, args| {
    let Some(&callback) = args.pos().first() else {
        return Err(vm.type_error("register() takes at least 1 argument (0 given)"));
    };
    if vm.class(vm.class_of(callback)).slots.call.is_none() {
        return Err(vm.type_error("the first argument must be callable"));
    }
    // What is to be given to it is in a tuple, which is everybody's if it is empty.
    if let [_] = args.values {
        let none = vm.retain(types::EMPTY_TUPLE);
        vm.keep_for_good(none);
    }
    for &value in args.values {
        let held = vm.retain(value);
        vm.keep_for_good(held);
    }
    Ok(vm.retain(callback))
})];

static LOCALE: &[Method] = &[function("getencoding", Arity::None, |vm, _| Ok(vm.str("utf-8")))];

/// `errno`: the numbers, and a dict of their names.
fn errno(vm: &mut Vm) {
    let dict = stock(vm, "errno", &[]);
    let codes = vm.new_dict();
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some((index, name, value)) = vm.dict_next(dict, at) {
        at = index + 1;
        if vm.is_int(value) {
            entries.push((value, name));
        }
    }
    for (value, name) in entries {
        // The first name of a number is the one: what comes later are aliases.
        if let Ok(None) = vm.dict_get(codes.borrow(), value) {
            let _ = vm.dict_set(codes.borrow(), value, name);
        }
    }
    vm.set_module_attribute(dict, "errorcode", codes.borrow());
    codes.into_ref();
}

/// `_decimal`: the types by name, and the names of the ways to round.
fn decimal(vm: &mut Vm) {
    const ROUNDING: &[&str] = &[
        "ROUND_UP",
        "ROUND_DOWN",
        "ROUND_CEILING",
        "ROUND_FLOOR",
        "ROUND_HALF_UP",
        "ROUND_HALF_DOWN",
        "ROUND_HALF_EVEN",
        "ROUND_05UP",
    ];
    let dict = stock(vm, "_decimal", &[]);
    for name in ROUNDING {
        let text = vm.intern(name).into_ref();
        vm.set_module_attribute(dict, name, text);
    }
    for (name, text) in [("__version__", "1.70"), ("__libmpdec_version__", "2.5.1")] {
        let text = vm.str(text).into_ref();
        vm.set_module_attribute(dict, name, text);
    }
    for (name, value) in [("HAVE_THREADS", types::TRUE), ("HAVE_CONTEXTVAR", types::TRUE)] {
        vm.set_module_attribute(dict, name, value);
    }
    for (name, value) in [
        ("MAX_PREC", 999_999_999_999_999_999),
        ("MAX_EMAX", 999_999_999_999_999_999),
        ("MIN_EMIN", -999_999_999_999_999_999),
        ("MIN_ETINY", -1_999_999_999_999_999_997),
    ] {
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
}

/// What of a module's dict is a fresh object for each run.
pub(super) fn set(vm: &mut Vm, dict: Ref, name: &str, value: crate::heap::Owned) {
    let key = vm.intern(name);
    // The key is a string: nothing can be raised.
    let _ = vm.dict_set(dict, key.borrow(), value.borrow());
    vm.release(key);
    vm.release(value);
}
