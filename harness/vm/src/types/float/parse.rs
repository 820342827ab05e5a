//! Text as floats: `float("…")`.

use crate::heap::Ref;
use crate::types::int::{ascii_digits, is_ascii_space};
use crate::types::str::unicode::Unicode;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `PyFloat_FromString`
    pub(crate) fn float_from_text(&mut self, object: Ref) -> PyResult {
        let parsed = match (self.text(object), self.bytes_value(object)) {
            (Some(text), _) => ascii_digits(text, Unicode(self.profile.unicode)).and_then(|ascii| parse(&ascii)),
            (None, Some(bytes)) => std::str::from_utf8(bytes).ok().and_then(parse),
            (None, None) => {
                let message = format!("float() argument must be a string or a real number, not '{}'", self.type_name(object));
                return Err(self.type_error(message));
            }
        };
        if let Some(value) = parsed {
            return Ok(self.float(value));
        }
        let repr = self.repr(object)?;
        let message = format!("could not convert string to float: {}", self.expect_text(repr.borrow()));
        self.release(repr);
        Err(self.value_error(message))
    }
}

/// A float as Python writes them, with spaces around and underscores between digits.
pub(crate) fn parse(text: &str) -> Option<f64> {
    if !text.contains('_') {
        return parse_plain(text);
    }
    let bytes = text.as_bytes();
    let digit = |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    let between_digits = |index: usize| digit(index.checked_sub(1)) && digit(Some(index + 1));
    if !text.match_indices('_').all(|(index, _)| between_digits(index)) {
        return None;
    }
    parse_plain(&text.replace('_', ""))
}

fn parse_plain(text: &str) -> Option<f64> {
    let text = text.trim_matches(is_ascii_space);
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let value = match special(magnitude) {
        Some(value) => value,
        None if is_decimal(magnitude) => magnitude.parse().ok()?,
        None => return None,
    };
    Some(if negative { -value } else { value })
}

/// `inf`, `infinity`, `nan` in any case.
pub(super) fn special(text: &str) -> Option<f64> {
    if text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("infinity") {
        Some(f64::INFINITY)
    } else if text.eq_ignore_ascii_case("nan") {
        Some(f64::NAN)
    } else {
        None
    }
}

/// Digits, with a point somewhere, with an exponent behind; at least one digit before the exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_is_good = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_is_good
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn texts_that_are_floats() {
        let cases = [
            ("1.5", 1.5),
            (" -2e3\n", -2000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1_0.0_1", 10.01),
            ("+inf", f64::INFINITY),
            ("1e400", f64::INFINITY),
        ];
        for (text, value) in cases {
            assert_eq!(parse(text), Some(value), "float({text:?})");
        }
        assert!(parse("-NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn texts_that_are_not() {
        for text in ["", ".", "e5", "1e", "1__0", "1_", "_1", "1_.5", "0x1", "1 2", "infi", "--1", "1e+", "+-1", "1.2.3"] {
            assert_eq!(parse(text), None, "float({text:?})");
        }
    }
}
