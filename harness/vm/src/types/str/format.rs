//! `str.format` (`Objects/stringlib/unicode_format.h`).

use std::ops::Range;

use super::writer::Writer;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

pub(super) fn format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let rest = args.of_method();
    vm.with_positional_tuple(&rest, |vm, positional| {
        let keywords = keyword_dict(vm, &rest)?;
        let sources = Sources { positional: Some(positional), named: keywords.as_ref().map(Owned::borrow) };
        let result = format_string(vm, this, sources);
        vm.release_option(keywords);
        result
    })
}

fn keyword_dict(vm: &mut Vm, args: &Args<'_>) -> PyResult<Option<Owned>> {
    if args.names.is_empty() {
        return Ok(None);
    }
    let dict = vm.new_dict();
    for (name, value) in args.keywords() {
        if let Err(stop) = vm.dict_set(dict.borrow(), name, value) {
            vm.release(dict);
            return Err(stop);
        }
    }
    Ok(Some(dict))
}

pub(super) fn format_map(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    format_string(vm, args.values[0], Sources { positional: None, named: Some(args.values[1]) })
}

/// `str.__format__`
pub(super) fn dunder_format(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.format_method(args.values[0], args.values[1])
}

/// Where fields come from.
#[derive(Clone, Copy)]
struct Sources {
    /// The tuple of arguments; `format_map` has none.
    positional: Option<Ref>,
    /// The mapping of names.
    named: Option<Ref>,
}

/// How fields without a name are numbered.
enum Numbering {
    /// There was none yet.
    Open,
    /// One after the other; the next one.
    Automatic(usize),
    /// By the numbers in them.
    Manual,
}

/// A format string that is being worked through.
struct Format<'a> {
    chars: &'a [char],
    /// The string object that the characters are.
    object: Ref,
    sources: Sources,
}

/// A replacement field, as ranges of the format string.
#[derive(Default)]
struct Field {
    name: Range<usize>,
    conversion: Option<char>,
    /// What comes after the colon; none without one.
    spec: Option<Range<usize>>,
    /// The specification has fields itself.
    nested: bool,
}

fn format_string(vm: &mut Vm, string: Ref, sources: Sources) -> PyResult {
    let mut numbering = Numbering::Open;
    build(vm, string, sources, 2, &mut numbering)
}

/// `build_string`
fn build(vm: &mut Vm, string: Ref, sources: Sources, depth: usize, numbering: &mut Numbering) -> PyResult {
    if depth == 0 {
        return Err(vm.value_error("Max string recursion exceeded"));
    }
    let chars: Vec<char> = vm.expect_text(string).chars().collect();
    let format = Format { chars: &chars, object: string, sources };
    let mut writer = Writer::new();
    match format.run(vm, &mut writer, depth, numbering) {
        Ok(()) => Ok(writer.finish(vm)),
        Err(stop) => {
            writer.abandon(vm);
            Err(stop)
        }
    }
}

impl Format<'_> {
    /// `do_markup`
    fn run(&self, vm: &mut Vm, writer: &mut Writer, depth: usize, numbering: &mut Numbering) -> PyResult<()> {
        let end = self.chars.len();
        let mut at = 0;
        while at < end {
            let (literal, is_field) = self.literal(vm, &mut at)?;
            let field = if is_field { Some(self.field(vm, &mut at)?) } else { None };
            if !literal.is_empty() {
                if field.is_none() && at == end {
                    writer.expect_end();
                }
                if literal == (0..end) {
                    writer.write(vm, self.object);
                } else {
                    writer.push_text(&self.text(literal));
                }
            }
            if let Some(field) = field {
                if at == end {
                    writer.expect_end();
                }
                self.output(vm, &field, writer, depth, numbering)?;
            }
        }
        Ok(())
    }

    fn text(&self, range: Range<usize>) -> String {
        self.chars[range].iter().collect()
    }

    /// Text up to a field, a doubled brace (of which it has one) or the end; whether a field follows.
    fn literal(&self, vm: &mut Vm, at: &mut usize) -> PyResult<(Range<usize>, bool)> {
        let start = *at;
        let Some(length) = self.chars[start..].iter().position(|c| matches!(c, '{' | '}')) else {
            *at = self.chars.len();
            return Ok((start..*at, false));
        };
        let brace = start + length;
        let (c, next) = (self.chars[brace], self.chars.get(brace + 1));
        *at = brace + 1;
        if next == Some(&c) {
            *at += 1;
            return Ok((start..brace + 1, false));
        }
        if c == '}' || next.is_none() {
            return Err(vm.value_error(format!("Single '{c}' encountered in format string")));
        }
        Ok((start..brace, true))
    }

    /// `parse_field`
    fn field(&self, vm: &mut Vm, at: &mut usize) -> PyResult<Field> {
        let start = *at;
        let end = loop {
            let c = self.chars.get(*at).copied();
            *at += 1;
            match c {
                None => return Err(vm.value_error("expected '}' before end of string")),
                Some('{') => return Err(vm.value_error("unexpected '{' in field name")),
                Some('[') => *at += self.chars[*at..].iter().take_while(|&&c| c != ']').count(),
                Some('}' | ':' | '!') => break *at - 1,
                Some(_) => {}
            }
        };
        let mut field = Field { name: start..end, ..Field::default() };
        match self.chars[end] {
            '}' => return Ok(field),
            '!' => {
                field.conversion = self.chars.get(*at).copied();
                *at += 1;
                if field.conversion.is_none() {
                    return Err(vm.value_error("end of string while looking for conversion specifier"));
                }
                if let Some(&c) = self.chars.get(*at) {
                    *at += 1;
                    match c {
                        '}' => return Ok(field),
                        ':' => {}
                        _ => return Err(vm.value_error("expected ':' after conversion specifier")),
                    }
                }
            }
            _ => {}
        }
        let start = *at;
        let mut depth = 1;
        while let Some(c) = self.chars.get(*at) {
            *at += 1;
            match c {
                '{' => {
                    field.nested = true;
                    depth += 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = Some(start..*at - 1);
                return Ok(field);
            }
        }
        Err(vm.value_error("unmatched '{' in format spec"))
    }

    /// `output_markup`
    fn output(&self, vm: &mut Vm, field: &Field, writer: &mut Writer, depth: usize, numbering: &mut Numbering) -> PyResult<()> {
        let mut object = self.object_of(vm, field.name.clone(), numbering)?;
        if let Some(conversion) = field.conversion {
            let converted = convert(vm, object.borrow(), conversion);
            vm.release(object);
            object = converted?;
        }
        let result = self.render(vm, object.borrow(), field, writer, depth, numbering);
        vm.release(object);
        result
    }

    /// `render_field`, and the expansion of the specification before it.
    fn render(
        &self,
        vm: &mut Vm,
        object: Ref,
        field: &Field,
        writer: &mut Writer,
        depth: usize,
        numbering: &mut Numbering,
    ) -> PyResult<()> {
        let spec = field.spec.clone().map(|spec| self.text(spec)).unwrap_or_default();
        let written = vm.str(spec);
        let (expanded, spec) = if field.nested {
            let expanded = build(vm, written.borrow(), self.sources, depth - 1, numbering);
            vm.release(written);
            let expanded = expanded?;
            // The specification is a part of the expanded one: all of it.
            let spec = vm.str_unchanged(expanded.borrow());
            (Some(expanded), spec)
        } else {
            (None, written)
        };
        let result = if vm.class_of(object) == types::INT && vm.expect_text(spec.borrow()).is_empty() {
            // Written without an object in between.
            vm.int_text(object).map(|text| writer.push_text(&text))
        } else {
            vm.format_value(object, Some(spec.borrow())).map(|formatted| {
                writer.write(vm, formatted.borrow());
                vm.release(formatted);
            })
        };
        vm.release(spec);
        vm.release_option(expanded);
        result
    }

    /// `get_field_object`: what a field's name names.
    fn object_of(&self, vm: &mut Vm, name: Range<usize>, numbering: &mut Numbering) -> PyResult {
        let first = self.chars[name.clone()].iter().position(|c| matches!(c, '[' | '.'));
        let first = name.start..first.map_or(name.end, |length| name.start + length);
        let index = match self.number(vm, first.clone())? {
            Some(index) => Some(index),
            None if first.is_empty() => Some(usize::MAX),
            None => None,
        };
        let index = match index {
            Some(index) => Some(number_field(vm, index, first.is_empty(), numbering)?),
            None => None,
        };
        let mut object = match index {
            None => {
                let key = vm.str(self.text(first.clone()));
                let found = match self.sources.named {
                    Some(named) => vm.get_item(named, key.borrow()),
                    None => Err(vm.key_error(key.borrow())),
                };
                vm.release(key);
                found?
            }
            Some(index) => {
                let Some(positional) = self.sources.positional else {
                    return Err(vm.value_error("Format string contains positional fields"));
                };
                match vm.tuple(positional).and_then(|items| items.get(index)).map(Owned::borrow) {
                    Some(item) => vm.retain(item),
                    None => {
                        let message = format!("Replacement index {index} out of range for positional args tuple");
                        return Err(vm.index_error(message));
                    }
                }
            }
        };
        let mut at = first.end;
        while at < name.end {
            let found = self.step(vm, object.borrow(), &mut at, name.end);
            vm.release(object);
            object = found?;
        }
        Ok(object)
    }

    /// One `.attribute` or `[item]` of a field's name.
    fn step(&self, vm: &mut Vm, object: Ref, at: &mut usize, end: usize) -> PyResult {
        let start = *at + 1;
        let rest = &self.chars[start..end];
        match self.chars[*at] {
            '.' => {
                let length = rest.iter().position(|c| matches!(c, '[' | '.')).unwrap_or(rest.len());
                *at = start + length;
                if length == 0 {
                    return Err(empty_attribute(vm));
                }
                let name = vm.str(self.text(start..*at));
                let found = vm.getattr(object, name.borrow());
                vm.release(name);
                found
            }
            '[' => {
                let Some(length) = rest.iter().position(|&c| c == ']') else {
                    return Err(vm.value_error("Missing ']' in format string"));
                };
                *at = start + length + 1;
                let index = self.number(vm, start..start + length)?;
                if length == 0 {
                    return Err(empty_attribute(vm));
                }
                let key = match index {
                    Some(index) => vm.int(index as i64),
                    None => vm.str(self.text(start..start + length)),
                };
                let found = vm.get_item(object, key.borrow());
                vm.release(key);
                found
            }
            _ => Err(vm.value_error("Only '.' or '[' may follow ']' in format field specifier")),
        }
    }

    /// The number that a part of a name is, if it is one (`get_integer`).
    fn number(&self, vm: &mut Vm, range: Range<usize>) -> PyResult<Option<usize>> {
        let unicode = vm.unicode();
        let mut number: Option<i64> = None;
        for &c in &self.chars[range] {
            let Some(digit) = unicode.decimal(c) else { return Ok(None) };
            let next = number.unwrap_or(0).checked_mul(10).and_then(|number| number.checked_add(i64::from(digit)));
            number = Some(next.ok_or_else(|| vm.value_error("Too many decimal digits in format string"))?);
        }
        Ok(number.map(|number| number as usize))
    }
}

fn empty_attribute(vm: &mut Vm) -> Stop {
    vm.value_error("Empty attribute in format string")
}

/// The index of a positional field: its own, or the next one (`autonumber_state_error`).
fn number_field(vm: &mut Vm, index: usize, is_empty: bool, numbering: &mut Numbering) -> PyResult<usize> {
    if matches!(numbering, Numbering::Open) {
        *numbering = if is_empty { Numbering::Automatic(0) } else { Numbering::Manual };
    }
    match (numbering, is_empty) {
        (Numbering::Automatic(next), true) => {
            *next += 1;
            Ok(*next - 1)
        }
        (Numbering::Automatic(_), false) => {
            Err(vm.value_error("cannot switch from automatic field numbering to manual field specification"))
        }
        (_, true) => Err(vm.value_error("cannot switch from manual field specification to automatic field numbering")),
        (_, false) => Ok(index),
    }
}

/// `!r`, `!s`, `!a`
fn convert(vm: &mut Vm, object: Ref, conversion: char) -> PyResult {
    match conversion {
        'r' => vm.repr(object),
        's' => vm.str_of(object),
        'a' => vm.ascii(object),
        '!'..='~' => Err(vm.value_error(format!("Unknown conversion specifier {conversion}"))),
        _ => Err(vm.value_error(format!("Unknown conversion specifier \\x{:x}", u32::from(conversion)))),
    }
}
