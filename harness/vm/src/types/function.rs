//! Python functions, builtin functions and their descriptors.

use crate::api::Missing;
use crate::heap::{Owned, Ref, keep, keep_clones};
use crate::library::Twin;
use crate::object::class::{Flags, GetSet, Method, NativeType, Slots};
use crate::object::slotdefs::SlotDef;
use crate::object::value::{Role, Value};
use crate::types::{self, code::CodeRef};
use crate::vm::{PyResult, Vm};

/// A Python function (`PyFunctionObject`).
pub(crate) struct Function {
    /// What it runs.
    pub(crate) run: CodeRef,
    /// `__code__`
    pub(crate) code: Owned,
    /// `__name__`
    pub(crate) name: Owned,
    /// `__qualname__`
    pub(crate) qualname: Owned,
    /// What the collector may take away while the function still stands.
    pub(crate) fields: Fields,
}

/// The fields that `func_clear` lets go of, in its order.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) globals: Option<Owned>,
    pub(crate) builtins: Option<Owned>,
    pub(crate) module: Option<Owned>,
    pub(crate) defaults: Option<Owned>,
    pub(crate) kwdefaults: Option<Owned>,
    pub(crate) doc: Option<Owned>,
    pub(crate) dict: Option<Owned>,
    pub(crate) closure: Option<Owned>,
    pub(crate) annotations: Option<Owned>,
    pub(crate) type_params: Option<Owned>,
}

keep_clones!(CodeRef, NativeKind);
keep!(Function { run, code, name, qualname, fields });
keep!(Fields { globals, builtins, module, defaults, kwdefaults, doc, dict, closure, annotations, type_params });
keep!(NativeFunction { name, home, class, what, bound, owner, own_name });

impl Fields {
    fn take(&mut self) -> [Option<Owned>; 10] {
        let Self { globals, builtins, module, defaults, kwdefaults, doc, dict, closure, annotations, type_params } =
            std::mem::take(self);
        [globals, builtins, module, defaults, kwdefaults, doc, dict, closure, annotations, type_params]
    }
}

impl Function {
    pub(crate) fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        let fields = &self.fields;
        for (name, owned) in [
            ("__code__", Some(&self.code)),
            ("__name__", Some(&self.name)),
            ("__qualname__", Some(&self.qualname)),
            ("__globals__", fields.globals.as_ref()),
            ("__builtins__", fields.builtins.as_ref()),
            ("__module__", fields.module.as_ref()),
            ("__defaults__", fields.defaults.as_ref()),
            ("__kwdefaults__", fields.kwdefaults.as_ref()),
            ("__doc__", fields.doc.as_ref()),
            ("__dict__", fields.dict.as_ref()),
            ("__closure__", fields.closure.as_ref()),
            ("__annotations__", fields.annotations.as_ref()),
            ("__type_params__", fields.type_params.as_ref()),
        ] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    pub(crate) fn give_back(mut self, out: &mut Vec<Owned>) {
        self.clear(out);
        out.extend([self.name, self.qualname, self.code]);
    }

    pub(crate) fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields.take().into_iter().flatten());
    }

    /// Its names, which the collector takes, too: it is called by the (empty) strings given from then on.
    pub(crate) fn replace_names(&mut self, [name, qualname]: [Owned; 2]) -> [Owned; 2] {
        [std::mem::replace(&mut self.name, name), std::mem::replace(&mut self.qualname, qualname)]
    }
}

/// A builtin function or a descriptor of a builtin type, bound to an object or not.
pub(crate) struct NativeFunction {
    pub(crate) name: &'static str,
    /// The type or module it belongs to: `list` of `list.append`, `math` of `math.sqrt`; empty for `builtins`.
    pub(crate) home: &'static str,
    /// The type whose objects it works on; none for module functions.
    pub(crate) class: Option<Ref>,
    pub(crate) what: NativeKind,
    /// What it is bound to (`__self__`); none for descriptors and for functions of static modules.
    pub(crate) bound: Option<Owned>,
    /// The Python class that a descriptor belongs to: it owns a reference to it (`d_type`). Builtin types need none.
    pub(crate) owner: Option<Owned>,
    /// The name of a descriptor of a Python class (`d_name`).
    pub(crate) own_name: Option<Owned>,
}

/// See [`NativeFunction::what`].
#[derive(Clone, Copy)]
pub(crate) enum NativeKind {
    /// From a method table.
    Method(&'static Method),
    /// A slot of a builtin type (`wrapper_descriptor`, or `method-wrapper` when bound).
    Slot(&'static SlotDef),
    /// A computed attribute.
    GetSet(&'static GetSet),
    /// A value of `__slots__`, by its index.
    Member(usize),
    /// `__new__` of the type in [`NativeFunction::class`].
    New,
    /// A function that a native module's contract stands for.
    Twin(Twin),
    /// A function of a module that is there by name only.
    Missing,
}

/// `function`
pub(crate) static TYPE: NativeType = NativeType {
    name: "function",
    slots: Slots {
        repr: Some(repr),
        new: Some(types::function_new::new),
        call: Some(crate::object::call::call_slot),
        get: Some(|vm, this, object, _| {
            Ok(match object.filter(|&object| object != types::NONE) {
                Some(object) => vm.new_method(this, object),
                None => vm.retain(this),
            })
        }),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__name__", get: |vm, this| Ok(retained(vm, this, |f| Some(&f.name))), set: Some(set_name), member: false },
        GetSet {
            name: "__qualname__",
            get: |vm, this| Ok(retained(vm, this, |f| Some(&f.qualname))),
            set: Some(set_qualname),
            member: false,
        },
        GetSet { name: "__code__", get: |vm, this| Ok(retained(vm, this, |f| Some(&f.code))), set: Some(set_code), member: false },
        GetSet {
            name: "__defaults__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.defaults.as_ref())),
            set: Some(set_defaults),
            member: false,
        },
        GetSet {
            name: "__kwdefaults__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.kwdefaults.as_ref())),
            set: Some(set_kwdefaults),
            member: false,
        },
        GetSet { name: "__annotations__", get: annotations, set: Some(set_annotations), member: false },
        GetSet {
            name: "__type_params__",
            get: |vm, this| {
                let parameters = vm.function(this).and_then(|function| function.fields.type_params.as_ref());
                let parameters = parameters.map_or(types::EMPTY_TUPLE, Owned::borrow);
                Ok(vm.retain(parameters))
            },
            set: Some(set_type_params),
            member: false,
        },
        GetSet {
            name: "__dict__",
            get: |vm, this| {
                let dict = vm.dict_of(this);
                Ok(vm.retain(dict))
            },
            set: Some(super::class::set_own_dict),
            member: false,
        },
        GetSet {
            name: "__closure__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.closure.as_ref())),
            set: None,
            member: true,
        },
        GetSet {
            name: "__doc__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.doc.as_ref())),
            set: Some(set_doc),
            member: true,
        },
        GetSet {
            name: "__globals__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.globals.as_ref())),
            set: None,
            member: true,
        },
        GetSet {
            name: "__builtins__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.builtins.as_ref())),
            set: None,
            member: true,
        },
        GetSet {
            name: "__module__",
            get: |vm, this| Ok(retained(vm, this, |f| f.fields.module.as_ref())),
            set: Some(set_module),
            member: true,
        },
    ],
    flags: Flags(Flags::GC | Flags::DICT | Flags::WEAK | Flags::METHOD_DESCRIPTOR),
    ..NativeType::PLAIN
};

impl Vm {
    /// A function's payload.
    pub(crate) fn function(&self, object: Ref) -> Option<&Function> {
        match &self.heap[object].value {
            Value::Function(function) => Some(function),
            _ => None,
        }
    }

    /// A function's payload, to change it.
    pub(crate) fn function_mut(&mut self, object: Ref) -> Option<&mut Function> {
        match &mut self.heap[object].value {
            Value::Function(function) => Some(function),
            _ => None,
        }
    }

    /// Makes a function of a code object and the globals it was met in (`PyFunction_NewWithQualName`).
    pub(crate) fn new_function(&mut self, run: &CodeRef, globals: Ref) -> Owned {
        let doc = run.docstring.unwrap_or(types::NONE);
        let module = self.dict_get_str(globals, "__name__");
        let builtins = self.builtins_of(globals);
        let function = Function {
            run: run.clone(),
            code: self.retain(run.this),
            name: self.retain(run.name),
            qualname: self.retain(run.qualname),
            fields: Fields {
                globals: Some(self.retain(globals)),
                builtins: Some(self.retain(builtins)),
                module: self.retain_option(module),
                doc: Some(self.retain(doc)),
                ..Fields::default()
            },
        };
        self.make_tracked(types::FUNCTION, Value::Function(Box::new(function)))
    }

    /// The builtins that code with these globals sees (`_PyEval_BuiltinsFromGlobals`).
    pub(crate) fn builtins_of(&self, globals: Ref) -> Ref {
        match self.dict_get_str(globals, "__builtins__") {
            Some(found) => match &self.heap[found].value {
                Value::Module(module) => module.dict.borrow(),
                _ => found,
            },
            None => self.builtins,
        }
    }
}

fn retained(vm: &mut Vm, this: Ref, field: impl Fn(&Function) -> Option<&Owned>) -> Owned {
    let found = vm.function(this).and_then(field).map(Owned::borrow);
    vm.retain(found.unwrap_or(types::NONE))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.function(this).map(|function| function.qualname.borrow());
    let name = name.map_or("?", |name| vm.expect_text(name));
    let text = format!("<function {name} at {}>", Vm::address(this));
    Ok(vm.str(text))
}

fn set_field(vm: &mut Vm, this: Ref, value: Option<Owned>, field: impl Fn(&mut Fields) -> &mut Option<Owned>) -> PyResult<()> {
    let old = match vm.function_mut(this) {
        Some(function) => std::mem::replace(field(&mut function.fields), value),
        None => value,
    };
    vm.release_option(old);
    Ok(())
}

fn set_text(vm: &mut Vm, this: Ref, value: Option<Ref>, name: &str, field: impl Fn(&mut Function) -> &mut Owned) -> PyResult<()> {
    let Some(value) = value.filter(|&value| vm.text(value).is_some()) else {
        return Err(vm.type_error(format!("{name} must be set to a string object")));
    };
    let value = vm.retain(value);
    let old = match vm.function_mut(this) {
        Some(function) => std::mem::replace(field(function), value),
        None => value,
    };
    vm.release(old);
    Ok(())
}

fn set_name(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_text(vm, this, value, "__name__", |function| &mut function.name)
}

fn set_qualname(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_text(vm, this, value, "__qualname__", |function| &mut function.qualname)
}

/// Only while the library is imported (see `code.replace`).
fn set_code(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let run = match value.map(|value| &vm.heap[value].value) {
        Some(Value::Code(code)) if vm.heap.loading => CodeRef::clone(code),
        _ => return Err(vm.unsupported(Missing::Name, "setting __code__")),
    };
    let code = vm.retain(run.this);
    if let Some(function) = vm.function_mut(this) {
        function.run = run;
        let old = std::mem::replace(&mut function.code, code);
        vm.release(old);
    } else {
        vm.release(code);
    }
    Ok(())
}

fn set_checked(
    vm: &mut Vm,
    this: Ref,
    value: Option<Ref>,
    (class, message): (Ref, &str),
    field: impl Fn(&mut Fields) -> &mut Option<Owned>,
) -> PyResult<()> {
    let value = value.filter(|&value| value != types::NONE);
    if value.is_some_and(|value| !vm.is_instance_of(value, class)) {
        return Err(vm.type_error(message));
    }
    let value = vm.retain_option(value);
    set_field(vm, this, value, field)
}

fn set_defaults(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_checked(vm, this, value, (types::TUPLE, "__defaults__ must be set to a tuple object"), |fields| &mut fields.defaults)
}

fn set_kwdefaults(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_checked(vm, this, value, (types::DICT, "__kwdefaults__ must be set to a dict object"), |fields| &mut fields.kwdefaults)
}

fn set_annotations(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    set_checked(vm, this, value, (types::DICT, "__annotations__ must be set to a dict object"), |fields| &mut fields.annotations)
}

/// A tuple it must be, and it can't be deleted.
fn set_type_params(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let Some(value) = value.filter(|&value| vm.tuple(value).is_some()) else {
        return Err(vm.type_error("__type_params__ must be set to a tuple"));
    };
    let value = vm.retain(value);
    set_field(vm, this, Some(value), |fields| &mut fields.type_params)
}

fn set_doc(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = vm.retain_option(value);
    set_field(vm, this, value, |fields| &mut fields.doc)
}

fn set_module(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = vm.retain_option(value);
    set_field(vm, this, value, |fields| &mut fields.module)
}

/// `func_get_annotation_dict`: the compiler's tuple of names and annotations becomes a dict when somebody looks.
fn annotations(vm: &mut Vm, this: Ref) -> PyResult {
    let found = vm.function(this).and_then(|function| function.fields.annotations.as_ref()).map(Owned::borrow);
    if let Some(found) = found
        && vm.dict(found).is_some()
    {
        return Ok(vm.retain(found));
    }
    let dict = vm.new_dict();
    for pair in found.and_then(|found| vm.items(found)).unwrap_or_default().chunks_exact(2) {
        vm.dict_set(dict.borrow(), pair[0], pair[1])?;
    }
    let kept = vm.retain(dict.borrow());
    set_field(vm, this, Some(kept), |fields| &mut fields.annotations)?;
    Ok(dict)
}
