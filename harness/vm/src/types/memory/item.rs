//! The items of a view, by the format characters of `struct` (`unpack_single`, `pack_single` in `Objects/memoryobject.c`).

use num_traits::ToPrimitive;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// An item, read from memory.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Item {
    Int(i128),
    Float(f64),
    Bool(bool),
    Char(u8),
}

/// The size of a native format, given with or without an `@`; none for anything else (`get_native_fmtchar`).
pub(super) fn size_of(format: &str) -> Option<usize> {
    let mut chars = format.strip_prefix('@').unwrap_or(format).chars();
    let size = match chars.next()? {
        'c' | 'b' | 'B' | '?' => 1,
        'h' | 'H' | 'e' => 2,
        'i' | 'I' | 'f' => 4,
        'l' | 'L' | 'q' | 'Q' | 'n' | 'N' | 'd' | 'P' => 8,
        _ => return None,
    };
    chars.next().is_none().then_some(size)
}

/// The format's character.
pub(super) fn kind_of(format: &str) -> char {
    format.trim_start_matches('@').chars().next().unwrap_or('B')
}

/// Whether an item is a byte.
pub(super) fn is_byte(format: &str) -> bool {
    matches!(kind_of(format), 'b' | 'B' | 'c')
}

/// Reads an item.
pub(super) fn unpack(kind: char, data: &[u8]) -> Item {
    let mut bytes = [0; 8];
    bytes[..data.len().min(8)].copy_from_slice(&data[..data.len().min(8)]);
    let unsigned = u64::from_le_bytes(bytes);
    match kind {
        'c' => Item::Char(bytes[0]),
        '?' => Item::Bool(bytes[0] != 0),
        'b' => Item::Int(i128::from(bytes[0] as i8)),
        'h' => Item::Int(i128::from(unsigned as i16)),
        'i' => Item::Int(i128::from(unsigned as i32)),
        'l' | 'q' | 'n' => Item::Int(i128::from(unsigned as i64)),
        'f' => Item::Float(f64::from(f32::from_bits(unsigned as u32))),
        'd' => Item::Float(f64::from_bits(unsigned)),
        _ => Item::Int(i128::from(unsigned)),
    }
}

impl Item {
    /// Whether two items of any formats are equal, as Python's objects would be.
    pub(super) fn equals(self, other: Self) -> bool {
        match (self.number(), other.number()) {
            (Some(Self::Int(a)), Some(Self::Int(b))) => a == b,
            (Some(Self::Float(a)), Some(Self::Float(b))) => a == b,
            (Some(Self::Int(int)), Some(Self::Float(float))) | (Some(Self::Float(float)), Some(Self::Int(int))) => {
                float.to_i128() == Some(int) && float.fract() == 0.0
            }
            (None, None) => self == other,
            _ => false,
        }
    }

    fn number(self) -> Option<Self> {
        match self {
            Self::Bool(value) => Some(Self::Int(i128::from(value))),
            Self::Char(_) => None,
            number => Some(number),
        }
    }
}

impl Vm {
    /// An item as an object.
    pub(super) fn item_object(&mut self, item: Item) -> Owned {
        match item {
            Item::Int(value) => self.big_int(value.into()),
            Item::Float(value) => self.float(value),
            Item::Bool(value) => self.bool(value),
            Item::Char(byte) => self.new_bytes(vec![byte]),
        }
    }

    /// An object as the bytes of an item. May run its methods.
    pub(super) fn pack_item(&mut self, format: &str, value: Ref) -> PyResult<Vec<u8>> {
        let kind = kind_of(format);
        let packed = match kind {
            '?' => return Ok(vec![u8::from(self.truth(value)?)]),
            'c' => match (self.class_of(value), self.bytes_value(value)) {
                (_, Some(&[byte])) if self.is_instance_of(value, types::BYTES) => return Ok(vec![byte]),
                (_, Some(_)) if self.is_instance_of(value, types::BYTES) => return Err(invalid(self, "value", format)),
                _ => return Err(self.type_error(format!("memoryview: invalid type for format '{format}'"))),
            },
            'e' => return Err(self.unsupported(Missing::Name, "memoryview items of two-byte floats")),
            'f' | 'd' => self.plain_float(value).map(|value| match kind {
                'f' => Some((value as f32).to_le_bytes().to_vec()),
                _ => Some(value.to_le_bytes().to_vec()),
            }),
            _ => self.long_index(value).map(|value| value.to_i128().and_then(|value| int_bytes(kind, value))),
        };
        match packed {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(invalid(self, "value", format)),
            Err(Stop::Raised) if self.matches_raised(types::TYPE_ERROR) => {
                self.clear_raised();
                Err(self.type_error(format!("memoryview: invalid type for format '{format}'")))
            }
            Err(Stop::Raised) if self.matches_raised(types::OVERFLOW_ERROR) || self.matches_raised(types::VALUE_ERROR) => {
                self.clear_raised();
                Err(invalid(self, "value", format))
            }
            Err(stop) => Err(stop),
        }
    }

    /// `PyFloat_AsDouble`: unlike `float()` it takes no text.
    fn plain_float(&mut self, value: Ref) -> PyResult<f64> {
        let slots = &self.class(self.class_of(value)).slots;
        if slots.float.is_none() && slots.index.is_none() {
            let message = format!("must be real number, not {}", self.type_name(value));
            return Err(self.type_error(message));
        }
        let float = self.number_float(value)?;
        let number = self.float_value(float.borrow()).unwrap_or_default();
        self.release(float);
        Ok(number)
    }
}

fn invalid(vm: &mut Vm, what: &str, format: &str) -> Stop {
    vm.value_error(format!("memoryview: invalid {what} for format '{format}'"))
}

/// An integer in the bytes of its format; none if it does not fit.
fn int_bytes(kind: char, value: i128) -> Option<Vec<u8>> {
    Some(match kind {
        'b' => i8::try_from(value).ok()?.to_le_bytes().to_vec(),
        'B' => u8::try_from(value).ok()?.to_le_bytes().to_vec(),
        'h' => i16::try_from(value).ok()?.to_le_bytes().to_vec(),
        'H' => u16::try_from(value).ok()?.to_le_bytes().to_vec(),
        'i' => i32::try_from(value).ok()?.to_le_bytes().to_vec(),
        'I' => u32::try_from(value).ok()?.to_le_bytes().to_vec(),
        'l' | 'q' | 'n' => i64::try_from(value).ok()?.to_le_bytes().to_vec(),
        _ => u64::try_from(value).ok()?.to_le_bytes().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_as_struct_reads_them() {
        assert_eq!(unpack('b', &[0xff]), Item::Int(-1));
        assert_eq!(unpack('H', &[1, 2]), Item::Int(0x201));
        assert_eq!(unpack('i', &[0xfe, 0xff, 0xff, 0xff]), Item::Int(-2));
        assert_eq!(unpack('Q', &[0xff; 8]), Item::Int(i128::from(u64::MAX)));
        assert_eq!(unpack('d', &1.5_f64.to_le_bytes()), Item::Float(1.5));
        assert_eq!((size_of("@h"), size_of("hh"), size_of("x"), size_of("")), (Some(2), None, None, None));
        assert!(Item::Int(1).equals(Item::Float(1.0)) && Item::Bool(true).equals(Item::Int(1)));
        assert!(!Item::Char(65).equals(Item::Int(65)) && !Item::Float(f64::NAN).equals(Item::Float(f64::NAN)));
    }
}
