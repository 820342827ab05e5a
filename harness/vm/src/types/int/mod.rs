//! `int`: arbitrary size; those that fit into 64 bits are kept as such.

mod arithmetic;
mod bytes;
pub(crate) mod division;
mod methods;
mod parse;
mod power;
mod text;

pub(crate) use arithmetic::{and, invert, or, xor};
pub(crate) use division::scale;
pub(crate) use parse::{ascii_digits, is_ascii_space};

use std::borrow::Cow;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use refdrift_isa::CompareOperator;

use crate::hash;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `int`
pub(crate) static TYPE: NativeType = NativeType {
    name: "int",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        new: Some(new),
        add: Some(arithmetic::add),
        subtract: Some(arithmetic::subtract),
        multiply: Some(arithmetic::multiply),
        remainder: Some(division::remainder),
        divmod: Some(division::divmod),
        power: Some(power::power),
        negative: Some(arithmetic::negative),
        positive: Some(exact),
        absolute: Some(arithmetic::absolute),
        bool: Some(is_true),
        invert: Some(arithmetic::invert),
        lshift: Some(arithmetic::lshift),
        rshift: Some(arithmetic::rshift),
        and: Some(arithmetic::and),
        xor: Some(arithmetic::xor),
        or: Some(arithmetic::or),
        int: Some(exact),
        float: Some(to_float),
        floor_divide: Some(division::floor_divide),
        true_divide: Some(division::true_divide),
        index: Some(exact),
        ..Slots::NONE
    },
    methods: methods::METHODS,
    getsets: methods::GETSETS,
    flags: Flags(Flags::BASE | Flags::MATCH_SELF),
    ..NativeType::PLAIN
};

/// The number of bits beyond which the VM makes no integer: CPython would need megabytes and minutes for them too.
const BIT_LIMIT: u64 = 1 << 26;

impl Vm {
    /// `PyLong_Check`: an `int`, a `bool`, or an object of a class derived from `int`.
    pub(crate) fn is_int(&self, object: Ref) -> bool {
        matches!(self.heap[object].value, Value::Int(_) | Value::BigInt(_))
    }

    /// The value of an integer that fits into 64 bits; none for anything else.
    #[inline]
    pub(crate) fn small_value(&self, object: Ref) -> Option<i64> {
        match self.heap[object].value {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The value of any integer; none for anything else.
    pub(crate) fn integer(&self, object: Ref) -> Option<Cow<'_, BigInt>> {
        match &self.heap[object].value {
            Value::Int(value) => Some(Cow::Owned(BigInt::from(*value))),
            Value::BigInt(value) => Some(Cow::Borrowed(value)),
            _ => None,
        }
    }

    fn is_negative(&self, object: Ref) -> bool {
        self.integer(object).is_some_and(|value| value.is_negative())
    }

    /// The float nearest to an integer (`PyLong_AsDouble`); none for anything that is no integer.
    pub(crate) fn integer_as_float(&mut self, object: Ref) -> PyResult<Option<f64>> {
        let value = match &self.heap[object].value {
            Value::Int(value) => Some(*value as f64),
            Value::BigInt(value) => value.to_f64(),
            _ => return Ok(None),
        };
        match value {
            Some(value) if value.is_finite() => Ok(Some(value)),
            _ => Err(self.overflow_error("int too large to convert to float")),
        }
    }

    /// An object of exactly `int` with that integer's value (`long_long`): the integer itself if it is one.
    pub(crate) fn exact_int(&mut self, object: Ref) -> Owned {
        if self.class_of(object) == types::INT {
            return self.retain(object);
        }
        self.copy_int(object)
    }

    /// A new object of exactly `int` with that integer's value (`_PyLong_Copy`).
    pub(crate) fn copy_int(&mut self, object: Ref) -> Owned {
        match &self.heap[object].value {
            Value::Int(value) => {
                let value = *value;
                self.int(value)
            }
            Value::BigInt(value) => {
                let value = (**value).clone();
                self.big_int(value)
            }
            _ => self.int(0),
        }
    }

    /// Refuses integers that would be too large for the VM.
    fn check_bits(&mut self, bits: u64) -> PyResult<()> {
        if bits > BIT_LIMIT {
            return Err(self.unsupported(crate::api::Missing::Limit, "an integer of more than 8 MiB"));
        }
        Ok(())
    }
}

/// `long_long`: the value as an exact `int`, which may be the object itself.
pub(crate) fn exact(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(vm.exact_int(this))
}

fn is_true(vm: &mut Vm, this: Ref) -> PyResult<bool> {
    Ok(vm.small_value(this) != Some(0))
}

fn to_float(vm: &mut Vm, this: Ref) -> PyResult {
    let value = vm.integer_as_float(this)?.unwrap_or_default();
    Ok(vm.float(value))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let text = vm.int_text(this)?;
    Ok(vm.fresh_str(text))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    Ok(match &vm.heap[this].value {
        Value::Int(value) => hash::int(*value),
        Value::BigInt(value) => big_hash(value),
        _ => 0,
    })
}

fn big_hash(value: &BigInt) -> i64 {
    let reduced = (value.magnitude() % hash::MODULUS).to_i64().unwrap_or_default();
    hash::not_minus_one(if value.is_negative() { -reduced } else { reduced })
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if let (Some(left), Some(right)) = (vm.small_value(left), vm.small_value(right)) {
        return Ok(vm.bool(op.holds(left.cmp(&right))));
    }
    let (Some(a), Some(b)) = (vm.integer(left), vm.integer(right)) else { return Ok(vm.not_implemented()) };
    let order = a.cmp(&b);
    Ok(vm.bool(op.holds(order)))
}

/// `long_new`: `int()`, `int(x)`, `int(x, base)`, for subclasses too.
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [x, base] = new_arguments(vm, args)?;
    let value = match (x, base) {
        (None, None) => vm.int(0),
        (None, Some(_)) => return Err(vm.type_error("int() missing string argument")),
        (Some(x), None) => vm.number_int(x)?,
        (Some(x), Some(base)) => from_text_in_base(vm, x, base)?,
    };
    if class == types::INT {
        return Ok(value);
    }
    let payload = match &vm.heap[value.borrow()].value {
        Value::BigInt(big) => Value::BigInt(big.clone()),
        _ => Value::Int(vm.small_value(value.borrow()).unwrap_or_default()),
    };
    let object = vm.alloc_instance(class, payload);
    vm.release(value);
    Ok(object)
}

/// `x` is positional only, `base` can be a keyword.
fn new_arguments(vm: &mut Vm, args: &Args<'_>) -> PyResult<[Option<Ref>; 2]> {
    const SIGNATURE: Signature = Signature { function: "int", positional_only: 1, names: &["base"], required: 0, positional: 2 };
    let given = args.values.len();
    if args.names.is_empty() && given > 2 && vm.profile.int_by_vectorcall {
        return Err(vm.type_error(format!("int expected at most 2 arguments, got {given}")));
    }
    SIGNATURE.bind(vm, args)
}

fn from_text_in_base(vm: &mut Vm, x: Ref, base: Ref) -> PyResult {
    let base = vm.as_index(base, None)?;
    if (base != 0 && base < 2) || base > 36 {
        return Err(vm.value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    if ![types::STR, types::BYTES, types::BYTEARRAY].iter().any(|&class| vm.is_instance_of(x, class)) {
        return Err(vm.type_error("int() can't convert non-string with explicit base"));
    }
    vm.int_from_text(x, base as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_hashes_are_those_of_cpython() {
        // python3 -c 'print(hash(10**30), hash(-10**30), hash(2**61-1), hash(-2**200))'
        assert_eq!(big_hash(&BigInt::from(10).pow(30)), 465_258_685_558_744_706);
        assert_eq!(big_hash(&-BigInt::from(10).pow(30)), -465_258_685_558_744_706);
        let modulus: BigInt = (BigInt::from(1) << 61) - 1;
        assert_eq!(big_hash(&modulus), 0);
        let power: BigInt = BigInt::from(-1) << 200;
        assert_eq!(big_hash(&power), -131_072);
    }
}
