//! What type variables can do: their names, their defaults, being exchanged for types.

use super::variables::{evaluated, variable};
use super::{call_typing, variables::Variable};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};
use refdrift_isa::BinaryOperator;

/// Its name, with a sign for its variance unless that is inferred.
pub(super) fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(Variable { name: Some(name), variance, .. }) = variable(vm, this) else { return Ok(vm.str("")) };
    let name = name.borrow();
    let sign = match (variance.inferred, variance.covariant, variance.contravariant) {
        (true, ..) => return Ok(vm.retain(name)),
        (_, true, _) => '+',
        (_, _, true) => '-',
        _ => '~',
    };
    let text = format!("{sign}{}", vm.expect_text(name));
    Ok(vm.str(text))
}

/// `T | X` is what `typing` makes of it: other than for types, strings may be among them.
pub(super) fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    call_typing(vm, "_make_union", &[left, right])
}

pub(super) fn default(vm: &mut Vm, this: Ref) -> PyResult {
    let default = evaluated(vm, this, |variable| &mut variable.default)?;
    Ok(default.unwrap_or_else(|| vm.retain(types::NO_DEFAULT)))
}

pub(super) fn has_default(vm: &Vm, this: Ref) -> bool {
    variable(vm, this).is_some_and(|variable| {
        let value = variable.default.value.as_ref().map(Owned::borrow);
        variable.default.evaluate.is_some() || value.is_some_and(|value| value != types::NO_DEFAULT)
    })
}

pub(super) fn mro_entries(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let name = vm.class(vm.class_of(args.this())).native.name;
    Err(vm.type_error(format!("Cannot subclass an instance of {name}")))
}

pub(super) fn substitute_type_var(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    call_typing(vm, "_typevar_subst", args.values)
}

pub(super) fn substitute_param_spec(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    call_typing(vm, "_paramspec_subst", args.values)
}

pub(super) fn substitute_bare_tuple(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    Err(vm.type_error("Substitution of bare TypeVarTuple is not supported"))
}

pub(super) fn prepare_param_spec(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    call_typing(vm, "_paramspec_prepare_subst", args.values)
}

pub(super) fn prepare_type_var_tuple(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    call_typing(vm, "_typevartuple_prepare_subst", args.values)
}

/// A default goes where an argument is missing (`typevar_typing_prepare_subst_impl`).
pub(super) fn prepare_type_var(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, alias, given) = (args.values[0], args.values[1], args.values[2]);
    let parameters = vm.getattr_str(alias, "__parameters__")?;
    vm.lend(parameters, |vm, parameters| {
        let index = vm.call_method(parameters, "index", &[this])?;
        let index = vm.lend(index, |vm, index| vm.as_index(index, None))? as usize;
        let length = vm.length(given)?;
        if index < length {
            return Ok(vm.retain(given));
        }
        if index == length {
            let default = default(vm, this)?;
            if default.borrow() != types::NO_DEFAULT {
                let more = vm.tuple_of(&[default.borrow()]);
                vm.release(default);
                return vm.lend(more, |vm, more| vm.binary(BinaryOperator::Add, given, more));
            }
            vm.release(default);
        }
        let alias = vm.str_of(alias)?;
        let least = index + 1;
        let alias_text = vm.expect_text(alias.borrow());
        let message = format!("Too few arguments for {alias_text}; actual {length}, expected at least {least}");
        vm.release(alias);
        Err(vm.type_error(message))
    })
}
