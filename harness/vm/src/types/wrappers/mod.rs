//! `classmethod`, `staticmethod` (`Objects/funcobject.c`) and `property` (`Objects/descrobject.c`).

mod property;

pub(crate) use property::TYPE as PROPERTY;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// What a `classmethod` or `staticmethod` holds.
#[derive(Default)]
struct Wrapper {
    callable: Option<Owned>,
    dict: Option<Owned>,
}

impl Native for Wrapper {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("__func__", &self.callable), ("__dict__", &self.dict)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.callable.take());
        out.extend(self.dict.take());
    }

    fn dict_place(&mut self) -> Option<&mut Option<Owned>> {
        Some(&mut self.dict)
    }

    fn own_dict(&self) -> Option<Ref> {
        self.dict.as_ref().map(Owned::borrow)
    }
}

const FUNC: GetSet = GetSet { name: "__func__", get: callable_attribute, set: None, member: true };
const WRAPPED: GetSet = GetSet { name: "__wrapped__", get: callable_attribute, set: None, member: true };
const IS_ABSTRACT: GetSet = GetSet {
    name: "__isabstractmethod__",
    get: |vm, this| {
        let callable = callable(vm, this);
        let found = vm.is_abstract(callable)?;
        Ok(vm.bool(found))
    },
    set: None,
    member: false,
};
/// `__dict__` of objects that have one of their own.
pub(crate) const DICT: GetSet = GetSet {
    name: "__dict__",
    get: |vm, this| {
        let dict = vm.dict_of(this);
        Ok(vm.retain(dict))
    },
    set: Some(|vm, _, _| Err(vm.unsupported(crate::api::Missing::Name, "setting __dict__ of a method wrapper"))),
    member: false,
};

/// `classmethod`
pub(crate) static CLASSMETHOD: NativeType = NativeType {
    name: "classmethod",
    slots: Slots { repr: Some(repr), get: Some(bind_to_class), init: Some(init), new: Some(new), ..Slots::NONE },
    getsets: &[FUNC, WRAPPED, IS_ABSTRACT, DICT],
    flags: Flags(Flags::GC | Flags::BASE | Flags::DICT),
    ..NativeType::PLAIN
};

/// `staticmethod`
pub(crate) static STATICMETHOD: NativeType = NativeType {
    name: "staticmethod",
    slots: Slots {
        repr: Some(repr),
        call: Some(|vm, this, args| match callable(vm, this) {
            Some(callable) => vm.call_dict(callable, args),
            None => Err(vm.raise(types::RUNTIME_ERROR, "uninitialized staticmethod object")),
        }),
        get: Some(|vm, this, _, _| match callable(vm, this) {
            Some(callable) => Ok(vm.retain(callable)),
            None => Err(vm.raise(types::RUNTIME_ERROR, "uninitialized staticmethod object")),
        }),
        init: Some(init),
        new: Some(new),
        ..Slots::NONE
    },
    getsets: &[FUNC, WRAPPED, IS_ABSTRACT, DICT],
    flags: Flags(Flags::GC | Flags::BASE | Flags::DICT),
    ..NativeType::PLAIN
};

fn wrapper(vm: &mut Vm, this: Ref) -> Option<&mut Wrapper> {
    match &mut vm.heap[this].value {
        Value::Native(native) => native.downcast_mut(),
        _ => None,
    }
}

fn callable(vm: &mut Vm, this: Ref) -> Option<Ref> {
    wrapper(vm, this)?.callable.as_ref().map(Owned::borrow)
}

fn callable_attribute(vm: &mut Vm, this: Ref) -> PyResult {
    let callable = callable(vm, this).unwrap_or(types::NONE);
    Ok(vm.retain(callable))
}

fn new(vm: &mut Vm, class: Ref, _: &Args<'_>) -> PyResult {
    Ok(vm.alloc_instance(class, Value::Native(Box::<Wrapper>::default())))
}

/// `cm_init`, `sm_init`: it takes over what the function is called and says of itself (`functools_wraps`).
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let name = if vm.is_instance_of(this, types::CLASSMETHOD) { "classmethod" } else { "staticmethod" };
    vm.no_keywords(name, args)?;
    let &[function] = args.values else {
        return Err(vm.type_error(format!("{name} expected 1 argument, got {}", args.values.len())));
    };
    let held = vm.retain(function);
    let old = match wrapper(vm, this) {
        Some(wrapper) => wrapper.callable.replace(held),
        None => Some(held),
    };
    vm.release_option(old);
    for name in [names::MODULE, names::NAME, names::QUALNAME, names::DOC, names::ANNOTATIONS] {
        if let Some(value) = vm.lookup_attr_named(function, name)? {
            let result = vm.setattr(this, name, Some(value.borrow()));
            vm.release(value);
            result?;
        }
    }
    Ok(())
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(callable) = callable(vm, this) else {
        return Err(vm.unsupported(crate::api::Missing::Name, "repr of an uninitialized method wrapper"));
    };
    let text = vm.repr(callable)?;
    let name = if vm.is_instance_of(this, types::CLASSMETHOD) { "classmethod" } else { "staticmethod" };
    let whole = format!("<{name}({})>", vm.expect_text(text.borrow()));
    vm.release(text);
    Ok(vm.str(whole))
}

/// `cm_descr_get`: binds to the class.
fn bind_to_class(vm: &mut Vm, this: Ref, object: Option<Ref>, class: Option<Ref>) -> PyResult {
    let Some(callable) = callable(vm, this) else {
        return Err(vm.raise(types::RUNTIME_ERROR, "uninitialized classmethod object"));
    };
    let class = class.unwrap_or_else(|| vm.class_of(object.unwrap_or(types::NONE)));
    if vm.profile.classmethod_chains_descriptors
        && let Some(get) = vm.class(vm.class_of(callable)).slots.get
    {
        return get(vm, callable, Some(class), Some(class));
    }
    Ok(vm.new_method(callable, class))
}

impl Vm {
    /// A `staticmethod` or `classmethod` as the interpreter itself makes it, nothing copied from the function
    /// (`PyStaticMethod_New`, `PyClassMethod_New`).
    pub(crate) fn new_method_wrapper(&mut self, class: Ref, function: Ref) -> Owned {
        let callable = Some(self.retain(function));
        self.make_tracked(class, Value::Native(Box::new(Wrapper { callable, dict: None })))
    }

    /// `_PyObject_IsAbstract`
    pub(crate) fn is_abstract(&mut self, object: Option<Ref>) -> PyResult<bool> {
        let Some(object) = object else { return Ok(false) };
        match self.lookup_attr_named(object, names::ISABSTRACT)? {
            Some(value) => {
                let truth = self.truth(value.borrow());
                self.release(value);
                truth
            }
            None => Ok(false),
        }
    }
}
