//! Reading: the scanner that `json.decoder` calls.

use std::collections::HashMap;

use super::decode_error;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// The names of a scanner's fields.
const FIELDS: [&str; 5] = ["object_hook", "object_pairs_hook", "parse_float", "parse_int", "parse_constant"];
const OBJECT_HOOK: usize = 0;
const PAIRS_HOOK: usize = 1;
const PARSE_FLOAT: usize = 2;
const PARSE_INT: usize = 3;
const PARSE_CONSTANT: usize = 4;

struct Scanner {
    strict: bool,
    fields: [Option<Owned>; 5],
}

impl Native for Scanner {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in FIELDS.iter().zip(&self.fields) {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields.iter_mut().filter_map(Option::take));
    }
}

const fn field<const INDEX: usize>() -> GetSet {
    GetSet {
        name: FIELDS[INDEX],
        get: |vm, this| {
            let held = vm.payload::<Scanner>(this).and_then(|scanner| scanner.fields[INDEX].as_ref());
            let held = held.map_or(types::NONE, Owned::borrow);
            Ok(vm.retain(held))
        },
        set: None,
        member: true,
    }
}

/// `_json.Scanner`
pub(crate) static SCANNER: NativeType = NativeType {
    name: "Scanner",
    module: "_json",
    slots: Slots { new: Some(new), call: Some(call), ..Slots::NONE },
    getsets: &[
        GetSet {
            name: "strict",
            get: |vm, this| {
                let strict = vm.payload::<Scanner>(this).is_some_and(|scanner| scanner.strict);
                Ok(vm.bool(strict))
            },
            set: None,
            member: true,
        },
        field::<OBJECT_HOOK>(),
        field::<PAIRS_HOOK>(),
        field::<PARSE_FLOAT>(),
        field::<PARSE_INT>(),
        field::<PARSE_CONSTANT>(),
    ],
    flags: Flags(Flags::BASE | Flags::GC),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `scanner_new`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "make_scanner", positional_only: 0, names: &["context"], required: 1, positional: 1 };
    let [context] = SIGNATURE.bind::<1>(vm, args)?;
    let context = context.unwrap_or(types::NONE);
    let strict = vm.getattr_str(context, "strict")?;
    let truth = vm.truth(strict.borrow());
    vm.release(strict);
    let mut fields = [None, None, None, None, None];
    let strict = truth?;
    for (place, name) in fields.iter_mut().zip(FIELDS) {
        match vm.getattr_str(context, name) {
            Ok(value) => *place = Some(value),
            Err(stop) => {
                for held in fields.into_iter().flatten() {
                    vm.release(held);
                }
                return Err(stop);
            }
        }
    }
    Ok(vm.alloc_instance(class, Value::Native(Box::new(Scanner { strict, fields }))))
}

/// `scanner_call`
fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "scan_once", positional_only: 0, names: &["string", "idx"], required: 2, positional: 2 };
    let [text, index] = SIGNATURE.bind::<2>(vm, args)?;
    let (text, index) = (text.unwrap_or(types::NONE), index.unwrap_or(types::NONE));
    let index = vm.ssize_argument(index)?;
    let Some(characters) = vm.text(text).map(|text| text.chars().collect::<Vec<char>>()) else {
        let message = format!("first argument must be a string, not {}", vm.type_name(text));
        return Err(vm.type_error(message));
    };
    let Ok(index) = usize::try_from(index) else { return Err(vm.value_error("idx cannot be negative")) };
    let fields = match vm.payload::<Scanner>(this) {
        Some(scanner) => scanner.fields.each_ref().map(|field| field.as_ref().map_or(types::NONE, Owned::borrow)),
        None => [types::NONE; 5],
    };
    let strict = vm.payload::<Scanner>(this).is_some_and(|scanner| scanner.strict);
    let mut scan = Scan { text, characters, strict, fields, memo: HashMap::new(), kept: Vec::new() };
    let scanned = scan.value(vm, index);
    vm.release_all(scan.kept);
    let (value, end) = scanned?;
    let end = vm.int(end as i64);
    Ok(vm.new_tuple(vec![value, end]))
}

/// A scan under way.
struct Scan {
    text: Ref,
    characters: Vec<char>,
    strict: bool,
    fields: [Ref; 5],
    /// Equal keys are one object: where it is among those that are kept.
    memo: HashMap<String, usize>,
    /// A dict of the keys by themselves holds each of them twice.
    kept: Vec<Owned>,
}

type Scanned = PyResult<(Owned, usize)>;

impl Scan {
    fn at(&self, index: usize) -> Option<char> {
        self.characters.get(index).copied()
    }

    fn skip_space(&self, mut index: usize) -> usize {
        while matches!(self.at(index), Some(' ' | '\t' | '\n' | '\r')) {
            index += 1;
        }
        index
    }

    fn follows(&self, index: usize, word: &str) -> bool {
        word.chars().enumerate().all(|(place, c)| self.at(index + place) == Some(c))
    }

    /// There is no value here (`raise_stop_iteration`).
    fn nothing(vm: &mut Vm, index: usize) -> Stop {
        let index = vm.int(index as i64);
        vm.raise_with(types::STOP_ITERATION, index)
    }

    /// `scan_once_unicode`
    fn value(&mut self, vm: &mut Vm, index: usize) -> Scanned {
        match self.at(index) {
            None => Err(Self::nothing(vm, index)),
            Some('"') => {
                let (text, end) = string(vm, self.text, &self.characters, index + 1, self.strict)?;
                Ok((vm.str(text), end))
            }
            Some('{') => vm.recursive(" while decoding a JSON object from a unicode string", |vm| self.object(vm, index + 1)),
            Some('[') => vm.recursive(" while decoding a JSON array from a unicode string", |vm| self.array(vm, index + 1)),
            Some('n') if self.follows(index, "null") => Ok((vm.none(), index + 4)),
            Some('t') if self.follows(index, "true") => Ok((vm.bool(true), index + 4)),
            Some('f') if self.follows(index, "false") => Ok((vm.bool(false), index + 5)),
            Some('N') if self.follows(index, "NaN") => self.constant(vm, "NaN", index + 3),
            Some('I') if self.follows(index, "Infinity") => self.constant(vm, "Infinity", index + 8),
            Some('-') if self.follows(index, "-Infinity") => self.constant(vm, "-Infinity", index + 9),
            Some(_) => self.number(vm, index),
        }
    }

    fn constant(&self, vm: &mut Vm, name: &str, end: usize) -> Scanned {
        let name = vm.intern(name);
        let value = vm.call_pos(self.fields[PARSE_CONSTANT], &[name.borrow()]);
        vm.release(name);
        Ok((value?, end))
    }

    /// `_match_number_unicode`
    fn number(&self, vm: &mut Vm, start: usize) -> Scanned {
        let digits = |mut index: usize| {
            while self.at(index).is_some_and(|c| c.is_ascii_digit()) {
                index += 1;
            }
            index
        };
        let mut end = start + usize::from(self.at(start) == Some('-'));
        match self.at(end) {
            Some('1'..='9') => end = digits(end),
            Some('0') => end += 1,
            _ => return Err(Self::nothing(vm, start)),
        }
        let mut is_float = false;
        if self.at(end) == Some('.') && digits(end + 1) > end + 1 {
            is_float = true;
            end = digits(end + 1);
        }
        if matches!(self.at(end), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.at(end + 1), Some('+' | '-')));
            let last = digits(end + 1 + sign);
            if last > end + 1 + sign {
                is_float = true;
                end = last;
            }
        }
        let text: String = self.characters[start..end].iter().collect();
        let text = vm.fresh_str(text);
        let parser = self.fields[if is_float { PARSE_FLOAT } else { PARSE_INT }];
        let value = vm.call_pos(parser, &[text.borrow()]);
        vm.release(text);
        Ok((value?, end))
    }

    /// `_parse_array_unicode`
    fn array(&mut self, vm: &mut Vm, index: usize) -> Scanned {
        let list = vm.new_list(Vec::new());
        match self.items(vm, index, list.borrow()) {
            Ok(end) => Ok((list, end)),
            Err(stop) => {
                vm.release(list);
                Err(stop)
            }
        }
    }

    fn items(&mut self, vm: &mut Vm, index: usize, list: Ref) -> PyResult<usize> {
        let mut index = self.skip_space(index);
        if self.at(index) == Some(']') {
            return Ok(index + 1);
        }
        if index >= self.characters.len() {
            return Err(decode_error(vm, "Expecting value", self.text, self.characters.len()));
        }
        loop {
            let (value, end) = self.value(vm, index)?;
            if let Some(items) = vm.list_mut(list) {
                items.push(value);
            }
            index = self.skip_space(end);
            match self.at(index) {
                Some(']') => return Ok(index + 1),
                Some(',') => {}
                _ => return Err(decode_error(vm, "Expecting ',' delimiter", self.text, index)),
            }
            let comma = index;
            index = self.skip_space(index + 1);
            if vm.profile.json_names_trailing_commas && self.at(index) == Some(']') {
                return Err(decode_error(vm, "Illegal trailing comma before end of array", self.text, comma));
            }
        }
    }

    /// `_parse_object_unicode`
    fn object(&mut self, vm: &mut Vm, index: usize) -> Scanned {
        let pairs = self.fields[PAIRS_HOOK] != types::NONE;
        let made = if pairs { vm.new_list(Vec::new()) } else { vm.new_dict() };
        let end = match self.members(vm, index, made.borrow(), pairs) {
            Ok(end) => end,
            Err(stop) => {
                vm.release(made);
                return Err(stop);
            }
        };
        let hook = if pairs { self.fields[PAIRS_HOOK] } else { self.fields[OBJECT_HOOK] };
        if hook == types::NONE {
            return Ok((made, end));
        }
        let value = vm.call_pos(hook, &[made.borrow()]);
        vm.release(made);
        Ok((value?, end))
    }

    fn members(&mut self, vm: &mut Vm, index: usize, into: Ref, pairs: bool) -> PyResult<usize> {
        let mut index = self.skip_space(index);
        if self.at(index) == Some('}') {
            return Ok(index + 1);
        }
        loop {
            if self.at(index) != Some('"') {
                return Err(decode_error(vm, "Expecting property name enclosed in double quotes", self.text, index));
            }
            let (name, end) = string(vm, self.text, &self.characters, index + 1, self.strict)?;
            let key = self.key(vm, name);
            index = self.skip_space(end);
            if self.at(index) != Some(':') {
                vm.release(key);
                return Err(decode_error(vm, "Expecting ':' delimiter", self.text, index));
            }
            index = self.skip_space(index + 1);
            let (value, end) = match self.value(vm, index) {
                Ok(scanned) => scanned,
                Err(stop) => {
                    vm.release(key);
                    return Err(stop);
                }
            };
            if pairs {
                let pair = vm.new_tuple(vec![key, value]);
                if let Some(items) = vm.list_mut(into) {
                    items.push(pair);
                }
            } else {
                let set = vm.dict_set(into, key.borrow(), value.borrow());
                vm.release(key);
                vm.release(value);
                set?;
            }
            index = self.skip_space(end);
            match self.at(index) {
                Some('}') => return Ok(index + 1),
                Some(',') => {}
                _ => return Err(decode_error(vm, "Expecting ',' delimiter", self.text, index)),
            }
            let comma = index;
            index = self.skip_space(index + 1);
            if vm.profile.json_names_trailing_commas && self.at(index) == Some('}') {
                return Err(decode_error(vm, "Illegal trailing comma before end of object", self.text, comma));
            }
        }
    }

    fn key(&mut self, vm: &mut Vm, name: String) -> Owned {
        if let Some(&place) = self.memo.get(&name) {
            return vm.retain(self.kept[place].borrow());
        }
        let key = vm.str(name.as_str());
        self.memo.insert(name, self.kept.len());
        self.kept.extend([vm.retain(key.borrow()), vm.retain(key.borrow())]);
        key
    }
}

/// A string behind its opening quote: its text, and where it ends (`scanstring_unicode`).
fn string(vm: &mut Vm, text: Ref, characters: &[char], start: usize, strict: bool) -> PyResult<(String, usize)> {
    let begin = start - 1;
    let mut made = String::new();
    let mut index = start;
    let unterminated = |vm: &mut Vm| decode_error(vm, "Unterminated string starting at", text, begin);
    loop {
        let Some(&c) = characters.get(index) else { return Err(unterminated(vm)) };
        index += 1;
        match c {
            '"' => return Ok((made, index)),
            '\\' => {}
            c if c <= '\u{1f}' && strict => return Err(decode_error(vm, "Invalid control character at", text, index - 1)),
            c => {
                made.push(c);
                continue;
            }
        }
        let Some(&escape) = characters.get(index) else { return Err(unterminated(vm)) };
        index += 1;
        made.push(match escape {
            '"' | '\\' | '/' => escape,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let hex = |at: usize| {
                    let digits: String = characters.get(at..at + 4)?.iter().collect();
                    u32::from_str_radix(&digits, 16).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
                };
                let Some(first) = hex(index) else {
                    return Err(decode_error(vm, "Invalid \\uXXXX escape", text, index - 1));
                };
                index += 4;
                let second = (0xd800..0xdc00).contains(&first) && characters.get(index..index + 2) == Some(&['\\', 'u']);
                let second = second.then(|| hex(index + 2)).flatten().filter(|second| (0xdc00..0xe000).contains(second));
                let code = match second {
                    Some(second) => {
                        index += 6;
                        0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                    }
                    None => first,
                };
                match char::from_u32(code) {
                    Some(c) => c,
                    None => return Err(vm.lone_surrogate()),
                }
            }
            _ => return Err(decode_error(vm, "Invalid \\escape", text, index - 2)),
        });
    }
}

/// `scanstring(string, end, strict=True)`
pub(super) fn scan_string(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let text = args.values[0];
    let end = vm.ssize_argument(args.values[1])?;
    let strict = match args.values.get(2) {
        Some(&strict) => vm.truth(strict)?,
        None => true,
    };
    let Some(characters) = vm.text(text).map(|text| text.chars().collect::<Vec<char>>()) else {
        let message = format!("first argument must be a string, not {}", vm.type_name(text));
        return Err(vm.type_error(message));
    };
    match usize::try_from(end) {
        Ok(end) if end >= 1 && end <= characters.len() => {
            let (made, end) = string(vm, text, &characters, end, strict)?;
            let pair = vec![vm.str(made), vm.int(end as i64)];
            Ok(vm.new_tuple(pair))
        }
        _ => Err(vm.value_error("end is out of bounds")),
    }
}
