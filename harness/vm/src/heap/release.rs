//! Giving references back: `Py_DECREF`, and what follows when a count reaches zero.
//!
//! Frees are iterative. The order is CPython's depth-first one: what an object held is let go of, each item with all that
//! follows from it, before the next. The waiting work lies on a stack of [`Pending`] entries instead of the native stack, and
//! the references that wait to be given back on another one, [`Vm::waiting`]: freeing allocates nothing.

use super::{Owned, Ref};
#[cfg(feature = "faults")]
use crate::fault::Operation;
use crate::object::class::Flags;
use crate::object::value::{InstanceDict, Value};
use crate::types;
use crate::vm::Vm;

/// Work that waits while something is being freed.
pub(crate) enum Pending {
    /// Give back what waits above that height, the last first.
    GiveBack(usize),
    /// An instance whose attributes went: now the rest of it (the base type's `tp_dealloc`).
    Base(Ref),
    /// The deallocation of an instance is over.
    Leave,
    /// Free what the trashcan holds, the last first.
    EmptyTrash,
}

impl Vm {
    /// `Py_INCREF`
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn retain(&mut self, object: Ref) -> Owned {
        #[cfg(feature = "faults")]
        if let Some(mode) = self.fault_hits(Operation::Take, object) {
            return self.retain_wrongly(object, mode);
        }
        self.heap.retain(object)
    }

    /// `Py_DECREF`: gives a reference back; frees the object if it was the last one.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn release(&mut self, owned: Owned) {
        #[cfg(feature = "faults")]
        if let Some(mode) = self.fault_hits(Operation::GiveBack, owned.borrow()) {
            return self.release_wrongly(owned, mode);
        }
        let object = owned.into_ref();
        if self.heap.decrement(object) {
            self.free(object);
        }
    }

    /// Lends a reference for the length of a call, then gives it back.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn lend<T>(&mut self, owned: Owned, run: impl FnOnce(&mut Self, Ref) -> T) -> T {
        #[cfg(feature = "faults")]
        if let Some(mode) = self.fault_hits(Operation::Lend, owned.borrow()) {
            return self.lend_wrongly(owned, mode, run);
        }
        let result = run(self, owned.borrow());
        let object = owned.into_ref();
        if self.heap.decrement(object) {
            self.free(object);
        }
        result
    }

    /// Gives back what may be there.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn release_option(&mut self, owned: Option<Owned>) {
        if let Some(owned) = owned {
            self.release(owned);
        }
    }

    /// Gives several references back, the first one first.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn release_all(&mut self, owned: Vec<Owned>) {
        #[cfg(feature = "faults")]
        let mut owned = owned;
        #[cfg(feature = "faults")]
        if let Some(first) = owned.first().map(Owned::borrow)
            && let Some(mode) = self.fault_hits(Operation::GiveBack, first)
        {
            let first = owned.remove(0);
            self.release_wrongly(first, mode);
        }
        let base = self.pending.len();
        let height = self.waiting.len();
        self.waiting.extend(owned.into_iter().rev());
        self.pending.push(Pending::GiveBack(height));
        self.work_off(base);
    }

    /// Frees an object whose count reached zero, and all that goes with it.
    #[inline(never)]
    pub(crate) fn free(&mut self, object: Ref) {
        if self.heap.free_number(object) {
            return;
        }
        let base = self.pending.len();
        self.begin_free(object);
        if self.pending.len() > base {
            self.work_off(base);
        }
    }

    /// Works until no more is pending than `base` entries.
    fn work_off(&mut self, base: usize) {
        'work: while self.pending.len() > base {
            match self.pending.last_mut() {
                Some(&mut Pending::GiveBack(height)) => {
                    while self.waiting.len() > height
                        && let Some(owned) = self.waiting.pop()
                    {
                        let object = owned.into_ref();
                        if self.heap.decrement(object) {
                            let before = self.pending.len();
                            self.begin_free(object);
                            if self.pending.len() > before {
                                // What it held goes first.
                                continue 'work;
                            }
                        }
                    }
                    self.pending.pop();
                }
                Some(&mut Pending::Base(object)) => {
                    self.pending.pop();
                    self.free_base(object);
                }
                Some(Pending::Leave) => {
                    self.pending.pop();
                    self.leave_deallocation();
                }
                Some(Pending::EmptyTrash) => match self.trash.waiting.pop() {
                    Some(object) => self.begin_free(object),
                    None => {
                        self.pending.pop();
                        self.nest_deallocation(-1);
                    }
                },
                None => return,
            }
        }
    }

    /// Frees an object of one of the types that are everywhere and whose `tp_dealloc` only lets go of what the object holds; false
    /// if it is none.
    #[inline]
    fn free_simply(&mut self, object: Ref) -> bool {
        let slot = &mut self.heap[object];
        if slot.extra.is_some() {
            return false;
        }
        match (&mut slot.value, slot.class) {
            (Value::Int(_), types::INT) | (Value::Float(_), types::FLOAT) | (Value::RangeIterator(..), types::RANGE_ITERATOR) => {
                self.note_freed(object);
                self.heap.vacate(object);
                return true;
            }
            (Value::Str(text), types::STR) if !text.interned => {}
            (Value::Dict(dict), types::DICT) if dict.shares.is_none() => {}
            (Value::Tuple(_), types::TUPLE)
            | (Value::List(_), types::LIST)
            | (Value::Cell(_), types::CELL)
            | (Value::Method(..), types::METHOD)
            | (Value::Function(_), types::FUNCTION)
            | (Value::SequenceIterator(..), types::LIST_ITERATOR | types::TUPLE_ITERATOR) => {}
            _ => return false,
        }
        let value = std::mem::replace(&mut slot.value, Value::Free);
        self.note_freed(object);
        self.untrack(object);
        self.heap.vacate(object);
        let height = self.waiting.len();
        value.give_back(&mut self.waiting);
        self.give_back_from(height);
        true
    }

    /// What waits above that height goes next, the first that was put there first.
    #[inline]
    fn give_back_from(&mut self, height: usize) {
        if self.waiting.len() > height {
            self.waiting[height..].reverse();
            self.pending.push(Pending::GiveBack(height));
        }
    }

    /// The first half of a deallocation: for an instance of a Python class its finaliser, its weak references and its
    /// attributes (`subtype_dealloc` in `Objects/typeobject.c`); for any other object everything.
    fn begin_free(&mut self, object: Ref) {
        if self.free_simply(object) {
            return;
        }
        let class = self.heap[object].class;
        let (heap_type, collected, finalize) = {
            let class = self.class(class);
            (class.flags.has(Flags::HEAP), class.flags.has(Flags::GC), class.slots.finalize)
        };
        if !heap_type {
            self.free_base(object);
            return;
        }
        if collected {
            if !self.enter_deallocation(object) {
                return;
            }
            self.pending.push(Pending::Leave);
        }
        if let Some(finalize) = finalize {
            if collected {
                // `subtype_dealloc` takes it from the collector and gives it back for the call: one that lives on is the youngest.
                self.untrack(object);
                self.track(object);
            }
            if !self.finalize_dying(object, finalize) {
                return;
            }
        }
        // A callback may collect, and what dies is not to be found then.
        self.untrack(object);
        self.clear_weakrefs(object);
        if self.class(class).flags.has(Flags::DIES_FIRST) {
            self.note_freed(object);
        }
        self.pending.push(Pending::Base(object));
        let mut waiting = std::mem::take(&mut self.waiting);
        let height = waiting.len();
        self.take_attributes(object, &mut waiting);
        self.waiting = waiting;
        self.give_back_from(height);
    }

    /// Takes the values of `__slots__` and the attributes from an instance, in the order in which `subtype_dealloc` and
    /// `subtype_clear` let go of them: the slots of the most derived class first.
    pub(crate) fn take_attributes(&mut self, object: Ref, out: &mut Vec<Owned>) {
        let inherited = |vm: &Self, class: Ref| {
            let base = vm.class(class).base.as_ref().map(Owned::borrow)?;
            Some((base, vm.class(base).slot_count)).filter(|&(_, count)| count > 0)
        };
        let mut class = self.heap[object].class;
        while let Some((base, count)) = inherited(self, class) {
            if let Some(extra) = self.heap[object].extra.as_deref_mut() {
                out.extend(extra.slots.drain(count.min(extra.slots.len())..).flatten());
            }
            class = base;
        }
        if let Some(extra) = self.heap[object].extra.as_deref_mut() {
            extra.give_back(out);
        }
    }

    /// The second half: the type's own `tp_dealloc`. The object is gone when it begins.
    fn free_base(&mut self, object: Ref) {
        self.note_freed(object);
        let class = self.heap[object].class;
        let flags = self.class(class).flags;
        let heap_type = flags.has(Flags::HEAP);
        if !heap_type && !self.free_natively(object) {
            return;
        }
        self.untrack(object);
        match &self.heap[object].value {
            Value::Native(_) => self.unhook(object),
            Value::Type(_) => {
                self.leave_bases(object);
                self.part_keys(object);
            }
            Value::Str(_) => self.forget_interned(object),
            Value::Dict(_) => self.part_keys(object),
            _ => {}
        }
        let height = self.waiting.len();
        let extra = self.heap[object].extra.take();
        let mut hidden = None;
        if let Some(mut extra) = extra {
            if let InstanceDict::Dict(dict) = std::mem::take(&mut extra.dict) {
                self.waiting.push(dict);
            }
            hidden = Some(extra);
        }
        std::mem::replace(&mut self.heap[object].value, Value::Free).give_back(&mut self.waiting);
        if self.class(class).native.base == Some(types::TUPLE) {
            // `structseq_dealloc` goes from the first item to the last.
            self.waiting[height..].reverse();
        }
        if let Some(mut extra) = hidden {
            // What a struct sequence does not show.
            self.waiting.extend(extra.slots.drain(..).flatten());
            self.heap.spare(extra);
        }
        if heap_type || flags.has(Flags::FROM_SPEC) {
            // The instance's reference to its class goes last.
            self.waiting.push(Owned::adopt(class));
        }
        #[cfg(feature = "faults")]
        if self.waiting.len() > height {
            let name = if heap_type { "instance" } else { self.class(class).short_name() }.to_owned();
            let key = if heap_type { 0 } else { class.index() };
            if let Some(mode) = self.heap.faults.hit_death(key, &name) {
                self.deallocate_wrongly(height, mode);
            }
        }
        self.heap.vacate(object);
        self.give_back_from(height);
    }

    /// The bases of a class that dies know it no more (`remove_all_subclasses`).
    fn leave_bases(&mut self, object: Ref) {
        let Value::Type(class) = &self.heap[object].value else { return };
        let bases = class.bases.as_ref().map(Owned::borrow).and_then(|bases| self.items(bases)).unwrap_or_default();
        for base in bases {
            if let Value::Type(base) = &mut self.heap[base].value {
                base.subclasses.retain(|&subclass| subclass != object);
            }
        }
    }

    /// What some builtin types do before they let go of what they hold; whether the object is still to be freed.
    fn free_natively(&mut self, object: Ref) -> bool {
        let class = self.heap[object].class;
        // Before the callbacks of weak references to it, the other way round than elsewhere (`memory_dealloc`).
        self.release_dying_buffer(object);
        let tracked = self.is_tracked(object);
        if self.class(class).flags.has(Flags::WEAK) {
            // A callback may collect, and what dies is not to be found then.
            self.untrack(object);
            self.clear_weakrefs(object);
        }
        let quiet = self.class(class).flags.has(Flags::DIES_QUIETLY);
        match self.class(class).slots.finalize.filter(|_| !quiet) {
            Some(finalize) => {
                if tracked {
                    self.track(object);
                }
                let dies = self.finalize_dying(object, finalize);
                if dies {
                    // The finaliser may have shown it to the recorder once more.
                    self.note_freed(object);
                    self.leave_frame_behind(object);
                }
                dies
            }
            None => true,
        }
    }

    /// Runs the finaliser of a dying object (`PyObject_CallFinalizerFromDealloc`); whether the object is still dying after it.
    fn finalize_dying(&mut self, object: Ref, finalize: fn(&mut Vm, Ref) -> crate::vm::PyResult<()>) -> bool {
        if self.heap[object].finalized {
            return true;
        }
        self.heap[object].finalized = true;
        // It lives once more for the length of the call.
        let temporary = self.retain(object);
        let raised = self.set_raised_aside();
        if finalize(self, object).is_err() {
            self.write_unraisable(Some(object));
        }
        self.take_raised_back(raised);
        self.heap.decrement(temporary.into_ref())
    }
}
