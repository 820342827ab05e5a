//! Many cases at once.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use refdrift_cases::Case;
use refdrift_record::{CaseResult, EvidenceLimit, MOST_EVIDENCE, Partition, Standing, Summary};
use refdrift_vm::Vm;

use crate::event::{Ended, RunEvent, Started};
use crate::examine::{Examination, Examiner, Limits, Pool};
use crate::gate::Gate;
use crate::source::Source;

/// How often the caller's thread looks whether the run was cancelled while no result comes.
const TICK: Duration = Duration::from_millis(50);

/// How to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// The number of cases that run at once.
    pub jobs: NonZeroUsize,
    /// What each may take.
    pub limits: Limits,
    /// Which part of the cases runs; none for all.
    pub partition: Option<Partition>,
    /// The number ([`CaseResult::number`]) of the first run; those before it are done already.
    pub from: u64,
}

/// A run could not start.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No threads.
    #[error("the threads of the run cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// No thread for what comes after the cases, or it was lost.
    #[error("{0}")]
    Thread(#[from] std::io::Error),
}

/// Runs every case on every reference that it is for and tells `sink` what happens, in ascending order of the runs' numbers
/// whatever the order in which they finish. The run ends early when `sink` breaks, or when the pool is cancelled.
pub fn run<S: Source + ?Sized>(
    source: &S,
    pool: &Pool,
    options: RunOptions,
    sink: &mut dyn FnMut(RunEvent) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    run_watched(source, pool, options, &|_, _| {}, sink)
}

/// The same, and shows `watch` all that is known of each run, with the number of the reference. It is called on the threads
/// that run the cases, in whatever order they finish.
pub(crate) fn run_watched<S: Source + ?Sized>(
    source: &S,
    pool: &Pool,
    options: RunOptions,
    watch: &(dyn Fn(usize, &Examination) + Sync),
    sink: &mut dyn FnMut(RunEvent) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let references = pool.references();
    let pythons = references.iter().map(|reference| reference.version.to_string()).collect();
    let mut ended = Ended { summary: Summary::default(), interrupted: false };
    if sink(RunEvent::Started(Started { pythons, cases: source.cases() })).is_break() {
        return Ok(Ended { interrupted: true, ..ended });
    }
    let jobs = options.jobs.get().min(source.cases().map_or(usize::MAX, |cases| cases.max(1) as usize));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(Vm::STACK_SIZE).build()?;
    let gate = Gate::new(source, options.partition, options.from / references.len() as u64);
    // The numbers of the runs that diverged. Which of them are the first is known only at the end, but one that has enough before it
    // is none of them.
    let diverged = Mutex::new(BTreeSet::new());
    let may_be_shown = |number: u64| {
        let mut diverged = diverged.lock().unwrap_or_else(PoisonError::into_inner);
        diverged.insert(number);
        diverged.range(..number).take(MOST_EVIDENCE).count() < MOST_EVIDENCE
    };
    let results_of = |case: &Case, place: u64, examiner: &mut Examiner<'_>| -> Vec<CaseResult> {
        let numbers = (0..references.len()).map(|which| (which, place * references.len() as u64 + which as u64));
        let wanted = numbers.filter(|&(which, number)| number >= options.from && case.is_for(references[which].version));
        let results = wanted.map(|(which, number)| {
            let examination = examiner.look(case, which);
            if !pool.cancelled() {
                watch(which, &examination);
            }
            let mut result = examination.result(case, number);
            let wanted = result.verdict == Standing::Diverged && !pool.cancelled() && may_be_shown(number);
            let (owners, evidence) = examiner.owners(case, which, &examination, wanted);
            if let Some(first) = result.divergences.first_mut() {
                first.owners = owners;
            }
            result.evidence = evidence.map(Box::new);
            result
        });
        results.collect()
    };
    std::thread::scope(|scope| {
        let (sender, results) = channel::<(u64, Vec<CaseResult>)>();
        scope.spawn(|| {
            let sender = sender;
            // Each thread takes the next case: results come nearly in order, and no thread waits for another.
            threads.broadcast(|_| {
                let sender = sender.clone();
                let mut examiner = Examiner::new(pool, options.limits);
                while let Some(ticket) = gate.take(|| pool.cancelled()) {
                    let results = results_of(&source.case(ticket.place), ticket.place, &mut examiner);
                    // A result whose engine was ended by the cancellation says nothing about the case.
                    if pool.cancelled() || sender.send((ticket.turn, results)).is_err() {
                        break;
                    }
                }
            });
        });
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        let mut evidence = EvidenceLimit::default();
        'run: loop {
            match results.recv_timeout(TICK) {
                Ok((turn, results)) => {
                    waiting.insert(turn, results);
                    while let Some(results) = waiting.remove(&next) {
                        next += 1;
                        if tell(results, &mut ended.summary, &mut evidence, sink).is_break() {
                            ended.interrupted = true;
                            break 'run;
                        }
                        gate.told();
                    }
                }
                Err(RecvTimeoutError::Timeout) if !pool.cancelled() => {}
                Err(_) => break,
            }
        }
        // Whoever still waits for a result to be told goes.
        gate.close();
        if pool.cancelled() && !ended.interrupted {
            ended.interrupted = true;
            if !waiting.is_empty() && sink(RunEvent::BrokenOff).is_continue() {
                // Those that finished behind one that did not.
                let _ = waiting.into_values().try_for_each(|results| tell(results, &mut ended.summary, &mut evidence, sink));
            }
        }
    });
    let _ = sink(RunEvent::Ended(ended.clone()));
    Ok(ended)
}

fn tell(
    results: Vec<CaseResult>,
    summary: &mut Summary,
    evidence: &mut EvidenceLimit,
    sink: &mut dyn FnMut(RunEvent) -> ControlFlow<()>,
) -> ControlFlow<()> {
    results.into_iter().try_for_each(|mut result| {
        summary.add(result.verdict);
        if !evidence.keeps(&result) {
            result.evidence = None;
        }
        sink(RunEvent::CaseFinished(Box::new(result)))
    })
}
