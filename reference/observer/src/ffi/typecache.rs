//! Switching CPython's cache of attribute lookups off.
//!
//! The cache of `_PyType_Lookup` holds a reference to each *name* that was looked up, in an entry whose place depends on the address
//! of the name, until another name falls on the same place. So it keeps strs alive, and counts of strs move, by chance: by
//! where objects happen to lie. Only types that have a version number take part. CPython copes with running out of these
//! numbers (such a type is just not cached), and that is the state that it is brought into here: no type gets a number any
//! more, those that are given out are taken back, and the cache is emptied. It stays empty then. Attribute lookups get slower
//! and are the same otherwise.
//!
//! On 3.13 the numbers of one class are limited, and `object` without a number means that no class has one. Before that the
//! counters are private to libpython; they are found by how they behave: among all words of its writable data, the one that
//! goes up whenever a number is given out.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;
use thiserror::Error;

/// The cache is not as it is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TypeCacheError {
    #[cfg(not(Py_3_13))]
    #[error("{0} words of libpython look like the counter of type versions, not one")]
    Ambiguous(usize),
    #[error("types still get version numbers")]
    StillOn,
}

/// The switch. The cache is on at first.
pub(crate) struct TypeCache {
    counters: Vec<Counter>,
}

/// A number that, at some value, keeps types from getting a version.
struct Counter {
    place: *mut Tag,
    /// The value that says that there are no more.
    exhausted: Tag,
    /// The value to go on from.
    saved: Tag,
}

#[cfg(not(Py_3_13))]
type Tag = u32;
#[cfg(Py_3_13)]
type Tag = u16;

// SAFETY: the pointers are only used with the interpreter's lock held.
unsafe impl Send for Counter {}

impl TypeCache {
    /// Finds the switch.
    pub(crate) fn find(py: Python<'_>) -> PyResult<Result<Self, TypeCacheError>> {
        Ok(find_counters(&Probe::new(py)?).map(|counters| Self { counters }))
    }

    /// From now on no name is held.
    pub(crate) fn switch_off(&mut self, py: Python<'_>) -> PyResult<Result<(), TypeCacheError>> {
        for counter in &mut self.counters {
            // SAFETY: `find_counters` made sure what lies there; the `Python` proves the lock.
            unsafe {
                counter.saved = counter.place.read();
                counter.place.write(counter.exhausted);
            }
        }
        forget_versions(py);
        let probe = Probe::new(py)?;
        probe.use_static(py)?;
        probe.use_heap()?;
        Ok(if has_version(probe.heap()) || has_version(probe.fixed()) { Err(TypeCacheError::StillOn) } else { Ok(()) })
    }

    /// As it was before: to measure what code costs without an observer.
    pub(crate) fn switch_on(&mut self, _: Python<'_>) {
        for counter in &mut self.counters {
            // SAFETY: see `switch_off`; the value is the one that was there.
            unsafe { counter.place.write(counter.saved) };
        }
    }
}

/// Takes all version numbers back and empties the cache.
fn forget_versions(_: Python<'_>) {
    // SAFETY: `object` is a type, and whatever has a version is below it; the `Python` proves the lock.
    unsafe {
        ffi::PyType_Modified(&raw mut ffi::PyBaseObject_Type);
        ffi::PyType_ClearCache();
    }
}

fn has_version(kind: *mut ffi::PyTypeObject) -> bool {
    // SAFETY: `kind` is a live type object (see the callers).
    #[cfg(not(Py_3_13))]
    unsafe {
        (*kind).tp_flags & ffi::Py_TPFLAGS_VALID_VERSION_TAG != 0
    }
    // SAFETY: the same.
    #[cfg(Py_3_13)]
    unsafe {
        (*kind).tp_version_tag != 0
    }
}

/// Two types to try things on, with no subclasses: one made here, one of CPython's own.
struct Probe<'py> {
    class: Bound<'py, PyType>,
}

impl<'py> Probe<'py> {
    fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Self { class: py.eval(c"type('Probe', (), {})", None, None)?.cast_into()? })
    }

    fn heap(&self) -> *mut ffi::PyTypeObject {
        self.class.as_type_ptr()
    }

    #[expect(clippy::unused_self, reason = "the pair is one thing")]
    fn fixed(&self) -> *mut ffi::PyTypeObject {
        &raw mut ffi::PyEllipsis_Type
    }

    /// Has the class made here take a new version number.
    fn use_heap(&self) -> PyResult<()> {
        // SAFETY: a live type object, and the lock is held.
        unsafe { ffi::PyType_Modified(self.heap()) };
        self.class.hasattr("no_such_attribute").map(drop)
    }

    /// Has CPython's own type take one.
    fn use_static(&self, py: Python<'_>) -> PyResult<()> {
        // SAFETY: a live type object, and the lock is held.
        unsafe { ffi::PyType_Modified(self.fixed()) };
        py.Ellipsis().bind(py).get_type().hasattr("no_such_attribute").map(drop)
    }
}

#[cfg(Py_3_13)]
#[expect(clippy::unnecessary_wraps, reason = "older versions may fail")]
fn find_counters(_: &Probe<'_>) -> Result<Vec<Counter>, TypeCacheError> {
    // SAFETY: a field of a static type object.
    let place = unsafe { &raw mut ffi::PyBaseObject_Type.tp_versions_used };
    // `MAX_VERSIONS_PER_CLASS` is 1000; anything above will do.
    Ok(vec![Counter { place, exhausted: u16::MAX, saved: 0 }])
}

#[cfg(not(Py_3_13))]
fn find_counters(probe: &Probe<'_>) -> Result<Vec<Counter>, TypeCacheError> {
    let py = probe.class.py();
    // The counter of the classes made at run time, on 3.11 that of all types.
    let next_of_heap = || {
        let _ = probe.use_heap();
        // SAFETY: the lock is held; hands back the number given out last.
        unsafe { ffi::PyType_ClearCache() }.wrapping_add(1)
    };
    let mut counters = vec![Counter { place: find_word(next_of_heap)?, exhausted: 0, saved: 0 }];
    if cfg!(Py_3_12) {
        let next_of_static = || {
            let _ = probe.use_static(py);
            // SAFETY: a field of a static type object.
            unsafe { (*probe.fixed()).tp_version_tag.wrapping_add(1) }
        };
        // Their numbers end at `_Py_MAX_GLOBAL_TYPE_VERSION_TAG`; anything far above will do.
        counters.push(Counter { place: find_word(next_of_static)?, exhausted: u32::MAX / 2, saved: 0 });
    }
    Ok(counters)
}

/// The one word of libpython's writable data that always is what `next` says, which is another number each time.
#[cfg(not(Py_3_13))]
fn find_word(next: impl Fn() -> u32) -> Result<*mut u32, TypeCacheError> {
    let value = next();
    let mut candidates: Vec<*mut u32> = writable_words();
    // SAFETY: words of a mapped, readable segment of libpython; nothing runs that could change them meanwhile.
    candidates.retain(|word| unsafe { word.read_volatile() } == value);
    for _ in 0..8 {
        let value = next();
        // SAFETY: the same.
        candidates.retain(|word| unsafe { word.read_volatile() } == value);
    }
    match candidates[..] {
        [word] => Ok(word),
        _ => Err(TypeCacheError::Ambiguous(candidates.len())),
    }
}

/// The words of the writable segment of libpython in which `PyType_Type` lies.
#[cfg(not(Py_3_13))]
fn writable_words() -> Vec<*mut u32> {
    use std::ffi::{c_int, c_void};

    /// # Safety
    /// Called by `dl_iterate_phdr` with what it promises; `found` points at the range to fill in.
    unsafe extern "C" fn visit(info: *mut libc::dl_phdr_info, _: libc::size_t, found: *mut c_void) -> c_int {
        let wanted = (&raw const ffi::PyType_Type) as usize;
        // SAFETY: the caller's promise: `dlpi_phdr` points at `dlpi_phnum` headers.
        unsafe {
            for index in 0..usize::from((*info).dlpi_phnum) {
                let header = &*(*info).dlpi_phdr.add(index);
                let start = (*info).dlpi_addr as usize + header.p_vaddr as usize;
                let range = start..start + header.p_memsz as usize;
                let writable = header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W != 0;
                if writable && range.contains(&wanted) {
                    *found.cast::<std::ops::Range<usize>>() = range;
                    return 1;
                }
            }
        }
        0
    }
    let mut found: std::ops::Range<usize> = 0..0;
    // SAFETY: `visit` keeps to the interface and only writes to `found`.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut found).cast()) };
    let size = size_of::<u32>();
    (found.start.next_multiple_of(size)..found.end)
        .step_by(size)
        .filter(|address| address + size <= found.end)
        .map(std::ptr::with_exposed_provenance_mut)
        .collect()
}
