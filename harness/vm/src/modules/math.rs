//! `math` (`Modules/mathmodule.c`): the functions whose results follow from the C library or are exact. The rest is *unsupported*.

mod floats;
mod integers;
mod library;
mod sums;

use super::{function, only};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

const TWO: Arity = Arity::Positional(2, 2);

/// What a result that is infinite though its operand is finite means.
#[derive(Clone, Copy)]
enum Infinite {
    /// The result is too large.
    Overflow,
    /// The operand is outside of the function's domain.
    Domain,
}

macro_rules! one {
    ($name:literal, $infinite:ident, $compute:expr) => {
        function($name, Arity::One, |vm, args| by_library(vm, only(args), Infinite::$infinite, $compute))
    };
}

macro_rules! test {
    ($name:literal, $test:expr) => {
        function($name, Arity::One, |vm, args| {
            let value: f64 = vm.as_f64(only(args))?;
            let test: fn(f64) -> bool = $test;
            Ok(vm.bool(test(value)))
        })
    };
}

static FUNCTIONS: &[Method] = &[
    one!("sqrt", Domain, f64::sqrt),
    one!("fabs", Domain, f64::abs),
    one!("sin", Domain, f64::sin),
    one!("cos", Domain, f64::cos),
    one!("tan", Domain, f64::tan),
    one!("asin", Domain, f64::asin),
    one!("acos", Domain, f64::acos),
    one!("atan", Domain, f64::atan),
    one!("tanh", Domain, f64::tanh),
    one!("exp", Overflow, f64::exp),
    one!("expm1", Overflow, f64::exp_m1),
    one!("cosh", Overflow, f64::cosh),
    one!("sinh", Overflow, f64::sinh),
    one!("log1p", Domain, f64::ln_1p),
    one!("exp2", Overflow, f64::exp2),
    one!("acosh", Domain, library::acosh),
    one!("asinh", Domain, library::asinh),
    one!("atanh", Domain, library::atanh),
    function("cbrt", Arity::One, |vm, args| if_exact(vm, only(args), "math.cbrt", library::cbrt)),
    function("erf", Arity::One, |vm, args| if_exact(vm, only(args), "math.erf", library::erf)),
    function("erfc", Arity::One, |vm, args| if_exact(vm, only(args), "math.erfc", |x| library::erf(x).map(|erf| 1.0 - erf))),
    function("gamma", Arity::One, |vm, args| floats::by_gamma(vm, only(args), library::gamma)),
    function("lgamma", Arity::One, |vm, args| floats::by_gamma(vm, only(args), library::log_gamma)),
    function("frexp", Arity::One, floats::frexp),
    function("modf", Arity::One, floats::modf),
    function("ldexp", TWO, floats::ldexp),
    function("remainder", TWO, floats::remainder),
    function("fma", Arity::Positional(3, 3), floats::fma),
    function("ulp", Arity::One, floats::ulp),
    function("nextafter", Arity::Raw, floats::next_after),
    function("isclose", Arity::Raw, floats::is_close),
    function("hypot", Arity::Positional(0, usize::MAX), floats::hypot),
    function("dist", TWO, floats::dist),
    function("fsum", Arity::One, sums::fsum),
    function("prod", Arity::Raw, sums::prod),
    function("sumprod", TWO, sums::sumprod),
    function("comb", TWO, integers::comb),
    function("perm", Arity::Positional(1, 2), integers::perm),
    function("degrees", Arity::One, |vm, args| {
        let value = vm.as_f64(only(args))?;
        Ok(vm.float(value * (180.0 / std::f64::consts::PI)))
    }),
    function("radians", Arity::One, |vm, args| {
        let value = vm.as_f64(only(args))?;
        Ok(vm.float(value * (std::f64::consts::PI / 180.0)))
    }),
    test!("isnan", f64::is_nan),
    test!("isinf", f64::is_infinite),
    test!("isfinite", f64::is_finite),
    function("floor", Arity::One, |vm, args| rounded(vm, only(args), "__floor__", f64::floor)),
    function("ceil", Arity::One, |vm, args| rounded(vm, only(args), "__ceil__", f64::ceil)),
    function("trunc", Arity::One, truncated),
    function("log", Arity::Positional(1, 2), log),
    function("log2", Arity::One, |vm, args| logarithm(vm, only(args), f64::log2)),
    function("log10", Arity::One, |vm, args| logarithm(vm, only(args), f64::log10)),
    function("pow", TWO, power),
    function("fmod", TWO, fmod),
    function("atan2", TWO, |vm, args| {
        let (y, x) = two(vm, args)?;
        Ok(vm.float(y.atan2(x)))
    }),
    function("copysign", TWO, |vm, args| {
        let (x, y) = two(vm, args)?;
        Ok(vm.float(x.copysign(y)))
    }),
    function("gcd", Arity::Positional(0, usize::MAX), integers::gcd),
    function("lcm", Arity::Positional(0, usize::MAX), integers::lcm),
    function("isqrt", Arity::One, integers::isqrt),
    function("factorial", Arity::One, integers::factorial),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("math", FUNCTIONS);
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        let value = vm.float(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
}

impl Vm {
    /// An object as a float by `__float__` or `__index__` (`PyFloat_AsDouble`).
    pub(super) fn as_f64(&mut self, object: Ref) -> PyResult<f64> {
        if let Some(value) = self.float_value(object) {
            return Ok(value);
        }
        let slots = &self.class(self.class_of(object)).slots;
        if slots.float.is_none() && slots.index.is_none() {
            let message = format!("must be real number, not {}", self.qualified_type_name(self.class_of(object)));
            return Err(self.type_error(message));
        }
        let float = self.number_float(object)?;
        let value = self.float_value(float.borrow()).unwrap_or_default();
        self.release(float);
        Ok(value)
    }

    fn domain_error(&mut self) -> Stop {
        self.value_error("math domain error")
    }

    fn range_error(&mut self) -> Stop {
        self.overflow_error("math range error")
    }
}

fn two(vm: &mut Vm, args: &Args<'_>) -> PyResult<(f64, f64)> {
    let first = vm.as_f64(args.values[0])?;
    let second = vm.as_f64(args.values[1])?;
    Ok((first, second))
}

/// A function whose last digit depends on the C library, where it does not.
fn if_exact(vm: &mut Vm, object: Ref, name: &str, compute: fn(f64) -> Option<f64>) -> PyResult {
    let value = vm.as_f64(object)?;
    match compute(value) {
        Some(result) => Ok(vm.float(result)),
        None => Err(vm.unsupported(crate::api::Missing::Name, format!("{name} where its last digit is the C library's"))),
    }
}

/// `math_1`
fn by_library(vm: &mut Vm, object: Ref, infinite: Infinite, compute: impl Fn(f64) -> f64) -> PyResult {
    let value = vm.as_f64(object)?;
    let result = compute(value);
    if result.is_nan() && !value.is_nan() {
        return Err(vm.domain_error());
    }
    if result.is_infinite() && value.is_finite() {
        return Err(match infinite {
            Infinite::Overflow => vm.range_error(),
            Infinite::Domain => vm.domain_error(),
        });
    }
    Ok(vm.float(result))
}

/// `math_floor`, `math_ceil`: by the special method, for anything that is not exactly a float.
fn rounded(vm: &mut Vm, object: Ref, method: &str, round: impl Fn(f64) -> f64) -> PyResult {
    if vm.class_of(object) != types::FLOAT {
        if vm.class_of(object) == types::INT {
            return Ok(vm.retain(object));
        }
        if let Some(method) = vm.lookup_special(object, method)? {
            let result = vm.call_pos(method.borrow(), &[]);
            vm.release(method);
            return result;
        }
        let name = vm.intern(method);
        let missing = vm.unsupported_attribute(object, name.borrow());
        vm.release(name);
        if let Some(stop) = missing {
            return Err(stop);
        }
    }
    let value = vm.as_f64(object)?;
    vm.int_from_float(round(value))
}

fn truncated(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object = only(args);
    match vm.class_of(object) {
        types::FLOAT => {
            let value = vm.as_f64(object)?;
            return vm.int_from_float(value.trunc());
        }
        types::INT => return Ok(vm.retain(object)),
        _ => {}
    }
    let Some(method) = vm.lookup_special_named(object, names::HASH_TRUNC)? else {
        if let Some(stop) = vm.unsupported_attribute(object, names::HASH_TRUNC) {
            return Err(stop);
        }
        let message = format!("type {} doesn't define __trunc__ method", vm.qualified_type_name(vm.class_of(object)));
        return Err(vm.type_error(message));
    };
    let result = vm.call_pos(method.borrow(), &[]);
    vm.release(method);
    result
}

/// `loghelper`
fn logarithm(vm: &mut Vm, object: Ref, compute: impl Fn(f64) -> f64) -> PyResult {
    if vm.is_int(object) {
        let positive = vm.integer(object).is_some_and(|value| value.sign() == num_bigint::Sign::Plus);
        if !positive {
            return Err(vm.domain_error());
        }
        if let Some(value) = vm.integer(object)
            && value.bits() > 1023
        {
            // Too large for a float, perhaps: its bits are taken apart (`_PyLong_Frexp`).
            let excess = value.bits().saturating_sub(64);
            let (top, sticky) =
                (value.magnitude() >> excess, value.magnitude().trailing_zeros().is_some_and(|zeros| zeros < excess));
            let top = u64::try_from(&top).unwrap_or(u64::MAX) | u64::from(sticky);
            let (fraction, exponent) = library::frexp(top as f64);
            let exponent = f64::from(exponent) + excess as f64;
            return Ok(vm.float(compute(fraction) + compute(2.0) * exponent));
        }
    }
    let value = vm.as_f64(object)?;
    if value <= 0.0 {
        return Err(vm.domain_error());
    }
    Ok(vm.float(compute(value)))
}

/// `math.log(x, base=e)`
fn log(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let number = logarithm(vm, args.values[0], f64::ln)?;
    let Some(&base) = args.values.get(1) else { return Ok(number) };
    let base: Owned = match logarithm(vm, base, f64::ln) {
        Ok(base) => base,
        Err(stop) => {
            vm.release(number);
            return Err(stop);
        }
    };
    let result = vm.binary(refdrift_isa::BinaryOperator::TrueDivide, number.borrow(), base.borrow());
    vm.release(number);
    vm.release(base);
    result
}

/// `math_pow_impl`; the C library treats infinities and NaNs as CPython wants them.
fn power(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (base, exponent) = two(vm, args)?;
    let result = base.powf(exponent);
    if base.is_finite() && exponent.is_finite() {
        if result.is_nan() || result.is_infinite() && base == 0.0 {
            return Err(vm.domain_error());
        }
        if result.is_infinite() {
            return Err(vm.range_error());
        }
    }
    Ok(vm.float(result))
}

fn fmod(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (x, y) = two(vm, args)?;
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(vm.domain_error());
    }
    Ok(vm.float(result))
}
