//! One case on both engines.

mod asking;
#[cfg(feature = "faults")]
mod broken;
mod caught;
mod pool;
mod result;

use std::sync::Arc;
use std::time::{Duration, Instant};

use refdrift_cases::{Case, Repair};
use refdrift_compare::{AddressUse, Listing, Subject, Unsupported, Verdict, verdict};
use refdrift_record::{Evidence, Fault, Times};
use refdrift_trace::{Observation, Outcome, PyVersion, Request, Response, TextAnswer, Trajectory};
use refdrift_vm::{End, Host, Imbalance, NativeModule, Options, Run, Vm};

use crate::host::{Desk, Library, Notes};
use crate::observer::ObserverError;

pub(crate) use asking::{Observed, death_words};
use caught::catch;
pub use pool::{DEFAULT_MEMORY, Pool};

#[cfg(feature = "faults")]
pub(crate) use broken::{Outcome as BrokenOutcome, Prepared, Stopped};

/// How long and how far a case may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time that the reference has for a case.
    pub timeout: Duration,
    /// The number of boundaries after which both engines break a run off.
    pub steps: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), steps: 1_000_000 }
    }
}

/// Runs cases on both engines, one after the other, with observers and VMs of its own. Give its thread
/// [`Vm::STACK_SIZE`] bytes of stack.
#[derive(Debug)]
pub struct Examiner<'a> {
    pool: &'a Pool,
    pub(crate) limits: Limits,
    seats: Vec<Seat>,
}

struct Seat {
    desk: Arc<Desk>,
    vm: Option<Vm>,
    /// The native modules of the case at hand.
    natives: Vec<NativeModule>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seat").field("desk", &self.desk).field("vm", &self.vm.is_some()).finish_non_exhaustive()
    }
}

/// All that is known of a case on one Python.
#[derive(Clone, Debug)]
pub struct Examination {
    /// The Python.
    pub python: PyVersion,
    /// What the reference did, if it ran.
    pub observation: Option<Box<Observation>>,
    /// What the subject did, if it ran.
    pub run: Option<Run>,
    /// What comes of it.
    pub verdict: Verdict,
    /// How an engine failed, if one did.
    pub fault: Option<Fault>,
    /// The line of the source that the fault is about, where one is known.
    pub fault_line: Option<u32>,
    /// How long it took.
    pub times: Times,
}

impl<'a> Examiner<'a> {
    /// An examiner whose observers come from the pool.
    pub fn new(pool: &'a Pool, limits: Limits) -> Self {
        let seat = |library: &Arc<Library>| Seat {
            desk: Arc::new(Desk::new(Arc::clone(library), limits.timeout)),
            vm: None,
            natives: Vec::new(),
        };
        let seats = pool.libraries.iter().map(seat).collect();
        Self { pool, limits, seats }
    }

    /// Runs a case on the reference of that number and on the VM for it, compares, and names the owners of the object that the
    /// first divergence is about.
    pub fn examine(&mut self, case: &Case, which: usize) -> Examination {
        self.examine_further(case, which, false).0
    }

    /// The same; with the evidence for the first divergence that is about an object, if there is one and it is wanted.
    pub fn examine_further(&mut self, case: &Case, which: usize, evidence: bool) -> (Examination, Option<Evidence>) {
        let mut examination = self.look(case, which);
        let (owners, evidence) = self.owners(case, which, &examination, evidence);
        if let Verdict::Diverged { divergences, .. } = &mut examination.verdict
            && let Some(first) = divergences.first_mut()
        {
            first.owners = owners;
        }
        (examination, evidence)
    }

    /// The same but for the owners.
    pub(crate) fn look(&mut self, case: &Case, which: usize) -> Examination {
        let mut examination = Examination {
            python: self.pool.references[which].version,
            observation: None,
            run: None,
            verdict: Verdict::Agreed,
            fault: None,
            fault_line: None,
            times: Times::default(),
        };
        let start = Instant::now();
        let observed = self.observe(case, which);
        examination.times.reference_us = micros(start);
        let (observation, death) = match observed {
            Ok(Observed::Whole(observation)) => (observation, None),
            Ok(Observed::Broken(observation, death)) => (observation, Some(death)),
            Err(failure) => return examination.failed(self.with_remedy(failure, case, which)),
        };
        let start = Instant::now();
        let options = self.options();
        let ran = self.run_subject(which, &observation, &options);
        examination.times.subject_us = micros(start);
        let run = match ran {
            // What CPython did not live to do is no finding.
            Ok(mut run) if death.is_some() => {
                run.trajectory.outcome = Outcome::BrokenOff;
                run
            }
            Ok(run) => run,
            Err(mut failure) => {
                // A CPython that dies while the VM asks it something is no fault of the VM's.
                if failure.fault == Fault::Panic {
                    failure.why += &again(case, examination.python, "");
                }
                examination.observation = Some(observation);
                return examination.failed(self.with_remedy(failure, case, which));
            }
        };
        let start = Instant::now();
        examination.verdict = judge(&observation, &run);
        examination.times.compare_us = micros(start);
        if case.native.is_some() {
            examination.verdict = examination.verdict.of_native_code();
        }
        if let Some(imbalance) = &run.imbalance {
            let mut failed = unbalanced(imbalance, &run, &observation, &examination.verdict);
            failed.why += &again(case, examination.python, " --audit");
            examination.observation = Some(observation);
            examination.run = Some(run);
            return examination.failed(failed);
        }
        if let Some(death) = death {
            let line = last_line(&observation);
            examination.observation = Some(observation);
            examination.run = Some(run);
            return examination.after_death(&death, line);
        }
        let broken_off = observation.trajectory.outcome == Outcome::BrokenOff && examination.verdict == Verdict::Agreed;
        let line = broken_off.then(|| last_line(&observation)).flatten();
        examination.observation = Some(observation);
        examination.run = Some(run);
        if broken_off {
            let why = format!("the snippet does not end within {} steps (--step-limit); so far both agree", self.limits.steps);
            return examination.failed(Failed { fault: Fault::StepLimit, why, line });
        }
        examination
    }

    /// Runs a case, and notes what is asked of the reference meanwhile: all of it, whatever was asked before.
    pub(crate) fn overhear(&mut self, case: &Case, which: usize) -> Notes {
        // A VM knows what it has asked for once; and of a CPython's past something may show, as strings that were interned.
        self.seats[which].vm = None;
        drop(self.seats[which].desk.take());
        self.seats[which].desk.take_notes(true);
        self.look(case, which);
        self.seats[which].desk.take_notes(false)
    }

    /// A text that CPython has, by its path (a module, then attributes).
    pub(crate) fn text(&mut self, which: usize, path: &[&str]) -> Option<String> {
        let request = Request::Text(path.iter().map(|&part| part.to_owned()).collect());
        match self.ask(which, &request) {
            Ok(Response::Text(TextAnswer::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// Whether the pool's run has been cancelled.
    pub(crate) fn cancelled(&self) -> bool {
        self.pool.cancelled()
    }

    /// Where a golden has no answer, the command that records one.
    fn with_remedy(&self, failed: Failed, case: &Case, which: usize) -> Failed {
        let Some(golden) = self.pool.goldens[which].as_ref().filter(|_| failed.fault == Fault::Observer) else { return failed };
        let (path, python) = (case.path.display(), golden.python());
        let folder = golden.folder().display();
        let why = format!("{}; `refdrift bless {path} --goldens={folder} --python {python}` records it anew", failed.why);
        Failed { why, ..failed }
    }

    /// How the VM is to run.
    pub(crate) fn options(&self) -> Options {
        Options { step_limit: self.limits.steps, audit: self.pool.audit, fault: self.pool.fault.clone(), ..Options::default() }
    }

    /// What a case is to state instead of what does not hold in CPython; or why it did not run there.
    pub fn repairs(&mut self, case: &Case, which: usize) -> Result<Vec<Repair>, String> {
        match self.observe(case, which).map_err(|failed| failed.why)? {
            Observed::Whole(observation) => Ok(case.repairs(&observation.unit, &observation.trajectory)),
            Observed::Broken(_, death) => Err(death),
        }
    }

    /// What a case prints in CPython; none if it does not run to its end there.
    pub(crate) fn output(&mut self, case: &Case, which: usize) -> Option<String> {
        let Ok(Observed::Whole(observation)) = self.observe(case, which) else { return None };
        let trajectory = observation.trajectory;
        (trajectory.outcome == Outcome::Completed).then_some(trajectory.output)
    }

    /// The attributes that the VM gives the type or module which a case leaves in a global; or why there are none.
    pub(crate) fn attributes(&mut self, case: &Case, which: usize, global: &str) -> Result<Vec<String>, String> {
        let observation = match self.observe(case, which).map_err(|failed| failed.why)? {
            Observed::Whole(observation) => observation,
            Observed::Broken(_, death) => return Err(death),
        };
        let options = Options { record: false, attributes_of: Some(global.to_owned()), ..Options::default() };
        let run = self.run_subject(which, &observation, &options).map_err(|failed| failed.why)?;
        match (run.attributes, run.end) {
            (Some(attributes), _) => Ok(attributes),
            (None, End::Unsupported(what)) => Err(format!("unsupported: {what}")),
            (None, End::Finished) => Err("the VM raises an exception where CPython does not".to_owned()),
        }
    }

    pub(crate) fn run_subject(&mut self, which: usize, observation: &Observation, options: &Options) -> Result<Run, Failed> {
        let seat = &mut self.seats[which];
        let mut vm = match seat.vm.take() {
            Some(vm) => vm,
            None => {
                let failed = |why: String| Failed { fault: Fault::Panic, why, line: None };
                let mut vm = Vm::new(self.pool.references[which].version).map_err(|error| failed(error.to_string()))?;
                vm.set_host(Arc::clone(&seat.desk) as Arc<dyn Host>);
                vm
            }
        };
        let options = Options { natives: seat.natives.clone(), ..options.clone() };
        seat.desk.take_failure();
        let run = catch(|| vm.run(&observation.unit, &options));
        if let Some(error) = seat.desk.take_failure() {
            return Err(error.into());
        }
        match run {
            Ok(run) => {
                seat.vm = Some(vm);
                Ok(run)
            }
            // Whatever state the VM is in, it is not used again.
            Err(message) => Err(Failed { fault: Fault::Panic, why: format!("the VM panicked: {message}"), line: None }),
        }
    }
}

impl Drop for Examiner<'_> {
    fn drop(&mut self) {
        for (which, seat) in self.seats.iter_mut().enumerate() {
            if let Some(witness) = seat.desk.take() {
                self.pool.give_back(which, witness);
            }
        }
    }
}

/// The command that shows the harness's own fault again; of a program without a file, where it is kept.
fn again(case: &Case, python: PyVersion, option: &str) -> String {
    let whole = case.path.extension().is_some_and(|extension| extension == "py");
    match case.path.to_str() {
        Some("" | "-") | None => "; the record keeps the program (`source`)".to_owned(),
        Some(path) if whole => format!("; again: refdrift check {path} --python {python}{option}"),
        Some(path) => format!("; again: refdrift check '{path}::{}' --python {python}{option}", case.name),
    }
}

/// What the VM found wrong with itself.
fn unbalanced(imbalance: &Imbalance, run: &Run, observation: &Observation, verdict: &Verdict) -> Failed {
    let Imbalance { step, type_name, count, owners } = imbalance;
    let site = Listing::new(&observation.unit).site(&run.trajectory, run.trajectory.steps[*step].place);
    let also = match verdict.divergences().first() {
        Some(first) => format!("; and the engines part: {first}"),
        None => String::new(),
    };
    let why =
        format!("the audit of the VM: before {site} an object of type {type_name} counts {count} and has {owners} owners{also}");
    Failed { fault: Fault::Audit, why, line: site.line }
}

/// Why there is nothing to compare.
pub(crate) struct Failed {
    pub(crate) fault: Fault,
    pub(crate) why: String,
    line: Option<u32>,
}

impl From<ObserverError> for Failed {
    fn from(error: ObserverError) -> Self {
        let (fault, line) = match error {
            ObserverError::TimedOut { line, .. } => (Fault::TimeOut, line),
            ObserverError::Memory { line, .. } => (Fault::Memory, line),
            ObserverError::Died { line, .. } => (Fault::Crash, line),
            _ => (Fault::Observer, None),
        };
        Self { fault, why: error.to_string(), line }
    }
}

impl Examination {
    fn failed(mut self, failed: Failed) -> Self {
        self.verdict = Verdict::EngineFailed { engine: failed.fault.engine(), why: failed.why };
        self.fault = Some(failed.fault);
        self.fault_line = failed.line;
        self
    }

    /// CPython died in the midst of it: what diverged until then stays the verdict.
    fn after_death(mut self, death: &str, line: Option<u32>) -> Self {
        if let Verdict::Diverged { divergences, .. } = &mut self.verdict {
            if let Some(first) = divergences.first_mut() {
                first.detail.push_str("; then ");
                first.detail.push_str(death);
            }
            return self;
        }
        let steps = |trajectory: Option<&Trajectory>| trajectory.map_or(0, |trajectory| trajectory.steps.len());
        let lived = steps(self.observation.as_ref().map(|observation| &observation.trajectory));
        let compared = steps(self.run.as_ref().map(|run| &run.trajectory)).min(lived);
        let on = if compared == lived { "on which".to_owned() } else { format!("on the first {compared} of which") };
        let why = format!("{death} after {lived} boundaries, {on} both agree");
        self.failed(Failed { fault: Fault::Crash, why, line })
    }
}

fn judge(observation: &Observation, run: &Run) -> Verdict {
    let unsupported = match &run.end {
        End::Finished => None,
        End::Unsupported(missing) => {
            let nameless = refdrift_vm::Unsupported { line: None, ..missing.clone() };
            Some(Unsupported { what: nameless.to_string(), line: missing.line })
        }
    };
    let address_use = address_use(run);
    verdict(&observation.unit, &observation.trajectory, &Subject { trajectory: &run.trajectory, unsupported, address_use })
}

/// The first thing in a run of the VM whose result depends on addresses.
pub(crate) fn address_use(run: &Run) -> Option<AddressUse> {
    run.address_use.as_ref().map(|used| AddressUse { what: used.what.clone(), line: used.line, step: used.step })
}

/// The line of the last boundary of a run that was broken off.
fn last_line(observation: &Observation) -> Option<u32> {
    let place = observation.trajectory.steps.last()?.place;
    Listing::new(&observation.unit).site(&observation.trajectory, place).line
}

fn micros(start: Instant) -> u64 {
    start.elapsed().as_micros() as u64
}
