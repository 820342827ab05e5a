//! `collections.OrderedDict` (`Objects/odictobject.c`): a dict, and the order of its keys beside it.

pub(crate) mod iteration;
mod order;
mod update;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::Native;
use crate::types;
use crate::types::dict::{Dict, Existing};
use crate::types::wrappers::DICT;
use crate::vm::{PyResult, Stop, Vm};
use order::{End, Order};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "OrderedDict",
    module: "collections",
    base: Some(types::DICT),
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(|vm, this| Ok(iteration::keys(vm, this, false))),
        init: Some(update::init),
        or: Some(or),
        inplace_or: Some(|vm, this, other| {
            update::update_from(vm, this, other)?;
            Ok(vm.retain(this))
        }),
        ass_subscript: Some(set_item),
        ..Slots::NONE
    },
    methods: &[
        Method {
            name: "fromkeys",
            kind: MethodKind::Class,
            arity: Arity::Raw,
            call: |vm, args| {
                const SIGNATURE: Signature = Signature {
                    function: "fromkeys",
                    positional_only: 0,
                    names: &["iterable", "value"],
                    required: 1,
                    positional: 2,
                };
                let [iterable, value] = SIGNATURE.bind(vm, &args.rest())?;
                vm.dict_from_keys(args.this(), iterable.unwrap_or(types::NONE), value.unwrap_or(types::NONE))
            },
        },
        method("setdefault", Arity::Raw, set_default),
        method("pop", Arity::Raw, pop),
        method("popitem", Arity::Raw, pop_item),
        method("keys", Arity::None, |vm, args| Ok(vm.new_dict_view(types::ORDERED_KEYS, args.this()))),
        method("values", Arity::None, |vm, args| Ok(vm.new_dict_view(types::ORDERED_VALUES, args.this()))),
        method("items", Arity::None, |vm, args| Ok(vm.new_dict_view(types::ORDERED_ITEMS, args.this()))),
        method("update", Arity::Raw, update::update),
        method("clear", Arity::None, clear),
        method("copy", Arity::None, copy),
        method("__reversed__", Arity::None, |vm, args| Ok(iteration::keys(vm, args.this(), true))),
        method("move_to_end", Arity::Raw, move_to_end),
        method("__reduce__", Arity::None, reduce),
        unsupported_method!("OrderedDict", "__sizeof__"),
    ],
    getsets: &[DICT],
    flags: Flags(Flags::GC | Flags::BASE | Flags::DICT | Flags::WEAK | Flags::MAPPING | Flags::MATCH_SELF),
    ..NativeType::PLAIN
};

/// The order that a new `OrderedDict` starts with.
pub(super) fn extension() -> Box<dyn Native> {
    Box::<Order>::default()
}

fn order(vm: &Vm, this: Ref) -> Option<&Order> {
    vm.dict(this)?.more_of()
}

fn order_mut(vm: &mut Vm, this: Ref) -> Option<&mut Order> {
    vm.dict_mut(this)?.more_of_mut()
}

fn length(vm: &Vm, this: Ref) -> usize {
    vm.dict(this).map_or(0, Dict::len)
}

/// The key object that the dict holds for a key, if that is in the order (`_odict_find_node_hash`).
fn find(vm: &mut Vm, this: Ref, key: Ref, hash: i64) -> PyResult<Option<Ref>> {
    if order(vm, this).is_none_or(|order| order.end(End::First).is_none()) {
        return Ok(None);
    }
    let Some(index) = vm.dict_lookup(this, key, hash)? else { return Ok(None) };
    let held = vm.dict(this).and_then(|dict| dict.entry(index)).map(|entry| entry.key.borrow());
    Ok(held.filter(|&held| order(vm, this).is_some_and(|order| order.has(held))))
}

/// `_PyODict_SetItem_KnownHash`: into the dict, then, unless it is there, into the order; where that fails, out of the dict again.
fn set(vm: &mut Vm, this: Ref, key: Ref, hash: i64, value: Ref) -> PyResult<()> {
    vm.dict_set_hashed(this, key, hash, value)?;
    let added = add(vm, this, key, hash);
    if added == Err(Stop::Raised)
        && let Some(raised) = vm.raised.take()
    {
        let deleted = vm.dict_delete_hashed(this, key, hash);
        vm.chain_raised(raised);
        if deleted == Err(Stop::Abort) {
            return Err(Stop::Abort);
        }
    }
    added
}

/// Puts a key of the dict into the order, unless it is there (`_odict_add_new_node`).
fn add(vm: &mut Vm, this: Ref, key: Ref, hash: i64) -> PyResult<()> {
    let key = vm.retain(key);
    let index = match vm.dict_lookup(this, key.borrow(), hash) {
        Ok(index) => index,
        Err(stop) => {
            vm.release(key);
            return Err(stop);
        }
    };
    let held = index.and_then(|index| vm.dict(this)?.entry(index).map(|entry| entry.key.borrow()));
    let known = held.is_none_or(|held| order(vm, this).is_none_or(|order| order.has(held)));
    match order_mut(vm, this).filter(|_| !known) {
        Some(order) => order.push(key, hash),
        None => vm.release(key),
    }
    Ok(())
}

/// Takes a key out of the order (`_odict_clear_node`).
fn forget(vm: &mut Vm, this: Ref, key: Ref, hash: i64) -> PyResult<()> {
    let Some(held) = find(vm, this, key, hash)? else { return Ok(()) };
    let gone = order_mut(vm, this).and_then(|order| order.remove(held));
    vm.release_option(gone);
    Ok(())
}

fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    let hash = vm.hash_key(key)?;
    let Some(value) = value else {
        forget(vm, this, key, hash)?;
        return if vm.dict_delete_hashed(this, key, hash)? { Ok(()) } else { Err(vm.key_error(key)) };
    };
    set(vm, this, key, hash, value)
}

/// `_odict_popkey_hash`
fn pop_key(vm: &mut Vm, this: Ref, key: Ref, hash: i64, default: Option<Ref>) -> PyResult {
    if find(vm, this, key, hash)?.is_some() {
        forget(vm, this, key, hash)?;
        if let Some(value) = vm.dict_pop_hashed(this, key, hash)? {
            return Ok(value);
        }
    }
    match default {
        Some(default) => Ok(vm.retain(default)),
        None => Err(vm.key_error(key)),
    }
}

fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "pop", positional_only: 0, names: &["key", "default"], required: 1, positional: 2 };
    let [key, default] = SIGNATURE.bind(vm, &args.rest())?;
    let key = key.unwrap_or(types::NONE);
    let hash = vm.hash_key(key)?;
    pop_key(vm, args.this(), key, hash, default)
}

/// The `last` argument of a method.
fn end(vm: &mut Vm, last: Option<Ref>) -> PyResult<End> {
    match last {
        Some(last) => Ok(if vm.truth(last)? { End::Last } else { End::First }),
        None => Ok(End::Last),
    }
}

fn pop_item(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "popitem", positional_only: 0, names: &["last"], required: 0, positional: 1 };
    let [last] = SIGNATURE.bind(vm, &args.rest())?;
    let end = end(vm, last)?;
    let this = args.this();
    let Some((key, hash)) = order(vm, this).and_then(|order| order.end(end)) else {
        return Err(vm.raise(types::KEY_ERROR, "dictionary is empty"));
    };
    let key = vm.retain(key);
    match pop_key(vm, this, key.borrow(), hash, None) {
        Ok(value) => Ok(vm.new_tuple(vec![key, value])),
        Err(stop) => {
            vm.release(key);
            Err(stop)
        }
    }
}

fn set_default(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "setdefault", positional_only: 0, names: &["key", "default"], required: 1, positional: 2 };
    let [key, default] = SIGNATURE.bind(vm, &args.rest())?;
    let (this, key, default) = (args.this(), key.unwrap_or(types::NONE), default.unwrap_or(types::NONE));
    if vm.class_of(this) == types::ORDERED_DICT {
        if let Some(value) = vm.dict_get(this, key)? {
            return Ok(vm.retain(value));
        }
        set_item(vm, this, key, Some(default))?;
    } else {
        if vm.contains(this, key)? {
            return vm.get_item(this, key);
        }
        vm.set_item(this, key, Some(default))?;
    }
    Ok(vm.retain(default))
}

fn move_to_end(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "move_to_end", positional_only: 0, names: &["key", "last"], required: 1, positional: 2 };
    let [key, last] = SIGNATURE.bind(vm, &args.rest())?;
    let (this, key) = (args.this(), key.unwrap_or(types::NONE));
    let end = end(vm, last)?;
    let Some((there, _)) = order(vm, this).and_then(|order| order.end(end)) else { return Err(vm.key_error(key)) };
    if there == key {
        return Ok(vm.none());
    }
    let hash = vm.hash_key(key)?;
    let Some(held) = find(vm, this, key, hash)? else { return Err(vm.key_error(key)) };
    if let Some(order) = order_mut(vm, this) {
        order.move_to(held, end);
    }
    Ok(vm.none())
}

fn clear(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.dict_clear(args.this());
    let keys = order_mut(vm, args.this()).map(Order::take_keys).unwrap_or_default();
    vm.release_all(keys);
    Ok(vm.none())
}

fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let class = vm.class_of(this);
    let exact = class == types::ORDERED_DICT;
    let copy = vm.call_pos(class, &[])?;
    let keys: Vec<(Ref, i64)> = order(vm, this).map(|order| order.keys().collect()).unwrap_or_default();
    let mut result = Ok(());
    for (key, hash) in keys {
        result = if exact {
            match vm.dict_get(this, key) {
                Ok(Some(value)) => set(vm, copy.borrow(), key, hash, value),
                Ok(None) => Err(vm.key_error(key)),
                Err(stop) => Err(stop),
            }
        } else {
            vm.get_item(this, key).and_then(|value| {
                let stored = vm.set_item(copy.borrow(), key, Some(value.borrow()));
                vm.release(value);
                stored
            })
        };
        if result.is_err() {
            break;
        }
    }
    match result {
        Ok(()) => Ok(copy),
        Err(stop) => {
            vm.release(copy);
            Err(stop)
        }
    }
}

fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let (this, other) = if order(vm, left).is_some() { (left, right) } else { (right, left) };
    if vm.dict(other).is_none() {
        return Ok(vm.not_implemented());
    }
    let merged = vm.call_pos(vm.class_of(this), &[left])?;
    match update::update_from(vm, merged.borrow(), right) {
        Ok(()) => Ok(merged),
        Err(stop) => {
            vm.release(merged);
            Err(stop)
        }
    }
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let equality = matches!(op, CompareOperator::Eq | CompareOperator::Ne);
    if order(vm, left).is_none() || vm.dict(right).is_none() || !equality {
        return Ok(vm.not_implemented());
    }
    let Some(compare) = vm.class(types::DICT).slots.compare else { return Ok(vm.not_implemented()) };
    let answer = compare(vm, left, right, op)?;
    let differ = if op == CompareOperator::Eq { types::FALSE } else { types::TRUE };
    if order(vm, right).is_none() || answer.borrow() == differ {
        return Ok(answer);
    }
    vm.release(answer);
    let same = same_keys(vm, left, right)?;
    Ok(vm.bool(same == (op == CompareOperator::Eq)))
}

/// Whether two have equal keys in the same order (`_odict_keys_equal`).
fn same_keys(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<bool> {
    let keys = |vm: &Vm, dict: Ref| order(vm, dict).map(|order| order.keys().map(|(key, _)| key).collect::<Vec<Ref>>());
    let (ours, theirs) = (keys(vm, left).unwrap_or_default(), keys(vm, right).unwrap_or_default());
    if ours.len() != theirs.len() {
        return Ok(false);
    }
    let careful = vm.profile.ordered_compare_is_careful;
    let states = |vm: &Vm| [left, right].map(|dict| order(vm, dict).map(|order| order.state));
    let before = states(vm);
    for (one, other) in ours.into_iter().zip(theirs) {
        let held = if careful { vec![vm.retain(one), vm.retain(other)] } else { Vec::new() };
        let same = vm.equal(one, other);
        vm.release_all(held);
        let same = same?;
        if careful && states(vm) != before {
            return Err(vm.raise(types::RUNTIME_ERROR, "OrderedDict mutated during iteration"));
        }
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let state = vm.call_method(this, "__getstate__", &[])?;
    let iterator = vm.call_method(this, "items", &[]).and_then(|items| {
        let iterator = vm.get_iter(items.borrow());
        vm.release(items);
        iterator
    });
    let iterator = match iterator {
        Ok(iterator) => iterator,
        Err(stop) => {
            vm.release(state);
            return Err(stop);
        }
    };
    let class = vm.class_of(this);
    let parts = vec![vm.retain(class), vm.new_tuple(Vec::new()), state, vm.none(), iterator];
    Ok(vm.new_tuple(parts))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.class(vm.class_of(this)).short_name().rsplit('.').next().unwrap_or_default().to_owned();
    if length(vm, this) == 0 {
        return Ok(vm.str(format!("{name}()")));
    }
    if !vm.repr_enter(this) {
        return Ok(vm.str("..."));
    }
    let contents = if vm.profile.ordered_repr_is_dict { as_dict(vm, this) } else { as_pairs(vm, this) };
    let text = contents.and_then(|contents| {
        let text = vm.repr_text(contents.borrow());
        vm.release(contents);
        text
    });
    vm.repr_leave(this);
    Ok(vm.str(format!("{name}({})", text?)))
}

fn as_dict(vm: &mut Vm, this: Ref) -> PyResult {
    let copy = vm.new_dict();
    match vm.dict_merge(copy.borrow(), this, Existing::Replaced) {
        Ok(()) => Ok(copy),
        Err(stop) => {
            vm.release(copy);
            Err(stop)
        }
    }
}

fn as_pairs(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.class_of(this) != types::ORDERED_DICT {
        let items = vm.call_method(this, "items", &[])?;
        let pairs = vm.sequence_list(items.borrow());
        vm.release(items);
        return pairs;
    }
    let keys: Vec<Ref> = order(vm, this).map(|order| order.keys().map(|(key, _)| key).collect()).unwrap_or_default();
    let mut pairs: Vec<Owned> = Vec::with_capacity(keys.len());
    for key in keys {
        match vm.dict_get(this, key) {
            Ok(Some(value)) => pairs.push(vm.tuple_of(&[key, value])),
            missing => {
                vm.release_last_first(pairs);
                return Err(match missing {
                    Err(stop) => stop,
                    Ok(_) => vm.key_error(key),
                });
            }
        }
    }
    Ok(vm.new_list(pairs))
}
