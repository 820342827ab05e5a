//! `property`

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types::{self, names};
use crate::vm::{PyResult, Stop, Vm};

/// What a `property` holds.
#[derive(Default)]
struct Property {
    get: Option<Owned>,
    set: Option<Owned>,
    delete: Option<Owned>,
    doc: Option<Owned>,
    name: Option<Owned>,
    /// The docstring is the getter's.
    getter_doc: bool,
}

/// One of the fields of a [`Property`].
type Field = fn(&mut Property) -> &mut Option<Owned>;

impl Native for Property {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        let Self { get, set, delete, doc, name, .. } = self;
        for (role, owned) in [("fget", get), ("fset", set), ("fdel", delete), ("__doc__", doc), ("name", name)] {
            if let Some(owned) = owned {
                see(Role::Field(role), owned.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        let Self { get, set, delete, doc, name, .. } = std::mem::take(self);
        out.extend([get, set, delete, doc, name].into_iter().flatten());
    }

    fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.doc.take());
    }
}

/// `property`
pub(crate) static TYPE: NativeType = NativeType {
    name: "property",
    slots: Slots {
        get: Some(get),
        set: Some(set),
        init: Some(init),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<Property>::default())))),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "getter", kind: MethodKind::Instance, arity: Arity::One, call: |vm, args| copy_with(vm, args, 0) },
        Method { name: "setter", kind: MethodKind::Instance, arity: Arity::One, call: |vm, args| copy_with(vm, args, 1) },
        Method { name: "deleter", kind: MethodKind::Instance, arity: Arity::One, call: |vm, args| copy_with(vm, args, 2) },
        Method { name: "__set_name__", kind: MethodKind::Instance, arity: Arity::Raw, call: set_name },
    ],
    getsets: &[
        GetSet { name: "fget", get: |vm, this| attribute(vm, this, |property| &mut property.get), set: None, member: true },
        GetSet { name: "fset", get: |vm, this| attribute(vm, this, |property| &mut property.set), set: None, member: true },
        GetSet { name: "fdel", get: |vm, this| attribute(vm, this, |property| &mut property.delete), set: None, member: true },
        GetSet {
            name: "__doc__",
            get: |vm, this| attribute(vm, this, |property| &mut property.doc),
            set: Some(|vm, this, value| {
                let value = vm.retain_option(value);
                replace(vm, this, |property| &mut property.doc, value);
                Ok(())
            }),
            member: true,
        },
        GetSet { name: "__isabstractmethod__", get: is_abstract, set: None, member: false },
        GetSet { name: "__name__", get: get_name, set: Some(set_own_name), member: false },
    ],
    flags: Flags(Flags::GC | Flags::BASE),
    ..NativeType::PLAIN
};

fn property(vm: &mut Vm, this: Ref) -> Option<&mut Property> {
    match &mut vm.heap[this].value {
        Value::Native(native) => native.downcast_mut(),
        _ => None,
    }
}

fn field(vm: &mut Vm, this: Ref, field: Field) -> Option<Ref> {
    field(property(vm, this)?).as_ref().map(Owned::borrow)
}

fn attribute(vm: &mut Vm, this: Ref, which: Field) -> PyResult {
    let value = field(vm, this, which).unwrap_or(types::NONE);
    Ok(vm.retain(value))
}

/// Exchanges a field; the old value is let go after the new one is in.
fn replace(vm: &mut Vm, this: Ref, field: Field, value: Option<Owned>) {
    let old = match property(vm, this) {
        Some(property) => std::mem::replace(field(property), value),
        None => value,
    };
    vm.release_option(old);
}

/// `property_init_impl`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "property", positional_only: 0, names: &["fget", "fset", "fdel", "doc"], required: 0, positional: 4 };
    let [fget, fset, fdel, doc] = SIGNATURE.bind::<4>(vm, args)?;
    let given = |value: Option<Ref>| value.filter(|&value| value != types::NONE);
    let (fget, fset, fdel) = (given(fget), given(fset), given(fdel));
    let keeps_none = vm.profile.property_keeps_none_doc;
    let fields: [(Field, Option<Ref>); 5] = [
        (|property| &mut property.get, fget),
        (|property| &mut property.set, fset),
        (|property| &mut property.delete, fdel),
        (|property| &mut property.doc, doc.filter(|_| keeps_none)),
        (|property| &mut property.name, None),
    ];
    let mut values = Vec::with_capacity(fields.len());
    for (_, value) in fields {
        values.push(vm.retain_option(value));
    }
    for ((field, _), value) in fields.into_iter().zip(values) {
        replace(vm, this, field, value);
    }
    set_getter_doc(vm, this, false);
    let doc = given(doc);
    let mut found = None;
    if doc.is_none()
        && let Some(fget) = fget
    {
        found = vm.lookup_attr_named(fget, names::DOC)?;
    }
    if keeps_none { store_doc_or_none(vm, this, found) } else { store_doc(vm, this, doc, found) }
}

/// 3.11: the getter's docstring, `None` too, takes the place of a missing one.
fn store_doc_or_none(vm: &mut Vm, this: Ref, found: Option<Owned>) -> PyResult<()> {
    let Some(found) = found else { return Ok(()) };
    if vm.class_of(this) == types::PROPERTY {
        replace(vm, this, |property| &mut property.doc, Some(found));
    } else {
        let result = vm.setattr(this, names::DOC, Some(found.borrow()));
        vm.release(found);
        result?;
    }
    set_getter_doc(vm, this, true);
    Ok(())
}

/// 3.12 and later: a docstring that is `None` is none; a subclass gets its docstring as an attribute, given or not.
fn store_doc(vm: &mut Vm, this: Ref, doc: Option<Ref>, found: Option<Owned>) -> PyResult<()> {
    let found = match found {
        Some(found) if found.borrow() == types::NONE => {
            vm.release(found);
            None
        }
        found => found,
    };
    set_getter_doc(vm, this, found.is_some());
    let from_getter = found.is_some();
    let doc = match doc {
        Some(doc) => Some(vm.retain(doc)),
        None => found,
    };
    if vm.class_of(this) == types::PROPERTY {
        replace(vm, this, |property| &mut property.doc, doc);
        return Ok(());
    }
    let doc = match doc {
        Some(doc) => doc,
        None => vm.none(),
    };
    let result = vm.setattr(this, names::DOC, Some(doc.borrow()));
    vm.release(doc);
    match result {
        Err(stop) if !from_getter => vm.swallow(stop, types::ATTRIBUTE_ERROR),
        result => result,
    }
}

fn set_getter_doc(vm: &mut Vm, this: Ref, getter_doc: bool) {
    if let Some(property) = property(vm, this) {
        property.getter_doc = getter_doc;
    }
}

/// `property_copy`: a new property in which one function is another.
fn copy_with(vm: &mut Vm, args: &Args<'_>, place: usize) -> PyResult {
    let this = args.this();
    let Some(old) = property(vm, this) else { return Err(vm.type_error("not a property")) };
    let borrowed = |owned: &Option<Owned>| owned.as_ref().map_or(types::NONE, Owned::borrow);
    let mut values = [borrowed(&old.get), borrowed(&old.set), borrowed(&old.delete), borrowed(&old.doc)];
    let (getter_doc, name) = (old.getter_doc, old.name.as_ref().map(Owned::borrow));
    if args.values[1] != types::NONE {
        values[place] = args.values[1];
    } else if vm.profile.copied_properties_drop_none {
        vm.release(Owned::adopt(types::NONE));
    }
    if getter_doc && values[0] != types::NONE {
        values[3] = types::NONE;
    }
    let class = vm.class_of(this);
    let class = vm.retain(class);
    let copy = vm.call_pos(class.borrow(), &values);
    vm.release(class);
    let copy = copy?;
    if property(vm, copy.borrow()).is_some() {
        let name = vm.retain_option(name);
        replace(vm, copy.borrow(), |property| &mut property.name, name);
    }
    Ok(copy)
}

fn set_name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.no_keywords("property.__set_name__", args)?;
    if args.values.len() != 3 {
        let message = format!("__set_name__() takes 2 positional arguments but {} were given", args.values.len() - 1);
        return Err(vm.type_error(message));
    }
    let name = vm.retain(args.values[2]);
    replace(vm, args.this(), |property| &mut property.name, Some(name));
    Ok(vm.none())
}

/// `property_name`: the name it was given; from 3.13 on, else the getter's.
fn name(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    if let Some(name) = field(vm, this, |property| &mut property.name) {
        return Ok(Some(vm.retain(name)));
    }
    match field(vm, this, |property| &mut property.get) {
        Some(getter) if vm.profile.property_has_name => vm.lookup_attr_named(getter, names::NAME),
        _ => Ok(None),
    }
}

fn get_name(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.profile.property_has_name
        && let Some(name) = name(vm, this)?
    {
        return Ok(name);
    }
    let message = format!("'{}' object has no attribute '__name__'", vm.type_name(this));
    Err(vm.raise(types::ATTRIBUTE_ERROR, message))
}

fn set_own_name(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    if !vm.profile.property_has_name {
        return Err(vm.no_attribute(this, names::NAME));
    }
    let value = vm.retain_option(value);
    replace(vm, this, |property| &mut property.name, value);
    Ok(())
}

fn is_abstract(vm: &mut Vm, this: Ref) -> PyResult {
    let fields: [Field; 3] = [|property| &mut property.get, |property| &mut property.set, |property| &mut property.delete];
    for which in fields {
        let function = field(vm, this, which);
        if vm.is_abstract(function)? {
            return Ok(vm.bool(true));
        }
    }
    Ok(vm.bool(false))
}

/// Raises the error for a property that lacks what is asked of it: `property 'x' of 'A' object has no setter`.
fn lacks(vm: &mut Vm, this: Ref, object: Ref, what: &str) -> Stop {
    let name = match name(vm, this) {
        Ok(name) => name,
        Err(stop) => return stop,
    };
    let class = vm.class_of(object);
    let result = describe(vm, class, name.as_ref().map(Owned::borrow), what);
    vm.release_option(name);
    match result {
        Ok(message) => vm.raise(types::ATTRIBUTE_ERROR, message),
        Err(stop) => stop,
    }
}

fn describe(vm: &mut Vm, class: Ref, name: Option<Ref>, what: &str) -> PyResult<String> {
    let qualname = vm.getattr(class, names::QUALNAME)?;
    let label = vm.repr(qualname.borrow());
    vm.release(qualname);
    let label = label?;
    let class = vm.expect_text(label.borrow()).to_owned();
    vm.release(label);
    let Some(name) = name else { return Ok(format!("property of {class} object has no {what}")) };
    let name = vm.repr(name)?;
    let message = format!("property {} of {class} object has no {what}", vm.expect_text(name.borrow()));
    vm.release(name);
    Ok(message)
}

fn get(vm: &mut Vm, this: Ref, object: Option<Ref>, _: Option<Ref>) -> PyResult {
    let Some(object) = object.filter(|&object| object != types::NONE) else { return Ok(vm.retain(this)) };
    match field(vm, this, |property| &mut property.get) {
        Some(getter) => vm.call_pos(getter, &[object]),
        None => Err(lacks(vm, this, object, "getter")),
    }
}

fn set(vm: &mut Vm, this: Ref, object: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => match field(vm, this, |property| &mut property.set) {
            Some(setter) => vm.call_pos(setter, &[object, value]),
            None => Err(lacks(vm, this, object, "setter")),
        },
        None => match field(vm, this, |property| &mut property.delete) {
            Some(deleter) => vm.call_pos(deleter, &[object]),
            None => Err(lacks(vm, this, object, "deleter")),
        },
    };
    vm.release(result?);
    Ok(())
}
