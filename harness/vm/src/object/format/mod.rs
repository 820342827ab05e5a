//! `__format__` of `int`, `float`, `complex` and `str`.

mod layout;
mod spec;

use layout::{FloatFlags, NumberText, lay_out_number, lay_out_text, spell_float};
use spec::{FormatSpec, unknown_kind};

use crate::heap::Ref;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// Widths and precisions beyond this are more than the VM gives.
const SIZE_LIMIT: usize = 1 << 24;

impl Vm {
    /// `__format__` of `int`, `float`, `str` and what derives from them.
    pub(crate) fn format_method(&mut self, object: Ref, spec: Ref) -> PyResult {
        self.text_argument("__format__", "argument", spec)?;
        if self.expect_text(spec).is_empty() {
            if self.class_of(object) == types::INT {
                let text = self.int_text(object)?;
                return Ok(self.str(text));
            }
            return self.str_of(object);
        }
        let (default_kind, default_align) = match self.heap[object].value {
            Value::Str(_) => (Some('s'), '<'),
            Value::Float(_) | Value::Native(_) => (None, '>'),
            _ => (Some('d'), '>'),
        };
        let spec = match FormatSpec::parse(self.expect_text(spec), &self.type_name(object), default_kind, default_align) {
            Ok(spec) => spec,
            Err(message) => return Err(self.value_error(message)),
        };
        if spec.width.max(spec.precision).is_some_and(|size| size > SIZE_LIMIT) {
            return Err(self.size_error(object, &spec));
        }
        match self.heap[object].value {
            Value::Str(_) => self.format_str(object, &spec),
            Value::Float(value) => self.format_float(object, value, &spec),
            Value::Native(_) => self.format_complex(object, &spec),
            _ => self.format_int(object, &spec),
        }
    }

    fn size_error(&mut self, object: Ref, spec: &FormatSpec) -> Stop {
        if self.float_value(object).is_some() && spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
            return self.value_error("precision too big");
        }
        self.no_room_for(spec.width.max(spec.precision).unwrap_or_default())
    }

    /// A string by a specification (`format_string_internal`).
    fn format_str(&mut self, object: Ref, spec: &FormatSpec) -> PyResult {
        if spec.kind != Some('s') {
            let message = unknown_kind(spec.kind, &self.type_name(object));
            return Err(self.value_error(message));
        }
        let problem = match (spec.sign, spec) {
            (Some(' '), _) => "Space not allowed in string format specifier",
            (Some(_), _) => "Sign not allowed in string format specifier",
            (_, spec) if spec.no_negative_zero => "Negative zero coercion (z) not allowed in string format specifier",
            (_, spec) if spec.alternate => "Alternate form (#) not allowed in string format specifier",
            (_, spec) if spec.align == '=' => "'=' alignment not allowed in string format specifier",
            _ => "",
        };
        if !problem.is_empty() {
            return Err(self.value_error(problem));
        }
        let text = self.expect_text(object);
        match lay_out_text(text, text.chars().count(), spec) {
            Some(text) => Ok(self.str(text)),
            None if text.is_empty() => Ok(self.retain(types::EMPTY_STR)),
            None => Ok(self.retain(object)),
        }
    }

    /// An integer by a specification (`format_long_internal`).
    fn format_int(&mut self, object: Ref, spec: &FormatSpec) -> PyResult {
        let base = match spec.kind {
            Some('b') => 2,
            Some('o') => 8,
            Some('x' | 'X') => 16,
            Some('d' | 'n' | 'c') => 10,
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
                let float = self.number_float(object)?;
                let value = self.float_value(float.borrow()).unwrap_or_default();
                let result = self.format_float(float.borrow(), value, spec);
                self.release(float);
                return result;
            }
            kind => {
                let message = unknown_kind(kind, &self.type_name(object));
                return Err(self.value_error(message));
            }
        };
        if spec.precision.is_some() {
            return Err(self.value_error("Precision not allowed in integer format specifier"));
        }
        if spec.no_negative_zero {
            return Err(self.value_error("Negative zero coercion (z) not allowed in integer format specifier"));
        }
        if spec.kind == Some('c') {
            return self.format_character(object, spec);
        }
        let capitals = spec.kind == Some('X');
        let text = self.int_text_in_base(object, base, false)?;
        let text = if capitals { text.to_ascii_uppercase() } else { text };
        let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
        let prefix = match base {
            _ if !spec.alternate => "",
            2 => "0b",
            8 => "0o",
            16 if capitals => "0X",
            16 => "0x",
            _ => "",
        };
        let text = lay_out_number(&NumberText { negative, prefix, digits, rest: "" }, spec);
        Ok(self.str(text))
    }

    fn format_character(&mut self, object: Ref, spec: &FormatSpec) -> PyResult {
        if spec.sign.is_some() {
            return Err(self.value_error("Sign not allowed with integer format specifier 'c'"));
        }
        if spec.alternate {
            return Err(self.value_error("Alternate form (#) not allowed with integer format specifier 'c'"));
        }
        let Some(code) = self.small_value(object) else {
            return Err(self.overflow_error("Python int too large to convert to C long"));
        };
        if !(0..=0x10_ffff).contains(&code) {
            return Err(self.overflow_error("%c arg not in range(0x110000)"));
        }
        let Some(c) = char::from_u32(code as u32) else { return Err(self.lone_surrogate()) };
        let mut buffer = [0; 4];
        let number = NumberText { negative: false, prefix: "", digits: "", rest: c.encode_utf8(&mut buffer) };
        let text = lay_out_number(&number, spec);
        Ok(self.str(text))
    }

    /// A float by a specification (`format_float_internal`).
    fn format_float(&mut self, object: Ref, value: f64, spec: &FormatSpec) -> PyResult {
        if !matches!(spec.kind, None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) {
            let message = unknown_kind(spec.kind, &self.type_name(object));
            return Err(self.value_error(message));
        }
        let text = lay_out_spelled(&spelled(value, spec), spec);
        Ok(self.str(text))
    }

    /// A complex number by a specification (`format_complex_internal`): both parts without padding, then the whole with it.
    fn format_complex(&mut self, object: Ref, spec: &FormatSpec) -> PyResult {
        if !matches!(spec.kind, None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n')) {
            let message = unknown_kind(spec.kind, &self.type_name(object));
            return Err(self.value_error(message));
        }
        if spec.fill == '0' {
            return Err(self.value_error("Zero padding is not allowed in complex format specifier"));
        }
        if spec.align == '=' {
            return Err(self.value_error("'=' alignment flag is not allowed in complex format specifier"));
        }
        let number = self.complex_value(object).unwrap_or_default();
        let no_real_part = spec.kind.is_none() && number.re == 0.0 && number.re.is_sign_positive();
        let part = |value: f64, sign: Option<char>| {
            let spec = FormatSpec { width: None, fill: ' ', align: '<', sign, ..spec.clone() };
            let flags = FloatFlags { alternate: spec.alternate, add_dot_0: false, no_negative_zero: spec.no_negative_zero };
            let text = match (spec.kind, spec.precision) {
                (None, None) => spell_float(value, 'r', 0, flags),
                (None | Some('n'), precision) => spell_float(value, 'g', precision.unwrap_or(6), flags),
                (Some(kind), precision) => spell_float(value, kind, precision.unwrap_or(6), flags),
            };
            lay_out_spelled(&text, &spec)
        };
        let text = match (no_real_part, spec.kind) {
            (true, _) => part(number.im, spec.sign) + "j",
            (false, None) => format!("({}{}j)", part(number.re, spec.sign), part(number.im, Some('+'))),
            (false, Some(_)) => format!("{}{}j", part(number.re, spec.sign), part(number.im, Some('+'))),
        };
        let whole = FormatSpec { precision: None, ..spec.clone() };
        let text = lay_out_text(&text, text.len(), &whole).unwrap_or(text);
        Ok(self.str(text))
    }
}

/// Lays out a float's text: its sign, its whole digits, what follows them.
fn lay_out_spelled(text: &str, spec: &FormatSpec) -> String {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(whole);
    lay_out_number(&NumberText { negative, prefix: "", digits, rest }, spec)
}

/// A float by one of the presentation types `e f g` or their capitals, as the `%` operator has them.
pub(crate) fn float_text(value: f64, kind: char, precision: usize, alternate: bool) -> String {
    spell_float(value, kind, precision, FloatFlags { alternate, ..FloatFlags::default() })
}

/// A float's sign, digits, point and exponent as its presentation type wants them.
fn spelled(value: f64, spec: &FormatSpec) -> String {
    let mut flags =
        FloatFlags { alternate: spec.alternate, add_dot_0: spec.kind.is_none(), no_negative_zero: spec.no_negative_zero };
    match (spec.kind, spec.precision) {
        (None, None) => spell_float(value, 'r', 0, flags),
        (None, Some(precision)) => spell_float(value, 'g', precision, flags),
        (Some('%'), precision) => spell_float(value * 100.0, 'f', precision.unwrap_or(6), flags) + "%",
        (Some(kind), precision) => {
            flags.add_dot_0 = false;
            spell_float(value, if kind == 'n' { 'g' } else { kind }, precision.unwrap_or(6), flags)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presentation_types_of_floats() {
        let text = |value: f64, spec: &str| spelled(value, &FormatSpec::parse(spec, "float", None, '>').unwrap());
        assert_eq!(text(0.256, ".1%"), "25.6%");
        assert_eq!(text(1.0, ""), "1.0");
        assert_eq!(text(1_234_567.0, ".3"), "1.23e+06");
        assert_eq!(text(1.5, "n"), "1.5");
        assert_eq!(text(1.0, "g"), "1");
        assert_eq!(text(1.0, "e"), "1.000000e+00");
    }
}
