//! `time` (`Modules/_datetimemodule.c`)

use std::fmt::Write;

use refdrift_isa::CompareOperator;

use super::date::class_method;
use super::moment::{Moment, hash, make_as, of, overwrite, replaced, zone};
use super::{delta, nameless, parse, zone as zones};
use crate::heap::Ref;
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::vm::{PyResult, Vm};

/// The attributes of what tells the time of day: `time` and `datetime`.
pub(super) const CLOCK: &[GetSet] = &[
    parse::number!("hour", hour),
    parse::number!("minute", minute),
    parse::number!("second", second),
    parse::number!("microsecond", micro),
    GetSet {
        name: "tzinfo",
        get: |vm, this| {
            let zone = zone(vm, this);
            Ok(vm.retain(zone))
        },
        set: None,
        member: false,
    },
    parse::number!("fold", fold),
];

const NAMES: &[&str] = &["hour", "minute", "second", "microsecond", "tzinfo", "fold"];

pub(crate) static TIME: NativeType = NativeType {
    name: "time",
    module: "datetime",
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(|vm, this| vm.call_method(this, "isoformat", &[])),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::NONE
    },
    methods: &[
        method("isoformat", Arity::Raw, |vm, args| {
            const SIGNATURE: Signature =
                Signature { function: "isoformat", positional_only: 0, names: &["timespec"], required: 0, positional: 1 };
            let [spec] = SIGNATURE.bind(vm, &args.rest())?;
            if let Some(spec) = spec {
                vm.text_argument("isoformat", "argument 1", spec)?;
            }
            let spec = spec.and_then(|spec| vm.text(spec)).map(str::to_owned);
            let moment = of(vm, args.this());
            let text = parse::iso_time(vm, moment, spec.as_deref())?;
            let offset = parse::iso_offset(vm, args.this(), types::NONE)?;
            Ok(vm.str(text + &offset))
        }),
        method("strftime", Arity::Raw, parse::strftime),
        method("__format__", Arity::One, parse::format),
        zones::UTC_OFFSET,
        zones::DST,
        zones::NAME,
        method("replace", Arity::Raw, replace),
        method("__replace__", Arity::Raw, replace),
        class_method("fromisoformat", Arity::One, from_iso_format),
        unsupported_method!("time", "__reduce_ex__"),
        unsupported_method!("time", "__reduce__"),
    ],
    getsets: CLOCK,
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let given: [Option<Ref>; 6] = nameless(vm, "", NAMES, 0, args)?;
    let mut moment = Moment::default();
    let zone = fill(vm, &mut moment, &given)?.unwrap_or(types::NONE);
    moment.check_time(vm)?;
    zones::check(vm, zone)?;
    Ok(moment.make(vm, class, zone))
}

/// Takes the arguments over; the zone, if there is one.
pub(super) fn fill(vm: &mut Vm, moment: &mut Moment, given: &[Option<Ref>]) -> PyResult<Option<Ref>> {
    let mut places = [&mut moment.hour, &mut moment.minute, &mut moment.second, &mut moment.micro];
    overwrite(vm, &mut places, &given[..4])?;
    overwrite(vm, &mut [&mut moment.fold], &given[5..])?;
    Ok(given[4])
}

fn replace(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { function: "replace", positional_only: 0, names: NAMES, required: 0, positional: 5 };
    let given: [Option<Ref>; 6] = SIGNATURE.bind(vm, &args.rest())?;
    let this = args.this();
    let mut moment = of(vm, this);
    let zone = fill(vm, &mut moment, &given)?.unwrap_or_else(|| zone(vm, this));
    moment.check_time(vm)?;
    zones::check(vm, zone)?;
    replaced(vm, this, moment, zone)
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    let (name, moment) = (vm.qualified_type_name(class), of(vm, this));
    let mut text = format!("{name}({}, {}", moment.hour, moment.minute);
    push_rest(vm, &mut text, this, moment)?;
    Ok(vm.str(text))
}

/// What a `repr` shows after the minutes.
pub(super) fn push_rest(vm: &mut Vm, text: &mut String, this: Ref, moment: Moment) -> PyResult<()> {
    if moment.second != 0 || moment.micro != 0 {
        let _ = write!(text, ", {}", moment.second);
    }
    if moment.micro != 0 {
        let _ = write!(text, ", {}", moment.micro);
    }
    if moment.fold != 0 {
        text.push_str(", fold=1");
    }
    let zone = zone(vm, this);
    if zone != types::NONE {
        let shown = vm.repr_text(zone)?;
        let _ = write!(text, ", tzinfo={shown}");
    }
    text.push(')');
    Ok(())
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !vm.is_instance_of(right, types::TIME) {
        return Ok(vm.not_implemented());
    }
    let (a, b) = (of(vm, left), of(vm, right));
    let zones_of = (zone(vm, left), zone(vm, right));
    if zones_of.0 == zones_of.1 {
        return Ok(vm.bool(op.holds(a.time_fields().cmp(&b.time_fields()))));
    }
    let (first, second) = zones::ask_both(vm, zones_of, (types::NONE, types::NONE))?;
    let offsets = (delta::micros(vm, first.borrow()), delta::micros(vm, second.borrow()));
    vm.release(first);
    vm.release(second);
    match offsets {
        (None, Some(_)) | (Some(_), None) => match op {
            CompareOperator::Eq => Ok(vm.bool(false)),
            CompareOperator::Ne => Ok(vm.bool(true)),
            _ => Err(vm.type_error("can't compare offset-naive and offset-aware times")),
        },
        (first, second) => {
            let (first, second) = (first.unwrap_or(0), second.unwrap_or(0));
            Ok(vm.bool(op.holds((a.time_micros() - first).cmp(&(b.time_micros() - second)))))
        }
    }
}

/// A zone of an offset that was parsed, or `None`.
pub(super) fn parsed_zone(vm: &mut Vm, offset: Option<i128>) -> PyResult {
    let Some(offset) = offset else { return Ok(vm.none()) };
    let delta = delta::make(vm, offset)?;
    let zone = vm.call_pos(types::TIMEZONE, &[delta.borrow()]);
    vm.release(delta);
    zone
}

fn from_iso_format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let text = parse::text(vm, args.values[1])?;
    let bare = text.strip_prefix('T').unwrap_or(&text);
    let Some((moment, offset)) = parse::time(bare) else {
        return Err(parse::failed(vm, &text, args.values[1], "time.fromisoformat"));
    };
    moment.check_time(vm)?;
    let zone = parsed_zone(vm, offset)?;
    let made = make_as(vm, args.this(), moment, zone.borrow());
    vm.release(zone);
    made
}
