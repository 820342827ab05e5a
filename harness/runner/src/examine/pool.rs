//! The references of a run.

use std::panic;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::golden::Golden;
use crate::host::Library;
use crate::interpreter::Interpreter;
use crate::native::Headers;
use crate::observer::{Observer, ObserverError, Reference};
use crate::provision::Workshop;
use crate::watchdog::Watchdog;
use crate::witness::Witness;

/// How many bytes a snippet may take in CPython, if nobody says otherwise.
pub const DEFAULT_MEMORY: u64 = 2 << 30;

/// The references of a run, with observers that are kept from case to case.
#[derive(Debug)]
pub struct Pool {
    pub(super) references: Vec<Reference>,
    idle: Vec<Mutex<Vec<Witness>>>,
    /// What stands for a reference that does not run.
    pub(super) goldens: Vec<Option<Arc<Golden>>>,
    pub(super) libraries: Vec<Arc<Library>>,
    /// Where the headers of each Python are, once somebody asked.
    pub(super) headers: Vec<OnceLock<Headers>>,
    /// Where compiled extension modules are kept.
    pub(super) natives: PathBuf,
    watchdog: Watchdog,
    memory: u64,
    pub(super) audit: bool,
    pub(super) fault: Option<refdrift_vm::Fault>,
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
    /// ([`refdrift_record::Fault::Audit`]). Slow.
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
