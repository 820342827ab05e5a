//! `_collections` (`Modules/_collectionsmodule.c`, `Objects/odictobject.c`).

pub(crate) mod counting;
pub(crate) mod default_dict;
pub(crate) mod deque;
pub(crate) mod ordered;
pub(crate) mod tuple_getter;

use super::{export, function};
use crate::heap::Ref;
use crate::object::class::{Arity, Method};
use crate::object::value::Native;
use crate::types;
use crate::vm::Vm;

static FUNCTIONS: &[Method] = &[function("_count_elements", Arity::Positional(2, 2), counting::count_elements)];

const TYPES: &[(&str, Ref)] = &[
    ("deque", types::DEQUE),
    ("defaultdict", types::DEFAULT_DICT),
    ("OrderedDict", types::ORDERED_DICT),
    ("_deque_iterator", types::DEQUE_ITERATOR),
    ("_deque_reverse_iterator", types::DEQUE_REVERSE_ITERATOR),
    ("_tuplegetter", types::TUPLE_GETTER),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_collections", FUNCTIONS);
    export(vm, "_collections", dict, TYPES);
}

/// What dicts of the module's types have beside their items.
pub(crate) fn dict_extension(class: Ref) -> Option<Box<dyn Native>> {
    match class {
        types::DEFAULT_DICT => Some(default_dict::extension()),
        types::ORDERED_DICT => Some(ordered::extension()),
        _ => None,
    }
}
