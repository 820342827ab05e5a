//! Finding, putting in and taking out: what needs comparisons of elements, which may run Python code.

use super::table::{Set, Spot};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// The place of an equal element. A comparison that changes the table makes the search start again; when something is to be
    /// added, only if it did not find the two equal (`set_lookkey`, `set_add_entry`).
    fn set_find(&mut self, set: Ref, key: Ref, hash: i64, to_add: bool) -> PyResult<Option<usize>> {
        'again: loop {
            let Some(table) = self.set_table(set) else {
                return Err(self.unsupported(Missing::Type, "something in place of a set"));
            };
            let generation = table.generation();
            let mut probe = table.probe(hash);
            loop {
                let Some(table) = self.set_table(set) else { continue 'again };
                let Spot::Candidate(place) = table.next_candidate(&mut probe, hash) else { return Ok(None) };
                let Some((_, candidate)) = table.key_at(place) else { continue };
                if candidate == key {
                    return Ok(Some(place));
                }
                match self.quickly_equal(candidate, key) {
                    Some(true) => return Ok(Some(place)),
                    Some(false) => continue,
                    None => {}
                }
                let held = self.retain(candidate);
                let same = self.equal(candidate, key);
                self.release(held);
                let same = same?;
                if same && to_add {
                    return Ok(Some(place));
                }
                let still = self.set_table(set).is_some_and(|table| {
                    table.generation() == generation && table.key_at(place).is_some_and(|(_, key)| key == candidate)
                });
                if !still {
                    continue 'again;
                }
                if same {
                    return Ok(Some(place));
                }
            }
        }
    }

    /// The hash of an element: an address decides on the order of a set.
    fn hash_element(&mut self, key: Ref) -> PyResult<i64> {
        if self.class_of(key) == crate::types::STR {
            return self.hash_key(key);
        }
        let outer = std::mem::replace(&mut self.hash_finds, false);
        let hash = self.hash_of(key);
        self.hash_finds = outer;
        hash
    }

    /// `set.add(key)` (`set_add_key`)
    pub(crate) fn set_add(&mut self, set: Ref, key: Ref) -> PyResult<()> {
        let hash = self.hash_element(key)?;
        self.set_add_hashed(set, key, hash)
    }

    /// As [`Vm::set_add`], under a hash that is known (`set_add_entry`).
    pub(crate) fn set_add_hashed(&mut self, set: Ref, key: Ref, hash: i64) -> PyResult<()> {
        let key = self.retain(key);
        match self.set_find(set, key.borrow(), hash, true) {
            Ok(None) => {
                match self.set_table_mut(set) {
                    Some(table) => table.insert(hash, key),
                    None => self.release(key),
                }
                Ok(())
            }
            found => {
                self.release(key);
                found.map(|_| ())
            }
        }
    }

    /// Whether an element is in a set (`set_contains_key`).
    pub(crate) fn set_contains(&mut self, set: Ref, key: Ref) -> PyResult<bool> {
        let hash = self.hash_element(key)?;
        self.set_contains_hashed(set, key, hash)
    }

    /// As [`Vm::set_contains`], under a hash that is known.
    pub(crate) fn set_contains_hashed(&mut self, set: Ref, key: Ref, hash: i64) -> PyResult<bool> {
        Ok(self.set_find(set, key, hash, false)?.is_some())
    }

    /// Takes an element out; whether it was there (`set_discard_key`).
    pub(crate) fn set_discard(&mut self, set: Ref, key: Ref) -> PyResult<bool> {
        let hash = self.hash_element(key)?;
        self.set_discard_hashed(set, key, hash)
    }

    /// As [`Vm::set_discard`], under a hash that is known.
    pub(crate) fn set_discard_hashed(&mut self, set: Ref, key: Ref, hash: i64) -> PyResult<bool> {
        let Some(place) = self.set_find(set, key, hash, false)? else { return Ok(false) };
        let gone = self.set_table_mut(set).and_then(|table| table.remove(place));
        self.release_option(gone);
        Ok(true)
    }

    /// Empties a set; the elements go in table order, when the set is empty already.
    pub(crate) fn set_clear(&mut self, set: Ref) {
        let mut gone = Vec::new();
        if let Some(table) = self.set_table_mut(set) {
            table.take().give_back(&mut gone);
        }
        self.release_all(gone);
    }

    /// The next element from a place on: the place after it, its hash, and itself with a reference of its own.
    pub(super) fn set_next_held(&mut self, set: Ref, from: usize) -> Option<(usize, i64, Owned)> {
        let (place, hash, key) = self.set_table(set)?.next_from(from)?;
        Some((place + 1, hash, self.retain(key)))
    }

    // ---- many at once ----

    /// Puts the elements of an iterable into a set (`set_update_internal`).
    pub(crate) fn set_update(&mut self, set: Ref, other: Ref) -> PyResult<()> {
        if self.is_any_set(other) {
            return self.set_merge(set, other);
        }
        if self.class_of(other) == types::DICT {
            return self.set_update_from_dict(set, other);
        }
        self.iterate(other, |vm, key| {
            let result = vm.set_add(set, key.borrow());
            vm.release(key);
            result.map(|()| true)
        })
    }

    fn set_update_from_dict(&mut self, set: Ref, dict: Ref) -> PyResult<()> {
        let more = self.dict(dict).map_or(0, crate::types::dict::Dict::len);
        if let Some(table) = self.set_table_mut(set) {
            table.make_room(more);
        }
        let mut at = 0;
        while let Some((index, entry)) = self.dict(dict).and_then(|table| table.next_entry(at)) {
            let (hash, key) = (entry.hash, entry.key.borrow());
            at = index + 1;
            self.set_add_hashed(set, key, hash)?;
        }
        Ok(())
    }

    /// `set_merge`
    fn set_merge(&mut self, set: Ref, other: Ref) -> PyResult<()> {
        let Some(theirs) = self.set_table(other) else { return Ok(()) };
        let more = theirs.len();
        if set == other || more == 0 {
            return Ok(());
        }
        if let Some(table) = self.set_table_mut(set) {
            table.make_room(more);
        }
        let (Some(ours), Some(theirs)) = (self.set_table(set), self.set_table(other)) else { return Ok(()) };
        if ours.fill() == 0 {
            self.set_copy_elements(set, other, ours.fits_exactly(theirs));
            return Ok(());
        }
        let mut at = 0;
        while let Some((place, hash, key)) = self.set_table(other).and_then(|theirs| theirs.next_from(at)) {
            at = place + 1;
            self.set_add_hashed(set, key, hash)?;
        }
        Ok(())
    }

    /// Puts a set's elements into an empty one: each at its own place, if the tables are alike.
    fn set_copy_elements(&mut self, set: Ref, other: Ref, alike: bool) {
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(other, at) {
            at = next;
            match self.set_table_mut(set) {
                Some(table) if alike => table.put_at(next - 1, hash, key),
                Some(table) => table.put_clean(hash, key),
                None => self.release(key),
            }
        }
    }
}

impl Set {
    /// Whether a set has more elements than another one.
    pub(super) fn is_bigger(&self, other: &Self) -> bool {
        self.len() > other.len()
    }
}
