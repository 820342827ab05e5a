//! What a difference between two trajectories is called and said to be.

use std::fmt;

use refdrift_trace::{Count, ObjectId};
use serde::{Deserialize, Serialize};

/// How the subject departs from the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivergenceKind {
    /// The subject counts more references to an object than the reference.
    ExtraReference,
    /// The subject counts fewer references to an object than the reference.
    MissingReference,
    /// The subject frees an object that the reference frees later.
    EarlyFree,
    /// The subject frees an object later than the reference.
    LateFree,
    /// One engine frees an object, the other never does; the detail says whose it is.
    NeverFreed,
    /// Between two boundaries both free the same objects, in another order.
    FreeOrder,
    /// A slot holds another object than in the reference: a new one instead of a known one, one of another type, none.
    Identity,
    /// The subject's next boundary lies elsewhere: another instruction, another frame, one more or one fewer.
    ControlFlow,
    /// The run ends otherwise, or prints something else.
    Outcome,
}

impl DivergenceKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::ExtraReference,
        Self::MissingReference,
        Self::EarlyFree,
        Self::LateFree,
        Self::NeverFreed,
        Self::FreeOrder,
        Self::Identity,
        Self::ControlFlow,
        Self::Outcome,
    ];

    /// The same difference, measured from the other side: how the reference departs from the subject.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::ExtraReference => Self::MissingReference,
            Self::MissingReference => Self::ExtraReference,
            Self::EarlyFree => Self::LateFree,
            Self::LateFree => Self::EarlyFree,
            other => other,
        }
    }

    /// Its name in case files and records: `extra_reference`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExtraReference => "extra_reference",
            Self::MissingReference => "missing_reference",
            Self::EarlyFree => "early_free",
            Self::LateFree => "late_free",
            Self::NeverFreed => "never_freed",
            Self::FreeOrder => "free_order",
            Self::Identity => "identity",
            Self::ControlFlow => "control_flow",
            Self::Outcome => "outcome",
        }
    }

    /// Its name in prose: `extra reference`.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ExtraReference => "extra reference",
            Self::MissingReference => "missing reference",
            Self::EarlyFree => "early free",
            Self::LateFree => "late free",
            Self::NeverFreed => "never freed",
            Self::FreeOrder => "free order",
            Self::Identity => "identity",
            Self::ControlFlow => "control flow",
            Self::Outcome => "outcome",
        }
    }
}

impl fmt::Display for DivergenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// A place in the snippet, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The name of the frame's code (`<module>`, `hello`), or `<teardown>`.
    pub code: String,
    /// The byte offset of the instruction; none in the teardown.
    pub offset: Option<u32>,
    /// CPython's name of the instruction, with its argument in words where it has one (`STORE_NAME foo`); the act of the teardown.
    pub instruction: String,
    /// The line of the snippet, from 1, where the instruction has one.
    pub line: Option<u32>,
    /// The part of the source that it was compiled from, where CPython tells more than the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// A part of the source that starts in a line known from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The column of its first byte, from 0, in bytes of UTF-8.
    pub start: u32,
    /// Its last line, from 1.
    pub end_line: u32,
    /// The column behind its last byte in that line.
    pub end: u32,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.instruction)?;
        if let Some(offset) = self.offset {
            write!(f, " at {offset} of {}", self.code)?;
        }
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergence {
    /// How the subject departs.
    pub kind: DivergenceKind,
    /// The boundary at which it shows, an index into the reference's steps; their number for what shows only after the end.
    pub step: usize,
    /// The same boundary in the subject's steps. The two differ only behind a control flow divergence.
    pub subject_step: usize,
    /// Where the boundary lies; none after the end.
    pub place: Option<Site>,
    /// The instruction that caused it: the one that the reference ran right before the boundary; none at the very first.
    pub cause: Option<Site>,
    /// The object it is about, as the reference numbers it.
    pub object: Option<ObjectId>,
    /// The object it is about, as the subject numbers it.
    pub subject_object: Option<ObjectId>,
    /// The name of the object's type; empty if it is about no object.
    pub type_name: String,
    /// The object in words: `tuple #12`, `builtin print`, `constant 'hi'`; empty if it is about no object.
    pub label: String,
    /// The object's count in the reference at the boundary; [`refdrift_trace::IMMORTAL`] for one that is not counted, none for one that it has freed or does not have.
    pub reference: Option<Count>,
    /// The object's count in the subject at the boundary.
    pub subject: Option<Count>,
    /// The owners that the subject knows for the object at the boundary. The comparison leaves this empty; whoever has the
    /// subject at hand runs it once more to fill it in.
    #[serde(default)]
    pub owners: Vec<String>,
    /// One line that says what differs.
    pub detail: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.detail)?;
        self.cause.as_ref().map_or(Ok(()), |cause| write!(f, ", after {cause}"))
    }
}

impl Divergence {
    /// The same difference where native code is in question, and not the VM that runs its contract: how the code departs from
    /// the contract.
    #[must_use]
    pub fn of_native_code(self) -> Self {
        let detail = self.detail.replace("the reference", "the native code").replace("the subject", "its contract");
        Self { kind: self.kind.reversed(), detail, ..self }
    }
}

/// What [`crate::compare`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The first divergence of all; none if the trajectories agree.
    pub first: Option<Divergence>,
    /// The first divergence of each object that has one, in the order in which they show, and among them the first of the
    /// control flow and that of the outcome, which are about no object; at most [`Comparison::MOST`].
    pub by_object: Vec<Divergence>,
    /// How many more objects have one.
    pub untold: usize,
}

impl Comparison {
    /// One mistake in a loop makes every object of the loop diverge: behind this many they are only counted.
    pub const MOST: usize = 1000;

    /// Whether there is no divergence.
    pub fn agrees(&self) -> bool {
        self.first.is_none()
    }

    /// The first divergence, then those of the other objects.
    pub fn into_divergences(self) -> Vec<Divergence> {
        let Self { first, by_object, .. } = self;
        let Some(first) = first else { return by_object };
        let others = by_object.into_iter().filter(|divergence| *divergence != first).collect::<Vec<_>>();
        std::iter::once(first).chain(others).collect()
    }
}
