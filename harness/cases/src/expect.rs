//! What a case states beside its comparison, and whether it holds.

use refdrift_compare::{DivergenceKind, Verdict, VerdictKind};
use refdrift_trace::{CodeUnit, Count, PyVersion, Trajectory};

use crate::Case;

/// What must hold of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// The verdict; agreed, if it is not stated.
    pub verdict: Option<VerdictKind>,
    /// The first divergence, of a case that expects one.
    pub divergence: Option<ExpectedDivergence>,
    /// Counts in the reference.
    pub counts: Vec<ExpectedCount>,
    /// The order of frees in the reference.
    pub frees: Vec<ExpectedFree>,
    /// The line of the file at which it starts.
    pub line: u32,
}

/// The first divergence that a case expects; what is not stated may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedDivergence {
    /// Its kind.
    pub kind: Option<DivergenceKind>,
    /// CPython's name of the instruction that caused it.
    pub instruction: Option<String>,
    /// The type name of the object it is about.
    pub type_name: Option<String>,
    /// The line of the source on which the instruction stands.
    pub line: Option<u32>,
}

/// The count of one object at one boundary of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedCount {
    /// The line of the source.
    pub at: u32,
    /// CPython's name of the instruction; the first one of the line, if it is not stated.
    pub before: Option<String>,
    /// The variable that is bound to the object, or `<top>` for the one on top of the stack.
    pub name: String,
    /// Its count.
    pub count: Count,
    /// The line of the file that states it.
    pub line: u32,
}

/// One free, in the order of frees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedFree {
    /// The variable that the object was last bound to, or `<type>` for one that was never bound to any.
    pub name: String,
    /// When it is freed; whenever, if it is not stated.
    pub at: Option<FreeAt>,
    /// The line of the file that states it.
    pub line: u32,
}

/// When an object is freed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeAt {
    /// By an instruction on that line of the source.
    Line(u32),
    /// By the teardown, before the collection.
    Teardown,
    /// By the cyclic collector, at the end.
    Collection,
}

/// A statement of a case that does not hold, on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct Failure {
    /// The file of the case.
    pub path: String,
    /// The line that states it.
    pub line: u32,
    /// What holds instead.
    pub message: String,
}

impl Case {
    /// Whether a verdict is the one that the case expects (`agreed`, if it states none), with the divergence that it expects.
    pub fn judge(&self, _verdict: &Verdict) -> Result<(), Failure> {
        unimplemented!("being written")
    }

    /// The stated counts and frees that do not hold in the reference.
    pub fn failures(&self, _unit: &CodeUnit, _reference: &Trajectory) -> Vec<Failure> {
        unimplemented!("being written")
    }

    /// Whether the case is for a version.
    pub fn is_for(&self, version: PyVersion) -> bool {
        self.pythons.contains(version)
    }
}
