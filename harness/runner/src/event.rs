//! What a run tells: the only thing that passes from the runner to the reports and into the record.

use refdrift_record::{CaseResult, Summary};

/// Something that happened in a run, told in a stable order: cases in theirs, versions within a case.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEvent {
    /// Before anything else.
    Started(Started),
    /// A case is done on one Python.
    CaseFinished(Box<CaseResult>),
    /// Nothing more comes.
    Ended(Ended),
}

/// See [`RunEvent::Started`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The Pythons compared with, `3.12.1`.
    pub pythons: Vec<String>,
    /// The number of cases.
    pub cases: usize,
    /// The number of pairs of a case and a Python that it is for.
    pub runs: usize,
}

/// See [`RunEvent::Ended`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many of which.
    pub summary: Summary,
    /// Whether it was broken off.
    pub interrupted: bool,
}
