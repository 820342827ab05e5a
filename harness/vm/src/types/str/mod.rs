//! `str`
//!
//! The text is UTF-8 with its length in code points beside it: text that is all ASCII is indexed at once, other text is
//! walked. A lone surrogate has no place in it: what would make one is unsupported and says so.
//!
//! Which operations hand back their operand and which make a new object is part of what programs can see. Operations that
//! find nothing to do return an exact `str` itself ([`Vm::str_unchanged`]); those that CPython builds through `unicode_result`
//! share the empty string and those of one Latin-1 character ([`Vm::str`]); the others make even those anew
//! ([`Vm::fresh_str`]).

mod case;
mod codec;
mod format;
mod join;
mod methods;
mod pad;
mod percent;
mod predicates;
mod repr;
mod search;
mod split;
mod translate;
pub(crate) mod unicode;
mod unicode_assigned;
mod writer;

use refdrift_isa::CompareOperator;

use crate::api::Missing;
use crate::hash;
use crate::heap::{Owned, Ref, keep};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

pub(crate) use codec::{decode, encode as encode_text};
pub(crate) use methods::codec_arguments;
pub(crate) use percent::{Arguments, Directive, parse_directive};
pub(crate) use predicates::is_identifier;
pub(crate) use repr::{ascii_escaped, str_repr};
pub(crate) use search::{Search, with_search};
use unicode::{Unicode, is_line_break, is_space};

/// A string's payload.
pub(crate) struct Str {
    pub(crate) text: Box<str>,
    /// Its length in code points.
    pub(crate) chars: u32,
    /// Its hash, once somebody asked.
    pub(crate) hash: Option<i64>,
    /// It stands in the table of interned strings.
    pub(crate) interned: bool,
}

keep!(Str { text, chars, hash, interned });

/// How many bytes CPython stores a character of a string in: what its searches look at first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Width {
    /// All of Latin-1.
    One,
    /// All of the basic plane.
    Two,
    /// Anything.
    Four,
}

impl Str {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let chars = if text.is_ascii() { text.len() } else { text.chars().count() };
        Self { chars: chars as u32, text, hash: None, interned: false }
    }

    /// Its length in code points.
    pub(crate) fn len(&self) -> usize {
        self.chars as usize
    }

    /// Whether it is all ASCII, so that a byte is a character.
    pub(crate) fn is_ascii(&self) -> bool {
        self.len() == self.text.len()
    }

    /// Where a character begins; the end for an index beyond it.
    pub(crate) fn byte_of(&self, index: usize) -> usize {
        if self.is_ascii() {
            return index.min(self.text.len());
        }
        self.text.char_indices().nth(index).map_or(self.text.len(), |(byte, _)| byte)
    }

    /// The character at an index.
    pub(crate) fn char_at(&self, index: usize) -> Option<char> {
        if self.is_ascii() {
            return self.text.as_bytes().get(index).map(|&byte| char::from(byte));
        }
        self.text.chars().nth(index)
    }

    /// The characters from one index up to another.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &str {
        if start >= end {
            return "";
        }
        let first = self.byte_of(start);
        if self.is_ascii() {
            return &self.text[first..end.min(self.text.len())];
        }
        let rest = &self.text[first..];
        let length = rest.char_indices().nth(end - start).map_or(rest.len(), |(byte, _)| byte);
        &rest[..length]
    }

    /// How wide CPython stores it.
    pub(crate) fn width(&self) -> Width {
        if self.is_ascii() {
            return Width::One;
        }
        match self.text.chars().max().map_or(0, u32::from) {
            ..=0xff => Width::One,
            0x100..=0xffff => Width::Two,
            _ => Width::Four,
        }
    }
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "str",
    slots: Slots {
        repr: Some(repr),
        str: Some(|vm, this| Ok(vm.str_unchanged(this))),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        new: Some(new),
        remainder: Some(percent::remainder),
        length: Some(|vm, this| Ok(vm.str_payload(this).len())),
        subscript: Some(subscript),
        item: Some(item),
        contains: Some(contains),
        concat: Some(Vm::str_concat),
        repeat: Some(repeat),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    flags: Flags(Flags::BASE | Flags::MATCH_SELF),
    ..NativeType::PLAIN
};

/// What stands in for the payload of what is no string.
static NOTHING: std::sync::LazyLock<Str> = std::sync::LazyLock::new(|| Str::new(""));

impl Vm {
    /// The payload of an object that is known to be a string.
    pub(crate) fn str_payload(&self, object: Ref) -> &Str {
        match &self.heap[object].value {
            Value::Str(payload) => payload,
            _ => &NOTHING,
        }
    }

    /// The characters that this version knows.
    pub(crate) fn unicode(&self) -> Unicode {
        Unicode(self.profile.unicode)
    }

    /// A `str` that is a new object even if it has one character; only the empty one is shared (`PyUnicode_New`).
    pub(crate) fn fresh_str(&mut self, text: impl Into<Box<str>>) -> Owned {
        let text = text.into();
        if text.is_empty() {
            return self.retain(types::EMPTY_STR);
        }
        self.make(types::STR, Value::Str(Box::new(Str::new(text))))
    }

    /// The `str` of one character (`unicode_char`).
    pub(crate) fn char_str(&mut self, c: char) -> Owned {
        match u8::try_from(u32::from(c)) {
            Ok(latin1) => self.retain(types::latin1(latin1)),
            Err(_) => self.str(c.to_string()),
        }
    }

    /// Nothing to do: the string itself, or a copy of it if its type is a subclass (`unicode_result_unchanged`).
    pub(crate) fn str_unchanged(&mut self, string: Ref) -> Owned {
        if self.class_of(string) == types::STR {
            return self.retain(string);
        }
        let text = self.str_payload(string).text.clone();
        self.fresh_str(text)
    }

    /// The characters from one index up to another (`PyUnicode_Substring`).
    pub(crate) fn substring(&mut self, string: Ref, start: usize, end: usize) -> Owned {
        let payload = self.str_payload(string);
        if start == 0 && end >= payload.len() {
            return self.str_unchanged(string);
        }
        let text: Box<str> = payload.slice(start, end).into();
        self.str(text)
    }

    /// The part of a string between two bytes (`PyUnicode_Substring`).
    pub(crate) fn substring_of_bytes(&mut self, string: Ref, start: usize, end: usize) -> Owned {
        let text = &self.str_payload(string).text;
        if start == 0 && end == text.len() {
            return self.str_unchanged(string);
        }
        let text: Box<str> = text.get(start..end).unwrap_or_default().into();
        self.str(text)
    }

    /// `left + right` (`PyUnicode_Concat`)
    pub(crate) fn str_concat(&mut self, left: Ref, right: Ref) -> PyResult {
        let Some(tail) = self.text(right) else {
            let message = format!("can only concatenate str (not \"{}\") to str", self.type_name(right));
            return Err(self.type_error(message));
        };
        // The shared empty string, not any empty one.
        if left == types::EMPTY_STR {
            return Ok(self.str_unchanged(right));
        }
        if right == types::EMPTY_STR {
            return Ok(self.str_unchanged(left));
        }
        let text = [self.expect_text(left), tail].concat();
        Ok(self.fresh_str(text))
    }

    /// The same for a known number of bytes: what no address space has room for is a `MemoryError` anywhere.
    pub(crate) fn no_room_for(&mut self, size: usize) -> Stop {
        const ADDRESS_SPACE: usize = 1 << 47;
        if size >= ADDRESS_SPACE { self.raise_empty(types::MEMORY_ERROR) } else { self.too_long() }
    }

    /// The snippet asks for more text than the VM gives.
    pub(crate) fn too_long(&mut self) -> Stop {
        self.unsupported(Missing::Limit, "text of more than 256 MiB")
    }

    /// An argument that must be a string, in the words of `_PyArg_BadArgument`; `place` is `argument`, `argument 1`, `argument
    /// 'encoding'`.
    pub(crate) fn text_argument(&mut self, function: &str, place: &str, value: Ref) -> PyResult<()> {
        if self.text(value).is_some() {
            return Ok(());
        }
        let message = format!("{function}() {place} must be str, not {}", self.argument_type(value));
        Err(self.type_error(message))
    }

    /// How `_PyArg_BadArgument` calls the type of an object.
    pub(crate) fn argument_type(&self, value: Ref) -> String {
        if value == types::NONE { "None".to_owned() } else { self.type_name(value) }
    }

    /// An argument that is a C `int`.
    pub(crate) fn int_argument(&mut self, argument: Ref) -> PyResult<i32> {
        let index = self.index(argument)?;
        let value = match self.heap[index.borrow()].value {
            Value::Int(value) => i32::try_from(value).ok(),
            _ => None,
        };
        self.release(index);
        value.ok_or_else(|| self.overflow_error("Python int too large to convert to C int"))
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let text = str_repr(vm.unicode(), vm.expect_text(this));
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if let Value::Str(payload) = &mut vm.heap[this].value {
        return Ok(*payload.hash.get_or_insert_with(|| hash::text(&payload.text)));
    }
    Ok(0)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let (Some(a), Some(b)) = (vm.text(left), vm.text(right)) else { return Ok(vm.not_implemented()) };
    let result = match op {
        CompareOperator::Eq => left == right || a == b,
        CompareOperator::Ne => left != right && a != b,
        // UTF-8 sorts like code points.
        CompareOperator::Lt => a < b,
        CompareOperator::Le => a <= b,
        CompareOperator::Gt => a > b,
        CompareOperator::Ge => a >= b,
    };
    Ok(vm.bool(result))
}

fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    let class = if vm.str_payload(this).is_ascii() { types::STR_ASCII_ITERATOR } else { types::STR_ITERATOR };
    let string = vm.retain(this);
    Ok(vm.make_tracked(class, Value::SequenceIterator(Some(string), 0)))
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let mut index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        if index < 0 {
            index += vm.str_payload(this).len() as i64;
        }
        return item(vm, this, index);
    }
    if vm.class_of(key) != types::SLICE {
        let message = format!("string indices must be integers, not '{}'", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let length = vm.str_payload(this).len();
    let (start, _, step, count) = vm.slice_indices(key, length)?;
    if count == 0 {
        return Ok(vm.retain(types::EMPTY_STR));
    }
    if step == 1 {
        return Ok(vm.substring(this, start as usize, start as usize + count));
    }
    let payload = vm.str_payload(this);
    let chosen = |characters: &dyn Fn(usize) -> Option<char>| -> String {
        (0..count as i64).filter_map(|i| characters((start + i * step) as usize)).collect()
    };
    let text = if payload.is_ascii() {
        chosen(&|index| payload.char_at(index))
    } else {
        let characters: Vec<char> = payload.text.chars().collect();
        chosen(&|index| characters.get(index).copied())
    };
    Ok(vm.fresh_str(text))
}

fn item(vm: &mut Vm, this: Ref, index: i64) -> PyResult {
    let found = usize::try_from(index).ok().and_then(|index| vm.str_payload(this).char_at(index));
    match found {
        Some(c) => Ok(vm.char_str(c)),
        None => Err(vm.index_error("string index out of range")),
    }
}

fn contains(vm: &mut Vm, this: Ref, part: Ref) -> PyResult<bool> {
    match vm.text(part) {
        Some(part) => Ok(vm.expect_text(this).contains(part)),
        None => {
            let message = format!("'in <string>' requires string as left operand, not {}", vm.type_name(part));
            Err(vm.type_error(message))
        }
    }
}

fn repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    if times < 1 {
        return Ok(vm.retain(types::EMPTY_STR));
    }
    if times == 1 {
        return Ok(vm.str_unchanged(this));
    }
    let text = &vm.str_payload(this).text;
    let times = times as usize;
    if text.chars().count().checked_mul(times).is_none_or(|length| isize::try_from(length).is_err()) {
        return Err(vm.overflow_error("repeated string is too long"));
    }
    match text.len().saturating_mul(times) {
        size if size <= MAX_SIZE => {
            let text = text.repeat(times);
            Ok(vm.fresh_str(text))
        }
        size => Err(vm.no_room_for(size)),
    }
}

/// The VM makes no longer strings than this, in bytes.
pub(crate) const MAX_SIZE: usize = 1 << 28;

/// `str(object='', encoding=…, errors=…)` (`unicode_new_impl`)
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "str", positional_only: 0, names: &["object", "encoding", "errors"], required: 0, positional: 3 };
    if vm.profile.str_by_vectorcall && class == types::STR && args.names.is_empty() && args.values.len() > 3 {
        let message = format!("str expected at most 3 arguments, got {}", args.values.len());
        return Err(vm.type_error(message));
    }
    let [object, encoding, errors] = SIGNATURE.bind(vm, args)?;
    for (place, value) in [("argument 'encoding'", encoding), ("argument 'errors'", errors)] {
        if let Some(value) = value {
            vm.text_argument("str", place, value)?;
        }
    }
    let made = match object {
        None => vm.retain(types::EMPTY_STR),
        Some(object) if encoding.is_none() && errors.is_none() => vm.str_of(object)?,
        Some(object) => codec::decode_object(vm, object, encoding, errors)?,
    };
    if class == types::STR {
        return Ok(made);
    }
    let mut payload = Str::new(vm.expect_text(made.borrow()));
    payload.hash = vm.str_payload(made.borrow()).hash;
    let instance = vm.alloc_instance(class, Value::Str(Box::new(payload)));
    vm.release(made);
    Ok(instance)
}
