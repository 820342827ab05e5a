//! Modules: `sys.modules`, and where what it holds comes from (`Python/import.c`, `Lib/importlib/_bootstrap.py`).
//!
//! A module of the standard library that CPython has in C is there natively ([`crate::modules`]); one that it has in Python runs
//! its own source, which the [`Host`](crate::Host) hands over compiled. What such a module makes while it is imported counts
//! as having been there before the snippet, as in CPython, where the observer imports it first. Modules beside the snippet
//! run like the snippet itself.

mod afresh;
mod early;
mod finding;
mod frame;
mod members;
mod native;
mod objects;
mod prelude;
mod texts;
mod unit;

use std::sync::Arc;

use refdrift_trace::{CodeUnit, ModuleAnswer};
use rustc_hash::{FxHashMap, FxHashSet};

pub(crate) use members::{ABSENT, Absent};
pub(crate) use native::Twin;
pub use native::{Convention, NativeModule};
pub(crate) use objects::{LOADER, SPEC};
pub(crate) use prelude::Preludes;
pub(crate) use unit::{Decoded, Origin, UNREPRESENTABLE};

use crate::api::{Missing, Unsupported};
use crate::heap::{Owned, Ref};
use crate::object::class::NativeType;
use crate::types::code::CodeRef;
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// What has been imported, and what is known of what can be.
#[derive(Default)]
pub(crate) struct Imports {
    /// `sys.modules`, once anything was imported in this run.
    modules: Option<Ref>,
    /// The code of the import system's frame.
    frame_code: Option<CodeRef>,
    /// The docstrings of builtin types that somebody looked at.
    docstrings: FxHashMap<Ref, Ref>,
    /// The library's code, decoded: kept from run to run.
    code: FxHashMap<String, Option<LibraryCode>>,
    /// The modules whose import asks for something that the VM does not have: kept from run to run.
    broken: FxHashMap<String, Unsupported>,
    /// The classes that only CPython has: kept from run to run.
    foreign_types: Vec<&'static NativeType>,
    /// What they are called, and what is in them.
    kept_texts: FxHashSet<&'static str>,
}

/// A module's code as it came from the host.
#[derive(Clone)]
struct LibraryCode {
    answer: Arc<ModuleAnswer>,
    decoded: Arc<Decoded>,
}

impl Vm {
    /// Lets the VM ask this host for the library's code.
    pub fn set_host(&mut self, host: Arc<dyn crate::Host>) {
        self.host = Some(host);
    }

    fn try_preload(&mut self, unit: &CodeUnit) -> Result<(), (String, Unsupported)> {
        if !unit.siblings.is_empty() && self.sys_modules().is_err() {
            self.clear_raised();
        }
        self.try_preload_natives()?;
        let registrants = |name: &String| {
            let name = name.clone();
            crate::modules::REGISTRANTS.iter().filter(move |(at, _)| *at == name).map(|&(_, other)| other.to_owned())
        };
        for name in unit.library.iter().flat_map(|name| std::iter::once(name.clone()).chain(registrants(name))) {
            if self.imports.broken.contains_key(&name) {
                continue;
            }
            let object = self.intern(&name);
            let imported = self.library_module(object.borrow());
            self.release(object);
            match imported {
                Ok(_) => {}
                // CPython has imported it: that it can't be imported here is the VM's own fault.
                Err(Stop::Raised) => {
                    let why = self.describe_raised();
                    return Err((name, Unsupported { missing: Missing::Module, name: why, line: None }));
                }
                Err(Stop::Abort) => {
                    let limit = Unsupported { missing: Missing::Limit, name: "its import".to_owned(), line: None };
                    return Err((name, self.unsupported.take().unwrap_or(limit)));
                }
            }
        }
        if self.imports.modules.is_some() && self.forget_what_import_cached().is_err() {
            self.clear_raised();
        }
        Ok(())
    }

    /// The exception under way in words; it is let go.
    fn describe_raised(&mut self) -> String {
        let Some(exception) = self.raised.take() else { return "its import".to_owned() };
        let type_name = self.type_name(exception.borrow());
        let text = match self.str_of(exception.borrow()) {
            Ok(text) => {
                let words = self.expect_text(text.borrow()).to_owned();
                self.release(text);
                words
            }
            Err(_) => String::new(),
        };
        self.release(exception);
        format!("{type_name}: {text}")
    }

    /// `sys.modules`, borrowed.
    pub(crate) fn sys_modules(&mut self) -> PyResult<Ref> {
        if let Some(modules) = self.imports.modules {
            return Ok(modules);
        }
        self.as_library(|vm| {
            let modules = vm.new_dict();
            let place = modules.borrow();
            vm.imports.modules = Some(place);
            let sys = vm.copy_native("sys").unwrap_or(types::NONE);
            if let Some(dict) = vm.own_dict(sys) {
                vm.set_module_attribute(dict, "modules", place);
            }
            let builtins = vm.modules.get("builtins").copied().unwrap_or(types::NONE);
            let main_name = if vm.profile.main_name_interned { vm.retain(names::MAIN) } else { vm.str("__main__") };
            let main = vm.new_module(main_name.borrow(), false)?;
            vm.release(main_name);
            if let Some(dict) = vm.own_dict(main.borrow()) {
                let annotations = vm.new_dict();
                vm.set_module_attribute(dict, "__annotations__", annotations.borrow());
                vm.release(annotations);
                vm.set_module_attribute(dict, "__builtins__", builtins);
                for name in ["__package__", "__spec__"] {
                    let name = vm.intern(name);
                    vm.lend(name, |vm, name| vm.dict_set(dict, name, types::NONE))?;
                }
            }
            for (name, module) in [("sys", sys), ("builtins", builtins), ("__main__", main.borrow())] {
                let name = vm.intern(name);
                vm.enter_module(name.borrow(), module)?;
                vm.release(name);
            }
            vm.release(main);
            vm.release(modules);
            Ok(place)
        })
    }

    /// What is made within belongs to the library, and stays.
    fn as_library<T>(&mut self, work: impl FnOnce(&mut Self) -> PyResult<T>) -> PyResult<T> {
        let outer = std::mem::replace(&mut self.heap.loading, true);
        // In the midst of a run nothing is counted: CPython's module has been there all along.
        let counts = (!outer && self.running).then(|| self.heap.counts());
        let result = work(self);
        self.heap.loading = outer;
        if let Some(counts) = counts.filter(|_| result.is_ok()) {
            self.heap.restore_counts(&counts);
        }
        if !outer {
            match result {
                Ok(_) => {
                    self.heap.hold_library();
                    self.freeze_library();
                }
                // What is left of an import that failed is in the exception.
                Err(Stop::Raised) => self.heap.disown_library(),
                Err(Stop::Abort) => {}
            }
        }
        result
    }

    /// The module that stands under a name in `sys.modules`.
    pub(crate) fn loaded_module(&self, name: &str) -> Option<Ref> {
        self.dict_get_str(self.imports.modules?, name)
    }

    /// Enters a module in `sys.modules`.
    fn enter_module(&mut self, name: Ref, module: Ref) -> PyResult<()> {
        let modules = self.sys_modules()?;
        self.dict_set(modules, name, module)
    }

    /// A module of the library, imported if it is not yet; borrowed from `sys.modules`. (`_find_and_load`)
    pub(crate) fn library_module(&mut self, object: Ref) -> PyResult<Ref> {
        self.sys_modules()?;
        let name = self.expect_text(object).to_owned();
        let name = name.as_str();
        if let Some(module) = self.loaded_module(name) {
            return Ok(module);
        }
        if let Some(broken) = self.imports.broken.get(name) {
            let what = format!("{name}: {broken}");
            return Err(self.unsupported(Missing::Module, what));
        }
        // `os` is there before them: the other way round they fail, in CPython too.
        if matches!(name, "genericpath" | "posixpath") && self.loaded_module("os").is_none() {
            let os = self.intern("os");
            let imported = self.library_module(os.borrow());
            self.release(os);
            imported?;
            if let Some(module) = self.loaded_module(name) {
                return Ok(module);
            }
        }
        let there = self.modules.contains_key(name);
        // Not to be there is not the library's doing.
        if !there && !name.contains('.') && self.library_code(name)?.is_none() && self.members(name).is_none() {
            return Err(self.module_not_found(object));
        }
        if self.running && !self.heap.loading && !there && !self.is_early(name) && self.library_code(name)?.is_some() {
            return Err(self.unsupported(
                Missing::Module,
                format!("{name} (imported in the midst of the run, under a name that it computed)"),
            ));
        }
        self.as_library(|vm| vm.load_library(object, name))
    }

    fn load_library(&mut self, object: Ref, name: &str) -> PyResult<Ref> {
        if let Some((package, _)) = name.rsplit_once('.') {
            let outer = self.str(package);
            let package = self.library_module(outer.borrow());
            self.release(outer);
            let package = package?;
            // Importing the package may have brought it.
            if let Some(module) = self.loaded_module(name) {
                return Ok(module);
            }
            self.require_package(object, package)?;
        }
        if let Some(module) = self.copy_native(name) {
            let key = self.intern(name);
            let entered = self.enter_module(key.borrow(), module);
            self.release(key);
            self.release(Owned::adopt(module));
            entered?;
        } else {
            match self.library_code(name)? {
                Some(code) => self.run_library(name, &code)?,
                None => {
                    let Some(module) = self.foreign_module(name) else { return Err(self.module_not_found(object)) };
                    let entered = self.enter_module(object, module);
                    self.release(Owned::adopt(module));
                    entered?;
                }
            }
        }
        let Some(module) = self.loaded_module(name) else { return Err(self.module_not_found(object)) };
        self.bind_in_package(name, module)?;
        crate::modules::after_import(self, name, module)?;
        Ok(module)
    }

    /// A module in a package becomes an attribute of the package.
    fn bind_in_package(&mut self, name: &str, module: Ref) -> PyResult<()> {
        let Some((package, attribute)) = name.rsplit_once('.') else { return Ok(()) };
        match self.loaded_module(package) {
            Some(package) => self.setattr_str(package, attribute, module),
            None => Ok(()),
        }
    }

    /// Asks the host for a module's code; none if there is no such module.
    fn library_code(&mut self, name: &str) -> PyResult<Option<LibraryCode>> {
        if let Some(known) = self.imports.code.get(name) {
            return Ok(known.clone());
        }
        let Some(host) = self.host.clone() else { return Err(self.unsupported(Missing::Module, name)) };
        let answer = match host.module(name) {
            Ok(answer) => answer,
            Err(reason) => return Err(self.unsupported(Missing::Module, format!("{name} ({reason})"))),
        };
        let code = match &*answer {
            ModuleAnswer::Missing | ModuleAnswer::Native => None,
            ModuleAnswer::Python { unit, .. } => {
                let decoded = Arc::new(self.decode_unit(unit)?);
                Some(LibraryCode { answer: Arc::clone(&answer), decoded })
            }
        };
        self.imports.code.insert(name.to_owned(), code.clone());
        Ok(code)
    }

    /// Makes a module of the library and runs its body.
    fn run_library(&mut self, name: &str, code: &LibraryCode) -> PyResult<()> {
        let ModuleAnswer::Python { unit, path, package } = &*code.answer else { return Ok(()) };
        let loaded = self.load_unit(unit, &code.decoded, Origin::Library)?;
        let Some(body) = loaded.codes.first().cloned() else { return Ok(()) };
        let unit_name = name;
        // What code names is interned; code names one in a package by parts as well.
        let name = if name.contains('.') { self.str(name) } else { self.intern(name) };
        let module = self.new_module(name.borrow(), *package)?;
        if *package {
            let folder = self.str(path.rsplit_once('/').map_or("", |(folder, _)| folder));
            self.set_path(module.borrow(), vec![folder]);
        }
        if let Some(dict) = self.own_dict(module.borrow()) {
            let file = self.str(path.as_str());
            self.set_module_attribute(dict, "__file__", file.borrow());
            self.release(file);
            self.set_text_of_cpython(dict, unit_name, "__cached__");
        }
        let run = self.run_body(name.borrow(), module, &body);
        self.release(name);
        run
    }

    /// Enters a module in `sys.modules` and runs its body; one that raises is taken out again.
    fn run_body(&mut self, name: Ref, module: Owned, body: &CodeRef) -> PyResult<()> {
        let place = module.borrow();
        let entered = self.enter_module(name, place);
        // `_load_unlocked` and `exec_module` hold the module meanwhile, the arguments of `exec` the code and the namespace.
        let mut held = vec![module, self.retain(place), self.retain(body.this)];
        let (Some(dict), Ok(())) = (self.own_dict(place), entered) else {
            self.release_all(held);
            return entered;
        };
        held.push(self.retain(dict));
        let once_more = self.profile.exec_holds_namespace.then(|| self.retain(dict));
        self.set_module_attribute(dict, "__builtins__", self.builtins);
        self.set_initializing(place, true);
        let result = self.under_import_frame(held, |vm| {
            let result = vm.eval_code(body, dict, dict);
            vm.set_initializing(place, false);
            vm.end_initializing(dict);
            result
        });
        self.release_option(once_more);
        match result {
            Ok(none) => {
                self.release(none);
                self.reenter_module(name)
            }
            Err(stop) => {
                if stop == Stop::Raised {
                    let name = self.expect_text(name).to_owned();
                    self.forget_entry(&name);
                }
                Err(stop)
            }
        }
    }

    /// A module that is ready goes to the end of `sys.modules` (`_load_unlocked`).
    fn reenter_module(&mut self, name: Ref) -> PyResult<()> {
        let text = self.expect_text(name).to_owned();
        let Some(module) = self.loaded_module(&text) else { return Ok(()) };
        let module = self.retain(module);
        self.forget_entry(&text);
        let entered = self.enter_module(name, module.borrow());
        self.release(module);
        entered
    }

    /// Takes a name out of `sys.modules`.
    fn forget_entry(&mut self, name: &str) {
        let Some(modules) = self.imports.modules else { return };
        let key = self.str(name);
        let hash = self.known_hash(key.borrow());
        // The keys are strings: nothing can be raised.
        let _ = self.dict_delete_hashed(modules, key.borrow(), hash);
        self.release(key);
    }

    /// Imports a module beside the snippet, which there is: its body is recorded.
    fn import_sibling(&mut self, name: Ref) -> PyResult<()> {
        let Some((sibling, code)) = self.siblings.get(self.expect_text(name)).cloned() else { return Ok(()) };
        let module = self.new_module(name, sibling.package)?;
        if sibling.package {
            self.set_path(module.borrow(), Vec::new());
        }
        self.run_body(name, module, &code)
    }

    /// The modules beside the snippet that have been imported, the last one first.
    pub(crate) fn imported_siblings(&self) -> Vec<String> {
        let Some(modules) = self.imports.modules.and_then(|modules| self.dict(modules)) else { return Vec::new() };
        let names = modules.iter().filter_map(|entry| self.text(entry.key.borrow()));
        let mut names: Vec<String> = names.filter(|name| self.siblings.contains_key(*name)).map(str::to_owned).collect();
        names.reverse();
        names
    }

    /// Takes one of them out of `sys.modules`.
    pub(crate) fn forget_sibling(&mut self, name: &str) {
        self.forget_entry(name);
    }
}
