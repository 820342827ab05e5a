//! What a case states beside its comparison.

use refdrift_compare::{Divergence, DivergenceKind, Verdict, VerdictKind};
use refdrift_trace::{CodeUnit, Count, PyVersion, Trajectory};

use crate::{Case, history};

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
    /// The line of the file at which it starts; the case's, if it states nothing.
    pub line: u32,
}

/// The first divergence that a case expects; what is not stated may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedDivergence {
    /// Its kind.
    pub kind: DivergenceKind,
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
    /// A variable that the object was bound to, or `<type>` for one that was never bound to any.
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
    pub fn judge(&self, verdict: &Verdict) -> Result<(), Failure> {
        let expected = self.expect.verdict.unwrap_or(VerdictKind::Agreed);
        if verdict.kind() != expected {
            return Err(self.failure(self.expect.line, format!("expected the verdict {expected}, not {}", verdict.kind())));
        }
        let Some(divergence) = &self.expect.divergence else { return Ok(()) };
        let differs =
            verdict.divergences().first().map_or_else(|| Some("there is none".to_owned()), |first| divergence.differs(first));
        differs.map_or(Ok(()), |words| Err(self.failure(self.expect.line, format!("expected another first divergence: {words}"))))
    }

    /// The stated counts and frees that do not hold in the reference.
    pub fn failures(&self, unit: &CodeUnit, reference: &Trajectory) -> Vec<Failure> {
        let Expect { counts, frees, .. } = &self.expect;
        if counts.is_empty() && frees.is_empty() {
            return Vec::new();
        }
        let failures = history::failures(counts, frees, unit, reference);
        let told = |(line, message, mendable): (u32, String, bool)| {
            let command = format!("; `refdrift bless {}` writes what CPython says", self.path.display());
            self.failure(line, if mendable { message + &command } else { message })
        };
        failures.into_iter().map(told).collect()
    }

    /// Whether the case is for a version.
    pub fn is_for(&self, version: PyVersion) -> bool {
        self.pythons.contains(version)
    }

    fn failure(&self, line: u32, message: String) -> Failure {
        Failure { path: self.path.display().to_string(), line, message }
    }
}

impl ExpectedDivergence {
    /// Whether a divergence is what is expected, on whatever line.
    pub(crate) fn is_kind_of(&self, found: &Divergence) -> bool {
        Self { line: None, ..self.clone() }.differs(found).is_none()
    }

    /// What of a divergence is not what is expected; none if it is that one.
    fn differs(&self, found: &Divergence) -> Option<String> {
        let cause = found.cause.as_ref();
        let instruction = cause.map_or("", |cause| cause.instruction.split(' ').next().unwrap_or_default());
        if found.kind != self.kind {
            return Some(format!("its kind is {}, not {}", found.kind.name(), self.kind.name()));
        }
        if let Some(expected) = self.instruction.as_ref().filter(|expected| *expected != instruction) {
            return Some(format!("it comes after {instruction}, not after {expected}"));
        }
        if let Some(expected) = self.type_name.as_ref().filter(|expected| **expected != found.type_name) {
            return Some(format!("it is about a {}, not about a {expected}", found.type_name));
        }
        let line = cause.and_then(|cause| cause.line);
        if let Some(expected) = self.line.filter(|expected| Some(*expected) != line) {
            let line = line.map_or("no line".to_owned(), |line| format!("line {line}"));
            return Some(format!("it comes from {line} of the source, not from line {expected}"));
        }
        None
    }
}
