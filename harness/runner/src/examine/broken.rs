//! Running the VM with a deliberate mistake against what CPython did.

use std::sync::Arc;

use refdrift_cases::Case;
use refdrift_compare::{DivergenceKind, Subject, Verdict, verdict};
use refdrift_trace::Observation;
use refdrift_vm::{End, Fault, Host, NativeModule, Options, Reached, Site, Vm};

use super::{Examiner, Observed, catch, judge};

/// A case on which both engines agree, ready to be run with a mistake.
pub(crate) struct Prepared {
    observation: Box<Observation>,
    natives: Vec<NativeModule>,
    /// The sites that it reaches.
    pub(crate) reached: Vec<Reached>,
    /// How many references are taken, given back and transferred.
    pub(crate) operations: u64,
    /// The sites that the VM had reached so far while nothing was recorded.
    pub(crate) unrecorded: Vec<Site>,
}

/// What comes of a run with a mistake.
pub(crate) enum Outcome {
    /// The mistake was not made.
    Unmade,
    /// The engines diverge.
    Diverged {
        /// How.
        kind: DivergenceKind,
        /// The instruction that the divergence is laid to.
        instruction: Option<String>,
        /// So many boundaries after the mistake.
        distance: usize,
    },
    /// The VM stopped for a reason of its own; it says which.
    Stopped(Stopped),
    /// The engines agree.
    Agreed {
        /// No boundary lay between the mistake and what would have been right.
        indistinct: bool,
        /// An object with which it was made was on a stack or in a variable.
        seen: bool,
        /// One was made by the snippet.
        passing: bool,
        /// No module of the library was being made.
        outside: bool,
    },
}

/// Why the VM stopped, or what it noticed by itself.
#[derive(Clone, Copy)]
pub(crate) enum Stopped {
    /// It panicked.
    Panic,
    /// It did something that it does not have.
    Unsupported,
    /// It released what it had freed.
    Stale,
    /// Its audit found a count that is not the number of owners.
    Audit,
}

/// Beyond how many times the operations of the unbroken run a broken one does not end.
const PATIENCE: u64 = 4;

impl Examiner<'_> {
    /// Runs a case on both engines; none if they do not agree on it.
    pub(crate) fn prepare(&mut self, case: &Case, which: usize) -> Option<Prepared> {
        let Ok(Observed::Whole(observation)) = self.observe(case, which) else { return None };
        let options = Options { reach: true, ..self.options() };
        let run = self.run_subject(which, &observation, &options).ok()?;
        let seat = &mut self.seats[which];
        let vm = seat.vm.as_mut()?;
        let (report, unrecorded) = (vm.fault_report(), vm.unrecorded_sites());
        let natives = seat.natives.clone();
        let agreed = judge(&observation, &run) == Verdict::Agreed;
        let (reached, operations) = (report.reached, report.operations);
        agreed.then_some(Prepared { observation, natives, reached, operations, unrecorded })
    }

    /// Whether in a prepared case, unbroken, every count is the number of its owners.
    pub(crate) fn balanced(&mut self, which: usize, prepared: &Prepared) -> bool {
        let Some(mut vm) = self.vm_for(which) else { return false };
        let options = Options { audit: true, natives: prepared.natives.clone(), ..self.options() };
        let run = catch(|| vm.run(&prepared.observation.unit, &options));
        let balanced = run.as_ref().is_ok_and(|run| run.imbalance.is_none());
        if run.is_ok() {
            self.seats[which].vm = Some(vm);
        }
        balanced
    }

    /// A VM for that reference, and somebody for it to ask.
    fn vm_for(&mut self, which: usize) -> Option<Vm> {
        let pool = self.pool;
        let seat = &mut self.seats[which];
        if !seat.desk.is_taken()
            && let Ok(witness) = pool.witness(which)
        {
            seat.desk.put(witness);
        }
        if let Some(vm) = seat.vm.take() {
            return Some(vm);
        }
        let mut vm = Vm::new(pool.references[which].version).ok()?;
        vm.set_host(Arc::clone(&seat.desk) as Arc<dyn Host>);
        Some(vm)
    }

    /// Runs a prepared case with a mistake; if asked, with an audit of all counts after every step.
    pub(crate) fn commit(&mut self, which: usize, prepared: &Prepared, fault: &Fault, audit: bool) -> Outcome {
        let Some(mut vm) = self.vm_for(which) else { return Outcome::Unmade };
        let observation = &prepared.observation;
        let fault = Fault { patience: prepared.operations * PATIENCE + 100_000, ..fault.clone() };
        // Who takes more boundaries than CPython has diverged.
        let steps = observation.trajectory.steps.len() as u32 + 2;
        let options = Options {
            step_limit: self.limits.steps.min(steps),
            natives: prepared.natives.clone(),
            fault: Some(fault),
            audit,
            ..Options::default()
        };
        let run = catch(|| vm.run(&observation.unit, &options));
        let report = vm.fault_report();
        let Some(made) = report.boundary else {
            if run.is_ok() {
                self.seats[which].vm = Some(vm);
            }
            return Outcome::Unmade;
        };
        let judged = match &run {
            Ok(run) => judge(observation, run),
            Err(_) => {
                let Some(trajectory) = vm.unfinished_trajectory() else { return Outcome::Stopped(Stopped::Panic) };
                let unsupported = Some(refdrift_compare::Unsupported { what: String::new(), line: None });
                verdict(
                    &observation.unit,
                    &observation.trajectory,
                    &Subject { trajectory: &trajectory, unsupported, address_use: None },
                )
            }
        };
        let imbalanced = run.as_ref().is_ok_and(|run| run.imbalance.is_some());
        let ended = run.as_ref().map(|run| run.end.clone());
        if ended.is_ok() {
            self.seats[which].vm = Some(vm);
        }
        if let Some(first) = judged.divergences().first() {
            let instruction = first.cause.as_ref().map(|cause| cause.instruction.clone());
            return Outcome::Diverged { kind: first.kind, instruction, distance: first.subject_step.saturating_sub(made) };
        }
        match (judged, ended) {
            (_, Err(_)) => Outcome::Stopped(Stopped::Panic),
            (_, Ok(End::Unsupported(_))) => Outcome::Stopped(Stopped::Unsupported),
            _ if report.stale => Outcome::Stopped(Stopped::Stale),
            _ if imbalanced => Outcome::Stopped(Stopped::Audit),
            _ => Outcome::Agreed {
                indistinct: report.indistinct,
                seen: report.seen,
                passing: report.passing,
                outside: report.outside,
            },
        }
    }
}
