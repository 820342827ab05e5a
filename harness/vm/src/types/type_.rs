//! `type`

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// An attribute that says how CPython lays its objects out, or what its source says: the VM does not know.
macro_rules! layout_number {
    ($name:literal) => {
        GetSet { name: $name, get: |vm, _| Err(vm.unsupported(Missing::Name, concat!("type.", $name))), set: None, member: true }
    };
}

/// `type`
pub(crate) static TYPE: NativeType = NativeType {
    name: "type",
    slots: Slots {
        repr: Some(repr),
        call: Some(call),
        getattr: Some(getattr),
        setattr: Some(setattr),
        init: Some(init),
        new: Some(crate::types::class::new),
        or: Some(crate::types::generic::type_or),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "mro", kind: MethodKind::Instance, arity: Arity::None, call: mro_method },
        Method { name: "__subclasses__", kind: MethodKind::Instance, arity: Arity::None, call: subclasses },
        Method { name: "__prepare__", kind: MethodKind::Class, arity: Arity::Raw, call: |vm, _| Ok(vm.new_dict()) },
        Method { name: "__dir__", kind: MethodKind::Instance, arity: Arity::None, call: crate::builtins::dir::type_dir },
        unsupported_method!("type", "__sizeof__"),
        Method { name: "__instancecheck__", kind: MethodKind::Instance, arity: Arity::One, call: instancecheck },
        Method { name: "__subclasscheck__", kind: MethodKind::Instance, arity: Arity::One, call: subclasscheck },
    ],
    getsets: &[
        GetSet { name: "__name__", get: name, set: Some(set_name), member: false },
        GetSet { name: "__qualname__", get: qualname, set: Some(set_qualname), member: false },
        GetSet { name: "__module__", get: module, set: Some(set_module), member: false },
        GetSet { name: "__bases__", get: bases, set: Some(super::class::set_bases), member: false },
        GetSet { name: "__base__", get: base, set: None, member: true },
        GetSet { name: "__mro__", get: mro, set: None, member: true },
        GetSet { name: "__dict__", get: dict, set: None, member: false },
        GetSet {
            name: "__doc__",
            get: doc,
            set: Some(|vm, this, value| set_special(vm, this, value, "__doc__", names::DOC)),
            member: false,
        },
        GetSet { name: "__abstractmethods__", get: abstractmethods, set: Some(set_abstractmethods), member: false },
        GetSet { name: "__annotations__", get: annotations, set: Some(set_annotations), member: false },
        GetSet {
            name: "__type_params__",
            get: type_params,
            set: Some(|vm, this, value| set_special(vm, this, value, "__type_params__", names::TYPE_PARAMS)),
            member: false,
        },
        layout_number!("__basicsize__"),
        layout_number!("__dictoffset__"),
        layout_number!("__flags__"),
        layout_number!("__itemsize__"),
        layout_number!("__weakrefoffset__"),
        layout_number!("__text_signature__"),
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK),
    ..NativeType::PLAIN
};

fn call(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.construct(class, args)
}

/// `tp_new_wrapper`: `int.__new__(cls, …)`.
pub(crate) fn call_new(vm: &mut Vm, home: Ref, args: &Args<'_>) -> PyResult {
    let home_name = vm.qualified_type_name(home);
    let Some(&class) = args.pos().first() else {
        return Err(vm.type_error(format!("{home_name}.__new__(): not enough arguments")));
    };
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        let message = format!("{home_name}.__new__(X): X is not a type object ({})", vm.type_name(class));
        return Err(vm.type_error(message));
    }
    if !vm.is_subclass(class, home) {
        let class = vm.qualified_type_name(class);
        return Err(vm.type_error(format!("{home_name}.__new__({class}): {class} is not a subtype of {home_name}")));
    }
    // The nearest builtin base must be the one whose `__new__` this is.
    let native = vm.native_base(class);
    let not_made = vm.class(native).flags.has(Flags::NO_NEW);
    if not_made || vm.class(native).slots.new.map(|f| f as usize) != vm.class(home).slots.new.map(|f| f as usize) {
        let (class, native) = (vm.qualified_type_name(class), vm.qualified_type_name(native));
        return Err(vm.type_error(format!("{home_name}.__new__({class}) is not safe, use {native}.__new__()")));
    }
    let Some(new) = vm.class(home).slots.new else { return Err(vm.type_error("no __new__")) };
    vm.with_argument_tuple(&args.rest(), |vm, rest| new(vm, class, rest))
}

impl Vm {
    /// The builtin type at the root of a class.
    pub(crate) fn native_base(&self, class: Ref) -> Ref {
        let mut at = class;
        while self.class(at).heap.is_some() {
            match &self.class(at).base {
                Some(base) => at = base.borrow(),
                None => return types::OBJECT,
            }
        }
        at
    }

    /// Raises the error for making an instance of an abstract class (`object_new`).
    pub(crate) fn abstract_instantiation(&mut self, class: Ref) -> Stop {
        match self.abstract_methods_text(class) {
            Ok(message) => self.type_error(message),
            Err(stop) => stop,
        }
    }

    fn abstract_methods_text(&mut self, class: Ref) -> PyResult<String> {
        let methods = abstractmethods(self, class)?;
        let methods = self.lend(methods, Self::sequence_list)?;
        let (separator, quote, wording) = if self.profile.abstract_methods_quoted {
            ("', '", "'", "without an implementation for abstract method")
        } else {
            (", ", "", "with abstract method")
        };
        let separator = self.str(separator);
        let joined = self.lend(separator, |vm, separator| {
            vm.list_sort(methods.borrow(), None, false)?;
            vm.call_method(separator, "join", &[methods.borrow()])
        });
        let plural = if self.list_len(methods.borrow()) > 1 { "s" } else { "" };
        self.release(methods);
        self.lend(joined?, |vm, joined| {
            let names = vm.expect_text(joined);
            Ok(format!("Can't instantiate abstract class {} {wording}{plural} {quote}{names}{quote}", vm.class(class).name))
        })
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let label = vm.class_label(this);
    Ok(vm.str(format!("<class '{label}'>")))
}

/// `type_getattro`: data descriptors of the metatype, the type's own attributes, other attributes of the metatype.
pub(crate) fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    let metatype = vm.class_of(this);
    let meta_found = vm.lookup(metatype, name);
    let meta_get = meta_found.and_then(|found| vm.class(vm.class_of(found)).slots.get);
    let held = vm.retain_option(meta_found);
    if let (Some(found), Some(get)) = (meta_found, meta_get)
        && vm.is_data_descriptor(found)
    {
        let result = get(vm, found, Some(this), Some(metatype));
        vm.release_option(held);
        return result;
    }
    if let Some(found) = vm.lookup(this, name) {
        let found_held = vm.retain(found);
        vm.release_option(held);
        return match vm.class(vm.class_of(found)).slots.get {
            Some(get) => {
                let result = get(vm, found, None, Some(this));
                vm.release(found_held);
                result
            }
            None => Ok(found_held),
        };
    }
    if let (Some(found), Some(get)) = (meta_found, meta_get) {
        let result = get(vm, found, Some(this), Some(metatype));
        vm.release_option(held);
        return result;
    }
    if let Some(held) = held {
        return Ok(held);
    }
    if let Some(stop) = vm.unsupported_attribute(this, name) {
        return Err(stop);
    }
    let message = format!("type object '{}' has no attribute '{}'", vm.qualified_type_name(this), vm.expect_text(name));
    // 3.11's `type_getattro` doesn't say which object; later ones do.
    if vm.profile.type_attribute_error_has_context {
        return Err(vm.attribute_error(this, name, message));
    }
    Err(vm.raise(types::ATTRIBUTE_ERROR, message))
}

/// `type_setattro`
fn setattr(vm: &mut Vm, this: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
    if vm.class(this).heap.is_none() {
        let message =
            format!("cannot set '{}' attribute of immutable type '{}'", vm.expect_text(name), vm.qualified_type_name(this));
        return Err(vm.type_error(message));
    }
    let metatype = vm.class_of(this);
    // Up to 3.12 that is done as for any object: the name (once more) and the metatype are held meanwhile.
    let held = (!vm.profile.types_set_attributes_themselves).then(|| [name, name, metatype].map(|object| vm.retain(object)));
    let result = store(vm, this, metatype, name, value);
    for object in held.into_iter().flatten().rev() {
        vm.release(object);
    }
    result
}

fn store(vm: &mut Vm, this: Ref, metatype: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
    if let Some(found) = vm.lookup(metatype, name)
        && let Some(set) = vm.class(vm.class_of(found)).slots.set
    {
        let found = vm.retain(found);
        return vm.lend(found, |vm, found| set(vm, found, this, value));
    }
    match value {
        Some(value) => vm.set_class_attribute(this, name, value),
        None if vm.delete_class_attribute(this, name) => {}
        None => {
            let message = format!("type object '{}' has no attribute '{}'", vm.qualified_type_name(this), vm.expect_text(name));
            if vm.profile.type_delete_error_has_context {
                return Err(vm.attribute_error(this, name, message));
            }
            return Err(vm.raise(types::ATTRIBUTE_ERROR, message));
        }
    }
    if vm.is_special_name(name) {
        vm.update_slots(this);
    }
    Ok(())
}

/// `type_init`
fn init(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult<()> {
    match args.pos().len() {
        1 if !args.names.is_empty() => Err(vm.type_error("type.__init__() takes no keyword arguments")),
        1 | 3 => Ok(()),
        _ => Err(vm.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn mro_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let order = vm.computed_order(args.this())?;
    vm.lend(order, Vm::sequence_list)
}

fn subclasses(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if vm.class(args.this()).heap.is_none() {
        return Err(vm.unsupported(Missing::Name, "__subclasses__() of a builtin type"));
    }
    let subclasses = vm.class(args.this()).subclasses.clone();
    let subclasses = subclasses.into_iter().map(|class| vm.retain(class)).collect();
    Ok(vm.new_list(subclasses))
}

fn instancecheck(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let found = vm.is_instance_of(args.values[1], args.this());
    Ok(vm.bool(found))
}

fn subclasscheck(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let class = args.values[1];
    if !matches!(vm.heap[class].value, Value::Type(_)) {
        return Err(vm.type_error("issubclass() arg 1 must be a class"));
    }
    let found = vm.is_subclass(class, args.this());
    Ok(vm.bool(found))
}

fn name(vm: &mut Vm, this: Ref) -> PyResult {
    match &vm.class(this).heap {
        Some(heap) => {
            let name = heap.name.borrow();
            Ok(vm.retain(name))
        }
        None => match vm.class(this).name_object {
            Some(name) => Ok(vm.retain(name)),
            None => Ok(vm.str(vm.class(this).native.name)),
        },
    }
}

fn set_name(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = special_value(vm, this, value, "__name__")?;
    let Some(text) = vm.text(value).map(Box::from) else {
        let message = format!("can only assign string to {}.__name__, not '{}'", vm.class(this).name, vm.type_name(value));
        return Err(vm.type_error(message));
    };
    let value = vm.retain(value);
    let class = vm.class_mut(this);
    class.name = text;
    let old = class.heap.as_deref_mut().map(|heap| std::mem::replace(&mut heap.name, value));
    vm.release_option(old);
    Ok(())
}

fn qualname(vm: &mut Vm, this: Ref) -> PyResult {
    match &vm.class(this).heap {
        Some(heap) => {
            let name = heap.qualname.borrow();
            Ok(vm.retain(name))
        }
        // It is the name, once more.
        None => name(vm, this),
    }
}

fn set_qualname(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = special_value(vm, this, value, "__qualname__")?;
    if vm.text(value).is_none() {
        let message = format!("can only assign string to {}.__qualname__, not '{}'", vm.class(this).name, vm.type_name(value));
        return Err(vm.type_error(message));
    }
    let value = vm.retain(value);
    let old = vm.class_mut(this).heap.as_deref_mut().map(|heap| std::mem::replace(&mut heap.qualname, value));
    vm.release_option(old);
    Ok(())
}

fn module(vm: &mut Vm, this: Ref) -> PyResult {
    // A static type has none of its own there; what `type` has is this attribute.
    let is_static = vm.class(this).heap.is_none() && !vm.class(this).flags.has(Flags::FROM_SPEC);
    match vm.class_attribute(this, names::MODULE).filter(|_| !is_static) {
        Some(module) => Ok(vm.retain(module)),
        None if vm.class(this).heap.is_none() => {
            let name = vm.class(this).module_name().to_owned();
            Ok(vm.intern(&name))
        }
        None => Err(name_missing(vm, names::MODULE)),
    }
}

fn set_module(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let value = special_value(vm, this, value, "__module__")?;
    vm.set_class_attribute(this, names::MODULE, value);
    if vm.profile.module_drops_first_line {
        vm.delete_class_attribute(this, names::FIRSTLINENO);
    }
    Ok(())
}

fn owned_field(vm: &mut Vm, field: Option<Ref>) -> PyResult {
    Ok(vm.retain(field.unwrap_or(types::NONE)))
}

fn bases(vm: &mut Vm, this: Ref) -> PyResult {
    let field = vm.class(this).bases.as_ref().map(Owned::borrow);
    owned_field(vm, field)
}

fn base(vm: &mut Vm, this: Ref) -> PyResult {
    let field = vm.class(this).base.as_ref().map(Owned::borrow);
    owned_field(vm, field)
}

fn mro(vm: &mut Vm, this: Ref) -> PyResult {
    let field = vm.class(this).mro.as_ref().map(Owned::borrow);
    owned_field(vm, field)
}

fn dict(vm: &mut Vm, this: Ref) -> PyResult {
    Ok(vm.class_proxy(this))
}

fn doc(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.class(this).heap.is_none() {
        // Of a type made from a spec it stands in its `__dict__`; of a static one it is a new string each time.
        if vm.class(this).flags.has(Flags::FROM_SPEC) {
            let text = vm.docstring_of(this)?;
            return Ok(vm.retain(text));
        }
        let native = vm.class(this).native;
        return vm.text_of_cpython(&[native.module, native.name, "__doc__"]);
    }
    match vm.lookup(this, names::DOC) {
        Some(doc) => match vm.class(vm.class_of(doc)).slots.get {
            Some(get) => {
                let held = vm.profile.lookup_gives_references.then(|| vm.retain(doc));
                let result = get(vm, doc, None, Some(this));
                vm.release_option(held);
                result
            }
            None => Ok(vm.retain(doc)),
        },
        None => Ok(vm.none()),
    }
}

/// An `AttributeError` with the name itself for its message.
fn name_missing(vm: &mut Vm, name: Ref) -> Stop {
    let name = vm.retain(name);
    vm.raise_with(types::ATTRIBUTE_ERROR, name)
}

/// `check_set_special_type_attr`
pub(super) fn special_value(vm: &mut Vm, this: Ref, value: Option<Ref>, name: &str) -> PyResult<Ref> {
    let what = match value {
        Some(value) if vm.class(this).heap.is_some() => return Ok(value),
        None if vm.class(this).heap.is_some() => "delete",
        _ => "set",
    };
    let class = vm.qualified_type_name(this);
    Err(vm.type_error(format!("cannot {what} '{name}' attribute of immutable type '{class}'")))
}

fn set_special(vm: &mut Vm, this: Ref, value: Option<Ref>, text: &str, name: Ref) -> PyResult<()> {
    let value = special_value(vm, this, value, text)?;
    vm.set_class_attribute(this, name, value);
    Ok(())
}

fn type_params(vm: &mut Vm, this: Ref) -> PyResult {
    let found = vm.class_attribute(this, names::TYPE_PARAMS).filter(|_| this != types::TYPE);
    Ok(vm.retain(found.unwrap_or(types::EMPTY_TUPLE)))
}

/// `type_get_annotations`: made when somebody looks.
fn annotations(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.class(this).heap.is_none() {
        let message = format!("type object '{}' has no attribute '__annotations__'", vm.qualified_type_name(this));
        return Err(vm.raise(types::ATTRIBUTE_ERROR, message));
    }
    if let Some(found) = vm.class_attribute(this, names::ANNOTATIONS) {
        return match vm.class(vm.class_of(found)).slots.get {
            Some(get) => get(vm, found, None, Some(this)),
            None => Ok(vm.retain(found)),
        };
    }
    let dict = vm.new_dict();
    vm.set_class_attribute(this, names::ANNOTATIONS, dict.borrow());
    Ok(dict)
}

fn set_annotations(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    if vm.class(this).heap.is_none() {
        let class = vm.qualified_type_name(this);
        return Err(vm.type_error(format!("cannot set '__annotations__' attribute of immutable type '{class}'")));
    }
    match value {
        Some(value) => vm.set_class_attribute(this, names::ANNOTATIONS, value),
        None if vm.delete_class_attribute(this, names::ANNOTATIONS) => {}
        None => return Err(vm.raise(types::ATTRIBUTE_ERROR, "__annotations__")),
    }
    Ok(())
}

fn abstractmethods(vm: &mut Vm, this: Ref) -> PyResult {
    match vm.class_attribute(this, names::ABSTRACT).filter(|_| this != types::TYPE) {
        Some(found) => Ok(vm.retain(found)),
        None => Err(name_missing(vm, names::ABSTRACT)),
    }
}

fn set_abstractmethods(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let abstract_ = match value {
        Some(value) => {
            let abstract_ = vm.truth(value)?;
            vm.set_class_attribute(this, names::ABSTRACT, value);
            abstract_
        }
        None if vm.delete_class_attribute(this, names::ABSTRACT) => false,
        None => return Err(name_missing(vm, names::ABSTRACT)),
    };
    let flags = &mut vm.class_mut(this).flags.0;
    *flags = if abstract_ { *flags | Flags::ABSTRACT } else { *flags & !Flags::ABSTRACT };
    Ok(())
}
