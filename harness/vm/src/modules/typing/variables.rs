//! `TypeVar`, `TypeVarTuple` and `ParamSpec`: their payload, which is the same, and their types.

use super::make::{new_param_spec, new_type_var, new_type_var_tuple};
use super::parameters::{
    default, has_default, mro_entries, or, prepare_param_spec, prepare_type_var, prepare_type_var_tuple, repr,
    substitute_bare_tuple, substitute_param_spec, substitute_type_var,
};
use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::value::{Native, Role};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A value that may be computed when somebody asks for it, by a function that the compiler made.
#[derive(Default)]
pub(crate) struct Lazy {
    pub(crate) value: Option<Owned>,
    pub(crate) evaluate: Option<Owned>,
}

/// A type variable of one of the three kinds.
#[derive(Default)]
pub(crate) struct Variable {
    pub(crate) name: Option<Owned>,
    pub(crate) bound: Lazy,
    pub(crate) constraints: Lazy,
    pub(crate) default: Lazy,
    pub(crate) variance: Variance,
    pub(crate) dict: Option<Owned>,
}

/// How a type variable behaves with subtypes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Variance {
    pub(crate) covariant: bool,
    pub(crate) contravariant: bool,
    pub(crate) inferred: bool,
}

impl Variable {
    fn fields(&mut self) -> [&mut Option<Owned>; 8] {
        let Self { name, bound, constraints, default, dict, .. } = self;
        [
            name,
            &mut bound.value,
            &mut bound.evaluate,
            &mut constraints.value,
            &mut constraints.evaluate,
            &mut default.value,
            &mut default.evaluate,
            dict,
        ]
    }
}

impl Native for Variable {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [
            ("__name__", &self.name),
            ("__bound__", &self.bound.value),
            ("function of the bound", &self.bound.evaluate),
            ("__constraints__", &self.constraints.value),
            ("function of the constraints", &self.constraints.evaluate),
            ("__default__", &self.default.value),
            ("function of the default", &self.default.evaluate),
            ("__dict__", &self.dict),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields().into_iter().filter_map(Option::take));
    }

    /// The name stays.
    fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields().into_iter().skip(1).filter_map(Option::take));
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

pub(super) fn variable(vm: &Vm, this: Ref) -> Option<&Variable> {
    vm.payload(this)
}

/// What a field is now; without one, what its function makes of it, which is kept.
pub(super) fn evaluated(vm: &mut Vm, this: Ref, lazy: fn(&mut Variable) -> &mut Lazy) -> PyResult<Option<Owned>> {
    let Some(field) = vm.payload_mut::<Variable>(this).map(lazy) else { return Ok(None) };
    let (value, evaluate) = (field.value.as_ref().map(Owned::borrow), field.evaluate.as_ref().map(Owned::borrow));
    if let Some(value) = value {
        return Ok(Some(vm.retain(value)));
    }
    let Some(evaluate) = evaluate else { return Ok(None) };
    let value = vm.call_pos(evaluate, &[])?;
    let kept = vm.retain(value.borrow());
    // What the function has asked for itself meanwhile is overwritten, and leaks.
    if let Some(leaked) = vm.payload_mut::<Variable>(this).and_then(|variable| lazy(variable).value.replace(kept)) {
        vm.keep_for_good(leaked);
    }
    Ok(Some(value))
}

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

const NAME: GetSet = GetSet {
    name: "__name__",
    get: |vm, this| {
        let name = variable(vm, this).and_then(|variable| variable.name.as_ref()).map_or(types::NONE, Owned::borrow);
        Ok(vm.retain(name))
    },
    set: None,
    member: true,
};

macro_rules! variance {
    ($name:literal, $field:ident) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let is = variable(vm, this).is_some_and(|variable| variable.variance.$field);
                Ok(vm.bool(is))
            },
            set: None,
            member: true,
        }
    };
}

const COVARIANT: GetSet = variance!("__covariant__", covariant);
const CONTRAVARIANT: GetSet = variance!("__contravariant__", contravariant);
const INFER_VARIANCE: GetSet = variance!("__infer_variance__", inferred);
const DEFAULT: GetSet = GetSet { name: "__default__", get: default, set: None, member: false };

const REDUCE: Method = method("__reduce__", Arity::None, |vm, args| (NAME.get)(vm, args.this()));
const HAS_DEFAULT: Method = method("has_default", Arity::None, |vm, args| {
    let has = has_default(vm, args.this());
    Ok(vm.bool(has))
});
const MRO_ENTRIES: Method = method("__mro_entries__", Arity::One, mro_entries);

const PLAIN: NativeType =
    NativeType { module: "typing", flags: Flags(Flags::GC | Flags::DICT | Flags::WEAK), making: Making::SPEC, ..NativeType::PLAIN };

/// `typing.TypeVar`
pub(crate) static TYPE_VAR: NativeType = NativeType {
    name: "TypeVar",
    slots: Slots { repr: Some(repr), or: Some(or), new: Some(new_type_var), ..Slots::NONE },
    methods: &[
        method("__typing_subst__", Arity::One, substitute_type_var),
        method("__typing_prepare_subst__", Arity::Positional(2, 2), prepare_type_var),
        REDUCE,
        HAS_DEFAULT,
        MRO_ENTRIES,
    ],
    getsets: &[
        NAME,
        COVARIANT,
        CONTRAVARIANT,
        INFER_VARIANCE,
        GetSet {
            name: "__bound__",
            get: |vm, this| {
                let bound = evaluated(vm, this, |variable| &mut variable.bound)?;
                Ok(bound.unwrap_or_else(|| vm.none()))
            },
            set: None,
            member: false,
        },
        GetSet {
            name: "__constraints__",
            get: |vm, this| {
                let constraints = evaluated(vm, this, |variable| &mut variable.constraints)?;
                Ok(constraints.unwrap_or_else(|| vm.tuple_of(&[])))
            },
            set: None,
            member: false,
        },
        DEFAULT,
    ],
    ..PLAIN
};

/// `typing.TypeVarTuple`
pub(crate) static TYPE_VAR_TUPLE: NativeType = NativeType {
    name: "TypeVarTuple",
    slots: Slots {
        repr: Some(|vm, this| (NAME.get)(vm, this)),
        iter: Some(|vm, this| {
            let unpacked = super::unpacked(vm, this)?;
            let tuple = vm.tuple_of(&[unpacked.borrow()]);
            let iterator = vm.get_iter(tuple.borrow());
            vm.release(unpacked);
            vm.release(tuple);
            iterator
        }),
        new: Some(new_type_var_tuple),
        ..Slots::NONE
    },
    methods: &[
        method("__typing_subst__", Arity::One, substitute_bare_tuple),
        method("__typing_prepare_subst__", Arity::Positional(2, 2), prepare_type_var_tuple),
        REDUCE,
        HAS_DEFAULT,
        MRO_ENTRIES,
    ],
    getsets: &[NAME, DEFAULT],
    ..PLAIN
};

/// `typing.ParamSpec`
pub(crate) static PARAM_SPEC: NativeType = NativeType {
    name: "ParamSpec",
    slots: Slots { repr: Some(repr), or: Some(or), new: Some(new_param_spec), ..Slots::NONE },
    methods: &[
        method("__typing_subst__", Arity::One, substitute_param_spec),
        method("__typing_prepare_subst__", Arity::Positional(2, 2), prepare_param_spec),
        HAS_DEFAULT,
        REDUCE,
        MRO_ENTRIES,
    ],
    getsets: &[
        NAME,
        GetSet {
            name: "__bound__",
            get: |vm, this| {
                let bound = variable(vm, this).and_then(|variable| variable.bound.value.as_ref());
                let bound = bound.map_or(types::NONE, Owned::borrow);
                Ok(vm.retain(bound))
            },
            set: None,
            member: true,
        },
        COVARIANT,
        CONTRAVARIANT,
        INFER_VARIANCE,
        GetSet {
            name: "args",
            get: |vm, this| Ok(super::generic::part(vm, types::PARAM_SPEC_ARGS, this)),
            set: None,
            member: false,
        },
        GetSet {
            name: "kwargs",
            get: |vm, this| Ok(super::generic::part(vm, types::PARAM_SPEC_KWARGS, this)),
            set: None,
            member: false,
        },
        DEFAULT,
    ],
    ..PLAIN
};
