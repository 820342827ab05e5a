//! `//`, `%`, `divmod` and `/` of integers.

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::heap::{Owned, Ref};
use crate::vm::{PyResult, Vm};

/// CPython's digits have 30 bits; a few short cuts go by them.
const DIGIT_BITS: u64 = 30;

/// The number of digits and the topmost one.
fn digits(value: &BigInt) -> (u64, u64) {
    let count = value.bits().div_ceil(DIGIT_BITS);
    let top = if count == 0 { 0 } else { (value.magnitude() >> (DIGIT_BITS * (count - 1))).to_u64().unwrap_or_default() };
    (count, top)
}

/// Whether CPython sees at the first digit that the dividend is smaller than the divisor, and makes it the remainder as it is
/// (`long_divrem`).
fn obviously_smaller(dividend: &BigInt, divisor: &BigInt) -> bool {
    let ((a, a_top), (b, b_top)) = (digits(dividend), digits(divisor));
    !(a == 1 && b == 1) && (a < b || (a == b && a_top < b_top))
}

/// `//` and `%` at once; the quotient rounds down, the remainder has the divisor's sign.
fn divide(vm: &mut Vm, left: Ref, right: Ref) -> Option<(BigInt, BigInt)> {
    let (a, b) = (vm.integer(left)?, vm.integer(right)?);
    Some(a.div_mod_floor(&b))
}

/// Both on 64 bits.
fn divide_small(a: i64, b: i64) -> Option<(i64, i64)> {
    let (mut quotient, mut remainder) = (a.checked_div(b)?, a.checked_rem(b)?);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        quotient -= 1;
        remainder += b;
    }
    Some((quotient, remainder))
}

/// Both operands are integers, the divisor is not zero.
fn check(vm: &mut Vm, left: Ref, right: Ref, by_zero: &str) -> PyResult<bool> {
    if !vm.is_int(left) || !vm.is_int(right) {
        return Ok(false);
    }
    if vm.small_value(right) == Some(0) {
        return Err(vm.zero_division(by_zero));
    }
    Ok(true)
}

/// The remainder, which can be the dividend itself.
fn remainder_object(vm: &mut Vm, left: Ref, right: Ref, value: BigInt) -> Owned {
    let same = match (vm.integer(left), vm.integer(right)) {
        (Some(a), Some(b)) => value == *a && obviously_smaller(&a, &b),
        _ => false,
    };
    if same { vm.exact_int(left) } else { vm.big_int(value) }
}

/// `//`
pub(crate) fn floor_divide(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !check(vm, left, right, "integer division or modulo by zero")? {
        return Ok(vm.not_implemented());
    }
    if let (Some(a), Some(b)) = (vm.small_value(left), vm.small_value(right))
        && let Some((quotient, _)) = divide_small(a, b)
    {
        return Ok(vm.int(quotient));
    }
    let quotient = divide(vm, left, right).map(|(quotient, _)| quotient).unwrap_or_default();
    Ok(vm.big_int(quotient))
}

/// `%`
pub(crate) fn remainder(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !check(vm, left, right, "integer modulo by zero")? {
        return Ok(vm.not_implemented());
    }
    if let (Some(a), Some(b)) = (vm.small_value(left), vm.small_value(right))
        && let Some((_, remainder)) = divide_small(a, b)
        && remainder != a
    {
        return Ok(vm.int(remainder));
    }
    let remainder = divide(vm, left, right).map(|(_, remainder)| remainder).unwrap_or_default();
    Ok(remainder_object(vm, left, right, remainder))
}

/// `divmod()`
pub(crate) fn divmod(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !check(vm, left, right, "integer division or modulo by zero")? {
        return Ok(vm.not_implemented());
    }
    let (quotient, remainder) = divide(vm, left, right).unwrap_or_default();
    let quotient = vm.big_int(quotient);
    let remainder = remainder_object(vm, left, right, remainder);
    Ok(vm.new_tuple(vec![quotient, remainder]))
}

/// `/`: the float nearest to the quotient.
pub(crate) fn true_divide(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !check(vm, left, right, "division by zero")? {
        return Ok(vm.not_implemented());
    }
    let quotient = match (vm.integer(left), vm.integer(right)) {
        (Some(a), Some(b)) => quotient(&a, &b),
        _ => None,
    };
    match quotient {
        Some(quotient) => Ok(vm.float(quotient)),
        None => Err(vm.overflow_error("integer division result too large for a float")),
    }
}

/// The float nearest to a / b, ties to even; none if that is too large. `b` is not zero.
fn quotient(a: &BigInt, b: &BigInt) -> Option<f64> {
    const MANTISSA: i64 = f64::MANTISSA_DIGITS as i64;
    let negative = a.is_negative() != b.is_negative();
    let sign = |value: f64| if negative { -value } else { value };
    if a.is_zero() {
        return Some(sign(0.0));
    }
    let (a, b) = (a.magnitude(), b.magnitude());
    if a.bits() <= MANTISSA as u64 && b.bits() <= MANTISSA as u64 {
        return Some(sign(a.to_f64()? / b.to_f64()?));
    }
    let difference = a.bits() as i64 - b.bits() as i64;
    if difference > 1024 {
        return None;
    }
    if difference < -1076 {
        return Some(sign(0.0));
    }
    // a / b = scaled × 2^shift with two bits more than the result can hold, the lowest of them sticky.
    let shift = difference.max(-1021) - MANTISSA - 2;
    let (dividend, divisor) =
        if shift <= 0 { (a << shift.unsigned_abs(), b.clone()) } else { (a.clone(), b << shift.unsigned_abs()) };
    let (mut scaled, rest) = dividend.div_rem(&divisor);
    if !rest.is_zero() {
        scaled |= BigUint::from(1_u8);
    }
    // What is below the last bit of the result is rounded off, ties to even.
    let extra = (scaled.bits() as i64).max(-1021 - shift) - MANTISSA;
    let mask = BigUint::from(1_u8) << extra.max(0).unsigned_abs();
    let low = &scaled % &mask;
    let mut high = scaled >> extra.max(0).unsigned_abs();
    let half = &mask >> 1;
    if low > half || (low == half && !half.is_zero() && high.is_odd()) {
        high += 1_u8;
    }
    let result = scale(high.to_f64()?, shift + extra.max(0));
    result.is_finite().then(|| sign(result))
}

/// Exactly, which `powi` does not promise; of a power that is normal.
fn power_of_two(power: i64) -> f64 {
    f64::from_bits(((1023 + power) as u64) << 52)
}

/// value × 2^power, exact where it can be (`ldexp`).
pub(crate) fn scale(mut value: f64, mut power: i64) -> f64 {
    // Powers beyond what one factor can say are taken in steps; the last one rounds, once.
    while power > 1023 && value.is_finite() && value != 0.0 {
        value *= power_of_two(1023);
        power -= 1023;
    }
    while power < -1022 {
        // Keeps 53 bits above the subnormal range until the last factor.
        if power >= -1074 {
            let step = power + 1022;
            return value * power_of_two(step) * power_of_two(-1022);
        }
        value *= power_of_two(-969);
        power += 969;
        if value == 0.0 {
            return value;
        }
    }
    value * power_of_two(power.clamp(-1022, 1023))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(text: &str) -> BigInt {
        text.parse().unwrap()
    }

    #[test]
    fn true_division_is_correctly_rounded() {
        let ten = BigInt::from(10);
        assert_eq!(quotient(&BigInt::from(1), &BigInt::from(3)), Some(1.0 / 3.0));
        // python3 -c 'print((10**40)/(3*10**20+1), (2**1074+1)/2**2148, 10**309/10, -(2**53+1)/1)'
        assert_eq!(quotient(&ten.pow(40), &(BigInt::from(3) * ten.pow(20) + 1)), Some(33_333_333_333_333_333_333.0));
        assert_eq!(quotient(&((BigInt::from(1) << 1074) + 1), &(BigInt::from(1) << 2148)), Some(5e-324));
        assert_eq!(quotient(&ten.pow(309), &ten), Some(1e308));
        assert_eq!(quotient(&ten.pow(310), &ten), None);
        assert_eq!(quotient(&big("-9007199254740993"), &BigInt::from(1)), Some(-9_007_199_254_740_992.0));
        assert_eq!(quotient(&BigInt::from(1), &(BigInt::from(1) << 1080)), Some(0.0));
        assert_eq!(quotient(&BigInt::from(3), &(BigInt::from(1) << 1075)), Some(1e-323));
    }

    #[test]
    fn small_division_rounds_down() {
        assert_eq!(divide_small(-7, 2), Some((-4, 1)));
        assert_eq!(divide_small(7, -2), Some((-4, -1)));
        assert_eq!(divide_small(i64::MIN, -1), None);
    }

    #[test]
    fn cpython_takes_the_dividend_as_it_is() {
        assert!(obviously_smaller(&BigInt::from(100_000), &big("1000000000000")));
        assert!(!obviously_smaller(&BigInt::from(5), &BigInt::from(7)));
        assert!(!obviously_smaller(&BigInt::from(10).pow(30), &(BigInt::from(10).pow(30) + 5)));
    }
}
