//! What the rest of the harness sees of the VM.

use std::fmt;
use std::sync::Arc;

use refdrift_trace::{
    CompileAnswer, CompileRequest, InspectAt, Inspection, Member, ModuleAnswer, PyVersion, TextAnswer, Trajectory,
};

use crate::fault::Fault;
use crate::library::NativeModule;
use crate::vm::Vm;

/// No instruction table for that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionUnsupported(pub PyVersion);

impl fmt::Display for VersionUnsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the VM has no instruction set for Python {}; it has those of 3.11, 3.12 and 3.13", self.0)
    }
}

impl std::error::Error for VersionUnsupported {}

/// What the VM asks of whoever runs it: the standard library's Python code, and CPython's compiler.
pub trait Host: Send + Sync {
    /// The code of a module, by its full name. The same name is asked for once only.
    fn module(&self, name: &str) -> Result<Arc<ModuleAnswer>, String>;

    /// A text that the interpreter has, a docstring: a module's name, then the attributes that lead to it.
    fn text(&self, path: &[&str]) -> Result<TextAnswer, String>;

    /// What a module written in C holds, in order; none if there is none of that name.
    fn members(&self, module: &str) -> Result<Option<Arc<[Member]>>, String>;

    /// Whether a string of this text was interned before any snippet.
    fn interned(&self, text: &str) -> Result<bool, String>;

    /// Whether the string of this text that was there before any snippet, if there is one, is counted.
    fn counted(&self, text: &str) -> Result<bool, String>;

    /// What the compiler makes of a source.
    fn compile(&self, request: &CompileRequest) -> Result<CompileAnswer, String>;
}

/// How to run a unit.
#[derive(Clone, Debug)]
pub struct Options {
    /// The number of boundaries after which the run is broken off (counted as the observer counts them).
    pub step_limit: u32,
    /// Whether to record a trajectory; without it the run only ends.
    pub record: bool,
    /// List the owners of known live objects at these boundaries.
    pub inspect: Option<InspectAt>,
    /// Compare every object's count with the number of its owners at each boundary: slow, for tests.
    pub audit: bool,
    /// List the attributes of the type or module that the snippet's global of that name is in the end.
    pub attributes_of: Option<String>,
    /// The extension modules of the run, by contract.
    pub natives: Vec<NativeModule>,
    /// Break the VM in one place. Only builds with the feature `faults` obey, as of the next.
    pub fault: Option<Fault>,
    /// Note which places could be broken.
    pub reach: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            step_limit: 10_000_000,
            record: true,
            inspect: None,
            audit: false,
            attributes_of: None,
            natives: Vec::new(),
            fault: None,
            reach: false,
        }
    }
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the VM did, up to its end.
    pub trajectory: Trajectory,
    /// Whether it got to the end.
    pub end: End,
    /// The first thing the snippet did whose result depends on addresses (`id`, a default `hash` in a set's order).
    pub address_use: Option<AddressUse>,
    /// See [`Options::inspect`]: in the order of the boundaries; those that the run did not get to are left out.
    pub inspections: Vec<Inspection>,
    /// See [`Options::audit`]: the first that was found.
    pub imbalance: Option<Imbalance>,
    /// See [`Options::attributes_of`]: sorted; none if the snippet did not get to its end or has no such global.
    pub attributes: Option<Vec<String>>,
}

/// An object whose count is not the number of its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imbalance {
    /// The boundary (an index into [`Trajectory::steps`]) before which it came about.
    pub step: usize,
    /// The object's type.
    pub type_name: String,
    /// Its count.
    pub count: i32,
    /// How many references to it there are.
    pub owners: i64,
}

/// Whether a run got to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It did; the trajectory's outcome says how.
    Finished,
    /// The VM cannot do what the snippet asks for, and says so instead of doing something else.
    Unsupported(Unsupported),
}

/// Something the VM does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// What kind of thing.
    pub missing: Missing,
    /// Its name: `SEND`, `memoryview`, `list.sort(key=…)`.
    pub name: String,
    /// The line of the snippet that asked for it.
    pub line: Option<u32>,
}

/// See [`Unsupported::missing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// An instruction.
    Instruction,
    /// A type.
    Type,
    /// A builtin, a method, an attribute or a form of them.
    Name,
    /// A module.
    Module,
    /// More memory or depth than the VM gives a snippet.
    Limit,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.missing {
            Missing::Instruction => "instruction",
            Missing::Type => "type",
            Missing::Name => "name",
            Missing::Module => "module",
            Missing::Limit => "limit",
        };
        write!(f, "{kind} {}", self.name)?;
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

/// See [`Run::address_use`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressUse {
    /// `id()`, `hash() of object`, …
    pub what: String,
    /// The line of the snippet.
    pub line: Option<u32>,
    /// The number of boundaries recorded before it.
    pub step: usize,
}

impl Vm {
    /// Which CPython it behaves like.
    pub fn version(&self) -> PyVersion {
        self.profile.version
    }

    /// The stack that a thread which runs snippets needs, in bytes (address space, not memory).
    pub const STACK_SIZE: usize = 1 << 30;
}
