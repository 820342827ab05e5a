//! Runs many cases on both engines and tells what comes of each.
//!
//! [`select`] finds the interpreters that a person asks for, [`Workshop::provide`] builds the observer for each where it is
//! missing, a [`Pool`] starts them and keeps them from case to case, [`run()`] puts every case of a [`Source`] through both engines on as
//! many threads as it is given, and tells a sink of [`RunEvent`]s, in a stable order. [`Examiner`] does the same for one case and
//! keeps all that both engines said, for `refdrift explain`. [`shrink()`] makes the program of a finding small.
//! [`record()`] keeps what the references say for [`Golden`]s, against which cases run where no Python is ([`Pool::replay`]).
//! [`coverage()`] tells how much of each Python the cases have run. [`honesty()`] measures the reference by itself.
//!
//! What can go wrong with one case (CPython crashes, does not answer, the VM panics) is the verdict on that case, and the run
//! goes on with a fresh engine. What can go wrong before the first case is an error: [`FindError`], [`ProvisionError`],
//! [`ObserverError`], [`RunError`].
#![forbid(unsafe_code)]

mod coverage;
mod event;
mod evidence;
mod examine;
pub mod faults;
mod find;
mod gate;
mod generated;
mod golden;
mod honesty;
mod host;
mod interpreter;
mod native;
mod observer;
mod provision;
mod run;
mod shrink;
mod source;
mod survey;
mod watchdog;
mod witness;

pub use coverage::{Coverage, Covered, InstructionCoverage, Share, SubjectCoverage, SubjectKind, coverage};
pub use event::{Ended, RunEvent, Started};
pub use evidence::{About, Held, Life, Story, StoryStep, life};
pub use examine::{DEFAULT_MEMORY, Examination, Examiner, Limits, Pool};
pub use find::{FindError, PythonSpec, discover, places, select};
pub use generated::Generated;
pub use golden::{ChangedFiles, Changes, Golden, GoldenError, Recorded, Unrecorded, changed_files, goldens, record};
pub use honesty::{Answer, Doubt, Question, honesty};
pub use interpreter::{Interpreter, ProbeError, Unusable, supported_series};
pub use observer::{Observer, ObserverError, Reference};
pub use provision::{OBSERVER_VARIABLE, OBSERVERS_VARIABLE, Progress, ProvisionError, Workshop};
pub use run::{RunError, RunOptions, run};
pub use shrink::{ShrinkError, shrink};
pub use source::Source;
pub use survey::{Finding, FunctionSurvey, SURVEY_FORMAT, Survey, SurveyError, survey};
pub use watchdog::Watchdog;
