//! `mappingproxy`: what `__dict__` of a type is (`Objects/descrobject.c`).

use refdrift_isa::BinaryOperator;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// The mapping that a proxy shows; of a class, its own dict.
struct Proxy(Option<Owned>);

impl Native for Proxy {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(mapping) = &self.0 {
            see(Role::Field("mapping"), mapping.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }

    // It has no `tp_clear`.
    fn clear(&mut self, _: &mut Vec<Owned>) {}
}

/// `mappingproxy`
pub(crate) static MAPPING_PROXY: NativeType = NativeType {
    name: "mappingproxy",
    slots: Slots {
        repr: Some(repr),
        str: Some(|vm, this| {
            let mapping = whole(vm, this)?;
            vm.str_of(mapping)
        }),
        hash: Some(hash),
        compare: Some(|vm, left, right, op| {
            let mapping = whole(vm, left)?;
            vm.rich_compare(mapping, right, op)
        }),
        iter: Some(|vm, this| {
            let mapping = whole(vm, this)?;
            vm.get_iter(mapping)
        }),
        length: Some(|vm, this| {
            let mapping = whole(vm, this)?;
            vm.length(mapping)
        }),
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
        crate::types::generic::CLASS_GETITEM,
        Method { name: "get", kind: MethodKind::Instance, arity: Arity::Positional(1, 2), call: get },
        Method { name: "keys", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "keys") },
        Method { name: "values", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "values") },
        Method { name: "items", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "items") },
        Method { name: "copy", kind: MethodKind::Instance, arity: Arity::None, call: |vm, args| delegate(vm, args, "copy") },
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
        let dict = self.class_dict(class).unwrap_or(types::NONE);
        self.new_proxy(dict)
    }

    /// A read-only view of a mapping (`PyDictProxy_New`).
    pub(crate) fn new_proxy(&mut self, mapping: Ref) -> Owned {
        let mapping = Some(self.retain(mapping));
        self.make_tracked(types::MAPPING_PROXY, Value::Native(Box::new(Proxy(mapping))))
    }
}

/// The mapping behind the proxy.
fn mapping(vm: &Vm, this: Ref) -> Ref {
    vm.payload::<Proxy>(this).and_then(|proxy| proxy.0.as_ref()).map_or(types::NONE, Owned::borrow)
}

/// The dict of a builtin type has not all that CPython's has: what it lacks, and looking at all of it, is unsupported.
fn whole(vm: &mut Vm, this: Ref) -> PyResult<Ref> {
    let mapping = mapping(vm, this);
    if vm.heap.is_static(mapping) {
        return Err(vm.unsupported(Missing::Name, "going through the __dict__ of a builtin type"));
    }
    Ok(mapping)
}

/// The docstring of a builtin type is not there.
fn check_key(vm: &mut Vm, mapping: Ref, key: Ref) -> PyResult<()> {
    let builtin = vm.heap.is_static(mapping) && vm.text(key) == Some("__doc__");
    if builtin { Err(vm.unsupported(Missing::Name, "__doc__ of a builtin type")) } else { Ok(()) }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let mapping = whole(vm, this)?;
    let text = vm.repr(mapping)?;
    let whole = format!("mappingproxy({})", vm.expect_text(text.borrow()));
    vm.release(text);
    Ok(vm.str(whole))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let mapping = mapping(vm, this);
    vm.hash_of(mapping)
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    let mapping = mapping(vm, this);
    check_key(vm, mapping, key)?;
    vm.get_item(mapping, key)
}

fn contains(vm: &mut Vm, this: Ref, key: Ref) -> PyResult<bool> {
    let mapping = mapping(vm, this);
    vm.contains(mapping, key)
}

fn get(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (key, default) = (args.values[1], args.values.get(2).copied().unwrap_or(types::NONE));
    let mapping = mapping(vm, args.this());
    check_key(vm, mapping, key)?;
    vm.call_method(mapping, "get", &[key, default])
}

fn delegate(vm: &mut Vm, args: &Args<'_>, method: &str) -> PyResult {
    let mapping = whole(vm, args.this())?;
    vm.call_method(mapping, method, &[])
}

fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let unwrap = |vm: &mut Vm, side: Ref| if vm.class_of(side) == types::MAPPING_PROXY { whole(vm, side) } else { Ok(side) };
    let (left, right) = (unwrap(vm, left)?, unwrap(vm, right)?);
    vm.binary(BinaryOperator::Or, left, right)
}

/// `mappingproxy(mapping)`
fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "mappingproxy", positional_only: 0, names: &["mapping"], required: 1, positional: 1 };
    let [mapping] = SIGNATURE.bind(vm, args)?.map(|mapping| mapping.unwrap_or(types::NONE));
    let is_sequence = vm.is_instance_of(mapping, types::LIST) || vm.is_instance_of(mapping, types::TUPLE);
    if is_sequence || !vm.is_mapping(mapping) {
        let message = format!("mappingproxy() argument must be a mapping, not {}", vm.type_name(mapping));
        return Err(vm.type_error(message));
    }
    Ok(vm.new_proxy(mapping))
}
