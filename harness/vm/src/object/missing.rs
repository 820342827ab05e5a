//! What CPython has and the VM does not: using it says so, instead of doing something else.

mod type_names;

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::class::NativeType;
use crate::object::value::Value;
use crate::vm::{Stop, Vm};

/// The entry of a method that is not there: calling it is *unsupported*.
macro_rules! unsupported_method {
    ($class:literal, $name:literal) => {
        $crate::object::missing::unsupported_method!($class, $name, Instance)
    };
    ($class:literal, $name:literal, $kind:ident) => {
        $crate::object::class::Method {
            name: $name,
            kind: $crate::object::class::MethodKind::$kind,
            arity: $crate::object::class::Arity::Raw,
            call: |vm, _| Err(vm.unsupported($crate::api::Missing::Name, concat!($class, ".", $name))),
        }
    };
}
pub(crate) use unsupported_method;

/// Whether a line of a table of names has that name for that minor version: see [`type_names`].
pub(crate) fn lists(names: &str, name: &str, minor: u8) -> bool {
    names.split_ascii_whitespace().any(|entry| match entry.split_once('/') {
        None => entry == name,
        Some((listed, versions)) => {
            let known = match versions.strip_prefix('-') {
                Some(last) => last.parse().is_ok_and(|last: u8| minor <= last),
                None => versions.parse().is_ok_and(|first: u8| minor >= first),
            };
            listed == name && known
        }
    })
}

impl Vm {
    /// Whether CPython's builtin type has an attribute of that name in its own `__dict__`.
    pub(crate) fn missing_attribute(&self, native: &NativeType, name: &str) -> bool {
        let minor = self.profile.version.minor;
        type_names::NAMES.iter().any(|&(of, names)| of == native.name && lists(names, name, minor))
    }

    /// For an attribute that was not found in a class itself: *unsupported*, if CPython's has it.
    pub(crate) fn unsupported_class_attribute(&mut self, class: Ref, name: Ref) -> Option<Stop> {
        let (heap, native) = (self.class(class).heap.is_some(), self.class(class).native);
        let name = self.text(name)?;
        if heap || !self.missing_attribute(native, name) {
            return None;
        }
        let label = format!("{}.{name}", native.name);
        Some(self.unsupported(Missing::Name, label))
    }

    /// For an attribute that was not found anywhere: *unsupported*, if CPython would have found it.
    pub(crate) fn unsupported_attribute(&mut self, object: Ref, name: Ref) -> Option<Stop> {
        let mut classes = self.mro(self.class_of(object));
        if matches!(self.heap[object].value, Value::Type(_)) {
            classes.splice(0..0, self.mro(object));
        }
        classes.into_iter().find_map(|class| self.unsupported_class_attribute(class, name))
    }
}
