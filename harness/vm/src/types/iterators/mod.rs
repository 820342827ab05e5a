//! The iterators over sequences and sets, and those that builtin functions make of other iterators.

mod combine;
mod over;
mod text;

pub(crate) use combine::{ENUMERATE, FILTER, MAP, ZIP};
pub(crate) use over::{CALLABLE, LIST, LIST_REVERSE, REVERSED, SEQUENCE, SET, TUPLE, reversed_list, set_iter};
pub(crate) use text::{STR, STR_ASCII};

use crate::heap::{Owned, Ref};
use crate::object::value::{Native, Value};
use crate::vm::{PyResult, Vm};

/// Implements [`Native`] for a struct of optional owned fields, in the order in which its `tp_dealloc` lets go of them. Types of
/// this kind have no `tp_clear`.
macro_rules! holds {
    ($type:ty { $($field:ident: $name:literal),* $(,)? }) => {
        impl $crate::object::value::Native for $type {
            fn visit(&self, see: &mut dyn FnMut($crate::object::value::Role, $crate::heap::Ref)) {
                $(if let Some(held) = &self.$field {
                    see($crate::object::value::Role::Field($name), held.borrow());
                })*
            }

            fn give_back(&mut self, out: &mut Vec<$crate::heap::Owned>) {
                $(out.extend(self.$field.take());)*
            }

            fn clear(&mut self, _out: &mut Vec<$crate::heap::Owned>) {}
        }
    };
}
pub(crate) use holds;

impl Vm {
    /// The payload of an object of a type that has no variant of its own; none for anything else.
    #[inline]
    pub(crate) fn payload<T: Native>(&self, object: Ref) -> Option<&T> {
        match &self.heap[object].value {
            Value::Native(native) => native.downcast(),
            _ => None,
        }
    }

    /// The payload, to change it.
    #[inline]
    pub(crate) fn payload_mut<T: Native>(&mut self, object: Ref) -> Option<&mut T> {
        match &mut self.heap[object].value {
            Value::Native(native) => native.downcast_mut(),
            _ => None,
        }
    }

    /// The next result of an iterator that yields tuples: its last one with other items if nobody else holds it, else a new one.
    pub(crate) fn recycle_tuple(&mut self, last: Option<Ref>, mut items: Vec<Owned>) -> Owned {
        let Some(last) = last.filter(|&last| self.heap[last].count == 1) else { return self.new_tuple(items) };
        let result = self.retain(last);
        if let Value::Tuple(places) = &mut self.heap[last].value {
            places.iter_mut().zip(&mut items).for_each(|(place, item)| std::mem::swap(place, item));
        }
        self.release_all(items);
        // The collector may have lost sight of it.
        self.track(last);
        result
    }
}

/// `__iter__` of iterators.
pub(crate) fn itself(vm: &mut Vm, iterator: Ref) -> PyResult {
    Ok(vm.retain(iterator))
}
