//! Making the objects that live as long as the VM.

use std::sync::Arc;

use refdrift_isa::Profile;
use refdrift_trace::{IMMORTAL, PyVersion};
use rustc_hash::FxHashMap;

use crate::api::VersionUnsupported;
use crate::gc::Collector;
use crate::heap::{Heap, Owned, Ref, STATIC_COUNT, Trashcan, Watch, set_abandoned};
use crate::library::{Absent, Imports, Preludes};
use crate::object::args::Args;
use crate::object::class::{Arity, Class, Flags, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::inherit::SpecialNames;
use crate::object::slotdefs::SLOT_DEFS;
use crate::object::value::Value;
use crate::types::function::{NativeFunction, NativeKind};
use crate::types::{self, NATIVE, names};
use crate::vm::{PyResult, Vm};
use crate::{builtins, modules};

/// The methods that stand in a type's `__dict__` where a slot wrapper would (`METH_COEXIST`): they are called without an
/// argument tuple.
static COEXISTING: &[(Ref, Method)] = &[
    (types::LIST, coexisting("__getitem__", |vm, args| get_item(vm, types::LIST, args))),
    (types::DICT, coexisting("__getitem__", |vm, args| get_item(vm, types::DICT, args))),
    (types::DICT, coexisting("__contains__", |vm, args| contains(vm, types::DICT, args))),
    (types::SET, coexisting("__contains__", |vm, args| contains(vm, types::SET, args))),
    (types::FROZENSET, coexisting("__contains__", |vm, args| contains(vm, types::FROZENSET, args))),
    (types::FRAME_LOCALS_PROXY, coexisting("__getitem__", |vm, args| get_item(vm, types::FRAME_LOCALS_PROXY, args))),
    (types::FRAME_LOCALS_PROXY, coexisting("__contains__", |vm, args| contains(vm, types::FRAME_LOCALS_PROXY, args))),
];

const fn coexisting(name: &'static str, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity: Arity::One, call }
}

fn get_item(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    match vm.class(class).slots.subscript {
        Some(subscript) => subscript(vm, args.values[0], args.values[1]),
        None => Ok(vm.not_implemented()),
    }
}

fn contains(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let found = match vm.class(class).slots.contains {
        Some(contains) => contains(vm, args.values[0], args.values[1])?,
        None => false,
    };
    Ok(vm.bool(found))
}

impl Vm {
    /// A VM that behaves like that CPython.
    pub fn new(version: PyVersion) -> Result<Self, VersionUnsupported> {
        let profile = Profile::of(version).ok_or(VersionUnsupported(version))?;
        let mut vm = Self {
            profile,
            heap: Heap::new(),
            stack: Vec::with_capacity(4096),
            stack_start: 0,
            frames: Vec::with_capacity(64),
            spare_frames: Vec::new(),
            held_codes: Vec::new(),
            parsed: Vec::new(),
            kept_for_good: Vec::new(),
            raised: None,
            handled: Vec::new(),
            delegating: Vec::new(),
            pending: Vec::new(),
            waiting: Vec::new(),
            trash: Trashcan::default(),
            watch: Watch::default(),
            recorder: None,
            gc: Collector::default(),
            cache: crate::lookup::MethodCache::default(),
            interned: FxHashMap::default(),
            library_interned: FxHashMap::default(),
            static_interned: FxHashMap::default(),
            frozen_characters: Vec::new(),
            qualnames: FxHashMap::default(),
            code_parts: FxHashMap::default(),
            builtins: types::NONE,
            import_function: types::NONE,
            modules: FxHashMap::default(),
            async_hooks: types::generator::asynchronous::Hooks::default(),
            module_state: modules::State::default(),
            special_names: Arc::default(),
            slots_upon_native: FxHashMap::default(),
            type_names: crate::object::missing::TypeNames::default(),
            running: false,
            imports: Imports::default(),
            preludes: Preludes::default(),
            natives: Vec::new(),
            siblings: FxHashMap::default(),
            host: None,
            depth: 0,
            native_depth: 0,
            loops: 0,
            recursion_limit: 1000,
            output: String::new(),
            unsupported: None,
            limit_reached: false,
            step_limit: u32::MAX,
            untraced_limit: u64::MAX,
            address_use: None,
            hash_finds: false,
            inspections: Vec::new(),
            main_globals: None,
            imbalance: None,
            reprs: Vec::new(),
        };
        // References held by objects that live as long as the VM are never given back.
        set_abandoned(true);
        vm.make_fixed_objects();
        for (index, native) in NATIVE.iter().enumerate() {
            vm.ready(Ref::at(index as u32 + 1), native);
        }
        vm.builtins = vm.make_module("builtins", builtins::FUNCTIONS);
        vm.fill_builtins();
        vm.import_function = vm.dict_get_str(vm.builtins, "__import__").unwrap_or(types::NONE);
        modules::make_all(&mut vm);
        vm.special_names = Arc::new(SpecialNames::intern(&mut vm));
        vm.static_interned = std::mem::take(&mut vm.interned);
        set_abandoned(false);
        vm.decide_static_counts();
        vm.heap.seal_statics();
        vm.gc = Collector::default();
        vm.keep_bare_start();
        Ok(vm)
    }

    /// Decides what the objects that live as long as the VM are counted with between runs.
    fn decide_static_counts(&mut self) {
        let all: Vec<Ref> = self.heap.live().map(|(object, _)| object).collect();
        for &object in &all {
            self.heap.set_count(object, STATIC_COUNT);
        }
        for object in all {
            if !self.is_immortal_static(object) {
                continue;
            }
            self.heap.set_count(object, IMMORTAL);
            if let Value::Type(class) = &self.heap[object].value {
                // With a static type its `__mro__` and its `__bases__`.
                let with_it: Vec<Ref> = [&class.mro, &class.bases].into_iter().flatten().map(Owned::borrow).collect();
                for tuple in with_it {
                    self.heap.set_count(tuple, IMMORTAL);
                }
            }
        }
    }

    /// A static type is not counted, where objects are immortal, nor are its `__mro__` and its `__bases__`.
    pub(crate) fn make_immortal_if_static(&mut self, class: Ref) {
        if !self.profile.immortal_objects || !matches!(&self.heap[class].value, Value::Type(t) if !t.flags.has(Flags::FROM_SPEC)) {
            return;
        }
        let Value::Type(payload) = &self.heap[class].value else { return };
        let with_it: Vec<Ref> = [&payload.mro, &payload.bases].into_iter().flatten().map(Owned::borrow).collect();
        for object in with_it.into_iter().chain([class]) {
            self.heap[object].count = IMMORTAL;
        }
    }

    /// Whether CPython does not count an object that lives as long as the VM (PEP 683).
    fn is_immortal_static(&self, object: Ref) -> bool {
        self.profile.immortal_objects
            && match &self.heap[object].value {
                Value::Type(class) => !class.flags.has(Flags::FROM_SPEC),
                Value::Plain => true,
                Value::Int(value) => types::small_int(*value).is_some(),
                Value::Str(text) => {
                    let frozen = self.frozen_characters.iter().any(|&(_, string)| string == object);
                    let apart = self.profile.strings_apart.contains(&&*text.text);
                    frozen || apart || text.interned || types::shared_str(&text.text) == Some(object)
                }
                Value::Tuple(items) => items.is_empty(),
                Value::Native(_) => self.heap[object].class == types::BYTES || modules::datetime::is_immortal(self, object),
                _ => false,
            }
    }

    /// Types and singletons at their fixed places, the types still empty.
    fn make_fixed_objects(&mut self) {
        for native in NATIVE {
            let name = match native.module {
                "builtins" => native.name.into(),
                _ if native.making == Making::Called => native.name.into(),
                "collections" if native.name.starts_with('_') && self.profile.deque_iterators_of_c_module => {
                    format!("_collections.{}", native.name).into()
                }
                module => format!("{module}.{}", native.name).into(),
            };
            self.fixed(types::TYPE, Value::Type(Box::new(Class::unready(name, native))));
        }
        self.fixed(types::NONE_TYPE, Value::Plain);
        self.fixed(types::BOOL, Value::Int(1));
        self.fixed(types::BOOL, Value::Int(0));
        self.fixed(types::ELLIPSIS_TYPE, Value::Plain);
        self.fixed(types::NOT_IMPLEMENTED_TYPE, Value::Plain);
        self.fixed(types::TUPLE, Value::Tuple(Box::default()));
        self.fixed_str("");
        self.fixed(types::BYTES, types::bytes::payload(Vec::new()));
        self.fixed(types::NO_DEFAULT_TYPE, Value::Plain);
        for value in types::SMALL_INT_RANGE {
            self.fixed(types::INT, Value::Int(value));
        }
        for c in 0..=255_u8 {
            self.fixed_str(char::from(c).encode_utf8(&mut [0; 2]));
        }
        for byte in 0..=255_u8 {
            self.fixed(types::BYTES, types::bytes::payload(vec![byte]));
        }
        debug_assert_eq!(self.heap.len() as u32, types::FIXED_END);
        for name in names::ALL {
            self.fixed_str(name);
        }
        for name in self.profile.strings_apart {
            if let Some(apart) = self.interned.remove(*name)
                && let Value::Str(text) = &mut self.heap[apart].value
            {
                text.interned = false;
            }
        }
        for letter in self.profile.letters_apart.bytes() {
            if let Value::Str(character) = &mut self.heap[types::latin1(letter)].value {
                character.interned = false;
            }
            self.fixed_str(char::from(letter).encode_utf8(&mut [0; 2]));
        }
        for character in self.profile.frozen_characters.chars() {
            let payload = types::str::Str::new(character.encode_utf8(&mut [0; 4]));
            let string = self.fixed(types::STR, Value::Str(Box::new(payload)));
            self.frozen_characters.push((character, string));
        }
    }

    fn fixed(&mut self, class: Ref, value: Value) -> Ref {
        self.heap.insert(class, value).into_ref()
    }

    fn fixed_str(&mut self, text: &str) {
        let mut payload = types::str::Str::new(text);
        payload.hash = Some(crate::hash::text(text));
        payload.interned = true;
        let string = self.fixed(types::STR, Value::Str(Box::new(payload)));
        self.interned.insert(text.into(), string);
    }

    /// Fills a builtin type: its bases, its slots, its `__dict__` (`PyType_Ready`).
    pub(crate) fn ready(&mut self, this: Ref, native: &'static NativeType) {
        let mut slots = self.slots_of_version(native);
        slots.hash = slots.hash.filter(|_| self.hashes(this, native));
        let own = slots;
        let mut mro = vec![self.retain(this)];
        let mut flags = native.flags.0;
        let by_vectorcall =
            (this == types::STR && self.profile.str_by_vectorcall) || (this == types::INT && self.profile.int_by_vectorcall);
        if by_vectorcall {
            flags |= Flags::VECTORCALL;
        }
        if this == types::METHODCALLER && !self.profile.methodcaller_by_vectorcall {
            flags &= !Flags::CALLED_DIRECTLY;
        }
        if native.making.is_dynamic(self.profile.version.minor) {
            flags |= Flags::FROM_SPEC;
            let name = self.str(native.name).into_ref();
            self.class_mut(this).name_object = Some(name);
        }
        if let Some(base) = native.base {
            slots.inherit(&self.class(base).slots.clone());
            if native.slots.compare.is_some() && !self.hashes(this, native) {
                slots.hash = Some(crate::object::protocol::unhashable);
            }
            flags |= self.class(base).flags.0 & (Flags::GC | Flags::DICT | Flags::WEAK | Flags::MATCH_SELF);
            let second = native.second_base.map(|second| self.mro(second)).unwrap_or_default();
            let inherited = self.mro(base);
            for class in inherited.into_iter().filter(|class| !second.contains(class)).chain(second.iter().copied()) {
                mro.push(self.retain(class));
            }
            let base_owned = self.retain(base);
            let bases: Vec<Ref> = std::iter::once(base).chain(native.second_base).collect();
            let bases = self.tuple_of(&bases);
            let class = self.class_mut(this);
            class.base = Some(base_owned);
            class.bases = Some(bases);
            self.class_mut(base).subclasses.push(this);
        } else {
            let bases = self.retain(types::EMPTY_TUPLE);
            self.class_mut(this).bases = Some(bases);
        }
        crate::object::missing::set_apart(self, native, &own, &mut slots);
        let mro = self.new_tuple(mro);
        let dict = self.new_dict();
        let class = self.class_mut(this);
        class.dict = Some(dict);
        class.mro = Some(mro);
        class.slots = slots;
        class.flags = Flags(flags);
        self.fill_dict(this, native, &own);
    }

    /// Whether a builtin type has a hash of its own in this version.
    fn hashes(&self, this: Ref, native: &NativeType) -> bool {
        native.slots.hash.is_some()
            && match this {
                types::SLICE => self.profile.slices_hash,
                types::MAPPING_PROXY => self.profile.mapping_proxy_hashes,
                _ => true,
            }
    }

    /// The slots that a builtin type has of its own in this version.
    fn slots_of_version(&self, native: &NativeType) -> Slots {
        let mut slots = native.slots;
        // Many types name the functions for attributes that they would inherit anyway.
        if self.cpython_has(native, "__getattribute__") {
            slots.getattr = slots.getattr.or(Some(Self::generic_getattr));
        }
        if self.cpython_has(native, "__setattr__") {
            slots.setattr = slots.setattr.or(Some(Self::generic_setattr));
        }
        for def in SLOT_DEFS.iter().filter(|def| def.wrapped && (def.present)(&native.slots)) {
            let mut names = SLOT_DEFS.iter().filter(|other| other.slot == def.slot).map(|other| other.name);
            if !names.any(|name| self.cpython_has(native, name)) {
                (def.copy)(&mut slots, &Slots::NONE);
            }
        }
        slots
    }

    fn fill_dict(&mut self, this: Ref, native: &'static NativeType, own: &Slots) {
        let make = |name, class, what| {
            (
                name,
                class,
                NativeFunction { name, home: native.name, class: Some(this), what, bound: None, owner: None, own_name: None },
            )
        };
        let mut entries = Vec::new();
        if native.slots.new.is_some() {
            let (name, class, mut function) = make("__new__", types::BUILTIN, NativeKind::New);
            function.bound = Some(self.retain(this));
            entries.push((name, class, function));
        }
        for (_, method) in COEXISTING.iter().filter(|&&(class, _)| class == this) {
            entries.push(make(method.name, types::METHOD_DESCRIPTOR, NativeKind::Method(method)));
        }
        for def in SLOT_DEFS {
            if (def.present)(own) && !entries.iter().any(|(name, ..)| *name == def.name) && def.wrapped {
                entries.push(make(def.name, types::WRAPPER_DESCRIPTOR, NativeKind::Slot(def)));
            }
        }
        for method in native.methods {
            if self.came_later(this, method.name) {
                continue;
            }
            let (class, bound) = match method.kind {
                MethodKind::Instance => (types::METHOD_DESCRIPTOR, None),
                MethodKind::Class => (types::CLASSMETHOD_DESCRIPTOR, None),
                MethodKind::Static => (types::BUILTIN, Some(self.retain(this))),
            };
            let (name, class, mut function) = make(method.name, class, NativeKind::Method(method));
            function.bound = bound;
            entries.push((name, class, function));
        }
        for getset in native.getsets {
            // The `__mro__` of a class was a plain field once.
            let plain = getset.member && !(this == types::TYPE && getset.name == "__mro__" && self.profile.mro_is_computed);
            let class = if plain { types::MEMBER_DESCRIPTOR } else { types::GETSET_DESCRIPTOR };
            entries.push(make(getset.name, class, NativeKind::GetSet(getset)));
        }
        for (name, class, function) in entries {
            if !self.cpython_has(native, name) {
                // It came with a later version.
                continue;
            }
            // What is no descriptor does not know its name: the dict has a string of its own for it (`type_add_method`).
            let is_static = matches!(function.what, NativeKind::Method(Method { kind: MethodKind::Static, .. }));
            let key = if is_static { self.str(name) } else { self.intern(name) };
            let value = self.make(class, Value::NativeFunction(Box::new(function)));
            self.set_named_attribute(this, key, value);
        }
        if self.cpython_has(native, "__doc__") {
            let doc = self.make(types::DOCSTRING, Value::Plain);
            self.set_static_attribute(this, "__doc__", doc);
        }
        let unhashable = native.slots.compare.is_some() && !self.hashes(this, native);
        if unhashable && self.cpython_has(native, "__hash__") {
            let none = self.none();
            self.set_static_attribute(this, "__hash__", none);
        }
        self.shadow_inherited(this, native);
        // A type that is made from a spec has its module's name as a string of its own.
        if self.class(this).flags.has(Flags::FROM_SPEC) {
            let module = self.class(this).module_name().to_owned();
            let module = self.str(module);
            self.set_static_attribute(this, "__module__", module);
        }
    }

    /// A stream that is there in part does not do as its base does where CPython's has something of its own.
    fn shadow_inherited(&mut self, this: Ref, native: &'static NativeType) {
        let Some(base) = native.base.filter(|_| native.module == "_io") else { return };
        for name in self.cpython_names(native).into_iter().filter(|name| !name.starts_with("__")) {
            let key = self.intern(name);
            let inherited = self.mro(base).into_iter().find_map(|class| self.class_attribute(class, key.borrow()));
            self.release(key);
            let Some(kind) = inherited.map(|inherited| self.class_of(inherited)) else { continue };
            if matches!(self.heap[inherited.unwrap_or(this)].value, Value::NativeFunction(_)) {
                let missing = NativeFunction {
                    name,
                    home: native.name,
                    class: Some(this),
                    what: NativeKind::Missing,
                    bound: None,
                    owner: None,
                    own_name: None,
                };
                let missing = self.make(kind, Value::NativeFunction(Box::new(missing)));
                self.set_static_attribute(this, name, missing);
            }
        }
    }

    /// Whether a method came with a later version.
    fn came_later(&self, class: Ref, method: &str) -> bool {
        class == types::INT && method == "is_integer" && !self.profile.int_has_is_integer
    }

    /// Puts an attribute into a builtin type, unless it is there.
    pub(crate) fn set_static_attribute(&mut self, class: Ref, name: &str, value: Owned) {
        let name = self.intern(name);
        self.set_named_attribute(class, name, value);
    }

    fn set_named_attribute(&mut self, class: Ref, name: Owned, value: Owned) {
        if self.class_attribute(class, name.borrow()).is_some() {
            return;
        }
        let hash = self.known_hash(name.borrow());
        if let Some(table) = self.class_dict(class).and_then(|dict| self.dict_mut(dict)) {
            table.append(hash, name, value);
        }
    }

    /// What `builtins` has beside its functions.
    fn fill_builtins(&mut self) {
        let builtins = self.builtins;
        for (index, native) in NATIVE.iter().enumerate() {
            if native.module == "builtins" && modules::lacks(self, "builtins", native.name) {
                self.set_module_attribute(builtins, native.name, Ref::at(index as u32 + 1));
            }
        }
        for (name, value) in [
            ("None", types::NONE),
            ("True", types::TRUE),
            ("False", types::FALSE),
            ("Ellipsis", types::ELLIPSIS),
            ("NotImplemented", types::NOT_IMPLEMENTED),
            ("EnvironmentError", types::OS_ERROR),
            ("IOError", types::OS_ERROR),
            ("__debug__", types::TRUE),
        ] {
            self.set_module_attribute(builtins, name, value);
        }
        // What every module has, found by whoever looks for it as a global.
        let package = self.str("");
        self.set_module_attribute(builtins, "__package__", package.borrow());
        self.release(package);
        for name in ["__doc__", "__loader__", "__spec__"] {
            let absent = self.make(types::ABSENT, Value::Native(Box::new(Absent(format!("builtins.{name}")))));
            self.set_module_attribute(builtins, name, absent.borrow());
            self.release(absent);
        }
    }

    /// Makes a static module with its functions; hands back its dict, borrowed.
    pub(crate) fn make_module(&mut self, name: &'static str, functions: &'static [crate::object::class::Method]) -> Ref {
        let dict = self.new_dict();
        let borrowed = dict.borrow();
        let module = types::module::Module { name: name.into(), name_object: None, initializing: false, dict };
        let module = self.make(types::MODULE, Value::Module(Box::new(module))).into_ref();
        self.modules.insert(name, module);
        let called = modules::own_name(self, name);
        let text = if modules::has_own_name(self, name) { self.str(called) } else { self.intern(called) };
        self.set_module_attribute(borrowed, "__name__", text.borrow());
        for method in functions {
            if modules::absent(self, name, method.name) {
                continue;
            }
            let function = NativeFunction {
                name: method.name,
                home: name,
                class: None,
                what: NativeKind::Method(method),
                bound: None,
                owner: None,
                own_name: None,
            };
            let function = self.make(types::BUILTIN, Value::NativeFunction(Box::new(function)));
            self.set_module_attribute(borrowed, method.name, function.borrow());
        }
        borrowed
    }

    /// Sets an attribute of a static module.
    pub(crate) fn set_module_attribute(&mut self, dict: Ref, name: &str, value: Ref) {
        let name = self.intern(name);
        let hash = self.known_hash(name.borrow());
        let value = self.retain(value);
        if let Some(dict) = self.dict_mut(dict) {
            dict.append(hash, name, value);
        }
    }
}
