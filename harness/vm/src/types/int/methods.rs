//! Methods and attributes of integers.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::{bytes, exact};
use crate::api::Missing;
use crate::object::args::Args;
use crate::object::class::{Arity, GetSet, Method, MethodKind};
use crate::vm::{PyResult, Vm};

const fn method(name: &'static str, arity: Arity, call: fn(&mut Vm, &Args<'_>) -> PyResult) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(super) static METHODS: &[Method] = &[
    method("conjugate", Arity::None, |vm, args| exact(vm, args.this())),
    method("bit_length", Arity::None, bit_length),
    method("bit_count", Arity::None, bit_count),
    method("to_bytes", Arity::Raw, bytes::to_bytes),
    Method { name: "from_bytes", kind: MethodKind::Class, arity: Arity::Raw, call: bytes::from_bytes },
    method("as_integer_ratio", Arity::None, as_integer_ratio),
    method("__trunc__", Arity::None, |vm, args| exact(vm, args.this())),
    method("__floor__", Arity::None, |vm, args| exact(vm, args.this())),
    method("__ceil__", Arity::None, |vm, args| exact(vm, args.this())),
    method("__round__", Arity::Positional(0, 1), round),
    method("__getnewargs__", Arity::None, |vm, args| {
        let copy = vm.copy_int(args.this());
        Ok(vm.new_tuple(vec![copy]))
    }),
    method("__format__", Arity::One, |vm, args| vm.format_method(args.this(), args.values[1])),
    method("is_integer", Arity::None, |vm, _| Ok(vm.bool(true))),
];

pub(super) static GETSETS: &[GetSet] = &[
    GetSet { name: "real", get: exact, set: None, member: false },
    GetSet { name: "imag", get: |vm, _| Ok(vm.int(0)), set: None, member: false },
    GetSet { name: "numerator", get: exact, set: None, member: false },
    GetSet { name: "denominator", get: |vm, _| Ok(vm.int(1)), set: None, member: false },
];

fn bit_length(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let bits = vm.integer(args.this()).map_or(0, |value| value.bits());
    Ok(vm.int(bits as i64))
}

fn bit_count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let ones = vm.integer(args.this()).map_or(0, |value| value.magnitude().count_ones());
    Ok(vm.int(ones as i64))
}

fn as_integer_ratio(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (numerator, denominator) = (vm.exact_int(args.this()), vm.int(1));
    Ok(vm.new_tuple(vec![numerator, denominator]))
}

/// `int.__round__`: to a multiple of a power of ten, ties to the even one.
fn round(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let Some(&digits) = args.values.get(1) else { return exact(vm, this) };
    let digits = vm.index(digits)?;
    let places = match vm.integer(digits.borrow()) {
        Some(digits) if digits.is_negative() => Some((-&*digits).to_u32().unwrap_or(u32::MAX)),
        _ => None,
    };
    vm.release(digits);
    let Some(places) = places else { return exact(vm, this) };
    if places > 1_000_000 {
        return Err(vm.unsupported(Missing::Limit, "round() of an int to more than a million places"));
    }
    let value = vm.integer(this).unwrap_or_default().into_owned();
    let rounded = round_to(&value, &BigInt::from(10).pow(places));
    Ok(vm.big_int(rounded))
}

/// The multiple of `unit` next to a value; of two, the even one.
fn round_to(value: &BigInt, unit: &BigInt) -> BigInt {
    let (quotient, remainder): (BigInt, BigInt) = value.div_mod_floor(unit);
    let twice: BigInt = &remainder << 1;
    let up = twice > *unit || (twice == *unit && quotient.is_odd());
    (if up { quotient + 1 } else { quotient }) * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_goes_to_the_even_multiple() {
        // python3 -c 'print(round(15,-1), round(25,-1), round(-15,-1), round(-14,-1), round(5,-1), round(-25,-1))'
        for (value, rounded) in [(15, 20), (25, 20), (-15, -20), (-14, -10), (5, 0), (-25, -20), (16, 20)] {
            assert_eq!(round_to(&BigInt::from(value), &BigInt::from(10)), BigInt::from(rounded), "round({value}, -1)");
        }
    }
}
