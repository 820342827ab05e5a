//! A run: from a compiled unit to a trajectory.

use refdrift_trace::{CodeUnit, ConstId, Outcome, Raised, Teardown};

use crate::api::{End, Options, Run};
use crate::heap::{Owned, Ref, Trashcan, set_abandoned};
use crate::library::Origin;
use crate::object::args::Arguments;
use crate::object::value::Value;
use crate::record::Recorder;
use crate::types::code::CodeRef;
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// How many instructions of the library, and of what it compiled, a run may execute.
const UNTRACED_LIMIT: u64 = 1 << 30;

/// How often a teardown deletes a global before it gives up on finalisers that make new ones.
const TEARDOWN_LIMIT: usize = 10_000;

impl Vm {
    /// Runs a compiled snippet from fresh globals to the end of the teardown. Native recursion goes deep: give the
    /// calling thread [`Vm::STACK_SIZE`] bytes of stack.
    pub fn run(&mut self, unit: &CodeUnit, options: &Options) -> Run {
        #[cfg(feature = "faults")]
        {
            self.heap.faults.scout(true);
            if crate::fault::Faults::needs_scout(options.fault.as_ref()) {
                self.run_once(unit, options);
            }
            self.heap.faults.scout(false);
        }
        self.run_once(unit, options)
    }

    fn run_once(&mut self, unit: &CodeUnit, options: &Options) -> Run {
        self.mark_stack();
        self.step_limit = options.step_limit;
        self.untraced_limit = UNTRACED_LIMIT;
        self.natives.clone_from(&options.natives);
        self.preload(unit);
        self.address_use = None;
        self.hash_finds = false;
        let mut recorder = options.record.then(Box::<Recorder>::default);
        if let Some(recorder) = &mut recorder {
            recorder.inspect.clone_from(&options.inspect);
            recorder.audit = options.audit;
        }
        self.recorder = recorder;
        #[cfg(feature = "faults")]
        self.heap.faults.arm(options.reach, options.fault.as_ref());
        let mut attributes = None;
        let outcome = self.run_unit(unit, options, &mut attributes);
        #[cfg(feature = "faults")]
        self.heap.faults.disarm();
        let survivors = self.survivors();
        let mut trajectory = self.recorder.take().map(|recorder| recorder.trajectory).unwrap_or_default();
        trajectory.survivors = if self.limit_reached { Vec::new() } else { survivors };
        trajectory.output = std::mem::take(&mut self.output);
        trajectory.outcome = outcome;
        let end = self.unsupported.take().map_or(End::Finished, End::Unsupported);
        let run = Run {
            trajectory,
            end,
            address_use: self.address_use.take(),
            inspections: std::mem::take(&mut self.inspections),
            imbalance: self.imbalance.take(),
            attributes,
        };
        self.reset();
        run
    }

    /// Loads the unit and runs it.
    fn run_unit(&mut self, unit: &CodeUnit, options: &Options, attributes: &mut Option<Vec<String>>) -> Outcome {
        let loaded = self.decode_unit(unit).and_then(|decoded| self.load_unit(unit, &decoded, Origin::Snippet));
        let Ok(loaded) = loaded else { return Outcome::Completed };
        if let Some(recorder) = &mut self.recorder {
            recorder.constants = loaded.places.iter().enumerate().map(|(index, &place)| (place, index as ConstId)).collect();
        }
        let Some(module) = loaded.codes.first().cloned() else { return Outcome::Completed };
        let codes = &loaded.codes;
        self.siblings =
            unit.siblings.iter().map(|one| (one.name.clone(), (one.clone(), codes[one.code as usize].clone()))).collect();
        self.running = true;
        let outcome = self.run_module(&module, options, attributes);
        self.running = false;
        outcome
    }

    /// Throws away everything that belonged to the run.
    pub(crate) fn reset(&mut self) {
        set_abandoned(true);
        self.forget_numbers();
        self.main_globals = None;
        self.stack.clear();
        self.frames.clear();
        self.spare_frames.clear();
        self.held_codes.clear();
        self.parsed.clear();
        self.kept_for_good.clear();
        self.pending.clear();
        self.waiting.clear();
        self.trash = Trashcan::default();
        self.raised = None;
        self.handled.clear();
        self.delegating.clear();
        self.async_hooks = types::generator::asynchronous::Hooks::default();
        self.siblings.clear();
        self.interned.clear();
        self.reprs.clear();
        self.begin_anew();
        self.cache.invalidate();
        self.depth = 0;
        self.native_depth = 0;
        self.loops = 0;
        self.recursion_limit = 1000;
        self.limit_reached = false;
        let spoiled = self.heap.is_spoiled();
        self.heap.reset();
        set_abandoned(false);
        if spoiled {
            self.drop_prelude();
        }
    }

    fn run_module(&mut self, code: &CodeRef, options: &Options, attributes: &mut Option<Vec<String>>) -> Outcome {
        // The thread has handled exceptions before: CPython leaves a `None` behind them, which its count at the start includes.
        self.handled.push(Some(Owned::adopt(types::NONE)));
        let globals = self.new_dict();
        self.main_globals = Some(globals.borrow());
        let fresh = [(names::NAME, names::MAIN), (names::BUILTINS, self.modules.get("builtins").copied().unwrap_or(types::NONE))];
        for (name, value) in fresh {
            let hash = self.known_hash(name);
            // CPython made its globals before it counted the constants: their references are in the counts already.
            let (name, value) = (Owned::adopt(name), Owned::adopt(value));
            if let Some(dict) = self.dict_mut(globals.borrow()) {
                dict.append(hash, name, value);
            }
        }
        self.track(globals.borrow());
        if let Some(recorder) = &mut self.recorder {
            recorder.globals = Some(globals.borrow());
        }
        let outcome = match self.eval_code(code, globals.borrow(), globals.borrow()) {
            Ok(value) => {
                self.release(value);
                let wanted = options.attributes_of.as_deref().and_then(|name| self.dict_get_str(globals.borrow(), name));
                *attributes = wanted.map(|object| self.attributes_here(object));
                Outcome::Completed
            }
            Err(Stop::Raised) => self.describe_outcome(),
            Err(Stop::Abort) => {
                let _ = globals.into_ref();
                return Outcome::BrokenOff;
            }
        };
        self.record_teardown(Teardown::Outcome);
        if let Some(recorder) = &mut self.recorder {
            recorder.tearing_down = true;
        }
        self.tear_down(globals.borrow());
        let _kept_until_the_heap_goes = globals.into_ref();
        if self.limit_reached { Outcome::BrokenOff } else { outcome }
    }

    /// Runs a code object in these namespaces (`PyEval_EvalCode`).
    pub(crate) fn eval_code(&mut self, code: &CodeRef, globals: Ref, locals: Ref) -> PyResult {
        let function = self.new_function(code, globals);
        // `_PyFunction_FromConstructor`: the function has no docstring, and up to 3.11 belongs to no module.
        let none = self.none();
        let knows_module = self.profile.code_knows_module;
        if let Some(payload) = self.function_mut(function.borrow()) {
            let module = if knows_module { None } else { payload.fields.module.take() };
            let doc = payload.fields.doc.replace(none);
            self.release_option(module);
            self.release_option(doc);
        } else {
            self.release(none);
        }
        let locals = self.retain(locals);
        self.push_function_frame(function, Arguments::new(), &[], Some(locals))?;
        self.run_entry_frame()
    }

    /// What became of the exception that ended the run; it is let go.
    fn describe_outcome(&mut self) -> Outcome {
        let Some(exception) = self.raised.take() else { return Outcome::Completed };
        let type_name = self.type_name(exception.borrow());
        let line = self.outermost_line(exception.borrow());
        let recorder = self.recorder.take();
        let message = match self.str_of(exception.borrow()) {
            Ok(text) => {
                let message = self.expect_text(text.borrow()).to_owned();
                self.release(text);
                message
            }
            Err(_) => {
                self.clear_raised();
                "<exception str() failed>".to_owned()
            }
        };
        self.recorder = recorder;
        self.release(exception);
        Outcome::Raised(Raised { type_name, message, line })
    }

    /// The line of the first entry of an exception's traceback: the module's.
    fn outermost_line(&self, exception: Ref) -> Option<u32> {
        let traceback = self.exception(exception)?.traceback.as_ref()?.borrow();
        match &self.heap[traceback].value {
            Value::Native(native) => native.downcast::<types::frame::Traceback>()?.line,
            _ => None,
        }
    }

    /// Deletes the globals in insertion order, then collects.
    fn tear_down(&mut self, globals: Ref) {
        for _ in 0..TEARDOWN_LIMIT {
            let Some(dict) = self.dict(globals) else { return };
            let first = (0..dict.entry_count()).find(|&index| {
                dict.entry(index).is_some_and(|entry| ![names::NAME, names::BUILTINS].contains(&entry.key.borrow()))
            });
            let Some(index) = first else { break };
            let entry = self.dict_mut(globals).and_then(|dict| dict.remove(index));
            if let Some(entry) = entry {
                let name = self.text(entry.key.borrow()).unwrap_or("?").to_owned();
                self.release(entry.key);
                self.release(entry.value);
                if self.limit_reached || self.unsupported.is_some() {
                    return;
                }
                let name = self.trajectory_name(&name);
                self.record_teardown(Teardown::Global(name));
            }
        }
        for name in self.imported_siblings() {
            self.forget_sibling(&name);
            if self.limit_reached || self.unsupported.is_some() {
                return;
            }
            let name = self.trajectory_name(&name);
            self.record_teardown(Teardown::Module(name));
        }
        self.collect_garbage(2);
        if !self.limit_reached && self.unsupported.is_none() {
            self.record_teardown(Teardown::Collection);
        }
    }
}
