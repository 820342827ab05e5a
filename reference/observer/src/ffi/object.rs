//! Objects looked at without touching their counts.

use std::ffi::CStr;
use std::marker::PhantomData;
use std::ptr::NonNull;

use pyo3::prelude::*;
use pyo3::types::{PyCode, PyString};
use pyo3::{Borrowed, ffi};
use refdrift_trace::{Count, IMMORTAL};

use super::layout::{HERE, field};

/// A borrowed reference to an object that stays alive for `'a`. It holds no reference of its own, so that looking at an object
/// does not change what is being looked at. Only the `ffi` module makes them.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Object<'a> {
    pointer: NonNull<ffi::PyObject>,
    alive: PhantomData<&'a ffi::PyObject>,
}

impl<'a> Object<'a> {
    /// # Safety
    /// `pointer` points at an object that stays alive for `'a`.
    pub(super) unsafe fn new(pointer: NonNull<ffi::PyObject>) -> Self {
        Self { pointer, alive: PhantomData }
    }

    /// # Safety
    /// `pointer` is null or points at an object that stays alive for `'a`.
    pub(super) unsafe fn from_nullable(pointer: *mut ffi::PyObject) -> Option<Self> {
        // SAFETY: the caller's promise, for what is not null.
        NonNull::new(pointer).map(|pointer| unsafe { Self::new(pointer) })
    }

    /// The object that a strong reference keeps alive.
    pub(crate) fn of(bound: &'a Bound<'_, PyAny>) -> Self {
        Self { pointer: NonNull::new(bound.as_ptr()).expect("a bound reference is not null"), alive: PhantomData }
    }

    pub(super) fn pointer(self) -> *mut ffi::PyObject {
        self.pointer.as_ptr()
    }

    /// Its identity while it lives.
    pub(crate) fn address(self) -> usize {
        self.pointer.as_ptr() as usize
    }

    /// For the calls that pyo3 makes safe. Whatever makes a strong reference of it changes its count meanwhile.
    pub(crate) fn borrow<'py>(self, py: Python<'py>) -> Borrowed<'a, 'py, PyAny> {
        // SAFETY: the pointer is not null and the object is alive for `'a` (the invariant of this type); `py` proves the lock.
        unsafe { Borrowed::from_ptr(py, self.pointer()) }
    }

    /// A strong reference, if it is a code object.
    pub(crate) fn to_code(self, py: Python<'_>) -> Option<Bound<'_, PyCode>> {
        self.borrow(py).cast::<PyCode>().ok().map(Borrowed::to_owned)
    }

    /// `ob_refcnt`, or [`IMMORTAL`].
    pub(crate) fn count(self) -> Count {
        // SAFETY: the object is alive (the invariant of this type).
        count_from(unsafe { raw_count(self.pointer()) })
    }

    /// Its type. (Alive as long as the object, of which it is the type, unless `__class__` is assigned: the lifetime is that of
    /// a look between two instructions, in which nothing is.)
    pub(super) fn type_pointer(self) -> *mut ffi::PyTypeObject {
        // SAFETY: the object is alive, and each object has a type.
        unsafe { (*self.pointer()).ob_type }
    }

    /// The address of its type.
    pub(crate) fn type_address(self) -> usize {
        self.type_pointer() as usize
    }

    /// The name of its type, as `__name__` has it, read without running anything.
    pub(crate) fn with_type_name<R>(self, f: impl FnOnce(&str) -> R) -> R {
        let kind = self.type_pointer();
        // SAFETY: `kind` is a live type object; a heap type's `ht_name` is a str as long as the type lives, and its UTF-8 form is
        // kept by it; a static type's `tp_name` is a C string that lives as long.
        unsafe {
            if (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
                let name = (*kind.cast::<ffi::PyHeapTypeObject>()).ht_name;
                let mut length: ffi::Py_ssize_t = 0;
                let text = ffi::PyUnicode_AsUTF8AndSize(name, &raw mut length);
                if text.is_null() {
                    // Lone surrogates: such a name has no UTF-8 form.
                    ffi::PyErr_Clear();
                    return f("?");
                }
                let bytes = std::slice::from_raw_parts(text.cast::<u8>(), length as usize);
                f(std::str::from_utf8(bytes).unwrap_or("?"))
            } else {
                let name = CStr::from_ptr((*kind).tp_name).to_str().unwrap_or("?");
                f(name.rsplit('.').next().unwrap_or(name))
            }
        }
    }

    /// What it says, if it is exactly a str.
    pub(crate) fn exact_text(self, py: Python<'_>) -> Option<String> {
        self.borrow(py).cast_exact::<PyString>().ok().map(|text| text.to_string_lossy().into_owned())
    }

    /// Whether it is exactly a str.
    pub(super) fn is_exact_text(self) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::PyUnicode_CheckExact(self.pointer()) != 0 }
    }

    /// Its value, if it is exactly a float.
    pub(super) fn exact_float(self) -> Option<f64> {
        // SAFETY: the object is alive, and what is exactly a float is read as one.
        unsafe { (ffi::PyFloat_CheckExact(self.pointer()) != 0).then(|| ffi::PyFloat_AS_DOUBLE(self.pointer())) }
    }

    /// Whether its references are not counted.
    pub(super) fn is_immortal(self) -> bool {
        // SAFETY: the object is alive.
        unsafe { raw_count(self.pointer()) < 0 }
    }

    /// Whether it is exactly a str that CPython has interned.
    pub(crate) fn is_interned(self) -> bool {
        // SAFETY: the object is alive; only an exact str is read as one, whose state word lies where the layout says.
        unsafe { ffi::PyUnicode_CheckExact(self.pointer()) != 0 && field::<u32, _>(self.pointer(), HERE.unicode_state) & 3 != 0 }
    }
}

/// The low 32 bits of an object's count.
///
/// # Safety
/// `pointer` points at a live object.
#[inline]
pub(super) unsafe fn raw_count(pointer: *const ffi::PyObject) -> i32 {
    // SAFETY: `ob_refcnt` is the first field; its low half comes first on the little-endian machines that this is built for.
    unsafe { pointer.cast::<i32>().read() }
}

/// What a raw count means: from 3.12 on a set top bit is an immortal object.
#[inline]
pub(super) fn count_from(raw: i32) -> Count {
    if raw < 0 { IMMORTAL } else { raw }
}

#[cfg(not(target_endian = "little"))]
compile_error!("counts are read by their low half, which comes first on little-endian machines only");
