//! A case.

use std::path::{Path, PathBuf};

use refdrift_trace::PyVersion;

use crate::read::stem;
use crate::{CaseError, Expect, Native};

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
    /// The extension module that it brings along.
    pub native: Option<Native>,
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

    /// A source that is in no file (a generated one, say), for any Python, of which nothing but agreement is expected.
    pub fn bare(suite: impl Into<String>, name: impl Into<String>, source: impl Into<Vec<u8>>) -> Self {
        Self {
            suite: suite.into(),
            name: name.into(),
            source: source.into(),
            why: None,
            pythons: VersionSelection::Any,
            expect: Expect::default(),
            native: None,
            path: PathBuf::new(),
            line: 0,
            source_line: 0,
        }
    }

    /// Whether there is nothing to run.
    pub(crate) fn is_empty_source(source: &[u8]) -> bool {
        source.iter().all(u8::is_ascii_whitespace)
    }

    /// A Python source as a case: its suite is the folder's name, its name the file's.
    pub fn python(path: &Path, source: Vec<u8>) -> Result<Self, CaseError> {
        if Self::is_empty_source(&source) {
            return Err(CaseError::Format { path: path.to_owned(), line: 1, message: "the source is empty".to_owned() });
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let folder =
            folder.file_name().map(ToOwned::to_owned).or_else(|| Some(folder.canonicalize().ok()?.file_name()?.to_owned()));
        let suite = folder.map_or_else(|| "python".to_owned(), |name| name.to_string_lossy().into_owned());
        Ok(Self {
            why: opening_comment(&source),
            expect: Expect { line: 1, ..Expect::default() },
            path: path.to_owned(),
            line: 1,
            source_line: 1,
            ..Self::bare(suite, stem(path), source)
        })
    }
}

/// The comment at the top of a file, which says what it is for.
fn opening_comment(source: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(source).ok()?;
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim).collect();
    let comment = lines.join(" ");
    (!comment.is_empty()).then_some(comment)
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
