//! What the VM asks of CPython: its library's code, its compiler, its texts.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
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

/// Answers, by what was asked.
type Known<K, V> = Mutex<HashMap<K, V>>;

/// The modules of one Python's library that were asked for so far: code that does not change while we run.
#[derive(Debug, Default)]
pub(crate) struct Library(Known<String, Arc<ModuleAnswer>>);

/// What was asked, and what came of it.
pub(crate) type Notes = Vec<(Request, Result<Response, ObserverError>)>;

/// Where a witness waits between runs, and answers what the VM asks meanwhile.
pub(crate) struct Desk {
    witness: Mutex<Option<Witness>>,
    library: Arc<Library>,
    compiled: Known<CompileRequest, CompileAnswer>,
    texts: Known<Vec<String>, TextAnswer>,
    members: Known<String, Option<Arc<[Member]>>>,
    interned: Known<String, bool>,
    counted: Known<String, bool>,
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
            counted: Mutex::default(),
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

    /// What is known, else what CPython answers: it is remembered, and noted either way. When more than `limit` answers are known,
    /// all are forgotten. `read` takes an answer out of its response, `told` puts it back.
    fn answer<Q, V>(
        &self,
        (known, limit): (&Known<Q::Owned, V>, usize),
        asked: &Q,
        request: fn(Q::Owned) -> Request,
        read: fn(Response) -> Option<V>,
        told: fn(V) -> Response,
    ) -> Result<V, String>
    where
        Q: ToOwned<Owned: Eq + Hash> + Eq + Hash + ?Sized,
        V: Clone,
    {
        let remembered = lock(known).get(asked).cloned();
        let answer = match remembered {
            Some(answer) => answer,
            None => {
                let answer = read(self.ask(&request(asked.to_owned()))?).ok_or(OTHER)?;
                let mut known = lock(known);
                if known.len() >= limit {
                    known.clear();
                }
                known.insert(asked.to_owned(), answer.clone());
                answer
            }
        };
        self.note(|| (request(asked.to_owned()), Ok(told(answer.clone()))));
        Ok(answer)
    }
}

impl Host for Desk {
    fn module(&self, name: &str) -> Result<Arc<ModuleAnswer>, String> {
        let read = |response| if let Response::Module(answer) = response { Some(Arc::new(answer)) } else { None };
        let told = |answer: Arc<ModuleAnswer>| Response::Module((*answer).clone());
        self.answer((&self.library.0, usize::MAX), name, Request::Module, read, told)
    }

    fn compile(&self, request: &CompileRequest) -> Result<CompileAnswer, String> {
        let read = |response| if let Response::Compiled(answer) = response { Some(*answer) } else { None };
        let told = |answer| Response::Compiled(Box::new(answer));
        self.answer((&self.compiled, COMPILED_LIMIT), request, Request::Compile, read, told)
    }

    fn members(&self, module: &str) -> Result<Option<Arc<[Member]>>, String> {
        let read = |response| if let Response::Members(members) = response { Some(members.map(Arc::from)) } else { None };
        let told = |members: Option<Arc<[Member]>>| Response::Members(members.as_deref().map(<[_]>::to_vec));
        self.answer((&self.members, usize::MAX), module, Request::Members, read, told)
    }

    fn interned(&self, text: &str) -> Result<bool, String> {
        let read = |response| if let Response::Interned(interned) = response { Some(interned) } else { None };
        self.answer((&self.interned, INTERNED_LIMIT), text, Request::Interned, read, Response::Interned)
    }

    fn counted(&self, text: &str) -> Result<bool, String> {
        let read = |response| if let Response::Interned(counted) = response { Some(counted) } else { None };
        self.answer((&self.counted, INTERNED_LIMIT), text, Request::Counted, read, Response::Interned)
    }

    fn text(&self, path: &[&str]) -> Result<TextAnswer, String> {
        let path: Vec<String> = path.iter().map(|&part| part.to_owned()).collect();
        let read = |response| if let Response::Text(text) = response { Some(text) } else { None };
        self.answer((&self.texts, usize::MAX), path.as_slice(), Request::Text, read, Response::Text)
    }
}
