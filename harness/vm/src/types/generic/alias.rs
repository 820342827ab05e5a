//! `types.GenericAlias`: `list[int]` (`Objects/genericaliasobject.c`).

use refdrift_isa::CompareOperator;

use super::{parameters, push_item};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// An alias's payload.
struct Alias {
    origin: Option<Owned>,
    args: Option<Owned>,
    parameters: Option<Owned>,
    /// `*tuple[int]`
    starred: bool,
}

impl Native for Alias {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, part) in [("__origin__", &self.origin), ("__args__", &self.args), ("__parameters__", &self.parameters)] {
            if let Some(part) = part {
                see(Role::Field(name), part.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.origin.take(), self.args.take(), self.parameters.take()].into_iter().flatten());
    }

    // It has no `tp_clear`.
    fn clear(&mut self, _: &mut Vec<Owned>) {}
}

/// `__class_getitem__` of the types that can be subscripted.
pub(crate) const CLASS_GETITEM: Method = Method {
    name: "__class_getitem__",
    kind: MethodKind::Class,
    arity: Arity::One,
    call: |vm, args| Ok(vm.generic_alias(args.values[0], args.values[1])),
};

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// `types.GenericAlias`
pub(crate) static TYPE: NativeType = NativeType {
    name: "GenericAlias",
    module: "types",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        call: Some(call),
        getattr: Some(getattr),
        compare: Some(compare),
        iter: Some(iter),
        new: Some(new),
        or: Some(super::type_or),
        subscript: Some(subscript),
        ..Slots::NONE
    },
    methods: &[
        method("__mro_entries__", Arity::One, |vm, args| {
            let origin = parts(vm, args.this()).0;
            Ok(vm.tuple_of(&[origin]))
        }),
        method("__instancecheck__", Arity::One, |vm, _| {
            Err(vm.type_error("isinstance() argument 2 cannot be a parameterized generic"))
        }),
        method("__subclasscheck__", Arity::One, |vm, _| {
            Err(vm.type_error("issubclass() argument 2 cannot be a parameterized generic"))
        }),
        method("__reduce__", Arity::None, reduce),
        method("__dir__", Arity::None, dir),
    ],
    getsets: &[
        GetSet { name: "__origin__", get: |vm, this| Ok(vm.retain(parts(vm, this).0)), set: None, member: true },
        GetSet { name: "__args__", get: |vm, this| Ok(vm.retain(parts(vm, this).1)), set: None, member: true },
        GetSet { name: "__unpacked__", get: |vm, this| Ok(vm.bool(parts(vm, this).2)), set: None, member: true },
        GetSet { name: "__parameters__", get: parameters_of, set: None, member: false },
        GetSet {
            name: "__typing_unpacked_tuple_args__",
            get: |vm, this| {
                let (origin, args, starred) = parts(vm, this);
                Ok(vm.retain(if starred && origin == types::TUPLE { args } else { types::NONE }))
            },
            set: None,
            member: false,
        },
    ],
    flags: Flags(Flags::GC | Flags::BASE | Flags::WEAK),
    ..NativeType::PLAIN
};

impl Vm {
    /// `origin[args]` (`Py_GenericAlias`)
    pub(crate) fn generic_alias(&mut self, origin: Ref, args: Ref) -> Owned {
        self.make_alias(types::GENERIC_ALIAS, origin, args, false)
    }

    fn make_alias(&mut self, class: Ref, origin: Ref, args: Ref, starred: bool) -> Owned {
        let args = if self.tuple(args).is_some() { self.retain(args) } else { self.tuple_of(&[args]) };
        let alias = Alias { origin: Some(self.retain(origin)), args: Some(args), parameters: None, starred };
        let class_is_heap = self.class(class).heap.is_some();
        let value = Value::Native(Box::new(alias));
        if class_is_heap { self.alloc_instance(class, value) } else { self.make_tracked(class, value) }
    }

    /// What a call of an alias calls, if it is one.
    pub(crate) fn alias_origin(&self, object: Ref) -> Option<Ref> {
        self.payload::<Alias>(object)?.origin.as_ref().map(Owned::borrow)
    }
}

/// Origin, arguments, and whether it is starred; borrowed.
fn parts(vm: &Vm, this: Ref) -> (Ref, Ref, bool) {
    let field = |part: &Option<Owned>| part.as_ref().map_or(types::NONE, Owned::borrow);
    vm.payload::<Alias>(this)
        .map_or((types::NONE, types::NONE, false), |alias| (field(&alias.origin), field(&alias.args), alias.starred))
}

/// `__parameters__`, made when somebody looks.
fn parameters_of(vm: &mut Vm, this: Ref) -> PyResult {
    let known = vm.payload::<Alias>(this).and_then(|alias| alias.parameters.as_ref()).map(Owned::borrow);
    if let Some(known) = known {
        return Ok(vm.retain(known));
    }
    let made = parameters::make(vm, parts(vm, this).1)?;
    let result = vm.retain(made.borrow());
    let old = vm.payload_mut::<Alias>(this).map(|alias| alias.parameters.replace(made));
    vm.release_option(old.flatten());
    Ok(result)
}

/// The types in an unpacked tuple whose length is known, if that is what it is (`_unpacked_tuple_args`).
pub(super) fn unpacked_args(vm: &mut Vm, item: Ref) -> PyResult<Option<Owned>> {
    if matches!(vm.heap[item].value, Value::Type(_)) {
        return Ok(None);
    }
    let Some(args) = vm.lookup_attr(item, "__typing_unpacked_tuple_args__")? else { return Ok(None) };
    let last = vm.tuple(args.borrow()).map(|args| args.last().map(Owned::borrow));
    match last {
        Some(last) if last != Some(types::ELLIPSIS) => Ok(Some(args)),
        _ => {
            vm.release(args);
            Ok(None)
        }
    }
}

/// `GenericAlias(origin, args)`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("GenericAlias", args)?;
    vm.check_positional("GenericAlias", args.values.len(), 2, 2)?;
    Ok(vm.make_alias(class, args.values[0], args.values[1], false))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let (origin, args, starred) = parts(vm, this);
    let mut text = if starred { "*".to_owned() } else { String::new() };
    push_item(vm, &mut text, origin)?;
    text.push('[');
    let items = vm.items(args).unwrap_or_default();
    for (index, &item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        push_argument(vm, &mut text, item)?;
    }
    text.push_str(if items.is_empty() { "()]" } else { "]" });
    Ok(vm.str(text))
}

fn push_argument(vm: &mut Vm, text: &mut String, item: Ref) -> PyResult<()> {
    if item == types::ELLIPSIS {
        text.push_str("...");
        return Ok(());
    }
    // A list of types, for what takes the parameters of a callable.
    if vm.profile.alias_shows_lists && vm.class_of(item) == types::LIST {
        text.push('[');
        let mut index = 0;
        while let Some(part) = vm.list_item(item, index) {
            if index > 0 {
                text.push_str(", ");
            }
            if part == types::ELLIPSIS {
                text.push_str("...");
            } else {
                push_item(vm, text, part)?;
            }
            index += 1;
        }
        text.push(']');
        return Ok(());
    }
    push_item(vm, text, item)
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let (origin, args, _) = parts(vm, this);
    Ok(crate::hash::not_minus_one(vm.hash_of(origin)? ^ vm.hash_of(args)?))
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.alias_origin(right).is_none() || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let ((origin, args, starred), (other_origin, other_args, other_starred)) = (parts(vm, left), parts(vm, right));
    let equal = if starred == other_starred && vm.equal(origin, other_origin)? {
        vm.rich_compare(args, other_args, CompareOperator::Eq)?
    } else {
        vm.bool(false)
    };
    if op == CompareOperator::Eq {
        return Ok(equal);
    }
    let same = equal.borrow() == types::TRUE;
    vm.release(equal);
    Ok(vm.bool(!same))
}

/// Makes an object of the origin, which learns by which alias, if it can (`ga_call`, `set_orig_class`).
pub(crate) fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let object = vm.call_dict(parts(vm, this).0, args)?;
    let name = vm.intern("__orig_class__");
    let set = vm.lend(name, |vm, name| vm.setattr(object.borrow(), name, Some(this)));
    let set = set.or_else(|stop| match stop {
        Stop::Raised if vm.matches_raised(types::ATTRIBUTE_ERROR) || vm.matches_raised(types::TYPE_ERROR) => {
            vm.clear_raised();
            Ok(())
        }
        stop => Err(stop),
    });
    match set {
        Ok(()) => Ok(object),
        Err(stop) => {
            vm.release(object);
            Err(stop)
        }
    }
}

/// The attributes that are the alias's own; the others are those of its origin. Not all versions have the second.
const OWN: &[&str] = &[
    "__class__",
    "__bases__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

fn own_names(vm: &Vm) -> impl Iterator<Item = &'static str> + use<> {
    let has_bases = vm.profile.alias_has_own_bases;
    OWN.iter().copied().filter(move |&name| has_bases || name != "__bases__")
}

fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    let own = vm.text(name).is_some_and(|name| own_names(vm).any(|own| own == name));
    if own { vm.generic_getattr(this, name) } else { vm.getattr(parts(vm, this).0, name) }
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    let parameters = parameters_of(vm, this)?;
    let (origin, args, starred) = parts(vm, this);
    // It is the object that holds them.
    let borrowed = parameters.borrow();
    vm.release(parameters);
    let new_args = parameters::substitute(vm, this, args, borrowed, key)?;
    Ok(vm.lend(new_args, |vm, new_args| vm.make_alias(types::GENERIC_ALIAS, origin, new_args, starred)))
}

fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let (origin, alias_args, starred) = parts(vm, this);
    if starred {
        let alias = vm.generic_alias(origin, alias_args);
        let iterator = vm.lend(alias, iter)?;
        let next = vm.builtin("next")?;
        let rest = vm.new_tuple(vec![iterator]);
        return Ok(vm.new_tuple(vec![next, rest]));
    }
    let class = vm.class_of(this);
    let rest = vm.tuple_of(&[origin, alias_args]);
    let items = vec![vm.retain(class), rest];
    Ok(vm.new_tuple(items))
}

fn dir(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let origin = parts(vm, args.this()).0;
    let names = crate::builtins::dir::dir_of(vm, origin)?;
    for own in own_names(vm) {
        let own = vm.str(own);
        match vm.contains(names.borrow(), own.borrow()) {
            Ok(false) => vm.list_push(names.borrow(), own),
            Ok(true) => vm.release(own),
            Err(stop) => {
                vm.release(own);
                vm.release(names);
                return Err(stop);
            }
        }
    }
    Ok(names)
}

/// `*list[int]` in an annotation: an iterator that yields the starred alias.
struct Unpacking {
    alias: Option<Owned>,
}
crate::types::iterators::holds!(Unpacking { alias: "alias" });

/// `generic_alias_iterator`
pub(crate) static ITERATOR: NativeType = NativeType {
    name: "generic_alias_iterator",
    slots: Slots { iter: Some(|vm, this| Ok(vm.retain(this))), next: Some(next), ..Slots::NONE },
    methods: &[method("__reduce__", Arity::None, reduce_iterator)],
    flags: Flags(Flags::GC),
    ..NativeType::PLAIN
};

fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    let alias = Some(vm.retain(this));
    Ok(vm.make_tracked(types::GENERIC_ALIAS_ITERATOR, Value::Native(Box::new(Unpacking { alias }))))
}

fn next(vm: &mut Vm, this: Ref) -> PyResult<Option<Owned>> {
    let Some(alias) = vm.payload_mut::<Unpacking>(this).and_then(|state| state.alias.take()) else { return Ok(None) };
    let (origin, args, _) = parts(vm, alias.borrow());
    let starred = vm.make_alias(types::GENERIC_ALIAS, origin, args, true);
    vm.release(alias);
    Ok(Some(starred))
}

fn reduce_iterator(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let iter = vm.builtin("iter")?;
    let alias = vm.payload::<Unpacking>(args.this()).and_then(|state| state.alias.as_ref()).map(Owned::borrow);
    let rest = match alias {
        Some(alias) => vm.tuple_of(&[alias]),
        None => vm.tuple_of(&[types::EMPTY_TUPLE]),
    };
    Ok(vm.new_tuple(vec![iter, rest]))
}
