//! `itemgetter`, `attrgetter` and `methodcaller`.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::attribute::MethodFound;
use crate::object::class::{Arity, Flags, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::dict::Dict;
use crate::vm::{PyResult, Vm};

/// What the three have in common.
const GETTER: NativeType =
    NativeType { module: "operator", flags: Flags(Flags::GC | Flags::CALLED_DIRECTLY), making: Making::SPEC, ..NativeType::PLAIN };

/// Implements [`Native`] for a struct of optional owned fields, in the order of its `tp_clear`.
macro_rules! owns {
    ($type:ty { $($field:ident),* }) => {
        impl Native for $type {
            fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
                $(if let Some(held) = &self.$field {
                    see(Role::Field(stringify!($field)), held.borrow());
                })*
            }

            fn give_back(&mut self, out: &mut Vec<Owned>) {
                $(out.extend(self.$field.take());)*
            }
        }
    };
}

const fn reduce_by(call: NativeCall) -> Method {
    Method { name: "__reduce__", kind: MethodKind::Instance, arity: Arity::None, call }
}

fn make(vm: &mut Vm, class: Ref, state: impl Native) -> Owned {
    vm.alloc_instance(class, Value::Native(Box::new(state)))
}

/// The one argument of a call.
fn operand(vm: &mut Vm, function: &str, args: &Args<'_>) -> PyResult<Ref> {
    vm.no_keywords(function, args)?;
    vm.check_positional(function, args.values.len(), 1, 1)?;
    Ok(args.values[0])
}

/// A tuple of what `get` finds for each part; found values are let go if one is an error.
fn gather(vm: &mut Vm, parts: Vec<Ref>, mut get: impl FnMut(&mut Vm, Ref) -> PyResult) -> PyResult {
    let mut found = Vec::with_capacity(parts.len());
    for part in parts {
        match get(vm, part) {
            Ok(value) => found.push(value),
            Err(stop) => {
                vm.release_last_first(found);
                return Err(stop);
            }
        }
    }
    Ok(vm.new_tuple(found))
}

/// `name(parts)`, or `name(...)` inside of itself.
fn repr_with(vm: &mut Vm, this: Ref, parts: impl FnOnce(&mut Vm) -> PyResult<String>) -> PyResult {
    let name = vm.qualified_type_name(vm.class_of(this));
    if !vm.repr_enter(this) {
        return Ok(vm.str(format!("{name}(...)")));
    }
    let text = parts(vm);
    vm.repr_leave(this);
    Ok(vm.str(format!("{name}{}", text?)))
}

// ---- itemgetter ----

struct ItemGetter {
    /// The key, or a tuple of several.
    item: Option<Owned>,
    /// How many keys.
    count: usize,
}
owns!(ItemGetter { item });

pub(crate) static ITEMGETTER: NativeType = NativeType {
    name: "itemgetter",
    slots: Slots { call: Some(itemgetter_call), new: Some(itemgetter_new), repr: Some(itemgetter_repr), ..Slots::NONE },
    methods: &[reduce_by(itemgetter_reduce)],
    ..GETTER
};

fn itemgetter_new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("itemgetter", args)?;
    let count = args.values.len();
    let item = match *args.values {
        [only] => vm.retain(only),
        [] => return vm.check_positional("itemgetter", 0, 1, 1).map(|()| Owned::adopt(types::NONE)),
        _ => args.to_tuple(vm),
    };
    Ok(make(vm, types::ITEMGETTER, ItemGetter { item: Some(item), count }))
}

fn itemgetter_call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let object = operand(vm, "itemgetter", args)?;
    let item = vm.held::<ItemGetter>(this, |state| &state.item).unwrap_or(types::NONE);
    if vm.payload::<ItemGetter>(this).is_none_or(|state| state.count == 1) {
        return vm.get_item(object, item);
    }
    let keys = vm.items(item).unwrap_or_default();
    gather(vm, keys, |vm, key| vm.get_item(object, key))
}

fn itemgetter_repr(vm: &mut Vm, this: Ref) -> PyResult {
    repr_with(vm, this, |vm| {
        let item = vm.held::<ItemGetter>(this, |state| &state.item).unwrap_or(types::NONE);
        let text = vm.repr_text(item)?;
        Ok(if vm.payload::<ItemGetter>(this).is_none_or(|state| state.count == 1) { format!("({text})") } else { text })
    })
}

fn itemgetter_reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let item = vm.held::<ItemGetter>(args.this(), |state| &state.item).unwrap_or(types::NONE);
    let several = vm.payload::<ItemGetter>(args.this()).is_some_and(|state| state.count > 1);
    let items = if several { vm.retain(item) } else { vm.tuple_of(&[item]) };
    let class = vm.retain(types::ITEMGETTER);
    Ok(vm.new_tuple(vec![class, items]))
}

// ---- attrgetter ----

struct AttrGetter {
    /// A tuple of names; a dotted one is a tuple of its parts.
    names: Option<Owned>,
}
owns!(AttrGetter { names });

pub(crate) static ATTRGETTER: NativeType = NativeType {
    name: "attrgetter",
    slots: Slots { call: Some(attrgetter_call), new: Some(attrgetter_new), repr: Some(attrgetter_repr), ..Slots::NONE },
    methods: &[reduce_by(attrgetter_reduce)],
    ..GETTER
};

fn attrgetter_new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("attrgetter", args)?;
    if args.values.is_empty() {
        return vm.check_positional("attrgetter", 0, 1, 1).map(|()| Owned::adopt(types::NONE));
    }
    let names = gather(vm, args.values.to_vec(), |vm, name| {
        let Some(text) = vm.text(name).map(str::to_owned) else {
            return Err(vm.type_error("attribute name must be a string"));
        };
        if !text.contains('.') {
            let name = vm.retain(name);
            return Ok(vm.interned_for(name));
        }
        let parts = text.split('.').map(|part| vm.intern(part)).collect();
        Ok(vm.new_tuple(parts))
    })?;
    Ok(make(vm, types::ATTRGETTER, AttrGetter { names: Some(names) }))
}

/// `dotted_getattr`
fn dotted(vm: &mut Vm, object: Ref, name: Ref) -> PyResult {
    let Some(parts) = vm.items(name) else { return vm.getattr(object, name) };
    let mut at = vm.retain(object);
    for part in parts {
        let next = vm.getattr(at.borrow(), part);
        vm.release(at);
        at = next?;
    }
    Ok(at)
}

fn attrgetter_names(vm: &Vm, this: Ref) -> Vec<Ref> {
    vm.held::<AttrGetter>(this, |state| &state.names).and_then(|names| vm.items(names)).unwrap_or_default()
}

fn attrgetter_call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let object = operand(vm, "attrgetter", args)?;
    let names = attrgetter_names(vm, this);
    match *names {
        [only] => dotted(vm, object, only),
        _ => gather(vm, names, |vm, name| dotted(vm, object, name)),
    }
}

/// The names as they were given.
fn attrgetter_args(vm: &mut Vm, this: Ref) -> PyResult {
    let names = attrgetter_names(vm, this);
    gather(vm, names, |vm, name| {
        let Some(parts) = vm.items(name) else { return Ok(vm.retain(name)) };
        let parts: Vec<&str> = parts.into_iter().map(|part| vm.expect_text(part)).collect();
        let text = parts.join(".");
        Ok(vm.str(text))
    })
}

fn attrgetter_repr(vm: &mut Vm, this: Ref) -> PyResult {
    repr_with(vm, this, |vm| {
        let names = attrgetter_args(vm, this)?;
        let items = vm.items(names.borrow()).unwrap_or_default();
        let text = match *items {
            [only] => vm.repr_text(only).map(|text| format!("({text})")),
            _ => vm.repr_text(names.borrow()),
        };
        vm.release(names);
        text
    })
}

fn attrgetter_reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let names = attrgetter_args(vm, args.this())?;
    let class = vm.retain(types::ATTRGETTER);
    Ok(vm.new_tuple(vec![class, names]))
}

// ---- methodcaller ----

struct MethodCaller {
    name: Option<Owned>,
    /// The arguments; on 3.13 with the name as the first one.
    args: Option<Owned>,
    keywords: Option<Owned>,
}
owns!(MethodCaller { name, args, keywords });

pub(crate) static METHODCALLER: NativeType = NativeType {
    name: "methodcaller",
    slots: Slots { call: Some(methodcaller_call), new: Some(methodcaller_new), repr: Some(methodcaller_repr), ..Slots::NONE },
    methods: &[unsupported_method!("methodcaller", "__reduce__")],
    ..GETTER
};

fn methodcaller_new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    let Some(&name) = args.pos().first() else {
        return Err(vm.type_error("methodcaller needs at least one argument, the method name"));
    };
    if vm.text(name).is_none() {
        return Err(vm.type_error("method name must be a string"));
    }
    let name = vm.retain(name);
    let name = vm.interned_for(name);
    let whole = vm.profile.methodcaller_by_vectorcall;
    let bound = if whole { args.to_tuple(vm) } else { vm.tuple_of(&args.pos()[1..]) };
    let keywords = (!args.names.is_empty()).then(|| vm.new_dict());
    if let Some(keywords) = &keywords {
        for (name, value) in args.keywords() {
            vm.dict_set(keywords.borrow(), name, value)?;
        }
    }
    Ok(make(vm, types::METHODCALLER, MethodCaller { name: Some(name), args: Some(bound), keywords }))
}

/// The arguments without the name, the names of the keyword arguments, and their values.
fn methodcaller_args(vm: &Vm, this: Ref) -> (Vec<Ref>, Vec<Ref>, Vec<Ref>) {
    let args = vm.held::<MethodCaller>(this, |state| &state.args);
    let mut args = args.and_then(|args| vm.items(args)).unwrap_or_default();
    if vm.profile.methodcaller_by_vectorcall {
        args.remove(0);
    }
    let keywords = vm.held::<MethodCaller>(this, |state| &state.keywords).and_then(|keywords| vm.dict(keywords));
    let (names, values) = keywords.into_iter().flat_map(Dict::iter).map(|entry| (entry.key.borrow(), entry.value.borrow())).unzip();
    (args, names, values)
}

fn methodcaller_call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let object = operand(vm, "methodcaller", args)?;
    let name = vm.held::<MethodCaller>(this, |state| &state.name).unwrap_or(types::NONE);
    let (bound, names, keywords) = methodcaller_args(vm, this);
    let mut values = bound;
    values.extend(keywords);
    if !vm.profile.methodcaller_by_vectorcall {
        let method = vm.getattr(object, name)?;
        let tuple = vm.held::<MethodCaller>(this, |state| &state.args);
        let result = vm.call_dict(method.borrow(), &Args { tuple, ..Args::new(&values, &names) });
        vm.release(method);
        return result;
    }
    let (callable, unbound) = match vm.get_method(object, name)? {
        MethodFound::Unbound(function) => (function, true),
        MethodFound::Attribute(attribute) => (attribute, false),
    };
    if unbound {
        values.insert(0, object);
    }
    let result = vm.call(callable.borrow(), &Args::new(&values, &names));
    vm.release(callable);
    result
}

fn methodcaller_repr(vm: &mut Vm, this: Ref) -> PyResult {
    repr_with(vm, this, |vm| {
        let name = vm.held::<MethodCaller>(this, |state| &state.name).unwrap_or(types::NONE);
        let (args, names, keywords) = methodcaller_args(vm, this);
        // The texts are held until all are there.
        let mut shown = Vec::new();
        let result = shown_arguments(vm, &mut shown, &[name], &args, names.into_iter().zip(keywords));
        let texts: Vec<&str> = shown.iter().map(|text| vm.expect_text(text.borrow())).collect();
        let text = format!("({})", texts.join(", "));
        vm.release_last_first(shown);
        result.map(|()| text)
    })
}

/// The texts of the arguments of a `methodcaller`.
fn shown_arguments(
    vm: &mut Vm,
    shown: &mut Vec<Owned>,
    name: &[Ref],
    args: &[Ref],
    keywords: impl Iterator<Item = (Ref, Ref)>,
) -> PyResult<()> {
    for &value in name.iter().chain(args) {
        shown.push(vm.repr(value)?);
    }
    for (name, value) in keywords {
        let text = format!("{}={}", vm.expect_text(name).to_owned(), vm.repr_text(value)?);
        shown.push(vm.str(text));
    }
    Ok(())
}
