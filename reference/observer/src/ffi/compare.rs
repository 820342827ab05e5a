//! Whether containers still hold what they held, without touching what they hold.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// Whether a dict holds exactly these keys and values, by address, in this order.
pub(crate) fn dict_holds(dict: &Bound<'_, PyDict>, entries: &[(usize, usize)]) -> bool {
    if dict.len() != entries.len() {
        return false;
    }
    let (mut position, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
    entries.iter().all(|entry| {
        // SAFETY: a dict that is held, and the lock is held; nothing runs between the calls.
        let more = unsafe { ffi::PyDict_Next(dict.as_ptr(), &raw mut position, &raw mut key, &raw mut value) };
        more != 0 && (key as usize, value as usize) == *entry
    })
}

/// Whether a list holds exactly these items, by address.
pub(crate) fn list_holds(list: &Bound<'_, PyList>, items: &[usize]) -> bool {
    list.len() == items.len()
        && items.iter().enumerate().all(|(index, &item)| {
            // SAFETY: a list that is held, and the lock is held; the index is within it.
            unsafe { ffi::PyList_GET_ITEM(list.as_ptr(), index as ffi::Py_ssize_t) as usize == item }
        })
}
