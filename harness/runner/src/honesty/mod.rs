//! Is the reference what it says it is? Measured by the same comparison that measures the VM by it.

mod plain;
mod valgrind;

use std::path::Path;
use std::sync::mpsc::channel;

use refdrift_cases::Case;
use refdrift_compare::{Subject, Verdict, verdict};
use refdrift_record::Fault;
use refdrift_trace::{
    CodeUnit, Event, IMMORTAL, Observation, Origin, Outcome, PyVersion, Request, Response, RunRequest, TextAnswer, Trajectory,
};
use refdrift_vm::Vm;

use crate::examine::{Examiner, Failed, Observed, Pool, address_use};
use crate::gate::Gate;
use crate::observer::ObserverError;
use crate::run::{RunError, RunOptions};
use crate::source::Source;
use plain::{Interpreter, Plain};
use valgrind::{Memcheck, Said};

/// With how many more levels of calls beneath it a program is tried that may show how many there are.
const MORE_LEVELS: u32 = 4;

/// What is asked of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Do two observers of the same Python, at other addresses and after another past, see the same?
    Itself,
    /// Does an observed program print, raise and let go in the same order as one that nobody observes?
    Plain,
    /// Does the observer leave memory alone that is not there, or not there any more? Asked with valgrind; a difference is an error that
    /// it tells.
    Valgrind,
}

/// What came of one program on one Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The program's place in its source.
    pub place: u64,
    /// The case's identity.
    pub case: String,
    /// The Python.
    pub python: PyVersion,
    /// None if both did the same.
    pub doubt: Option<Doubt>,
}

/// Why two runs did not do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// They differ: the observer, or the comparison, is not to be trusted there.
    Differ(String),
    /// They differ after something that depends on addresses.
    Addresses(String),
    /// There was nothing to compare: CPython refuses the source, or it does not end.
    LeftOut(String),
    /// One of the two gave no answer.
    Failed(String),
}

/// Asks the question of every case on every reference that it is for; `sink` is told the answers as they come. False if the pool
/// was cancelled before the end.
pub fn honesty<S: Source + ?Sized>(
    source: &S,
    pool: &Pool,
    question: Question,
    options: RunOptions,
    sink: &mut dyn FnMut(Answer),
) -> Result<bool, RunError> {
    let gate = Gate::new(source, options.partition, options.from);
    std::thread::scope(|scope| {
        let (sender, answers) = channel();
        for _ in 0..options.jobs.get() {
            let (sender, gate) = (sender.clone(), &gate);
            let work = move || {
                let mut pair = Pair::new(pool, question, options);
                while let Some(ticket) = gate.take(|| pool.cancelled()) {
                    let case = source.case(ticket.place);
                    let mut all = Vec::new();
                    for (which, reference) in pool.references().iter().enumerate() {
                        if case.is_for(reference.version) {
                            let doubt = pair.ask(&case, which, ticket.place);
                            all.push(Answer { place: ticket.place, case: case.id(), python: reference.version, doubt });
                        }
                    }
                    // An answer whose engine was ended by the cancellation says nothing.
                    if pool.cancelled() || sender.send(all).is_err() {
                        break;
                    }
                }
            };
            // The VM recurses natively where Python does.
            std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, work)?;
        }
        drop(sender);
        for all in answers {
            all.into_iter().for_each(&mut *sink);
            gate.told();
        }
        Ok(!pool.cancelled())
    })
}

/// What the two see whose answers are put side by side.
struct Pair<'a> {
    pool: &'a Pool,
    question: Question,
    options: RunOptions,
    first: Examiner<'a>,
    second: Examiner<'a>,
    /// Whether the two observers of a reference are known to lie at other addresses.
    apart: Vec<bool>,
    plain: Vec<Option<Interpreter>>,
    memcheck: Vec<Option<Memcheck>>,
}

impl<'a> Pair<'a> {
    fn new(pool: &'a Pool, question: Question, options: RunOptions) -> Self {
        let pythons = pool.references().len();
        let examiner = || Examiner::new(pool, options.limits);
        let (plain, memcheck) = ((0..pythons).map(|_| None).collect(), (0..pythons).map(|_| None).collect());
        Self { pool, question, options, first: examiner(), second: examiner(), apart: vec![false; pythons], plain, memcheck }
    }

    fn ask(&mut self, case: &Case, which: usize, place: u64) -> Option<Doubt> {
        let asked = match self.question {
            Question::Itself => self.ask_itself(case, which, place),
            Question::Plain => self.ask_plain(case, which),
            Question::Valgrind => self.ask_valgrind(case, which),
        };
        asked.err()
    }

    fn ask_itself(&mut self, case: &Case, which: usize, place: u64) -> Result<(), Doubt> {
        if !self.apart[which] {
            let (one, other) = (address(&mut self.first, which)?, address(&mut self.second, which)?);
            if one == other {
                let why = "both observers lie at the same addresses: switch address space layout randomisation on";
                return Err(Doubt::Failed(why.to_owned()));
            }
            self.apart[which] = true;
        }
        self.second.ask(which, &Request::Run(stir(place))).map_err(|failed| Doubt::Failed(failed.why))?;
        match (self.first.observe(case, which), self.second.observe(case, which)) {
            (Ok(Observed::Whole(first)), Ok(Observed::Whole(second))) => self.same(which, &first, &rebased(*second, &first.unit)),
            (Ok(Observed::Broken(first, how)), Ok(Observed::Broken(second, why))) if how == why => {
                self.same(which, &first, &rebased(*second, &first.unit))
            }
            (Err(first), Err(second)) if first.fault == second.fault && first.why == second.why => both_failed(first),
            (first, second) => told_apart(end_of(first), end_of(second)),
        }
    }

    fn ask_plain(&mut self, case: &Case, which: usize) -> Result<(), Doubt> {
        if case.native.is_some() {
            return Err(Doubt::LeftOut("it brings native code, which is loaded by the observer".to_owned()));
        }
        let observed = self.first.observe(case, which);
        if let Ok(Observed::Whole(observation)) = &observed
            && observation.trajectory.outcome == Outcome::BrokenOff
        {
            return Err(Doubt::LeftOut("it does not end within the step limit".to_owned()));
        }
        if let Err(Failed { fault: Fault::Memory, why, .. }) = observed {
            return Err(Doubt::LeftOut(why));
        }
        let request = self.first.request(case, which).map_err(|failed| Doubt::Failed(failed.why))?;
        let plain = self.run_plain(&request, 0, which)?;
        let asked = self.beside(which, observed, &plain);
        // Beneath the plain run lie a frame and a native call that the observed one does not have. Who counts them (until a
        // RecursionError, say) says something else with further ones, too; not with each, if it takes several for one of its rounds.
        // One that says something else every time shows nothing of that.
        if matches!(asked, Err(Doubt::Differ(_))) && self.run_plain(&request, 0, which)? == plain {
            for levels in 1..=MORE_LEVELS {
                if self.run_plain(&request, levels, which)? != plain {
                    return Err(Doubt::LeftOut("it shows how deep the stack is beneath it".to_owned()));
                }
            }
        }
        asked
    }

    fn ask_valgrind(&mut self, case: &Case, which: usize) -> Result<(), Doubt> {
        let observed = self.first.observe(case, which);
        if let Err(Failed { fault: Fault::Source | Fault::Memory | Fault::TimeOut, why, .. }) = observed {
            return Err(Doubt::LeftOut(why));
        }
        let dies = matches!(observed, Ok(Observed::Broken(..)) | Err(Failed { fault: Fault::Crash, .. }));
        let request = self.first.request(case, which).map_err(|failed| Doubt::Failed(failed.why))?;
        let failed = |error: ObserverError| Doubt::Failed(error.to_string());
        let mut memcheck = match self.memcheck[which].take() {
            Some(memcheck) => memcheck,
            None => Memcheck::start(&self.pool.references()[which], self.pool.watchdog()).map_err(failed)?,
        };
        match memcheck.run(request, self.options.limits.timeout).map_err(failed)? {
            Said::Error(_) if dies => Err(Doubt::LeftOut("it crashes CPython without valgrind, too".to_owned())),
            Said::Error(_) if case.native.is_some() && case.expect.divergence.is_some() => {
                Err(Doubt::LeftOut("its native code reads what it has freed, as the case says".to_owned()))
            }
            Said::Error(report) => Err(Doubt::Differ(report)),
            Said::Died(_) if dies => Ok(()),
            Said::Died(how) => Err(Doubt::Failed(how)),
            Said::Nothing | Said::Refused => {
                self.memcheck[which] = Some(memcheck);
                Ok(())
            }
        }
    }

    fn beside(&mut self, which: usize, observed: Result<Observed, Failed>, plain: &Plain) -> Result<(), Doubt> {
        match (observed, plain) {
            (Ok(Observed::Whole(observation)), Plain::Ran { output, outcome }) => {
                // The same run, but for what can be seen of it from outside.
                let (output, outcome) = (output.clone(), outcome.clone());
                let trajectory = Trajectory { output, outcome, ..observation.trajectory.clone() };
                self.same(which, &observation, &trajectory)
            }
            (Err(failed), Plain::Refused) if failed.fault == Fault::Source => both_failed(failed),
            (Ok(Observed::Broken(..)) | Err(Failed { fault: Fault::Crash, .. }), Plain::Died(_)) => Ok(()),
            (observed, plain) => told_apart(
                end_of(observed),
                match plain {
                    Plain::Ran { .. } => Ok("comes to its end".to_owned()),
                    Plain::Refused => Ok("is refused by the compiler".to_owned()),
                    Plain::Died(how) => Ok(format!("dies ({how})")),
                    Plain::TimedOut => Err("the plain run does not end in time (--timeout)".to_owned()),
                },
            ),
        }
    }

    fn run_plain(&mut self, request: &RunRequest, deeper: u32, which: usize) -> Result<Plain, Doubt> {
        let failed = |error: ObserverError| Doubt::Failed(error.to_string());
        let mut interpreter = match self.plain[which].take() {
            Some(interpreter) => interpreter,
            None => {
                let program = text(&mut self.first, which, &["sys", "executable"])?;
                let modules = text(&mut self.first, which, &["sys", "modules", "keys()"])?;
                let modules: Vec<&str> = modules.lines().collect();
                Interpreter::start(Path::new(&program), &modules, self.pool.watchdog()).map_err(failed)?
            }
        };
        let plain = interpreter.run(request, deeper, self.options.limits.timeout).map_err(failed)?;
        self.plain[which] = Some(interpreter);
        Ok(plain)
    }

    /// Compares; the VM is only asked whether a difference may come of addresses.
    fn same(&mut self, which: usize, first: &Observation, second: &Trajectory) -> Result<(), Doubt> {
        let compare =
            |address_use| verdict(&first.unit, &first.trajectory, &Subject { trajectory: second, unsupported: None, address_use });
        if compare(None) == Verdict::Agreed {
            return Ok(());
        }
        let options = self.first.options();
        let used = self.first.run_subject(which, first, &options).ok().and_then(|run| address_use(&run));
        match compare(used) {
            Verdict::Agreed => Ok(()),
            Verdict::Incomparable { why } => Err(Doubt::Addresses(why)),
            Verdict::Diverged { divergences, .. } => {
                Err(Doubt::Differ(divergences.first().map(ToString::to_string).unwrap_or_default()))
            }
            Verdict::Unsupported { what: why, .. } | Verdict::EngineFailed { why, .. } => Err(Doubt::Failed(why)),
        }
    }
}

/// The trajectory with the counts of constants that were there before (`()` on 3.11, an interned name) counted from where they
/// stood at the start in the other process: how many hold them there beside the program is its past, not the program's.
fn rebased(observation: Observation, base: &CodeUnit) -> Trajectory {
    let Observation { unit, mut trajectory } = observation;
    for event in &mut trajectory.events {
        let (Event::Seen { object, count } | Event::Count { object, count }) = event else { continue };
        let Origin::Constant(id) = trajectory.objects[*object as usize].origin else { continue };
        let (here, there) = (unit.pool.get(id as usize), base.pool.get(id as usize));
        if let (Some(here), Some(there)) = (here, there)
            && ![here.count, there.count, *count].contains(&IMMORTAL)
        {
            *count += there.count - here.count;
        }
    }
    trajectory
}

/// What both sides alike could not do. Two that die the same death agree.
fn both_failed(failed: Failed) -> Result<(), Doubt> {
    match failed.fault {
        Fault::Crash => Ok(()),
        Fault::Source | Fault::StepLimit | Fault::Memory => Err(Doubt::LeftOut(failed.why)),
        Fault::TimeOut | Fault::Observer | Fault::Panic | Fault::Audit => Err(Doubt::Failed(failed.why)),
    }
}

/// How a run ended, in words; an error if it gave no answer.
fn end_of(observed: Result<Observed, Failed>) -> Result<String, String> {
    match observed {
        Ok(Observed::Whole(_)) => Ok("comes to its end".to_owned()),
        Ok(Observed::Broken(_, how)) => Ok(format!("ends early ({how})")),
        Err(failed) if matches!(failed.fault, Fault::Crash | Fault::Source) => Ok(format!("ends early ({})", failed.why)),
        Err(failed) => Err(failed.why),
    }
}

fn told_apart(first: Result<String, String>, second: Result<String, String>) -> Result<(), Doubt> {
    match (first, second) {
        (Ok(first), Ok(second)) => Err(Doubt::Differ(format!("the first run {first}, the second {second}"))),
        (Err(why), _) | (_, Err(why)) => Err(Doubt::Failed(why)),
    }
}

/// Where an object lies that every interpreter has.
fn address(examiner: &mut Examiner<'_>, which: usize) -> Result<String, Doubt> {
    text(examiner, which, &["builtins", "object", "__new__", "__repr__()"])
}

fn text(examiner: &mut Examiner<'_>, which: usize, path: &[&str]) -> Result<String, Doubt> {
    let request = Request::Text(path.iter().map(|&part| part.to_owned()).collect());
    match examiner.ask(which, &request).map_err(|failed| Doubt::Failed(failed.why))? {
        Response::Text(TextAnswer::Text(text)) => Ok(text),
        _ => Err(Doubt::Failed(format!("the observer does not know {}", path.join(".")))),
    }
}

/// A program that leaves the allocator's free blocks in another order than it found them: pages start at other addresses in
/// every process, but what lies in a page would lie there alike.
fn stir(place: u64) -> RunRequest {
    let odd = place % 97 * 2 + 1;
    let source = format!(
        "a = list(map(bytes, range({odd}, {odd} + 400)))\nb = list(map(list, zip(a, a)))\nc = list(map(dict, [()] * {odd}))\n\
         del a[::3], b[::2], c[1::2]\na = list(map(float, range({odd})))\ndel b[1::2], a[::2]\n"
    );
    RunRequest { filename: "<stir>".to_owned(), source: source.into_bytes(), step_limit: 1000, ..RunRequest::default() }
}
