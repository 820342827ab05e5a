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

/// A number that is another one after each change to a dict (`ma_version_tag`, PEP 509); none for one that shares its keys with others,
/// whose values may change without it.
pub(crate) fn dict_version(dict: &Bound<'_, PyDict>) -> Option<u64> {
    // SAFETY: a dict that is held, and the lock is held.
    let dict = unsafe { &*dict.as_ptr().cast::<ffi::PyDictObject>() };
    #[allow(deprecated, reason = "from 3.12 on it is to go, but not before 3.14")]
    dict.ma_values.is_null().then_some(dict.ma_version_tag)
}

/// Whether a list holds exactly these items, by address.
pub(crate) fn list_holds(list: &Bound<'_, PyList>, items: &[usize]) -> bool {
    list.len() == items.len()
        && items.iter().enumerate().all(|(index, &item)| {
            // SAFETY: a list that is held, and the lock is held; the index is within it.
            unsafe { ffi::PyList_GET_ITEM(list.as_ptr(), index as ffi::Py_ssize_t) as usize == item }
        })
}
