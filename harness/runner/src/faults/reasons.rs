//! Why some faults are not caught.

use super::{Fate, FaultResult};

/// A reason for which no case can show certain faults.
#[derive(Clone, Copy, Debug)]
pub struct Reason {
    /// What the site's name begins with.
    pub site: &'static str,
    /// The mode; all of them without one.
    pub mode: Option<&'static str>,
    /// The reason.
    pub why: &'static str,
}

/// Every reason but those that a run finds out by itself: [`UNRECORDED`], [`IMMORTAL`], [`INDISTINCT`], [`ORDER`], [`LOADING`] and [`UNSEEN`].
/// One that explains nothing any more is told.
const REASONS: &[Reason] = &[];

/// Of a site that is reached, but never while a snippet runs.
#[cfg(feature = "faults")]
pub(super) const UNRECORDED: &str =
    "runs only while the VM or its library is made ready: what is there before the snippet is counted relative to its start";

/// Of a site that only ever dealt with objects that are not counted.
#[cfg(feature = "faults")]
pub(super) const IMMORTAL: &str = "all that the site deals with is immortal on these Pythons: nothing is counted";

/// Of one that comes too early.
#[cfg(feature = "faults")]
pub(super) const INDISTINCT: &str =
    "given back in the same instruction, only sooner: no boundary lies between, and nobody used the object in between";

/// Of one that changes the order in which dying objects let go of what they hold.
#[cfg(feature = "faults")]
pub(super) const ORDER: &str = "no two known objects die together with an object of that type: there is no order to be seen";

/// Of one that is only made while a module is imported.
#[cfg(feature = "faults")]
pub(super) const LOADING: &str = "runs only while a module of the library is made: what it makes counts as having been there before, relative to its first sight";

/// Of a mistake with objects that come and go within one instruction.
#[cfg(feature = "faults")]
pub(super) const UNSEEN: &str =
    "no object that the site deals with is ever on a stack or in a variable: it comes and goes within one instruction";

impl Reason {
    fn explains(&self, result: &FaultResult) -> bool {
        result.site.starts_with(self.site) && self.mode.is_none_or(|mode| result.mode == mode)
    }
}

/// Why a fault is not caught, if that is written down.
pub fn reason_for(result: &FaultResult) -> Option<&'static str> {
    REASONS.iter().find(|reason| reason.explains(result)).map(|reason| reason.why)
}

/// The reasons that explain none of the results of a whole run: their site is gone, or their faults are caught.
pub fn stale_reasons(results: &[FaultResult]) -> Vec<&'static Reason> {
    let missed = |result: &&FaultResult| result.fate != Fate::Caught;
    REASONS.iter().filter(|reason| !results.iter().filter(missed).any(|result| reason.explains(result))).collect()
}
