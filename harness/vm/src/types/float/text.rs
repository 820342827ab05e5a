//! `repr(float)`

use super::exponent_digits;

/// The shortest text that reads back as the same float, as `repr` shows it.
pub(crate) fn float_repr(value: f64) -> String {
    if !value.is_finite() {
        return special(value).to_owned();
    }
    let (digits, exponent) = shortest(value);
    let text = lay_out(&digits, exponent);
    if value.is_sign_negative() { format!("-{text}") } else { text }
}

/// `inf`, `-inf`, `nan`
pub(super) fn special(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// The shortest digits of a finite float's magnitude that tell it from all others, and the power of ten of the first one.
/// Of two that are equally near, the even ones.
fn shortest(value: f64) -> (String, i64) {
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.replace('.', "");
    // Rust may take the odd ones. Only as many digits leave a choice.
    if digits.len() >= 16 || value.abs() < 1e-290 {
        let (even, even_exponent) = exponent_digits(value, digits.len());
        let trimmed = even.trim_end_matches('0');
        if trimmed.len() == digits.len() && format!("{}.{}e{even_exponent}", &even[..1], &even[1..]).parse() == Ok(value.abs()) {
            return (even, even_exponent);
        }
    }
    (digits, exponent.parse().unwrap_or_default())
}

/// Places the point, or writes an exponent where that is the custom (`format_float_short`, type `r`).
fn lay_out(digits: &str, exponent: i64) -> String {
    if !(-4..16).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{first}{point}{rest}e{sign}{:02}", exponent.abs());
    }
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}.0", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

#[cfg(test)]
mod tests {
    use super::float_repr;

    #[test]
    fn floats_look_as_in_cpython() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e100, "1e+100"),
            (-2.5, "-2.5"),
            (5e-324, "5e-324"),
            (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (100.0, "100.0"),
            (123.456, "123.456"),
            (-111_150_583_649_798.0 - 0.125, "-111150583649798.12"),
        ];
        for (value, text) in cases {
            assert_eq!(float_repr(value), text);
        }
    }
}
