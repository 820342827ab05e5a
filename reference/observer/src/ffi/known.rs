//! The ledger of known objects: their numbers, their last counts, and what the dealloc hooks say of them.

use pyo3::ffi;
use refdrift_trace::{Count, ObjectId};
use rustc_hash::FxHashMap;

use super::hooks;
use super::object::{Object, count_from, raw_count};
use super::typecache;

/// Not in the dense rows.
const NOWHERE: u32 = u32::MAX;

/// A stand-in for a dead object's count in the dense rows: it never changes.
static GRAVE: i64 = 0;

/// The objects met so far. Those that are alive and counted also lie in dense rows, in the order of their numbers, so that looking for
/// changed counts at each boundary is one pass over two arrays.
///
/// Invariant: each address in the rows is that of a live object, or [`GRAVE`]'s. It holds because `enter` only takes live objects
/// of types whose dealloc is hooked, and the hook calls [`Known::died`] before the memory goes.
#[derive(Default)]
pub(crate) struct Known {
    numbers: FxHashMap<usize, ObjectId>,
    /// By number: where in the rows.
    positions: Vec<u32>,
    addresses: Vec<usize>,
    counts: Vec<i32>,
    /// What to subtract from a raw count: nothing, or the first count of an object that is counted relatively.
    bases: Vec<i32>,
    owners: Vec<ObjectId>,
    /// The strs among them, by number.
    texts: Vec<ObjectId>,
    /// The floats among them, by number, with the bits of their values; see [`Known::sweep`].
    floats: Vec<(ObjectId, u64)>,
    graves: usize,
    freed: Vec<ObjectId>,
    /// How many known objects have died so far: what was learnt of addresses before is stale when it has grown.
    pub(crate) deaths: u64,
}

impl Known {
    /// The number of a live object, if it was met before.
    #[inline]
    pub(crate) fn number(&self, object: Object<'_>) -> Option<ObjectId> {
        self.numbers.get(&object.address()).copied()
    }

    /// Whether a live object that was met before lies at an address.
    pub(crate) fn is_at(&self, address: usize) -> bool {
        self.numbers.contains_key(&address)
    }

    /// Gives an object the next number. Counts of a `relative` one start at 0. Hands back the number and the count to report, or
    /// nothing if the death of such an object could not be told.
    pub(crate) fn enter(&mut self, object: Object<'_>, relative: bool) -> Option<(ObjectId, Count)> {
        if !hooks::watch_type_of(object) {
            return None;
        }
        let number = self.positions.len() as ObjectId;
        self.numbers.insert(object.address(), number);
        let is_text = object.is_exact_text();
        // SAFETY: the object is alive: `object` borrows it from someone who has a reference, so that it does not die of losing
        // that of the cache.
        let raw = unsafe {
            if is_text && !object.is_immortal() && typecache::may_hold(object.pointer()) {
                typecache::remove(object.pointer());
            }
            raw_count(object.pointer())
        };
        if raw < 0 {
            self.positions.push(NOWHERE);
            return Some((number, count_from(raw)));
        }
        let base = if relative { raw } else { 0 };
        self.positions.push(self.addresses.len() as u32);
        self.addresses.push(object.address());
        self.counts.push(raw);
        self.bases.push(base);
        self.owners.push(number);
        if is_text {
            self.texts.push(number);
        }
        if let Some(value) = object.exact_float() {
            self.floats.push((number, value.to_bits()));
        }
        Some((number, raw - base))
    }

    /// `sum` lets go of floats without their dealloc, and a hook on that is not told: their memory waits to be another float's. One that
    /// nothing refers to any more, or whose value is another, has died. Only memory that was a float's is read as one.
    #[inline]
    pub(crate) fn sweep(&mut self) {
        if self.floats.is_empty() {
            return;
        }
        let mut floats = std::mem::take(&mut self.floats);
        floats.retain(|&(number, value)| match self.lives_on(number, value) {
            Some(lives) => {
                if !lives {
                    self.bury_float(number);
                }
                lives
            }
            None => false,
        });
        self.floats = floats;
    }

    /// Whether a float is what it was; nothing if its death is known.
    #[inline]
    fn lives_on(&self, number: ObjectId, value: u64) -> Option<bool> {
        let position = self.positions[number as usize];
        if position == NOWHERE {
            return None;
        }
        let float = self.pointer(position);
        // SAFETY: a float was there, and no dealloc has given its memory back since.
        unsafe { Some(raw_count(float) != 0 && ffi::PyFloat_AS_DOUBLE(float).to_bits() == value) }
    }

    fn bury_float(&mut self, number: ObjectId) {
        let position = self.positions[number as usize];
        if position != NOWHERE {
            self.forget(self.addresses[position as usize]);
        }
    }

    /// Whether the count of a str changed since the last look that the cache of attribute lookups may have.
    #[inline]
    pub(crate) fn has_changed_name(&self) -> bool {
        self.texts.iter().any(|&number| {
            let position = self.positions[number as usize];
            // SAFETY: the invariant of this type.
            position != NOWHERE
                && unsafe { raw_count(self.pointer(position)) } != self.counts[position as usize]
                && self.may_be_name(number)
        })
    }

    /// Whether an object is a str that the cache of attribute lookups may have.
    #[inline]
    pub(crate) fn may_be_name(&self, number: ObjectId) -> bool {
        let Some(&position) = self.positions.get(number as usize) else { return false };
        if position == NOWHERE {
            return false;
        }
        let object = self.pointer(position);
        // SAFETY: the invariant of this type: a live object; only a str is read as one.
        unsafe { ffi::PyUnicode_CheckExact(object) != 0 && typecache::may_hold(object) }
    }

    /// Whether the cache of attribute lookups may have any of the strs.
    pub(crate) fn has_name(&self) -> bool {
        self.texts.iter().any(|&number| self.may_be_name(number))
    }

    /// Whether something died that was not told of yet.
    pub(crate) fn has_deaths(&self) -> bool {
        !self.freed.is_empty()
    }

    fn pointer(&self, position: u32) -> *mut ffi::PyObject {
        std::ptr::with_exposed_provenance_mut(self.addresses[position as usize])
    }

    /// Calls `f` with each known object whose count changed since the last call, by number.
    #[inline]
    pub(crate) fn changed(&mut self, mut f: impl FnMut(ObjectId, Count)) {
        if self.graves > 64 && self.graves * 2 > self.addresses.len() {
            self.bury();
        }
        for (position, (address, last)) in self.addresses.iter().zip(self.counts.iter_mut()).enumerate() {
            // SAFETY: the invariant of this type: a live object's address, or that of `GRAVE`, which is as long as a count.
            let raw = unsafe { raw_count(std::ptr::with_exposed_provenance(*address)) };
            if raw != *last {
                *last = raw;
                let count = count_from(raw);
                f(self.owners[position], if raw < 0 { count } else { count - self.bases[position] });
            }
        }
    }

    /// The objects that died since the last call, in order.
    pub(crate) fn drain_freed(&mut self) -> impl Iterator<Item = ObjectId> + '_ {
        self.freed.drain(..)
    }

    /// The live known objects, by address.
    pub(crate) fn numbers(&self) -> &FxHashMap<usize, ObjectId> {
        &self.numbers
    }

    /// The live known objects, unordered.
    pub(crate) fn alive(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.numbers.values().copied()
    }

    /// Said by the dealloc hooks: the object at this address is about to die.
    #[inline]
    pub(super) fn died(&mut self, address: usize) {
        // The float that was met last may have died untold before.
        if let Some(&(number, value)) = self.floats.last()
            && self.lives_on(number, value) == Some(false)
        {
            self.bury_float(number);
        }
        self.forget(address);
    }

    fn forget(&mut self, address: usize) {
        let Some(number) = self.numbers.remove(&address) else { return };
        self.freed.push(number);
        self.deaths += 1;
        let position = self.positions[number as usize];
        if position != NOWHERE {
            let position = position as usize;
            self.addresses[position] = (&raw const GRAVE).expose_provenance();
            self.counts[position] = 0;
            self.bases[position] = 0;
            self.positions[number as usize] = NOWHERE;
            self.graves += 1;
        }
    }

    /// Takes the dead out of the rows, keeping the order.
    fn bury(&mut self) {
        let mut to = 0;
        for from in 0..self.addresses.len() {
            let owner = self.owners[from];
            if self.positions[owner as usize] != from as u32 {
                continue;
            }
            self.positions[owner as usize] = to as u32;
            self.addresses[to] = self.addresses[from];
            self.counts[to] = self.counts[from];
            self.bases[to] = self.bases[from];
            self.owners[to] = owner;
            to += 1;
        }
        self.addresses.truncate(to);
        self.counts.truncate(to);
        self.bases.truncate(to);
        self.owners.truncate(to);
        self.graves = 0;
        let positions = &self.positions;
        self.texts.retain(|&number| positions[number as usize] != NOWHERE);
    }
}
