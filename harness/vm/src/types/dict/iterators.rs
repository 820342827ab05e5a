//! Iterators over the keys, values and items of a dict, forwards and backwards.

use super::table::Dict;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// The payload of all six.
struct DictIterator {
    dict: Option<Owned>,
    /// The last result of an item iterator, to be used again.
    result: Option<Owned>,
    /// The dict's size when the iteration began; none once it was found changed.
    used: Option<usize>,
    /// The index of the next entry; none before the first one of a backward iteration that is over.
    at: Option<usize>,
    left: usize,
}
holds!(DictIterator { dict: "dict", result: "result tuple" });

/// Declares one of the six types.
const fn iterator(name: &'static str, next: fn(&mut Vm, Ref) -> PyResult<Option<Owned>>) -> NativeType {
    NativeType {
        name,
        slots: Slots { iter: Some(itself), next: Some(next), ..Slots::NONE },
        methods: METHODS,
        flags: Flags(Flags::GC | Flags::NO_NEW),
        ..NativeType::PLAIN
    }
}

const METHODS: &[Method] = &[
    Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: hint },
    unsupported_method!("dict_iterator", "__reduce__"),
];

pub(crate) static KEY_ITERATOR: NativeType = iterator("dict_keyiterator", next_key);
pub(crate) static VALUE_ITERATOR: NativeType = iterator("dict_valueiterator", next_value);
pub(crate) static ITEM_ITERATOR: NativeType = iterator("dict_itemiterator", next_item);
pub(crate) static REVERSE_KEY_ITERATOR: NativeType = iterator("dict_reversekeyiterator", next_key);
pub(crate) static REVERSE_VALUE_ITERATOR: NativeType = iterator("dict_reversevalueiterator", next_value);
pub(crate) static REVERSE_ITEM_ITERATOR: NativeType = iterator("dict_reverseitemiterator", next_item);

/// Whether the iterators of a type go backwards.
fn backwards(class: Ref) -> bool {
    matches!(class, types::DICT_REVERSE_KEY_ITERATOR | types::DICT_REVERSE_VALUE_ITERATOR | types::DICT_REVERSE_ITEM_ITERATOR)
}

/// A new iterator of that type over a dict (`dictiter_new`).
pub(super) fn make(vm: &mut Vm, class: Ref, dict: Ref) -> Owned {
    let (used, entries) = vm.dict(dict).map_or((0, 0), |table| (table.len(), table.entry_count()));
    let at = if backwards(class) { entries.checked_sub(1) } else { Some(0) };
    let dict = vm.retain(dict);
    let result = matches!(class, types::DICT_ITEM_ITERATOR | types::DICT_REVERSE_ITEM_ITERATOR)
        .then(|| vm.tuple_of(&[types::NONE, types::NONE]));
    let iterator = DictIterator { dict: Some(dict), result, used: Some(used), at, left: used };
    vm.make_tracked(class, Value::Native(Box::new(iterator)))
}

/// `dict.__iter__`
pub(super) fn keys(vm: &mut Vm, dict: Ref) -> PyResult {
    Ok(make(vm, types::DICT_KEY_ITERATOR, dict))
}

/// The next item, borrowed.
fn advance(vm: &mut Vm, iterator: Ref) -> PyResult<Option<(Ref, Ref)>> {
    let Some(state) = vm.payload::<DictIterator>(iterator) else { return Ok(None) };
    let Some(dict) = state.dict.as_ref().map(Owned::borrow) else { return Ok(None) };
    let (used, at, left) = (state.used, state.at, state.left);
    let Some(table) = vm.dict(dict) else { return Ok(None) };
    if used != Some(table.len()) {
        if let Some(state) = vm.payload_mut::<DictIterator>(iterator) {
            state.used = None;
        }
        return Err(vm.raise(types::RUNTIME_ERROR, "dictionary changed size during iteration"));
    }
    let backwards = backwards(vm.class_of(iterator));
    let found = at.and_then(|at| if backwards { table.previous_entry(at) } else { table.next_entry(at) });
    let found = found.map(|(index, entry)| (index, entry.key.borrow(), entry.value.borrow()));
    let changed = found.is_some() && left == 0 && !backwards;
    let Some(state) = vm.payload_mut::<DictIterator>(iterator) else { return Ok(None) };
    if let Some((index, key, value)) = found
        && !changed
    {
        state.at = if backwards { index.checked_sub(1) } else { Some(index + 1) };
        state.left = left.saturating_sub(1);
        return Ok(Some((key, value)));
    }
    let dict = state.dict.take();
    let result = if changed { Err(vm.raise(types::RUNTIME_ERROR, "dictionary keys changed during iteration")) } else { Ok(None) };
    vm.release_option(dict);
    result
}

fn next_key(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    Ok(advance(vm, iterator)?.map(|(key, _)| vm.retain(key)))
}

fn next_value(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    Ok(advance(vm, iterator)?.map(|(_, value)| vm.retain(value)))
}

fn next_item(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some((key, value)) = advance(vm, iterator)? else { return Ok(None) };
    let items = vec![vm.retain(key), vm.retain(value)];
    let result = vm.payload::<DictIterator>(iterator).and_then(|state| state.result.as_ref()).map(Owned::borrow);
    Ok(Some(vm.recycle_tuple(result, items)))
}

fn hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let left = vm.payload::<DictIterator>(args.this()).map_or(0, |state| {
        let used = state.dict.as_ref().and_then(|dict| vm.dict(dict.borrow())).map(Dict::len);
        if used.is_some() && used == state.used { state.left } else { 0 }
    });
    Ok(vm.int(left as i64))
}
