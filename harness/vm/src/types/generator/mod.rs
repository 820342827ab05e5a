//! Generators, coroutines and asynchronous generators.

pub(crate) mod anext;
pub(crate) mod asynchronous;
mod attributes;
mod methods;
mod wrapper;

pub(crate) use wrapper::TYPE as COROUTINE_WRAPPER;

use crate::eval::frame::Frame;
use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::code::CodeRef;
use attributes::{code, frame, name, qualname, repr, running, set_name, set_qualname, suspended, yield_from};
use methods::{close_method, finalize, next, send_method, throw_method};

/// What they are all like.
const FLAGS: Flags = Flags(Flags::GC | Flags::WEAK | Flags::NO_NEW);

const METHODS: &[Method] = &[
    Method { name: "send", kind: MethodKind::Instance, arity: Arity::One, call: send_method },
    Method { name: "throw", kind: MethodKind::Instance, arity: Arity::Positional(1, 3), call: throw_method },
    Method { name: "close", kind: MethodKind::Instance, arity: Arity::None, call: close_method },
];

const NAME: GetSet = GetSet { name: "__name__", get: name, set: Some(set_name), member: false };
const QUALNAME: GetSet = GetSet { name: "__qualname__", get: qualname, set: Some(set_qualname), member: false };

/// `generator`
pub(crate) static TYPE: NativeType = NativeType {
    name: "generator",
    slots: Slots {
        repr: Some(repr),
        iter: Some(|vm, this| Ok(vm.retain(this))),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    methods: METHODS,
    getsets: &[
        NAME,
        QUALNAME,
        GetSet { name: "gi_yieldfrom", get: yield_from, set: None, member: false },
        GetSet { name: "gi_running", get: running, set: None, member: false },
        GetSet { name: "gi_frame", get: frame, set: None, member: false },
        GetSet { name: "gi_suspended", get: suspended, set: None, member: false },
        GetSet { name: "gi_code", get: code, set: None, member: false },
    ],
    flags: FLAGS,
    ..NativeType::PLAIN
};

/// `coroutine`
pub(crate) static COROUTINE: NativeType = NativeType {
    name: "coroutine",
    slots: Slots {
        repr: Some(repr),
        await_: Some(|vm, this| {
            let coroutine = vm.retain(this);
            let wrapper: Box<dyn Native> = Box::new(wrapper::Wrapper(Some(coroutine)));
            Ok(vm.make_tracked(types::COROUTINE_WRAPPER, Value::Native(wrapper)))
        }),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    methods: METHODS,
    getsets: &[
        NAME,
        QUALNAME,
        GetSet { name: "cr_await", get: yield_from, set: None, member: false },
        GetSet { name: "cr_running", get: running, set: None, member: false },
        GetSet { name: "cr_frame", get: frame, set: None, member: false },
        GetSet { name: "cr_suspended", get: suspended, set: None, member: false },
        GetSet { name: "cr_code", get: code, set: None, member: false },
        GetSet { name: "cr_origin", get: |vm, _| Ok(vm.none()), set: None, member: true },
    ],
    flags: FLAGS,
    ..NativeType::PLAIN
};

/// `async_generator`
pub(crate) static ASYNC_GENERATOR: NativeType = NativeType {
    name: "async_generator",
    slots: Slots {
        repr: Some(repr),
        aiter: Some(|vm, this| Ok(vm.retain(this))),
        anext: Some(asynchronous::anext),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    methods: asynchronous::METHODS,
    getsets: asynchronous::GETSETS,
    flags: FLAGS,
    ..NativeType::PLAIN
};

/// Where a generator stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Not started yet.
    Created,
    /// At a `yield`.
    Suspended,
    /// Its frame is executing.
    Executing,
    /// Closed without having been run for it: it will not go on, but the frame still has what it holds.
    Completed,
    /// Returned, raised or closed; its frame is gone.
    Cleared,
}

impl State {
    /// Whether it will never run again (`FRAME_STATE_FINISHED`).
    pub(crate) fn finished(self) -> bool {
        matches!(self, Self::Completed | Self::Cleared)
    }
}

/// A generator's payload (`PyGenObject`): it owns its frame.
pub(crate) struct Generator {
    pub(crate) code: CodeRef,
    pub(crate) state: State,
    /// Its frame and what the frame's slots hold, while it does not run.
    pub(crate) frame: Option<Box<Frame>>,
    pub(crate) slots: Vec<Option<Owned>>,
    pub(crate) code_object: Option<Owned>,
    pub(crate) name: Option<Owned>,
    pub(crate) qualname: Option<Owned>,
    /// The exception that it was handling when it yielded.
    pub(crate) handled: Option<Owned>,
    /// That goes last when it dies.
    pub(crate) forgets_handled_last: bool,
    /// It was resumed by `next`, not by `send`, `throw` or `close`.
    pub(crate) by_next: bool,
    /// What it has as an asynchronous generator.
    pub(crate) asynchronous: asynchronous::AsyncState,
}

impl Generator {
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [
            ("gi_code", &self.code_object),
            ("__name__", &self.name),
            ("__qualname__", &self.qualname),
            ("handled exception", &self.handled),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
        if let Some(finalizer) = &self.asynchronous.finalizer {
            see(Role::Field("finalizer hook"), finalizer.borrow());
        }
        if let Some(frame) = &self.frame {
            frame.visit(see);
        }
        for (index, slot) in self.slots.iter().enumerate() {
            if let Some(slot) = slot {
                match self.code.locals.get(index) {
                    Some(&name) => see(Role::Local(name), slot.borrow()),
                    None => see(Role::Stack(index - self.code.locals.len()), slot.borrow()),
                }
            }
        }
    }

    /// `gen_dealloc`: the frame's slots, then the frame, then the generator's own fields.
    pub(crate) fn give_back(mut self, out: &mut Vec<Owned>) {
        out.extend(self.asynchronous.finalizer.take());
        let (object, frame) = match self.frame.take() {
            Some(mut frame) => (frame.object.take(), Some(frame)),
            None => (None, None),
        };
        out.extend(object);
        out.extend(self.slots.drain(..).flatten());
        if let Some(frame) = frame {
            frame.give_back(out);
        }
        let mut rest = [self.handled, self.code_object, self.name, self.qualname];
        if self.forgets_handled_last {
            rest.rotate_left(1);
        }
        out.extend(rest.into_iter().flatten());
    }
}
