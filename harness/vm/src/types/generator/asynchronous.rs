//! What an asynchronous generator hands out: awaitables that run it one step (`asend`, `athrow`, `aclose`), and the wrapper
//! around what it yields (`Objects/genobject.c`).

use super::methods::With;
use super::{Generator, attributes};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// What only asynchronous generators have.
#[derive(Default)]
pub(crate) struct AsyncState {
    /// It was closed, or has said that it is at its end (`ag_closed`).
    closed: bool,
    /// An awaitable of it is under way (`ag_running_async`).
    running: bool,
    /// The hooks have been asked (`ag_hooks_inited`).
    hooked: bool,
    /// The hook that is called instead of closing it (`ag_origin_or_finalizer`).
    pub(super) finalizer: Option<Owned>,
}

/// The hooks of `sys.set_asyncgen_hooks`.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) firstiter: Option<Owned>,
    pub(crate) finalizer: Option<Owned>,
}

// ---- the generator's own methods ----

pub(super) const METHODS: &[Method] = &[
    crate::types::generic::CLASS_GETITEM,
    method("asend", Arity::One, |vm, args| {
        let this = args.this();
        vm.init_hooks(this)?;
        Ok(new_step(vm, this, Kind::Send, Some(args.values[1])))
    }),
    method("athrow", Arity::Raw, athrow),
    method("aclose", Arity::None, |vm, args| {
        let this = args.this();
        vm.init_hooks(this)?;
        Ok(new_step(vm, this, Kind::Throw, None))
    }),
    unsupported_method!("async_generator", "__sizeof__"),
    unsupported_method!("async_generator", "__class_getitem__"),
];

pub(super) const GETSETS: &[GetSet] = &[
    super::NAME,
    super::QUALNAME,
    GetSet { name: "ag_await", get: attributes::yield_from, set: None, member: false },
    GetSet { name: "ag_frame", get: attributes::frame, set: None, member: false },
    GetSet { name: "ag_suspended", get: attributes::suspended, set: None, member: false },
    GetSet {
        name: "ag_running",
        get: |vm, this| {
            let running = state(vm, this).is_some_and(|state| state.running);
            Ok(vm.bool(running))
        },
        set: None,
        member: true,
    },
    GetSet { name: "ag_code", get: attributes::code, set: None, member: false },
];

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// `__anext__`
pub(super) fn anext(vm: &mut Vm, this: Ref) -> PyResult {
    vm.init_hooks(this)?;
    Ok(new_step(vm, this, Kind::Send, None))
}

/// The awaitable keeps the arguments as they came: in a tuple.
fn athrow(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.no_keywords("async_generator.athrow()", args)?;
    if args.values.len() > 2 && vm.profile.throw_of_three_is_deprecated {
        vm.deprecated_throw("athrow")?;
    }
    vm.with_positional_tuple(&args.of_method(), |vm, tuple| {
        vm.init_hooks(args.this()).map(|()| new_step(vm, args.this(), Kind::Throw, Some(tuple)))
    })
}

fn state(vm: &mut Vm, this: Ref) -> Option<&mut AsyncState> {
    vm.generator_mut(this).map(|generator| &mut generator.asynchronous)
}

fn set_running(vm: &mut Vm, this: Ref, running: bool) {
    if let Some(state) = state(vm, this) {
        state.running = running;
    }
}

fn set_closed(vm: &mut Vm, this: Ref) {
    if let Some(state) = state(vm, this) {
        state.closed = true;
    }
}

impl Vm {
    /// Asks the hooks when the generator is first iterated over (`async_gen_init_hooks`).
    fn init_hooks(&mut self, this: Ref) -> PyResult<()> {
        let hooks = [&self.async_hooks.finalizer, &self.async_hooks.firstiter].map(|hook| hook.as_ref().map(Owned::borrow));
        let [finalizer, firstiter] = hooks.map(|hook| self.retain_option(hook));
        let known = state(self, this).is_none_or(|state| std::mem::replace(&mut state.hooked, true));
        if known {
            self.release_option(finalizer);
            self.release_option(firstiter);
            return Ok(());
        }
        if let Some(state) = state(self, this) {
            state.finalizer = finalizer;
        }
        let Some(firstiter) = firstiter else { return Ok(()) };
        let result = self.call_pos(firstiter.borrow(), &[this]);
        self.release(firstiter);
        let result = result?;
        self.release(result);
        Ok(())
    }

    /// The hook that wants to close a dying generator, if there is one and it is open.
    pub(super) fn finalizer_hook(&self, this: Ref) -> Option<Ref> {
        let Generator { asynchronous, .. } = self.generator(this)?;
        asynchronous.finalizer.as_ref().filter(|_| !asynchronous.closed).map(Owned::borrow)
    }

    /// `ASYNC_GEN_WRAP`: what an asynchronous generator yields is told by its wrapper from what it awaits.
    pub(crate) fn wrap_async_value(&mut self, value: Ref) -> Owned {
        let value = self.retain(value);
        self.make_tracked(types::ASYNC_GENERATOR_WRAPPED_VALUE, Value::Native(Box::new(Wrapped(Some(value)))))
    }

    fn is_wrapped(&self, object: Ref) -> bool {
        self.class_of(object) == types::ASYNC_GENERATOR_WRAPPED_VALUE
    }

    /// A yielded value goes on as the value of a `StopIteration` (`async_gen_unwrap_value`).
    fn unwrap_async_value(&mut self, generator: Ref, result: PyResult) -> PyResult {
        let result = match result {
            Err(Stop::Raised) => {
                if self.matches_raised(types::STOP_ASYNC_ITERATION) || self.matches_raised(types::GENERATOR_EXIT) {
                    set_closed(self, generator);
                }
                set_running(self, generator, false);
                return Err(Stop::Raised);
            }
            Ok(result) if self.is_wrapped(result.borrow()) => result,
            other => return other,
        };
        let value = match &self.heap[result.borrow()].value {
            Value::Native(native) => native.downcast::<Wrapped>().and_then(|wrapped| wrapped.0.as_ref()).map(Owned::borrow),
            _ => None,
        };
        let value = self.retain(value.unwrap_or(types::NONE));
        let stop = self.stop_iteration(value);
        self.release(result);
        set_running(self, generator, false);
        Err(stop)
    }
}

/// The wrapper around what an asynchronous generator yields.
struct Wrapped(Option<Owned>);

impl Native for Wrapped {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(value) = &self.0 {
            see(Role::Field("value"), value.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }
}

/// `async_generator_wrapped_value`
pub(crate) static WRAPPED_VALUE: NativeType =
    NativeType { name: "async_generator_wrapped_value", flags: Flags(Flags::GC | Flags::NO_NEW), ..NativeType::PLAIN };

// ---- the awaitables ----

/// Which awaitable it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `asend(value)`, or `__anext__()` without a value.
    Send,
    /// `athrow(…)`, or `aclose()` without arguments.
    Throw,
}

impl Kind {
    fn reuse_message(self) -> &'static str {
        match self {
            Self::Send => "cannot reuse already awaited __anext__()/asend()",
            Self::Throw => "cannot reuse already awaited aclose()/athrow()",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    NotYet,
    UnderWay,
    Done,
}

/// One step of an asynchronous generator.
struct Step {
    kind: Kind,
    awaited: Awaited,
    generator: Option<Owned>,
    /// The value to send, or the tuple of what to throw.
    argument: Option<Owned>,
}

impl Native for Step {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("generator", &self.generator), ("argument", &self.argument)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.generator.take());
        out.extend(self.argument.take());
    }
}

const STEP: NativeType = NativeType {
    slots: Slots {
        iter: Some(|vm, this| Ok(vm.retain(this))),
        next: Some(|vm, this| send(vm, this, None).map(Some)),
        await_: Some(|vm, this| Ok(vm.retain(this))),
        finalize: Some(finalize),
        ..Slots::NONE
    },
    methods: &[
        method("send", Arity::One, |vm, args| send(vm, args.this(), Some(args.values[1]))),
        method("throw", Arity::Positional(1, 3), |vm, args| throw(vm, args.this(), &args.values[1..])),
        method("close", Arity::None, |vm, args| close(vm, args.this())),
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `async_generator_asend`
pub(crate) static ASEND: NativeType = NativeType { name: "async_generator_asend", ..STEP };
/// `async_generator_athrow`
pub(crate) static ATHROW: NativeType = NativeType { name: "async_generator_athrow", ..STEP };

fn new_step(vm: &mut Vm, generator: Ref, kind: Kind, argument: Option<Ref>) -> Owned {
    let class = match kind {
        Kind::Send => types::ASYNC_GENERATOR_ASEND,
        Kind::Throw => types::ASYNC_GENERATOR_ATHROW,
    };
    let (generator, argument) = (vm.retain(generator), vm.retain_option(argument));
    let step = Step { kind, awaited: Awaited::NotYet, generator: Some(generator), argument };
    vm.make_tracked(class, Value::Native(Box::new(step)))
}

/// Where a step stands, its generator and its argument.
fn step(vm: &Vm, this: Ref) -> (Kind, Awaited, Ref, Option<Ref>) {
    let step = match &vm.heap[this].value {
        Value::Native(native) => native.downcast::<Step>(),
        _ => None,
    };
    step.map_or((Kind::Send, Awaited::Done, types::NONE, None), |step| {
        let generator = step.generator.as_ref().map_or(types::NONE, Owned::borrow);
        (step.kind, step.awaited, generator, step.argument.as_ref().map(Owned::borrow))
    })
}

fn set_awaited(vm: &mut Vm, this: Ref, awaited: Awaited) {
    if let Value::Native(native) = &mut vm.heap[this].value
        && let Some(step) = native.downcast_mut::<Step>()
    {
        step.awaited = awaited;
    }
}

/// An error that ends the awaitable.
fn refuse(vm: &mut Vm, this: Ref, message: &str) -> Stop {
    set_awaited(vm, this, Awaited::Done);
    vm.raise(types::RUNTIME_ERROR, message)
}

/// What is said when the generator is at another step.
fn busy_message(kind: Kind, argument: Option<Ref>) -> &'static str {
    match (kind, argument) {
        (Kind::Send, _) => "anext(): asynchronous generator is already running",
        (Kind::Throw, None) => "aclose(): asynchronous generator is already running",
        (Kind::Throw, Some(_)) => "athrow(): asynchronous generator is already running",
    }
}

fn is_running(vm: &mut Vm, generator: Ref) -> bool {
    state(vm, generator).is_some_and(|state| state.running)
}

fn send(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult {
    let (kind, awaited, ..) = step(vm, this);
    if awaited == Awaited::Done {
        return Err(vm.raise(types::RUNTIME_ERROR, kind.reuse_message()));
    }
    match kind {
        Kind::Send => asend_send(vm, this, value),
        Kind::Throw => athrow_send(vm, this, value.unwrap_or(types::NONE)),
    }
}

/// `async_gen_asend_send`
fn asend_send(vm: &mut Vm, this: Ref, mut value: Option<Ref>) -> PyResult {
    let (kind, awaited, generator, argument) = step(vm, this);
    if awaited == Awaited::NotYet {
        if is_running(vm, generator) {
            if vm.profile.busy_awaitables_are_done {
                set_awaited(vm, this, Awaited::Done);
            }
            return Err(vm.raise(types::RUNTIME_ERROR, busy_message(kind, argument)));
        }
        if value.is_none_or(|value| value == types::NONE) {
            value = argument;
        }
        set_awaited(vm, this, Awaited::UnderWay);
    }
    set_running(vm, generator, true);
    let result = vm.resume_or_stop(generator, value.map_or(With::Nothing, With::Value));
    let result = vm.unwrap_async_value(generator, result);
    if result.is_err() {
        set_awaited(vm, this, Awaited::Done);
    }
    result
}

/// `async_gen_athrow_send`
fn athrow_send(vm: &mut Vm, this: Ref, value: Ref) -> PyResult {
    let (kind, awaited, generator, argument) = step(vm, this);
    if vm.generator(generator).is_none_or(|generator| generator.state.finished()) {
        set_awaited(vm, this, Awaited::Done);
        return Err(vm.raise_empty(types::STOP_ITERATION));
    }
    if awaited == Awaited::UnderWay {
        let result = vm.resume_or_stop(generator, With::Value(value));
        return match argument {
            Some(_) => vm.unwrap_async_value(generator, result),
            None => closing_result(vm, this, generator, result),
        };
    }
    if is_running(vm, generator) {
        return Err(refuse(vm, this, busy_message(kind, argument)));
    }
    if state(vm, generator).is_some_and(|state| state.closed) {
        set_awaited(vm, this, Awaited::Done);
        return Err(vm.raise_empty(types::STOP_ASYNC_ITERATION));
    }
    if value != types::NONE {
        return Err(vm.raise(types::RUNTIME_ERROR, "can't send non-None value to a just-started coroutine"));
    }
    set_awaited(vm, this, Awaited::UnderWay);
    set_running(vm, generator, true);
    let Some(argument) = argument else {
        set_closed(vm, generator);
        let result = vm.throw_keeping_open(generator, &[types::GENERATOR_EXIT]);
        return closing_result(vm, this, generator, result);
    };
    let thrown = vm.items(argument).unwrap_or_default();
    vm.check_positional("athrow", thrown.len(), 1, 3)?;
    let result = vm.throw_keeping_open(generator, &thrown);
    let result = vm.unwrap_async_value(generator, result);
    if result.is_err() {
        set_running(vm, generator, false);
        set_awaited(vm, this, Awaited::Done);
    }
    result
}

/// What comes of a step of `aclose`: it must not yield, and its end is no error.
fn closing_result(vm: &mut Vm, this: Ref, generator: Ref, result: PyResult) -> PyResult {
    match result {
        Ok(value) if vm.is_wrapped(value.borrow()) => {
            vm.release(value);
            set_running(vm, generator, false);
            Err(refuse(vm, this, "async generator ignored GeneratorExit"))
        }
        Err(Stop::Raised) => {
            set_running(vm, generator, false);
            set_awaited(vm, this, Awaited::Done);
            Err(end_closing(vm))
        }
        other => other,
    }
}

/// The end of a closed generator is the end of `aclose`.
fn end_closing(vm: &mut Vm) -> Stop {
    if vm.matches_raised(types::STOP_ASYNC_ITERATION) || vm.matches_raised(types::GENERATOR_EXIT) {
        vm.clear_raised();
        return vm.raise_empty(types::STOP_ITERATION);
    }
    Stop::Raised
}

/// `async_gen_asend_throw`, `async_gen_athrow_throw`
fn throw(vm: &mut Vm, this: Ref, thrown: &[Ref]) -> PyResult {
    let (kind, awaited, generator, argument) = step(vm, this);
    if awaited == Awaited::Done {
        return Err(vm.raise(types::RUNTIME_ERROR, kind.reuse_message()));
    }
    let ends_step = vm.profile.busy_awaitables_are_done;
    if ends_step && awaited == Awaited::NotYet {
        if is_running(vm, generator) {
            return Err(refuse(vm, this, busy_message(kind, argument)));
        }
        set_awaited(vm, this, Awaited::UnderWay);
        set_running(vm, generator, true);
    }
    let result = vm.throw_arguments(generator, thrown);
    let result = match (kind, argument) {
        (Kind::Throw, None) => match result {
            Ok(value) if vm.is_wrapped(value.borrow()) => {
                set_running(vm, generator, false);
                set_awaited(vm, this, Awaited::Done);
                vm.release(value);
                return Err(vm.raise(types::RUNTIME_ERROR, "async generator ignored GeneratorExit"));
            }
            Err(Stop::Raised) => {
                if ends_step {
                    set_running(vm, generator, false);
                    set_awaited(vm, this, Awaited::Done);
                }
                Err(end_closing(vm))
            }
            other => other,
        },
        _ => vm.unwrap_async_value(generator, result),
    };
    if result.is_err() && (ends_step || kind == Kind::Send) {
        if ends_step {
            set_running(vm, generator, false);
        }
        set_awaited(vm, this, Awaited::Done);
    }
    result
}

/// `async_gen_asend_close`, `async_gen_athrow_close`
fn close(vm: &mut Vm, this: Ref) -> PyResult {
    let (_, awaited, ..) = step(vm, this);
    if awaited == Awaited::Done || !vm.profile.closing_awaitables_throws {
        set_awaited(vm, this, Awaited::Done);
        return Ok(vm.none());
    }
    match throw(vm, this, &[types::GENERATOR_EXIT]) {
        Ok(value) => {
            vm.release(value);
            Err(vm.raise(types::RUNTIME_ERROR, "coroutine ignored GeneratorExit"))
        }
        Err(Stop::Raised)
            if [types::STOP_ITERATION, types::STOP_ASYNC_ITERATION, types::GENERATOR_EXIT]
                .into_iter()
                .any(|class| vm.matches_raised(class)) =>
        {
            vm.clear_raised();
            Ok(vm.none())
        }
        Err(stop) => Err(stop),
    }
}

/// Later versions warn of a step that was never awaited.
fn finalize(vm: &mut Vm, this: Ref) -> PyResult<()> {
    let (kind, awaited, generator, argument) = step(vm, this);
    if awaited != Awaited::NotYet || !vm.profile.unawaited_steps_warn {
        return Ok(());
    }
    let method = match (kind, argument) {
        (Kind::Send, _) => "asend",
        (Kind::Throw, Some(_)) => "athrow",
        (Kind::Throw, None) => "aclose",
    };
    let name = vm.generator(generator).and_then(|generator| generator.qualname.as_ref()).map_or(types::NONE, Owned::borrow);
    let name = vm.repr(name)?;
    let text = format!("coroutine method '{method}' of {} was never awaited", vm.expect_text(name.borrow()));
    vm.release(name);
    if vm.warn_text(types::RUNTIME_WARNING, text, Some(generator)).is_err() {
        vm.write_unraisable(Some(generator));
    }
    Ok(())
}
