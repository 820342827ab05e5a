//! The iterator over an `OrderedDict`, and its views.

use super::order::End;
use super::{find, length, order};
use crate::heap::{Owned, Ref};
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// What an iterator yields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Yields {
    Keys,
    Values,
    Items,
}

/// `odictiterobject`
struct OrderedIterator {
    dict: Option<Owned>,
    /// The key that comes next.
    current: Option<Owned>,
    /// The last pair, to be used again.
    result: Option<Owned>,
    yields: Yields,
    towards: End,
    /// The size that the dict must have; none once it had another.
    size: Option<usize>,
    state: u64,
}
holds!(OrderedIterator { dict: "dict", current: "next key", result: "result tuple" });

pub(crate) static ITERATOR: NativeType = NativeType {
    name: "odict_iterator",
    slots: Slots { iter: Some(itself), next: Some(next), ..Slots::NONE },
    methods: &[unsupported_method!("odict_iterator", "__reduce__")],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

macro_rules! view {
    ($type:ident, $name:literal, $base:ident, $yields:ident) => {
        pub(crate) static $type: NativeType = NativeType {
            name: $name,
            base: Some(types::$base),
            slots: Slots {
                iter: Some(|vm, view| {
                    let dict = vm.dict_of_view(view)?;
                    Ok(make(vm, dict, Yields::$yields, false))
                }),
                ..Slots::NONE
            },
            methods: &[Method {
                name: "__reversed__",
                kind: MethodKind::Instance,
                arity: Arity::None,
                call: |vm, args| {
                    let dict = vm.dict_of_view(args.this())?;
                    Ok(make(vm, dict, Yields::$yields, true))
                },
            }],
            flags: Flags(Flags::GC),
            ..NativeType::PLAIN
        };
    };
}

view!(KEYS, "odict_keys", DICT_KEYS, Keys);
view!(VALUES, "odict_values", DICT_VALUES, Values);
view!(ITEMS, "odict_items", DICT_ITEMS, Items);

/// An iterator over the keys.
pub(super) fn keys(vm: &mut Vm, this: Ref, reverse: bool) -> Owned {
    make(vm, this, Yields::Keys, reverse)
}

/// `odictiter_new`
fn make(vm: &mut Vm, this: Ref, yields: Yields, reverse: bool) -> Owned {
    let (start, towards) = if reverse { (End::Last, End::First) } else { (End::First, End::Last) };
    let (current, state) = order(vm, this).map_or((None, 0), |order| (order.end(start), order.state));
    let result = (yields == Yields::Items).then(|| vm.tuple_of(&[types::NONE, types::NONE]));
    let iterator = OrderedIterator {
        dict: Some(vm.retain(this)),
        current: vm.retain_option(current.map(|(key, _)| key)),
        result,
        yields,
        towards,
        size: Some(length(vm, this)),
        state,
    };
    vm.make_tracked(types::ORDERED_ITERATOR, Value::Native(Box::new(iterator)))
}

/// `odictiter_nextkey`
fn next_key(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(iterator) = vm.payload::<OrderedIterator>(this) else { return Ok(None) };
    let (state, size, towards) = (iterator.state, iterator.size, iterator.towards);
    let Some(dict) = iterator.dict.as_ref().map(Owned::borrow) else { return Ok(None) };
    let Some(current) = iterator.current.as_ref().map(Owned::borrow) else {
        vm.put::<OrderedIterator>(this, |iterator| &mut iterator.dict, None);
        return Ok(None);
    };
    if order(vm, dict).is_none_or(|order| order.state != state) {
        let stop = vm.raise(types::RUNTIME_ERROR, "OrderedDict mutated during iteration");
        vm.put::<OrderedIterator>(this, |iterator| &mut iterator.dict, None);
        return Err(stop);
    }
    if size != Some(length(vm, dict)) {
        if let Some(iterator) = vm.payload_mut::<OrderedIterator>(this) {
            iterator.size = None;
        }
        return Err(vm.raise(types::RUNTIME_ERROR, "OrderedDict changed size during iteration"));
    }
    let hash = vm.hash_key(current)?;
    let Some(held) = find(vm, dict, current, hash)? else {
        let stop = vm.key_error(current);
        vm.put::<OrderedIterator>(this, |iterator| &mut iterator.current, None);
        return Err(stop);
    };
    let next = order(vm, dict).and_then(|order| order.neighbour(held, towards));
    let next = vm.retain_option(next);
    Ok(vm.payload_mut::<OrderedIterator>(this).and_then(|iterator| std::mem::replace(&mut iterator.current, next)))
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(key) = next_key(vm, this)? else { return Ok(None) };
    let yields = vm.payload::<OrderedIterator>(this).map_or(Yields::Keys, |iterator| iterator.yields);
    if yields == Yields::Keys {
        return Ok(Some(key));
    }
    let dict = vm.held::<OrderedIterator>(this, |iterator| &iterator.dict).unwrap_or(types::NONE);
    let Some(value) = vm.dict_get(dict, key.borrow())? else {
        let stop = vm.key_error(key.borrow());
        vm.release(key);
        vm.put::<OrderedIterator>(this, |iterator| &mut iterator.current, None);
        vm.put::<OrderedIterator>(this, |iterator| &mut iterator.dict, None);
        return Err(stop);
    };
    let value = vm.retain(value);
    if yields == Yields::Values {
        vm.release(key);
        return Ok(Some(value));
    }
    let last = vm.held::<OrderedIterator>(this, |iterator| &iterator.result);
    Ok(Some(vm.recycle_tuple(last, vec![key, value])))
}
