//! What CPython has and the VM does not: using it says so, instead of doing something else.

mod module_type_names;
mod type_names;

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::class::{NativeType, Slots};
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
            arity: $crate::object::class::Arity::Unsupported,
            call: |vm, _| Err(vm.unsupported($crate::api::Missing::Name, concat!($class, ".", $name))),
        }
    };
}
pub(crate) use unsupported_method;

/// Whether a line of a table of names has that name for that minor version: see [`type_names`].
pub(crate) fn lists(names: &str, name: &str, minor: u8) -> bool {
    names.split_ascii_whitespace().any(|entry| of_version(entry, minor) == Some(name))
}

/// The name of an entry of such a line, if that minor version has it.
pub(crate) fn of_version(entry: &str, minor: u8) -> Option<&str> {
    let Some((name, versions)) = entry.split_once('/') else { return Some(entry) };
    let known = match versions.strip_prefix('-') {
        Some(last) => last.parse().is_ok_and(|last: u8| minor <= last),
        None => versions.parse().is_ok_and(|first: u8| minor >= first),
    };
    known.then_some(name)
}

/// The tables of names of all builtin types.
fn all_names() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    type_names::NAMES.iter().chain(module_type_names::NAMES)
}

/// What is in the `__dict__` of the builtin types of one CPython, by their names: each failing lookup of an attribute asks.
#[derive(Default)]
pub(crate) struct TypeNames(OnceCell<FxHashMap<&'static str, FxHashSet<&'static str>>>);

impl TypeNames {
    fn has(&self, class: &str, name: &str, minor: u8) -> bool {
        let known = self.0.get_or_init(|| {
            let mut known = FxHashMap::<_, FxHashSet<_>>::default();
            for &(of, names) in all_names() {
                known.entry(of).or_default().extend(names.split_ascii_whitespace().filter_map(|entry| of_version(entry, minor)));
            }
            known
        });
        known.get(class).is_some_and(|names| names.contains(name))
    }
}

impl Vm {
    /// Whether CPython's builtin type has an attribute of that name in its own `__dict__`.
    pub(crate) fn cpython_has(&self, native: &NativeType, name: &str) -> bool {
        if !native.names.is_empty() {
            return native.names.split_ascii_whitespace().any(|known| known == name);
        }
        self.type_names.has(native.name, name, self.profile.version.minor)
    }

    /// The names in the `__dict__` of CPython's builtin type.
    pub(crate) fn cpython_names(&self, native: &NativeType) -> Vec<&'static str> {
        if !native.names.is_empty() {
            return native.names.split_ascii_whitespace().collect();
        }
        let minor = self.profile.version.minor;
        let entries = all_names().filter(|&&(of, _)| of == native.name).flat_map(|(_, names)| {
            let bare = |entry: &'static str| entry.split_once('/').map_or(entry, |(name, _)| name);
            names.split_ascii_whitespace().map(bare).filter(move |name| lists(names, name, minor))
        });
        entries.collect()
    }

    /// For an attribute that was not found in a class itself: *unsupported*, if CPython's has it.
    pub(crate) fn unsupported_class_attribute(&mut self, class: Ref, name: Ref) -> Option<Stop> {
        let (heap, native) = (self.class(class).heap.is_some(), self.class(class).native);
        let name = self.text(name)?;
        if heap || !self.cpython_has(native, name) {
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

/// What CPython's type does in a way of its own and the VM's does not is *unsupported*, not done in the way of its base.
pub(crate) fn set_apart(vm: &Vm, native: &NativeType, own: &Slots, slots: &mut Slots) {
    fn missing(vm: &mut Vm, this: Ref, name: &str) -> Stop {
        let label = format!("{}.{name}", vm.type_name(this));
        vm.unsupported(Missing::Name, label)
    }
    if own.repr.is_none() && vm.cpython_has(native, "__repr__") {
        slots.repr = Some(|vm, this| Err(missing(vm, this, "__repr__")));
    }
    if own.compare.is_none() && vm.cpython_has(native, "__eq__") {
        slots.compare = Some(|vm, this, _, _| Err(missing(vm, this, "__eq__")));
        slots.hash = Some(|vm, this| Err(missing(vm, this, "__hash__")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NATIVE;
    use refdrift_trace::PyVersion;

    #[test]
    fn names_are_known_by_version() {
        let names = "a b/12 c/-11";
        assert!(lists(names, "a", 11) && lists(names, "b", 13) && lists(names, "c", 11));
        assert!(!lists(names, "b", 11) && !lists(names, "c", 12) && !lists(names, "d", 12));
    }

    #[test]
    fn every_builtin_type_has_a_line() {
        let unknown: Vec<&str> =
            NATIVE.iter().map(|native| native.name).filter(|name| !all_names().any(|(of, _)| of == name)).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn no_builtin_type_has_more_than_cpython() {
        let mut superfluous = Vec::new();
        // The others differ in tables only, and Miri takes minutes for each.
        let minors = if cfg!(miri) { &[13][..] } else { &[11, 12, 13] };
        for &minor in minors {
            let vm = Vm::new(PyVersion { major: 3, minor, micro: 0 }).expect("a version that the VM has");
            for (index, native) in NATIVE.iter().enumerate() {
                for (key, _) in vm.class_entries(Ref::at(index as u32 + 1)) {
                    let name = vm.expect_text(key);
                    if !vm.cpython_has(native, name) {
                        superfluous.push(format!("3.{minor} {}.{name}", native.name));
                    }
                }
            }
        }
        assert_eq!(superfluous, Vec::<String>::new());
    }
}
