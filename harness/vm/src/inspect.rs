//! Who holds what: the owners of the known objects at one boundary.

use refdrift_trace::{InspectAt, Inspection, Owner, hold};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::heap::{Owned, Ref, UNKNOWN};
use crate::object::class::Flags;
use crate::object::value::{Role, Value};
use crate::record::frame_label;
use crate::types::function::NativeKind;
use crate::vm::Vm;

/// How many nameless holders are named by their own holders, one by the other.
const NESTING: usize = 3;

/// By what is held: what holds it besides the frames that run, and as what.
type Held = FxHashMap<Ref, Vec<(Ref, String)>>;
/// The same for frames, and for what holds without being an object.
type Running = FxHashMap<Ref, Vec<Owner>>;

impl Vm {
    /// Lists the owners of known live objects, by walking the heap and the frames.
    pub(crate) fn inspect(&mut self, at: &InspectAt, step: u32) {
        let wanted: Vec<Ref> =
            self.watch.objects.iter().flatten().copied().filter(|&object| at.wants(self.heap[object].id)).collect();
        let numbered: FxHashSet<Ref> = wanted.iter().copied().collect();
        let walk = Walk { vm: self, held: self.held_in_heap(&numbered), running: self.held_in_frames() };
        let owners = wanted.iter().map(|&object| (self.heap[object].id, walk.owners(object, NESTING))).collect();
        self.inspections.push(Inspection { step, owners });
    }

    fn held_in_heap(&self, wanted: &FxHashSet<Ref>) -> Held {
        let mut held = Held::default();
        for (holder, slot) in self.heap.live() {
            let was_there = self.heap.was_there(holder);
            let mut see = |role: Role, object: Ref| {
                // What was there before holds each other: nobody asks for that.
                if !self.heap.was_there(object) || !was_there && wanted.contains(&object) {
                    held.entry(object).or_default().push((holder, self.role_label(role, holder)));
                }
            };
            slot.value.visit(&mut see);
            if let Some(extra) = &slot.extra {
                extra.visit(self.shared_keys(slot.class), &mut see);
            }
            if self.class(slot.class).flags.has(Flags::HEAP) {
                see(Role::Field("type"), slot.class);
            }
        }
        held
    }

    fn held_in_frames(&self) -> Running {
        let mut held = Running::default();
        let mut hold_by = |object: Option<Ref>, owner: &dyn Fn() -> Owner| {
            if let Some(object) = object {
                held.entry(object).or_default().push(owner());
            }
        };
        for (index, frame) in self.frames.iter().enumerate() {
            let label = frame_label(self, frame);
            let end = self.frames.get(index + 1).map_or(self.stack.len(), |next| next.base);
            for slot in frame.base..end {
                let place = slot - frame.base;
                let role = || match frame.code.locals.get(place) {
                    Some(&name) => hold::local(self.expect_text(name)),
                    None => hold::stack(place - frame.code.locals.len()),
                };
                hold_by(self.slot(slot), &|| Owner::new(role(), label.as_str()));
            }
            frame.visit(&mut |role, object| {
                if let Role::Field(role) = role {
                    hold_by(Some(object), &|| Owner::new(role, label.as_str()));
                }
            });
        }
        hold_by(self.raised.as_ref().map(Owned::borrow), &|| Owner::alone("the exception under way"));
        for handled in &self.handled {
            hold_by(handled.as_ref().map(Owned::borrow), &|| Owner::alone("the exception being handled"));
        }
        held
    }

    fn role_label(&self, role: Role, holder: Ref) -> String {
        match role {
            Role::Item(index) => hold::item(index),
            Role::Key => hold::key(),
            Role::Value(key) => match &self.heap[key].value {
                Value::Str(_) if self.class_of(key) == crate::types::STR => hold::value(&hold::quoted(self.expect_text(key))),
                Value::Int(value) if self.class_of(key) == crate::types::INT => hold::value(&value.to_string()),
                _ if self.heap[key].id == UNKNOWN => hold::value(&self.type_name(key)),
                _ => hold::value(&hold::object(&self.type_name(key), self.heap[key].id)),
            },
            Role::Attribute(name) => hold::attribute(self.expect_text(name)),
            Role::Field(name) => name.to_owned(),
            Role::Local(name) => hold::local(self.expect_text(name)),
            Role::Stack(slot) => hold::stack(slot),
            Role::Slot(index) => self.slot_name(holder, index).map_or_else(|| hold::item(index), hold::attribute),
        }
    }

    /// What the member descriptor is called by which an instance's slot of that number is got at.
    fn slot_name(&self, holder: Ref, index: usize) -> Option<&str> {
        self.mro(self.class_of(holder)).into_iter().find_map(|class| {
            let names = self.dict(self.class_dict(class)?)?;
            (0..names.entry_count()).filter_map(|place| names.entry(place)).find_map(|entry| {
                let is_it =
                    matches!(self.native_function(entry.value.borrow())?.what, NativeKind::Member(number) if number == index);
                is_it.then(|| self.text(entry.key.borrow())).flatten()
            })
        })
    }
}

/// All that is held at one boundary.
struct Walk<'a> {
    vm: &'a Vm,
    held: Held,
    running: Running,
}

impl Walk<'_> {
    /// Who holds an object, in a stable order.
    fn owners(&self, object: Ref, nesting: usize) -> Vec<Owner> {
        let mut owners = self.running.get(&object).cloned().unwrap_or_default();
        for (holder, role) in self.held.get(&object).into_iter().flatten() {
            owners.push(self.owner(*holder, role, nesting));
        }
        owners.sort();
        owners
    }

    fn owner(&self, holder: Ref, role: &str, nesting: usize) -> Owner {
        if self.vm.main_globals == Some(holder) {
            return match role.strip_prefix("value under '").and_then(|role| role.strip_suffix('\'')) {
                Some(name) => Owner::alone(hold::global(name)),
                None => Owner::new(role, "globals"),
            };
        }
        Owner::new(role, self.label(holder, nesting))
    }

    fn label(&self, holder: Ref, nesting: usize) -> String {
        let name = self.vm.type_name(holder);
        let number = self.vm.heap[holder].id;
        if number != UNKNOWN {
            return hold::object(&name, number);
        }
        if nesting == 0 || self.vm.heap.was_there(holder) {
            return name;
        }
        hold::nameless(&name, self.owners(holder, nesting - 1).first())
    }
}
