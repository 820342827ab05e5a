//! `coroutine_wrapper`: what `await` iterates over.

use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::Vm;

/// It owns the coroutine.
pub(super) struct Wrapper(pub(super) Option<Owned>);

impl Native for Wrapper {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(coroutine) = &self.0 {
            see(Role::Field("coroutine"), coroutine.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }
}

/// `coroutine_wrapper`
pub(crate) static TYPE: NativeType = NativeType {
    name: "coroutine_wrapper",
    slots: Slots {
        iter: Some(|vm, this| Ok(vm.retain(this))),
        next: Some(|vm, this| {
            let coroutine = coroutine(vm, this);
            super::next(vm, coroutine)
        }),
        ..Slots::NONE
    },
    methods: &[
        Method {
            name: "send",
            kind: MethodKind::Instance,
            arity: Arity::One,
            call: |vm, args| {
                let coroutine = coroutine(vm, args.this());
                vm.send_to_generator(coroutine, args.values[1])
            },
        },
        Method {
            name: "throw",
            kind: MethodKind::Instance,
            arity: Arity::Positional(1, 3),
            call: |vm, args| {
                let coroutine = coroutine(vm, args.this());
                vm.throw_arguments(coroutine, &args.values[1..])
            },
        },
        Method {
            name: "close",
            kind: MethodKind::Instance,
            arity: Arity::None,
            call: |vm, args| {
                let coroutine = coroutine(vm, args.this());
                vm.close_generator(coroutine)
            },
        },
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

fn coroutine(vm: &Vm, this: Ref) -> Ref {
    match &vm.heap[this].value {
        Value::Native(native) => {
            native.downcast::<Wrapper>().and_then(|wrapper| wrapper.0.as_ref()).map_or(types::NONE, Owned::borrow)
        }
        _ => types::NONE,
    }
}
