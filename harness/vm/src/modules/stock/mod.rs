//! What many modules have in common: numbers, functions that are there by name only, types likewise.

mod functions;
mod numbers;
mod syntax;
pub(crate) mod types;

use crate::heap::Ref;
use crate::object::class::Method;
use crate::object::missing::of_version;
use crate::object::value::Value;
use crate::types::function::{NativeFunction, NativeKind};
use crate::vm::Vm;

pub(super) use syntax::fill as fill_syntax;

/// The modules that have nothing of their own.
const PLAIN: &[&str] = &[
    "_bz2",
    "_posixsubprocess",
    "_queue",
    "_signal",
    "_statistics",
    "_symtable",
    "_tokenize",
    "_tracemalloc",
    "_uuid",
    "faulthandler",
    "fcntl",
    "grp",
    "marshal",
    "pwd",
    "resource",
    "select",
];

/// Makes them.
pub(super) fn make_all(vm: &mut Vm) {
    for name in PLAIN {
        stock(vm, name, &[]);
    }
}

/// Makes a module with these functions, and whatever else the tables say it has.
pub(super) fn stock(vm: &mut Vm, name: &'static str, functions: &'static [Method]) -> Ref {
    let dict = vm.make_module(name, functions);
    let minor = vm.profile.version.minor;
    for entry in listed(functions::FUNCTIONS, name) {
        let Some(function) = of_version(entry, minor) else { continue };
        if vm.dict_get_str(dict, function).is_some() {
            continue;
        }
        let stub = NativeFunction {
            name: function,
            home: name,
            class: None,
            what: NativeKind::Missing,
            bound: None,
            owner: None,
            own_name: None,
        };
        let stub = vm.make(crate::types::BUILTIN, Value::NativeFunction(Box::new(stub))).into_ref();
        vm.set_module_attribute(dict, function, stub);
    }
    for entry in listed(numbers::NUMBERS, name) {
        let Some((entry, value)) = entry.split_once('=') else { continue };
        let (Some(number), Ok(value)) = (of_version(entry, minor), value.parse()) else { continue };
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, number, value);
    }
    for (home, class) in types::EXPORTS {
        if *home == name {
            let name = vm.class(*class).native.name;
            vm.set_module_attribute(dict, name, *class);
        }
    }
    dict
}

fn listed(table: &'static [(&str, &str)], module: &str) -> impl Iterator<Item = &'static str> {
    let names = table.iter().find(|(of, _)| *of == module).map_or("", |(_, names)| names);
    names.split_ascii_whitespace()
}
