//! `_bisect` (`Modules/_bisectmodule.c`)

use refdrift_isa::CompareOperator;

use super::function;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// On which side of equal items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

static FUNCTIONS: &[Method] = &[
    function("bisect_right", Arity::Raw, |vm, args| bisect(vm, "bisect_right", args, Side::Right)),
    function("insort_right", Arity::Raw, |vm, args| insort(vm, "insort_right", args, Side::Right)),
    function("bisect_left", Arity::Raw, |vm, args| bisect(vm, "bisect_left", args, Side::Left)),
    function("insort_left", Arity::Raw, |vm, args| insort(vm, "insort_left", args, Side::Left)),
];

pub(super) fn make(vm: &mut Vm) {
    vm.make_module("_bisect", FUNCTIONS);
}

/// What all of them take.
struct Search {
    list: Ref,
    item: Ref,
    low: i64,
    /// None: the length.
    high: Option<i64>,
    key: Option<Ref>,
}

fn arguments(vm: &mut Vm, function: &'static str, args: &Args<'_>) -> PyResult<Search> {
    let signature = Signature { function, positional_only: 0, names: &["a", "x", "lo", "hi", "key"], required: 2, positional: 4 };
    let [list, item, low, high, key] = signature.bind(vm, args)?;
    let low = match low {
        Some(low) => vm.ssize_argument(low)?,
        None => 0,
    };
    let high = match high.filter(|&high| high != types::NONE) {
        Some(high) => Some(vm.ssize_argument(high)?).filter(|&high| high != -1),
        None => None,
    };
    let key = key.filter(|&key| key != types::NONE);
    Ok(Search { list: list.unwrap_or(types::NONE), item: item.unwrap_or(types::NONE), low, high, key })
}

fn bisect(vm: &mut Vm, function: &'static str, args: &Args<'_>, side: Side) -> PyResult {
    let search = arguments(vm, function, args)?;
    let place = find(vm, function, &search, search.item, side)?;
    Ok(vm.int(place))
}

fn insort(vm: &mut Vm, function: &'static str, args: &Args<'_>, side: Side) -> PyResult {
    let search = arguments(vm, function, args)?;
    let place = match search.key {
        None => find(vm, function, &search, search.item, side)?,
        Some(key) => {
            let item = vm.call_pos(key, &[search.item])?;
            let place = find(vm, function, &search, item.borrow(), side);
            vm.release(item);
            place?
        }
    };
    if vm.class_of(search.list) == types::LIST {
        let item = vm.retain(search.item);
        match vm.list_mut(search.list) {
            Some(items) => {
                let place = usize::try_from(place).unwrap_or(0).min(items.len());
                items.insert(place, item);
            }
            None => vm.release(item),
        }
        return Ok(vm.none());
    }
    // `_PyObject_CallMethod`: the method is bound, and the arguments are held.
    let insert = vm.getattr_str(search.list, "insert")?;
    let (place, item) = (vm.int(place), vm.retain(search.item));
    let result = vm.call_pos(insert.borrow(), &[place.borrow(), item.borrow()]);
    vm.release_all(vec![place, item, insert]);
    vm.release(result?);
    Ok(vm.none())
}

/// `internal_bisect_right`, `internal_bisect_left`
fn find(vm: &mut Vm, function: &str, search: &Search, item: Ref, side: Side) -> PyResult<i64> {
    if search.low < 0 {
        return Err(vm.value_error("lo must be non-negative"));
    }
    let high = match search.high {
        Some(high) => high,
        None => vm.length(search.list)? as i64,
    };
    let (mut low, mut high) = (search.low, high);
    let direct = vm.profile.bisect_asks_type_directly;
    if direct {
        vm.check_sequence(search.list)?;
        vm.enter_recursion(&format!(" in _bisect.{}", function.replace("insort", "bisect")))?;
    }
    let mut compares_directly = direct;
    let result = loop {
        if low >= high {
            break Ok(low);
        }
        let middle = low + (high - low) / 2;
        match goes_left(vm, search, middle, item, side, &mut compares_directly) {
            Ok(true) => high = middle,
            Ok(false) => low = middle + 1,
            Err(stop) => break Err(stop),
        }
    };
    if direct {
        vm.leave_recursion();
    }
    result
}

/// Whether the item belongs to the left of what is in the middle.
fn goes_left(vm: &mut Vm, search: &Search, middle: i64, item: Ref, side: Side, directly: &mut bool) -> PyResult<bool> {
    let mut there: Owned = vm.sequence_item(search.list, middle)?;
    if let Some(key) = search.key {
        let keyed = vm.call_pos(key, &[there.borrow()]);
        vm.release(there);
        there = keyed?;
    }
    let (left, right) = match side {
        Side::Right => (item, there.borrow()),
        Side::Left => (there.borrow(), item),
    };
    let less = less_than(vm, left, right, directly);
    vm.release(there);
    Ok(less? == (side == Side::Right))
}

/// `<`; objects of one type are compared by that type first, as long as it has an answer.
fn less_than(vm: &mut Vm, left: Ref, right: Ref, directly: &mut bool) -> PyResult<bool> {
    let class = vm.class_of(left);
    if *directly
        && class == vm.class_of(right)
        && let Some(compare) = vm.class(class).slots.compare
    {
        let answer = compare(vm, left, right, CompareOperator::Lt)?;
        if answer.borrow() != types::NOT_IMPLEMENTED {
            let truth = vm.truth(answer.borrow());
            vm.release(answer);
            return truth;
        }
        vm.release(answer);
        *directly = false;
    }
    vm.compare_bool(left, right, CompareOperator::Lt)
}
