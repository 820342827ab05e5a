//! Recording the trajectory: what the VM says at each boundary.

use refdrift_trace::{
    ConstId, Count, Event, FrameInfo, IMMORTAL, InspectAt, ObjectId, ObjectInfo, Origin, Place, Step, Teardown, Trajectory,
};
use rustc_hash::FxHashMap;

use crate::api::Missing;
use crate::eval::frame::{Frame, Shadow};
use crate::heap::{Ref, STATIC_COUNT, UNKNOWN};
use crate::object::value::Value;
use crate::vm::{PyResult, Stop, Vm};

/// The trajectory under way.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) trajectory: Trajectory,
    /// Where each name stands in the trajectory's list.
    names: FxHashMap<String, u32>,
    /// The same for the types met so far.
    types: FxHashMap<Ref, u32>,
    /// The objects that belong to the compiled code.
    pub(crate) constants: FxHashMap<Ref, ConstId>,
    /// Scratch space.
    dirty: Vec<Ref>,
    /// The boundaries at which to list the owners.
    pub(crate) inspect: Option<InspectAt>,
    /// Whether to compare counts with owners at each boundary.
    pub(crate) audit: bool,
    /// The snippet's globals, which the run itself owns too.
    pub(crate) globals: Option<Ref>,
    /// The snippet is over: whatever runs now was called by the teardown.
    pub(crate) tearing_down: bool,
}

impl Recorder {
    fn name(&mut self, name: String) -> u32 {
        let next = self.trajectory.names.len() as u32;
        *self.names.entry(name).or_insert_with_key(|name| {
            self.trajectory.names.push(name.clone());
            next
        })
    }

    fn step(&mut self, place: Place) {
        let events_end = self.trajectory.events.len() as u32;
        self.trajectory.steps.push(Step { place, events_end });
    }
}

impl Vm {
    /// An instruction of the running frame is about to execute.
    #[inline]
    pub(crate) fn boundary(&mut self, offset: u32) -> PyResult<()> {
        // What broke off the run may have been in a finaliser, whose failure stops nothing else.
        if self.unsupported.is_some() {
            return Err(Stop::Abort);
        }
        if self.step_limit == 0 {
            self.limit_reached = true;
            crate::heap::set_abandoned(true);
            return Err(Stop::Abort);
        }
        self.step_limit -= 1;
        if self.recorder.is_some() { self.record(offset) } else { Ok(()) }
    }

    #[inline(never)]
    fn record(&mut self, offset: u32) -> PyResult<()> {
        if let Some(mut recorder) = self.recorder.take() {
            if self.natives.is_empty() {
                self.record_boundary(&mut recorder, offset);
            } else {
                self.without_lent(|vm| vm.record_boundary(&mut recorder, offset));
            }
            self.recorder = Some(recorder);
            // What came up may be something that is not there.
            if self.unsupported.is_some() {
                return Err(Stop::Abort);
            }
        }
        #[cfg(feature = "faults")]
        self.fault_boundary();
        Ok(())
    }

    /// An instruction that is not recorded is about to execute.
    #[inline]
    pub(crate) fn spend(&mut self) -> PyResult<()> {
        match self.untraced_limit.checked_sub(1) {
            Some(left) => {
                self.untraced_limit = left;
                Ok(())
            }
            None => Err(self.unsupported(Missing::Limit, "so many instructions outside of the snippet")),
        }
    }

    fn record_boundary(&mut self, recorder: &mut Recorder, offset: u32) {
        let events = recorder.trajectory.events.len();
        self.record_freed(recorder);
        let top = self.frames.len() - 1;
        let mut shadow = match self.frames[top].shadow.take() {
            Some(shadow) => shadow,
            None => {
                let id = recorder.trajectory.frames.len() as u32;
                recorder.trajectory.frames.push(FrameInfo { code: self.frames[top].code.id });
                Box::new(Shadow { id, ..Shadow::default() })
            }
        };
        self.record_slots(recorder, &mut shadow, self.frames[top].base);
        self.record_counts(recorder);
        if !self.parsed.is_empty() {
            self.check_parsed_names();
        }
        // Something came up that is not there: this boundary is not reached.
        if self.unsupported.is_some() {
            recorder.trajectory.events.truncate(events);
            return;
        }
        recorder.step(Place::Instruction { frame: shadow.id, offset });
        self.frames[top].shadow = Some(shadow);
        self.look(recorder);
    }

    /// Lists the owners, if this is a boundary at which to.
    fn look(&mut self, recorder: &Recorder) {
        let step = recorder.trajectory.steps.len() as u32 - 1;
        if let Some(at) = recorder.inspect.as_ref().filter(|at| at.steps.contains(&step)) {
            self.inspect(at, step);
        }
        if recorder.audit {
            self.audit(recorder);
        }
    }

    fn record_freed(&mut self, recorder: &mut Recorder) {
        recorder.trajectory.events.extend(self.watch.freed.drain(..).map(Event::Freed));
    }

    fn record_slots(&mut self, recorder: &mut Recorder, shadow: &mut Shadow, base: usize) {
        let sure = shadow.epoch == self.watch.epoch;
        shadow.epoch = self.watch.epoch;
        let length = self.stack.len() - base;
        if shadow.slots.len() < length {
            shadow.slots.resize(length, None);
        }
        for slot in 0..shadow.slots.len() {
            let now = self.stack.get(base + slot).and_then(|slot| slot.as_ref()).map(crate::heap::Owned::borrow);
            let before = shadow.slots[slot];
            if sure && now == before.map(|(object, _)| object) {
                continue;
            }
            let id = now.map(|object| self.number(recorder, object));
            if id != before.map(|(_, id)| id) {
                recorder.trajectory.events.push(Event::Slot { slot: slot as u16, object: id });
            }
            shadow.slots[slot] = now.zip(id);
        }
        shadow.slots.truncate(length);
    }

    /// The number of an object; one that is met for the first time is announced.
    fn number(&mut self, recorder: &mut Recorder, object: Ref) -> ObjectId {
        let known = self.heap[object].id;
        if known != UNKNOWN {
            return known;
        }
        if self.class_of(object) == crate::types::ABSENT {
            self.absent(object);
        }
        let id = self.watch.objects.len() as ObjectId;
        let origin = match recorder.constants.get(&object) {
            Some(&constant) => Origin::Constant(constant),
            None if self.heap.was_there(object) => {
                let name = self.static_name(object);
                Origin::Static(recorder.name(name))
            }
            None => Origin::Created,
        };
        let class = self.class_of(object);
        let type_name = match recorder.types.get(&class) {
            Some(&name) => name,
            None => {
                let name = recorder.name(self.class(class).short_name().to_owned());
                // A class of the snippet may die and leave its place to another.
                if self.heap.was_there(class) {
                    recorder.types.insert(class, name);
                }
                name
            }
        };
        recorder.trajectory.objects.push(ObjectInfo { origin, type_name });
        if matches!(origin, Origin::Static(_)) {
            self.ask_whether_counted(object);
        }
        let raw = self.heap[object].count;
        let base = if matches!(origin, Origin::Static(_)) { raw } else { 0 };
        let count = relative(raw, base);
        self.heap.set_number(object, id);
        #[cfg(feature = "faults")]
        if self.heap[object].mistaken && origin == Origin::Created {
            self.heap.faults.seen = true;
        }
        self.watch.objects.push(Some(object));
        self.watch.counts.push(count);
        self.watch.bases.push(base);
        recorder.trajectory.events.push(Event::Seen { object: id, count });
        id
    }

    /// A name that the VM has interned for one of its modules: whether CPython counts that string depends on whether it has interned it (3.12),
    /// or whether code of its library names it (3.13).
    fn ask_whether_counted(&mut self, object: Ref) {
        let Value::Str(string) = &self.heap[object].value else { return };
        if !self.profile.immortal_objects || !string.interned || string.chars <= 1 {
            return;
        }
        let Some(host) = &self.host else { return };
        let is_counted = self.heap[object].count != IMMORTAL;
        match host.counted(&string.text) {
            Ok(true) if !is_counted => self.heap.set_count(object, STATIC_COUNT),
            Ok(false) if is_counted => self.heap.set_count(object, IMMORTAL),
            _ => {}
        }
    }

    fn record_counts(&mut self, recorder: &mut Recorder) {
        let mut dirty = std::mem::take(&mut recorder.dirty);
        self.heap.take_dirty(&mut dirty);
        let mut changed: Vec<(ObjectId, Count)> = Vec::with_capacity(dirty.len());
        for object in dirty.drain(..) {
            let Some(number) = self.heap.watch_again(object) else { continue };
            let id = number as usize;
            let count = relative(self.heap[object].count, self.watch.bases[id]);
            if count != self.watch.counts[id] {
                self.watch.counts[id] = count;
                changed.push((number, count));
            }
        }
        changed.sort_unstable();
        recorder.trajectory.events.extend(changed.into_iter().map(|(object, count)| Event::Count { object, count }));
        recorder.dirty = dirty;
    }

    /// An act of the teardown is over.
    pub(crate) fn record_teardown(&mut self, teardown: Teardown) {
        let Some(mut recorder) = self.recorder.take() else { return };
        self.record_freed(&mut recorder);
        self.record_counts(&mut recorder);
        recorder.step(Place::Teardown(teardown));
        self.look(&recorder);
        self.recorder = Some(recorder);
        #[cfg(feature = "faults")]
        self.fault_boundary();
    }

    /// The index of a name in the trajectory; 0 when nothing is recorded.
    pub(crate) fn trajectory_name(&mut self, name: &str) -> u32 {
        self.recorder.as_mut().map_or(0, |recorder| recorder.name(name.to_owned()))
    }

    /// The created objects that are still alive, by number.
    pub(crate) fn survivors(&self) -> Vec<ObjectId> {
        let Some(recorder) = &self.recorder else { return Vec::new() };
        let infos = &recorder.trajectory.objects;
        let alive = self.watch.objects.iter().zip(infos).enumerate();
        alive
            .filter(|(_, (object, info))| object.is_some() && info.origin == Origin::Created)
            .map(|(id, _)| id as ObjectId)
            .collect()
    }

    /// An object is being freed: if the recorder knows it, it will say so.
    #[inline]
    pub(crate) fn note_freed(&mut self, object: Ref) {
        if self.heap[object].id != UNKNOWN {
            self.tell_freed(object);
        }
    }

    #[inline(never)]
    fn tell_freed(&mut self, object: Ref) {
        let id = std::mem::replace(&mut self.heap[object].id, UNKNOWN);
        self.watch.freed.push(id);
        self.watch.objects[id as usize] = None;
        self.watch.epoch += 1;
    }

    /// Forgets all numbers.
    pub(crate) fn forget_numbers(&mut self) {
        for object in self.watch.objects.drain(..).flatten() {
            self.heap.forget_number(object);
        }
        self.watch = crate::heap::Watch::default();
    }
}

/// What a trajectory says of a heap's count.
fn relative(count: i32, base: Count) -> Count {
    if count == IMMORTAL { IMMORTAL } else { count - base }
}

/// A frame's name in reports.
pub(crate) fn frame_label(vm: &Vm, frame: &Frame) -> String {
    vm.expect_text(frame.code.name).to_owned()
}
