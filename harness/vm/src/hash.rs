//! Hashes as CPython computes them with hash seed 0.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// The modulus of numeric hashes, 2⁶¹−1.
pub(crate) const MODULUS: u64 = (1 << 61) - 1;

/// The hash of a string: SipHash-1-3 with a zero key over CPython's own storage of it (one, two or four bytes a character,
/// by the widest).
pub(crate) fn text(text: &str) -> i64 {
    if text.is_empty() {
        return 0;
    }
    if text.is_ascii() {
        return bytes(text.as_bytes());
    }
    let widest = text.chars().max().map_or(0, u32::from);
    let mut storage = Vec::with_capacity(text.len() * 4);
    for c in text.chars() {
        let c = u32::from(c);
        match widest {
            ..=0xff => storage.push(c as u8),
            0x100..=0xffff => storage.extend_from_slice(&(c as u16).to_le_bytes()),
            _ => storage.extend_from_slice(&c.to_le_bytes()),
        }
    }
    bytes(&storage)
}

/// The hash of a bytes object.
pub(crate) fn bytes(data: &[u8]) -> i64 {
    if data.is_empty() {
        return 0;
    }
    let mut hasher = SipHasher13::new_with_keys(0, 0);
    hasher.write(data);
    not_minus_one(hasher.finish() as i64)
}

/// The hash of an integer that fits.
pub(crate) fn int(value: i64) -> i64 {
    let reduced = (value.unsigned_abs() % MODULUS) as i64;
    not_minus_one(if value < 0 { -reduced } else { reduced })
}

/// The hash of a float (`_Py_HashDouble`); none for a NaN, whose hash is that of its address.
pub(crate) fn float(value: f64) -> Option<i64> {
    if value.is_infinite() {
        return Some(if value > 0.0 { 314_159 } else { -314_159 });
    }
    if value.is_nan() {
        return None;
    }
    if value == 0.0 {
        return Some(0);
    }
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    // value = mantissa × 2^power
    let (mantissa, power) = if exponent == 0 { (fraction, -1074) } else { (fraction | (1 << 52), exponent - 1075) };
    let rotation = power.rem_euclid(61) as u32;
    let reduced = mantissa % MODULUS;
    let rotated = ((reduced << rotation) & MODULUS) | (reduced >> (61 - rotation));
    let rotated = if rotated == MODULUS { 0 } else { rotated } as i64;
    Some(not_minus_one(if value < 0.0 { -rotated } else { rotated }))
}

const P1: u64 = 11_400_714_785_074_694_791;
const P2: u64 = 14_029_467_366_897_019_727;
const P5: u64 = 2_870_177_450_012_600_261;

/// The hash of a tuple from those of its items (xxHash's mixing).
pub(crate) fn tuple(items: impl ExactSizeIterator<Item = i64>) -> i64 {
    let length = items.len() as u64;
    mixed(lanes(items).wrapping_add(length ^ (P5 ^ 0x35_d373)))
}

/// The hash of a slice from those of its parts: a tuple's without the length.
pub(crate) fn slice(parts: impl Iterator<Item = i64>) -> i64 {
    mixed(lanes(parts))
}

fn lanes(items: impl Iterator<Item = i64>) -> u64 {
    let mix = |sum: u64, item: i64| sum.wrapping_add((item as u64).wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    items.fold(P5, mix)
}

fn mixed(sum: u64) -> i64 {
    if sum == u64::MAX { 1_546_275_796 } else { sum as i64 }
}

/// `-1` says "error" in C; CPython says `-2` instead.
pub(crate) fn not_minus_one(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_cpython_with_seed_0() {
        // PYTHONHASHSEED=0 python3 -c 'print(hash("a"), hash("hello"), hash(b"xyz"), hash("é"), hash("→"))'
        assert_eq!(text("a"), 4_644_417_185_603_328_019);
        assert_eq!(text("hello"), -2_096_571_579_003_691_106);
        assert_eq!(bytes(b"xyz"), 9_013_747_392_277_146_282);
        assert_eq!(text("é"), 6_047_309_291_227_476_195);
        assert_eq!(text("→"), 6_438_802_941_704_453_034);
        assert_eq!(float(1.0), Some(1));
        assert_eq!(float(-1.0), Some(-2));
        assert_eq!(float(0.5), Some(1 << 60));
        assert_eq!(int(-1), -2);
        assert_eq!(int(1 << 61), 1);
        // hash(slice(1)) from 3.12 on, where None hashes to 4238894112; hash((1, 2))
        assert_eq!(slice([4_238_894_112, 1, 4_238_894_112].into_iter()), -344_020_932_372_729_183);
        assert_eq!(tuple([1, 2].into_iter()), -3_550_055_125_485_641_917);
    }
}
