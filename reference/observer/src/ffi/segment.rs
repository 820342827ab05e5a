//! Where libpython keeps its variables: what is private to it is looked for there, by what it looks like.

use std::ffi::{c_int, c_void};
use std::ops::Range;

use pyo3::ffi;

/// The words of the writable segment of libpython in which `PyType_Type` lies, and how many there are.
pub(super) fn writable_words() -> (*mut usize, usize) {
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
                    *found.cast::<Range<usize>>() = range;
                    return 1;
                }
            }
        }
        0
    }
    let mut found: Range<usize> = 0..0;
    // SAFETY: `visit` keeps to the interface and only writes to `found`.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut found).cast()) };
    let start = found.start.next_multiple_of(size_of::<usize>());
    (std::ptr::with_exposed_provenance_mut(start), found.end.saturating_sub(start) / size_of::<usize>())
}
