//! A mistake in a case, as it is told to whoever watches over the process: a broken VM may take it along.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A mistake in one case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The site's name.
    pub site: String,
    /// The mode's name.
    pub mode: String,
    /// The Python.
    pub python: String,
    /// The case.
    pub case: String,
}

/// Is told what begins and ends on which thread.
pub trait Witness: Send + Sync {
    /// The calling thread begins with this.
    fn begins(&self, trial: &Trial);
    /// It has ended, and the process lives.
    fn ends(&self);
}

/// What is known of earlier processes that died.
#[derive(Clone, Default)]
pub struct Danger {
    /// Who is told of each trial.
    pub witness: Option<Arc<dyn Witness>>,
    /// A process died of these: their faults count as caught that way, and are not made again.
    pub deadly: BTreeSet<Trial>,
    /// These were under way when a process died: they are tried alone, before all others.
    pub suspects: BTreeSet<Trial>,
}

impl std::fmt::Debug for Danger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Danger").field("deadly", &self.deadly).field("suspects", &self.suspects).finish_non_exhaustive()
    }
}

impl Danger {
    /// What a process died of that made this fault (site and mode by name).
    pub(super) fn deadly(&self, site: &str, mode: &str) -> Option<&Trial> {
        self.deadly.iter().find(|trial| trial.site == site && trial.mode == mode)
    }

    /// Whether a fault (site and mode by name) is to be tried alone.
    pub(super) fn alone(&self, site: &str, mode: &str) -> bool {
        self.suspects.iter().any(|trial| trial.site == site && trial.mode == mode)
    }
}
