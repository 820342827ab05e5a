//! `chain`, `zip_longest` and `accumulate`.

use refdrift_isa::BinaryOperator;

use super::{ITERATOR, instance};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

// ---- chain ----

struct Chain {
    active: Option<Owned>,
    source: Option<Owned>,
}
holds!(Chain { active: "current iterator", source: "iterator over iterables" });

pub(crate) static CHAIN: NativeType = NativeType {
    name: "chain",
    slots: Slots { iter: Some(itself), next: Some(chain_next), new: Some(chain_new), ..Slots::NONE },
    methods: &[
        Method { name: "from_iterable", kind: MethodKind::Class, arity: Arity::One, call: chain_from_iterable },
        unsupported_method!("chain", "__reduce__"),
        unsupported_method!("chain", "__setstate__"),
        crate::types::generic::CLASS_GETITEM,
    ],
    ..ITERATOR
};

fn chain_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    super::positional(vm, class, types::CHAIN, args, 0, usize::MAX)?;
    let iterables = args.to_tuple(vm);
    let source = vm.get_iter(iterables.borrow());
    vm.release(iterables);
    let source = source?;
    Ok(instance(vm, class, Chain { active: None, source: Some(source) }))
}

fn chain_from_iterable(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let source = vm.get_iter(args.values[1])?;
    Ok(instance(vm, args.this(), Chain { active: None, source: Some(source) }))
}

fn chain_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    while let Some(source) = vm.held::<Chain>(this, |state| &state.source) {
        if vm.held::<Chain>(this, |state| &state.active).is_none() {
            let active = match vm.next(source) {
                Ok(Some(iterable)) => {
                    let active = vm.get_iter(iterable.borrow());
                    vm.release(iterable);
                    active.map(Some)
                }
                end => end,
            };
            match active {
                Ok(Some(active)) => vm.put::<Chain>(this, |state| &mut state.active, Some(active)),
                end => {
                    vm.put::<Chain>(this, |state| &mut state.source, None);
                    return end;
                }
            }
        }
        let Some(active) = vm.held::<Chain>(this, |state| &state.active) else { continue };
        if let Some(item) = vm.next(active)? {
            return Ok(Some(item));
        }
        vm.put::<Chain>(this, |state| &mut state.active, None);
    }
    Ok(None)
}

// ---- zip_longest ----

struct ZipLongest {
    /// None where an iterator is exhausted.
    iterators: Vec<Option<Owned>>,
    /// The tuple that the iterators are in, where that is the empty one, which others have, too.
    no_iterators: Option<Owned>,
    /// The last result, to be used again.
    result: Option<Owned>,
    fill: Option<Owned>,
    active: usize,
}

impl Native for ZipLongest {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        let rest = [&self.no_iterators, &self.result, &self.fill];
        for owned in self.iterators.iter().chain(rest).flatten() {
            see(Role::Field("zip_longest"), owned.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.iterators.drain(..).rev().flatten());
        out.extend(self.no_iterators.take());
        out.extend(self.result.take());
        out.extend(self.fill.take());
    }

    fn clear(&mut self, _out: &mut Vec<Owned>) {}
}

pub(crate) static ZIP_LONGEST: NativeType = NativeType {
    name: "zip_longest",
    slots: Slots { iter: Some(itself), next: Some(zip_longest_next), new: Some(zip_longest_new), ..Slots::NONE },
    methods: &[unsupported_method!("zip_longest", "__reduce__"), unsupported_method!("zip_longest", "__setstate__")],
    ..ITERATOR
};

fn zip_longest_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let fill = match args.names {
        [] => types::NONE,
        &[name] if vm.text(name) == Some("fillvalue") => args.values[args.values.len() - 1],
        _ => return Err(vm.type_error("zip_longest() got an unexpected keyword argument")),
    };
    let mut iterators = Vec::with_capacity(args.pos().len());
    for &iterable in args.pos() {
        match vm.get_iter(iterable) {
            Ok(iterator) => iterators.push(iterator),
            Err(stop) => {
                vm.release_last_first(iterators);
                return Err(stop);
            }
        }
    }
    let active = iterators.len();
    let result = vm.tuple_of(&vec![types::NONE; active]);
    let fill = vm.retain(fill);
    let no_iterators = (active == 0).then(|| vm.retain(types::EMPTY_TUPLE));
    let iterators = iterators.into_iter().map(Some).collect();
    Ok(instance(vm, class, ZipLongest { iterators, no_iterators, result: Some(result), fill: Some(fill), active }))
}

fn zip_longest_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<ZipLongest>(this) else { return Ok(None) };
    let (count, active) = (state.iterators.len(), state.active);
    let Some(result) = state.result.as_ref().map(Owned::borrow).filter(|_| active > 0) else { return Ok(None) };
    if vm.heap[result].count > 1 {
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            match zip_longest_item(vm, this, index) {
                Ok(Some(item)) => items.push(item),
                end => {
                    vm.release_last_first(items);
                    return end;
                }
            }
        }
        return Ok(Some(vm.new_tuple(items)));
    }
    let owned = vm.retain(result);
    for index in 0..count {
        match zip_longest_item(vm, this, index) {
            Ok(Some(item)) => {
                let old = match &mut vm.heap[result].value {
                    Value::Tuple(places) => std::mem::replace(&mut places[index], item),
                    _ => item,
                };
                vm.release(old);
            }
            end => {
                vm.release(owned);
                return end;
            }
        }
    }
    vm.track(result);
    Ok(Some(owned))
}

/// The next item of one of the iterators, or the one that fills in; none when all are exhausted.
fn zip_longest_item(vm: &mut Vm, this: Ref, index: usize) -> PyResult<Option<Owned>> {
    let iterator = vm.payload::<ZipLongest>(this).and_then(|state| state.iterators[index].as_ref()).map(Owned::borrow);
    if let Some(iterator) = iterator {
        let item = vm.next(iterator);
        if let Ok(Some(item)) = item {
            return Ok(Some(item));
        }
        let Some(state) = vm.payload_mut::<ZipLongest>(this) else { return Ok(None) };
        state.active = state.active.saturating_sub(1);
        if state.active == 0 || item.is_err() {
            state.active = 0;
            return item;
        }
        let fill = state.fill.as_ref().map_or(types::NONE, Owned::borrow);
        let exhausted = state.iterators[index].take();
        let fill = vm.retain(fill);
        vm.release_option(exhausted);
        return Ok(Some(fill));
    }
    let fill = vm.held::<ZipLongest>(this, |state| &state.fill).unwrap_or(types::NONE);
    Ok(Some(vm.retain(fill)))
}

// ---- accumulate ----

struct Accumulate {
    function: Option<Owned>,
    total: Option<Owned>,
    iterator: Option<Owned>,
    /// `None` once it was yielded, or if there was none.
    initial: Option<Owned>,
}
holds!(Accumulate { function: "function", total: "total", iterator: "iterator", initial: "initial value" });

pub(crate) static ACCUMULATE: NativeType = NativeType {
    name: "accumulate",
    slots: Slots { iter: Some(itself), next: Some(accumulate_next), new: Some(accumulate_new), ..Slots::NONE },
    methods: &[unsupported_method!("accumulate", "__reduce__"), unsupported_method!("accumulate", "__setstate__")],
    ..ITERATOR
};

const ACCUMULATE_ARGUMENTS: Signature =
    Signature { function: "accumulate", positional_only: 0, names: &["iterable", "func", "initial"], required: 1, positional: 2 };

fn accumulate_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [iterable, function, initial] = ACCUMULATE_ARGUMENTS.bind(vm, args)?;
    let iterator = vm.get_iter(iterable.unwrap_or(types::NONE))?;
    let function = vm.retain_option(function.filter(|&function| function != types::NONE));
    let initial = vm.retain(initial.unwrap_or(types::NONE));
    Ok(instance(vm, class, Accumulate { function, total: None, iterator: Some(iterator), initial: Some(initial) }))
}

fn accumulate_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<Accumulate>(this) else { return Ok(None) };
    if state.initial.as_ref().is_some_and(|initial| initial.borrow() != types::NONE) {
        let none = vm.none();
        let Some(state) = vm.payload_mut::<Accumulate>(this) else { return Ok(Some(none)) };
        state.total = state.initial.replace(none);
        let total = state.total.as_ref().map(Owned::borrow);
        return Ok(vm.retain_option(total));
    }
    let Some(iterator) = state.iterator.as_ref().map(Owned::borrow) else { return Ok(None) };
    let Some(value) = vm.iternext(iterator)? else { return Ok(None) };
    let Some(total) = vm.held::<Accumulate>(this, |state| &state.total) else {
        let total = vm.retain(value.borrow());
        vm.put::<Accumulate>(this, |state| &mut state.total, Some(total));
        return Ok(Some(value));
    };
    let total = match vm.held::<Accumulate>(this, |state| &state.function) {
        None => vm.binary(BinaryOperator::Add, total, value.borrow()),
        Some(function) => vm.call_pos(function, &[total, value.borrow()]),
    };
    vm.release(value);
    let total = total?;
    let kept = vm.retain(total.borrow());
    vm.put::<Accumulate>(this, |state| &mut state.total, Some(kept));
    Ok(Some(total))
}
