//! Modules: `sys.modules`, and where what it holds comes from (`Python/import.c`, `Lib/importlib/_bootstrap.py`).
//!
//! A module of the standard library that CPython has in C is there natively ([`crate::modules`]); one that it has in Python runs
//! its own source, which the [`Host`](crate::Host) hands over compiled. What such a module makes while it is imported counts
//! as having been there before the snippet, as in CPython, where the observer imports it first. Modules beside the snippet
//! run like the snippet itself.

mod finding;
mod frame;
mod unit;

use std::sync::Arc;

use refdrift_trace::{CodeUnit, ModuleAnswer, TextAnswer};
use rustc_hash::FxHashMap;

pub(crate) use unit::{Decoded, Origin, UNREPRESENTABLE};

use crate::api::{Missing, Unsupported};
use crate::heap::{Owned, Ref};
use crate::object::class::{Flags, NativeType};
use crate::object::value::{Native, Role, Value};
use crate::types::code::CodeRef;
use crate::types::{self, module::Module};
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
    /// What `builtins` held before the run changed it.
    builtins: Option<Vec<(Ref, Ref)>>,
    /// The library's code, decoded: kept from run to run.
    code: FxHashMap<String, Option<LibraryCode>>,
    /// The modules whose import asks for something that the VM does not have: kept from run to run.
    broken: FxHashMap<String, Unsupported>,
}

/// A module's code as it came from the host.
#[derive(Clone)]
struct LibraryCode {
    answer: Arc<ModuleAnswer>,
    decoded: Arc<Decoded>,
}

/// What a module's `__spec__` is: it owns what CPython's does, and is otherwise opaque.
struct Spec(Vec<Owned>);

impl Native for Spec {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        self.0.iter().for_each(|held| see(Role::Field("attribute"), held.borrow()));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.append(&mut self.0);
    }
}

/// `importlib.machinery.ModuleSpec`
pub(crate) static SPEC: NativeType =
    NativeType { name: "ModuleSpec", module: "_frozen_importlib", flags: Flags(Flags::NO_NEW), ..NativeType::PLAIN };

impl Vm {
    /// Lets the VM ask this host for the library's code.
    pub fn set_host(&mut self, host: Arc<dyn crate::Host>) {
        self.host = Some(host);
    }

    /// Imports what the snippet may import of the library. A module that can't be is left out: importing it is unsupported.
    pub(crate) fn preload(&mut self, unit: &CodeUnit) {
        while let Err((name, unsupported)) = self.try_preload(unit) {
            self.reset(&[]);
            self.imports.broken.insert(name, unsupported);
        }
    }

    fn try_preload(&mut self, unit: &CodeUnit) -> Result<(), (String, Unsupported)> {
        if !unit.siblings.is_empty() && self.sys_modules().is_err() {
            self.clear_raised();
        }
        for name in &unit.library {
            if self.imports.broken.contains_key(name) {
                continue;
            }
            let object = self.intern(name);
            let imported = self.library_module(object.borrow());
            self.release(object);
            match imported {
                Ok(_) => {}
                // CPython has imported it: that it can't be imported here is the VM's own fault.
                Err(Stop::Raised) => {
                    let why = self.describe_raised();
                    return Err((name.clone(), Unsupported { missing: Missing::Module, name: why, line: None }));
                }
                Err(Stop::Abort) => {
                    let limit = Unsupported { missing: Missing::Limit, name: "its import".to_owned(), line: None };
                    return Err((name.clone(), self.unsupported.take().unwrap_or(limit)));
                }
            }
        }
        Ok(())
    }

    /// A text that only the interpreter has, by its path (a module, then attributes), as a new `str`.
    pub(crate) fn text_of_cpython(&mut self, path: &[&str]) -> PyResult {
        self.find_text_of_cpython(path).ok_or_else(|| self.unsupported(Missing::Name, path.join(".")))
    }

    /// The same; none if there is no such text, or nobody to ask.
    pub(crate) fn find_text_of_cpython(&mut self, path: &[&str]) -> Option<Owned> {
        let host = self.host.clone()?;
        match host.text(path).ok()? {
            TextAnswer::Missing => None,
            TextAnswer::None => Some(self.none()),
            TextAnswer::Text(text) => Some(self.str(text)),
        }
    }

    /// The text in the `__dict__` of a builtin type: it was there before.
    pub(crate) fn docstring_of(&mut self, class: Ref) -> PyResult<Ref> {
        if let Some(&known) = self.imports.docstrings.get(&class) {
            return Ok(known);
        }
        let native = self.class(class).native;
        let text = self.text_of_cpython(&[native.module, native.name, "__doc__"])?.into_ref();
        if text != types::NONE {
            self.heap.add_to_library(text);
        }
        self.imports.docstrings.insert(class, text);
        Ok(text)
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

    /// Whether an object is the module `builtins`, which a run may change: it is noted.
    pub(crate) fn changes_builtins(&mut self, object: Ref) -> bool {
        if self.own_dict(object) != Some(self.builtins) || self.class_of(object) != types::MODULE {
            return false;
        }
        if self.imports.builtins.is_none() {
            let entries = self.dict(self.builtins).map(|dict| dict.iter().map(|e| (e.key.borrow(), e.value.borrow())).collect());
            self.imports.builtins = entries;
        }
        true
    }

    /// Puts `builtins` back as it was before the run.
    pub(crate) fn restore_builtins(&mut self) {
        let Some(entries) = self.imports.builtins.take() else { return };
        let builtins = self.builtins;
        if let Some(dict) = self.dict_mut(builtins) {
            // What it holds goes with the heap.
            *dict = crate::types::dict::Dict::default();
        }
        for (key, value) in entries {
            let hash = self.known_hash(key);
            if let Some(dict) = self.dict_mut(builtins) {
                dict.append(hash, Owned::adopt(key), Owned::adopt(value));
            }
        }
    }

    /// Forgets what the run imported.
    pub(crate) fn forget_modules(&mut self) {
        self.imports.frame_code = None;
        self.imports.docstrings.clear();
        if self.imports.modules.take().is_none() {
            return;
        }
        // The library took many references to what lives as long as the VM.
        for object in self.heap.statics() {
            let count = self.static_count(object);
            self.heap[object].count = count;
            let subclasses = match &self.heap[object].value {
                Value::Type(class) => class.subclasses.clone(),
                _ => continue,
            };
            let kept = subclasses.into_iter().filter(|&class| self.heap.is_static(class)).collect();
            self.class_mut(object).subclasses = kept;
        }
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
            // Its name is a string of its own.
            let main_name = vm.str("__main__");
            let main = vm.new_module(main_name.borrow(), false)?;
            vm.release(main_name);
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

    /// A module's object with what every module has (`module_init_dict`, `_init_module_attrs`).
    fn new_module(&mut self, name: Ref, package: bool) -> PyResult {
        let dict = self.new_dict();
        let place = dict.borrow();
        let text = self.expect_text(name).to_owned();
        let outer = if package { self.retain(name) } else { self.str(text.rsplit_once('.').map_or("", |(outer, _)| outer)) };
        let name_object = Some(self.retain(name));
        let module = Module { name: text.into(), name_object, initializing: false, dict };
        let module = self.make_tracked(types::MODULE, Value::Module(Box::new(module)));
        let spec = self.new_spec(name, package);
        let loader = self.make(types::MODULE_SPEC, Value::Native(Box::new(Spec(Vec::new()))));
        let attributes = [
            ("__name__", self.retain(name)),
            ("__doc__", self.none()),
            ("__package__", outer),
            ("__loader__", loader),
            ("__spec__", spec),
        ];
        for (attribute, value) in attributes {
            self.set_module_attribute(place, attribute, value.borrow());
            self.release(value);
        }
        self.track(place);
        Ok(module)
    }

    /// `ModuleSpec.__init__`: the name, the loader, and what is not known.
    fn new_spec(&mut self, name: Ref, package: bool) -> Owned {
        let mut held = vec![self.retain(name)];
        // `origin`, `loader_state`, `_cached`, `submodule_search_locations`; `_set_fileattr`; `_initializing` is the last.
        for _ in 0..4 - usize::from(package) {
            held.push(self.none());
        }
        held.extend([self.bool(false), self.bool(true)]);
        self.make(types::MODULE_SPEC, Value::Native(Box::new(Spec(held))))
    }

    /// `spec._initializing = False`
    fn end_initializing(&mut self, dict: Ref) {
        if let Some(spec) = self.dict_get_str(dict, "__spec__") {
            self.end_initializing_spec(spec);
        }
    }

    fn end_initializing_spec(&mut self, spec: Ref) {
        let done = self.bool(false);
        let last = match &mut self.heap[spec].value {
            Value::Native(native) => native.downcast_mut::<Spec>().and_then(|spec| spec.0.last_mut()),
            _ => None,
        };
        let old = match last {
            Some(last) => std::mem::replace(last, done),
            None => done,
        };
        self.release(old);
    }

    /// A module of the VM's own, for this run: the snippet may change it. Borrowed; `sys.modules` is to own it.
    fn copy_native(&mut self, name: &str) -> Option<Ref> {
        let template = *self.modules.get(name)?;
        let entries = self.own_dict(template).and_then(|dict| self.dict(dict))?;
        let entries: Vec<(Ref, Ref)> = entries.iter().map(|entry| (entry.key.borrow(), entry.value.borrow())).collect();
        let dict = self.new_dict();
        let place = dict.borrow();
        // The first of them is `__name__`.
        for (number, (key, value)) in entries.into_iter().enumerate() {
            let hash = self.known_hash(key);
            let (key, value) = (self.retain(key), self.retain(value));
            if let Some(dict) = self.dict_mut(place) {
                dict.append(hash, key, value);
            }
            if number == 0 {
                self.describe_native(place, name);
            }
        }
        let module = self.make_tracked(
            types::MODULE,
            Value::Module(Box::new(Module { name: name.into(), name_object: None, initializing: false, dict })),
        );
        crate::modules::refresh(self, name, place);
        Some(module.into_ref())
    }

    /// What every module in C has besides its name, but for `__loader__`: that one is a class of the import system's own.
    fn describe_native(&mut self, dict: Ref, name: &str) {
        self.set_text_of_cpython(dict, name, "__doc__");
        let package = self.str("");
        let name_object = self.str(name);
        let spec = self.new_spec(name_object.borrow(), false);
        self.end_initializing_spec(spec.borrow());
        for (attribute, value) in [("__package__", package), ("__spec__", spec)] {
            self.set_module_attribute(dict, attribute, value.borrow());
            self.release(value);
        }
        self.release(name_object);
        self.set_text_of_cpython(dict, name, "__file__");
    }

    /// Gives a module the text that CPython's has there, if it has one.
    fn set_text_of_cpython(&mut self, dict: Ref, module: &str, attribute: &str) {
        if let Some(text) = self.find_text_of_cpython(&[module, attribute]) {
            self.set_module_attribute(dict, attribute, text.borrow());
            self.release(text);
        }
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
        if crate::modules::ABSENT.contains(&name) {
            return Err(self.module_not_found(object));
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
        if !there && !name.contains('.') && self.library_code(name)?.is_none() {
            return Err(self.module_not_found(object));
        }
        self.as_library(|vm| vm.load_library(object, name))
    }

    fn load_library(&mut self, object: Ref, name: &str) -> PyResult<Ref> {
        let within = name.rsplit_once('.');
        if let Some((package, _)) = within {
            let outer = self.intern(package);
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
        } else if crate::modules::ABSENT.contains(&name) {
            return Err(self.module_not_found(object));
        } else {
            match self.library_code(name)? {
                Some(code) => self.run_library(name, &code)?,
                None => return Err(self.module_not_found(object)),
            }
        }
        let Some(module) = self.loaded_module(name) else { return Err(self.module_not_found(object)) };
        if let Some((package, attribute)) = within
            && let Some(package) = self.loaded_module(package)
        {
            let attribute = self.intern(attribute);
            let set = self.setattr(package, attribute.borrow(), Some(module));
            self.release(attribute);
            set?;
        }
        crate::modules::after_import(self, name, module)?;
        Ok(module)
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
            ModuleAnswer::Missing => None,
            ModuleAnswer::Native => return Err(self.unsupported(Missing::Module, name)),
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
        // Not the interned name: that one may be the snippet's.
        let name = self.str(name);
        let module = self.new_module(name.borrow(), *package)?;
        if let Some(dict) = self.own_dict(module.borrow()) {
            let file = self.str(path.as_str());
            self.set_module_attribute(dict, "__file__", file.borrow());
            self.release(file);
            self.set_text_of_cpython(dict, unit_name, "__cached__");
        }
        if *package {
            let folder = self.str(path.rsplit_once('/').map_or("", |(folder, _)| folder));
            self.set_path(module.borrow(), vec![folder]);
        }
        let run = self.run_body(name.borrow(), module, &body);
        self.release(name);
        run
    }

    /// `__path__`, which only packages have.
    fn set_path(&mut self, module: Ref, folders: Vec<Owned>) {
        let Some(dict) = self.own_dict(module) else { return };
        let folders = self.new_list(folders);
        self.set_module_attribute(dict, "__path__", folders.borrow());
        self.release(folders);
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
