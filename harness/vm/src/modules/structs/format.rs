//! The formats of `struct`: what stands where, and how values become bytes.

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use crate::heap::{Owned, Ref};
use crate::types::{self, int::scale};
use crate::vm::{PyResult, Stop, Vm};

/// One field, or several alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) code: u8,
    /// Where the first begins.
    pub(super) offset: usize,
    /// How many; for text how many bytes.
    pub(super) count: usize,
    /// How many bytes each has.
    size: usize,
}

/// A format, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) fields: Vec<Field>,
    pub(super) size: usize,
    big_endian: bool,
    native: bool,
}

/// What is wrong with a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Code,
    NoCode,
    TooLong,
}

impl Malformed {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Code => "bad char in struct format",
            Self::NoCode => "repeat count given without format specifier",
            Self::TooLong => "total struct size too long",
        }
    }
}

/// The size of a code, and its alignment in native formats; none if there is no such code.
fn size_of(code: u8, native: bool) -> Option<usize> {
    Some(match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        _ => return None,
    })
}

impl Layout {
    /// `prepare_s`
    pub(super) fn parse(format: &[u8]) -> Result<Self, Malformed> {
        let (order, codes) = match format.split_first() {
            Some((&order, rest)) if b"@=<>!".contains(&order) => (order, rest),
            _ => (b'@', format),
        };
        let mut layout = Self { native: order == b'@', big_endian: matches!(order, b'>' | b'!'), ..Self::default() };
        let mut codes = codes.iter().copied();
        while let Some(mut code) = codes.next() {
            if code.is_ascii_whitespace() {
                continue;
            }
            let mut count = 1_usize;
            if code.is_ascii_digit() {
                count = usize::from(code - b'0');
                loop {
                    code = codes.next().ok_or(Malformed::NoCode)?;
                    if !code.is_ascii_digit() {
                        break;
                    }
                    let more = count.checked_mul(10).and_then(|count| count.checked_add(usize::from(code - b'0')));
                    count = more.filter(|&count| i64::try_from(count).is_ok()).ok_or(Malformed::TooLong)?;
                }
            }
            layout.add(code, count)?;
        }
        Ok(layout)
    }

    fn add(&mut self, code: u8, count: usize) -> Result<(), Malformed> {
        let size = size_of(code, self.native).ok_or(Malformed::Code)?;
        if self.native && !matches!(code, b'x' | b's' | b'p') {
            self.size = self.size.next_multiple_of(size);
        }
        let offset = self.size;
        let total = count.checked_mul(size).and_then(|bytes| bytes.checked_add(offset));
        self.size = total.filter(|&total| i64::try_from(total).is_ok()).ok_or(Malformed::TooLong)?;
        match code {
            b'x' => {}
            b's' | b'p' => self.fields.push(Field { code, offset, count, size: count }),
            _ if count > 0 => self.fields.push(Field { code, offset, count, size }),
            _ => {}
        }
        Ok(())
    }

    /// How many values it takes.
    pub(super) fn values(&self) -> usize {
        self.fields.iter().map(|field| if matches!(field.code, b's' | b'p') { 1 } else { field.count }).sum()
    }

    /// Each value's place: its code, where it begins, and how many bytes it has.
    pub(super) fn places(&self) -> impl Iterator<Item = (u8, usize, usize)> + '_ {
        self.fields.iter().flat_map(|field| {
            let repeats = if matches!(field.code, b's' | b'p') { 1 } else { field.count };
            (0..repeats).map(move |index| (field.code, field.offset + index * field.size, field.size))
        })
    }

    /// A value from its bytes.
    pub(super) fn read(&self, vm: &mut Vm, code: u8, data: &[u8]) -> Owned {
        let mut bytes = data.to_vec();
        if !matches!(code, b's' | b'p') && self.big_endian {
            bytes.reverse();
        }
        let unsigned = bytes.iter().rev().take(8).fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        match code {
            b'c' | b's' => vm.new_bytes(bytes),
            b'p' => {
                let length = bytes.first().map_or(0, |&length| usize::from(length).min(bytes.len() - 1));
                vm.new_bytes(bytes.get(1..=length).unwrap_or_default().to_vec())
            }
            b'?' => vm.bool(unsigned != 0),
            b'e' => vm.float(half_to_f64(unsigned as u16)),
            b'f' => vm.float(f64::from(f32::from_bits(unsigned as u32))),
            b'd' => vm.float(f64::from_bits(unsigned)),
            b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => vm.big_int(BigInt::from(unsigned)),
            _ => {
                let shift = 64 - 8 * bytes.len() as u32;
                vm.int((unsigned << shift) as i64 >> shift)
            }
        }
    }

    /// Writes a value's bytes.
    pub(super) fn write(&self, vm: &mut Vm, code: u8, value: Ref, into: &mut [u8]) -> PyResult<()> {
        match code {
            b'c' => match vm.bytes_value(value) {
                Some(&[byte]) => into[0] = byte,
                _ => return Err(error(vm, "char format requires a bytes object of length 1")),
            },
            b's' | b'p' => {
                let Some(data) = vm.bytes_value(value) else {
                    return Err(error(vm, format!("argument for '{}' must be a bytes object", char::from(code))));
                };
                let head = usize::from(code == b'p');
                let length = data.len().min(into.len().saturating_sub(head));
                if let Some(place) = into.get_mut(head..head + length) {
                    place.copy_from_slice(&data[..length]);
                }
                if head == 1
                    && let Some(first) = into.first_mut()
                {
                    *first = length.min(255) as u8;
                }
            }
            b'?' => into[0] = u8::from(vm.truth(value)?),
            b'e' | b'f' | b'd' => self.write_float(vm, code, value, into)?,
            _ => self.write_int(vm, code, value, into)?,
        }
        Ok(())
    }

    fn place(&self, bytes: &[u8], into: &mut [u8]) {
        into.copy_from_slice(&bytes[..into.len()]);
        if self.big_endian {
            into.reverse();
        }
    }

    fn write_float(&self, vm: &mut Vm, code: u8, value: Ref, into: &mut [u8]) -> PyResult<()> {
        let float = match vm.as_f64(value) {
            Ok(float) => float,
            Err(Stop::Raised) => {
                vm.clear_raised();
                return Err(error(vm, "required argument is not a float"));
            }
            Err(stop) => return Err(stop),
        };
        let too_large = |vm: &mut Vm| Err(vm.overflow_error(format!("float too large to pack with {} format", char::from(code))));
        match code {
            b'd' => self.place(&float.to_le_bytes(), into),
            b'f' => {
                let single = float as f32;
                if single.is_infinite() && float.is_finite() && !self.native {
                    return too_large(vm);
                }
                self.place(&single.to_le_bytes(), into);
            }
            _ => match f64_to_half(float) {
                Some(half) => self.place(&half.to_le_bytes(), into),
                None => return too_large(vm),
            },
        }
        Ok(())
    }

    fn write_int(&self, vm: &mut Vm, code: u8, value: Ref, into: &mut [u8]) -> PyResult<()> {
        let index = if vm.is_int(value) {
            vm.retain(value)
        } else if vm.class(vm.class_of(value)).slots.index.is_some() {
            vm.index(value)?
        } else {
            return Err(error(vm, "required argument is not an integer"));
        };
        let number = vm.integer(index.borrow()).map(std::borrow::Cow::into_owned).unwrap_or_default();
        vm.release(index);
        let bits = 8 * into.len() as u32;
        if code == b'P' {
            let bytes = (number & BigInt::from(u64::MAX)).to_u64().unwrap_or(0).to_le_bytes();
            self.place(&bytes, into);
            return Ok(());
        }
        let unsigned = code.is_ascii_uppercase();
        let (low, high) = if unsigned {
            (BigInt::ZERO, (BigInt::from(1) << bits) - 1)
        } else {
            (-(BigInt::from(1) << (bits - 1)), (BigInt::from(1) << (bits - 1)) - 1)
        };
        if number < low || number > high {
            return Err(out_of_range(vm, code, &number, &low, &high));
        }
        let fill = if number.sign() == Sign::Minus { 0xff } else { 0 };
        let mut bytes = number.to_signed_bytes_le();
        bytes.resize(bytes.len().max(8), fill);
        self.place(&bytes, into);
        Ok(())
    }
}

/// Raises `struct.error`.
pub(super) fn error(vm: &mut Vm, message: impl Into<String>) -> Stop {
    vm.raise(types::STRUCT_ERROR, message)
}

fn out_of_range(vm: &mut Vm, code: u8, number: &BigInt, low: &BigInt, high: &BigInt) -> Stop {
    let message = if vm.profile.struct_ranges_told_alike {
        format!("'{}' format requires {low} <= number <= {high}", char::from(code))
    } else {
        // Small fields are read as a C `long` first.
        let small = matches!(code, b'b' | b'B' | b'h' | b'H');
        let fits = if code.is_ascii_uppercase() && !small { number.to_u64().is_some() } else { number.to_i64().is_some() };
        match code {
            _ if !fits => "argument out of range".to_owned(),
            b'b' => format!("byte format requires {low} <= number <= {high}"),
            b'B' => format!("ubyte format requires {low} <= number <= {high}"),
            b'h' => format!("short format requires {low} <= number <= {high}"),
            b'H' => format!("ushort format requires {low} <= number <= {high}"),
            _ => format!("'{}' format requires {low} <= number <= {high}", char::from(code)),
        }
    };
    error(vm, message)
}

/// A float of 16 bits.
fn half_to_f64(half: u16) -> f64 {
    let sign = if half >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(half >> 10 & 0x1f), f64::from(half & 0x3ff));
    sign * match exponent {
        0x1f if fraction != 0.0 => f64::NAN,
        0x1f => f64::INFINITY,
        0 => scale(fraction, -24),
        _ => scale(1.0 + fraction / 1024.0, i64::from(exponent) - 15),
    }
}

/// A float rounded to 16 bits; none if it is too large.
fn f64_to_half(value: f64) -> Option<u16> {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    if value.is_nan() {
        return Some(sign | 0x7e00);
    }
    if size.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Units of the last place: from 2⁻²⁴ for subnormal numbers.
    let exponent = (size.to_bits() >> 52) as i32 - 1023;
    let unit = (exponent - 10).max(-24);
    let steps = scale(size, -i64::from(unit)).round_ties_even();
    let bits = steps + f64::from((unit + 24) * 1024);
    (bits < f64::from(0x7c00)).then_some(sign | bits as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_calcsize() {
        for (format, size, values) in
            [("<bhi", 7, 3), ("bhi", 8, 3), ("@cd", 16, 2), ("3s2x", 5, 1), ("0i", 0, 0), ("c0l", 8, 1), (">10pQ", 18, 2)]
        {
            let layout = Layout::parse(format.as_bytes()).expect(format);
            assert_eq!((layout.size, layout.values()), (size, values), "{format}");
        }
        assert_eq!(Layout::parse(b"3"), Err(Malformed::NoCode));
        assert_eq!(Layout::parse(b"<n"), Err(Malformed::Code));
    }

    #[test]
    fn halves_are_rounded() {
        for (value, bits) in [(1.0, 0x3c00), (-2.0, 0xc000), (65504.0, 0x7bff), (5.96e-8, 1), (0.1, 0x2e66), (0.0, 0)] {
            assert_eq!(f64_to_half(value), Some(bits), "{value}");
        }
        assert_eq!(f64_to_half(65520.0), None);
        assert_eq!(half_to_f64(0x3555), 0.333_251_953_125);
    }
}
