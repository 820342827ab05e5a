//! Who holds what: the owners of the known objects at one boundary.

use std::collections::BTreeMap;

use refdrift_trace::ObjectId;

use crate::api::{Inspection, Owner};
use crate::heap::{Owned, Ref, UNKNOWN};
use crate::object::value::Role;
use crate::record::frame_label;
use crate::vm::Vm;

type Owners = BTreeMap<ObjectId, Vec<Owner>>;

impl Vm {
    /// Lists the owners of every known live object, by walking the heap and the frames.
    pub(crate) fn inspect(&mut self) {
        let mut owners = Owners::new();
        for &object in self.watch.objects.iter().flatten() {
            owners.insert(self.heap[object].id, Vec::new());
        }
        self.owners_in_heap(&mut owners);
        self.owners_in_frames(&mut owners);
        self.add_owner(&mut owners, self.raised.as_ref().map(Owned::borrow), || "the exception under way".to_owned());
        for handled in &self.handled {
            self.add_owner(&mut owners, handled.as_ref().map(Owned::borrow), || "the exception being handled".to_owned());
        }
        self.inspection = Some(Inspection { owners: owners.into_iter().collect() });
    }

    fn add_owner(&self, owners: &mut Owners, object: Option<Ref>, label: impl FnOnce() -> String) {
        if let Some(object) = object
            && let Some(list) = owners.get_mut(&self.heap[object].id)
            && self.heap[object].id != UNKNOWN
        {
            list.push(Owner(label()));
        }
    }

    fn owners_in_heap(&self, owners: &mut Owners) {
        for (holder, slot) in self.heap.live() {
            if self.heap.is_static(holder) {
                continue;
            }
            let mut held: Vec<(String, Ref)> = Vec::new();
            slot.value.visit(&mut |role, object| held.push((self.role_label(role), object)));
            if let Some(extra) = &slot.extra {
                extra.visit(self.shared_keys(slot.class), &mut |role, object| held.push((self.role_label(role), object)));
            }
            if self.class(slot.class).flags.has(crate::object::class::Flags::HEAP) {
                held.push(("type".to_owned(), slot.class));
            }
            if held.is_empty() {
                continue;
            }
            let holder = self.object_label(holder);
            for (role, object) in held {
                self.add_owner(owners, Some(object), || format!("{role} of {holder}"));
            }
        }
    }

    fn owners_in_frames(&self, owners: &mut Owners) {
        for (index, frame) in self.frames.iter().enumerate() {
            let label = frame_label(self, frame);
            let end = self.frames.get(index + 1).map_or(self.stack.len(), |next| next.base);
            for slot in frame.base..end {
                let place = slot - frame.base;
                self.add_owner(owners, self.slot(slot), || match frame.code.locals.get(place) {
                    Some(&name) => format!("local {} of {label}", self.expect_text(name)),
                    None => format!("stack slot {} of {label}", place - frame.code.locals.len()),
                });
            }
            frame.visit(&mut |role, object| {
                self.add_owner(owners, Some(object), || format!("{} of {label}", self.role_label(role)));
            });
        }
    }

    fn role_label(&self, role: Role) -> String {
        match role {
            Role::Item(index) => format!("item {index}"),
            Role::Key => "key".to_owned(),
            Role::Value(key) => match self.text(key) {
                Some(text) => format!("value under '{text}'"),
                None => format!("value under {}", self.object_label(key)),
            },
            Role::Attribute(name) => format!("attribute {}", self.expect_text(name)),
            Role::Field(name) => name.to_owned(),
        }
    }

    fn object_label(&self, object: Ref) -> String {
        let slot = &self.heap[object];
        let name = self.type_name(object);
        if slot.id == UNKNOWN { name } else { format!("{name} #{}", slot.id) }
    }
}
