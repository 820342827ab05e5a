//! What a module written in C holds.

use std::path::Path;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyCFunction, PyDict, PyFunction, PyInt, PyModule, PyString, PyTuple, PyType};
use refdrift_trace::{Member, MemberType, MemberValue};

/// The entries of a module's `__dict__`, in order; none if there is no such module, or not in C.
pub(crate) fn of(py: Python<'_>, name: &str) -> PyResult<Option<Vec<Member>>> {
    let module = match py.import(name) {
        Ok(module) => module,
        Err(error) if error.is_instance_of::<PyImportError>(py) => return Ok(None),
        Err(error) => return Err(error),
    };
    let file = module.getattr("__file__").ok().and_then(|file| file.extract::<String>().ok());
    let in_python =
        file.is_some_and(|file| Path::new(&file).extension() != Some("so".as_ref())) || module.getattr("__cached__").is_ok();
    if in_python {
        return Ok(None);
    }
    let mut members = Vec::new();
    for (key, value) in module.dict().iter() {
        let Ok(key) = key.extract::<String>() else { continue };
        members.push(Member { name: key, value: value_of(&module, &value)? });
    }
    Ok(Some(members))
}

fn value_of(module: &Bound<'_, PyModule>, value: &Bound<'_, PyAny>) -> PyResult<MemberValue> {
    if value.is_none() {
        return Ok(MemberValue::None);
    }
    if let Ok(value) = value.cast_exact::<PyBool>() {
        return Ok(MemberValue::Bool(value.is_true()));
    }
    if value.cast_exact::<PyInt>().is_ok()
        && let Ok(value) = value.extract()
    {
        return Ok(MemberValue::Int(value));
    }
    if value.cast_exact::<PyString>().is_ok()
        && let Ok(value) = value.extract()
    {
        return Ok(MemberValue::Text(value));
    }
    if value.cast_exact::<PyCFunction>().is_ok() && value.getattr("__self__")?.is(module) {
        return Ok(MemberValue::Function(value.getattr("__name__")?.extract()?));
    }
    if let Ok(class) = value.cast_exact::<PyType>()
        && let Some(class) = class_of(class)?
    {
        return Ok(MemberValue::Type(class));
    }
    Ok(MemberValue::Other(value.get_type().name()?.extract()?))
}

/// A class, if it is written in C.
fn class_of(class: &Bound<'_, PyType>) -> PyResult<Option<MemberType>> {
    let namespace = PyDict::new(class.py());
    namespace.call_method1("update", (class.getattr("__dict__")?,))?;
    if namespace.values().iter().any(|value| value.cast_exact::<PyFunction>().is_ok()) {
        return Ok(None);
    }
    let named = |class: &Bound<'_, PyAny>| -> PyResult<(String, String)> {
        Ok((class.getattr("__module__")?.extract()?, class.getattr("__name__")?.extract()?))
    };
    let (module, name) = named(class.as_any())?;
    let mut entries = Vec::new();
    for (name, value) in namespace.iter() {
        entries.push((name.extract()?, value.get_type().name()?.extract()?));
    }
    let bases = class.getattr("__bases__")?.cast_into::<PyTuple>()?;
    let there = |name: &str| -> PyResult<bool> { Ok(class.getattr(name)?.extract::<i64>()? != 0) };
    Ok(Some(MemberType {
        module,
        name,
        bases: bases.iter().map(|base| named(&base)).collect::<PyResult<_>>()?,
        flags: class.getattr("__flags__")?.extract()?,
        dict: there("__dictoffset__")?,
        weak: there("__weakrefoffset__")?,
        names: entries,
    }))
}
