//! `method`: a function, and what it is bound to.

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `method`
pub(crate) static TYPE: NativeType = NativeType {
    name: "method",
    slots: Slots {
        repr: Some(repr),
        hash: Some(|vm, this| {
            let (function, object) = parts(vm, this);
            vm.note_address_hash("a method's hash");
            let function = vm.hash_of(function)?;
            Ok(crate::hash::not_minus_one(object.index() as i64 ^ function))
        }),
        call: Some(crate::object::call::call_slot),
        new: Some(new),
        compare: Some(compare),
        getattr: Some(getattr),
        // Bound already: `__get__` hands it over as it is.
        get: Some(|vm, this, _, _| Ok(vm.retain(this))),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__func__", get: |vm, this| Ok(vm.retain(parts(vm, this).0)), set: None, member: true },
        GetSet {
            name: "__doc__",
            get: |vm, this| {
                let function = parts(vm, this).0;
                vm.getattr_str(function, "__doc__")
            },
            set: None,
            member: false,
        },
        GetSet { name: "__self__", get: |vm, this| Ok(vm.retain(parts(vm, this).1)), set: None, member: true },
    ],
    flags: Flags(Flags::GC | Flags::WEAK),
    ..NativeType::PLAIN
};

impl Vm {
    /// Binds a function to an object (`PyMethod_New`): the method owns both.
    pub(crate) fn new_method(&mut self, function: Ref, this: Ref) -> Owned {
        let value = Value::Method(self.retain(function), self.retain(this));
        self.make_tracked(types::METHOD, value)
    }
}

/// `method(function, instance)`
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("method", args)?;
    vm.check_positional("method", args.values.len(), 2, 2)?;
    let (function, instance) = (args.values[0], args.values[1]);
    if !vm.is_callable(function) {
        return Err(vm.type_error("first argument must be callable"));
    }
    if instance == types::NONE {
        return Err(vm.type_error("instance must not be None"));
    }
    Ok(vm.new_method(function, instance))
}

fn parts(vm: &Vm, this: Ref) -> (Ref, Ref) {
    match &vm.heap[this].value {
        Value::Method(function, object) => (function.borrow(), object.borrow()),
        _ => (types::NONE, types::NONE),
    }
}

/// `method_getattro`: its own attributes, then the function's.
fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    if let Some(found) = vm.lookup(types::METHOD, name) {
        return match vm.class(vm.class_of(found)).slots.get {
            Some(get) => get(vm, found, Some(this), Some(types::METHOD)),
            None => Ok(vm.retain(found)),
        };
    }
    let function = parts(vm, this).0;
    vm.getattr(function, name)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = vm.class_of(left) == types::METHOD && vm.class_of(right) == types::METHOD;
    if !both || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let ((f, x), (g, y)) = (parts(vm, left), parts(vm, right));
    let same = vm.equal(f, g)? && x == y;
    Ok(vm.bool(same == (op == CompareOperator::Eq)))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let (function, object) = parts(vm, this);
    let name = match vm.lookup_attr(function, "__qualname__")? {
        Some(name) => Some(name),
        None => vm.lookup_attr(function, "__name__")?,
    };
    let name = match name {
        Some(name) => {
            let text = vm.text(name.borrow()).unwrap_or("?").to_owned();
            vm.release(name);
            text
        }
        None => "?".to_owned(),
    };
    let object = vm.repr(object)?;
    let text = format!("<bound method {name} of {}>", vm.expect_text(object.borrow()));
    vm.release(object);
    Ok(vm.str(text))
}
