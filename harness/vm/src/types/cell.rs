//! `cell` (`Objects/cellobject.c`)

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `cell`
pub(crate) static TYPE: NativeType = NativeType {
    name: "cell",
    slots: Slots { repr: Some(repr), compare: Some(compare), new: Some(new), ..Slots::NONE },
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
        self.make_tracked(types::CELL, Value::Cell(content))
    }

    /// Exchanges what a cell holds; the old content is let go after the new one is in.
    pub(crate) fn set_cell(&mut self, cell: Ref, content: Option<Owned>) {
        if let Value::Cell(place) = &mut self.heap[cell].value {
            let old = std::mem::replace(place, content);
            self.release_option(old);
        } else {
            self.release_option(content);
        }
    }
}

/// `types.CellType(content)`
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("cell", args)?;
    vm.check_positional("cell", args.values.len(), 0, 1)?;
    let content = vm.retain_option(args.values.first().copied());
    Ok(vm.new_cell(content))
}

fn content(vm: &Vm, this: Ref) -> Option<Ref> {
    match &vm.heap[this].value {
        Value::Cell(content) => content.as_ref().map(Owned::borrow),
        _ => None,
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let address = Vm::address(this);
    let text = match content(vm, this) {
        None => format!("<cell at {address}: empty>"),
        Some(content) => {
            let class = vm.qualified_type_name(vm.class_of(content));
            format!("<cell at {address}: {class} object at {}>", Vm::address(content))
        }
    };
    Ok(vm.str(text))
}

/// By what they hold; an empty one comes before any other.
fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.class_of(left) != types::CELL || vm.class_of(right) != types::CELL {
        return Ok(vm.not_implemented());
    }
    match (content(vm, left), content(vm, right)) {
        (Some(left), Some(right)) => vm.rich_compare(left, right, op),
        (left, right) => Ok(vm.bool(op.holds(left.is_some().cmp(&right.is_some())))),
    }
}
