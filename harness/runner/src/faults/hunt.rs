//! One fault after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;

use refdrift_cases::Case;
use refdrift_vm::{Fault, Mode, Operation, Site};

use super::ground::{Candidate, Ground};
use super::reasons::{IMMORTAL, INDISTINCT, LATE, LOADING, LOAN, ORDER, UNRECORDED, UNSEEN};
use super::result::FORMAT;
use super::threads::each;
use super::{Catch, Danger, Fate, FaultResult, Sites, Trial, reason_for};
use crate::examine::{BrokenOutcome, Examiner, Limits, Pool, Stopped};

/// How many more cases are tried for a divergence once the VM has stopped for reasons of its own.
const MORE: usize = 12;
/// In how many cases all counts are audited where none diverges.
const AUDITED: usize = 12;

/// What to break, and how.
#[derive(Clone, Debug)]
pub struct FaultOptions {
    /// How many threads.
    pub jobs: NonZeroUsize,
    /// What each case may take.
    pub limits: Limits,
    /// Only sites whose name contains this.
    pub site: Option<String>,
    /// Only these modes; all if empty.
    pub modes: Vec<Mode>,
    /// Only so many faults at sites that are reached, evenly spread.
    pub sample: Option<usize>,
    /// What the VM's mistakes do to the process.
    pub danger: Danger,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum FaultEvent {
    /// The cases run unbroken on this Python.
    Preparing {
        /// The Python.
        python: String,
        /// How many cases there are.
        cases: usize,
    },
    /// One more has run.
    Prepared,
    /// So many faults are made.
    Breaking {
        /// How many faults.
        faults: usize,
    },
    /// What became of a fault is known.
    Result(Box<FaultResult>),
}

/// A site, and the cases that reach it.
#[derive(Clone, Debug)]
pub struct ReachedSite {
    /// The site's name.
    pub site: String,
    /// Its line; 0 of a deallocation.
    pub line: u32,
    /// The cases, on any Python.
    pub cases: BTreeSet<String>,
    /// It deals with objects that are counted in one of them.
    pub counted: bool,
    /// It is reached, but only while nothing is recorded.
    pub unrecorded: bool,
}

/// A fault that is not caught yet.
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct Open {
    fault: Fault,
    name: String,
    made: bool,
    distinct: bool,
    seen: bool,
    /// In some case it was made with nothing but objects that were there before.
    lasting: bool,
    outside: bool,
    weak: Option<(Catch, String, String)>,
    tries: usize,
}

/// Which cases reach which sites; none if that was cancelled.
pub fn reach(
    cases: &[Case],
    pool: &Pool,
    sites: &Sites,
    options: &FaultOptions,
    sink: &mut dyn FnMut(FaultEvent),
) -> io::Result<Option<Vec<ReachedSite>>> {
    let Some(ground) = Ground::survey(cases, pool, options, sink)? else { return Ok(None) };
    let reached = wanted(&ground, sites, options).into_iter().map(|(site, name)| ReachedSite {
        cases: ground.reaching(site).into_iter().map(str::to_owned).collect(),
        counted: ground.counts(site),
        unrecorded: ground.is_unrecorded(site),
        line: site.line,
        site: name,
    });
    Ok(Some(reached.collect()))
}

/// Makes every fault in one case after the other until it is caught. `done` are the faults (site and mode by name) whose
/// results are known already. Whether it got to its end, and not cancelled.
pub fn faults(
    cases: &[Case],
    pool: &Pool,
    sites: &Sites,
    options: &FaultOptions,
    done: &BTreeSet<(String, String)>,
    sink: &mut dyn FnMut(FaultEvent),
) -> io::Result<bool> {
    let Some(ground) = Ground::survey(cases, pool, options, sink)? else { return Ok(false) };
    let reached: BTreeSet<&Site> = ground.sites().collect();
    let mut open: Vec<(Fault, String)> = Vec::new();
    for (site, name) in wanted(&ground, sites, options) {
        let modes = site.operation.modes().iter().filter(|mode| options.modes.is_empty() || options.modes.contains(mode));
        let fault = |&mode: &Mode| (Fault { site: site.clone(), mode, failing: false, patience: u64::MAX }, name.clone());
        open.extend(modes.map(fault));
    }
    if options.sample.is_some() {
        open.retain(|(fault, _)| reached.contains(&fault.site));
    }
    let mut open = sample(open, options.sample);
    open.retain(|(fault, name)| !done.contains(&(name.clone(), fault.mode.name().to_owned())));
    sink(FaultEvent::Breaking { faults: open.len() });
    let attempt = |examiner: &mut Examiner<'_>, (fault, name): &(Fault, String)| {
        let (fault, name) = (fault.clone(), name.clone());
        let open =
            Open { fault, name, made: false, distinct: false, seen: false, lasting: false, outside: false, weak: None, tries: 0 };
        if reached.contains(&open.fault.site) {
            open.attempt(examiner, &ground, &options.danger)
        } else if ground.is_unrecorded(&open.fault.site) {
            FaultResult { reason: Some(UNRECORDED.to_owned()), ..open.result(Fate::Unreached) }
        } else {
            open.result(Fate::Unreached).explained()
        }
    };
    let (alone, open): (Vec<_>, Vec<_>) = open.into_iter().partition(|(fault, name)| options.danger.alone(name, fault.mode.name()));
    for (jobs, faults) in [(1, alone), (options.jobs.get(), open)] {
        each(pool, options.limits, jobs, &faults, &attempt, &mut |result| {
            // What was cancelled halfway is not known.
            if !pool.cancelled() {
                sink(FaultEvent::Result(Box::new(result)));
            }
        })?;
    }
    Ok(!pool.cancelled())
}

/// The sites that are asked for, with their names: those in the source, and what only running shows.
fn wanted<'a>(ground: &'a Ground, sites: &'a Sites, options: &FaultOptions) -> BTreeMap<&'a Site, String> {
    let all = sites.iter().map(|(site, _)| site).chain(ground.sites());
    let named = all.map(|site| (site, sites.name(site)));
    named.filter(|(_, name)| options.site.as_ref().is_none_or(|part| name.contains(part.as_str()))).collect()
}

impl Open {
    /// Makes the fault in one case after the other, until one diverges.
    fn attempt(mut self, examiner: &mut Examiner<'_>, ground: &Ground, danger: &Danger) -> FaultResult {
        // A count that nobody keeps is never wrong; but in the wrong place another one is.
        let counted = self.fault.mode != Mode::WrongObject;
        if counted && !ground.counts(&self.fault.site) {
            return FaultResult { reason: Some(IMMORTAL.to_owned()), ..self.result(Fate::Survived) };
        }
        if let Some(trial) = danger.deadly(&self.name, self.fault.mode.name()) {
            self.weak = Some((Catch::Died, trial.case.clone(), trial.python.clone()));
            return self.end();
        }
        let mut more = MORE;
        let trials = ground.trials(&self.fault.site, counted);
        for candidate in &trials {
            if let Some(caught) = self.make(examiner, candidate, danger, false) {
                return caught;
            }
            more -= usize::from(self.weak.is_some());
            if more == 0 || examiner.cancelled() {
                break;
            }
        }
        // What is the same program has the same counts.
        if self.made && self.distinct && self.weak.is_none() {
            for candidate in trials.iter().take(AUDITED) {
                let balanced = *candidate.balanced.get_or_init(|| examiner.balanced(candidate.which, &candidate.prepared));
                if balanced && let Some(caught) = self.make(examiner, candidate, danger, true) {
                    return caught;
                }
                if self.weak.is_some() || examiner.cancelled() {
                    break;
                }
            }
        }
        self.end()
    }

    /// Makes the fault in a case; the result if that diverges.
    fn make(&mut self, examiner: &mut Examiner<'_>, candidate: &Candidate, danger: &Danger, audit: bool) -> Option<FaultResult> {
        self.tries += 1;
        let trial = Trial {
            site: self.name.clone(),
            mode: self.fault.mode.name().to_owned(),
            python: candidate.python.clone(),
            case: candidate.case.clone(),
        };
        danger.witness.iter().for_each(|witness| witness.begins(&trial));
        let outcome = examiner.commit(candidate.which, &candidate.prepared, &self.fault, audit);
        danger.witness.iter().for_each(|witness| witness.ends());
        let stopped = match outcome {
            BrokenOutcome::Unmade => return None,
            BrokenOutcome::Agreed { indistinct, seen, passing, outside } => {
                self.made = true;
                // What is the same program says nothing more.
                if !indistinct {
                    self.distinct = true;
                    self.seen |= seen;
                    self.lasting |= !passing;
                    self.outside |= outside;
                }
                return None;
            }
            BrokenOutcome::Diverged { kind, instruction, distance } => {
                let (caught, distance) = (Some(Catch::Divergence(kind)), Some(distance));
                let (case, python) = (Some(candidate.case.clone()), Some(candidate.python.clone()));
                return Some(FaultResult { caught, case, python, instruction, distance, ..self.result(Fate::Caught) });
            }
            BrokenOutcome::Stopped(stopped) => stopped,
        };
        self.made = true;
        let caught = match stopped {
            Stopped::Panic => Catch::Panic,
            Stopped::Unsupported => Catch::Unsupported,
            Stopped::Stale => Catch::Stale,
            Stopped::Audit => Catch::Audit,
        };
        self.weak.get_or_insert_with(|| (caught, candidate.case.clone(), candidate.python.clone()));
        None
    }

    fn result(&self, fate: Fate) -> FaultResult {
        FaultResult {
            format: FORMAT,
            site: self.name.clone(),
            line: self.fault.site.line,
            operation: self.fault.site.operation.name().to_owned(),
            mode: self.fault.mode.name().to_owned(),
            fate,
            caught: None,
            case: None,
            python: None,
            instruction: None,
            distance: None,
            tries: self.tries,
            reason: None,
        }
    }

    /// Nothing has shown it as a divergence.
    fn end(self) -> FaultResult {
        if let Some((caught, case, python)) = &self.weak {
            let (caught, case, python) = (Some(*caught), Some(case.clone()), Some(python.clone()));
            return FaultResult { caught, case, python, ..self.result(Fate::Caught) };
        }
        if !self.made {
            return self.result(Fate::Impossible);
        }
        let same = match (self.fault.site.operation, self.fault.mode) {
            (Operation::Deallocate, _) => ORDER,
            (Operation::Lend, Mode::Early) => LOAN,
            (_, Mode::Late) => LATE,
            _ => INDISTINCT,
        };
        let rules = [(!self.distinct, same), (!self.outside, LOADING), (!self.seen && !self.lasting, UNSEEN)];
        let rule = rules.iter().find(|rule| rule.0).map(|rule| rule.1.to_owned());
        let result = self.result(Fate::Survived);
        if rule.is_some() { FaultResult { reason: rule, ..result } } else { result.explained() }
    }
}

impl FaultResult {
    /// With the reason that is written down for it, if there is one.
    fn explained(self) -> Self {
        Self { reason: reason_for(&self).map(str::to_owned), ..self }
    }
}

/// So many of them, evenly spread.
fn sample<T>(all: Vec<T>, wanted: Option<usize>) -> Vec<T> {
    let Some(wanted) = wanted.filter(|&wanted| wanted < all.len()) else { return all };
    let count = all.len();
    let chosen = |index: &usize| (index * wanted) / count != ((index + 1) * wanted) / count;
    all.into_iter().enumerate().filter(|(index, _)| chosen(index)).map(|(_, one)| one).collect()
}
