//! What can be asked of any object (`Objects/object.c`, `Objects/abstract.c`).

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

impl Vm {
    /// `repr(object)`
    pub(crate) fn repr(&mut self, object: Ref) -> PyResult {
        let Some(repr) = self.class(self.class_of(object)).slots.repr else {
            let text = self.default_repr(object);
            return Ok(self.str(text));
        };
        let result = self.recursive(" while getting the repr of an object", |vm| repr(vm, object))?;
        self.check_text(result, "__repr__")
    }

    /// `str(object)`
    pub(crate) fn str_of(&mut self, object: Ref) -> PyResult {
        let class = self.class_of(object);
        if class == types::STR {
            return Ok(self.retain(object));
        }
        match self.class(class).slots.str {
            Some(str) => {
                let result = self.recursive(" while getting the str of an object", |vm| str(vm, object))?;
                self.check_text(result, "__str__")
            }
            None => self.repr(object),
        }
    }

    fn check_text(&mut self, result: Owned, method: &str) -> PyResult {
        if self.text(result.borrow()).is_some() {
            return Ok(result);
        }
        let message = format!("{method} returned non-string (type {})", self.type_name(result.borrow()));
        self.release(result);
        Err(self.type_error(message))
    }

    /// `<module.Class object at 0x…>`: the address is not CPython's, and compared as such.
    pub(crate) fn default_repr(&mut self, object: Ref) -> String {
        let class = self.class_of(object);
        format!("<{} object at {}>", self.class_label(class), Self::address(object))
    }

    /// A stand-in for an address: as long as those that CPython prints, told apart by object.
    pub(crate) fn address(object: Ref) -> String {
        format!("{:#x}", 0x7f00_0000_0000_usize + object.index() * 64)
    }

    /// `module.qualname` of a class; the name alone for builtins.
    pub(crate) fn class_label(&mut self, class: Ref) -> String {
        let Some(heap) = &self.class(class).heap else { return self.class(class).full_name() };
        let qualname = self.expect_text(heap.qualname.borrow()).to_owned();
        let module = self.class_attribute(class, types::names::MODULE);
        match module.and_then(|module| self.text(module)) {
            Some("builtins") | None => qualname,
            Some(module) => format!("{module}.{qualname}"),
        }
    }

    /// `hash(object)`
    pub(crate) fn hash_of(&mut self, object: Ref) -> PyResult<i64> {
        // A subclass may have its own `__hash__`.
        if self.class_of(object) == types::STR
            && let Value::Str(text) = &self.heap[object].value
            && let Some(hash) = text.hash
        {
            return Ok(hash);
        }
        self.check_stack()?;
        match self.class(self.class_of(object)).slots.hash {
            Some(hash) => hash(self, object),
            None => unhashable(self, object),
        }
    }

    /// `bool(object)`
    #[inline]
    pub(crate) fn truth(&mut self, object: Ref) -> PyResult<bool> {
        match object {
            types::TRUE => return Ok(true),
            types::FALSE | types::NONE => return Ok(false),
            _ => {}
        }
        let slots = &self.class(self.class_of(object)).slots;
        if let Some(bool) = slots.bool {
            return bool(self, object);
        }
        match slots.length {
            Some(length) => length(self, object).map(|length| length > 0),
            None => Ok(true),
        }
    }

    /// `len(object)`
    pub(crate) fn length(&mut self, object: Ref) -> PyResult<usize> {
        match self.class(self.class_of(object)).slots.length {
            Some(length) => length(self, object),
            None => {
                let message = format!("object of type '{}' has no len()", self.type_name(object));
                Err(self.type_error(message))
            }
        }
    }

    /// A rich comparison (`PyObject_RichCompare`).
    pub(crate) fn rich_compare(&mut self, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
        self.recursive(" in comparison", |vm| vm.compare_objects(left, right, op))
    }

    fn compare_objects(&mut self, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
        let (left_class, right_class) = (self.class_of(left), self.class_of(right));
        let right_compare = self.class(right_class).slots.compare;
        let mut tried_reflected = false;
        if left_class != right_class
            && self.is_subclass(right_class, left_class)
            && let Some(compare) = right_compare
        {
            tried_reflected = true;
            let result = compare(self, right, left, reflect(op))?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        if let Some(compare) = self.class(left_class).slots.compare {
            let result = compare(self, left, right, op)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        if !tried_reflected && let Some(compare) = right_compare {
            let result = compare(self, right, left, reflect(op))?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        match op {
            CompareOperator::Eq => Ok(self.bool(left == right)),
            CompareOperator::Ne => Ok(self.bool(left != right)),
            _ => {
                let (left, right) = (self.type_name(left), self.type_name(right));
                Err(self.type_error(format!("'{}' not supported between instances of '{left}' and '{right}'", op.text())))
            }
        }
    }

    /// A rich comparison for its truth; an object equals itself (`PyObject_RichCompareBool`).
    pub(crate) fn compare_bool(&mut self, left: Ref, right: Ref, op: CompareOperator) -> PyResult<bool> {
        if left == right {
            match op {
                CompareOperator::Eq => return Ok(true),
                CompareOperator::Ne => return Ok(false),
                _ => {}
            }
        }
        let result = self.rich_compare(left, right, op)?;
        let truth = self.truth(result.borrow());
        self.release(result);
        truth
    }

    /// Whether two objects are the same or equal.
    #[inline]
    pub(crate) fn equal(&mut self, left: Ref, right: Ref) -> PyResult<bool> {
        self.compare_bool(left, right, CompareOperator::Eq)
    }

    /// Whether an object can be asked for what a key stands for (`PyMapping_Check`).
    pub(crate) fn is_mapping(&self, object: Ref) -> bool {
        self.class(self.class_of(object)).slots.subscript.is_some()
    }

    /// `object[key]` (`PyObject_GetItem`)
    pub(crate) fn get_item(&mut self, object: Ref, key: Ref) -> PyResult {
        let slots = &self.class(self.class_of(object)).slots;
        if let Some(subscript) = slots.subscript {
            return subscript(self, object, key);
        }
        if let Some(item) = slots.item {
            if self.class(self.class_of(key)).slots.index.is_some() {
                let mut index = self.as_index(key, Some(types::INDEX_ERROR))?;
                if index < 0 && self.class(self.class_of(object)).slots.length.is_some() {
                    index += self.length(object)? as i64;
                }
                return item(self, object, index);
            }
            let message = format!("sequence index must be integer, not '{}'", self.type_name(key));
            return Err(self.type_error(message));
        }
        if matches!(self.heap[object].value, Value::Type(_)) {
            return self.class_getitem(object, key);
        }
        let message = format!("'{}' object is not subscriptable", self.type_name(object));
        Err(self.type_error(message))
    }

    /// `cls[key]` through `__class_getitem__`.
    fn class_getitem(&mut self, class: Ref, key: Ref) -> PyResult {
        if class == types::TYPE {
            return Ok(self.generic_alias(class, key));
        }
        match self.lookup_attr(class, "__class_getitem__")? {
            Some(method) => {
                let result = self.call_pos(method.borrow(), &[key]);
                self.release(method);
                result
            }
            None => {
                let message = format!("type '{}' is not subscriptable", self.qualified_type_name(class));
                Err(self.type_error(message))
            }
        }
    }

    /// `object[key] = value`; without a value, `del object[key]`.
    pub(crate) fn set_item(&mut self, object: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
        if let Some(set) = self.class(self.class_of(object)).slots.ass_subscript {
            return set(self, object, key, value);
        }
        // A sequence that takes no items looks at the index all the same.
        let class = self.class(self.class_of(object));
        let slots = &class.slots;
        let sequence = class.heap.is_some() || slots.item.is_some() || slots.contains.is_some() || slots.concat.is_some();
        let by_index = sequence && self.class(self.class_of(key)).slots.index.is_some();
        if by_index {
            self.as_index(key, Some(types::INDEX_ERROR))?;
        }
        let what = match (value, by_index) {
            (Some(_), _) => "does not support item assignment",
            (None, true) => "doesn't support item deletion",
            (None, false) => "does not support item deletion",
        };
        let message = format!("'{}' object {what}", self.type_name(object));
        Err(self.type_error(message))
    }

    /// `item in container` (`PySequence_Contains`)
    pub(crate) fn contains(&mut self, container: Ref, item: Ref) -> PyResult<bool> {
        match self.class(self.class_of(container)).slots.contains {
            Some(contains) => contains(self, container, item),
            None => self.contains_by_iteration(container, item),
        }
    }

    /// `_PySequence_IterSearch`
    pub(crate) fn contains_by_iteration(&mut self, container: Ref, item: Ref) -> PyResult<bool> {
        let iterator = match self.get_iter(container) {
            Ok(iterator) => iterator,
            Err(stop) => {
                self.swallow(stop, types::TYPE_ERROR)?;
                let message = format!("argument of type '{}' is not iterable", self.type_name(container));
                return Err(self.type_error(message));
            }
        };
        let found = loop {
            match self.next(iterator.borrow()) {
                Ok(Some(candidate)) => {
                    let same = self.equal(candidate.borrow(), item);
                    self.release(candidate);
                    match same {
                        Ok(false) => {}
                        other => break other,
                    }
                }
                Ok(None) => break Ok(false),
                Err(stop) => break Err(stop),
            }
        };
        self.release(iterator);
        found
    }

    /// `iter(object)` (`PyObject_GetIter`)
    pub(crate) fn get_iter(&mut self, object: Ref) -> PyResult {
        let slots = &self.class(self.class_of(object)).slots;
        let Some(iter) = slots.iter else {
            if slots.item.is_some() {
                return self.sequence_iterator(object);
            }
            let message = format!("'{}' object is not iterable", self.type_name(object));
            return Err(self.type_error(message));
        };
        let iterator = iter(self, object)?;
        if self.class(self.class_of(iterator.borrow())).slots.next.is_some() {
            return Ok(iterator);
        }
        let message = format!("iter() returned non-iterator of type '{}'", self.type_name(iterator.borrow()));
        self.release(iterator);
        Err(self.type_error(message))
    }

    /// The next item of an iterator; none at its end, whether it says so with `StopIteration` or without (`PyIter_Next`).
    #[inline]
    pub(crate) fn next(&mut self, iterator: Ref) -> PyResult<Option<Owned>> {
        match self.iternext(iterator) {
            Ok(item) => Ok(item),
            Err(stop) => self.swallow(stop, types::STOP_ITERATION).map(|()| None),
        }
    }

    /// The same as the iterator has it (`tp_iternext`): its `StopIteration`, and what that has to tell, goes on to whoever asks.
    #[inline]
    pub(crate) fn iternext(&mut self, iterator: Ref) -> PyResult<Option<Owned>> {
        let Some(next) = self.class(self.class_of(iterator)).slots.next else {
            let message = format!("'{}' object is not an iterator", self.type_name(iterator));
            return Err(self.type_error(message));
        };
        self.check_stack()?;
        self.check_heap()?;
        next(self, iterator)
    }

    /// Whether the `repr` of a container may go on; false if it is already under way (`Py_ReprEnter`).
    pub(crate) fn repr_enter(&mut self, object: Ref) -> bool {
        if self.reprs.contains(&object) {
            return false;
        }
        // The list of them holds each.
        let held = self.retain(object).into_ref();
        self.reprs.push(held);
        true
    }

    /// See [`Vm::repr_enter`].
    pub(crate) fn repr_leave(&mut self, object: Ref) {
        if let Some(place) = self.reprs.iter().rposition(|&other| other == object) {
            let held = Owned::adopt(self.reprs.remove(place));
            self.release(held);
        }
    }

    /// `Py_EnterRecursiveCall`: native code is about to recurse.
    #[inline]
    pub(crate) fn enter_recursion(&mut self, place: &str) -> PyResult<()> {
        self.check_stack()?;
        let too_deep = if let Some(limit) = self.profile.native_recursion_limit {
            self.native_depth += 1;
            self.native_depth > i64::from(limit)
        } else {
            self.depth += 1;
            self.depth > self.recursion_limit
        };
        if too_deep { Err(self.recursed_too_deep(place)) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn recursed_too_deep(&mut self, place: &str) -> Stop {
        self.leave_recursion();
        self.raise(types::RECURSION_ERROR, format!("maximum recursion depth exceeded{place}"))
    }

    /// Whether [`Vm::enter_recursion`] would let native code in.
    #[inline]
    pub(crate) fn has_native_room(&self) -> bool {
        match self.profile.native_recursion_limit {
            Some(limit) => self.native_depth < i64::from(limit),
            None => self.depth < self.recursion_limit,
        }
    }

    /// Does something that may recurse natively.
    #[inline]
    pub(crate) fn recursive<T>(&mut self, place: &str, run: impl FnOnce(&mut Self) -> PyResult<T>) -> PyResult<T> {
        self.enter_recursion(place)?;
        let result = run(self);
        self.leave_recursion();
        result
    }

    /// See [`Vm::enter_recursion`].
    #[inline]
    pub(crate) fn leave_recursion(&mut self) {
        if self.profile.native_recursion_limit.is_some() {
            self.native_depth -= 1;
        } else {
            self.depth -= 1;
        }
    }
}

/// The slot of what can't be hashed (`PyObject_HashNotImplemented`).
pub(crate) fn unhashable(vm: &mut Vm, object: Ref) -> PyResult<i64> {
    let message = format!("unhashable type: '{}'", vm.type_name(object));
    Err(vm.type_error(message))
}

/// The comparison with its operands exchanged.
fn reflect(op: CompareOperator) -> CompareOperator {
    match op {
        CompareOperator::Lt => CompareOperator::Gt,
        CompareOperator::Le => CompareOperator::Ge,
        CompareOperator::Gt => CompareOperator::Lt,
        CompareOperator::Ge => CompareOperator::Le,
        same => same,
    }
}
