//! One case on one Python, and how many stand how.

use std::fmt;

use refdrift_compare::{Divergence, Engine, VerdictKind};
use serde::{Deserialize, Serialize};

use crate::Evidence;

/// A case on one Python: one line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseResult {
    /// The run's place in the whole, from 0: that of the case times the number of Pythons, and that of the Python.
    pub number: u64,
    /// `suite/name`
    pub case: String,
    /// The full version, `3.12.1`.
    pub python: String,
    /// What came of it, measured by what the case expects.
    pub verdict: Standing,
    /// What the comparison found, whatever the case expects.
    pub found: VerdictKind,
    /// The divergences, the first one first, then the first of each other object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub divergences: Vec<Divergence>,
    /// How many more objects diverge.
    #[serde(default, skip_serializing_if = "is_none")]
    pub untold: usize,
    /// Unsupported: what is missing. Incomparable and failed: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The line of the source (from 1) that the reason is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_line: Option<u32>,
    /// The type of the exception that left the module in the reference (`ValueError`); none if it ran to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<String>,
    /// How an engine failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// The case's own statements that do not hold: `path:line: message`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<String>,
    /// The file of the case; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The line of that file on which the case starts; 0 without a file.
    #[serde(default, skip_serializing_if = "is_none")]
    pub line: u32,
    /// The line of that file that holds the first line of the source; 0 without a file.
    #[serde(default, skip_serializing_if = "is_none")]
    pub source_line: u32,
    /// The number of boundaries that the reference recorded.
    pub steps: usize,
    /// How long it took; none in a merged record, which is the same whatever machine ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// The source of a case that did not agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The least program that shows the same finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<Shrunk>,
    /// The known difference that this is, by its name in `cases/known`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// What is known of the object of the first divergence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
}

/// Whether a number is nothing: an agreed run of a generated program is one short line.
fn is_none<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

/// A finding's program, made smaller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shrunk {
    /// The program.
    pub source: String,
    /// How many programs were tried on the way.
    pub tried: usize,
    /// Whether it is as small as the reducer can make it; else the time was up.
    pub done: bool,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Both engines did the same.
    Agreed,
    /// They did not, just as the case expects.
    Expected,
    /// They did not.
    Diverged,
    /// The subject lacks something that the case uses.
    Unsupported,
    /// The runs depend on addresses and may differ.
    Incomparable,
    /// An engine failed, or what the case states does not hold.
    Failed,
}

impl Standing {
    /// Every one, in the order of the summary.
    pub const ALL: [Self; 6] = [Self::Agreed, Self::Expected, Self::Diverged, Self::Unsupported, Self::Incomparable, Self::Failed];

    /// Its name in records and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Expected => "expected",
            Self::Diverged => "diverged",
            Self::Unsupported => "unsupported",
            Self::Incomparable => "incomparable",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How an engine failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// CPython's compiler refused the source.
    Source,
    /// The process that runs CPython died.
    Crash,
    /// It did not answer in time.
    TimeOut,
    /// It was refused memory within the limit, and did then what it would not do with more.
    Memory,
    /// The snippet did not end within the step limit.
    StepLimit,
    /// The observer could not be started, or could not observe the snippet, or broke the protocol.
    Observer,
    /// The VM panicked.
    Panic,
    /// The VM audited itself, and a count was not the number of its owners.
    Audit,
}

impl Fault {
    /// Its name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Crash => "crash",
            Self::TimeOut => "time_out",
            Self::Memory => "memory",
            Self::StepLimit => "step_limit",
            Self::Observer => "observer",
            Self::Panic => "panic",
            Self::Audit => "audit",
        }
    }

    /// Whose it is.
    pub const fn engine(self) -> Engine {
        match self {
            Self::Panic | Self::Audit => Engine::Subject,
            _ => Engine::Reference,
        }
    }
}

/// What a case took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The reference, from request to decoded answer.
    pub reference_us: u64,
    /// The subject.
    pub subject_us: u64,
    /// The comparison.
    pub compare_us: u64,
}

/// How many runs stand how; the last line of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Runs: pairs of a case and a Python.
    pub cases: usize,
    /// [`Standing::Agreed`]
    pub agreed: usize,
    /// [`Standing::Expected`]
    pub expected: usize,
    /// [`Standing::Diverged`]
    pub diverged: usize,
    /// [`Standing::Unsupported`]
    pub unsupported: usize,
    /// [`Standing::Incomparable`]
    pub incomparable: usize,
    /// [`Standing::Failed`]
    pub failed: usize,
}

impl Summary {
    /// Counts one run more.
    pub fn add(&mut self, standing: Standing) {
        self.cases += 1;
        *self.slot(standing) += 1;
    }

    /// How many runs stand so.
    pub fn count(mut self, standing: Standing) -> usize {
        *self.slot(standing)
    }

    fn slot(&mut self, standing: Standing) -> &mut usize {
        match standing {
            Standing::Agreed => &mut self.agreed,
            Standing::Expected => &mut self.expected,
            Standing::Diverged => &mut self.diverged,
            Standing::Unsupported => &mut self.unsupported,
            Standing::Incomparable => &mut self.incomparable,
            Standing::Failed => &mut self.failed,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A run that agreed.
    pub(crate) fn result(number: u64) -> CaseResult {
        CaseResult {
            number,
            case: format!("suite/case-{number}"),
            python: "3.12.1".to_owned(),
            verdict: Standing::Agreed,
            found: VerdictKind::Agreed,
            divergences: Vec::new(),
            untold: 0,
            reason: None,
            reason_line: None,
            raised: None,
            fault: None,
            unmet: Vec::new(),
            path: "suite.yaml".to_owned(),
            line: 1,
            source_line: 2,
            steps: 10,
            times: None,
            source: None,
            shrunk: None,
            known: None,
            evidence: None,
        }
    }

    #[test]
    fn a_summary_counts_each_run_once() {
        let mut summary = Summary::default();
        for standing in Standing::ALL {
            summary.add(standing);
            assert_eq!(summary.count(standing), 1);
        }
        assert_eq!(summary.cases, Standing::ALL.len());
        let line = serde_json::to_string(&summary).unwrap();
        assert_eq!(line, r#"{"cases":6,"agreed":1,"expected":1,"diverged":1,"unsupported":1,"incomparable":1,"failed":1}"#);
    }
}
