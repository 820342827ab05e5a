//! What a Python class's slots are: from its own special methods and those of its bases (`update_one_slot`).

use std::sync::LazyLock;

use crate::heap::Ref;
use crate::object::class::Slots;
use crate::object::slotdefs::{SLOT_DEFS, SlotDef};
use crate::object::value::Value;
use crate::types::function::NativeKind;
use crate::types::{self, names};
use crate::vm::Vm;

/// The special methods that share a slot, for each slot.
static BY_SLOT: LazyLock<Vec<Vec<&SlotDef>>> = LazyLock::new(|| {
    let mut slots: Vec<Vec<&SlotDef>> = Vec::new();
    for def in SLOT_DEFS {
        match slots.iter_mut().find(|defs| defs[0].slot == def.slot) {
            Some(defs) => defs.push(def),
            None => slots.push(vec![def]),
        }
    }
    slots
});

impl Vm {
    /// Fills the slots of a class anew, and those of its subclasses: its attributes have changed.
    pub(crate) fn update_slots(&mut self, class: Ref) {
        self.cache.invalidate();
        let mut slots = Slots::NONE;
        for defs in BY_SLOT.iter() {
            self.update_slot(class, defs, &mut slots);
        }
        self.class_mut(class).slots = slots;
        for subclass in self.class(class).subclasses.clone() {
            self.update_slots(subclass);
        }
    }

    fn update_slot(&mut self, class: Ref, defs: &[&'static SlotDef], slots: &mut Slots) {
        let mut specific: Option<(Ref, &SlotDef)> = None;
        let mut generic = None;
        let mut conflict = false;
        for def in defs {
            let Some(found) = self.lookup_text(class, def.name) else { continue };
            match self.native_home(class, found) {
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
            (Some((home, def)), None) if !conflict => (def.copy)(slots, &self.class(home).slots.clone()),
            (Some((_, def)), None) => {
                if let Some(generic) = def.generic {
                    generic(slots);
                }
            }
            (_, Some(generic)) => generic(slots),
            (None, None) => {}
        }
    }

    /// The attribute of that name in the first type of the resolution order that has one; borrowed.
    fn lookup_text(&mut self, class: Ref, text: &str) -> Option<Ref> {
        if let Some(name) = self.find_interned(text) {
            return self.lookup(class, name);
        }
        let name = self.intern(text);
        let found = self.lookup(class, name.borrow());
        self.release(name);
        found
    }

    /// The builtin type whose own slot an attribute wraps, if that type is among the class's bases.
    fn native_home(&self, class: Ref, found: Ref) -> Option<Ref> {
        let Value::NativeFunction(function) = &self.heap[found].value else { return None };
        let home = function.class?;
        matches!(function.what, NativeKind::Slot(_) | NativeKind::New).then_some(home).filter(|&home| self.is_subclass(class, home))
    }

    /// Whether setting an attribute of that name changes slots.
    pub(crate) fn is_special_name(&self, name: Ref) -> bool {
        name == names::NEW || self.text(name).is_some_and(|text| SLOT_DEFS.iter().any(|def| def.name == text))
    }
}
