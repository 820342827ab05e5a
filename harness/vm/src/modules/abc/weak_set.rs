//! Sets of weak references to classes.

use super::Data;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind};
use crate::object::value::Value;
use crate::types;
use crate::types::function::{NativeFunction, NativeKind};
use crate::vm::{PyResult, Vm};

/// One of the sets of an abstract class.
#[derive(Clone, Copy)]
pub(super) enum WeakSet {
    Registry,
    Cache,
    NegativeCache,
}

/// Takes a weak reference to a class that is gone out of the set to which the other one refers.
static DESTROY: Method = Method { name: "_destroy", kind: MethodKind::Instance, arity: Arity::One, call: destroy };

fn destroy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(set) = vm.weakref_target(args.this()) else { return Ok(vm.none()) };
    let set = vm.retain(set);
    let discarded = vm.set_discard(set.borrow(), args.values[1]);
    vm.release(set);
    discarded?;
    Ok(vm.none())
}

impl WeakSet {
    fn place(self, data: &mut Data) -> &mut Option<Owned> {
        match self {
            Self::Registry => &mut data.registry,
            Self::Cache => &mut data.cache,
            Self::NegativeCache => &mut data.negative_cache,
        }
    }

    /// The set, if it was made.
    pub(super) fn of(self, vm: &mut Vm, data: Ref) -> Option<Ref> {
        vm.payload_mut::<Data>(data).and_then(|data| self.place(data).as_ref()).map(Owned::borrow)
    }

    /// Whether the set has a class (`_in_weak_set`).
    pub(super) fn has(self, vm: &mut Vm, data: Ref, class: Ref) -> PyResult<bool> {
        let Some(set) = self.of(vm, data).filter(|&set| vm.set_table(set).is_some_and(|set| set.len() > 0)) else {
            return Ok(false);
        };
        let reference = match reference_to(vm, class, None) {
            Ok(reference) => reference,
            Err(stop) => {
                vm.swallow(stop, types::TYPE_ERROR)?;
                return Ok(false);
            }
        };
        let found = vm.set_contains(set, reference.borrow());
        vm.release(reference);
        found
    }

    /// Puts a class into the set (`_add_to_weak_set`).
    pub(super) fn add(self, vm: &mut Vm, data: Ref, class: Ref) -> PyResult<()> {
        let set = match self.of(vm, data) {
            Some(set) => set,
            None => {
                let set = vm.new_set(types::SET, None)?;
                let borrowed = set.borrow();
                vm.put::<Data>(data, |data| self.place(data), Some(set));
                borrowed
            }
        };
        let set_reference = vm.new_weakref(types::WEAKREF, set, None)?;
        let callback = NativeFunction {
            name: "_destroy",
            home: "",
            class: None,
            what: NativeKind::Method(&DESTROY),
            bound: Some(vm.retain(set_reference.borrow())),
            owner: None,
            own_name: None,
        };
        let callback = vm.make_tracked(types::BUILTIN, Value::NativeFunction(Box::new(callback)));
        let reference = reference_to(vm, class, Some(callback.borrow()));
        vm.release(callback);
        let added = reference.and_then(|reference| {
            let added = vm.set_add(set, reference.borrow());
            vm.release(reference);
            added
        });
        vm.release(set_reference);
        added
    }
}

/// A weak reference to a class, which knows its hash: that of a class is its address and shows nowhere.
fn reference_to(vm: &mut Vm, class: Ref, callback: Option<Ref>) -> PyResult {
    let reference = vm.new_weakref(types::WEAKREF, class, callback)?;
    if vm.has_default_hash(class) {
        vm.set_weakref_hash(reference.borrow(), class.index() as i64);
    }
    Ok(reference)
}
