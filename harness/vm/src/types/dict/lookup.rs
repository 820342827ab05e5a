//! Finding, putting in and taking out: what needs comparisons of keys, which may run Python code.

use super::table::{Entry, Spot};
use crate::api::Missing;
use crate::hash;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    // ---- keys ----

    /// The hash of a key; that of an exact string is remembered.
    #[inline]
    pub(crate) fn hash_key(&mut self, key: Ref) -> PyResult<i64> {
        let slot = &mut self.heap[key];
        if slot.class == types::STR
            && let Value::Str(text) = &mut slot.value
        {
            return Ok(*text.hash.get_or_insert_with(|| hash::text(&text.text)));
        }
        // In a dict the address decides on nothing that shows.
        if self.has_default_hash(key) {
            return Ok(key.index() as i64);
        }
        self.hash_to_find(key)
    }

    /// A hash that is for finding a key, so that an address in it decides on nothing that shows.
    pub(crate) fn hash_to_find(&mut self, key: Ref) -> PyResult<i64> {
        let outer = std::mem::replace(&mut self.hash_finds, true);
        let hash = self.hash_of(key);
        self.hash_finds = outer;
        hash
    }

    /// Whether two keys of the same hash are equal, if that can be said without running Python code: exact strings and exact
    /// integers are not asked.
    #[inline]
    pub(crate) fn quickly_equal(&self, left: Ref, right: Ref) -> Option<bool> {
        let (ours, theirs) = (&self.heap[left], &self.heap[right]);
        if ours.class != theirs.class {
            return None;
        }
        match (&ours.value, &theirs.value) {
            (Value::Str(left), Value::Str(right)) if ours.class == types::STR => Some(left.text == right.text),
            (Value::Int(left), Value::Int(right)) if ours.class == types::INT => Some(left == right),
            _ => None,
        }
    }

    // ---- finding ----

    /// The index of a key's entry (`_Py_dict_lookup`). A comparison that changes the table makes the search start again.
    pub(crate) fn dict_lookup(&mut self, dict: Ref, key: Ref, hash: i64) -> PyResult<Option<usize>> {
        'again: loop {
            let Some(table) = self.dict(dict) else { return Err(self.unsupported(Missing::Type, "a mapping in place of a dict")) };
            let generation = table.generation();
            let mut probe = table.probe(hash);
            loop {
                let Some(table) = self.dict(dict) else { continue 'again };
                let Spot::Candidate(index) = table.next_candidate(&mut probe, hash, key) else { return Ok(None) };
                let Some(candidate) = table.entry(index).map(|entry| entry.key.borrow()) else { continue };
                if candidate == key {
                    return Ok(Some(index));
                }
                match self.quickly_equal(candidate, key) {
                    Some(true) => return Ok(Some(index)),
                    Some(false) => continue,
                    None => {}
                }
                let held = self.retain(candidate);
                let same = self.equal(candidate, key);
                self.release(held);
                let same = same?;
                let still = self.dict(dict).is_some_and(|table| {
                    table.generation() == generation && table.entry(index).is_some_and(|entry| entry.key.borrow() == candidate)
                });
                if !still {
                    continue 'again;
                }
                if same {
                    return Ok(Some(index));
                }
            }
        }
    }

    /// The value under a key, borrowed.
    #[inline]
    pub(crate) fn dict_get(&mut self, dict: Ref, key: Ref) -> PyResult<Option<Ref>> {
        let hash = self.hash_key(key)?;
        let found = self.dict_lookup(dict, key, hash)?;
        Ok(found.and_then(|index| self.dict_value_at(dict, index)))
    }

    /// The value under a string, borrowed; runs no Python code.
    pub(crate) fn dict_get_str(&self, dict: Ref, text: &str) -> Option<Ref> {
        let table = self.dict(dict)?;
        let index = table.find(hash::text(text), |key| self.exact_text(key) == Some(text))?;
        table.entry(index).map(|entry| entry.value.borrow())
    }

    /// The text of an exact string.
    fn exact_text(&self, object: Ref) -> Option<&str> {
        let slot = &self.heap[object];
        match &slot.value {
            Value::Str(text) if slot.class == types::STR => Some(&text.text),
            _ => None,
        }
    }

    /// The value of an entry, borrowed.
    #[inline]
    pub(crate) fn dict_value_at(&self, dict: Ref, index: usize) -> Option<Ref> {
        self.dict(dict)?.entry(index).map(|entry| entry.value.borrow())
    }

    /// The next item from an entry index on: the entry's index, its key and its value, borrowed (`PyDict_Next`).
    pub(crate) fn dict_next(&self, dict: Ref, from: usize) -> Option<(usize, Ref, Ref)> {
        let (index, entry) = self.dict(dict)?.next_entry(from)?;
        Some((index, entry.key.borrow(), entry.value.borrow()))
    }

    // ---- putting in ----

    /// `dict[key] = value` (`PyDict_SetItem`)
    pub(crate) fn dict_set(&mut self, dict: Ref, key: Ref, value: Ref) -> PyResult<()> {
        let (key, value) = (self.retain(key), self.retain(value));
        self.dict_set_owned(dict, key, value)
    }

    /// `dict[key] = value`; takes over both references (`_PyDict_SetItem_Take2`).
    pub(crate) fn dict_set_owned(&mut self, dict: Ref, key: Owned, value: Owned) -> PyResult<()> {
        match self.hash_key(key.borrow()) {
            Ok(hash) => self.dict_insert(dict, hash, key, value),
            Err(stop) => {
                self.release(key);
                self.release(value);
                Err(stop)
            }
        }
    }

    /// `dict[key] = value` under a hash that is known (`_PyDict_SetItem_KnownHash`).
    pub(crate) fn dict_set_hashed(&mut self, dict: Ref, key: Ref, hash: i64, value: Ref) -> PyResult<()> {
        let (key, value) = (self.retain(key), self.retain(value));
        self.dict_insert(dict, hash, key, value)
    }

    /// Puts an item in, or a value under an equal key; takes over both references (`insertdict`).
    pub(crate) fn dict_insert(&mut self, dict: Ref, hash: i64, key: Owned, value: Owned) -> PyResult<()> {
        self.dict_expect_key(dict, key.borrow());
        let found = match self.dict_lookup(dict, key.borrow(), hash) {
            Ok(found) => found,
            Err(stop) => {
                self.release(value);
                self.release(key);
                return Err(stop);
            }
        };
        self.maintain_tracking(dict, key.borrow(), value.borrow());
        let key = if found.is_none() { self.shared_or_own(dict, key) } else { key };
        let Some(table) = self.dict_mut(dict) else {
            self.release(value);
            self.release(key);
            return Err(self.unsupported(Missing::Type, "a mapping in place of a dict"));
        };
        match found {
            None => table.append(hash, key, value),
            Some(index) => {
                // The new value is there before the old one goes.
                let old = table.replace(index, value);
                self.release(old);
                self.release(key);
            }
        }
        Ok(())
    }

    /// Puts a value into an entry that is there, as [`Vm::dict_insert`] does for a key that is found.
    pub(crate) fn dict_replace_at(&mut self, dict: Ref, index: usize, [key, value]: [Owned; 2]) -> PyResult<()> {
        self.maintain_tracking(dict, key.borrow(), value.borrow());
        match self.dict_mut(dict) {
            Some(table) => {
                let old = table.replace(index, value);
                self.release(old);
            }
            None => self.release(value),
        }
        self.release(key);
        Ok(())
    }

    /// The value under a key, borrowed; put in first if there is none (`PyDict_SetDefault`).
    pub(crate) fn dict_set_default(&mut self, dict: Ref, key: Ref, default: Ref) -> PyResult<Ref> {
        let hash = self.hash_key(key)?;
        self.dict_expect_key(dict, key);
        if let Some(index) = self.dict_lookup(dict, key, hash)? {
            return Ok(self.dict_value_at(dict, index).unwrap_or(default));
        }
        self.dict_append(dict, key, hash, default);
        Ok(default)
    }

    #[inline]
    fn dict_expect_key(&mut self, dict: Ref, key: Ref) {
        let exact_string = self.class_of(key) == types::STR;
        if !exact_string {
            self.own_keys(dict);
        }
        if let Some(table) = self.dict_mut(dict) {
            table.expect_key(exact_string);
        }
    }

    /// A dict for that many items (`_PyDict_FromItems`); `strings`: all keys are exact strings.
    pub(crate) fn new_dict_for(&mut self, items: usize, strings: bool) -> Owned {
        let dict = self.new_dict();
        if items > 5
            && let Some(table) = self.dict_mut(dict.borrow())
        {
            table.presize(items, !strings);
        }
        dict
    }

    /// Puts an item in whose key is not there.
    fn dict_append(&mut self, dict: Ref, key: Ref, hash: i64, value: Ref) {
        self.maintain_tracking(dict, key, value);
        let (key, value) = (self.retain(key), self.retain(value));
        let key = self.shared_or_own(dict, key);
        let Some(table) = self.dict_mut(dict) else {
            self.release(key);
            self.release(value);
            return;
        };
        table.append(hash, key, value);
    }

    /// The collector learns of a dict when something is put in that may be in a cycle (`MAINTAIN_TRACKING`).
    #[inline]
    fn maintain_tracking(&mut self, dict: Ref, key: Ref, value: Ref) {
        if !self.is_tracked(dict) && (self.may_track(key) || self.may_track(value)) {
            self.track(dict);
        }
    }

    // ---- taking out ----

    /// `del dict[key]`; whether it was there.
    pub(crate) fn dict_delete(&mut self, dict: Ref, key: Ref) -> PyResult<bool> {
        let hash = self.hash_key(key)?;
        self.dict_delete_hashed(dict, key, hash)
    }

    /// As [`Vm::dict_delete`], under a hash that is known.
    pub(crate) fn dict_delete_hashed(&mut self, dict: Ref, key: Ref, hash: i64) -> PyResult<bool> {
        match self.dict_take(dict, key, hash)? {
            Some(entry) => {
                self.release(entry.key);
                self.release(entry.value);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Takes an item out; an empty dict does not even hash the key (`_PyDict_Pop`).
    pub(crate) fn dict_pop(&mut self, dict: Ref, key: Ref) -> PyResult<Option<Owned>> {
        if self.dict(dict).is_none_or(|table| table.len() == 0) {
            return Ok(None);
        }
        let hash = self.hash_key(key)?;
        let Some(entry) = self.dict_take(dict, key, hash)? else { return Ok(None) };
        // The caller's reference is taken before the table's is given back.
        let value = self.retain(entry.value.borrow());
        self.release(entry.key);
        self.release(entry.value);
        Ok(Some(value))
    }

    /// As [`Vm::dict_pop`], under a hash that is known.
    pub(crate) fn dict_pop_hashed(&mut self, dict: Ref, key: Ref, hash: i64) -> PyResult<Option<Owned>> {
        let Some(entry) = self.dict_take(dict, key, hash)? else { return Ok(None) };
        self.release(entry.key);
        Ok(Some(entry.value))
    }

    fn dict_take(&mut self, dict: Ref, key: Ref, hash: i64) -> PyResult<Option<Entry>> {
        let Some(index) = self.dict_lookup(dict, key, hash)? else { return Ok(None) };
        let entry = self.dict_mut(dict).and_then(|table| table.remove(index));
        Ok(entry.map(|entry| self.with_own_key(dict, entry)))
    }

    /// Empties a dict; the items go in insertion order, when the dict is empty already.
    pub(crate) fn dict_clear(&mut self, dict: Ref) {
        self.own_keys(dict);
        let Some(table) = self.dict_mut(dict) else { return };
        let mut gone = Vec::with_capacity(table.len() * 2);
        table.take().give_back(&mut gone);
        self.release_all(gone);
    }
}
