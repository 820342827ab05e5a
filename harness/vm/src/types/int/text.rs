//! Integers as text.

use num_bigint::BigInt;
use num_traits::Signed;

use crate::heap::Ref;
use crate::object::value::Value;
use crate::vm::{PyResult, Vm};

/// `sys.get_int_max_str_digits()`
pub(crate) const MAX_DIGITS: usize = 4300;

impl Vm {
    /// The decimal digits of an integer (`long_to_decimal_string`).
    pub(crate) fn int_text(&mut self, object: Ref) -> PyResult<String> {
        let text = match &self.heap[object].value {
            Value::Int(value) => return Ok(value.to_string()),
            Value::BigInt(value) if too_long(value) => String::new(),
            Value::BigInt(value) => value.to_string(),
            _ => return Ok(String::new()),
        };
        if text.is_empty() || text.trim_start_matches('-').len() > MAX_DIGITS {
            return Err(self.value_error(format!(
                "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion; \
                 use sys.set_int_max_str_digits() to increase the limit"
            )));
        }
        Ok(text)
    }

    /// An integer in base 2, 8, 10 or 16, with its prefix if asked for (`_PyLong_Format`, which always has it).
    pub(crate) fn int_text_in_base(&mut self, object: Ref, base: u32, prefix: bool) -> PyResult<String> {
        if base == 10 {
            return self.int_text(object);
        }
        let value = self.integer(object).unwrap_or_default();
        Ok(in_base(&value, base, prefix))
    }
}

/// Whether an integer certainly has too many decimal digits, without computing them.
fn too_long(value: &BigInt) -> bool {
    // log2(10) < 3.322
    value.bits() > (MAX_DIGITS as u64 * 3322).div_ceil(1000) + 1
}

fn in_base(value: &BigInt, base: u32, prefix: bool) -> String {
    let sign = if value.is_negative() { "-" } else { "" };
    let prefix = match base {
        _ if !prefix => "",
        2 => "0b",
        8 => "0o",
        _ => "0x",
    };
    format!("{sign}{prefix}{}", value.magnitude().to_str_radix(base))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_have_prefixes() {
        assert_eq!(in_base(&BigInt::from(-255), 16, true), "-0xff");
        assert_eq!(in_base(&BigInt::from(5), 2, false), "101");
        assert_eq!(in_base(&BigInt::from(0), 8, true), "0o0");
    }

    #[test]
    fn the_estimate_of_digits_never_errs_on_the_short_side() {
        let largest = BigInt::from(10).pow(MAX_DIGITS as u32) - 1;
        assert!(!too_long(&largest));
        assert!(too_long(&(largest * 1000)));
    }
}
