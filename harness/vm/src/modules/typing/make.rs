//! Making type variables: by calling their types, and by the instructions of a type parameter list.

use super::variables::{Lazy, Variable, Variance};
use super::{call_typing, caller};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// The parameters that come with names only.
struct Named {
    bound: Option<Ref>,
    default: Option<Ref>,
    variance: Variance,
}

/// The keyword arguments of `TypeVar` and `ParamSpec`; `default` came with 3.13.
static WITH_DEFAULT: &[&str] = &["name", "bound", "default", "covariant", "contravariant", "infer_variance"];
static WITHOUT_DEFAULT: &[&str] = &["name", "bound", "covariant", "contravariant", "infer_variance"];

fn named(vm: &mut Vm, args: &Args<'_>, function: &'static str) -> PyResult<(Ref, Named)> {
    let has_default = vm.profile.type_parameters_have_defaults;
    let names = if has_default { WITH_DEFAULT } else { WITHOUT_DEFAULT };
    let signature = Signature { function, positional_only: 0, names, required: 1, positional: 1 };
    let bound: [Option<Ref>; 6] = signature.bind(vm, args)?;
    let name = name_argument(vm, bound[0], function)?;
    let flags = if has_default { &bound[3..6] } else { &bound[2..5] };
    let mut truths = [false; 3];
    for (truth, flag) in truths.iter_mut().zip(flags) {
        *truth = flag.map_or(Ok(false), |flag| vm.truth(flag))?;
    }
    let [covariant, contravariant, inferred] = truths;
    if covariant && contravariant {
        return Err(vm.value_error("Bivariant types are not supported."));
    }
    if inferred && (covariant || contravariant) {
        return Err(vm.value_error("Variance cannot be specified with infer_variance."));
    }
    let variance = Variance { covariant, contravariant, inferred };
    let default = if has_default { Some(bound[2].unwrap_or(types::NO_DEFAULT)) } else { None };
    Ok((name, Named { bound: bound[1], default, variance }))
}

fn name_argument(vm: &mut Vm, name: Option<Ref>, function: &str) -> PyResult<Ref> {
    let name = name.unwrap_or(types::NONE);
    if vm.text(name).is_some() {
        return Ok(name);
    }
    let got = vm.type_name(name);
    Err(vm.type_error(format!("{function}() argument 'name' must be str, not {got}")))
}

/// A bound must look like a type (`type_check`).
fn checked_bound(vm: &mut Vm, bound: Ref) -> PyResult {
    if bound == types::NONE {
        return Ok(vm.retain(types::NONE_TYPE));
    }
    let message = vm.str("Bound must be a type.");
    vm.lend(message, |vm, message| call_typing(vm, "_type_check", &[bound, message]))
}

/// `TypeVar(name, *constraints, bound=None, …)`
pub(super) fn new_type_var(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    let positional = args.pos().len();
    let (values, constraints) = match args.pos() {
        [] => (args.values.to_vec(), Vec::new()),
        [name, constraints @ ..] => {
            let keywords = args.values[positional..].iter().copied();
            (std::iter::once(*name).chain(keywords).collect(), constraints.to_vec())
        }
    };
    let (name, Named { bound, default, variance }) = named(vm, &Args::new(&values, args.names), "typevar")?;
    let bound = match bound.filter(|&bound| bound != types::NONE) {
        Some(bound) => Some(checked_bound(vm, bound)?),
        None => None,
    };
    let complaint = match (constraints.len(), &bound) {
        (1, _) => Some("A single constraint is not allowed"),
        (2.., Some(_)) => Some("Constraints cannot be combined with bound=..."),
        _ => None,
    };
    if let Some(complaint) = complaint {
        vm.release_option(bound);
        return Err(vm.type_error(complaint));
    }
    let constraints = (!constraints.is_empty()).then(|| vm.tuple_of(&constraints));
    let variable = Variable {
        name: Some(vm.retain(name)),
        bound: Lazy { value: bound, evaluate: None },
        constraints: Lazy { value: constraints, evaluate: None },
        default: Lazy { value: vm.retain_option(default), evaluate: None },
        variance,
        dict: None,
    };
    with_module(vm, types::TYPE_VAR, variable)
}

/// `ParamSpec(name, *, bound=None, …)`
pub(super) fn new_param_spec(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    let (name, Named { bound, default, variance }) = named(vm, args, "paramspec")?;
    let bound = checked_bound(vm, bound.unwrap_or(types::NONE))?;
    let variable = Variable {
        name: Some(vm.retain(name)),
        bound: Lazy { value: Some(bound), evaluate: None },
        default: Lazy { value: vm.retain_option(default), evaluate: None },
        variance,
        ..Variable::default()
    };
    with_module(vm, types::PARAM_SPEC, variable)
}

/// `TypeVarTuple(name)`
pub(super) fn new_type_var_tuple(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    let has_default = vm.profile.type_parameters_have_defaults;
    let names: &[&str] = if has_default { &["name", "default"] } else { &["name"] };
    let signature = Signature { function: "typevartuple", positional_only: 0, names, required: 1, positional: 1 };
    let [name, default] = signature.bind(vm, args)?;
    let name = name_argument(vm, name, "typevartuple")?;
    let default = has_default.then(|| default.unwrap_or(types::NO_DEFAULT));
    let variable = Variable {
        name: Some(vm.retain(name)),
        default: Lazy { value: vm.retain_option(default), evaluate: None },
        ..Variable::default()
    };
    with_module(vm, types::TYPE_VAR_TUPLE, variable)
}

/// A new variable, which knows the module of who made it.
fn with_module(vm: &mut Vm, class: Ref, variable: Variable) -> PyResult {
    let module = caller(vm);
    let variable = vm.alloc_instance(class, Value::Native(Box::new(variable)));
    let result = vm.setattr(variable.borrow(), names::MODULE, Some(module.borrow()));
    vm.release(module);
    match result {
        Ok(()) => Ok(variable),
        Err(stop) => {
            vm.release(variable);
            Err(stop)
        }
    }
}

/// What computes a part of a `TypeVar` when somebody asks for it.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    /// `T: int`
    Bound,
    /// `T: (int, str)`
    Constraints,
}

impl Vm {
    /// A type variable of a type parameter list: its variance is inferred.
    pub(crate) fn type_parameter(&mut self, class: Ref, name: Ref, part: Option<(Part, Ref)>) -> Owned {
        let inferred = class != types::TYPE_VAR_TUPLE;
        let mut variable = Variable {
            name: Some(self.retain(name)),
            variance: Variance { inferred, ..Variance::default() },
            ..Variable::default()
        };
        if let Some((part, evaluate)) = part {
            let lazy = match part {
                Part::Bound => &mut variable.bound,
                Part::Constraints => &mut variable.constraints,
            };
            lazy.evaluate = Some(self.retain(evaluate));
        }
        self.alloc_instance(class, Value::Native(Box::new(variable)))
    }

    /// `SET_TYPEPARAM_DEFAULT`
    pub(crate) fn set_parameter_default(&mut self, parameter: Ref, evaluate: Ref) -> PyResult {
        if self.payload::<Variable>(parameter).is_none() {
            let shown = self.repr(parameter)?;
            let message = format!("Expected a type param, got {}", self.expect_text(shown.borrow()));
            self.release(shown);
            return Err(self.type_error(message));
        }
        let evaluate = self.retain(evaluate);
        let old = self.payload_mut::<Variable>(parameter).and_then(|variable| variable.default.evaluate.replace(evaluate));
        self.release_option(old);
        Ok(self.retain(parameter))
    }
}
