//! All classes that there are.

use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use rustc_hash::FxHashSet;

/// `object` and all that derive from it, each once.
pub(super) fn classes(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyType>>> {
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
        found.push(class);
    }
    Ok(found)
}
