//! What an engine saw, boundary by boundary.

use serde::{Deserialize, Serialize};

use crate::{CodeId, ConstId};

/// The number of an object, from 0, in the order in which an engine met them.
pub type ObjectId = u32;
/// The number of a frame, from 0, in the order of their first boundaries. A generator's frame keeps its number.
pub type FrameId = u32;
/// A reference count. For an object that existed before the snippet ([`Origin::Static`]) the change since it was first met;
/// for all others the count itself; [`IMMORTAL`] for one that is not counted.
pub type Count = i32;
/// The count of an object whose references are not counted (PEP 683, CPython 3.12 on).
pub const IMMORTAL: Count = Count::MAX;

/// The ordered boundaries of one run, and how it ended.
///
/// Columnar: the events of all steps lie in one list, and each [`Step`] says where its own end. Delta-coded: no step repeats
/// what has not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trajectory {
    /// The boundaries, in order.
    #[serde(with = "crate::packed")]
    pub steps: Vec<Step>,
    /// The events of all steps. Within a step: frees in the order in which they happened, then slots in their order
    /// (each object met for the first time announced right before the slot that shows it), then counts by object number.
    #[serde(with = "crate::packed")]
    pub events: Vec<Event>,
    /// The objects, by [`ObjectId`].
    pub objects: Vec<ObjectInfo>,
    /// The frames, by [`FrameId`].
    pub frames: Vec<FrameInfo>,
    /// Names of types, of objects that existed before the snippet and of globals that the teardown dropped; each once.
    pub names: Vec<String>,
    /// What the snippet wrote to `sys.stdout`.
    pub output: String,
    /// How the run ended.
    pub outcome: Outcome,
    /// The objects the run created (or its code holds) that are still alive after the teardown, by number. What is in here
    /// and was created by the run leaked.
    pub survivors: Vec<ObjectId>,
}

/// One boundary: the moment before an instruction, or between two acts of the teardown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// Where this step's events end in [`Trajectory::events`]; they start where those of the step before end.
    pub events_end: u32,
}

/// Where a boundary lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Place {
    /// Before the instruction at `offset` (in bytes) of the frame's code.
    Instruction {
        /// The frame that is about to execute.
        frame: FrameId,
        /// Byte offset of the instruction, that of its `EXTENDED_ARG` prefix where it has one.
        offset: u32,
    },
    /// After an act of the teardown.
    Teardown(Teardown),
}

/// The acts of the teardown, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Teardown {
    /// The module's frame is gone and the exception that ended it, if any, has been let go.
    Outcome,
    /// A global was deleted; its name is in [`Trajectory::names`]. Globals go in insertion order; `__name__` and
    /// `__builtins__`, which the harness put there, stay.
    Global(u32),
    /// A module beside the snippet was taken out of `sys.modules`, the last imported first; its name is in
    /// [`Trajectory::names`].
    Module(u32),
    /// The cyclic collector ran once, over all generations.
    Collection,
}

/// What changed since the last boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Event {
    /// The object was freed. (A container before what it holds; an instance of a Python class after its attributes.)
    Freed(ObjectId),
    /// An object met for the first time, with its count now. Its number is the next one.
    Seen {
        /// Its number.
        object: ObjectId,
        /// Its count at this boundary.
        count: Count,
    },
    /// A slot of this step's frame holds another object than at the frame's last boundary (all slots start empty).
    Slot {
        /// Locals, cells and frees first, then the value stack from the bottom.
        slot: u16,
        /// What it holds now; none for an empty slot (or a `NULL` on the stack).
        object: Option<ObjectId>,
    },
    /// The count of a known object is another than at the last boundary.
    Count {
        /// Which.
        object: ObjectId,
        /// Its count at this boundary.
        count: Count,
    },
}

/// What is known of an object for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectInfo {
    /// Where it comes from.
    pub origin: Origin,
    /// The name of its type (`__name__`), in [`Trajectory::names`].
    pub type_name: u32,
}

/// Where an object comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Origin {
    /// The run created it.
    Created,
    /// It belongs to the compiled code: a constant, a name, a code object of the [`crate::CodeUnit::pool`].
    Constant(ConstId),
    /// It existed before (a builtin, a type, `None`, a small integer that the code does not name), and is called so
    /// in [`Trajectory::names`]; see [`Origin::Static`] naming in the observer.
    Static(u32),
}

/// A frame of the snippet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameInfo {
    /// Whose code it runs.
    pub code: CodeId,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Outcome {
    /// The module's code ran to its end.
    #[default]
    Completed,
    /// An exception left the module's code.
    Raised(Raised),
    /// The run was broken off, at the step limit or as its process died: there was no teardown.
    BrokenOff,
}

/// An exception that left the module's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    /// `type(e).__name__`
    pub type_name: String,
    /// `str(e)`
    pub message: String,
    /// The line of the module's code at which it left.
    pub line: Option<u32>,
}

impl Trajectory {
    /// The events of one step.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn events_of(&self, step: usize) -> &[Event] {
        let start = if step == 0 { 0 } else { self.steps[step - 1].events_end as usize };
        &self.events[start..self.steps[step].events_end as usize]
    }

    /// A name by its index; `?` for one that is not there.
    pub fn name(&self, index: u32) -> &str {
        self.names.get(index as usize).map_or("?", String::as_str)
    }

    /// The type name of an object; `?` for one that is not there.
    pub fn type_name(&self, object: ObjectId) -> &str {
        self.objects.get(object as usize).map_or("?", |info| self.name(info.type_name))
    }

    /// Whether every index in it points at something: what came from another process is checked once, here.
    pub fn is_sound(&self) -> bool {
        let objects = self.objects.len() as u32;
        let frames = self.frames.len() as u32;
        let names = self.names.len() as u32;
        let mut last = 0;
        let ends_grow = self.steps.iter().all(|step| {
            let grows = step.events_end >= last;
            last = step.events_end;
            grows
        });
        ends_grow
            && last as usize <= self.events.len()
            && self.steps.iter().all(|step| match step.place {
                Place::Instruction { frame, .. } => frame < frames,
                Place::Teardown(Teardown::Global(name) | Teardown::Module(name)) => name < names,
                Place::Teardown(_) => true,
            })
            && self.events.iter().all(|event| match *event {
                Event::Freed(object) | Event::Seen { object, .. } | Event::Count { object, .. } => object < objects,
                Event::Slot { object, .. } => object.is_none_or(|object| object < objects),
            })
            && self
                .objects
                .iter()
                .all(|info| info.type_name < names && !matches!(info.origin, Origin::Static(name) if name >= names))
            && self.survivors.iter().all(|&object| object < objects)
    }
}
