//! Weak proxies: they hand every operation on to what they refer to, which they hold for the length of it.

use refdrift_isa::{BinaryOperator, CompareOperator};

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::types;
use crate::vm::{PyResult, Vm};

macro_rules! unary {
    ($operation:ident) => {
        Some(|vm: &mut Vm, this: Ref| forward(vm, &[this], |vm, on| vm.$operation(on[0])))
    };
}

macro_rules! binary {
    ($operator:ident) => {
        Some(|vm: &mut Vm, left: Ref, right: Ref| {
            forward(vm, &[left, right], |vm, on| vm.binary(BinaryOperator::$operator, on[0], on[1]))
        })
    };
}

const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: unary!(str_of),
    getattr: Some(|vm, this, name| forward(vm, &[this, name], |vm, on| vm.getattr(on[0], on[1]))),
    setattr: Some(|vm, this, name, value| forward(vm, &[this], |vm, on| vm.setattr(on[0], name, value))),
    compare: Some(compare),
    iter: unary!(get_iter),
    next: Some(next),
    add: binary!(Add),
    subtract: binary!(Subtract),
    multiply: binary!(Multiply),
    floor_divide: binary!(FloorDivide),
    true_divide: binary!(TrueDivide),
    remainder: binary!(Remainder),
    matrix_multiply: binary!(MatrixMultiply),
    lshift: binary!(LeftShift),
    rshift: binary!(RightShift),
    and: binary!(And),
    or: binary!(Or),
    xor: binary!(Xor),
    divmod: Some(|vm, left, right| forward(vm, &[left, right], |vm, on| vm.divmod(on[0], on[1]))),
    power: Some(|vm, base, exponent, modulus| forward(vm, &[base, exponent, modulus], |vm, on| vm.power(on[0], on[1], on[2]))),
    inplace_add: binary!(InplaceAdd),
    inplace_subtract: binary!(InplaceSubtract),
    inplace_multiply: binary!(InplaceMultiply),
    inplace_floor_divide: binary!(InplaceFloorDivide),
    inplace_true_divide: binary!(InplaceTrueDivide),
    inplace_remainder: binary!(InplaceRemainder),
    inplace_matrix_multiply: binary!(InplaceMatrixMultiply),
    inplace_lshift: binary!(InplaceLeftShift),
    inplace_rshift: binary!(InplaceRightShift),
    inplace_and: binary!(InplaceAnd),
    inplace_or: binary!(InplaceOr),
    inplace_xor: binary!(InplaceXor),
    inplace_power: Some(|vm, base, exponent, _| {
        forward(vm, &[base, exponent], |vm, on| vm.binary(BinaryOperator::InplacePower, on[0], on[1]))
    }),
    negative: unary!(negative),
    positive: unary!(positive),
    absolute: unary!(absolute),
    invert: unary!(invert),
    bool: Some(|vm, this| forward(vm, &[this], |vm, on| vm.truth(on[0]))),
    int: unary!(number_int),
    float: unary!(number_float),
    index: unary!(index),
    length: Some(|vm, this| forward(vm, &[this], |vm, on| vm.length(on[0]))),
    subscript: Some(|vm, this, key| forward(vm, &[this, key], |vm, on| vm.get_item(on[0], on[1]))),
    ass_subscript: Some(|vm, this, key, value| forward(vm, &[this], |vm, on| vm.set_item(on[0], key, value))),
    contains: Some(|vm, this, item| forward(vm, &[this], |vm, on| vm.contains(on[0], item))),
    ..Slots::NONE
};

macro_rules! method {
    ($name:literal) => {
        Method {
            name: $name,
            kind: MethodKind::Instance,
            arity: Arity::None,
            call: |vm, args| forward(vm, &[args.this()], |vm, on| vm.call_method(on[0], $name, &[])),
        }
    };
}

/// `weakref.ProxyType`
pub(crate) static PROXY: NativeType = NativeType {
    name: "ProxyType",
    module: "weakref",
    slots: SLOTS,
    methods: &[method!("__bytes__"), method!("__reversed__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `weakref.CallableProxyType`
pub(crate) static CALLABLE_PROXY: NativeType = NativeType {
    name: "CallableProxyType",
    module: "weakref",
    slots: Slots { call: Some(call), ..SLOTS },
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `weakref.proxy(object, callback=None)`
pub(super) fn make(vm: &mut Vm, object: Ref, callback: Option<Ref>) -> PyResult {
    let class = if vm.is_callable(object) { types::WEAK_CALLABLE_PROXY } else { types::WEAK_PROXY };
    vm.new_weakref(class, object, callback)
}

fn is_proxy(vm: &Vm, object: Ref) -> bool {
    matches!(vm.class_of(object), types::WEAK_PROXY | types::WEAK_CALLABLE_PROXY)
}

/// The object itself, or what it stands for if it is a proxy (`UNWRAP`).
fn unwrapped(vm: &mut Vm, object: Ref) -> PyResult<Ref> {
    if !is_proxy(vm, object) {
        return Ok(object);
    }
    match vm.weakref_target(object) {
        Some(target) => Ok(target),
        None => Err(vm.raise(types::REFERENCE_ERROR, "weakly-referenced object no longer exists")),
    }
}

/// Does something with the objects behind the proxies among the operands; all of them are held meanwhile.
fn forward<T>(vm: &mut Vm, operands: &[Ref], run: impl FnOnce(&mut Vm, &[Ref]) -> PyResult<T>) -> PyResult<T> {
    let mut targets = Vec::with_capacity(operands.len());
    for &operand in operands {
        targets.push(unwrapped(vm, operand)?);
    }
    let held: Vec<Owned> = targets.iter().map(|&target| vm.retain(target)).collect();
    let result = run(vm, &targets);
    vm.release_all(held);
    result
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.profile.proxy_compare_holds {
        return forward(vm, &[left, right], |vm, on| vm.rich_compare(on[0], on[1], op));
    }
    let (left, right) = (unwrapped(vm, left)?, unwrapped(vm, right)?);
    vm.rich_compare(left, right, op)
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let target = unwrapped(vm, this)?;
    if vm.class(vm.class_of(target)).slots.next.is_none() {
        let name = vm.qualified_type_name(vm.class_of(target));
        return Err(vm.type_error(format!("Weakref proxy referenced a non-iterator '{name}' object")));
    }
    forward(vm, &[this], |vm, on| vm.next(on[0]))
}

fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let tuple = args.tuple.map(|tuple| vm.retain(tuple));
    let result = forward(vm, &[this], |vm, on| vm.call_dict(on[0], args));
    vm.release_option(tuple);
    result
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let target = vm.weakref_target(this);
    let name = vm.qualified_type_name(vm.class_of(target.unwrap_or(types::NONE)));
    let (address, target) = (Vm::address(this), Vm::address(target.unwrap_or(types::NONE)));
    Ok(vm.str(if vm.profile.weakref_repr_names_module {
        format!("<weakproxy at {address}; to '{name}' at {target}>")
    } else {
        format!("<weakproxy at {address} to {name} at {target}>")
    }))
}
