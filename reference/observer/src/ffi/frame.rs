//! The frame that is about to execute an instruction.

use std::marker::PhantomData;

use pyo3::ffi;

use super::layout::HERE;
#[cfg(not(Py_3_12))]
use super::layout::field;
use super::object::Object;
use crate::depth::Depths;

/// CPython's `_PyInterpreterFrame`, whose fields lie where the layout says.
#[repr(C)]
pub(super) struct InterpreterFrame {
    first: usize,
}

/// A frame at a boundary: its next instruction has not begun, so that its slots are what the compiler says they are.
pub(crate) struct Frame<'a> {
    pointer: *const InterpreterFrame,
    code: usize,
    offset: usize,
    alive: PhantomData<&'a ffi::PyObject>,
}

impl<'a> Frame<'a> {
    /// # Safety
    /// `pointer` points at the interpreter frame that is about to execute the instruction at byte `offset` of its code object, which
    /// lies at `code`; nothing executes for `'a`.
    pub(super) unsafe fn new(pointer: *const InterpreterFrame, code: usize, offset: usize) -> Self {
        Self { pointer, code, offset, alive: PhantomData }
    }

    /// Its identity while it lives.
    pub(crate) fn key(&self) -> usize {
        self.pointer as usize
    }

    /// The address of its code object.
    pub(crate) fn code(&self) -> usize {
        self.code
    }

    /// The offset of the next instruction, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Locals, cells and frees, then the value stack, as far as it reaches here. Nothing if `depths` are not those of its code, do
    /// not reach this instruction, or are wrong, which 3.11 can tell.
    pub(crate) fn slots(&self, depths: &Depths) -> Option<&'a [Option<Object<'a>>]> {
        if depths.code() != self.code {
            return None;
        }
        let length = depths.slots_at(self.offset)?;
        #[cfg(not(Py_3_12))]
        // SAFETY: the frame is alive and its `stacktop` is valid at a trace event on 3.11.
        if unsafe { field::<i32, _>(self.pointer, HERE.iframe_stacktop) } != length as i32 {
            return None;
        }
        // SAFETY: the frame is alive and idle for `'a`; `length` slots of its `localsplus` are initialised, because `depths` come
        // from the stack effects of this very code (3.11 confirms them, see above). `Option<Object>` is a nullable pointer.
        Some(unsafe {
            let first = self.pointer.byte_add(HERE.iframe_localsplus).cast::<Option<Object<'a>>>();
            std::slice::from_raw_parts(first, length)
        })
    }
}

// The slots are read in place: that needs the two to look alike.
const _: () = assert!(size_of::<Option<Object<'static>>>() == size_of::<*mut ffi::PyObject>());
