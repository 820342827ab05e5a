//! Known differences: findings that somebody has looked at, with the reason why they stay.

use std::path::Path;

use refdrift_compare::Divergence;
use refdrift_trace::PyVersion;

use crate::{Case, CaseError, load};

/// A difference between the engines that is known. It is a case that expects its divergence, so that `check` tells when it no
/// longer happens; every finding of the same kind counts as this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The case, which has a `why` and expects a divergence.
    pub case: Case,
}

impl Known {
    /// Loads the known differences of a folder: none if there is no such folder. A case that gives no reason, or expects no
    /// divergence, is an error.
    pub fn load(folder: &Path) -> Result<Vec<Self>, Vec<CaseError>> {
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let cases = load(&[folder.to_owned()], folder)?;
        let wrong = |case: &Case| {
            let message = match (&case.why, &case.expect.divergence) {
                (None, _) => "a known difference needs a `why`: the reason for which it stays",
                (_, None) => "a known difference needs `expect.divergence`: the findings that it explains",
                _ => return None,
            };
            Some(CaseError::Format { path: case.path.clone(), line: case.line, message: message.to_owned() })
        };
        let errors: Vec<CaseError> = cases.iter().filter_map(wrong).collect();
        if errors.is_empty() { Ok(cases.into_iter().map(|case| Self { case }).collect()) } else { Err(errors) }
    }

    /// Whether a finding's first divergence is of its kind: all that it expects but for the line.
    pub fn explains(&self, python: PyVersion, first: &Divergence) -> bool {
        let expected = self.case.expect.divergence.as_ref();
        self.case.is_for(python) && expected.is_some_and(|expected| expected.is_kind_of(first))
    }
}
