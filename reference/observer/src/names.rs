//! What the objects that existed before a run are called.
//!
//! The VM names its own builtins by the same rules, so that the two trajectories speak of the same things. They are named after
//! the run, when running a little Python does no harm: they are all still alive.

use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyBytes, PyCFunction, PyEllipsis, PyFunction, PyInt, PyModule, PyNotImplemented, PyString, PyTuple, PyType,
};

/// The canonical name of an object.
pub(crate) fn canonical_name(object: &Bound<'_, PyAny>) -> String {
    try_name(object).ok().flatten().unwrap_or_else(|| type_name(object))
}

fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().name().map_or_else(|_| "?".to_owned(), |name| name.to_string())
}

fn text(object: &Bound<'_, PyAny>, attribute: &str) -> PyResult<String> {
    object.getattr(attribute)?.extract()
}

fn try_name(object: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if object.is_none() {
        return Ok(Some("None".to_owned()));
    }
    if let Ok(value) = object.cast_exact::<PyBool>() {
        return Ok(Some(if value.is_true() { "True" } else { "False" }.to_owned()));
    }
    if object.cast_exact::<PyEllipsis>().is_ok() {
        return Ok(Some("Ellipsis".to_owned()));
    }
    if object.cast_exact::<PyNotImplemented>().is_ok() {
        return Ok(Some("NotImplemented".to_owned()));
    }
    if object.cast::<PyType>().is_ok() {
        let (module, name) = (text(object, "__module__")?, text(object, "__qualname__")?);
        return Ok(Some(if module == "builtins" { name } else { format!("{module}.{name}") }));
    }
    if object.cast::<PyModule>().is_ok() {
        return Ok(Some(format!("module {}", text(object, "__name__")?)));
    }
    if object.cast_exact::<PyCFunction>().is_ok() {
        let owner = object.getattr("__self__")?;
        let name = text(object, "__name__")?;
        if owner.cast::<PyModule>().is_ok() {
            let module = text(&owner, "__name__")?;
            return Ok(Some(if module == "builtins" { name } else { format!("{module}.{name}") }));
        }
        if owner.cast::<PyType>().is_ok() {
            return Ok(Some(format!("{}.{name}", text(&owner, "__name__")?)));
        }
        return Ok(None);
    }
    if object.cast_exact::<PyFunction>().is_ok() {
        return Ok(Some(format!("{}.{}", text(object, "__module__")?, text(object, "__qualname__")?)));
    }
    if object.cast_exact::<PyInt>().is_ok() {
        return Ok(Some(format!("int {}", object.str()?)));
    }
    if object.cast_exact::<PyString>().is_ok() {
        return Ok(Some(format!("str {}", object.repr()?)));
    }
    if object.cast_exact::<PyBytes>().is_ok() {
        return Ok(Some(format!("bytes {}", object.repr()?)));
    }
    if let Ok(tuple) = object.cast_exact::<PyTuple>() {
        return Ok(tuple.is_empty().then(|| "tuple ()".to_owned()));
    }
    match type_name(object).as_str() {
        "method_descriptor" | "wrapper_descriptor" | "getset_descriptor" | "member_descriptor" | "classmethod_descriptor" => {
            Ok(Some(format!("{}.{}", text(&object.getattr("__objclass__")?, "__name__")?, text(object, "__name__")?)))
        }
        _ => Ok(None),
    }
}
