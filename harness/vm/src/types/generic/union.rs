//! `types.UnionType`: `int | None` (`Objects/unionobject.c`).

use refdrift_isa::{BinaryOperator, CompareOperator};

use super::{parameters, push_item};
use crate::heap::{Owned, Ref};
use crate::object::class::{Flags, GetSet, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A union's payload.
struct Union {
    args: Option<Owned>,
    parameters: Option<Owned>,
}

impl Native for Union {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, part) in [("__args__", &self.args), ("__parameters__", &self.parameters)] {
            if let Some(part) = part {
                see(Role::Field(name), part.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.args.take(), self.parameters.take()].into_iter().flatten());
    }

    // It has no `tp_clear`.
    fn clear(&mut self, _: &mut Vec<Owned>) {}
}

/// `types.UnionType`
pub(crate) static TYPE: NativeType = NativeType {
    name: "UnionType",
    module: "types",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        getattr: Some(getattr),
        compare: Some(compare),
        or: Some(type_or),
        subscript: Some(subscript),
        ..Slots::NONE
    },
    getsets: &[
        GetSet { name: "__args__", get: |vm, this| Ok(vm.retain(args_of(vm, this))), set: None, member: true },
        GetSet { name: "__parameters__", get: parameters_of, set: None, member: false },
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    ..NativeType::PLAIN
};

impl Vm {
    /// The types of a union, as a tuple; none for anything else.
    pub(crate) fn union_args(&self, object: Ref) -> Option<Ref> {
        self.payload::<Union>(object)?.args.as_ref().map(Owned::borrow)
    }

    fn new_union(&mut self, args: Owned) -> Owned {
        self.make_tracked(types::UNION, Value::Native(Box::new(Union { args: Some(args), parameters: None })))
    }
}

fn args_of(vm: &Vm, this: Ref) -> Ref {
    vm.union_args(this).unwrap_or(types::EMPTY_TUPLE)
}

/// `X | Y` between types and what stands for types (`_Py_union_type_or`).
pub(crate) fn type_or(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    for side in [left, right] {
        let unionable = side == types::NONE
            || matches!(vm.heap[side].value, Value::Type(_))
            || vm.alias_origin(side).is_some()
            || vm.union_args(side).is_some()
            || vm.class_of(side) == types::TYPE_ALIAS_TYPE;
        if !unionable {
            return Ok(vm.not_implemented());
        }
    }
    let left = if left == types::NONE { types::NONE_TYPE } else { left };
    let right = if right == types::NONE { types::NONE_TYPE } else { right };
    let ours = members(vm, left);
    let mut all = ours.clone();
    for member in members(vm, right) {
        let mut known = false;
        for &other in &ours {
            known = known || is_same(vm, other, member)?;
        }
        if !known {
            all.push(member);
        }
    }
    if all.len() == ours.len() {
        return Ok(vm.retain(left));
    }
    let args = vm.tuple_of(&all);
    Ok(vm.new_union(args))
}

fn members(vm: &Vm, object: Ref) -> Vec<Ref> {
    match vm.union_args(object) {
        Some(args) => vm.items(args).unwrap_or_default(),
        None => vec![object],
    }
}

fn is_same(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<bool> {
    let aliases = vm.alias_origin(left).is_some() && vm.alias_origin(right).is_some();
    if aliases { vm.equal(left, right) } else { Ok(left == right) }
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let mut text = String::new();
    for (index, item) in members(vm, this).into_iter().enumerate() {
        if index > 0 {
            text.push_str(" | ");
        }
        if item == types::NONE_TYPE {
            text.push_str("None");
        } else {
            push_item(vm, &mut text, item)?;
        }
    }
    Ok(vm.str(text))
}

/// A set of the union's types; frozen for hashing.
fn as_set(vm: &mut Vm, this: Ref, class: Ref) -> PyResult {
    let args = args_of(vm, this);
    vm.call_pos(class, &[args])
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let set = as_set(vm, this, types::FROZENSET)?;
    vm.lend(set, Vm::hash_of)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.union_args(right).is_none() || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let ours = as_set(vm, left, types::SET)?;
    vm.lend(ours, |vm, ours| {
        let theirs = as_set(vm, right, types::SET)?;
        vm.lend(theirs, |vm, theirs| vm.rich_compare(ours, theirs, op))
    })
}

/// `__module__` is that of the type.
fn getattr(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    if vm.text(name) == Some("__module__") {
        let class = vm.class_of(this);
        return vm.getattr(class, name);
    }
    vm.generic_getattr(this, name)
}

fn parameters_of(vm: &mut Vm, this: Ref) -> PyResult {
    let known = vm.payload::<Union>(this).and_then(|union| union.parameters.as_ref()).map(Owned::borrow);
    if let Some(known) = known {
        return Ok(vm.retain(known));
    }
    let made = parameters::make(vm, args_of(vm, this))?;
    let result = vm.retain(made.borrow());
    let old = vm.payload_mut::<Union>(this).map(|union| union.parameters.replace(made));
    vm.release_option(old.flatten());
    Ok(result)
}

fn subscript(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    let parameters = parameters_of(vm, this)?;
    let args = args_of(vm, this);
    // It is the object that holds them.
    let borrowed = parameters.borrow();
    vm.release(parameters);
    let new_args = parameters::substitute(vm, this, args, borrowed, key)?;
    let items = vm.items(new_args.borrow()).unwrap_or_default();
    let Some((&first, rest)) = items.split_first() else { return Ok(vm.new_union(new_args)) };
    let mut result = Ok(vm.retain(first));
    for &item in rest {
        let Ok(left) = result else { break };
        result = vm.lend(left, |vm, left| vm.binary(BinaryOperator::Or, left, item));
    }
    vm.release(new_args);
    result
}
