//! The threads of the interpreter.

use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

/// How many threads there are beside this one. `_thread._count()` does not know of one that was started and has not run yet.
pub(crate) fn others(_: Python<'_>) -> usize {
    // SAFETY: the `Python` proves the lock, under which no thread state is added or goes while the list is walked; each that is
    // asked for its next one is not null.
    let states = unsafe {
        let first = NonNull::new(ffi::PyInterpreterState_ThreadHead(ffi::PyInterpreterState_Get()));
        std::iter::successors(first, |state| NonNull::new(ffi::PyThreadState_Next(state.as_ptr()))).count()
    };
    states.saturating_sub(1)
}
