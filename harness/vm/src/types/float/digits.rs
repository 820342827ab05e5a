//! The decimal digits of a float, rounded exactly, ties to even (`_Py_dg_dtoa`, modes 2 and 3).

use num_bigint::BigUint;
use num_integer::Integer;
use num_traits::Zero;

/// A finite float without its sign: mantissa × 2^power.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) }
}

/// |value| × 10^places, rounded to an integer.
fn scaled(value: f64, places: i64) -> BigUint {
    let (mantissa, power) = parts(value);
    let mut numerator = BigUint::from(mantissa);
    let mut denominator = BigUint::from(1_u8);
    let ten = BigUint::from(10_u8).pow(places.unsigned_abs().min(100_000) as u32);
    if places < 0 {
        denominator *= ten;
    } else {
        numerator *= ten;
    }
    if power < 0 {
        denominator <<= power.unsigned_abs();
    } else {
        numerator <<= power.unsigned_abs();
    }
    let (mut quotient, remainder) = numerator.div_rem(&denominator);
    let twice = remainder << 1;
    if twice > denominator || (twice == denominator && quotient.is_odd()) {
        quotient += 1_u8;
    }
    quotient
}

/// The digits of a finite float's magnitude with that many places behind the point (before it, if negative), without the
/// point; at least one digit.
pub(crate) fn fixed_digits(value: f64, places: i64) -> String {
    // A double has no more than 1074 places: the rest is zeros.
    let exact = places.min(1100);
    let mut digits = scaled(value, exact).to_string();
    if places > exact && digits != "0" {
        digits.extend(std::iter::repeat_n('0', (places - exact) as usize));
    }
    digits
}

/// That many significant digits of a finite float's magnitude, and the power of ten of the first one. Zero is all zeros.
pub(crate) fn exponent_digits(value: f64, count: usize) -> (String, i64) {
    let count = count.max(1);
    if value == 0.0 {
        return ("0".repeat(count), 0);
    }
    let shortest = format!("{:e}", value.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let mut exponent: i64 = exponent.parse().unwrap_or_default();
    if mantissa == "1" {
        // The shortest digits may have been rounded up to a power of ten: more digits may be just below it.
        exponent -= 1;
    }
    // A double has no more than 767 significant digits: the rest is zeros.
    let exact = count.min(800);
    let too_large = BigUint::from(10_u8).pow(exact as u32);
    let mut digits = scaled(value, exact as i64 - 1 - exponent);
    if digits >= too_large {
        exponent += 1;
        digits = scaled(value, exact as i64 - 1 - exponent);
    }
    debug_assert!(!digits.is_zero());
    let mut digits = digits.to_string();
    digits.extend(std::iter::repeat_n('0', count - exact));
    (digits, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_even_and_only_exact_ties_are_ties() {
        assert_eq!(fixed_digits(0.5, 0), "0");
        assert_eq!(fixed_digits(1.5, 0), "2");
        assert_eq!(fixed_digits(2.5, 0), "2");
        assert_eq!(fixed_digits(2.675, 2), "267");
        assert_eq!(fixed_digits(0.125, 2), "12");
        assert_eq!(fixed_digits(1e22, 0), "10000000000000000000000");
        assert_eq!(fixed_digits(1234.0, -2), "12");
        assert_eq!(fixed_digits(0.1, 20), "10000000000000000555");
    }

    #[test]
    fn significant_digits_carry_over() {
        assert_eq!(exponent_digits(9.9999, 3), ("100".to_owned(), 1));
        assert_eq!(exponent_digits(1e23, 17), ("99999999999999992".to_owned(), 22));
        assert_eq!(exponent_digits(1e23, 16), ("9999999999999999".to_owned(), 22));
        assert_eq!(exponent_digits(1e23, 15), ("100000000000000".to_owned(), 23));
        assert_eq!(exponent_digits(1000.0, 2), ("10".to_owned(), 3));
        assert_eq!(exponent_digits(5e-324, 3), ("494".to_owned(), -324));
        assert_eq!(exponent_digits(0.0, 2), ("00".to_owned(), 0));
        assert_eq!(exponent_digits(123.0, 2), ("12".to_owned(), 2));
    }
}
