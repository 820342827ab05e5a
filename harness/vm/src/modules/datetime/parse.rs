//! Text and times: what `strftime`, `isoformat` and `fromisoformat` share.

use std::fmt::Write;

use super::calendar::weekday;
use super::date::year_day;
use super::moment::{Moment, of, zone};
use super::zone::{ask_name, ask_offset, offset_text};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// A number among the fields.
macro_rules! number {
    ($name:literal, $field:ident) => {
        $crate::object::class::GetSet {
            name: $name,
            get: |vm, this| {
                let value = $crate::modules::datetime::moment::of(vm, this).$field;
                Ok(vm.int(value))
            },
            set: None,
            member: false,
        }
    };
}
pub(super) use number;

/// The text of an argument of `fromisoformat`.
pub(super) fn text(vm: &mut Vm, argument: Ref) -> PyResult<String> {
    match vm.text(argument) {
        Some(text) => Ok(text.to_owned()),
        None => Err(vm.type_error("fromisoformat: argument must be str")),
    }
}

/// No such date or time: an error, unless the text looks like one of the other forms that CPython knows.
pub(super) fn failed(vm: &mut Vm, text: &str, object: Ref, function: &str) -> Stop {
    if text.len() >= 7 && text.bytes().all(|b| b.is_ascii_digit() || b"-+:.,TWZ ".contains(&b)) {
        return vm.unsupported(Missing::Name, format!("{function} of {text:?}"));
    }
    match vm.repr_text(object) {
        Ok(shown) => vm.value_error(format!("Invalid isoformat string: {shown}")),
        Err(stop) => stop,
    }
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `YYYY-MM-DD`
pub(super) fn date(text: &str) -> Option<Moment> {
    if text.len() != 10 || !text.is_ascii() || &text[4..5] != "-" || &text[7..8] != "-" {
        return None;
    }
    let (year, month, day) = (digits(&text[..4], 4)?, digits(&text[5..7], 2)?, digits(&text[8..], 2)?);
    Some(Moment { year, month, day, ..Moment::default() })
}

/// `HH[:MM[:SS[.fff[fff]]]]`
fn clock(text: &str) -> Option<Moment> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<i64> = whole.split(':').map(|part| digits(part, 2)).collect::<Option<_>>()?;
    let micro = match fraction {
        None => 0,
        Some(fraction) if parts.len() == 3 && !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{:0<6}", &fraction[..fraction.len().min(6)]).parse().ok()?
        }
        Some(_) => return None,
    };
    let part = |index: usize| parts.get(index).copied().unwrap_or(0);
    (parts.len() <= 3).then(|| Moment { hour: part(0), minute: part(1), second: part(2), micro, ..Moment::default() })
}

/// A time and its offset in microseconds.
pub(super) fn time(text: &str) -> Option<(Moment, Option<i128>)> {
    if !text.is_ascii() {
        return None;
    }
    if let Some(text) = text.strip_suffix('Z') {
        return Some((clock(text)?, Some(0)));
    }
    let Some(at) = text.find(['+', '-']) else { return Some((clock(text)?, None)) };
    let offset = clock(&text[at + 1..])?.time_micros();
    let sign = if text.as_bytes()[at] == b'-' { -1 } else { 1 };
    Some((clock(&text[..at])?, Some(sign * offset)))
}

/// How much of a time is written.
pub(super) fn iso_time(vm: &mut Vm, moment: Moment, spec: Option<&str>) -> PyResult<String> {
    let Moment { hour, minute, second, micro, .. } = moment;
    Ok(match spec.unwrap_or("auto") {
        "hours" => format!("{hour:02}"),
        "minutes" => format!("{hour:02}:{minute:02}"),
        "seconds" => format!("{hour:02}:{minute:02}:{second:02}"),
        "milliseconds" => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        "microseconds" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        "auto" if micro == 0 => format!("{hour:02}:{minute:02}:{second:02}"),
        "auto" => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}

/// The offset as `isoformat` shows it.
pub(super) fn iso_offset(vm: &mut Vm, this: Ref, when: Ref) -> PyResult<String> {
    let zone = zone(vm, this);
    Ok(match ask_offset(vm, zone, "utcoffset", when)? {
        Some(offset) => offset_text(offset, ":"),
        None => String::new(),
    })
}

/// A `struct_time`.
pub(super) fn time_tuple(vm: &mut Vm, moment: Moment, dst: i64) -> PyResult {
    let Moment { year, month, day, hour, minute, second, .. } = moment;
    let yday = year_day(moment);
    let fields = [year, month, day, hour, minute, second, weekday(moment.ordinal()), yday, dst];
    let fields: Vec<Owned> = fields.into_iter().map(|field| vm.int(field)).collect();
    let fields = vm.new_tuple(fields);
    let module = vm.import_module("time")?;
    let made = vm.call_method(module, "struct_time", &[fields.borrow()]);
    vm.release(fields);
    made
}

/// `strftime(format)` (`wrap_strftime`): `%z`, `%Z`, `%f` are this module's, the rest is `time.strftime`'s.
pub(super) fn strftime(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "strftime", positional_only: 0, names: &["format"], required: 1, positional: 1 };
    let this = args.this();
    let [format] = SIGNATURE.bind(vm, &args.rest())?;
    vm.with_argument_tuple(&args.of_method(), |vm, _| strftime_of(vm, this, format))
}

fn strftime_of(vm: &mut Vm, this: Ref, format: Option<Ref>) -> PyResult {
    let format = format.unwrap_or(types::NONE);
    vm.text_argument("strftime", "argument 1", format)?;
    let text = vm.expect_text(format).to_owned();
    let mut moment = of(vm, this);
    let timed = !vm.is_instance_of(this, types::DATE);
    let when = if timed { types::NONE } else { this };
    let dated = vm.is_instance_of(this, types::DATE) && !vm.is_instance_of(this, types::DATETIME);
    let tuple = if timed {
        (moment.year, moment.month, moment.day) = (1900, 1, 1);
        time_tuple(vm, moment, -1)?
    } else {
        vm.call_method(this, "timetuple", &[])?
    };
    let expanded = expand(vm, this, &text, moment, when, dated);
    let result = expanded.and_then(|expanded| {
        if moment.year < 1000 {
            return Err(vm.unsupported(Missing::Name, "strftime of an early year"));
        }
        let expanded = vm.str(expanded);
        let module = vm.import_module("time")?;
        let result = vm.call_method(module, "strftime", &[expanded.borrow(), tuple.borrow()]);
        vm.release(expanded);
        result
    });
    vm.release(tuple);
    result
}

/// Puts what only this module knows into a format.
fn expand(vm: &mut Vm, this: Ref, text: &str, moment: Moment, when: Ref, dated: bool) -> PyResult<String> {
    let mut expanded = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            expanded.push(c);
            continue;
        }
        match rest.next() {
            Some('f') => {
                let _ = write!(expanded, "{:06}", moment.micro);
            }
            Some('z') if !dated => {
                let zone = zone(vm, this);
                if let Some(offset) = ask_offset(vm, zone, "utcoffset", when)? {
                    expanded.push_str(&offset_text(offset, ""));
                }
            }
            Some('Z') if !dated => {
                let zone = zone(vm, this);
                let name = ask_name(vm, zone, when)?;
                let name_text = vm.text(name.borrow()).unwrap_or_default().replace('%', "%%");
                expanded.push_str(&name_text);
                vm.release(name);
            }
            Some('z' | 'Z') => {}
            Some(':') => return Err(vm.unsupported(Missing::Name, "strftime('%:z')")),
            Some(other) => expanded.extend(['%', other]),
            None => expanded.push('%'),
        }
    }
    Ok(expanded)
}

/// `__format__`: without a format `str`, else `strftime`.
pub(super) fn format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let format = args.values[1];
    match vm.text(format) {
        Some("") => vm.str_of(args.this()),
        Some(_) => vm.call_method(args.this(), "strftime", &[format]),
        None => {
            let message = format!("__format__() argument 1 must be str, not {}", vm.argument_type(format));
            Err(vm.type_error(message))
        }
    }
}
