//! `_typing`: what type parameters are made of (`Modules/_typingmodule.c`, `Objects/typevarobject.c`; 3.12 on).

pub(crate) mod alias;
pub(crate) mod generic;
pub(crate) mod make;
pub(crate) mod parameters;
pub(crate) mod variables;

use super::{export, function};
use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] = &[function("_idfunc", Arity::One, |vm, args| Ok(vm.retain(args.values[0])))];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_typing", FUNCTIONS);
    export(
        vm,
        "_typing",
        dict,
        &[
            ("TypeVar", types::TYPE_VAR),
            ("TypeVarTuple", types::TYPE_VAR_TUPLE),
            ("ParamSpec", types::PARAM_SPEC),
            ("ParamSpecArgs", types::PARAM_SPEC_ARGS),
            ("ParamSpecKwargs", types::PARAM_SPEC_KWARGS),
            ("Generic", types::GENERIC),
            ("TypeAliasType", types::TYPE_ALIAS_TYPE),
            ("NoDefault", types::NO_DEFAULT),
        ],
    );
}

/// Does something with an attribute of `typing`; the module is held meanwhile, too.
fn with_typing(vm: &mut Vm, name: &str, work: impl FnOnce(&mut Vm, Ref) -> PyResult) -> PyResult {
    let typing = vm.import_module("typing")?;
    let typing = vm.retain(typing);
    vm.lend(typing, |vm, typing| {
        let attribute = vm.getattr_str(typing, name)?;
        vm.lend(attribute, work)
    })
}

/// Calls a function of `typing` (`call_typing_func_object`).
pub(super) fn call_typing(vm: &mut Vm, name: &str, values: &[Ref]) -> PyResult {
    with_typing(vm, name, |vm, function| vm.call_pos(function, values))
}

/// The module of the function that runs; `None` if it has none (`caller`).
pub(super) fn caller(vm: &mut Vm) -> Owned {
    let function = vm.frames.last().and_then(|frame| frame.function.as_ref()).map(Owned::borrow);
    let module = function.and_then(|function| vm.function(function)?.fields.module.as_ref().map(Owned::borrow));
    vm.retain(module.unwrap_or(types::NONE))
}

/// What a `TypeVarTuple` is when it stands among others: `Unpack[Ts]`.
pub(super) fn unpacked(vm: &mut Vm, variable: Ref) -> PyResult {
    with_typing(vm, "Unpack", |vm, unpack| vm.get_item(unpack, variable))
}

/// Type parameters, each `TypeVarTuple` of them unpacked (`unpack_typevartuples`).
pub(super) fn unpack_all(vm: &mut Vm, parameters: Ref) -> PyResult {
    let listed = vm.items(parameters).unwrap_or_default();
    if !listed.iter().any(|&parameter| vm.class_of(parameter) == types::TYPE_VAR_TUPLE) {
        return Ok(vm.retain(parameters));
    }
    let mut all = Vec::with_capacity(listed.len());
    for parameter in listed {
        if vm.class_of(parameter) != types::TYPE_VAR_TUPLE {
            all.push(vm.retain(parameter));
            continue;
        }
        match unpacked(vm, parameter) {
            Ok(parameter) => all.push(parameter),
            Err(stop) => {
                vm.release_last_first(all);
                return Err(stop);
            }
        }
    }
    Ok(vm.new_tuple(all))
}
