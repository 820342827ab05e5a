//! What can be wrong with a case file.

use std::path::PathBuf;

/// One thing that is wrong, on one line: `path:line: message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// A file or folder cannot be read.
    #[error("{}: cannot be read: {why}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A folder holds no case, or a path names something that holds none.
    #[error("{}: no case in it (cases are .yaml and .py files)", path.display())]
    NoCase {
        /// Which.
        path: PathBuf,
    },
    /// A case file holds what the format does not allow.
    #[error("{}:{line}: {message}", path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// Where, from 1.
        line: u32,
        /// What.
        message: String,
    },
    /// `PATH::NAME` names a case that is not there.
    #[error("{}: no case named `{name}`", path.display())]
    NoSuchCase {
        /// The path before the `::`.
        path: PathBuf,
        /// The name behind it.
        name: String,
    },
}
