//! `_abc`: what `abc.ABCMeta` has in C (`Modules/_abc.c`).

mod check;
mod weak_set;

use std::cell::Cell;

use super::{function, only};
use crate::heap::{Keep, Owned, Ref, keep};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};
use weak_set::WeakSet;

/// What a class has under `_abc_impl`: sets of weak references to classes, made when they are needed.
#[derive(Default)]
struct Data {
    registry: Option<Owned>,
    cache: Option<Owned>,
    negative_cache: Option<Owned>,
    negative_version: u64,
}

impl Native for Data {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, owned) in [("registry", &self.registry), ("cache", &self.cache), ("negative cache", &self.negative_cache)] {
            if let Some(owned) = owned {
                see(Role::Field(name), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        for field in [&mut self.registry, &mut self.cache, &mut self.negative_cache] {
            out.extend(field.take());
        }
    }

    fn kept(&self) -> Option<Box<dyn Native>> {
        Some(Box::new(Keep::kept(self)))
    }
}

keep!(Data { registry, cache, negative_cache, negative_version });

pub(crate) static DATA: NativeType = NativeType {
    name: "_abc_data",
    module: "_abc",
    slots: Slots { new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<Data>::default())))), ..Slots::NONE },
    flags: Flags(Flags::GC),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

const TWO: Arity = Arity::Positional(2, 2);

static FUNCTIONS: &[Method] = &[
    function("get_cache_token", Arity::None, |vm, _| {
        let token = vm.module_state.abc_invalidations.get();
        Ok(vm.int(token as i64))
    }),
    function("_abc_init", Arity::One, init),
    function("_reset_registry", Arity::One, |vm, args| reset(vm, only(args), &[WeakSet::Registry])),
    function("_reset_caches", Arity::One, |vm, args| reset(vm, only(args), &[WeakSet::Cache, WeakSet::NegativeCache])),
    function("_get_dump", Arity::One, dump),
    function("_abc_register", TWO, check::register),
    function("_abc_instancecheck", TWO, check::instance_check),
    function("_abc_subclasscheck", TWO, check::subclass_check),
];

/// How often something was registered with an abstract class.
pub(crate) type Invalidations = Cell<u64>;

pub(super) fn make(vm: &mut Vm) {
    vm.make_module("_abc", FUNCTIONS);
}

/// `class._abc_impl` (`_get_impl`)
fn data_of(vm: &mut Vm, class: Ref) -> PyResult {
    let data = vm.getattr_str(class, "_abc_impl")?;
    if vm.class_of(data.borrow()) == types::ABC_DATA {
        return Ok(data);
    }
    vm.release(data);
    Err(vm.type_error("_abc_impl is set to a wrong type"))
}

fn reset(vm: &mut Vm, class: Ref, sets: &[WeakSet]) -> PyResult {
    let data = data_of(vm, class)?;
    for &which in sets {
        if let Some(set) = which.of(vm, data.borrow()) {
            vm.set_clear(set);
        }
    }
    vm.release(data);
    Ok(vm.none())
}

/// Copies of the sets, and the version of the negative cache.
fn dump(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let data = data_of(vm, only(args))?;
    let mut parts = Vec::with_capacity(4);
    for which in [WeakSet::Registry, WeakSet::Cache, WeakSet::NegativeCache] {
        let set = which.of(vm, data.borrow());
        parts.push(vm.new_set(types::SET, set)?);
    }
    let version = vm.payload::<Data>(data.borrow()).map_or(0, |data| data.negative_version);
    parts.push(vm.int(version as i64));
    vm.release(data);
    Ok(vm.new_tuple(parts))
}

/// `_abc_init(class)`
fn init(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let class = only(args);
    let abstracts = vm.new_set(types::FROZENSET, None)?;
    let found = collect_abstracts(vm, class, abstracts.borrow());
    let set = found.and_then(|()| {
        let name = vm.intern("__abstractmethods__");
        let set = vm.setattr(class, name.borrow(), Some(abstracts.borrow()));
        vm.release(name);
        set
    });
    vm.release(abstracts);
    set?;
    let data = Data { negative_version: vm.module_state.abc_invalidations.get(), ..Data::default() };
    let data = vm.alloc_instance(types::ABC_DATA, Value::Native(Box::new(data)));
    let name = vm.intern("_abc_impl");
    let set = vm.setattr(class, name.borrow(), Some(data.borrow()));
    vm.release(name);
    vm.release(data);
    set?;
    take_pattern_flags(vm, class)?;
    Ok(vm.none())
}

/// The names of abstract methods: the class's own, and what it inherits without having something else there
/// (`compute_abstract_methods`).
fn collect_abstracts(vm: &mut Vm, class: Ref, abstracts: Ref) -> PyResult<()> {
    let namespace = vm.getattr_str(class, "__dict__")?;
    let items = vm.call_method(namespace.borrow(), "items", &[]).and_then(|view| {
        let items = vm.collect(view.borrow());
        vm.release(view);
        items
    });
    vm.release(namespace);
    let items = items?;
    let mut result = Ok(());
    for item in &items {
        let Some([key, value]) = vm.tuple(item.borrow()).map(|pair| [pair[0].borrow(), pair[1].borrow()]) else { continue };
        result = vm.is_abstract(Some(value)).and_then(|found| if found { vm.set_add(abstracts, key) } else { Ok(()) });
        if result.is_err() {
            break;
        }
    }
    vm.release_last_first(items);
    result?;
    let bases = vm.getattr_str(class, "__bases__")?;
    let mut result = Ok(());
    for base in vm.items(bases.borrow()).unwrap_or_default() {
        result = collect_inherited(vm, class, base, abstracts);
        if result.is_err() {
            break;
        }
    }
    vm.release(bases);
    result
}

fn collect_inherited(vm: &mut Vm, class: Ref, base: Ref, abstracts: Ref) -> PyResult<()> {
    let Some(inherited) = vm.lookup_attr_named(base, types::names::ABSTRACT)? else { return Ok(()) };
    let iterator = vm.get_iter(inherited.borrow());
    vm.release(inherited);
    let iterator = iterator?;
    let result = loop {
        let name = match vm.next(iterator.borrow()) {
            Ok(Some(name)) => name,
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        };
        let added = vm.lookup_attr_named(class, name.borrow()).and_then(|value| {
            let Some(value) = value else { return Ok(()) };
            let found = vm.is_abstract(Some(value.borrow()));
            vm.release(value);
            if found? { vm.set_add(abstracts, name.borrow()) } else { Ok(()) }
        });
        vm.release(name);
        if added.is_err() {
            break added;
        }
    };
    vm.release(iterator);
    result
}

/// The flags of the C API, for pattern matching.
const SEQUENCE: i64 = 1 << 5;
const MAPPING: i64 = 1 << 6;

/// `__abc_tpflags__` of a class becomes flags of the class, and goes.
fn take_pattern_flags(vm: &mut Vm, class: Ref) -> PyResult<()> {
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        return Ok(());
    }
    let name = vm.intern("__abc_tpflags__");
    let flags = vm.class_attribute(class, name.borrow());
    let result = match flags {
        None => Ok(()),
        Some(flags) => {
            let value = vm.small_value(flags).unwrap_or(0);
            if value & SEQUENCE != 0 && value & MAPPING != 0 {
                Err(vm.type_error("__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING"))
            } else {
                let own =
                    if value & SEQUENCE != 0 { Flags::SEQUENCE } else { 0 } | if value & MAPPING != 0 { Flags::MAPPING } else { 0 };
                let class_flags = &mut vm.class_mut(class).flags;
                *class_flags = Flags(class_flags.0 | own);
                vm.setattr(class, name.borrow(), None)
            }
        }
    };
    vm.release(name);
    result
}
