//! How much of the native stack, and of the heap, is left.
//!
//! The VM recurses natively where CPython does. A snippet that raises the recursion limit, or nests what CPython does not count,
//! is *unsupported* before the stack is used up: an overflow would end the whole process. So is one that makes more objects than
//! a machine may have memory for.

use crate::api::Missing;
use crate::vm::{PyResult, Vm};

/// How much a run may use; the rest is for what does not look.
const USABLE: usize = Vm::STACK_SIZE / 8 * 7;

/// Where the stack is now, nearly.
#[inline]
fn here() -> usize {
    let marker = 0_u8;
    std::ptr::from_ref(&marker).addr()
}

impl Vm {
    /// A run starts here.
    pub(crate) fn mark_stack(&mut self) {
        self.stack_start = here();
    }

    /// Whether more objects may be made; asked wherever a snippet decides how many.
    #[inline]
    pub(crate) fn check_heap(&mut self) -> PyResult<()> {
        if self.heap.is_full() {
            return Err(self.unsupported(Missing::Limit, "more than 32 million objects"));
        }
        Ok(())
    }

    /// Whether native code may recurse further; asked wherever a snippet decides how deep it goes.
    #[inline]
    pub(crate) fn check_stack(&mut self) -> PyResult<()> {
        // Stacks grow downwards wherever Rust runs.
        if self.stack_start.saturating_sub(here()) > USABLE {
            return Err(self.unsupported(Missing::Limit, "native calls nested so deep that the stack would overflow"));
        }
        Ok(())
    }
}
