//! `object`

use std::ptr::fn_addr_eq;

use refdrift_isa::CompareOperator;

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::slotdefs::{CALLS_NEW, New};
use crate::object::value::Value;
use crate::types::{self, names, pickling};
use crate::vm::{PyResult, Vm};

/// `object`
pub(crate) static TYPE: NativeType = NativeType {
    name: "object",
    module: "builtins",
    base: None,
    second_base: None,
    slots: Slots {
        repr: Some(|vm, this| {
            let text = vm.default_repr(this);
            Ok(vm.str(text))
        }),
        // Whether that is a string is for `str` to say.
        str: Some(|vm, this| match vm.class(vm.class_of(this)).slots.repr {
            Some(repr) => repr(vm, this),
            None => vm.repr(this),
        }),
        hash: Some(address_hash),
        getattr: Some(Vm::generic_getattr),
        setattr: Some(Vm::generic_setattr),
        compare: Some(compare),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "__reduce_ex__", kind: MethodKind::Instance, arity: Arity::One, call: pickling::reduce_ex },
        Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call: pickling::reduce },
        Method { name: "__getstate__", kind: MethodKind::Instance, arity: Arity::None, call: pickling::getstate },
        Method { name: "__subclasshook__", kind: MethodKind::Class, arity: Arity::Raw, call: |vm, _| Ok(vm.not_implemented()) },
        Method { name: "__init_subclass__", kind: MethodKind::Class, arity: Arity::None, call: |vm, _| Ok(vm.none()) },
        Method { name: "__format__", kind: MethodKind::Instance, arity: Arity::One, call: format },
        unsupported_method!("object", "__sizeof__"),
        Method { name: "__dir__", kind: MethodKind::Instance, arity: Arity::None, call: crate::builtins::dir::object_dir },
    ],
    getsets: &[GetSet { name: "__class__", get: class, set: Some(super::class::set_class), member: false }],
    flags: Flags(Flags::BASE),
    names: "",
    making: crate::object::class::Making::Static,
};

/// The hash of an address: it differs from run to run, so what follows from its order can't be compared.
impl Vm {
    /// Whether an object's hash is its address.
    pub(crate) fn has_default_hash(&self, object: Ref) -> bool {
        self.class(self.class_of(object)).slots.hash.is_some_and(|hash| fn_addr_eq(hash, address_hash as HashFunction))
    }
}

type HashFunction = fn(&mut Vm, Ref) -> PyResult<i64>;

fn address_hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    vm.note_address_hash("a default hash");
    Ok(this.index() as i64)
}

/// `object_richcompare`: by identity; `!=` by asking `==`.
pub(super) fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    match op {
        CompareOperator::Eq if left == right => Ok(vm.bool(true)),
        CompareOperator::Ne => {
            let Some(compare) = vm.class(vm.class_of(left)).slots.compare else { return Ok(vm.not_implemented()) };
            let equal = compare(vm, left, right, CompareOperator::Eq)?;
            if equal.borrow() == types::NOT_IMPLEMENTED {
                return Ok(equal);
            }
            let truth = vm.truth(equal.borrow());
            vm.release(equal);
            let truth = truth?;
            Ok(vm.bool(!truth))
        }
        _ => Ok(vm.not_implemented()),
    }
}

/// `object_new`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    check_new(vm, class, args)?;
    Ok(vm.alloc_instance(class, Value::Plain))
}

/// What `object_new` asks for before it makes anything.
pub(crate) fn check_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult<()> {
    if !args.values.is_empty() {
        if !makes_objects(vm, class) {
            return Err(vm.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if vm.lookup(class, names::INIT) == vm.lookup(types::OBJECT, names::INIT) {
            let message = format!("{}() takes no arguments", vm.class(class).name);
            return Err(vm.type_error(message));
        }
    }
    if vm.class(class).flags.has(Flags::ABSTRACT) {
        return Err(vm.abstract_instantiation(class));
    }
    Ok(())
}

/// Whether a class makes its instances as `object` does, as far as Python can tell (`tp_new == object_new`).
fn makes_objects(vm: &mut Vm, class: Ref) -> bool {
    let same = |left: Option<New>, right: Option<New>| left.zip(right).is_some_and(|(left, right)| fn_addr_eq(left, right));
    let (own, plain) = (vm.class(class).slots.new, vm.class(types::OBJECT).slots.new);
    if same(own, plain) || same(own, Some(CALLS_NEW)) {
        return same(own, plain);
    }
    // Some builtin types make theirs in a way of their own here, and have no `__new__`.
    vm.lookup(class, names::NEW).is_some_and(|found| is_native_new_of(vm, found, types::OBJECT))
}

/// Whether an attribute is the `__new__` of that builtin type.
fn is_native_new_of(vm: &Vm, found: Ref, class: Ref) -> bool {
    matches!(&vm.heap[found].value, Value::NativeFunction(function) if function.class == Some(class))
}

/// `object_init`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    if args.values.is_empty() {
        return Ok(());
    }
    let class = vm.class_of(this);
    if vm.lookup(class, names::INIT) != vm.lookup(types::OBJECT, names::INIT) {
        return Err(vm.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if makes_objects(vm, class) {
        let message = format!("{}.__init__() takes exactly one argument (the instance to initialize)", vm.class(class).name);
        return Err(vm.type_error(message));
    }
    Ok(())
}

/// `object.__format__`
fn format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    match vm.text(args.values[1]) {
        Some("") => vm.str_of(this),
        Some(_) => {
            let message = format!("unsupported format string passed to {}.__format__", vm.type_name(this));
            Err(vm.type_error(message))
        }
        None => {
            let message = format!("__format__() argument must be str, not {}", vm.type_name(args.values[1]));
            Err(vm.type_error(message))
        }
    }
}

fn class(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    Ok(vm.retain(class))
}
