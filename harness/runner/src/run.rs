//! Many cases at once.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use refdrift_cases::Case;
use refdrift_vm::Vm;

use refdrift_record::{CaseResult, Summary};

use crate::event::{Ended, RunEvent, Started};
use crate::examine::{Examination, Examiner, Limits, Pool};

/// How often the caller's thread looks whether the run was cancelled while no result comes.
const TICK: Duration = Duration::from_millis(50);

/// How to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// The number of cases that run at once.
    pub jobs: NonZeroUsize,
    /// What each may take.
    pub limits: Limits,
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

/// Runs every case on every reference that it is for and tells `sink` what happens, in the order of the cases whatever
/// the order in which they finish. The run ends early when `sink` breaks, or when the pool is cancelled.
pub fn run(
    cases: &[Case],
    pool: &Pool,
    options: RunOptions,
    sink: &mut dyn FnMut(RunEvent) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    run_watched(cases, pool, options, &|_, _| {}, sink)
}

/// The same, and shows `watch` all that is known of each case, with the number of the reference. It is called on the threads
/// that run the cases, in whatever order they finish.
pub(crate) fn run_watched(
    cases: &[Case],
    pool: &Pool,
    options: RunOptions,
    watch: &(dyn Fn(usize, &Examination) + Sync),
    sink: &mut dyn FnMut(RunEvent) -> ControlFlow<()>,
) -> Result<Ended, RunError> {
    let references = pool.references();
    let work: Vec<(u64, &Case, usize)> = cases
        .iter()
        .enumerate()
        .flat_map(|(place, case)| {
            let wanted = move |which: &usize| case.is_for(references[*which].version);
            let number = move |which| (place * references.len() + which) as u64;
            (0..references.len()).filter(wanted).map(move |which| (number(which), case, which))
        })
        .collect();
    let pythons = references.iter().map(|reference| reference.version.to_string()).collect();
    let mut ended = Ended { summary: Summary::default(), interrupted: false };
    if sink(RunEvent::Started(Started { pythons, cases: cases.len(), runs: work.len() })).is_break() {
        return Ok(Ended { interrupted: true, ..ended });
    }
    let jobs = options.jobs.get().min(work.len().max(1));
    let threads = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(Vm::STACK_SIZE).build()?;
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let halted = || stop.load(Ordering::Relaxed) || pool.cancelled();
    std::thread::scope(|scope| {
        let (sender, results) = channel::<(usize, Box<CaseResult>)>();
        scope.spawn(|| {
            let sender = sender;
            // Each thread takes the next case: results come nearly in order, and no thread waits for another.
            threads.broadcast(|_| {
                let sender = sender.clone();
                let mut examiner = Examiner::new(pool, options.limits);
                while !halted() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&(number, case, which)) = work.get(index) else { break };
                    let examination = examiner.examine(case, which);
                    let result = examination.result(case, number);
                    if !halted() {
                        watch(which, &examination);
                    }
                    // A result whose engine was ended by the cancellation says nothing about the case.
                    if halted() || sender.send((index, Box::new(result))).is_err() {
                        break;
                    }
                }
            });
        });
        let mut waiting = BTreeMap::new();
        let mut told = 0;
        let mut tell = |result: Box<CaseResult>, ended: &mut Ended| {
            ended.summary.add(result.verdict);
            sink(RunEvent::CaseFinished(result)).is_break()
        };
        'run: loop {
            match results.recv_timeout(TICK) {
                Ok((index, result)) => {
                    waiting.insert(index, result);
                    while let Some(result) = waiting.remove(&told) {
                        told += 1;
                        if tell(result, &mut ended) {
                            stop.store(true, Ordering::Relaxed);
                            ended.interrupted = true;
                            break 'run;
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) if !pool.cancelled() => {}
                Err(_) => break,
            }
        }
        if pool.cancelled() {
            ended.interrupted = true;
            // Those that finished behind one that did not.
            for result in waiting.into_values() {
                if tell(result, &mut ended) {
                    break;
                }
            }
        }
    });
    let _ = sink(RunEvent::Ended(ended.clone()));
    Ok(ended)
}
