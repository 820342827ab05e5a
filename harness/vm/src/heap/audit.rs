//! Is every count the number of its owners? Walks the heap, the frames and the exceptions, and compares.

use refdrift_trace::IMMORTAL;

use super::{Owned, Ref};
use crate::api::Imbalance;
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::record::Recorder;
use crate::vm::Vm;

impl Vm {
    /// Looks for an object whose count is not the number of its owners; keeps the first one.
    ///
    /// Only where no function in Rust is under way: what such a function owns is on the native stack, where nobody can look.
    pub(crate) fn audit(&mut self, recorder: &Recorder) {
        if self.imbalance.is_some() || self.loops > u32::from(!recorder.tearing_down) || self.collector_runs() {
            return;
        }
        let mut owners = self.count_owners();
        if let Some(globals) = recorder.globals {
            owners[globals.index()] += 1;
        }
        let wrong = self.heap.live().find(|&(object, slot)| {
            // CPython's own references to constants, and to what was there before, are in the counts from the start.
            let counted = slot.count != IMMORTAL && !self.heap.was_there(object) && !recorder.constants.contains_key(&object);
            counted && i64::from(slot.count) != owners[object.index()]
        });
        if let Some((object, slot)) = wrong {
            let (count, owners) = (slot.count, owners[object.index()]);
            let step = recorder.trajectory.steps.len() - 1;
            self.imbalance = Some(Imbalance { step, type_name: self.type_name(object), count, owners });
        }
    }

    /// How many references to each object there are, by its place in the heap.
    fn count_owners(&self) -> Vec<i64> {
        let mut owners = vec![0; self.heap.room()];
        let mut see = |object: Ref| owners[object.index()] += 1;
        for (_, slot) in self.heap.live() {
            match &slot.value {
                Value::Native(native) => native.owns(&mut see),
                value => value.visit(&mut |_, held| see(held)),
            }
            if let Some(extra) = &slot.extra {
                extra.visit(self.shared_keys(slot.class), &mut |_, held| see(held));
            }
            if self.class(slot.class).flags.has(Flags::HEAP) {
                see(slot.class);
            }
        }
        self.stack.iter().flatten().map(Owned::borrow).for_each(&mut see);
        for frame in &self.frames {
            frame.visit(&mut |_, held| see(held));
        }
        self.own().for_each(&mut see);
        self.handled.iter().flatten().chain(&self.raised).map(Owned::borrow).for_each(&mut see);
        owners
    }

    /// What is owned out of the collector's sight, and what the VM itself keeps.
    fn own(&self) -> impl Iterator<Item = Ref> {
        let subclass_refs = self.heap.live().filter_map(|(_, slot)| match &slot.value {
            Value::Type(class) => class.heap.as_deref(),
            _ => None,
        });
        let subclass_refs = subclass_refs.flat_map(|heap| &heap.subclass_refs).map(Owned::borrow);
        let hooks = [&self.async_hooks.firstiter, &self.async_hooks.finalizer].into_iter().flatten().map(Owned::borrow);
        let kept = self
            .code_parts
            .values()
            .chain(self.qualnames.values())
            .chain(&self.module_state.struct_cache)
            .chain(&self.kept_for_good)
            .copied();
        subclass_refs.chain(hooks).chain(kept)
    }
}
