//! Who holds what, at one boundary: the owners of known objects, in the words that the VM uses.
//!
//! CPython does not know who holds a reference; the collector can say of each container what it holds. So everything that can be
//! reached is walked: what the collector lists, the known objects, the running frames, the exceptions being handled; the objects that
//! existed before only where that leaves references unexplained. Nothing here runs Python code or leaves a count changed.

mod frames;
mod graph;
mod labels;

use std::collections::BTreeMap;

use pyo3::prelude::*;
use refdrift_trace::{InspectAt, Inspection, ObjectId, Owner, hold};
use rustc_hash::FxHashMap;

use super::object::Object;
use super::statics::Statics;
use crate::depth::Depths;
use frames::Running;
use graph::Graph;

/// How many nameless holders are named by their own holders, one by the other.
const NESTING: usize = 3;

/// What a walk starts from.
pub(crate) struct Scene<'a> {
    /// `gc.get_objects`
    pub(crate) list: &'a Py<PyAny>,
    /// The address of the snippet's globals.
    pub(crate) globals: usize,
    /// The known live objects, by address.
    pub(crate) numbers: &'a FxHashMap<usize, ObjectId>,
    pub(crate) statics: &'a Statics,
    /// The snippet's code objects, by address.
    pub(crate) depths: &'a FxHashMap<usize, &'a Depths>,
    /// The frame that is about to execute, and how many of its slots are in use.
    pub(crate) current: Option<(usize, usize)>,
}

/// The owners of the wanted objects.
pub(crate) fn inspect(py: Python<'_>, scene: &Scene<'_>, at: &InspectAt, step: u32) -> Inspection {
    let running = Running::walk(scene);
    let mut graph = Graph::new(scene, &running);
    graph.walk_all(py, &running);
    let wanted: BTreeMap<ObjectId, usize> =
        scene.numbers.iter().filter(|(_, number)| at.wants(**number)).map(|(&address, &number)| (number, address)).collect();
    // What was there before is walked only if that may tell of a reference which nothing else explains.
    let unexplained = wanted.values().any(|&address| {
        // SAFETY: known live objects; nothing has run since they were listed.
        let count = unsafe { graph::live(address) }.map_or(0, Object::count);
        scene.statics.index_of(address).is_none() && (running.held(address) + graph.edges(address)) < count as usize
    });
    if unexplained {
        graph.walk_statics();
    }
    let namer = Namer { scene, running: &running, graph: &graph };
    let owners = wanted.into_iter().map(|(number, address)| (number, namer.owners(address, NESTING))).collect();
    Inspection { step, owners }
}

/// Operands of an instruction in flight may be used up already: those that the count has no room for are.
fn drop_stale(address: usize, owners: Vec<Owner>) -> Vec<Owner> {
    // SAFETY: an address of the walk is that of a live object.
    let count = unsafe { graph::live(address) }.map_or(0, Object::count) as usize;
    let mut excess = owners.len().saturating_sub(count);
    let stale = |owner: &Owner| owner.role.ends_with(frames::IN_FLIGHT);
    let kept = owners.into_iter().filter(|owner| {
        let dropped = excess > 0 && stale(owner);
        excess -= usize::from(dropped);
        !dropped
    });
    kept.map(|owner| Owner { role: owner.role.trim_end_matches(frames::IN_FLIGHT).to_owned(), ..owner }).collect()
}

struct Namer<'a> {
    scene: &'a Scene<'a>,
    running: &'a Running,
    graph: &'a Graph<'a>,
}

impl Namer<'_> {
    /// Who holds the object at an address, in a stable order.
    fn owners(&self, address: usize, nesting: usize) -> Vec<Owner> {
        let mut owners: Vec<Owner> = self.running.owners_of(address).collect();
        for (&holder, &times) in self.graph.holders(address) {
            owners.extend(self.roles(holder, address, times, nesting));
        }
        owners.sort();
        drop_stale(address, owners)
    }

    fn roles(&self, holder: usize, held: usize, times: u32, nesting: usize) -> Vec<Owner> {
        // SAFETY: an address of the walk is that of a live object.
        let Some(object) = (unsafe { graph::live(holder) }) else { return Vec::new() };
        let number = |address: usize| self.scene.numbers.get(&address).copied();
        if holder == self.scene.globals {
            return labels::roles(object, held, times, &number)
                .into_iter()
                .map(|role| match role.strip_prefix("value under '").and_then(|role| role.strip_suffix('\'')) {
                    Some(name) => Owner::alone(hold::global(name)),
                    None => Owner::new(role, "globals"),
                })
                .collect();
        }
        let label = self.label(object, nesting);
        // SAFETY: the dict of a live object is alive.
        let dict = || labels::shared_dict(object).and_then(|dict| unsafe { graph::live(dict) });
        labels::roles(object, held, times, &number)
            .into_iter()
            .map(|role| match (role.strip_prefix(labels::SHARED), dict()) {
                (Some(role), Some(dict)) => Owner::new(role, self.label(dict, nesting)),
                _ => Owner::new(role, label.as_str()),
            })
            .collect()
    }

    fn label(&self, object: Object<'_>, nesting: usize) -> String {
        object.with_type_name(|name| {
            if let Some(&number) = self.scene.numbers.get(&object.address()) {
                return hold::object(name, number);
            }
            if nesting == 0 || self.scene.statics.index_of(object.address()).is_some() {
                return name.to_owned();
            }
            hold::nameless(name, self.owners(object.address(), nesting - 1).first())
        })
    }
}
