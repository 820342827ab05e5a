//! Exit codes.

use std::collections::BTreeSet;

use refdrift_record::{CaseResult, Fault, Standing};

/// All that ran agree, or are as their case expects.
pub(crate) const AGREED: u8 = 0;
/// The engines diverge, or what a case states does not hold.
pub(crate) const DIVERGED: u8 = 1;
/// Usage or bad input: arguments, case files, a source that CPython refuses, no such Python. (Also clap's own.)
pub(crate) const USAGE: u8 = 2;
/// An engine failed (a crash, a time-out, the step limit), and nothing diverged.
pub(crate) const ENGINE_FAILED: u8 = 3;
/// Nothing was compared: no case is for that Python, or all are unsupported or incomparable.
pub(crate) const NOTHING_RAN: u8 = 4;
/// `shrink`: the finding does not always come back.
pub(crate) const FLAKY: u8 = DIVERGED;
/// Interrupted from the keyboard; what was done until then is told.
pub(crate) const INTERRUPTED: u8 = 130;
/// Whoever read the output has gone; as a process that dies of SIGPIPE.
pub(crate) const BROKEN_PIPE: u8 = 141;

/// Finds the code of a run out of its results.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    codes: BTreeSet<u8>,
}

impl Tally {
    /// Takes in one result.
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.codes.insert(match result.verdict {
            _ if !result.unmet.is_empty() => DIVERGED,
            Standing::Agreed | Standing::Expected => AGREED,
            Standing::Diverged => DIVERGED,
            Standing::Failed if result.fault == Some(Fault::Source) => USAGE,
            Standing::Failed => ENGINE_FAILED,
            Standing::Unsupported | Standing::Incomparable => NOTHING_RAN,
        });
    }

    /// The code of the whole run: that of its worst result. A divergence is what one looks for, so it comes before all else.
    pub(crate) fn code(&self) -> u8 {
        let worst = [DIVERGED, USAGE, ENGINE_FAILED, AGREED].into_iter().find(|code| self.codes.contains(code));
        worst.unwrap_or(NOTHING_RAN)
    }
}
