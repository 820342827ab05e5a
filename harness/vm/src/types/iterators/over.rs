//! Iterators over something with items: by index, by place, or by calling until a value comes.

use super::{holds, itself};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

const fn hint(call: crate::object::class::NativeCall) -> Method {
    Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call }
}

const fn set_state(call: crate::object::class::NativeCall) -> Method {
    Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call }
}

pub(crate) static LIST: NativeType = NativeType {
    name: "list_iterator",
    slots: Slots { iter: Some(itself), next: Some(|vm, iterator| Ok(vm.next_in_list(iterator))), ..Slots::NONE },
    methods: &[hint(indexed_hint), set_state(indexed_set_state), unsupported_method!("list_iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

pub(crate) static TUPLE: NativeType = NativeType {
    name: "tuple_iterator",
    slots: Slots { iter: Some(itself), next: Some(tuple_next), ..Slots::NONE },
    methods: &[hint(indexed_hint), set_state(indexed_set_state), unsupported_method!("tuple_iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `list_iterator` and `tuple_iterator`: the sequence and the index of the next item.
fn indexed_state(vm: &Vm, iterator: Ref) -> Option<(Ref, usize)> {
    match &vm.heap[iterator].value {
        Value::SequenceIterator(Some(sequence), index) => Some((sequence.borrow(), *index)),
        _ => None,
    }
}

#[inline]
fn tuple_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some((tuple, index)) = indexed_state(vm, iterator) else { return Ok(None) };
    let item = vm.tuple(tuple).and_then(|items| items.get(index)).map(Owned::borrow);
    Ok(indexed_step(vm, iterator, item))
}

/// Yields the item and moves on; without one the iterator lets go of its sequence.
#[inline]
fn indexed_step(vm: &mut Vm, iterator: Ref, item: Option<Ref>) -> Option<Owned> {
    let Value::SequenceIterator(sequence, index) = &mut vm.heap[iterator].value else { return None };
    if let Some(item) = item {
        *index += 1;
        return Some(vm.retain(item));
    }
    let sequence = sequence.take();
    vm.release_option(sequence);
    None
}

fn indexed_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = match indexed_state(vm, args.this()) {
        Some((sequence, index)) => vm.items(sequence).map_or(0, |items| items.len().saturating_sub(index)),
        None => 0,
    };
    Ok(vm.int(left as i64))
}

fn indexed_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.plain_ssize(args.values[1])?;
    if let Some((sequence, _)) = indexed_state(vm, args.this()) {
        let length = vm.items(sequence).map_or(0, |items| items.len());
        if let Value::SequenceIterator(_, place) = &mut vm.heap[args.this()].value {
            *place = usize::try_from(index).unwrap_or(0).min(length);
        }
    }
    Ok(vm.none())
}

impl Vm {
    /// An iterator over a list or tuple.
    pub(crate) fn indexed_iterator(&mut self, class: Ref, sequence: Ref) -> Owned {
        let sequence = self.retain(sequence);
        self.make_tracked(class, Value::SequenceIterator(Some(sequence), 0))
    }

    /// The next item of an iterator over a list.
    pub(crate) fn next_in_list(&mut self, iterator: Ref) -> Option<Owned> {
        let (list, index) = indexed_state(self, iterator)?;
        let item = self.list(list).and_then(|items| items.get(index)).map(Owned::borrow);
        indexed_step(self, iterator, item)
    }

    /// An iterator over an object that has `__getitem__` and no `__iter__` (`PySeqIter_New`).
    pub(crate) fn sequence_iterator(&mut self, sequence: Ref) -> PyResult {
        let sequence = self.retain(sequence);
        let iterator = SequenceIterator { sequence: Some(sequence), index: 0 };
        Ok(self.make_tracked(types::SEQUENCE_ITERATOR, Value::Native(Box::new(iterator))))
    }

    /// `iter(callable, sentinel)`
    pub(crate) fn callable_iterator(&mut self, callable: Ref, sentinel: Ref) -> Owned {
        let iterator = CallableIterator { callable: Some(self.retain(callable)), sentinel: Some(self.retain(sentinel)) };
        self.make_tracked(types::CALLABLE_ITERATOR, Value::Native(Box::new(iterator)))
    }

    /// Refuses what has no items by index.
    pub(crate) fn check_sequence(&mut self, object: Ref) -> PyResult<()> {
        let slots = &self.class(self.class_of(object)).slots;
        if slots.item.is_some() {
            return Ok(());
        }
        let message = match slots.subscript {
            Some(_) => format!("{} is not a sequence", self.type_name(object)),
            None => format!("'{}' object does not support indexing", self.type_name(object)),
        };
        Err(self.type_error(message))
    }

    /// An item by an index from the start or, where the length is known, from the end (`PySequence_GetItem`).
    pub(crate) fn sequence_item(&mut self, sequence: Ref, mut index: i64) -> PyResult {
        self.check_sequence(sequence)?;
        let slots = &self.class(self.class_of(sequence)).slots;
        let (item, length) = (slots.item, slots.length);
        let Some(item) = item else { return Ok(self.none()) };
        if index < 0
            && let Some(length) = length
        {
            index += length(self, sequence)? as i64;
        }
        item(self, sequence, index)
    }

    /// An argument that is an `int` that fits (`PyLong_AsSsize_t`).
    pub(crate) fn plain_ssize(&mut self, argument: Ref) -> PyResult<i64> {
        match &self.heap[argument].value {
            Value::Int(value) => Ok(*value),
            Value::BigInt(_) => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
            _ => Err(self.type_error("an integer is required")),
        }
    }

    /// Forgets an `IndexError` or `StopIteration`: that is how a sequence says that it is over.
    fn swallow_end(&mut self, stop: crate::vm::Stop) -> PyResult<()> {
        self.swallow(stop, types::INDEX_ERROR).or_else(|stop| self.swallow(stop, types::STOP_ITERATION))
    }
}

// ---- reversed list ----

/// `list_reverseiterator`
struct ListReverse {
    list: Option<Owned>,
    /// Of the next item; -1 at the end.
    index: i64,
}
holds!(ListReverse { list: "sequence" });

pub(crate) static LIST_REVERSE: NativeType = NativeType {
    name: "list_reverseiterator",
    slots: Slots { iter: Some(itself), next: Some(list_reverse_next), ..Slots::NONE },
    methods: &[
        hint(list_reverse_hint),
        set_state(list_reverse_set_state),
        unsupported_method!("list_reverseiterator", "__reduce__"),
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `list.__reversed__`
pub(crate) fn reversed_list(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.list(args.this()).map_or(0, Vec::len) as i64 - 1;
    let list = vm.retain(args.this());
    Ok(vm.make_tracked(types::LIST_REVERSE_ITERATOR, Value::Native(Box::new(ListReverse { list: Some(list), index }))))
}

fn list_reverse_state(vm: &Vm, iterator: Ref) -> Option<(Ref, i64)> {
    let state = vm.payload::<ListReverse>(iterator)?;
    state.list.as_ref().map(|list| (list.borrow(), state.index))
}

fn list_reverse_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some((list, index)) = list_reverse_state(vm, iterator) else { return Ok(None) };
    if index < 0 && vm.profile.reversed_list_is_kept {
        return Ok(None);
    }
    let item = usize::try_from(index).ok().and_then(|index| vm.list(list)?.get(index)).map(Owned::borrow);
    let Some(state) = vm.payload_mut::<ListReverse>(iterator) else { return Ok(None) };
    if let Some(item) = item {
        state.index -= 1;
        return Ok(Some(vm.retain(item)));
    }
    state.index = -1;
    let list = state.list.take();
    vm.release_option(list);
    Ok(None)
}

fn list_reverse_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = match list_reverse_state(vm, args.this()) {
        Some((list, index)) if vm.list(list).map_or(0, Vec::len) as i64 > index => index + 1,
        _ => 0,
    };
    Ok(vm.int(left))
}

fn list_reverse_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.plain_ssize(args.values[1])?;
    if let Some((list, _)) = list_reverse_state(vm, args.this()) {
        let length = vm.list(list).map_or(0, Vec::len) as i64;
        if let Some(state) = vm.payload_mut::<ListReverse>(args.this()) {
            state.index = index.clamp(-1, length - 1);
        }
    }
    Ok(vm.none())
}

// ---- by `__getitem__` ----

/// `iterator`: over an object that has `__getitem__` and no `__iter__`.
struct SequenceIterator {
    sequence: Option<Owned>,
    index: i64,
}
holds!(SequenceIterator { sequence: "sequence" });

pub(crate) static SEQUENCE: NativeType = NativeType {
    name: "iterator",
    slots: Slots { iter: Some(itself), next: Some(sequence_next), ..Slots::NONE },
    methods: &[hint(sequence_hint), set_state(sequence_set_state), unsupported_method!("iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

fn sequence_state(vm: &Vm, iterator: Ref) -> Option<(Ref, i64)> {
    let state = vm.payload::<SequenceIterator>(iterator)?;
    state.sequence.as_ref().map(|sequence| (sequence.borrow(), state.index))
}

fn sequence_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some((sequence, index)) = sequence_state(vm, iterator) else { return Ok(None) };
    if index == i64::MAX {
        return Err(vm.overflow_error("iter index too large"));
    }
    match vm.sequence_item(sequence, index) {
        Ok(item) => {
            if let Some(state) = vm.payload_mut::<SequenceIterator>(iterator) {
                state.index += 1;
            }
            Ok(Some(item))
        }
        Err(stop) => {
            vm.swallow_end(stop)?;
            let sequence = vm.payload_mut::<SequenceIterator>(iterator).and_then(|state| state.sequence.take());
            vm.release_option(sequence);
            Ok(None)
        }
    }
}

fn sequence_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some((sequence, index)) = sequence_state(vm, args.this()) else { return Ok(vm.int(0)) };
    if vm.class(vm.class_of(sequence)).slots.length.is_none() {
        return Ok(vm.not_implemented());
    }
    let length = vm.length(sequence)? as i64;
    Ok(vm.int((length - index).max(0)))
}

fn sequence_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.plain_ssize(args.values[1])?;
    if let Some(state) = vm.payload_mut::<SequenceIterator>(args.this())
        && state.sequence.is_some()
    {
        state.index = index.max(0);
    }
    Ok(vm.none())
}

// ---- reversed ----

/// `reversed`: over an object that has a length and `__getitem__`.
struct Reversed {
    sequence: Option<Owned>,
    index: i64,
}
holds!(Reversed { sequence: "sequence" });

pub(crate) static REVERSED: NativeType = NativeType {
    name: "reversed",
    slots: Slots { iter: Some(itself), next: Some(reversed_next), new: Some(reversed_new), ..Slots::NONE },
    methods: &[hint(reversed_hint), set_state(reversed_set_state), unsupported_method!("reversed", "__reduce__")],
    flags: Flags(Flags::GC | Flags::BASE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

fn reversed_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::REVERSED, args)?;
    vm.check_positional("reversed", args.pos().len(), 1, 1)?;
    let sequence = args.pos()[0];
    if let Some(method) = vm.lookup_special(sequence, "__reversed__")? {
        if method.borrow() == types::NONE {
            vm.release(method);
            return Err(not_reversible(vm, sequence));
        }
        let result = vm.call_pos(method.borrow(), &[]);
        vm.release(method);
        return result;
    }
    let is_dict = matches!(vm.heap[sequence].value, Value::Dict(_));
    if is_dict || vm.class(vm.class_of(sequence)).slots.item.is_none() {
        return Err(not_reversible(vm, sequence));
    }
    let index = vm.length(sequence)? as i64 - 1;
    let sequence = vm.retain(sequence);
    Ok(vm.alloc_instance(class, Value::Native(Box::new(Reversed { sequence: Some(sequence), index }))))
}

fn not_reversible(vm: &mut Vm, object: Ref) -> crate::vm::Stop {
    let message = format!("'{}' object is not reversible", vm.type_name(object));
    vm.type_error(message)
}

fn reversed_state(vm: &Vm, iterator: Ref) -> Option<(Ref, i64)> {
    let state = vm.payload::<Reversed>(iterator)?;
    state.sequence.as_ref().map(|sequence| (sequence.borrow(), state.index))
}

fn reversed_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some((sequence, index)) = reversed_state(vm, iterator) else { return Ok(None) };
    let mut error = None;
    if index >= 0 {
        match vm.sequence_item(sequence, index) {
            Ok(item) => {
                if let Some(state) = vm.payload_mut::<Reversed>(iterator) {
                    state.index -= 1;
                }
                return Ok(Some(item));
            }
            Err(stop) => error = vm.swallow_end(stop).err(),
        }
    }
    let sequence = vm.payload_mut::<Reversed>(iterator).and_then(|state| {
        state.index = -1;
        state.sequence.take()
    });
    vm.release_option(sequence);
    error.map_or(Ok(None), Err)
}

fn reversed_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some((sequence, index)) = reversed_state(vm, args.this()) else { return Ok(vm.int(0)) };
    let length = vm.length(sequence)? as i64;
    let left = if length < index + 1 { 0 } else { index + 1 };
    Ok(vm.int(left))
}

fn reversed_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = vm.plain_ssize(args.values[1])?;
    if let Some((sequence, _)) = reversed_state(vm, args.this()) {
        let length = vm.length(sequence)? as i64;
        if let Some(state) = vm.payload_mut::<Reversed>(args.this()) {
            state.index = index.clamp(-1, length - 1);
        }
    }
    Ok(vm.none())
}

// ---- set ----

/// `set_iterator`
struct SetIterator {
    set: Option<Owned>,
    /// The set's size when the iteration began; none once it was found changed.
    used: Option<usize>,
    place: usize,
    left: usize,
}
holds!(SetIterator { set: "set" });

pub(crate) static SET: NativeType = NativeType {
    name: "set_iterator",
    slots: Slots { iter: Some(itself), next: Some(set_next), ..Slots::NONE },
    methods: &[hint(set_hint), unsupported_method!("set_iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `set.__iter__`
pub(crate) fn set_iter(vm: &mut Vm, set: Ref) -> PyResult {
    let length = vm.set_table(set).map_or(0, types::set::Set::len);
    let set = vm.retain(set);
    let iterator = SetIterator { set: Some(set), used: Some(length), place: 0, left: length };
    Ok(vm.make_tracked(types::SET_ITERATOR, Value::Native(Box::new(iterator))))
}

fn set_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload::<SetIterator>(iterator) else { return Ok(None) };
    let Some(set) = state.set.as_ref().map(Owned::borrow) else { return Ok(None) };
    let (used, place) = (state.used, state.place);
    let Some(table) = vm.set_table(set) else { return Ok(None) };
    if used != Some(table.len()) {
        if let Some(state) = vm.payload_mut::<SetIterator>(iterator) {
            state.used = None;
        }
        return Err(vm.raise(types::RUNTIME_ERROR, "Set changed size during iteration"));
    }
    let found = table.next_from(place);
    let end = table.size();
    let Some(state) = vm.payload_mut::<SetIterator>(iterator) else { return Ok(None) };
    if let Some((place, _, key)) = found {
        state.place = place + 1;
        state.left = state.left.saturating_sub(1);
        return Ok(Some(vm.retain(key)));
    }
    state.place = end + 1;
    let set = state.set.take();
    vm.release_option(set);
    Ok(None)
}

fn set_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = vm.payload::<SetIterator>(args.this()).map_or(0, |state| {
        let length = state.set.as_ref().and_then(|set| vm.set_table(set.borrow())).map(types::set::Set::len);
        if length.is_some() && length == state.used { state.left } else { 0 }
    });
    Ok(vm.int(left as i64))
}

// ---- by calling ----

/// `callable_iterator`: `iter(callable, sentinel)`
struct CallableIterator {
    callable: Option<Owned>,
    sentinel: Option<Owned>,
}
holds!(CallableIterator { callable: "callable", sentinel: "sentinel" });

pub(crate) static CALLABLE: NativeType = NativeType {
    name: "callable_iterator",
    slots: Slots { iter: Some(itself), next: Some(callable_next), ..Slots::NONE },
    methods: &[unsupported_method!("callable_iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

fn callable_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let state = vm.payload::<CallableIterator>(iterator);
    let Some(callable) = state.and_then(|state| state.callable.as_ref()).map(Owned::borrow) else { return Ok(None) };
    let result = match vm.call_pos(callable, &[]) {
        Ok(result) => result,
        Err(stop) => {
            vm.swallow(stop, types::STOP_ITERATION)?;
            exhaust_callable(vm, iterator);
            return Ok(None);
        }
    };
    // The call may have exhausted the iterator itself.
    let state = vm.payload::<CallableIterator>(iterator);
    let Some(sentinel) = state.and_then(|state| state.sentinel.as_ref()).map(Owned::borrow) else {
        vm.release(result);
        return Ok(None);
    };
    match vm.equal(sentinel, result.borrow()) {
        Ok(false) => Ok(Some(result)),
        Ok(true) => {
            exhaust_callable(vm, iterator);
            vm.release(result);
            Ok(None)
        }
        Err(stop) => {
            vm.release(result);
            Err(stop)
        }
    }
}

fn exhaust_callable(vm: &mut Vm, iterator: Ref) {
    let callable = vm.payload_mut::<CallableIterator>(iterator).and_then(|state| state.callable.take());
    vm.release_option(callable);
    let sentinel = vm.payload_mut::<CallableIterator>(iterator).and_then(|state| state.sentinel.take());
    vm.release_option(sentinel);
}
