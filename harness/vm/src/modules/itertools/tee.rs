//! `tee`: iterators that share what they have read, in linked blocks.

use super::ITERATOR;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::iterators::itself;
use crate::vm::{PyResult, Vm};

/// How many items a block takes.
const LINK_CELLS: usize = 57;

/// `_tee_dataobject`: a block of items that were read.
struct TeeData {
    iterator: Option<Owned>,
    values: Vec<Owned>,
    next: Option<Owned>,
    running: bool,
}

impl Native for TeeData {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for owned in self.iterator.iter().chain(&self.values).chain(&self.next) {
            see(Role::Field("tee"), owned.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.iterator.take());
        out.append(&mut self.values);
        out.extend(self.next.take());
    }
}

pub(crate) static DATA: NativeType = NativeType {
    name: "_tee_dataobject",
    slots: Slots {
        new: Some(|vm, _, _| Err(vm.unsupported(crate::api::Missing::Name, "itertools._tee_dataobject"))),
        ..Slots::NONE
    },
    methods: &[unsupported_method!("_tee_dataobject", "__reduce__")],
    flags: Flags(Flags::GC),
    ..ITERATOR
};

/// `_tee`: a block, and the place in it.
struct Tee {
    data: Option<Owned>,
    index: usize,
}

impl Native for Tee {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(data) = &self.data {
            see(Role::Field("data"), data.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.data.take());
    }
}

pub(crate) static TEE: NativeType = NativeType {
    name: "_tee",
    slots: Slots { iter: Some(itself), next: Some(tee_next), new: Some(tee_new), ..Slots::NONE },
    methods: &[
        Method { name: "__copy__", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| Ok(copy(vm, args.this())) },
        unsupported_method!("_tee", "__reduce__"),
        unsupported_method!("_tee", "__setstate__"),
    ],
    flags: Flags(Flags::GC | Flags::WEAK),
    ..ITERATOR
};

fn make_data(vm: &mut Vm, iterator: Ref) -> Owned {
    let iterator = Some(vm.retain(iterator));
    let data = TeeData { iterator, values: Vec::new(), next: None, running: false };
    vm.alloc_instance(types::TEE_DATA, Value::Native(Box::new(data)))
}

fn make_tee(vm: &mut Vm, data: Owned, index: usize) -> Owned {
    vm.alloc_instance(types::TEE, Value::Native(Box::new(Tee { data: Some(data), index })))
}

/// `tee_copy`
fn copy(vm: &mut Vm, this: Ref) -> Owned {
    let data = vm.held::<Tee>(this, |state| &state.data).unwrap_or(types::NONE);
    let index = vm.payload::<Tee>(this).map_or(0, |state| state.index);
    let data = vm.retain(data);
    make_tee(vm, data, index)
}

/// `tee_fromiterable`
fn from_iterable(vm: &mut Vm, iterable: Ref) -> PyResult {
    let iterator = vm.get_iter(iterable)?;
    let made = if vm.class_of(iterator.borrow()) == types::TEE {
        copy(vm, iterator.borrow())
    } else {
        let data = make_data(vm, iterator.borrow());
        make_tee(vm, data, 0)
    };
    vm.release(iterator);
    Ok(made)
}

fn tee_new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let iterable = super::positional(vm, class, types::TEE, args, 1, 1)?[0];
    from_iterable(vm, iterable)
}

fn tee_next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(data) = vm.held::<Tee>(this, |state| &state.data) else { return Ok(None) };
    let mut index = vm.payload::<Tee>(this).map_or(0, |state| state.index);
    let mut block = data;
    if index >= LINK_CELLS {
        // `teedataobject_jumplink`
        block = match vm.held::<TeeData>(data, |state| &state.next) {
            Some(next) => next,
            None => {
                let iterator = vm.held::<TeeData>(data, |state| &state.iterator).unwrap_or(types::NONE);
                let next = make_data(vm, iterator);
                let borrowed = next.borrow();
                vm.put::<TeeData>(data, |state| &mut state.next, Some(next));
                borrowed
            }
        };
        let held = vm.retain(block);
        vm.put::<Tee>(this, |state| &mut state.data, Some(held));
        index = 0;
        if let Some(state) = vm.payload_mut::<Tee>(this) {
            state.index = 0;
        }
    }
    let value = get_item(vm, block, index)?;
    if value.is_some()
        && let Some(state) = vm.payload_mut::<Tee>(this)
    {
        state.index += 1;
    }
    Ok(value)
}

/// `teedataobject_getitem`
fn get_item(vm: &mut Vm, data: Ref, index: usize) -> PyResult<Option<Owned>> {
    let Some(state) = vm.payload_mut::<TeeData>(data) else { return Ok(None) };
    if let Some(known) = state.values.get(index) {
        let known = known.borrow();
        return Ok(Some(vm.retain(known)));
    }
    if state.running {
        return Err(vm.raise(types::RUNTIME_ERROR, "cannot re-enter the tee iterator"));
    }
    state.running = true;
    let iterator = state.iterator.as_ref().map_or(types::NONE, Owned::borrow);
    let value = vm.next(iterator);
    if let Some(state) = vm.payload_mut::<TeeData>(data) {
        state.running = false;
    }
    let Some(value) = value? else { return Ok(None) };
    let kept = vm.retain(value.borrow());
    match vm.payload_mut::<TeeData>(data) {
        Some(state) => state.values.push(kept),
        None => vm.release(kept),
    }
    Ok(Some(value))
}

const TEE_ARGUMENTS: Signature = Signature { function: "tee", positional_only: 2, names: &[], required: 1, positional: 2 };

/// `itertools.tee(iterable, n=2)`
pub(super) fn tee(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.no_keywords("itertools.tee", args)?;
    vm.check_positional("tee", args.values.len(), 1, 2)?;
    let [iterable, count] = TEE_ARGUMENTS.bind(vm, args)?;
    let count = match count {
        Some(count) => vm.ssize_argument(count)?,
        None => 2,
    };
    let Ok(count) = usize::try_from(count) else { return Err(vm.value_error("n must be >= 0")) };
    if count == 0 {
        return Ok(vm.new_tuple(Vec::new()));
    }
    let mut first = vm.get_iter(iterable.unwrap_or(types::NONE))?;
    let mut copier = match vm.lookup_attr(first.borrow(), "__copy__") {
        Ok(copier) => copier,
        Err(stop) => {
            vm.release(first);
            return Err(stop);
        }
    };
    if copier.is_none() {
        let made = from_iterable(vm, first.borrow());
        vm.release(first);
        first = made?;
        copier = Some(vm.getattr_str(first.borrow(), "__copy__")?);
    }
    let mut tees = vec![first];
    let result = loop {
        if tees.len() == count {
            break Ok(());
        }
        let Some(copier) = &copier else { break Ok(()) };
        match vm.call_pos(copier.borrow(), &[]) {
            Ok(made) => tees.push(made),
            Err(stop) => break Err(stop),
        }
    };
    vm.release_option(copier);
    match result {
        Ok(()) => Ok(vm.new_tuple(tees)),
        Err(stop) => {
            vm.release_last_first(tees);
            Err(stop)
        }
    }
}
