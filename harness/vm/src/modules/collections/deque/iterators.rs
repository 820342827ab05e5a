//! The iterators over a `deque`, forwards and backwards.

use super::{Deque, is_deque};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// `dequeiterobject`
struct DequeIterator {
    deque: Option<Owned>,
    /// The deque's state when the iterator was made: changing the deque ends the iteration.
    state: u64,
    /// How many items are left.
    left: usize,
    reverse: bool,
}
holds!(DequeIterator { deque: "deque" });

const ITERATOR: NativeType = NativeType {
    module: "collections",
    slots: Slots { iter: Some(itself), next: Some(next), ..Slots::NONE },
    flags: Flags(Flags::GC),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

const HINT: Method = Method {
    name: "__length_hint__",
    kind: MethodKind::Instance,
    arity: Arity::None,
    call: |vm, args| {
        let left = vm.payload::<DequeIterator>(args.this()).map_or(0, |iterator| iterator.left);
        Ok(vm.int(left as i64))
    },
};

pub(crate) static FORWARD: NativeType = NativeType {
    name: "_deque_iterator",
    slots: Slots { new: Some(|vm, class, args| new(vm, class, args, false)), ..ITERATOR.slots },
    methods: &[HINT, unsupported_method!("_deque_iterator", "__reduce__")],
    ..ITERATOR
};

pub(crate) static REVERSE: NativeType = NativeType {
    name: "_deque_reverse_iterator",
    slots: Slots { new: Some(|vm, class, args| new(vm, class, args, true)), ..ITERATOR.slots },
    methods: &[HINT, unsupported_method!("_deque_reverse_iterator", "__reduce__")],
    ..ITERATOR
};

/// An iterator over a deque (`deque_iter`, `deque_reviter`).
pub(super) fn make(vm: &mut Vm, deque: Ref, reverse: bool) -> Owned {
    let (left, state) = vm.payload::<Deque>(deque).map_or((0, 0), |deque| (deque.items.len(), deque.state));
    let class = if reverse { types::DEQUE_REVERSE_ITERATOR } else { types::DEQUE_ITERATOR };
    let deque = Some(vm.retain(deque));
    vm.alloc_instance(class, Value::Native(Box::new(DequeIterator { deque, state, left, reverse })))
}

/// `_deque_iterator(deque, index=0)`
fn new(vm: &mut Vm, _class: Ref, args: &Args<'_>, reverse: bool) -> PyResult {
    // Keywords are not looked at.
    let args = args.pos();
    vm.check_positional("_deque_iterator", args.len(), 1, 2)?;
    if !is_deque(vm, args[0]) {
        return Err(vm.unsupported(crate::api::Missing::Name, "an iterator over what is no deque"));
    }
    let skip = match args.get(1) {
        Some(&index) => vm.ssize_argument(index)?,
        None => 0,
    };
    let iterator = make(vm, args[0], reverse);
    for _ in 0..skip {
        match next(vm, iterator.borrow()) {
            Ok(Some(item)) => vm.release(item),
            Ok(None) => break,
            Err(stop) => {
                vm.release(iterator);
                return Err(stop);
            }
        }
    }
    Ok(iterator)
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(iterator) = vm.payload::<DequeIterator>(this) else { return Ok(None) };
    let (left, state, reverse) = (iterator.left, iterator.state, iterator.reverse);
    let Some(deque) = iterator.deque.as_ref().map(Owned::borrow) else { return Ok(None) };
    let changed = vm.payload::<Deque>(deque).is_none_or(|deque| deque.state != state);
    // Backwards, the end comes before the check.
    if left == 0 && reverse {
        return Ok(None);
    }
    if changed {
        if let Some(iterator) = vm.payload_mut::<DequeIterator>(this) {
            iterator.left = 0;
        }
        return Err(vm.raise(types::RUNTIME_ERROR, "deque mutated during iteration"));
    }
    if left == 0 {
        return Ok(None);
    }
    let item = vm.payload::<Deque>(deque).and_then(|deque| {
        let index = if reverse { left - 1 } else { deque.items.len() - left };
        deque.items.get(index).map(Owned::borrow)
    });
    if let Some(iterator) = vm.payload_mut::<DequeIterator>(this) {
        iterator.left -= 1;
    }
    Ok(vm.retain_option(item))
}
