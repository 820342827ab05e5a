//! Native modules by contract: an extension module's functions, in the words of Python functions that do the same with references.
//!
//! CPython runs the extension module; the VM runs its *twin*, a Python module that says what each function does. It runs
//! untraced, and nobody sees that it is Python: its public functions are builtin functions, its frames are in no traceback, its
//! parameters are borrowed from the caller as a C function's are, and each literal is made anew as C makes its strings and
//! numbers. Of its classes the instances are freed like those of a type written in C: before what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use refdrift_isa::{Instr, Op};
use refdrift_trace::{CodeUnit, flags};

use crate::api::{Missing, Unsupported};
use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::library::Origin;
use crate::object::args::Args;
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::types;
use crate::types::code::{CodeRef, RunnableCode};
use crate::types::function::{NativeFunction, NativeKind};
use crate::vm::{PyResult, Stop, Vm};

/// An extension module, as the VM knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NativeModule {
    /// What it is imported as.
    pub name: String,
    /// Its twin, compiled.
    pub twin: Arc<CodeUnit>,
    /// How its functions are called; [`Convention::Tuple`] for one that is not listed.
    pub conventions: BTreeMap<String, Convention>,
}

/// How CPython calls a C function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// `METH_NOARGS`
    None,
    /// `METH_O`
    One,
    /// `METH_VARARGS`: a tuple holds the arguments for the length of the call.
    #[default]
    Tuple,
    /// `METH_FASTCALL`
    Fast,
}

/// A function of a twin.
#[derive(Clone, Copy)]
pub(crate) struct Twin {
    /// The Python function; the library's, so that it never dies within the run.
    function: Ref,
    convention: Convention,
}

impl Twin {
    /// Whether it can be called without an argument tuple.
    pub(crate) fn is_vectorcallable(self) -> bool {
        self.convention != Convention::Tuple
    }
}

/// A text that lives as long as the process; each text once.
fn lasting(text: &str) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let text: &'static str = Box::leak(text.into());
    texts.insert(text);
    text
}

impl Vm {
    /// Imports the native modules of the run.
    pub(super) fn try_preload_natives(&mut self) -> Result<(), (String, Unsupported)> {
        for native in self.natives.clone() {
            if self.imports.broken.contains_key(&native.name) {
                continue;
            }
            let imported = self.sys_modules().and_then(|_| self.as_library(|vm| vm.load_native(&native)));
            let why = match imported {
                Ok(()) => continue,
                Err(Stop::Raised) => self.describe_raised(),
                Err(Stop::Abort) => self.unsupported.take().map_or_else(|| "its import".to_owned(), |what| what.to_string()),
            };
            let why = format!("the twin of {}: {why}", native.name);
            return Err((native.name.clone(), Unsupported { missing: Missing::Module, name: why, line: None }));
        }
        Ok(())
    }

    /// Runs a twin's body and makes a module of what is public in it.
    fn load_native(&mut self, native: &NativeModule) -> PyResult<()> {
        let decoded = self.decode_unit(&native.twin)?;
        let loaded = self.load_unit(&native.twin, &decoded, Origin::Twin)?;
        for code in &loaded.codes {
            self.check_twin(code)?;
        }
        let Some(body) = loaded.codes.first() else { return Ok(()) };
        let name = self.str(native.name.as_str());
        let module = self.new_module(name.borrow(), false)?;
        let globals = self.new_dict();
        let place = globals.borrow();
        self.set_module_attribute(place, "__name__", name.borrow());
        self.set_module_attribute(place, "__builtins__", self.builtins);
        let refusal = NativeFunction {
            name: "steals what no call has kept",
            home: lasting(&native.name),
            class: None,
            what: NativeKind::Missing,
            bound: None,
            owner: None,
            own_name: None,
        };
        let refusal = self.make(types::BUILTIN, Value::NativeFunction(Box::new(refusal)));
        self.set_module_attribute(place, "_unsupported", refusal.borrow());
        self.release(refusal);
        let none = self.eval_code(body, place, place)?;
        self.release(none);
        let entries: Vec<(String, Ref)> = match self.dict(place) {
            Some(dict) => {
                let texts = dict.iter().map(|entry| (self.expect_text(entry.key.borrow()), entry.value.borrow()));
                texts.filter(|(name, _)| !name.starts_with('_')).map(|(name, value)| (name.to_owned(), value)).collect()
            }
            None => Vec::new(),
        };
        if let Some(dict) = self.own_dict(module.borrow()) {
            for (name, value) in entries {
                let value = self.as_native(native, &name, value);
                self.set_module_attribute(dict, &name, value.borrow());
                self.release(value);
            }
        }
        self.release(globals);
        let entered = self.enter_module(name.borrow(), module.borrow());
        self.release(module);
        self.release(name);
        entered
    }

    /// What a public object of a twin is in the module.
    fn as_native(&mut self, native: &NativeModule, name: &str, value: Ref) -> Owned {
        match &self.heap[value].value {
            Value::Function(_) => {
                let convention = native.conventions.get(name).copied().unwrap_or_default();
                self.twin_function(value, convention, name, &native.name, None)
            }
            Value::Type(class) if class.heap.is_some() => {
                self.make_class_native(native, value);
                self.retain(value)
            }
            _ => self.retain(value),
        }
    }

    fn twin_function(&mut self, function: Ref, convention: Convention, name: &str, home: &str, class: Option<Ref>) -> Owned {
        let payload = NativeFunction {
            name: lasting(name),
            home: lasting(home),
            class,
            what: NativeKind::Twin(Twin { function, convention }),
            bound: None,
            owner: None,
            own_name: None,
        };
        let kind = if class.is_some() { types::METHOD_DESCRIPTOR } else { types::BUILTIN };
        self.make(kind, Value::NativeFunction(Box::new(payload)))
    }

    /// The methods of a class become method descriptors, special ones aside: nobody sees those but through the class.
    fn make_class_native(&mut self, native: &NativeModule, class: Ref) {
        self.class_mut(class).flags.0 |= Flags::DIES_FIRST;
        let class_name = self.class(class).short_name().to_owned();
        let Some(dict) = self.class(class).dict.as_ref().map(Owned::borrow) else { return };
        let methods: Vec<(Ref, String, Ref)> = match self.dict(dict) {
            Some(entries) => {
                let entries = entries.iter().map(|entry| (entry.key.borrow(), entry.value.borrow()));
                let functions = entries.filter(|&(_, value)| matches!(self.heap[value].value, Value::Function(_)));
                functions.map(|(key, value)| (key, self.expect_text(key).to_owned(), value)).collect()
            }
            None => return,
        };
        for (key, name, function) in methods {
            if name.starts_with("__") {
                continue;
            }
            let convention = native.conventions.get(&format!("{class_name}.{name}")).copied().unwrap_or_default();
            let method = self.twin_function(function, convention, &name, &class_name, Some(class));
            // The library's functions never die: the one that is replaced may be needed.
            let _kept = self.retain(function).into_ref();
            // A string for a key: nothing is raised.
            let _ = self.dict_set(dict, key, method.borrow());
            self.release(method);
        }
        self.cache.invalidate();
    }

    /// A parameter is borrowed: a twin that binds it anew, or shares it with an inner function, would give back what is not its own.
    fn check_twin(&mut self, code: &CodeRef) -> PyResult<()> {
        let parameters = code.object.argcount;
        let rebinds = |instr: &Instr| {
            matches!(instr.op, Op::StoreFast | Op::DeleteFast | Op::MakeCell | Op::LoadFastAndClear) && instr.arg < parameters
        };
        let Some(instr) = code.code.instrs.iter().find(|instr| rebinds(instr)) else { return Ok(()) };
        let parameter = self.expect_text(code.locals[instr.arg as usize]).to_owned();
        let function = self.expect_text(code.name).to_owned();
        let what = format!("{function}() binds its parameter `{parameter}` anew or in a closure (use another name)");
        Err(self.unsupported(Missing::Name, what))
    }

    /// Calls a native function: runs its twin with borrowed arguments.
    pub(crate) fn call_twin(&mut self, twin: Twin, home: &str, name: &str, own: usize, args: &Args<'_>) -> PyResult {
        let label = format!("{home}.{name}()");
        if !args.names.is_empty() {
            return Err(self.type_error(format!("{label} takes no keyword arguments")));
        }
        let given = args.values.len() - own;
        match twin.convention {
            Convention::None if given != 0 => {
                return Err(self.type_error(format!("{label} takes no arguments ({given} given)")));
            }
            Convention::One if given != 1 => {
                return Err(self.type_error(format!("{label} takes exactly one argument ({given} given)")));
            }
            _ => {}
        }
        let run = match &self.heap[twin.function].value {
            Value::Function(function) => function.run.clone(),
            _ => return Err(self.unsupported(Missing::Name, label)),
        };
        let open = run.object.flags & (flags::VARARGS | flags::VARKEYWORDS) != 0;
        if !open && !run.takes_exactly(args.values.len()) {
            let plural = if given == 1 { "" } else { "s" };
            let what = format!("{label} with {given} argument{plural}: its contract names {}", run.object.argcount as usize - own);
            return Err(self.unsupported(Missing::Name, what));
        }
        if twin.convention == Convention::Tuple {
            // Those after self are in the tuple.
            let rest = Args::new(&args.values[own..], &[]);
            let rest = Args { tuple: args.tuple, ..rest };
            return self.with_argument_tuple(&rest, |vm, _| vm.call(twin.function, &Args::positional(args.values)));
        }
        self.call(twin.function, args)
    }

    /// Whether a call lends its arguments to the frame instead of giving it references of its own.
    pub(crate) fn borrows_arguments(run: &RunnableCode, args: &Args<'_>) -> bool {
        run.twin && args.names.is_empty() && run.takes_exactly(args.values.len()) && run.object.flags & flags::GENERATOR == 0
    }

    /// Before an instruction of a twin: notes what C would lend to it; runs it if it is a literal.
    #[inline(never)]
    pub(crate) fn before_twin_instruction(&mut self, instr: &Instr, code: &RunnableCode, base: usize) -> Option<Flow> {
        let lent = self.lent_operands(instr, code, base);
        if let Some(frame) = self.frames.last_mut() {
            frame.lent = (!lent.is_empty()).then(|| lent.into());
        }
        self.twin_literal(instr, code)
    }

    /// The operands of an instruction that locals hold, too: the stack's references to them are none that C code would have.
    /// (A Python function takes its arguments' over.)
    fn lent_operands(&self, instr: &Instr, code: &RunnableCode, base: usize) -> Vec<Ref> {
        let count = match instr.op {
            Op::UnaryPositive | Op::UnaryNegative | Op::UnaryInvert | Op::UnaryNot | Op::ToBool | Op::GetIter => 1,
            Op::LoadAttr
            | Op::LoadMethod
            | Op::PopJumpIfTrue
            | Op::PopJumpIfFalse
            | Op::UnpackSequence
            | Op::ConvertValue
            | Op::FormatSimple => 1,
            Op::BinaryOp | Op::CompareOp | Op::ContainsOp | Op::BinarySubscr | Op::DeleteSubscr | Op::StoreAttr => 2,
            Op::StoreSubscr => 3,
            Op::CallFunctionEx if !self.profile.spread_call_pushes_frame => 2 + (instr.arg & 1) as usize,
            Op::Call => {
                let count = instr.arg as usize;
                let callee = |below: usize| self.stack.len().checked_sub(count + below).and_then(|at| self.stack[at].as_ref());
                let moves = |callee: &Owned| matches!(self.heap[callee.borrow()].value, Value::Function(_) | Value::Method(..));
                if [1, 2].into_iter().filter_map(callee).any(moves) { 0 } else { count }
            }
            _ => 0,
        };
        let locals = base + code.locals.len();
        let operands = self.stack[locals.max(self.stack.len().saturating_sub(count))..].iter().flatten().map(Owned::borrow);
        let held = |object: &Ref| self.stack[base..locals].iter().flatten().any(|local| local.borrow() == *object);
        operands.filter(held).collect()
    }

    /// Does something while what running twins have been lent, and C would not count, is not counted.
    pub(crate) fn without_lent(&mut self, work: impl FnOnce(&mut Self)) {
        let lent: Vec<Ref> = self.frames.iter().filter_map(|frame| frame.lent.as_deref()).flatten().copied().collect();
        for &object in &lent {
            self.heap.adjust(object, -1);
        }
        work(self);
        for &object in &lent {
            self.heap.adjust(object, 1);
        }
    }

    /// A literal of a twin, made anew; none for an instruction that takes no literal, or one that C has as an object.
    fn twin_literal(&mut self, instr: &Instr, code: &RunnableCode) -> Option<Flow> {
        if !matches!(instr.op, Op::LoadConst | Op::ReturnConst) || self.heap.loading {
            return None;
        }
        let literal = code.consts[instr.arg as usize];
        let fresh = match &self.heap[literal].value {
            Value::Str(text) => {
                let text = text.text.to_string();
                self.str(text)
            }
            Value::Int(value) if self.class_of(literal) == types::INT => {
                let value = *value;
                self.int(value)
            }
            Value::Float(value) => {
                let value = *value;
                self.float(value)
            }
            _ => return None,
        };
        if instr.op == Op::ReturnConst {
            return Some(Flow::Return(fresh));
        }
        self.push(fresh);
        Some(Flow::Next)
    }

    /// Nothing is known of a function that the native module has and its twin lacks.
    pub(crate) fn lacks_contract(&self, module: &str, name: &str) -> bool {
        // What every module has, and what the import system adds, is none of the contract's.
        !name.starts_with("__") && self.natives.iter().any(|native| native.name == module)
    }
}
