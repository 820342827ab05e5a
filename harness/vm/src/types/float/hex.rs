//! `float.hex` and `float.fromhex`

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::{ToPrimitive, Zero};

use super::parse::special;
use super::text::special as special_text;
use crate::types::int::{is_ascii_space, scale};

/// Why a text is no hexadecimal float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HexError {
    Invalid,
    Overflow,
}

/// `0x1.8000000000000p+1`
pub(super) fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return special_text(value).to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (first, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}0x{first}.{fraction:013x}p{exponent_sign}{}", exponent.abs())
}

/// Reads what `float.hex` writes, and looser forms.
pub(super) fn from_hex(text: &str) -> Result<f64, HexError> {
    let text = text.trim_matches(is_ascii_space);
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let sign = |value: f64| if negative { -value } else { value };
    if let Some(value) = special(rest) {
        return Ok(sign(value));
    }
    let rest = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")).unwrap_or(rest);
    let (coefficient, exponent) = match rest.split_once(['p', 'P']) {
        Some((coefficient, exponent)) => (coefficient, parse_exponent(exponent).ok_or(HexError::Invalid)?),
        None => (rest, 0),
    };
    let (whole, fraction) = coefficient.split_once('.').unwrap_or((coefficient, ""));
    let digits: Option<Vec<u8>> = whole.chars().chain(fraction.chars()).map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| !digits.is_empty()).ok_or(HexError::Invalid)?;
    let mantissa = BigUint::from_radix_be(&digits, 16).unwrap_or_default();
    rounded(mantissa, exponent.saturating_sub(4 * fraction.len() as i64)).map(sign).ok_or(HexError::Overflow)
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Beyond this every number is zero or too large.
    let magnitude = digits.parse().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// mantissa × 2^exponent as the nearest float, ties to even; none if that is too large.
fn rounded(mantissa: BigUint, exponent: i64) -> Option<f64> {
    if mantissa.is_zero() {
        return Some(0.0);
    }
    let top = exponent.saturating_add(mantissa.bits() as i64);
    if top < -1074 {
        return Some(0.0);
    }
    if top > 1024 {
        return None;
    }
    let lowest = top.max(-1021) - 53;
    if exponent >= lowest {
        return mantissa.to_f64().map(|value| scale(value, exponent));
    }
    let dropped = (lowest - exponent) as u64;
    let low = &mantissa % (BigUint::from(1_u8) << dropped);
    let half = BigUint::from(1_u8) << (dropped - 1);
    let mut high = mantissa >> dropped;
    if low > half || (low == half && high.is_odd()) {
        high += 1_u8;
    }
    let value = scale(high.to_f64()?, lowest);
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_there_and_back() {
        let cases = [
            (1.5, "0x1.8000000000000p+0"),
            (-0.1, "-0x1.999999999999ap-4"),
            (5e-324, "0x0.0000000000001p-1022"),
            (0.0, "0x0.0p+0"),
            (1e308, "0x1.1ccf385ebc8a0p+1023"),
        ];
        for (value, text) in cases {
            assert_eq!(to_hex(value), text);
            assert_eq!(from_hex(text), Ok(value));
        }
        assert_eq!(from_hex(" 0x.8p1 "), Ok(1.0));
        assert_eq!(from_hex("ff"), Ok(255.0));
        assert_eq!(from_hex("-inf"), Ok(f64::NEG_INFINITY));
        assert_eq!(from_hex("0x1p1024"), Err(HexError::Overflow));
        assert_eq!(from_hex("0x1p-1080"), Ok(0.0));
        assert_eq!(from_hex("0x1.00000000000008p0"), Ok(1.0));
        for text in ["", "x", "0x", "0xp1", "1.2.3", "1p", "1 2"] {
            assert_eq!(from_hex(text), Err(HexError::Invalid), "{text:?}");
        }
    }
}
