//! Bytecode as CPython's `dis` shows it.

use std::fmt::{self, Write};
use std::ops::Range;

use refdrift_trace::{CodeObject, CodeUnit, ConstId, ConstantValue};

use crate::lower::Unit;
use crate::table::{Lower, cpython_units};
use crate::{ArgKind, BinaryOperator, Code, CompareOperator, Conversion, DecodeError, FunctionAttribute, Instr, Op};

/// One instruction as CPython writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The byte offset that CPython reports for it, as in [`Instr::offset`].
    pub offset: u32,
    /// CPython's name.
    pub name: &'static str,
    /// Its argument with all prefixes, if it has one.
    pub arg: Option<u32>,
    /// What the argument stands for: `a`, `'hi'`, `to 24`; empty if it stands for itself.
    pub text: String,
    /// The line of the source.
    pub line: Option<u32>,
    /// Whether CPython reports a trace event before it.
    pub boundary: bool,
    /// What it became, as indices into [`Code::instrs`].
    pub instrs: Range<usize>,
}

impl fmt::Display for Line {
    /// `LOAD_NAME 0 (a)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(arg) = self.arg {
            write!(f, " {arg}")?;
        }
        if self.text.is_empty() { Ok(()) } else { write!(f, " ({})", self.text) }
    }
}

/// All instructions of a code object. An `EXTENDED_ARG` has a line where it is a step of its own (3.12 on).
pub fn listing(decoded: &Code, code: &CodeObject, unit: &CodeUnit) -> Result<Vec<Line>, DecodeError> {
    let mut lines = Vec::new();
    let mut next = 0;
    let version = decoded.version();
    let (units, table) = cpython_units(version, code).ok_or(DecodeError::Version(version))?;
    let mut push = |offset: u32, name, arg, text: String| {
        let instrs = next..next + decoded.step(next as u32).len();
        next = instrs.end;
        let boundary = decoded.instrs.get(instrs.start).is_some_and(|instr| instr.boundary);
        lines.push(Line { offset, name, arg, text, line: decoded.line(offset), boundary, instrs });
    };
    for raw in units {
        let raw = raw?;
        let offset = if table.prefix_is_step { raw.offset() } else { raw.start };
        if table.prefix_is_step {
            for prefix in 0..raw.prefixes {
                let folded = raw.arg >> (8 * u32::from(raw.prefixes - prefix));
                push(raw.start + 2 * u32::from(prefix), "EXTENDED_ARG", Some(folded), String::new());
            }
        }
        let arg = (raw.raw.opcode >= table.first_with_arg).then_some(raw.arg);
        let text = decoded.index_of_offset(offset).map_or_else(String::new, |index| text(raw, decoded, index, code, unit));
        push(offset, raw.raw.name, arg, text);
    }
    Ok(lines)
}

/// What the argument of a CPython instruction stands for.
fn text(raw: Unit, decoded: &Code, index: u32, code: &CodeObject, unit: &CodeUnit) -> String {
    let instrs = decoded.step(index);
    let null_first = decoded.version().minor < 13;
    let with_null = |what: &str, null: &str| if null_first { format!("{null} + {what}") } else { format!("{what} + {null}") };
    let mut words: Vec<String> = instrs.iter().filter_map(|&instr| argument_text(instr, decoded, code, unit)).collect();
    if matches!(raw.raw.lower, Lower::Function) {
        // The topmost attribute is stored first.
        words.reverse();
    }
    let words = words.join(", ");
    match raw.raw.lower {
        Lower::Global { .. } if raw.arg & 1 == 1 => with_null(&words, "NULL"),
        Lower::Attribute | Lower::SuperAttribute if raw.arg & 1 == 1 => with_null(&words, "NULL|self"),
        Lower::Compare { to_bool, .. } if raw.arg & to_bool != 0 => format!("bool({words})"),
        Lower::FormatValue if raw.arg & 4 != 0 && words.is_empty() => "with format".to_owned(),
        Lower::FormatValue if raw.arg & 4 != 0 => format!("{words}, with format"),
        Lower::Intrinsic1 | Lower::Intrinsic2 => {
            let name = instrs.first().map_or("?", |instr| instr.op.name());
            format!("INTRINSIC_{}", name.trim_end_matches("_EXPR"))
        }
        Lower::SendThatEnds => argument_text(instrs[instrs.len() - 1], decoded, code, unit).unwrap_or_default(),
        Lower::ForIter(more) => instrs
            .first()
            .and_then(|instr| decoded.instrs.get(instr.arg as usize))
            .map_or_else(String::new, |landing| format!("to {}", landing.offset.saturating_sub(2 * more))),
        _ => words,
    }
}

/// What the argument of an instruction stands for, where it does not stand for itself.
pub fn argument_text(instr: Instr, decoded: &Code, code: &CodeObject, unit: &CodeUnit) -> Option<String> {
    let Instr { op, arg, .. } = instr;
    let index = arg as usize;
    let name = |ids: &[ConstId], index: usize| ids.get(index).map(|&id| unit.text(id).to_owned());
    match op.arg_kind() {
        ArgKind::Local => name(&code.localsplusnames, index),
        ArgKind::Name => name(&code.names, index),
        ArgKind::SuperName => name(&code.names, index >> 1),
        ArgKind::Const => code.consts.get(index).map(|&id| constant_text(unit, id)),
        ArgKind::Target => decoded.instrs.get(index).map(|target| format!("to {}", target.offset)),
        ArgKind::Binary => BinaryOperator::from_arg(arg).map(|operator| operator.text().to_owned()),
        ArgKind::Compare => CompareOperator::from_arg(arg).map(|operator| operator.text().to_owned()),
        ArgKind::Conversion => Conversion::from_arg(arg).map(|conversion| conversion.text().to_owned()),
        ArgKind::FunctionAttribute => FunctionAttribute::from_arg(arg).map(|attribute| attribute.text().to_owned()),
        ArgKind::Invert => Some(
            match (op, arg) {
                (Op::IsOp, 0) => "is",
                (Op::IsOp, _) => "is not",
                (_, 0) => "in",
                (_, _) => "not in",
            }
            .to_owned(),
        ),
        _ => None,
    }
}

/// A constant as Python's `repr` writes it; nested containers to a bounded depth and length.
pub fn constant_text(unit: &CodeUnit, id: ConstId) -> String {
    let mut text = String::new();
    write_constant(&mut text, unit, id, 0);
    text
}

/// No longer than that many characters.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    match text.char_indices().nth(width) {
        None => text.to_owned(),
        Some(_) => text.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
    }
}

const DEEPEST: usize = 20;
/// In bytes. Constants can share their items, so that few of them make a text without end.
const LONGEST: usize = 1 << 16;

fn write_constant(out: &mut String, unit: &CodeUnit, id: ConstId, depth: usize) {
    let Some(constant) = unit.pool.get(id as usize).filter(|_| depth < DEEPEST) else { return out.push('?') };
    let complex = |bits: u64| float_text(f64::from_bits(bits)).trim_end_matches(".0").to_owned();
    match &constant.value {
        ConstantValue::None => out.push_str("None"),
        ConstantValue::Ellipsis => out.push_str("Ellipsis"),
        ConstantValue::Bool(true) => out.push_str("True"),
        ConstantValue::Bool(false) => out.push_str("False"),
        ConstantValue::Int(value) => _ = write!(out, "{value}"),
        ConstantValue::BigInt(digits) => out.push_str(digits),
        ConstantValue::Float(bits) => out.push_str(&float_text(f64::from_bits(*bits))),
        ConstantValue::Complex(real, imag) if *real == 0 => _ = write!(out, "{}j", complex(*imag)),
        ConstantValue::Complex(real, imag) => {
            let imag = complex(*imag);
            let sign = if imag.starts_with('-') { "" } else { "+" };
            _ = write!(out, "({}{sign}{imag}j)", complex(*real));
        }
        ConstantValue::Str(text) => quote(out, text.chars().map(Ok)),
        ConstantValue::WideStr(points) => quote(out, points.iter().map(|&point| char::from_u32(point).ok_or(point))),
        ConstantValue::Bytes(bytes) => {
            out.push('b');
            quote(out, bytes.iter().map(|&byte| if byte < 0x80 { Ok(char::from(byte)) } else { Err(u32::from(byte)) }));
        }
        ConstantValue::Tuple(items) => {
            out.push('(');
            write_items(out, unit, items, depth);
            out.push_str(if items.len() == 1 { ",)" } else { ")" });
        }
        ConstantValue::FrozenSet(items) => {
            out.push_str("frozenset({");
            write_items(out, unit, items, depth);
            out.push_str("})");
        }
        ConstantValue::Code(code) => match unit.codes.get(*code as usize) {
            Some(code) => _ = write!(out, "<code object {}, line {}>", unit.text(code.name), code.firstlineno),
            None => out.push('?'),
        },
    }
}

fn write_items(out: &mut String, unit: &CodeUnit, items: &[ConstId], depth: usize) {
    for (index, &item) in items.iter().enumerate() {
        if out.len() > LONGEST {
            return out.push('…');
        }
        if index > 0 {
            out.push_str(", ");
        }
        write_constant(out, unit, item, depth + 1);
    }
}

/// A string in Python's quotes; what is no character is written by its number.
fn quote(out: &mut String, characters: impl Iterator<Item = Result<char, u32>> + Clone) {
    let has = |wanted: char| characters.clone().any(|c| c == Ok(wanted));
    let mark = if has('\'') && !has('"') { '"' } else { '\'' };
    out.push(mark);
    for character in characters {
        match character {
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok('\\') => out.push_str("\\\\"),
            Ok(c) if c == mark => _ = write!(out, "\\{c}"),
            Ok(c) if c.is_control() => _ = write!(out, "\\x{:02x}", u32::from(c)),
            Ok(c) => out.push(c),
            Err(number) if number < 0x100 => _ = write!(out, "\\x{number:02x}"),
            Err(number) => _ = write!(out, "\\u{number:04x}"),
        }
    }
    out.push(mark);
}

/// A float as Python writes it: the shortest digits, with an exponent from 1e16 on and below 1e-4.
fn float_text(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value < 0.0 { "-inf" } else { "inf" }.to_owned()
    } else if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        format!("{digits}e{sign}{exponent:0>2}")
    } else {
        format!("{value:?}")
    }
}
