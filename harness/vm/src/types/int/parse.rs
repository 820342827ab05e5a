//! Text as integers: `int("…", base)`.

use num_bigint::BigInt;
use num_traits::Zero;

use super::text::MAX_DIGITS;
use crate::heap::Ref;
use crate::types::str::unicode::{Unicode, is_space};
use crate::vm::{PyResult, Vm};

/// Why a text is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntText {
    /// It does not read as one.
    Invalid,
    /// It has that many digits, which is too many.
    TooLong(usize),
    /// The same, and then goes on with what is no digit.
    TooLongAndInvalid(usize),
}

impl Vm {
    /// `PyLong_FromUnicodeObject`, and the same for bytes.
    pub(crate) fn int_from_text(&mut self, object: Ref, base: u32) -> PyResult {
        let parsed = match self.text(object) {
            Some(text) => match ascii_digits(text, Unicode(self.profile.unicode)) {
                Some(ascii) => parse(&ascii, base),
                None => Err(IntText::Invalid),
            },
            None => match self.bytes_value(object) {
                // Bytes are taken as they are; a byte that is no ASCII is no digit.
                Some(bytes) => parse(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>(), base),
                None => Err(IntText::Invalid),
            },
        };
        let parsed = match parsed {
            Err(IntText::TooLongAndInvalid(_)) if !self.profile.int_text_length_first => Err(IntText::Invalid),
            parsed => parsed,
        };
        match parsed {
            Ok(value) => Ok(self.big_int(value)),
            Err(IntText::TooLong(digits) | IntText::TooLongAndInvalid(digits)) => Err(self.value_error(format!(
                "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {digits} digits; \
                 use sys.set_int_max_str_digits() to increase the limit"
            ))),
            Err(IntText::Invalid) => {
                let repr = self.repr(object)?;
                let shown: String = self.expect_text(repr.borrow()).chars().take(200).collect();
                self.release(repr);
                Err(self.value_error(format!("invalid literal for int() with base {base}: {shown}")))
            }
        }
    }
}

/// Decimal digits of all scripts as ASCII ones, all kinds of spaces as blanks
/// (`_PyUnicode_TransformDecimalAndSpaceToASCII`); none if there is anything else that is no ASCII.
pub(crate) fn ascii_digits(text: &str, unicode: Unicode) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_owned());
    }
    text.chars()
        .map(|c| match c {
            _ if c.is_ascii() => Some(c),
            _ if is_space(c) => Some(' '),
            _ => unicode.decimal(c).and_then(|digit| char::from_digit(digit, 10)),
        })
        .collect()
}

/// `Py_ISSPACE`
pub(crate) fn is_ascii_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// `PyLong_FromString`: an integer in a base from 2 to 36, or 0 for what its prefix says.
pub(crate) fn parse(text: &str, base: u32) -> Result<BigInt, IntText> {
    let rest = text.trim_matches(is_ascii_space);
    let (negative, rest) = match rest.as_bytes().first() {
        Some(b'-') => (true, &rest[1..]),
        Some(b'+') => (false, &rest[1..]),
        _ => (false, rest),
    };
    let prefix = prefix_base(rest);
    // An octal literal of old, "017", is refused; unless it is zero.
    let only_zero = base == 0 && prefix.is_none() && rest.starts_with('0');
    let base = if base == 0 { prefix.unwrap_or(10) } else { base };
    let mut rest = rest;
    if prefix == Some(base) {
        rest = &rest[2..];
        rest = rest.strip_prefix('_').unwrap_or(rest);
    }
    let mut digits = Vec::with_capacity(rest.len());
    let mut previous = b'_';
    for &byte in rest.as_bytes() {
        if byte == b'_' {
            if previous == b'_' {
                return Err(IntText::Invalid);
            }
        } else {
            match char::from(byte).to_digit(base) {
                Some(digit) => digits.push(digit as u8),
                None if !base.is_power_of_two() && previous != b'_' && digits.len() > MAX_DIGITS => {
                    return Err(IntText::TooLongAndInvalid(digits.len()));
                }
                None => return Err(IntText::Invalid),
            }
        }
        previous = byte;
    }
    if previous == b'_' {
        return Err(IntText::Invalid);
    }
    if !base.is_power_of_two() && digits.len() > MAX_DIGITS {
        return Err(IntText::TooLong(digits.len()));
    }
    let value = num_bigint::BigUint::from_radix_be(&digits, base).ok_or(IntText::Invalid)?;
    if only_zero && !value.is_zero() {
        return Err(IntText::Invalid);
    }
    let value = BigInt::from(value);
    Ok(if negative { -value } else { value })
}

/// The base that a prefix `0b`, `0o` or `0x` names.
fn prefix_base(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_integers() {
        let cases = [
            ("12", 10, 12),
            (" -1_000\n", 10, -1000),
            ("0b11", 0, 3),
            ("-0x_ff", 16, -255),
            ("ff", 16, 255),
            ("0b11", 16, 0xb11),
            ("00", 0, 0),
            ("z", 36, 35),
            ("+7", 8, 7),
        ];
        for (text, base, value) in cases {
            assert_eq!(parse(text, base), Ok(BigInt::from(value)), "int({text:?}, {base})");
        }
    }

    #[test]
    fn texts_that_are_not() {
        for (text, base) in
            [("", 10), ("x", 10), ("1__0", 10), ("_1", 10), ("1_", 10), ("+ 1", 10), ("0x", 16), ("9", 8), ("--1", 10)]
        {
            assert_eq!(parse(text, base), Err(IntText::Invalid), "int({text:?}, {base})");
        }
        assert_eq!(parse("011", 0), Err(IntText::Invalid));
        assert_eq!(parse(&"1".repeat(4301), 10), Err(IntText::TooLong(4301)));
        assert!(parse(&"1".repeat(4301), 16).is_ok());
    }

    #[test]
    fn digits_of_other_scripts() {
        let unicode = Unicode(refdrift_isa::UnicodeVersion::V15_0);
        assert_eq!(ascii_digits("\u{663}\u{a0}7", unicode).as_deref(), Some("3 7"));
        assert_eq!(ascii_digits("é", unicode), None);
    }
}
