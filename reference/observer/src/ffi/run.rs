//! Running code with nothing between it and the caller.

use pyo3::exceptions::PyBaseException;
use pyo3::types::{PyCode, PyDict};
use pyo3::{Bound, Py, PyAny, ffi};

use super::object::Object;

/// Executes a module's code object in these globals. Hands back the exception that left it, its traceback within it, as the one
/// reference to it. No exception is being handled afterwards: a run that is broken off within a handler does not get to the
/// end of it.
pub(crate) fn evaluate<'py>(code: &Bound<'py, PyCode>, globals: &Bound<'py, PyDict>) -> Result<(), Bound<'py, PyBaseException>> {
    // SAFETY: a code object and a dict, both held, and the lock is held; the result is a new reference or null with an exception.
    // `None` is what the end of a handler leaves behind, and the thread takes a reference of its own to it.
    unsafe {
        let result = ffi::PyEval_EvalCode(code.as_ptr(), globals.as_ptr(), globals.as_ptr());
        let exception = result.is_null().then(|| Bound::from_owned_ptr(code.py(), take_exception()).cast_into_unchecked());
        ffi::PyErr_SetHandledException(ffi::Py_None());
        if let Some(exception) = exception {
            return Err(exception);
        }
        ffi::Py_DECREF(result);
    }
    Ok(())
}

/// The exception that is set, with its traceback in it.
///
/// # Safety
/// An exception is set, and the lock is held.
#[cfg(Py_3_12)]
unsafe fn take_exception() -> *mut ffi::PyObject {
    // SAFETY: the caller's promise.
    unsafe { ffi::PyErr_GetRaisedException() }
}

/// The exception that is set, with its traceback in it.
///
/// # Safety
/// An exception is set, and the lock is held.
#[cfg(not(Py_3_12))]
unsafe fn take_exception() -> *mut ffi::PyObject {
    let (mut kind, mut value, mut traceback) = (std::ptr::null_mut(), std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the caller's promise; each of the three is a new reference or null, the value is none of both once normalised.
    unsafe {
        ffi::PyErr_Fetch(&raw mut kind, &raw mut value, &raw mut traceback);
        ffi::PyErr_NormalizeException(&raw mut kind, &raw mut value, &raw mut traceback);
        if !traceback.is_null() {
            ffi::PyException_SetTraceback(value, traceback);
        }
        ffi::Py_XDECREF(traceback);
        ffi::Py_XDECREF(kind);
        value
    }
}

/// Deletes the first entry of a dict whose key is none of `kept`, and says what its key was. Nothing if there is no such entry.
pub(crate) fn delete_first(dict: &Bound<'_, PyDict>, kept: &[&str]) -> Option<String> {
    let py = dict.py();
    let (mut position, mut key) = (0, std::ptr::null_mut());
    // SAFETY: a dict that is held, and the lock is held; it does not change between the calls, and the key is only looked at
    // before it does.
    while unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, std::ptr::null_mut()) } != 0 {
        // SAFETY: the dict holds its key.
        let object = unsafe { Object::from_nullable(key) }?;
        let name = object.exact_text(py);
        if name.as_deref().is_some_and(|name| kept.contains(&name)) {
            continue;
        }
        let plain = name.is_some();
        let name = name.unwrap_or_else(|| object.with_type_name(|kind| format!("<{kind}>")));
        // Comparing a key that is no str may run anything, so that one is held; a str need not be, and its count is one that
        // someone may watch.
        let held: Option<Py<PyAny>> = (!plain).then(|| object.borrow(py).to_owned().unbind());
        // SAFETY: the dict and the key are alive; the dict lets go of the key only when it has found it.
        unsafe {
            if ffi::PyDict_DelItem(dict.as_ptr(), key) < 0 {
                ffi::PyErr_Clear();
                return None;
            }
        }
        drop(held);
        return Some(name);
    }
    None
}
