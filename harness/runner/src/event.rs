//! What a run tells: the only thing that passes from the runner to the reports and into the record.

use refdrift_record::{CaseResult, Summary};

/// Something that happened in a run, told in ascending order of the runs' numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEvent {
    /// Before anything else.
    Started(Started),
    /// A case is done on one Python.
    CaseFinished(Box<CaseResult>),
    /// The run was broken off. What comes now finished behind a case that did not: it is worth showing, and no part of a record.
    BrokenOff,
    /// Nothing more comes.
    Ended(Ended),
}

/// See [`RunEvent::Started`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The Pythons compared with, `3.12.1`.
    pub pythons: Vec<String>,
    /// The number of cases, all parts together; none if that shows at the end.
    pub cases: Option<u64>,
}

/// See [`RunEvent::Ended`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How many of which.
    pub summary: Summary,
    /// Whether it was broken off.
    pub interrupted: bool,
}
