//! The builtin modules that the VM has. They live as long as the VM.

pub(crate) mod abc;
pub(crate) mod binary;
mod bisect;
pub(crate) mod collections;
pub(crate) mod datetime;
pub(crate) mod functools;
mod gc;
pub(crate) mod hashes;
mod heapq;
mod importlib;
pub(crate) mod interpreter;
pub(crate) mod io;
pub(crate) mod itertools;
pub(crate) mod json;
mod math;
mod names;
pub(crate) mod operator;
pub(crate) mod random;
pub(crate) mod sre;
mod stat;
pub(crate) mod stock;
pub(crate) mod string;
pub(crate) mod structs;
mod suggestions;
pub(crate) mod sys;
pub(crate) mod time;
mod tls;
pub(crate) mod typing;
mod unicodedata;
mod warnings;
pub(crate) mod weakref;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::object::missing::{lists, of_version};
use crate::object::value::Native;
use crate::vm::{PyResult, Vm};

/// What the modules keep for themselves.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// What stands before the keyword arguments in a key of `functools.lru_cache`.
    pub(crate) keyword_mark: Option<Ref>,
    /// The compiled formats that `struct` remembers, by format, for this run.
    pub(crate) struct_cache: Option<Ref>,
    /// What a program can set of the collector.
    pub(crate) collector: gc::Settings,
    /// What a program can set of the interpreter.
    pub(crate) interpreter: sys::Settings,
    /// How often something was registered with an abstract class.
    pub(crate) abc_invalidations: abc::Invalidations,
    /// The `timedelta` that all of no length are, where there is one.
    pub(crate) zero_duration: Option<Ref>,
    /// What is called where a codec finds an error.
    pub(crate) error_handlers: Vec<Ref>,
    /// The list of filters that the last warning was held against: an owned reference.
    pub(crate) filters: Option<Ref>,
    /// How often a clock was read: no two readings are the same, as in CPython.
    pub(crate) readings: u32,
    /// How often the filters of warnings have changed.
    pub(crate) filters_version: i64,
}

/// What a module calls itself.
pub(crate) fn own_name(vm: &Vm, name: &'static str) -> &'static str {
    match (name, vm.profile.version.minor) {
        ("_decimal", ..=12) => "decimal",
        ("_io", ..=11) => "io",
        _ => name,
    }
}

/// Whether a module's name is a string of its own: it was there before imports were, or its maker gave it.
pub(crate) fn has_own_name(vm: &Vm, name: &str) -> bool {
    matches!(name, "builtins" | "sys") || (name == "_io" && !vm.profile.io_types_from_spec)
}

/// Makes all of them.
pub(crate) fn make_all(vm: &mut Vm) {
    sys::make(vm);
    gc::make(vm);
    abc::make(vm);
    bisect::make(vm);
    heapq::make(vm);
    collections::make(vm);
    functools::make(vm);
    itertools::make(vm);
    typing::make(vm);
    weakref::make(vm);
    operator::make(vm);
    math::make(vm);
    random::make(vm);
    warnings::make(vm);
    datetime::make(vm);
    sre::make(vm);
    stock::make_all(vm);
    stat::make(vm);
    interpreter::make_all(vm);
    io::make(vm);
    share_open(vm);
    string::make(vm);
    json::make(vm);
    hashes::make(vm);
    binary::make(vm);
    structs::make(vm);
    time::make(vm);
}

/// The builtin `open` is that of `_io`.
fn share_open(vm: &mut Vm) {
    let io = vm.modules.get("_io").and_then(|&module| vm.own_dict(module));
    let (Some(io), builtins) = (io, vm.builtins) else { return };
    if vm.dict_get_str(io, "open").is_none() {
        return;
    }
    let name = vm.intern("open");
    for dict in [io, builtins] {
        let hash = vm.known_hash(name.borrow());
        let open = vm.dict_get_str(io, "open").map(|open| vm.retain(open));
        let index = vm.dict(dict).and_then(|dict| dict.find(hash, |key| key == name.borrow()));
        if let (Some(open), Some(index)) = (open, index)
            && let Some(dict) = vm.dict_mut(dict)
        {
            dict.replace(index, open).into_ref();
        }
    }
    name.into_ref();
}

/// Puts types into a module, those that CPython's module of that version has.
fn export(vm: &mut Vm, module: &str, dict: Ref, exports: &[(&str, Ref)]) {
    for &(name, object) in exports {
        if lacks(vm, module, name) {
            vm.set_module_attribute(dict, name, object);
        }
    }
}

/// Whether CPython's module has a name that the VM's module of that name may lack.
pub(crate) fn lacks(vm: &Vm, module: &str, name: &str) -> bool {
    let minor = vm.profile.version.minor;
    names::NAMES.iter().any(|&(of, names)| of == module && lists(names, name, minor))
}

/// Whether CPython's module lacks a name that a later or earlier version of it has.
pub(crate) fn absent(vm: &Vm, module: &str, name: &str) -> bool {
    names::NAMES.iter().any(|&(of, _)| of == module) && !lacks(vm, module, name)
}

/// All names in CPython's module; none if the VM does not know them.
pub(crate) fn names_of<'v>(vm: &'v Vm, module: &str) -> Option<impl Iterator<Item = &'static str> + use<'v>> {
    let (_, names) = names::NAMES.iter().find(|(of, _)| *of == module)?;
    Some(names.split_ascii_whitespace().filter_map(|entry| of_version(entry, vm.profile.version.minor)))
}

impl Vm {
    /// Reads the clock of the run: it moves on by a microsecond with each reading, which is what it gives.
    pub(crate) fn read_clock(&mut self) -> u32 {
        self.module_state.readings += 1;
        self.module_state.readings
    }

    /// What an object's payload holds in one of its fields, borrowed.
    fn held<T: Native>(&self, object: Ref, field: impl FnOnce(&T) -> &Option<Owned>) -> Option<Ref> {
        self.payload::<T>(object).and_then(|state| field(state).as_ref()).map(Owned::borrow)
    }

    /// Puts something into a field of an object's payload, then lets go of what was there (`Py_XSETREF`).
    fn put<T: Native>(&mut self, object: Ref, field: impl FnOnce(&mut T) -> &mut Option<Owned>, value: Option<Owned>) {
        let old = match self.payload_mut::<T>(object) {
            Some(state) => std::mem::replace(field(state), value),
            None => value,
        };
        self.release_option(old);
    }

    /// The text of `repr(object)`.
    fn repr_text(&mut self, object: Ref) -> PyResult<String> {
        let repr = self.repr(object)?;
        let text = self.expect_text(repr.borrow()).to_owned();
        self.release(repr);
        Ok(text)
    }
}

/// Functions of modules that are else there by name only.
const PARTS: &[(&str, &[Method])] = &[
    ("_ssl", tls::FUNCTIONS),
    ("_suggestions", suggestions::FUNCTIONS),
    ("readline", READLINE),
    ("unicodedata", unicodedata::FUNCTIONS),
];

/// There is no line to edit: what completes one may be set (`pdb` and `rlcompleter` do, and `doctest` with them).
const READLINE: &[Method] = &[
    function("set_completer_delims", Arity::One, |vm, args| {
        vm.text_argument("set_completer_delims", "argument", only(args))?;
        Ok(vm.none())
    }),
    function("set_completer", Arity::Positional(0, 1), |vm, args| {
        if !vm.heap.loading {
            return Err(vm.unsupported(Missing::Name, "readline.set_completer"));
        }
        for &completer in args.values {
            vm.retain(completer).into_ref();
        }
        Ok(vm.none())
    }),
];

/// The VM's own function of a module that it only has by name.
pub(crate) fn part(module: &str, name: &str) -> Option<&'static Method> {
    let (_, functions) = PARTS.iter().find(|(of, _)| *of == module)?;
    functions.iter().find(|function| function.name == name)
}

/// Gives a module that was copied for a run what each run is to have afresh: whatever a program can change.
pub(crate) fn refresh(vm: &mut Vm, name: &str, dict: Ref) {
    if let Some((_, refresh)) = FRESH.iter().find(|(of, _)| *of == name) {
        refresh(vm, dict);
    }
}

/// Gives the dict of a module what each run is to have afresh.
type Refresh = fn(&mut Vm, Ref);

/// What of a native module is made anew for each run.
const FRESH: &[(&str, Refresh)] = &[
    ("_ast", stock::fill_syntax),
    ("_hashlib", hashes::refresh),
    ("_datetime", datetime::refresh),
    ("_io", io::refresh),
    ("gc", gc::refresh),
    ("_warnings", warnings::refresh),
    ("posix", interpreter::refresh_posix),
    ("sys", sys::refresh),
];

/// Modules of the library that leave something in another one when they are imported: how their objects are pickled, what it is called.
pub(crate) const REGISTRANTS: &[(&str, &str)] =
    &[("copyreg", "re"), ("copyreg", "typing"), ("_frozen_importlib", "importlib"), ("_frozen_importlib_external", "importlib")];

/// Brings a module of the library into the state in which every snippet finds it.
pub(crate) fn after_import(vm: &mut Vm, name: &str, module: Ref) -> PyResult<()> {
    if matches!(name, "_frozen_importlib" | "_frozen_importlib_external") {
        importlib::set_up(vm, module)?;
    }
    // Something has imported it by the time a snippet runs.
    if name == "collections" {
        vm.import_module("collections.abc")?;
    }
    if name == "random" {
        let zero = vm.int(0);
        let seeded = vm.call_method(module, "seed", &[zero.borrow()]);
        vm.release(zero);
        let none = seeded?;
        vm.release(none);
    }
    Ok(())
}

/// A function of a module.
const fn function(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Static, arity, call }
}

/// The `repr` of several objects, each after a comma.
fn repr_of_values(vm: &mut Vm, values: &[Ref]) -> PyResult<String> {
    let mut text = String::new();
    for &value in values {
        text.push_str(", ");
        text.push_str(&vm.repr_text(value)?);
    }
    Ok(text)
}

/// A method of a module's type.
const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// Puts a type into a module under its name.
fn module_type(vm: &mut Vm, dict: Ref, class: Ref) {
    let name = vm.class(class).native.name;
    vm.set_module_attribute(dict, name, class);
}

/// The argument of a function that takes one.
fn only(args: &Args<'_>) -> Ref {
    args.values[0]
}
