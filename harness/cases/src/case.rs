//! A case.

use std::path::PathBuf;

use refdrift_trace::PyVersion;

use crate::Expect;

/// One snippet to run in both engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The suite it belongs to.
    pub suite: String,
    /// Its name, unique in the suite.
    pub name: String,
    /// The source, as it lies in the file: decoding it is CPython's business.
    pub source: Vec<u8>,
    /// What it is for.
    pub why: Option<String>,
    /// The Pythons it is for.
    pub pythons: VersionSelection,
    /// What must hold of it.
    pub expect: Expect,
    /// The file it comes from.
    pub path: PathBuf,
    /// The line of the file at which the case's name stands; 1 for a `.py` file.
    pub line: u32,
    /// The line of the file that holds the first line of the source.
    pub source_line: u32,
}

impl Case {
    /// Its identity: `suite/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.suite, self.name)
    }
}

/// The Python versions that a case is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum VersionSelection {
    /// Every one.
    #[default]
    Any,
    /// From that minor version on: `>=3.12`.
    From(PyVersion),
    /// Up to that minor version, it included: `<=3.12`.
    UpTo(PyVersion),
    /// Those minor versions: `3.11` or `[3.11, 3.13]`.
    Only(Vec<PyVersion>),
}

impl VersionSelection {
    /// Whether a version is one of them. Only the first two numbers count.
    pub fn contains(&self, version: PyVersion) -> bool {
        let series = |version: PyVersion| (version.major, version.minor);
        match self {
            Self::Any => true,
            Self::From(first) => series(version) >= series(*first),
            Self::UpTo(last) => series(version) <= series(*last),
            Self::Only(those) => those.iter().any(|one| series(*one) == series(version)),
        }
    }
}
