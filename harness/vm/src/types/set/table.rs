//! The table behind `set` and `frozenset`: CPython's (`Objects/setobject.c`), without its key comparisons.
//!
//! Its probing and growth decide the order of iteration, and so what is let go when.

use crate::heap::{Keep, Owned, Ref, keep};
use crate::object::value::Role;

const MIN_SIZE: usize = 8;
const LINEAR_PROBES: usize = 9;
const PERTURB_SHIFT: u32 = 5;

/// A place in the table.
pub(crate) enum Place {
    /// Never used.
    Empty,
    /// Used and deleted.
    Dummy,
    /// An element.
    Key(i64, Owned),
}

impl Keep for Place {
    fn kept(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Dummy => Self::Dummy,
            Self::Key(hash, key) => Self::Key(*hash, key.kept()),
        }
    }
}

/// A hash table of owned keys.
pub(crate) struct Set {
    table: Vec<Place>,
    /// Elements and dummies.
    fill: usize,
    used: usize,
    /// `frozenset`'s hash, once somebody asked.
    pub(crate) hash: Option<i64>,
    /// Where `pop` goes on.
    finger: usize,
    /// Which table this is: a search that compared keys starts again if it finds another one. The small table that every set
    /// object has inside is always the same, number 0.
    generation: u64,
    /// The number of the last table.
    generations: u64,
}

/// The places of one hash, in probing order (`set_lookkey`).
pub(crate) struct Probe {
    index: usize,
    perturb: u64,
    /// How many of the neighbours are still to be looked at.
    linear: usize,
    offset: usize,
}

/// What a probe found.
pub(crate) enum Spot {
    /// The key is not in the table.
    End,
    /// An element with the same hash, at this place.
    Candidate(usize),
}

impl Default for Set {
    fn default() -> Self {
        Self { table: empty(MIN_SIZE), fill: 0, used: 0, hash: None, finger: 0, generation: 0, generations: 0 }
    }
}

fn empty(size: usize) -> Vec<Place> {
    let mut table = Vec::with_capacity(size);
    table.resize_with(size, || Place::Empty);
    table
}

keep!(Set { table, fill, used, hash, finger, generation, generations });

impl Set {
    /// A set that iterates over these elements in this order, as far as one can be found: the order in which they were put in
    /// is not known, and decides which of two colliding elements stands first.
    pub(crate) fn in_order(elements: Vec<(i64, Owned)>) -> Self {
        let wanted: Vec<Ref> = elements.iter().map(|(_, key)| key.borrow()).collect();
        let hashes: Vec<i64> = elements.iter().map(|(hash, _)| *hash).collect();
        let mut keys: Vec<Owned> = elements.into_iter().map(|(_, key)| key).collect();
        let mut order: Vec<usize> = (0..keys.len()).collect();
        let mut state = 1_u64;
        let mut tries = 64 + 32 * keys.len();
        loop {
            let mut set = Self::default();
            let mut slots: Vec<Option<Owned>> = keys.into_iter().map(Some).collect();
            for &index in &order {
                if let Some(key) = slots[index].take() {
                    set.insert(hashes[index], key);
                }
            }
            let got: Vec<Ref> = set.iter().map(|(_, key)| key).collect();
            let wrong = got.iter().zip(&wanted).position(|(got, wanted)| got != wanted);
            let Some(wrong) = wrong.filter(|_| tries > 0) else { return set };
            tries -= 1;
            // One of the two stands in the other's way: the other way round then, now and then somewhere else.
            let place = |key: Ref| wanted.iter().position(|&other| other == key).unwrap_or(0);
            let [first, second] =
                [wanted[wrong], got[wrong]].map(|key| order.iter().position(|&index| index == place(key)).unwrap_or(0));
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if state >> 62 == 0 {
                let other = (state >> 33) as usize % order.len();
                order.swap(first, other);
            } else {
                order.swap(first, second);
            }
            let mut taken: Vec<Owned> = Vec::with_capacity(wanted.len());
            set.give_back(&mut taken);
            taken.sort_by_key(|key| place(key.borrow()));
            keys = taken;
        }
    }

    /// The number of elements.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// The number of places: iteration goes over these.
    pub(crate) fn size(&self) -> usize {
        self.table.len()
    }

    /// The number of elements and dummies.
    pub(crate) fn fill(&self) -> usize {
        self.fill
    }

    /// Which table this is: changes when the elements move to other memory.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// The element at a place.
    pub(crate) fn key_at(&self, place: usize) -> Option<(i64, Ref)> {
        match self.table.get(place) {
            Some(Place::Key(hash, key)) => Some((*hash, key.borrow())),
            _ => None,
        }
    }

    /// The next element from a place on, with its place and hash (`set_next`).
    pub(crate) fn next_from(&self, place: usize) -> Option<(usize, i64, Ref)> {
        let places = self.table.get(place..)?;
        places.iter().enumerate().find_map(|(offset, here)| match here {
            Place::Key(hash, key) => Some((place + offset, *hash, key.borrow())),
            _ => None,
        })
    }

    /// The elements in table order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, Ref)> {
        self.table.iter().filter_map(|place| match place {
            Place::Key(hash, key) => Some((*hash, key.borrow())),
            _ => None,
        })
    }

    /// Starts a search.
    #[inline]
    pub(crate) fn probe(&self, hash: i64) -> Probe {
        let mask = self.table.len() - 1;
        let index = hash as usize & mask;
        Probe { index, perturb: hash as u64, linear: linear_probes(index, mask), offset: 0 }
    }

    /// Goes on with a search to the next element of the same hash.
    #[inline]
    pub(crate) fn next_candidate(&self, probe: &mut Probe, hash: i64) -> Spot {
        loop {
            let place = probe.place();
            probe.advance(self.table.len() - 1);
            match &self.table[place] {
                Place::Empty => return Spot::End,
                Place::Key(found, _) if *found == hash => return Spot::Candidate(place),
                _ => {}
            }
        }
    }

    /// Puts in a key that is not in the table: into the last deleted place on its way, else into the first that was never
    /// used (`set_add_entry`).
    pub(crate) fn insert(&mut self, hash: i64, key: Owned) {
        let mask = self.table.len() - 1;
        let mut probe = self.probe(hash);
        let mut dummy = None;
        loop {
            let place = probe.place();
            match self.table[place] {
                Place::Empty => {
                    self.used += 1;
                    if let Some(dummy) = dummy {
                        self.table[dummy] = Place::Key(hash, key);
                        return;
                    }
                    self.table[place] = Place::Key(hash, key);
                    break;
                }
                Place::Dummy => dummy = Some(place),
                Place::Key(..) => {}
            }
            probe.advance(mask);
        }
        self.fill += 1;
        if self.fill * 5 >= mask * 3 {
            self.resize_for_growth();
        }
    }

    /// Takes an element out.
    pub(crate) fn remove(&mut self, place: usize) -> Option<Owned> {
        match std::mem::replace(self.table.get_mut(place)?, Place::Dummy) {
            Place::Key(_, key) => {
                self.used -= 1;
                Some(key)
            }
            other => {
                self.table[place] = other;
                None
            }
        }
    }

    /// Takes some element out (`set_pop`).
    pub(crate) fn pop(&mut self) -> Option<Owned> {
        if self.used == 0 {
            return None;
        }
        let mask = self.table.len() - 1;
        let mut place = self.finger & mask;
        while self.key_at(place).is_none() {
            place = if place == mask { 0 } else { place + 1 };
        }
        let key = self.remove(place);
        self.finger = place + 1;
        key
    }

    /// Moves everything out, and leaves an empty table (`set_clear_internal`).
    pub(crate) fn take(&mut self) -> Self {
        let emptied = Self { finger: self.finger, generation: 0, generations: self.generations, ..Self::default() };
        std::mem::replace(self, emptied)
    }

    /// Exchanges the contents of two sets (`set_swap_bodies`).
    pub(crate) fn swap_bodies(&mut self, other: &mut Self) {
        std::mem::swap(&mut self.table, &mut other.table);
        std::mem::swap(&mut self.fill, &mut other.fill);
        std::mem::swap(&mut self.used, &mut other.used);
        for set in [self, other] {
            set.hash = None;
            set.new_generation();
        }
    }

    /// Makes room after insertions or deletions (`set_table_resize` as most callers call it).
    pub(crate) fn resize_for_growth(&mut self) {
        self.resize(if self.used > 50_000 { self.used * 2 } else { self.used * 4 });
    }

    /// Makes room for many elements at once, unless there is enough.
    pub(crate) fn make_room(&mut self, more: usize) {
        if (self.fill + more) * 5 >= (self.table.len() - 1) * 3 {
            self.resize((self.used + more) * 2);
        }
    }

    /// Drops the deleted places when there are many of them.
    pub(crate) fn drop_dummies(&mut self) {
        if self.fill - self.used > (self.table.len() - 1) / 4 {
            self.resize_for_growth();
        }
    }

    /// Moves to a table of more than `wish` places (`set_table_resize`).
    fn resize(&mut self, wish: usize) {
        let mut size = MIN_SIZE;
        while size <= wish {
            size <<= 1;
        }
        if size == MIN_SIZE && self.table.len() == MIN_SIZE && self.fill == self.used {
            return;
        }
        let old = std::mem::replace(&mut self.table, empty(size));
        self.fill = self.used;
        self.new_generation();
        for place in old {
            if let Place::Key(hash, key) = place {
                self.insert_clean(hash, key);
            }
        }
    }

    /// Whether another set's elements can be taken over place by place.
    pub(crate) fn fits_exactly(&self, other: &Self) -> bool {
        self.fill == 0 && self.table.len() == other.table.len() && other.fill == other.used
    }

    /// Takes over an element at the place that it has in another table of the same size.
    pub(crate) fn put_at(&mut self, place: usize, hash: i64, key: Owned) {
        debug_assert!(matches!(self.table[place], Place::Empty));
        self.table[place] = Place::Key(hash, key);
        self.fill += 1;
        self.used += 1;
    }

    /// Puts a key that is not in the table into a table without deleted places, with no thought of growth.
    pub(crate) fn put_clean(&mut self, hash: i64, key: Owned) {
        self.insert_clean(hash, key);
        self.fill += 1;
        self.used += 1;
    }

    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (_, key) in self.iter() {
            see(Role::Key, key);
        }
    }

    pub(crate) fn give_back(self, out: &mut Vec<Owned>) {
        out.extend(self.table.into_iter().filter_map(|place| match place {
            Place::Key(_, key) => Some(key),
            _ => None,
        }));
    }

    fn insert_clean(&mut self, hash: i64, key: Owned) {
        let mask = self.table.len() - 1;
        let mut probe = self.probe(hash);
        while !matches!(self.table[probe.place()], Place::Empty) {
            probe.advance(mask);
        }
        self.table[probe.place()] = Place::Key(hash, key);
    }

    fn new_generation(&mut self) {
        self.generations += 1;
        self.generation = if self.table.len() == MIN_SIZE { 0 } else { self.generations };
    }
}

impl Probe {
    fn place(&self) -> usize {
        self.index + self.offset
    }

    #[inline]
    fn advance(&mut self, mask: usize) {
        if self.offset < self.linear {
            self.offset += 1;
            return;
        }
        self.perturb >>= PERTURB_SHIFT;
        self.index = (self.index.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize)) & mask;
        self.offset = 0;
        self.linear = linear_probes(self.index, mask);
    }
}

/// How many neighbours are looked at before the next jump: none near the end of the table.
fn linear_probes(index: usize, mask: usize) -> usize {
    if index + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn owned(index: u32) -> Owned {
        Owned::adopt(Ref::at(index + 1))
    }

    fn number(key: Ref) -> u32 {
        key.index() as u32 - 1
    }

    fn order(set: &Set) -> Vec<u32> {
        set.iter().map(|(_, key)| number(key)).collect()
    }

    fn find(set: &Set, hash: i64, key: u32) -> Option<usize> {
        let mut probe = set.probe(hash);
        loop {
            match set.next_candidate(&mut probe, hash) {
                Spot::End => return None,
                Spot::Candidate(place) if set.key_at(place).is_some_and(|(_, here)| number(here) == key) => return Some(place),
                Spot::Candidate(_) => {}
            }
        }
    }

    fn forget(set: Set) {
        let mut rest = Vec::new();
        set.give_back(&mut rest);
        for owned in rest {
            owned.into_ref();
        }
    }

    fn with(keys: impl IntoIterator<Item = u32>) -> Set {
        let mut set = Set::default();
        for key in keys {
            set.insert(i64::from(key), owned(key));
        }
        set
    }

    #[test]
    fn behaves_like_a_set_under_random_use() {
        for seed in 1..if cfg!(miri) { 4 } else { 60_u64 } {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut next = move |below: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % below
            };
            let mut set = Set::default();
            let mut model = BTreeSet::new();
            let hash = |key: u32| i64::from(key % 11) * 32;
            for _ in 0..600 {
                let key = next(60) as u32;
                let found = find(&set, hash(key), key);
                assert_eq!(found.is_some(), model.contains(&key));
                match (next(5), found) {
                    (0..=2, None) => {
                        set.insert(hash(key), owned(key));
                        model.insert(key);
                    }
                    (3, Some(place)) => {
                        assert_eq!(set.remove(place).map(|key| number(key.into_ref())), Some(key));
                        model.remove(&key);
                    }
                    (4, _) => {
                        if let Some(key) = set.pop() {
                            assert!(model.remove(&number(key.into_ref())));
                        }
                    }
                    _ => {}
                }
                assert_eq!(order(&set).into_iter().collect::<BTreeSet<_>>(), model);
                assert_eq!(set.len(), model.len());
                assert!(set.fill() < set.size());
            }
            forget(set);
        }
    }

    #[test]
    fn iterates_in_cpythons_order() {
        // s = set(), s.add(8), … , print(list(s)) in CPython
        for (keys, expected) in [
            (vec![8, 0, 16, 3, 24], vec![0, 3, 8, 16, 24]),
            (vec![8, 0, 16], vec![8, 0, 16]),
            (vec![100, 7, 15, 23], vec![23, 100, 15, 7]),
            (vec![64, 33, 1, 2, 97, 5, 40, 8, 73, 0], vec![64, 33, 2, 1, 97, 5, 0, 40, 8, 73]),
        ] {
            let set = with(keys);
            assert_eq!(order(&set), expected);
            forget(set);
        }
    }

    #[test]
    fn an_order_is_found_for_sets_of_any_making() {
        for seed in 1..if cfg!(miri) { 10 } else { 400_u64 } {
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            let mut next = move |below: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % below
            };
            let count = 3 + next(20);
            let made = with((0..count).map(|_| next(60) as u32).collect::<BTreeSet<_>>());
            let shuffled = {
                let mut keys = order(&made);
                for at in 0..keys.len() {
                    let other = next(keys.len() as u64) as usize;
                    keys.swap(at, other);
                }
                with(keys)
            };
            let wanted = order(&shuffled);
            let found = Set::in_order(wanted.iter().map(|&key| (i64::from(key), owned(key))).collect());
            assert_eq!(order(&found), wanted);
            forget(found);
            forget(made);
            forget(shuffled);
        }
    }

    #[test]
    fn a_deleted_place_on_the_way_is_used_again() {
        let mut set = with([0, 8]);
        let place = find(&set, 0, 0).unwrap_or_default();
        set.remove(place).map(Owned::into_ref);
        set.insert(16, owned(16));
        assert_eq!((order(&set), set.fill()), (vec![16, 8], 2));
        forget(set);
    }
}
