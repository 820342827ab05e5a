//! `mappingproxy`: what `__dict__` of a type is (`Objects/descrobject.c`).

use refdrift_isa::BinaryOperator;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// What a proxy shows.
enum Proxy {
    /// The attributes of a type. CPython's proxy owns the type's dict, and so not the type: this one stands among the type's weak
    /// references instead, and shows nothing any more once the type is gone.
    Class(Option<Ref>),
    /// A mapping.
    Mapping(Owned),
}

impl Native for Proxy {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Self::Mapping(mapping) = self {
            see(Role::Field("mapping"), mapping.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        if let Self::Mapping(mapping) = std::mem::replace(self, Self::Class(None)) {
            out.push(mapping);
        }
    }

    // It has no `tp_clear`.
    fn clear(&mut self, _: &mut Vec<Owned>) {}

    fn weak_target(&self) -> Option<Ref> {
        match self {
            Self::Class(class) => *class,
            Self::Mapping(_) => None,
        }
    }

    fn lose_weak_target(&mut self) {
        if let Self::Class(class) = self {
            *class = None;
        }
    }
}

/// `mappingproxy`
pub(crate) static MAPPING_PROXY: NativeType = NativeType {
    name: "mappingproxy",
    slots: Slots {
        repr: Some(repr),
        str: Some(|vm, this| {
            let mapping = as_mapping(vm, this)?;
            let text = vm.str_of(mapping.borrow());
            vm.release(mapping);
            text
        }),
        hash: Some(hash),
        compare: Some(|vm, left, right, op| with_mapping(vm, left, |vm, mapping| vm.rich_compare(mapping, right, op))),
        iter: Some(|vm, this| with_lasting_mapping(vm, this, "iter", Vm::get_iter)),
        length: Some(length),
        subscript: Some(subscript),
        contains: Some(contains),
        or: Some(or),
        inplace_or: Some(|vm, left, _| {
            let message = format!("'|=' is not supported by {}; use '|' instead", vm.type_name(left));
            Err(vm.type_error(message))
        }),
        new: Some(new),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "get", kind: MethodKind::Instance, arity: Arity::Positional(1, 2), call: get },
        Method { name: "keys", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "keys") },
        Method { name: "values", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "values") },
        Method { name: "items", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "items") },
        Method { name: "copy", kind: MethodKind::Instance, arity: Arity::None, call: copy },
        Method {
            name: "__reversed__",
            kind: MethodKind::Instance,
            arity: Arity::None,
            call: |vm, args| delegate(vm, args, "__reversed__"),
        },
    ],
    flags: Flags(Flags::GC | Flags::MAPPING),
    ..NativeType::PLAIN
};

impl Vm {
    /// `cls.__dict__`
    pub(crate) fn class_proxy(&mut self, class: Ref) -> Owned {
        let proxy = self.make_tracked(types::MAPPING_PROXY, Value::Native(Box::new(Proxy::Class(Some(class)))));
        if !self.heap.is_static(class) {
            let extra = self.heap[class].extra.get_or_insert_with(Box::default);
            extra.weakrefs.push(proxy.borrow());
        }
        proxy
    }
}

/// What the proxy shows: a class or a mapping, borrowed.
enum Shown {
    Class(Ref),
    Mapping(Ref),
}

fn shown(vm: &mut Vm, this: Ref) -> PyResult<Shown> {
    let proxy = match &vm.heap[this].value {
        Value::Native(native) => native.downcast::<Proxy>(),
        _ => None,
    };
    match proxy {
        Some(Proxy::Class(Some(class))) => Ok(Shown::Class(*class)),
        Some(Proxy::Mapping(mapping)) => Ok(Shown::Mapping(mapping.borrow())),
        _ => Err(vm.unsupported(Missing::Name, "__dict__ of a class that is gone")),
    }
}

/// The mapping behind the proxy; a type's attributes copied into a dict.
fn as_mapping(vm: &mut Vm, this: Ref) -> PyResult {
    match shown(vm, this)? {
        Shown::Mapping(mapping) => Ok(vm.retain(mapping)),
        Shown::Class(class) => {
            let entries: Vec<(Ref, Ref)> =
                vm.class(class).dict.iter().map(|entry| (entry.key.borrow(), entry.value.borrow())).collect();
            let dict = vm.new_dict();
            for (key, value) in entries {
                if let Err(stop) = vm.dict_set(dict.borrow(), key, value) {
                    vm.release(dict);
                    return Err(stop);
                }
            }
            Ok(dict)
        }
    }
}

fn with_mapping(vm: &mut Vm, this: Ref, run: impl FnOnce(&mut Vm, Ref) -> PyResult) -> PyResult {
    let mapping = as_mapping(vm, this)?;
    let result = run(vm, mapping.borrow());
    vm.release(mapping);
    result
}

/// As [`with_mapping`], for what goes on looking at the mapping afterwards: a copy won't do.
fn with_lasting_mapping(vm: &mut Vm, this: Ref, what: &str, run: impl FnOnce(&mut Vm, Ref) -> PyResult) -> PyResult {
    match shown(vm, this)? {
        Shown::Mapping(mapping) => run(vm, mapping),
        Shown::Class(_) => Err(vm.unsupported(Missing::Name, format!("{what} of a class's __dict__"))),
    }
}

/// The attribute of that name in a type's own `__dict__`.
fn find(vm: &mut Vm, class: Ref, key: Ref) -> PyResult<Option<Ref>> {
    let hash = vm.hash_of(key)?;
    let exact = vm.class_of(key) == types::STR;
    let dict = &vm.class(class).dict;
    let same = |candidate: Ref| candidate == key || exact && vm.text(candidate) == vm.text(key);
    if let Some(entry) = dict.find(hash, same).and_then(|index| dict.entry(index)) {
        return Ok(Some(entry.value.borrow()));
    }
    if !exact && dict.find(hash, |_| true).is_some() {
        return Err(vm.unsupported(Missing::Name, "looking in a class's __dict__ for a key that may equal a string"));
    }
    Ok(None)
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let text = with_mapping(vm, this, Vm::repr)?;
    let whole = format!("mappingproxy({})", vm.expect_text(text.borrow()));
    vm.release(text);
    Ok(vm.str(whole))
}

/// 3.12 and later ask the mapping.
fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    if !vm.profile.mapping_proxy_hashes {
        return crate::object::protocol::unhashable(vm, this);
    }
    match shown(vm, this)? {
        Shown::Mapping(mapping) => vm.hash_of(mapping),
        Shown::Class(_) => Err(vm.type_error("unhashable type: 'dict'")),
    }
}

fn length(vm: &mut Vm, this: Ref) -> PyResult<usize> {
    match shown(vm, this)? {
        Shown::Mapping(mapping) => vm.length(mapping),
        Shown::Class(class) => Ok(vm.class(class).dict.len()),
    }
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    match shown(vm, this)? {
        Shown::Mapping(mapping) => vm.get_item(mapping, key),
        Shown::Class(class) => match find(vm, class, key)? {
            Some(value) => Ok(vm.retain(value)),
            None => Err(vm.key_error(key)),
        },
    }
}

fn contains(vm: &mut Vm, this: Ref, key: Ref) -> PyResult<bool> {
    match shown(vm, this)? {
        Shown::Mapping(mapping) => vm.contains(mapping, key),
        Shown::Class(class) => Ok(find(vm, class, key)?.is_some()),
    }
}

fn get(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (key, default) = (args.values[1], args.values.get(2).copied().unwrap_or(types::NONE));
    match shown(vm, args.this())? {
        Shown::Mapping(mapping) => vm.call_method(mapping, "get", &[key, default]),
        Shown::Class(class) => {
            let value = find(vm, class, key)?.unwrap_or(default);
            Ok(vm.retain(value))
        }
    }
}

fn copy(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match shown(vm, args.this())? {
        Shown::Mapping(mapping) => vm.call_method(mapping, "copy", &[]),
        Shown::Class(_) => as_mapping(vm, args.this()),
    }
}

fn delegate(vm: &mut Vm, args: &Args<'_>, method: &str) -> PyResult {
    with_lasting_mapping(vm, args.this(), method, |vm, mapping| vm.call_method(mapping, method, &[]))
}

fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let unwrap =
        |vm: &mut Vm, side: Ref| if vm.class_of(side) == types::MAPPING_PROXY { as_mapping(vm, side) } else { Ok(vm.retain(side)) };
    let left = unwrap(vm, left)?;
    let right = match unwrap(vm, right) {
        Ok(right) => right,
        Err(stop) => {
            vm.release(left);
            return Err(stop);
        }
    };
    let result = vm.binary(BinaryOperator::Or, left.borrow(), right.borrow());
    vm.release(left);
    vm.release(right);
    result
}

/// `mappingproxy(mapping)`
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    if !args.names.is_empty() {
        return Err(vm.unsupported(Missing::Name, "mappingproxy(mapping=…)"));
    }
    let &[mapping] = args.values else {
        let message = match args.values.len() {
            0 => "mappingproxy() missing required argument 'mapping' (pos 1)".to_owned(),
            given => format!("mappingproxy() takes at most 1 argument ({given} given)"),
        };
        return Err(vm.type_error(message));
    };
    let is_mapping = vm.class(vm.class_of(mapping)).slots.subscript.is_some()
        && !vm.is_instance_of(mapping, types::LIST)
        && !vm.is_instance_of(mapping, types::TUPLE);
    if !is_mapping {
        let message = format!("mappingproxy() argument must be a mapping, not {}", vm.type_name(mapping));
        return Err(vm.type_error(message));
    }
    let mapping = vm.retain(mapping);
    Ok(vm.make_tracked(types::MAPPING_PROXY, Value::Native(Box::new(Proxy::Mapping(mapping)))))
}
