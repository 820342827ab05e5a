//! `sys.set_asyncgen_hooks` and what it set.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

static SIGNATURE: Signature = Signature {
    function: "set_asyncgen_hooks",
    positional_only: 0,
    names: &["firstiter", "finalizer"],
    required: 0,
    positional: 2,
};

/// `sys.get_asyncgen_hooks()`
pub(super) fn get(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    let hooks = [&vm.async_hooks.firstiter, &vm.async_hooks.finalizer];
    let hooks = hooks.map(|hook| hook.as_ref().map_or(types::NONE, Owned::borrow));
    let hooks = hooks.map(|hook| vm.retain(hook)).into();
    Ok(vm.struct_sequence(types::ASYNCGEN_HOOKS, 2, hooks))
}

/// `sys.set_asyncgen_hooks(firstiter, finalizer)`: `None` takes a hook away.
pub(super) fn set(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [firstiter, finalizer] = SIGNATURE.bind(vm, args)?;
    for (hook, name) in [(finalizer, "finalizer"), (firstiter, "firstiter")] {
        if let Some(hook) = hook.filter(|&hook| hook != types::NONE && !vm.is_callable(hook)) {
            let got = vm.qualified_type_name(vm.class_of(hook));
            return Err(vm.type_error(format!("callable {name} expected, got {got}")));
        }
    }
    let hook = |vm: &mut Vm, hook: Ref| (hook != types::NONE).then(|| vm.retain(hook));
    if let Some(finalizer) = finalizer {
        let new = hook(vm, finalizer);
        let old = std::mem::replace(&mut vm.async_hooks.finalizer, new);
        vm.release_option(old);
    }
    if let Some(firstiter) = firstiter {
        let new = hook(vm, firstiter);
        let old = std::mem::replace(&mut vm.async_hooks.firstiter, new);
        vm.release_option(old);
    }
    Ok(vm.none())
}
