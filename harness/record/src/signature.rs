//! What makes two findings the same finding.

use std::fmt;

use refdrift_compare::VerdictKind;
use serde::{Deserialize, Serialize};

use crate::CaseResult;

/// What findings are grouped by, and what a shrunk program must keep: how the engines part, after which instruction, over what
/// type of object, on which Python.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The kind of divergence (`extra_reference`), how an engine failed (`crash`), or `unsupported`, `incomparable`.
    pub kind: String,
    /// The instruction that caused it without its argument (`CALL`), `<start>`, `<teardown>`; what is unsupported; else empty.
    pub instruction: String,
    /// The name of the object's type; empty if it is about no object.
    pub type_name: String,
    /// The Python's series, `3.12`.
    pub python: String,
}

impl Signature {
    /// What a result is grouped by; none if both engines did the same.
    pub fn of(result: &CaseResult) -> Option<Self> {
        let python = series(&result.python);
        let (kind, instruction, type_name) = match (result.found, result.divergences.first()) {
            (VerdictKind::Agreed, _) => return None,
            (VerdictKind::Diverged, Some(first)) => {
                let instruction = first.cause.as_ref().map_or("<start>", |cause| match cause.offset {
                    Some(_) => cause.instruction.split(' ').next().unwrap_or_default(),
                    None => "<teardown>",
                });
                (first.kind.name(), instruction, first.type_name.as_str())
            }
            (VerdictKind::EngineFailed, _) => (result.fault.map_or("engine_failed", |fault| fault.name()), "", ""),
            (VerdictKind::Unsupported, _) => ("unsupported", result.reason.as_deref().unwrap_or_default(), ""),
            (kind, _) => (kind.name(), "", ""),
        };
        Some(Self { kind: kind.to_owned(), instruction: instruction.to_owned(), type_name: type_name.to_owned(), python })
    }
}

/// `3.12` of `3.12.1`.
fn series(version: &str) -> String {
    version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind.replace('_', " "))?;
        if !self.instruction.is_empty() {
            let link = if self.kind == "unsupported" { ":" } else { " after" };
            write!(f, "{link} {}", self.instruction)?;
        }
        if !self.type_name.is_empty() {
            write!(f, ", {}", self.type_name)?;
        }
        write!(f, ", Python {}", self.python)
    }
}
