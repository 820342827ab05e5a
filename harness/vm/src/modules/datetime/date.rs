//! `date` (`Modules/_datetimemodule.c`)

use num_bigint::BigInt;
use refdrift_isa::CompareOperator;

use super::calendar::{DAYS, MAX_ORDINAL, MONTHS, day_of_year, first_monday, from_ordinal, iso_week, weekday};
use super::moment::{Moment, is_date, is_datetime, make_as, of, overwrite, replaced};
use super::{component, delta, nameless, parse};
use crate::heap::Ref;
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::types;
use crate::vm::{PyResult, Vm};

/// A method of the class.
pub(super) const fn class_method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Class, arity, call }
}

pub(crate) static DATE: NativeType = NativeType {
    name: "date",
    module: "datetime",
    slots: Slots {
        new: Some(new),
        repr: Some(|vm, this| {
            let class = vm.class_of(this);
            let (name, day) = (vm.qualified_type_name(class), of(vm, this));
            Ok(vm.str(format!("{name}({}, {}, {})", day.year, day.month, day.day)))
        }),
        str: Some(|vm, this| vm.call_method(this, "isoformat", &[])),
        hash: Some(|vm, this| Ok(crate::hash::bytes(&of(vm, this).bytes(true, false)))),
        compare: Some(compare),
        add: Some(add),
        subtract: Some(subtract),
        ..Slots::NONE
    },
    methods: &[
        unsupported_method!("date", "fromtimestamp", Class),
        class_method("fromordinal", Arity::One, |vm, args| {
            let number = component(vm, args.values[1])?;
            if number < 1 {
                return Err(vm.value_error("ordinal must be >= 1"));
            }
            at_ordinal(vm, args.this(), number)
        }),
        class_method("fromisoformat", Arity::One, |vm, args| {
            let text = parse::text(vm, args.values[1])?;
            match parse::date(&text) {
                Some(day) => {
                    day.check_date(vm)?;
                    make_as(vm, args.this(), day, types::NONE)
                }
                None => Err(parse::failed(vm, &text, args.values[1], "date.fromisoformat")),
            }
        }),
        class_method("fromisocalendar", Arity::Raw, from_iso_calendar),
        class_method("today", Arity::None, |vm, args| {
            vm.note_address_use("the date of today");
            at_ordinal(vm, args.this(), 738_000)
        }),
        method("ctime", Arity::None, |vm, args| {
            let text = ctime(of(vm, args.this()));
            Ok(vm.str(text))
        }),
        method("strftime", Arity::Raw, parse::strftime),
        method("__format__", Arity::One, parse::format),
        method("timetuple", Arity::None, |vm, args| {
            let day = of(vm, args.this());
            parse::time_tuple(vm, day, -1)
        }),
        unsupported_method!("date", "isocalendar"),
        method("isoformat", Arity::None, |vm, args| {
            let text = iso_date(of(vm, args.this()));
            Ok(vm.str(text))
        }),
        method("isoweekday", Arity::None, |vm, args| {
            let day = weekday(of(vm, args.this()).ordinal()) + 1;
            Ok(vm.int(day))
        }),
        method("toordinal", Arity::None, |vm, args| {
            let number = of(vm, args.this()).ordinal();
            Ok(vm.int(number))
        }),
        method("weekday", Arity::None, |vm, args| {
            let day = weekday(of(vm, args.this()).ordinal());
            Ok(vm.int(day))
        }),
        method("replace", Arity::Raw, replace),
        method("__replace__", Arity::Raw, replace),
        unsupported_method!("date", "__reduce__"),
    ],
    getsets: &[super::parse::number!("year", year), super::parse::number!("month", month), super::parse::number!("day", day)],
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 3] = nameless(vm, "", &["year", "month", "day"], 3, args)?;
    let mut day = Moment::default();
    overwrite(vm, &mut [&mut day.year, &mut day.month, &mut day.day], &given)?;
    day.check_date(vm)?;
    Ok(day.make(vm, class, types::NONE))
}

fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: crate::object::keywords::Signature = crate::object::keywords::Signature {
        function: "replace",
        positional_only: 0,
        names: &["year", "month", "day"],
        required: 0,
        positional: 3,
    };
    let given: [Option<Ref>; 3] = SIGNATURE.bind(vm, &args.rest())?;
    let mut day = of(vm, args.this());
    overwrite(vm, &mut [&mut day.year, &mut day.month, &mut day.day], &given)?;
    day.check_date(vm)?;
    replaced(vm, args.this(), day, types::NONE)
}

/// A date of that number, of a class.
fn at_ordinal(vm: &mut Vm, class: Ref, number: i64) -> PyResult {
    if number > MAX_ORDINAL {
        let year = 10_000 + (number - MAX_ORDINAL - 1) / 366;
        return Err(vm.value_error(format!("year {year} is out of range")));
    }
    let (year, month, day) = from_ordinal(number);
    make_as(vm, class, Moment { year, month, day, ..Moment::default() }, types::NONE)
}

fn from_iso_calendar(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 3] = nameless(vm, "fromisocalendar", &["year", "week", "day"], 3, &args.rest())?;
    let (mut year, mut week, mut day) = (0, 0, 0);
    overwrite(vm, &mut [&mut year, &mut week, &mut day], &given)?;
    if !(1..=9999).contains(&year) {
        return Err(vm.value_error(format!("Year is out of range: {year}")));
    }
    let long = iso_week(year, 12, 28).1 == 53;
    if !(1..=52 + i64::from(long)).contains(&week) {
        return Err(vm.value_error(format!("Invalid week: {week}")));
    }
    if !(1..=7).contains(&day) {
        return Err(vm.value_error(format!("Invalid weekday: {day} (range is [1, 7])")));
    }
    at_ordinal(vm, args.this(), first_monday(year) + (week - 1) * 7 + day - 1)
}

pub(super) fn ctime(moment: Moment) -> String {
    let (day, month) = (DAYS[weekday(moment.ordinal()) as usize], MONTHS[moment.month as usize - 1]);
    let Moment { day: number, hour, minute, second, year, .. } = moment;
    format!("{day} {month} {number:2} {hour:02}:{minute:02}:{second:02} {year:04}")
}

pub(super) fn iso_date(moment: Moment) -> String {
    format!("{:04}-{:02}-{:02}", moment.year, moment.month, moment.day)
}

/// The number of the day in its year, as `strftime` wants it.
pub(super) fn year_day(moment: Moment) -> i64 {
    if moment.year == 0 { 1 } else { day_of_year(moment.year, moment.month, moment.day) }
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let comparable = is_date(vm, right) && !(vm.profile.dates_are_no_datetimes && is_datetime(vm, right));
    if !comparable {
        return Ok(vm.not_implemented());
    }
    let day = |moment: Moment| moment.date_fields();
    let order = day(of(vm, left)).cmp(&day(of(vm, right)));
    Ok(vm.bool(op.holds(order)))
}

/// `add_date_timedelta`
fn shift(vm: &mut Vm, date: Ref, days: i128) -> PyResult {
    let number = i128::from(of(vm, date).ordinal()) + days;
    if !(1..=i128::from(MAX_ORDINAL)).contains(&number) {
        return Err(vm.overflow_error("date value out of range"));
    }
    let class = vm.class_of(date);
    at_ordinal(vm, class, number as i64)
}

fn days(micros: i128) -> i128 {
    micros.div_euclid(86_400_000_000)
}

fn add(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if is_datetime(vm, left) || is_datetime(vm, right) {
        return Ok(vm.not_implemented());
    }
    match (delta::micros(vm, left), delta::micros(vm, right)) {
        (None, Some(micros)) if is_date(vm, left) => shift(vm, left, days(micros)),
        (Some(micros), None) => shift(vm, right, days(micros)),
        _ => Ok(vm.not_implemented()),
    }
}

fn subtract(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if is_datetime(vm, left) || is_datetime(vm, right) || !is_date(vm, left) {
        return Ok(vm.not_implemented());
    }
    if is_date(vm, right) {
        let days = of(vm, left).ordinal() - of(vm, right).ordinal();
        return delta::make(vm, BigInt::from(days) * 86_400_000_000_i64);
    }
    match delta::micros(vm, right) {
        Some(micros) => shift(vm, left, -days(micros)),
        None => Ok(vm.not_implemented()),
    }
}
