//! The objects that exist before any snippet runs.

use std::ffi::{c_int, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
#[cfg(not(Py_3_13))]
use pyo3::types::PyString;
use pyo3::types::{PyDict, PyMapping, PyType};
use refdrift_trace::IMMORTAL;
use rustc_hash::{FxHashMap, FxHashSet};

use super::code::{Code, items};
use super::object::Object;

/// All objects that were there before, each held so that none of them ever dies and makes room for another.
#[derive(Default)]
pub(crate) struct Statics {
    index: FxHashMap<usize, u32>,
    objects: Vec<Py<PyAny>>,
    /// How many there were at the start: a run that imports more adds to them.
    at_start: usize,
    /// The interned strings that were counted at the start, by their text. They cease to be when code is compiled that names them.
    #[cfg(Py_3_13)]
    counted: FxHashMap<Box<str>, usize>,
}

impl Statics {
    /// Walks everything that can be reached from the roots.
    pub(crate) fn collect(py: Python<'_>, roots: Vec<Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut statics = Self::default();
        for root in roots {
            statics.add(Object::of(&root), py);
        }
        statics.walk(py, 0)?;
        statics.at_start = statics.objects.len();
        #[cfg(Py_3_13)]
        {
            statics.counted = super::counted::interned_and_counted(statics.objects.iter().map(|object| object.bind(py)));
        }
        Ok(statics)
    }

    /// Walks what can be reached from a new root, as far as it is not known.
    pub(crate) fn extend(&mut self, py: Python<'_>, root: &Bound<'_, PyAny>) -> PyResult<()> {
        let known = self.objects.len();
        self.add(Object::of(root), py);
        self.walk(py, known)
    }

    fn walk(&mut self, py: Python<'_>, mut next: usize) -> PyResult<()> {
        while next < self.objects.len() {
            let object = self.objects[next].clone_ref(py).into_bound(py);
            next += 1;
            self.add_referents(&object)?;
        }
        Ok(())
    }

    /// The place of the object at an address, if it was there before.
    #[inline]
    pub(crate) fn index_of(&self, address: usize) -> Option<u32> {
        self.index.get(&address).copied()
    }

    /// The object at a place.
    pub(crate) fn object<'py>(&self, py: Python<'py>, index: u32) -> Option<&Bound<'py, PyAny>> {
        self.objects.get(index as usize).map(|object| object.bind(py))
    }

    /// The texts of those strings of the start that CPython has interned.
    pub(crate) fn interned_at_start(&self, py: Python<'_>) -> FxHashSet<Box<str>> {
        let strings = self.objects[..self.at_start].iter().map(|object| object.bind(py));
        let interned = strings.filter(|string| Object::of(string).is_interned());
        interned.filter_map(|string| string.extract::<String>().ok().map(String::into)).collect()
    }

    /// The texts of the strings that were counted at the start, but those of which there was one that was not.
    #[cfg(Py_3_13)]
    pub(crate) fn counted_at_start(&self, _: Python<'_>) -> FxHashSet<Box<str>> {
        self.counted.keys().cloned().collect()
    }

    #[cfg(not(Py_3_13))]
    pub(crate) fn counted_at_start(&self, py: Python<'_>) -> FxHashSet<Box<str>> {
        let strings = || {
            self.objects[..self.at_start]
                .iter()
                .map(|object| object.bind(py))
                .filter(|object| object.is_exact_instance_of::<PyString>())
        };
        let text = |string: &Bound<'_, PyAny>| string.extract::<String>().ok().map(Box::from);
        let uncounted: FxHashSet<Box<str>> =
            strings().filter(|string| Object::of(string).count() == IMMORTAL).filter_map(text).collect();
        strings().filter_map(text).filter(|text| !uncounted.contains(text)).collect()
    }

    #[cfg(Py_3_13)]
    fn counted_strings(&self) -> impl Iterator<Item = Object<'_>> {
        // SAFETY: some of the objects, which strong references keep alive as long as `self`.
        self.counted.values().filter_map(|&string| unsafe { Object::from_nullable(string as *mut ffi::PyObject) })
    }

    /// Those interned strings that were counted at the start, and are no longer: their addresses.
    #[cfg(Py_3_13)]
    pub(crate) fn uncounted(&self) -> FxHashSet<usize> {
        let counted = self.counted_strings();
        counted.filter(|string| string.count() == IMMORTAL).map(Object::address).collect()
    }

    /// Has all interned strings counted that were at the start, but for those at these addresses.
    #[cfg(Py_3_13)]
    pub(crate) fn count_again(&self, but: &FxHashSet<usize>) {
        for string in self.counted_strings().filter(|string| !but.contains(&string.address())) {
            super::counted::count_again(string);
        }
    }

    #[cfg(not(Py_3_13))]
    #[allow(clippy::unused_self, reason = "on 3.13 there are some")]
    pub(crate) fn uncounted(&self) -> FxHashSet<usize> {
        FxHashSet::default()
    }

    #[cfg(not(Py_3_13))]
    #[allow(clippy::unused_self, reason = "on 3.13 there are some")]
    pub(crate) fn count_again(&self, _: &FxHashSet<usize>) {}

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = Object<'_>> {
        // SAFETY: a strong reference keeps each of them alive as long as `self`.
        self.objects.iter().filter_map(|object| unsafe { Object::from_nullable(object.as_ptr()) })
    }

    fn add(&mut self, object: Object<'_>, py: Python<'_>) {
        let index = self.objects.len() as u32;
        if let std::collections::hash_map::Entry::Vacant(entry) = self.index.entry(object.address()) {
            entry.insert(index);
            self.objects.push(object.borrow(py).to_owned().unbind());
        }
    }

    fn add_referents(&mut self, object: &Bound<'_, PyAny>) -> PyResult<()> {
        /// # Safety
        /// `argument` points at a vector of pointers.
        unsafe extern "C" fn visit(object: *mut ffi::PyObject, argument: *mut c_void) -> c_int {
            // SAFETY: the caller's promise.
            unsafe { (*argument.cast::<Vec<*mut ffi::PyObject>>()).push(object) };
            0
        }
        let py = object.py();
        let mut found: Vec<*mut ffi::PyObject> = Vec::new();
        // SAFETY: the object is alive; one that the collector knows has a `tp_traverse`, which only calls `visit`, with live objects
        // that it refers to.
        unsafe {
            let kind = (*object.as_ptr()).ob_type;
            if ffi::PyObject_IS_GC(object.as_ptr()) != 0
                && let Some(traverse) = (*kind).tp_traverse
            {
                traverse(object.as_ptr(), visit, (&raw mut found).cast());
            }
        }
        for referent in found {
            // SAFETY: referred to by `object`, which is alive; nothing ran since it was found.
            if let Some(referent) = unsafe { Object::from_nullable(referent) } {
                self.add(referent, py);
            }
        }
        // A dict whose keys are all strings does not show them to the collector.
        if let Ok(dict) = object.cast_exact::<PyDict>() {
            for (key, _) in dict.iter() {
                self.add(Object::of(&key), py);
            }
        }
        // The collector knows nothing of code objects, nor of what static types refer to.
        if let Some(code) = Code::from_object(Object::of(object)) {
            for part in code.consts().chain(code.names()).chain(code.localsplusnames()) {
                self.add(part, py);
            }
            for part in [code.filename(), code.name(), code.qualname()] {
                self.add(part, py);
            }
        } else if let Ok(class) = object.cast::<PyType>() {
            for name in ["__bases__", "__mro__"] {
                self.add(Object::of(&class.getattr(name)?), py);
            }
            for name in ["__name__", "__qualname__"] {
                // A static type makes a new str each time.
                let text = class.getattr(name)?;
                if text.is(&class.getattr(name)?) {
                    self.add(Object::of(&text), py);
                }
            }
            let namespace = class.getattr("__dict__")?;
            let namespace = namespace.cast::<PyMapping>()?;
            for entry in namespace.items()?.iter() {
                for part in items(Object::of(&entry)) {
                    self.add(part, py);
                }
            }
        }
        Ok(())
    }
}
