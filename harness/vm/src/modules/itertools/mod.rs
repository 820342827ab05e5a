//! `itertools` (`Modules/itertoolsmodule.c`).

pub(crate) mod chains;
pub(crate) mod combinatorics;
pub(crate) mod counting;
pub(crate) mod groups;
pub(crate) mod select;
pub(crate) mod slices;
pub(crate) mod tee;

use std::ptr::fn_addr_eq;

use super::{export, function};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, NativeType};
use crate::object::value::{Native, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// What the iterators of the module have in common: they may be derived from, and became heap types in 3.12.
const ITERATOR: NativeType = NativeType {
    module: "itertools",
    flags: Flags(Flags::GC | Flags::BASE),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

static FUNCTIONS: &[Method] = &[function("tee", Arity::Raw, tee::tee)];

const TYPES: &[(&str, Ref)] = &[
    ("accumulate", types::ACCUMULATE),
    ("batched", types::BATCHED),
    ("combinations", types::COMBINATIONS),
    ("combinations_with_replacement", types::COMBINATIONS_WITH_REPLACEMENT),
    ("cycle", types::CYCLE),
    ("dropwhile", types::DROPWHILE),
    ("takewhile", types::TAKEWHILE),
    ("islice", types::ISLICE),
    ("starmap", types::STARMAP),
    ("chain", types::CHAIN),
    ("compress", types::COMPRESS),
    ("filterfalse", types::FILTERFALSE),
    ("count", types::COUNT),
    ("zip_longest", types::ZIP_LONGEST),
    ("pairwise", types::PAIRWISE),
    ("permutations", types::PERMUTATIONS),
    ("product", types::PRODUCT),
    ("repeat", types::REPEAT),
    ("groupby", types::GROUPBY),
    ("_grouper", types::GROUPER),
    ("_tee", types::TEE),
    ("_tee_dataobject", types::TEE_DATA),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("itertools", FUNCTIONS);
    export(vm, "itertools", dict, TYPES);
}

/// A new object of one of the types, or of a class derived from it.
fn instance(vm: &mut Vm, class: Ref, state: impl Native) -> Owned {
    vm.alloc_instance(class, Value::Native(Box::new(state)))
}

/// The arguments of a constructor that takes only positional ones; a derived class with an `__init__` of its own may be given
/// keyword arguments, which mean nothing here.
fn positional<'a>(vm: &mut Vm, class: Ref, own: Ref, args: &Args<'a>, min: usize, max: usize) -> PyResult<&'a [Ref]> {
    let inits = (vm.class(class).slots.init, vm.class(own).slots.init);
    let plain = class == own
        || match inits {
            (Some(init), Some(own)) => fn_addr_eq(init, own),
            (init, own) => init.is_none() && own.is_none(),
        };
    let name = vm.class(own).native.name;
    if plain {
        vm.no_keywords(name, args)?;
    }
    let given = args.pos();
    vm.check_positional(name, given.len(), min, max)?;
    Ok(given)
}
