//! Names, attributes and cells.

use crate::api::Missing;
use crate::eval::Flow;
use crate::eval::cache::{Cache, Cached};
use crate::heap::{Owned, Ref};
use crate::object::attribute::MethodFound;
use crate::object::value::Value;
use crate::types::{self, code::RunnableCode, names};
use crate::vm::{PyResult, Stop, Vm};

impl Vm {
    /// The running frame's locals dict, borrowed.
    fn locals_dict(&mut self, what: &str, name: Ref) -> PyResult<Ref> {
        match self.frames.last().and_then(|frame| frame.locals.as_ref()) {
            Some(locals) => Ok(locals.borrow()),
            None => {
                let message = format!("no locals {what} '{}'", self.expect_text(name));
                Err(self.raise(types::SYSTEM_ERROR, message))
            }
        }
    }

    fn globals_and_builtins(&self) -> (Ref, Ref) {
        self.frames.last().map_or((types::NONE, types::NONE), |frame| (frame.globals, frame.builtins))
    }

    /// The globals and builtins of a frame that has its globals for locals, if they are a plain dict.
    #[inline]
    fn namespaces_of_module(&self) -> Option<(Ref, Ref)> {
        let frame = self.frames.last()?;
        let is_module = frame.locals.as_ref()?.borrow() == frame.globals && self.class_of(frame.globals) == types::DICT;
        is_module.then_some((frame.globals, frame.builtins))
    }

    /// Looks a name up in a mapping that may be no dict.
    fn mapping_get(&mut self, mapping: Ref, name: Ref) -> PyResult<Option<Owned>> {
        if self.class_of(mapping) == types::DICT {
            let found = self.dict_get(mapping, name)?;
            return Ok(self.retain_option(found));
        }
        match self.get_item(mapping, name) {
            Ok(value) => Ok(Some(value)),
            Err(stop) => self.swallow(stop, types::KEY_ERROR).map(|()| None),
        }
    }

    /// A global or builtin. Globals are a dict, whatever their class does; builtins are asked as a mapping.
    fn global(&mut self, name: Ref) -> PyResult {
        let (globals, builtins) = self.globals_and_builtins();
        if let Some(found) = self.dict_get(globals, name)? {
            return Ok(self.retain(found));
        }
        self.builtin_of(builtins, name)
    }

    /// Whether globals or builtins are no plain dict.
    #[inline]
    fn are_asked(&self, globals: Ref, builtins: Ref) -> bool {
        self.class_of(globals) != types::DICT || self.class_of(builtins) != types::DICT
    }

    /// `LOAD_GLOBAL` where one of the two is no plain dict: both are asked as mappings.
    #[cold]
    fn global_of_mappings(&mut self, globals: Ref, builtins: Ref, name: Ref) -> PyResult {
        match self.get_item(globals, name) {
            Ok(value) => Ok(value),
            Err(stop) => {
                self.swallow(stop, types::KEY_ERROR)?;
                self.builtin_of(builtins, name)
            }
        }
    }

    fn builtin_of(&mut self, builtins: Ref, name: Ref) -> PyResult {
        if let Some(found) = self.mapping_get(builtins, name)? {
            return Ok(found);
        }
        if builtins == self.builtins
            && let Some(stop) = self.unsupported_builtin(name)
        {
            return Err(stop);
        }
        Err(self.name_error(name))
    }

    /// A builtin that CPython has and the VM does not.
    fn unsupported_builtin(&mut self, name: Ref) -> Option<Stop> {
        const MISSING: &[&str] = &[
            "EncodingWarning",
            "PythonFinalizationError",
            "_IncompleteInputError",
            "__import__",
            "__loader__",
            "__spec__",
            "breakpoint",
            "compile",
            "copyright",
            "credits",
            "eval",
            "exec",
            "exit",
            "globals",
            "help",
            "input",
            "license",
            "locals",
            "open",
            "quit",
            "vars",
        ];
        let text = self.expect_text(name).to_owned();
        MISSING.contains(&text.as_str()).then(|| self.unsupported(Missing::Name, text))
    }

    /// Raises `NameError` for a name (`format_exc_check_arg`): the exception knows the name.
    fn name_error(&mut self, name: Ref) -> Stop {
        let message = format!("name '{}' is not defined", self.expect_text(name));
        self.named_error(types::NAME_ERROR, message, Some(name))
    }

    fn named_error(&mut self, class: Ref, message: String, name: Option<Ref>) -> Stop {
        let text = self.str(message);
        let args = self.new_tuple(vec![text]);
        let exception = self.new_exception(class, args);
        if let Some(name) = name {
            let name = self.retain(name);
            if let Some(payload) = self.exception_mut(exception.borrow()) {
                payload.set_field("name", Some(name));
            }
        }
        self.raise_exception(exception)
    }

    /// Raises the error for a local that is not set; it does not know the name of it.
    #[cold]
    #[inline(never)]
    pub(super) fn unbound_local(&mut self, name: Ref) -> Stop {
        let text = self.expect_text(name).to_owned();
        let message = format!("cannot access local variable '{text}' where it is not associated with a value");
        self.named_error(types::UNBOUND_LOCAL_ERROR, message, None)
    }

    fn unbound_cell(&mut self, code: &RunnableCode, index: usize) -> Stop {
        let name = code.locals[index];
        if code.object.localspluskinds[index] & refdrift_trace::SlotKind::FREE == 0 {
            return self.unbound_local(name);
        }
        let text = self.expect_text(name).to_owned();
        let message = format!("cannot access free variable '{text}' where it is not associated with a value in enclosing scope");
        self.named_error(types::NAME_ERROR, message, Some(name))
    }

    #[inline(never)]
    pub(super) fn load_name(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        if let Some((globals, builtins)) = self.namespaces_of_module() {
            return self.load_from(globals, builtins, name, cache);
        }
        let locals = self.locals_dict("when loading", name)?;
        let value = match self.mapping_get(locals, name)? {
            Some(value) => value,
            None => self.global(name)?,
        };
        self.push(value);
        Ok(Flow::Next)
    }

    #[inline(never)]
    pub(super) fn load_global(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let (globals, builtins) = self.globals_and_builtins();
        if self.are_asked(globals, builtins) {
            let value = self.global_of_mappings(globals, builtins, name)?;
            self.push(value);
            return Ok(Flow::Next);
        }
        self.load_from(globals, builtins, name, cache)
    }

    #[inline]
    fn load_from(&mut self, globals: Ref, builtins: Ref, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let Some(value) = self.cached_global(cache.get(), globals, builtins, name) else {
            return self.find_global(globals, builtins, name, cache);
        };
        let value = self.retain(value);
        self.push(value);
        Ok(Flow::Next)
    }

    /// A global or builtin that the cache does not know yet.
    #[cold]
    #[inline(never)]
    fn find_global(&mut self, globals: Ref, builtins: Ref, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let value = self.global(name)?;
        if !self.are_asked(globals, builtins) {
            self.remember_global(cache, globals, builtins, name);
        }
        self.push(value);
        Ok(Flow::Next)
    }

    pub(super) fn load_from_dict_or_globals(&mut self, name: Ref) -> PyResult<Flow> {
        let mapping = self.pop();
        let found = self.mapping_get(mapping.borrow(), name);
        self.release(mapping);
        let (globals, builtins) = self.globals_and_builtins();
        let value = match found? {
            Some(value) => value,
            None if self.profile.class_asks_globals && self.are_asked(globals, builtins) => {
                self.global_of_mappings(globals, builtins, name)?
            }
            None => self.global(name)?,
        };
        self.push(value);
        Ok(Flow::Next)
    }

    pub(super) fn load_locals(&mut self) -> PyResult<Flow> {
        let locals = self.locals_dict("when loading", names::DICT)?;
        let locals = self.retain(locals);
        self.push(locals);
        Ok(Flow::Next)
    }

    #[inline(never)]
    pub(super) fn store_name(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        if let Some((globals, builtins)) = self.namespaces_of_module() {
            return self.store_in_globals(globals, builtins, name, cache);
        }
        let value = self.pop();
        let result = match self.locals_dict("found when storing", name) {
            Ok(locals) if self.class_of(locals) == types::DICT => self.dict_set(locals, name, value.borrow()),
            Ok(locals) => self.set_item(locals, name, Some(value.borrow())),
            Err(stop) => Err(stop),
        };
        self.release(value);
        result.map(|()| Flow::Next)
    }

    /// Sets a global that is there where the cache says, or the long way.
    fn store_in_globals(&mut self, globals: Ref, builtins: Ref, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let value = self.pop();
        let index = match cache.get() {
            Cached::Global(index) => {
                self.dict(globals).and_then(|table| table.value_of(index as usize, name)).map(|_| index as usize)
            }
            _ => None,
        };
        let result = match index {
            Some(index) => {
                let held = [self.retain(name), self.retain(value.borrow())];
                self.dict_replace_at(globals, index, held)
            }
            None => self.dict_set(globals, name, value.borrow()),
        };
        if index.is_none() && result.is_ok() {
            self.remember_global(cache, globals, builtins, name);
        }
        self.release(value);
        result.map(|()| Flow::Next)
    }

    pub(super) fn delete_name(&mut self, name: Ref) -> PyResult<Flow> {
        let locals = self.locals_dict("when deleting", name)?;
        let deleted = if self.class_of(locals) == types::DICT {
            self.dict_delete(locals, name)
        } else {
            self.set_item(locals, name, None).map(|()| true)
        };
        match deleted {
            Ok(true) => Ok(Flow::Next),
            Ok(false) => Err(self.name_error(name)),
            // Whatever the mapping raised, it becomes a `NameError`.
            Err(Stop::Raised) => {
                self.clear_raised();
                Err(self.name_error(name))
            }
            Err(Stop::Abort) => Err(Stop::Abort),
        }
    }

    pub(super) fn store_global(&mut self, name: Ref) -> PyResult<Flow> {
        let value = self.pop();
        let globals = self.globals_and_builtins().0;
        let result = self.dict_set(globals, name, value.borrow());
        self.release(value);
        result.map(|()| Flow::Next)
    }

    pub(super) fn delete_global(&mut self, name: Ref) -> PyResult<Flow> {
        let globals = self.globals_and_builtins().0;
        if self.dict_delete(globals, name)? { Ok(Flow::Next) } else { Err(self.name_error(name)) }
    }

    pub(super) fn copy_free_vars(&mut self, count: usize, code: &RunnableCode, base: usize) -> PyResult<Flow> {
        let function = self.frames.last().and_then(|frame| frame.function.as_ref()).map(Owned::borrow);
        let closure = function.and_then(|function| self.function(function)?.fields.closure.as_ref().map(Owned::borrow));
        let cells = closure.and_then(|closure| self.items(closure)).unwrap_or_default();
        let first = base + code.locals.len() - count;
        for (index, cell) in cells.into_iter().take(count).enumerate() {
            let cell = self.retain(cell);
            self.stack[first + index] = Some(cell);
        }
        Ok(Flow::Next)
    }

    fn cell_content(&self, slot: usize) -> Option<Ref> {
        match &self.heap[self.slot(slot)?].value {
            Value::Cell(content) => content.as_ref().map(Owned::borrow),
            _ => None,
        }
    }

    #[inline(never)]
    pub(super) fn load_deref(&mut self, slot: usize, code: &RunnableCode, index: usize) -> PyResult<Flow> {
        match self.cell_content(slot) {
            Some(content) => {
                let content = self.retain(content);
                self.push(content);
                Ok(Flow::Next)
            }
            None => Err(self.unbound_cell(code, index)),
        }
    }

    pub(super) fn delete_deref(&mut self, slot: usize, code: &RunnableCode, index: usize) -> PyResult<Flow> {
        if self.cell_content(slot).is_none() {
            return Err(self.unbound_cell(code, index));
        }
        if let Some(cell) = self.slot(slot) {
            self.set_cell(cell, None);
        }
        Ok(Flow::Next)
    }

    pub(super) fn load_from_dict_or_deref(&mut self, slot: usize, code: &RunnableCode, index: usize) -> PyResult<Flow> {
        let mapping = self.pop();
        let found = self.mapping_get(mapping.borrow(), code.locals[index]);
        self.release(mapping);
        match found? {
            Some(value) => {
                self.push(value);
                Ok(Flow::Next)
            }
            None => self.load_deref(slot, code, index),
        }
    }

    #[inline(never)]
    pub(super) fn load_attr(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        self.unary(|vm, object| {
            if let Some(value) = vm.cached_attribute(cache.get(), object) {
                return Ok(vm.retain(value));
            }
            let value = vm.getattr(object, name)?;
            vm.remember_attribute(cache, object, name);
            Ok(value)
        })
    }

    #[inline(never)]
    pub(super) fn load_method(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let object = self.peek(1);
        let Some(function) = self.cached_method(cache.get(), object) else { return self.find_method(object, name, cache) };
        let function = self.retain(function);
        let object = self.pop();
        self.push(function);
        self.push(object);
        Ok(Flow::Next)
    }

    /// A method, or something else to call, that the cache does not know yet, of the object on top.
    #[inline(never)]
    fn find_method(&mut self, object: Ref, name: Ref, cache: &Cache) -> PyResult<Flow> {
        match self.get_method(object, name)? {
            MethodFound::Unbound(function) => {
                self.remember_method(cache, object, name);
                let object = self.pop();
                self.push(function);
                self.push(object);
            }
            MethodFound::Attribute(value) => {
                let object = self.pop();
                self.push_with_null(value);
                self.release(object);
            }
        }
        Ok(Flow::Next)
    }

    /// Pushes a callable with its `NULL` on the side where the version has it.
    fn push_with_null(&mut self, callable: Owned) {
        if self.profile.null_below_callable {
            self.stack.push(None);
            self.push(callable);
        } else {
            self.push(callable);
            self.stack.push(None);
        }
    }

    /// `super().name`: calls `super` as it is bound, lets the operands go, then asks the object it made. `arg` is as in
    /// [`refdrift_isa::Op::LoadSuperAttr`].
    pub(super) fn load_super_attr(&mut self, name: Ref, two_arguments: bool, method: bool) -> PyResult<Flow> {
        let this = self.pop();
        let class = self.pop();
        let global_super = self.pop();
        let values = [class.borrow(), this.borrow()];
        let made = self.call_pos(global_super.borrow(), if two_arguments { &values } else { &[] });
        self.release(global_super);
        self.release(class);
        self.release(this);
        let made = made?;
        let value = self.getattr(made.borrow(), name);
        self.release(made);
        let value = value?;
        if method {
            self.push_with_null(value);
        } else {
            self.push(value);
        }
        Ok(Flow::Next)
    }

    #[inline(never)]
    pub(super) fn store_attr(&mut self, name: Ref, cache: &Cache) -> PyResult<Flow> {
        let object = self.pop();
        let value = self.pop();
        let value = match self.set_cached_attribute(cache.get(), object.borrow(), value) {
            Ok(()) => {
                self.release(object);
                return Ok(Flow::Next);
            }
            Err(value) => value,
        };
        let result = self.setattr(object.borrow(), name, Some(value.borrow()));
        if result.is_ok() {
            self.remember_set_attribute(cache, object.borrow(), name);
        }
        self.release(value);
        self.release(object);
        result.map(|()| Flow::Next)
    }

    pub(super) fn delete_attr(&mut self, name: Ref) -> PyResult<Flow> {
        let object = self.pop();
        let result = self.setattr(object.borrow(), name, None);
        self.release(object);
        result.map(|()| Flow::Next)
    }

    pub(super) fn load_build_class(&mut self) -> PyResult<Flow> {
        let builtins = self.globals_and_builtins().1;
        match self.dict_get(builtins, names::BUILD_CLASS)? {
            Some(found) => {
                let found = self.retain(found);
                self.push(found);
                Ok(Flow::Next)
            }
            None => Err(self.raise(types::NAME_ERROR, "__build_class__ not found")),
        }
    }

    pub(super) fn setup_annotations(&mut self) -> PyResult<Flow> {
        let locals = self.locals_dict("found when setting up annotations", names::ANNOTATIONS)?;
        if let Some(found) = self.mapping_get(locals, names::ANNOTATIONS)? {
            self.release(found);
            return Ok(Flow::Next);
        }
        let dict = self.new_dict();
        let result = self.set_item(locals, names::ANNOTATIONS, Some(dict.borrow()));
        self.release(dict);
        result.map(|()| Flow::Next)
    }
}
