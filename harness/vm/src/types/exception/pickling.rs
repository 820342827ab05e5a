//! What `copy` and `pickle` ask exceptions for.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::types;
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// `BaseException.__reduce__`
pub(super) const REDUCE: Method = method("__reduce__", Arity::None, |vm, args| {
    let this = args.this();
    let args = own_args(vm, this);
    let state = vm.own_dict(this);
    Ok(reduced(vm, this, args, state))
});

/// `BaseException.__setstate__`: each item of a dict becomes an attribute.
pub(super) const SET_STATE: Method = method("__setstate__", Arity::One, |vm, args| {
    let (this, state) = (args.values[0], args.values[1]);
    if state == types::NONE {
        return Ok(vm.none());
    }
    if vm.dict(state).is_none() {
        return Err(vm.type_error("state is not a dictionary"));
    }
    let mut at = 0;
    while let Some((index, key, value)) = vm.dict_next(state, at) {
        at = index + 1;
        vm.check_attribute_name(key)?;
        let (key, value) = (vm.retain(key), vm.retain(value));
        vm.lend(key, |vm, key| vm.lend(value, |vm, value| vm.setattr(this, key, Some(value))))?;
    }
    Ok(vm.none())
});

/// `OSError.__reduce__`: the file names stand among the arguments.
pub(crate) const OS_ERROR_METHODS: &[Method] = &[method("__reduce__", Arity::None, |vm, args| {
    let this = args.this();
    let own = own_args(vm, this);
    let parts = vm.items(own).unwrap_or_default();
    let state = vm.own_dict(this);
    let filename = field(vm, this, "filename");
    let (&[number, message], Some(filename)) = (parts.as_slice(), filename) else {
        return Ok(reduced(vm, this, own, state));
    };
    let mut values = vec![number, message, filename];
    if let Some(second) = field(vm, this, "filename2") {
        values.extend([types::NONE, second]);
    }
    let tuple = vm.tuple_of(&values);
    Ok(vm.lend(tuple, |vm, tuple| reduced(vm, this, tuple, state)))
})];

/// `ImportError.__reduce__`: its fields are part of the state.
pub(crate) const IMPORT_ERROR_METHODS: &[Method] = &[method("__reduce__", Arity::None, |vm, args| {
    let this = args.this();
    let names: &[&str] = if vm.profile.import_error_knows_name_from { &["name", "path", "name_from"] } else { &["name", "path"] };
    let fields: Vec<(&str, Ref)> = names.iter().filter_map(|&name| Some((name, field(vm, this, name)?))).collect();
    let args = own_args(vm, this);
    let state = state_with(vm, this, &fields)?;
    let given = state.as_ref().map(Owned::borrow);
    let result = reduced(vm, this, args, given);
    vm.release_option(state);
    Ok(result)
})];

/// `AttributeError.__getstate__` and `__reduce__`: the name and the arguments are part of the state, the object is not.
pub(crate) const ATTRIBUTE_ERROR_METHODS: &[Method] = &[
    method("__getstate__", Arity::None, attribute_error_state),
    method("__reduce__", Arity::None, |vm, args| {
        let state = attribute_error_state(vm, args)?;
        let own = own_args(vm, args.this());
        Ok(vm.lend(state, |vm, state| reduced(vm, args.this(), own, Some(state))))
    }),
];

fn attribute_error_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let name = field(vm, this, "name").map(|name| ("name", name));
    let fields: Vec<(&str, Ref)> = name.into_iter().chain([("args", own_args(vm, this))]).collect();
    match state_with(vm, this, &fields)? {
        Some(state) => Ok(state),
        None => Ok(vm.none()),
    }
}

fn field(vm: &Vm, this: Ref, name: &str) -> Option<Ref> {
    vm.exception(this)?.field(name)
}

fn own_args(vm: &Vm, this: Ref) -> Ref {
    vm.exception(this).and_then(|exception| exception.args.as_ref()).map_or(types::EMPTY_TUPLE, Owned::borrow)
}

/// The exception's dict, or a copy of it with the fields.
fn state_with(vm: &mut Vm, this: Ref, fields: &[(&str, Ref)]) -> PyResult<Option<Owned>> {
    let own = vm.own_dict(this);
    if fields.is_empty() {
        return Ok(own.map(|own| vm.retain(own)));
    }
    let state = match own {
        Some(own) => vm.dict_copy(own)?,
        None => vm.new_dict(),
    };
    for &(name, value) in fields {
        let name = vm.intern(name);
        vm.lend(name, |vm, name| vm.dict_set(state.borrow(), name, value))?;
    }
    Ok(Some(state))
}

/// The class, the arguments and, if there is one, the state.
fn reduced(vm: &mut Vm, this: Ref, args: Ref, state: Option<Ref>) -> Owned {
    let class = vm.class_of(this);
    let parts: Vec<Ref> = [class, args].into_iter().chain(state).collect();
    vm.tuple_of(&parts)
}
