//! What sets are combined with and compared to, step by step as `Objects/setobject.c` does it.

use super::table::Set;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    fn set_len(&self, set: Ref) -> usize {
        self.set_table(set).map_or(0, Set::len)
    }

    /// The bigger of two sets, then the smaller; the first is the bigger one of two of a size.
    fn by_size(&self, left: Ref, right: Ref) -> (Ref, Ref) {
        let swap = self.set_table(right).zip(self.set_table(left)).is_some_and(|(right, left)| right.is_bigger(left));
        if swap { (right, left) } else { (left, right) }
    }

    // ---- intersection ----

    /// `set_intersection`
    pub(crate) fn set_intersection(&mut self, set: Ref, other: Ref) -> PyResult {
        if set == other {
            return self.set_copy(set);
        }
        let class = self.set_base(set);
        let result = self.new_set(class, None)?;
        let filled = if self.is_any_set(other) {
            self.fill_intersection_of_sets(result.borrow(), set, other)
        } else {
            self.iterate(other, |vm, key| {
                let more = vm.intersect_one(result.borrow(), set, key.borrow());
                vm.release(key);
                more
            })
        };
        self.finished_set(result, filled)
    }

    fn fill_intersection_of_sets(&mut self, result: Ref, left: Ref, right: Ref) -> PyResult<()> {
        let (set, other) = self.by_size(left, right);
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(other, at) {
            at = next;
            let added = match self.set_contains_hashed(set, key.borrow(), hash) {
                Ok(true) => self.set_add_hashed(result, key.borrow(), hash),
                Ok(false) => Ok(()),
                Err(stop) => Err(stop),
            };
            self.release(key);
            added?;
        }
        Ok(())
    }

    /// Adds a key if the set has it; whether there can be more.
    fn intersect_one(&mut self, result: Ref, set: Ref, key: Ref) -> PyResult<bool> {
        let hash = self.hash_of(key)?;
        if !self.set_contains_hashed(set, key, hash)? {
            return Ok(true);
        }
        self.set_add_hashed(result, key, hash)?;
        Ok(self.set_len(result) < self.set_len(set))
    }

    /// `set_intersection_multi`
    pub(crate) fn set_intersection_multi(&mut self, set: Ref, others: &[Ref]) -> PyResult {
        if others.is_empty() {
            return self.set_copy(set);
        }
        let mut result = self.retain(set);
        for &other in others {
            let next = self.set_intersection(result.borrow(), other);
            self.release(result);
            result = next?;
        }
        Ok(result)
    }

    /// A set becomes what another one is, which goes (`set_swap_bodies`).
    pub(crate) fn set_become(&mut self, set: Ref, other: Owned) {
        let taken = self.set_table_mut(other.borrow()).map(std::mem::take);
        if let Some(mut taken) = taken {
            if let Some(table) = self.set_table_mut(set) {
                table.swap_bodies(&mut taken);
            }
            if let Some(table) = self.set_table_mut(other.borrow()) {
                *table = taken;
            }
        }
        self.release(other);
    }

    // ---- difference ----

    /// `set_difference_update_internal`
    pub(crate) fn set_difference_update(&mut self, set: Ref, other: Ref) -> PyResult<()> {
        if set == other {
            self.set_clear(set);
            return Ok(());
        }
        if self.is_any_set(other) {
            // Much bigger: only what they have in common is to be gone through.
            let other =
                if self.set_len(other) >> 3 > self.set_len(set) { self.set_intersection(set, other)? } else { self.retain(other) };
            let result = self.discard_all(set, other.borrow());
            self.release(other);
            result?;
        } else {
            self.iterate(other, |vm, key| {
                let result = vm.set_discard(set, key.borrow());
                vm.release(key);
                result.map(|_| true)
            })?;
        }
        if let Some(table) = self.set_table_mut(set) {
            table.drop_dummies();
        }
        Ok(())
    }

    fn discard_all(&mut self, set: Ref, other: Ref) -> PyResult<()> {
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(other, at) {
            at = next;
            let result = self.set_discard_hashed(set, key.borrow(), hash);
            self.release(key);
            result?;
        }
        Ok(())
    }

    /// `set_difference`
    pub(crate) fn set_difference(&mut self, set: Ref, other: Ref) -> PyResult {
        let is_dict = self.class_of(other) == types::DICT;
        let size = match self.dict(other).filter(|_| is_dict) {
            Some(table) => Some(table.len()),
            None => self.set_table(other).map(Set::len),
        };
        let Some(size) = size.filter(|&size| self.set_len(set) >> 2 <= size) else {
            let copy = self.set_copy(set)?;
            let result = self.set_difference_update(copy.borrow(), other);
            return self.finished_set(copy, result);
        };
        debug_assert!(size >= self.set_len(set) >> 2);
        let class = self.set_base(set);
        let result = self.new_set(class, None)?;
        let filled = self.fill_difference(result.borrow(), set, other, is_dict);
        self.finished_set(result, filled)
    }

    fn fill_difference(&mut self, result: Ref, set: Ref, other: Ref, is_dict: bool) -> PyResult<()> {
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(set, at) {
            at = next;
            let found = if is_dict {
                self.dict_lookup(other, key.borrow(), hash).map(|found| found.is_some())
            } else {
                self.set_contains_hashed(other, key.borrow(), hash)
            };
            let added = match found {
                Ok(false) => self.set_add_hashed(result, key.borrow(), hash),
                Ok(true) => Ok(()),
                Err(stop) => Err(stop),
            };
            self.release(key);
            added?;
        }
        Ok(())
    }

    // ---- symmetric difference ----

    /// `set_symmetric_difference_update`
    pub(crate) fn set_symmetric_difference_update(&mut self, set: Ref, other: Ref) -> PyResult<()> {
        if set == other {
            self.set_clear(set);
            return Ok(());
        }
        if self.class_of(other) == types::DICT {
            let mut at = 0;
            while let Some((index, entry)) = self.dict(other).and_then(|table| table.next_entry(at)) {
                let (hash, key) = (entry.hash, entry.key.borrow());
                at = index + 1;
                let key = self.retain(key);
                self.toggle(set, key, hash)?;
            }
            return Ok(());
        }
        let others = if self.is_any_set(other) {
            // Up to 3.12 the other set is held meanwhile.
            (!self.profile.set_xor_borrows_other).then(|| self.retain(other))
        } else {
            let class = self.set_base(set);
            Some(self.new_set(class, Some(other))?)
        };
        let elements = others.as_ref().map_or(other, Owned::borrow);
        let result = self.toggle_all(set, elements);
        self.release_option(others);
        result
    }

    fn toggle_all(&mut self, set: Ref, others: Ref) -> PyResult<()> {
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(others, at) {
            at = next;
            self.toggle(set, key, hash)?;
        }
        Ok(())
    }

    /// Takes a key out if it is in a set, puts it in if not.
    fn toggle(&mut self, set: Ref, key: Owned, hash: i64) -> PyResult<()> {
        let result = match self.set_discard_hashed(set, key.borrow(), hash) {
            Ok(false) => self.set_add_hashed(set, key.borrow(), hash),
            found => found.map(|_| ()),
        };
        self.release(key);
        result
    }

    /// `set_symmetric_difference`: the other one's elements, then the set's.
    pub(crate) fn set_symmetric_difference(&mut self, set: Ref, other: Ref) -> PyResult {
        let class = self.set_base(set);
        let result = self.new_set(class, Some(other))?;
        let held = (!self.profile.set_xor_borrows_other).then(|| self.retain(set));
        let filled = self.toggle_all(result.borrow(), set);
        self.release_option(held);
        self.finished_set(result, filled)
    }

    // ---- comparison ----

    /// Whether each element of a set is in an iterable (`set_issubset`).
    pub(crate) fn is_subset(&mut self, set: Ref, other: Ref) -> PyResult<bool> {
        if !self.is_any_set(other) && self.profile.subset_by_intersection {
            let common = self.set_intersection(set, other)?;
            let all = self.set_len(common.borrow()) == self.set_len(set);
            self.release(common);
            return Ok(all);
        }
        if !self.is_any_set(other) {
            let elements = self.new_set(types::SET, Some(other))?;
            let result = self.is_subset(set, elements.borrow());
            self.release(elements);
            return result;
        }
        if self.set_len(set) > self.set_len(other) {
            return Ok(false);
        }
        let mut at = 0;
        while let Some((next, hash, key)) = self.set_next_held(set, at) {
            at = next;
            let found = self.set_contains_hashed(other, key.borrow(), hash);
            self.release(key);
            if !found? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether each element of an iterable is in a set (`set_issuperset`).
    pub(crate) fn is_superset(&mut self, set: Ref, other: Ref) -> PyResult<bool> {
        if self.is_any_set(other) {
            return self.is_subset(other, set);
        }
        let mut all = true;
        self.iterate(other, |vm, key| {
            let found = vm.set_contains(set, key.borrow());
            vm.release(key);
            all = found?;
            Ok(all)
        })?;
        Ok(all)
    }

    /// Whether a set and an iterable have nothing in common (`set_isdisjoint`).
    pub(crate) fn is_disjoint(&mut self, set: Ref, other: Ref) -> PyResult<bool> {
        if set == other {
            return Ok(self.set_len(set) == 0);
        }
        if matches!(self.class_of(other), types::SET | types::FROZENSET) {
            let (set, other) = self.by_size(set, other);
            let mut at = 0;
            while let Some((next, hash, key)) = self.set_next_held(other, at) {
                at = next;
                let found = self.set_contains_hashed(set, key.borrow(), hash);
                self.release(key);
                if found? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let mut disjoint = true;
        self.iterate(other, |vm, key| {
            let found = vm.set_contains(set, key.borrow());
            vm.release(key);
            disjoint = !found?;
            Ok(disjoint)
        })?;
        Ok(disjoint)
    }
}
