//! What `refdrift` and an observer say to each other.
//!
//! Over a pair of pipes, each message one frame: its length as four bytes, little-endian, then the message in postcard's
//! encoding. The observer says [`Response::Ready`] first. Each request is answered by exactly one response; the end of the
//! stream before it is a crash.

use serde::{Deserialize, Serialize};

use crate::{CodeUnit, InspectAt, Inspection, Member, PyVersion, Trajectory};

/// The number of this wire format. An observer that says another one in its [`Hello`] was built from other sources.
pub const FORMAT: u32 = 14;

/// The status with which an observer exits whose pipes a snippet has closed.
pub const LOST_PIPES: i32 = 121;

/// Asked of an observer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Request {
    /// Compile and run a snippet, traced.
    Run(RunRequest),
    /// Compile and run a snippet once more, and list who holds what on the way.
    Inspect(InspectRequest),
    /// Measure on a snippet what a run costs.
    Time(TimeRequest),
    /// Hand over the code of a module of the standard library, by its full name.
    Module(String),
    /// Compile what a program compiles at run time.
    Compile(CompileRequest),
    /// Hand over a text of the interpreter's, or several, one a line: a module's name, then the attributes that lead to it
    /// (`name()` is called).
    Text(Vec<String>),
    /// Say what a module that is written in C holds, by its full name.
    Members(String),
    /// Say whether a string of this text was interned before any snippet.
    Interned(String),
    /// Say whether the string of this text that was there before any snippet, if there is one, is counted.
    Counted(String),
}

/// See [`Request::Compile`]: the arguments of `compile()`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileRequest {
    /// The source.
    pub source: Vec<u8>,
    /// It was a `str`, in UTF-8 here; else `bytes`, which may declare an encoding.
    pub text: bool,
    /// `<string>`
    pub filename: String,
    /// `exec`, `eval` or `single`
    pub mode: String,
    /// Flags, with those inherited from the caller's code (`from __future__ import …`).
    pub flags: i32,
    /// -1 for the interpreter's own.
    pub optimize: i32,
}

/// See [`Request::Run`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// What the code objects call their file.
    pub filename: String,
    /// The source, as it lies in the file: decoding it is CPython's business.
    pub source: Vec<u8>,
    /// Where the modules lie that the snippet may import beside the standard library's.
    pub folder: Option<String>,
    /// The number of boundaries after which the run is broken off.
    pub step_limit: u32,
    /// Extension modules that are loaded before the snippet starts.
    pub natives: Vec<NativeFile>,
    /// Whether to run in a process apart, so that what the snippet breaks there breaks nothing else, and what was seen before a
    /// crash is kept ([`Response::Crashed`]). It takes longer: each boundary is noted as it comes.
    pub apart: bool,
}

/// An extension module to load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NativeFile {
    /// What it is imported as.
    pub name: String,
    /// Its shared object.
    pub path: String,
}

/// See [`Request::Inspect`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectRequest {
    /// The snippet.
    pub run: RunRequest,
    /// Where to look, and at what.
    pub at: InspectAt,
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
    /// The answer to [`Request::Inspect`].
    Inspected(Box<Inspected>),
    /// The answer to [`Request::Time`].
    Timed(Timings),
    /// The answer to [`Request::Module`].
    Module(ModuleAnswer),
    /// The answer to [`Request::Compile`].
    Compiled(Box<CompileAnswer>),
    /// The answer to [`Request::Text`].
    Text(TextAnswer),
    /// The answer to [`Request::Members`], in the order of the module's `__dict__`; none if it is not written in C.
    Members(Option<Vec<Member>>),
    /// The answer to [`Request::Interned`] and [`Request::Counted`].
    Interned(bool),
    /// The process apart that ran the snippet died.
    Crashed(Box<Crash>),
}

/// How a process apart died, and what was seen of its run until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crash {
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// The status with which it exited.
    pub status: Option<i32>,
    /// The run up to its last boundary, its outcome [`crate::Outcome::BrokenOff`]; none if it did not get to one.
    pub seen: Option<Observation>,
}

/// What the interpreter knows of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ModuleAnswer {
    /// There is none of that name.
    Missing,
    /// It is there, and written in C.
    Native,
    /// It is written in Python.
    Python {
        /// Its code.
        unit: Box<CodeUnit>,
        /// `__file__`
        path: String,
        /// It is a package.
        package: bool,
    },
}

/// What stands at a place where a text may stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum TextAnswer {
    /// Nothing, or something else.
    Missing,
    /// `None`
    None,
    /// A text; of several one a line; of a dict `name=value` lines.
    Text(String),
}

/// What the compiler made of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum CompileAnswer {
    /// A code object.
    Code(CodeUnit),
    /// It raised.
    Raised {
        /// The exception's class: a builtin one.
        type_name: String,
        /// Its first argument.
        message: String,
        /// Where in the source, for a `SyntaxError`.
        place: Option<SourcePlace>,
    },
}

/// Where in the source a `SyntaxError` is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePlace {
    /// Its second argument is all this. The symbol table sets the attributes alone.
    pub in_arguments: bool,
    /// `filename`
    pub filename: Option<String>,
    /// `lineno`
    pub line: Option<i64>,
    /// `offset`
    pub offset: Option<i64>,
    /// `text`
    pub text: Option<String>,
    /// `end_lineno`
    pub end_line: Option<i64>,
    /// `end_offset`
    pub end_offset: Option<i64>,
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

/// A run that was looked into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspected {
    /// What it did: the same as the run before, or what was seen is of another run.
    pub trajectory: Trajectory,
    /// Who held what, in the order of the boundaries; those that the run did not get to are left out.
    pub inspections: Vec<Inspection>,
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
    /// CPython was refused memory within the limit (the observer's argument `--max-memory BYTES`): what the snippet did then is not what it does.
    Memory,
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
