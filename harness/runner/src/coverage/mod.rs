//! How much of a Python both engines have run, and how much of it the VM has.

mod subjects;
mod walk;

use std::collections::BTreeSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use refdrift_cases::Case;
use refdrift_compare::Verdict;
use refdrift_isa::reach;
use refdrift_trace::PyVersion;
use refdrift_vm::Vm;

use refdrift_record::Summary;

use crate::event::RunEvent;
use crate::examine::{Examiner, Pool};
use crate::run::{RunError, RunOptions, run_watched};
use crate::source::Source;
use subjects::{SUBJECTS, Subject};
use walk::{Ran, walk};

pub use subjects::SubjectKind;

/// What is covered of one Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The Python.
    pub python: PyVersion,
    /// What came of the cases; only those that agreed count.
    pub cases: Summary,
    /// Its instructions, by opcode.
    pub instructions: Vec<InstructionCoverage>,
    /// Builtin types and modules.
    pub subjects: Vec<SubjectCoverage>,
}

/// One instruction, or one function of an instruction that calls one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructionCoverage {
    /// CPython's name.
    pub name: String,
    /// Whether it ran in both engines; or why it never does.
    pub ran: Covered,
    /// Whether an exception left it in both engines; or why none ever does.
    pub failed: Covered,
}

/// Whether something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covered {
    /// It did.
    Yes,
    /// It did not.
    No,
    /// It cannot; why.
    Never(&'static str),
}

/// A type's or a module's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectCoverage {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: SubjectKind,
    /// Those of CPython's `dir()` that the VM has too.
    pub have: Vec<String>,
    /// Those that it has not.
    pub missing: Vec<String>,
    /// Why it has none at all, if so.
    pub reason: Option<String>,
}

/// A number of things out of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many are covered.
    pub have: usize,
    /// Out of how many.
    pub of: usize,
}

impl Share {
    /// In per cent, rounded down to tenths: 100 is all of them.
    pub fn percent(self) -> f64 {
        let tenths = (self.have * 1000).checked_div(self.of).unwrap_or(1000);
        tenths as f64 / 10.0
    }

    fn count(each: impl Iterator<Item = Covered>) -> Self {
        each.fold(Self::default(), |share, covered| match covered {
            Covered::Yes => Self { have: share.have + 1, of: share.of + 1 },
            Covered::No => Self { of: share.of + 1, ..share },
            Covered::Never(_) => share,
        })
    }
}

impl Coverage {
    /// The instructions that ran, out of those that can.
    pub fn instruction_share(&self) -> Share {
        Share::count(self.instructions.iter().map(|instruction| instruction.ran))
    }

    /// The instructions that an exception has left, out of those that can fail.
    pub fn error_path_share(&self) -> Share {
        Share::count(self.instructions.iter().map(|instruction| instruction.failed))
    }

    /// The attributes of the subjects of that kind.
    pub fn attribute_share(&self, kind: SubjectKind) -> Share {
        self.subjects.iter().filter(|subject| subject.kind == kind).fold(Share::default(), |share, subject| Share {
            have: share.have + subject.have.len(),
            of: share.of + subject.have.len() + subject.missing.len(),
        })
    }
}

/// Runs the cases on every reference and tells what of each Python they cover. The sink sees the run as [`crate::run()`]'s does.
pub fn coverage<S: Source + ?Sized>(
    source: &S,
    pool: &Pool,
    options: RunOptions,
    sink: &mut dyn FnMut(&RunEvent) -> ControlFlow<()>,
) -> Result<Option<Vec<Coverage>>, RunError> {
    let pythons: Vec<PyVersion> = pool.references().iter().map(|reference| reference.version).collect();
    let seen: Vec<Mutex<Ran>> = pythons.iter().map(|_| Mutex::default()).collect();
    let mut summaries = vec![Summary::default(); pythons.len()];
    let ended = run_watched(
        source,
        pool,
        options,
        &|which, examination| {
            if let (Verdict::Agreed, None, Some(observation)) = (&examination.verdict, examination.fault, &examination.observation)
            {
                let ran = walk(observation);
                seen[which].lock().unwrap_or_else(PoisonError::into_inner).join(ran);
            }
        },
        &mut |event| {
            if let RunEvent::CaseFinished(result) = &event
                && let Some(which) = pythons.iter().position(|python| python.to_string() == result.python)
            {
                summaries[which].add(result.verdict);
            }
            sink(&event)
        },
    )?;
    if ended.interrupted {
        return Ok(None);
    }
    let subjects = all_attributes(pool, options)?;
    let each = pythons.into_iter().zip(summaries).zip(seen).zip(subjects);
    let coverage = each.map(|(((python, cases), seen), subjects)| {
        let ran = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        Coverage { python, cases, instructions: instructions(python, &ran), subjects }
    });
    Ok(Some(coverage.collect()))
}

fn instructions(python: PyVersion, seen: &Ran) -> Vec<InstructionCoverage> {
    let covered = |never: Option<&'static str>, yes: bool| match never {
        _ if yes => Covered::Yes,
        Some(why) => Covered::Never(why),
        None => Covered::No,
    };
    let all = reach(python).into_iter().map(|reach| InstructionCoverage {
        name: reach.feature.name(python),
        ran: covered(reach.never_runs, seen.ran.contains(&reach.feature)),
        failed: covered(reach.never_runs.or(reach.never_fails), seen.failed.contains(&reach.feature)),
    });
    all.collect()
}

/// The attributes of all subjects, for each reference. They run on a thread of their own: the VM recurses natively.
fn all_attributes(pool: &Pool, options: RunOptions) -> Result<Vec<Vec<SubjectCoverage>>, RunError> {
    let compare = || {
        let mut examiner = Examiner::new(pool, options.limits);
        (0..pool.references().len())
            .map(|which| SUBJECTS.iter().filter_map(|subject| attributes(&mut examiner, subject, which)).collect())
            .collect()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, compare)?;
        Ok(thread.join().map_err(|_| io::Error::other("the thread that compares attributes panicked"))?)
    })
}

/// One subject; none if that CPython does not have it.
fn attributes(examiner: &mut Examiner<'_>, subject: &Subject, which: usize) -> Option<SubjectCoverage> {
    let snippet = subject.snippet();
    let theirs = examiner.output(&case(subject.name, format!("{snippet}print(*dir(x), sep='\\n')\n")), which)?;
    let ours = examiner.attributes(&case(subject.name, snippet), which, "x");
    let reason = ours.as_ref().err().cloned();
    let ours: BTreeSet<String> = ours.unwrap_or_default().into_iter().collect();
    let (have, missing) = theirs.lines().map(str::to_owned).partition(|name| ours.contains(name));
    Some(SubjectCoverage { name: subject.name, kind: subject.kind, have, missing, reason })
}

fn case(name: &str, source: String) -> Case {
    Case { path: "attributes".into(), line: 1, source_line: 1, ..Case::bare("attributes", name, source) }
}
