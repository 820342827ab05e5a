//! `datetime` (`Modules/_datetimemodule.c`)

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use refdrift_isa::{BinaryOperator, CompareOperator};

use super::date::{class_method, ctime, iso_date};
use super::moment::{Moment, hash, is_date, is_datetime, make_as, of, overwrite, replaced, zone};
use super::time::{CLOCK, fill, parsed_zone, push_rest};
use super::{delta, nameless, parse, zone as zones};
use crate::heap::Ref;
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::vm::{PyResult, Vm};

const NAMES: &[&str] = &["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"];
/// The microseconds of the first second of 1970.
const EPOCH: i128 = 719_163 * 86_400_000_000;

pub(crate) static DATETIME: NativeType = NativeType {
    name: "datetime",
    module: "datetime",
    base: Some(types::DATE),
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(|vm, this| {
            let separator = vm.str(" ");
            let text = vm.call_method(this, "isoformat", &[separator.borrow()]);
            vm.release(separator);
            text
        }),
        hash: Some(hash),
        compare: Some(compare),
        add: Some(add),
        subtract: Some(subtract),
        ..Slots::NONE
    },
    methods: &[
        class_method("now", Arity::Raw, |vm, args| {
            vm.note_address_use("the time of now");
            let given: [Option<Ref>; 1] = nameless(vm, "now", &["tz"], 0, &args.rest())?;
            let zone = given[0].unwrap_or(types::NONE);
            zones::check(vm, zone)?;
            let now = now(vm);
            make_as(vm, args.this(), now, zone)
        }),
        class_method("utcnow", Arity::None, |vm, args| {
            vm.note_address_use("the time of now");
            let now = now(vm);
            make_as(vm, args.this(), now, types::NONE)
        }),
        class_method("fromtimestamp", Arity::Raw, from_timestamp),
        unsupported_method!("datetime", "utcfromtimestamp", Class),
        class_method("strptime", Arity::Positional(2, 2), |vm, args| {
            for (index, &text) in args.values[1..].iter().enumerate() {
                vm.text_argument("strptime", &format!("argument {}", index + 1), text)?;
            }
            let module = vm.import_module("_strptime")?;
            vm.call_method(module, "_strptime_datetime", args.values)
        }),
        class_method("combine", Arity::Raw, combine),
        class_method("fromisoformat", Arity::One, from_iso_format),
        method("date", Arity::None, |vm, args| {
            let Moment { year, month, day, .. } = of(vm, args.this());
            Ok(Moment { year, month, day, ..Moment::default() }.make(vm, types::DATE, types::NONE))
        }),
        method("time", Arity::None, |vm, args| {
            let time = Moment { year: 0, month: 0, day: 0, ..of(vm, args.this()) };
            Ok(time.make(vm, types::TIME, types::NONE))
        }),
        method("timetz", Arity::None, |vm, args| {
            let time = Moment { year: 0, month: 0, day: 0, ..of(vm, args.this()) };
            let zone = zone(vm, args.this());
            Ok(time.make(vm, types::TIME, zone))
        }),
        method("ctime", Arity::None, |vm, args| {
            let text = ctime(of(vm, args.this()));
            Ok(vm.str(text))
        }),
        method("timetuple", Arity::None, |vm, args| {
            let this = args.this();
            let zone = zone(vm, this);
            let dst = match zone {
                types::NONE => -1,
                zone => zones::ask_offset(vm, zone, "dst", this)?.map_or(-1, |dst| i64::from(dst != 0)),
            };
            let moment = of(vm, this);
            parse::time_tuple(vm, moment, dst)
        }),
        method("timestamp", Arity::None, timestamp),
        method("utctimetuple", Arity::None, |vm, args| {
            let (offset, moment) = (offset_micros(vm, args.this())?.unwrap_or(0), of(vm, args.this()));
            match Moment::from_micros(moment.micros() - offset) {
                Some(moment) => parse::time_tuple(vm, moment, 0),
                None => Err(vm.overflow_error("date value out of range")),
            }
        }),
        method("isoformat", Arity::Raw, iso_format),
        zones::UTC_OFFSET,
        zones::DST,
        zones::NAME,
        method("replace", Arity::Raw, replace),
        method("__replace__", Arity::Raw, replace),
        method("astimezone", Arity::Raw, as_time_zone),
        unsupported_method!("datetime", "__reduce_ex__"),
        unsupported_method!("datetime", "__reduce__"),
    ],
    getsets: CLOCK,
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

/// The moment of the run, as its clock has it.
fn now(vm: &mut Vm) -> Moment {
    let micro = i64::from(vm.read_clock() % 1_000_000);
    Moment { year: 2024, month: 1, day: 1, micro, ..Moment::default() }
}

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 9] = nameless(vm, "", NAMES, 3, args)?;
    let mut moment = Moment::default();
    let zone = fill_all(vm, &mut moment, &given)?.unwrap_or(types::NONE);
    moment.check_date(vm)?;
    moment.check_time(vm)?;
    zones::check(vm, zone)?;
    Ok(moment.make(vm, class, zone))
}

fn fill_all(vm: &mut Vm, moment: &mut Moment, given: &[Option<Ref>; 9]) -> PyResult<Option<Ref>> {
    overwrite(vm, &mut [&mut moment.year, &mut moment.month, &mut moment.day], &given[..3])?;
    fill(vm, moment, &given[3..])
}

fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { function: "replace", positional_only: 0, names: NAMES, required: 0, positional: 8 };
    let given: [Option<Ref>; 9] = SIGNATURE.bind(vm, &args.rest())?;
    let this = args.this();
    let mut moment = of(vm, this);
    let zone = fill_all(vm, &mut moment, &given)?.unwrap_or_else(|| zone(vm, this));
    moment.check_date(vm)?;
    moment.check_time(vm)?;
    zones::check(vm, zone)?;
    replaced(vm, this, moment, zone)
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    let (name, moment) = (vm.qualified_type_name(class), of(vm, this));
    let Moment { year, month, day, hour, minute, .. } = moment;
    let mut text = format!("{name}({year}, {month}, {day}, {hour}, {minute}");
    push_rest(vm, &mut text, this, moment)?;
    Ok(vm.str(text))
}

/// What its zone says of it.
fn offset(vm: &mut Vm, this: Ref) -> PyResult {
    let zone = zone(vm, this);
    zones::ask(vm, zone, "utcoffset", this)
}

/// The same in microseconds.
fn offset_micros(vm: &mut Vm, this: Ref) -> PyResult<Option<i128>> {
    let zone = zone(vm, this);
    zones::ask_offset(vm, zone, "utcoffset", this)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !is_datetime(vm, right) {
        if is_date(vm, right) && !vm.profile.dates_are_no_datetimes {
            return match op {
                CompareOperator::Eq => Ok(vm.bool(false)),
                CompareOperator::Ne => Ok(vm.bool(true)),
                _ => {
                    let (left, right) = (vm.type_name(left), vm.type_name(right));
                    Err(vm.type_error(format!("can't compare {left} to {right}")))
                }
            };
        }
        return Ok(vm.not_implemented());
    }
    let (a, b) = (of(vm, left), of(vm, right));
    if zone(vm, left) == zone(vm, right) {
        let order = (a.date_fields(), a.time_fields()).cmp(&(b.date_fields(), b.time_fields()));
        return Ok(vm.bool(op.holds(order)));
    }
    let zones = (zone(vm, left), zone(vm, right));
    let (first, second) = zones::ask_both(vm, zones, (left, right))?;
    let offsets = (delta::micros(vm, first.borrow()), delta::micros(vm, second.borrow()));
    let result = compare_at(vm, left, right, op, offsets);
    vm.release(first);
    vm.release(second);
    result
}

/// Compares two whose zones have been asked.
fn compare_at(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator, offsets: (Option<i128>, Option<i128>)) -> PyResult {
    let (a, b) = (of(vm, left), of(vm, right));
    let order = match offsets {
        (None, Some(_)) | (Some(_), None) => {
            return match op {
                CompareOperator::Eq => Ok(vm.bool(false)),
                CompareOperator::Ne => Ok(vm.bool(true)),
                _ => Err(vm.type_error("can't compare offset-naive and offset-aware datetimes")),
            };
        }
        (first, second) if first == second => a.micros().cmp(&b.micros()),
        // Their difference is taken, which asks once more.
        _ => difference(vm, left, right)?.cmp(&0),
    };
    if order.is_eq() && matches!(op, CompareOperator::Eq | CompareOperator::Ne) && is_ambiguous(vm, left, right, offsets)? {
        return Ok(vm.bool(op == CompareOperator::Ne));
    }
    Ok(vm.bool(op.holds(order)))
}

/// What the zone says of it with the other fold (`get_flip_fold_offset`).
fn flipped_offset(vm: &mut Vm, this: Ref) -> PyResult {
    let zone = zone(vm, this);
    let moment = of(vm, this);
    let flipped = Moment { fold: 1 - moment.fold, ..moment }.make(vm, types::DATETIME, zone);
    let offset = offset(vm, flipped.borrow());
    vm.release(flipped);
    offset
}

/// Whether one of two has an offset that its fold decides: then it equals none of another zone (`pep495_eq_exception`).
fn is_ambiguous(vm: &mut Vm, left: Ref, right: Ref, offsets: (Option<i128>, Option<i128>)) -> PyResult<bool> {
    for (this, offset) in [(left, offsets.0), (right, offsets.1)] {
        let flipped = flipped_offset(vm, this)?;
        if vm.lend(flipped, |vm, flipped| delta::micros(vm, flipped)) != offset {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `add_datetime_timedelta`
fn shift(vm: &mut Vm, this: Ref, micros: i128) -> PyResult {
    let (class, zone) = (vm.class_of(this), zone(vm, this));
    match Moment::from_micros(of(vm, this).micros() + micros) {
        Some(moment) => make_as(vm, class, moment, zone),
        None => Err(vm.overflow_error("date value out of range")),
    }
}

fn add(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    match (delta::micros(vm, left), delta::micros(vm, right)) {
        (None, Some(micros)) if is_datetime(vm, left) => shift(vm, left, micros),
        (Some(micros), None) if is_datetime(vm, right) => shift(vm, right, micros),
        _ => Ok(vm.not_implemented()),
    }
}

/// How many microseconds lie between two.
fn difference(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<i128> {
    let micros = of(vm, left).micros() - of(vm, right).micros();
    if zone(vm, left) == zone(vm, right) {
        return Ok(micros);
    }
    let zones = (zone(vm, left), zone(vm, right));
    let (first, second) = zones::ask_both(vm, zones, (left, right))?;
    let offsets = (delta::micros(vm, first.borrow()), delta::micros(vm, second.borrow()));
    vm.release(first);
    vm.release(second);
    match offsets {
        (None, Some(_)) | (Some(_), None) => Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes")),
        (first, second) => Ok(micros - first.unwrap_or(0) + second.unwrap_or(0)),
    }
}

fn subtract(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !is_datetime(vm, left) {
        return Ok(vm.not_implemented());
    }
    if is_datetime(vm, right) {
        let difference = difference(vm, left, right)?;
        return delta::make(vm, difference);
    }
    match delta::micros(vm, right) {
        Some(micros) => shift(vm, left, -micros),
        None => Ok(vm.not_implemented()),
    }
}

fn iso_format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "isoformat", positional_only: 0, names: &["sep", "timespec"], required: 0, positional: 2 };
    let [separator, spec] = SIGNATURE.bind(vm, &args.rest())?;
    let separator = match separator {
        None => "T".to_owned(),
        Some(separator) => match vm.text(separator) {
            Some(text) if text.chars().count() == 1 => text.to_owned(),
            _ => {
                let message = format!("isoformat() argument 1 must be a unicode character, not {}", vm.type_name(separator));
                return Err(vm.type_error(message));
            }
        },
    };
    if let Some(spec) = spec {
        vm.text_argument("isoformat", "argument 2", spec)?;
    }
    let spec = spec.and_then(|spec| vm.text(spec)).map(str::to_owned);
    let moment = of(vm, args.this());
    let time = parse::iso_time(vm, moment, spec.as_deref())?;
    let offset = parse::iso_offset(vm, args.this(), args.this())?;
    Ok(vm.str(format!("{}{separator}{time}{offset}", iso_date(moment))))
}

fn from_iso_format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let text = parse::text(vm, args.values[1])?;
    let parsed = match text.char_indices().nth(10) {
        None => parse::date(&text).map(|day| (day, None)),
        Some((at, separator)) => parse::date(&text[..at])
            .zip(parse::time(&text[at + separator.len_utf8()..]))
            .map(|(day, (time, offset))| (Moment { year: day.year, month: day.month, day: day.day, ..time }, offset)),
    };
    let Some((moment, offset)) = parsed else {
        return Err(parse::failed(vm, &text, args.values[1], "datetime.fromisoformat"));
    };
    moment.check_date(vm)?;
    moment.check_time(vm)?;
    let zone = parsed_zone(vm, offset)?;
    let made = make_as(vm, args.this(), moment, zone.borrow());
    vm.release(zone);
    made
}

fn combine(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 3] = nameless(vm, "combine", &["date", "time", "tzinfo"], 2, &args.rest())?;
    let (day, time) = (given[0].unwrap_or(types::NONE), given[1].unwrap_or(types::NONE));
    for (index, value, class, name) in [(1, day, types::DATE, "datetime.date"), (2, time, types::TIME, "datetime.time")] {
        if !vm.is_instance_of(value, class) {
            let message = format!("combine() argument {index} must be {name}, not {}", vm.argument_type(value));
            return Err(vm.type_error(message));
        }
    }
    let zone = given[2].unwrap_or_else(|| zone(vm, time));
    zones::check(vm, zone)?;
    let Moment { year, month, day, .. } = of(vm, day);
    let moment = Moment { year, month, day, ..of(vm, time) };
    make_as(vm, args.this(), moment, zone)
}

/// Of a time in the zone of UTC; another one is asked to convert it.
fn from_timestamp(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 2] = nameless(vm, "fromtimestamp", &["timestamp", "tz"], 1, &args.rest())?;
    let zone = given[1].unwrap_or(types::NONE);
    zones::check(vm, zone)?;
    if zone == types::NONE {
        return Err(zones::local(vm));
    }
    let number = given[0].unwrap_or(types::NONE);
    let micros = if let Some(seconds) = vm.long_value(number).and_then(|seconds| seconds.to_i64()) {
        i128::from(seconds) * 1_000_000
    } else if let Some(seconds) = vm.float_value(number).filter(|seconds| seconds.abs() < 1e12) {
        // Rounded to the nearest microsecond, a half to the even one.
        let whole = seconds.floor();
        whole as i128 * 1_000_000 + ((seconds - whole) * 1e6).round_ties_even() as i128
    } else {
        return Err(vm.unsupported(crate::api::Missing::Name, "datetime.fromtimestamp of such a number"));
    };
    let Some(moment) = Moment::from_micros(micros + EPOCH) else {
        return Err(vm.unsupported(crate::api::Missing::Name, "datetime.fromtimestamp beyond the calendar"));
    };
    let made = make_as(vm, args.this(), moment, zone)?;
    let converted = vm.call_method(zone, "fromutc", &[made.borrow()]);
    vm.release(made);
    converted
}

fn timestamp(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    if zone(vm, this) == types::NONE {
        return Err(zones::local(vm));
    }
    let micros = of(vm, this).micros() - offset_micros(vm, this)?.unwrap_or(0) - EPOCH;
    let (micros, million) = (vm.big_int(BigInt::from(micros)), vm.int(1_000_000));
    let seconds = vm.binary(BinaryOperator::TrueDivide, micros.borrow(), million.borrow());
    vm.release(micros);
    vm.release(million);
    seconds
}

fn as_time_zone(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 1] = nameless(vm, "astimezone", &["tz"], 0, &args.rest())?;
    let this = args.this();
    let own = zone(vm, this);
    let to = given[0].unwrap_or(types::NONE);
    zones::check(vm, to)?;
    if own == types::NONE || to == types::NONE {
        return Err(zones::local(vm));
    }
    if own == to {
        return Ok(vm.retain(this));
    }
    let Some(offset) = offset_micros(vm, this)? else { return Err(zones::local(vm)) };
    let moment = Moment::from_micros(of(vm, this).micros() - offset);
    let Some(moment) = moment else { return Err(vm.overflow_error("date value out of range")) };
    let class = vm.class_of(this);
    let utc = make_as(vm, class, moment, to)?;
    let converted = vm.call_method(to, "fromutc", &[utc.borrow()]);
    vm.release(utc);
    converted
}
