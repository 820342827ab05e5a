//! `groupby` and the iterators over its groups.

use super::{ITERATOR, instance};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

struct GroupBy {
    iterator: Option<Owned>,
    key_function: Option<Owned>,
    target_key: Option<Owned>,
    current_key: Option<Owned>,
    current_value: Option<Owned>,
    /// The group that may still yield; not owned.
    grouper: Option<Ref>,
}
holds!(GroupBy {
    iterator: "iterator",
    key_function: "key function",
    target_key: "key of the group",
    current_key: "key of the item",
    current_value: "item",
});

pub(crate) static GROUPBY: NativeType = NativeType {
    name: "groupby",
    slots: Slots { iter: Some(itself), next: Some(groupby_next), new: Some(groupby_new), ..Slots::NONE },
    methods: &[unsupported_method!("groupby", "__reduce__"), unsupported_method!("groupby", "__setstate__")],
    ..ITERATOR
};

struct Grouper {
    parent: Option<Owned>,
    target_key: Option<Owned>,
}
holds!(Grouper { parent: "groupby", target_key: "key of the group" });

pub(crate) static GROUPER: NativeType = NativeType {
    name: "_grouper",
    slots: Slots { iter: Some(itself), next: Some(grouper_next), new: Some(grouper_new), ..Slots::NONE },
    methods: &[unsupported_method!("_grouper", "__reduce__")],
    flags: Flags(Flags::GC),
    ..ITERATOR
};

const GROUPBY_ARGUMENTS: Signature =
    Signature { function: "groupby", positional_only: 0, names: &["iterable", "key"], required: 1, positional: 2 };

fn groupby_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let [iterable, key] = GROUPBY_ARGUMENTS.bind(vm, args)?;
    let key_function = vm.retain(key.unwrap_or(types::NONE));
    let state = GroupBy {
        iterator: None,
        key_function: Some(key_function),
        target_key: None,
        current_key: None,
        current_value: None,
        grouper: None,
    };
    let object = instance(vm, class, state);
    match vm.get_iter(iterable.unwrap_or(types::NONE)) {
        Ok(iterator) => {
            vm.put::<GroupBy>(object.borrow(), |state| &mut state.iterator, Some(iterator));
            Ok(object)
        }
        Err(stop) => {
            vm.release(object);
            Err(stop)
        }
    }
}

/// Fetches the next item and its key; whether there is one (`groupby_step`).
fn step(vm: &mut Vm, this: Ref) -> PyResult<bool> {
    let iterator = vm.held::<GroupBy>(this, |state| &state.iterator).unwrap_or(types::NONE);
    let Some(value) = vm.next(iterator)? else { return Ok(false) };
    let function = vm.held::<GroupBy>(this, |state| &state.key_function).unwrap_or(types::NONE);
    let key = if function == types::NONE {
        vm.retain(value.borrow())
    } else {
        match vm.call_pos(function, &[value.borrow()]) {
            Ok(key) => key,
            Err(stop) => {
                vm.release(value);
                return Err(stop);
            }
        }
    };
    let old = vm.payload_mut::<GroupBy>(this).and_then(|state| state.current_value.replace(value));
    vm.put::<GroupBy>(this, |state| &mut state.current_key, Some(key));
    vm.release_option(old);
    Ok(true)
}

fn groupby_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    if let Some(state) = vm.payload_mut::<GroupBy>(this) {
        state.grouper = None;
    }
    loop {
        let current = vm.held::<GroupBy>(this, |state| &state.current_key);
        let target = vm.held::<GroupBy>(this, |state| &state.target_key);
        match (current, target) {
            (None, _) => {}
            (Some(_), None) => break,
            (Some(current), Some(target)) => {
                if !vm.equal(target, current)? {
                    break;
                }
            }
        }
        if !step(vm, this)? {
            return Ok(None);
        }
    }
    let key = vm.held::<GroupBy>(this, |state| &state.current_key).unwrap_or(types::NONE);
    let target = vm.retain(key);
    vm.put::<GroupBy>(this, |state| &mut state.target_key, Some(target));
    let target = vm.held::<GroupBy>(this, |state| &state.target_key).unwrap_or(types::NONE);
    let grouper = make_grouper(vm, this, target);
    let key = vm.held::<GroupBy>(this, |state| &state.current_key).unwrap_or(types::NONE);
    let key = vm.retain(key);
    Ok(Some(vm.new_tuple(vec![key, grouper])))
}

fn make_grouper(vm: &mut Vm, parent: Ref, key: Ref) -> Owned {
    let state = Grouper { parent: Some(vm.retain(parent)), target_key: Some(vm.retain(key)) };
    let grouper = instance(vm, types::GROUPER, state);
    if let Some(state) = vm.payload_mut::<GroupBy>(parent) {
        state.grouper = Some(grouper.borrow());
    }
    grouper
}

fn grouper_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let given = super::positional(vm, class, types::GROUPER, args, 2, 2)?;
    if vm.payload::<GroupBy>(given[0]).is_none() {
        let message = format!("_grouper() argument 1 must be itertools.groupby, not {}", vm.type_name(given[0]));
        return Err(vm.type_error(message));
    }
    Ok(make_grouper(vm, given[0], given[1]))
}

fn grouper_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let parent = vm.held::<Grouper>(this, |state| &state.parent);
    let target = vm.held::<Grouper>(this, |state| &state.target_key);
    let (Some(parent), Some(target)) = (parent, target) else { return Ok(None) };
    let Some(state) = vm.payload::<GroupBy>(parent) else { return Ok(None) };
    if state.grouper != Some(this) {
        return Ok(None);
    }
    if state.current_value.is_none() && !step(vm, parent)? {
        return Ok(None);
    }
    let current = vm.held::<GroupBy>(parent, |state| &state.current_key).unwrap_or(types::NONE);
    if !vm.equal(target, current)? {
        return Ok(None);
    }
    let value = vm.payload_mut::<GroupBy>(parent).and_then(|state| state.current_value.take());
    vm.put::<GroupBy>(parent, |state| &mut state.current_key, None);
    Ok(value)
}
