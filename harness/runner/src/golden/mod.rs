//! Goldens: what CPython said when cases ran, kept in a file, so that the VM is compared with it where no Python is.
//!
//! A golden is of one Python. For each case it has what the observer answered (or how it failed to), and for all of them
//! together what the VM asked of it meanwhile: the library's code, what was compiled at run time, docstrings. It is asked as an
//! observer is; a request that it has no answer to is an error that names what to do.
//!
//! A folder of goldens has a file for each suite and one for each module of the library, with all Pythons in it, so that a change
//! changes few of them. Paths of the machine that recorded them are not in there ([`neutral`]).

mod columns;
mod file;
mod folder;
mod merge;
mod neutral;
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::hash::Hasher;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use refdrift_cases::Native;
use refdrift_trace::{Outcome, PyVersion, Rejection, RejectionKind, Request, Response, RunRequest, Trajectory};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::observer::ObserverError;

use columns::Columns;
pub use folder::{ChangedFiles, changed_files, goldens};
pub use merge::Changes;
pub use record::record;

/// What one Python said of many cases.
#[derive(Clone, Debug)]
pub struct Golden {
    folder: Arc<PathBuf>,
    python: PyVersion,
    recorded: Recorded,
}

/// What was recorded.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// By the case's name.
    cases: BTreeMap<String, Conversation>,
    /// What the VM asked for, by the request.
    answers: BTreeMap<Message, Message>,
}

/// A request or a response, encoded.
type Message = Arc<[u8]>;

/// What is kept of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conversation {
    /// The fingerprint of its source.
    source: u64,
    /// Those of the modules beside it, by their paths from its folder.
    beside: Vec<(String, u64)>,
    /// The number of boundaries after which it would have been broken off.
    step_limit: u32,
    /// The answer to the run: [`Said`], without the steps and events of its trajectory.
    said: Message,
    /// The steps and events: [`Columns`]; nothing if there are none.
    run: Message,
    /// What the VM asked meanwhile, in order, each once.
    asked: Vec<Message>,
}

/// What came of a run.
type Said = Result<Response, ObserverError>;

/// Why a golden cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GoldenError {
    /// It cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// There is none.
    #[error("{0}: there is no golden; `refdrift bless --goldens={0} --python all` records what the Pythons here say")]
    None(PathBuf),
    /// It is something else, or not all of it is there.
    #[error(
        "{path}: not a golden of refdrift's, or damaged; without it, `refdrift bless --goldens={folder} --python all` records it anew"
    )]
    Strange {
        /// The file.
        path: PathBuf,
        /// The folder of goldens.
        folder: String,
    },
    /// Another refdrift wrote it.
    #[error("{path}: a golden of another refdrift's format; `refdrift bless --goldens={folder} --python all` records all anew")]
    Format {
        /// The file.
        path: PathBuf,
        /// The folder of goldens.
        folder: String,
    },
}

/// What a golden does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrecorded {
    /// A case.
    #[error("{golden} has no golden of {case}")]
    Case {
        /// The folder of goldens.
        golden: String,
        /// The case.
        case: String,
    },
    /// A case as it is now.
    #[error("its golden in {golden} is stale: {what} has changed since")]
    Stale {
        /// The folder of goldens.
        golden: String,
        /// What is another.
        what: String,
    },
    /// A case under that step limit.
    #[error("its golden in {golden} was recorded with --step-limit {limit}")]
    StepLimit {
        /// The folder of goldens.
        golden: String,
        /// The limit.
        limit: u32,
    },
    /// Something that the VM asks of CPython.
    #[error("its golden in {golden} is stale: it does not have {what}, which the VM asks for")]
    Answer {
        /// The folder of goldens.
        golden: String,
        /// What was asked for.
        what: String,
    },
}

impl Golden {
    /// What one Python said, for that folder.
    pub fn new(folder: &Path, python: PyVersion, recorded: Recorded) -> Self {
        Self { folder: Arc::new(folder.to_owned()), python, recorded }
    }

    /// The folder where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The Python that it is of.
    pub fn python(&self) -> PyVersion {
        self.python
    }

    /// What it has.
    pub fn into_recorded(self) -> Recorded {
        self.recorded
    }

    /// Answers as the observer did.
    pub(crate) fn ask(&self, request: &Request) -> Result<Response, ObserverError> {
        match request {
            Request::Run(run) => self.run(run),
            Request::Inspect(_) | Request::Time(_) => Ok(Response::Rejected(Rejection {
                kind: RejectionKind::Observer,
                message: "this is a replay: no CPython is there to run the case again".to_owned(),
                line: None,
            })),
            request => {
                let answer =
                    encode(request).ok().and_then(|request| self.recorded.answers.get(&request).and_then(|answer| decode(answer)));
                answer.ok_or_else(|| ObserverError::Golden(Unrecorded::Answer { golden: self.shown(), what: words(request) }))
            }
        }
    }

    fn run(&self, run: &RunRequest) -> Said {
        let case = || run.filename.clone();
        let missing = |what: Unrecorded| Err(ObserverError::Golden(what));
        let Some(kept) = self.recorded.cases.get(&run.filename) else {
            return missing(Unrecorded::Case { golden: self.shown(), case: case() });
        };
        let natives = run.natives.iter().map(|native| native.path.as_str());
        let stale = |what: String| missing(Unrecorded::Stale { golden: self.shown(), what });
        if kept.source != fingerprint(&run.source, natives) {
            return stale(case());
        }
        let folder = Path::new(run.folder.as_deref().unwrap_or_default());
        for (path, before) in &kept.beside {
            if fs::read(folder.join(path)).map_or(true, |source| fingerprint(&source, []) != *before) {
                return stale(format!("{path} beside {}", case()));
            }
        }
        let Some(said) = kept.said() else { return stale(case()) };
        if kept.step_limit != run.step_limit && !said.as_ref().is_ok_and(|response| ends_within(response, run.step_limit)) {
            return missing(Unrecorded::StepLimit { golden: self.shown(), limit: kept.step_limit });
        }
        said
    }

    fn shown(&self) -> String {
        self.folder.display().to_string()
    }
}

impl Conversation {
    /// What came of the run; none if that does not fit together.
    fn said(&self) -> Option<Said> {
        let mut said = decode::<Said>(&self.said)?;
        if let Some(trajectory) = trajectory(&mut said) {
            (trajectory.steps, trajectory.events) = decode::<Columns>(&self.run)?.read()?;
        }
        Some(said)
    }
}

/// The trajectory in what came of a run, if there is one.
fn trajectory(said: &mut Said) -> Option<&mut Trajectory> {
    match said {
        Ok(Response::Finished(seen)) => Some(&mut seen.trajectory),
        Ok(Response::Crashed(crash)) => crash.seen.as_mut().map(|seen| &mut seen.trajectory),
        _ => None,
    }
}

/// Whether a run got to its own end within so many boundaries.
fn ends_within(response: &Response, step_limit: u32) -> bool {
    let Response::Finished(seen) = response else { return false };
    seen.trajectory.outcome != Outcome::BrokenOff && seen.trajectory.steps.len() <= step_limit as usize
}

/// Tells a source, with the extension modules that it brings along, from any other.
fn fingerprint<'a>(source: &'a [u8], natives: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hasher = SipHasher13::new();
    for part in [source].into_iter().chain(natives.into_iter().map(str::as_bytes)) {
        hasher.write_u64(part.len() as u64);
        hasher.write(part);
    }
    hasher.finish()
}

/// What stands for an extension module where it is not compiled.
pub(crate) fn native_fingerprint(native: &Native) -> String {
    format!("{:016x}", fingerprint(native.module.as_bytes(), [native.source.as_str(), native.twin.text.as_str()]))
}

fn encode<T: Serialize>(message: &T) -> Result<Message, postcard::Error> {
    postcard::to_allocvec(message).map(Message::from)
}

fn decode<'a, T: Deserialize<'a>>(message: &'a [u8]) -> Option<T> {
    postcard::from_bytes(message).ok()
}

/// What a request asks for.
fn words(request: &Request) -> String {
    match request {
        Request::Module(name) => format!("the code of the module {name}"),
        Request::Members(name) => format!("what the module {name} holds"),
        Request::Text(path) => format!("the text {}", path.join(".")),
        Request::Interned(text) => format!("whether {text:?} is interned"),
        Request::Counted(text) => format!("whether {text:?} is counted"),
        Request::Compile(compile) => format!("the code of {} in {:?} mode", compile.filename, compile.mode),
        Request::Run(run) => run.filename.clone(),
        Request::Inspect(_) | Request::Time(_) => "another run".to_owned(),
    }
}
