//! The functions of `math` that work on integers.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::Signed;

use super::only;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Beyond that, CPython would be busy for minutes too.
const FACTORIAL_LIMIT: i64 = 100_000;

/// Folds integers; an `__index__` of each is asked for in turn.
fn fold(vm: &mut Vm, args: &Args<'_>, start: i64, combine: impl Fn(&mut Vm, Ref, Ref) -> Owned) -> PyResult {
    let Some((&first, others)) = args.values.split_first() else { return Ok(vm.int(start)) };
    let mut value: Owned = vm.index(first)?;
    if others.is_empty() {
        let result = vm.absolute(value.borrow());
        vm.release(value);
        return result;
    }
    for &other in others {
        let other = match vm.index(other) {
            Ok(other) => other,
            Err(stop) => {
                vm.release(value);
                return Err(stop);
            }
        };
        let next = combine(vm, value.borrow(), other.borrow());
        vm.release(std::mem::replace(&mut value, next));
        vm.release(other);
    }
    Ok(value)
}

/// The value of an integer, which is let go.
fn take(vm: &mut Vm, integer: Owned) -> BigInt {
    let number = value(vm, integer.borrow());
    vm.release(integer);
    number
}

/// `math.gcd(*integers)`
pub(super) fn gcd(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    fold(vm, args, 0, |vm, first, second| {
        let (a, b) = (value(vm, first), value(vm, second));
        match gcd_that_is_there(&a, &b) {
            Some(Operand::First) => vm.retain(first),
            Some(Operand::Second) => vm.retain(second),
            None => vm.big_int(a.gcd(&b)),
        }
    })
}

/// `math.lcm(*integers)`
pub(super) fn lcm(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    fold(vm, args, 1, |vm, first, second| {
        let (a, b) = (value(vm, first), value(vm, second));
        vm.big_int(if a.sign() == Sign::NoSign || b.sign() == Sign::NoSign { BigInt::ZERO } else { a.lcm(&b) })
    })
}

/// One of the two.
#[derive(Clone, Copy)]
enum Operand {
    First,
    Second,
}

/// Which of two integers comes out of `_PyLong_GCD` as their divisor, if one of them does and no new integer: Lehmer's algorithm works
/// on what does not fit into two digits of 30 bits, and where it makes no progress it takes a step of Euclid's, which keeps the smaller one.
fn gcd_that_is_there(first: &BigInt, second: &BigInt) -> Option<Operand> {
    const BITS: u64 = 60;
    // A negative one's absolute value is new.
    let operand = |value: &BigInt, which| (value.clone().abs(), (value.sign() != Sign::Minus).then_some(which));
    let (mut a, mut b) = (operand(first, Operand::First), operand(second, Operand::Second));
    if a.0 < b.0 {
        std::mem::swap(&mut a, &mut b);
    }
    while a.0.bits() > BITS {
        if b.0.sign() == Sign::NoSign {
            return a.1;
        }
        let shift = a.0.bits() - BITS;
        if lehmer_makes_progress(&(&a.0 >> shift), &(&b.0 >> shift)) {
            return None;
        }
        let rest = (a.0 % &b.0, None);
        a = std::mem::replace(&mut b, rest);
    }
    None
}

/// Whether the first round of the inner loop goes through, on the leading bits of both.
fn lehmer_makes_progress(x: &BigInt, y: &BigInt) -> bool {
    y.sign() != Sign::NoSign && {
        let (quotient, rest) = x.div_rem(y);
        quotient <= rest
    }
}

fn value(vm: &Vm, integer: Ref) -> BigInt {
    vm.integer(integer).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// `math.isqrt(n)`
pub(super) fn isqrt(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let number = vm.index(only(args))?;
    let number = take(vm, number);
    if number.sign() == Sign::Minus {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(vm.big_int(number.sqrt()))
}

/// `math.factorial(n)`
pub(super) fn factorial(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object: Ref = only(args);
    let number = vm.index_any(object)?;
    let number = take(vm, number);
    if number.sign() == Sign::Minus {
        return Err(vm.value_error("factorial() not defined for negative values"));
    }
    let Some(number) = i64::try_from(&number).ok() else {
        return Err(vm.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX)));
    };
    if number > FACTORIAL_LIMIT {
        return Err(vm.unsupported(crate::api::Missing::Limit, format!("math.factorial({number})")));
    }
    let result = (2..=number).fold(BigInt::from(1), |product, factor| product * factor);
    Ok(vm.big_int(result))
}

/// The two integers that a binomial coefficient or a number of permutations is of; none if the result is 0.
///
/// `count` says how many of the factors from `n` downwards that takes. One is `n` itself.
fn with_naturals(
    vm: &mut Vm,
    [n, k]: [Ref; 2],
    count: fn(&BigInt, BigInt) -> BigInt,
    run: impl FnOnce(&mut Vm, &BigInt, &BigInt) -> PyResult<BigInt>,
) -> PyResult {
    let n_object = vm.index(n)?;
    let k = match vm.index(k) {
        Ok(k) => take(vm, k),
        Err(stop) => {
            vm.release(n_object);
            return Err(stop);
        }
    };
    let n = value(vm, n_object.borrow());
    for (name, number) in [("n", &n), ("k", &k)] {
        if number.sign() == Sign::Minus {
            vm.release(n_object);
            return Err(vm.value_error(format!("{name} must be a non-negative integer")));
        }
    }
    let k = if n < k { None } else { Some(count(&n, k)) };
    if k.as_ref().is_some_and(|k| *k == BigInt::from(1)) {
        return Ok(n_object);
    }
    vm.release(n_object);
    match k {
        Some(k) => run(vm, &n, &k).map(|result| vm.big_int(result)),
        None => Ok(vm.int(0)),
    }
}

/// The product of `count` integers from `from` downwards.
fn falling(vm: &mut Vm, from: &BigInt, count: &BigInt) -> PyResult<BigInt> {
    match i64::try_from(count) {
        Ok(count) if count <= FACTORIAL_LIMIT => Ok((0..count).fold(BigInt::from(1), |product, step| product * (from - step))),
        _ => Err(vm.unsupported(crate::api::Missing::Limit, "that many factors")),
    }
}

/// `math.comb(n, k)`
pub(super) fn comb(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let fewest = |n: &BigInt, k: BigInt| k.clone().min(n - k);
    with_naturals(vm, [args.values[0], args.values[1]], fewest, |vm, n, k| {
        let above = falling(vm, n, k)?;
        let below = falling(vm, k, k)?;
        Ok(above / below)
    })
}

/// `math.perm(n, k=None)`
pub(super) fn perm(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let &[n, k] = args.values else { return factorial(vm, args) };
    if k == crate::types::NONE {
        return factorial(vm, &Args::positional(&[n]));
    }
    with_naturals(vm, [n, k], |_, k| k, falling)
}
