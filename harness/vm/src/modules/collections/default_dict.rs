//! `collections.defaultdict`

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role};
use crate::types;
use crate::types::dict::Dict;
use crate::types::generic::CLASS_GETITEM;
use crate::vm::{PyResult, Vm};

/// What a `defaultdict` has beside the items of its dict.
#[derive(Default)]
struct Factory(Option<Owned>);

impl Native for Factory {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(factory) = &self.0 {
            see(Role::Field("default_factory"), factory.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }
}

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "defaultdict",
    module: "collections",
    base: Some(types::DICT),
    slots: Slots { repr: Some(repr), init: Some(init), or: Some(or), ..Slots::NONE },
    methods: &[
        method("__missing__", Arity::One, missing),
        method("copy", Arity::None, |vm, args| copy(vm, args.this())),
        method("__copy__", Arity::None, |vm, args| copy(vm, args.this())),
        method("__reduce__", Arity::None, reduce),
        CLASS_GETITEM,
    ],
    getsets: &[GetSet {
        name: "default_factory",
        get: |vm, this| {
            let factory = factory(vm, this).unwrap_or(types::NONE);
            Ok(vm.retain(factory))
        },
        set: Some(|vm, this, value| {
            let value = vm.retain_option(value);
            set_factory(vm, this, value);
            Ok(())
        }),
        member: true,
    }],
    flags: Flags(Flags::GC | Flags::BASE | Flags::MAPPING | Flags::MATCH_SELF),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

/// What a new `defaultdict` has beside its items.
pub(super) fn extension() -> Box<dyn Native> {
    Box::<Factory>::default()
}

fn factory(vm: &Vm, this: Ref) -> Option<Ref> {
    vm.dict(this)?.more_of::<Factory>()?.0.as_ref().map(Owned::borrow)
}

fn set_factory(vm: &mut Vm, this: Ref, value: Option<Owned>) {
    let old = match vm.dict_mut(this).and_then(Dict::more_of_mut::<Factory>) {
        Some(factory) => std::mem::replace(&mut factory.0, value),
        None => value,
    };
    vm.release_option(old);
}

/// `defaultdict(default_factory=None, /, …)`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let mut given = None;
    let mut rest = *args;
    if let Some(&first) = args.pos().first() {
        if !vm.is_callable(first) && first != types::NONE {
            return Err(vm.type_error("first argument must be callable or None"));
        }
        given = Some(first);
        rest = args.rest();
    }
    let given = vm.retain_option(given);
    let old = match vm.dict_mut(this).and_then(Dict::more_of_mut::<Factory>) {
        Some(factory) => std::mem::replace(&mut factory.0, given),
        None => given,
    };
    let init = vm.class(types::DICT).slots.init;
    let result = match init {
        Some(init) => {
            // The arguments after the first one come in a tuple of their own.
            let tuple = vm.tuple_of(rest.pos());
            let result = init(vm, this, &Args { tuple: Some(tuple.borrow()), ..rest });
            vm.release(tuple);
            result
        }
        None => Ok(()),
    };
    vm.release_option(old);
    result
}

fn missing(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, key) = (args.this(), args.values[1]);
    let Some(factory) = factory(vm, this).filter(|&factory| factory != types::NONE) else {
        return Err(vm.key_error(key));
    };
    let value = vm.call_pos(factory, &[])?;
    match vm.set_item(this, key, Some(value.borrow())) {
        Ok(()) => Ok(value),
        Err(stop) => {
            vm.release(value);
            Err(stop)
        }
    }
}

fn copy(vm: &mut Vm, this: Ref) -> PyResult {
    let factory = factory(vm, this).unwrap_or(types::NONE);
    vm.call_pos(vm.class_of(this), &[factory, this])
}

fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let is_default = |vm: &Vm, object: Ref| vm.dict(object).is_some_and(|dict| dict.more_of::<Factory>().is_some());
    let (this, other) = if is_default(vm, left) { (left, right) } else { (right, left) };
    if vm.dict(other).is_none() {
        return Ok(vm.not_implemented());
    }
    let factory = factory(vm, this).unwrap_or(types::NONE);
    let merged = vm.call_pos(vm.class_of(this), &[factory, left])?;
    match vm.dict_update(merged.borrow(), right) {
        Ok(()) => Ok(merged),
        Err(stop) => {
            vm.release(merged);
            Err(stop)
        }
    }
}

/// `(class, (factory,), None, None, iter(items))`
fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let arguments = match factory(vm, this).filter(|&factory| factory != types::NONE) {
        Some(factory) => vm.tuple_of(&[factory]),
        None => vm.new_tuple(Vec::new()),
    };
    let items = vm.call_method(this, "items", &[]).and_then(|items| {
        let iterator = vm.get_iter(items.borrow());
        vm.release(items);
        iterator
    });
    let iterator = match items {
        Ok(iterator) => iterator,
        Err(stop) => {
            vm.release(arguments);
            return Err(stop);
        }
    };
    let class = vm.class_of(this);
    let parts = vec![vm.retain(class), arguments, vm.none(), vm.none(), iterator];
    Ok(vm.new_tuple(parts))
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(dict_repr) = vm.class(types::DICT).slots.repr else { return Ok(vm.str("")) };
    let base = dict_repr(vm, this)?;
    let shown = match factory(vm, this) {
        None => Ok("None".to_owned()),
        Some(factory) if !vm.repr_enter(factory) => Ok("...".to_owned()),
        Some(factory) => {
            let text = vm.repr_text(factory);
            vm.repr_leave(factory);
            text
        }
    };
    let name = vm.class(vm.class_of(this)).short_name().rsplit('.').next().unwrap_or_default().to_owned();
    let text = shown.map(|shown| format!("{name}({shown}, {})", vm.expect_text(base.borrow())));
    vm.release(base);
    let text = text?;
    Ok(vm.str(text))
}
