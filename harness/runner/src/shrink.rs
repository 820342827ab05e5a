//! A finding's program, made as small as it can be while it shows the same finding.

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use refdrift_cases::{Case, Expect};
use refdrift_record::{Fault, Shrunk, Signature};
use refdrift_reduce::{Budget, reduce};
use refdrift_vm::Vm;

use crate::examine::{Examiner, Limits};

/// How often a finding must show before it is believed; the caller has seen it once.
const TIMES: usize = 3;

/// The steps that a try may take, even if the whole program takes fewer than half of that: what runs longer is none to keep.
const FEW_STEPS: u32 = 1000;

/// The time that the reference has for a try, at most.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a program was not made smaller. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ShrinkError {
    /// The finding is gone when the program runs again.
    #[error("flaky: `{signature}` does not always come back; once more there was {}", instead(.again.as_deref()))]
    Flaky {
        /// What was found.
        signature: Box<Signature>,
        /// What came instead; none if the engines agreed.
        again: Option<Box<Signature>>,
    },
    /// The source has bytes that are no UTF-8.
    #[error("the source is not UTF-8: convert it first")]
    NotUtf8,
    /// No thread for a try.
    #[error("no thread for a try: {0}")]
    Threads(#[from] io::Error),
}

fn instead(signature: Option<&Signature>) -> String {
    signature.map_or_else(|| "nothing".to_owned(), |signature| format!("`{signature}`"))
}

/// Makes a case's program smaller while it shows the finding on the reference of that number, for so much time. Candidates are
/// tried on all the examiners at once; the result does not depend on how many there are, as long as it is done in time. One
/// examiner alone runs on the calling thread: give it [`Vm::STACK_SIZE`] bytes of stack.
///
/// The finding must show each of a few times before, and of the result, or it is [`ShrinkError::Flaky`]. A cancelled pool ends
/// the search; what was found until then is the result.
pub fn shrink(
    examiners: &mut [Examiner<'_>],
    case: &Case,
    which: usize,
    signature: &Signature,
    time: Duration,
) -> Result<Shrunk, ShrinkError> {
    let end = Instant::now() + time;
    let source = str::from_utf8(&case.source).map_err(|_| ShrinkError::NotUtf8)?.to_owned();
    let mut tries = Tries { examiners, case: Case { expect: Expect::default(), ..case.clone() }, which, signature };
    let mut steps = 0;
    for _ in 1..TIMES {
        steps = tries.believe(&source)?.max(steps);
    }
    let limits = tries.limit(|limits| tight(limits, signature, steps));
    let mut failure = None;
    let mut keeps = |texts: &[&str]| {
        let first = tries.first(texts).map_err(|error| failure = Some(error));
        if tries.cancelled() { ControlFlow::Break(()) } else { first.map_or(ControlFlow::Break(()), ControlFlow::Continue) }
    };
    let budget = Budget { time: end.saturating_duration_since(Instant::now()), ..Budget::default() };
    let reduced = reduce(&source, &mut keeps, budget);
    tries.limit(|_| limits);
    if let Some(error) = failure {
        return Err(error.into());
    }
    if !tries.cancelled() {
        tries.believe(&reduced.source)?;
    }
    Ok(Shrunk { source: reduced.source, tried: reduced.tried, done: reduced.done })
}

/// The limits of a try, by those of the whole program and the steps that it took.
fn tight(limits: Limits, signature: &Signature, steps: u32) -> Limits {
    let of = |fault: Fault| signature.kind == fault.name();
    Limits {
        timeout: if of(Fault::TimeOut) { limits.timeout } else { limits.timeout.min(PATIENCE) },
        steps: if of(Fault::StepLimit) { limits.steps } else { limits.steps.min(steps.saturating_mul(2).max(FEW_STEPS)) },
    }
}

/// The tries of one reduction.
struct Tries<'a, 'pool> {
    examiners: &'a mut [Examiner<'pool>],
    case: Case,
    which: usize,
    signature: &'a Signature,
}

impl Tries<'_, '_> {
    /// Sets the limits of all examiners, and returns what they were.
    fn limit(&mut self, set: impl Fn(Limits) -> Limits) -> Limits {
        let before = self.examiners.first().map(|examiner| examiner.limits).unwrap_or_default();
        for examiner in self.examiners.iter_mut() {
            examiner.limits = set(before);
        }
        before
    }

    fn cancelled(&self) -> bool {
        self.examiners.first().is_none_or(Examiner::cancelled)
    }

    /// Runs a program; returns the steps that it took if it shows the finding.
    fn believe(&mut self, source: &str) -> Result<u32, ShrinkError> {
        let Self { examiners, case, which, signature } = self;
        let Some(examiner) = examiners.first_mut() else { return Ok(0) };
        let result = examiner.look(&with_source(case, source), *which).result(case, 0);
        match Signature::of(&result) {
            Some(again) if again == **signature => Ok(result.steps as u32),
            again => Err(ShrinkError::Flaky { signature: Box::new(signature.clone()), again: again.map(Box::new) }),
        }
    }

    /// The place of the first of the programs that shows the finding.
    fn first(&mut self, sources: &[&str]) -> io::Result<Option<usize>> {
        let Self { examiners, case, which, signature } = self;
        let shows = |examiner: &mut Examiner<'_>, source: &&str| {
            let case = with_source(case, source);
            Signature::of(&examiner.look(&case, *which).result(&case, 0)).as_ref() == Some(*signature)
        };
        if let [examiner] = &mut **examiners {
            return Ok(sources.iter().position(|source| shows(examiner, source)));
        }
        let (next, first) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX));
        std::thread::scope(|scope| {
            for examiner in examiners.iter_mut().take(sources.len()) {
                let search = || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        // What comes behind a find is not looked at any more; what comes before it is.
                        let Some(source) = sources.get(index).filter(|_| index < first.load(Ordering::Relaxed)) else { break };
                        if shows(examiner, source) {
                            first.fetch_min(index, Ordering::Relaxed);
                        }
                    }
                };
                std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, search)?;
            }
            Ok::<_, io::Error>(())
        })?;
        Ok(Some(first.into_inner()).filter(|first| *first < sources.len()))
    }
}

fn with_source(case: &Case, source: &str) -> Case {
    Case { source: source.as_bytes().to_vec(), ..case.clone() }
}
