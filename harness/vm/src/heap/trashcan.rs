//! The trashcan: how CPython keeps the native stack from overflowing while it frees chains of instances.
//!
//! The VM frees without recursion and has no need of it. But what is put off dies later than what is not: its finaliser runs
//! later, and so does what follows from its death (`Py_TRASHCAN_BEGIN` in `Include/cpython/object.h`, `Objects/object.c`). Only
//! instances of Python classes take part: an observed interpreter skips the trashcan of builtin types.

use super::Ref;
use super::release::Pending;
use crate::vm::Vm;

/// How deep deallocations may be nested before they are put off, up to 3.12 (`_PyTrash_UNWIND_LEVEL`).
const LEVEL: i64 = 50;
/// How many native calls there must be room for, from 3.13 on (`Py_TRASHCAN_HEADROOM`).
const HEADROOM: i64 = 50;

/// See the module.
#[derive(Default)]
pub(crate) struct Trashcan {
    /// Dead objects, to be freed later.
    pub(super) waiting: Vec<Ref>,
    /// How deep deallocations of instances are nested (up to 3.12).
    nesting: i64,
}

impl Vm {
    /// A dead instance is about to be freed; false if that is put off.
    pub(super) fn enter_deallocation(&mut self, object: Ref) -> bool {
        let full = match self.native_room() {
            Some(room) => room <= HEADROOM,
            None => self.trash.nesting >= LEVEL,
        };
        if full {
            self.untrack(object);
            self.trash.waiting.push(object);
        } else {
            self.nest_deallocation(1);
        }
        !full
    }

    /// The instance has been freed: what was put off may be next.
    pub(super) fn leave_deallocation(&mut self) {
        self.nest_deallocation(-1);
        let outermost = match self.native_room() {
            Some(room) => room > 2 * HEADROOM,
            None => self.trash.nesting <= 0,
        };
        if outermost && !self.trash.waiting.is_empty() {
            self.nest_deallocation(1);
            self.pending.push(Pending::EmptyTrash);
        }
    }

    pub(super) fn nest_deallocation(&mut self, by: i64) {
        if self.profile.trashcan_counts_native_calls {
            self.native_depth += by;
        } else {
            self.trash.nesting += by;
        }
    }

    /// How many native calls may still be nested, where that is what the trashcan goes by.
    fn native_room(&self) -> Option<i64> {
        let limit = self.profile.native_recursion_limit.filter(|_| self.profile.trashcan_counts_native_calls)?;
        // The limit lets one more in than there is room for.
        Some(i64::from(limit) - 1 - self.native_depth)
    }
}
