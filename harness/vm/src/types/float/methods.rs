//! Methods and attributes of floats.

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use super::hex::{HexError, from_hex, to_hex};
use super::{exact, fixed_digits, value};
use crate::object::args::Args;
use crate::object::class::{Arity, GetSet, Method, MethodKind};
use crate::types;
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: fn(&mut Vm, &Args<'_>) -> PyResult) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(super) static METHODS: &[Method] = &[
    method("conjugate", Arity::None, |vm, args| exact(vm, args.this())),
    method("__trunc__", Arity::None, |vm, args| vm.int_from_float(value(vm, args.this()))),
    method("__floor__", Arity::None, |vm, args| vm.int_from_float(value(vm, args.this()).floor())),
    method("__ceil__", Arity::None, |vm, args| vm.int_from_float(value(vm, args.this()).ceil())),
    method("__round__", Arity::Positional(0, 1), round),
    method("as_integer_ratio", Arity::None, as_integer_ratio),
    Method { name: "fromhex", kind: MethodKind::Class, arity: Arity::One, call: fromhex },
    method("hex", Arity::None, |vm, args| {
        let text = to_hex(value(vm, args.this()));
        Ok(vm.str(text))
    }),
    method("is_integer", Arity::None, |vm, args| {
        let value = value(vm, args.this());
        Ok(vm.bool(value.is_finite() && value.floor() == value))
    }),
    method("__getnewargs__", Arity::None, |vm, args| {
        let copy = vm.float(value(vm, args.this()));
        Ok(vm.new_tuple(vec![copy]))
    }),
    method("__format__", Arity::One, |vm, args| vm.format_method(args.this(), args.values[1])),
];

pub(super) static GETSETS: &[GetSet] = &[
    GetSet { name: "real", get: exact, set: None, member: false },
    GetSet { name: "imag", get: |vm, _| Ok(vm.float(0.0)), set: None, member: false },
];

/// `float.__round__`: to an integer, or to a number of decimal places.
fn round(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let x = value(vm, args.this());
    let places = match args.values.get(1) {
        None | Some(&types::NONE) => return vm.int_from_float(x.round_ties_even()),
        Some(&places) => vm.as_index(places, None)?,
    };
    match round_to(x, places) {
        Some(rounded) => Ok(vm.float(rounded)),
        None => Err(vm.overflow_error("rounded value too large to represent")),
    }
}

/// Rounded to that many decimal places, exactly; none if the result is too large.
fn round_to(x: f64, places: i64) -> Option<f64> {
    if !x.is_finite() || places > 323 {
        return Some(x);
    }
    if places < -308 {
        return Some(0.0 * x);
    }
    let text = format!("{}e{}", fixed_digits(x, places), -places);
    let rounded: f64 = text.parse().ok()?;
    rounded.is_finite().then(|| rounded.copysign(x))
}

fn as_integer_ratio(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = value(vm, args.this());
    if value.is_infinite() {
        return Err(vm.overflow_error("cannot convert Infinity to integer ratio"));
    }
    if value.is_nan() {
        return Err(vm.value_error("cannot convert NaN to integer ratio"));
    }
    let (numerator, denominator) = ratio(value);
    let (numerator, denominator) = (vm.big_int(numerator), vm.big_int(denominator));
    Ok(vm.new_tuple(vec![numerator, denominator]))
}

/// A finite float as a fraction in lowest terms.
fn ratio(value: f64) -> (BigInt, BigInt) {
    let mut power = 0_u32;
    let mut scaled = value;
    // At most 1074 doublings make it whole; each is exact.
    while scaled.fract() != 0.0 {
        scaled *= 2.0;
        power += 1;
    }
    (BigInt::from_f64(scaled).unwrap_or_default(), BigInt::from(1) << power)
}

fn fromhex(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let class = args.this();
    let Some(text) = vm.text(args.values[1]) else { return Err(vm.type_error("bad argument type for built-in operation")) };
    let value = match from_hex(text) {
        Ok(value) => vm.float(value),
        Err(HexError::Invalid) => return Err(vm.value_error("invalid hexadecimal floating-point string")),
        Err(HexError::Overflow) => return Err(vm.overflow_error("hexadecimal value too large to represent as a float")),
    };
    if class == types::FLOAT {
        return Ok(value);
    }
    let result = vm.call_pos(class, &[value.borrow()]);
    vm.release(value);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_exact() {
        let cases = [
            (2.675, 2, 2.67),
            (0.5, 0, 0.0),
            (1.5, 0, 2.0),
            (25.0, -1, 20.0),
            (1e300, 5, 1e300),
            (1e308, -309, 0.0),
            (-0.4, 0, -0.0),
            (5.015, 2, 5.01),
        ];
        for (value, places, rounded) in cases {
            assert_eq!(round_to(value, places), Some(rounded), "round({value}, {places})");
        }
        assert_eq!(round_to(1.7e308, -308), None);
        assert!(round_to(-0.4, 0).is_some_and(f64::is_sign_negative));
    }

    #[test]
    fn floats_are_fractions() {
        assert_eq!(ratio(0.75), (BigInt::from(3), BigInt::from(4)));
        assert_eq!(ratio(-2.0), (BigInt::from(-2), BigInt::from(1)));
        assert_eq!(ratio(5e-324), (BigInt::from(1), BigInt::from(1) << 1074));
        assert_eq!(ratio(0.0), (BigInt::from(0), BigInt::from(1)));
    }
}
