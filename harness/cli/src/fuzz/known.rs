//! Known differences among what a run finds.

use std::io;
use std::path::Path;

use refdrift_cases::Known;
use refdrift_record::{CaseResult, Standing};
use refdrift_runner::{Examiner, Limits, Pool};
use refdrift_vm::Vm;

use crate::Failure;

/// The known differences.
pub(crate) struct KnownDifferences(Vec<Known>);

impl KnownDifferences {
    pub(crate) fn load(folder: &Path) -> Result<Self, Failure> {
        Ok(Self(Known::load(folder)?))
    }

    /// Says of a finding that it is known, if it is.
    pub(crate) fn mark(&self, result: &mut CaseResult) {
        let (Some(first), Ok(python)) = (result.divergences.first(), result.python.parse()) else { return };
        if let Some(known) = self.0.iter().find(|known| known.explains(python, first)) {
            result.known = Some(known.case.id());
            result.verdict = Standing::Expected;
        }
    }

    /// Those whose own program no longer shows them on a Python that they are for.
    pub(crate) fn gone(&self, pool: &Pool, limits: Limits) -> Result<Vec<String>, Failure> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let look = || {
            let mut examiner = Examiner::new(pool, limits);
            let mut gone = Vec::new();
            for Known { case } in &self.0 {
                for (which, reference) in pool.references().iter().enumerate() {
                    if case.is_for(reference.version)
                        && examiner.examine(case, which).result(case, 0).verdict != Standing::Expected
                        && !pool.cancelled()
                    {
                        gone.push(format!("{} on Python {}", case.id(), reference.version));
                    }
                }
            }
            gone
        };
        // The VM recurses natively where Python does.
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, look)?;
            Ok(thread.join().map_err(|_| io::Error::other("the thread that runs the known differences panicked"))?)
        })
    }
}
