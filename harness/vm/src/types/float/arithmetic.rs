//! Operators on floats.

use crate::heap::Ref;
use crate::types;
use crate::vm::{PyResult, Vm};

/// Both operands as floats (`CONVERT_TO_DOUBLE`); none if one of them is neither a float nor an integer.
fn operands(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<Option<(f64, f64)>> {
    let Some(a) = operand(vm, left)? else { return Ok(None) };
    let Some(b) = operand(vm, right)? else { return Ok(None) };
    Ok(Some((a, b)))
}

#[inline]
fn operand(vm: &mut Vm, object: Ref) -> PyResult<Option<f64>> {
    match vm.float_value(object) {
        Some(value) => Ok(Some(value)),
        None => vm.integer_as_float(object),
    }
}

macro_rules! operator {
    ($(#[$doc:meta])* $name:ident, $by_zero:expr, $compute:expr) => {
        $(#[$doc])*
        pub(super) fn $name(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
            let Some((a, b)) = operands(vm, left, right)? else { return Ok(vm.not_implemented()) };
            let by_zero: Option<fn(&Vm) -> &'static str> = $by_zero;
            if let Some(message) = by_zero.filter(|_| b == 0.0) {
                let message = message(vm);
                return Err(vm.zero_division(message));
            }
            let compute: fn(f64, f64) -> f64 = $compute;
            Ok(vm.float(compute(a, b)))
        }
    };
}

operator!(
    /// `+`
    add, None, |a, b| a + b
);
operator!(
    /// `-`
    subtract, None, |a, b| a - b
);
operator!(
    /// `*`
    multiply, None, |a, b| a * b
);
operator!(
    /// `/`
    true_divide, Some(|_| "float division by zero"), |a, b| a / b
);
operator!(
    /// `//`
    floor_divide, Some(|_| "float floor division by zero"), |a, b| divide(a, b).0
);
operator!(
    /// `%`
    remainder, Some(|vm| if vm.profile.float_modulo_by_zero_wording { "float modulo by zero" } else { "float modulo" }),
    |a, b| divide(a, b).1
);

/// `divmod()`
pub(super) fn divmod(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some((a, b)) = operands(vm, left, right)? else { return Ok(vm.not_implemented()) };
    if b == 0.0 {
        return Err(vm.zero_division("float divmod()"));
    }
    let (quotient, remainder) = divide(a, b);
    let (quotient, remainder) = (vm.float(quotient), vm.float(remainder));
    Ok(vm.new_tuple(vec![quotient, remainder]))
}

/// Quotient and remainder; the remainder has the divisor's sign (`_float_div_mod`).
fn divide(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0.0_f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return (0.0_f64.copysign(a / b), remainder);
    }
    let mut whole = quotient.floor();
    if quotient - whole > 0.5 {
        whole += 1.0;
    }
    (whole, remainder)
}

/// What `**` comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Power {
    Float(f64),
    ZeroDivision,
    Complex,
    Overflow,
}

/// `**` and `pow()`
pub(crate) fn power(vm: &mut Vm, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
    if modulus != types::NONE {
        return Err(vm.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    let Some((left, right)) = operands(vm, base, exponent)? else { return Ok(vm.not_implemented()) };
    match compute_power(left, right) {
        Power::Float(value) => Ok(vm.float(value)),
        Power::ZeroDivision => Err(vm.zero_division("0.0 cannot be raised to a negative power")),
        Power::Complex => types::complex::power(vm, base, exponent, modulus),
        Power::Overflow => {
            let (number, message) = (vm.int(34), vm.str("Numerical result out of range"));
            let args = vm.new_tuple(vec![number, message]);
            Err(vm.raise_with(types::OVERFLOW_ERROR, args))
        }
    }
}

/// `float_pow`: the special cases first, the C library's `pow` for the rest.
fn compute_power(mut base: f64, exponent: f64) -> Power {
    let odd = (exponent % 2.0).abs() == 1.0;
    if exponent == 0.0 {
        return Power::Float(1.0);
    }
    if base.is_nan() {
        return Power::Float(base);
    }
    if exponent.is_nan() {
        return Power::Float(if base == 1.0 { 1.0 } else { exponent });
    }
    if exponent.is_infinite() {
        let base = base.abs();
        return Power::Float(if base == 1.0 {
            1.0
        } else if (exponent > 0.0) == (base > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if base.is_infinite() {
        return Power::Float(match (exponent > 0.0, odd) {
            (true, true) => base,
            (true, false) => base.abs(),
            (false, true) => 0.0_f64.copysign(base),
            (false, false) => 0.0,
        });
    }
    if base == 0.0 {
        return if exponent < 0.0 { Power::ZeroDivision } else { Power::Float(if odd { base } else { 0.0 }) };
    }
    let mut negate = false;
    if base < 0.0 {
        if exponent != exponent.floor() {
            return Power::Complex;
        }
        base = -base;
        negate = odd;
    }
    let sign = |value: f64| if negate { -value } else { value };
    if base == 1.0 {
        return Power::Float(sign(1.0));
    }
    let result = base.powf(exponent);
    if result.is_infinite() { Power::Overflow } else { Power::Float(sign(result)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_has_the_signs_of_cpython() {
        // python3 -c 'print(divmod(7.5,-2), divmod(-7.5,2), divmod(-1e-20,3), divmod(6.0,-3.0), divmod(0.0,-3.0))'
        assert_eq!(divide(7.5, -2.0), (-4.0, -0.5));
        assert_eq!(divide(-7.5, 2.0), (-4.0, 0.5));
        assert_eq!(divide(-1e-20, 3.0), (-1.0, 3.0));
        assert_eq!(divide(6.0, -3.0), (-2.0, 0.0));
        assert!(divide(6.0, -3.0).1.is_sign_negative());
        assert!(divide(0.0, -3.0).0.is_sign_negative());
    }

    #[test]
    fn powers_have_their_special_cases() {
        // `powf` promises no last digit (under Miri it has none).
        for (base, exponent, expected) in [(2.0, 0.5, std::f64::consts::SQRT_2), (-2.0, 3.0, -8.0)] {
            let Power::Float(power) = compute_power(base, exponent) else { panic!("{base} to {exponent} is a float") };
            assert!((power - expected).abs() < 1e-13, "{power}");
        }
        assert_eq!(compute_power(-8.0, 1.0 / 3.0), Power::Complex);
        assert_eq!(compute_power(0.0, -1.0), Power::ZeroDivision);
        assert_eq!(compute_power(10.0, 400.0), Power::Overflow);
        assert_eq!(compute_power(10.0, -400.0), Power::Float(0.0));
        assert_eq!(compute_power(f64::NEG_INFINITY, 3.0), Power::Float(f64::NEG_INFINITY));
        assert_eq!(compute_power(-1.0, 1e300), Power::Float(1.0));
    }
}
