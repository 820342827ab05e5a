//! `gc`: the collector runs only when asked.

use super::{function, only};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method};
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] = &[
    function("collect", Arity::Raw, collect),
    // It is off already: both engines collect only when asked.
    function("disable", Arity::None, |vm, _| Ok(vm.none())),
    function("isenabled", Arity::None, |vm, _| Ok(vm.bool(false))),
    function("get_debug", Arity::None, |vm, _| Ok(vm.int(0))),
    function("set_debug", Arity::One, |vm, args| match vm.as_index(only(args), Some(types::OVERFLOW_ERROR))? {
        0 => Ok(vm.none()),
        flags => Err(vm.unsupported(Missing::Name, format!("gc.set_debug({flags})"))),
    }),
    function("is_tracked", Arity::One, |vm, args| {
        let tracked = is_tracked(vm, only(args));
        Ok(vm.bool(tracked))
    }),
    function("is_finalized", Arity::One, |vm, args| {
        let finalized = vm.heap[only(args)].finalized;
        Ok(vm.bool(finalized))
    }),
    function("get_threshold", Arity::None, |vm, _| {
        let thresholds = vm.module_state.collector.thresholds;
        Ok(int_tuple(vm, thresholds))
    }),
    function("set_threshold", Arity::Positional(1, 3), |vm, args| {
        let mut thresholds = vm.module_state.collector.thresholds;
        for (threshold, &given) in thresholds.iter_mut().zip(args.values) {
            *threshold = vm.as_index(given, Some(types::OVERFLOW_ERROR))?;
        }
        vm.module_state.collector.thresholds = thresholds;
        Ok(vm.none())
    }),
    // What was there before the snippet counts in these.
    function("get_count", Arity::None, |vm, _| {
        vm.note_address_use("gc.get_count()");
        Ok(int_tuple(vm, [0, 0, 0]))
    }),
    function("get_freeze_count", Arity::None, |vm, _| {
        vm.note_address_use("gc.get_freeze_count()");
        Ok(vm.int(0))
    }),
    function("get_stats", Arity::None, get_stats),
    function("get_referrers", Arity::Positional(0, usize::MAX), get_referrers),
    function("get_referents", Arity::Positional(0, usize::MAX), get_referents),
];

/// What a program can set of the collector.
#[derive(Clone, Default)]
pub(crate) struct Settings {
    thresholds: [i64; 3],
    callbacks: Option<Ref>,
}

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("gc", FUNCTIONS);
    for (name, value) in
        [("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)]
    {
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
}

/// Each run has lists and thresholds of its own.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    // What is garbage is only listed when debugging.
    let [_, callbacks] = ["garbage", "callbacks"].map(|name| {
        // The collector itself holds them, too.
        let list = vm.new_list(Vec::new()).into_ref();
        vm.set_module_attribute(dict, name, list);
        list
    });
    let first = vm.profile.gc_first_threshold;
    vm.module_state.collector = Settings { thresholds: [first, 10, 10], callbacks: Some(callbacks) };
}

fn int_tuple(vm: &mut Vm, values: [i64; 3]) -> Owned {
    let values = values.map(|value| vm.int(value));
    vm.new_tuple(values.into())
}

/// `gc.collect(generation=2)`
fn collect(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "collect", positional_only: 0, names: &["generation"], required: 0, positional: 1 };
    let [generation] = SIGNATURE.bind::<1>(vm, args)?;
    let generation = match generation {
        Some(generation) => vm.as_index(generation, Some(types::OVERFLOW_ERROR))?,
        None => 2,
    };
    let Some(generation) = usize::try_from(generation).ok().filter(|&generation| generation <= 2) else {
        return Err(vm.value_error("invalid generation"));
    };
    if vm.collector_runs() {
        return Ok(vm.int(0));
    }
    call_back(vm, "start", generation, 0)?;
    let found = vm.collect_garbage(generation) as i64;
    call_back(vm, "stop", generation, found)?;
    Ok(vm.int(found))
}

/// Tells `gc.callbacks` (`invoke_gc_callback`).
fn call_back(vm: &mut Vm, phase: &str, generation: usize, found: i64) -> PyResult<()> {
    let Some(callbacks) = vm.module_state.collector.callbacks.filter(|&list| vm.list(list).is_some_and(|list| !list.is_empty()))
    else {
        return Ok(());
    };
    let info = vm.new_dict();
    for (name, value) in [("generation", generation as i64), ("collected", found), ("uncollectable", 0)] {
        let (name, value) = (vm.str(name), vm.int(value));
        vm.dict_set_owned(info.borrow(), name, value)?;
    }
    let anew = vm.profile.gc_callbacks_by_format;
    let shared = vm.str(phase);
    let mut place = 0;
    while let Some(callback) = vm.list(callbacks).and_then(|list| list.get(place)).map(Owned::borrow) {
        place += 1;
        let held = vm.retain(callback);
        // 3.11 makes the arguments anew for each of them.
        let arguments = if anew { vec![vm.str(phase), vm.retain(info.borrow())] } else { Vec::new() };
        let name = arguments.first().unwrap_or(&shared).borrow();
        let result = vm.call_pos(callback, &[name, info.borrow()]);
        vm.release_all(arguments);
        match result {
            Ok(result) => vm.release(result),
            Err(crate::vm::Stop::Raised) => vm.write_unraisable(Some(callback)),
            Err(stop) => return Err(stop),
        }
        vm.release(held);
    }
    vm.release(shared);
    vm.release(info);
    Ok(())
}

/// `gc.get_stats()`: of collections since the interpreter started.
fn get_stats(vm: &mut Vm, _args: &Args<'_>) -> PyResult {
    vm.note_address_use("gc.get_stats()");
    let mut generations = Vec::with_capacity(3);
    for _ in 0..3 {
        let stats = vm.new_dict();
        for name in ["collections", "collected", "uncollectable"] {
            let (name, value) = (vm.str(name), vm.int(0));
            vm.dict_set_owned(stats.borrow(), name, value)?;
        }
        generations.push(stats);
    }
    Ok(vm.new_list(generations))
}

/// `gc.get_referrers(*objects)`: what the collector knows that holds one of them, the youngest first.
fn get_referrers(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if args.values.iter().any(|&object| vm.heap.was_there(object)) {
        return Err(vm.unsupported(Missing::Name, "gc.get_referrers() of an object that was there before the snippet"));
    }
    let mut referrers = Vec::new();
    for object in vm.tracked_objects() {
        let mut refers = false;
        vm.traverse(object, &mut |held| refers |= args.values.contains(&held));
        if refers && Some(object) != args.tuple {
            referrers.push(vm.retain(object));
        }
    }
    Ok(vm.new_list(referrers))
}

/// `gc.get_referents(*objects)`: in the order in which CPython's types show what they hold, for those where that is known.
fn get_referents(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut found: Vec<Ref> = Vec::new();
    for &object in args.values {
        let class = vm.class_of(object);
        let known = matches!(
            vm.heap[object].value,
            Value::Tuple(_) | Value::List(_) | Value::Set(_) | Value::Cell(_) | Value::Method(..) | Value::Plain | Value::Dict(_)
        );
        match &vm.heap[object].value {
            _ if !vm.class(class).flags.has(Flags::GC) => {}
            // Keys that are strings can be in no cycle; the others come after their values.
            Value::Dict(dict) if vm.class(class).heap.is_none() && dict.more.is_none() => {
                let general = dict.is_general();
                for entry in dict.iter() {
                    found.push(entry.value.borrow());
                    if general {
                        found.push(entry.key.borrow());
                    }
                }
            }
            Value::Dict(_) => return Err(vm.unsupported(Missing::Name, "gc.get_referents() of an instance that is a dict")),
            _ if known => vm.traverse(object, &mut |held| found.push(held)),
            _ => {
                let name = vm.type_name(object);
                return Err(vm.unsupported(Missing::Name, format!("gc.get_referents() of a {name}")));
            }
        }
    }
    let found = found.into_iter().map(|object| vm.retain(object)).collect();
    Ok(vm.new_list(found))
}

/// Objects that live as long as the VM are in no list of the collector's, though some are in CPython's.
fn is_tracked(vm: &Vm, object: Ref) -> bool {
    if vm.heap.is_static(object) {
        return matches!(vm.heap[object].value, Value::Module(_) | Value::NativeFunction(_));
    }
    vm.is_tracked(object)
}
