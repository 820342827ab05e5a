//! What `refdrift` and an observer say to each other.
//!
//! Over a pair of pipes, each message one frame: its length as four bytes, little-endian, then the message in postcard's
//! encoding. The observer says [`Response::Ready`] first. Each request is answered by exactly one response; the end of the
//! stream before it is a crash.

use serde::{Deserialize, Serialize};

use crate::{CodeUnit, PyVersion, Trajectory};

/// The number of this wire format. An observer that says another one in its [`Hello`] was built from other sources.
pub const FORMAT: u32 = 2;

/// Asked of an observer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Request {
    /// Compile and run a snippet, traced.
    Run(RunRequest),
    /// Measure on a snippet what a run costs.
    Time(TimeRequest),
}

/// See [`Request::Run`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// What the code objects call their file.
    pub filename: String,
    /// The source, as it lies in the file: decoding it is CPython's business.
    pub source: Vec<u8>,
    /// The number of boundaries after which the run is broken off.
    pub step_limit: u32,
}

/// See [`Request::Time`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeRequest {
    /// The snippet.
    pub run: RunRequest,
    /// How often to repeat each measurement; the least time counts.
    pub repeat: u32,
}

/// Answered by an observer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Response {
    /// Said once, before any request.
    Ready(Hello),
    /// The snippet ran.
    Finished(Box<Observation>),
    /// The snippet did not run.
    Rejected(Rejection),
    /// The answer to [`Request::Time`].
    Timed(Timings),
}

/// Who the observer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// [`FORMAT`] of the sources it was built from.
    pub format: u32,
    /// The Python that it runs.
    pub version: PyVersion,
}

/// The reference's side of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What the subject is to run.
    pub unit: CodeUnit,
    /// What the reference did.
    pub trajectory: Trajectory,
}

/// Why a snippet did not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// Whose fault it is.
    pub kind: RejectionKind,
    /// One line.
    pub message: String,
    /// The line of the source, from 1, where one is known.
    pub line: Option<u32>,
}

/// See [`Rejection::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum RejectionKind {
    /// CPython's compiler refused the source.
    Syntax,
    /// The observer cannot observe this.
    Observer,
}

/// What a snippet costs in this process, in nanoseconds; the least of the repetitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timings {
    /// Compiling it, untraced: CPython's own `compile`.
    pub compile: u64,
    /// Executing it, untraced, with fresh globals.
    pub execute: u64,
    /// The observer's whole answer to a run: compiling, exporting the code, the traced run, the teardown, encoding.
    pub observe: u64,
}
