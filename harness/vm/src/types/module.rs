//! Modules (`Objects/moduleobject.c`).

use crate::api::Missing;
use crate::heap::{Owned, Ref, keep};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// A module's payload.
pub(crate) struct Module {
    pub(crate) name: Box<str>,
    /// `md_name`, of a module that was made from a name.
    pub(crate) name_object: Option<Owned>,
    /// Its body runs (`__spec__._initializing`).
    pub(crate) initializing: bool,
    /// `__dict__`
    pub(crate) dict: Owned,
}

keep!(Module { name, name_object, initializing, dict });

/// `module`
pub(crate) static TYPE: NativeType = NativeType {
    name: "module",
    slots: Slots {
        repr: Some(repr),
        getattr: Some(getattr),
        new: Some(|vm, _, _| Err(vm.unsupported(Missing::Name, "making a module"))),
        ..Slots::NONE
    },
    methods: &[Method { name: "__dir__", kind: MethodKind::Instance, arity: Arity::None, call: dir }],
    getsets: &[GetSet {
        name: "__dict__",
        get: |vm, this| {
            if vm.heap.is_static(this) {
                let what = format!("{}.__dict__", module_name(vm, this));
                return Err(vm.unsupported(Missing::Name, what));
            }
            let dict = vm.dict_of(this);
            Ok(vm.retain(dict))
        },
        set: None,
        member: true,
    }],
    flags: Flags(Flags::GC | Flags::BASE | Flags::DICT | Flags::WEAK),
    ..NativeType::PLAIN
};

/// `module.__dir__()`: what its own `__dir__` says; without one, what is in it.
fn dir(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    // The dict of a module that all runs share is not to be had; the library may have its names, if they are all there.
    let shared = vm.heap.loading && vm.heap.is_static(this);
    let shared = vm.own_dict(this).filter(|&dict| shared && has_all(vm, this, dict));
    let dict = match shared {
        Some(dict) => vm.retain(dict),
        None => vm.getattr(this, names::DICT)?,
    };
    vm.lend(dict, |vm, dict| {
        let Some(table) = vm.dict(dict) else { return Err(vm.type_error("<module>.__dict__ is not a dictionary")) };
        let keys: Vec<Ref> = table.iter().map(|entry| entry.key.borrow()).collect();
        if let Some(hook) = vm.dict_get_str(dict, "__dir__") {
            return vm.call_pos(hook, &[]);
        }
        let keys = keys.into_iter().map(|key| vm.retain(key)).collect();
        Ok(vm.new_list(keys))
    })
}

/// Whether a module's dict has everything that CPython's has.
fn has_all(vm: &Vm, this: Ref, dict: Ref) -> bool {
    let missing = |name: &&str| vm.dict_get_str(dict, name).is_none();
    crate::modules::names_of(vm, &module_name(vm, this)).is_some_and(|mut names| !names.any(|name| missing(&name)))
}

fn module_name(vm: &Vm, this: Ref) -> String {
    match &vm.heap[this].value {
        Value::Module(module) => module.name.to_string(),
        _ => "?".to_owned(),
    }
}

/// Modules that are not built into the interpreter show where they were loaded from.
fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = module_name(vm, this);
    if matches!(name.as_str(), "sys" | "gc" | "builtins") {
        return Ok(vm.str(format!("<module '{name}' (built-in)>")));
    }
    if vm.heap.was_there(this) {
        return vm.text_of_cpython(&[&name, "__repr__()"]);
    }
    Err(vm.unsupported(Missing::Name, format!("repr of module {name}")))
}

/// `module_getattro`: as for any object, then the module's own `__getattr__`.
fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    if vm.text(name) == Some("__doc__") {
        let module = module_name(vm, this);
        let told = vm.own_dict(this).is_some_and(|dict| vm.dict_get_str(dict, "__doc__").is_some());
        if !told && vm.modules.contains_key(module.as_str()) {
            return vm.text_of_cpython(&[&module, "__doc__"]);
        }
    }
    if vm.lookup(vm.class_of(this), name).is_some() {
        return vm.generic_getattr(this, name);
    }
    if let Some(dict) = vm.own_dict(this) {
        if let Some(found) = vm.dict_get(dict, name)? {
            // The process's own streams are there for the library to hold, not for the snippet to use.
            let by_snippet = vm.frames.last().is_some_and(|frame| frame.code.traced);
            if by_snippet && vm.class_of(found) == types::TEXT_IO_WRAPPER && module_name(vm, this) == "sys" {
                let what = format!("sys.{}", vm.expect_text(name));
                return Err(vm.unsupported(Missing::Name, what));
            }
            return Ok(vm.retain(found));
        }
        if let Some(hook) = vm.dict_get_str(dict, "__getattr__") {
            let held = vm.profile.module_hook_is_held.then(|| vm.retain(hook));
            let value = vm.call_pos(hook, &[name]);
            vm.release_option(held);
            return value;
        }
    }
    let (module, text) = (module_name(vm, this), vm.expect_text(name).to_owned());
    if vm.lacks_contract(&module, &text) {
        let what = format!("{module}.{text} (neither the contract nor the twin of {module} says what it is)");
        return Err(vm.unsupported(Missing::Name, what));
    }
    if crate::modules::lacks(vm, &module, &text) {
        return Err(vm.unsupported(Missing::Name, format!("{module}.{text}")));
    }
    if let Some(stop) = vm.unsupported_attribute(this, name) {
        return Err(stop);
    }
    // The name that it has now, if it has one.
    let named = vm.own_dict(this).and_then(|dict| vm.dict_get_str(dict, "__name__")).and_then(|name| vm.text(name));
    let Some(module) = named.map(str::to_owned) else {
        return Err(vm.raise(types::ATTRIBUTE_ERROR, format!("module has no attribute '{text}'")));
    };
    if vm.is_initializing(this) {
        let message =
            format!("partially initialized module '{module}' has no attribute '{text}' (most likely due to a circular import)");
        return Err(vm.raise(types::ATTRIBUTE_ERROR, message));
    }
    Err(vm.raise(types::ATTRIBUTE_ERROR, format!("module '{module}' has no attribute '{text}'")))
}

impl Vm {
    /// Whether a module's body still runs (`_PyModuleSpec_IsInitializing`).
    pub(crate) fn is_initializing(&self, module: Ref) -> bool {
        matches!(&self.heap[module].value, Value::Module(module) if module.initializing)
    }

    pub(crate) fn set_initializing(&mut self, module: Ref, initializing: bool) {
        if let Value::Module(module) = &mut self.heap[module].value {
            module.initializing = initializing;
        }
    }
}
