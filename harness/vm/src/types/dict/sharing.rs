//! Dicts of instances that share their keys with the class (split tables: `make_dict_from_instance_attributes`,
//! `insert_into_dictkeys` in `Objects/dictobject.c`).
//!
//! The class owns the names, once for all its instances. Such a dict's keys are not counted; before anything happens to it that
//! CPython does only with a table of its own, the dict takes references to them.

use super::table::{Dict, Entry};
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::vm::Vm;

impl Vm {
    /// A new, empty dict of an instance of that class gets its keys from the class.
    pub(crate) fn share_keys(&mut self, dict: Ref, class: Ref) {
        let shares = self.profile.shared_keys_show
            && self.class(class).heap.as_ref().is_some_and(|heap| !heap.keys.is_empty() || heap.keys_left > 0);
        if shares {
            self.begin_sharing(dict, class);
        }
    }

    /// The instance that has the values of its `__dict__`, which this is, in itself.
    pub(crate) fn instance_around(&self, dict: Ref) -> Option<Ref> {
        let instance = self.dict(dict)?.within?;
        (self.materialized_dict(instance) == Some(dict)).then_some(instance)
    }

    /// The values of an instance whose `__dict__` leaves them in it, in the order of the class's keys.
    pub(crate) fn values_within(&self, instance: Ref) -> Option<Vec<Ref>> {
        let dict = self.materialized_dict(instance)?;
        self.instance_around(dict).filter(|&around| around == instance)?;
        let keys = self.shared_keys(self.heap[instance].class);
        let place = |key: Ref| keys.iter().position(|shared| shared.borrow() == key);
        let mut values: Vec<_> = self.dict(dict)?.iter().map(|entry| (place(entry.key.borrow()), entry.value.borrow())).collect();
        values.sort_by_key(|&(place, _)| place);
        Some(values.into_iter().map(|(_, value)| value).collect())
    }

    fn begin_sharing(&mut self, dict: Ref, class: Ref) {
        if let Some(heap) = self.class_mut(class).heap.as_deref_mut() {
            heap.sharers.insert(dict);
        }
        if let Some(table) = self.dict_mut(dict) {
            table.shares = Some(class);
        }
    }

    /// A key that is about to be appended: the class's own, not counted, if there is room for it there; else the dict takes over
    /// all its keys and this one.
    pub(crate) fn shared_or_own(&mut self, dict: Ref, key: Owned) -> Owned {
        let Some(class) = self.dict(dict).and_then(|table| table.shares) else { return key };
        let Some(index) = self.shared_key(class, key.borrow()) else {
            self.own_keys(dict);
            return key;
        };
        let shared = self.shared_keys(class)[index].borrow();
        self.release(key);
        Owned::adopt(shared)
    }

    /// The dict takes references to its keys, and shares them no longer.
    pub(crate) fn own_keys(&mut self, dict: Ref) {
        let taken = self.dict_mut(dict).and_then(|table| {
            table.within = None;
            table.shares.take()
        });
        let Some(class) = taken else { return };
        if let Some(heap) = self.class_mut(class).heap.as_deref_mut() {
            heap.sharers.remove(&dict);
        }
        for key in self.dict(dict).map(keys).unwrap_or_default() {
            let _now_owned_by_the_entry = self.retain(key).into_ref();
        }
    }

    /// An entry that was taken out, with a reference to its key.
    pub(super) fn with_own_key(&mut self, dict: Ref, entry: Entry) -> Entry {
        if self.dict(dict).is_some_and(|table| table.shares.is_some()) {
            let _now_owned_by_the_entry = self.retain(entry.key.borrow()).into_ref();
        }
        entry
    }

    /// Makes a copy that shares its keys, too.
    pub(super) fn copy_sharing(&mut self, copy: Ref, dict: Ref) {
        let Some(class) = self.dict(dict).and_then(|table| table.shares) else { return };
        self.begin_sharing(copy, class);
        let entries: Vec<(i64, Ref, Ref)> = self
            .dict(dict)
            .map(|table| table.iter().map(|entry| (entry.hash, entry.key.borrow(), entry.value.borrow())).collect())
            .unwrap_or_default();
        for (hash, key, value) in entries {
            if self.may_track(value) {
                self.track(copy);
            }
            let value = self.retain(value);
            match self.dict_mut(copy) {
                Some(table) => table.append(hash, Owned::adopt(key), value),
                None => self.release(value),
            }
        }
    }

    /// A dict dies, or a class whose names dicts share: who lives on takes references to what it needs.
    pub(crate) fn part_keys(&mut self, dying: Ref) {
        match &mut self.heap[dying].value {
            Value::Dict(table) if table.shares.is_some() => self.own_keys(dying),
            Value::Type(class) => {
                let sharers = class.heap.as_deref_mut().map(|heap| std::mem::take(&mut heap.sharers));
                for dict in sharers.unwrap_or_default() {
                    self.own_keys(dict);
                }
            }
            _ => {}
        }
    }
}

fn keys(table: &Dict) -> Vec<Ref> {
    table.iter().map(|entry| entry.key.borrow()).collect()
}
