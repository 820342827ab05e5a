//! Surveying an extension module that a user has: calls to each of its functions, right ones and failing ones, in the real
//! CPython, and what they do to references, measured by contracts.

mod calls;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use refdrift_cases::Contract;
use refdrift_trace::{NativeFile, Outcome, Place, Request, Response, RunRequest};
use serde::{Deserialize, Serialize};

use crate::examine::{Limits, Pool, death_words};
use crate::observer::ObserverError;

/// The number of the format of a survey.
pub const SURVEY_FORMAT: u32 = 1;

/// How often a function may take the process with it before the rest of its calls is left out.
const MOST_DEATHS: usize = 3;

/// What came of a survey on one Python.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// [`SURVEY_FORMAT`]
    pub format: u32,
    /// The module.
    pub module: String,
    /// Its shared object.
    pub path: String,
    /// The full version, `3.12.1`.
    pub python: String,
    /// Its functions, by name.
    pub functions: Vec<FunctionSurvey>,
}

/// What the calls of one function showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionSurvey {
    /// Its name.
    pub name: String,
    /// It was measured by a contract of its own; else by the default: it borrows every argument and returns a new reference.
    pub stated: bool,
    /// How many different calls were made, each three times.
    pub calls: usize,
    /// How many of them raised an exception.
    pub raised: usize,
    /// What was wrong; empty if nothing was.
    pub findings: Vec<Finding>,
}

/// Something that is wrong with a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// `leaks argument 1`
    pub what: String,
    /// The first call that shows it: `f(list, int)`.
    pub call: String,
    /// How many calls show it.
    pub calls: usize,
}

/// Why there is no survey.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The module is not there, or not in a file.
    #[error("{module}: {reason}")]
    NoModule {
        /// The module, as it was asked for.
        module: String,
        /// Why not.
        reason: String,
    },
    /// A contract for a function that the module does not have.
    #[error("the contract's line {line} is about {function}, which {module} does not have")]
    NoFunction {
        /// The module.
        module: String,
        /// The function.
        function: String,
        /// The line of the contract's file.
        line: u32,
    },
    /// The observer failed.
    #[error(transparent)]
    Observer(#[from] ObserverError),
}

/// Calls every function of a module (its name, or the path of its shared object) in one of the pool's Pythons, and tells
/// `progress` how many of how many are done.
pub fn survey(
    pool: &Pool,
    which: usize,
    module: &str,
    contracts: &BTreeMap<String, Contract>,
    limits: Limits,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Survey, SurveyError> {
    let mut surveyor = Surveyor { pool, which, limits, file: NativeFile { name: String::new(), path: String::new() } };
    surveyor.file = surveyor.find(module)?;
    let names = surveyor.functions()?;
    if let Some((function, contract)) = contracts.iter().find(|(name, _)| !names.contains(name)) {
        let (module, function) = (surveyor.file.name, function.clone());
        return Err(SurveyError::NoFunction { module, function, line: contract.line });
    }
    let mut functions = Vec::with_capacity(names.len());
    for name in &names {
        progress(functions.len(), names.len());
        if pool.cancelled() {
            break;
        }
        functions.push(surveyor.function(name, contracts.get(name))?);
    }
    let python = pool.references()[which].version.to_string();
    let NativeFile { name: module, path } = surveyor.file;
    Ok(Survey { format: SURVEY_FORMAT, module, path, python, functions })
}

struct Surveyor<'a> {
    pool: &'a Pool,
    which: usize,
    limits: Limits,
    file: NativeFile,
}

impl Surveyor<'_> {
    /// The shared object of a module.
    fn find(&self, module: &str) -> Result<NativeFile, SurveyError> {
        let missing = |reason: String| SurveyError::NoModule { module: module.to_owned(), reason };
        let path = Path::new(module);
        if path.is_file() {
            let path = path.canonicalize().map_err(|error| missing(error.to_string()))?;
            let stem = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let name = stem.split('.').next().unwrap_or_default().to_owned();
            return Ok(NativeFile { name, path: path.display().to_string() });
        }
        if module.contains(['/', '\\']) {
            return Err(missing("there is no such file".to_owned()));
        }
        let Some(interpreter) = &self.pool.references()[self.which].interpreter else {
            return Err(missing("name the path of its shared object: the observer alone does not find modules".to_owned()));
        };
        let question =
            "import importlib.util, sys\nspec = importlib.util.find_spec(sys.argv[1])\nprint(spec.origin if spec else '')";
        let answer = Command::new(&interpreter.executable).args(["-c", question, module]).output();
        let answer = answer.map_err(|error| missing(error.to_string()))?;
        let said = String::from_utf8_lossy(&answer.stdout);
        let path = PathBuf::from(said.trim());
        let is_shared = path.extension().is_some_and(|extension| extension == "so" || extension == "pyd" || extension == "dylib");
        match path.is_file() {
            true if is_shared => Ok(NativeFile { name: module.to_owned(), path: path.display().to_string() }),
            true => Err(missing(format!("it is no extension module but {}", path.display()))),
            false if said.trim().is_empty() => Err(missing(format!("Python {} finds no such module", interpreter.version))),
            false => Err(missing(format!("it is part of the interpreter ({}); only a shared object can be surveyed", said.trim()))),
        }
    }

    /// Runs a snippet with the module brought along.
    fn run(&self, source: String) -> Result<Response, SurveyError> {
        let mut observer = self.pool.witness(self.which)?;
        let request = RunRequest {
            filename: "survey".to_owned(),
            source: source.into_bytes(),
            folder: None,
            step_limit: self.limits.steps,
            natives: vec![self.file.clone()],
            apart: true,
        };
        let response = observer.ask(&Request::Run(request), self.limits.timeout)?;
        self.pool.give_back(self.which, observer);
        match response {
            Response::Rejected(refused) => Err(SurveyError::NoModule { module: self.file.name.clone(), reason: refused.message }),
            response => Ok(response),
        }
    }

    /// The names of its public functions.
    fn functions(&self) -> Result<Vec<String>, SurveyError> {
        let name = &self.file.name;
        let source = format!(
            "import {name} as module\nfor name in sorted(vars(module)):\n    \
             if not name.startswith('_') and type(getattr(module, name)) is type(len):\n        print(name)\n"
        );
        match self.run(source)? {
            Response::Finished(seen) if seen.trajectory.outcome == Outcome::Completed => {
                Ok(seen.trajectory.output.lines().map(str::to_owned).collect())
            }
            Response::Crashed(crash) => {
                Err(SurveyError::NoModule { module: name.clone(), reason: format!("importing it: {}", death_words(&crash)) })
            }
            _ => Err(SurveyError::NoModule { module: name.clone(), reason: "its functions cannot be listed".to_owned() }),
        }
    }

    /// Calls one function in all ways.
    fn function(&self, name: &str, contract: Option<&Contract>) -> Result<FunctionSurvey, SurveyError> {
        let stated = contract.is_some_and(|contract| !contract.is_default());
        let default = Contract::default();
        let contract = contract.unwrap_or(&default);
        let calls = calls::all(contract);
        let mut surveyed = FunctionSurvey { name: name.to_owned(), stated, calls: calls.len(), raised: 0, findings: Vec::new() };
        let (mut rest, mut deaths) = (calls.as_slice(), 0);
        while !rest.is_empty() {
            let script = calls::script(&self.file.name, name, rest);
            let response = match self.run(script.source.clone()) {
                Err(SurveyError::Observer(error @ ObserverError::TimedOut { .. })) => {
                    surveyed.find(error.to_string(), &format!("{name}(…)"));
                    break;
                }
                response => response?,
            };
            let (seen, death) = match response {
                Response::Finished(seen) => (Some(*seen), None),
                Response::Crashed(crash) => {
                    let words = death_words(&crash);
                    (crash.seen, Some(words))
                }
                _ => (None, None),
            };
            let Some(seen) = seen else {
                surveyed.find("ends the process before it is called".to_owned(), &rest[0].words(name));
                break;
            };
            let done = watch::watch(&seen, &script, rest, contract, name, &mut surveyed);
            let torn_down = matches!(seen.trajectory.steps.last().map(|step| step.place), Some(Place::Teardown(_)) | None);
            match death {
                // What the calls have broken shows when all is let go.
                None => break,
                Some(_) if torn_down => break,
                Some(words) => {
                    let fatal = done.min(rest.len() - 1);
                    surveyed.find(
                        format!("ends the process ({})", words.trim_start_matches("CPython died: ")),
                        &rest[fatal].words(name),
                    );
                    deaths += 1;
                    if deaths == MOST_DEATHS {
                        surveyed.calls -= rest.len() - fatal - 1;
                        break;
                    }
                    rest = &rest[fatal + 1..];
                }
            }
        }
        Ok(surveyed)
    }
}

impl FunctionSurvey {
    /// Notes something that a call shows.
    fn find(&mut self, what: String, call: &str) {
        match self.findings.iter_mut().find(|finding| finding.what == what) {
            Some(known) => known.calls += 1,
            None => self.findings.push(Finding { what, call: call.to_owned(), calls: 1 }),
        }
    }
}
