//! Complex numbers as text, and text as complex numbers.

use super::Complex;
use crate::types::float::{float_repr, parse_float};
use crate::types::int::is_ascii_space;

/// `complex_repr`: a real part that is a positive zero is not shown.
pub(super) fn repr(number: Complex) -> String {
    let imaginary = part(number.im);
    if number.re == 0.0 && number.re.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", part(number.re))
}

/// A part: like a float, but a whole number has no point.
fn part(value: f64) -> String {
    let text = float_repr(value);
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Why a text is no complex number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// An underscore stands where none may.
    Underscore,
    Anything,
}

/// `complex_from_string_inner`, and what is done about underscores before it.
pub(super) fn parse(text: &str) -> Result<Complex, Malformed> {
    if !text.contains('_') {
        return parse_plain(text).ok_or(Malformed::Anything);
    }
    let bytes = text.as_bytes();
    let digit = |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    let between_digits = |index: usize| digit(index.checked_sub(1)) && digit(Some(index + 1));
    if !text.match_indices('_').all(|(index, _)| between_digits(index)) {
        return Err(Malformed::Underscore);
    }
    parse_plain(&text.replace('_', "")).ok_or(Malformed::Anything)
}

fn parse_plain(text: &str) -> Option<Complex> {
    let text = text.trim_matches(is_ascii_space);
    let text = match text.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?.trim_matches(is_ascii_space),
        None => text,
    };
    let unit = |sign: &str| match sign {
        "" | "+" => Some(1.0),
        "-" => Some(-1.0),
        _ => None,
    };
    let Some(body) = text.strip_suffix(['j', 'J']) else {
        return plain_float(text).map(|re| Complex::new(re, 0.0));
    };
    if let Some(im) = unit(body).or_else(|| plain_float(body)) {
        return Some(Complex::new(0.0, im));
    }
    // The sign of the second part is the last one that does not belong to an exponent.
    let split = body.char_indices().rev().find(|&(index, c)| {
        matches!(c, '+' | '-') && index > 0 && (!body[..index].ends_with(['e', 'E']) || plain_float(&body[..index]).is_some())
    });
    let (re, im) = body.split_at(split?.0);
    Some(Complex::new(plain_float(re)?, unit(im).or_else(|| plain_float(im))?))
}

/// A float with no spaces around it.
fn plain_float(text: &str) -> Option<f64> {
    if text.contains(is_ascii_space) { None } else { parse_float(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_cpython() {
        assert_eq!(repr(Complex::new(0.0, 1.0)), "1j");
        assert_eq!(repr(Complex::new(-0.0, 1.5)), "(-0+1.5j)");
        assert_eq!(repr(Complex::new(1.0, -0.0)), "(1-0j)");
        assert_eq!(repr(Complex::new(f64::NAN, f64::INFINITY)), "(nan+infj)");
        assert_eq!(repr(Complex::new(1e16, 2.0)), "(1e+16+2j)");
        let number = |re, im| Ok(Complex::new(re, im));
        assert_eq!(parse(" (1+2j) "), number(1.0, 2.0));
        assert_eq!(parse("1e-3-j"), number(1e-3, -1.0));
        assert_eq!(parse("-1e-3j"), number(0.0, -1e-3));
        assert_eq!(parse("j"), number(0.0, 1.0));
        assert_eq!(parse("1_0"), number(10.0, 0.0));
        assert_eq!(parse("inf-infj"), number(f64::INFINITY, f64::NEG_INFINITY));
        assert_eq!(parse("1__0"), Err(Malformed::Underscore));
        for text in ["", "1+2", "1 + 2j", "(1+2j", "1+2jj", "+-1j", "1j+2"] {
            assert_eq!(parse(text), Err(Malformed::Anything), "{text}");
        }
    }
}
