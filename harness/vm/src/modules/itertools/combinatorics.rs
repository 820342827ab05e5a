//! `product`, `permutations`, `combinations` and `combinations_with_replacement`: they yield the tuple of the last result again
//! if nobody else holds it.

use super::{ITERATOR, instance};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// Which selections of the pool come, and how one follows from the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of one pool for each place.
    Product,
    Permutations,
    Combinations,
    WithReplacement,
}

struct Selections {
    kind: Kind,
    /// A tuple of the items, or of the pools of items (`product`).
    pool: Option<Owned>,
    result: Option<Owned>,
    /// For each place of the result an index into the pool; `permutations` has all indices of the pool.
    indices: Vec<usize>,
    /// `permutations`: for each place how many turns are left.
    cycles: Vec<usize>,
    /// The length of a result.
    length: usize,
    stopped: bool,
}
holds!(Selections { pool: "pool", result: "result tuple" });

macro_rules! selections {
    ($type:ident, $name:literal, $new:expr) => {
        pub(crate) static $type: NativeType = NativeType {
            name: $name,
            slots: Slots { iter: Some(itself), next: Some(next), new: Some($new), ..Slots::NONE },
            methods: &[unsupported_method!($name, "__reduce__"), unsupported_method!($name, "__setstate__")],
            ..ITERATOR
        };
    };
}

selections!(PRODUCT, "product", product_new);
selections!(PERMUTATIONS, "permutations", permutations_new);
selections!(COMBINATIONS, "combinations", |vm, class, args| combinations_new(vm, class, args, Kind::Combinations));
selections!(COMBINATIONS_WITH_REPLACEMENT, "combinations_with_replacement", |vm, class, args| {
    combinations_new(vm, class, args, Kind::WithReplacement)
});

const PRODUCT_KEYWORDS: Signature =
    Signature { function: "product", positional_only: 0, names: &["repeat"], required: 0, positional: 1 };

fn product_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let mut repeat = 1;
    if !args.names.is_empty() {
        let keywords = Args::new(&args.values[args.pos().len()..], args.names);
        let [given] = PRODUCT_KEYWORDS.bind(vm, &keywords)?;
        if let Some(given) = given {
            repeat = vm.ssize_argument(given)?;
        }
    }
    let Ok(repeat) = usize::try_from(repeat) else { return Err(vm.value_error("repeat argument cannot be negative")) };
    let given = if repeat == 0 { &[] } else { args.pos() };
    if given.len().checked_mul(repeat).is_none_or(|count| count > isize::MAX as usize / 8) {
        return Err(vm.overflow_error("repeat argument too large"));
    }
    let length = given.len() * repeat;
    if length > 1 << 20 {
        return Err(vm.unsupported(crate::api::Missing::Name, "a product of that many pools"));
    }
    let mut pools = Vec::with_capacity(length);
    for &iterable in given {
        match vm.sequence_tuple(iterable) {
            Ok(pool) => pools.push(pool),
            Err(stop) => {
                vm.release_last_first(pools);
                return Err(stop);
            }
        }
    }
    for index in given.len()..length {
        let again = pools[index - given.len()].borrow();
        pools.push(vm.retain(again));
    }
    let pool = vm.new_tuple(pools);
    let state = Selections {
        kind: Kind::Product,
        pool: Some(pool),
        result: None,
        indices: vec![0; length],
        cycles: Vec::new(),
        length,
        stopped: false,
    };
    Ok(instance(vm, class, state))
}

/// A pool and how many items of it a result has; the pool is let go if something is wrong with the number.
fn checked(vm: &mut Vm, pool: Owned, length: PyResult<i64>) -> PyResult<(Owned, usize, usize)> {
    let size = vm.tuple(pool.borrow()).map_or(0, <[_]>::len);
    let length = length.and_then(|length| match usize::try_from(length) {
        // The indices do not fit into memory, whatever there is of it.
        Ok(length) if length >= 1 << 44 => Err(vm.raise_empty(types::MEMORY_ERROR)),
        Ok(length) if length > 1 << 26 => Err(vm.unsupported(crate::api::Missing::Limit, "selections of that length")),
        Ok(length) => Ok(length),
        Err(_) => Err(vm.value_error("r must be non-negative")),
    });
    match length {
        Ok(length) => Ok((pool, size, length)),
        Err(stop) => {
            vm.release(pool);
            Err(stop)
        }
    }
}

const PERMUTATIONS_ARGUMENTS: Signature =
    Signature { function: "permutations", positional_only: 0, names: &["iterable", "r"], required: 1, positional: 2 };

fn permutations_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [iterable, length] = PERMUTATIONS_ARGUMENTS.bind(vm, args)?;
    let pool = vm.sequence_tuple(iterable.unwrap_or(types::NONE))?;
    let length = match length.filter(|&length| length != types::NONE) {
        None => Ok(vm.tuple(pool.borrow()).map_or(0, <[_]>::len) as i64),
        Some(length) if vm.is_int(length) => vm.ssize_argument(length),
        Some(_) => Err(vm.type_error("Expected int as r")),
    };
    let (pool, size, length) = checked(vm, pool, length)?;
    let state = Selections {
        kind: Kind::Permutations,
        pool: Some(pool),
        result: None,
        indices: (0..size).collect(),
        cycles: (0..length.min(size)).map(|place| size - place).collect(),
        length,
        stopped: length > size,
    };
    Ok(instance(vm, class, state))
}

fn combinations_new(vm: &mut Vm, class: Ref, args: &Args<'_>, kind: Kind) -> PyResult {
    let repeats = kind == Kind::WithReplacement;
    let function = if repeats { "combinations_with_replacement" } else { "combinations" };
    let signature = Signature { function, positional_only: 0, names: &["iterable", "r"], required: 2, positional: 2 };
    let [iterable, length] = signature.bind(vm, args)?;
    let length = vm.ssize_argument(length.unwrap_or(types::NONE))?;
    let pool = vm.sequence_tuple(iterable.unwrap_or(types::NONE))?;
    let (pool, size, length) = checked(vm, pool, Ok(length))?;
    let stopped = if repeats { size == 0 && length > 0 } else { length > size };
    let indices = match kind {
        _ if stopped => Vec::new(),
        Kind::WithReplacement => vec![0; length],
        _ => (0..length).collect(),
    };
    let state = Selections { kind, pool: Some(pool), result: None, indices, cycles: Vec::new(), length, stopped };
    Ok(instance(vm, class, state))
}

impl Selections {
    /// Moves the indices on to the next selection: the places that change, or none if this was the last one. Each kind goes
    /// from the rightmost place to the left until one has an index left. `sizes` are those of the pools of each place.
    fn advance(&mut self, sizes: &[usize]) -> Option<Vec<usize>> {
        let (length, indices) = (self.length, &mut self.indices);
        match self.kind {
            Kind::Product => {
                let mut changed = Vec::new();
                for place in (0..length).rev() {
                    indices[place] += 1;
                    changed.push(place);
                    if indices[place] < sizes[place] {
                        return Some(changed);
                    }
                    indices[place] = 0;
                }
                // All have rolled over: the first items are put in again, and nothing is yielded.
                None
            }
            Kind::Permutations => {
                let size = indices.len();
                for place in (0..length).rev() {
                    self.cycles[place] -= 1;
                    if self.cycles[place] == 0 {
                        indices[place..].rotate_left(1);
                        self.cycles[place] = size - place;
                    } else {
                        indices.swap(place, size - self.cycles[place]);
                        return Some((place..length).collect());
                    }
                }
                None
            }
            Kind::Combinations => {
                let size = sizes.first().copied().unwrap_or(0);
                let first = (0..length).rev().find(|&place| indices[place] != place + size - length)?;
                indices[first] += 1;
                for place in first + 1..length {
                    indices[place] = indices[place - 1] + 1;
                }
                Some((first..length).collect())
            }
            Kind::WithReplacement => {
                let size = sizes.first().copied().unwrap_or(0);
                let first = (0..length).rev().find(|&place| indices[place] + 1 != size)?;
                let index = indices[first] + 1;
                indices[first..].fill(index);
                Some((first..length).collect())
            }
        }
    }
}

/// The item of the pool that a place of the result shows.
fn selected(vm: &Vm, this: Ref, place: usize) -> Option<Ref> {
    let state = vm.payload::<Selections>(this)?;
    let mut pool = vm.tuple(state.pool.as_ref()?.borrow())?;
    if state.kind == Kind::Product {
        pool = vm.tuple(pool.get(place)?.borrow())?;
    }
    Some(pool.get(*state.indices.get(place)?)?.borrow())
}

/// The sizes of the pools of `product`, or that of the one pool.
fn sizes(vm: &Vm, this: Ref) -> Vec<usize> {
    let Some(state) = vm.payload::<Selections>(this) else { return Vec::new() };
    let Some(pool) = state.pool.as_ref().and_then(|pool| vm.tuple(pool.borrow())) else { return Vec::new() };
    match state.kind {
        Kind::Product => pool.iter().map(|pool| vm.tuple(pool.borrow()).map_or(0, <[_]>::len)).collect(),
        _ => vec![pool.len()],
    }
}

fn stop(vm: &mut Vm, this: Ref) {
    if let Some(state) = vm.payload_mut::<Selections>(this) {
        state.stopped = true;
    }
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<Selections>(this).filter(|state| !state.stopped) else { return Ok(None) };
    let length = state.length;
    let Some(result) = state.result.as_ref().map(Owned::borrow) else {
        return Ok(first(vm, this, length));
    };
    let result = own_result(vm, this, result);
    let sizes = sizes(vm, this);
    let Some(state) = vm.payload_mut::<Selections>(this) else { return Ok(None) };
    let rolls_over = state.kind == Kind::Product;
    let changed = state.advance(&sizes);
    let over = changed.is_none();
    let places = changed.unwrap_or_else(|| if rolls_over { (0..length).rev().collect() } else { Vec::new() });
    for place in places {
        let Some(item) = selected(vm, this, place) else { continue };
        let item = vm.retain(item);
        let old = match &mut vm.heap[result].value {
            Value::Tuple(places) if place < places.len() => std::mem::replace(&mut places[place], item),
            _ => item,
        };
        vm.release(old);
    }
    if over {
        stop(vm, this);
        return Ok(None);
    }
    Ok(Some(vm.retain(result)))
}

/// The first result; none if there is no selection at all.
fn first(vm: &mut Vm, this: Ref, length: usize) -> Option<Owned> {
    let mut items = Vec::with_capacity(length);
    let mut empty = false;
    for place in 0..length {
        match selected(vm, this, place) {
            Some(item) => items.push(vm.retain(item)),
            None => {
                empty = true;
                break;
            }
        }
    }
    let result = vm.new_tuple(items);
    let yielded = (!empty).then(|| vm.retain(result.borrow()));
    vm.put::<Selections>(this, |state| &mut state.result, Some(result));
    if empty {
        stop(vm, this);
    }
    yielded
}

/// The tuple of the last result if only the iterator holds it, else a copy that takes its place.
fn own_result(vm: &mut Vm, this: Ref, result: Ref) -> Ref {
    if vm.heap[result].count <= 1 {
        vm.track(result);
        return result;
    }
    let items = vm.items(result).unwrap_or_default();
    let copy = vm.tuple_of(&items);
    let borrowed = copy.borrow();
    vm.put::<Selections>(this, |state| &mut state.result, Some(copy));
    borrowed
}
