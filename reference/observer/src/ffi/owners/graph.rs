//! Which object holds which, and how often.

use std::ffi::{c_int, c_void};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Scene;
use super::frames::Running;
use super::labels::{hidden, shared_dict};
use crate::ffi::code::Code;
use crate::ffi::object::Object;

type Edges = FxHashMap<usize, u32>;

/// By address of the held one: who holds it, and how often.
pub(super) struct Graph<'a> {
    scene: &'a Scene<'a>,
    generators: FxHashSet<usize>,
    held: FxHashMap<usize, Edges>,
    seen: FxHashSet<usize>,
    /// The tuples of code objects: what they hold is told as the code object's.
    parts: FxHashSet<usize>,
    nobody: Edges,
}

/// # Safety
/// `address` is that of a live object, or null, for as long as the result is used.
pub(super) unsafe fn live<'a>(address: usize) -> Option<Object<'a>> {
    // SAFETY: the caller's promise.
    unsafe { Object::from_nullable(std::ptr::with_exposed_provenance_mut(address)) }
}

impl<'a> Graph<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, running: &Running) -> Self {
        Self {
            scene,
            generators: running.generators.iter().copied().collect(),
            held: FxHashMap::default(),
            seen: FxHashSet::default(),
            parts: FxHashSet::default(),
            nobody: Edges::default(),
        }
    }

    /// Who holds an object.
    pub(super) fn holders(&self, address: usize) -> &Edges {
        self.held.get(&address).unwrap_or(&self.nobody)
    }

    /// How often an object is held.
    pub(super) fn edges(&self, address: usize) -> usize {
        self.holders(address).values().map(|&times| times as usize).sum()
    }

    /// Walks all that the run has made.
    pub(super) fn walk_all(&mut self, py: Python<'_>, running: &Running) {
        let mut to_visit = collectable(py, self.scene.list);
        let codes = to_visit.iter().copied().chain(self.scene.depths.keys().copied());
        // SAFETY: the collector lists live objects only, and the snippet's code lives as long as it runs.
        self.parts =
            codes.filter_map(|address| unsafe { live(address) }.and_then(Code::of_function)).flat_map(Code::tuples).collect();
        to_visit.extend(self.scene.numbers.keys().copied());
        to_visit.extend(running.objects());
        to_visit.push(self.scene.globals);
        while let Some(address) = to_visit.pop() {
            if self.scene.statics.index_of(address).is_none() && self.seen.insert(address) {
                self.visit(address, &mut to_visit);
            }
        }
    }

    /// Walks what was there before.
    pub(super) fn walk_statics(&mut self) {
        let mut out = Vec::new();
        for object in self.scene.statics.all() {
            self.visit(object.address(), &mut out);
            out.clear();
        }
    }

    fn visit(&mut self, holder: usize, to_visit: &mut Vec<usize>) {
        // SAFETY: what is visited was listed by the collector, is known to live, or is referred to by something that lives, and
        // nothing runs during a walk.
        let Some(object) = (unsafe { live(holder) }) else { return };
        let was_there = self.scene.statics.index_of(holder).is_some();
        for child in referents(object, self.generators.contains(&holder)) {
            // What was there before holds each other: nobody asks for that.
            let child_was_there = self.scene.statics.index_of(child).is_some();
            if child_was_there && (was_there || !self.scene.numbers.contains_key(&child)) {
                continue;
            }
            if !self.parts.contains(&holder) {
                *self.held.entry(child).or_default().entry(holder).or_default() += 1;
            }
            if !child_was_there {
                to_visit.push(child);
            }
        }
    }
}

/// What the collector knows of and has not been told to leave alone.
fn collectable(py: Python<'_>, list: &Py<PyAny>) -> Vec<usize> {
    // SAFETY: the lock is held. Making the list may not start a collection, which would free objects in the midst of a walk.
    let enabled = unsafe { ffi::PyGC_Disable() };
    let addresses = match list.call0(py).and_then(|all| Ok(all.into_bound(py).cast_into::<PyList>()?)) {
        Ok(all) => {
            // The list is in itself.
            let own = all.as_ptr() as usize;
            all.iter().map(|object| object.as_ptr() as usize).filter(|&address| address != own).collect()
        }
        // A hook of the snippet's has refused: the rest of the walk finds what it can.
        Err(_) => Vec::new(),
    };
    if enabled != 0 {
        // SAFETY: the lock is held.
        unsafe { ffi::PyGC_Enable() };
    }
    addresses
}

/// What an object refers to, each as often as it does. Of a generator that runs, only what is not its frame's.
fn referents(object: Object<'_>, runs: bool) -> Vec<usize> {
    /// # Safety
    /// `argument` points at a vector of addresses.
    unsafe extern "C" fn visit(object: *mut ffi::PyObject, argument: *mut c_void) -> c_int {
        // SAFETY: the caller's promise.
        unsafe { (*argument.cast::<Vec<usize>>()).push(object as usize) };
        0
    }
    let mut found: Vec<usize> = Vec::new();
    // SAFETY: the object is alive; one that the collector knows has a `tp_traverse`, which only calls `visit`, with live objects
    // that it refers to.
    unsafe {
        let kind = object.type_pointer();
        if !runs
            && ffi::PyObject_IS_GC(object.pointer()) != 0
            && let Some(traverse) = (*kind).tp_traverse
        {
            traverse(object.pointer(), visit, (&raw mut found).cast());
        } else if !runs && (*kind).tp_flags & ffi::Py_TPFLAGS_HEAPTYPE != 0 {
            found.push(kind as usize);
        }
    }
    found.extend(hidden(object));
    found.extend(shared_dict(object).filter(|dict| !found.contains(dict)));
    found.retain(|&address| address != 0);
    found
}
