//! `dict.keys()`, `dict.values()`, `dict.items()`, and what sets they can be compared and combined with.

use refdrift_isa::CompareOperator;

pub(crate) use super::iterators::{
    ITEM_ITERATOR, KEY_ITERATOR, REVERSE_ITEM_ITERATOR, REVERSE_KEY_ITERATOR, REVERSE_VALUE_ITERATOR, VALUE_ITERATOR,
};

use super::iterators;
use super::table::Dict;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::holds;
use crate::vm::{PyResult, Vm};

/// The payload of all three.
struct View {
    dict: Option<Owned>,
}
holds!(View { dict: "dict" });

/// The slots of the views that are like sets.
const SET_LIKE: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    and: Some(intersect),
    or: Some(union),
    subtract: Some(subtract),
    xor: Some(symmetric_difference),
    length: Some(length),
    ..Slots::NONE
};

const FLAGS: Flags = Flags(Flags::GC | Flags::NO_NEW);
const MAPPING: &[GetSet] = &[GetSet {
    name: "mapping",
    get: |vm, _| Err(vm.unsupported(Missing::Name, "mapping of a dict view")),
    set: None,
    member: false,
}];

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(crate) static KEYS: NativeType = NativeType {
    name: "dict_keys",
    slots: Slots { iter: Some(|vm, view| iterate(vm, view, types::DICT_KEY_ITERATOR)), contains: Some(has_key), ..SET_LIKE },
    methods: &[
        method("isdisjoint", Arity::One, is_disjoint),
        method("__reversed__", Arity::None, |vm, args| iterate(vm, args.this(), types::DICT_REVERSE_KEY_ITERATOR)),
    ],
    getsets: MAPPING,
    flags: FLAGS,
    ..NativeType::PLAIN
};

pub(crate) static ITEMS: NativeType = NativeType {
    name: "dict_items",
    slots: Slots { iter: Some(|vm, view| iterate(vm, view, types::DICT_ITEM_ITERATOR)), contains: Some(has_item), ..SET_LIKE },
    methods: &[
        method("isdisjoint", Arity::One, is_disjoint),
        method("__reversed__", Arity::None, |vm, args| iterate(vm, args.this(), types::DICT_REVERSE_ITEM_ITERATOR)),
    ],
    getsets: MAPPING,
    flags: FLAGS,
    ..NativeType::PLAIN
};

pub(crate) static VALUES: NativeType = NativeType {
    name: "dict_values",
    slots: Slots {
        repr: Some(repr),
        iter: Some(|vm, view| iterate(vm, view, types::DICT_VALUE_ITERATOR)),
        length: Some(length),
        ..Slots::NONE
    },
    methods: &[method("__reversed__", Arity::None, |vm, args| iterate(vm, args.this(), types::DICT_REVERSE_VALUE_ITERATOR))],
    getsets: MAPPING,
    flags: FLAGS,
    ..NativeType::PLAIN
};

fn make(vm: &mut Vm, class: Ref, dict: Ref) -> Owned {
    let dict = vm.retain(dict);
    vm.make_tracked(class, Value::Native(Box::new(View { dict: Some(dict) })))
}

impl Vm {
    /// A view of a dict, of any of the view types (`_PyDictView_New`).
    pub(crate) fn new_dict_view(&mut self, class: Ref, dict: Ref) -> Owned {
        make(self, class, dict)
    }

    /// The dict that a view is of.
    pub(crate) fn dict_of_view(&mut self, view: Ref) -> PyResult<Ref> {
        dict_of(self, view)
    }
}

pub(super) fn keys(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    Ok(make(vm, types::DICT_KEYS, args.this()))
}

pub(super) fn values(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    Ok(make(vm, types::DICT_VALUES, args.this()))
}

pub(super) fn items(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    Ok(make(vm, types::DICT_ITEMS, args.this()))
}

/// The dict that a view is of.
fn dict_of(vm: &mut Vm, view: Ref) -> PyResult<Ref> {
    let dict = vm.payload::<View>(view).and_then(|view| view.dict.as_ref()).map(Owned::borrow);
    dict.ok_or_else(|| vm.type_error("dict view expected"))
}

/// `PyDictViewSet_Check`
fn is_set_like(vm: &Vm, object: Ref) -> bool {
    matches!(vm.class_of(object), types::DICT_KEYS | types::DICT_ITEMS)
}

fn iterate(vm: &mut Vm, view: Ref, class: Ref) -> PyResult {
    let dict = dict_of(vm, view)?;
    Ok(iterators::make(vm, class, dict))
}

fn length(vm: &mut Vm, view: Ref) -> PyResult<usize> {
    let dict = dict_of(vm, view)?;
    Ok(vm.dict(dict).map_or(0, Dict::len))
}

fn repr(vm: &mut Vm, view: Ref) -> PyResult {
    if !vm.repr_enter(view) {
        return Ok(vm.str("..."));
    }
    let text = repr_text(vm, view);
    vm.repr_leave(view);
    Ok(vm.str(text?))
}

fn repr_text(vm: &mut Vm, view: Ref) -> PyResult<String> {
    let list = vm.sequence_list(view)?;
    let mut text = format!("{}(", vm.type_name(view));
    let result = vm.push_repr(&mut text, list.borrow());
    vm.release(list);
    text.push(')');
    result.map(|()| text)
}

fn has_key(vm: &mut Vm, view: Ref, key: Ref) -> PyResult<bool> {
    let dict = dict_of(vm, view)?;
    Ok(vm.dict_get(dict, key)?.is_some())
}

fn has_item(vm: &mut Vm, view: Ref, item: Ref) -> PyResult<bool> {
    let dict = dict_of(vm, view)?;
    let (2, Some(key), Some(value)) = (vm.tuple_len(item), vm.tuple_item(item, 0), vm.tuple_item(item, 1)) else {
        return Ok(false);
    };
    let Some(found) = vm.dict_get(dict, key)? else { return Ok(false) };
    let held = vm.retain(found);
    let same = vm.equal(found, value);
    vm.release(held);
    same
}

/// Whether each element of one is in the other (`all_contained_in`).
fn all_contained(vm: &mut Vm, these: Ref, container: Ref) -> PyResult<bool> {
    let mut all = true;
    vm.iterate(these, |vm, item| {
        let found = vm.contains(container, item.borrow());
        vm.release(item);
        all = found?;
        Ok(all)
    })?;
    Ok(all)
}

fn compare(vm: &mut Vm, view: Ref, other: Ref, op: CompareOperator) -> PyResult {
    if !vm.is_any_set(other) && !is_set_like(vm, other) {
        return Ok(vm.not_implemented());
    }
    let (ours, theirs) = (vm.length(view)?, vm.length(other)?);
    let holds = match op {
        CompareOperator::Eq => ours == theirs && all_contained(vm, view, other)?,
        CompareOperator::Ne => !(ours == theirs && all_contained(vm, view, other)?),
        CompareOperator::Lt => ours < theirs && all_contained(vm, view, other)?,
        CompareOperator::Le => ours <= theirs && all_contained(vm, view, other)?,
        CompareOperator::Gt => ours > theirs && all_contained(vm, other, view)?,
        CompareOperator::Ge => ours >= theirs && all_contained(vm, other, view)?,
    };
    Ok(vm.bool(holds))
}

/// A new set of what a view (or, as the left operand, anything else) holds.
fn to_set(vm: &mut Vm, object: Ref) -> PyResult {
    if vm.class_of(object) == types::DICT_KEYS {
        let dict = dict_of(vm, object)?;
        if vm.class_of(dict) == types::DICT {
            return vm.new_set(types::SET, Some(dict));
        }
    }
    vm.new_set(types::SET, Some(object))
}

/// Does something to a new set; gives it back if that fails.
fn with_set(vm: &mut Vm, object: Ref, change: impl FnOnce(&mut Vm, Ref) -> PyResult<()>) -> PyResult {
    let set = to_set(vm, object)?;
    match change(vm, set.borrow()) {
        Ok(()) => Ok(set),
        Err(stop) => {
            vm.release(set);
            Err(stop)
        }
    }
}

fn union(vm: &mut Vm, view: Ref, other: Ref) -> PyResult {
    with_set(vm, view, |vm, set| vm.set_update(set, other))
}

fn subtract(vm: &mut Vm, view: Ref, other: Ref) -> PyResult {
    with_set(vm, view, |vm, set| call(vm, set, "difference_update", other))
}

fn symmetric_difference(vm: &mut Vm, view: Ref, other: Ref) -> PyResult {
    if vm.class_of(view) == types::DICT_ITEMS && vm.class_of(other) == types::DICT_ITEMS {
        return items_difference(vm, view, other);
    }
    with_set(vm, view, |vm, set| call(vm, set, "symmetric_difference_update", other))
}

/// Calls a method of a set for what it does to it.
fn call(vm: &mut Vm, set: Ref, name: &str, other: Ref) -> PyResult<()> {
    let none = vm.call_method(set, name, &[other])?;
    vm.release(none);
    Ok(())
}

/// `dictitems_xor`
fn items_difference(vm: &mut Vm, view: Ref, other: Ref) -> PyResult {
    let (ours, theirs) = (dict_of(vm, view)?, dict_of(vm, other)?);
    let rest = vm.dict_copy(ours)?;
    let set = match vm.new_set(types::SET, None) {
        Ok(set) => set,
        Err(stop) => {
            vm.release(rest);
            return Err(stop);
        }
    };
    if let Err(stop) = items_difference_into(vm, set.borrow(), rest.borrow(), theirs) {
        vm.release(rest);
        vm.release(set);
        return Err(stop);
    }
    let items = make(vm, types::DICT_ITEMS, rest.borrow());
    match vm.set_update(set.borrow(), items.borrow()) {
        Ok(()) => {
            vm.release(rest);
            vm.release(items);
            Ok(set)
        }
        Err(stop) => {
            vm.release(items);
            vm.release(rest);
            vm.release(set);
            Err(stop)
        }
    }
}

/// Puts the items of `theirs` that differ from those in `rest` into the set, and takes the others out of `rest`.
fn items_difference_into(vm: &mut Vm, set: Ref, rest: Ref, theirs: Ref) -> PyResult<()> {
    let mut at = 0;
    while let Some((index, entry)) = vm.dict(theirs).and_then(|table| table.next_entry(at)) {
        let (hash, key, value) = (entry.hash, entry.key.borrow(), entry.value.borrow());
        at = index + 1;
        let held = [key, value].map(|object| vm.retain(object));
        let found = vm.dict_lookup(rest, key, hash);
        let found = found.map(|found| found.and_then(|index| vm.dict_value_at(rest, index)));
        let mut ours = None;
        let result = found.and_then(|found| {
            ours = found.map(|found| vm.retain(found));
            let same = match found {
                Some(found) => vm.equal(found, value)?,
                None => false,
            };
            if same {
                return vm.dict_delete_hashed(rest, key, hash).map(|_| ());
            }
            let pair = vm.tuple_of(&[key, value]);
            let added = vm.set_add(set, pair.borrow());
            vm.release(pair);
            added
        });
        let [key, value] = held;
        vm.release(key);
        vm.release_option(ours);
        vm.release(value);
        result?;
    }
    Ok(())
}

/// `_PyDictView_Intersect`
fn intersect(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let (mut view, mut other) = if is_set_like(vm, left) { (left, right) } else { (right, left) };
    let length = vm.length(view)?;
    if vm.class_of(other) == types::SET && length <= vm.length(other)? {
        return vm.call_method(other, "intersection", &[view]);
    }
    if is_set_like(vm, other) && vm.length(other)? > length {
        std::mem::swap(&mut view, &mut other);
    }
    let result = vm.new_set(types::SET, None)?;
    let filled = vm.iterate(other, |vm, item| {
        let contains = if vm.class_of(view) == types::DICT_KEYS { has_key } else { has_item };
        let added = match contains(vm, view, item.borrow()) {
            Ok(true) => vm.set_add(result.borrow(), item.borrow()),
            Ok(false) => Ok(()),
            Err(stop) => Err(stop),
        };
        vm.release(item);
        added.map(|()| true)
    });
    match filled {
        Ok(()) => Ok(result),
        Err(stop) => {
            vm.release(result);
            Err(stop)
        }
    }
}

fn is_disjoint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (mut view, mut other) = (args.this(), args.values[1]);
    if view == other {
        let empty = vm.length(view)? == 0;
        return Ok(vm.bool(empty));
    }
    if (vm.is_any_set(other) || is_set_like(vm, other)) && vm.length(other)? > vm.length(view)? {
        std::mem::swap(&mut view, &mut other);
    }
    let mut disjoint = true;
    vm.iterate(other, |vm, item| {
        let found = vm.contains(view, item.borrow());
        vm.release(item);
        disjoint = !found?;
        Ok(disjoint)
    })?;
    Ok(vm.bool(disjoint))
}
