//! The names of attributes that a class keeps for its instances (`ht_cached_keys`), from the first one on.

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use rustc_hash::FxHashSet;

use super::layout::{HERE, field};

/// `Py_TPFLAGS_HEAPTYPE`
const HEAP_TYPE: u64 = 1 << 9;

/// The classes that keep names for their instances.
pub(crate) struct NamingClasses(Vec<Py<PyType>>);

impl NamingClasses {
    /// All that there are now.
    pub(crate) fn find(py: Python<'_>) -> PyResult<Self> {
        let subclasses = PyType::type_object(py).getattr("__subclasses__")?;
        let mut seen = FxHashSet::default();
        let mut found = Vec::new();
        let mut to_visit = vec![py.get_type::<PyAny>()];
        while let Some(class) = to_visit.pop() {
            if !seen.insert(class.as_ptr() as usize) {
                continue;
            }
            let below: Bound<'_, PyList> = subclasses.call1((&class,))?.cast_into()?;
            for subclass in below.iter() {
                to_visit.push(subclass.cast_into()?);
            }
            let flags: u64 = class.getattr("__flags__")?.extract()?;
            if flags & HEAP_TYPE != 0 && names_of(&class).is_some() {
                found.push(class.unbind());
            }
        }
        Ok(Self(found))
    }

    /// How many names they keep, all together.
    pub(crate) fn names(&self, py: Python<'_>) -> usize {
        self.0.iter().filter_map(|class| names_of(class.bind(py))).sum()
    }
}

/// How many names a class that is no static object keeps; none of one whose instances have no such names.
fn names_of(class: &Bound<'_, PyType>) -> Option<usize> {
    // SAFETY: a heap type that is held; the field and what it points at lie where the test of the layouts finds them in the
    // interpreter's headers.
    unsafe {
        let keys: *const u8 = field(class.as_ptr(), HERE.class_keys);
        (!keys.is_null()).then(|| field(keys, HERE.keys_count))
    }
}
