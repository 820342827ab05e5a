//! `tzinfo` and `timezone`: what an aware time asks for its offset.

use std::fmt::Write;

use num_bigint::BigInt;
use num_integer::Integer;
use refdrift_isa::CompareOperator;

use super::delta::{make as make_delta, micros};
use super::moment::{is_datetime, zone};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::holds;
use crate::vm::{PyResult, Vm};

/// A fixed offset, with a name or without.
#[derive(Default)]
struct Zone {
    offset: Option<Owned>,
    name: Option<Owned>,
}
holds!(Zone { offset: "offset", name: "name" });

/// What a `datetime` and a `time` ask their zone: the one about itself, the other about no day.
pub(super) const UTC_OFFSET: Method =
    method("utcoffset", Arity::None, |vm, args| ask_own(vm, args, |vm, zone, when| ask(vm, zone, "utcoffset", when)));
pub(super) const DST: Method =
    method("dst", Arity::None, |vm, args| ask_own(vm, args, |vm, zone, when| ask(vm, zone, "dst", when)));
pub(super) const NAME: Method = method("tzname", Arity::None, |vm, args| ask_own(vm, args, ask_name));

fn ask_own(vm: &mut Vm, args: &Args<'_>, question: impl FnOnce(&mut Vm, Ref, Ref) -> PyResult) -> PyResult {
    let this = args.this();
    question(vm, zone(vm, this), about(vm, this))
}

/// What a zone is asked about: a `datetime`, or no day.
pub(super) fn about(vm: &Vm, this: Ref) -> Ref {
    if is_datetime(vm, this) { this } else { types::NONE }
}

const fn abstract_method(name: &'static str, call: NativeCall) -> Method {
    method(name, Arity::One, call)
}

pub(crate) static TZINFO: NativeType = NativeType {
    name: "tzinfo",
    module: "datetime",
    slots: Slots { new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Plain))), ..Slots::NONE },
    methods: &[
        abstract_method("tzname", |vm, _| not_there(vm, "tzname")),
        abstract_method("utcoffset", |vm, _| not_there(vm, "utcoffset")),
        abstract_method("dst", |vm, _| not_there(vm, "dst")),
        unsupported_method!("tzinfo", "fromutc"),
        unsupported_method!("tzinfo", "__reduce__"),
    ],
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

pub(crate) static TIMEZONE: NativeType = NativeType {
    name: "timezone",
    module: "datetime",
    base: Some(types::TZINFO),
    slots: Slots { new: Some(new), repr: Some(repr), str: Some(name_of), compare: Some(compare), hash: Some(hash), ..Slots::NONE },
    methods: &[
        method("tzname", Arity::One, |vm, args| {
            check_argument(vm, args.values[1], "tzname")?;
            name_of(vm, args.this())
        }),
        method("utcoffset", Arity::One, |vm, args| {
            check_argument(vm, args.values[1], "utcoffset")?;
            let offset = offset(vm, args.this());
            Ok(vm.retain(offset))
        }),
        method("dst", Arity::One, |vm, args| {
            check_argument(vm, args.values[1], "dst")?;
            Ok(vm.none())
        }),
        method("fromutc", Arity::One, |vm, args| {
            let when = args.values[1];
            if !is_datetime(vm, when) {
                return Err(vm.type_error("fromutc: argument must be a datetime instance"));
            }
            let offset = offset(vm, args.this());
            vm.binary(refdrift_isa::BinaryOperator::Add, when, offset)
        }),
        unsupported_method!("timezone", "__getinitargs__"),
    ],
    ..NativeType::PLAIN
};

fn not_there(vm: &mut Vm, name: &str) -> PyResult {
    Err(vm.raise(types::NOT_IMPLEMENTED_ERROR, format!("a tzinfo subclass must implement {name}()")))
}

/// `_timezone_check_instance`
fn check_argument(vm: &mut Vm, when: Ref, method: &str) -> PyResult<()> {
    if when == types::NONE || is_datetime(vm, when) {
        return Ok(());
    }
    let message = format!("{method}(dt) argument must be a datetime instance or None, not {}", vm.type_name(when));
    Err(vm.type_error(message))
}

fn offset(vm: &Vm, this: Ref) -> Ref {
    let own = vm.held::<Zone>(this, |zone| &zone.offset).unwrap_or(types::NONE);
    vm.module_state.zero_duration.filter(|_| micros(vm, own) == Some(0)).unwrap_or(own)
}

/// Whether it has no offset and no name.
pub(super) fn is_utc(vm: &Vm, this: Ref) -> bool {
    offset_micros(vm, this) == 0 && vm.held::<Zone>(this, |zone| &zone.name).is_none()
}

fn offset_micros(vm: &Vm, this: Ref) -> i128 {
    micros(vm, offset(vm, this)).unwrap_or_default()
}

/// `timezone.utc`, the one that `timezone` itself has.
pub(super) fn utc(vm: &mut Vm) -> Ref {
    let name = vm.intern("utc");
    let utc = vm.class_attribute(types::TIMEZONE, name.borrow());
    vm.release(name);
    utc.unwrap_or(types::NONE)
}

/// Makes a zone without looking for the one of UTC.
pub(super) fn make(vm: &mut Vm, offset: Owned, name: Option<Owned>) -> Owned {
    vm.alloc_instance(types::TIMEZONE, Value::Native(Box::new(Zone { offset: Some(offset), name })))
}

/// `timezone(offset, name=…)`
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "timezone", positional_only: 0, names: &["offset", "name"], required: 1, positional: 2 };
    let [offset, name] = SIGNATURE.bind(vm, args)?;
    let offset = offset.unwrap_or(types::NONE);
    let Some(micros) = micros(vm, offset) else {
        let message = format!("timezone() argument 1 must be datetime.timedelta, not {}", vm.argument_type(offset));
        return Err(vm.type_error(message));
    };
    if let Some(name) = name
        && vm.text(name).is_none()
    {
        let message = format!("timezone() argument 2 must be str, not {}", vm.argument_type(name));
        return Err(vm.type_error(message));
    }
    if name.is_none() && micros == 0 {
        let utc = utc(vm);
        return Ok(vm.retain(utc));
    }
    if micros.abs() >= 86_400_000_000 {
        let shown = vm.repr_text(offset)?;
        let message =
            format!("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {shown}.");
        return Err(vm.value_error(message));
    }
    let offset = vm.retain(offset);
    let name = vm.retain_option(name);
    Ok(make(vm, offset, name))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    if this == utc(vm) {
        return Ok(vm.str("datetime.timezone.utc"));
    }
    let mut shown = vm.repr_text(offset(vm, this))?;
    if let Some(name) = vm.held::<Zone>(this, |zone| &zone.name) {
        shown = format!("{shown}, {}", vm.repr_text(name)?);
    }
    let class = vm.class_of(this);
    let label = vm.qualified_type_name(class);
    Ok(vm.str(format!("{label}({shown})")))
}

/// `timezone_str`
fn name_of(vm: &mut Vm, this: Ref) -> PyResult {
    if let Some(name) = vm.held::<Zone>(this, |zone| &zone.name) {
        return Ok(vm.retain(name));
    }
    let micros = offset_micros(vm, this);
    if micros == 0 {
        return Ok(vm.str("UTC"));
    }
    let text = format!("UTC{}", offset_text(micros, ":"));
    Ok(vm.str(text))
}

/// `+05:30`, with seconds and microseconds where there are some.
pub(super) fn offset_text(micros: i128, separator: &str) -> String {
    let sign = if micros < 0 { '-' } else { '+' };
    let (seconds, micros) = micros.unsigned_abs().div_rem(&1_000_000);
    let (minutes, seconds) = seconds.div_rem(&60);
    let mut text = format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60);
    if seconds != 0 || micros != 0 {
        let _ = write!(text, "{separator}{seconds:02}");
    }
    if micros != 0 {
        let _ = write!(text, ".{micros:06}");
    }
    text
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !vm.is_instance_of(right, types::TIMEZONE) {
        return Ok(vm.not_implemented());
    }
    let same = offset_micros(vm, left) == offset_micros(vm, right);
    match op {
        CompareOperator::Eq => Ok(vm.bool(same)),
        CompareOperator::Ne => Ok(vm.bool(!same)),
        _ => Ok(vm.not_implemented()),
    }
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let offset = offset(vm, this);
    vm.hash_of(offset)
}

/// What a zone says of a time (`call_tzinfo_method`): a `timedelta` of less than a day, or none.
pub(super) fn ask_offset(vm: &mut Vm, zone: Ref, question: &str, when: Ref) -> PyResult<Option<i128>> {
    let answer = ask(vm, zone, question, when)?;
    let offset = micros(vm, answer.borrow());
    vm.release(answer);
    Ok(offset)
}

/// The same as an object: a `timedelta` or `None`.
pub(super) fn ask(vm: &mut Vm, zone: Ref, question: &str, when: Ref) -> PyResult {
    if zone == types::NONE {
        return Ok(vm.none());
    }
    let answer = vm.call_attribute(zone, question, &[when])?;
    if answer.borrow() == types::NONE {
        return Ok(answer);
    }
    let Some(micros) = micros(vm, answer.borrow()) else {
        let message = format!("tzinfo.{question}() must return None or timedelta, not '{}'", vm.type_name(answer.borrow()));
        vm.release(answer);
        return Err(vm.type_error(message));
    };
    if micros.abs() >= 86_400_000_000 {
        vm.release(answer);
        let message = "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).";
        return Err(vm.value_error(message));
    }
    Ok(answer)
}

/// What two zones say of two times; both answers are held until they have been used.
pub(super) fn ask_both(vm: &mut Vm, zones: (Ref, Ref), times: (Ref, Ref)) -> PyResult<(Owned, Owned)> {
    let first = ask(vm, zones.0, "utcoffset", times.0)?;
    match ask(vm, zones.1, "utcoffset", times.1) {
        Ok(second) => Ok((first, second)),
        Err(stop) => {
            vm.release(first);
            Err(stop)
        }
    }
}

/// The name of a zone at a time: a string or `None`.
pub(super) fn ask_name(vm: &mut Vm, zone: Ref, when: Ref) -> PyResult {
    if zone == types::NONE {
        return Ok(vm.none());
    }
    let answer = vm.call_method(zone, "tzname", &[when])?;
    if answer.borrow() == types::NONE || vm.text(answer.borrow()).is_some() {
        return Ok(answer);
    }
    let message = format!("tzinfo.tzname() must return None or a string, not '{}'", vm.type_name(answer.borrow()));
    vm.release(answer);
    Err(vm.type_error(message))
}

/// An argument that must be a zone or `None`.
pub(super) fn check(vm: &mut Vm, zone: Ref) -> PyResult<()> {
    if zone == types::NONE || vm.is_instance_of(zone, types::TZINFO) {
        return Ok(());
    }
    let message = format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", vm.type_name(zone));
    Err(vm.type_error(message))
}

/// The zones that `timezone` has as attributes.
pub(super) fn fill(vm: &mut Vm) {
    let minute = 60_000_000_i64;
    for (name, micros) in [("utc", 0), ("min", -1439 * minute), ("max", 1439 * minute)] {
        if let Ok(offset) = make_delta(vm, BigInt::from(micros)) {
            let zone = make(vm, offset, None);
            vm.set_static_attribute(types::TIMEZONE, name, zone);
        }
    }
}

/// What needs the zone of the machine.
pub(super) fn local(vm: &mut Vm) -> crate::vm::Stop {
    vm.unsupported(Missing::Name, "the local time zone")
}
