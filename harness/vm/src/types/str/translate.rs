//! `str.translate` and `str.maketrans`.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// What a table has for a character.
#[derive(Clone)]
enum Translation {
    /// Nothing: the character stays.
    Same,
    /// `None`: it goes.
    Gone,
    /// Another character.
    One(char),
    /// Any text.
    Text(Box<str>),
}

pub(super) fn translate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, table) = (args.values[0], args.values[1]);
    let chars: Vec<char> = vm.expect_text(this).chars().collect();
    if chars.is_empty() {
        return Ok(vm.str_unchanged(this));
    }
    let mut out = String::with_capacity(chars.len());
    let done = if vm.str_payload(this).is_ascii() { translate_ascii(vm, &chars, table, &mut out)? } else { 0 };
    translate_rest(vm, &chars[done..], table, &mut out)?;
    Ok(vm.str(out))
}

/// ASCII into ASCII: each character is looked up once. Returns how far that went (`unicode_fast_translate`).
fn translate_ascii(vm: &mut Vm, chars: &[char], table: Ref, out: &mut String) -> PyResult<usize> {
    let mut known: [Option<Translation>; 128] = [const { None }; 128];
    for (index, &c) in chars.iter().enumerate() {
        let slot = c as usize & 127;
        if known[slot].is_none() {
            known[slot] = Some(look_up(vm, table, c)?);
        }
        match &known[slot] {
            Some(Translation::Same) => out.push(c),
            Some(Translation::Gone) => {}
            Some(Translation::One(other)) if other.is_ascii() => out.push(*other),
            Some(Translation::Text(text)) if text.len() == 1 => out.push_str(text),
            _ => return Ok(index),
        }
    }
    Ok(chars.len())
}

/// The general case: each character is looked up where it stands (`_PyUnicode_TranslateCharmap`).
fn translate_rest(vm: &mut Vm, chars: &[char], table: Ref, out: &mut String) -> PyResult<()> {
    let mut index = 0;
    while let Some(&c) = chars.get(index) {
        index += 1;
        match look_up(vm, table, c)? {
            Translation::Same => out.push(c),
            Translation::One(other) => out.push(other),
            Translation::Text(text) => out.push_str(&text),
            Translation::Gone => {
                // The first one after it that stays is looked up twice.
                while let Some(&next) = chars.get(index)
                    && matches!(look_up(vm, table, next)?, Translation::Gone)
                {
                    index += 1;
                }
            }
        }
    }
    Ok(())
}

/// `charmaptranslate_lookup`
fn look_up(vm: &mut Vm, table: Ref, c: char) -> PyResult<Translation> {
    let key = vm.int(i64::from(u32::from(c)));
    let found = vm.get_item(table, key.borrow());
    vm.release(key);
    let found = match found {
        Ok(found) => found,
        Err(stop) => {
            vm.swallow(stop, types::LOOKUP_ERROR)?;
            return Ok(Translation::Same);
        }
    };
    let translation = match &vm.heap[found.borrow()].value {
        _ if found.borrow() == types::NONE => Ok(Translation::Gone),
        Value::Int(code) => match u32::try_from(*code).ok().filter(|&code| code <= 0x10_ffff) {
            Some(code) => match char::from_u32(code) {
                Some(c) => Ok(Translation::One(c)),
                None => Err(vm.lone_surrogate()),
            },
            None => Err(vm.value_error("character mapping must be in range(0x110000)")),
        },
        Value::BigInt(_) => Err(vm.value_error("character mapping must be in range(0x110000)")),
        Value::Str(payload) => Ok(Translation::Text(payload.text.clone())),
        _ => Err(vm.type_error("character mapping must return integer, None or str")),
    };
    vm.release(found);
    translation
}

pub(super) fn maketrans(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    for (index, place) in [(1, "argument 2"), (2, "argument 3")] {
        if let Some(&value) = args.values.get(index) {
            vm.text_argument("maketrans", place, value)?;
        }
    }
    let table = vm.new_dict();
    let filled = match *args.values {
        [mapping] => fill_from_dict(vm, table.borrow(), mapping),
        _ => fill_from_strings(vm, table.borrow(), args.values),
    };
    match filled {
        Ok(()) => Ok(table),
        Err(stop) => {
            vm.release(table);
            Err(stop)
        }
    }
}

fn fill_from_strings(vm: &mut Vm, table: Ref, args: &[Ref]) -> PyResult<()> {
    if vm.text(args[0]).is_none() {
        return Err(vm.type_error("first maketrans argument must be a string if there is a second argument"));
    }
    if vm.str_payload(args[0]).len() != vm.str_payload(args[1]).len() {
        return Err(vm.value_error("the first two maketrans arguments must have equal length"));
    }
    let pairs: Vec<(char, char)> = vm.expect_text(args[0]).chars().zip(vm.expect_text(args[1]).chars()).collect();
    for (from, to) in pairs {
        let value = vm.int(i64::from(u32::from(to)));
        let stored = store(vm, table, from, value.borrow());
        vm.release(value);
        stored?;
    }
    let gone: Vec<char> = args.get(2).map(|&gone| vm.expect_text(gone).chars().collect()).unwrap_or_default();
    for c in gone {
        store(vm, table, c, types::NONE)?;
    }
    Ok(())
}

fn store(vm: &mut Vm, table: Ref, key: char, value: Ref) -> PyResult<()> {
    let key = vm.int(i64::from(u32::from(key)));
    let stored = vm.dict_set(table, key.borrow(), value);
    vm.release(key);
    stored
}

fn fill_from_dict(vm: &mut Vm, table: Ref, mapping: Ref) -> PyResult<()> {
    if vm.class_of(mapping) != types::DICT {
        return Err(vm.type_error("if you give only one argument to maketrans it must be a dict"));
    }
    let mut index = 0;
    while index < vm.dict(mapping).map_or(0, crate::types::dict::Dict::entry_count) {
        let entry = vm.dict(mapping).and_then(|dict| dict.entry(index));
        let entry = entry.map(|entry| (entry.key.borrow(), entry.value.borrow()));
        index += 1;
        let Some((key, value)) = entry else { continue };
        match &vm.heap[key].value {
            Value::Str(payload) => match payload.char_at(0).filter(|_| payload.len() == 1) {
                Some(c) => store(vm, table, c, value)?,
                None => return Err(vm.value_error("string keys in translate table must be of length 1")),
            },
            Value::Int(_) | Value::BigInt(_) => vm.dict_set(table, key, value)?,
            _ => return Err(vm.type_error("keys in translate table must be strings or integers")),
        }
    }
    Ok(())
}

impl Vm {
    /// The text would hold a surrogate, which the VM has no place for.
    pub(crate) fn lone_surrogate(&mut self) -> crate::vm::Stop {
        self.unsupported(crate::api::Missing::Name, "lone surrogates in strings")
    }
}
