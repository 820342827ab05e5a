//! `FrameLocalsProxy`: a window into a function's frame (`framelocalsproxy_…` in `Objects/frameobject.c`, 3.13).

use refdrift_isa::CompareOperator;
use refdrift_trace::SlotKind;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::frame::Place;
use crate::types::frame_locals::FrameAt;
use crate::vm::{PyResult, Vm};

/// `FrameLocalsProxy`
pub(crate) static TYPE: NativeType = NativeType {
    name: "FrameLocalsProxy",
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(iter),
        new: Some(new),
        or: Some(or),
        inplace_or: Some(inplace_or),
        contains: Some(contains),
        length: Some(|vm, this| Ok(entries(vm, this).len())),
        subscript: Some(get_item),
        ass_subscript: Some(set_item),
        ..Slots::NONE
    },
    methods: &[
        method("update", Arity::One, update),
        method("__reversed__", Arity::None, |vm, args| {
            let mut names: Vec<Ref> = names(vm, args.this());
            names.reverse();
            Ok(list_of(vm, &names))
        }),
        method("copy", Arity::None, |vm, args| as_dict(vm, args.this())),
        method("keys", Arity::None, |vm, args| {
            let names = names(vm, args.this());
            Ok(list_of(vm, &names))
        }),
        method("values", Arity::None, |vm, args| {
            let values: Vec<Ref> = entries(vm, args.this()).into_iter().map(|(_, value)| value).collect();
            Ok(list_of(vm, &values))
        }),
        method("items", Arity::None, |vm, args| {
            let pairs = entries(vm, args.this()).into_iter().map(|(name, value)| vm.tuple_of(&[name, value])).collect();
            Ok(vm.new_list(pairs))
        }),
        method("get", Arity::Raw, get),
        method("pop", Arity::Raw, pop),
        method("setdefault", Arity::Raw, set_default),
    ],
    flags: Flags(Flags::GC | Flags::MAPPING),
    ..NativeType::PLAIN
};

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// It owns the frame object.
struct Proxy(Option<Owned>);

impl Native for Proxy {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        if let Some(frame) = &self.0 {
            see(Role::Field("frame"), frame.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.0.take());
    }
}

/// The proxy of a frame.
pub(crate) fn make(vm: &mut Vm, frame: Ref) -> Owned {
    let frame = vm.retain(frame);
    vm.make_tracked(types::FRAME_LOCALS_PROXY, Value::Native(Box::new(Proxy(Some(frame)))))
}

fn new(vm: &mut Vm, _: Ref, args: &Args<'_>) -> PyResult {
    let &[frame] = args.pos() else {
        let given = args.pos().len();
        return Err(vm.type_error(format!("FrameLocalsProxy expected 1 argument, got {given}")));
    };
    if vm.class_of(frame) != types::FRAME {
        let name = vm.qualified_type_name(vm.class_of(frame));
        return Err(vm.type_error(format!("expect frame, not {name}")));
    }
    if !args.names.is_empty() {
        return Err(vm.type_error("FrameLocalsProxy takes no keyword arguments"));
    }
    Ok(make(vm, frame))
}

fn frame(vm: &Vm, this: Ref) -> FrameAt {
    let object = match &vm.heap[this].value {
        Value::Native(native) => native.downcast::<Proxy>().and_then(|proxy| proxy.0.as_ref()).map(Owned::borrow),
        _ => None,
    };
    let place = match object.map(|object| &vm.heap[object].value) {
        Some(Value::Frame(payload)) => payload.place,
        _ => Place::Ended,
    };
    FrameAt { place, object }
}

fn entries(vm: &Vm, this: Ref) -> Vec<(Ref, Ref)> {
    vm.all_locals(frame(vm, this))
}

fn names(vm: &Vm, this: Ref) -> Vec<Ref> {
    entries(vm, this).into_iter().map(|(name, _)| name).collect()
}

fn list_of(vm: &mut Vm, items: &[Ref]) -> Owned {
    let items = items.iter().map(|&item| vm.retain(item)).collect();
    vm.new_list(items)
}

fn as_dict(vm: &mut Vm, this: Ref) -> PyResult {
    let dict = vm.new_dict();
    match vm.copy_locals(frame(vm, this), dict.borrow()) {
        Ok(()) => Ok(dict),
        Err(stop) => {
            vm.release(dict);
            Err(stop)
        }
    }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    if !vm.repr_enter(this) {
        return Ok(vm.str("{...}"));
    }
    let text = as_dict(vm, this).and_then(|dict| {
        let text = vm.repr(dict.borrow());
        vm.release(dict);
        text
    });
    vm.repr_leave(this);
    text
}

fn is_proxy(vm: &Vm, object: Ref) -> bool {
    vm.class_of(object) == types::FRAME_LOCALS_PROXY
}

fn compare(vm: &mut Vm, this: Ref, other: Ref, op: CompareOperator) -> PyResult {
    if is_proxy(vm, other) {
        let same = frame(vm, this).object == frame(vm, other).object;
        return match op {
            CompareOperator::Eq => Ok(vm.bool(same)),
            CompareOperator::Ne => Ok(vm.bool(!same)),
            _ => Ok(vm.not_implemented()),
        };
    }
    if vm.dict(other).is_none() {
        return Ok(vm.not_implemented());
    }
    let dict = as_dict(vm, this)?;
    let result = vm.rich_compare(dict.borrow(), other, op);
    vm.release(dict);
    result
}

fn iter(vm: &mut Vm, this: Ref) -> PyResult {
    let names = names(vm, this);
    let names = list_of(vm, &names);
    let iterator = vm.get_iter(names.borrow());
    vm.release(names);
    iterator
}

fn or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    if vm.dict(right).is_none() && !is_proxy(vm, right) || !is_proxy(vm, left) {
        return Ok(vm.not_implemented());
    }
    let dict = as_dict(vm, left)?;
    match vm.dict_update(dict.borrow(), right) {
        Ok(()) => Ok(dict),
        Err(stop) => {
            vm.release(dict);
            Err(stop)
        }
    }
}

fn inplace_or(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    if merge(vm, this, other)? { Ok(vm.retain(this)) } else { Ok(vm.not_implemented()) }
}

fn update(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if merge(vm, args.this(), args.values[1])? {
        return Ok(vm.none());
    }
    Err(vm.type_error("update() argument must be dict or another FrameLocalsProxy"))
}

/// Whether the other one is something to merge.
fn merge(vm: &mut Vm, this: Ref, other: Ref) -> PyResult<bool> {
    let items: Vec<(Ref, Ref)> = match vm.dict(other) {
        Some(dict) => dict.iter().map(|entry| (entry.key.borrow(), entry.value.borrow())).collect(),
        None if is_proxy(vm, other) => entries(vm, other),
        None => return Ok(false),
    };
    for (key, value) in items {
        set_item(vm, this, key, Some(value))?;
    }
    Ok(true)
}

/// The slot of a name: to read, one that is set; to write, one that no comprehension hides (`framelocalsproxy_getkeyindex`).
fn slot_of(vm: &mut Vm, this: Ref, key: Ref, read: bool) -> PyResult<Option<usize>> {
    let frame = frame(vm, this);
    let hash = vm.hash_of(key)?;
    let Some(code) = vm.code_at(frame) else { return Ok(None) };
    let slots = vm.slots_at(frame);
    let fits = |vm: &Vm, index: usize| {
        if read {
            vm.local_value(&code, &slots, index).is_some()
        } else {
            code.object.localspluskinds[index] & SlotKind::HIDDEN == 0
        }
    };
    if code.locals.contains(&key) {
        return Ok((0..code.locals.len()).find(|&index| code.locals[index] == key && fits(vm, index)));
    }
    for (index, &name) in code.locals.iter().enumerate() {
        if vm.known_hash(name) == hash && vm.equal(name, key)? && fits(vm, index) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn lookup(vm: &mut Vm, this: Ref, key: Ref) -> PyResult<Option<Owned>> {
    let found = match slot_of(vm, this, key, true)? {
        Some(index) => {
            let frame = frame(vm, this);
            vm.code_at(frame).and_then(|code| vm.local_value(&code, &vm.slots_at(frame), index))
        }
        None => match vm.extra_locals(frame(vm, this)) {
            Some(extra) => vm.dict_get(extra, key)?,
            None => None,
        },
    };
    Ok(vm.retain_option(found))
}

fn get_item(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    if let Some(value) = lookup(vm, this, key)? {
        return Ok(value);
    }
    let key = vm.repr(key)?;
    let message = format!("local variable '{}' is not defined", vm.expect_text(key.borrow()));
    vm.release(key);
    Err(vm.raise(types::KEY_ERROR, message))
}

fn contains(vm: &mut Vm, this: Ref, key: Ref) -> PyResult<bool> {
    if slot_of(vm, this, key, true)?.is_some() {
        return Ok(true);
    }
    match vm.extra_locals(frame(vm, this)) {
        Some(extra) => vm.contains(extra, key),
        None => Ok(false),
    }
}

const NO_REMOVAL: &str = "cannot remove local variables from FrameLocalsProxy";

fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    if value.is_none() && vm.profile.frame_proxy_refuses_deletion {
        return Err(vm.type_error("cannot remove variables from FrameLocalsProxy"));
    }
    let at = frame(vm, this);
    if let Some(index) = slot_of(vm, this, key, false)? {
        let Some(value) = value else { return Err(vm.value_error(NO_REMOVAL)) };
        return write(vm, at, index, value);
    }
    let extra = match (vm.extra_locals(at), value) {
        (Some(extra), _) => extra,
        (None, None) => return Err(vm.key_error(key)),
        (None, Some(_)) => {
            let dict = vm.new_dict();
            let borrowed = dict.borrow();
            if let Some(Value::Frame(payload)) = at.object.map(|object| &mut vm.heap[object].value) {
                payload.extra = Some(dict);
            } else {
                vm.release(dict);
            }
            borrowed
        }
    };
    match value {
        Some(value) => vm.dict_set(extra, key, value),
        None => vm.set_item(extra, key, None),
    }
}

/// Writes a local, or into its cell.
fn write(vm: &mut Vm, at: FrameAt, index: usize, value: Ref) -> PyResult<()> {
    let Some(code) = vm.code_at(at) else { return Ok(()) };
    let old = vm.slots_at(at).get(index).copied().flatten();
    let in_cell = code.object.localspluskinds[index] & (SlotKind::CELL | SlotKind::FREE) != 0;
    if let Some(cell) = old.filter(|&old| in_cell && vm.class_of(old) == types::CELL) {
        let value = vm.retain(value);
        vm.set_cell(cell, Some(value));
        return Ok(());
    }
    let value = vm.retain(value);
    let slots = match at.place {
        Place::Running(frame) => {
            let base = vm.frames.get(frame).map_or(0, |frame| frame.base);
            Some(&mut vm.stack[base + index])
        }
        Place::Suspended(generator) => vm.generator_mut(generator).and_then(|generator| generator.slots.get_mut(index)),
        Place::Ended => match at.object.map(|object| &mut vm.heap[object].value) {
            Some(Value::Frame(payload)) => payload.remains.as_mut().and_then(|remains| remains.slots.get_mut(index)),
            _ => None,
        },
    };
    let old = match slots {
        Some(slot) => slot.replace(value),
        None => Some(value),
    };
    vm.release_option(old);
    Ok(())
}

fn one_or_two(vm: &mut Vm, args: &Args<'_>, method: &str) -> PyResult<(Ref, Option<Ref>)> {
    vm.no_keywords(&format!("FrameLocalsProxy.{method}()"), args)?;
    match *args.values {
        [_, key] => Ok((key, None)),
        [_, key, default] => Ok((key, Some(default))),
        _ => Err(vm.type_error(format!("{method} expected 1 or 2 arguments"))),
    }
}

fn get(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (key, default) = one_or_two(vm, args, "get")?;
    match lookup(vm, args.this(), key)? {
        Some(value) => Ok(value),
        None => Ok(vm.retain(default.unwrap_or(types::NONE))),
    }
}

fn set_default(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (key, default) = one_or_two(vm, args, "setdefault")?;
    if let Some(value) = lookup(vm, args.this(), key)? {
        return Ok(value);
    }
    let default = default.unwrap_or(types::NONE);
    set_item(vm, args.this(), key, Some(default))?;
    Ok(vm.retain(default))
}

fn pop(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.no_keywords("FrameLocalsProxy.pop()", args)?;
    vm.check_positional("pop", args.values.len() - 1, 1, 2)?;
    let (this, key, default) = (args.this(), args.values[1], args.values.get(2).copied());
    if slot_of(vm, this, key, false)?.is_some() {
        return Err(vm.value_error(NO_REMOVAL));
    }
    let extra = vm.extra_locals(frame(vm, this));
    let found = match extra {
        Some(extra) => vm.dict_get(extra, key)?,
        None => None,
    };
    match (extra, found, default) {
        (Some(extra), Some(value), _) => {
            let value = vm.retain(value);
            match vm.dict_delete(extra, key) {
                Ok(_) => Ok(value),
                Err(stop) => {
                    vm.release(value);
                    Err(stop)
                }
            }
        }
        (_, _, Some(default)) => Ok(vm.retain(default)),
        _ => Err(vm.key_error(key)),
    }
}
