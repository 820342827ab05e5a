//! `sum`

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};
use refdrift_isa::BinaryOperator;

/// What was added up so far: integers and floats are, as long as that works, without making objects of the sums.
enum Total {
    Int(i64),
    Float { sum: f64, lost: f64 },
    Object(Owned),
}

/// `sum(iterable, /, start=0)`
pub(super) fn sum(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { function: "sum", positional_only: 1, names: &["start"], required: 1, positional: 2 };
    let [iterable, start] = SIGNATURE.bind(vm, args)?;
    let iterator = vm.get_iter(iterable.unwrap_or(types::NONE))?;
    let result = sum_items(vm, iterator.borrow(), start);
    vm.release(iterator);
    result
}

fn sum_items(vm: &mut Vm, iterator: Ref, start: Option<Ref>) -> PyResult {
    let mut total = match start {
        None => Total::Int(0),
        Some(start) => {
            if vm.text(start).is_some() {
                return Err(vm.type_error("sum() can't sum strings [use ''.join(seq) instead]"));
            }
            if vm.bytes_value(start).is_some() {
                return Err(vm.type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
            }
            let start = vm.retain(start);
            unboxed(vm, start)
        }
    };
    loop {
        let item = match vm.next(iterator) {
            Ok(Some(item)) => item,
            Ok(None) => return Ok(boxed(vm, total)),
            Err(stop) => {
                if let Total::Object(object) = total {
                    vm.release(object);
                }
                return Err(stop);
            }
        };
        if let Some(sum) = add_unboxed(vm, &total, item.borrow()) {
            vm.release(item);
            total = sum;
            continue;
        }
        let were_ints = matches!(total, Total::Int(_));
        let left = boxed(vm, total);
        let sum = vm.binary(BinaryOperator::Add, left.borrow(), item.borrow());
        vm.release(left);
        vm.release(item);
        let sum = sum?;
        // A sum of integers may go on as one of floats; nothing else goes back to being without an object.
        total = if were_ints && vm.class_of(sum.borrow()) == types::FLOAT { unboxed(vm, sum) } else { Total::Object(sum) };
    }
}

/// A start value without its object, if it is an exact `int` that fits or an exact `float`.
fn unboxed(vm: &mut Vm, object: Owned) -> Total {
    let total = match (vm.class_of(object.borrow()), &vm.heap[object.borrow()].value) {
        (types::INT, &Value::Int(value)) => Total::Int(value),
        (types::FLOAT, &Value::Float(sum)) => Total::Float { sum, lost: 0.0 },
        _ => return Total::Object(object),
    };
    vm.release(object);
    total
}

/// The sum with one item more, if neither needs an object.
fn add_unboxed(vm: &Vm, total: &Total, item: Ref) -> Option<Total> {
    let class = vm.class_of(item);
    match (total, &vm.heap[item].value) {
        (Total::Int(sum), Value::Int(value)) if class == types::INT || class == types::BOOL => {
            sum.checked_add(*value).map(Total::Int)
        }
        (&Total::Float { sum, lost }, &Value::Float(value)) if class == types::FLOAT => {
            let next = sum + value;
            if !vm.profile.sum_is_compensated {
                return Some(Total::Float { sum: next, lost });
            }
            // Neumaier's summation.
            let error = if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
            Some(Total::Float { sum: next, lost: lost + error })
        }
        (&Total::Float { sum, lost }, &Value::Int(value)) => Some(Total::Float { sum: sum + value as f64, lost }),
        _ => None,
    }
}

fn boxed(vm: &mut Vm, total: Total) -> Owned {
    match total {
        Total::Int(sum) => vm.int(sum),
        Total::Float { sum, lost } if lost != 0.0 && lost.is_finite() => vm.float(sum + lost),
        Total::Float { sum, .. } => vm.float(sum),
        Total::Object(object) => object,
    }
}
