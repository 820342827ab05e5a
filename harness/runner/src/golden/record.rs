//! From running observers to a golden.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use refdrift_cases::Case;
use refdrift_trace::{Request, Response};
use refdrift_vm::Vm;

use super::columns::Columns;
use super::neutral::Neutral;
use super::{Conversation, Message, Recorded, Said, encode, fingerprint, native_fingerprint, trajectory};
use crate::examine::{Examiner, Pool};
use crate::run::{RunError, RunOptions};

/// Runs all cases that are for a reference, and keeps what it says. `told` is called after each.
pub fn record(
    cases: &[Case],
    pool: &Pool,
    which: usize,
    options: RunOptions,
    told: &(dyn Fn() + Sync),
) -> Result<Recorded, RunError> {
    let version = pool.references()[which].version;
    let cases: Vec<&Case> = cases.iter().filter(|case| case.is_for(version)).collect();
    let jobs = options.jobs.get().min(cases.len().max(1));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(Vm::STACK_SIZE).build()?;
    let (next, recorded) = (AtomicUsize::new(0), Mutex::new(Recorded::default()));
    threads.broadcast(|_| {
        let mut examiner = Examiner::new(pool, options.limits);
        let home = Neutral::of(&mut |path| examiner.text(which, path));
        while !pool.cancelled() {
            let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
            if let Some((kept, answers)) = examiner.record(case, which, &home) {
                let mut recorded = recorded.lock().unwrap_or_else(PoisonError::into_inner);
                recorded.cases.insert(case.id(), kept);
                recorded.answers.extend(answers);
            }
            told();
        }
    });
    Ok(recorded.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Examiner<'_> {
    /// Runs a case on both engines and keeps what the reference says, and its answers to what the VM asked. None if it was not
    /// asked: the case cannot be compiled.
    fn record(&mut self, case: &Case, which: usize, home: &Neutral) -> Option<(Conversation, BTreeMap<Message, Message>)> {
        let step_limit = self.limits.steps;
        let notes = self.overhear(case, which);
        let home = home.and_folder_of(case);
        let mut said: Option<Said> = None;
        let mut answers = BTreeMap::new();
        for (mut request, answer) in notes {
            match (&mut request, answer) {
                (Request::Run(_), answer) => said = Some(answer),
                (request, Ok(mut response)) => {
                    home.answer(request, &mut response);
                    home.request(request);
                    answers.insert(encode(request).ok()?, encode(&response).ok()?);
                }
                // What an engine failed at is no answer: the replay says that it is missing.
                (_, Err(_)) => {}
            }
        }
        let mut said = said?;
        let beside = beside(case, &said)?;
        home.said(&mut said);
        let run = trajectory(&mut said).map(|trajectory| {
            let columns = Columns::of(trajectory);
            (trajectory.steps, trajectory.events) = (Vec::new(), Vec::new());
            columns
        });
        let natives = case.native.as_ref().map(native_fingerprint);
        let kept = Conversation {
            source: fingerprint(&case.source, natives.as_deref()),
            beside,
            step_limit,
            said: encode(&said).ok()?,
            run: run.map_or(Some(Message::from([])), |columns| encode(&columns).ok())?,
            asked: answers.keys().cloned().collect(),
        };
        Some((kept, answers))
    }
}

/// The fingerprints of the modules that lie beside a case and that it may import.
fn beside(case: &Case, said: &Said) -> Option<Vec<(String, u64)>> {
    let unit = match said {
        Ok(Response::Finished(seen)) => &seen.unit,
        Ok(Response::Crashed(crash)) => match &crash.seen {
            Some(seen) => &seen.unit,
            None => return Some(Vec::new()),
        },
        _ => return Some(Vec::new()),
    };
    let folder = case.path.parent().map(|folder| folder.join(".")).unwrap_or_default();
    let siblings = unit.siblings.iter().map(|sibling| {
        let path = Path::new(&sibling.path);
        let source = std::fs::read(path).ok()?;
        Some((path.strip_prefix(&folder).unwrap_or(path).display().to_string(), fingerprint(&source, [])))
    });
    siblings.collect()
}
