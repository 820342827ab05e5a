//! What a snippet may import: modules beside it, which are traced like it, and the library's, which are there before it starts.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyBytes, PyCode, PyDict, PyModule};
use refdrift_trace::Sibling;
use rustc_hash::FxHashSet;

use crate::ffi::{Code, Object, tuple_items};
use crate::hygiene::module_name;
use crate::opcodes::Opcodes;

/// Importing one of these does something that people see.
const LOUD: [&str; 4] = ["antigravity", "this", "__hello__", "__phello__"];

/// Finds the modules beside the snippet: the compiled code objects are handed in, and taken away again.
const FINDER: &str = "\
import sys
from importlib.machinery import ModuleSpec
from importlib._bootstrap import _call_with_frames_removed
class Siblings:
    def __init__(self):
        self.modules = {}
    def find_spec(self, name, path=None, target=None):
        found = self.modules.get(name)
        return None if found is None else ModuleSpec(name, self, is_package=found[1])
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        _call_with_frames_removed(exec, self.modules[module.__spec__.name][0], module.__dict__)
siblings = Siblings()
sys.meta_path.insert(0, siblings)
";

/// Whose frames the import system takes out of tracebacks.
const LOADER_FILE: &str = "<frozen importlib._bootstrap_external>";

/// A module beside the snippet, compiled.
pub(crate) struct SiblingCode<'py> {
    pub(crate) sibling: Sibling,
    pub(crate) code: Bound<'py, PyCode>,
    /// The modules that it may import itself.
    wanted: Vec<String>,
}

/// The finder on `sys.meta_path`.
pub(crate) struct Finder {
    modules: Py<PyDict>,
    library: Py<PyAny>,
}

impl Finder {
    /// Puts the finder in place.
    pub(crate) fn prepare(py: Python<'_>) -> PyResult<Self> {
        let globals = PyDict::new(py);
        let builtins = py.import("builtins")?;
        let code = builtins.getattr("compile")?.call1((FINDER, LOADER_FILE, "exec"))?;
        builtins.getattr("exec")?.call1((code, &globals))?;
        let modules = globals.as_any().get_item("siblings")?.getattr("modules")?.cast_into::<PyDict>()?;
        let library = py.import("sys")?.getattr("stdlib_module_names")?;
        Ok(Self { modules: modules.unbind(), library: library.unbind() })
    }

    /// Whether a module's name is the standard library's.
    fn is_library(&self, py: Python<'_>, name: &str) -> bool {
        let top = name.split('.').next().unwrap_or(name);
        self.library.bind(py).contains(top).unwrap_or(false)
    }

    /// From now on these can be imported.
    pub(crate) fn offer(&self, py: Python<'_>, siblings: &[SiblingCode<'_>]) -> PyResult<()> {
        let modules = self.modules.bind(py);
        siblings.iter().try_for_each(|one| modules.set_item(&one.sibling.name, (&one.code, one.sibling.package)))
    }

    /// They can no longer.
    pub(crate) fn withdraw(&self, py: Python<'_>) {
        self.modules.bind(py).clear();
    }

    /// Those that have been imported, the last one first.
    pub(crate) fn imported(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let mut imported = Vec::new();
        if self.modules.bind(py).is_empty() {
            return Ok(imported);
        }
        let modules = py.import("sys")?.getattr("modules")?;
        for name in modules.cast::<PyDict>()?.keys() {
            if self.modules.bind(py).contains(&name)? {
                imported.push(name.extract()?);
            }
        }
        imported.reverse();
        Ok(imported)
    }

    /// The modules in a folder that a snippet which names these may import, itself or one of them, each after the package that
    /// holds it.
    pub(crate) fn siblings<'py>(
        &self,
        py: Python<'py>,
        opcodes: &Opcodes,
        wanted: &[String],
        folder: &Path,
        compile: impl Fn(&[u8], &str) -> Result<Bound<'py, PyCode>, refdrift_trace::Rejection>,
    ) -> Result<Vec<SiblingCode<'py>>, refdrift_trace::Rejection> {
        let mut found: Vec<SiblingCode<'py>> = Vec::new();
        // The names of a package stand before those in it.
        let mut wanted: std::collections::VecDeque<String> = wanted.iter().cloned().collect();
        while let Some(name) = wanted.pop_front() {
            if found.iter().any(|one| one.sibling.name == name) || self.is_library(py, &name) {
                continue;
            }
            let within = name.rsplit_once('.').map(|(package, _)| package);
            if within.is_some_and(|package| !found.iter().any(|one| one.sibling.name == package && one.sibling.package)) {
                continue;
            }
            let Some((path, package)) = lies_at(folder, &name) else { continue };
            let Ok(source) = std::fs::read(&path) else { continue };
            let path = path.display().to_string();
            let code = compile(&source, &path)?;
            let around = if package { name.as_str() } else { name.rsplit_once('.').map_or("", |(package, _)| package) };
            let own = names(py, opcodes, &code, around);
            wanted.extend(own.iter().cloned());
            found.push(SiblingCode { sibling: Sibling { name, path, package, code: 0 }, code, wanted: own });
        }
        Ok(found)
    }
}

/// Takes a module out of `sys.modules`.
pub(crate) fn forget(py: Python<'_>, name: &str) -> PyResult<()> {
    py.import("sys")?.getattr("modules")?.del_item(name)
}

/// The file of a module below a folder, and whether it is a package.
fn lies_at(folder: &Path, name: &str) -> Option<(PathBuf, bool)> {
    let base = name.split('.').fold(folder.to_owned(), |path, part| path.join(part));
    let package = base.join("__init__.py");
    if package.is_file() {
        return Some((package, true));
    }
    let module = base.with_extension("py");
    module.is_file().then_some((module, false))
}

/// The names of the modules that a code object and those within it may import, and of what those may hold. `package` is where
/// relative imports start.
pub(crate) fn names(py: Python<'_>, opcodes: &Opcodes, code: &Bound<'_, PyCode>, package: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut codes = vec![Code::of(code)];
    while let Some(code) = codes.pop() {
        codes.extend(code.consts().filter_map(Code::from_object));
        let imported = opcodes.arguments_of(&code.bytecode(py), opcodes.import_name);
        if imported.is_empty() {
            continue;
        }
        let all: Vec<Object<'_>> = code.names().collect();
        let text = |object: Object<'_>| object.exact_text(py);
        // What stands in a tuple of constants may be meant by `from … import`.
        let tuples = code.consts().filter(|constant| constant.borrow(py).is_exact_instance_of::<pyo3::types::PyTuple>());
        let parts: Vec<String> = tuples.flat_map(tuple_items).filter_map(text).collect();
        let mut around: Vec<&str> = vec![""];
        let mut outer = package;
        while !outer.is_empty() {
            around.push(outer);
            outer = outer.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        for name in imported.into_iter().filter_map(|index| all.get(index).copied()).filter_map(text) {
            for base in around.iter().map(|around| join(around, &name)).filter(|base| !base.is_empty()) {
                let mut prefix = String::new();
                for part in base.split('.') {
                    prefix = join(&prefix, part);
                    push_new(&mut names, prefix.clone());
                }
                for part in &parts {
                    push_new(&mut names, join(&base, part));
                }
            }
        }
    }
    names
}

fn join(package: &str, name: &str) -> String {
    match (package, name) {
        ("", name) => name.to_owned(),
        (package, "") => package.to_owned(),
        _ => format!("{package}.{name}"),
    }
}

fn push_new(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// Imports those of the modules that there are; their names, and whether one was new.
pub(crate) fn import_library(py: Python<'_>, names: Vec<String>, siblings: &[SiblingCode<'_>]) -> PyResult<(Vec<String>, bool)> {
    let mut imported = Vec::new();
    let mut new = false;
    let modules = py.import("sys")?.getattr("modules")?;
    for name in names {
        let beside = |one: &SiblingCode<'_>| one.sibling.name == name;
        if LOUD.contains(&name.as_str()) || name == "__main__" || siblings.iter().any(beside) {
            continue;
        }
        if modules.contains(&name)? {
            imported.push(name);
            continue;
        }
        // What is in no package can be nothing but an attribute.
        if let Some((package, _)) = name.rsplit_once('.')
            && !(imported.iter().any(|one| one == package) && modules.get_item(package)?.hasattr("__path__")?)
        {
            continue;
        }
        match PyModule::import(py, module_name(py, &name)) {
            Ok(_) => {
                new = true;
                imported.push(name);
            }
            // It will fail for the snippet too.
            Err(error) if error.is_instance_of::<pyo3::exceptions::PyException>(py) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((imported, new))
}

/// All that a snippet names and the modules beside it name.
pub(crate) fn wanted_by_all(main: Vec<String>, siblings: &[SiblingCode<'_>]) -> Vec<String> {
    main.into_iter().chain(siblings.iter().flat_map(|one| one.wanted.iter().cloned())).collect()
}

/// Modules that were imported for one run or other: they are kept, but out of sight of the runs that do not ask for them.
pub(crate) struct Aside {
    at_start: FxHashSet<String>,
    kept: Vec<(String, Py<PyAny>)>,
}

impl Aside {
    /// Before the first run: what is there now every run sees.
    pub(crate) fn prepare(py: Python<'_>) -> PyResult<Self> {
        let names = py.import("sys")?.getattr("modules")?.try_iter()?.map(|name| name?.extract());
        Ok(Self { at_start: names.collect::<PyResult<_>>()?, kept: Vec::new() })
    }

    /// Puts them back into `sys.modules` if one of them is wanted.
    pub(crate) fn bring(&self, py: Python<'_>, wanted: &[String]) -> PyResult<()> {
        if !self.kept.iter().any(|(name, _)| wanted.contains(name)) {
            return Ok(());
        }
        self.bring_all(py)
    }

    /// Puts all of them back into `sys.modules`.
    pub(crate) fn bring_all(&self, py: Python<'_>) -> PyResult<()> {
        let modules = py.import("sys")?.getattr("modules")?;
        self.kept.iter().try_for_each(|(name, module)| modules.set_item(name, module))
    }

    /// Keeps what has come into `sys.modules`.
    pub(crate) fn keep(&mut self, py: Python<'_>) -> PyResult<()> {
        for (name, module) in py.import("sys")?.getattr("modules")?.cast::<PyDict>()?.iter() {
            let Ok(name) = name.extract::<String>() else { continue };
            if !self.at_start.contains(&name) && !self.kept.iter().any(|(kept, _)| *kept == name) {
                self.kept.push((name, module.unbind()));
            }
        }
        Ok(())
    }
}

/// The code of a module of the library.
pub(crate) enum Library<'py> {
    Missing,
    Native,
    Python { code: Bound<'py, PyCode>, path: String, package: bool },
}

/// Finds a module as the import system does, without importing it (but for the package that holds it).
pub(crate) fn find<'py>(py: Python<'py>, name: &str) -> PyResult<Library<'py>> {
    let spec = match py.import("importlib.util")?.call_method1("find_spec", (name,)) {
        Ok(spec) if spec.is_none() => return Ok(Library::Missing),
        Ok(spec) => spec,
        Err(error) if error.is_instance_of::<PyImportError>(py) => return Ok(Library::Missing),
        // `sys.modules` has it, but it knows nothing of where it is from.
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyValueError>(py) => return Ok(Library::Native),
        Err(error) => return Err(error),
    };
    let spec = own_spec(py, name, &spec)?.unwrap_or(spec);
    let loader = spec.getattr("loader")?;
    if loader.is_none() || !loader.hasattr("get_code")? {
        return Ok(Library::Native);
    }
    let code = loader.call_method1("get_code", (spec.getattr("name")?,))?;
    let Ok(code) = code.cast_into::<PyCode>() else { return Ok(Library::Native) };
    let path = match spec.getattr("origin")?.extract::<String>() {
        // Where its source is, if that is at hand.
        Ok(origin) if origin == "frozen" => match py.import(name).and_then(|module| module.getattr("__file__")) {
            Ok(file) => file.extract()?,
            Err(_) => code.getattr("co_filename")?.extract()?,
        },
        Ok(origin) => origin,
        Err(_) => String::new(),
    };
    let package = !spec.getattr("submodule_search_locations")?.is_none();
    Ok(Library::Python { code, path, package })
}

/// The spec of a module that has put another in its place (`collections.abc` on 3.13): where its package has it.
fn own_spec<'py>(py: Python<'py>, name: &str, spec: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some((package, _)) = name.rsplit_once('.') else { return Ok(None) };
    if spec.getattr("name")?.extract::<String>()? == name {
        return Ok(None);
    }
    let Ok(path) = PyModule::import(py, package)?.getattr("__path__") else { return Ok(None) };
    let found = py.import("importlib.machinery")?.getattr("PathFinder")?.call_method1("find_spec", (name, path))?;
    Ok((!found.is_none()).then_some(found))
}

/// `compile()` with a program's own arguments: what it gives or raises, and whether it warned of something.
pub(crate) fn compile<'py>(
    compile: &Bound<'py, PyAny>,
    request: &refdrift_trace::CompileRequest,
) -> PyResult<(PyResult<Bound<'py, PyAny>>, bool)> {
    let py = compile.py();
    let source = match (request.text, std::str::from_utf8(&request.source)) {
        (true, Ok(text)) => pyo3::types::PyString::new(py, text).into_any(),
        _ => PyBytes::new(py, &request.source).into_any(),
    };
    let warnings = py.import("warnings")?;
    let record = PyDict::new(py);
    record.set_item("record", true)?;
    let catching = warnings.call_method("catch_warnings", (), Some(&record))?;
    let caught = catching.call_method0("__enter__")?;
    warnings.call_method1("simplefilter", ("always",))?;
    let compiled = compile.call1((source, &request.filename, &request.mode, request.flags, true, request.optimize));
    catching.call_method1("__exit__", (py.None(), py.None(), py.None()))?;
    Ok((compiled, caught.len()? > 0))
}
