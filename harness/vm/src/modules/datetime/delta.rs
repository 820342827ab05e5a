//! `timedelta` (`Modules/_datetimemodule.c`)

use std::fmt::Write;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use refdrift_isa::CompareOperator;

use super::{hash_parts, nameless, plain_getset};
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

pub(super) const MAX_DAYS: i64 = 999_999_999;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A duration in microseconds.
pub(super) struct Delta(pub(super) i128);

impl Native for Delta {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

impl Delta {
    /// Days, seconds, microseconds.
    fn parts(&self) -> (i64, i64, i64) {
        let days = self.0.div_euclid(i128::from(DAY)) as i64;
        let rest = self.0.rem_euclid(i128::from(DAY)) as i64;
        (days, rest / SECOND, rest % SECOND)
    }
}

pub(crate) static TIMEDELTA: NativeType = NativeType {
    name: "timedelta",
    module: "datetime",
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        str: Some(|vm, this| {
            let text = text(value(vm, this));
            Ok(vm.str(text))
        }),
        hash: Some(|vm, this| {
            let (days, seconds, micros) = Delta(value(vm, this)).parts();
            Ok(hash_parts(&[days, seconds, micros]))
        }),
        compare: Some(compare),
        add: Some(|vm, left, right| arithmetic(vm, left, right, |a, b| a + b)),
        subtract: Some(|vm, left, right| arithmetic(vm, left, right, |a, b| a - b)),
        multiply: Some(multiply),
        true_divide: Some(true_divide),
        floor_divide: Some(floor_divide),
        remainder: Some(|vm, left, right| divide(vm, left, right, |_, rest| rest)),
        divmod: Some(divmod),
        negative: Some(|vm, this| make(vm, -value_of(vm, this))),
        positive: Some(|vm, this| make(vm, value_of(vm, this))),
        absolute: Some(|vm, this| make(vm, value_of(vm, this).abs())),
        bool: Some(|vm, this| Ok(value(vm, this) != 0)),
        ..Slots::NONE
    },
    methods: &[
        method("total_seconds", Arity::None, |vm, args| {
            let micros = vm.big_int(BigInt::from(value(vm, args.this())));
            let million = vm.int(SECOND);
            let total = vm.binary(refdrift_isa::BinaryOperator::TrueDivide, micros.borrow(), million.borrow());
            vm.release(micros);
            vm.release(million);
            total
        }),
        unsupported_method!("timedelta", "__reduce__"),
    ],
    getsets: &[
        plain_getset!("days", |vm, this| Delta(value(vm, this)).parts().0),
        plain_getset!("seconds", |vm, this| Delta(value(vm, this)).parts().1),
        plain_getset!("microseconds", |vm, this| Delta(value(vm, this)).parts().2),
    ],
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

fn value(vm: &Vm, this: Ref) -> i128 {
    vm.payload::<Delta>(this).map_or(0, |delta| delta.0)
}

fn value_of(vm: &Vm, this: Ref) -> BigInt {
    BigInt::from(value(vm, this))
}

/// The microseconds of a `timedelta`; none for anything else.
pub(super) fn micros(vm: &Vm, object: Ref) -> Option<i128> {
    vm.payload::<Delta>(object).map(|delta| delta.0)
}

/// Makes one of the type itself, whatever its operands were of.
pub(super) fn make(vm: &mut Vm, micros: impl Into<BigInt>) -> PyResult {
    make_of(vm, types::TIMEDELTA, &micros.into())
}

fn make_of(vm: &mut Vm, class: Ref, micros: &BigInt) -> PyResult {
    let days = micros.div_floor(&BigInt::from(DAY));
    match days.to_i32() {
        Some(days) if i64::from(days).abs() > MAX_DAYS => {
            Err(vm.overflow_error(format!("days={days}; must have magnitude <= {MAX_DAYS}")))
        }
        Some(_) => {
            let micros = micros.to_i128().unwrap_or_default();
            if micros == 0
                && class == types::TIMEDELTA
                && let Some(zero) = vm.module_state.zero_duration
            {
                return Ok(vm.retain(zero));
            }
            Ok(vm.alloc_instance(class, Value::Native(Box::new(Delta(micros)))))
        }
        None => Err(vm.overflow_error("Python int too large to convert to C int")),
    }
}

/// `timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const NAMES: &[&str] = &["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    // In which order they are added up, and what each is in microseconds.
    const UNITS: [(usize, i64); 7] = [(2, 1), (3, 1000), (1, SECOND), (4, 60 * SECOND), (5, 3600 * SECOND), (0, DAY), (6, 7 * DAY)];
    let given: [Option<Ref>; 7] = nameless(vm, "__new__", NAMES, 0, args)?;
    let mut sum = BigInt::zero();
    let mut left_over = 0.0;
    for (index, unit) in UNITS {
        let Some(number) = given[index] else { continue };
        if let Some(number) = vm.long_value(number) {
            sum += number * unit;
        } else if let Some(number) = vm.float_value(number) {
            let whole = vm.int_from_float(number.trunc())?;
            sum += vm.long_value(whole.borrow()).unwrap_or_default() * unit;
            vm.release(whole);
            let part = number.fract() * unit as f64;
            sum += BigInt::from(part.trunc() as i64);
            left_over += part.fract();
        } else {
            let (name, kind) = (NAMES[index], vm.type_name(number));
            return Err(vm.type_error(format!("unsupported type for timedelta {name} component: {kind}")));
        }
    }
    if left_over != 0.0 {
        let mut whole = left_over.round();
        if (whole - left_over).abs() == 0.5 {
            // Half-way: the sum is to be even.
            let odd = if sum.is_odd() { 1.0 } else { 0.0 };
            whole = 2.0 * ((left_over + odd) * 0.5).round() - odd;
        }
        sum += BigInt::from(whole as i64);
    }
    make_of(vm, class, &sum)
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let (days, seconds, micros) = Delta(value(vm, this)).parts();
    let mut parts = Vec::new();
    for (name, part) in [("days", days), ("seconds", seconds), ("microseconds", micros)] {
        if part != 0 {
            parts.push(format!("{name}={part}"));
        }
    }
    if parts.is_empty() {
        parts.push("0".to_owned());
    }
    let class = vm.class_of(this);
    let name = vm.qualified_type_name(class);
    Ok(vm.str(format!("{name}({})", parts.join(", "))))
}

fn text(micros: i128) -> String {
    let (days, seconds, micros) = Delta(micros).parts();
    let mut text = String::new();
    if days != 0 {
        text = format!("{days} day{}, ", if days.abs() == 1 { "" } else { "s" });
    }
    let _ = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros != 0 {
        let _ = write!(text, ".{micros:06}");
    }
    text
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    match (micros(vm, left), micros(vm, right)) {
        (Some(left), Some(right)) => Ok(vm.bool(op.holds(left.cmp(&right)))),
        _ => Ok(vm.not_implemented()),
    }
}

fn arithmetic(vm: &mut Vm, left: Ref, right: Ref, run: impl FnOnce(i128, i128) -> i128) -> PyResult {
    match (micros(vm, left), micros(vm, right)) {
        (Some(left), Some(right)) => make(vm, run(left, right)),
        _ => Ok(vm.not_implemented()),
    }
}

/// The quotient, a half rounded to the even one (`divide_nearest`).
fn divide_nearest(number: &BigInt, divisor: &BigInt) -> BigInt {
    let (quotient, rest) = number.div_mod_floor(divisor);
    let twice: BigInt = rest * 2;
    let up = match twice.abs().cmp(&divisor.abs()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd(),
        std::cmp::Ordering::Less => false,
    };
    if up { quotient + 1 } else { quotient }
}

/// A float as a fraction; none if it is none.
fn ratio(vm: &mut Vm, number: Ref) -> PyResult<(BigInt, BigInt)> {
    let pair = vm.call_method(number, "as_integer_ratio", &[])?;
    let parts = [0, 1].map(|index| vm.tuple_item(pair.borrow(), index).and_then(|part| vm.long_value(part)).unwrap_or_default());
    vm.release(pair);
    Ok(parts.into())
}

fn multiply(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let (delta, factor) = if micros(vm, left).is_some() { (left, right) } else { (right, left) };
    if let Some(number) = vm.long_value(factor) {
        return make(vm, value_of(vm, delta) * number);
    }
    if vm.float_value(factor).is_some() {
        let (number, divisor) = ratio(vm, factor)?;
        let product = divide_nearest(&(value_of(vm, delta) * number), &divisor);
        return make(vm, product);
    }
    Ok(vm.not_implemented())
}

fn no_division(vm: &mut Vm, wording: &'static str) -> crate::vm::Stop {
    vm.zero_division(wording)
}

fn true_divide(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some(this) = micros(vm, left) else { return Ok(vm.not_implemented()) };
    if let Some(other) = micros(vm, right) {
        let (this, other) = (vm.big_int(BigInt::from(this)), vm.big_int(BigInt::from(other)));
        let quotient = vm.binary(refdrift_isa::BinaryOperator::TrueDivide, this.borrow(), other.borrow());
        vm.release(this);
        vm.release(other);
        return quotient;
    }
    if vm.float_value(right).is_some() {
        let (number, divisor) = ratio(vm, right)?;
        if number.is_zero() {
            return Err(no_division(vm, "division by zero"));
        }
        return make(vm, divide_nearest(&(BigInt::from(this) * divisor), &number));
    }
    match vm.long_value(right) {
        Some(zero) if zero.is_zero() => Err(no_division(vm, "integer division or modulo by zero")),
        Some(divisor) => make(vm, divide_nearest(&BigInt::from(this), &divisor)),
        None => Ok(vm.not_implemented()),
    }
}

fn floor_divide(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some(this) = micros(vm, left) else { return Ok(vm.not_implemented()) };
    if let Some(other) = micros(vm, right) {
        if other == 0 {
            return Err(no_division(vm, "integer division or modulo by zero"));
        }
        return Ok(vm.big_int(BigInt::from(this).div_floor(&BigInt::from(other))));
    }
    match vm.long_value(right) {
        Some(zero) if zero.is_zero() => Err(no_division(vm, "integer division or modulo by zero")),
        Some(divisor) => make(vm, BigInt::from(this).div_floor(&divisor)),
        None => Ok(vm.not_implemented()),
    }
}

fn divide(vm: &mut Vm, left: Ref, right: Ref, choose: fn(BigInt, BigInt) -> BigInt) -> PyResult {
    let (Some(this), Some(other)) = (micros(vm, left), micros(vm, right)) else { return Ok(vm.not_implemented()) };
    if other == 0 {
        return Err(no_division(vm, "integer division or modulo by zero"));
    }
    let (quotient, rest) = BigInt::from(this).div_mod_floor(&BigInt::from(other));
    make(vm, choose(quotient, rest))
}

fn divmod(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let (Some(this), Some(other)) = (micros(vm, left), micros(vm, right)) else { return Ok(vm.not_implemented()) };
    if other == 0 {
        return Err(no_division(vm, "integer division or modulo by zero"));
    }
    let (quotient, rest) = BigInt::from(this).div_mod_floor(&BigInt::from(other));
    let quotient = vm.big_int(quotient);
    let rest = make(vm, rest)?;
    Ok(vm.new_tuple(vec![quotient, rest]))
}
