//! Laying out what a format specification asks for: signs, groups, padding; and the digits of floats.

use super::spec::FormatSpec;
use crate::types::float::{exponent_digits, fixed_digits, float_repr};

/// The text of a number before it is laid out.
pub(super) struct NumberText<'a> {
    /// Whether it is below zero.
    pub(super) negative: bool,
    /// `0x`
    pub(super) prefix: &'a str,
    /// The digits that groups are made of.
    pub(super) digits: &'a str,
    /// What follows them: the point, the places, the exponent.
    pub(super) rest: &'a str,
}

/// Lays out a number.
pub(super) fn lay_out_number(number: &NumberText<'_>, spec: &FormatSpec) -> String {
    let sign = match (number.negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        (false, _) => "",
    };
    let width = spec.width.unwrap_or(0) as i64;
    let fixed = (sign.len() + number.prefix.len() + number.rest.chars().count()) as i64;
    // Zeros that fill the width are part of the groups.
    let least = if spec.fill == '0' && spec.align == '=' { width - fixed } else { 0 };
    let grouped = if number.digits.is_empty() { String::new() } else { group(number.digits, spec.separator, spec.group, least) };
    let padding = (width - fixed - grouped.len() as i64).max(0) as usize;
    let (left, inner, right) = match spec.align {
        '<' => (0, 0, padding),
        '^' => (padding / 2, 0, padding - padding / 2),
        '=' => (0, padding, 0),
        _ => (padding, 0, 0),
    };
    let fill = |count: usize| std::iter::repeat_n(spec.fill, count);
    let mut out = String::new();
    out.extend(fill(left));
    out.push_str(sign);
    out.push_str(number.prefix);
    out.extend(fill(inner));
    out.push_str(&grouped);
    out.push_str(number.rest);
    out.extend(fill(right));
    out
}

/// Digits in groups from the right, with zeros on the left up to a width (`_PyUnicode_InsertThousandsGrouping`).
fn group(digits: &str, separator: Option<char>, size: usize, least: i64) -> String {
    let Some(separator) = separator else {
        let zeros = (least - digits.len() as i64).max(0) as usize;
        return "0".repeat(zeros) + digits;
    };
    let (size, mut least) = (size as i64, least);
    let mut remaining = digits;
    let mut groups = Vec::new();
    loop {
        let length = size.min((remaining.len() as i64).max(least).max(1));
        let taken = remaining.len().min(length as usize);
        let (others, digits) = remaining.split_at(remaining.len() - taken);
        groups.push("0".repeat(length as usize - taken) + digits);
        remaining = others;
        least -= length;
        if remaining.is_empty() && least <= 0 {
            break;
        }
        least -= 1;
    }
    groups.reverse();
    groups.join(separator.encode_utf8(&mut [0; 4]))
}

/// Lays out a text: at most `precision` characters of it, padded to the width. None: it is good as it is.
pub(super) fn lay_out_text(text: &str, chars: usize, spec: &FormatSpec) -> Option<String> {
    let shown = spec.precision.map_or(chars, |precision| precision.min(chars));
    let width = spec.width.unwrap_or(0);
    if shown == chars && width <= chars {
        return None;
    }
    let padding = width.saturating_sub(shown);
    let left = match spec.align {
        '>' => padding,
        '^' => padding / 2,
        _ => 0,
    };
    let mut out: String = std::iter::repeat_n(spec.fill, left).collect();
    out.extend(text.chars().take(shown));
    out.extend(std::iter::repeat_n(spec.fill, padding - left));
    Some(out)
}

/// How a float's digits are wanted (`Py_DTSF_…`).
#[derive(Clone, Copy, Default)]
pub(super) struct FloatFlags {
    /// `#`: a point always, no zeros cut off.
    pub(super) alternate: bool,
    /// `.0` where there would be no point.
    pub(super) add_dot_0: bool,
    /// `-0` is `0`.
    pub(super) no_negative_zero: bool,
}

/// A float as text, of the kinds `e f g r` and their capitals (`PyOS_double_to_string`). `r` is `repr` and takes no precision.
pub(super) fn spell_float(value: f64, kind: char, precision: usize, flags: FloatFlags) -> String {
    let text = match kind.to_ascii_lowercase() {
        _ if !value.is_finite() => float_repr(value.abs()),
        'e' => exponent_text(value, precision, flags),
        'f' => fixed_text(value, precision, flags),
        'g' => general_text(value, precision.max(1), flags),
        _ => plain_text(value, flags),
    };
    let is_zero =
        !text.split(['e', 'E']).next().unwrap_or_default().contains(|c: char| ('1'..='9').contains(&c)) && value.is_finite();
    let negative = value.is_sign_negative() && !value.is_nan() && !(flags.no_negative_zero && is_zero);
    let text = if negative { format!("-{text}") } else { text };
    if kind.is_ascii_uppercase() { text.to_ascii_uppercase() } else { text }
}

/// `repr`, of which a whole number may go without its `.0`.
fn plain_text(value: f64, flags: FloatFlags) -> String {
    let text = float_repr(value.abs());
    if let Some((mantissa, exponent)) = text.split_once('e') {
        let point = if flags.alternate && !mantissa.contains('.') { "." } else { "" };
        return format!("{mantissa}{point}e{exponent}");
    }
    match text.strip_suffix(".0") {
        Some(whole) if !flags.add_dot_0 => with_point(whole, "", flags),
        _ => text,
    }
}

fn with_point(whole: &str, fraction: &str, flags: FloatFlags) -> String {
    if fraction.is_empty() && !flags.alternate { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

fn exponent_part(exponent: i64) -> String {
    format!("e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn exponent_text(value: f64, precision: usize, flags: FloatFlags) -> String {
    let (digits, exponent) = exponent_digits(value, precision + 1);
    with_point(&digits[..1], &digits[1..], flags) + &exponent_part(exponent)
}

fn fixed_text(value: f64, precision: usize, flags: FloatFlags) -> String {
    let digits = fixed_digits(value, precision as i64);
    let digits = "0".repeat((precision + 1).saturating_sub(digits.len())) + &digits;
    let (whole, fraction) = digits.split_at(digits.len() - precision);
    with_point(whole, fraction, flags)
}

fn general_text(value: f64, precision: usize, flags: FloatFlags) -> String {
    let (mut digits, exponent) = exponent_digits(value, precision);
    if !flags.alternate {
        let kept = digits.trim_end_matches('0').len().max(1);
        digits.truncate(kept);
    }
    let most = precision as i64 - i64::from(flags.add_dot_0);
    if exponent < -4 || exponent + 1 > most {
        return with_point(&digits[..1], &digits[1..], flags) + &exponent_part(exponent);
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    digits.extend(std::iter::repeat_n('0', whole.saturating_sub(digits.len())));
    let (whole, fraction) = digits.split_at(whole);
    let fraction = if fraction.is_empty() && flags.add_dot_0 { "0" } else { fraction };
    with_point(whole, fraction, flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str, spec: &str) -> String {
        let spec = FormatSpec::parse(spec, "int", Some('d'), '>').unwrap();
        let digits = text.trim_start_matches('-');
        lay_out_number(&NumberText { negative: text.starts_with('-'), prefix: "", digits, rest: "" }, &spec)
    }

    #[test]
    fn numbers_are_grouped_and_padded() {
        // python3 -c 'print(format(1234567, ",d"), …)'
        let cases = [
            ("1234567", ",d", "1,234,567"),
            ("-42", "6d", "   -42"),
            ("-42", "06d", "-00042"),
            ("42", "^+8d", "  +42   "),
            ("42", "*=+8d", "+*****42"),
            ("1234", "010,d", "00,001,234"),
            ("1234", "09,d", "0,001,234"),
            ("0", "08_d", "0_000_000"),
            ("42", "<6d", "42    "),
            ("42", " d", " 42"),
        ];
        for (text, spec, expected) in cases {
            assert_eq!(number(text, spec), expected, "format({text}, {spec:?})");
        }
    }

    #[test]
    fn texts_are_cut_and_padded() {
        let text = |text: &str, spec: &str| {
            let spec = FormatSpec::parse(spec, "str", Some('s'), '<').unwrap();
            lay_out_text(text, text.chars().count(), &spec)
        };
        assert_eq!(text("abc", "6"), Some("abc   ".to_owned()));
        assert_eq!(text("abc", ">6.2"), Some("    ab".to_owned()));
        assert_eq!(text("é", "*^4"), Some("*é**".to_owned()));
        assert_eq!(text("abc", "2"), None);
        assert_eq!(text("abc", "010"), Some("abc0000000".to_owned()));
    }

    #[test]
    fn floats_have_their_kinds() {
        let plain = FloatFlags::default();
        let dot = FloatFlags { add_dot_0: true, ..plain };
        let alternate = FloatFlags { alternate: true, ..plain };
        let no_minus = FloatFlags { no_negative_zero: true, ..plain };
        let cases = [
            (1.5, 'f', 2, plain, "1.50"),
            (0.05, 'f', 1, plain, "0.1"),
            (-0.0, 'f', 1, plain, "-0.0"),
            (-0.001, 'f', 1, no_minus, "0.0"),
            (2.5, 'f', 0, plain, "2"),
            (2.5, 'f', 0, alternate, "2."),
            (12345.678, 'e', 3, plain, "1.235e+04"),
            (0.0, 'e', 2, plain, "0.00e+00"),
            (12345.678, 'g', 3, plain, "1.23e+04"),
            (123.0, 'g', 6, plain, "123"),
            (123.0, 'g', 6, alternate, "123.000"),
            (0.0001, 'g', 6, plain, "0.0001"),
            (0.00001, 'g', 6, plain, "1e-05"),
            (1e6, 'g', 6, plain, "1e+06"),
            (100.0, 'g', 2, dot, "1e+02"),
            (10.0, 'g', 3, dot, "10.0"),
            (0.0, 'g', 6, plain, "0"),
            (1e20, 'r', 0, dot, "1e+20"),
            (3.0, 'r', 0, plain, "3"),
            (f64::INFINITY, 'F', 2, plain, "INF"),
            (f64::NEG_INFINITY, 'g', 2, plain, "-inf"),
            (1e-7, 'E', 1, plain, "1.0E-07"),
            (1e20, 'r', 0, FloatFlags { alternate: true, ..dot }, "1.e+20"),
        ];
        for (value, kind, precision, flags, expected) in cases {
            assert_eq!(spell_float(value, kind, precision, flags), expected, "{value} {kind} {precision}");
        }
    }
}
