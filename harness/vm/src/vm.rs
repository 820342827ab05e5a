//! The VM: what it is made of, and the constructors of the objects that are everywhere.

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use refdrift_isa::Profile;
use refdrift_trace::{IMMORTAL, Inspection, Sibling};
use rustc_hash::FxHashMap;

use crate::api::{AddressUse, Host, Imbalance, Missing, Unsupported};
use crate::eval::frame::Frame;
use crate::eval::interpret::HeldCodes;
use crate::gc::Collector;
use crate::hash;
use crate::heap::{Heap, Owned, Pending, Ref, Trashcan, Watch, set_abandoned};
use crate::library::{Imports, Preludes};
use crate::lookup::MethodCache;
use crate::object::class::{Class, Slots};
use crate::object::inherit::SpecialNames;
use crate::object::missing::TypeNames;
use crate::object::value::Value;
use crate::record::Recorder;
use crate::types::{self, code::CodeRef, dict::Dict, str::Str};

/// Why an operation did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It raised: the exception is in [`Vm::raised`].
    Raised,
    /// The run is broken off; why is in [`Vm::unsupported`] or [`Vm::limit_reached`].
    Abort,
}

/// A result, or the reason why there is none.
pub(crate) type PyResult<T = Owned> = Result<T, Stop>;

/// The VM for one CPython version. Built once, used for case after case.
pub struct Vm {
    pub(crate) profile: Profile,
    pub(crate) heap: Heap,
    /// The locals and stacks of all frames, the running one's on top.
    pub(crate) stack: Vec<Option<Owned>>,
    /// Where the native stack of the run begins.
    pub(crate) stack_start: usize,
    #[expect(clippy::vec_box, reason = "frames move between here and their generators")]
    pub(crate) frames: Vec<Box<Frame>>,
    /// Frames that have ended: allocated already, and with their code, which may be the next one's too.
    #[expect(clippy::vec_box, reason = "the boxes themselves are what is kept")]
    pub(crate) spare_frames: Vec<Box<Frame>>,
    /// The code that eval loops held while they ran, the outer ones' last.
    #[expect(clippy::vec_box, reason = "loops take one out and put it back")]
    pub(crate) held_codes: Vec<Box<HeldCodes>>,
    /// The names in the sources that `exec` and `eval` run, up to 3.11.
    pub(crate) parsed: Vec<Ref>,
    /// What CPython holds for as long as its process lives, and what it leaks: the owner of each is gone, or nobody can find it.
    pub(crate) kept_for_good: Vec<Ref>,
    /// The exception that is under way (`tstate->current_exception`).
    pub(crate) raised: Option<Owned>,
    /// The exceptions that are being handled: one for the thread and one for each running generator (`tstate->exc_info`).
    pub(crate) handled: Vec<Option<Owned>>,
    /// Generators that are not among the frames while an exception is thrown into what they delegate to, with the number of
    /// frames there were: to what runs on top they are the caller.
    pub(crate) delegating: Vec<(usize, Ref)>,
    /// What there is to do while something is being freed.
    pub(crate) pending: Vec<Pending>,
    /// References that are about to be given back, the last first.
    pub(crate) waiting: Vec<Owned>,
    pub(crate) trash: Trashcan,
    pub(crate) watch: Watch,
    pub(crate) recorder: Option<Box<Recorder>>,
    pub(crate) gc: Collector,
    pub(crate) cache: MethodCache,
    /// Interned strings: those of the VM, then those of the run.
    pub(crate) interned: FxHashMap<Box<str>, Ref>,
    /// The interned strings of what was imported for the run.
    pub(crate) library_interned: FxHashMap<Box<str>, Ref>,
    /// The interned strings that live as long as the VM.
    pub(crate) static_interned: FxHashMap<Box<str>, Ref>,
    /// The strings of one character that only the frozen modules have.
    pub(crate) frozen_characters: Vec<(char, Ref)>,
    /// The qualified names that descriptors of builtin types have been asked for, and keep.
    pub(crate) qualnames: FxHashMap<Ref, Ref>,
    /// The parts of code objects that were asked for: the code keeps them.
    pub(crate) code_parts: FxHashMap<(Ref, &'static str), Ref>,
    /// The dict of `builtins`.
    pub(crate) builtins: Ref,
    /// `__import__`, as it is at the start: the import system calls no other (`interp->import_func`).
    pub(crate) import_function: Ref,
    /// The modules that the VM has natively, by name: each import of one copies it.
    pub(crate) modules: FxHashMap<&'static str, Ref>,
    /// The hooks of asynchronous generators.
    pub(crate) async_hooks: types::generator::asynchronous::Hooks,
    /// What the modules keep for themselves.
    pub(crate) module_state: crate::modules::State,
    /// The names of the special methods.
    pub(crate) special_names: Arc<SpecialNames>,
    /// The slots of Python classes that have no special methods of their own, by the builtin type that they derive from.
    pub(crate) slots_upon_native: FxHashMap<Ref, Slots>,
    /// What CPython's builtin types have.
    pub(crate) type_names: TypeNames,
    /// The snippet runs.
    pub(crate) running: bool,
    /// What has been imported.
    pub(crate) imports: Imports,
    /// What runs start from.
    pub(crate) preludes: Preludes,
    /// The native modules of the run.
    pub(crate) natives: Vec<crate::library::NativeModule>,
    /// The modules beside the snippet, by name.
    pub(crate) siblings: FxHashMap<String, (Sibling, CodeRef)>,
    /// Where the library's code comes from; without a host there is no library.
    pub(crate) host: Option<Arc<dyn Host>>,
    /// How deep Python calls are nested; on 3.11 with the native ones.
    pub(crate) depth: usize,
    /// How deep native calls are nested.
    pub(crate) native_depth: i64,
    /// How many eval loops are under way, one inside of the other: between two of them are functions in Rust.
    pub(crate) loops: u32,
    pub(crate) recursion_limit: usize,
    /// What the snippet printed.
    pub(crate) output: String,
    pub(crate) unsupported: Option<Unsupported>,
    pub(crate) limit_reached: bool,
    pub(crate) step_limit: u32,
    /// How many instructions that are not recorded may still run.
    pub(crate) untraced_limit: u64,
    pub(crate) address_use: Option<AddressUse>,
    /// A hash that is under way only finds a key: it may come from an address.
    pub(crate) hash_finds: bool,
    pub(crate) inspections: Vec<Inspection>,
    /// The globals of the snippet that runs.
    pub(crate) main_globals: Option<Ref>,
    /// See [`crate::Options::audit`].
    pub(crate) imbalance: Option<Imbalance>,
    /// Objects whose `repr` is under way (`Py_ReprEnter`).
    pub(crate) reprs: Vec<Ref>,
}

impl Drop for Vm {
    /// It may be dropped in the middle of a run, by a panic: what it owned goes with its heap.
    fn drop(&mut self) {
        set_abandoned(true);
        self.stack.clear();
        self.frames.clear();
        self.pending.clear();
        self.waiting.clear();
        self.handled.clear();
        self.raised = None;
        self.heap = Heap::new();
        set_abandoned(false);
    }
}

impl Vm {
    // ---- errors that are not exceptions ----

    /// Breaks the run off: the VM does not have what the snippet asks for.
    #[cold]
    pub(crate) fn unsupported(&mut self, missing: Missing, name: impl Into<String>) -> Stop {
        if self.unsupported.is_none() {
            let line = self.current_line();
            self.unsupported = Some(Unsupported { missing, name: name.into(), line });
            if self.running {
                // The snippet has no step left: so there is one thing less to ask for before each.
                self.step_limit = 0;
            }
        }
        crate::heap::set_abandoned(true);
        Stop::Abort
    }

    /// The line of the snippet that runs.
    pub(crate) fn current_line(&self) -> Option<u32> {
        self.frames.iter().rfind(|frame| frame.code.traced).and_then(|frame| frame.line())
    }

    /// Notes that what follows depends on addresses.
    pub(crate) fn note_address_use(&mut self, what: &str) {
        // What the library makes of addresses while it is imported shows nowhere.
        if self.address_use.is_none() && !self.heap.loading {
            let line = self.current_line();
            let step = self.recorder.as_ref().map_or(0, |recorder| recorder.trajectory.steps.len());
            self.address_use = Some(AddressUse { what: what.to_owned(), line, step });
        }
    }

    /// Notes that a hash is an address, unless all it does is to find a key.
    pub(crate) fn note_address_hash(&mut self, what: &str) {
        if !self.hash_finds {
            self.note_address_use(what);
        }
    }

    // ---- looking ----

    /// The type of an object.
    #[inline]
    pub(crate) fn class_of(&self, object: Ref) -> Ref {
        self.heap[object].class
    }

    /// A type's payload.
    ///
    /// # Panics
    /// If the object is no type.
    #[inline]
    pub(crate) fn class(&self, class: Ref) -> &Class {
        match &self.heap[class].value {
            Value::Type(class) => class,
            _ => panic!("{class:?} is no type"),
        }
    }

    /// A type's payload, to change it.
    pub(crate) fn class_mut(&mut self, class: Ref) -> &mut Class {
        match &mut self.heap[class].value {
            Value::Type(class) => class,
            _ => panic!("{class:?} is no type"),
        }
    }

    /// What messages call an object's type (`tp_name`).
    pub(crate) fn type_name(&self, object: Ref) -> String {
        self.qualified_type_name(self.class_of(object))
    }

    /// A string's text; none for anything else.
    #[inline]
    pub(crate) fn text(&self, object: Ref) -> Option<&str> {
        match &self.heap[object].value {
            Value::Str(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The text of an object that is known to be a string.
    pub(crate) fn expect_text(&self, object: Ref) -> &str {
        self.text(object).unwrap_or("?")
    }

    /// A list's items; none for anything else.
    pub(crate) fn list(&self, object: Ref) -> Option<&Vec<Owned>> {
        match &self.heap[object].value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A list's items, to change them.
    pub(crate) fn list_mut(&mut self, object: Ref) -> Option<&mut Vec<Owned>> {
        match &mut self.heap[object].value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A tuple's items; none for anything else.
    pub(crate) fn tuple(&self, object: Ref) -> Option<&[Owned]> {
        match &self.heap[object].value {
            Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The borrowed items of a tuple or list, as they are now.
    pub(crate) fn items(&self, object: Ref) -> Option<Vec<Ref>> {
        let items = self.tuple(object).or_else(|| self.list(object).map(Vec::as_slice))?;
        Some(items.iter().map(Owned::borrow).collect())
    }

    /// A dict's table; none for anything else.
    #[inline]
    pub(crate) fn dict(&self, object: Ref) -> Option<&Dict> {
        match &self.heap[object].value {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// A dict's table, to change it.
    #[inline]
    pub(crate) fn dict_mut(&mut self, object: Ref) -> Option<&mut Dict> {
        match &mut self.heap[object].value {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    // ---- making ----

    /// Puts a new object of a builtin type on the heap, unknown to the collector.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn make(&mut self, class: Ref, value: Value) -> Owned {
        self.heap.insert(class, value)
    }

    /// Puts a new object on the heap that can be in cycles.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn make_tracked(&mut self, class: Ref, value: Value) -> Owned {
        let object = self.heap.insert(class, value);
        self.track(object.borrow());
        object
    }

    /// `None`, with a reference of its own.
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn none(&mut self) -> Owned {
        self.retain(types::NONE)
    }

    /// `NotImplemented`, with a reference of its own.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn not_implemented(&mut self) -> Owned {
        self.retain(types::NOT_IMPLEMENTED)
    }

    /// `True` or `False`
    #[inline]
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn bool(&mut self, value: bool) -> Owned {
        self.retain(if value { types::TRUE } else { types::FALSE })
    }

    /// An `int`; the small ones are always the same objects.
    #[inline]
    pub(crate) fn int(&mut self, value: i64) -> Owned {
        match types::small_int(value) {
            Some(small) => self.retain(small),
            None => self.heap.insert_here(types::INT, Value::Int(value)),
        }
    }

    /// An `int` of any size.
    pub(crate) fn big_int(&mut self, value: BigInt) -> Owned {
        match value.to_i64() {
            Some(small) => self.int(small),
            None => self.make(types::INT, Value::BigInt(Box::new(value))),
        }
    }

    /// A `float`
    #[inline]
    pub(crate) fn float(&mut self, value: f64) -> Owned {
        self.heap.insert_here(types::FLOAT, Value::Float(value))
    }

    /// A `str`; the empty one and those of one Latin-1 character are always the same objects.
    pub(crate) fn str(&mut self, text: impl Into<Box<str>> + AsRef<str>) -> Owned {
        if let Some(shared) = types::shared_str(text.as_ref()) {
            return self.retain(shared);
        }
        self.heap.insert_here(types::STR, Value::Str(Box::new(Str::new(text.into()))))
    }

    /// The interned string of that text, made if it is missing.
    pub(crate) fn intern(&mut self, text: &str) -> Owned {
        if let Some(known) = self.find_interned(text) {
            return self.retain(known);
        }
        let string = self.str(text);
        self.intern_in_place(string.borrow());
        string
    }

    /// The interned string of that text, if there is one; borrowed.
    pub(crate) fn find_interned(&self, text: &str) -> Option<Ref> {
        [&self.interned, &self.library_interned, &self.static_interned].into_iter().find_map(|known| known.get(text).copied())
    }

    /// A reference that nobody ever gives back.
    pub(crate) fn keep_for_good(&mut self, owned: Owned) {
        self.kept_for_good.push(owned.into_ref());
    }

    /// Enters a string in the table of interned strings.
    fn intern_in_place(&mut self, string: Ref) {
        if let Value::Str(payload) = &mut self.heap[string].value {
            payload.interned = true;
            payload.hash = Some(hash::text(&payload.text));
            let text = payload.text.clone();
            self.interned.insert(text, string);
        }
        if self.profile.interned_immortal {
            self.heap[string].count = IMMORTAL;
        }
    }

    /// An object dies: if it is an interned string it leaves the table, and nothing may be found by it any more.
    pub(crate) fn forget_interned(&mut self, object: Ref) {
        if let Value::Str(payload) = &self.heap[object].value
            && payload.interned
        {
            self.interned.remove(&payload.text);
            self.cache.invalidate();
        }
    }

    /// `PyUnicode_InternInPlace`: exchanges a string for the interned one of its text.
    pub(crate) fn interned_for(&mut self, string: Owned) -> Owned {
        let exact = self.class_of(string.borrow()) == types::STR;
        let Value::Str(payload) = &self.heap[string.borrow()].value else { return string };
        if payload.interned || !exact {
            return string;
        }
        let text = payload.text.clone();
        if let Some(known) = self.find_interned(&text).filter(|&known| !self.is_mere_character(&text, known)) {
            let known = self.retain(known);
            self.release(string);
            return known;
        }
        if self.interned_by_library(&text) {
            let known = self.make(types::STR, Value::Str(Box::new(Str::new(text))));
            self.heap.add_to_library(known.borrow());
            self.intern_in_place(known.borrow());
            let known = self.retain(known.into_ref());
            self.release(string);
            return known;
        }
        self.intern_in_place(string.borrow());
        string
    }

    /// Whether the interned string found is but the shared one of a character, which CPython's table does not hold until somebody
    /// enters it (up to 3.12).
    fn is_mere_character(&self, text: &str, found: Ref) -> bool {
        !self.profile.characters_interned
            && types::shared_str(text) == Some(found)
            && !self.interned.contains_key(text)
            && !self.library_interned.contains_key(text)
            && !self.heap.loading
            && self.host.as_ref().is_some_and(|host| host.interned(text) == Ok(false))
    }

    /// Whether CPython has a string of that text that the library interned: all of it, not only what the VM has run of it.
    fn interned_by_library(&self, text: &str) -> bool {
        // What the library itself interns while it is loaded was there before in any case.
        !self.heap.loading && self.host.as_ref().is_some_and(|host| host.interned(text) == Ok(true))
    }

    /// A `tuple`; the empty one is always the same object.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn new_tuple(&mut self, items: Vec<Owned>) -> Owned {
        if items.is_empty() {
            return self.retain(types::EMPTY_TUPLE);
        }
        let tuple = self.heap.insert_here(types::TUPLE, Value::Tuple(items.into_boxed_slice()));
        self.track(tuple.borrow());
        tuple
    }

    /// A `tuple` with a reference of its own to each item.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn tuple_of(&mut self, items: &[Ref]) -> Owned {
        let mut owned = Vec::with_capacity(items.len());
        // A closure would hide who asks.
        for &item in items {
            owned.push(self.retain(item));
        }
        self.new_tuple(owned)
    }

    /// A `list`
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn new_list(&mut self, items: Vec<Owned>) -> Owned {
        self.make_tracked(types::LIST, Value::List(items))
    }

    /// An empty `dict`. The collector learns of it when something that can be in a cycle is put in.
    pub(crate) fn new_dict(&mut self) -> Owned {
        self.make(types::DICT, Value::Dict(Box::default()))
    }

    /// `Py_NewRef` of something borrowed that may be missing.
    #[cfg_attr(feature = "faults", track_caller)]
    #[allow(clippy::manual_map, reason = "a closure would hide who asks")]
    pub(crate) fn retain_option(&mut self, object: Option<Ref>) -> Option<Owned> {
        match object {
            Some(object) => Some(self.retain(object)),
            None => None,
        }
    }
}
