//! What every run starts from: objects that are put back as they were after a run, without being made anew.
//!
//! Once the heap is sealed it notes the count of an object before that first changes, and puts an object aside before it hands it
//! out to be changed. So putting all back costs what the run touched, and not what there is. Upon the objects that live as long as
//! the VM lies at most one [`Layer`] of others, which can be taken off and laid on again.

use super::{Heap, Keep, Ref, Slot, UNKNOWN, set_abandoned};

/// What has changed of sealed objects, as it was before. Exchanged with what is in the heap it is the other way round.
#[derive(Default)]
pub(crate) struct Changes {
    counts: Vec<(Ref, i32)>,
    slots: Vec<(Ref, Slot)>,
}

/// Objects above those that live as long as the VM, and what goes with them of those.
pub(crate) struct Layer {
    slots: Vec<Slot>,
    below: Changes,
}

impl Layer {
    /// How many places it takes.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
}

/// What its objects hold is not given back one by one.
impl Drop for Layer {
    fn drop(&mut self) {
        set_abandoned(true);
        self.slots.clear();
        self.below = Changes::default();
        set_abandoned(false);
    }
}

impl Heap {
    /// Seals all that there is. Hands back what it has changed of what was sealed before.
    pub(crate) fn seal(&mut self) -> Changes {
        self.sealed = self.slots.len();
        self.free.clear();
        self.dirty.clear();
        self.slots.iter_mut().for_each(Slot::seal);
        self.spoiled = false;
        std::mem::take(&mut self.changes)
    }

    /// Whether something was changed that could not be put aside.
    pub(crate) fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Throws away what was made since the heap was sealed, and puts back what was changed.
    pub(crate) fn reset(&mut self) {
        self.loading = false;
        set_abandoned(true);
        self.slots.truncate(self.sealed);
        let mut changes = std::mem::take(&mut self.changes);
        self.exchange(&mut changes);
        drop(changes);
        set_abandoned(false);
        self.slots.shrink_to(super::KEPT_ROOM);
        self.free.clear();
        self.free.shrink_to(super::KEPT_ROOM);
        self.dirty.clear();
        self.spoiled = false;
    }

    /// Takes the layer off, once the heap was reset; `below` is what sealing it handed out.
    pub(crate) fn take_off(&mut self, mut below: Changes) -> Layer {
        self.exchange(&mut below);
        let slots = self.slots.split_off(self.statics);
        self.sealed = self.statics;
        Layer { slots, below }
    }

    /// Lays a layer on again. Hands back what taking it off wants.
    pub(crate) fn lay_on(&mut self, mut layer: Layer) -> Changes {
        self.slots.append(&mut layer.slots);
        self.sealed = self.slots.len();
        let mut below = std::mem::take(&mut layer.below);
        self.exchange(&mut below);
        below
    }

    fn exchange(&mut self, changes: &mut Changes) {
        for (object, slot) in &mut changes.slots {
            let place = &mut self.slots[object.index()];
            std::mem::swap(place, slot);
            // Each object whose slot was put aside is among the counts.
            std::mem::swap(&mut place.count, &mut slot.count);
        }
        for (object, count) in &mut changes.counts {
            let slot = &mut self.slots[object.index()];
            std::mem::swap(&mut slot.count, count);
            slot.seal();
        }
    }

    /// A count is about to change that somebody wants to know of. Apart from counting itself, which is everywhere.
    #[inline(never)]
    pub(super) fn note(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        slot.watched = false;
        if slot.id != UNKNOWN {
            self.dirty.push(object);
        }
        if std::mem::take(&mut slot.untouched) {
            self.changes.counts.push((object, slot.count));
        }
    }

    /// A sealed object is about to be changed: it is put aside.
    #[cold]
    #[inline(never)]
    pub(super) fn put_aside(&mut self, object: Ref) {
        let slot = &mut self.slots[object.index()];
        slot.sealed = false;
        if std::mem::take(&mut slot.untouched) {
            self.changes.counts.push((object, slot.count));
        }
        match slot.kept() {
            Some(kept) => self.changes.slots.push((object, kept)),
            None => self.spoiled = true,
        }
    }
}

impl Slot {
    fn seal(&mut self) {
        (self.sealed, self.untouched, self.watched) = (true, true, true);
    }

    /// A copy to put aside, unless the value is one that cannot be.
    fn kept(&self) -> Option<Self> {
        let value = self.value.kept()?;
        Some(Self { id: UNKNOWN, value, extra: self.extra.kept(), ..*self })
    }
}
