//! The table behind `dict`: CPython's compact hash table (`Objects/dictobject.c`), without its key comparisons.
//!
//! Probing, growth and insertion order are CPython's, because they decide which keys are compared with which, and in which
//! order things are let go.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::heap::{Keep, Owned, Ref, keep};
use crate::object::value::{Native, Role};

const EMPTY: i32 = -1;
const DUMMY: i32 = -2;
const MIN_SIZE: usize = 8;
const PERTURB_SHIFT: u32 = 5;

/// A key, its hash and its value.
pub(crate) struct Entry {
    pub(crate) hash: i64,
    pub(crate) key: Owned,
    pub(crate) value: Owned,
}

keep!(Entry { hash, key, value });

/// An insertion-ordered hash table of owned keys and values.
#[derive(Default)]
pub(crate) struct Dict {
    indices: Box<[i32]>,
    entries: Vec<Option<Entry>>,
    used: usize,
    /// How many entries fit before the table must grow.
    usable: usize,
    /// Which table this is (`ma_keys`): a search that compared keys starts again if it finds another one.
    generation: u64,
    /// Changes with every key that is put in; no two tables have the same but empty ones, which have 0.
    version: u64,
    /// Made for keys of all kinds, not only for exact strings (`DICT_KEYS_GENERAL`).
    general: bool,
    /// The class that owns the keys: they are the attribute names that its instances share (`ma_values`, see
    /// [`sharing`](super::sharing)).
    pub(crate) shares: Option<Ref>,
    /// The instance in which the values lie, as long as the dict is its `__dict__` (`embedded`).
    pub(crate) within: Option<Ref>,
    /// What the dicts of some types have beside their items.
    pub(crate) more: Option<Box<dyn Native>>,
}

/// A table's shape and borrowed contents: what a copy is made from (`clone_combined_dict_keys`).
pub(crate) struct Snapshot {
    indices: Box<[i32]>,
    entries: Vec<Option<(i64, Ref, Ref)>>,
    used: usize,
    usable: usize,
    general: bool,
}

/// The places of one hash, in probing order.
pub(crate) struct Probe {
    index: usize,
    perturb: u64,
}

/// What a probe found at one place.
pub(crate) enum Spot {
    /// Nothing was ever here: the key is not in the table.
    End,
    /// An entry with the same key object or the same hash.
    Candidate(usize),
}

impl Dict {
    /// An empty table with something beside it.
    pub(crate) fn with_more(more: Option<Box<dyn Native>>) -> Self {
        Self { more, ..Self::default() }
    }

    /// Gets an empty table ready for `items` entries (`dict_new_presized`, `dict_dict_fromkeys`).
    pub(crate) fn presize(&mut self, items: usize, general: bool) {
        self.general = general;
        self.rebuild(estimated_size(items));
    }

    /// Makes room for the items of another table at once, unless there is enough (`dict_merge`).
    pub(crate) fn make_room(&mut self, more: usize, general: bool) {
        if capacity(self.indices.len().max(1)) < more {
            self.general |= general;
            self.rebuild(estimated_size(self.used + more));
        }
    }

    /// Gets ready to take a key of a kind. A table of strings is made anew for the first other key.
    #[inline]
    pub(crate) fn expect_key(&mut self, exact_string: bool) {
        if !exact_string && !self.general {
            self.general = true;
            if !self.indices.is_empty() {
                self.rebuild(size_for(self.used * 3));
            }
        }
    }

    /// A number that says which keys the table may have: as long as it is the same, no key has been added.
    #[inline]
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The value of the entry at an index, borrowed, if its key is that exact string, and if looking for it compares no other keys
    /// but exact strings.
    #[inline]
    pub(crate) fn value_of(&self, index: usize, key: Ref) -> Option<Ref> {
        let entry = self.entries.get(index)?.as_ref()?;
        (entry.key.borrow() == key && !self.general).then(|| entry.value.borrow())
    }

    /// Whether the table is for keys of all kinds.
    pub(crate) fn is_general(&self) -> bool {
        self.general
    }

    /// The number of items.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// The number of entries, deleted ones included: iteration counts over these.
    #[inline]
    pub(crate) fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// The entry at an index; none if it was deleted or is beyond the end.
    #[inline]
    pub(crate) fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index).and_then(Option::as_ref)
    }

    /// The next entry from an index on, and its index (`_PyDict_Next`).
    pub(crate) fn next_entry(&self, from: usize) -> Option<(usize, &Entry)> {
        let entries = self.entries.get(from..)?;
        entries.iter().enumerate().find_map(|(offset, entry)| entry.as_ref().map(|entry| (from + offset, entry)))
    }

    /// The last entry at or before an index, and its index.
    pub(crate) fn previous_entry(&self, from: usize) -> Option<(usize, &Entry)> {
        let entries = &self.entries[..self.entries.len().min(from + 1)];
        entries.iter().enumerate().rev().find_map(|(index, entry)| entry.as_ref().map(|entry| (index, entry)))
    }

    /// The entries in insertion order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().flatten()
    }

    /// Which table this is: changes whenever the entries move.
    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// Starts a search.
    #[inline]
    pub(crate) fn probe(&self, hash: i64) -> Probe {
        Probe { index: hash as usize & self.indices.len().wrapping_sub(1), perturb: hash as u64 }
    }

    /// Goes on with a search to the next entry that is the key or has its hash.
    #[inline]
    pub(crate) fn next_candidate(&self, probe: &mut Probe, hash: i64, key: Ref) -> Spot {
        if self.indices.is_empty() {
            return Spot::End;
        }
        let mask = self.indices.len() - 1;
        loop {
            let here = self.indices[probe.index];
            probe.advance(mask);
            if here == EMPTY {
                return Spot::End;
            }
            if here >= 0
                && let Some(entry) = &self.entries[here as usize]
                && (entry.key.borrow() == key || entry.hash == hash)
            {
                return Spot::Candidate(here as usize);
            }
        }
    }

    /// Finds the entry of a key for which `same` says yes; for keys whose comparison runs no Python code.
    #[inline]
    pub(crate) fn find(&self, hash: i64, mut same: impl FnMut(Ref) -> bool) -> Option<usize> {
        if self.indices.is_empty() {
            return None;
        }
        let mask = self.indices.len() - 1;
        let mut probe = self.probe(hash);
        loop {
            let here = self.indices[probe.index];
            if here == EMPTY {
                return None;
            }
            if here >= 0
                && let Some(entry) = &self.entries[here as usize]
                && entry.hash == hash
                && same(entry.key.borrow())
            {
                return Some(here as usize);
            }
            probe.advance(mask);
        }
    }

    /// Appends an item whose key is not in the table.
    pub(crate) fn append(&mut self, hash: i64, key: Owned, value: Owned) {
        if self.usable == 0 {
            // `GROWTH_RATE`: three times what is used.
            self.rebuild(size_for(self.used * 3));
        }
        let place = self.vacant(hash);
        self.version = next_version();
        self.indices[place] = self.entries.len() as i32;
        self.entries.push(Some(Entry { hash, key, value }));
        self.used += 1;
        self.usable -= 1;
    }

    /// Replaces the value of an entry; hands over the old one.
    ///
    /// # Panics
    /// If there is no such entry.
    pub(crate) fn replace(&mut self, index: usize, value: Owned) -> Owned {
        match self.entries[index].as_mut() {
            Some(entry) => std::mem::replace(&mut entry.value, value),
            None => unreachable!("the entry was just found"),
        }
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, index: usize) -> Option<Entry> {
        let entry = self.entries.get_mut(index)?.take()?;
        let mask = self.indices.len() - 1;
        let mut probe = self.probe(entry.hash);
        while self.indices[probe.index] != index as i32 {
            probe.advance(mask);
        }
        self.indices[probe.index] = DUMMY;
        self.used -= 1;
        Some(entry)
    }

    /// Takes the last entry out, and forgets the deleted ones after it (`dict.popitem`).
    pub(crate) fn pop_last(&mut self) -> Option<Entry> {
        let index = self.entries.iter().rposition(Option::is_some)?;
        let entry = self.remove(index);
        self.entries.truncate(index);
        entry
    }

    /// Moves everything out, and leaves an empty table.
    pub(crate) fn take(&mut self) -> Self {
        let generation = self.generation + 1;
        let more = self.more.take();
        let taken = std::mem::take(self);
        self.generation = generation;
        self.more = more;
        taken
    }

    /// Whether a copy takes the table over as it is: nothing was deleted from it, and it is no bigger than it must be.
    pub(crate) fn is_compact(&self) -> bool {
        let size = self.indices.len();
        self.used == self.entries.len() && (size <= MIN_SIZE || capacity(size / 2) < self.used)
    }

    /// The table's shape and its borrowed contents.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let borrow = |entry: &Entry| (entry.hash, entry.key.borrow(), entry.value.borrow());
        Snapshot {
            indices: self.indices.clone(),
            entries: self.entries.iter().map(|entry| entry.as_ref().map(borrow)).collect(),
            used: self.used,
            usable: self.usable,
            general: self.general,
        }
    }

    /// Becomes a copy; `own` makes a borrowed reference owned. The table must be empty.
    pub(crate) fn restore(&mut self, snapshot: Snapshot, mut own: impl FnMut(Ref) -> Owned) {
        debug_assert_eq!(self.used, 0, "a copy goes into an empty table");
        self.generation += 1;
        self.version = next_version();
        self.indices = snapshot.indices;
        self.used = snapshot.used;
        self.usable = snapshot.usable;
        self.general = snapshot.general;
        self.entries.clear();
        let adopt =
            |entry: Option<(i64, Ref, Ref)>| entry.map(|(hash, key, value)| Entry { hash, key: own(key), value: own(value) });
        self.entries.extend(snapshot.entries.into_iter().map(adopt));
    }

    /// A copy to put aside before a run changes it (see [`Keep`]), unless it has something beside its items that cannot be.
    pub(crate) fn kept(&self) -> Option<Self> {
        let more = match &self.more {
            Some(more) => Some(more.kept()?),
            None => None,
        };
        Some(Self { indices: self.indices.clone(), entries: self.entries.kept(), more, ..*self })
    }

    /// An empty table becomes another one.
    pub(crate) fn adopt(&mut self, other: Self) {
        debug_assert_eq!(self.used, 0, "a table that holds something is not to be dropped");
        let generation = self.generation + 1;
        let more = self.more.take();
        *self = other;
        self.generation = generation;
        self.more = more;
    }

    /// What it has beside its items, if that is of this kind.
    pub(crate) fn more_of<T: Native>(&self) -> Option<&T> {
        self.more.as_deref()?.downcast()
    }

    /// What it has beside its items, to change it.
    pub(crate) fn more_of_mut<T: Native>(&mut self) -> Option<&mut T> {
        self.more.as_deref_mut()?.downcast_mut()
    }

    /// Shows every reference that the table owns.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(more) = &self.more {
            more.visit(see);
        }
        for entry in self.iter() {
            if self.shares.is_none() {
                see(Role::Key, entry.key.borrow());
            }
            see(Role::Value(entry.key.borrow()), entry.value.borrow());
        }
    }

    /// Hands over the items in insertion order, each key before its value.
    pub(crate) fn give_back(mut self, out: &mut Vec<Owned>) {
        if let Some(more) = &mut self.more {
            more.give_back(out);
        }
        for entry in self.entries.into_iter().flatten() {
            out.extend([entry.key, entry.value]);
        }
    }

    /// The first free place for a hash.
    fn vacant(&self, hash: i64) -> usize {
        let mask = self.indices.len() - 1;
        let mut probe = self.probe(hash);
        while self.indices[probe.index] >= 0 {
            probe.advance(mask);
        }
        probe.index
    }

    /// Moves to a table of `size` places without the deleted entries (`dictresize`).
    fn rebuild(&mut self, size: usize) {
        self.generation += 1;
        self.entries.retain(Option::is_some);
        self.indices = vec![EMPTY; size].into_boxed_slice();
        for index in 0..self.entries.len() {
            if let Some(hash) = self.entry(index).map(|entry| entry.hash) {
                let place = self.vacant(hash);
                self.indices[place] = index as i32;
            }
        }
        self.usable = capacity(size) - self.entries.len();
    }
}

impl Probe {
    #[inline]
    fn advance(&mut self, mask: usize) {
        self.perturb >>= PERTURB_SHIFT;
        self.index = (self.index.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1)) & mask;
    }
}

/// A version that no table has had, in any thread: each thread takes them from blocks of its own.
#[inline]
fn next_version() -> u64 {
    const BLOCK: u64 = 1 << 20;
    static BLOCKS: AtomicU64 = AtomicU64::new(0);
    thread_local! {
        static NEXT: Cell<u64> = const { Cell::new(0) };
    }
    let mut version = NEXT.get();
    if version.is_multiple_of(BLOCK) {
        // The first of a block is none: 0 is that of an empty table.
        version = BLOCKS.fetch_add(BLOCK, Ordering::Relaxed) + 1;
    }
    NEXT.set(version + 1);
    version
}

/// How many entries a table takes (`USABLE_FRACTION`).
fn capacity(size: usize) -> usize {
    (size << 1) / 3
}

/// The table size for a wish, with the quirk that a power of two from 16 on gets the next one (`calculate_log2_keysize`).
fn size_for(wish: usize) -> usize {
    let wish = ((wish | MIN_SIZE) - 1) | (MIN_SIZE - 1);
    1 << (usize::BITS - wish.leading_zeros())
}

/// The table size for a number of entries (`estimate_log2_keysize`).
fn estimated_size(items: usize) -> usize {
    size_for((items * 3).div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// References to nothing: tests look at the table's own bookkeeping.
    fn owned(index: u32) -> Owned {
        Owned::adopt(Ref::at(index + 1))
    }

    fn discard(entry: Entry) -> u32 {
        entry.value.into_ref();
        entry.key.into_ref().index() as u32 - 1
    }

    fn keys(dict: &Dict) -> Vec<u32> {
        dict.iter().map(|entry| entry.key.borrow().index() as u32 - 1).collect()
    }

    fn forget(dict: Dict) {
        let mut rest = Vec::new();
        dict.give_back(&mut rest);
        for owned in rest {
            owned.into_ref();
        }
    }

    /// A small deterministic source of numbers.
    fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        }
    }

    #[test]
    fn sizes_are_those_of_cpython() {
        for (wish, size) in [(0, 8), (8, 8), (9, 16), (15, 16), (16, 32), (17, 32), (30, 32), (32, 64), (33, 64)] {
            assert_eq!(size_for(wish), size, "for {wish}");
        }
    }

    #[test]
    fn behaves_like_an_insertion_ordered_map_under_random_use() {
        for seed in 1..if cfg!(miri) { 4 } else { 60 } {
            let mut next = numbers(seed);
            let mut dict = Dict::default();
            let mut model: Vec<u32> = Vec::new();
            // Few hashes for many keys: collisions are the rule.
            let hash = |key: u32| i64::from(key % 7) * 64;
            for _ in 0..400 {
                let key = next(40) as u32;
                let found = dict.find(hash(key), |entry| entry.index() as u32 == key + 1);
                assert_eq!(found.is_some(), model.contains(&key));
                match (next(4), found) {
                    (0..=1, None) => {
                        dict.append(hash(key), owned(key), owned(1000));
                        model.push(key);
                    }
                    (2, Some(index)) => {
                        assert_eq!(dict.remove(index).map(discard), Some(key));
                        model.retain(|&other| other != key);
                    }
                    (3, _) => assert_eq!(dict.pop_last().map(discard), model.pop()),
                    _ => {}
                }
                assert_eq!(keys(&dict), model);
                assert_eq!(dict.len(), model.len());
            }
            forget(dict);
        }
    }

    #[test]
    fn a_search_stops_at_the_key_itself_whatever_its_hash() {
        let mut dict = Dict::default();
        dict.append(8, owned(1), owned(2));
        let mut probe = dict.probe(0);
        assert!(matches!(dict.next_candidate(&mut probe, 0, Ref::at(2)), Spot::Candidate(0)));
        let mut probe = dict.probe(0);
        assert!(matches!(dict.next_candidate(&mut probe, 0, Ref::at(9)), Spot::End));
        forget(dict);
    }

    #[test]
    fn growing_drops_deleted_entries_and_changes_the_generation() {
        let mut dict = Dict::default();
        for key in 0..5 {
            dict.append(i64::from(key), owned(key), owned(key));
        }
        let before = dict.generation();
        assert_eq!(dict.remove(1).map(discard), Some(1));
        assert_eq!((dict.entry_count(), dict.generation()), (5, before));
        dict.append(5, owned(5), owned(5));
        assert_eq!((dict.entry_count(), dict.len()), (5, 5));
        assert_ne!(dict.generation(), before);
        forget(dict);
    }

    #[test]
    fn a_table_of_strings_is_made_anew_for_another_key() {
        let mut dict = Dict::default();
        dict.expect_key(true);
        dict.append(1, owned(1), owned(1));
        let before = dict.generation();
        dict.expect_key(true);
        assert_eq!((dict.generation(), dict.is_compact()), (before, true));
        dict.expect_key(false);
        assert_ne!(dict.generation(), before);
        // It has 16 places now, too many to be copied as it is.
        assert!(!dict.is_compact());
        forget(dict);
    }

    #[test]
    fn a_copy_has_the_same_entries() {
        let mut dict = Dict::default();
        for key in 0..20 {
            dict.append(i64::from(key % 3), owned(key), owned(key));
        }
        let mut copy = Dict::default();
        copy.restore(dict.snapshot(), Owned::adopt);
        assert_eq!(keys(&copy), keys(&dict));
        assert_eq!(copy.find(1, |key| key.index() == 5), dict.find(1, |key| key.index() == 5));
        forget(copy);
        forget(dict);
    }
}
