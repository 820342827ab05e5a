//! The neutral model that both engines of refdrift speak.
//!
//! A *case* is compiled once, by the real CPython, into a [`CodeUnit`]. Two *engines* run it: the **reference** (CPython)
//! and the **subject** (the VM in `harness/vm`). Each hands back a [`Trajectory`]: at every boundary (before each
//! instruction) the slots of the frame that is about to execute, the objects met for the first time, the counts that
//! changed and the objects freed since the last boundary, in order. Objects are numbered in the order in which they are met,
//! so two engines that behave alike hand back equal trajectories without ever talking to each other.
//!
//! This crate holds data only: no engine, no comparison, no input or output. Its types are also the wire format between
//! `refdrift` and its observer processes ([`Request`], [`Response`]); [`FORMAT`] numbers it.
#![forbid(unsafe_code)]

mod member;
mod owner;
mod packed;
mod trajectory;
mod unit;
mod version;
mod wire;

pub use member::{Member, MemberType, MemberValue};
pub use owner::{InspectAt, Inspection, Owner, hold};
pub use trajectory::{
    Count, Event, FrameId, FrameInfo, IMMORTAL, ObjectId, ObjectInfo, Origin, Outcome, Place, Raised, Step, Teardown, Trajectory,
};
pub use unit::{CodeId, CodeObject, CodeUnit, ConstId, Constant, ConstantValue, Sibling, SlotKind, flags};
pub use version::{ParseVersionError, PyVersion};
pub use wire::{
    CompileAnswer, CompileRequest, Crash, FORMAT, Hello, InspectRequest, Inspected, LOST_PIPES, ModuleAnswer, NativeFile,
    Observation, Rejection, RejectionKind, Request, Response, RunRequest, SourcePlace, TextAnswer, TimeRequest, Timings,
};
