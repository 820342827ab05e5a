//! The heap: every object in one arena, with its count.

mod audit;
mod handle;
mod keep;
mod release;
mod sealed;
mod trashcan;
mod watch;

#[cfg(feature = "faults")]
pub(crate) use handle::set_broken;
pub(crate) use handle::{Owned, Ref, set_abandoned};
pub(crate) use keep::{Keep, keep, keep_clones};
pub(crate) use release::Pending;
pub(crate) use sealed::{Changes, Layer};
pub(crate) use trashcan::Trashcan;
pub(crate) use watch::Watch;

use crate::object::value::{Extra, Value};
use crate::types;
use refdrift_trace::{IMMORTAL, ObjectId};

/// Not numbered by the recorder.
pub(crate) const UNKNOWN: ObjectId = ObjectId::MAX;
/// How many objects there may be.
const MOST_OBJECTS: usize = 1 << 25;
/// How much room for objects a VM keeps between two runs.
const KEPT_ROOM: usize = 1 << 20;
/// How many [`Heap::spares`] are kept.
const MOST_SPARES: usize = 256;
/// Not in a collector's list.
pub(crate) const UNTRACKED: u32 = u32::MAX;
/// Known to the collector, but none of its business.
pub(crate) const FROZEN: u32 = u32::MAX - 1;
/// What objects that live as long as the VM start with: their counts go up and down but never to zero.
pub(crate) const STATIC_COUNT: i32 = 1 << 28;

/// One object.
#[expect(clippy::struct_excessive_bools, reason = "any of the flags goes with any of the others")]
pub(crate) struct Slot {
    /// Its reference count, or [`IMMORTAL`].
    pub(crate) count: i32,
    /// Its number, once the recorder met it.
    pub(crate) id: ObjectId,
    /// Its type.
    pub(crate) class: Ref,
    /// Its place in the collector's list.
    pub(crate) gc: u32,
    /// `__del__` has run (PEP 442: it runs once).
    pub(crate) finalized: bool,
    /// The next change of its count is to be noted: the recorder knows it, or a run has yet to touch it.
    pub(crate) watched: bool,
    /// It belongs to a module of the library: it was there before the snippet.
    pub(crate) library: bool,
    /// That is one of its references: it never dies.
    held: bool,
    /// It was there before the run, which has not changed more of it than its count: see [`sealed`].
    sealed: bool,
    /// It was there before the run, which has not changed its count either.
    untouched: bool,
    /// What instances of Python classes have beside their value.
    pub(crate) extra: Option<Box<Extra>>,
    /// What it is.
    pub(crate) value: Value,
    /// The instruction in which it was made.
    #[cfg(feature = "faults")]
    pub(crate) born: u64,
    /// A mistake was made with it.
    #[cfg(feature = "faults")]
    pub(crate) mistaken: bool,
}

/// The arena. Slot 0 stays empty, so that a handle is never zero.
pub(crate) struct Heap {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// What instances that died had beside their values: allocated already.
    #[expect(clippy::vec_box, reason = "the boxes themselves are what is kept")]
    spares: Vec<Box<Extra>>,
    /// Objects below this index live as long as the VM.
    statics: usize,
    /// Objects below this index were there before the run.
    sealed: usize,
    /// What the run has changed of them.
    changes: Changes,
    /// Something of them was changed that cannot be put back.
    spoiled: bool,
    /// The known objects whose count may have changed since the last boundary.
    dirty: Vec<Ref>,
    /// What is made now belongs to the library.
    pub(crate) loading: bool,
    #[cfg(feature = "faults")]
    pub(crate) faults: crate::fault::Faults,
}

impl Heap {
    pub(crate) fn new() -> Self {
        let mut heap = Self {
            slots: Vec::with_capacity(8192),
            free: Vec::new(),
            spares: Vec::new(),
            statics: 0,
            sealed: 0,
            changes: Changes::default(),
            spoiled: false,
            dirty: Vec::new(),
            loading: false,
            #[cfg(feature = "faults")]
            faults: crate::fault::Faults::default(),
        };
        heap.slots.push(Slot::new(Ref::at(1), Value::Free, 0));
        heap
    }

    /// Puts a new object on the heap; the caller owns the one reference to it.
    #[inline(never)]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn insert(&mut self, class: Ref, value: Value) -> Owned {
        self.insert_here(class, value)
    }

    /// The same for what is made most often: the value is written right where it goes. Handed over it is read as a whole where it was
    /// just written in parts, and a processor waits for that.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "that is what it is for")]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn insert_here(&mut self, class: Ref, value: Value) -> Owned {
        #[cfg(feature = "faults")]
        self.pass_on(&value);
        let index = match self.free.pop() {
            Some(index) => {
                self.slots[index as usize].occupy(class, value);
                index
            }
            None => self.grow(class, value),
        };
        let slot = &mut self.slots[index as usize];
        slot.library = self.loading;
        #[cfg(feature = "faults")]
        {
            slot.born = self.faults.now();
        }
        Owned::adopt(Ref::at(index))
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, class: Ref, value: Value) -> u32 {
        self.slots.push(Slot::new(class, value, 1));
        (self.slots.len() - 1) as u32
    }

    /// Gives the slot of a dead object back for the next one. Its value has been taken out, or is one that holds nothing.
    #[inline]
    pub(crate) fn vacate(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        debug_assert!(slot.extra.is_none(), "what an instance has beside its value was taken");
        std::mem::forget(std::mem::replace(&mut slot.value, Value::Free));
        slot.id = UNKNOWN;
        slot.watched = false;
        self.free.push(object.index() as u32);
    }

    /// Frees an `int` or `float` that nobody has looked at: it holds nothing, and nothing is to be told. False if it is something
    /// else.
    #[inline]
    pub(crate) fn free_number(&mut self, object: Ref) -> bool {
        let slot = &mut self.slots[object.index()];
        let number = match slot.value {
            Value::Int(_) => slot.class == types::INT,
            Value::Float(_) => slot.class == types::FLOAT,
            _ => false,
        };
        if !number || slot.id != UNKNOWN || slot.sealed {
            return false;
        }
        std::mem::forget(std::mem::replace(&mut slot.value, Value::Free));
        self.free.push(object.index() as u32);
        true
    }

    /// What an instance of a Python class has beside its value, still empty.
    pub(crate) fn new_extra(&mut self) -> Box<Extra> {
        self.spares.pop().unwrap_or_default()
    }

    /// What a dead instance had beside its value, emptied, serves the next one.
    pub(crate) fn spare(&mut self, mut extra: Box<Extra>) {
        if self.spares.len() < MOST_SPARES {
            extra.empty();
            self.spares.push(extra);
        }
    }

    /// `Py_INCREF`: takes a reference of one's own.
    #[inline]
    pub(crate) fn retain(&mut self, object: Ref) -> Owned {
        let slot = &mut self.slots[object.index()];
        if slot.count != IMMORTAL {
            if slot.watched {
                self.note(object);
                self.slots[object.index()].count += 1;
            } else {
                slot.count += 1;
            }
        }
        Owned::adopt(object)
    }

    /// Counts a reference less; whether that was the last one.
    #[inline]
    pub(crate) fn decrement(&mut self, object: Ref) -> bool {
        let slot = &self.slots[object.index()];
        if slot.count == IMMORTAL {
            return false;
        }
        // A build that makes mistakes on purpose goes on after one, so that the comparison can find it.
        #[cfg(feature = "faults")]
        if matches!(slot.value, Value::Free) {
            return self.free_again(object);
        }
        #[cfg(not(feature = "faults"))]
        debug_assert!(slot.count > 0, "{object:?} released more often than it was taken");
        if slot.watched {
            self.note(object);
        }
        let count = &mut self.slots[object.index()].count;
        *count -= 1;
        *count == 0
    }

    /// Changes a count for whoever looks at it now.
    pub(crate) fn adjust(&mut self, object: Ref, by: i32) {
        let count = self.slots[object.index()].count;
        if count != IMMORTAL {
            self.set_count(object, count + by);
        }
    }

    /// Sets a count.
    pub(crate) fn set_count(&mut self, object: Ref, count: i32) {
        if self.slots[object.index()].watched {
            self.note(object);
        }
        self.slots[object.index()].count = count;
    }

    /// The recorder meets an object, and numbers it.
    pub(crate) fn set_number(&mut self, object: Ref, id: ObjectId) {
        let slot = &mut self.slots[object.index()];
        (slot.id, slot.watched) = (id, true);
    }

    /// The number of an object whose count is to be told, which is watched again; none for one that nobody knows any more or that was
    /// told already.
    pub(crate) fn watch_again(&mut self, object: Ref) -> Option<ObjectId> {
        let slot = &mut self.slots[object.index()];
        (slot.id != UNKNOWN && !std::mem::replace(&mut slot.watched, true)).then_some(slot.id)
    }

    /// The recorder forgets an object.
    pub(crate) fn forget_number(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        (slot.id, slot.watched) = (UNKNOWN, slot.untouched);
    }

    /// A free slot is freed once more: two of the next objects will share it.
    #[cfg(feature = "faults")]
    fn free_again(&mut self, object: Ref) -> bool {
        if self.faults.armed() && !self.faults.stale && self.free.contains(&(object.index() as u32)) {
            self.faults.stale = true;
            self.free.push(object.index() as u32);
        }
        false
    }

    /// A new object takes over the references that its value holds: the first of them may go wrong.
    #[cfg(feature = "faults")]
    #[track_caller]
    fn pass_on(&mut self, value: &Value) {
        if !self.faults.is_on() {
            return;
        }
        self.faults.count();
        let mut first = None;
        value.visit(&mut |_, held| {
            first.get_or_insert(held);
        });
        let Some(held) = first else { return };
        match self.faults.hit(crate::fault::Operation::Transfer, held, 0, self.slots[held.index()].count != IMMORTAL) {
            Some(crate::fault::Mode::Counted) => self.adjust(held, 1),
            Some(_) => self.adjust(held, -1),
            None => return,
        }
        self.mark_mistaken(held);
    }

    /// A mistake was made with an object: does anybody ever look at it?
    #[cfg(feature = "faults")]
    pub(crate) fn mark_mistaken(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        slot.mistaken = true;
        self.faults.seen |= slot.id != UNKNOWN;
        self.faults.outside |= !self.loading;
        self.faults.passing |= !(slot.library || object.index() < self.statics);
    }

    /// The slot of an object, if there is such a slot.
    #[cfg(feature = "faults")]
    pub(crate) fn slot(&self, object: Ref) -> Option<&Slot> {
        self.slots.get(object.index())
    }

    /// Everything made so far lives as long as the VM.
    pub(crate) fn seal_statics(&mut self) {
        self.statics = self.slots.len();
        self.seal();
    }

    /// How many places there are, taken or free.
    pub(crate) fn room(&self) -> usize {
        self.slots.len()
    }

    /// Whether the object lives as long as the VM.
    pub(crate) fn is_static(&self, object: Ref) -> bool {
        object.index() < self.statics
    }

    /// Whether the object was there before the snippet: it lives as long as the VM, or is the library's.
    pub(crate) fn was_there(&self, object: Ref) -> bool {
        self.is_static(object) || self.slots[object.index()].library
    }

    /// What the library has made stays, whatever becomes of the modules.
    pub(crate) fn hold_library(&mut self) {
        for slot in self.slots.iter_mut().skip(self.statics) {
            if slot.library && !slot.held && !matches!(slot.value, Value::Free) {
                slot.held = true;
                if slot.count != IMMORTAL {
                    slot.count += 1;
                }
            }
        }
    }

    /// All counts as they are; none for what is no object.
    pub(crate) fn counts(&self) -> Vec<Option<i32>> {
        self.slots.iter().map(|slot| (!matches!(slot.value, Value::Free)).then_some(slot.count)).collect()
    }

    /// Takes back what became of the counts of the objects that there were.
    pub(crate) fn restore_counts(&mut self, counts: &[Option<i32>]) {
        for (slot, &count) in self.slots.iter_mut().zip(counts) {
            if let Some(count) = count.filter(|_| !matches!(slot.value, Value::Free)) {
                slot.count = count;
            }
        }
    }

    /// An object turns out to have been there before the snippet.
    pub(crate) fn add_to_library(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        (slot.library, slot.held, slot.count) = (true, true, STATIC_COUNT);
    }

    /// What was made since the library was last held does not belong to it after all.
    pub(crate) fn disown_library(&mut self) {
        self.slots.iter_mut().skip(self.statics).filter(|slot| !slot.held).for_each(|slot| slot.library = false);
    }

    /// Whether a run has as many objects as it may have.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.slots.len() > MOST_OBJECTS
    }

    /// The number of slots, free ones included.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The known objects whose count may have changed since this was last asked, in no particular order.
    pub(crate) fn take_dirty(&mut self, into: &mut Vec<Ref>) {
        std::mem::swap(&mut self.dirty, into);
        self.dirty.clear();
    }

    /// Every live object.
    pub(crate) fn live(&self) -> impl Iterator<Item = (Ref, &Slot)> {
        self.slots
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, slot)| !matches!(slot.value, Value::Free))
            .map(|(index, slot)| (Ref::at(index as u32), slot))
    }
}

impl Slot {
    fn new(class: Ref, value: Value, count: i32) -> Self {
        Self {
            count,
            id: UNKNOWN,
            class,
            gc: UNTRACKED,
            finalized: false,
            watched: false,
            library: false,
            held: false,
            sealed: false,
            untouched: false,
            extra: None,
            value,
            #[cfg(feature = "faults")]
            born: 0,
            #[cfg(feature = "faults")]
            mistaken: false,
        }
    }
}

impl Slot {
    /// A new object moves into a slot that was vacated: field by field where they lie, since a slot that is made elsewhere and then
    /// moved waits for itself to be written.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `Heap::insert_here`")]
    fn occupy(&mut self, class: Ref, value: Value) {
        (self.count, self.id, self.class, self.gc) = (1, UNKNOWN, class, UNTRACKED);
        (self.finalized, self.watched, self.held, self.sealed, self.untouched) = (false, false, false, false, false);
        // Nothing is there that would have to be dropped.
        std::mem::forget(self.extra.take());
        std::mem::forget(std::mem::replace(&mut self.value, value));
        #[cfg(feature = "faults")]
        {
            self.mistaken = false;
        }
    }
}

impl std::ops::Index<Ref> for Heap {
    type Output = Slot;
    #[inline]
    fn index(&self, object: Ref) -> &Slot {
        &self.slots[object.index()]
    }
}

impl std::ops::IndexMut<Ref> for Heap {
    #[inline]
    fn index_mut(&mut self, object: Ref) -> &mut Slot {
        if self.slots[object.index()].sealed {
            self.put_aside(object);
        }
        &mut self.slots[object.index()]
    }
}

/// The VM goes, and everything with it: what its objects hold is not given back one by one.
impl Drop for Heap {
    fn drop(&mut self) {
        set_abandoned(true);
        self.slots.clear();
        self.changes = Changes::default();
        set_abandoned(false);
    }
}
