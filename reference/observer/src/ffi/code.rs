//! Code objects read in place.

use std::ffi::c_int;

use pyo3::prelude::*;
use pyo3::types::{PyCode, PyFrozenSet};
use pyo3::{Borrowed, ffi};

use super::layout::{HERE, field};
use super::object::Object;

unsafe extern "C" {
    /// Public from 3.11 on, but not declared by pyo3.
    fn PyCode_GetCode(code: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// A code object that stays alive for `'a`, and with it all that it refers to: code objects do not change.
#[derive(Clone, Copy)]
pub(crate) struct Code<'a>(Object<'a>);

/// The numbers in a code object.
pub(crate) struct Numbers {
    pub(crate) flags: u32,
    pub(crate) argcount: u32,
    pub(crate) posonlyargcount: u32,
    pub(crate) kwonlyargcount: u32,
    pub(crate) stacksize: u32,
    pub(crate) firstlineno: u32,
}

impl<'a> Code<'a> {
    /// The code object that a strong reference keeps alive.
    pub(crate) fn of(bound: &'a Bound<'_, PyCode>) -> Self {
        Self(Object::of(bound.as_any()))
    }

    /// An object as a code object, if it is one.
    pub(crate) fn from_object(object: Object<'a>) -> Option<Self> {
        // SAFETY: the object is alive.
        (unsafe { ffi::PyCode_Check(object.pointer()) } != 0).then_some(Self(object))
    }

    /// A code object itself, or that of a Python function.
    pub(super) fn of_function(object: Object<'a>) -> Option<Self> {
        // SAFETY: the object is alive; only a function is read as one, and it holds its code as long as it lives.
        let code = unsafe {
            let is_function = ffi::PyFunction_Check(object.pointer()) != 0;
            is_function.then(|| Object::from_nullable(ffi::PyFunction_GetCode(object.pointer()))).flatten()
        };
        Self::from_object(code.unwrap_or(object))
    }

    /// The addresses of `co_consts`, `co_names` and `co_localsplusnames`.
    pub(super) fn tuples(self) -> [usize; 3] {
        [HERE.code_consts, HERE.code_names, HERE.code_localsplusnames].map(|offset| self.field(offset).address())
    }

    pub(crate) fn object(self) -> Object<'a> {
        self.0
    }

    fn field(self, offset: usize) -> Object<'a> {
        // SAFETY: the code object is alive and has an object at each offset that this is called with (see the layout); it holds it
        // as long as it lives.
        unsafe {
            let pointer: *mut ffi::PyObject = field(self.0.pointer(), offset);
            Object::from_nullable(pointer).expect("a field of a code object is null")
        }
    }

    fn number(self, offset: usize) -> u32 {
        // SAFETY: the code object is alive and has an int at each offset that this is called with.
        unsafe { field::<c_int, _>(self.0.pointer(), offset) as u32 }
    }

    pub(crate) fn numbers(self) -> Numbers {
        let after_argcount = |index: usize| self.number(HERE.code_argcount + index * size_of::<c_int>());
        Numbers {
            flags: self.number(HERE.code_flags),
            argcount: after_argcount(0),
            posonlyargcount: after_argcount(1),
            kwonlyargcount: after_argcount(2),
            stacksize: after_argcount(3),
            firstlineno: after_argcount(4),
        }
    }

    /// `co_consts`
    pub(crate) fn consts(self) -> impl Iterator<Item = Object<'a>> {
        items(self.field(HERE.code_consts))
    }

    /// `co_names`
    pub(crate) fn names(self) -> impl Iterator<Item = Object<'a>> {
        items(self.field(HERE.code_names))
    }

    /// `co_localsplusnames`
    pub(crate) fn localsplusnames(self) -> impl Iterator<Item = Object<'a>> {
        items(self.field(HERE.code_localsplusnames))
    }

    fn after_names(self, index: usize) -> Object<'a> {
        self.field(HERE.code_localsplusnames + index * size_of::<usize>())
    }

    /// `co_localspluskinds`
    pub(crate) fn localspluskinds(self) -> &'a [u8] {
        bytes(self.after_names(1))
    }

    /// `co_filename`
    pub(crate) fn filename(self) -> Object<'a> {
        self.after_names(2)
    }

    /// `co_name`
    pub(crate) fn name(self) -> Object<'a> {
        self.after_names(3)
    }

    /// `co_qualname`
    pub(crate) fn qualname(self) -> Object<'a> {
        self.after_names(4)
    }

    /// `co_linetable`
    pub(crate) fn linetable(self) -> &'a [u8] {
        bytes(self.after_names(5))
    }

    /// `co_exceptiontable`
    pub(crate) fn exceptiontable(self) -> &'a [u8] {
        bytes(self.field(HERE.code_exceptiontable))
    }

    /// `co_code`: the generic instructions, whatever became of them since.
    pub(crate) fn bytecode(self, py: Python<'_>) -> Vec<u8> {
        // SAFETY: the code object is alive and the lock is held; the result is a new reference to bytes.
        let code = unsafe { Bound::from_owned_ptr(py, PyCode_GetCode(self.0.pointer())) };
        bytes(Object::of(&code)).to_vec()
    }
}

/// The items of a tuple; none for anything else.
pub(crate) fn items(tuple: Object<'_>) -> impl Iterator<Item = Object<'_>> {
    // SAFETY: the object is alive; only a tuple is read as one. It does not change while it is referred to from a constant.
    let length = unsafe { if ffi::PyTuple_Check(tuple.pointer()) != 0 { ffi::PyTuple_GET_SIZE(tuple.pointer()) } else { 0 } };
    // SAFETY: the index is within the tuple, which holds its items as long as it lives.
    (0..length).filter_map(move |index| unsafe { Object::from_nullable(ffi::PyTuple_GET_ITEM(tuple.pointer(), index)) })
}

/// The items of a frozenset, in the order in which CPython iterates over it; none for anything else.
pub(crate) fn frozenset_items<'a>(py: Python<'_>, set: Object<'a>) -> Vec<Object<'a>> {
    let mut found = Vec::new();
    let Ok(any) = set.borrow(py).cast::<PyFrozenSet>().map(Borrowed::to_owned) else { return found };
    for item in any.iter() {
        // SAFETY: a frozenset does not change, so that it holds its items as long as it lives.
        found.extend(unsafe { Object::from_nullable(item.as_ptr()) });
    }
    found
}

/// What a bytes object holds; nothing for anything else.
fn bytes(object: Object<'_>) -> &[u8] {
    // SAFETY: the object is alive; only bytes are read as such, and they do not change.
    unsafe {
        if ffi::PyBytes_Check(object.pointer()) == 0 {
            return &[];
        }
        let length = ffi::PyBytes_Size(object.pointer()) as usize;
        std::slice::from_raw_parts(ffi::PyBytes_AsString(object.pointer()).cast::<u8>(), length)
    }
}
