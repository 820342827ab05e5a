//! What the VM asks of CPython: its library's code, and its compiler.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use refdrift_trace::{CompileAnswer, CompileRequest, Member, ModuleAnswer, Request, Response, TextAnswer};
use refdrift_vm::Host;

use crate::observer::Observer;

/// How many compiled sources are kept.
const COMPILED_LIMIT: usize = 1024;

/// Of how many texts it is remembered whether they were interned.
const INTERNED_LIMIT: usize = 65_536;

/// The modules of one Python's library that were asked for so far: code that does not change while we run.
#[derive(Debug, Default)]
pub(crate) struct Library(Mutex<HashMap<String, Arc<ModuleAnswer>>>);

/// Where an observer waits between runs, and answers what the VM asks meanwhile.
pub(crate) struct Desk {
    observer: Mutex<Option<Observer>>,
    library: Arc<Library>,
    compiled: Mutex<HashMap<CompileRequest, CompileAnswer>>,
    texts: Mutex<HashMap<Vec<String>, TextAnswer>>,
    members: Mutex<HashMap<String, Option<Arc<[Member]>>>>,
    interned: Mutex<HashMap<String, bool>>,
    patience: Duration,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("observer", &*lock(&self.observer)).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    pub(crate) fn new(library: Arc<Library>, patience: Duration) -> Self {
        Self {
            observer: Mutex::default(),
            library,
            compiled: Mutex::default(),
            texts: Mutex::default(),
            members: Mutex::default(),
            interned: Mutex::default(),
            patience,
        }
    }

    /// Whether an observer waits here.
    #[cfg(feature = "faults")]
    pub(crate) fn is_taken(&self) -> bool {
        lock(&self.observer).is_some()
    }

    /// Takes the observer away.
    pub(crate) fn take(&self) -> Option<Observer> {
        lock(&self.observer).take()
    }

    /// Has an observer wait here.
    pub(crate) fn put(&self, observer: Observer) {
        *lock(&self.observer) = Some(observer);
    }

    fn ask(&self, request: &Request) -> Result<Response, String> {
        let mut observer = self.take().ok_or("no observer is there to ask")?;
        let response = observer.ask(request, self.patience).map_err(|error| error.to_string())?;
        self.put(observer);
        match response {
            Response::Rejected(rejection) => Err(rejection.message),
            response => Ok(response),
        }
    }
}

impl Host for Desk {
    fn module(&self, name: &str) -> Result<Arc<ModuleAnswer>, String> {
        if let Some(known) = lock(&self.library.0).get(name) {
            return Ok(Arc::clone(known));
        }
        match self.ask(&Request::Module(name.to_owned()))? {
            Response::Module(answer) => {
                let answer = Arc::new(answer);
                lock(&self.library.0).insert(name.to_owned(), Arc::clone(&answer));
                Ok(answer)
            }
            _ => Err("the observer answered something else".to_owned()),
        }
    }

    fn compile(&self, request: &CompileRequest) -> Result<CompileAnswer, String> {
        if let Some(known) = lock(&self.compiled).get(request) {
            return Ok(known.clone());
        }
        match self.ask(&Request::Compile(request.clone()))? {
            Response::Compiled(answer) => {
                let mut compiled = lock(&self.compiled);
                if compiled.len() >= COMPILED_LIMIT {
                    compiled.clear();
                }
                compiled.insert(request.clone(), (*answer).clone());
                Ok(*answer)
            }
            _ => Err("the observer answered something else".to_owned()),
        }
    }

    fn members(&self, module: &str) -> Result<Option<Arc<[Member]>>, String> {
        if let Some(known) = lock(&self.members).get(module) {
            return Ok(known.clone());
        }
        match self.ask(&Request::Members(module.to_owned()))? {
            Response::Members(members) => {
                let members = members.map(Arc::from);
                lock(&self.members).insert(module.to_owned(), members.clone());
                Ok(members)
            }
            _ => Err("the observer answered something else".to_owned()),
        }
    }

    fn interned(&self, text: &str) -> Result<bool, String> {
        if let Some(&known) = lock(&self.interned).get(text) {
            return Ok(known);
        }
        match self.ask(&Request::Interned(text.to_owned()))? {
            Response::Interned(interned) => {
                let mut known = lock(&self.interned);
                if known.len() >= INTERNED_LIMIT {
                    known.clear();
                }
                known.insert(text.to_owned(), interned);
                Ok(interned)
            }
            _ => Err("the observer answered something else".to_owned()),
        }
    }

    fn text(&self, path: &[&str]) -> Result<TextAnswer, String> {
        let path: Vec<String> = path.iter().map(|&part| part.to_owned()).collect();
        if let Some(known) = lock(&self.texts).get(&path) {
            return Ok(known.clone());
        }
        match self.ask(&Request::Text(path.clone()))? {
            Response::Text(text) => {
                lock(&self.texts).insert(path, text.clone());
                Ok(text)
            }
            _ => Err("the observer answered something else".to_owned()),
        }
    }
}
