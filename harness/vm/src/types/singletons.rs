//! `None`, `...` and `NotImplemented`.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::types;
use crate::vm::{PyResult, Vm};

fn no_arguments(vm: &mut Vm, args: &Args<'_>, name: &str, value: Ref) -> PyResult {
    if args.values.is_empty() {
        return Ok(vm.retain(value));
    }
    Err(vm.type_error(format!("{name} takes no arguments")))
}

/// `__reduce__`, which gives the name that a singleton is found by.
const fn reduce(call: NativeCall) -> Method {
    Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call }
}

/// A constant, in the versions that do not take the address.
fn none_hash(vm: &mut Vm, none: Ref) -> PyResult<i64> {
    if vm.profile.none_hash_is_constant {
        return Ok(0xfca8_6420);
    }
    match vm.class(types::OBJECT).slots.hash {
        Some(hash) => hash(vm, none),
        None => Ok(0),
    }
}

/// `NoneType`
pub(crate) static NONE_TYPE: NativeType = NativeType {
    name: "NoneType",
    slots: Slots {
        repr: Some(|vm, _| Ok(vm.str("None"))),
        hash: Some(none_hash),
        compare: Some(super::object::compare),
        bool: Some(|_, _| Ok(false)),
        new: Some(|vm, _, args| no_arguments(vm, args, "NoneType", types::NONE)),
        ..Slots::NONE
    },
    ..NativeType::PLAIN
};

/// What stands in place of the docstring of a builtin type, which CPython is asked for.
pub(crate) static DOCSTRING: NativeType = NativeType {
    name: "docstring",
    slots: Slots {
        get: Some(|vm, this, object, class| {
            let class = class.or_else(|| object.map(|object| vm.class_of(object))).unwrap_or(types::OBJECT);
            let owner = vm.mro(class).into_iter().find(|&class| vm.class_attribute(class, types::names::DOC) == Some(this));
            let text = vm.docstring_of(owner.unwrap_or(class))?;
            Ok(vm.retain(text))
        }),
        ..Slots::NONE
    },
    ..NativeType::PLAIN
};

/// `ellipsis`
pub(crate) static ELLIPSIS_TYPE: NativeType = NativeType {
    name: "ellipsis",
    slots: Slots {
        repr: Some(|vm, _| Ok(vm.str("Ellipsis"))),
        new: Some(|vm, _, args| no_arguments(vm, args, "EllipsisType", types::ELLIPSIS)),
        ..Slots::NONE
    },
    methods: &[reduce(|vm, _| Ok(vm.str("Ellipsis")))],
    ..NativeType::PLAIN
};

/// `NotImplementedType`
pub(crate) static NOT_IMPLEMENTED_TYPE: NativeType = NativeType {
    name: "NotImplementedType",
    slots: Slots {
        repr: Some(|vm, _| Ok(vm.str("NotImplemented"))),
        bool: Some(|vm, _| {
            let warning = "NotImplemented should not be used in a boolean context";
            vm.warn_text(types::DEPRECATION_WARNING, warning, None).map(|()| true)
        }),
        new: Some(|vm, _, args| no_arguments(vm, args, "NotImplementedType", types::NOT_IMPLEMENTED)),
        ..Slots::NONE
    },
    methods: &[reduce(|vm, _| Ok(vm.str("NotImplemented")))],
    ..NativeType::PLAIN
};
