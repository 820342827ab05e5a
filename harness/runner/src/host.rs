//! What the VM asks of CPython: its library's code, its compiler, its texts.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use refdrift_trace::{CompileAnswer, CompileRequest, Member, ModuleAnswer, Request, Response, TextAnswer};
use refdrift_vm::Host;

use crate::observer::ObserverError;
use crate::witness::Witness;

/// What is said of an answer that does not fit.
const OTHER: &str = "the observer answered something else";

/// How many compiled sources are kept.
const COMPILED_LIMIT: usize = 1024;

/// Of how many texts it is remembered whether they were interned.
const INTERNED_LIMIT: usize = 65_536;

/// The modules of one Python's library that were asked for so far: code that does not change while we run.
#[derive(Debug, Default)]
pub(crate) struct Library(Mutex<HashMap<String, Arc<ModuleAnswer>>>);

/// What was asked, and what came of it.
pub(crate) type Notes = Vec<(Request, Result<Response, ObserverError>)>;

/// Where a witness waits between runs, and answers what the VM asks meanwhile.
pub(crate) struct Desk {
    witness: Mutex<Option<Witness>>,
    library: Arc<Library>,
    compiled: Mutex<HashMap<CompileRequest, CompileAnswer>>,
    texts: Mutex<HashMap<Vec<String>, TextAnswer>>,
    members: Mutex<HashMap<String, Option<Arc<[Member]>>>>,
    interned: Mutex<HashMap<String, bool>>,
    /// Why the VM got no answer.
    failed: Mutex<Option<ObserverError>>,
    /// What is asked is noted while this is there.
    notes: Mutex<Option<Notes>>,
    patience: Duration,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("witness", &*lock(&self.witness)).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(crate) fn new(library: Arc<Library>, patience: Duration) -> Self {
        Self {
            witness: Mutex::default(),
            library,
            compiled: Mutex::default(),
            texts: Mutex::default(),
            members: Mutex::default(),
            interned: Mutex::default(),
            failed: Mutex::default(),
            notes: Mutex::default(),
            patience,
        }
    }

    /// Whether a witness waits here.
    #[cfg(feature = "faults")]
    pub(crate) fn is_taken(&self) -> bool {
        lock(&self.witness).is_some()
    }

    /// Takes the witness away.
    pub(crate) fn take(&self) -> Option<Witness> {
        lock(&self.witness).take()
    }

    /// Has a witness wait here.
    pub(crate) fn put(&self, witness: Witness) {
        *lock(&self.witness) = Some(witness);
    }

    /// Why the VM got no answer to something since this was last asked: what it did then is not what it does.
    pub(crate) fn take_failure(&self) -> Option<ObserverError> {
        lock(&self.failed).take()
    }

    /// Notes what is asked from now on; or no more, then these are the notes.
    pub(crate) fn take_notes(&self, go_on: bool) -> Notes {
        std::mem::replace(&mut *lock(&self.notes), go_on.then(Notes::new)).unwrap_or_default()
    }

    /// Notes something that was asked, if notes are taken.
    pub(crate) fn note(&self, note: impl FnOnce() -> (Request, Result<Response, ObserverError>)) {
        if let Some(notes) = &mut *lock(&self.notes) {
            notes.push(note());
        }
    }

    fn ask(&self, request: &Request) -> Result<Response, String> {
        let mut witness = self.take().ok_or("no observer is there to ask")?;
        let response = witness.ask(request, self.patience).map_err(|error| {
            let words = error.to_string();
            lock(&self.failed).get_or_insert(error);
            words
        })?;
        self.put(witness);
        match response {
            Response::Rejected(rejection) => {
                self.note(|| (request.clone(), Ok(Response::Rejected(rejection.clone()))));
                Err(rejection.message)
            }
            response => Ok(response),
        }
    }
}

impl Host for Desk {
    fn module(&self, name: &str) -> Result<Arc<ModuleAnswer>, String> {
        let known = lock(&self.library.0).get(name).cloned();
        let answer = match known {
            Some(known) => known,
            None => match self.ask(&Request::Module(name.to_owned()))? {
                Response::Module(answer) => {
                    let answer = Arc::new(answer);
                    lock(&self.library.0).insert(name.to_owned(), Arc::clone(&answer));
                    answer
                }
                _ => return Err(OTHER.to_owned()),
            },
        };
        self.note(|| (Request::Module(name.to_owned()), Ok(Response::Module((*answer).clone()))));
        Ok(answer)
    }

    fn compile(&self, request: &CompileRequest) -> Result<CompileAnswer, String> {
        let known = lock(&self.compiled).get(request).cloned();
        let answer = match known {
            Some(known) => known,
            None => match self.ask(&Request::Compile(request.clone()))? {
                Response::Compiled(answer) => {
                    let mut compiled = lock(&self.compiled);
                    if compiled.len() >= COMPILED_LIMIT {
                        compiled.clear();
                    }
                    compiled.insert(request.clone(), (*answer).clone());
                    *answer
                }
                _ => return Err(OTHER.to_owned()),
            },
        };
        self.note(|| (Request::Compile(request.clone()), Ok(Response::Compiled(Box::new(answer.clone())))));
        Ok(answer)
    }

    fn members(&self, module: &str) -> Result<Option<Arc<[Member]>>, String> {
        let known = lock(&self.members).get(module).cloned();
        let answer = match known {
            Some(known) => known,
            None => match self.ask(&Request::Members(module.to_owned()))? {
                Response::Members(members) => {
                    let members = members.map(Arc::from);
                    lock(&self.members).insert(module.to_owned(), members.clone());
                    members
                }
                _ => return Err(OTHER.to_owned()),
            },
        };
        self.note(|| (Request::Members(module.to_owned()), Ok(Response::Members(answer.as_deref().map(<[_]>::to_vec)))));
        Ok(answer)
    }

    fn interned(&self, text: &str) -> Result<bool, String> {
        let known = lock(&self.interned).get(text).copied();
        let interned = match known {
            Some(known) => known,
            None => match self.ask(&Request::Interned(text.to_owned()))? {
                Response::Interned(interned) => {
                    let mut known = lock(&self.interned);
                    if known.len() >= INTERNED_LIMIT {
                        known.clear();
                    }
                    known.insert(text.to_owned(), interned);
                    interned
                }
                _ => return Err(OTHER.to_owned()),
            },
        };
        self.note(|| (Request::Interned(text.to_owned()), Ok(Response::Interned(interned))));
        Ok(interned)
    }

    fn text(&self, path: &[&str]) -> Result<TextAnswer, String> {
        let path: Vec<String> = path.iter().map(|&part| part.to_owned()).collect();
        let known = lock(&self.texts).get(&path).cloned();
        let text = match known {
            Some(known) => known,
            None => match self.ask(&Request::Text(path.clone()))? {
                Response::Text(text) => {
                    lock(&self.texts).insert(path.clone(), text.clone());
                    text
                }
                _ => return Err(OTHER.to_owned()),
            },
        };
        self.note(|| (Request::Text(path), Ok(Response::Text(text.clone()))));
        Ok(text)
    }
}
