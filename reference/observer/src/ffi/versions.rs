//! Keeping CPython's specialised calls out of the counts (3.12 on).
//!
//! An instruction that has run a few times is replaced by a form made for what it saw. The forms that enter a Python function
//! which an attribute or an item is asked of (`BINARY_SUBSCR_GETITEM`, `LOAD_ATTR_PROPERTY`) hand their operands over to its
//! frame, where the generic ones hold them meanwhile. Traced code runs the generic forms only; the library's code is not traced,
//! and would count otherwise the more often it has run.
//!
//! Such a form is for one version of the function, and CPython makes none where the versions have run out. So they have.
//!
//! The next version is private to libpython. It is found by what it does: every code object that is made takes one, for the
//! functions made of it. 3.12 counts apart those of functions that were changed, which take one when a call to them is specialised.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFunction};
use thiserror::Error;

use super::layout::{HERE, field};
use super::segment::writable_words;

/// `PyCodeObject.co_version` (`uint32_t`); the test of the layouts checks it.
pub(super) const CODE_VERSION: usize = HERE.code_nlocalsplus + 20;

/// How often a version is taken to see what counts it: the first ones are small numbers, of which there are many.
const ROUNDS: usize = 8;

/// A next version is not where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} places in libpython look like the next version of a function, not one")]
pub(crate) struct VersionsError(usize);

/// No function gets a version from now on. To be called once, before other modules are imported: code made before keeps its version
/// for the functions that it makes later.
pub(crate) fn exhaust(py: Python<'_>) -> PyResult<Result<(), VersionsError>> {
    let takers: &[Taker] = if cfg!(Py_3_13) { &[of_new_code] } else { &[of_changed_function, of_new_code] };
    for &take in takers {
        if let Err(error) = run_out(py, take)? {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// Takes the versions of those functions away that had one before, among all objects.
pub(crate) fn forget_all(objects: &Bound<'_, PyAny>) -> PyResult<()> {
    objects
        .try_iter()?
        .filter(|object| object.as_ref().is_ok_and(PyAnyMethods::is_exact_instance_of::<PyFunction>))
        .try_for_each(|function| forget(&function?))
}

/// Takes a version, and says which it was.
type Taker = fn(Python<'_>) -> PyResult<u32>;

/// Finds the variable that a version is taken from, and says there that all were taken.
fn run_out(py: Python<'_>, take: Taker) -> PyResult<Result<(), VersionsError>> {
    let words = writable_words();
    let halves: *mut u32 = words.0.cast();
    let mut found: Vec<usize> = (0..2 * words.1).collect();
    for _ in 0..ROUNDS {
        let next = take(py)?.wrapping_add(1);
        // SAFETY: the halves of words of a mapped, readable segment of libpython; the lock is held.
        found.retain(|&index| unsafe { halves.add(index).read_volatile() } == next);
    }
    let [index] = found[..] else { return Ok(Err(VersionsError(found.len()))) };
    // SAFETY: the variable, within the segment; 0 is what CPython itself leaves there when all versions were taken.
    unsafe { halves.add(index).write_volatile(0) };
    Ok(Ok(()))
}

fn of_new_code(py: Python<'_>) -> PyResult<u32> {
    // SAFETY: the lock is held and the names are C strings; a new reference, or null with an exception.
    let code = unsafe {
        let code = ffi::PyCode_NewEmpty(c"".as_ptr(), c"".as_ptr(), 1);
        Bound::from_owned_ptr_or_err(py, code.cast())?
    };
    // SAFETY: a live code object, which has this field.
    Ok(unsafe { field(code.as_ptr().cast::<ffi::PyCodeObject>(), CODE_VERSION) })
}

fn of_changed_function(py: Python<'_>) -> PyResult<u32> {
    let scope = PyDict::new(py);
    py.run(c"def changed(): pass\ndef call():\n for _ in range(64): changed()\n", Some(&scope), None)?;
    let changed = scope.as_any().get_item("changed")?;
    forget(&changed)?;
    scope.as_any().get_item("call")?.call0()?;
    // SAFETY: a live function.
    Ok(unsafe { (*changed.as_ptr().cast::<ffi::PyFunctionObject>()).func_version })
}

/// Takes a function's version away, as CPython does when the function is changed: its defaults are set to what they are.
fn forget(function: &Bound<'_, PyAny>) -> PyResult<()> {
    // SAFETY: a function, and its own defaults, of which it takes a reference.
    let status = unsafe {
        let defaults = ffi::PyFunction_GetDefaults(function.as_ptr());
        ffi::PyFunction_SetDefaults(function.as_ptr(), if defaults.is_null() { ffi::Py_None() } else { defaults })
    };
    if status == 0 { Ok(()) } else { Err(PyErr::fetch(function.py())) }
}
