//! `typing.Generic`, the parts of a `ParamSpec`, and the mark of a missing default.

use super::{call_typing, unpack_all, variables::variable, with_typing};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};
use refdrift_isa::CompareOperator;

/// `typing.Generic`
pub(crate) static GENERIC: NativeType = NativeType {
    name: "Generic",
    module: "typing",
    methods: &[
        Method {
            name: "__class_getitem__",
            kind: MethodKind::Class,
            arity: Arity::Raw,
            call: |vm, args| forward(vm, "_generic_class_getitem", args),
        },
        Method {
            name: "__init_subclass__",
            kind: MethodKind::Class,
            arity: Arity::Raw,
            call: |vm, args| forward(vm, "_generic_init_subclass", args),
        },
    ],
    flags: Flags(Flags::BASE | Flags::GC),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// Hands a call over to a function of `typing`, the class first (`call_typing_args_kwargs`).
fn forward(vm: &mut Vm, name: &str, args: &Args<'_>) -> PyResult {
    let arguments = vm.tuple_of(&args.pos()[1..]);
    vm.lend(arguments, |vm, _| {
        with_typing(vm, name, |vm, function| {
            let tuple = vm.tuple_of(args.pos());
            vm.lend(tuple, |vm, tuple| vm.call_dict(function, &Args { tuple: Some(tuple), ..*args }))
        })
    })
}

impl Vm {
    /// `SUBSCRIPT_GENERIC`: the base of a class with type parameters.
    pub(crate) fn subscripted_generic(&mut self, parameters: Ref) -> PyResult {
        let parameters = unpack_all(self, parameters)?;
        self.lend(parameters, |vm, parameters| call_typing(vm, "_GenericAlias", &[types::GENERIC, parameters]))
    }
}

// ---- the parts of a `ParamSpec` ----

/// `P.args` or `P.kwargs`: it owns the `ParamSpec`.
struct Part(Option<Owned>);

impl Native for Part {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(origin) = &self.0 {
            see(Role::Field("__origin__"), origin.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }
}

const PART: NativeType = NativeType {
    module: "typing",
    slots: Slots {
        compare: Some(|vm, this, other, op| {
            if vm.class_of(this) != vm.class_of(other) || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
                return Ok(vm.not_implemented());
            }
            let (this, other) = (origin(vm, this), origin(vm, other));
            vm.rich_compare(this, other, op)
        }),
        new: Some(|vm, class, args| {
            let function = if class == types::PARAM_SPEC_ARGS { "paramspecargs" } else { "paramspeckwargs" };
            let signature = Signature { function, positional_only: 0, names: &["origin"], required: 1, positional: 1 };
            let [origin] = signature.bind(vm, args)?;
            Ok(part(vm, class, origin.unwrap_or(types::NONE)))
        }),
        ..Slots::NONE
    },
    getsets: &[GetSet {
        name: "__origin__",
        get: |vm, this| {
            let origin = origin(vm, this);
            Ok(vm.retain(origin))
        },
        set: None,
        member: true,
    }],
    methods: &[Method {
        name: "__mro_entries__",
        kind: MethodKind::Instance,
        arity: Arity::One,
        call: super::parameters::mro_entries,
    }],
    flags: Flags(Flags::GC | Flags::WEAK),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `typing.ParamSpecArgs`
pub(crate) static PARAM_SPEC_ARGS: NativeType =
    NativeType { name: "ParamSpecArgs", slots: Slots { repr: Some(|vm, this| repr(vm, this, "args")), ..PART.slots }, ..PART };
/// `typing.ParamSpecKwargs`
pub(crate) static PARAM_SPEC_KWARGS: NativeType =
    NativeType { name: "ParamSpecKwargs", slots: Slots { repr: Some(|vm, this| repr(vm, this, "kwargs")), ..PART.slots }, ..PART };

pub(super) fn part(vm: &mut Vm, class: Ref, origin: Ref) -> Owned {
    let origin = vm.retain(origin);
    vm.alloc_instance(class, Value::Native(Box::new(Part(Some(origin)))))
}

fn origin(vm: &Vm, this: Ref) -> Ref {
    vm.payload::<Part>(this).and_then(|part| part.0.as_ref()).map_or(types::NONE, Owned::borrow)
}

fn repr(vm: &mut Vm, this: Ref, what: &str) -> PyResult {
    let origin = origin(vm, this);
    if let Some(name) = variable(vm, origin).and_then(|variable| variable.name.as_ref()).map(Owned::borrow) {
        let text = format!("{}.{what}", vm.expect_text(name));
        return Ok(vm.str(text));
    }
    let shown = vm.repr(origin)?;
    let text = format!("{}.{what}", vm.expect_text(shown.borrow()));
    vm.release(shown);
    Ok(vm.str(text))
}

// ---- the mark of a missing default ----

/// `typing.NoDefaultType` (3.13)
pub(crate) static NO_DEFAULT_TYPE: NativeType = NativeType {
    name: "NoDefaultType",
    slots: Slots {
        repr: Some(|vm, _| Ok(vm.str("typing.NoDefault"))),
        new: Some(|vm, _, args| {
            if !args.values.is_empty() {
                return Err(vm.type_error("NoDefaultType takes no arguments"));
            }
            Ok(vm.retain(types::NO_DEFAULT))
        }),
        ..Slots::NONE
    },
    methods: &[Method {
        name: "__reduce__",
        kind: MethodKind::Instance,
        arity: Arity::None,
        call: |vm, _| Ok(vm.str("NoDefault")),
    }],
    ..NativeType::PLAIN
};
