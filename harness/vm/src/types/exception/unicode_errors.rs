//! `UnicodeDecodeError`, `UnicodeEncodeError` and `UnicodeTranslateError`.

use super::fields::{field, write};
use super::{init, new};
use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{GetSet, Slots};
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) const UNICODE_DECODE_ERROR: Slots =
    Slots { init: Some(decode_init), str: Some(decode_str), new: Some(new), ..Slots::NONE };
pub(crate) const UNICODE_DECODE_ERROR_FIELDS: &[GetSet] = FIELDS;
pub(crate) const UNICODE_ENCODE_ERROR: Slots =
    Slots { init: Some(encode_init), str: Some(encode_str), new: Some(new), ..Slots::NONE };
pub(crate) const UNICODE_ENCODE_ERROR_FIELDS: &[GetSet] = FIELDS;
pub(crate) const UNICODE_TRANSLATE_ERROR: Slots =
    Slots { init: Some(translate_init), str: Some(translate_str), new: Some(new), ..Slots::NONE };
pub(crate) const UNICODE_TRANSLATE_ERROR_FIELDS: &[GetSet] = FIELDS;

const FIELDS: &[GetSet] = &[
    field!("encoding"),
    field!("object"),
    GetSet {
        name: "start",
        get: |vm, this| number(vm, this, 0),
        set: Some(|vm, this, value| set_number(vm, this, 0, value)),
        member: true,
    },
    GetSet {
        name: "end",
        get: |vm, this| number(vm, this, 1),
        set: Some(|vm, this, value| set_number(vm, this, 1, value)),
        member: true,
    },
    field!("reason"),
];

fn number(vm: &mut Vm, this: Ref, index: usize) -> PyResult {
    let value = vm.exception(this).and_then(|e| e.numbers[index]).unwrap_or(0);
    Ok(vm.int(value))
}

fn set_number(vm: &mut Vm, this: Ref, index: usize, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value else { return Err(vm.type_error("can't delete numeric/char attribute")) };
    let value = vm.as_index(value, Some(types::OVERFLOW_ERROR))?;
    if let Some(exception) = vm.exception_mut(this) {
        exception.numbers[index] = Some(value);
    }
    Ok(())
}

/// What `PyArg_ParseTuple` makes of an argument.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Any,
    Number(usize),
}

fn parse(vm: &mut Vm, this: Ref, args: &Args<'_>, wanted: &[(&'static str, Kind)]) -> PyResult<()> {
    init(vm, this, args)?;
    for name in ["encoding", "object", "reason"] {
        write(vm, this, name, None);
    }
    if args.values.len() != wanted.len() {
        let message = format!("function takes exactly {} arguments ({} given)", wanted.len(), args.values.len());
        return Err(vm.type_error(message));
    }
    for (index, (&value, (_, kind))) in args.values.iter().zip(wanted).enumerate() {
        match kind {
            Kind::Text if vm.text(value).is_none() => {
                let message = format!("argument {} must be str, not {}", index + 1, vm.type_name(value));
                return Err(vm.type_error(message));
            }
            Kind::Number(place) => set_number(vm, this, *place, Some(value))?,
            _ => {}
        }
    }
    for (&value, &(name, kind)) in args.values.iter().zip(wanted) {
        if !matches!(kind, Kind::Number(_)) {
            write(vm, this, name, Some(value));
        }
    }
    Ok(())
}

const FIVE: [(&str, Kind); 5] =
    [("encoding", Kind::Text), ("object", Kind::Any), ("start", Kind::Number(0)), ("end", Kind::Number(1)), ("reason", Kind::Text)];

fn decode_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    if let Some(&object) = args.values.get(1)
        && vm.bytes_value(object).is_none()
    {
        return Err(vm.unsupported(Missing::Name, "UnicodeDecodeError of what is not bytes"));
    }
    parse(vm, this, args, &FIVE)
}

fn encode_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let mut wanted = FIVE;
    wanted[1].1 = Kind::Text;
    parse(vm, this, args, &wanted)
}

fn translate_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let mut wanted = FIVE;
    wanted[1].1 = Kind::Text;
    parse(vm, this, args, &wanted[1..])
}

/// What all three messages are made of.
struct Parts {
    encoding: String,
    reason: String,
    start: i64,
    end: i64,
}

/// None: it was not properly made, and says nothing.
fn parts(vm: &mut Vm, this: Ref) -> PyResult<Option<Parts>> {
    let Some(exception) = vm.exception(this) else { return Ok(None) };
    if exception.field("object").is_none() {
        return Ok(None);
    }
    let (encoding, reason) = (exception.field("encoding"), exception.field("reason"));
    let [start, end] = exception.numbers.map(|number| number.unwrap_or(0));
    let mut texts = [encoding, reason].map(|part| (part, String::new()));
    for (part, text) in texts.iter_mut().rev() {
        if let Some(part) = part {
            let owned = vm.str_of(*part)?;
            vm.expect_text(owned.borrow()).clone_into(text);
            vm.release(owned);
        }
    }
    let [(_, encoding), (_, reason)] = texts;
    Ok(Some(Parts { encoding, reason, start, end }))
}

/// The single character that can't be converted, as messages show it.
fn bad_character(vm: &Vm, this: Ref, parts: &Parts) -> Option<String> {
    if parts.end != parts.start + 1 {
        return None;
    }
    let object = vm.exception(this).and_then(|e| e.field("object"))?;
    let character = vm.text(object)?.chars().nth(usize::try_from(parts.start).ok()?)?;
    let code = u32::from(character);
    Some(match code {
        ..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    })
}

fn encode_str(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(parts) = parts(vm, this)? else { return Ok(vm.str("")) };
    let Parts { encoding, reason, start, end } = &parts;
    let text = match bad_character(vm, this, &parts) {
        Some(character) => format!("'{encoding}' codec can't encode character '{character}' in position {start}: {reason}"),
        None => format!("'{encoding}' codec can't encode characters in position {start}-{}: {reason}", end - 1),
    };
    Ok(vm.str(text))
}

fn translate_str(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(parts) = parts(vm, this)? else { return Ok(vm.str("")) };
    let Parts { reason, start, end, .. } = &parts;
    let text = match bad_character(vm, this, &parts) {
        Some(character) => format!("can't translate character '{character}' in position {start}: {reason}"),
        None => format!("can't translate characters in position {start}-{}: {reason}", end - 1),
    };
    Ok(vm.str(text))
}

fn decode_str(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(parts) = parts(vm, this)? else { return Ok(vm.str("")) };
    let Parts { encoding, reason, start, end } = &parts;
    let object = vm.exception(this).and_then(|e| e.field("object")).unwrap_or(types::NONE);
    let byte = match (vm.bytes_value(object), usize::try_from(*start)) {
        (Some(data), Ok(start)) if parts.end == parts.start + 1 => data.get(start).copied(),
        _ => None,
    };
    let text = match byte {
        Some(byte) => format!("'{encoding}' codec can't decode byte {byte:#04x} in position {start}: {reason}"),
        None => format!("'{encoding}' codec can't decode bytes in position {start}-{}: {reason}", end - 1),
    };
    Ok(vm.str(text))
}
