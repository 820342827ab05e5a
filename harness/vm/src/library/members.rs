//! Modules in C that the VM has in part or by name only: CPython says what they hold, and in which order.
//!
//! Numbers and texts are there as in CPython. Functions and classes that the VM does not have can be imported, derived from and
//! asked about; calling them is *unsupported*. What is neither is an [`ABSENT`] object, and a snippet that gets hold of it is.

use std::sync::Arc;

use refdrift_trace::{Member, MemberType, MemberValue};

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Class, Flags, Making, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types::function::{NativeFunction, NativeKind};
use crate::types::{self, module::Module};
use crate::vm::{PyResult, Stop, Vm};

/// What of CPython's `tp_flags` a class has here.
const FLAGS: &[(u64, u32)] = &[
    (1 << 5, Flags::SEQUENCE),
    (1 << 6, Flags::MAPPING),
    (1 << 7, Flags::NO_NEW),
    (1 << 10, Flags::BASE),
    (1 << 14, Flags::GC),
    (1 << 20, Flags::ABSTRACT),
];

/// `Py_TPFLAGS_HEAPTYPE`
const HEAP_TYPE: u64 = 1 << 9;

/// What can stand in the `__dict__` of a class that only CPython has.
const DESCRIPTORS: &[Ref] = &[
    types::METHOD_DESCRIPTOR,
    types::CLASSMETHOD_DESCRIPTOR,
    types::WRAPPER_DESCRIPTOR,
    types::GETSET_DESCRIPTOR,
    types::MEMBER_DESCRIPTOR,
];

/// Something that a module of CPython's holds and the VM has not: `module.name`.
pub(crate) struct Absent(pub(crate) String);

impl Native for Absent {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

/// The class of [`Absent`].
pub(crate) static ABSENT: NativeType = NativeType {
    name: "absent",
    slots: Slots {
        repr: Some(|vm, this| Err(vm.absent(this))),
        hash: Some(|vm, this| Err(vm.absent(this))),
        call: Some(|vm, this, _| Err(vm.absent(this))),
        getattr: Some(|vm, this, _| Err(vm.absent(this))),
        setattr: Some(|vm, this, _, _| Err(vm.absent(this))),
        compare: Some(|vm, this, _, _| Err(vm.absent(this))),
        iter: Some(|vm, this| Err(vm.absent(this))),
        bool: Some(|vm, this| Err(vm.absent(this))),
        length: Some(|vm, this| Err(vm.absent(this))),
        subscript: Some(|vm, this, _| Err(vm.absent(this))),
        contains: Some(|vm, this, _| Err(vm.absent(this))),
        ..Slots::NONE
    },
    flags: Flags(Flags::NO_NEW),
    ..NativeType::PLAIN
};

impl Vm {
    /// Says that an [`Absent`] is not there.
    pub(crate) fn absent(&mut self, object: Ref) -> Stop {
        let name = self.payload::<Absent>(object).map_or_else(String::new, |absent| absent.0.clone());
        self.unsupported(Missing::Name, name)
    }

    /// What CPython's module holds; none if it has none of that name in C, or if there is nobody to ask.
    pub(super) fn members(&self, module: &str) -> Option<Arc<[Member]>> {
        self.host.as_ref()?.members(module).ok()?
    }

    /// A module that is only CPython's, for this run. Borrowed; `sys.modules` is to own it.
    pub(super) fn foreign_module(&mut self, name: &str) -> Option<Ref> {
        let members = self.members(name)?;
        let dict = self.new_dict();
        let place = dict.borrow();
        let name_object = self.intern(name);
        self.set_module_attribute(place, "__name__", name_object.borrow());
        self.release(name_object);
        self.describe_native(place, name);
        self.arrange(name, place, &members);
        let module = Module { name: name.into(), name_object: None, initializing: false, dict };
        Some(self.make_tracked(types::MODULE, Value::Module(Box::new(module))).into_ref())
    }

    /// Gives a module's dict what CPython's holds, in its order.
    pub(super) fn arrange(&mut self, module: &str, dict: Ref, members: &[Member]) {
        let Some(table) = self.dict_mut(dict).map(std::mem::take) else { return };
        let mut here: Vec<(Ref, Ref)> = table.iter().map(|entry| (entry.key.borrow(), entry.value.borrow())).collect();
        crate::heap::set_abandoned(true);
        drop(table);
        crate::heap::set_abandoned(false);
        for member in members {
            // The base of a class that stands before it is there already.
            if self.dict_get_str(dict, &member.name).is_some() {
                continue;
            }
            let known = here.iter().position(|&(key, _)| self.text(key) == Some(member.name.as_str()));
            let (key, value) = match known {
                Some(index) => {
                    let (key, value) = here.swap_remove(index);
                    (Owned::adopt(key), Owned::adopt(value))
                }
                None => (self.intern(&member.name), self.member_object(module, dict, members, member)),
            };
            let hash = self.known_hash(key.borrow());
            if let Some(dict) = self.dict_mut(dict) {
                dict.append(hash, key, value);
            }
        }
        for (key, value) in here {
            self.release_all(vec![Owned::adopt(key), Owned::adopt(value)]);
        }
    }

    fn member_object(&mut self, module: &str, dict: Ref, members: &[Member], member: &Member) -> Owned {
        match &member.value {
            MemberValue::None | MemberValue::Bool(_) => {
                let constant = match member.value {
                    MemberValue::Bool(true) => types::TRUE,
                    MemberValue::Bool(false) => types::FALSE,
                    _ => types::NONE,
                };
                self.retain(constant)
            }
            MemberValue::Int(value) => self.int(*value),
            MemberValue::Text(text) => self.str(text.as_str()),
            MemberValue::Function(name) => {
                let function = NativeFunction {
                    name: self.kept_text(name),
                    home: self.kept_text(module),
                    class: None,
                    what: crate::modules::part(module, name).map_or(NativeKind::Missing, NativeKind::Method),
                    bound: None,
                    owner: None,
                    own_name: None,
                };
                self.make(types::BUILTIN, Value::NativeFunction(Box::new(function)))
            }
            MemberValue::Type(class) => match self.member_class(dict, members, class) {
                Some(class) => class,
                None => self.new_absent(module, &member.name),
            },
            MemberValue::Other(_) => self.new_absent(module, &member.name),
        }
    }

    fn new_absent(&mut self, module: &str, name: &str) -> Owned {
        self.make(types::ABSENT, Value::Native(Box::new(Absent(format!("{module}.{name}")))))
    }

    /// A class of CPython's by its module and name: one that the VM has, or one of the same module. Borrowed.
    fn known_class(&mut self, dict: Ref, members: &[Member], (module, name): &(String, String)) -> Option<Ref> {
        let builtin = (module == "builtins").then(|| self.dict_get_str(self.builtins, name)).flatten();
        let here = || types::NATIVE.iter().position(|native| native.module == module && native.name == name);
        if let Some(class) = builtin.or_else(|| here().map(|index| Ref::at(index as u32 + 1))) {
            return Some(class);
        }
        if let Some(class) = self.dict_get_str(dict, name) {
            let same = matches!(&self.heap[class].value, Value::Type(class) if class.native.module == module);
            return same.then_some(class);
        }
        let declared = members.iter().find_map(|member| match &member.value {
            MemberValue::Type(class) if class.module == *module && class.name == *name => Some((&member.name, class)),
            _ => None,
        });
        // It stands later in the module: it is made now, and found then.
        let (key, class) = declared?;
        let class = self.member_class(dict, members, class)?;
        let key = self.intern(key);
        let hash = self.known_hash(key.borrow());
        let place = class.borrow();
        if let Some(dict) = self.dict_mut(dict) {
            dict.append(hash, key, class);
        }
        Some(place)
    }

    /// A class that a module holds, made if the VM has none of its name.
    fn member_class(&mut self, dict: Ref, members: &[Member], class: &MemberType) -> Option<Owned> {
        let own = (class.module.clone(), class.name.clone());
        let builtin = class.module == "builtins" || types::NATIVE.iter().any(|n| n.module == own.0 && n.name == own.1);
        if builtin {
            return self.known_class(dict, &[], &own).map(|class| self.retain(class));
        }
        // It stands there under another name (`_socket.SocketType`).
        let same = |class: Ref| match &self.heap[class].value {
            Value::Type(class) => class.native.module == own.0 && class.native.name == own.1,
            _ => false,
        };
        let made = self.dict(dict).and_then(|dict| dict.iter().map(|entry| entry.value.borrow()).find(|&value| same(value)));
        if let Some(made) = made {
            return Some(self.retain(made));
        }
        let mut bases = Vec::new();
        for base in &class.bases {
            bases.push(self.known_class(dict, members, base)?);
        }
        let (base, second) = match bases[..] {
            [base] => (base, None),
            [base, second] => (base, Some(second)),
            _ => return None,
        };
        let native = self.foreign_type(class, base, second);
        let name = self.kept_text(&format!("{}.{}", native.module, native.name)).into();
        let payload = Class::unready(name, native);
        let made = self.make(types::TYPE, Value::Type(Box::new(payload)));
        // What it is given stays with it.
        crate::heap::set_abandoned(true);
        self.ready(made.borrow(), native);
        self.describe_foreign_class(made.borrow(), class);
        crate::heap::set_abandoned(false);
        self.make_immortal_if_static(made.borrow());
        Some(made)
    }

    /// Gives a class that only CPython has the descriptors that stand there: using one is *unsupported*.
    fn describe_foreign_class(&mut self, this: Ref, class: &MemberType) {
        for (name, kind) in &class.names {
            let Some(&kind) = DESCRIPTORS.iter().find(|&&place| self.class(place).native.name == kind) else { continue };
            let function = NativeFunction {
                name: self.kept_text(name),
                home: self.class(this).native.name,
                class: Some(this),
                what: NativeKind::Missing,
                bound: None,
                owner: None,
                own_name: None,
            };
            let function = self.make(kind, Value::NativeFunction(Box::new(function)));
            let name = self.kept_text(name);
            self.set_static_attribute(this, name, function);
        }
    }

    /// What a class that only CPython has is like.
    fn foreign_type(&mut self, class: &MemberType, base: Ref, second_base: Option<Ref>) -> &'static NativeType {
        let mut flags = FLAGS.iter().filter(|(theirs, _)| class.flags & theirs != 0).fold(0, |flags, (_, ours)| flags | ours);
        for (there, flag) in [(class.dict, Flags::DICT), (class.weak, Flags::WEAK)] {
            flags |= if there { flag } else { 0 };
        }
        let new = class.names.iter().any(|(name, _)| name == "__new__").then_some(new as fn(&mut Vm, Ref, &Args<'_>) -> PyResult);
        let names: Vec<&str> = class.names.iter().map(|(name, _)| name.as_str()).collect();
        let native = NativeType {
            name: self.kept_text(&class.name),
            module: self.kept_text(&class.module),
            base: Some(base),
            second_base,
            slots: Slots { new, ..Slots::NONE },
            flags: Flags(flags),
            making: if class.flags & HEAP_TYPE != 0 { Making::SPEC } else { Making::Static },
            names: self.kept_text(&names.join(" ")),
            ..NativeType::PLAIN
        };
        let known = self.imports.foreign_types.iter().copied().find(|known| {
            (known.module, known.name, known.names) == (native.module, native.name, native.names)
                && (known.base, known.second_base) == (native.base, native.second_base)
        });
        known.unwrap_or_else(|| {
            let native: &'static NativeType = Box::leak(Box::new(native));
            self.imports.foreign_types.push(native);
            native
        })
    }

    /// A text that stays as long as the process; each is kept once.
    fn kept_text(&mut self, text: &str) -> &'static str {
        if let Some(known) = self.imports.kept_texts.get(text) {
            return known;
        }
        let kept: &'static str = Box::leak(text.into());
        self.imports.kept_texts.insert(kept);
        kept
    }
}

/// Making an object of a class that only CPython has.
fn new(vm: &mut Vm, class: Ref, _: &Args<'_>) -> PyResult {
    let native = vm.class(class).native;
    Err(vm.unsupported(Missing::Type, format!("{}.{}", native.module, native.name)))
}
