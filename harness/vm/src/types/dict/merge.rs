//! Putting one mapping into another: `update`, `|`, `copy`, `fromkeys`, `**` in calls and displays.

use super::table::Dict;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// What becomes of a key that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It gets the new value.
    Replaced,
    /// That is a `KeyError` with the key.
    Refused,
}

/// More items than that do not fit into a table of keys that instances share (`NEXT_LOG2_KEYS_MAX_SIZE`).
const SHARED_TABLE: usize = 42;

impl Vm {
    /// Puts the items of a mapping into a dict (`dict_merge`).
    pub(crate) fn dict_merge(&mut self, into: Ref, from: Ref, existing: Existing) -> PyResult<()> {
        if self.iterates_like_a_dict(from) {
            return self.merge_dict(into, from, existing);
        }
        let keys = self.mapping_keys(from)?;
        let iterator = self.get_iter(keys.borrow());
        self.release(keys);
        let iterator = iterator?;
        let result = self.merge_mapping(into, from, iterator.borrow(), existing);
        self.release(iterator);
        result
    }

    /// Whether an object is a dict, or of a class derived from it that iterates as dicts do.
    fn iterates_like_a_dict(&self, object: Ref) -> bool {
        let own = super::TYPE.slots.iter;
        self.dict(object).is_some()
            && match (self.class(self.class_of(object)).slots.iter, own) {
                (Some(iter), Some(own)) => std::ptr::fn_addr_eq(iter, own),
                _ => false,
            }
    }

    /// `dict_dict_merge`
    fn merge_dict(&mut self, into: Ref, from: Ref, mut existing: Existing) -> PyResult<()> {
        let (Some(target), Some(source)) = (self.dict(into), self.dict(from)) else {
            return Err(self.type_error("dict expected"));
        };
        if into == from || source.len() == 0 {
            return Ok(());
        }
        if target.len() == 0 {
            existing = Existing::Replaced;
            if (target.shares.is_none() || self.profile.empty_sharer_takes_table) && source.is_compact() && source.shares.is_none()
            {
                self.clone_table(into, from);
                return Ok(());
            }
        }
        let (more, general) = (source.len(), source.is_general());
        let entries = source.entry_count();
        if more > SHARED_TABLE {
            self.own_keys(into);
        }
        if let Some(target) = self.dict_mut(into).filter(|target| target.shares.is_none()) {
            target.make_room(more, general);
        }
        let mut at = 0;
        while let Some((index, entry)) = self.dict(from).and_then(|source| source.next_entry(at)) {
            let (hash, key, value) = (entry.hash, entry.key.borrow(), entry.value.borrow());
            at = index + 1;
            let (held_key, held_value) = (self.retain(key), self.retain(value));
            let result = self.merge_entry(into, hash, key, value, existing);
            self.release(held_value);
            self.release(held_key);
            result?;
            if self.dict(from).map(Dict::entry_count) != Some(entries) {
                return Err(self.raise(types::RUNTIME_ERROR, "dict mutated during update"));
            }
        }
        Ok(())
    }

    fn merge_entry(&mut self, into: Ref, hash: i64, key: Ref, value: Ref, existing: Existing) -> PyResult<()> {
        if existing == Existing::Refused && self.dict_lookup(into, key, hash)?.is_some() {
            return Err(self.key_error(key));
        }
        self.dict_set_hashed(into, key, hash, value)
    }

    /// The slow way: the mapping's keys, then its items one by one.
    fn merge_mapping(&mut self, into: Ref, from: Ref, keys: Ref, existing: Existing) -> PyResult<()> {
        while let Some(key) = self.next(keys)? {
            let value = match self.value_to_merge(into, from, key.borrow(), existing) {
                Ok(value) => value,
                Err(stop) => {
                    self.release(key);
                    return Err(stop);
                }
            };
            let result = self.dict_set(into, key.borrow(), value.borrow());
            self.release(key);
            self.release(value);
            result?;
        }
        Ok(())
    }

    fn value_to_merge(&mut self, into: Ref, from: Ref, key: Ref, existing: Existing) -> PyResult {
        if existing == Existing::Refused && self.dict_get(into, key)?.is_some() {
            return Err(self.key_error(key));
        }
        self.get_item(from, key)
    }

    /// A mapping's keys as a list (`PyMapping_Keys`).
    pub(crate) fn mapping_keys(&mut self, mapping: Ref) -> PyResult {
        if self.class_of(mapping) == types::DICT {
            let keys: Vec<Ref> = self.dict(mapping).into_iter().flat_map(Dict::iter).map(|entry| entry.key.borrow()).collect();
            let keys = keys.into_iter().map(|key| self.retain(key)).collect();
            return Ok(self.new_list(keys));
        }
        let keys = self.call_method(mapping, "keys", &[])?;
        if self.class_of(keys.borrow()) == types::LIST {
            return Ok(keys);
        }
        let iterator = self.get_iter(keys.borrow()).or_else(|stop| {
            self.swallow(stop, types::TYPE_ERROR)?;
            let (mapping, keys) = (self.type_name(mapping), self.type_name(keys.borrow()));
            Err(self.type_error(format!("{mapping}.keys() returned a non-iterable (type {keys})")))
        });
        self.release(keys);
        let iterator = iterator?;
        let list = self.sequence_list(iterator.borrow());
        self.release(iterator);
        list
    }

    /// Makes an empty dict a copy of another, table and all.
    fn clone_table(&mut self, into: Ref, from: Ref) {
        self.own_keys(into);
        let Some(snapshot) = self.dict(from).map(Dict::snapshot) else { return };
        let mut copy = Dict::default();
        copy.restore(snapshot, |object| self.retain(object));
        let Some(table) = self.dict_mut(into) else {
            let mut rest = Vec::new();
            copy.give_back(&mut rest);
            self.release_all(rest);
            return;
        };
        table.adopt(copy);
        if self.is_tracked(from) {
            self.track(into);
        }
    }

    /// Puts the pairs of an iterable into a dict (`PyDict_MergeFromSeq2`).
    fn merge_pairs(&mut self, into: Ref, pairs: Ref) -> PyResult<()> {
        let iterator = self.get_iter(pairs)?;
        let mut place = 0;
        let result = loop {
            match self.next(iterator.borrow()) {
                Ok(Some(pair)) => {
                    let result = self.merge_pair(into, pair, place);
                    if result.is_err() {
                        break result;
                    }
                    place += 1;
                }
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        self.release(iterator);
        result
    }

    fn merge_pair(&mut self, into: Ref, pair: Owned, place: usize) -> PyResult<()> {
        let items = match self.sequence_fast(pair.borrow(), "") {
            Ok(items) => items,
            Err(stop) => {
                let result = self.swallow(stop, types::TYPE_ERROR).and_then(|()| {
                    Err(self.type_error(format!("cannot convert dictionary update sequence element #{place} to a sequence")))
                });
                self.release(pair);
                return result;
            }
        };
        let result = match self.items(items.borrow()).unwrap_or_default()[..] {
            [key, value] => {
                let (key, value) = (self.retain(key), self.retain(value));
                let result = self.dict_set(into, key.borrow(), value.borrow());
                self.release(key);
                self.release(value);
                result
            }
            ref other => {
                let length = other.len();
                let message = format!("dictionary update sequence element #{place} has length {length}; 2 is required");
                Err(self.value_error(message))
            }
        };
        // The other way round after an error.
        let (first, last) = if result.is_ok() { (items, pair) } else { (pair, items) };
        self.release(first);
        self.release(last);
        result
    }

    /// `dict.update(other)` (`dict_update_arg`)
    pub(crate) fn dict_update(&mut self, into: Ref, other: Ref) -> PyResult<()> {
        if self.class_of(other) == types::DICT {
            return self.dict_merge(into, other, Existing::Replaced);
        }
        match self.lookup_attr_named(other, names::KEYS)? {
            Some(keys) => {
                self.release(keys);
                self.dict_merge(into, other, Existing::Replaced)
            }
            None => self.merge_pairs(into, other),
        }
    }

    /// `dict.copy()` (`PyDict_Copy`): always an exact dict.
    pub(crate) fn dict_copy(&mut self, dict: Ref) -> PyResult {
        let copy = self.new_dict();
        let Some(table) = self.dict(dict).filter(|table| table.len() > 0) else { return Ok(copy) };
        if table.shares.is_some() {
            self.copy_sharing(copy.borrow(), dict);
            return Ok(copy);
        }
        if table.len() >= table.entry_count() * 2 / 3 && self.iterates_like_a_dict(dict) {
            self.clone_table(copy.borrow(), dict);
            return Ok(copy);
        }
        match self.dict_merge(copy.borrow(), dict, Existing::Replaced) {
            Ok(()) => Ok(copy),
            Err(stop) => {
                self.release(copy);
                Err(stop)
            }
        }
    }

    /// `cls.fromkeys(iterable, value)` (`_PyDict_FromKeys`)
    pub(crate) fn dict_from_keys(&mut self, class: Ref, iterable: Ref, value: Ref) -> PyResult {
        let dict = self.call_pos(class, &[])?;
        match self.fill_from_keys(dict.borrow(), iterable, value) {
            Ok(()) => Ok(dict),
            Err(stop) => {
                self.release(dict);
                Err(stop)
            }
        }
    }

    fn fill_from_keys(&mut self, dict: Ref, iterable: Ref, value: Ref) -> PyResult<()> {
        let exact = self.class_of(dict) == types::DICT;
        let empty = self.dict(dict).is_some_and(|table| table.len() == 0);
        if exact && empty && self.class_of(iterable) == types::DICT {
            let (items, general) = self.dict(iterable).map_or((0, false), |table| (table.len(), table.is_general()));
            if let Some(table) = self.dict_mut(dict) {
                table.presize(items, general);
            }
            let mut at = 0;
            while let Some((index, entry)) = self.dict(iterable).and_then(|table| table.next_entry(at)) {
                let (hash, key) = (entry.hash, entry.key.borrow());
                at = index + 1;
                self.dict_set_hashed(dict, key, hash, value)?;
            }
            return Ok(());
        }
        if exact && empty && matches!(self.class_of(iterable), types::SET | types::FROZENSET) {
            let items = self.set_table(iterable).map_or(0, crate::types::set::Set::len);
            if let Some(table) = self.dict_mut(dict) {
                table.presize(items, true);
            }
            let mut at = 0;
            while let Some((place, hash, key)) = self.set_table(iterable).and_then(|table| table.next_from(at)) {
                at = place + 1;
                self.dict_set_hashed(dict, key, hash, value)?;
            }
            return Ok(());
        }
        self.iterate(iterable, |vm, key| {
            let result = if exact { vm.dict_set(dict, key.borrow(), value) } else { vm.set_item(dict, key.borrow(), Some(value)) };
            vm.release(key);
            result.map(|()| true)
        })
    }
}

/// `dict(…)` and `dict.update(…)`: a mapping or pairs, and keywords. Those are put in one by one if the call came without a dict
/// of them, else merged from it, which holds each for a moment.
pub(super) fn update_common(vm: &mut Vm, dict: Ref, args: &Args<'_>, function: &str, merged: bool) -> PyResult<()> {
    vm.check_positional(function, args.pos().len(), 0, 1)?;
    if let Some(&other) = args.pos().first() {
        vm.dict_update(dict, other)?;
    }
    vm.check_keyword_names(args.names)?;
    let empty = vm.dict(dict).is_some_and(|dict| dict.len() == 0);
    if args.names.len() > SHARED_TABLE || (!args.names.is_empty() && empty && vm.profile.empty_sharer_takes_table) {
        // It takes the table of the call's own dict over.
        vm.own_keys(dict);
    }
    for (name, value) in args.keywords() {
        let held = merged.then(|| [name, value].map(|object| vm.retain(object)));
        let result = vm.dict_set(dict, name, value);
        for object in held.into_iter().flatten().rev() {
            vm.release(object);
        }
        result?;
    }
    Ok(())
}

pub(super) fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if !matches!((&vm.heap[left].value, &vm.heap[right].value), (Value::Dict(_), Value::Dict(_))) {
        return Ok(vm.not_implemented());
    }
    let result = vm.dict_copy(left)?;
    match vm.dict_update(result.borrow(), right) {
        Ok(()) => Ok(result),
        Err(stop) => {
            vm.release(result);
            Err(stop)
        }
    }
}

pub(super) fn inplace_or(vm: &mut Vm, dict: Ref, other: Ref) -> PyResult {
    vm.dict_update(dict, other)?;
    Ok(vm.retain(dict))
}
