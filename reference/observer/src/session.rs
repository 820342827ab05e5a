//! One interpreter, started once, that runs snippet after snippet.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCode, PyDict, PyModule};
use refdrift_trace::{
    CompileAnswer, CompileRequest, InspectAt, InspectRequest, Inspected, Inspection, ModuleAnswer, NativeFile, Observation,
    Outcome, PyVersion, Rejection, RejectionKind, Response, RunRequest, Teardown, TextAnswer, TimeRequest, Timings,
};
use rustc_hash::{FxHashMap, FxHashSet};
use thiserror::Error;

use crate::apart::Notes;
use crate::depth::Depths;
use crate::ffi::{self, BootError, Code, Statics, Watch, recorder, typecache};
use crate::hygiene::{Hygiene, is_wide};
use crate::imports::{self, Aside, Finder, Library, SiblingCode};
use crate::members;
use crate::names::canonical_name;
use crate::natives;
use crate::opcodes::Opcodes;
use crate::record::{Looking, Recorder};
use crate::tell::{compile_error, observer_error, raised, refusal};
use crate::unit::Exported;
use crate::wire;

/// The globals that the harness puts there, in this order.
const GIVEN_GLOBALS: [&str; 2] = ["__name__", "__builtins__"];

/// How many globals the teardown deletes at most: finalisers may add some for ever.
const GLOBALS_LIMIT: usize = 1_000_000;

/// Why there is no session.
#[derive(Debug, Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Boot(#[from] BootError),
    #[error("preparing Python failed: {0}")]
    Prepare(#[from] PyErr),
    #[error(transparent)]
    TypeCache(#[from] typecache::TypeCacheError),
    #[cfg(Py_3_12)]
    #[error(transparent)]
    Versions(#[from] ffi::versions::VersionsError),
}

/// What was seen of a run.
struct Seen {
    observation: Observation,
    /// Who held what, of a run that was to be looked into.
    inspections: Option<Vec<Inspection>>,
}

impl Seen {
    fn response(self) -> Response {
        let Self { observation, inspections } = self;
        match inspections {
            None => Response::Finished(Box::new(observation)),
            Some(inspections) => Response::Inspected(Box::new(Inspected { trajectory: observation.trajectory, inspections })),
        }
    }
}

/// See the module.
pub(crate) struct Session {
    version: PyVersion,
    process: u32,
    opcodes: Opcodes,
    statics: Arc<Statics>,
    /// The strings that were interned at the start, once somebody asks.
    interned: Option<FxHashSet<Box<str>>>,
    /// The strings that were counted at the start, once somebody asks.
    counted: Option<FxHashSet<Box<str>>>,
    static_names: FxHashMap<u32, Arc<str>>,
    watch: Watch,
    hygiene: Hygiene,
    finder: Finder,
    aside: Aside,
    builtins: Py<PyModule>,
    compile: Py<PyAny>,
    gc_collect: Py<PyAny>,
    gc_objects: Py<PyAny>,
}

impl Session {
    /// Starts Python on this thread, which is to have much stack.
    pub(crate) fn start() -> Result<Self, SessionError> {
        let version = ffi::boot()?;
        Python::attach(|py| {
            #[cfg(Py_3_12)]
            ffi::versions::exhaust(py)??;
            let hygiene = Hygiene::prepare(py)?;
            let opcodes = Opcodes::of_interpreter(py)?;
            let watch = Watch::prepare(py)?;
            let builtins = py.import("builtins")?;
            let compile = builtins.getattr("compile")?.unbind();
            let gc_collect = py.import("gc")?.getattr("collect")?.unbind();
            let gc_objects = py.import("gc")?.getattr("get_objects")?.unbind();
            #[cfg(Py_3_12)]
            ffi::versions::forget_all(gc_objects.bind(py).call0()?.as_any())?;
            typecache::find(py)?;
            ffi::install_hooks(py)?;
            gc_collect.call0(py)?;
            let finder = Finder::prepare(py)?;
            let statics = Arc::new(Statics::collect(py, roots(py)?)?);
            let hygiene = hygiene.snapshot(py)?;
            Ok(Self {
                version,
                process: std::process::id(),
                opcodes,
                statics,
                interned: None,
                counted: None,
                static_names: FxHashMap::default(),
                watch,
                hygiene,
                finder,
                aside: Aside::prepare(py)?,
                builtins: builtins.unbind(),
                compile,
                gc_collect,
                gc_objects,
            })
        })
    }

    /// Lets snippets take so many bytes. What CPython is refused from then on is told as a shortage, not as the snippet's own doing.
    pub(crate) fn limit_memory(bytes: u64) -> std::io::Result<()> {
        Python::attach(|py| ffi::limit_memory(py, bytes))
    }

    /// The Python that it runs.
    pub(crate) fn version(&self) -> PyVersion {
        self.version
    }

    /// What the interpreter calls its instructions.
    pub(crate) fn opcodes(&self) -> &Opcodes {
        &self.opcodes
    }

    /// Compiles and runs a snippet, traced.
    pub(crate) fn run(&mut self, request: &RunRequest) -> Response {
        self.run_and_look(request, None).map_or_else(Response::Rejected, Seen::response)
    }

    /// Runs a snippet once more, and looks who holds what.
    pub(crate) fn inspect(&mut self, request: &InspectRequest) -> Response {
        self.run_and_look(&request.run, Some(&request.at)).map_or_else(Response::Rejected, Seen::response)
    }

    /// What a run leaves behind in the library's classes every later one finds. So that all are alike, the first is run once more.
    fn run_and_look(&mut self, request: &RunRequest, at: Option<&InspectAt>) -> Result<Seen, Rejection> {
        Python::attach(|py| {
            self.hygiene.make_room(py);
            self.statics.count_again(&FxHashSet::default());
        });
        let first = self.run_and_put_right(request, at);
        let remains = Python::attach(|py| self.hygiene.remains(py));
        if first.is_ok() && remains { self.run_and_put_right(request, at) } else { first }
    }

    fn run_and_put_right(&mut self, request: &RunRequest, at: Option<&InspectAt>) -> Result<Seen, Rejection> {
        ffi::forget_shortage();
        let result = Python::attach(|py| {
            let failed = |error: PyErr| observer_error(py, &error);
            let result = self.hygiene.before(py).map_err(failed).and_then(|()| self.observe(py, request, at, None));
            let wide = result.as_ref().map_or(true, |seen| is_wide(&seen.observation.unit, self.opcodes.import_name));
            self.finder.withdraw(py);
            let after = self.hygiene.after(py, wide).map_err(failed);
            result.and_then(|seen| after.map(|()| seen))
        });
        if std::process::id() != self.process {
            ffi::vanish();
        }
        enough_memory(result)
    }

    /// Runs a snippet in this process, a process apart that ends after it: nothing is put right again.
    pub(crate) fn run_once(&mut self, request: &RunRequest, at: Option<&InspectAt>, notes: &Notes) -> Response {
        self.process = std::process::id();
        ffi::forget_shortage();
        let result = Python::attach(|py| {
            let failed = |error: PyErr| observer_error(py, &error);
            ffi::keep_all_memory(py);
            self.hygiene.before(py).map_err(failed)?;
            let seen = self.observe(py, request, at, Some(notes))?;
            Hygiene::check_threads(py).map_err(failed)?;
            Ok(seen)
        });
        if std::process::id() != self.process {
            ffi::vanish();
        }
        enough_memory(result).map_or_else(Response::Rejected, Seen::response)
    }

    /// Loads the extension modules that a run brings along; they were there before it starts.
    fn load_natives(&mut self, py: Python<'_>, wanted: &[NativeFile]) -> PyResult<()> {
        natives::load(py, wanted)?;
        self.gc_collect.call0(py)?;
        if let Some(statics) = Arc::get_mut(&mut self.statics) {
            let modules = py.import("sys")?.getattr("modules")?;
            for native in wanted {
                statics.extend(py, &modules.get_item(&native.name)?)?;
            }
        }
        self.hygiene.before(py)
    }

    /// What all objects that were there before are called, by their place among them.
    fn all_static_names(&self, py: Python<'_>) -> Vec<Arc<str>> {
        let objects = (0..).map_while(|index| self.statics.object(py, index));
        objects.map(|object| canonical_name(object).into()).collect()
    }

    fn compile<'py>(&self, py: Python<'py>, source: &[u8], filename: &str) -> Result<Bound<'py, PyCode>, Rejection> {
        let source = PyBytes::new(py, source);
        // flags 0, and nothing inherited from the caller, which has no frame.
        let code = self.compile.bind(py).call1((source, filename, "exec", 0, true)).map_err(|error| refusal(py, &error))?;
        code.cast_into().map_err(|_| Rejection {
            kind: RejectionKind::Observer,
            message: "compile() returned no code object".to_owned(),
            line: None,
        })
    }

    /// Imports what the library has of what the snippet may import; see [`CodeUnit::library`](refdrift_trace::CodeUnit::library).
    fn import_library(&mut self, py: Python<'_>, wanted: Vec<String>, siblings: &[SiblingCode<'_>]) -> PyResult<Vec<String>> {
        if wanted.is_empty() {
            return Ok(wanted);
        }
        self.aside.bring(py, &wanted)?;
        // What the snippet names itself, which is compiled, is not counted; what only the new module names is, as in later runs.
        let named = self.statics.uncounted();
        let (library, new) = imports::import_library(py, wanted, siblings)?;
        self.statics.count_again(&named);
        // One that an earlier run brought along may be new to them.
        if let Some(statics) = Arc::get_mut(&mut self.statics) {
            for name in &library {
                statics.extend(py, &py.import("sys")?.getattr("modules")?.get_item(name)?)?;
            }
        }
        if new {
            self.aside.keep(py)?;
            self.gc_collect.call0(py)?;
            self.hygiene.remember(py)?;
            self.hygiene.before(py)?;
        }
        Ok(library)
    }

    /// Hands over a module of the library.
    pub(crate) fn module(&mut self, name: &str) -> Response {
        let answer = Python::attach(|py| {
            let failed = |error: PyErr| observer_error(py, &error);
            Ok(match self.ask(py, || imports::find(py, name)).map_err(failed)? {
                Library::Missing => ModuleAnswer::Missing,
                Library::Native => ModuleAnswer::Native,
                Library::Python { code, path, package } => {
                    let filename: String = code.getattr("co_filename").and_then(|name| name.extract()).map_err(failed)?;
                    let mut exported = Exported::of(py, Code::of(&code), self.version, &filename).map_err(failed)?;
                    exported.read_counts();
                    ModuleAnswer::Python { unit: Box::new(exported.unit), path, package }
                }
            })
        });
        answer.map_or_else(Response::Rejected, Response::Module)
    }

    /// A text that the interpreter has: a docstring, `sys.version`; of several texts (`sys.builtin_module_names`) one a line.
    pub(crate) fn text(&self, path: &[String]) -> Response {
        let answer = Python::attach(|py| self.ask(py, || Ok(find_text(py, path))).ok().flatten());
        Response::Text(answer.unwrap_or(TextAnswer::Missing))
    }

    /// Whether a string of this text was interned before the first snippet: every later one finds the same.
    pub(crate) fn interned(&mut self, text: &str) -> Response {
        let statics = &self.statics;
        let known = self.interned.get_or_insert_with(|| Python::attach(|py| statics.interned_at_start(py)));
        Response::Interned(known.contains(text))
    }

    /// Whether the string of this text that was there before the first snippet, if there is one, is counted.
    pub(crate) fn counted(&mut self, text: &str) -> Response {
        let statics = &self.statics;
        let counted = self.counted.get_or_insert_with(|| Python::attach(|py| statics.counted_at_start(py)));
        Response::Interned(counted.contains(text))
    }

    /// What a module that is written in C holds.
    pub(crate) fn members(&self, name: &str) -> Response {
        let answer = Python::attach(|py| self.ask(py, || members::of(py, name)).map_err(|error| observer_error(py, &error)));
        answer.map_or_else(Response::Rejected, Response::Members)
    }

    /// Finds out something of the library between two runs: what has been imported for one run or other is at hand meanwhile (to
    /// import it anew would fill its caches again), and what the question itself imports does not stay.
    fn ask<T>(&self, py: Python<'_>, question: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let modules = py.import("sys")?.getattr("modules")?;
        let there = modules.len()?;
        self.aside.bring_all(py)?;
        let with_kept = modules.len()?;
        let answer = question();
        if modules.len()? != with_kept {
            self.hygiene.after(py, true)?;
        } else if with_kept != there {
            self.hygiene.put_away_modules(py)?;
        }
        answer
    }

    /// Compiles what a program wants to have compiled at run time.
    pub(crate) fn compile_for(&self, request: &CompileRequest) -> Response {
        let answer = Python::attach(|py| {
            let failed = |error: PyErr| observer_error(py, &error);
            let (compiled, warned) = imports::compile(self.compile.bind(py), request).map_err(failed)?;
            if warned {
                // The program may have its own ways with warnings.
                let message = "a source that the compiler warns of".to_owned();
                return Err(Rejection { kind: RejectionKind::Observer, message, line: None });
            }
            match compiled {
                Ok(code) => {
                    let code = code.cast::<PyCode>().map_err(|error| failed(error.into()))?;
                    let mut exported = Exported::of(py, Code::of(code), self.version, &request.filename).map_err(failed)?;
                    exported.read_counts();
                    exported.read_statics(&self.statics);
                    Ok(CompileAnswer::Code(exported.unit))
                }
                Err(error) => Ok(compile_error(py, &error)),
            }
        });
        answer.map_or_else(Response::Rejected, |answer| Response::Compiled(Box::new(answer)))
    }

    fn fresh_globals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let globals = PyDict::new(py);
        globals.set_item(pyo3::intern!(py, "__name__"), pyo3::intern!(py, "__main__"))?;
        globals.set_item(pyo3::intern!(py, "__builtins__"), self.builtins.bind(py))?;
        Ok(globals)
    }

    fn observe(
        &mut self,
        py: Python<'_>,
        request: &RunRequest,
        at: Option<&InspectAt>,
        notes: Option<&Notes>,
    ) -> Result<Seen, Rejection> {
        let failed = |error: PyErr| observer_error(py, &error);
        if !request.natives.is_empty() {
            self.load_natives(py, &request.natives).map_err(failed)?;
        }
        let code = self.compile(py, &request.source, &request.filename)?;
        let wanted = imports::names(py, &self.opcodes, &code, "");
        let siblings = match &request.folder {
            Some(folder) if !wanted.is_empty() => {
                let compile = |source: &[u8], path: &str| {
                    self.compile(py, source, path).map_err(|refused| Rejection {
                        message: format!("{path}: {}", refused.message),
                        line: None,
                        ..refused
                    })
                };
                self.finder.siblings(py, &self.opcodes, &wanted, Path::new(folder), compile)?
            }
            _ => Vec::new(),
        };
        let library = self.import_library(py, imports::wanted_by_all(wanted, &siblings), &siblings).map_err(failed)?;
        let globals = self.fresh_globals(py).map_err(failed)?;
        let mut exported = Exported::of(py, Code::of(&code), self.version, &request.filename).map_err(failed)?;
        exported.unit.library = library;
        for one in &siblings {
            exported.add_sibling(py, one.sibling.clone(), Code::of(&one.code)).map_err(failed)?;
        }
        self.finder.offer(py, &siblings).map_err(failed)?;
        let mut depths = Vec::with_capacity(exported.codes.len());
        for (code, unit) in exported.codes.iter().zip(&exported.unit.codes) {
            depths.push(Depths::of(code.object().address(), unit, &self.opcodes).map_err(|error| Rejection {
                kind: RejectionKind::Observer,
                message: format!("the stack effects of a code object contradict each other: {error}"),
                line: Some(unit.firstlineno),
            })?);
        }
        let static_names = notes.map(|_| self.all_static_names(py));
        let mut recorder = Recorder::new(Arc::clone(&self.statics), exported.pool.clone(), depths, request.step_limit);
        if let Some(at) = at {
            recorder.look_at(Looking {
                at: at.clone(),
                list: self.gc_objects.clone_ref(py),
                globals: globals.as_ptr() as usize,
                looked: 0,
                found: Vec::new(),
            });
        }
        {
            let codes: Vec<Bound<'_, PyCode>> = exported.codes.iter().filter_map(|code| code.object().to_code(py)).collect();
            self.watch.start(py, &codes).map_err(failed)?;
        }
        typecache::clear(py);
        exported.read_counts();
        let unit = exported.unit;
        if let (Some(notes), Some(names)) = (notes, static_names) {
            recorder.keep_journal(notes.journal(&unit, names).map_err(|error| failed(error.into()))?);
        }

        recorder::start(py, Box::new(recorder));
        let outcome = match ffi::evaluate(&code, &globals) {
            Ok(()) => Outcome::Completed,
            Err(exception) => {
                recorder::with(py, |recorder| recorder.pause(true));
                let raised = raised(&exception, &code);
                recorder::with(py, |recorder| recorder.pause(false));
                drop(exception);
                Outcome::Raised(raised)
            }
        };
        teardown(Teardown::Outcome, py);
        let broken = recorder::with(py, |recorder| recorder.is_broken()).unwrap_or(false);
        for _ in 0..GLOBALS_LIMIT {
            let Some(name) = ffi::delete_first(&globals, &GIVEN_GLOBALS) else { break };
            recorder::settle(py, None);
            recorder::with(py, |recorder| {
                let name = recorder.name(&name);
                recorder.teardown(Teardown::Global(name));
                recorder.look(py, None);
            });
        }
        for name in self.finder.imported(py).map_err(failed)? {
            imports::forget(py, &name).map_err(failed)?;
            recorder::settle(py, None);
            recorder::with(py, |recorder| {
                let name = recorder.name(&name);
                recorder.teardown(Teardown::Module(name));
                recorder.look(py, None);
            });
        }
        self.gc_collect.call0(py).map_err(failed)?;
        teardown(Teardown::Collection, py);

        let recorder = recorder::stop(py);
        let stopped = self.watch.stop(py).map_err(failed);
        drop(globals);
        drop(code);
        stopped?;
        let Some(mut recorder) = recorder else {
            return Err(Rejection { kind: RejectionKind::Observer, message: "the recorder is gone".to_owned(), line: None });
        };
        let inspections = at.is_some().then(|| recorder.take_found());
        let output = self.hygiene.output(py).map_err(failed)?;
        let outcome = if broken { Outcome::BrokenOff } else { outcome };
        let Self { static_names, statics, .. } = self;
        let recording = recorder.finish(outcome, output, |index| {
            let name = static_names
                .entry(index)
                .or_insert_with(|| statics.object(py, index).map_or_else(|| "?".into(), |object| canonical_name(object).into()));
            Arc::clone(name)
        });
        match recording.failure {
            Some(message) => Err(Rejection { kind: RejectionKind::Observer, message, line: None }),
            None => Ok(Seen { observation: Observation { unit, trajectory: recording.trajectory }, inspections }),
        }
    }

    /// Measures what a snippet costs.
    pub(crate) fn time(&mut self, request: &TimeRequest) -> Response {
        let mut timings = Timings { compile: u64::MAX, execute: u64::MAX, observe: u64::MAX };
        for _ in 0..request.repeat.max(1) {
            match self.time_bare(&request.run) {
                Ok((compile, execute)) => {
                    timings.compile = timings.compile.min(compile);
                    timings.execute = timings.execute.min(execute);
                }
                Err(rejection) => return Response::Rejected(rejection),
            }
        }
        for _ in 0..request.repeat.max(1) {
            let start = Instant::now();
            let response = self.run(&request.run);
            if let Response::Rejected(_) = response {
                return response;
            }
            // Encoding belongs to the answer; what can't be encoded is told when it is asked for.
            let _ = wire::encode(&response);
            timings.observe = timings.observe.min(nanoseconds(start));
        }
        Response::Timed(timings)
    }

    /// Compiles and executes a snippet as CPython does without an observer.
    fn time_bare(&mut self, request: &RunRequest) -> Result<(u64, u64), Rejection> {
        Python::attach(|py| {
            let failed = |error: PyErr| observer_error(py, &error);
            self.hygiene.before(py).map_err(failed)?;
            let start = Instant::now();
            let code = self.compile(py, &request.source, &request.filename);
            let compile = nanoseconds(start);
            let result = code.and_then(|code| {
                let globals = self.fresh_globals(py).map_err(failed)?;
                let start = Instant::now();
                // An exception is as good an end as any.
                drop(ffi::evaluate(&code, &globals));
                drop(globals);
                Ok((compile, nanoseconds(start)))
            });
            self.gc_collect.call0(py).map_err(failed)?;
            self.hygiene.after(py, true).map_err(failed)?;
            result
        })
    }
}

fn find_text(py: Python<'_>, path: &[String]) -> Option<TextAnswer> {
    let (module, attributes) = path.split_first()?;
    let mut object = py.import(module.as_str()).ok()?.into_any();
    for (index, attribute) in attributes.iter().enumerate() {
        let found = match attribute.strip_suffix("()") {
            Some(method) => object.call_method0(method),
            None => object.getattr(attribute.as_str()),
        };
        object = match found {
            Ok(found) => found,
            // A type need not stand in the module that it says it is from.
            Err(_) if index == 0 => hidden_type(py, module, attribute)?,
            Err(_) => return None,
        };
    }
    if object.is_none() {
        return Some(TextAnswer::None);
    }
    if let Ok(text) = object.extract() {
        return Some(TextAnswer::Text(text));
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let text = |object: Bound<'_, PyAny>| match object.cast::<PyBytes>() {
            Ok(bytes) => std::str::from_utf8(bytes.as_bytes()).ok().map(str::to_owned),
            Err(_) => object.extract::<String>().ok(),
        };
        let lines = dict.iter().map(|(name, value)| Some(format!("{}={}", text(name)?, text(value)?)));
        return lines.collect::<Option<Vec<_>>>().map(|lines| TextAnswer::Text(lines.join("\n")));
    }
    let parts = object.try_iter().ok()?.map(|part| part?.extract::<String>());
    parts.collect::<PyResult<Vec<_>>>().ok().map(|parts| TextAnswer::Text(parts.join("\n")))
}

/// A type that no module gives away, by what it says of itself.
fn hidden_type<'py>(py: Python<'py>, module: &str, name: &str) -> Option<Bound<'py, PyAny>> {
    let find = c"lambda module, name: next(t for t in object.__subclasses__() if (t.__module__, t.__name__) == (module, name))";
    py.eval(find, None, None).ok()?.call1((module, name)).ok()
}

/// What was seen, unless CPython was refused memory: then the snippet did what it would not do with more of it.
fn enough_memory(seen: Result<Seen, Rejection>) -> Result<Seen, Rejection> {
    if !ffi::was_short() {
        return seen;
    }
    let message = "the snippet takes more memory than it may (--max-memory)".to_owned();
    Err(Rejection { kind: RejectionKind::Memory, message, line: None })
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn teardown(act: Teardown, py: Python<'_>) {
    recorder::settle(py, None);
    recorder::with(py, |recorder| {
        recorder.teardown(act);
        recorder.look(py, None);
    });
}

/// All that exists and could be come upon: what the modules hold, and what the interpreter keeps for itself.
fn roots(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let mut roots = vec![py.import("sys")?.getattr("modules")?];
    let singletons = c"[(), '', b'', None, True, False, ..., NotImplemented, *range(-5, 257), *map(chr, range(256)), \
        *(bytes([byte]) for byte in range(256)), repr(True), repr(False)]";
    roots.extend(py.eval(singletons, None, None)?.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    // The message is a static object of CPython's.
    if let Err(error) = py.eval(c"[][0]", None, None) {
        roots.push(error.value(py).getattr("args")?.get_item(0)?);
    }
    let below = c"(lambda f: f(f, object, set()))(lambda f, t, seen: seen if t in seen else \
        (seen.add(t), [f(f, s, seen) for s in type.__subclasses__(t)], seen)[2])";
    roots.extend(py.eval(below, None, None)?.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    Ok(roots)
}
