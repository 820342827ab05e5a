//! What a Python class's slots are: from its own special methods and those of its bases (`update_one_slot`).

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::heap::{Owned, Ref};
use crate::object::class::Slots;
use crate::object::slotdefs::{SLOT_DEFS, SlotDef};
use crate::object::value::Value;
use crate::types::dict::Dict;
use crate::types::function::NativeKind;
use crate::types::{self, names};
use crate::vm::Vm;

/// The names of the special methods, interned once and for all (`init_slotdefs`), by the slots that they share.
#[derive(Default)]
pub(crate) struct SpecialNames {
    slots: Vec<Vec<(Ref, &'static SlotDef)>>,
    /// Which of the slots a name is for: some are for two (`mp_subscript` and `sq_item`).
    by_name: FxHashMap<&'static str, Vec<usize>>,
}

impl SpecialNames {
    /// Interns the names.
    pub(crate) fn intern(vm: &mut Vm) -> Self {
        let mut all = Self::default();
        for def in SLOT_DEFS {
            let name = vm.intern(def.name).into_ref();
            let slot = all.slots.iter().position(|defs| defs[0].1.slot == def.slot).unwrap_or(all.slots.len());
            match all.slots.get_mut(slot) {
                Some(defs) => defs.push((name, def)),
                None => all.slots.push(vec![(name, def)]),
            }
            all.by_name.entry(def.name).or_default().push(slot);
        }
        all
    }
}

impl Vm {
    /// Fills the slots of a class anew, and those of its subclasses: its attributes have changed.
    pub(crate) fn update_slots(&mut self, class: Ref) {
        self.cache.invalidate();
        let special = Arc::clone(&self.special_names);
        let mut slots = match self.only_base(class) {
            Some(base) => self.slots_upon(class, base, &special),
            None => self.slots_of_all(class, &special),
        };
        // Where the `__new__` of a builtin type is found, whichever, the slot stays what it was (`update_one_slot`).
        if let Some(known) = self.class(class).slots.new
            && self.finds_native_new(class)
        {
            slots.new = Some(known);
        }
        self.class_mut(class).slots = slots;
        for subclass in self.class(class).subclasses.clone() {
            self.update_slots(subclass);
        }
    }

    /// What a class without special methods of its own would have for slots, which all come from its base.
    fn slots_without_own(&mut self, base: Ref, special: &SpecialNames) -> Slots {
        if self.class(base).heap.is_some() {
            return self.class(base).slots;
        }
        if let Some(known) = self.slots_upon_native.get(&base) {
            return *known;
        }
        let slots = self.slots_of_all(base, special);
        if self.heap.is_static(base) {
            self.slots_upon_native.insert(base, slots);
        }
        slots
    }

    /// The slots of a class with that base: only those for which it has methods of its own are looked for.
    fn slots_upon(&mut self, class: Ref, base: Ref, special: &SpecialNames) -> Slots {
        let mut slots = self.slots_without_own(base, special);
        let own = self.class_dict(class).and_then(|dict| self.dict(dict)).into_iter().flat_map(Dict::iter);
        let names = own.filter_map(|entry| self.text(entry.key.borrow()));
        let mut changed: Vec<usize> = names.filter_map(|name| special.by_name.get(name)).flatten().copied().collect();
        changed.sort_unstable();
        changed.dedup();
        for slot in changed {
            let defs = &special.slots[slot];
            (defs[0].1.copy)(&mut slots, &Slots::NONE);
            self.update_slot(class, defs, &mut slots);
        }
        slots
    }

    fn slots_of_all(&mut self, class: Ref, special: &SpecialNames) -> Slots {
        let mut slots = Slots::NONE;
        for defs in &special.slots {
            self.update_slot(class, defs, &mut slots);
        }
        slots
    }

    /// The base that a class inherits everything from: its resolution order goes on with that of the base.
    fn only_base(&self, class: Ref) -> Option<Ref> {
        let order = |class: Ref| self.tuple(self.class(class).mro.as_ref()?.borrow());
        let [_, inherited @ ..] = order(class)? else { return None };
        let base = inherited.first()?.borrow();
        order(base)?.iter().map(Owned::borrow).eq(inherited.iter().map(Owned::borrow)).then_some(base)
    }

    fn update_slot(&mut self, class: Ref, defs: &[(Ref, &'static SlotDef)], slots: &mut Slots) {
        if defs[0].1.name == "__new__" && self.finds_native_new(class) {
            let base = self.class(class).base.as_ref().map(Owned::borrow);
            slots.new = self.class(class).slots.new.or_else(|| self.class(base?).slots.new);
            return;
        }
        let mut specific: Option<(Ref, &SlotDef)> = None;
        let mut generic = None;
        let mut conflict = false;
        for &(name, def) in defs {
            let Some(found) = self.lookup(class, name) else { continue };
            match self.native_home(class, found, def.name) {
                Some(home) => match specific {
                    Some((known, _)) if known != home => conflict = true,
                    _ => specific = Some((home, def)),
                },
                None if found == types::NONE && def.name == "__hash__" => {
                    slots.hash = Some(crate::object::protocol::unhashable);
                    return;
                }
                None => generic = generic.or(def.generic),
            }
        }
        match (specific, generic) {
            (Some((home, def)), None) if !conflict => (def.copy)(slots, &self.class(home).slots),
            (Some((_, def)), None) => {
                if let Some(generic) = def.generic {
                    generic(slots);
                }
            }
            (_, Some(generic)) => generic(slots),
            (None, None) => {}
        }
    }

    /// The builtin type whose own slot an attribute wraps, if that type is among the class's bases, and the attribute has the name
    /// that it has there (`__repr__ = object.__str__` is called like a method).
    fn native_home(&self, class: Ref, found: Ref, name: &str) -> Option<Ref> {
        let Value::NativeFunction(function) = &self.heap[found].value else { return None };
        let wraps = matches!(function.what, NativeKind::Slot(def) if def.name == name);
        function.class.filter(|&home| wraps && self.is_subclass(class, home))
    }

    /// Whether what a class has for `__new__` is that of a builtin type.
    fn finds_native_new(&mut self, class: Ref) -> bool {
        let found = self.lookup(class, names::NEW).map(|found| &self.heap[found].value);
        matches!(found, Some(Value::NativeFunction(function)) if matches!(function.what, NativeKind::New))
    }

    /// Whether setting an attribute of that name changes slots.
    pub(crate) fn is_special_name(&self, name: Ref) -> bool {
        self.text(name).is_some_and(|text| self.special_names.by_name.contains_key(text))
    }
}
