//! What trace and dealloc hooks share with the rest: one value under the interpreter's lock.

use std::cell::{Cell, UnsafeCell};

use pyo3::Python;

/// A value that whoever holds the interpreter's lock may look at, one at a time.
///
/// The hooks are called by CPython in the middle of anything, this program's own use of the value included; a nested use gets
/// nothing instead of a second `&mut`.
pub(super) struct Guarded<T> {
    value: UnsafeCell<T>,
    busy: Cell<bool>,
}

// SAFETY: `with` asks for proof of the interpreter's lock, so that no two threads are inside at once; `T: Send` because they
// may come one after the other.
unsafe impl<T: Send> Sync for Guarded<T> {}

impl<T> Guarded<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), busy: Cell::new(false) }
    }

    /// Calls `f` with the value, unless a caller further out is at it.
    #[inline]
    pub(super) fn with<R>(&self, _lock: Python<'_>, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        struct Leave<'a>(&'a Cell<bool>);
        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        if self.busy.replace(true) {
            return None;
        }
        let _leave = Leave(&self.busy);
        // SAFETY: the lock is held by this thread and not let go before `f` returns (nothing called from within runs Python
        // code), and `busy` says that no caller further out has a reference.
        Some(f(unsafe { &mut *self.value.get() }))
    }
}
