//! One case on both engines.

#[cfg(feature = "faults")]
mod broken;

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use refdrift_cases::{Case, Native, Repair};
use refdrift_compare::{AddressUse, Listing, Subject, Unsupported, Verdict, verdict};
use refdrift_trace::{
    CompileAnswer, CompileRequest, Crash, NativeFile, Observation, Outcome, PyVersion, RejectionKind, Request, Response,
    RunRequest, TextAnswer, Trajectory,
};
use refdrift_vm::{End, Host, Imbalance, NativeModule, Options, Run, Vm};

use refdrift_record::{CaseResult, Evidence, Fault, Standing, Times};

use crate::golden::{Golden, native_fingerprint};
use crate::host::{Desk, Library, Notes};
use crate::interpreter::Interpreter;
use crate::native::{Headers, NativeError, compile, for_vm};
use crate::observer::{Observer, ObserverError, Reference, signal_words};
use crate::provision::Workshop;
use crate::watchdog::Watchdog;
use crate::witness::Witness;

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

/// How many bytes a snippet may take in CPython, if nobody says otherwise.
pub const DEFAULT_MEMORY: u64 = 2 << 30;

/// The references of a run, with observers that are kept from case to case.
#[derive(Debug)]
pub struct Pool {
    references: Vec<Reference>,
    idle: Vec<Mutex<Vec<Witness>>>,
    /// What stands for a reference that does not run.
    goldens: Vec<Option<Arc<Golden>>>,
    libraries: Vec<Arc<Library>>,
    /// Where the headers of each Python are, once somebody asked.
    headers: Vec<OnceLock<Headers>>,
    /// Where compiled extension modules are kept.
    natives: PathBuf,
    watchdog: Watchdog,
    memory: u64,
    audit: bool,
    fault: Option<refdrift_vm::Fault>,
}

impl Pool {
    /// Starts one observer for each interpreter (or for each program whose interpreter is not known), so that one which
    /// cannot work is told before the first case. Once `cancelled` is true every observer is ended.
    pub fn start(programs: Vec<(PathBuf, Option<Interpreter>)>, cancelled: Arc<AtomicBool>) -> Result<Self, ObserverError> {
        Self::start_within(programs, DEFAULT_MEMORY, cancelled)
    }

    /// The same; a snippet may take `memory` bytes in CPython.
    pub fn start_within(
        programs: Vec<(PathBuf, Option<Interpreter>)>,
        memory: u64,
        cancelled: Arc<AtomicBool>,
    ) -> Result<Self, ObserverError> {
        let watchdog = Watchdog::new(cancelled);
        let started: Vec<Result<Observer, ObserverError>> = std::thread::scope(|scope| {
            let start = |(program, interpreter): &(PathBuf, Option<Interpreter>)| {
                let wanted = interpreter.as_ref().map(|interpreter| interpreter.version);
                Observer::start_within(program, Some(memory), wanted, &watchdog)
            };
            let threads: Vec<_> = programs.iter().map(|program| scope.spawn(move || start(program))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|lost| panic::resume_unwind(lost))).collect()
        });
        let mut references = Vec::new();
        let mut idle = Vec::new();
        for (observer, (program, interpreter)) in started.into_iter().zip(programs) {
            let observer = observer?;
            references.push(Reference { interpreter, version: observer.version(), program });
            idle.push(Mutex::new(vec![Witness::Observer(observer)]));
        }
        let goldens = vec![None; references.len()];
        Ok(Self::of(references, idle, goldens, watchdog, memory))
    }

    /// References that do not run: goldens say what they did.
    pub fn replay(goldens: Vec<Golden>, cancelled: Arc<AtomicBool>) -> Self {
        let reference =
            |golden: &Golden| Reference { interpreter: None, version: golden.python(), program: golden.folder().to_owned() };
        let references: Vec<Reference> = goldens.iter().map(reference).collect();
        let idle = references.iter().map(|_| Mutex::default()).collect();
        let goldens = goldens.into_iter().map(|golden| Some(Arc::new(golden))).collect();
        Self::of(references, idle, goldens, Watchdog::new(cancelled), DEFAULT_MEMORY)
    }

    fn of(
        references: Vec<Reference>,
        idle: Vec<Mutex<Vec<Witness>>>,
        goldens: Vec<Option<Arc<Golden>>>,
        watchdog: Watchdog,
        memory: u64,
    ) -> Self {
        let libraries = references.iter().map(|_| Arc::default()).collect();
        let headers = references.iter().map(|_| OnceLock::new()).collect();
        Self {
            references,
            idle,
            goldens,
            libraries,
            headers,
            natives: Workshop::new().natives(),
            watchdog,
            memory,
            audit: false,
            fault: None,
        }
    }

    /// Has the VM compare every count with the number of its owners at each boundary. What does not hold is its own failure
    /// ([`Fault::Audit`]). Slow.
    pub fn audit(&mut self, audit: bool) {
        self.audit = audit;
    }

    /// Arms a mistake in the VM for all that runs from now on, to see what the harness makes of it.
    #[cfg(feature = "faults")]
    pub fn arm(&mut self, fault: Option<refdrift_vm::Fault>) {
        self.fault = fault;
    }

    /// The references, in their order.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Whether the run has been cancelled.
    pub fn cancelled(&self) -> bool {
        self.watchdog.cancelled()
    }

    pub(crate) fn watchdog(&self) -> &Watchdog {
        &self.watchdog
    }

    pub(crate) fn witness(&self, which: usize) -> Result<Witness, ObserverError> {
        if let Some(golden) = &self.goldens[which] {
            return Ok(Witness::Golden(Arc::clone(golden)));
        }
        let idle = self.idle[which].lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reference = &self.references[which];
        let start = || Observer::start_within(&reference.program, Some(self.memory), Some(reference.version), &self.watchdog);
        idle.map_or_else(|| start().map(Witness::Observer), Ok)
    }

    pub(crate) fn give_back(&self, which: usize, witness: Witness) {
        self.idle[which].lock().unwrap_or_else(PoisonError::into_inner).push(witness);
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
                failure.why += &again(case, examination.python, "");
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
        // A VM knows what it has asked for once.
        self.seats[which].vm = None;
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

    /// What the reference of that number does with a case.
    pub(crate) fn observe(&mut self, case: &Case, which: usize) -> Result<Observed, Failed> {
        let mut request = self.request(case, which)?;
        let response = match self.ask(which, &Request::Run(request.clone())) {
            // Once more in a process apart, for what happened until the death.
            Err(failed) if failed.fault == Fault::Crash && !request.apart => {
                request.apart = true;
                return match self.ask(which, &Request::Run(request)) {
                    Ok(Response::Crashed(crash)) => broken(crash.seen, failed.why),
                    _ => Err(failed),
                };
            }
            response => response?,
        };
        match response {
            Response::Finished(observation) if is_whole(&observation) => Ok(Observed::Whole(observation)),
            Response::Crashed(crash) => {
                let death = death_words(&crash);
                broken(crash.seen, death)
            }
            Response::Rejected(rejection) => Err(Failed {
                fault: match rejection.kind {
                    RejectionKind::Syntax => Fault::Source,
                    RejectionKind::Observer => Fault::Observer,
                    RejectionKind::Memory => Fault::Memory,
                },
                why: rejection.message,
                line: rejection.line,
            }),
            _ => Err(ObserverError::Nonsense("an answer that does not fit together".to_owned()).into()),
        }
    }

    /// What the observer is told of a case, whose native modules are built.
    pub(crate) fn request(&mut self, case: &Case, which: usize) -> Result<RunRequest, Failed> {
        let folder = case.path.parent().map(|folder| folder.join(".").display().to_string());
        let mut witness = self.seats[which].desk.take().map_or_else(|| self.pool.witness(which), Ok)?;
        self.seats[which].natives.clear();
        let mut natives = Vec::new();
        if let Some(native) = &case.native {
            let built = self.build_native(native, which, &mut witness);
            let (module, file) = match built {
                Ok(built) => built,
                Err(failed) => {
                    if failed.fault == Fault::Source {
                        self.seats[which].desk.put(witness);
                    }
                    return Err(failed);
                }
            };
            self.seats[which].natives.push(module);
            natives.push(file);
        }
        self.seats[which].desk.put(witness);
        let (filename, source, step_limit) = (case.id(), case.source.clone(), self.limits.steps);
        Ok(RunRequest { filename, source, folder, step_limit, apart: !natives.is_empty(), natives })
    }

    /// Asks the witness of a reference.
    pub(crate) fn ask(&mut self, which: usize, request: &Request) -> Result<Response, Failed> {
        let desk = Arc::clone(&self.seats[which].desk);
        let mut witness = desk.take().map_or_else(|| self.pool.witness(which), Ok)?;
        // An observer that gave no answer is dropped here, and the next case gets a new one.
        let response = witness.ask(request, self.limits.timeout);
        desk.note(|| (request.clone(), response.clone()));
        let response = response?;
        // One that ran out of memory is not trusted with the next case.
        if !matches!(&response, Response::Rejected(rejection) if rejection.kind == RejectionKind::Memory) {
            desk.put(witness);
        }
        Ok(response)
    }

    /// Compiles a native module and its twin.
    fn build_native(&self, native: &Native, which: usize, witness: &mut Witness) -> Result<(NativeModule, NativeFile), Failed> {
        let path = match (&witness, self.pool.headers[which].get()) {
            (Witness::Golden(_), _) => native_fingerprint(native),
            (_, Some(headers)) => self.compile_native(native, headers)?,
            _ => self.compile_native(native, &self.find_headers(which, witness)?)?,
        };
        let request = CompileRequest {
            source: native.twin.text.clone().into_bytes(),
            text: true,
            filename: format!("<twin of {}>", native.module),
            mode: "exec".to_owned(),
            flags: 0,
            optimize: -1,
        };
        let request = Request::Compile(request);
        let answer = witness.ask(&request, self.limits.timeout)?;
        self.seats[which].desk.note(|| (request, Ok(answer.clone())));
        let unit = match answer {
            Response::Compiled(answer) => match *answer {
                CompileAnswer::Code(unit) => unit,
                CompileAnswer::Raised { type_name, message, place } => {
                    let line = native.twin.line(place.and_then(|place| place.line).unwrap_or(1) as u32);
                    let why =
                        format!("line {line} of the file: the contract of {} is no Python: {type_name}: {message}", native.module);
                    return Err(Failed { fault: Fault::Source, why, line: None });
                }
            },
            _ => return Err(ObserverError::Nonsense("an answer that is no code".to_owned()).into()),
        };
        let file = NativeFile { name: native.module.clone(), path };
        Ok((for_vm(native, unit), file))
    }

    /// Compiles a native module; its shared object.
    fn compile_native(&self, native: &Native, headers: &Headers) -> Result<String, Failed> {
        let refused = |error: NativeError| Failed { fault: Fault::Source, why: error.to_string(), line: None };
        compile(native, headers, &self.pool.natives).map(|path| path.display().to_string()).map_err(refused)
    }

    /// Asks the interpreter where its headers are.
    fn find_headers(&self, which: usize, witness: &mut Witness) -> Result<Headers, Failed> {
        let question = Request::Text(vec!["sysconfig".to_owned(), "get_paths()".to_owned()]);
        let Response::Text(TextAnswer::Text(paths)) = witness.ask(&question, self.limits.timeout)? else {
            return Err(ObserverError::Nonsense("no paths of headers".to_owned()).into());
        };
        let include = paths.lines().find_map(|line| line.strip_prefix("include=")).unwrap_or_default();
        let headers = Headers { version: self.pool.references[which].version, include: PathBuf::from(include) };
        Ok(self.pool.headers[which].get_or_init(|| headers).clone())
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

/// What was seen of a case.
pub(crate) enum Observed {
    /// All of it.
    Whole(Box<Observation>),
    /// What there was before the process died; and how it did.
    Broken(Box<Observation>, String),
}

pub(crate) fn death_words(crash: &Crash) -> String {
    match (crash.signal, crash.status) {
        (Some(signal), _) => format!("CPython died: {}", signal_words(signal)),
        (None, Some(status)) => format!("CPython died: it exited with status {status}"),
        (None, None) => "CPython died".to_owned(),
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

/// Whether what was seen of a run fits together.
fn is_whole(observation: &Observation) -> bool {
    observation.trajectory.is_sound() && !observation.unit.codes.is_empty()
}

/// What was seen of a run until CPython died.
fn broken(seen: Option<Observation>, death: String) -> Result<Observed, Failed> {
    match seen {
        Some(seen) if is_whole(&seen) => Ok(Observed::Broken(Box::new(seen), death)),
        _ => Err(Failed { fault: Fault::Crash, why: death, line: None }),
    }
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

    /// Measures what was found by what the case expects. The number is that of the run in the record.
    pub fn result(&self, case: &Case, number: u64) -> CaseResult {
        let judged = case.judge(&self.verdict);
        let as_expected = judged.is_ok();
        // What is not agreed is told as what it is; that it was not expected is told where the case expects something.
        let unexpected = judged.err().filter(|_| case.expect.verdict.is_some());
        let mut unmet: Vec<String> = unexpected.iter().map(ToString::to_string).collect();
        if let Some(observation) = &self.observation {
            let failures = case.failures(&observation.unit, &observation.trajectory);
            unmet.extend(failures.iter().map(ToString::to_string));
        }
        let verdict = match &self.verdict {
            Verdict::Agreed if unmet.is_empty() => Standing::Agreed,
            _ if unmet.is_empty() && as_expected && case.expect.verdict.is_some() => Standing::Expected,
            Verdict::Agreed => Standing::Failed,
            Verdict::Diverged { .. } => Standing::Diverged,
            Verdict::Unsupported { .. } => Standing::Unsupported,
            Verdict::Incomparable { .. } => Standing::Incomparable,
            Verdict::EngineFailed { .. } => Standing::Failed,
        };
        let (reason, reason_line) = match &self.verdict {
            Verdict::Unsupported { what, line } => (Some(what.clone()), *line),
            Verdict::Incomparable { why } => (Some(why.clone()), None),
            Verdict::EngineFailed { why, .. } => (Some(why.clone()), self.fault_line),
            Verdict::Agreed | Verdict::Diverged { .. } => (None, None),
        };
        CaseResult {
            number,
            case: case.id(),
            python: self.python.to_string(),
            verdict,
            found: self.verdict.kind(),
            divergences: self.verdict.divergences().to_vec(),
            untold: match self.verdict {
                Verdict::Diverged { untold, .. } => untold,
                _ => 0,
            },
            reason,
            reason_line,
            raised: self.observation.as_ref().and_then(|observation| match &observation.trajectory.outcome {
                Outcome::Raised(raised) => Some(raised.type_name.clone()),
                _ => None,
            }),
            fault: self.fault,
            unmet,
            path: case.path.display().to_string(),
            line: case.line,
            source_line: case.source_line,
            steps: self.observation.as_ref().map_or(0, |observation| observation.trajectory.steps.len()),
            times: Some(self.times),
            source: (self.verdict != Verdict::Agreed).then(|| String::from_utf8_lossy(&case.source).into_owned()),
            shrunk: None,
            known: None,
            evidence: None,
        }
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

thread_local! {
    /// What the panic said that is being caught on this thread; none while nothing is to be caught.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs something that may panic, and keeps the panic's message and place from the terminal.
fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let caught =
                CAUGHT.with_borrow_mut(|caught| caught.as_mut().map(|caught| *caught = info.to_string().replace('\n', " ")));
            if caught.is_none() {
                before(info);
            }
        }));
    });
    CAUGHT.set(Some(String::new()));
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    let message = CAUGHT.take().unwrap_or_default();
    result.map_err(|_| message.trim_start_matches("panicked at ").to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_compare::{Divergence, DivergenceKind, Engine};

    #[test]
    fn a_panic_is_caught_with_its_place() {
        assert_eq!(catch(|| 1), Ok(1));
        let message = catch(|| -> u32 { panic!("no\nway") }).unwrap_err();
        assert!(message.contains("examine.rs") && message.ends_with("no way"), "{message}");
    }

    /// A case that expects something, and what comes of it if that verdict is found.
    fn stands(expect: &str, verdict: Verdict) -> (Standing, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suite.yaml");
        std::fs::write(&path, format!("cases:\n  - name: it\n    source: |\n      a = []\n{expect}")).unwrap();
        let cases = refdrift_cases::load(&[path], folder.path()).unwrap();
        let examination = Examination {
            python: PyVersion::new(3, 12, 1),
            observation: None,
            run: None,
            verdict,
            fault: None,
            fault_line: None,
            times: Times::default(),
        };
        let result = examination.result(&cases[0], 0);
        (result.verdict, result.unmet.len())
    }

    fn diverged(kind: DivergenceKind) -> Verdict {
        let divergence = Divergence {
            kind,
            step: 1,
            subject_step: 1,
            place: None,
            cause: None,
            object: Some(0),
            subject_object: Some(0),
            type_name: "list".to_owned(),
            label: "list #0".to_owned(),
            reference: Some(1),
            subject: Some(2),
            owners: Vec::new(),
            detail: String::new(),
        };
        Verdict::Diverged { divergences: vec![divergence], untold: 0 }
    }

    #[test]
    fn what_is_found_is_measured_by_what_is_expected() {
        let unsupported = || Verdict::Unsupported { what: "type memoryview".to_owned(), line: None };
        let nothing = "";
        assert_eq!(stands(nothing, Verdict::Agreed), (Standing::Agreed, 0));
        assert_eq!(stands(nothing, diverged(DivergenceKind::LateFree)), (Standing::Diverged, 0));
        assert_eq!(stands(nothing, unsupported()), (Standing::Unsupported, 0));
        let agreed = "    expect:\n      verdict: agreed\n";
        assert_eq!(stands(agreed, Verdict::Agreed), (Standing::Agreed, 0));
        assert_eq!(stands(agreed, unsupported()), (Standing::Unsupported, 1));
        let extra = "    expect:\n      verdict: diverged\n      divergence: {kind: extra_reference}\n";
        assert_eq!(stands(extra, diverged(DivergenceKind::ExtraReference)), (Standing::Expected, 0));
        assert_eq!(stands(extra, diverged(DivergenceKind::LateFree)), (Standing::Diverged, 1));
        assert_eq!(stands(extra, Verdict::Agreed), (Standing::Failed, 1), "a known divergence that is gone");
        let missing = "    expect:\n      verdict: unsupported\n";
        assert_eq!(stands(missing, unsupported()), (Standing::Expected, 0));
        assert_eq!(stands(missing, Verdict::Agreed), (Standing::Failed, 1));
    }

    #[test]
    fn faults_name_their_engine() {
        assert_eq!(Fault::Crash.engine(), Engine::Reference);
        assert_eq!([Fault::Panic, Fault::Audit].map(Fault::engine), [Engine::Subject; 2]);
    }
}
