//! `aiter`, `anext`, and the awaitable of an `anext` with a default (`Objects/iterobject.c`).

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// `aiter(object)`
pub(crate) fn aiter(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object = args.values[0];
    let Some(aiter) = vm.class(vm.class_of(object)).slots.aiter else {
        let name = vm.qualified_type_name(vm.class_of(object));
        return Err(vm.type_error(format!("'{name}' object is not an async iterable")));
    };
    let iterator = aiter(vm, object)?;
    let class = vm.class_of(iterator.borrow());
    if vm.class(class).slots.anext.is_some() {
        return Ok(iterator);
    }
    let message = format!("aiter() returned not an async iterator of type '{}'", vm.qualified_type_name(class));
    let stop = vm.type_error(message);
    vm.release(iterator);
    Err(stop)
}

/// `anext(iterator[, default])`
pub(crate) fn anext(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let iterator = args.values[0];
    let Some(anext) = vm.class(vm.class_of(iterator)).slots.anext else {
        let name = vm.qualified_type_name(vm.class_of(iterator));
        return Err(vm.type_error(format!("'{name}' object is not an async iterator")));
    };
    let wrapped = anext(vm, iterator)?;
    let Some(&default) = args.values.get(1) else { return Ok(wrapped) };
    let payload = WithDefault { wrapped: Some(wrapped), default: Some(vm.retain(default)) };
    Ok(vm.make_tracked(types::ANEXT_AWAITABLE, Value::Native(Box::new(payload))))
}

/// It owns the awaitable and the default.
struct WithDefault {
    wrapped: Option<Owned>,
    default: Option<Owned>,
}

impl Native for WithDefault {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("awaitable", &self.wrapped), ("default", &self.default)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.wrapped.take());
        out.extend(self.default.take());
    }
}

/// `anext_awaitable`
pub(crate) static TYPE: NativeType = NativeType {
    name: "anext_awaitable",
    slots: Slots {
        iter: Some(|vm, this| Ok(vm.retain(this))),
        await_: Some(|vm, this| Ok(vm.retain(this))),
        next: Some(|vm, this| {
            let iterator = iterator(vm, this)?;
            let next = vm.class(vm.class_of(iterator.borrow())).slots.next;
            let result = vm.lend(iterator, |vm, iterator| next.map_or(Ok(None), |next| next(vm, iterator)));
            result.map_err(|stop| or_default(vm, this, stop))
        }),
        ..Slots::NONE
    },
    methods: &[
        method("send", Arity::One, |vm, args| {
            // A tuple counts as the argument list (`PyObject_CallMethod` with a bare format).
            let values = vm.tuple(args.values[1]).map(|items| items.iter().map(Owned::borrow).collect());
            let values: Vec<Ref> = values.unwrap_or_else(|| vec![args.values[1]]);
            forward(vm, args.this(), "send", &values)
        }),
        method("throw", Arity::Raw, |vm, args| forward(vm, args.this(), "throw", &args.values[1..])),
        method("close", Arity::Raw, |vm, args| forward(vm, args.this(), "close", &[])),
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

fn part(vm: &Vm, this: Ref, part: fn(&WithDefault) -> &Option<Owned>) -> Ref {
    vm.payload::<WithDefault>(this).and_then(|payload| part(payload).as_ref()).map_or(types::NONE, Owned::borrow)
}

/// What the awaitable is iterated over with (`anextawaitable_getiter`).
fn iterator(vm: &mut Vm, this: Ref) -> PyResult {
    let wrapped = part(vm, this, |payload| &payload.wrapped);
    let awaitable = vm.awaitable_iterator(wrapped, 0)?;
    let slots = &vm.class(vm.class_of(awaitable.borrow())).slots;
    match slots.await_.filter(|_| slots.next.is_none()) {
        Some(wrap) => vm.lend(awaitable, wrap),
        None => Ok(awaitable),
    }
}

fn forward(vm: &mut Vm, this: Ref, name: &str, values: &[Ref]) -> PyResult {
    let iterator = iterator(vm, this)?;
    let result = vm.lend(iterator, |vm, iterator| vm.call_attribute(iterator, name, values));
    result.map_err(|stop| or_default(vm, this, stop))
}

/// The end of the iteration is the default.
fn or_default(vm: &mut Vm, this: Ref, stop: Stop) -> Stop {
    if stop == Stop::Abort || !vm.matches_raised(types::STOP_ASYNC_ITERATION) {
        return stop;
    }
    vm.clear_raised();
    let default = part(vm, this, |payload| &payload.default);
    let default = vm.retain(default);
    vm.stop_iteration(default)
}
