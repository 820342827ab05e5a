//! How much memory a snippet may take, and memory that is never given back.

use std::ffi::c_void;
use std::io;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use pyo3::{Python, ffi};

/// Whether an allocation of CPython's failed since [`forget_shortage`].
static SHORT: AtomicBool = AtomicBool::new(false);
/// CPython's own context, `malloc`, `calloc` and `realloc` of the domain that all larger memory comes from. Written once, before any
/// snippet runs.
static CONTEXT: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static MALLOC: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static CALLOC: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());
static REALLOC: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// A failed allocation of more than this is no shortage: no machine has so much, with a limit or without.
const ABSURD: usize = 1 << 46;

type Malloc = extern "C" fn(*mut c_void, usize) -> *mut c_void;
type Calloc = extern "C" fn(*mut c_void, usize, usize) -> *mut c_void;
type Realloc = extern "C" fn(*mut c_void, *mut c_void, usize) -> *mut c_void;

/// Lets this process take so many bytes of address space beyond what it has now, and has [`was_short`] tell when CPython got
/// none.
pub(crate) fn limit(_: Python<'_>, bytes: u64) -> io::Result<()> {
    let taken = std::fs::read_to_string("/proc/self/statm").ok();
    let pages: u64 = taken.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    // SAFETY: a number by its name.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64;
    let mut limits = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a resource by its name, and a place for its limits.
    if unsafe { libc::getrlimit(libc::RLIMIT_AS, &raw mut limits) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let wanted = bytes.saturating_add(pages.saturating_mul(page)).min(limits.rlim_max);
    limits = libc::rlimit { rlim_cur: wanted, rlim_max: wanted };
    // SAFETY: as above; the new limits are no higher than the old ones.
    if unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limits) } < 0 {
        return Err(io::Error::last_os_error());
    }
    let mut allocator = of_domain(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_RAW);
    let (Some(malloc), Some(calloc), Some(realloc)) = (allocator.malloc, allocator.calloc, allocator.realloc) else {
        return Ok(());
    };
    CONTEXT.store(allocator.ctx, Ordering::Release);
    MALLOC.store(malloc as *mut c_void, Ordering::Release);
    CALLOC.store(calloc as *mut c_void, Ordering::Release);
    REALLOC.store(realloc as *mut c_void, Ordering::Release);
    allocator.malloc = Some(watched_malloc);
    allocator.calloc = Some(watched_calloc);
    allocator.realloc = Some(watched_realloc);
    // SAFETY: each function calls the one that it stands for, with the same context; freeing is what it was.
    unsafe { ffi::PyMem_SetAllocator(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_RAW, &raw mut allocator) };
    Ok(())
}

/// Whether CPython was refused memory since [`forget_shortage`].
pub(crate) fn was_short() -> bool {
    SHORT.load(Ordering::Relaxed)
}

/// From now on only what comes counts.
pub(crate) fn forget_shortage() {
    SHORT.store(false, Ordering::Relaxed);
}

fn noted(memory: *mut c_void, size: usize) -> *mut c_void {
    if memory.is_null() && size < ABSURD {
        SHORT.store(true, Ordering::Relaxed);
    }
    memory
}

extern "C" fn watched_malloc(_: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: stored by `limit`, out of a value of this type, before this function was known to anyone.
    let malloc = unsafe { std::mem::transmute::<*mut c_void, Malloc>(MALLOC.load(Ordering::Acquire)) };
    noted(malloc(CONTEXT.load(Ordering::Acquire), size), size)
}

extern "C" fn watched_calloc(_: *mut c_void, count: usize, size: usize) -> *mut c_void {
    // SAFETY: as above.
    let calloc = unsafe { std::mem::transmute::<*mut c_void, Calloc>(CALLOC.load(Ordering::Acquire)) };
    noted(calloc(CONTEXT.load(Ordering::Acquire), count, size), count.saturating_mul(size))
}

extern "C" fn watched_realloc(_: *mut c_void, memory: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: as above.
    let realloc = unsafe { std::mem::transmute::<*mut c_void, Realloc>(REALLOC.load(Ordering::Acquire)) };
    noted(realloc(CONTEXT.load(Ordering::Acquire), memory, size), size)
}

fn of_domain(domain: ffi::PyMemAllocatorDomain) -> ffi::PyMemAllocatorEx {
    let mut allocator = ffi::PyMemAllocatorEx { ctx: ptr::null_mut(), malloc: None, calloc: None, realloc: None, free: None };
    // SAFETY: a domain of CPython's and a place for its allocator.
    unsafe { ffi::PyMem_GetAllocator(domain, &raw mut allocator) };
    allocator
}

/// From now on no object's memory is used again (but for the few that CPython's own free lists keep): an object that is freed
/// too early is still what it was, and one that is freed twice corrupts nothing.
pub(crate) fn keep_all(_: Python<'_>) {
    let mut allocator = of_domain(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_OBJ);
    allocator.free = Some(forget);
    // SAFETY: all but freeing is what it was, with its own context; and so is what was allocated until now.
    unsafe { ffi::PyMem_SetAllocator(ffi::PyMemAllocatorDomain::PYMEM_DOMAIN_OBJ, &raw mut allocator) };
}

/// Called by CPython to free an object's memory.
extern "C" fn forget(_: *mut c_void, _: *mut c_void) {}
