//! The cyclic collector (`Modules/gcmodule.c`, `Python/gc.c`): only when asked.

use crate::heap::{FROZEN, Owned, Ref, UNTRACKED};
use crate::object::class::Flags;
use crate::object::value::{InstanceDict, Role, Value};
use crate::types;
use crate::vm::Vm;

/// The objects that can be in cycles, in the order in which CPython has them: survivors of earlier collections first.
#[derive(Clone, Default)]
pub(crate) struct Collector {
    /// Holes where an object left.
    list: Vec<Option<Ref>>,
    /// How many objects there are.
    live: usize,
    /// Where in the list the second generation begins, and where the youngest does.
    younger: [usize; 2],
    /// Set while it runs: a collection inside of one does nothing.
    running: bool,
}

impl Vm {
    /// The collector learns of an object (`PyObject_GC_Track`).
    #[inline]
    pub(crate) fn track(&mut self, object: Ref) {
        let place = self.gc.list.len() as u32;
        let slot = &mut self.heap[object];
        if slot.gc == UNTRACKED {
            slot.gc = place;
            self.gc.list.push(Some(object));
            self.gc.live += 1;
        }
    }

    /// The collector forgets an object (`PyObject_GC_UnTrack`).
    #[inline]
    pub(crate) fn untrack(&mut self, object: Ref) {
        if self.heap[object].gc != UNTRACKED {
            self.untrack_known(object);
        }
    }

    #[inline(never)]
    fn untrack_known(&mut self, object: Ref) {
        let place = std::mem::replace(&mut self.heap[object].gc, UNTRACKED) as usize;
        let Some(entry) = self.gc.list.get_mut(place) else { return };
        *entry = None;
        self.gc.live -= 1;
        if self.gc.running {
            return;
        }
        // Most of what comes last goes first.
        if place + 1 == self.gc.list.len() {
            while let Some(None) = self.gc.list.last() {
                self.gc.list.pop();
            }
            let end = self.gc.list.len();
            self.gc.younger = self.gc.younger.map(|start| start.min(end));
        }
        if self.gc.list.len() > 1024 && self.gc.list.len() > self.gc.live * 2 {
            self.compact_collector();
        }
    }

    /// What belongs to the library is no business of the collector's any more (`gc.freeze`).
    pub(crate) fn freeze_library(&mut self) {
        for object in &mut self.gc.list {
            if let Some(library) = object.filter(|&object| self.heap[object].library) {
                self.heap[library].gc = FROZEN;
                *object = None;
                self.gc.live -= 1;
            }
        }
        self.compact_collector();
    }

    fn compact_collector(&mut self) {
        let younger = self.gc.younger;
        let mut kept = [0; 2];
        for (count, &start) in kept.iter_mut().zip(&younger) {
            *count = self.gc.list[..start.min(self.gc.list.len())].iter().flatten().count();
        }
        self.gc.younger = kept;
        self.gc.list.retain(Option::is_some);
        for place in 0..self.gc.list.len() {
            if let Some(object) = self.gc.list[place] {
                self.heap[object].gc = place as u32;
            }
        }
    }

    /// The objects that the collector knows, the youngest generation first.
    pub(crate) fn tracked_objects(&mut self) -> Vec<Ref> {
        self.compact_collector();
        let [young, middle, oldest] = self.generations();
        young.iter().chain(middle).chain(oldest).flatten().copied().collect()
    }

    /// The generations, the youngest first, of a list without gaps.
    fn generations(&self) -> [&[Option<Ref>]; 3] {
        let [second, youngest] = self.gc.younger;
        let (older, young) = self.gc.list.split_at(youngest);
        let (oldest, middle) = older.split_at(second);
        [young, middle, oldest]
    }

    /// Whether a collection is under way.
    pub(crate) fn collector_runs(&self) -> bool {
        self.gc.running
    }

    /// Whether the collector knows the object (`gc.is_tracked`).
    pub(crate) fn is_tracked(&self, object: Ref) -> bool {
        self.heap[object].gc != UNTRACKED
    }

    /// Whether an object may be in a cycle, so that a dict or tuple that holds it must be tracked (`_PyObject_GC_MAY_BE_TRACKED`).
    pub(crate) fn may_track(&self, object: Ref) -> bool {
        let class = self.class(self.class_of(object));
        if !class.flags.has(Flags::GC) {
            return false;
        }
        match &self.heap[object].value {
            Value::Tuple(_) => self.is_tracked(object) || class.flags.has(Flags::HEAP),
            // `type_is_gc`: static types are none of the collector's business.
            Value::Type(class) => class.heap.is_some() || class.flags.has(Flags::FROM_SPEC),
            _ => true,
        }
    }

    /// Shows every reference that an object owns and that its `tp_traverse` visits.
    pub(crate) fn traverse(&self, object: Ref, see: &mut dyn FnMut(Ref)) {
        let slot = &self.heap[object];
        if matches!(slot.value, Value::Dict(_)) && self.instance_around(object).is_some() {
            return;
        }
        slot.value.visit(&mut |role, held| {
            // `type_traverse` leaves `ht_slots` out: the names of slots are in no cycle.
            if !matches!(role, Role::Field("__slots__")) {
                see(held);
            }
        });
        if let Some(extra) = &slot.extra {
            let within = self.values_within(object);
            within.iter().flatten().copied().for_each(&mut *see);
            extra.visit(self.shared_keys(slot.class), &mut |role, held| {
                if within.is_none() || !matches!(role, Role::Field("__dict__")) {
                    see(held);
                }
            });
        }
        let class = self.class(slot.class);
        if class.flags.has(Flags::HEAP) {
            see(slot.class);
        }
    }

    /// The attribute names that the instances of a class share.
    pub(crate) fn shared_keys(&self, class: Ref) -> &[Owned] {
        self.class(class).heap.as_ref().map_or(&[], |heap| &heap.keys)
    }

    /// Collects a generation with all younger ones; the number of objects that were found unreachable (`gc_collect_main`).
    pub(crate) fn collect_garbage(&mut self, generation: usize) -> usize {
        if self.gc.running {
            return 0;
        }
        self.gc.running = true;
        let raised = self.set_raised_aside();
        let found = self.collect_cycles(generation);
        self.take_raised_back(raised);
        self.gc.running = false;
        found
    }

    fn collect_cycles(&mut self, generation: usize) -> usize {
        self.compact_collector();
        let start = match generation {
            0 => self.gc.younger[1],
            1 => self.gc.younger[0],
            _ => 0,
        };
        // A full collection appends the youngest generation to the oldest, then the one between them (`gc_list_merge` in turn).
        let [young, middle, oldest] = self.generations();
        let young: Vec<Ref> = match generation {
            0 => young.iter().flatten().copied().collect(),
            1 => middle.iter().chain(young).flatten().copied().collect(),
            _ => oldest.iter().chain(young).chain(middle).flatten().copied().collect(),
        };
        let (mut reachable, unreachable) = self.deduce_unreachable(&young);
        // Tuples, and then in a full collection dicts, that hold nothing of the sort drop out of the collector's sight: a dict that
        // comes before its tuple in the list sees it untracked.
        reachable.retain(|&object| !(self.class_of(object) == types::TUPLE && self.untrack_if_atomic(object)));
        if generation >= 2 {
            reachable.retain(|&object| !(self.class_of(object) == types::DICT && self.untrack_if_atomic(object)));
        }
        self.relist(start, &reachable, &unreachable);
        let end = self.gc.list.len();
        self.gc.younger = [if generation == 0 { self.gc.younger[0] } else { end }, end];
        let died = self.handle_weakrefs(&unreachable);
        self.finalize_garbage(&unreachable);
        let still_there: Vec<Ref> = unreachable.iter().copied().filter(|&object| self.is_tracked(object)).collect();
        let (_resurrected, garbage) = self.deduce_unreachable(&still_there);
        let dicts = garbage.iter().filter(|&&object| self.has_dict_in_cpython(object)).count();
        let found = died + garbage.len() + dicts;
        self.delete_garbage(&garbage);
        found
    }

    /// Whether an instance's attributes, which have no dict here, have one in CPython that the collector counts: only plain objects
    /// keep values without a dict (`_PyObject_InitializeDict`).
    fn has_dict_in_cpython(&self, object: Ref) -> bool {
        let slot = &self.heap[object];
        let plain = std::ptr::eq(self.class(slot.class).native, &raw const crate::types::object::TYPE);
        match slot.extra.as_deref().map(|extra| &extra.dict) {
            Some(InstanceDict::Values(inline)) if !plain => {
                inline.values.iter().flatten().any(|value| self.may_track(value.borrow()))
            }
            _ => false,
        }
    }

    /// Moves objects to the end of the generation that has just been collected into; what was made meanwhile is younger.
    pub(crate) fn grow_old(&mut self, objects: &[Ref]) {
        for &object in objects {
            if !self.is_tracked(object) {
                continue;
            }
            self.untrack(object);
            let [second, youngest] = self.gc.younger;
            self.gc.list.insert(youngest, Some(object));
            self.gc.live += 1;
            self.gc.younger = [if second == youngest { second + 1 } else { second }, youngest + 1];
            for place in youngest..self.gc.list.len() {
                if let Some(moved) = self.gc.list[place] {
                    self.heap[moved].gc = place as u32;
                }
            }
        }
    }

    /// The collector's list anew from some place on: what is reachable, then what is not (yet to be decided on).
    fn relist(&mut self, start: usize, reachable: &[Ref], unreachable: &[Ref]) {
        self.gc.list.truncate(start);
        self.gc.live = start;
        for &object in reachable.iter().chain(unreachable) {
            self.heap[object].gc = UNTRACKED;
            self.track(object);
        }
    }

    /// Splits a list into what is reachable from outside of it and what is not (`deduce_unreachable`), each in the order in
    /// which CPython's algorithm leaves them: an object that is found reachable late goes to the end.
    fn deduce_unreachable(&mut self, list: &[Ref]) -> (Vec<Ref>, Vec<Ref>) {
        // Only objects between the first and the last of the list can be in it.
        let first = list.iter().map(|object| object.index()).min().unwrap_or_default();
        let end = list.iter().map(|object| object.index() + 1).max().unwrap_or_default();
        let mut place = vec![u32::MAX; end - first];
        let place_of =
            |place: &[u32], object: Ref| place.get(object.index().wrapping_sub(first)).copied().filter(|&index| index != u32::MAX);
        // `gc_refs`: the references from outside the list.
        let mut refs: Vec<i64> = Vec::with_capacity(list.len());
        for (index, &object) in list.iter().enumerate() {
            place[object.index() - first] = index as u32;
            refs.push(i64::from(self.heap[object].count));
        }
        for &object in list {
            self.traverse(object, &mut |held| {
                if let Some(index) = place_of(&place, held) {
                    refs[index as usize] -= 1;
                }
            });
        }
        // `move_unreachable`: walk the list; what has no outside reference is set aside until something reachable holds it.
        let mut order: Vec<u32> = (0..list.len() as u32).collect();
        let mut aside = vec![false; list.len()];
        let mut unreachable: Vec<Option<u32>> = Vec::new();
        let mut aside_at = vec![u32::MAX; list.len()];
        let mut visited = vec![false; list.len()];
        let mut at = 0;
        let mut reachable = Vec::with_capacity(list.len());
        while at < order.len() {
            let index = order[at] as usize;
            at += 1;
            if refs[index] == 0 {
                aside[index] = true;
                aside_at[index] = unreachable.len() as u32;
                unreachable.push(Some(index as u32));
                continue;
            }
            visited[index] = true;
            reachable.push(list[index]);
            self.traverse(list[index], &mut |held| {
                let Some(held) = place_of(&place, held) else { return };
                let held = held as usize;
                if visited[held] {
                    return;
                }
                if aside[held] {
                    // Back to the end of the list.
                    aside[held] = false;
                    unreachable[aside_at[held] as usize] = None;
                    order.push(held as u32);
                    refs[held] = 1;
                } else if refs[held] == 0 {
                    refs[held] = 1;
                }
            });
        }
        let unreachable = unreachable.into_iter().flatten().map(|index| list[index as usize]).collect();
        (reachable, unreachable)
    }

    /// `_PyTuple_MaybeUntrack`, `_PyDict_MaybeUntrack`: whether a tuple or dict holds nothing that could be in a cycle, and is now forgotten.
    fn untrack_if_atomic(&mut self, object: Ref) -> bool {
        let atomic = match &self.heap[object].value {
            Value::Tuple(items) => items.iter().all(|item| !self.may_track(item.borrow())),
            Value::Dict(dict) => {
                dict.iter().all(|entry| !self.may_track(entry.value.borrow()) && !self.may_track(entry.key.borrow()))
            }
            _ => false,
        };
        if atomic {
            self.untrack(object);
        }
        atomic
    }

    /// `finalize_garbage`: every finaliser, before anything is taken apart.
    fn finalize_garbage(&mut self, unreachable: &[Ref]) {
        for (object, place) in self.with_places(unreachable) {
            if self.heap[object].gc != place {
                continue;
            }
            let finalize = self.class(self.class_of(object)).slots.finalize;
            if let Some(finalize) = finalize
                && !self.heap[object].finalized
            {
                self.heap[object].finalized = true;
                let held = self.retain(object);
                if finalize(self, object).is_err() {
                    self.write_unraisable(Some(object));
                }
                self.release(held);
            }
        }
    }

    /// `delete_garbage`: clears what is left, one object after the other.
    fn delete_garbage(&mut self, garbage: &[Ref]) {
        for (object, place) in self.with_places(garbage) {
            if self.heap[object].gc != place {
                continue;
            }
            let held = self.retain(object);
            // A class loses its attributes, by itself or through its dict.
            self.cache.invalidate();
            let mut given_back = Vec::new();
            self.take_attributes(object, &mut given_back);
            if let Value::Type(class) = &self.heap[object].value
                && let Some(dict) = class.dict.as_ref().map(Owned::borrow)
            {
                self.dict_clear(dict);
            }
            self.own_keys(object);
            self.heap[object].value.clear(&mut given_back);
            if matches!(self.heap[object].value, Value::Function(_)) {
                let empty = [(); 2].map(|()| self.retain(types::EMPTY_STR));
                if let Value::Function(function) = &mut self.heap[object].value {
                    given_back.extend(function.replace_names(empty));
                }
            }
            self.release_all(given_back);
            self.release(held);
        }
    }

    /// Objects with their places in the list: one that is gone by the time its turn comes has left its place.
    fn with_places(&self, objects: &[Ref]) -> Vec<(Ref, u32)> {
        objects.iter().map(|&object| (object, self.heap[object].gc)).collect()
    }
}
