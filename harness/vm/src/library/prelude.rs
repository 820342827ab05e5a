//! What a run finds of the library: imported once for all runs that import the same, then kept.
//!
//! A run that imports what the last one did finds the heap as that one did (see [`Heap::seal`](crate::heap::Heap::seal)); for one
//! that imports something else the library's objects are taken off the heap, and laid on again when they are wanted.

use refdrift_trace::CodeUnit;
use rustc_hash::FxHashMap;

use crate::gc::Collector;
use crate::heap::{Changes, Layer, Ref, set_abandoned};
use crate::modules::State;
use crate::types::code::CodeRef;
use crate::vm::Vm;

/// How many objects are kept of what the runs of late have imported.
const MOST_KEPT: usize = 1 << 17;

/// What there is beside the heap when a run starts.
#[derive(Clone, Default)]
struct Start {
    modules: Option<Ref>,
    frame_code: Option<CodeRef>,
    docstrings: FxHashMap<Ref, Ref>,
    qualnames: FxHashMap<Ref, Ref>,
    code_parts: FxHashMap<(Ref, &'static str), Ref>,
    module_state: State,
    gc: Collector,
    output: String,
}

/// What was imported for a run, and all that came of it.
struct Prelude {
    library: Vec<String>,
    siblings: bool,
    start: Start,
    /// The strings that it has interned, while they are not on the heap.
    interned: FxHashMap<Box<str>, Ref>,
}

impl Prelude {
    fn is_for(&self, unit: &CodeUnit) -> bool {
        self.library == unit.library && self.siblings != unit.siblings.is_empty()
    }
}

/// What runs start from.
#[derive(Default)]
pub(crate) struct Preludes {
    /// Without any import.
    bare: Start,
    /// What lies on the heap.
    current: Option<(Prelude, Changes)>,
    /// What does not, the one that was wanted longest ago first.
    others: Vec<(Prelude, Layer)>,
}

impl Vm {
    /// Remembers what there is beside the heap as what runs without imports start from.
    pub(crate) fn keep_bare_start(&mut self) {
        self.preludes.bare = self.start();
    }

    /// Imports what the snippet may import of the library. A module that can't be is left out: importing it is unsupported.
    pub(crate) fn preload(&mut self, unit: &CodeUnit) {
        // Native modules are the case's own, and so is what is wrong with them.
        let own = !self.natives.is_empty();
        if !own && self.preludes.current.as_ref().is_some_and(|(current, _)| current.is_for(unit)) {
            return;
        }
        self.put_prelude_by();
        if !own && self.bring_prelude(unit) {
            return;
        }
        for native in &self.natives {
            self.imports.broken.remove(&native.name);
        }
        while let Err((name, unsupported)) = self.try_preload(unit) {
            self.reset();
            self.imports.broken.insert(name, unsupported);
        }
        if !own {
            self.keep_prelude(unit);
        }
    }

    /// What was just imported is kept for other runs.
    fn keep_prelude(&mut self, unit: &CodeUnit) {
        let whole = self.raised.is_none() && self.unsupported.is_none() && !self.limit_reached;
        if self.imports.modules.is_none() || !whole {
            return;
        }
        let prelude = Prelude {
            library: unit.library.clone(),
            siblings: !unit.siblings.is_empty(),
            start: self.start(),
            interned: FxHashMap::default(),
        };
        self.library_interned = std::mem::take(&mut self.interned);
        self.preludes.current = Some((prelude, self.heap.seal()));
    }

    /// Takes what was imported for other runs off the heap.
    fn put_prelude_by(&mut self) {
        let Some((mut prelude, below)) = self.preludes.current.take() else { return };
        prelude.interned = std::mem::take(&mut self.library_interned);
        let layer = self.heap.take_off(below);
        self.preludes.others.push((prelude, layer));
        self.begin_anew();
        let mut kept: usize = self.preludes.others.iter().map(|(_, layer)| layer.len()).sum();
        while kept > MOST_KEPT {
            kept -= self.preludes.others.remove(0).1.len();
        }
    }

    /// Lays on the heap what was imported for such a run before; whether there is anything of the kind.
    fn bring_prelude(&mut self, unit: &CodeUnit) -> bool {
        let Some(place) = self.preludes.others.iter().position(|(prelude, _)| prelude.is_for(unit)) else { return false };
        let (mut prelude, layer) = self.preludes.others.remove(place);
        self.library_interned = std::mem::take(&mut prelude.interned);
        let below = self.heap.lay_on(layer);
        self.preludes.current = Some((prelude, below));
        self.begin_anew();
        true
    }

    /// Forgets what lies on the heap: a run has changed it for good.
    pub(crate) fn drop_prelude(&mut self) {
        if let Some((_, below)) = self.preludes.current.take() {
            self.library_interned.clear();
            drop(self.heap.take_off(below));
            self.begin_anew();
        }
    }

    /// Everything beside the heap is as runs find it.
    pub(crate) fn begin_anew(&mut self) {
        let start = self.preludes.current.as_ref().map_or(&self.preludes.bare, |(prelude, _)| &prelude.start).clone();
        self.imports.modules = start.modules;
        self.imports.frame_code = start.frame_code;
        self.imports.docstrings = start.docstrings;
        self.qualnames = start.qualnames;
        self.code_parts = start.code_parts;
        self.module_state = start.module_state;
        self.gc = start.gc;
        self.output = start.output;
    }

    fn start(&self) -> Start {
        Start {
            modules: self.imports.modules,
            frame_code: self.imports.frame_code.clone(),
            docstrings: self.imports.docstrings.clone(),
            qualnames: self.qualnames.clone(),
            code_parts: self.code_parts.clone(),
            module_state: self.module_state.clone(),
            gc: self.gc.clone(),
            output: self.output.clone(),
        }
    }
}

/// The VM goes, and everything with it.
impl Drop for Preludes {
    fn drop(&mut self) {
        self.others.clear();
        set_abandoned(true);
        self.current = None;
        set_abandoned(false);
    }
}
