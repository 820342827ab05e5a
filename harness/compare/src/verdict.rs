//! The one answer to a case.

use std::fmt;

use refdrift_trace::{CodeUnit, Trajectory};
use serde::{Deserialize, Serialize};

use crate::{Divergence, DivergenceKind, compare_up_to};

/// What is to be said of one case on one Python version.
///
/// Serialised with its kind in the field `verdict`, for the record: `{"verdict": "diverged", "divergences": [...]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Every count at every boundary, every free and the outcome are the same.
    Agreed,
    /// They are not.
    Diverged {
        /// The first divergence, then the first one of each other object; never empty.
        divergences: Vec<Divergence>,
        /// How many more objects diverge; see [`crate::Comparison::MOST`].
        #[serde(default)]
        untold: usize,
    },
    /// The subject does not have what the snippet asks for; up to there the two agree.
    Unsupported {
        /// `instruction SEND`, `type memoryview`.
        what: String,
        /// The line of the snippet that asked for it.
        line: Option<u32>,
    },
    /// The runs may have legitimately drifted apart: they differ where the snippet depends on addresses.
    Incomparable {
        /// What it depends on, where, and how the runs differ.
        why: String,
    },
    /// An engine crashed, ran out of time or steps, or refused the snippet.
    EngineFailed {
        /// Which one.
        engine: Engine,
        /// One line.
        why: String,
    },
}

/// The kind of a [`Verdict`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// [`Verdict::Agreed`]
    Agreed,
    /// [`Verdict::Diverged`]
    Diverged,
    /// [`Verdict::Unsupported`]
    Unsupported,
    /// [`Verdict::Incomparable`]
    Incomparable,
    /// [`Verdict::EngineFailed`]
    EngineFailed,
}

impl VerdictKind {
    /// Its name in case files and records: `engine_failed`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Diverged => "diverged",
            Self::Unsupported => "unsupported",
            Self::Incomparable => "incomparable",
            Self::EngineFailed => "engine_failed",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// CPython.
    Reference,
    /// The VM.
    Subject,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reference => "reference",
            Self::Subject => "subject",
        })
    }
}

impl Verdict {
    /// Its kind.
    pub fn kind(&self) -> VerdictKind {
        match self {
            Self::Agreed => VerdictKind::Agreed,
            Self::Diverged { .. } => VerdictKind::Diverged,
            Self::Unsupported { .. } => VerdictKind::Unsupported,
            Self::Incomparable { .. } => VerdictKind::Incomparable,
            Self::EngineFailed { .. } => VerdictKind::EngineFailed,
        }
    }

    /// The same verdict on native code, measured by its contract (see [`Divergence::of_native_code`]).
    #[must_use]
    pub fn of_native_code(self) -> Self {
        match self {
            Self::Diverged { divergences, untold } => {
                Self::Diverged { divergences: divergences.into_iter().map(Divergence::of_native_code).collect(), untold }
            }
            other => other,
        }
    }

    /// Its divergences, the first one first; empty unless it is [`Verdict::Diverged`].
    pub fn divergences(&self) -> &[Divergence] {
        match self {
            Self::Diverged { divergences, .. } => divergences,
            _ => &[],
        }
    }
}

/// The subject's side of a run.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// What it did.
    pub trajectory: &'a Trajectory,
    /// What it stopped at, if it did not get to the end.
    pub unsupported: Option<Unsupported>,
    /// The first thing whose result depends on addresses.
    pub address_use: Option<AddressUse>,
}

/// What the subject does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// `instruction SEND`
    pub what: String,
    /// The line of the snippet that asked for it.
    pub line: Option<u32>,
}

/// Something whose result depends on addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressUse {
    /// `id()`
    pub what: String,
    /// The line of the snippet.
    pub line: Option<u32>,
    /// The number of boundaries that the subject had recorded before it.
    pub step: usize,
}

/// Compares the two runs of a unit and says what comes of it.
///
/// - A divergence is a divergence, also in what a subject did before it had to stop.
/// - Unless it is one that addresses bring about (identity, control flow, free order, outcome) and shows after something that
///   depends on addresses: then the runs are incomparable from there on.
/// - Two runs that both reached the step limit may agree: so far they do, and whoever set the limit says the rest.
pub fn verdict(unit: &CodeUnit, reference: &Trajectory, subject: &Subject<'_>) -> Verdict {
    let comparison = compare_up_to(unit, reference, subject.trajectory, subject.unsupported.is_some());
    if let Some(first) = &comparison.first {
        if let Some(address_use) = subject.address_use.as_ref().filter(|used| may_come_of_addresses(first, used)) {
            let line = address_use.line.map_or(String::new(), |line| format!(" (line {line})"));
            return Verdict::Incomparable { why: format!("{}{line} depends on addresses; then {first}", address_use.what) };
        }
        let untold = comparison.untold;
        return Verdict::Diverged { divergences: comparison.into_divergences(), untold };
    }
    if let Some(Unsupported { what, line }) = &subject.unsupported {
        return Verdict::Unsupported { what: what.clone(), line: *line };
    }
    Verdict::Agreed
}

fn may_come_of_addresses(first: &Divergence, address_use: &AddressUse) -> bool {
    let kind = match first.kind {
        DivergenceKind::Identity | DivergenceKind::ControlFlow | DivergenceKind::FreeOrder | DivergenceKind::Outcome => true,
        DivergenceKind::ExtraReference
        | DivergenceKind::MissingReference
        | DivergenceKind::EarlyFree
        | DivergenceKind::LateFree
        | DivergenceKind::NeverFreed => false,
    };
    kind && first.subject_step >= address_use.step
}
