//! `import` and `from … import` (`PyImport_ImportModuleLevelObject`, `import_from`, `_handle_fromlist`).

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// How many references to a module's name there are for its lock.
const LOCK_NAMES: usize = 4;

impl Vm {
    /// `__import__(name, globals, …, fromlist, level)`
    pub(crate) fn import_module_level(&mut self, name: Ref, globals: Option<Ref>, fromlist: Ref, level: i64) -> PyResult {
        if level < 0 {
            return Err(self.value_error("level must be >= 0"));
        }
        let text = self.expect_text(name).to_owned();
        let full = if level > 0 {
            let full = self.resolve_name(&text, globals, level as usize)?;
            self.str(full)
        } else {
            self.retain(name)
        };
        let imported = self.import_full(full.borrow(), &text, fromlist);
        self.release(full);
        imported
    }

    fn import_full(&mut self, full: Ref, name: &str, fromlist: Ref) -> PyResult {
        let text = self.expect_text(full).to_owned();
        if text.is_empty() {
            return Err(self.value_error("Empty module name"));
        }
        let module = self.find_module(full)?;
        let module = self.retain(module);
        let some = if fromlist == types::NONE { Ok(false) } else { self.truth(fromlist) };
        match some {
            Ok(true) => match self.import_of_package(module.borrow(), fromlist) {
                Ok(()) => Ok(module),
                Err(stop) => {
                    self.release(module);
                    Err(stop)
                }
            },
            // `import a.b` gives `a`.
            Ok(false) => match name.find('.') {
                Some(dot) => {
                    let found = self.import_module(&text[..text.len() - (name.len() - dot)]).map(|found| self.retain(found));
                    self.release(module);
                    found
                }
                None => Ok(module),
            },
            Err(stop) => {
                self.release(module);
                Err(stop)
            }
        }
    }

    /// The module of a full name, imported if need be; borrowed from `sys.modules`.
    pub(crate) fn find_module(&mut self, name: Ref) -> PyResult<Ref> {
        self.sys_modules()?;
        let text = self.expect_text(name).to_owned();
        match self.loaded_module(&text) {
            Some(types::NONE) => {
                let message = format!("import of {text} halted; None in sys.modules");
                Err(self.import_error(types::MODULE_NOT_FOUND_ERROR, message, name, None))
            }
            Some(module) => Ok(module),
            None => self.load_module(name, &text),
        }
    }

    /// The same by its text.
    pub(crate) fn import_module(&mut self, name: &str) -> PyResult<Ref> {
        let name = self.str(name);
        let found = self.find_module(name.borrow());
        self.release(name);
        found
    }

    /// `_find_and_load`, whose frames hold the name, and the module's lock, which counts (1) and where nobody waits (0).
    fn load_module(&mut self, object: Ref, name: &str) -> PyResult<Ref> {
        // It looks for the lock first, and handles the `KeyError`: the end of a handler leaves a `None` behind (3.11 counts it).
        if let Some(None) = self.handled.last() {
            let none = self.none();
            self.handled.pop();
            self.handled.push(Some(none));
        }
        let mut lock = vec![self.int(0), self.int(1)];
        lock.extend((0..LOCK_NAMES).map(|_| self.retain(object)));
        // What comes before the last dot; of a name without one it is the empty string, which everybody shares.
        let parent = self.str(name.rsplit_once('.').map_or("", |(parent, _)| parent));
        let outer = parent.borrow();
        let [import, imports] = [(); 2].map(|()| self.retain(self.import_function));
        // The last ones are locals yet to be set.
        let held = vec![import, imports, parent, self.retain(object), self.retain(object), self.none(), self.none(), self.none()];
        let loaded = self.under_import_frame(held, |vm| vm.load_held_module(object, outer, name));
        self.release_all(lock);
        loaded
    }

    fn load_held_module(&mut self, object: Ref, outer: Ref, name: &str) -> PyResult<Ref> {
        if !self.siblings.contains_key(name) {
            let within_sibling = name.rsplit_once('.').is_some_and(|(package, _)| self.siblings.contains_key(package));
            return if within_sibling { Err(self.module_not_found(object)) } else { self.library_module(object) };
        }
        if name.contains('.') {
            let package = self.import_removing_frames(outer)?;
            // Two of the locals that were `None`: now the package and what it says of its place.
            for _ in 0..2 {
                let none = self.pop();
                self.release(none);
            }
            if let Some(module) = self.loaded_module(name) {
                return Ok(module);
            }
            let held = self.retain(package);
            self.push(held);
            self.require_package(object, package)?;
        }
        self.import_sibling(object)?;
        let Some(module) = self.loaded_module(name) else { return Err(self.module_not_found(object)) };
        let held = self.retain(module);
        self.push(held);
        self.bind_in_package(name, module)?;
        Ok(module)
    }

    /// `_call_with_frames_removed(__import__, name)`: its locals and its call hold both.
    fn import_removing_frames(&mut self, name: Ref) -> PyResult<Ref> {
        let import = self.import_function;
        let held = [name, name, import, import].map(|held| self.retain(held)).into();
        let module = self.find_module(name);
        self.release_all(held);
        module
    }

    /// Only a package holds modules.
    pub(super) fn require_package(&mut self, name: Ref, package: Ref) -> PyResult<()> {
        if let Some(path) = self.lookup_attr(package, "__path__")? {
            self.release(path);
            return Ok(());
        }
        let text = self.expect_text(name);
        let outer = text.rsplit_once('.').map_or("", |(outer, _)| outer);
        let message = format!("No module named '{text}'; '{outer}' is not a package");
        Err(self.import_error(types::MODULE_NOT_FOUND_ERROR, message, name, None))
    }

    pub(super) fn module_not_found(&mut self, name: Ref) -> Stop {
        let message = format!("No module named '{}'", self.expect_text(name));
        self.import_error(types::MODULE_NOT_FOUND_ERROR, message, name, None)
    }

    /// An `ImportError` that knows what was imported, and from which file what was not found there, if one was looked into.
    fn import_error(&mut self, class: Ref, message: String, name: Ref, looked: Option<(Ref, Ref)>) -> Stop {
        let message = self.str(message);
        let names = [self.intern("name"), self.intern("path"), self.intern("name_from")];
        let keywords = [names[0].borrow(), names[1].borrow(), names[2].borrow()];
        let (path, missing) = looked.unwrap_or((types::NONE, types::NONE));
        let values = [message.borrow(), name, path, missing];
        let given = match looked {
            None => 1,
            Some(_) if !self.profile.import_error_knows_name_from => 2,
            Some(_) => 3,
        };
        let exception = self.call(class, &crate::object::args::Args::new(&values[..=given], &keywords[..given]));
        for owned in std::iter::once(message).chain(names) {
            self.release(owned);
        }
        self.raise_made(exception)
    }

    /// The full name of a relative import (`resolve_name`).
    fn resolve_name(&mut self, name: &str, globals: Option<Ref>, level: usize) -> PyResult<String> {
        let nameless = |vm: &mut Self| vm.raise(types::KEY_ERROR, "'__name__' not in globals");
        let Some(globals) = globals else { return Err(nameless(self)) };
        if self.dict(globals).is_none() {
            return Err(self.type_error("globals must be a dict"));
        }
        let told = |vm: &Self, key: &str| vm.dict_get_str(globals, key).filter(|&value| value != types::NONE);
        let package = match (told(self, "__package__"), told(self, "__spec__")) {
            (Some(package), spec) => {
                let text = self.must_be_text(package, "package")?;
                if let Some(spec) = spec {
                    self.check_parent(spec, package)?;
                }
                text
            }
            (None, Some(spec)) => {
                let parent = self.spec_parent(spec)?;
                self.lend(parent, |vm, parent| vm.must_be_text(parent, "__spec__.parent"))?
            }
            (None, None) => {
                let words = "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__";
                self.warn_text(types::IMPORT_WARNING, words, None)?;
                let Some(name) = self.dict_get_str(globals, "__name__") else { return Err(nameless(self)) };
                let name = self.must_be_text(name, "__name__")?;
                let package = self.dict_get_str(globals, "__path__").is_some();
                let outer = name.rsplit_once('.').map_or(String::new(), |(outer, _)| outer.to_owned());
                if package { name } else { outer }
            }
        };
        if package.is_empty() {
            let message = "attempted relative import with no known parent package";
            return Err(self.raise(types::IMPORT_ERROR, message));
        }
        self.resolve_in(name, &package, level)
    }

    fn must_be_text(&mut self, value: Ref, what: &str) -> PyResult<String> {
        match self.text(value) {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.type_error(format!("{what} must be a string"))),
        }
    }

    /// Warns where what a module says of its package is not what its spec says.
    fn check_parent(&mut self, spec: Ref, package: Ref) -> PyResult<()> {
        let parent = self.spec_parent(spec)?;
        if self.lend(parent, |vm, parent| vm.equal(package, parent))? {
            return Ok(());
        }
        let category = if self.profile.other_parent_is_deprecated { types::DEPRECATION_WARNING } else { types::IMPORT_WARNING };
        self.warn_text(category, "__package__ != __spec__.parent", None)
    }

    /// A name relative to a package (`_resolve_name`).
    pub(crate) fn resolve_in(&mut self, name: &str, package: &str, level: usize) -> PyResult<String> {
        let mut base = package;
        for _ in 1..level {
            match base.rsplit_once('.') {
                Some((outer, _)) => base = outer,
                None => return Err(self.raise(types::IMPORT_ERROR, "attempted relative import beyond top-level package")),
            }
        }
        Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
    }

    /// Only packages have modules to import.
    fn import_of_package(&mut self, module: Ref, fromlist: Ref) -> PyResult<()> {
        match self.lookup_attr(module, "__path__")? {
            Some(path) => {
                self.release(path);
                self.handle_fromlist(module, fromlist, false)
            }
            None => Ok(()),
        }
    }

    /// Imports what `from package import …` names and the package has not (`_handle_fromlist`); the module itself may list the names,
    /// and whoever asks for them then holds the list.
    fn handle_fromlist(&mut self, module: Ref, fromlist: Ref, listed: bool) -> PyResult<()> {
        for item in self.items(fromlist).unwrap_or_default() {
            if self.text(item).is_none() {
                return Err(self.wrong_item(module, fromlist, item, listed));
            }
            let held = self.fromlist_frame(module, fromlist, item, listed);
            // The loop over the names, which no frame holds that an error leaves.
            let names = (!listed).then(|| self.retain(fromlist));
            let handled = self.under_import_frame(held, |vm| vm.handle_name(module, item, listed));
            self.release_option(names);
            handled?;
        }
        Ok(())
    }

    fn handle_name(&mut self, module: Ref, name: Ref, listed: bool) -> PyResult<()> {
        let text = self.expect_text(name).to_owned();
        if text == "*" {
            let all = self.intern("__all__");
            let lists = !listed && self.lend(all, |vm, all| vm.has_name(module, all))?;
            if !lists {
                return Ok(());
            }
            let all = self.getattr_str(module, "__all__")?;
            return self.lend(all, |vm, all| vm.handle_fromlist(module, all, true));
        }
        if self.has_name(module, name)? {
            return Ok(());
        }
        self.import_submodule(module, &text)
    }

    /// `hasattr(module, name)`, with what the stack holds for the call.
    fn has_name(&mut self, module: Ref, name: Ref) -> PyResult<bool> {
        let hasattr = self.dict_get_str(self.builtins, "hasattr").unwrap_or(types::NONE);
        let held = [hasattr, module, name].map(|held| self.retain(held)).into();
        let found = self.lookup_attr_named(module, name);
        self.release_all(held);
        let found = found?;
        let has = found.is_some();
        self.release_option(found);
        Ok(has)
    }

    /// What the frame of `_handle_fromlist` holds.
    fn fromlist_frame(&mut self, module: Ref, fromlist: Ref, item: Ref, listed: bool) -> Vec<Owned> {
        let import = self.retain(self.import_function);
        let listed = self.bool(listed);
        vec![self.retain(module), self.retain(fromlist), import, self.retain(item), listed]
    }

    /// A name that is no string; the traceback keeps the frame that finds it.
    fn wrong_item(&mut self, module: Ref, fromlist: Ref, item: Ref, listed: bool) -> Stop {
        let place = match &self.heap[module].value {
            Value::Module(module) if listed => format!("{}.__all__", module.name),
            _ => "``from list''".to_owned(),
        };
        let message = format!("Item in {place} must be str, not {}", self.type_name(item));
        let held = self.fromlist_frame(module, fromlist, item, listed);
        let raised = self.under_import_frame(held, |vm| -> PyResult<()> {
            let stop = vm.type_error(message);
            vm.add_traceback();
            Err(stop)
        });
        raised.err().unwrap_or(Stop::Raised)
    }

    fn import_submodule(&mut self, module: Ref, attribute: &str) -> PyResult<()> {
        let name = match &self.heap[module].value {
            Value::Module(module) => format!("{}.{attribute}", module.name),
            _ => return Ok(()),
        };
        let name = self.str(name);
        match self.lend(name, Self::import_removing_frames) {
            Ok(_) => Ok(()),
            // It is for the `from` to say that there is no such thing.
            Err(Stop::Raised) if self.matches_raised(types::MODULE_NOT_FOUND_ERROR) => {
                self.clear_raised();
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }

    /// What `from module import name` takes (`import_from`).
    pub(crate) fn import_from_module(&mut self, module: Ref, name: Ref) -> PyResult {
        if let Some(value) = self.lookup_attr_named(module, name)? {
            return Ok(value);
        }
        let attribute = self.expect_text(name).to_owned();
        let own_name = self.lookup_attr(module, "__name__")?;
        let own_text = own_name.as_ref().and_then(|name| self.text(name.borrow())).map(str::to_owned);
        if let Some(own_text) = &own_text
            && let Some(found) = self.loaded_module(&format!("{own_text}.{attribute}"))
        {
            self.release_option(own_name);
            return Ok(self.retain(found));
        }
        let own_text = own_text.unwrap_or_else(|| "<unknown module name>".to_owned());
        let lacking = crate::modules::lacks(self, &own_text, &attribute) || self.lacks_contract(&own_text, &attribute);
        if self.heap.was_there(module) && own_name.is_some() && lacking {
            return Err(self.unsupported(Missing::Module, format!("{own_text}.{attribute}")));
        }
        let file = self.lookup_attr(module, "__file__")?;
        let place = file.as_ref().and_then(|file| self.text(file.borrow())).map(str::to_owned);
        let place = place.as_deref().unwrap_or("unknown location");
        let message = if self.is_initializing(module) {
            let why = "(most likely due to a circular import)";
            format!("cannot import name '{attribute}' from partially initialized module '{own_text}' {why} ({place})")
        } else {
            format!("cannot import name '{attribute}' from '{own_text}' ({place})")
        };
        let path = file.as_ref().map_or(types::NONE, Owned::borrow);
        let module_name = own_name.as_ref().map_or(types::NONE, Owned::borrow);
        let stop = self.import_error(types::IMPORT_ERROR, message, module_name, Some((path, name)));
        self.release_option(file);
        self.release_option(own_name);
        Err(stop)
    }
}
