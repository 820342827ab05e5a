//! What a class's instances are laid out as: the base they continue, and their slots (`best_base`, `type_new_slots` in
//! `Objects/typeobject.c`).

use crate::heap::{Owned, Ref};
use crate::object::class::{Flags, NativeType};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// What a class's instances get beside what its base has.
pub(super) struct Layout {
    pub(super) dict: bool,
    pub(super) weakref: bool,
    /// Of a class with `__slots__` their mangled names, sorted.
    pub(super) slots: Option<Vec<Owned>>,
}

/// `best_base`: the base whose layout the class continues.
pub(super) fn best_base(vm: &mut Vm, bases: &[Ref]) -> PyResult<Ref> {
    let mut winner: Option<(Ref, Ref)> = None;
    for &base in bases {
        if !matches!(vm.heap[base].value, Value::Type(_)) {
            return Err(vm.type_error("bases must be types"));
        }
        if !vm.class(base).flags.has(Flags::BASE) {
            let message = format!("type '{}' is not an acceptable base type", vm.qualified_type_name(base));
            return Err(vm.type_error(message));
        }
        let solid = solid_base(vm, base);
        match winner {
            None => winner = Some((base, solid)),
            Some((_, known)) if vm.is_subclass(known, solid) => {}
            Some((_, known)) if vm.is_subclass(solid, known) => winner = Some((base, solid)),
            Some(_) => return Err(vm.type_error("multiple bases have instance lay-out conflict")),
        }
    }
    Ok(winner.map_or(types::OBJECT, |(base, _)| base))
}

/// The nearest type on the way to `object` that adds to the layout (`solid_base`).
pub(super) fn solid_base(vm: &Vm, class: Ref) -> Ref {
    let mut at = class;
    loop {
        let this = vm.class(at);
        let Some(base) = this.base.as_ref().map(Owned::borrow) else { return at };
        let adds = if this.heap.is_some() { this.slot_count > vm.class(base).slot_count } else { adds_layout(this.native) };
        if adds {
            return at;
        }
        at = base;
    }
}

/// Whether a builtin type's objects are laid out otherwise than its base's.
fn adds_layout(native: &NativeType) -> bool {
    const PLAIN_EXCEPTIONS_ADD: &[&str] = &[
        "SystemExit",
        "ImportError",
        "OSError",
        "StopIteration",
        "SyntaxError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "UnicodeTranslateError",
        "AttributeError",
        "NameError",
        "BaseExceptionGroup",
    ];
    let exception = native.name == "BaseException" || native.base.is_some_and(|base| base.index() >= types::BASE_EXCEPTION.index());
    if exception {
        native.name == "BaseException" || PLAIN_EXCEPTIONS_ADD.contains(&native.name)
    } else {
        !["bool", "Generic"].contains(&native.name)
    }
}

/// `type_new_get_slots`, `type_new_slots`
pub(super) fn layout(vm: &mut Vm, base: Ref, class_name: Ref, dict: Ref, bases: Ref) -> PyResult<Layout> {
    let native = vm.native_base(base);
    // Types have a dict already, if not one of that kind.
    let has_dict = vm.class(base).flags.has(Flags::DICT) || native == types::TYPE;
    let has_weakref = vm.class(base).flags.has(Flags::WEAK);
    let itemsize = matches!(native, types::INT | types::TUPLE | types::BYTES | types::TYPE);
    let may_add_weakref = !has_weakref && !itemsize;
    let Some(slots) = vm.dict_get_str(dict, "__slots__") else {
        return Ok(Layout { dict: !has_dict, weakref: may_add_weakref, slots: None });
    };
    let listed = if vm.text(slots).is_some() { vm.tuple_of(&[slots]) } else { vm.sequence_tuple(slots)? };
    let mut layout = Layout { dict: false, weakref: false, slots: None };
    let mut own = Vec::new();
    let names = vm.items(listed.borrow()).unwrap_or_default();
    let sorted = vm.lend(listed, |vm, _| {
        if itemsize && !names.is_empty() {
            let message = format!("nonempty __slots__ not supported for subtype of '{}'", vm.class(base).name);
            return Err(vm.type_error(message));
        }
        names.iter().try_for_each(|&name| special_slot(vm, name, (!has_dict, may_add_weakref), &mut layout))?;
        names.iter().try_for_each(|&name| named_slot(vm, name, class_name, dict, &mut own))
    });
    if let Err(stop) = sorted {
        vm.release_all(own);
        return Err(stop);
    }
    own.sort_by_key(|slot| vm.expect_text(slot.borrow()).to_owned());
    layout.slots = Some(own);
    // A secondary base may bring what the slots leave out.
    for other in vm.items(bases).unwrap_or_default() {
        if other == base {
            continue;
        }
        layout.dict |= !has_dict && vm.class(other).flags.has(Flags::DICT);
        layout.weakref |= may_add_weakref && vm.class(other).flags.has(Flags::WEAK);
    }
    Ok(layout)
}

/// The first look at a name in `__slots__`: whether it is one, and whether it is one of the two that are no slots.
fn special_slot(vm: &mut Vm, name: Ref, (may_add_dict, may_add_weakref): (bool, bool), layout: &mut Layout) -> PyResult<()> {
    let Some(text) = vm.text(name) else {
        let message = format!("__slots__ items must be strings, not '{}'", vm.type_name(name));
        return Err(vm.type_error(message));
    };
    if !crate::types::str::is_identifier(vm.unicode(), text) {
        return Err(vm.type_error("__slots__ must be identifiers"));
    }
    match text {
        "__dict__" if !may_add_dict || layout.dict => Err(vm.type_error("__dict__ slot disallowed: we already got one")),
        "__weakref__" if !may_add_weakref || layout.weakref => {
            Err(vm.type_error("__weakref__ slot disallowed: we already got one"))
        }
        "__dict__" => {
            layout.dict = true;
            Ok(())
        }
        "__weakref__" => {
            layout.weakref = true;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The second look: the names of slots, mangled; none may stand in the class body too.
fn named_slot(vm: &mut Vm, name: Ref, class_name: Ref, dict: Ref, slots: &mut Vec<Owned>) -> PyResult<()> {
    let text = vm.expect_text(name);
    if matches!(text, "__dict__" | "__weakref__") {
        return Ok(());
    }
    let mangled = mangle(vm.expect_text(class_name), text);
    let slot = if mangled == text { vm.retain(name) } else { vm.str(mangled.as_str()) };
    slots.push(slot);
    // The compiler's own entries are gone before the class is made.
    let special = ["__qualname__", "__classcell__", "__classdictcell__"].contains(&mangled.as_str());
    if !special && vm.dict_get_str(dict, &mangled).is_some() {
        return Err(vm.value_error(format!("'{mangled}' in __slots__ conflicts with class variable")));
    }
    Ok(())
}

/// `_Py_Mangle`
fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || class.is_empty() {
        return name.to_owned();
    }
    format!("_{class}{name}")
}
