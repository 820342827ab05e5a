//! A run: from a compiled unit to a trajectory.

use std::sync::Arc;

use num_bigint::BigInt;
use refdrift_isa::decode;
use refdrift_trace::{CodeUnit, ConstId, ConstantValue, Outcome, Raised, Teardown, flags};

use crate::api::{End, Missing, Options, Run};
use crate::gc::Collector;
use crate::hash;
use crate::heap::{Owned, Ref, STATIC_COUNT, set_abandoned};
use crate::object::class::Flags;
use crate::object::value::{Native, Value};
use crate::record::Recorder;
use crate::types::code::{CodeRef, RunnableCode};
use crate::types::str::Str;
use crate::types::{self, names};
use crate::vm::{Stop, Vm};

/// How often a teardown deletes a global before it gives up on finalisers that make new ones.
const TEARDOWN_LIMIT: usize = 10_000;

impl Vm {
    /// Runs a compiled snippet from fresh globals to the end of the teardown. Native recursion goes deep: give the
    /// calling thread [`Vm::STACK_SIZE`] bytes of stack.
    pub fn run(&mut self, unit: &CodeUnit, options: &Options) -> Run {
        self.step_limit = options.step_limit;
        let mut recorder = options.record.then(Box::<Recorder>::default);
        if let Some(recorder) = &mut recorder {
            recorder.inspect = options.inspect;
        }
        self.recorder = recorder;
        #[cfg(feature = "faults")]
        self.fault.arm(options.fault.as_ref());
        let pool = self.load_pool(unit);
        let borrowed: Vec<Ref> = pool.iter().copied().filter(|&object| self.heap.is_static(object)).collect();
        let mut attributes = None;
        let outcome = self.run_module(options, &mut attributes);
        #[cfg(feature = "faults")]
        self.fault.arm(None);
        let survivors = self.survivors();
        let mut trajectory = self.recorder.take().map(|recorder| recorder.trajectory).unwrap_or_default();
        trajectory.survivors = if self.limit_reached { Vec::new() } else { survivors };
        trajectory.output = std::mem::take(&mut self.output);
        trajectory.outcome = outcome;
        let end = self.unsupported.take().map_or(End::Finished, End::Unsupported);
        let run = Run { trajectory, end, address_use: self.address_use.take(), inspection: self.inspection.take(), attributes };
        self.reset(&borrowed);
        run
    }

    /// Throws away everything that belonged to the run.
    fn reset(&mut self, borrowed: &[Ref]) {
        set_abandoned(true);
        self.forget_numbers();
        for &object in borrowed {
            self.heap[object].count = self.static_count(object);
        }
        self.stack.clear();
        self.frames.clear();
        self.pending.clear();
        self.raised = None;
        self.handled.clear();
        self.delegating.clear();
        self.async_hooks = types::generator::asynchronous::Hooks::default();
        self.codes.clear();
        self.interned.clear();
        self.reprs.clear();
        self.qualnames.clear();
        self.gc = Collector::default();
        self.cache.invalidate();
        self.depth = 0;
        self.native_depth = 0;
        self.recursion_limit = 1000;
        self.limit_reached = false;
        self.heap.reset();
        set_abandoned(false);
    }

    /// What an object that lives as long as the VM is counted with between runs.
    pub(crate) fn static_count(&self, object: Ref) -> i32 {
        let immortal = self.profile.immortal_objects
            && match &self.heap[object].value {
                Value::Type(class) => !class.flags.has(Flags::FROM_SPEC),
                Value::Plain => true,
                Value::Int(value) => types::small_int(*value).is_some(),
                Value::Str(text) => text.interned || types::shared_str(&text.text) == Some(object),
                Value::Tuple(items) => items.is_empty(),
                Value::Native(_) => self.heap[object].class == types::BYTES,
                _ => false,
            };
        if immortal { refdrift_trace::IMMORTAL } else { STATIC_COUNT }
    }

    /// Makes the objects that the code refers to.
    fn load_pool(&mut self, unit: &CodeUnit) -> Vec<Ref> {
        set_abandoned(true);
        let places: Vec<Ref> = unit.pool.iter().map(|constant| self.place_constant(&constant.value)).collect();
        for (constant, &place) in unit.pool.iter().zip(&places) {
            if let ConstantValue::Tuple(items) = &constant.value
                && !items.is_empty()
            {
                let items = items.iter().map(|&item| Owned::adopt(places[item as usize])).collect();
                self.heap[place].value = Value::Tuple(items);
            }
        }
        // Sets after tuples: their elements must be whole to have a hash.
        for (index, constant) in unit.pool.iter().enumerate() {
            if let ConstantValue::FrozenSet(items) = &constant.value {
                let elements = items.iter().map(|&item| {
                    let item = places[item as usize];
                    (self.hash_of(item).unwrap_or(0), Owned::adopt(item))
                });
                let set = types::set::Set::in_order(elements.collect());
                self.heap[places[index]].value = Value::Set(Box::new(set));
            }
            let slot = &mut self.heap[places[index]];
            slot.count = constant.count;
            if constant.interned
                && let Value::Str(text) = &mut slot.value
            {
                text.interned = true;
                if text.hash.is_none() {
                    text.hash = Some(hash::text(&text.text));
                }
                let text = text.text.clone();
                self.interned.insert(text, places[index]);
            }
        }
        self.load_codes(unit, &places);
        if let Some(recorder) = &mut self.recorder {
            recorder.constants = places.iter().enumerate().map(|(index, &place)| (place, index as ConstId)).collect();
        }
        set_abandoned(false);
        places
    }

    /// The object of a constant, its items still missing.
    fn place_constant(&mut self, value: &ConstantValue) -> Ref {
        let (class, value) = match value {
            ConstantValue::None => return types::NONE,
            ConstantValue::Ellipsis => return types::ELLIPSIS,
            ConstantValue::Bool(true) => return types::TRUE,
            ConstantValue::Bool(false) => return types::FALSE,
            ConstantValue::Int(value) => match types::small_int(*value) {
                Some(small) => return small,
                None => (types::INT, Value::Int(*value)),
            },
            ConstantValue::BigInt(digits) => {
                let value: BigInt = digits.parse().unwrap_or_default();
                (types::INT, Value::BigInt(Box::new(value)))
            }
            ConstantValue::Float(bits) => (types::FLOAT, Value::Float(f64::from_bits(*bits))),
            ConstantValue::Str(text) => {
                if let Some(shared) = self.static_interned.get(text.as_str()).copied() {
                    return shared;
                }
                (types::STR, Value::Str(Box::new(Str::new(text.as_str()))))
            }
            ConstantValue::Bytes(data) => match data.as_slice() {
                [] => return types::EMPTY_BYTES,
                &[byte] => return types::single_byte(byte),
                data => (types::BYTES, types::bytes::payload(data.to_vec())),
            },
            ConstantValue::Tuple(items) if items.is_empty() => return types::EMPTY_TUPLE,
            ConstantValue::Tuple(_) => (types::TUPLE, Value::Tuple(Box::default())),
            ConstantValue::FrozenSet(_) => (types::FROZENSET, Value::Set(Box::default())),
            ConstantValue::Code(_) => (types::CODE, Value::Plain),
            // Placeholders: loading one is unsupported, see `load_codes`.
            ConstantValue::Complex(..) | ConstantValue::WideStr(_) => {
                (types::ELLIPSIS_TYPE, Value::Native(Box::new(Unrepresentable)))
            }
        };
        self.heap.insert(class, value).into_ref()
    }

    /// Decodes the code objects.
    fn load_codes(&mut self, unit: &CodeUnit, places: &[Ref]) {
        let to_places = |ids: &[ConstId]| ids.iter().map(|&id| places[id as usize]).collect::<Box<[Ref]>>();
        for (id, object) in unit.codes.iter().enumerate() {
            let consts = to_places(&object.consts);
            let code = match decode(unit.version, object) {
                Ok(code) => code,
                Err(error) => {
                    let _ = self.unsupported(Missing::Instruction, error.to_string());
                    return;
                }
            };
            if consts.iter().any(|&constant| {
                matches!(&self.heap[constant].value, Value::Native(native) if native.downcast::<Unrepresentable>().is_some())
            }) {
                let _ = self.unsupported(Missing::Type, "a complex constant or a string with lone surrogates");
                return;
            }
            let docstring = consts.first().copied().filter(|&first| {
                self.text(first).is_some() && (!self.profile.docstring_flag || object.flags & flags::HAS_DOCSTRING != 0)
            });
            let runnable = RunnableCode {
                id: id as u32,
                code,
                this: places[object.id as usize],
                docstring,
                name: places[object.name as usize],
                qualname: places[object.qualname as usize],
                filename: places[object.filename as usize],
                consts,
                names: to_places(&object.names),
                locals: to_places(&object.localsplusnames),
                object: object.clone(),
            };
            let runnable: CodeRef = Arc::new(runnable);
            self.heap[places[object.id as usize]].value = Value::Code(runnable.clone());
            self.codes.push(Some(runnable));
        }
    }

    fn run_module(&mut self, options: &Options, attributes: &mut Option<Vec<String>>) -> Outcome {
        if self.unsupported.is_some() {
            return Outcome::Completed;
        }
        let Some(Some(code)) = self.codes.first().cloned() else { return Outcome::Completed };
        // The thread has handled exceptions before: CPython leaves a `None` behind them, which its count at the start includes.
        self.handled.push(Some(Owned::adopt(types::NONE)));
        let globals = self.new_dict();
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
        let function = self.new_function(&code, globals.borrow());
        // `_PyFunction_FromConstructor`: the module's own function belongs to no module and has no docstring.
        let none = self.none();
        if let Some(payload) = self.function_mut(function.borrow()) {
            let module = payload.fields.module.take();
            let doc = payload.fields.doc.replace(none);
            self.release_option(module);
            self.release_option(doc);
        } else {
            self.release(none);
        }
        let locals = self.retain(globals.borrow());
        let result = self.push_function_frame(function, Vec::new(), &[], Some(locals)).and_then(|()| self.run_entry_frame());
        let outcome = match result {
            Ok(value) => {
                self.release(value);
                let wanted = options.attributes_of.as_deref().and_then(|name| self.dict_get_str(globals.borrow(), name));
                *attributes = wanted.map(|object| self.attributes_here(object));
                Outcome::Completed
            }
            Err(Stop::Raised) => self.describe_outcome(),
            Err(Stop::Abort) => {
                let _ = globals.into_ref();
                return Outcome::StepLimit;
            }
        };
        self.record_teardown(Teardown::Outcome);
        self.tear_down(globals.borrow());
        let _kept_until_the_heap_goes = globals.into_ref();
        if self.limit_reached { Outcome::StepLimit } else { outcome }
    }

    /// What became of the exception that ended the run; it is let go.
    fn describe_outcome(&mut self) -> Outcome {
        let Some(exception) = self.raised.take() else { return Outcome::Completed };
        let type_name = self.type_name(exception.borrow()).to_owned();
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
        self.collect_garbage();
        if !self.limit_reached && self.unsupported.is_none() {
            self.record_teardown(Teardown::Collection);
        }
    }
}

/// A constant that the VM has no object for.
struct Unrepresentable;

impl Native for Unrepresentable {
    fn visit(&self, _: &mut dyn FnMut(crate::object::value::Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}
