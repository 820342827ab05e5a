//! `isinstance` and `issubclass` (`Objects/abstract.c`).

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// `isinstance(object, class_or_tuple)`
pub(super) fn isinstance(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let answer = vm.is_instance(args.values[0], args.values[1])?;
    Ok(vm.bool(answer))
}

/// `issubclass(class, class_or_tuple)`
pub(super) fn issubclass(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let answer = vm.derives_from(args.values[0], args.values[1])?;
    Ok(vm.bool(answer))
}

const CLASS_OR_TUPLE: &str = "isinstance() arg 2 must be a type, a tuple of types, or a union";
const DERIVED: &str = "issubclass() arg 1 must be a class";
const BASE_OR_TUPLE: &str = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

impl Vm {
    /// `isinstance(object, class)`, hooks and all (`PyObject_IsInstance`).
    pub(crate) fn is_instance(&mut self, object: Ref, class: Ref) -> PyResult<bool> {
        if self.class_of(object) == class {
            return Ok(true);
        }
        if self.class_of(class) == types::TYPE {
            return self.real_is_instance(object, class);
        }
        let class = self.union_args(class).unwrap_or(class);
        if self.tuple(class).is_some() {
            return self.any_class(class, " in __instancecheck__", |vm, item| vm.is_instance(object, item));
        }
        match self.ask_class(class, names::INSTANCECHECK, object, " in __instancecheck__")? {
            Some(answer) => Ok(answer),
            None => self.real_is_instance(object, class),
        }
    }

    /// `issubclass(derived, class)`, hooks and all (`PyObject_IsSubclass`).
    pub(crate) fn derives_from(&mut self, derived: Ref, class: Ref) -> PyResult<bool> {
        if self.class_of(class) == types::TYPE {
            return if derived == class { Ok(true) } else { self.real_is_subclass(derived, class) };
        }
        let class = self.union_args(class).unwrap_or(class);
        if self.tuple(class).is_some() {
            return self.any_class(class, " in __subclasscheck__", |vm, item| vm.derives_from(derived, item));
        }
        match self.ask_class(class, names::SUBCLASSCHECK, derived, " in __subclasscheck__")? {
            Some(answer) => Ok(answer),
            None => self.real_is_subclass(derived, class),
        }
    }

    /// Whether the question has a yes for some class of a tuple.
    fn any_class(&mut self, classes: Ref, place: &str, mut ask: impl FnMut(&mut Self, Ref) -> PyResult<bool>) -> PyResult<bool> {
        self.enter_recursion(place)?;
        let mut answer = Ok(false);
        for class in self.items(classes).unwrap_or_default() {
            answer = ask(self, class);
            if !matches!(answer, Ok(false)) {
                break;
            }
        }
        self.leave_recursion();
        answer
    }

    /// Asks the hook of a class's type; none if it has none.
    fn ask_class(&mut self, class: Ref, hook: Ref, object: Ref, place: &str) -> PyResult<Option<bool>> {
        let Some(checker) = self.lookup_special_named(class, hook)? else { return Ok(None) };
        if let Err(stop) = self.enter_recursion(place) {
            self.release(checker);
            return Err(stop);
        }
        let result = self.call_pos(checker.borrow(), &[object]);
        self.leave_recursion();
        self.release(checker);
        let result = result?;
        let answer = self.truth(result.borrow());
        self.release(result);
        answer.map(Some)
    }

    /// `type.__instancecheck__` (`object_isinstance`)
    pub(crate) fn real_is_instance(&mut self, object: Ref, class: Ref) -> PyResult<bool> {
        if matches!(self.heap[class].value, Value::Type(_)) {
            if self.is_instance_of(object, class) {
                return Ok(true);
            }
            // An object may pretend to be of another class.
            let Some(claimed) = self.lookup_attr_named(object, names::CLASS)? else { return Ok(false) };
            let answer = claimed.borrow() != self.class_of(object)
                && matches!(self.heap[claimed.borrow()].value, Value::Type(_))
                && self.is_subclass(claimed.borrow(), class);
            self.release(claimed);
            return Ok(answer);
        }
        self.check_bases(class, CLASS_OR_TUPLE)?;
        let Some(claimed) = self.lookup_attr_named(object, names::CLASS)? else { return Ok(false) };
        let answer = self.derives_by_bases(claimed.borrow(), class);
        self.release(claimed);
        answer
    }

    /// `type.__subclasscheck__` (`recursive_issubclass`)
    pub(crate) fn real_is_subclass(&mut self, derived: Ref, class: Ref) -> PyResult<bool> {
        if matches!(self.heap[class].value, Value::Type(_)) && matches!(self.heap[derived].value, Value::Type(_)) {
            return Ok(self.is_subclass(derived, class));
        }
        self.check_bases(derived, DERIVED)?;
        self.check_bases(class, BASE_OR_TUPLE)?;
        self.derives_by_bases(derived, class)
    }

    /// What is no class must at least have a tuple `__bases__`.
    fn check_bases(&mut self, class: Ref, message: &str) -> PyResult<()> {
        match self.bases_attribute(class)? {
            Some(bases) => {
                self.release(bases);
                Ok(())
            }
            None => Err(self.type_error(message)),
        }
    }

    /// `class.__bases__`, if that is a tuple (`abstract_get_bases`).
    fn bases_attribute(&mut self, class: Ref) -> PyResult<Option<Owned>> {
        let Some(bases) = self.lookup_attr(class, "__bases__")? else { return Ok(None) };
        if self.tuple(bases.borrow()).is_some() {
            return Ok(Some(bases));
        }
        self.release(bases);
        Ok(None)
    }

    /// Follows `__bases__` (`abstract_issubclass`). One base after the other is no recursion: what was read of a class is let go when its
    /// base's was read.
    fn derives_by_bases(&mut self, derived: Ref, class: Ref) -> PyResult<bool> {
        let mut held: Option<Owned> = None;
        let mut derived = derived;
        loop {
            if derived == class {
                self.release_option(held);
                return Ok(true);
            }
            let found = self.bases_attribute(derived);
            self.release_option(held);
            let Some(bases) = found? else { return Ok(false) };
            match self.items(bases.borrow()).as_deref() {
                Some([]) => {
                    self.release(bases);
                    return Ok(false);
                }
                Some(&[base]) => {
                    derived = base;
                    held = Some(bases);
                }
                _ => {
                    return self.lend(bases, |vm, bases| {
                        vm.any_class(bases, " in __issubclass__", |vm, base| vm.derives_by_bases(base, class))
                    });
                }
            }
        }
    }
}
