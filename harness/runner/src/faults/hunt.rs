//! One fault after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use refdrift_cases::Case;
use refdrift_vm::{Fault, Mode, Site, Vm};

use super::reasons::{IMMORTAL, INDISTINCT};
use super::result::FORMAT;
use super::{Catch, Fate, FaultResult, Sites, reason_for};
use crate::examine::{BrokenOutcome, Examiner, Limits, Pool, Prepared, Stopped};

/// How many more cases are tried for a divergence once the VM has stopped for reasons of its own.
const MORE: usize = 12;

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
    /// Only so many faults, evenly spread.
    pub sample: Option<usize>,
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
    /// So many faults are made on this Python.
    Breaking {
        /// The Python.
        python: String,
        /// How many faults.
        faults: usize,
    },
    /// One more has been made.
    Tried,
    /// What became of a fault is known.
    Result(Box<FaultResult>),
}

/// A fault that is not caught yet.
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct Open {
    fault: Fault,
    name: String,
    reached: bool,
    made: bool,
    counted: bool,
    distinct: bool,
    weak: Option<(Catch, String, String)>,
    tries: usize,
}

/// Makes every fault on the references of the pool, one reference after the other, until it is caught. `done` are the faults
/// (site and mode by name) whose results are known already. Whether it got to its end, and not cancelled.
pub fn faults(
    cases: &[Case],
    pool: &Pool,
    sites: &Sites,
    options: &FaultOptions,
    done: &BTreeSet<(String, String)>,
    sink: &mut dyn FnMut(FaultEvent),
) -> io::Result<bool> {
    let mut open: BTreeMap<(Site, Mode), Open> = BTreeMap::new();
    let add = |open: &mut BTreeMap<(Site, Mode), Open>, site: &Site| {
        let name = sites.name(site);
        if options.site.as_ref().is_some_and(|part| !name.contains(part.as_str())) {
            return;
        }
        for &mode in site.operation.modes() {
            let wanted = options.modes.is_empty() || options.modes.contains(&mode);
            if wanted && !done.contains(&(name.clone(), mode.name().to_owned())) {
                let fault = Fault { site: site.clone(), mode, failing: false, patience: u64::MAX };
                let fresh = Open {
                    fault,
                    name: name.clone(),
                    reached: false,
                    made: false,
                    counted: false,
                    distinct: false,
                    weak: None,
                    tries: 0,
                };
                open.entry((site.clone(), mode)).or_insert(fresh);
            }
        }
    };
    sites.iter().for_each(|(site, _)| add(&mut open, site));
    let mut caught: BTreeSet<(Site, Mode)> = BTreeSet::new();
    for which in 0..pool.references().len() {
        let python = pool.references()[which].version;
        let wanted: Vec<&Case> = cases.iter().filter(|case| case.is_for(python)).collect();
        sink(FaultEvent::Preparing { python: python.to_string(), cases: wanted.len() });
        let mut prepared: Vec<(String, Prepared)> = Vec::new();
        let mut keep = |one: Option<(String, Prepared)>| {
            prepared.extend(one);
            sink(FaultEvent::Prepared);
        };
        each(pool, options, &wanted, &|examiner, case| Some((case.id(), examiner.prepare(case, which)?)), &mut keep)?;
        if pool.cancelled() {
            return Ok(false);
        }
        prepared.sort_by(|a, b| (a.1.operations, &a.0).cmp(&(b.1.operations, &b.0)));
        let mut by_site: BTreeMap<&Site, Vec<usize>> = BTreeMap::new();
        for (index, (_, case)) in prepared.iter().enumerate() {
            for reached in &case.reached {
                let cases = by_site.entry(&reached.site).or_default();
                if cases.last() != Some(&index) {
                    cases.push(index);
                }
            }
        }
        for site in by_site.keys() {
            if site.operation.modes().iter().all(|&mode| !caught.contains(&((*site).clone(), mode))) {
                add(&mut open, site);
            }
        }
        let mut tried: Vec<Open> = Vec::new();
        let keys: Vec<(Site, Mode)> = open.keys().filter(|key| by_site.contains_key(&key.0)).cloned().collect();
        let keys = sample(keys, options.sample);
        for key in keys {
            tried.extend(open.remove(&key));
        }
        sink(FaultEvent::Breaking { python: python.to_string(), faults: tried.len() });
        let tried: Vec<std::sync::Mutex<Option<Open>>> = tried.into_iter().map(|one| std::sync::Mutex::new(Some(one))).collect();
        let python = python.to_string();
        let attempt = |examiner: &mut Examiner<'_>, cell: &std::sync::Mutex<Option<Open>>| {
            let mut one = cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()?;
            let places = by_site.get(&one.fault.site)?;
            let result = attempt(examiner, which, &python, &mut one, places.iter().map(|&place| &prepared[place]));
            Some((one, result))
        };
        let mut take = |done: Option<(Open, Option<FaultResult>)>| {
            sink(FaultEvent::Tried);
            let Some((one, result)) = done else { return };
            let key = (one.fault.site.clone(), one.fault.mode);
            match result {
                Some(result) => {
                    caught.insert(key);
                    sink(FaultEvent::Result(Box::new(result)));
                }
                None => {
                    open.insert(key, one);
                }
            }
        };
        each(pool, options, &tried, &attempt, &mut take)?;
        if pool.cancelled() {
            return Ok(false);
        }
    }
    for one in open.into_values().filter(|one| options.sample.is_none() || one.reached) {
        sink(FaultEvent::Result(Box::new(one.end())));
    }
    Ok(true)
}

/// Makes a fault in one case after the other; the result if one diverges.
fn attempt<'a>(
    examiner: &mut Examiner<'_>,
    which: usize,
    python: &str,
    open: &mut Open,
    cases: impl Iterator<Item = &'a (String, Prepared)>,
) -> Option<FaultResult> {
    open.reached = true;
    let mut more = MORE;
    for (case, prepared) in cases {
        if examiner.cancelled() {
            return None;
        }
        open.tries += 1;
        match examiner.commit(which, prepared, &open.fault) {
            BrokenOutcome::Unmade => {}
            BrokenOutcome::Agreed { counted, indistinct } => {
                open.made = true;
                open.counted |= counted;
                open.distinct |= !indistinct;
            }
            BrokenOutcome::Diverged { kind, instruction, distance } => {
                let caught = Some(Catch::Divergence(kind));
                let (case, python) = (Some(case.clone()), Some(python.to_owned()));
                return Some(FaultResult {
                    caught,
                    case,
                    python,
                    instruction,
                    distance: Some(distance),
                    ..open.result(Fate::Caught)
                });
            }
            BrokenOutcome::Stopped(stopped) => {
                (open.made, open.counted) = (true, true);
                let caught = match stopped {
                    Stopped::Panic => Catch::Panic,
                    Stopped::Unsupported => Catch::Unsupported,
                    Stopped::Stale => Catch::Stale,
                };
                open.weak.get_or_insert_with(|| (caught, case.clone(), python.to_owned()));
            }
        }
        if open.weak.is_some() {
            more -= 1;
            if more == 0 {
                break;
            }
        }
    }
    None
}

impl Open {
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
        let fate = match (self.reached, self.made) {
            (false, _) => Fate::Unreached,
            (true, false) => Fate::Impossible,
            (true, true) => Fate::Survived,
        };
        let mut result = self.result(fate);
        let survived = fate == Fate::Survived;
        let rules = [(survived && !self.counted, IMMORTAL), (survived && !self.distinct, INDISTINCT)];
        let rule = rules.iter().find(|rule| rule.0).map(|rule| rule.1);
        result.reason = rule.or_else(|| reason_for(&result)).map(str::to_owned);
        result
    }
}

/// So many of them, evenly spread.
fn sample<T>(all: Vec<T>, wanted: Option<usize>) -> Vec<T> {
    let Some(wanted) = wanted.filter(|&wanted| wanted < all.len()) else { return all };
    let count = all.len();
    let chosen = |index: &usize| (index * wanted) / count != ((index + 1) * wanted) / count;
    all.into_iter().enumerate().filter(|(index, _)| chosen(index)).map(|(_, one)| one).collect()
}

/// Does something with each item on as many threads as are asked for, and hands the results to the caller's thread.
fn each<T: Sync, R: Send>(
    pool: &Pool,
    options: &FaultOptions,
    items: &[T],
    work: &(dyn Fn(&mut Examiner<'_>, &T) -> R + Sync),
    take: &mut dyn FnMut(R),
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..options.jobs.get().min(items.len()) {
            let sender = sender.clone();
            let next = &next;
            let body = move || {
                let mut examiner = Examiner::new(pool, options.limits);
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !pool.cancelled()) {
                    if sender.send(work(&mut examiner, item)).is_err() {
                        break;
                    }
                }
            };
            std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, body)?;
        }
        drop(sender);
        receiver.iter().for_each(take);
        Ok(())
    })
}
