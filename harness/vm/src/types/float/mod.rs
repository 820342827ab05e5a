//! `float`

mod arithmetic;
mod digits;
mod hex;
mod methods;
mod parse;
mod text;

pub(crate) use arithmetic::power;
pub(crate) use digits::{exponent_digits, fixed_digits};
pub(crate) use parse::parse as parse_float;
pub(crate) use text::float_repr;

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::FromPrimitive;
use refdrift_isa::CompareOperator;

use crate::hash;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::value::Value;
use crate::types::{self};
use crate::vm::{PyResult, Vm};

/// `float`
pub(crate) static TYPE: NativeType = NativeType {
    name: "float",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        new: Some(new),
        add: Some(arithmetic::add),
        subtract: Some(arithmetic::subtract),
        multiply: Some(arithmetic::multiply),
        remainder: Some(arithmetic::remainder),
        divmod: Some(arithmetic::divmod),
        power: Some(arithmetic::power),
        negative: Some(|vm, this| Ok(vm.float(-value(vm, this)))),
        positive: Some(exact),
        absolute: Some(|vm, this| Ok(vm.float(value(vm, this).abs()))),
        bool: Some(|vm, this| Ok(value(vm, this) != 0.0)),
        int: Some(|vm, this| vm.int_from_float(value(vm, this))),
        float: Some(exact),
        floor_divide: Some(arithmetic::floor_divide),
        true_divide: Some(arithmetic::true_divide),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    getsets: methods::GETSETS,
    flags: Flags(Flags::BASE | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

impl Vm {
    /// The value of a float, or of an object of a class derived from it; none for anything else.
    #[inline]
    pub(crate) fn float_value(&self, object: Ref) -> Option<f64> {
        match self.heap[object].value {
            Value::Float(value) => Some(value),
            _ => None,
        }
    }

    /// An integer with that value, its fraction cut off (`PyLong_FromDouble`).
    pub(crate) fn int_from_float(&mut self, value: f64) -> PyResult {
        match BigInt::from_f64(value) {
            Some(value) => Ok(self.big_int(value)),
            None if value.is_nan() => Err(self.value_error("cannot convert float NaN to integer")),
            None => Err(self.overflow_error("cannot convert float infinity to integer")),
        }
    }

    /// An object of exactly `float` with that float's value: the float itself if it is one.
    pub(crate) fn exact_float(&mut self, object: Ref) -> Owned {
        if self.class_of(object) == types::FLOAT {
            return self.retain(object);
        }
        let value = value(self, object);
        self.float(value)
    }
}

/// The value of what is known to be a float.
fn value(vm: &Vm, this: Ref) -> f64 {
    vm.float_value(this).unwrap_or_default()
}

/// `float_float`
fn exact(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(vm.exact_float(this))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let text = float_repr(value(vm, this));
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if let Some(hash) = hash::float(value(vm, this)) {
        return Ok(hash);
    }
    vm.note_address_hash("hash() of a NaN");
    Ok(this.index() as i64)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let a = value(vm, left);
    let order = match &vm.heap[right].value {
        Value::Float(b) => a.partial_cmp(b),
        Value::Int(b) => compare_with_int(a, &BigInt::from(*b)),
        Value::BigInt(b) => compare_with_int(a, b),
        _ => return Ok(vm.not_implemented()),
    };
    Ok(vm.bool(order.map_or(op == CompareOperator::Ne, |order| op.holds(order))))
}

/// How a float and an integer compare: exactly, whatever their sizes.
fn compare_with_int(a: f64, b: &BigInt) -> Option<Ordering> {
    if a.is_nan() {
        return None;
    }
    match BigInt::from_f64(a) {
        // The integer part decides, then the fraction.
        Some(whole) => Some(whole.cmp(b).then(a.fract().partial_cmp(&0.0)?)),
        None => Some(if a > 0.0 { Ordering::Greater } else { Ordering::Less }),
    }
}

/// `float()`, `float(x)`, for subclasses too.
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::FLOAT, args)?;
    let given = args.pos().len();
    if given > 1 {
        return Err(vm.type_error(format!("float expected at most 1 argument, got {given}")));
    }
    let value = match args.pos().first() {
        None => vm.float(0.0),
        Some(&x) if vm.class_of(x) == types::STR => vm.float_from_text(x)?,
        Some(&x) => vm.number_float(x)?,
    };
    if class == types::FLOAT {
        return Ok(value);
    }
    let payload = Value::Float(vm.float_value(value.borrow()).unwrap_or_default());
    let object = vm.alloc_instance(class, payload);
    vm.release(value);
    Ok(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_with_integers_are_exact() {
        let big = BigInt::from(1_i64 << 53);
        assert_eq!(compare_with_int(9_007_199_254_740_992.0, &(big.clone() + 1)), Some(Ordering::Less));
        assert_eq!(compare_with_int(9_007_199_254_740_992.0, &big), Some(Ordering::Equal));
        assert_eq!(compare_with_int(1.5, &BigInt::from(1)), Some(Ordering::Greater));
        assert_eq!(compare_with_int(-1.5, &BigInt::from(-1)), Some(Ordering::Less));
        assert_eq!(compare_with_int(f64::INFINITY, &(big << 2000)), Some(Ordering::Greater));
        assert_eq!(compare_with_int(f64::NAN, &BigInt::from(0)), None);
    }
}
