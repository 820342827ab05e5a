//! `+ - * << >> & | ^ ~` and signs of integers.

use std::ops::{BitAnd, BitOr, BitXor};

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use crate::heap::Ref;
use crate::vm::{PyResult, Vm};

/// An operator on two integers: on 64 bits where that fits, else at full size.
macro_rules! operator {
    ($(#[$doc:meta])* $name:ident, $small:expr, $big:expr, $bits:expr) => {
        $(#[$doc])*
        pub(crate) fn $name(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
            if let (Some(a), Some(b)) = (vm.small_value(left), vm.small_value(right))
                && let Some(result) = $small(a, b)
            {
                return Ok(vm.int(result));
            }
            let (Some(a), Some(b)) = (vm.integer(left), vm.integer(right)) else { return Ok(vm.not_implemented()) };
            let bits: u64 = $bits(a.bits(), b.bits());
            if bits > super::BIT_LIMIT {
                drop((a, b));
                vm.check_bits(bits)?;
                return Ok(vm.not_implemented());
            }
            let result: BigInt = $big(&*a, &*b);
            Ok(vm.big_int(result))
        }
    };
}

operator!(
    /// `+`
    add, i64::checked_add, |a: &BigInt, b: &BigInt| a + b, u64::max
);
operator!(
    /// `-`
    subtract, i64::checked_sub, |a: &BigInt, b: &BigInt| a - b, u64::max
);
operator!(
    /// `*`
    multiply, i64::checked_mul, |a: &BigInt, b: &BigInt| a * b, |a: u64, b: u64| a + b
);
operator!(
    /// `&`
    and, |a: i64, b: i64| Some(a & b), <&BigInt as BitAnd>::bitand, u64::max
);
operator!(
    /// `|`
    or, |a: i64, b: i64| Some(a | b), <&BigInt as BitOr>::bitor, u64::max
);
operator!(
    /// `^`
    xor, |a: i64, b: i64| Some(a ^ b), <&BigInt as BitXor>::bitxor, u64::max
);

/// `-n`
pub(crate) fn negative(vm: &mut Vm, this: Ref) -> PyResult {
    let result = vm.integer(this).map(|value| -&*value).unwrap_or_default();
    Ok(vm.big_int(result))
}

/// `abs(n)`: what is not negative stays itself.
pub(crate) fn absolute(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.is_negative(this) { negative(vm, this) } else { super::exact(vm, this) }
}

/// `~n`
pub(crate) fn invert(vm: &mut Vm, this: Ref) -> PyResult {
    let result = vm.integer(this).map(|value| !&*value).unwrap_or_default();
    Ok(vm.big_int(result))
}

/// How far to shift: none when that is more than 64 bits can say.
enum Distance {
    Fits(u64),
    Huge,
}

fn distance(vm: &mut Vm, by: Ref) -> PyResult<Distance> {
    let value = vm.integer(by).unwrap_or_default();
    if value.is_negative() {
        drop(value);
        return Err(vm.value_error("negative shift count"));
    }
    Ok(value.to_u64().map_or(Distance::Huge, Distance::Fits))
}

/// `<<`
pub(crate) fn lshift(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    // The most digits of 30 bits that an `int` can have (`MAX_LONG_DIGITS`).
    const MOST_BITS: u128 = ((i64::MAX as u128 - 24) / 4) * 30;
    if !vm.is_int(left) || !vm.is_int(right) {
        return Ok(vm.not_implemented());
    }
    let distance = distance(vm, right)?;
    if vm.small_value(left) == Some(0) {
        return Ok(vm.int(0));
    }
    let Distance::Fits(distance) = distance else {
        // Beyond 64 bits there may still be room for as many digits; but not in any machine.
        let fits = vm.integer(right).and_then(|by| by.to_u128()).is_some_and(|by| by < MOST_BITS);
        if fits {
            vm.check_bits(u64::MAX)?;
        }
        return Err(vm.overflow_error("too many digits in integer"));
    };
    let bits = vm.integer(left).map_or(0, |value| value.bits());
    vm.check_bits(bits.saturating_add(distance))?;
    let result = vm.integer(left).map(|value| &*value << distance).unwrap_or_default();
    Ok(vm.big_int(result))
}

/// `>>`
pub(crate) fn rshift(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !vm.is_int(left) || !vm.is_int(right) {
        return Ok(vm.not_implemented());
    }
    let distance = distance(vm, right)?;
    let many_digits = |value: i64| value <= -(1 << 30);
    // `long_rshift1`: of a negative number with more than one digit.
    if matches!(distance, Distance::Fits(0)) && vm.small_value(left).map_or_else(|| vm.is_negative(left), many_digits) {
        return super::exact(vm, left);
    }
    let result = match (distance, vm.small_value(left)) {
        (Distance::Fits(distance), Some(value)) => return Ok(vm.int(value >> distance.min(63))),
        (Distance::Fits(distance), None) => vm.integer(left).map(|value| &*value >> distance).unwrap_or_default(),
        (Distance::Huge, _) => {
            return Ok(vm.int(if vm.is_negative(left) { -1 } else { 0 }));
        }
    };
    Ok(vm.big_int(result))
}
