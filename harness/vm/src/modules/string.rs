//! `_string`: how `string.Formatter` takes formats apart (`Objects/stringlib/unicode_format.h`).

use super::function;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] =
    &[function("formatter_parser", Arity::One, parser), function("formatter_field_name_split", Arity::One, split_field_name)];

pub(super) fn make(vm: &mut Vm) {
    vm.make_module("_string", FUNCTIONS);
}

/// What is left to hand out, the next one last, and the string that it is of.
struct Parts {
    parts: Vec<Part>,
    string: Option<Owned>,
}

/// What is handed out.
enum Part {
    /// A literal, and the field after it: name, specification and conversion.
    Markup(String, Option<(String, String, Option<char>)>),
    /// An attribute, or an item by its key.
    Access(bool, String),
    /// The parser stumbles.
    Error(&'static str),
}

impl Native for Parts {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(string) = &self.string {
            see(Role::Field("string"), string.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.string.take());
    }
}

macro_rules! iterator {
    ($place:ident, $name:literal) => {
        pub(crate) static $place: NativeType = NativeType {
            name: $name,
            slots: Slots { iter: Some(types::iterators::itself), next: Some(next), ..Slots::NONE },
            flags: Flags(Flags::NO_NEW),
            ..NativeType::PLAIN
        };
    };
}

iterator!(FORMATTER_ITERATOR, "formatteriterator");
iterator!(FIELD_NAME_ITERATOR, "fieldnameiterator");

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let part = vm.payload_mut::<Parts>(this).and_then(|parts| parts.parts.pop());
    let items = match part {
        None => return Ok(None),
        Some(Part::Error(message)) => return Err(vm.value_error(message)),
        Some(Part::Markup(literal, field)) => {
            let mut items = vec![part_of(vm, this, literal)];
            match field {
                None => items.extend([vm.none(), vm.none(), vm.none()]),
                Some((name, specification, conversion)) => {
                    items.push(vm.str(name));
                    items.push(vm.str(specification));
                    items.push(match conversion {
                        Some(conversion) => vm.char_str(conversion),
                        None => vm.none(),
                    });
                }
            }
            items
        }
        Some(Part::Access(attribute, key)) => {
            let key = index_or_text(vm, key);
            vec![vm.bool(attribute), key]
        }
    };
    Ok(Some(vm.new_tuple(items)))
}

/// A part of the string that is all of it is the string itself (`PyUnicode_Substring`).
fn part_of(vm: &mut Vm, iterator: Ref, part: String) -> Owned {
    let string = vm.payload::<Parts>(iterator).and_then(|parts| parts.string.as_ref().map(Owned::borrow));
    match string.filter(|&string| vm.text(string) == Some(&*part)) {
        Some(string) => vm.retain(string),
        None => vm.str(part),
    }
}

/// A key that is a number is one.
fn index_or_text(vm: &mut Vm, key: String) -> Owned {
    match as_index(&key) {
        Some(index) => vm.int(index),
        None => vm.str(key),
    }
}

fn as_index(key: &str) -> Option<i64> {
    key.parse().ok().filter(|_| key.bytes().all(|byte| byte.is_ascii_digit()))
}

fn check(vm: &mut Vm, args: &Args<'_>) -> PyResult<String> {
    match vm.text(args.values[0]) {
        Some(text) => Ok(text.to_owned()),
        None => {
            let message = format!("expected str, got {}", vm.type_name(args.values[0]));
            Err(vm.type_error(message))
        }
    }
}

fn iterator(vm: &mut Vm, class: Ref, string: Ref, mut parts: Vec<Part>) -> Owned {
    parts.reverse();
    let string = Some(vm.retain(string));
    vm.make(class, Value::Native(Box::new(Parts { parts, string })))
}

/// `_string.formatter_parser(string)`
fn parser(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let text = check(vm, args)?;
    let parts = markup(&text);
    Ok(iterator(vm, types::FORMATTER_ITERATOR, args.values[0], parts))
}

/// `MarkupIterator_next`, again and again.
fn markup(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some(brace) = rest.find(['{', '}']) else {
            parts.push(Part::Markup(rest.to_owned(), None));
            break;
        };
        let (literal, after) = (&rest[..brace], &rest[brace + 1..]);
        let kind = &rest[brace..=brace];
        if after.starts_with(kind) {
            parts.push(Part::Markup(rest[..=brace].to_owned(), None));
            rest = &after[1..];
            continue;
        }
        if kind == "}" {
            parts.push(Part::Error("Single '}' encountered in format string"));
            break;
        }
        if after.is_empty() {
            parts.push(Part::Error("Single '{' encountered in format string"));
            break;
        }
        match field(after) {
            Ok((field, left)) => {
                parts.push(Part::Markup(literal.to_owned(), Some(field)));
                rest = left;
            }
            Err(message) => {
                parts.push(Part::Error(message));
                break;
            }
        }
    }
    parts
}

type Field = (String, String, Option<char>);

/// A field behind its opening brace, and what comes after it (`parse_field`).
fn field(text: &str) -> Result<(Field, &str), &'static str> {
    let mut bracketed = false;
    let end = text.char_indices().find(|&(_, c)| match c {
        '[' => {
            bracketed = true;
            false
        }
        ']' => {
            bracketed = false;
            false
        }
        '{' => true,
        '}' | ':' | '!' => !bracketed,
        _ => false,
    });
    let Some((end, stop)) = end else { return Err("expected '}' before end of string") };
    let name = text[..end].to_owned();
    let mut rest = &text[end + 1..];
    let mut conversion = None;
    match stop {
        '{' => return Err("unexpected '{' in field name"),
        '}' => return Ok(((name, String::new(), None), rest)),
        '!' => {
            let mut characters = rest.chars();
            let Some(c) = characters.next() else { return Err("end of string while looking for conversion specifier") };
            conversion = Some(c);
            match characters.next() {
                Some('}') => return Ok(((name, String::new(), conversion), characters.as_str())),
                Some(':') => rest = characters.as_str(),
                Some(_) => return Err("expected ':' after conversion specifier"),
                None => return Err("unmatched '{' in format spec"),
            }
        }
        _ => {}
    }
    let mut depth = 1;
    for (index, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(((name, rest[..index].to_owned(), conversion), &rest[index + 1..]));
        }
    }
    Err("unmatched '{' in format spec")
}

/// `_string.formatter_field_name_split(string)`
fn split_field_name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let text = check(vm, args)?;
    let end = text.find(['.', '[']).unwrap_or(text.len());
    // A name without more is the string itself.
    let first = if end == text.len() && as_index(&text).is_none() {
        vm.retain(args.values[0])
    } else {
        index_or_text(vm, text[..end].to_owned())
    };
    let mut parts = Vec::new();
    let mut rest = &text[end..];
    while let Some(kind) = rest.chars().next() {
        let body = &rest[1..];
        let (key, left) = match kind {
            '.' => body.split_at(body.find(['.', '[']).unwrap_or(body.len())),
            '[' => match body.find(']') {
                Some(close) => (&body[..close], &body[close + 1..]),
                None => {
                    parts.push(Part::Error("Missing ']' in format string"));
                    break;
                }
            },
            _ => {
                parts.push(Part::Error("Only '.' or '[' may follow ']' in format field specifier"));
                break;
            }
        };
        if key.is_empty() {
            parts.push(Part::Error("Empty attribute in format string"));
            break;
        }
        parts.push(Part::Access(kind == '.', key.to_owned()));
        rest = left;
    }
    let rest = iterator(vm, types::FIELD_NAME_ITERATOR, args.values[0], parts);
    Ok(vm.new_tuple(vec![first, rest]))
}
