//! `time` (`Modules/timemodule.c`): the calendar is exact; what clocks say is the machine's. The observer runs in UTC.

mod clocks;
mod local;

use super::stock::stock;
use super::{function, module_type, only};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method};
use crate::types::{self, structseq::struct_sequence};
use crate::vm::{PyResult, Vm};

struct_sequence!(STRUCT_TIME, LAYOUT: "time", "struct_time", visible 9, required 9, flags Flags::GC | Flags::SEQUENCE,
    making Making::SPEC,
    ["tm_year" = 0, "tm_mon" = 1, "tm_mday" = 2, "tm_hour" = 3, "tm_min" = 4, "tm_sec" = 5, "tm_wday" = 6, "tm_yday" = 7,
     "tm_isdst" = 8, "tm_zone" = 9, "tm_gmtoff" = 10]);

macro_rules! clock {
    ($name:literal, float) => {
        function($name, Arity::None, |vm, _| {
            vm.note_address_use(concat!("time.", $name));
            let microseconds = vm.read_clock();
            Ok(vm.float(1.5 + f64::from(microseconds) * 1e-6))
        })
    };
    ($name:literal, nanoseconds) => {
        function($name, Arity::None, |vm, _| {
            vm.note_address_use(concat!("time.", $name));
            let microseconds = vm.read_clock();
            Ok(vm.int(1_500_000_000 + i64::from(microseconds) * 1000))
        })
    };
}

static FUNCTIONS: &[Method] = &[
    clock!("time", float),
    clock!("monotonic", float),
    clock!("perf_counter", float),
    clock!("process_time", float),
    clock!("thread_time", float),
    clock!("time_ns", nanoseconds),
    clock!("monotonic_ns", nanoseconds),
    clock!("perf_counter_ns", nanoseconds),
    clock!("process_time_ns", nanoseconds),
    clock!("thread_time_ns", nanoseconds),
    function("sleep", Arity::One, sleep),
    function("gmtime", Arity::Positional(0, 1), |vm, args| {
        let seconds = seconds(vm, args, "time.gmtime")?;
        Ok(struct_time(vm, &Time::of(seconds), "GMT"))
    }),
    function("localtime", Arity::Positional(0, 1), |vm, args| {
        let seconds = seconds(vm, args, "time.localtime")?;
        Ok(struct_time(vm, &Time::of(seconds), local::ZONE))
    }),
    function("ctime", Arity::Positional(0, 1), |vm, args| {
        let seconds = seconds(vm, args, "time.ctime")?;
        Ok(vm.str(ascii(&Time::of(seconds))))
    }),
    function("mktime", Arity::One, local::mktime),
    function("tzset", Arity::None, local::tzset),
    function("clock_gettime", Arity::One, clocks::get),
    function("clock_gettime_ns", Arity::One, clocks::get_nanoseconds),
    function("clock_getres", Arity::One, clocks::resolution),
    function("get_clock_info", Arity::One, clocks::info),
    function("asctime", Arity::Positional(0, 1), |vm, args| {
        let time = match args.values.first() {
            Some(&time) => fields(vm, time, "asctime")?,
            None => Time::of(now(vm, "time.asctime")?),
        };
        Ok(vm.str(ascii(&time)))
    }),
    function("strftime", Arity::Positional(1, 2), strftime),
    function("strptime", Arity::Positional(1, 2), |vm, args| {
        let module = vm.import_module("_strptime")?;
        vm.call_method(module, "_strptime_time", args.values)
    }),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "time", FUNCTIONS);
    vm.describe_struct_sequence(types::STRUCT_TIME, &LAYOUT);
    module_type(vm, dict, types::STRUCT_TIME);
    let size = vm.int(11).into_ref();
    vm.set_module_attribute(dict, "_STRUCT_TM_ITEMS", size);
    local::fill(vm, dict);
    clocks::fill(vm, dict);
}

/// `time.sleep(seconds)`: no clock tells how long it took.
fn sleep(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object = only(args);
    let seconds = match vm.float_value(object) {
        Some(seconds) if seconds.is_nan() => return Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(seconds) => seconds,
        None => {
            if vm.class(vm.class_of(object)).slots.index.is_none() {
                let message = format!("'{}' object cannot be interpreted as an integer", vm.type_name(object));
                return Err(vm.type_error(message));
            }
            vm.as_index(object, Some(types::OVERFLOW_ERROR))? as f64
        }
    };
    if seconds < 0.0 {
        return Err(vm.value_error("sleep length must be non-negative"));
    }
    Ok(vm.none())
}

/// The parts of a time, as `struct tm` has them: months and days of the year from 0, Sunday 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Time {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: i64,
    yearday: i64,
    daylight: i64,
}

impl Time {
    /// The calendar of a number of seconds since 1970.
    fn of(seconds: i64) -> Self {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        // Years are counted from March of the year 0, in cycles of 400.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 2 } else { shifted_month - 10 };
        let year = year_of_era + era * 400 + i64::from(month < 2);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let yearday = if month < 2 { day_of_year - 306 } else { day_of_year + 59 + i64::from(leap) };
        Self {
            year,
            month,
            day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest % 3600 / 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
            yearday,
            daylight: 0,
        }
    }
}

/// The time of now, which no two runs have in common. Where its numbers are counted objects the runs part without showing why.
fn now(vm: &mut Vm, function: &str) -> PyResult<i64> {
    if !vm.profile.immortal_objects {
        return Err(vm.unsupported(Missing::Name, format!("{function} of now")));
    }
    vm.note_address_use(function);
    Ok(0)
}

/// `parse_time_t_args`: seconds since 1970, rounded down.
fn seconds(vm: &mut Vm, args: &Args<'_>, function: &str) -> PyResult<i64> {
    let Some(&seconds) = args.values.first().filter(|&&seconds| seconds != types::NONE) else {
        return now(vm, function);
    };
    let seconds = match vm.float_value(seconds) {
        Some(value) if value.is_nan() => return Err(vm.value_error("Invalid value NaN (not a number)")),
        Some(value) => value.floor() as i64,
        None => {
            if vm.class(vm.class_of(seconds)).slots.index.is_none() {
                let message = format!("'{}' object cannot be interpreted as an integer", vm.type_name(seconds));
                return Err(vm.type_error(message));
            }
            vm.as_index(seconds, Some(types::OVERFLOW_ERROR))?
        }
    };
    if seconds.abs() > 1 << 55 {
        return Err(vm.raise(types::OVERFLOW_ERROR, "timestamp out of range for platform time_t"));
    }
    Ok(seconds)
}

/// `tmtotuple`: a `struct_time` in a zone that is where Greenwich is.
fn struct_time(vm: &mut Vm, time: &Time, zone: &str) -> Owned {
    let numbers = [
        time.year,
        time.month + 1,
        time.day,
        time.hour,
        time.minute,
        time.second,
        (time.weekday + 6) % 7,
        time.yearday + 1,
        time.daylight,
    ];
    let mut values: Vec<Owned> = numbers.into_iter().map(|number| vm.int(number)).collect();
    values.push(vm.str(zone));
    values.push(vm.int(0));
    vm.struct_sequence(types::STRUCT_TIME, 9, values)
}

/// The nine numbers of a time (`gettmarg`).
fn numbers(vm: &mut Vm, object: Ref, function: &str) -> PyResult<[i64; 9]> {
    let Some(items) = vm.tuple(object).map(|_| vm.items(object).unwrap_or_default()) else {
        return Err(vm.type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(vm.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut numbers = [0; 9];
    for (place, item) in numbers.iter_mut().zip(items) {
        *place = i64::from(vm.int_argument(item)?);
    }
    Ok(numbers)
}

/// `gettmarg`, then `checktm`
fn fields(vm: &mut Vm, object: Ref, function: &str) -> PyResult<Time> {
    let numbers = numbers(vm, object, function)?;
    let [year, month, day, hour, minute, second, weekday, yearday, daylight] = numbers;
    // A nought stands for the first.
    let month = if month == 0 { 0 } else { month - 1 };
    let day = day.max(i64::from(day == 0));
    let yearday = if yearday == 0 { 0 } else { yearday - 1 };
    let complaints = [
        ((0..12).contains(&month), "month out of range"),
        ((1..=31).contains(&day), "day of month out of range"),
        ((0..24).contains(&hour), "hour out of range"),
        ((0..60).contains(&minute), "minute out of range"),
        ((0..62).contains(&second), "seconds out of range"),
        (weekday >= -1, "day of week out of range"),
        ((0..366).contains(&yearday), "day of year out of range"),
    ];
    if let Some((_, complaint)) = complaints.iter().find(|(fine, _)| !fine) {
        return Err(vm.value_error(*complaint));
    }
    Ok(Time { year, month, day, hour, minute, second, weekday: (weekday + 1) % 7, yearday, daylight })
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `_asctime`
fn ascii(time: &Time) -> String {
    format!(
        "{} {} {:2} {:02}:{:02}:{:02} {}",
        &DAYS[time.weekday as usize][..3],
        &MONTHS[time.month as usize][..3],
        time.day,
        time.hour,
        time.minute,
        time.second,
        time.year
    )
}

/// `time.strftime(format, t)`
fn strftime(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.text_argument("strftime", "argument 1", args.values[0])?;
    let time = match args.values.get(1) {
        Some(&time) => fields(vm, time, "strftime")?,
        None => Time::of(now(vm, "time.strftime")?),
    };
    let format = vm.expect_text(args.values[0]).to_owned();
    match formatted(&format, &time) {
        Some(text) => Ok(vm.str(text)),
        None => Err(vm.unsupported(Missing::Name, format!("time.strftime({format:?}, …)"))),
    }
}

/// The week of the year that begins on Sunday (0) or Monday (1).
fn week(time: &Time, first: i64) -> i64 {
    (time.yearday + 7 - (time.weekday - first).rem_euclid(7)) / 7
}

/// Year and week of ISO 8601.
fn iso_week(time: &Time) -> (i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let weekday = (time.weekday + 6) % 7;
    let week = (time.yearday - weekday + 10) / 7;
    let weeks_in = |year: i64, first: i64| 52 + i64::from(first == 3 || first == 2 && leap(year));
    let first_day = (weekday - time.yearday).rem_euclid(7);
    if week < 1 {
        let before = time.year - 1;
        let first = (first_day - if leap(before) { 366 } else { 365 }).rem_euclid(7);
        return (before, weeks_in(before, first));
    }
    if week > weeks_in(time.year, first_day) { (time.year + 1, 1) } else { (time.year, week) }
}

/// A time in the words of the C locale; none if the format asks for something else.
fn formatted(format: &str, time: &Time) -> Option<String> {
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let (day, month) = (DAYS[time.weekday as usize], MONTHS[time.month as usize]);
        let twelve = (time.hour + 11) % 12 + 1;
        let within = |format: &str| formatted(format, time);
        let part = match characters.next()? {
            'a' => day[..3].to_owned(),
            'A' => day.to_owned(),
            'b' | 'h' => month[..3].to_owned(),
            'B' => month.to_owned(),
            'c' => format!("{} {} {:2} {} {}", &day[..3], &month[..3], time.day, within("%H:%M:%S")?, time.year),
            'C' => format!("{:02}", time.year / 100),
            'd' => format!("{:02}", time.day),
            'D' | 'x' => within("%m/%d/%y")?,
            'e' => format!("{:2}", time.day),
            'F' => format!("{}-{:02}-{:02}", time.year, time.month + 1, time.day),
            'g' => format!("{:02}", iso_week(time).0.rem_euclid(100)),
            'G' => iso_week(time).0.to_string(),
            'H' => format!("{:02}", time.hour),
            'I' => format!("{twelve:02}"),
            'j' => format!("{:03}", time.yearday + 1),
            'm' => format!("{:02}", time.month + 1),
            'M' => format!("{:02}", time.minute),
            'n' => "\n".to_owned(),
            'p' => if time.hour < 12 { "AM" } else { "PM" }.to_owned(),
            'r' => format!("{twelve:02}:{} {}", within("%M:%S")?, if time.hour < 12 { "AM" } else { "PM" }),
            'R' => within("%H:%M")?,
            'S' => format!("{:02}", time.second),
            't' => "\t".to_owned(),
            'T' | 'X' => within("%H:%M:%S")?,
            'u' => ((time.weekday + 6) % 7 + 1).to_string(),
            'U' => format!("{:02}", week(time, 0)),
            'V' => format!("{:02}", iso_week(time).1),
            'w' => time.weekday.to_string(),
            'W' => format!("{:02}", week(time, 1)),
            'y' => format!("{:02}", time.year.rem_euclid(100)),
            'Y' => time.year.to_string(),
            '%' => "%".to_owned(),
            _ => return None,
        };
        text.push_str(&part);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_is_that_of_gmtime() {
        let leap_day = Time::of(951_782_400);
        assert_eq!((leap_day.year, leap_day.month, leap_day.day, leap_day.yearday, leap_day.weekday), (2000, 1, 29, 59, 2));
        let before = Time::of(-1);
        assert_eq!((before.year, before.month, before.day, before.second, before.yearday), (1969, 11, 31, 59, 364));
    }

    #[test]
    fn times_are_formatted_as_in_the_c_locale() {
        let time = Time::of(1_700_000_000);
        let text = formatted("%Y-%m-%d %H:%M:%S %a %j %U %W %V %G %p %I %%", &time);
        assert_eq!(text.as_deref(), Some("2023-11-14 22:13:20 Tue 318 46 46 46 2023 PM 10 %"));
    }
}
