//! `deque_richcompare`: item by item, by way of iterators.

use refdrift_isa::CompareOperator;

use super::{is_deque, length};
use crate::heap::Ref;
use crate::vm::{PyResult, Vm};

pub(super) fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !is_deque(vm, left) || !is_deque(vm, right) {
        return Ok(vm.not_implemented());
    }
    if matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        let equal = op == CompareOperator::Eq;
        if left == right {
            return Ok(vm.bool(equal));
        }
        if length(vm, left) != length(vm, right) {
            return Ok(vm.bool(!equal));
        }
    }
    let left = vm.get_iter(left)?;
    let right = match vm.get_iter(right) {
        Ok(right) => right,
        Err(stop) => {
            vm.release(left);
            return Err(stop);
        }
    };
    let answer = compare_items(vm, left.borrow(), right.borrow(), op);
    vm.release(left);
    vm.release(right);
    let answer = answer?;
    Ok(vm.bool(answer))
}

fn compare_items(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult<bool> {
    loop {
        let one = vm.next(left)?;
        let other = match vm.next(right) {
            Ok(other) => other,
            Err(stop) => {
                vm.release_option(one);
                return Err(stop);
            }
        };
        let (one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => {
                let (longer, shorter) = (one.is_some(), other.is_some());
                vm.release_option(one);
                vm.release_option(other);
                return Ok(match op {
                    CompareOperator::Lt => shorter,
                    CompareOperator::Le => !longer,
                    CompareOperator::Eq => longer == shorter,
                    CompareOperator::Ne => longer != shorter,
                    CompareOperator::Gt => longer,
                    CompareOperator::Ge => !shorter,
                });
            }
        };
        let decided = match vm.equal(one.borrow(), other.borrow()) {
            Ok(true) => None,
            Ok(false) => Some(vm.compare_bool(one.borrow(), other.borrow(), op)),
            Err(stop) => Some(Err(stop)),
        };
        vm.release(one);
        vm.release(other);
        if let Some(decided) = decided {
            return decided;
        }
    }
}
