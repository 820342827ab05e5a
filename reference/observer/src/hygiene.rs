//! Every case starts from the same state.
//!
//! The modules that programs use are imported before anything is recorded. What a snippet may change without importing anything
//! is put right after each run; what takes an import to get at (a module's globals, a cache in the standard library) only
//! after a snippet that could have imported something, since that takes longer.

use std::cell::Cell;
use std::ffi::CString;
use std::sync::LazyLock;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple, PyType};
use refdrift_trace::{CodeUnit, ConstantValue};
use rustc_hash::FxHashSet;

#[cfg(any(not(Py_3_12), Py_3_13))]
use crate::ffi::NamingClasses;
use crate::ffi::{Standard, dict_holds, dict_version, list_holds, other_threads};

/// Imported at start. Missing ones (a Python built without some library) are left out. The first ones are what C code imports else.
const MODULES: &str = "abc,collections,collections.abc,numbers,array,ast,asyncio,atexit,base64,bisect,builtins,calendar,cmath,configparser,\
contextlib,contextvars,copy,copyreg,csv,dataclasses,datetime,decimal,difflib,dis,doctest,email,enum,errno,fnmatch,fractions,functools,gc,glob,\
hashlib,heapq,html,inspect,io,itertools,json,keyword,linecache,locale,logging,math,operator,os,pathlib,pdb,pickle,pprint,queue,\
random,re,readline,reprlib,sched,secrets,select,selectors,shlex,shutil,signal,site,socket,stat,statistics,string,struct,subprocess,symtable,sys,\
sysconfig,tempfile,textwrap,threading,time,timeit,token,tokenize,traceback,types,typing,unicodedata,unittest,unittest.mock,uuid,\
warnings,weakref,zlib,zoneinfo";

/// Run once after the imports.
static WARM_UP: LazyLock<CString> = LazyLock::new(|| CString::new(include_str!("warmup.py")).unwrap_or_default());

/// Takes out what flags remember of their combinations, and of what is the other way round: each run combines them itself.
const FORGET_COMBINED: &str = "\
import enum
def members(kind):
    for flags in kind.__subclasses__():
        yield from flags._member_map_.values()
        yield from members(flags)
upright = [member for member in members(enum.Flag) if getattr(member, '_inverted_', 0) is None]
def forget_combined(kind=enum.Flag):
    for member in upright:
        if member._inverted_ is not None:
            member._inverted_ = None
    forget_in_classes(kind)
def forget_in_classes(kind):
    for flags in kind.__subclasses__():
        known = flags._value2member_map_
        for value in [value for value, member in known.items() if member._name_ not in flags._member_map_]:
            del known[value]
        forget_in_classes(flags)
";

/// Puts the loggers back that were there, and the root logger as it was: they are in attributes of objects.
const FORGET_LOGGERS: &str = "\
import logging
root, manager = logging.root, logging.Logger.manager
loggers, attributes = dict(manager.loggerDict), vars(manager).copy()
def forget_loggers():
    manager.loggerDict.clear()
    manager.loggerDict.update(loggers)
    for name, value in attributes.items():
        setattr(manager, name, value)
    for logger in [root, *(one for one in loggers.values() if isinstance(one, logging.Logger))]:
        logger.handlers.clear()
        logger.filters.clear()
        logger._cache.clear()
        logger.level = logging.WARNING if logger is root else logging.NOTSET
        logger.propagate, logger.disabled = True, False
    logging._handlers.clear()
";

/// The first finaliser of a run finds that none was there before, and has the others called at the end.
const FORGET_FINALIZERS: &str = "\
import weakref
def forget_finalizers(kind=weakref.finalize):
    if kind._registered_with_atexit:
        kind._registered_with_atexit = kind._dirty = False
        kind._index_iter = type(kind._index_iter)()
";

/// A container of a module that holds more than this is a table.
const TABLE: usize = 300;

/// Names by which a snippet gets at more than it names: code that it makes, modules, the classes of others.
const WIDE_NAMES: [&str; 9] =
    ["__import__", "exec", "eval", "compile", "__builtins__", "__globals__", "__subclasses__", "__loader__", "breakpoint"];

/// A container and what it held at the start: where that lies, for a quick look, and references to it. Of a dict also its version when it
/// last was as it is to be, for a quicker one.
enum Shelf {
    Dict(Py<PyDict>, Cell<Option<u64>>, Vec<(usize, usize)>, Vec<(Py<PyAny>, Py<PyAny>)>),
    List(Py<PyList>, Vec<usize>, Vec<Py<PyAny>>),
    Set(Py<PySet>, Vec<Py<PyAny>>),
}

/// A call that brings something back to its start, whatever became of it.
struct Reset {
    function: Py<PyAny>,
    arguments: Py<PyTuple>,
}

/// See the module.
pub(crate) struct Hygiene {
    stdout: Py<PyAny>,
    stderr: Py<PyAny>,
    freeze: Py<PyAny>,
    unfreeze: Py<PyAny>,
    current_directory: Option<std::path::PathBuf>,
    near: Vec<Shelf>,
    near_resets: Vec<Reset>,
    far: Vec<Shelf>,
    far_resets: Vec<Reset>,
    #[cfg(any(not(Py_3_12), Py_3_13))]
    naming: Option<NamingClasses>,
    /// How many names they kept before the run.
    #[cfg(any(not(Py_3_12), Py_3_13))]
    named: usize,
}

impl Hygiene {
    /// Imports what programs import.
    pub(crate) fn prepare(py: Python<'_>) -> PyResult<Self> {
        for name in MODULES.split(',') {
            if let Err(error) = py.import(module_name(py, name))
                && !error.is_instance_of::<pyo3::exceptions::PyImportError>(py)
            {
                return Err(error);
            }
        }
        // What `site` gives an interpreter that starts the usual way.
        let site = py.import("site")?;
        for name in ["setquit", "setcopyright", "sethelper"] {
            site.call_method0(name)?;
        }
        let globals = PyDict::new(py);
        // Else the classes in it were those of `builtins`, and `dataclasses` ran code there, which would leave its mark.
        globals.set_item("__name__", "warmup")?;
        py.run(&WARM_UP, Some(&globals), None)?;
        drop(globals);
        let gc = py.import("gc")?;
        gc.call_method0("disable")?;
        gc.call_method0("collect")?;
        let io = py.import("io")?;
        let (stdout, stderr) = (io.call_method0("StringIO")?, io.call_method0("StringIO")?);
        clear_stream(&stdout)?;
        clear_stream(&stderr)?;
        let sys = py.import("sys")?;
        sys.setattr("stdout", &stdout)?;
        sys.setattr("stderr", &stderr)?;
        py.import("random")?.call_method1("seed", (0,))?;
        Ok(Self {
            stdout: stdout.unbind(),
            stderr: stderr.unbind(),
            freeze: gc.getattr("freeze")?.unbind(),
            unfreeze: gc.getattr("unfreeze")?.unbind(),
            current_directory: std::env::current_dir().ok(),
            near: Vec::new(),
            near_resets: Vec::new(),
            far: Vec::new(),
            far_resets: Vec::new(),
            #[cfg(any(not(Py_3_12), Py_3_13))]
            naming: None,
            #[cfg(any(not(Py_3_12), Py_3_13))]
            named: 0,
        })
    }

    /// Remembers the state that each run is to start from.
    pub(crate) fn snapshot(mut self, py: Python<'_>) -> PyResult<Self> {
        let (sys, gc) = (py.import("sys")?.into_any(), py.import("gc")?.into_any());
        // `put_away_modules` takes the first.
        self.near = vec![
            Shelf::of(&sys.getattr("modules")?)?,
            Shelf::of(&py.import("builtins")?.getattr("__dict__")?)?,
            Shelf::of(&sys.getattr("__dict__")?)?,
        ]
        .into_iter()
        .flatten()
        .collect();
        self.near_resets = vec![
            Reset::new(&sys, "setrecursionlimit", (sys.call_method0("getrecursionlimit")?,))?,
            Reset::new(&gc, "disable", ())?,
            Reset::new(&gc, "set_threshold", gc.call_method0("get_threshold")?.cast_into::<PyTuple>()?)?,
            Reset::new(&gc, "set_debug", (0,))?,
            Reset::new(py.import("atexit")?.as_any(), "_clear", ())?,
        ];
        self.remember(py)?;
        Ok(self)
    }

    /// Remembers what the modules are like now, which no run has changed, as what each run is to start from.
    pub(crate) fn remember(&mut self, py: Python<'_>) -> PyResult<()> {
        (self.far, self.far_resets) = (Vec::new(), Vec::new());
        // The collector lists no object that is frozen, and the caches are looked for among those that it lists.
        self.unfreeze.call0(py)?;
        let sys = py.import("sys")?.into_any();
        let modules = sys.getattr("modules")?;
        let mut seen = FxHashSet::default();
        // It is put right after every run.
        seen.insert(modules.as_ptr() as usize);
        for module in modules.cast::<PyDict>()?.values().iter() {
            let Ok(namespace) = module.getattr("__dict__") else { continue };
            let Ok(namespace) = namespace.cast_into::<PyDict>() else { continue };
            for container in namespace.values().iter().chain([namespace.into_any()]) {
                // Most modules have the same `__builtins__`; long ones are tables that nobody changes.
                if !seen.insert(container.as_ptr() as usize) {
                    continue;
                }
                if let Ok(class) = container.cast::<PyType>() {
                    self.far.extend(caches_of(class)?);
                } else if container.len().is_ok_and(|length| length <= TABLE) {
                    self.far.extend(Shelf::of(&container)?);
                }
            }
        }
        self.far.extend(Shelf::of(&py.import("os")?.getattr("environ")?.getattr("_data")?)?);
        let caches = c"[f for f in __import__('gc').get_objects() if type(f).__name__ == '_lru_cache_wrapper']";
        for cache in py.eval(caches, None, None)?.try_iter()? {
            self.far_resets.push(Reset::new(&cache?, "cache_clear", ())?);
        }
        let decimal = py.import("decimal")?.into_any();
        self.far_resets.push(Reset::new(&sys, "settrace", (py.None(),))?);
        self.far_resets.push(Reset::new(&sys, "setprofile", (py.None(),))?);
        self.far_resets.push(Reset::new(py.import("random")?.as_any(), "seed", (0,))?);
        self.far_resets.push(Reset::new(py.import("re")?.as_any(), "purge", ())?);
        self.far_resets.push(Reset::new(py.import("struct")?.as_any(), "_clearcache", ())?);
        self.far_resets.push(Reset::new(&decimal, "setcontext", (decimal.getattr("DefaultContext")?,))?);
        let warnings = py.import("warnings")?.into_any();
        self.far_resets.push(Reset::new(&warnings, "_filters_mutated", ())?);
        // What the last warning was held against is forgotten at the next one, which nobody sees.
        let unseen = ("", py.import("builtins")?.getattr("ImportWarning")?, "", 0);
        self.far_resets.push(Reset::new(&warnings, "warn_explicit", unseen)?);
        self.far_resets.push(Reset::new(py.import("typing")?.as_any(), "clear_overloads", ())?);
        for (source, name) in
            [(FORGET_COMBINED, "forget_combined"), (FORGET_FINALIZERS, "forget_finalizers"), (FORGET_LOGGERS, "forget_loggers")]
        {
            let globals = PyDict::new(py);
            py.run(&CString::new(source)?, Some(&globals), None)?;
            let function = globals.as_any().get_item(name)?.unbind();
            self.far_resets.push(Reset { function, arguments: PyTuple::empty(py).unbind() });
        }
        #[cfg(any(not(Py_3_12), Py_3_13))]
        {
            // What was found before holds its classes: each reference counts.
            self.naming = None;
            let naming = NamingClasses::find(py)?;
            self.named = naming.names(py);
            self.naming = Some(naming);
        }
        // The first run finds the caches as every later one does: empty.
        for reset in &self.far_resets {
            reset.call(py)?;
        }
        Ok(())
    }

    /// Before a run: what is there now is no business of the collector's.
    pub(crate) fn before(&self, py: Python<'_>) -> PyResult<()> {
        self.freeze.call0(py).map(drop)
    }

    /// After a run. `wide` after one that could get at more than its own (see [`is_wide`]). An error for what can't be put right.
    pub(crate) fn after(&self, py: Python<'_>, wide: bool) -> PyResult<()> {
        for reset in &self.near_resets {
            reset.call(py)?;
        }
        for shelf in &self.near {
            shelf.restore(py)?;
        }
        if wide {
            // Shelves first: what they bring back the calls may need.
            for shelf in &self.far {
                shelf.restore(py)?;
            }
            for reset in &self.far_resets {
                reset.call(py)?;
            }
            if let Some(directory) = &self.current_directory {
                std::env::set_current_dir(directory)?;
            }
            Standard::mend()?;
        }
        for stream in [&self.stdout, &self.stderr] {
            clear_stream(stream.bind(py))?;
        }
        Self::check_threads(py)
    }

    /// Takes away what earlier runs have left of that kind (see [`Self::remains`]), so that there is room for it.
    #[cfg(any(not(Py_3_12), Py_3_13))]
    pub(crate) fn make_room(&mut self, py: Python<'_>) {
        if let Some(naming) = &self.naming {
            naming.forget(py);
            self.named = naming.names(py);
        }
    }

    #[cfg(all(Py_3_12, not(Py_3_13)))]
    #[allow(clippy::unused_self, reason = "but on 3.12 there is something")]
    pub(crate) fn make_room(&self, _: Python<'_>) {}

    /// Whether something of the run stays in the process and shows: that the library's classes keep more names for their instances. On
    /// 3.12 no name is counted.
    #[cfg(any(not(Py_3_12), Py_3_13))]
    pub(crate) fn remains(&mut self, py: Python<'_>) -> bool {
        let names = self.naming.as_ref().map_or(0, |naming| naming.names(py));
        std::mem::replace(&mut self.named, names) != names
    }

    #[cfg(all(Py_3_12, not(Py_3_13)))]
    #[allow(clippy::unused_self, reason = "but on 3.12 there is something")]
    pub(crate) fn remains(&self, _: Python<'_>) -> bool {
        false
    }

    /// Leaves those modules in `sys.modules` that every run finds there.
    pub(crate) fn put_away_modules(&self, py: Python<'_>) -> PyResult<()> {
        self.near.first().map_or(Ok(()), |modules| modules.restore(py))
    }

    /// An error if a thread of the run's still runs.
    pub(crate) fn check_threads(py: Python<'_>) -> PyResult<()> {
        if other_threads(py) > 0 {
            return Err(pyo3::exceptions::PyRuntimeError::new_err("the snippet leaves a thread running"));
        }
        Ok(())
    }

    /// What the run wrote.
    pub(crate) fn output(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.stdout.call_method0(py, pyo3::intern!(py, "getvalue"))?;
        Ok(text.bind(py).cast::<PyString>()?.to_string_lossy().into_owned())
    }
}

/// What a module is imported by, which becomes its name: the string that code has for it; of one in a package, which code imports in
/// many ways, one of its own.
pub(crate) fn module_name<'py>(py: Python<'py>, name: &str) -> Bound<'py, PyString> {
    if name.contains('.') { PyString::new(py, name) } else { PyString::intern(py, name) }
}

/// Empties a `StringIO`, and has it copy what is written to it: one that starts out empty holds on to each `str` written to it
/// (it accumulates them until somebody reads), and those references would show in the counts.
fn clear_stream(stream: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = stream.py();
    stream.call_method1(pyo3::intern!(py, "__init__"), (pyo3::intern!(py, "-"),))?;
    stream.call_method1(pyo3::intern!(py, "truncate"), (0,))?;
    Ok(())
}

/// What a class keeps its findings in: what is empty, or says that it is a cache.
fn caches_of(class: &Bound<'_, PyType>) -> PyResult<Vec<Shelf>> {
    let mut shelves = Vec::new();
    for item in class.getattr("__dict__")?.call_method0("items")?.try_iter()? {
        let (name, container): (String, Bound<'_, PyAny>) = item?.extract()?;
        if let Some(shelf) = Shelf::of(&container)?
            && (container.len()? == 0 || name.contains("cache"))
        {
            shelves.push(shelf);
        }
    }
    Ok(shelves)
}

/// Whether a snippet could get at more than what it makes itself and the builtins.
pub(crate) fn is_wide(unit: &CodeUnit, import_name: u8) -> bool {
    unit.codes.iter().any(|code| code.bytecode.chunks_exact(2).any(|instruction| instruction[0] == import_name))
        || unit.pool.iter().any(|constant| match &constant.value {
            ConstantValue::Str(text) => WIDE_NAMES.contains(&text.as_str()),
            _ => false,
        })
}

impl Reset {
    fn new<'py>(
        owner: &Bound<'py, PyAny>,
        name: &str,
        arguments: impl IntoPyObject<'py, Output = Bound<'py, PyTuple>, Target = PyTuple, Error = impl Into<PyErr>>,
    ) -> PyResult<Self> {
        let arguments = arguments.into_pyobject(owner.py()).map_err(Into::into)?;
        Ok(Self { function: owner.getattr(name)?.unbind(), arguments: arguments.unbind() })
    }

    fn call(&self, py: Python<'_>) -> PyResult<()> {
        self.function.call1(py, self.arguments.bind(py)).map(drop)
    }
}

impl Shelf {
    /// What an object holds, if it is one of the plain containers.
    fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        Ok(if let Ok(dict) = object.cast_exact::<PyDict>() {
            let entries: Vec<_> = dict.iter().map(|(key, value)| (key.unbind(), value.unbind())).collect();
            let addresses = entries.iter().map(|(key, value)| (key.as_ptr() as usize, value.as_ptr() as usize)).collect();
            Some(Self::Dict(dict.clone().unbind(), Cell::new(dict_version(dict)), addresses, entries))
        } else if let Ok(list) = object.cast_exact::<PyList>() {
            let items: Vec<_> = list.iter().map(Bound::unbind).collect();
            let addresses = items.iter().map(|item| item.as_ptr() as usize).collect();
            Some(Self::List(list.clone().unbind(), addresses, items))
        } else if let Ok(set) = object.cast_exact::<PySet>() {
            let items = set.try_iter()?.map(|item| item.map(Bound::unbind)).collect::<PyResult<_>>()?;
            Some(Self::Set(set.clone().unbind(), items))
        } else {
            None
        })
    }

    fn restore(&self, py: Python<'_>) -> PyResult<()> {
        match self {
            Self::Dict(dict, version, addresses, entries) => {
                let dict = dict.bind(py);
                let now = dict_version(dict);
                if now.is_some() && now == version.get() {
                    return Ok(());
                }
                if dict_holds(dict, addresses) {
                    version.set(now);
                    return Ok(());
                }
                let held = dict.copy()?;
                for key in held.keys().iter() {
                    if !entries.iter().any(|entry| entry.0.is(&key)) {
                        dict.del_item(key)?;
                    }
                }
                for (key, value) in entries {
                    if !held.get_item(key)?.is_some_and(|now| now.is(value)) {
                        dict.set_item(key, value)?;
                    }
                }
                version.set(dict_version(dict));
            }
            Self::List(list, addresses, items) => {
                let list = list.bind(py);
                if !list_holds(list, addresses) {
                    list.set_slice(0, list.len(), PyList::new(py, items)?.as_any())?;
                }
            }
            Self::Set(set, items) => {
                let set = set.bind(py);
                // What was removed counts as well as what was added; both at once without a change of length is not looked for.
                if set.len() != items.len() {
                    set.clear();
                    items.iter().try_for_each(|item| set.add(item))?;
                }
            }
        }
        Ok(())
    }
}
