//! Keeping CPython's cache of attribute lookups out of the counts.
//!
//! The cache of `_PyType_Lookup` holds a reference to each *name* that was looked up, in an entry whose place depends on the
//! address of the name, until another name falls on the same place. So it keeps strs alive, and their counts move, by chance:
//! by where objects happen to lie. (On 3.11 even the count of `None` moves, which is the name in an empty entry.)
//!
//! Switching the cache off is no way out: a type without a version number is a state that the interpreter's specialised
//! instructions do not cope with (a class attribute cached for version 0 is taken for that of any class). So it works on, but
//! it is emptied before each run, with a name of its own kind in the empty entries, and again whenever something was put into it
//! and the count of a str that is watched is about to be read.
//!
//! The table is private to libpython. It is found by what it looks like when it was just cleared: so many entries with no
//! version, `None` for a name and no value.

use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering::Relaxed};

use pyo3::ffi;
use pyo3::prelude::*;
use thiserror::Error;

use super::object::raw_count;
use super::segment::writable_words;

/// `struct type_cache_entry`; the test of the layouts checks it.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) version: u32,
    pub(super) name: *mut ffi::PyObject,
    pub(super) value: *mut ffi::PyObject,
}

/// How many there are: `1 << MCACHE_SIZE_EXP`.
pub(super) const ENTRIES: usize = 1 << 12;

/// The table, once it was found.
static TABLE: AtomicPtr<Entry> = AtomicPtr::new(std::ptr::null_mut());
/// The name in empty entries, a str that nobody else has.
static NOBODY: AtomicPtr<ffi::PyObject> = AtomicPtr::new(std::ptr::null_mut());
/// How many references to it there were when somebody last asked for news.
static LAST: AtomicI32 = AtomicI32::new(0);

/// The cache is not where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0} places in libpython look like the cache of attribute lookups, not one")]
pub(crate) struct TypeCacheError(usize);

/// Finds the table. To be called once.
pub(crate) fn find(py: Python<'_>) -> Result<(), TypeCacheError> {
    let nobody = pyo3::types::PyString::new(py, "<the name in an empty entry of the cache of attribute lookups>");
    NOBODY.store(nobody.into_ptr(), Relaxed);
    // SAFETY: the lock is held. Nothing looks an attribute up until the search is over.
    let none = unsafe {
        ffi::PyType_ClearCache();
        ffi::Py_None()
    };
    let words = writable_words();
    // SAFETY: words of a mapped, readable segment of libpython; nothing runs that could change them meanwhile.
    let word = |index: usize| unsafe { words.0.add(index).read_volatile() };
    // The version is half a word; what fills it up is never written to.
    let is_empty = |index: usize| word(index) as u32 == 0 && word(index + 1) == none as usize && word(index + 2) == 0;
    let size = size_of::<Entry>() / size_of::<usize>();
    let mut found = Vec::new();
    let mut index = 0;
    while index + size <= words.1 {
        let run = (index..words.1 - size).step_by(size).take_while(|&index| is_empty(index)).count();
        if run >= ENTRIES {
            found.push(index);
        }
        index += (run * size).max(1);
    }
    match found[..] {
        [index] => {
            // SAFETY: within the segment.
            TABLE.store(unsafe { words.0.add(index) }.cast::<Entry>(), Relaxed);
            Ok(())
        }
        _ => Err(TypeCacheError(found.len())),
    }
}

/// Empties the cache. A name that nobody else has dies of it.
pub(crate) fn clear(_: Python<'_>) {
    let table = TABLE.load(Relaxed);
    if table.is_null() || is_empty() {
        return;
    }
    for index in 0..ENTRIES {
        // SAFETY: `find` made sure that the entries lie there; the `Python` proves the lock.
        unsafe { vacate(table.add(index)) };
    }
}

/// Whether no name was put into the cache since it was emptied. Each empty entry has a reference to the name that is nobody's,
/// so that its count tells.
#[inline]
pub(crate) fn is_empty() -> bool {
    let nobody = NOBODY.load(Relaxed);
    // SAFETY: `find` stored a reference to a str.
    !nobody.is_null() && unsafe { raw_count(nobody) } == ENTRIES as i32 + 1
}

/// Whether the number of names in the cache is another than when this was asked last.
#[inline]
pub(super) fn has_news(_: Python<'_>) -> bool {
    let nobody = NOBODY.load(Relaxed);
    // SAFETY: `find` stored a reference to a str, or there is none yet.
    let empty_entries = if nobody.is_null() { 0 } else { unsafe { raw_count(nobody) } };
    LAST.swap(empty_entries, Relaxed) != empty_entries
}

/// Where the names in the cache are.
pub(super) fn addresses(_: Python<'_>) -> impl Iterator<Item = usize> {
    let (table, nobody) = (TABLE.load(Relaxed), NOBODY.load(Relaxed));
    let entries = if table.is_null() { 0 } else { ENTRIES };
    // SAFETY: `find` made sure that the entries lie there; the `Python` proves the lock.
    (0..entries).map(move |index| unsafe { (*table.add(index)).name }).filter(move |&name| name != nobody).map(|name| name as usize)
}

/// Takes a str out of the cache, so that only those who really have it count.
///
/// # Safety
/// The lock is held, and `name` points at a str to which someone else has a reference, so that it does not die of it.
pub(super) unsafe fn remove(name: *mut ffi::PyObject) {
    let table = TABLE.load(Relaxed);
    if table.is_null() || is_empty() {
        return;
    }
    for index in 0..ENTRIES {
        // SAFETY: `find` made sure that the entries lie there; the caller holds the lock.
        unsafe {
            let entry = table.add(index);
            if (*entry).name == name {
                vacate(entry);
            }
        }
    }
}

/// Whether a str may be a name in the cache: it was hashed, as every name that is looked up is.
///
/// # Safety
/// `text` points at a live str.
#[inline]
pub(super) unsafe fn may_hold(text: *const ffi::PyObject) -> bool {
    // SAFETY: the caller's promise; a str begins as a `PyASCIIObject`.
    unsafe { (*text.cast::<ffi::PyASCIIObject>()).hash != -1 }
}

/// # Safety
/// `entry` points at an entry of the table, and the lock is held.
unsafe fn vacate(entry: *mut Entry) {
    let nobody = NOBODY.load(Relaxed);
    // SAFETY: the caller's promise. The entry is as it is to be before the name may die, and with it run anything.
    unsafe {
        let name = (*entry).name;
        if name != nobody {
            ffi::Py_INCREF(nobody);
            (*entry).version = 0;
            (*entry).name = nobody;
            (*entry).value = std::ptr::null_mut();
            ffi::Py_DECREF(name);
        }
    }
}
