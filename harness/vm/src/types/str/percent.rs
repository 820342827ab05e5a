//! `format % arguments`: what `str` and `bytes` share of it, and `str`'s own (`PyUnicode_Format`).

use super::writer::Writer;
use crate::heap::{Owned, Ref};
use crate::object::format::float_text;
use crate::types;
use crate::vm::{PyResult, Vm};

/// One `%…` of a format.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own in the format")]
pub(crate) struct Directive {
    /// `-`
    pub(crate) left: bool,
    /// `+`
    pub(crate) plus: bool,
    /// A blank.
    pub(crate) blank: bool,
    /// `#`
    pub(crate) alternate: bool,
    /// `0`
    pub(crate) zero: bool,
    pub(crate) width: Option<usize>,
    pub(crate) precision: Option<usize>,
    /// The letter.
    pub(crate) letter: char,
    /// Where the letter stands.
    pub(crate) at: usize,
}

/// The right operand, and what of it was used.
pub(crate) struct Arguments {
    /// The operand.
    operand: Ref,
    /// The items of a tuple; none if the operand is the one argument.
    items: Option<usize>,
    /// How many were used.
    used: usize,
    /// The operand if `%(key)s` can ask it.
    mapping: Option<Ref>,
    /// What `%(key)s` found last.
    found: Option<Owned>,
    /// The complaint about too many digits of precision.
    too_precise: &'static str,
}

impl Arguments {
    /// Operands of the types in `text` are no mappings, whatever they can do.
    pub(crate) fn new(vm: &Vm, operand: Ref, text: &[Ref], too_precise: &'static str) -> Self {
        let items = vm.tuple(operand).map(<[Owned]>::len);
        let is_mapping = items.is_none() && !text.iter().any(|&class| vm.is_instance_of(operand, class)) && vm.is_mapping(operand);
        Self { operand, items, used: 0, mapping: is_mapping.then_some(operand), found: None, too_precise }
    }

    /// The next argument, borrowed.
    pub(crate) fn next(&mut self, vm: &mut Vm) -> PyResult<Ref> {
        let index = self.used;
        let argument = match (self.items, &self.found) {
            (Some(_), None) => vm.tuple(self.operand).and_then(|items| items.get(index)).map(Owned::borrow),
            (None, None) if index == 0 => Some(self.operand),
            (_, Some(found)) if index == 0 => Some(found.borrow()),
            _ => None,
        };
        self.used += 1;
        argument.ok_or_else(|| vm.type_error("not enough arguments for format string"))
    }

    /// Whether some are left over.
    pub(crate) fn left_over(&self) -> bool {
        match (self.items, &self.found) {
            (Some(items), None) => self.used < items,
            _ => self.used == 0,
        }
    }

    /// Makes what the mapping has under a key the one argument.
    fn look_up(&mut self, vm: &mut Vm, mapping: Ref, key: Owned) -> PyResult<()> {
        let old = self.found.take();
        vm.release_option(old);
        let found = vm.get_item(mapping, key.borrow());
        vm.release(key);
        self.found = Some(found?);
        self.items = None;
        self.used = 0;
        Ok(())
    }

    /// Whether the operand is a mapping.
    pub(crate) fn is_mapping(&self) -> bool {
        self.mapping.is_some()
    }

    /// Gives back what they hold.
    pub(crate) fn done(self, vm: &mut Vm) {
        vm.release_option(self.found);
    }
}

/// Reads what follows a `%`, up to its letter. `key` makes the object that a mapping is asked for.
pub(crate) fn parse_directive(
    vm: &mut Vm,
    format: &[char],
    at: &mut usize,
    arguments: &mut Arguments,
    key: impl FnOnce(&mut Vm, &[char]) -> Owned,
) -> PyResult<Directive> {
    let mut directive = Directive::default();
    if format.get(*at) == Some(&'(') {
        let Some(mapping) = arguments.mapping else { return Err(vm.type_error("format requires a mapping")) };
        let Some(length) = key_length(&format[*at + 1..]) else { return Err(vm.value_error("incomplete format key")) };
        let key = key(vm, &format[*at + 1..=*at + length]);
        *at += length + 2;
        arguments.look_up(vm, mapping, key)?;
    }
    while let Some(flag) = format.get(*at) {
        match flag {
            '-' => directive.left = true,
            '+' => directive.plus = true,
            ' ' => directive.blank = true,
            '#' => directive.alternate = true,
            '0' => directive.zero = true,
            _ => break,
        }
        *at += 1;
    }
    if format.get(*at) == Some(&'*') {
        *at += 1;
        let given = star(vm, arguments)?;
        let width = vm.ssize_argument(given)?;
        directive.left |= width < 0;
        directive.width = Some(width.unsigned_abs() as usize);
    } else {
        directive.width = digits(format, at, i64::MAX as usize).map_err(|()| vm.value_error("width too big"))?;
    }
    if format.get(*at) == Some(&'.') {
        *at += 1;
        if format.get(*at) == Some(&'*') {
            *at += 1;
            let given = star(vm, arguments)?;
            directive.precision = Some(usize::try_from(vm.int_argument(given)?).unwrap_or(0));
        } else {
            let precision = digits(format, at, i32::MAX as usize);
            directive.precision = Some(precision.map_err(|()| vm.value_error(arguments.too_precise))?.unwrap_or(0));
        }
    }
    if matches!(format.get(*at), Some('h' | 'l' | 'L')) {
        *at += 1;
    }
    let Some(&letter) = format.get(*at) else { return Err(vm.value_error("incomplete format")) };
    directive.letter = letter;
    directive.at = *at;
    *at += 1;
    Ok(directive)
}

/// The length of a key up to its closing parenthesis.
fn key_length(format: &[char]) -> Option<usize> {
    let mut depth = 1;
    for (index, c) in format.iter().enumerate() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

/// The argument for a `*`.
fn star(vm: &mut Vm, arguments: &mut Arguments) -> PyResult<Ref> {
    let given = arguments.next(vm)?;
    if vm.is_instance_of(given, types::INT) { Ok(given) } else { Err(vm.type_error("* wants int")) }
}

/// A number, if there is one.
fn digits(format: &[char], at: &mut usize, limit: usize) -> Result<Option<usize>, ()> {
    let mut number = None;
    while let Some(digit) = format.get(*at).and_then(|c| c.to_digit(10)) {
        *at += 1;
        let digit = digit as usize;
        let so_far: usize = number.unwrap_or(0);
        if so_far > (limit - digit) / 10 {
            return Err(());
        }
        number = Some(so_far * 10 + digit);
    }
    Ok(number)
}

impl Directive {
    /// Formats a number by `d i u o x X e E f F g G`, without its width; none for other letters.
    pub(crate) fn number(&self, vm: &mut Vm, value: Ref) -> PyResult<Option<String>> {
        match self.letter {
            'd' | 'i' | 'u' => self.integer(vm, value, 10).map(Some),
            'o' => self.integer(vm, value, 8).map(Some),
            'x' | 'X' => self.integer(vm, value, 16).map(Some),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let number = real(vm, value)?;
                let precision = self.precision.unwrap_or(6);
                if precision > super::MAX_SIZE {
                    return Err(vm.too_long());
                }
                Ok(Some(float_text(number, self.letter, precision, self.alternate)))
            }
            _ => Ok(None),
        }
    }

    /// `mainformatlong` and `_PyUnicode_FormatLong`
    fn integer(&self, vm: &mut Vm, value: Ref, base: u32) -> PyResult<String> {
        let Some(number) = self.to_integer(vm, value, base)? else {
            let wanted = if base == 10 { "a real number" } else { "an integer" };
            let message = format!("%{} format: {wanted} is required, not {}", self.letter, vm.type_name(value));
            return Err(vm.type_error(message));
        };
        let text = vm.int_text_in_base(number.borrow(), base, self.alternate);
        vm.release(number);
        let mut text = text?;
        if let Some(precision) = self.precision {
            if precision > (i32::MAX - 3) as usize {
                return Err(vm.overflow_error("precision too large"));
            }
            if precision > super::MAX_SIZE {
                return Err(vm.too_long());
            }
            let front = self.sign_and_prefix(&text);
            let digits = text.len() - front;
            text.insert_str(front, &"0".repeat(precision.saturating_sub(digits)));
        }
        if self.letter == 'X' {
            text.make_ascii_uppercase();
        }
        Ok(text)
    }

    /// The argument as an integer; none if it is no number (of the right kind).
    #[allow(clippy::unused_self, clippy::wrong_self_convention, reason = "one of a family of conversions")]
    fn to_integer(&self, vm: &mut Vm, value: Ref, base: u32) -> PyResult<Option<Owned>> {
        if vm.is_instance_of(value, types::INT) {
            return Ok(Some(vm.retain(value)));
        }
        let slots = &vm.class(vm.class_of(value)).slots;
        if slots.index.is_none() && slots.int.is_none() && slots.float.is_none() {
            return Ok(None);
        }
        let number = if base == 10 { vm.number_int(value) } else { vm.index(value) };
        match number {
            Ok(number) => Ok(Some(number)),
            Err(stop) => vm.swallow(stop, types::TYPE_ERROR).map(|()| None),
        }
    }

    /// How many characters of a number come before its digits.
    fn sign_and_prefix(&self, number: &str) -> usize {
        let sign = usize::from(number.starts_with(['-', '+']));
        if self.alternate && matches!(self.letter, 'o' | 'x' | 'X') { sign + 2 } else { sign }
    }

    /// Brings a number to its width, with a sign if one is asked for.
    pub(crate) fn pad_number(&self, vm: &mut Vm, number: &str) -> PyResult<String> {
        let (sign, rest) = match number.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None if self.plus => ("+", number),
            None if self.blank => (" ", number),
            None => ("", number),
        };
        let (prefix, digits) = rest.split_at(if self.sign_and_prefix("") > 0 { 2 } else { 0 });
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + rest.len());
        if missing > super::MAX_SIZE {
            return Err(vm.too_long());
        }
        Ok(if self.left {
            format!("{sign}{prefix}{digits}{}", " ".repeat(missing))
        } else if self.zero {
            format!("{sign}{prefix}{}{digits}", "0".repeat(missing))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(missing))
        })
    }

    /// Whether there is nothing but a letter.
    fn is_plain(&self) -> bool {
        self.width.is_none() && self.precision.is_none() && !self.plus && !self.blank
    }

    /// Whether text comes out as it is: no width, precision or sign changes it.
    fn leaves(&self, length: usize) -> bool {
        self.width.is_none_or(|width| width <= length)
            && self.precision.is_none_or(|precision| precision >= length)
            && !self.plus
            && !self.blank
    }

    /// Brings text to its width; `s`, `r`, `a` cut it to their precision.
    fn pad_text(&self, vm: &mut Vm, text: &str) -> PyResult<String> {
        let cut = self.precision.filter(|_| matches!(self.letter, 's' | 'r' | 'a'));
        let text: String = text.chars().take(cut.unwrap_or(usize::MAX)).collect();
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if missing > super::MAX_SIZE {
            return Err(vm.too_long());
        }
        let blanks = " ".repeat(missing);
        Ok(if self.left { text + &blanks } else { blanks + &text })
    }

    /// The complaint about a letter that means nothing.
    pub(crate) fn unknown(&self, vm: &mut Vm) -> crate::vm::Stop {
        let shown = if matches!(self.letter, '\x1f'..='~') { self.letter } else { '?' };
        let code = u32::from(self.letter);
        vm.value_error(format!("unsupported format character '{shown}' ({code:#x}) at index {}", self.at))
    }
}

/// A real number as a float (`PyFloat_AsDouble`).
fn real(vm: &mut Vm, value: Ref) -> PyResult<f64> {
    if let Some(value) = vm.float_value(value) {
        return Ok(value);
    }
    let slots = &vm.class(vm.class_of(value)).slots;
    if slots.float.is_none() && slots.index.is_none() {
        let message = format!("must be real number, not {}", vm.type_name(value));
        return Err(vm.type_error(message));
    }
    let float = vm.number_float(value)?;
    let value = vm.float_value(float.borrow());
    vm.release(float);
    Ok(value.unwrap_or_default())
}

/// `str.__mod__`, `str.__rmod__`
pub(super) fn remainder(vm: &mut Vm, format: Ref, operand: Ref) -> PyResult {
    if vm.text(format).is_none() {
        return Ok(vm.not_implemented());
    }
    let mut writer = Writer::new();
    let mut arguments = Arguments::new(vm, operand, &[types::STR], "precision too big");
    let result = format_all(vm, format, &mut arguments, &mut writer);
    arguments.done(vm);
    match result {
        Ok(()) => Ok(writer.finish(vm)),
        Err(stop) => {
            writer.abandon(vm);
            Err(stop)
        }
    }
}

fn format_all(vm: &mut Vm, format: Ref, arguments: &mut Arguments, writer: &mut Writer) -> PyResult<()> {
    let text: Vec<char> = vm.expect_text(format).chars().collect();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        at += text[at..].iter().take_while(|&&c| c != '%').count();
        if at > start {
            if at == text.len() {
                writer.expect_end();
            }
            if start == 0 && at == text.len() {
                writer.write(vm, format);
            } else {
                writer.push_text(&text[start..at].iter().collect::<String>());
            }
            continue;
        }
        at += 1;
        if text.get(at) == Some(&'%') {
            at += 1;
            writer.push_text("%");
            continue;
        }
        let key = |vm: &mut Vm, key: &[char]| vm.str(key.iter().collect::<String>());
        let directive = parse_directive(vm, &text, &mut at, arguments, key)?;
        if at == text.len() {
            writer.expect_end();
        }
        format_one(vm, &directive, arguments, writer)?;
        if arguments.is_mapping() && arguments.left_over() {
            return Err(vm.type_error("not all arguments converted during string formatting"));
        }
    }
    if !arguments.is_mapping() && arguments.left_over() {
        return Err(vm.type_error("not all arguments converted during string formatting"));
    }
    Ok(())
}

fn format_one(vm: &mut Vm, directive: &Directive, arguments: &mut Arguments, writer: &mut Writer) -> PyResult<()> {
    let value = arguments.next(vm)?;
    let exact_int = vm.class_of(value) == types::INT;
    let string = match directive.letter {
        's' | 'r' | 'a' if exact_int && directive.width.is_none() && directive.precision.is_none() => {
            let text = vm.int_text(value)?;
            writer.push_text(&text);
            return Ok(());
        }
        's' => vm.str_of(value)?,
        'r' => vm.repr(value)?,
        'a' => vm.ascii(value)?,
        'c' => {
            let c = character(vm, value)?;
            if directive.width.is_none() && directive.precision.is_none() {
                writer.push_text(c.encode_utf8(&mut [0; 4]));
                return Ok(());
            }
            vm.char_str(c)
        }
        _ => {
            let Some(number) = directive.number(vm, value)? else { return Err(directive.unknown(vm)) };
            let text = directive.pad_number(vm, &number)?;
            check_size(vm, writer, text.len())?;
            if text.len() > 1 || !matches!(directive.letter, 'd' | 'i' | 'u') || (exact_int && directive.is_plain()) {
                writer.push_text(&text);
                return Ok(());
            }
            // The digit is an object by then, and not the one that all strings of that character are.
            vm.fresh_str(text)
        }
    };
    let payload = vm.str_payload(string.borrow());
    let result = if directive.leaves(payload.len()) {
        writer.write(vm, string.borrow());
        Ok(())
    } else {
        let text = payload.text.clone();
        directive.pad_text(vm, &text).and_then(|text| {
            check_size(vm, writer, text.len())?;
            writer.push_text(&text);
            Ok(())
        })
    };
    vm.release(string);
    result
}

fn check_size(vm: &mut Vm, writer: &Writer, more: usize) -> PyResult<()> {
    if writer.len() + more > super::MAX_SIZE { Err(vm.too_long()) } else { Ok(()) }
}

/// The character for `%c` (`formatchar`).
fn character(vm: &mut Vm, value: Ref) -> PyResult<char> {
    const WRONG: &str = "%c requires int or char";
    if vm.text(value).is_some() {
        let payload = vm.str_payload(value);
        return match payload.char_at(0).filter(|_| payload.len() == 1) {
            Some(c) => Ok(c),
            None => Err(vm.type_error(WRONG)),
        };
    }
    let number = match vm.index(value) {
        Ok(number) => number,
        Err(stop) => {
            vm.swallow(stop, types::TYPE_ERROR)?;
            return Err(vm.type_error(WRONG));
        }
    };
    let code = vm.small_value(number.borrow());
    vm.release(number);
    match code.and_then(|code| u32::try_from(code).ok()).filter(|&code| code < 0x11_0000) {
        Some(code) => char::from_u32(code).ok_or_else(|| vm.lone_surrogate()),
        None => Err(vm.overflow_error("%c arg not in range(0x110000)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_at_their_own_parenthesis() {
        let length = |text: &str| key_length(&text.chars().collect::<Vec<_>>());
        assert_eq!(length("a)s"), Some(1));
        assert_eq!(length("a(b)c)s"), Some(5));
        assert_eq!(length("a(b)c"), None);
        assert_eq!(length(")"), Some(0));
    }
}
