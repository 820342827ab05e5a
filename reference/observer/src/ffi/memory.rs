//! Memory that is never given back: in a process apart what is used after its end does no more harm than it must.

use std::ffi::c_void;
use std::ptr;

use pyo3::{Python, ffi};

/// From now on no object's memory is used again (but for the few that CPython's own free lists keep): an object that is freed
/// too early is still what it was, and one that is freed twice corrupts nothing.
pub(crate) fn keep_all(_: Python<'_>) {
    let mut allocator = ffi::PyMemAllocatorEx { ctx: ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
    // SAFETY: a domain of CPython's and a place for its allocator; the `Python` proves the lock.
    unsafe { ffi::PyMem_GetAllocator(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_OBJ, &raw mut allocator) };
    allocator.free = Some(forget);
    // SAFETY: all but freeing is what it was, with its own context; and so is what was allocated until now.
    unsafe { ffi::PyMem_SetAllocator(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_OBJ, &raw mut allocator) };
}

/// Called by CPython to free an object's memory.
extern "C" fn forget(_: *mut c_void, _: *mut c_void) {}
