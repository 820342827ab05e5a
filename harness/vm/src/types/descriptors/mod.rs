//! Builtin functions, and the descriptors that stand in the `__dict__` of types (`Objects/methodobject.c`,
//! `Objects/descrobject.c`).

mod proxy;

pub(crate) use proxy::MAPPING_PROXY;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::call::call_slot;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::missing::lists;
use crate::object::value::Value;
use crate::types::function::{NativeFunction, NativeKind};
use crate::types::{self};
use crate::vm::{PyResult, Vm};

/// `builtin_function_or_method`
pub(crate) static BUILTIN: NativeType = NativeType {
    name: "builtin_function_or_method",
    slots: Slots {
        repr: Some(builtin_repr),
        hash: Some(|vm, this| {
            vm.note_address_hash("a builtin function's hash");
            Ok(this.index() as i64)
        }),
        call: Some(call_slot),
        compare: Some(builtin_compare),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__name__", get: |vm, this| Ok(vm.str(vm.descriptor_name(this))), set: None, member: false },
        GetSet { name: "__qualname__", get: builtin_qualname, set: None, member: false },
        GetSet { name: "__self__", get: builtin_self, set: None, member: false },
        GetSet {
            name: "__module__",
            get: builtin_module,
            set: Some(|vm, _, _| Err(vm.unsupported(crate::api::Missing::Name, "setting __module__ of a builtin function"))),
            member: true,
        },
        DOC,
        TEXT_SIGNATURE,
    ],
    methods: REDUCE_BOUND,
    flags: Flags(Flags::GC | Flags::WEAK | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `builtin_method`: a method that is told the class that declares it (`PyCMethod`), which it owns a reference to.
pub(crate) static BUILTIN_METHOD: NativeType = NativeType {
    name: "builtin_method",
    base: Some(types::BUILTIN),
    slots: Slots { call: Some(call_slot), ..Slots::NONE },
    flags: Flags(Flags::GC | Flags::WEAK | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// The methods that are told (`METH_METHOD`), by their type.
const TOLD: &[(Ref, &str)] = &[
    (types::SRE_PATTERN, "match fullmatch search finditer scanner sub subn"),
    (types::SRE_SCANNER, "match search"),
    (types::BYTES_IO, "getbuffer/12"),
    (types::IO_BASE, "seek/12 truncate/12 fileno/12"),
    (types::TEXT_IO_BASE, "detach/12 read/12 readline/12 write/12"),
];

/// An attribute of builtins whose text CPython is asked for.
macro_rules! text_of_builtins {
    ($name:literal) => {
        GetSet { name: $name, get: |vm, this| text_of_cpython(vm, this, $name), set: None, member: false }
    };
}
const DOC: GetSet = text_of_builtins!("__doc__");
const TEXT_SIGNATURE: GetSet = text_of_builtins!("__text_signature__");

fn text_of_cpython(vm: &mut Vm, this: Ref, attribute: &str) -> PyResult {
    let name = vm.descriptor_name(this);
    let Some(function) = vm.native_function(this) else { return Ok(vm.none()) };
    match function.class {
        Some(class) => {
            let native = vm.class(class).native;
            vm.text_of_cpython(&[native.module, native.name, &name, attribute])
        }
        None => vm.text_of_cpython(&[function.home, &name, attribute]),
    }
}
const QUALNAME: GetSet = GetSet { name: "__qualname__", get: descriptor_qualname, set: None, member: false };
const REDUCE: &[Method] = &[Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call: reduce_descriptor }];
const REDUCE_BOUND: &[Method] =
    &[Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call: reduce_bound }];

const OBJCLASS: GetSet = GetSet { name: "__objclass__", get: objclass, set: None, member: true };
const NAME: GetSet = GetSet { name: "__name__", get: |vm, this| Ok(vm.intern(&vm.descriptor_name(this))), set: None, member: true };

/// `method_descriptor`: `list.append`
pub(crate) static METHOD_DESCRIPTOR: NativeType = NativeType {
    name: "method_descriptor",
    slots: Slots {
        repr: Some(|vm, this| descriptor_repr(vm, this, "method")),
        call: Some(call_slot),
        get: Some(bind_method),
        ..Slots::NONE
    },
    getsets: &[OBJCLASS, NAME, QUALNAME, DOC, TEXT_SIGNATURE],
    methods: REDUCE,
    flags: Flags(Flags::GC | Flags::METHOD_DESCRIPTOR | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `classmethod_descriptor`: `dict.__dict__['fromkeys']`
pub(crate) static CLASSMETHOD_DESCRIPTOR: NativeType = NativeType {
    name: "classmethod_descriptor",
    slots: Slots {
        repr: Some(|vm, this| descriptor_repr(vm, this, "method")),
        call: Some(call_slot),
        get: Some(bind_class_method),
        ..Slots::NONE
    },
    getsets: &[OBJCLASS, NAME, QUALNAME, DOC, TEXT_SIGNATURE],
    methods: REDUCE,
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `wrapper_descriptor`: `list.__len__`
pub(crate) static WRAPPER_DESCRIPTOR: NativeType = NativeType {
    name: "wrapper_descriptor",
    slots: Slots {
        repr: Some(|vm, this| descriptor_repr(vm, this, "slot wrapper")),
        call: Some(call_slot),
        get: Some(bind_wrapper),
        ..Slots::NONE
    },
    getsets: &[OBJCLASS, NAME, QUALNAME, DOC, TEXT_SIGNATURE],
    methods: REDUCE,
    flags: Flags(Flags::GC | Flags::METHOD_DESCRIPTOR | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `method-wrapper`: `[].__len__`. It owns the descriptor it comes from.
pub(crate) static METHOD_WRAPPER: NativeType = NativeType {
    name: "method-wrapper",
    slots: Slots {
        repr: Some(wrapper_repr),
        hash: Some(|vm, this| {
            vm.note_address_hash("a method wrapper's hash");
            Ok(this.index() as i64)
        }),
        call: Some(call_slot),
        compare: Some(wrapper_compare),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__objclass__", get: objclass, set: None, member: false },
        GetSet { name: "__name__", get: |vm, this| Ok(vm.str(vm.descriptor_name(this))), set: None, member: false },
        GetSet { name: "__self__", get: builtin_self, set: None, member: true },
        QUALNAME,
        DOC,
        TEXT_SIGNATURE,
    ],
    methods: REDUCE_BOUND,
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `getset_descriptor`: `int.real`
pub(crate) static GETSET_DESCRIPTOR: NativeType = NativeType {
    name: "getset_descriptor",
    slots: Slots {
        repr: Some(|vm, this| descriptor_repr(vm, this, "attribute")),
        get: Some(get_value),
        set: Some(set_value),
        ..Slots::NONE
    },
    getsets: &[OBJCLASS, NAME, QUALNAME, DOC, TEXT_SIGNATURE],
    methods: REDUCE,
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

/// `member_descriptor`: `slice.start`, and the attributes that `__slots__` makes.
pub(crate) static MEMBER_DESCRIPTOR: NativeType = NativeType {
    name: "member_descriptor",
    slots: Slots {
        repr: Some(|vm, this| descriptor_repr(vm, this, "member")),
        get: Some(get_value),
        set: Some(set_value),
        ..Slots::NONE
    },
    getsets: &[OBJCLASS, NAME, QUALNAME, DOC, TEXT_SIGNATURE],
    methods: REDUCE,
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

impl Vm {
    /// The payload of a builtin function or descriptor.
    pub(crate) fn native_function(&self, object: Ref) -> Option<&NativeFunction> {
        match &self.heap[object].value {
            Value::NativeFunction(function) => Some(function),
            _ => None,
        }
    }

    /// The name of a builtin function or descriptor.
    pub(crate) fn descriptor_name(&self, descriptor: Ref) -> String {
        let Some(function) = self.native_function(descriptor) else { return "?".to_owned() };
        match &function.own_name {
            Some(name) => self.expect_text(name.borrow()).to_owned(),
            None => function.name.to_owned(),
        }
    }

    /// The type that a descriptor belongs to.
    pub(crate) fn descriptor_class(&self, descriptor: Ref) -> Ref {
        self.native_function(descriptor).and_then(|function| function.class).unwrap_or(types::OBJECT)
    }

    /// `tp_name` of the type that a descriptor belongs to.
    fn descriptor_home(&self, descriptor: Ref) -> String {
        self.qualified_type_name(self.descriptor_class(descriptor))
    }

    fn bound_object(&self, object: Ref) -> Option<Ref> {
        self.native_function(object)?.bound.as_ref().map(Owned::borrow)
    }

    /// A method of a builtin type, bound (`PyCFunction_NewEx`, `PyWrapper_New`).
    fn bind_native(&mut self, descriptor: Ref, this: Ref, class: Ref, owner: Option<Ref>) -> PyResult {
        let Some(&NativeFunction { name, home, class: of, what, .. }) = self.native_function(descriptor) else {
            return Ok(self.retain(descriptor));
        };
        let (bound, owner) = (Some(self.retain(this)), self.retain_option(owner));
        let function = NativeFunction { name, home, class: of, what, bound, owner, own_name: None };
        Ok(self.make_tracked(class, Value::NativeFunction(Box::new(function))))
    }

    /// `descr_check`: whether the descriptor is one for that object.
    fn check_descriptor(&mut self, descriptor: Ref, object: Ref) -> PyResult<()> {
        let class = self.descriptor_class(descriptor);
        if self.is_instance_of(object, class) {
            return Ok(());
        }
        let (name, home) = (self.descriptor_name(descriptor), self.descriptor_home(descriptor));
        let given = self.qualified_type_name(self.class_of(object));
        Err(self.type_error(format!("descriptor '{name}' for '{home}' objects doesn't apply to a '{given}' object")))
    }
}

fn builtin_repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.descriptor_name(this);
    let text = match vm.bound_object(this) {
        Some(object) => {
            let class = vm.qualified_type_name(vm.class_of(object));
            format!("<built-in method {name} of {class} object at {}>", Vm::address(object))
        }
        None => format!("<built-in function {name}>"),
    };
    Ok(vm.str(text))
}

/// `meth_get__qualname__`
fn builtin_qualname(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.descriptor_name(this);
    let Some(object) = vm.bound_object(this) else { return Ok(vm.str(name)) };
    let class = if matches!(vm.heap[object].value, Value::Type(_)) { object } else { vm.class_of(object) };
    let qualname = vm.getattr(class, types::names::QUALNAME)?;
    let text = vm.text(qualname.borrow()).map(|qualname| format!("{qualname}.{name}"));
    vm.release(qualname);
    match text {
        Some(text) => Ok(vm.str(text)),
        None => Err(vm.type_error("<method>.__class__.__qualname__ is not a unicode object")),
    }
}

/// `descr_get_qualname`: the descriptor keeps it.
fn descriptor_qualname(vm: &mut Vm, this: Ref) -> PyResult {
    let owner = vm.native_function(this).and_then(|function| function.owner.as_ref()).map(Owned::borrow);
    // That of a bound wrapper is its descriptor.
    let this = owner.filter(|_| vm.class_of(this) == types::METHOD_WRAPPER).unwrap_or(this);
    if !vm.heap.is_static(this) {
        return Err(vm.unsupported(crate::api::Missing::Name, "__qualname__ of a descriptor of a class"));
    }
    if let Some(&known) = vm.qualnames.get(&this) {
        return Ok(vm.retain(known));
    }
    let qualname = calculate_qualname(vm, this)?;
    let kept = vm.retain(qualname.borrow()).into_ref();
    vm.qualnames.insert(this, kept);
    Ok(qualname)
}

fn calculate_qualname(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.descriptor_name(this);
    let class = vm.descriptor_class(this);
    let qualname = vm.getattr(class, types::names::QUALNAME)?;
    let text = vm.text(qualname.borrow()).map(|qualname| format!("{qualname}.{name}"));
    vm.release(qualname);
    match text {
        Some(text) => Ok(vm.str(text)),
        None => Err(vm.type_error("<descriptor>.__objclass__.__qualname__ is not a unicode object")),
    }
}

/// `descr_reduce`: `getattr(cls, name)`
fn reduce_descriptor(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let class = vm.descriptor_class(args.this());
    reduce_to_getattr(vm, args.this(), class)
}

/// `meth_reduce`, `wrapper_reduce`: the name of a module's function, else `getattr(self, name)`.
fn reduce_bound(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match vm.bound_object(args.this()) {
        Some(object) if !matches!(vm.heap[object].value, Value::Module(_)) => reduce_to_getattr(vm, args.this(), object),
        _ => {
            let name = vm.descriptor_name(args.this());
            Ok(vm.str(name))
        }
    }
}

fn reduce_to_getattr(vm: &mut Vm, this: Ref, object: Ref) -> PyResult {
    let getattr = vm.builtin("getattr")?;
    let name = vm.descriptor_name(this);
    let items = vec![vm.retain(object), vm.str(name)];
    let args = vm.new_tuple(items);
    Ok(vm.new_tuple(vec![getattr, args]))
}

/// `__self__`; of a module's function, the module.
fn builtin_self(vm: &mut Vm, this: Ref) -> PyResult {
    let module = vm.native_function(this).and_then(|function| vm.modules.get(function.home).copied());
    match vm.bound_object(this).or(module) {
        Some(object) => Ok(vm.retain(object)),
        None => Err(vm.unsupported(crate::api::Missing::Module, "_operator")),
    }
}

fn builtin_module(vm: &mut Vm, this: Ref) -> PyResult {
    match vm.native_function(this) {
        Some(&NativeFunction { class: None, home, .. }) => {
            // The module's `__name__`, the very object.
            let dict = vm.modules.get(home).and_then(|&module| vm.own_dict(module));
            match dict.and_then(|dict| vm.dict_get_str(dict, "__name__")) {
                Some(name) => Ok(vm.retain(name)),
                None => Ok(vm.intern(home)),
            }
        }
        _ => Ok(vm.none()),
    }
}

fn builtin_compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = [left, right].iter().all(|&side| matches!(vm.class_of(side), types::BUILTIN | types::BUILTIN_METHOD));
    if !both || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let what = |side: Ref| vm.native_function(side).map(|function| function.what);
    let same = left == right || vm.bound_object(left) == vm.bound_object(right) && same_kind(what(left), what(right));
    Ok(vm.bool(same == (op == CompareOperator::Eq)))
}

/// Whether two builtins run the same function.
fn same_kind(left: Option<NativeKind>, right: Option<NativeKind>) -> bool {
    match (left, right) {
        (Some(NativeKind::Method(left)), Some(NativeKind::Method(right))) => std::ptr::eq(left, right),
        (Some(NativeKind::New), Some(NativeKind::New)) => true,
        _ => false,
    }
}

fn wrapper_repr(vm: &mut Vm, this: Ref) -> PyResult {
    let name = vm.descriptor_name(this);
    let object = vm.bound_object(this).unwrap_or(types::NONE);
    let class = vm.qualified_type_name(vm.class_of(object));
    Ok(vm.str(format!("<method-wrapper '{name}' of {class} object at {}>", Vm::address(object))))
}

fn wrapper_compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = [left, right].iter().all(|&side| vm.class_of(side) == types::METHOD_WRAPPER);
    if !both || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let descriptor = |side: Ref| vm.native_function(side).and_then(|function| function.owner.as_ref()).map(Owned::borrow);
    let same = descriptor(left) == descriptor(right) && vm.bound_object(left) == vm.bound_object(right);
    Ok(vm.bool(same == (op == CompareOperator::Eq)))
}

fn objclass(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.descriptor_class(this);
    Ok(vm.retain(class))
}

fn descriptor_repr(vm: &mut Vm, this: Ref, kind: &str) -> PyResult {
    let (name, home) = (vm.descriptor_name(this), vm.descriptor_home(this));
    Ok(vm.str(format!("<{kind} '{name}' of '{home}' objects>")))
}

/// `method_get`
fn bind_method(vm: &mut Vm, this: Ref, object: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Some(object) = object else { return Ok(vm.retain(this)) };
    vm.check_descriptor(this, object)?;
    let class = vm.descriptor_class(this);
    let minor = vm.profile.version.minor;
    let told = TOLD.iter().any(|&(of, names)| of == class && lists(names, &vm.descriptor_name(this), minor));
    if told {
        return vm.bind_native(this, object, types::BUILTIN_METHOD, Some(class));
    }
    vm.bind_native(this, object, types::BUILTIN, None)
}

/// `classmethod_get`
fn bind_class_method(vm: &mut Vm, this: Ref, object: Option<Ref>, class: Option<Ref>) -> PyResult {
    let name = vm.descriptor_name(this);
    let (wanted, home) = (vm.descriptor_class(this), vm.descriptor_home(this));
    let Some(class) = class.or_else(|| object.map(|object| vm.class_of(object))) else {
        return Err(vm.type_error(format!("descriptor '{name}' for type '{home}' needs either an object or a type")));
    };
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        let given = vm.qualified_type_name(vm.class_of(class));
        return Err(vm.type_error(format!("descriptor '{name}' for type '{home}' needs a type, not a '{given}' as arg 2")));
    }
    if !vm.is_subclass(class, wanted) {
        let given = vm.qualified_type_name(class);
        return Err(vm.type_error(format!("descriptor '{name}' requires a subtype of '{home}' but received '{given}'")));
    }
    vm.bind_native(this, class, types::BUILTIN, None)
}

/// `wrapperdescr_get`
fn bind_wrapper(vm: &mut Vm, this: Ref, object: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Some(object) = object else { return Ok(vm.retain(this)) };
    vm.check_descriptor(this, object)?;
    vm.bind_native(this, object, types::METHOD_WRAPPER, Some(this))
}

/// `member_get`, `getset_get`
fn get_value(vm: &mut Vm, this: Ref, object: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Some(object) = object else { return Ok(vm.retain(this)) };
    vm.check_descriptor(this, object)?;
    match vm.native_function(this).map(|function| function.what) {
        Some(NativeKind::GetSet(getset)) => (getset.get)(vm, object),
        Some(NativeKind::Member(index)) => {
            let value = vm.heap[object].extra.as_ref().and_then(|extra| extra.slots.get(index)?.as_ref().map(Owned::borrow));
            if let Some(value) = value {
                return Ok(vm.retain(value));
            }
            let class = vm.qualified_type_name(vm.class_of(object));
            let message = format!("'{class}' object has no attribute '{}'", vm.descriptor_name(this));
            Err(vm.raise(types::ATTRIBUTE_ERROR, message))
        }
        Some(NativeKind::Missing) => {
            let name = format!("{}.{}", vm.descriptor_home(this), vm.descriptor_name(this));
            Err(vm.unsupported(crate::api::Missing::Name, name))
        }
        _ => Ok(vm.retain(this)),
    }
}

/// `member_set`, `getset_set`
fn set_value(vm: &mut Vm, this: Ref, object: Ref, value: Option<Ref>) -> PyResult<()> {
    vm.check_descriptor(this, object)?;
    match vm.native_function(this).map(|function| function.what) {
        Some(NativeKind::Missing) => {
            let name = format!("setting {}.{}", vm.descriptor_home(this), vm.descriptor_name(this));
            Err(vm.unsupported(crate::api::Missing::Name, name))
        }
        Some(NativeKind::GetSet(GetSet { set: Some(set), .. })) => set(vm, object, value),
        Some(NativeKind::GetSet(GetSet { set: None, member: false, .. })) => {
            let (name, home) = (vm.descriptor_name(this), vm.descriptor_home(this));
            let message = format!("attribute '{name}' of '{home}' objects is not writable");
            Err(vm.raise(types::ATTRIBUTE_ERROR, message))
        }
        Some(NativeKind::Member(index)) => {
            let empty = vm.heap[object].extra.as_ref().and_then(|extra| extra.slots.get(index)).is_none_or(Option::is_none);
            if value.is_none() && empty {
                let name = vm.descriptor_name(this);
                return Err(vm.raise(types::ATTRIBUTE_ERROR, name));
            }
            let value = vm.retain_option(value);
            let place = vm.heap[object].extra.as_mut().and_then(|extra| extra.slots.get_mut(index));
            let old = match place {
                Some(place) => std::mem::replace(place, value),
                None => value,
            };
            vm.release_option(old);
            Ok(())
        }
        _ => Err(vm.raise(types::ATTRIBUTE_ERROR, "readonly attribute")),
    }
}
