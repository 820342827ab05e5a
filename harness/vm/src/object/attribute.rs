//! Getting and setting attributes (`Objects/object.c`).

use std::ptr::fn_addr_eq;

use crate::heap::{Owned, Ref};
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::types::{self, exception::Exception};
use crate::vm::{PyResult, Stop, Vm};

/// What [`Vm::get_method`] found.
pub(crate) enum MethodFound {
    /// A function to be called with the object as its first argument.
    Unbound(Owned),
    /// The attribute itself.
    Attribute(Owned),
}

impl Vm {
    /// `getattr(object, name)`
    #[inline]
    pub(crate) fn getattr(&mut self, object: Ref, name: Ref) -> PyResult {
        let result = self.getattr_untold(object, name);
        if result == Err(Stop::Raised) {
            self.complete_attribute_error(object, name);
        }
        result
    }

    /// The same, with an `AttributeError` that may not know what it is about (`tp_getattro`).
    #[inline]
    fn getattr_untold(&mut self, object: Ref, name: Ref) -> PyResult {
        match self.class(self.class_of(object)).slots.getattr {
            Some(getattr) => getattr(self, object, name),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// Tells an `AttributeError` which object lacks which attribute, unless it knows (`set_attribute_error_context`): from then on
    /// it keeps the object alive.
    #[cold]
    fn complete_attribute_error(&mut self, object: Ref, name: Ref) {
        let Some(raised) = self.raised.as_ref().map(Owned::borrow) else { return };
        let ignorant = |exception: &Exception| exception.field("name").is_none() && exception.field("obj").is_none();
        if !self.matches_raised(types::ATTRIBUTE_ERROR) || !self.exception(raised).is_some_and(ignorant) {
            return;
        }
        for (field, value) in [("name", name), ("obj", object)] {
            let value = self.retain(value);
            let old = self.exception_mut(raised).and_then(|exception| exception.set_field(field, Some(value)));
            self.release_option(old);
        }
    }

    /// `getattr(object, "name")`
    pub(crate) fn getattr_str(&mut self, object: Ref, name: &str) -> PyResult {
        self.with_name(name, |vm, name| vm.getattr(object, name))
    }

    /// Runs with an interned name. What C code names itself (`_Py_ID`) is there for good, and nobody counts it.
    pub(crate) fn with_name<T>(&mut self, name: &str, run: impl FnOnce(&mut Self, Ref) -> T) -> T {
        if let Some(&known) = self.static_interned.get(name) {
            return run(self, known);
        }
        let name = self.intern(name);
        self.lend(name, run)
    }

    /// The attribute, or none where there is none (`_PyObject_LookupAttr`).
    pub(crate) fn lookup_attr(&mut self, object: Ref, name: &str) -> PyResult<Option<Owned>> {
        self.with_name(name, |vm, name| vm.lookup_attr_named(object, name))
    }

    /// The attribute, or none where there is none (`_PyObject_LookupAttr`).
    pub(crate) fn lookup_attr_named(&mut self, object: Ref, name: Ref) -> PyResult<Option<Owned>> {
        match self.getattr_untold(object, name) {
            Ok(value) => Ok(Some(value)),
            Err(stop) => self.swallow(stop, types::ATTRIBUTE_ERROR).map(|()| None),
        }
    }

    /// Sets an attribute; without a value, deletes it.
    pub(crate) fn setattr(&mut self, object: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
        let Some(setattr) = self.class(self.class_of(object)).slots.setattr else {
            return Err(self.no_attribute(object, name));
        };
        // CPython interns the name and holds it for the length of the call.
        let held = self.retain(name);
        let held = self.interned_for(held);
        let result = setattr(self, object, held.borrow(), value);
        self.release(held);
        result
    }

    /// `setattr(object, "name", value)`
    pub(crate) fn setattr_str(&mut self, object: Ref, name: &str, value: Ref) -> PyResult<()> {
        let name = self.intern(name);
        let set = self.setattr(object, name.borrow(), Some(value));
        self.release(name);
        set
    }

    /// A special method as the interpreter looks it up: on the type, bound to the object (`_PyObject_LookupSpecial`).
    pub(crate) fn lookup_special(&mut self, object: Ref, name: &str) -> PyResult<Option<Owned>> {
        let name = self.intern(name);
        let result = self.lookup_special_named(object, name.borrow());
        self.release(name);
        result
    }

    /// As [`Vm::lookup_special`].
    pub(crate) fn lookup_special_named(&mut self, object: Ref, name: Ref) -> PyResult<Option<Owned>> {
        let class = self.class_of(object);
        let Some(found) = self.lookup(class, name) else { return Ok(None) };
        let Some(get) = self.class(self.class_of(found)).slots.get else { return Ok(Some(self.retain(found))) };
        let held = self.profile.lookup_gives_references.then(|| self.retain(found));
        let bound = get(self, found, Some(object), Some(class));
        self.release_option(held);
        bound.map(Some)
    }

    /// Whether a type's objects are data descriptors.
    pub(crate) fn is_data_descriptor(&self, descriptor: Ref) -> bool {
        self.class(self.class_of(descriptor)).slots.set.is_some()
    }

    /// `PyObject_GenericGetAttr`: data descriptors of the type, the instance, other attributes of the type.
    pub(crate) fn generic_getattr(&mut self, object: Ref, name: Ref) -> PyResult {
        // The name is held for as long as a descriptor may run.
        let held = self.retain(name);
        let result = self.generic_lookup(object, name);
        self.release(held);
        match result? {
            Some(value) => Ok(value),
            None => Err(self.no_attribute(object, name)),
        }
    }

    fn generic_lookup(&mut self, object: Ref, name: Ref) -> PyResult<Option<Owned>> {
        let class = self.class_of(object);
        let Some(found) = self.lookup(class, name) else {
            return self.instance_attribute(object, name);
        };
        let slots = &self.class(self.class_of(found)).slots;
        let (get, data) = (slots.get, slots.set.is_some());
        let descriptor = self.retain(found);
        if data && let Some(get) = get {
            let result = get(self, found, Some(object), Some(class));
            self.release(descriptor);
            return result.map(Some);
        }
        if let Some(own) = self.instance_attribute(object, name).transpose() {
            self.release(descriptor);
            return own.map(Some);
        }
        let Some(get) = get else { return Ok(Some(descriptor)) };
        let result = get(self, found, Some(object), Some(class));
        self.release(descriptor);
        result.map(Some)
    }

    /// `_PyObject_GetMethod`: like `getattr`, but a function of the type is handed over unbound.
    pub(crate) fn get_method(&mut self, object: Ref, name: Ref) -> PyResult<MethodFound> {
        let class = self.class_of(object);
        let generic = self.class(types::OBJECT).slots.getattr;
        if !self.class(class).slots.getattr.zip(generic).is_some_and(|(own, generic)| fn_addr_eq(own, generic)) {
            return self.getattr(object, name).map(MethodFound::Attribute);
        }
        let Some(found) = self.lookup(class, name) else {
            return match self.instance_attribute(object, name)? {
                Some(value) => Ok(MethodFound::Attribute(value)),
                None => Err(self.no_attribute(object, name)),
            };
        };
        if !self.class(self.class_of(found)).flags.has(Flags::METHOD_DESCRIPTOR) {
            return match self.generic_lookup(object, name)? {
                Some(value) => Ok(MethodFound::Attribute(value)),
                None => Err(self.no_attribute(object, name)),
            };
        }
        let descriptor = self.retain(found);
        let Some(own) = self.instance_attribute(object, name).transpose() else { return Ok(MethodFound::Unbound(descriptor)) };
        self.release(descriptor);
        own.map(MethodFound::Attribute)
    }

    /// `PyObject_GenericSetAttr`: data descriptors of the type, then the instance.
    pub(crate) fn generic_setattr(&mut self, object: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
        // The name and the type are held for as long as a descriptor, or what the old value's end sets off, may run.
        let class = self.class_of(object);
        let held = [self.retain(name), self.retain(class)];
        let result = self.set_generically(object, class, name, value);
        let [name, class] = held;
        self.release(class);
        self.release(name);
        result
    }

    fn set_generically(&mut self, object: Ref, class: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
        let found = self.lookup(class, name);
        if let Some(found) = found
            && let Some(set) = self.class(self.class_of(found)).slots.set
        {
            let descriptor = self.retain(found);
            let result = set(self, found, object, value);
            self.release(descriptor);
            return result;
        }
        if self.has_dict(class) {
            if self.set_instance_attribute(object, name, value)? {
                return Ok(());
            }
            let message = format!("'{}' object has no attribute '{}'", self.type_name(object), self.expect_text(name));
            // Only 3.13 says which object it was, and not where the value would be in the object itself.
            if self.profile.no_dict_told_on_set && !self.has_inline_place(object, name) {
                return Err(self.attribute_error(object, name, message));
            }
            return Err(self.raise(types::ATTRIBUTE_ERROR, message));
        }
        if found.is_none()
            && let Some(stop) = self.unsupported_attribute(object, name)
        {
            return Err(stop);
        }
        if found.is_some() {
            let message = format!("'{}' object attribute '{}' is read-only", self.type_name(object), self.expect_text(name));
            return Err(self.raise(types::ATTRIBUTE_ERROR, message));
        }
        let mut message = format!("'{}' object has no attribute '{}'", self.type_name(object), self.expect_text(name));
        let generic = self.class(types::OBJECT).slots.setattr;
        let is_generic = self.class(class).slots.setattr.zip(generic).is_some_and(|(own, generic)| fn_addr_eq(own, generic));
        if self.profile.no_dict_told_on_set && is_generic {
            message.push_str(" and no __dict__ for setting new attributes");
        }
        // Only 3.13 says which object it was.
        if self.profile.no_dict_told_on_set {
            return Err(self.attribute_error(object, name, message));
        }
        Err(self.raise(types::ATTRIBUTE_ERROR, message))
    }

    /// Raises the `AttributeError` for a missing attribute.
    #[cold]
    pub(crate) fn no_attribute(&mut self, object: Ref, name: Ref) -> Stop {
        if let Some(stop) = self.unsupported_attribute(object, name) {
            return stop;
        }
        let message = format!("'{}' object has no attribute '{}'", self.type_name(object), self.expect_text(name));
        self.attribute_error(object, name, message)
    }

    /// Raises an `AttributeError` that knows the object and the name, as CPython's does: it keeps the object alive.
    #[cold]
    pub(crate) fn attribute_error(&mut self, object: Ref, name: Ref, message: String) -> Stop {
        let text = self.str(message);
        let args = self.new_tuple(vec![text]);
        let fields = vec![("name", Some(self.retain(name))), ("obj", Some(self.retain(object)))];
        let payload = Exception { args: Some(args), fields, ..Exception::default() };
        let exception = self.make_tracked(types::ATTRIBUTE_ERROR, Value::Exception(Box::new(payload)));
        self.raise_exception(exception)
    }
}
