//! What is armed, and what sites are reached.

use std::panic::Location;

use rustc_hash::FxHashMap;

use super::{Fault, FaultReport, Mode, Operation, Reached, Site};
use crate::heap::Ref;

/// A site as the run knows it: where its file's name lies, line, column; of a deallocation the type's place on the heap.
type Key = (usize, u32, u32, Operation);

/// A site's name, for the report.
enum Name {
    File(&'static str),
    Type(String),
}

/// What is known of a site that was reached.
struct Seen {
    name: Name,
    times: u64,
    boundary: usize,
    counted: bool,
}

/// See [`super`].
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub(crate) struct Faults {
    /// Sites are recorded, or a fault is armed.
    on: bool,
    reach: bool,
    armed: Option<Fault>,
    /// The sites that were reached before any run, or while one was prepared: what is there then is counted relative to its start.
    prior: FxHashMap<Key, &'static str>,
    /// The boundaries recorded so far.
    pub(super) boundaries: usize,
    /// The instructions begun so far, and this run's first pass, which finds out what to give back early.
    pub(super) instruction: u64,
    pub(super) scouting: bool,
    pub(super) early: Option<Early>,
    reached: FxHashMap<Key, Seen>,
    first: Option<usize>,
    /// An exception is under way.
    pub(super) failing: bool,
    pub(super) distinct: bool,
    operations: u64,
    pub(crate) stale: bool,
    /// A mistake was made with an object that was not there before the snippet.
    pub(crate) passing: bool,
    /// A mistake was made while no module of the library was being made.
    pub(crate) outside: bool,
    /// The recorder knows an object with which a mistake was made.
    pub(crate) seen: bool,
    counted: bool,
    /// What is to be done at the next boundary.
    pub(super) late: Vec<(Ref, Operation)>,
}

/// A reference that is given back before its instruction.
#[derive(Clone, Copy)]
pub(super) struct Early {
    pub(super) instruction: u64,
    pub(super) object: Ref,
    pub(super) born: u64,
    /// It has been, after so many boundaries: at the site nothing is left to do.
    pub(super) done: Option<usize>,
}

impl Faults {
    /// Sets what the next run does.
    pub(crate) fn arm(&mut self, reach: bool, fault: Option<&Fault>) {
        let Self { early, scouting, .. } = *self;
        let prior = std::mem::take(&mut self.prior);
        *self = Self { on: reach || fault.is_some(), reach, armed: fault.cloned(), early, scouting, prior, ..Self::default() };
        crate::heap::set_broken(self.armed.is_some());
    }

    /// The next run only finds out what is to be given back early, or gives it back.
    pub(crate) fn scout(&mut self, scouting: bool) {
        self.scouting = scouting;
        self.early = self.early.filter(|_| !scouting);
    }

    pub(crate) fn disarm(&mut self) {
        self.on = false;
        self.late.clear();
    }

    /// Whether a fault is armed that begins with a pass which finds out what to give back early.
    pub(crate) fn needs_scout(fault: Option<&Fault>) -> bool {
        fault.is_some_and(|fault| fault.mode == Mode::Early && fault.site.operation == Operation::GiveBack)
    }

    /// A reference to an object is about to be taken, given back or transferred by this function's caller's caller: how that goes
    /// wrong.
    #[inline]
    #[track_caller]
    pub(crate) fn hit(&mut self, operation: Operation, object: Ref, born: u64, counted: bool) -> Option<Mode> {
        let place = Location::caller();
        let key = (place.file().as_ptr().addr(), place.line(), place.column(), operation);
        if !self.on {
            self.prior.insert(key, place.file());
            return None;
        }
        let mode = self.at(key, place.file(), counted, |site| {
            site.line == place.line() && site.column == place.column() && below_source(place.file()) == site.file
        })?;
        self.counted |= counted;
        if mode != Mode::Early || operation == Operation::Lend {
            self.first.get_or_insert(self.boundaries);
            return Some(mode);
        }
        if self.scouting {
            // The object must have been there when the instruction began.
            if self.early.is_none() && born < self.instruction {
                self.early = Some(Early { instruction: self.instruction, object, born, done: None });
            }
            return None;
        }
        let early = self.early.as_mut().filter(|early| early.done.is_some() && early.object == object)?;
        early.object = Ref::at(u32::MAX);
        self.distinct |= early.done != Some(self.boundaries);
        Some(mode)
    }

    /// A dying object is about to let go of what it holds.
    pub(crate) fn hit_death(&mut self, class: usize, name: &str) -> Option<Mode> {
        if !self.on {
            return None;
        }
        let key = (class, 0, 0, Operation::Deallocate);
        self.count();
        self.see(key, true, || Name::Type(name.to_owned()));
        let fault = self.armed.as_ref()?;
        if fault.site.operation != Operation::Deallocate || fault.site.file != name {
            return None;
        }
        self.first.get_or_insert(self.boundaries);
        self.counted = true;
        // Of an order that is wrong, the others are told when they are committed.
        let late = fault.mode == Mode::Late;
        (self.seen, self.outside) = (self.seen || late, self.outside || late);
        Some(fault.mode)
    }

    fn at(&mut self, key: Key, file: &'static str, counted: bool, is: impl FnOnce(&Site) -> bool) -> Option<Mode> {
        self.count();
        self.see(key, counted, || Name::File(file));
        let fault = self.armed.as_ref()?;
        let here = fault.site.operation == key.3 && (self.failing || !fault.failing);
        (here && is(&fault.site)).then_some(fault.mode)
    }

    fn see(&mut self, key: Key, counted: bool, name: impl FnOnce() -> Name) {
        if self.reach {
            let boundary = self.boundaries;
            let seen = self.reached.entry(key).or_insert_with(|| Seen { name: name(), times: 0, boundary, counted: false });
            seen.times += 1;
            seen.counted |= counted;
        }
    }

    /// Counts what makes a run long: a broken one may not end, nor keep within memory.
    pub(crate) fn count(&mut self) {
        self.operations += 1;
        if let Some(fault) = &self.armed {
            assert!(self.operations <= fault.patience, "the fault made a run that does not end");
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    pub(crate) fn armed(&self) -> bool {
        self.on && self.armed.is_some()
    }

    /// The number of the instruction that runs.
    pub(crate) fn now(&self) -> u64 {
        self.instruction
    }

    /// The fault only changes when something happens, or in which order: whether that can be seen is found out as it is made.
    fn is_untimely(&self) -> bool {
        let untimely = |fault: &Fault| match fault.mode {
            Mode::Early => fault.site.operation == Operation::Lend || self.early.is_some(),
            mode => mode == Mode::Late,
        };
        self.armed.as_ref().is_some_and(untimely)
    }

    /// The fault has been committed.
    pub(super) fn committed(&mut self) {
        self.first.get_or_insert(self.boundaries);
    }

    /// The sites that were reached while nothing was recorded.
    pub(crate) fn unrecorded(&self) -> Vec<Site> {
        self.prior.iter().map(|(key, file)| site(key, file)).collect()
    }

    pub(crate) fn report(&mut self) -> FaultReport {
        let reach = |(key, seen): (Key, Seen)| {
            let Seen { times, boundary, counted, name } = seen;
            let site = match name {
                Name::File(file) => site(&key, file),
                Name::Type(file) => Site { file, line: key.1, column: key.2, operation: key.3 },
            };
            Reached { site, times, boundary, counted }
        };
        let mut reached: Vec<Reached> = std::mem::take(&mut self.reached).into_iter().map(reach).collect();
        reached.sort_by(|a, b| a.site.cmp(&b.site));
        FaultReport {
            reached,
            boundary: self.first,
            operations: self.operations,
            stale: self.stale,
            counted: self.counted,
            seen: self.seen,
            outside: self.outside,
            passing: self.passing,
            indistinct: !self.distinct && self.is_untimely(),
        }
    }
}

fn site(key: &Key, file: &'static str) -> Site {
    Site { file: below_source(file).to_owned(), line: key.1, column: key.2, operation: key.3 }
}

/// A file's path below the crate's source.
fn below_source(path: &'static str) -> &'static str {
    path.rsplit_once("vm/src/").map_or(path, |(_, below)| below)
}
