//! `tuple` (`Objects/tupleobject.c`)
use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::types::list::borrow_all;
use crate::types::list::methods::bound;
use crate::vm::{PyResult, Vm};

pub(crate) static TYPE: NativeType = NativeType {
    name: "tuple",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        new: Some(new),
        length: Some(length),
        subscript: Some(subscript),
        item: Some(item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "index", kind: MethodKind::Instance, arity: Arity::Positional(1, 3), call: index },
        Method { name: "count", kind: MethodKind::Instance, arity: Arity::One, call: count },
        Method { name: "__getnewargs__", kind: MethodKind::Instance, arity: Arity::None, call: new_args },
        crate::types::generic::CLASS_GETITEM,
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::SEQUENCE | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

impl Vm {
    /// The number of a tuple's items.
    pub(crate) fn tuple_len(&self, tuple: Ref) -> usize {
        self.tuple(tuple).map_or(0, <[Owned]>::len)
    }

    /// An item of a tuple, borrowed.
    pub(crate) fn tuple_item(&self, tuple: Ref, index: usize) -> Option<Ref> {
        self.tuple(tuple)?.get(index).map(Owned::borrow)
    }

    fn tuple_items(&self, tuple: Ref) -> Vec<Ref> {
        self.tuple(tuple).map(borrow_all).unwrap_or_default()
    }
}

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::TUPLE, args)?;
    vm.check_positional("tuple", args.pos().len(), 0, 1)?;
    let tuple = match args.pos().first() {
        Some(&iterable) => vm.sequence_tuple(iterable)?,
        None => vm.retain(types::EMPTY_TUPLE),
    };
    if class == types::TUPLE {
        return Ok(tuple);
    }
    let items = vm.tuple_items(tuple.borrow());
    let items: Vec<Owned> = items.into_iter().map(|item| vm.retain(item)).collect();
    let object = vm.alloc_instance(class, Value::Tuple(items.into_boxed_slice()));
    vm.release(tuple);
    Ok(object)
}

fn repr(vm: &mut Vm, tuple: Ref) -> PyResult {
    let items = vm.tuple_items(tuple);
    if items.is_empty() {
        return Ok(vm.str("()"));
    }
    if !vm.repr_enter(tuple) {
        return Ok(vm.str("(...)"));
    }
    let text = repr_items(vm, &items);
    vm.repr_leave(tuple);
    Ok(vm.str(text?))
}

fn repr_items(vm: &mut Vm, items: &[Ref]) -> PyResult<String> {
    let mut text = "(".to_owned();
    for (index, &item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        vm.push_repr(&mut text, item)?;
    }
    text.push_str(if items.len() > 1 { ")" } else { ",)" });
    Ok(text)
}

fn hash(vm: &mut Vm, tuple: Ref) -> PyResult<i64> {
    let items = vm.tuple_items(tuple);
    let mut hashes = Vec::with_capacity(items.len());
    for item in items {
        hashes.push(vm.hash_of(item)?);
    }
    Ok(crate::hash::tuple(hashes.into_iter()))
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.tuple(left).is_none() || vm.tuple(right).is_none() {
        return Ok(vm.not_implemented());
    }
    let (ours, theirs) = (vm.tuple_items(left), vm.tuple_items(right));
    for (&a, &b) in ours.iter().zip(&theirs) {
        if vm.equal(a, b)? {
            continue;
        }
        return match op {
            CompareOperator::Eq => Ok(vm.bool(false)),
            CompareOperator::Ne => Ok(vm.bool(true)),
            _ => vm.rich_compare(a, b, op),
        };
    }
    Ok(vm.bool(op.holds(ours.len().cmp(&theirs.len()))))
}

fn iter(vm: &mut Vm, tuple: Ref) -> PyResult {
    Ok(vm.indexed_iterator(types::TUPLE_ITERATOR, tuple))
}

fn length(vm: &mut Vm, tuple: Ref) -> PyResult<usize> {
    Ok(vm.tuple_len(tuple))
}

fn item(vm: &mut Vm, tuple: Ref, index: i64) -> PyResult {
    match usize::try_from(index).ok().and_then(|index| vm.tuple_item(tuple, index)) {
        Some(item) => Ok(vm.retain(item)),
        None => Err(vm.index_error("tuple index out of range")),
    }
}

fn subscript(vm: &mut Vm, tuple: Ref, key: Ref) -> PyResult {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let index = vm.as_index(key, Some(types::INDEX_ERROR))?;
        let index = if index < 0 { index + vm.tuple_len(tuple) as i64 } else { index };
        return item(vm, tuple, index);
    }
    if vm.class_of(key) != types::SLICE {
        let message = format!("tuple indices must be integers or slices, not {}", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let length = vm.tuple_len(tuple);
    let (start, _, step, count) = vm.slice_indices(key, length)?;
    if count == 0 {
        return Ok(vm.retain(types::EMPTY_TUPLE));
    }
    if start == 0 && step == 1 && count == length && vm.class_of(tuple) == types::TUPLE {
        return Ok(vm.retain(tuple));
    }
    let items = vm.tuple_items(tuple);
    let picked: Vec<Ref> = (0..count as i64).map(|n| items[(start + n * step) as usize]).collect();
    Ok(vm.tuple_of(&picked))
}

fn contains(vm: &mut Vm, tuple: Ref, wanted: Ref) -> PyResult<bool> {
    for item in vm.tuple_items(tuple) {
        if vm.equal(item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn concat(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let length = vm.tuple_len(left);
    if length == 0 && vm.class_of(right) == types::TUPLE {
        return Ok(vm.retain(right));
    }
    if vm.tuple(right).is_none() {
        let message = format!("can only concatenate tuple (not \"{}\") to tuple", vm.type_name(right));
        return Err(vm.type_error(message));
    }
    if vm.tuple_len(right) == 0 && vm.class_of(left) == types::TUPLE {
        return Ok(vm.retain(left));
    }
    let mut items = vm.tuple_items(left);
    items.extend(vm.tuple_items(right));
    Ok(vm.tuple_of(&items))
}

fn repeat(vm: &mut Vm, tuple: Ref, times: i64) -> PyResult {
    let items = vm.tuple_items(tuple);
    if (items.is_empty() || times == 1) && vm.class_of(tuple) == types::TUPLE {
        return Ok(vm.retain(tuple));
    }
    let items = vm.repeated(&items, usize::try_from(times).unwrap_or(0))?;
    Ok(vm.new_tuple(items))
}

fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (tuple, wanted) = (args.this(), args.values[1]);
    let start = bound(vm, args, 2, 0)?;
    let stop = bound(vm, args, 3, i64::MAX)?;
    let items = vm.tuple_items(tuple);
    let length = items.len() as i64;
    let start = if start < 0 { (start + length).max(0) } else { start.min(length) };
    let stop = if stop < 0 { (stop + length).max(start) } else { stop.min(length).max(start) };
    for place in start..stop {
        if vm.equal(items[place as usize], wanted)? {
            return Ok(vm.int(place));
        }
    }
    Err(vm.value_error("tuple.index(x): x not in tuple"))
}

fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut count = 0;
    for item in vm.tuple_items(args.this()) {
        count += i64::from(vm.equal(item, args.values[1])?);
    }
    Ok(vm.int(count))
}

fn new_args(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    // A slice of all of an exact tuple is that tuple.
    if vm.class_of(args.this()) == types::TUPLE {
        return Ok(vm.tuple_of(&[args.this()]));
    }
    let items = vm.tuple_items(args.this());
    let copy = vm.tuple_of(&items);
    Ok(vm.new_tuple(vec![copy]))
}
