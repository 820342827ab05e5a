//! Making classes: `type.__new__` (`type_new_impl` and its parts in `Objects/typeobject.c`).

use super::layout::{best_base, layout};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Class, Flags, GetSet, HeapClass};
use crate::object::instance::SHARED_KEYS;
use crate::object::value::Value;
use crate::types::dict::Dict;
use crate::types::function::{NativeFunction, NativeKind};
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// The `__dict__` of instances.
static DICT: GetSet =
    GetSet { name: "__dict__", get: super::assignment::get_dict, set: Some(super::assignment::set_dict), member: false };

/// The `__weakref__` of instances.
static WEAKREF: GetSet = GetSet {
    name: "__weakref__",
    get: |vm, this| {
        let first = vm.heap[this].extra.as_ref().and_then(|extra| extra.weakrefs.first().copied());
        Ok(vm.retain(first.unwrap_or(types::NONE)))
    },
    set: None,
    member: false,
};

/// `type(name, bases, namespace)`
pub(crate) fn new(vm: &mut Vm, metatype: Ref, args: &Args<'_>) -> PyResult {
    let &[name, bases, namespace] = args.pos() else {
        let message = format!("type.__new__() takes exactly 3 arguments ({} given)", args.pos().len());
        return Err(vm.type_error(message));
    };
    for (index, (value, class, wanted)) in
        [(name, types::STR, "str"), (bases, types::TUPLE, "tuple"), (namespace, types::DICT, "dict")].into_iter().enumerate()
    {
        if !vm.is_instance_of(value, class) {
            let message = format!("type.__new__() argument {} must be {wanted}, not {}", index + 1, vm.type_name(value));
            return Err(vm.type_error(message));
        }
    }
    let bases = if vm.tuple(bases).is_some_and(<[_]>::is_empty) {
        vm.tuple_of(&[types::OBJECT])
    } else {
        // The metaclass of a base makes the class, with the bases as they were given.
        if let Some((new, winner)) = other_metaclass(vm, metatype, bases)? {
            return new(vm, winner, args);
        }
        vm.retain(bases)
    };
    let result = with_bases(vm, metatype, name, bases.borrow(), namespace, args);
    vm.release(bases);
    result
}

/// How a class is made.
type New = fn(&mut Vm, Ref, &Args<'_>) -> PyResult;

/// The metaclass of one of the bases that makes classes in a way of its own, if it comes before the one that was asked.
fn other_metaclass(vm: &mut Vm, metatype: Ref, bases: Ref) -> PyResult<Option<(New, Ref)>> {
    let base_list = vm.items(bases).unwrap_or_default();
    for &base in &base_list {
        if !matches!(vm.heap[base].value, Value::Type(_))
            && let Some(entries) = vm.lookup_attr(base, "__mro_entries__")?
        {
            vm.release(entries);
            return Err(vm.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = vm.calculate_metaclass(metatype, &base_list)?;
    if winner != metatype {
        let (theirs, ours) = (vm.class(winner).slots.new, vm.class(types::TYPE).slots.new);
        if theirs.map(|f| f as usize) != ours.map(|f| f as usize) {
            return Ok(theirs.map(|new| (new, winner)));
        }
    }
    Ok(None)
}

fn with_bases(vm: &mut Vm, metatype: Ref, name: Ref, bases: Ref, namespace: Ref, args: &Args<'_>) -> PyResult {
    let base_list = vm.items(bases).unwrap_or_default();
    let winner = vm.calculate_metaclass(metatype, &base_list)?;
    let base = best_base(vm, &base_list)?;
    let class = allocate(vm, winner, name, bases, base, namespace)?;
    match finish(vm, class.borrow(), args) {
        Ok(()) => Ok(class),
        Err(stop) => {
            vm.release(class);
            Err(stop)
        }
    }
}

/// `type_new_init`: the type object with a copy of the namespace.
fn allocate(vm: &mut Vm, metatype: Ref, name: Ref, bases: Ref, base: Ref, namespace: Ref) -> PyResult {
    check_names(vm, namespace)?;
    let dict = vm.dict_copy(namespace)?;
    let layout = match layout(vm, base, name, dict.borrow(), bases) {
        Ok(layout) => layout,
        Err(stop) => {
            vm.release(dict);
            return Err(stop);
        }
    };
    let text: Box<str> = vm.expect_text(name).into();
    let (parent_flags, parent_slots, native) = {
        let parent = vm.class(base);
        (parent.flags.0, parent.slot_count, parent.native)
    };
    // Every instance refers to its class, so any may be in a cycle.
    let inherited = parent_flags & (Flags::DICT | Flags::WEAK | Flags::MATCH_SELF);
    let mut flags = Flags::HEAP | Flags::BASE | Flags::GC | inherited;
    if parent_flags & Flags::CALLED_DIRECTLY != 0
        && vm.profile.subclasses_inherit_vectorcall
        && vm.dict_get_str(namespace, "__call__").is_none()
    {
        flags |= Flags::CALLED_DIRECTLY;
    }
    if layout.dict {
        flags |= Flags::DICT;
    }
    if layout.weakref {
        flags |= Flags::WEAK;
    }
    let slot_count = parent_slots + layout.slots.as_ref().map_or(0, Vec::len);
    let var_sized = [types::INT, types::TUPLE, types::BYTES].iter().any(|&native| vm.is_subclass(base, native));
    let heap = HeapClass {
        name: vm.retain(name),
        qualname: vm.retain(name),
        slots: layout.slots.map(|names| vm.new_tuple(names)),
        keys: Vec::new(),
        sharers: rustc_hash::FxHashSet::default(),
        keys_left: if var_sized && !vm.profile.var_sized_share_keys { 0 } else { SHARED_KEYS },
        subclass_refs: Vec::new(),
    };
    let class = Class {
        heap: Some(Box::new(heap)),
        base: Some(vm.retain(base)),
        bases: Some(vm.retain(bases)),
        dict: Some(dict),
        flags: Flags(flags),
        slot_count,
        ..Class::unready(text, native)
    };
    let class = vm.alloc_instance(metatype, Value::Type(Box::new(class)));
    if let Err(stop) = set_attributes(vm, class.borrow(), parent_slots, (layout.dict, layout.weakref)) {
        vm.release(class);
        return Err(stop);
    }
    Ok(class)
}

/// The VM looks for attributes of classes by their text, and asks no `__eq__`.
fn check_names(vm: &mut Vm, namespace: Ref) -> PyResult<()> {
    let compares = |class: Ref| vm.class(class).slots.compare.map(|compare| compare as usize);
    let plain = [types::STR, types::OBJECT].map(compares);
    let mut keys = vm.dict(namespace).into_iter().flat_map(Dict::iter).map(|entry| vm.class_of(entry.key.borrow()));
    let odd = keys.any(|class| vm.class(class).flags.has(Flags::HEAP) && !plain.contains(&compares(class)));
    drop(keys);
    if odd {
        return Err(vm.unsupported(crate::api::Missing::Name, "names in a class with an __eq__ of their own"));
    }
    Ok(())
}

/// `type_new_set_attrs`, `PyType_Ready`
fn set_attributes(vm: &mut Vm, class: Ref, first_slot: usize, (has_dict, has_weakref): (bool, bool)) -> PyResult<()> {
    set_special_attributes(vm, class)?;
    let mro = vm.resolution_order(class)?;
    vm.class_mut(class).mro = Some(mro);
    inherit_pattern_flags(vm, class);
    let slots = vm.class(class).heap.as_ref().and_then(|heap| heap.slots.as_ref()).map(Owned::borrow);
    for (index, name) in slots.and_then(|slots| vm.items(slots)).unwrap_or_default().into_iter().enumerate() {
        let text = vm.expect_text(name).to_owned();
        let name = vm.intern(&text);
        add_descriptor(vm, class, name, types::MEMBER_DESCRIPTOR, NativeKind::Member(first_slot + index));
    }
    if has_dict {
        let name = vm.retain(names::DICT);
        add_descriptor(vm, class, name, types::GETSET_DESCRIPTOR, NativeKind::GetSet(&DICT));
    }
    if has_weakref {
        let name = vm.retain(names::WEAKREF);
        add_descriptor(vm, class, name, types::GETSET_DESCRIPTOR, NativeKind::GetSet(&WEAKREF));
    }
    if vm.class_attribute(class, names::DOC).is_none() {
        vm.set_class_attribute(class, names::DOC, types::NONE);
    }
    if vm.class_attribute(class, names::HASH).is_none() && vm.class_attribute(class, names::EQ).is_some() {
        vm.set_class_attribute(class, names::HASH, types::NONE);
    }
    for base in vm.class(class).bases.as_ref().map(Owned::borrow).and_then(|bases| vm.items(bases)).unwrap_or_default() {
        if vm.class(base).heap.is_some() {
            vm.class_mut(base).subclasses.push(class);
        }
    }
    vm.update_slots(class);
    Ok(())
}

/// What patterns take a class for is what they take the first one for that they take for anything (`inherit_patma_flags`).
fn inherit_pattern_flags(vm: &mut Vm, class: Ref) {
    let order = vm.mro(class);
    let is_type = |&&base: &&Ref| matches!(vm.heap[base].value, Value::Type(_));
    let flags = |&base: &Ref| vm.class(base).flags.0 & (Flags::SEQUENCE | Flags::MAPPING);
    let inherited = order.iter().skip(1).filter(is_type).map(flags).find(|&flags| flags != 0).unwrap_or(0);
    vm.class_mut(class).flags.0 |= inherited;
}

/// The attributes that mean something to the type itself.
fn set_special_attributes(vm: &mut Vm, class: Ref) -> PyResult<()> {
    if vm.class_attribute(class, names::MODULE).is_none()
        && let Some(globals) = vm.frames.last().map(|frame| frame.globals)
        && let Some(module) = vm.dict_get_str(globals, "__name__")
    {
        vm.set_class_attribute(class, names::MODULE, module);
    }
    if let Some(qualname) = vm.class_attribute(class, names::QUALNAME) {
        if vm.text(qualname).is_none() {
            let message = format!("type __qualname__ must be a str, not {}", vm.type_name(qualname));
            return Err(vm.type_error(message));
        }
        let qualname = vm.retain(qualname);
        let old = vm.class_mut(class).heap.as_deref_mut().map(|heap| std::mem::replace(&mut heap.qualname, qualname));
        vm.release_option(old);
        vm.delete_class_attribute(class, names::QUALNAME);
    }
    for (name, wrapper) in
        [(names::NEW, types::STATICMETHOD), (names::INIT_SUBCLASS, types::CLASSMETHOD), (names::CLASS_GETITEM, types::CLASSMETHOD)]
    {
        if let Some(found) = vm.class_attribute(class, name)
            && vm.class_of(found) == types::FUNCTION
        {
            let wrapped = vm.new_method_wrapper(wrapper, found);
            vm.set_class_attribute(class, name, wrapped.borrow());
            vm.release(wrapped);
        }
    }
    if let Some(cell) = vm.class_attribute(class, names::CLASSCELL) {
        if vm.class_of(cell) != types::CELL {
            let message = format!("__classcell__ must be a nonlocal cell, not <class '{}'>", vm.type_name(cell));
            return Err(vm.type_error(message));
        }
        let this = vm.retain(class);
        vm.set_cell(cell, Some(this));
        vm.delete_class_attribute(class, names::CLASSCELL);
    }
    if let Some(cell) = vm.class_attribute(class, names::CLASSDICTCELL) {
        if vm.class_of(cell) != types::CELL {
            let message = format!("__classdictcell__ must be a nonlocal cell, not <class '{}'>", vm.type_name(cell));
            return Err(vm.type_error(message));
        }
        let dict = vm.class_dict(class);
        let dict = vm.retain_option(dict);
        vm.set_cell(cell, dict);
        vm.delete_class_attribute(class, names::CLASSDICTCELL);
    }
    Ok(())
}

fn add_descriptor(vm: &mut Vm, class: Ref, name: Owned, descriptor: Ref, what: NativeKind) {
    let text = match what {
        NativeKind::GetSet(getset) => getset.name,
        _ => "",
    };
    let (key, owner) = (name.borrow(), Some(vm.retain(class)));
    let function = NativeFunction { name: text, home: "", class: Some(class), what, bound: None, owner, own_name: Some(name) };
    let value = vm.make_tracked(descriptor, Value::NativeFunction(Box::new(function)));
    if vm.class_attribute(class, key).is_none() {
        vm.set_class_attribute(class, key, value.borrow());
    }
    vm.release(value);
}

/// `type_new_set_names`, `type_new_init_subclass`
fn finish(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult<()> {
    let entries: Vec<(Owned, Owned)> = {
        let pairs = vm.class_entries(class);
        pairs.into_iter().map(|(key, value)| (vm.retain(key), vm.retain(value))).collect()
    };
    let mut result = Ok(());
    for (key, value) in &entries {
        if result.is_err() {
            break;
        }
        result = set_name(vm, class, key.borrow(), value.borrow());
    }
    for (key, value) in entries {
        vm.release(key);
        vm.release(value);
    }
    result?;
    init_subclass(vm, class, args)
}

fn set_name(vm: &mut Vm, class: Ref, key: Ref, value: Ref) -> PyResult<()> {
    let Some(method) = vm.lookup_special_named(value, names::SET_NAME)? else { return Ok(()) };
    let result = vm.call_pos(method.borrow(), &[class, key]);
    vm.release(method);
    match result {
        Ok(result) => {
            vm.release(result);
            Ok(())
        }
        Err(Stop::Abort) => Err(Stop::Abort),
        Err(Stop::Raised) => {
            let (owner, attribute) = (vm.type_name(value), vm.repr(key)?);
            let label = vm.expect_text(attribute.borrow()).to_owned();
            vm.release(attribute);
            let message = format!("Error calling __set_name__ on '{owner}' instance {label} in '{}'", vm.class(class).name);
            if vm.profile.set_name_adds_note {
                return Err(vm.note_raised(message));
            }
            let Some(cause) = vm.raised.take() else { return Err(Stop::Raised) };
            let error = vm.runtime_error_from(message, cause.borrow());
            vm.release(cause);
            Err(vm.raise_exception(error))
        }
    }
}

fn init_subclass(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult<()> {
    // It is looked for by `super(class, class)`, which a metaclass's own resolution order may not allow.
    let order = vm.mro(class);
    let Some(place) = order.iter().position(|&base| base == class) else { return Err(vm.super_mismatch(class, class)) };
    let found = order[place + 1..].iter().find_map(|&base| vm.class_attribute(base, names::INIT_SUBCLASS));
    let Some(found) = found else { return Ok(()) };
    let method = match vm.class(vm.class_of(found)).slots.get {
        Some(get) => get(vm, found, None, Some(class))?,
        None => vm.retain(found),
    };
    let values: Vec<Ref> = args.keywords().map(|(_, value)| value).collect();
    let result = vm.call_dict(method.borrow(), &Args::new(&values, args.names));
    vm.release(method);
    vm.release(result?);
    Ok(())
}

impl Vm {
    /// The most derived metaclass of a class's bases (`_PyType_CalculateMetaclass`).
    pub(crate) fn calculate_metaclass(&mut self, metatype: Ref, bases: &[Ref]) -> PyResult<Ref> {
        let mut winner = metatype;
        for &base in bases {
            let theirs = self.class_of(base);
            if self.is_subclass(winner, theirs) {
                continue;
            }
            if self.is_subclass(theirs, winner) {
                winner = theirs;
                continue;
            }
            return Err(self.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        Ok(winner)
    }
}
