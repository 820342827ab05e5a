//! `_heapq` (`Modules/_heapqmodule.c`): heaps in lists. Comparisons may change the list; then it is an error.

use refdrift_isa::CompareOperator;

use super::{function, only};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// Which item stands at the root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Root {
    Smallest,
    Largest,
}

const TWO: Arity = Arity::Positional(2, 2);

static FUNCTIONS: &[Method] = &[
    function("heappush", TWO, push),
    function("heappushpop", TWO, push_pop),
    function("heappop", Arity::One, |vm, args| pop(vm, "heappop", only(args), Root::Smallest)),
    function("heapreplace", TWO, |vm, args| replace(vm, "heapreplace", args, Root::Smallest)),
    function("heapify", Arity::One, |vm, args| heapify(vm, "heapify", only(args), Root::Smallest)),
    function("_heappop_max", Arity::One, |vm, args| pop(vm, "_heappop_max", only(args), Root::Largest)),
    function("_heapreplace_max", TWO, |vm, args| replace(vm, "_heapreplace_max", args, Root::Largest)),
    function("_heapify_max", Arity::One, |vm, args| heapify(vm, "_heapify_max", only(args), Root::Largest)),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_heapq", FUNCTIONS);
    let about = vm.str("Heap queues").into_ref();
    vm.set_module_attribute(dict, "__about__", about);
}

fn check_list(vm: &mut Vm, function: &str, argument: &str, heap: Ref) -> PyResult<()> {
    if vm.list(heap).is_some() {
        return Ok(());
    }
    let message = format!("{function}() {argument} must be list, not {}", vm.type_name(heap));
    Err(vm.type_error(message))
}

fn length(vm: &Vm, heap: Ref) -> usize {
    vm.list(heap).map_or(0, Vec::len)
}

fn out_of_range(vm: &mut Vm) -> Stop {
    vm.index_error("index out of range")
}

/// Whether the item at one place belongs above that at another; both are held while they are compared.
fn above(vm: &mut Vm, heap: Ref, one: usize, other: usize, root: Root) -> PyResult<bool> {
    let item = |vm: &Vm, place: usize| vm.list(heap).and_then(|items| items.get(place)).map_or(types::NONE, Owned::borrow);
    let (one, other) = (item(vm, one), item(vm, other));
    let (less, more) = if root == Root::Smallest { (one, other) } else { (other, one) };
    let size = length(vm, heap);
    let held = vec![vm.retain(less), vm.retain(more)];
    let answer = vm.compare_bool(less, more, CompareOperator::Lt);
    vm.release_all(held);
    let answer = answer?;
    if length(vm, heap) != size {
        return Err(vm.raise(types::RUNTIME_ERROR, "list changed size during iteration"));
    }
    Ok(answer)
}

fn swap(vm: &mut Vm, heap: Ref, one: usize, other: usize) {
    if let Some(items) = vm.list_mut(heap) {
        items.swap(one, other);
    }
}

/// Moves an item towards the root until it has found its place.
fn sift_down(vm: &mut Vm, heap: Ref, start: usize, mut place: usize, root: Root) -> PyResult<()> {
    if place >= length(vm, heap) {
        return Err(out_of_range(vm));
    }
    while place > start {
        let parent = (place - 1) / 2;
        if !above(vm, heap, place, parent, root)? {
            break;
        }
        swap(vm, heap, parent, place);
        place = parent;
    }
    Ok(())
}

/// Moves an item down to a leaf, its better child up each time; then back to where it belongs.
fn sift_up(vm: &mut Vm, heap: Ref, start: usize, root: Root) -> PyResult<()> {
    let end = length(vm, heap);
    if start >= end {
        return Err(out_of_range(vm));
    }
    let mut place = start;
    while place < end / 2 {
        let mut child = 2 * place + 1;
        if child + 1 < end {
            child += usize::from(!above(vm, heap, child, child + 1, root)?);
        }
        swap(vm, heap, child, place);
        place = child;
    }
    sift_down(vm, heap, start, place, root)
}

fn push(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let heap = args.values[0];
    check_list(vm, "heappush", "argument 1", heap)?;
    let item = vm.retain(args.values[1]);
    match vm.list_mut(heap) {
        Some(items) => items.push(item),
        None => vm.release(item),
    }
    let last = length(vm, heap).saturating_sub(1);
    sift_down(vm, heap, 0, last, Root::Smallest)?;
    Ok(vm.none())
}

fn pop(vm: &mut Vm, function: &str, heap: Ref, root: Root) -> PyResult {
    check_list(vm, function, "argument", heap)?;
    let Some(last) = vm.list_mut(heap).and_then(Vec::pop) else { return Err(out_of_range(vm)) };
    match length(vm, heap) {
        0 => Ok(last),
        _ => exchange_root(vm, heap, last, root),
    }
}

/// Puts an item at the root, sifts it to its place, and hands over what was at the root.
fn exchange_root(vm: &mut Vm, heap: Ref, mut item: Owned, root: Root) -> PyResult {
    if let Some(first) = vm.list_mut(heap).and_then(|items| items.first_mut()) {
        std::mem::swap(first, &mut item);
    }
    match sift_up(vm, heap, 0, root) {
        Ok(()) => Ok(item),
        Err(stop) => {
            vm.release(item);
            Err(stop)
        }
    }
}

fn replace(vm: &mut Vm, function: &str, args: &Args<'_>, root: Root) -> PyResult {
    let heap = args.values[0];
    check_list(vm, function, "argument 1", heap)?;
    if length(vm, heap) == 0 {
        return Err(out_of_range(vm));
    }
    let item = vm.retain(args.values[1]);
    exchange_root(vm, heap, item, root)
}

fn push_pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (heap, item) = (args.values[0], args.values[1]);
    check_list(vm, "heappushpop", "argument 1", heap)?;
    let Some(top) = vm.list(heap).and_then(|items| items.first()).map(Owned::borrow) else { return Ok(vm.retain(item)) };
    let held = vm.retain(top);
    let smaller = vm.compare_bool(top, item, CompareOperator::Lt);
    vm.release(held);
    if !smaller? {
        return Ok(vm.retain(item));
    }
    if length(vm, heap) == 0 {
        return Err(out_of_range(vm));
    }
    let item = vm.retain(item);
    exchange_root(vm, heap, item, Root::Smallest)
}

/// Above that many items children are dealt with together with their parents, for the sake of the processor's cache.
const CACHE_FRIENDLY: usize = 2500;

fn heapify(vm: &mut Vm, function: &str, heap: Ref, root: Root) -> PyResult {
    check_list(vm, function, "argument", heap)?;
    let size = length(vm, heap);
    let inner = size / 2;
    if size <= CACHE_FRIENDLY {
        for place in (0..inner).rev() {
            sift_up(vm, heap, place, root)?;
        }
        return Ok(vm.none());
    }
    let leftmost = (1 << (inner + 1).ilog2()) - 1;
    let half = inner / 2;
    for range in [half..leftmost, leftmost..inner] {
        for place in range.rev() {
            let mut place = place;
            loop {
                sift_up(vm, heap, place, root)?;
                if place % 2 == 0 {
                    break;
                }
                place /= 2;
            }
        }
    }
    Ok(vm.none())
}
