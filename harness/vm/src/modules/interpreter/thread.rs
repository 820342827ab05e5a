//! `_thread` (`Modules/_threadmodule.c`), for programs of one thread: locks that nobody else holds.

use super::{function, stock};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A lock and how often it is held: more than once only by its owner.
struct Lock {
    held: u64,
    reentrant: bool,
}

impl Native for Lock {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

const LOCK_METHODS: &[Method] = &[
    method("acquire", Arity::Raw, acquire),
    method("acquire_lock", Arity::Raw, acquire),
    method("release", Arity::None, release),
    method("release_lock", Arity::None, release),
    method("locked", Arity::None, locked),
    method("locked_lock", Arity::None, locked),
    method("__enter__", Arity::Raw, acquire),
    method("__exit__", Arity::Raw, release),
    method("_at_fork_reinit", Arity::None, |vm, args| {
        set_held(vm, args.this(), 0);
        Ok(vm.none())
    }),
];

/// `_thread.lock`
pub(crate) static LOCK: NativeType = NativeType {
    name: "lock",
    module: "_thread",
    slots: Slots {
        repr: Some(repr),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::new(Lock { held: 0, reentrant: false }))))),
        ..Slots::NONE
    },
    methods: LOCK_METHODS,
    flags: Flags(Flags::GC | Flags::WEAK),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `_thread.RLock`
pub(crate) static RLOCK: NativeType = NativeType {
    name: "RLock",
    module: "_thread",
    slots: Slots {
        repr: Some(repr),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::new(Lock { held: 0, reentrant: true }))))),
        ..Slots::NONE
    },
    methods: &[
        method("acquire", Arity::Raw, acquire),
        method("release", Arity::None, release),
        method("__enter__", Arity::Raw, acquire),
        method("__exit__", Arity::Raw, release),
        method("_is_owned", Arity::None, locked),
        method("_recursion_count", Arity::None, |vm, args| {
            let held = held(vm, args.this());
            Ok(vm.int(held as i64))
        }),
        method("_at_fork_reinit", Arity::None, |vm, args| {
            set_held(vm, args.this(), 0);
            Ok(vm.none())
        }),
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

static FUNCTIONS: &[Method] = &[
    function("allocate_lock", Arity::None, allocate),
    function("allocate", Arity::None, allocate),
    function("get_ident", Arity::None, identity),
    function("get_native_id", Arity::None, identity),
    function("_is_main_interpreter", Arity::None, |vm, _| Ok(vm.bool(true))),
    function("_get_main_thread_ident", Arity::None, |vm, _| Ok(vm.int(1))),
    function("_make_thread_handle", Arity::One, |vm, _| Ok(vm.alloc_instance(types::THREAD_HANDLE, Value::Plain))),
    function("daemon_threads_allowed", Arity::None, |vm, _| Ok(vm.bool(true))),
    function("_set_sentinel", Arity::None, allocate),
    function("stack_size", Arity::Positional(0, 1), |vm, _| Ok(vm.int(0))),
    function("_count", Arity::None, |vm, _| Ok(vm.int(0))),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "_thread", FUNCTIONS);
    for (name, value) in
        [("LockType", types::LOCK), ("lock", types::LOCK), ("RLock", types::RLOCK), ("error", types::RUNTIME_ERROR)]
    {
        vm.set_module_attribute(dict, name, value);
    }
    let most = vm.float(9_223_372_036.0).into_ref();
    vm.set_module_attribute(dict, "TIMEOUT_MAX", most);
}

fn allocate(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    Ok(vm.alloc_instance(types::LOCK, Value::Native(Box::new(Lock { held: 0, reentrant: false }))))
}

/// The library may use the number as a key; a program that asks for it sees another one.
fn identity(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    if vm.frames.last().is_some_and(|frame| frame.code.traced) {
        vm.note_address_use("the number of a thread");
    }
    Ok(vm.int(1))
}

fn held(vm: &Vm, this: Ref) -> u64 {
    vm.payload::<Lock>(this).map_or(0, |lock| lock.held)
}

fn set_held(vm: &mut Vm, this: Ref, held: u64) {
    if let Some(lock) = vm.payload_mut::<Lock>(this) {
        lock.held = held;
    }
}

/// `acquire(blocking=True, timeout=-1)`
fn acquire(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "acquire", positional_only: 0, names: &["blocking", "timeout"], required: 0, positional: 2 };
    let [blocking, timeout] = SIGNATURE.bind::<2>(vm, &args.rest())?;
    let blocking = match blocking {
        Some(blocking) => vm.truth(blocking)?,
        None => true,
    };
    let Some(lock) = vm.payload_mut::<Lock>(args.this()) else { return Ok(vm.none()) };
    if lock.held > 0 && !lock.reentrant {
        if blocking && timeout.is_none() {
            return Err(vm.unsupported(Missing::Name, "waiting for a lock that nobody will release"));
        }
        return Ok(vm.bool(false));
    }
    lock.held += 1;
    Ok(vm.bool(true))
}

fn release(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let reentrant = vm.payload::<Lock>(args.this()).is_some_and(|lock| lock.reentrant);
    let held = held(vm, args.this());
    if held == 0 {
        let message = if reentrant { "cannot release un-acquired lock" } else { "release unlocked lock" };
        return Err(vm.raise(types::RUNTIME_ERROR, message));
    }
    set_held(vm, args.this(), held - 1);
    Ok(vm.none())
}

fn locked(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let held = held(vm, args.this()) > 0;
    Ok(vm.bool(held))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let state = if held(vm, this) > 0 { "locked" } else { "unlocked" };
    let name = vm.class_label(vm.class_of(this));
    let lock = vm.payload::<Lock>(this).is_some_and(|lock| lock.reentrant);
    let owner = if lock { format!(" owner=0 count={}", held(vm, this)) } else { String::new() };
    Ok(vm.str(format!("<{state} {name} object{owner} at {}>", Vm::address(this))))
}
