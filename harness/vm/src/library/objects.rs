//! The objects that modules are made of: the module, its namespace and its `__spec__`.

use crate::heap::{Owned, Ref};
use crate::object::class::{Flags, NativeType};
use crate::object::value::{Native, Role, Value};
use crate::types::{self, module::Module};
use crate::vm::{PyResult, Vm};

/// What a module's `__spec__` is: it owns what CPython's does, and is otherwise opaque.
struct Spec {
    held: Vec<Owned>,
    package: bool,
}

impl Native for Spec {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        self.held.iter().for_each(|held| see(Role::Field("attribute"), held.borrow()));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.append(&mut self.held);
    }
}

/// `importlib.machinery.ModuleSpec`
pub(crate) static SPEC: NativeType =
    NativeType { name: "ModuleSpec", module: "_frozen_importlib", flags: Flags(Flags::NO_NEW), ..NativeType::PLAIN };

/// `importlib.machinery.SourceFileLoader`, of what lies in a file.
pub(crate) static LOADER: NativeType =
    NativeType { name: "SourceFileLoader", module: "_frozen_importlib_external", flags: Flags(Flags::NO_NEW), ..NativeType::PLAIN };

impl Vm {
    /// A module's object with what every module has (`module_init_dict`, `_init_module_attrs`).
    pub(super) fn new_module(&mut self, name: Ref, package: bool) -> PyResult {
        let dict = self.new_dict();
        let place = dict.borrow();
        let text = self.expect_text(name).to_owned();
        let outer = if package { self.retain(name) } else { self.str(text.rsplit_once('.').map_or("", |(outer, _)| outer)) };
        let name_object = Some(self.retain(name));
        let module = Module { name: text.into(), name_object, initializing: false, dict };
        let module = self.make_tracked(types::MODULE, Value::Module(Box::new(module)));
        let spec = self.new_spec(name, package);
        let loader = self.make(types::SOURCE_FILE_LOADER, Value::Plain);
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
    pub(super) fn new_spec(&mut self, name: Ref, package: bool) -> Owned {
        let mut held = vec![self.retain(name)];
        // `origin`, `loader_state`, `_cached`, `submodule_search_locations`; `_set_fileattr`; `_initializing` is the last.
        for _ in 0..4 - usize::from(package) {
            held.push(self.none());
        }
        held.extend([self.bool(false), self.bool(true)]);
        self.make(types::MODULE_SPEC, Value::Native(Box::new(Spec { held, package })))
    }

    /// `spec.parent`: of a package, its name.
    pub(super) fn spec_parent(&mut self, spec: Ref) -> PyResult {
        let known = self.payload::<Spec>(spec).and_then(|spec| Some((spec.held.first()?.borrow(), spec.package)));
        match known {
            Some((name, true)) => Ok(self.retain(name)),
            Some((name, false)) => {
                let outer = self.expect_text(name).rsplit_once('.').map_or("", |(outer, _)| outer).to_owned();
                Ok(self.str(outer))
            }
            None => self.getattr_str(spec, "parent"),
        }
    }

    /// `spec._initializing = False`
    pub(super) fn end_initializing(&mut self, dict: Ref) {
        if let Some(spec) = self.dict_get_str(dict, "__spec__") {
            self.end_initializing_spec(spec);
        }
    }

    pub(super) fn end_initializing_spec(&mut self, spec: Ref) {
        let done = self.bool(false);
        let last = match &mut self.heap[spec].value {
            Value::Native(native) => native.downcast_mut::<Spec>().and_then(|spec| spec.held.last_mut()),
            _ => None,
        };
        let old = match last {
            Some(last) => std::mem::replace(last, done),
            None => done,
        };
        self.release(old);
    }

    /// A module of the VM's own, for this run: the snippet may change it. Borrowed; `sys.modules` is to own it.
    pub(super) fn copy_native(&mut self, name: &str) -> Option<Ref> {
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
        // `sys` is what this process has of it.
        if name != "sys"
            && let Some(members) = self.members(name)
        {
            self.arrange(name, place, &members);
        }
        Some(module.into_ref())
    }

    /// What every module in C has besides its name, but for `__loader__`: that one is a class of the import system's own.
    pub(super) fn describe_native(&mut self, dict: Ref, name: &str) {
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

    /// `__path__`, which only packages have.
    pub(super) fn set_path(&mut self, module: Ref, folders: Vec<Owned>) {
        let Some(dict) = self.own_dict(module) else { return };
        let folders = self.new_list(folders);
        self.set_module_attribute(dict, "__path__", folders.borrow());
        self.release(folders);
    }

    /// Whether an object is the module `builtins`, which a run may change.
    pub(crate) fn is_builtins(&self, object: Ref) -> bool {
        self.own_dict(object) == Some(self.builtins) && self.class_of(object) == types::MODULE
    }
}
