//! `cell`

use crate::heap::Owned;
use crate::object::class::{Flags, GetSet, NativeType};
use crate::object::value::Value;
use crate::vm::Vm;

/// `cell`
pub(crate) static TYPE: NativeType = NativeType {
    name: "cell",
    getsets: &[GetSet {
        name: "cell_contents",
        get: |vm, this| match &vm.heap[this].value {
            Value::Cell(Some(content)) => {
                let content = content.borrow();
                Ok(vm.retain(content))
            }
            _ => Err(vm.value_error("Cell is empty")),
        },
        set: Some(|vm, this, value| {
            let value = vm.retain_option(value);
            vm.set_cell(this, value);
            Ok(())
        }),
        member: false,
    }],
    flags: Flags(Flags::GC),
    ..NativeType::PLAIN
};

impl Vm {
    /// A new cell.
    pub(crate) fn new_cell(&mut self, content: Option<Owned>) -> Owned {
        self.make_tracked(crate::types::CELL, Value::Cell(content))
    }

    /// Exchanges what a cell holds; the old content is let go after the new one is in.
    pub(crate) fn set_cell(&mut self, cell: crate::heap::Ref, content: Option<Owned>) {
        if let Value::Cell(place) = &mut self.heap[cell].value {
            let old = std::mem::replace(place, content);
            self.release_option(old);
        } else {
            self.release_option(content);
        }
    }
}
