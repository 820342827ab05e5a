//! `gc`: the collector runs only when asked.

use super::{function, only};
use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] = &[
    function("collect", Arity::Raw, collect),
    // It is off already: both engines collect only when asked.
    function("disable", Arity::None, |vm, _| Ok(vm.none())),
    function("isenabled", Arity::None, |vm, _| Ok(vm.bool(false))),
    function("get_debug", Arity::None, |vm, _| Ok(vm.int(0))),
    function("is_tracked", Arity::One, |vm, args| {
        let tracked = is_tracked(vm, only(args));
        Ok(vm.bool(tracked))
    }),
    function("is_finalized", Arity::One, |vm, args| {
        let finalized = vm.heap[only(args)].finalized;
        Ok(vm.bool(finalized))
    }),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("gc", FUNCTIONS);
    for (name, value) in
        [("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)]
    {
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
}

/// `gc.collect(generation=2)`
fn collect(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "collect", positional_only: 0, names: &["generation"], required: 0, positional: 1 };
    let [generation] = SIGNATURE.bind::<1>(vm, args)?;
    if let Some(generation) = generation {
        let generation = vm.as_index(generation, Some(types::OVERFLOW_ERROR))?;
        match generation {
            0 | 1 => return Err(vm.unsupported(Missing::Name, format!("gc.collect({generation})"))),
            2 => {}
            _ => return Err(vm.value_error("invalid generation")),
        }
    }
    let found = vm.collect_garbage();
    Ok(vm.int(found as i64))
}

/// Objects that live as long as the VM are in no list of the collector's, though some are in CPython's.
fn is_tracked(vm: &Vm, object: Ref) -> bool {
    if vm.heap.is_static(object) {
        return matches!(vm.heap[object].value, Value::Module(_) | Value::NativeFunction(_));
    }
    vm.is_tracked(object)
}
