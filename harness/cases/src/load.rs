//! From paths to cases.

use std::path::{Path, PathBuf};

use crate::{Case, CaseError};

/// What a person asked for: a path, and with `PATH::NAME` one case of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// A case file, a `.py` file or a folder of them.
    pub path: PathBuf,
    /// The name of one case in it, or its `suite/name`.
    pub name: Option<String>,
}

impl Selection {
    /// Reads `PATH` or `PATH::NAME`. A path that exists as it stands is a path, whatever is in it.
    pub fn parse(text: &Path) -> Self {
        let whole = Self { path: text.to_owned(), name: None };
        if text.exists() {
            return whole;
        }
        match text.to_str().and_then(|text| text.rsplit_once("::")) {
            Some((path, name)) if !path.is_empty() && !name.is_empty() => Self { path: path.into(), name: Some(name.to_owned()) },
            _ => whole,
        }
    }
}

/// Loads the cases of the paths (each `PATH` or `PATH::NAME`; see [`Selection`]), in the order of the paths, folders
/// sorted; without a path those of the bundled folder. All errors are told, not only the first.
pub fn load(_paths: &[PathBuf], _bundled_root: &Path) -> Result<Vec<Case>, Vec<CaseError>> {
    unimplemented!("being written")
}
