//! The recorder: writes down what is new at each boundary.

use std::sync::Arc;

use pyo3::prelude::*;
use refdrift_trace::{
    CodeId, ConstId, Event, FrameId, FrameInfo, InspectAt, Inspection, ObjectId, ObjectInfo, Origin, Outcome, Place, Step,
    Teardown, Trajectory,
};
use rustc_hash::FxHashMap;

use crate::apart::Journal;
use crate::depth::{Depths, Site};
use crate::ffi::{self, Frame, Known, Object, Scene, Statics};

/// Whether the run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    GoOn,
    Break,
}

/// A slot that holds nothing.
const EMPTY: (usize, ObjectId) = (0, ObjectId::MAX);

/// A frame that may still execute.
struct LiveFrame {
    id: Option<FrameId>,
    code: CodeId,
    /// What the slots held at its last boundary: address and number.
    shadow: Vec<(usize, ObjectId)>,
    /// [`Known::deaths`] at its last boundary.
    deaths: u64,
    /// Its last boundary was before an instruction that may look an attribute up.
    looking_up: bool,
}

/// At which boundaries to look who holds what, and what was seen.
pub(crate) struct Looking {
    pub(crate) at: InspectAt,
    /// `gc.get_objects`
    pub(crate) list: Py<PyAny>,
    /// The address of the snippet's globals.
    pub(crate) globals: usize,
    /// The number of boundaries at the last look.
    pub(crate) looked: usize,
    pub(crate) found: Vec<Inspection>,
}

/// Records one run. Called by the hooks, in the middle of what CPython does: nothing here runs Python code or changes a count.
pub(crate) struct Recorder {
    pub(crate) known: Known,
    statics: Arc<Statics>,
    pool: FxHashMap<usize, ConstId>,
    codes: FxHashMap<usize, CodeId>,
    depths: Vec<Depths>,
    last_code: (usize, CodeId),
    frames: Vec<LiveFrame>,
    frame_at: FxHashMap<usize, usize>,
    vacant_frames: Vec<usize>,
    last_frame: (usize, usize),
    step_limit: u32,
    broken: bool,
    /// What runs since the last boundary may look attributes up.
    looking_up: bool,
    paused: bool,
    failure: Option<String>,
    trajectory: Trajectory,
    names: FxHashMap<Box<str>, u32>,
    type_names: FxHashMap<usize, u32>,
    /// Objects that existed before, by number, with their place among the statics: named at the end.
    sighted_statics: Vec<(ObjectId, u32)>,
    /// Where each boundary is noted at once.
    journal: Option<Journal>,
    looking: Option<Box<Looking>>,
}

/// What a recorder hands back.
pub(crate) struct Recording {
    pub(crate) trajectory: Trajectory,
    pub(crate) failure: Option<String>,
}

impl Recorder {
    /// A recorder for the code objects that `depths` belong to, in the order of their [`CodeId`]s.
    pub(crate) fn new(statics: Arc<Statics>, pool: FxHashMap<usize, ConstId>, depths: Vec<Depths>, step_limit: u32) -> Self {
        Self {
            known: Known::default(),
            statics,
            pool,
            codes: depths.iter().enumerate().map(|(id, depths)| (depths.code(), id as CodeId)).collect(),
            depths,
            last_code: (0, 0),
            frames: Vec::new(),
            frame_at: FxHashMap::default(),
            vacant_frames: Vec::new(),
            last_frame: (0, 0),
            step_limit,
            broken: false,
            looking_up: true,
            paused: false,
            failure: None,
            trajectory: Trajectory::default(),
            names: FxHashMap::default(),
            type_names: FxHashMap::default(),
            sighted_statics: Vec::new(),
            journal: None,
            looking: None,
        }
    }

    /// From now on looks who holds what at these boundaries.
    pub(crate) fn look_at(&mut self, looking: Looking) {
        self.looking = Some(Box::new(looking));
    }

    /// Hands over what was seen.
    pub(crate) fn take_found(&mut self) -> Vec<Inspection> {
        self.looking.take().map(|looking| looking.found).unwrap_or_default()
    }

    /// If the boundary just recorded is one of those to look at: looks. `frame` is the one that is about to execute.
    #[inline]
    pub(crate) fn look(&mut self, py: Python<'_>, frame: Option<&Frame<'_>>) {
        if self.looking.is_some() {
            self.look_now(py, frame);
        }
    }

    fn look_now(&mut self, py: Python<'_>, frame: Option<&Frame<'_>>) {
        let Some(mut looking) = self.looking.take() else { return };
        let steps = self.trajectory.steps.len();
        // What is no boundary has added none.
        if steps > looking.looked && looking.at.steps.contains(&(steps as u32 - 1)) {
            let current = frame.and_then(|frame| {
                let depths = &self.depths[*self.codes.get(&frame.code())? as usize];
                Some((frame.key(), frame.slots(depths)?.len()))
            });
            let scene = Scene {
                list: &looking.list,
                globals: looking.globals,
                numbers: self.known.numbers(),
                statics: &self.statics,
                depths: &self.codes.iter().map(|(&address, &code)| (address, &self.depths[code as usize])).collect(),
                current,
            };
            let inspection = ffi::inspect(py, &scene, &looking.at, steps as u32 - 1);
            looking.found.push(inspection);
        }
        looking.looked = steps;
        self.looking = Some(looking);
    }

    /// Notes each boundary as soon as it is over, for whoever is there when this process no longer is.
    pub(crate) fn keep_journal(&mut self, journal: Journal) {
        self.journal = Some(journal);
    }

    /// Whether a code object is the snippet's.
    #[cfg(not(Py_3_12))]
    pub(crate) fn records(&self, code: usize) -> bool {
        self.codes.contains_key(&code)
    }

    /// Whether a frame of that code object starts at the offset.
    #[cfg(not(Py_3_12))]
    pub(crate) fn starts(&self, code: usize, offset: usize) -> bool {
        self.codes.get(&code).is_some_and(|&code| matches!(self.depths[code as usize].site(offset), Site::Start))
    }

    /// Whether the step limit broke the run off.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Boundaries met while paused are left out: the observer itself has something run.
    pub(crate) fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Whether the cache of attribute lookups may have got a known str since the last boundary: one whose count changed, or one
    /// that the instruction may have taken from the stack (of the frame that executed, or of the one with this key, which goes on
    /// now) or from something that died of it, whose count then is what it was.
    #[inline]
    pub(crate) fn is_suspicious(&self, frame: Option<usize>) -> bool {
        if !self.looking_up {
            return false;
        }
        let going_on = frame.and_then(|key| self.frame_at.get(&key)).map(|&index| &self.frames[index]);
        let mut looking_up = [self.frames.get(self.last_frame.1), going_on].into_iter().flatten().filter(|live| live.looking_up);
        self.known.has_changed_name()
            || (self.known.has_deaths() && self.known.has_name())
            || looking_up.any(|live| {
                let locals = self.depths[live.code as usize].locals();
                live.shadow.iter().skip(locals).any(|&(_, number)| self.known.may_be_name(number))
            })
    }

    /// Whether a known object lies at an address.
    pub(crate) fn knows(&self, address: usize) -> bool {
        self.known.is_at(address)
    }

    /// The frame is about to execute its next instruction.
    #[inline]
    pub(crate) fn before(&mut self, frame: &Frame<'_>) -> Flow {
        if self.broken {
            return Flow::Break;
        }
        let code = if self.last_code.0 == frame.code() {
            self.last_code.1
        } else {
            let Some(&code) = self.codes.get(&frame.code()) else { return Flow::GoOn };
            self.last_code = (frame.code(), code);
            code
        };
        if self.paused || self.failure.is_some() {
            return Flow::GoOn;
        }
        match self.depths[code as usize].site(frame.offset()) {
            Site::Nothing => Flow::GoOn,
            Site::Start => {
                self.start_frame(frame.key(), code);
                Flow::GoOn
            }
            Site::Boundary(looks_up) => self.boundary(frame, code, looks_up),
        }
    }

    /// A frame begins at this address; one that was there before is gone.
    fn start_frame(&mut self, key: usize, code: CodeId) -> usize {
        let fresh = LiveFrame { id: None, code, shadow: Vec::new(), deaths: 0, looking_up: false };
        let index = if let Some(&index) = self.frame_at.get(&key) {
            let frame = &mut self.frames[index];
            frame.shadow.clear();
            frame.id = None;
            frame.looking_up = false;
            frame.code = code;
            index
        } else if let Some(index) = self.vacant_frames.pop() {
            self.frames[index] = fresh;
            index
        } else {
            self.frames.push(fresh);
            self.frames.len() - 1
        };
        self.frame_at.insert(key, index);
        self.last_frame = (key, index);
        index
    }

    /// The generator whose frame lay at this address is gone.
    pub(crate) fn forget_frame(&mut self, key: usize) {
        if let Some(index) = self.frame_at.remove(&key) {
            self.vacant_frames.push(index);
            if self.last_frame.0 == key {
                self.last_frame = (0, 0);
            }
        }
    }

    fn boundary(&mut self, frame: &Frame<'_>, code: CodeId, looks_up: bool) -> Flow {
        self.looking_up = looks_up;
        if self.trajectory.steps.len() >= self.step_limit as usize {
            self.broken = true;
            return Flow::Break;
        }
        let key = frame.key();
        let index = if self.last_frame.0 == key {
            self.last_frame.1
        } else {
            let index = self.frame_at.get(&key).copied();
            let index = index.unwrap_or_else(|| self.start_frame(key, code));
            self.last_frame = (key, index);
            index
        };
        if self.frames[index].code != code {
            self.start_frame(key, code);
        }
        let id = self.frames[index].id.unwrap_or_else(|| {
            let id = self.trajectory.frames.len() as FrameId;
            self.trajectory.frames.push(FrameInfo { code });
            self.frames[index].id = Some(id);
            id
        });
        self.push_freed();

        let Some(slots) = frame.slots(&self.depths[code as usize]) else {
            self.failure = Some(format!("the depth of the stack at offset {} of a code object is not known", frame.offset()));
            return Flow::GoOn;
        };
        let mut shadow = std::mem::take(&mut self.frames[index].shadow);
        let nobody_died = self.frames[index].deaths == self.known.deaths;
        for (slot, now) in slots.iter().enumerate() {
            let address = now.map_or(0, Object::address);
            let before = shadow.get(slot).copied().unwrap_or(EMPTY);
            // The same address is the same object as long as no known object died since.
            if before.0 == address && (nobody_died || address == 0) {
                if slot >= shadow.len() {
                    shadow.push(EMPTY);
                }
                continue;
            }
            let now = match now {
                None => EMPTY,
                Some(object) => (address, self.meet(*object)),
            };
            if now.1 != before.1 {
                let object = (now != EMPTY).then_some(now.1);
                self.trajectory.events.push(Event::Slot { slot: slot as u16, object });
            }
            if slot < shadow.len() {
                shadow[slot] = now;
            } else {
                shadow.push(now);
            }
        }
        for (slot, before) in shadow.iter().enumerate().skip(slots.len()) {
            if *before != EMPTY {
                self.trajectory.events.push(Event::Slot { slot: slot as u16, object: None });
            }
        }
        shadow.truncate(slots.len());
        let live = &mut self.frames[index];
        live.shadow = shadow;
        live.deaths = self.known.deaths;
        live.looking_up = looks_up;

        self.push_step(Place::Instruction { frame: id, offset: frame.offset() as u32 });
        Flow::GoOn
    }

    /// An act of the teardown is done.
    pub(crate) fn teardown(&mut self, act: Teardown) {
        if self.broken || self.failure.is_some() {
            return;
        }
        self.looking_up = true;
        self.push_freed();
        self.push_step(Place::Teardown(act));
    }

    fn push_freed(&mut self) {
        let Self { known, trajectory, .. } = self;
        known.sweep();
        trajectory.events.extend(known.drain_freed().map(Event::Freed));
    }

    fn push_step(&mut self, place: Place) {
        let Self { known, trajectory, journal, .. } = self;
        let events = &mut trajectory.events;
        known.changed(|object, count| events.push(Event::Count { object, count }));
        trajectory.steps.push(Step { place, events_end: events.len() as u32 });
        if let Some(journal) = journal {
            journal.note(trajectory);
        }
    }

    /// The number of an object; announces it if it is met for the first time.
    fn meet(&mut self, object: Object<'_>) -> ObjectId {
        if let Some(number) = self.known.number(object) {
            return number;
        }
        let address = object.address();
        let origin = if let Some(&constant) = self.pool.get(&address) {
            Origin::Constant(constant)
        } else if let Some(index) = self.statics.index_of(address) {
            // Its name comes at the end.
            Origin::Static(index)
        } else {
            Origin::Created
        };
        let relative = matches!(origin, Origin::Static(_));
        let Some((number, count)) = self.known.enter(object, relative) else {
            self.failure = Some(object.with_type_name(|name| format!("the type {name} has a dealloc too many to be hooked")));
            return ObjectId::MAX;
        };
        let origin = match (origin, &self.journal) {
            (Origin::Static(index), Some(journal)) => {
                let name = journal.static_name(index);
                Origin::Static(self.name(&name))
            }
            (Origin::Static(index), None) => {
                self.sighted_statics.push((number, index));
                origin
            }
            _ => origin,
        };
        let type_name = self.type_name(object);
        self.trajectory.objects.push(ObjectInfo { origin, type_name });
        self.trajectory.events.push(Event::Seen { object: number, count });
        number
    }

    fn type_name(&mut self, object: Object<'_>) -> u32 {
        let address = object.type_address();
        if let Some(&name) = self.type_names.get(&address) {
            return name;
        }
        let name = object.with_type_name(|name| intern(&mut self.names, &mut self.trajectory.names, name));
        // A type that the snippet made may die, and another come to lie there.
        if self.statics.index_of(address).is_some() {
            self.type_names.insert(address, name);
        }
        name
    }

    /// The number of a name.
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        intern(&mut self.names, &mut self.trajectory.names, name)
    }

    /// What was recorded. `name_of` names what existed before, by its place among the statics.
    pub(crate) fn finish(mut self, outcome: Outcome, output: String, mut name_of: impl FnMut(u32) -> Arc<str>) -> Recording {
        for (object, index) in std::mem::take(&mut self.sighted_statics) {
            let name = self.name(&name_of(index));
            self.trajectory.objects[object as usize].origin = Origin::Static(name);
        }
        if !self.broken {
            let objects = &self.trajectory.objects;
            let mut survivors: Vec<ObjectId> =
                self.known.alive().filter(|&object| objects[object as usize].origin == Origin::Created).collect();
            survivors.sort_unstable();
            self.trajectory.survivors = survivors;
        }
        self.trajectory.outcome = outcome;
        self.trajectory.output = output;
        Recording { trajectory: self.trajectory, failure: self.failure }
    }
}

fn intern(numbers: &mut FxHashMap<Box<str>, u32>, names: &mut Vec<String>, name: &str) -> u32 {
    if let Some(&number) = numbers.get(name) {
        return number;
    }
    let number = names.len() as u32;
    names.push(name.to_owned());
    numbers.insert(name.into(), number);
    number
}
