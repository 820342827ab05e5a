//! `_datetime` (`Modules/_datetimemodule.c`): dates, times, durations and zones. What depends on the clock can't be compared, what
//! depends on the machine's zone is *unsupported*.

mod calendar;
mod date;
mod delta;
mod full;
mod moment;
mod parse;
mod time;
mod zone;

pub(crate) use date::DATE;
pub(crate) use delta::TIMEDELTA;
pub(crate) use full::DATETIME;
pub(crate) use time::TIME;
pub(crate) use zone::{TIMEZONE, TZINFO};

use crate::heap::Ref;
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};
use moment::Moment;

/// A read-only number of an object.
macro_rules! plain_getset {
    ($name:literal, $get:expr) => {
        $crate::object::class::GetSet {
            name: $name,
            get: |vm, this| {
                let get: fn(&$crate::vm::Vm, $crate::heap::Ref) -> i64 = $get;
                let value = get(vm, this);
                Ok(vm.int(value))
            },
            set: None,
            member: true,
        }
    };
}
use plain_getset;

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_datetime", &[]);
    let doc = vm.str("Fast implementation of the datetime type.").into_ref();
    vm.set_module_attribute(dict, "__doc__", doc);
    for (name, value) in [("MINYEAR", 1), ("MAXYEAR", calendar::MAX_YEAR)] {
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
    zone::fill(vm);
    let utc = zone::utc(vm);
    let end_of_day = Moment { hour: 23, minute: 59, second: 59, micro: 999_999, ..Moment::default() };
    let day = |year, month, day| Moment { year, month, day, ..Moment::default() };
    for (class, least, most) in [
        (types::DATE, day(1, 1, 1), day(9999, 12, 31)),
        (types::TIME, Moment::default(), end_of_day),
        (types::DATETIME, day(1, 1, 1), Moment { year: 9999, month: 12, day: 31, ..end_of_day }),
    ] {
        for (name, moment) in [("min", least), ("max", most)] {
            let made = moment.make(vm, class, types::NONE);
            vm.set_static_attribute(class, name, made);
        }
    }
    let most = (i128::from(delta::MAX_DAYS) + 1) * 86_400_000_000 - 1;
    let least = -i128::from(delta::MAX_DAYS) * 86_400_000_000;
    for (class, name, micros) in [
        (types::DATE, "resolution", 86_400_000_000),
        (types::TIME, "resolution", 1),
        (types::DATETIME, "resolution", 1),
        (types::TIMEDELTA, "resolution", 1),
        (types::TIMEDELTA, "min", least),
        (types::TIMEDELTA, "max", most),
    ] {
        if let Ok(delta) = delta::make(vm, micros) {
            vm.set_static_attribute(class, name, delta);
        }
    }
    for (name, value) in [
        ("date", types::DATE),
        ("time", types::TIME),
        ("datetime", types::DATETIME),
        ("timedelta", types::TIMEDELTA),
        ("tzinfo", types::TZINFO),
        ("timezone", types::TIMEZONE),
        ("UTC", utc),
    ] {
        vm.set_module_attribute(dict, name, value);
    }
}

/// The `timedelta` of no length, where there is only one: nothing that CPython's collector sees holds it, so it is new to
/// whoever meets it.
pub(super) fn refresh(vm: &mut Vm, _: Ref) {
    vm.module_state.zero_duration = None;
    if vm.profile.utc_is_immortal
        && let Ok(zero) = delta::make(vm, 0)
    {
        let zero = zero.into_ref();
        let slot = &mut vm.heap[zero];
        (slot.library, slot.count) = (false, refdrift_trace::IMMORTAL);
        vm.module_state.zero_duration = Some(zero);
    }
}

/// Whether CPython has an object, which lives as long as the VM, for ever: UTC.
pub(crate) fn is_immortal(vm: &Vm, object: Ref) -> bool {
    vm.profile.utc_is_immortal && vm.class_of(object) == types::TIMEZONE && zone::is_utc(vm, object)
}

/// Sorts the arguments of a function whose messages don't know its name (`PyArg_ParseTupleAndKeywords` without one); only what an
/// unknown keyword is told of is the `function`.
fn nameless<const N: usize>(
    vm: &mut Vm,
    function: &str,
    names: &[&str],
    required: usize,
    args: &Args<'_>,
) -> PyResult<[Option<Ref>; N]> {
    let mut bound = [None; N];
    let positional = args.pos();
    if args.values.len() > names.len() {
        let (most, given) = (names.len(), args.values.len());
        let label = label(function, "function");
        let keyword = if positional.is_empty() { "keyword " } else { "" };
        return Err(vm.type_error(format!("{label} takes at most {most} {keyword}arguments ({given} given)")));
    }
    for (place, &value) in bound.iter_mut().zip(positional) {
        *place = Some(value);
    }
    for (name, value) in args.keywords() {
        let text = vm.expect_text(name).to_owned();
        match names.iter().position(|known| *known == text) {
            Some(index) if bound[index].is_none() => bound[index] = Some(value),
            Some(index) => {
                let label = label(function, "function");
                let place = index + 1;
                return Err(vm.type_error(format!("argument for {label} given by name ('{text}') and position ({place})")));
            }
            None => {
                let missing = (0..required).find(|&index| bound[index].is_none() && !gives(vm, args, names[index]));
                if let Some(index) = missing {
                    return Err(missing_argument(vm, function, names, index));
                }
                let label = label(function, "this function");
                let message = if vm.profile.unexpected_keyword_wording {
                    format!("{label} got an unexpected keyword argument '{text}'")
                } else {
                    format!("'{text}' is an invalid keyword argument for {label}")
                };
                return Err(vm.type_error(message));
            }
        }
    }
    match (0..required).find(|&index| bound[index].is_none()) {
        Some(index) => Err(missing_argument(vm, function, names, index)),
        None => Ok(bound),
    }
}

fn gives(vm: &Vm, args: &Args<'_>, name: &str) -> bool {
    args.names.iter().any(|&given| vm.text(given) == Some(name))
}

/// What a message calls a function, which may have no name.
fn label(function: &str, nameless: &str) -> String {
    if function.is_empty() { nameless.to_owned() } else { format!("{function}()") }
}

fn missing_argument(vm: &mut Vm, function: &str, names: &[&str], index: usize) -> crate::vm::Stop {
    let label = label(function, "function");
    vm.type_error(format!("{label} missing required argument '{}' (pos {})", names[index], index + 1))
}

/// A C `int`.
fn component(vm: &mut Vm, object: Ref) -> PyResult<i64> {
    vm.int_argument(object).map(i64::from)
}

/// The hash of a tuple of numbers.
fn hash_parts(parts: &[i64]) -> i64 {
    crate::hash::tuple(parts.iter().map(|&part| crate::hash::int(part)))
}
