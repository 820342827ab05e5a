//! The functions of `math` that take floats apart, put them together, or measure them.

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::only;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::types::int::division::scale;
use crate::vm::{PyResult, Vm};

use super::library;

/// A tuple of two new objects.
fn pair(vm: &mut Vm, first: Owned, second: Owned) -> PyResult {
    Ok(vm.new_tuple(vec![first, second]))
}

/// `math.frexp(x)`
pub(super) fn frexp(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.as_f64(only(args))?;
    let (fraction, exponent) = library::frexp(value);
    let (fraction, exponent) = (vm.float(fraction), vm.int(exponent.into()));
    pair(vm, fraction, exponent)
}

/// `math.modf(x)`
pub(super) fn modf(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.as_f64(only(args))?;
    let (fraction, whole) = if value.is_infinite() {
        (0.0_f64.copysign(value), value)
    } else if value.is_nan() {
        (value, value)
    } else {
        (value.fract().copysign(value), value.trunc())
    };
    let (fraction, whole) = (vm.float(fraction), vm.float(whole));
    pair(vm, fraction, whole)
}

/// `math.ldexp(x, i)`
pub(super) fn ldexp(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.as_f64(args.values[0])?;
    let Some(exponent) = vm.integer(args.values[1]) else {
        return Err(vm.type_error("Expected an int as second argument to ldexp."));
    };
    let limit = 1 << 20;
    let exponent = i64::try_from(&*exponent)
        .unwrap_or(if exponent.sign() == num_bigint::Sign::Minus { -limit } else { limit })
        .clamp(-limit, limit);
    if value == 0.0 || !value.is_finite() {
        return Ok(vm.float(value));
    }
    let result = scale(value, exponent);
    if result.is_infinite() {
        return Err(vm.range_error());
    }
    Ok(vm.float(result))
}

/// `math.remainder(x, y)` (`m_remainder`)
pub(super) fn remainder(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (x, y) = super::two(vm, args)?;
    let result = if x.is_finite() && y.is_finite() {
        if y == 0.0 {
            f64::NAN
        } else {
            let (size, divisor) = (x.abs(), y.abs());
            let rest = size % divisor;
            let complement = divisor - rest;
            let nearest = if rest < complement {
                rest
            } else if rest > complement {
                -complement
            } else {
                rest - 2.0 * ((0.5 * (size - rest)) % divisor)
            };
            1.0_f64.copysign(x) * nearest
        }
    } else if x.is_nan() || y.is_nan() {
        if x.is_nan() { x } else { y }
    } else if x.is_infinite() {
        f64::NAN
    } else {
        x
    };
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(vm.domain_error());
    }
    Ok(vm.float(result))
}

/// `math.fma(x, y, z)`
pub(super) fn fma(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut values = [0.0; 3];
    for (place, &argument) in values.iter_mut().zip(args.values) {
        *place = vm.as_f64(argument)?;
    }
    let [x, y, z] = values;
    let result = x.mul_add(y, z);
    if result.is_nan() && !values.iter().any(|value| value.is_nan()) {
        return Err(vm.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && values.iter().all(|value| value.is_finite()) {
        return Err(vm.overflow_error("overflow in fma"));
    }
    Ok(vm.float(result))
}

/// `math.ulp(x)`
pub(super) fn ulp(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let value = vm.as_f64(only(args))?;
    let size = value.abs();
    let result = if value.is_nan() || value.is_infinite() {
        size
    } else if size == f64::MAX {
        size - size.next_down()
    } else {
        size.next_up() - size
    };
    Ok(vm.float(result))
}

/// `math.nextafter(x, y, *, steps=None)`
pub(super) fn next_after(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "nextafter", positional_only: 2, names: &["steps"], required: 2, positional: 2 };
    if vm.profile.version.minor < 12 {
        vm.no_keywords("math.nextafter", args)?;
        if args.values.len() != 2 {
            return Err(vm.type_error(format!("nextafter expected 2 arguments, got {}", args.values.len())));
        }
    }
    let [x, y, steps] = SIGNATURE.bind::<3>(vm, args)?;
    let x = vm.as_f64(x.unwrap_or(types::NONE))?;
    let y = vm.as_f64(y.unwrap_or(types::NONE))?;
    let result = match steps.filter(|&steps| steps != types::NONE) {
        None => library::next_after(x, y),
        Some(steps) => {
            let steps = vm.index(steps)?;
            let count = vm.integer(steps.borrow()).map(std::borrow::Cow::into_owned).unwrap_or_default();
            vm.release(steps);
            if count.sign() == num_bigint::Sign::Minus {
                return Err(vm.value_error("steps must be a non-negative integer"));
            }
            steps_towards(x, y, u64::try_from(&count).unwrap_or(u64::MAX))
        }
    };
    Ok(vm.float(result))
}

/// The float that many steps from one towards another.
fn steps_towards(x: f64, y: f64, steps: u64) -> f64 {
    const SIGN: u64 = 1 << 63;
    if steps == 0 || x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    let (from, to) = (x.to_bits(), y.to_bits());
    if from == to {
        return x;
    }
    let (from_size, to_size) = (from & !SIGN, to & !SIGN);
    if (from ^ to) & SIGN != 0 {
        if from_size + to_size <= steps {
            return y;
        }
        return f64::from_bits(if from_size < steps { to & SIGN | (steps - from_size) } else { from - steps });
    }
    if from_size.abs_diff(to_size) < steps {
        return y;
    }
    f64::from_bits(if from_size > to_size { from - steps } else { from + steps })
}

/// `math.isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)`
pub(super) fn is_close(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "isclose", positional_only: 0, names: &["a", "b", "rel_tol", "abs_tol"], required: 2, positional: 2 };
    let bound = SIGNATURE.bind::<4>(vm, args)?;
    let mut values = [0.0, 0.0, 1e-9, 0.0];
    for (place, argument) in values.iter_mut().zip(bound) {
        if let Some(argument) = argument {
            *place = vm.as_f64(argument)?;
        }
    }
    let [a, b, relative, absolute] = values;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    let close = if a == b {
        true
    } else if a.is_infinite() || b.is_infinite() {
        false
    } else {
        let difference = (b - a).abs();
        difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute
    };
    Ok(vm.bool(close))
}

/// `math.gamma(x)`, `math.lgamma(x)` (`math_1a`)
pub(super) fn by_gamma(vm: &mut Vm, object: Ref, compute: fn(f64) -> Option<f64>) -> PyResult {
    let value = vm.as_f64(object)?;
    match compute(value) {
        None => Err(vm.domain_error()),
        Some(result) if result.is_infinite() && value.is_finite() => {
            Err(if value == 0.0 { vm.domain_error() } else { vm.range_error() })
        }
        Some(result) => Ok(vm.float(result)),
    }
}

/// `math.hypot(*coordinates)`
pub(super) fn hypot(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut coordinates = Vec::with_capacity(args.values.len());
    for &argument in args.values {
        coordinates.push(vm.as_f64(argument)?.abs());
    }
    let result = super::sums::norm(vm, &mut coordinates);
    Ok(vm.float(result))
}

/// `math.dist(p, q)`
pub(super) fn dist(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (p, q) = (args.values[0], args.values[1]);
    // Tuples are not held: they are the caller's.
    let made_p = if vm.tuple(p).is_some() { None } else { Some(vm.sequence_tuple(p)?) };
    let made_q = match if vm.tuple(q).is_some() { Ok(None) } else { vm.sequence_tuple(q).map(Some) } {
        Ok(made) => made,
        Err(stop) => {
            vm.release_option(made_p);
            return Err(stop);
        }
    };
    let result = distance(vm, made_p.as_ref().map_or(p, Owned::borrow), made_q.as_ref().map_or(q, Owned::borrow));
    vm.release_option(made_p);
    vm.release_option(made_q);
    let result = result?;
    Ok(vm.float(result))
}

fn distance(vm: &mut Vm, p: Ref, q: Ref) -> PyResult<f64> {
    let (Some(ours), Some(theirs)) = (vm.items(p), vm.items(q)) else {
        return Err(vm.unsupported(Missing::Name, "math.dist of what is no tuple"));
    };
    if ours.len() != theirs.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut differences = Vec::with_capacity(ours.len());
    for (a, b) in ours.into_iter().zip(theirs) {
        let a = vm.as_f64(a)?;
        let b = vm.as_f64(b)?;
        differences.push((a - b).abs());
    }
    Ok(super::sums::norm(vm, &mut differences))
}
