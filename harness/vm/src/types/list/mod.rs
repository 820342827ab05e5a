//! `list` (`Objects/listobject.c`)

mod merge;
pub(crate) mod methods;
mod slices;
mod sort;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types::{self, iterators};
use crate::vm::{PyResult, Vm};

pub(crate) static TYPE: NativeType = NativeType {
    name: "list",
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(iter),
        init: Some(init),
        new: Some(new),
        length: Some(length),
        subscript: Some(slices::subscript),
        ass_subscript: Some(slices::assign),
        item: Some(item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        inplace_concat: Some(inplace_concat),
        inplace_repeat: Some(inplace_repeat),
        ..Slots::NONE
    },
    methods: &[
        method("append", Arity::One, methods::append),
        method("clear", Arity::None, methods::clear),
        method("copy", Arity::None, methods::copy),
        method("count", Arity::One, methods::count),
        method("extend", Arity::One, methods::extend),
        method("index", Arity::Positional(1, 3), methods::index),
        method("insert", Arity::Positional(2, 2), methods::insert),
        method("pop", Arity::Positional(0, 1), methods::pop),
        method("remove", Arity::One, methods::remove),
        method("reverse", Arity::None, methods::reverse),
        method("sort", Arity::Raw, sort::sort_method),
        method("__reversed__", Arity::None, iterators::reversed_list),
        unsupported_method!("list", "__sizeof__"),
        crate::types::generic::CLASS_GETITEM,
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::SEQUENCE | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

impl Vm {
    /// The number of a list's items.
    pub(crate) fn list_len(&self, list: Ref) -> usize {
        self.list(list).map_or(0, Vec::len)
    }

    /// An item of a list, borrowed: what is there now.
    pub(crate) fn list_item(&self, list: Ref, index: usize) -> Option<Ref> {
        self.list(list)?.get(index).map(Owned::borrow)
    }

    /// Appends an item; takes over the reference.
    pub(crate) fn list_push(&mut self, list: Ref, item: Owned) {
        match self.list_mut(list) {
            Some(items) => items.push(item),
            None => self.release(item),
        }
    }

    /// Empties a list; the items go from the last to the first, when the list is empty already.
    pub(crate) fn list_clear(&mut self, list: Ref) {
        // The memory stays, as a sign for a sort under way that somebody had put something in (see `sort`).
        let Some(items) = self.list_mut(list) else { return };
        let gone: Vec<Owned> = items.drain(..).rev().collect();
        self.release_all(gone);
    }

    /// Appends the items of an iterable, each one as soon as it comes (`list.extend`).
    pub(crate) fn list_extend(&mut self, list: Ref, iterable: Ref) -> PyResult<()> {
        let items = match &self.heap[iterable].value {
            Value::List(items) if iterable == list || self.class_of(iterable) == types::LIST => Some(borrow_all(items)),
            Value::Tuple(items) if self.class_of(iterable) == types::TUPLE => Some(borrow_all(items)),
            _ => None,
        };
        if let Some(items) = items {
            let items: Vec<Owned> = items.into_iter().map(|item| self.retain(item)).collect();
            if let Some(list) = self.list_mut(list) {
                list.extend(items);
            }
            return Ok(());
        }
        let iterator = self.get_iter(iterable)?;
        let result = self.extend_from_iterator(list, iterable, iterator.borrow());
        self.release(iterator);
        result
    }

    fn extend_from_iterator(&mut self, list: Ref, iterable: Ref, iterator: Ref) -> PyResult<()> {
        let hint = self.length_hint(iterable, 8)?;
        // CPython makes room for that many before it asks for the first, unless there can't be so many: then it is no true hint.
        let length = self.list(list).map_or(0, Vec::len);
        if hint <= i64::MAX as usize - length {
            self.checked_repeat(length + hint, 1)?;
        }
        if hint > 0
            && let Some(items) = self.list_mut(list)
        {
            items.reserve(1);
        }
        while let Some(item) = self.next(iterator)? {
            self.list_push(list, item);
        }
        Ok(())
    }

    /// Appends the `repr` of an object to a text.
    pub(crate) fn push_repr(&mut self, text: &mut String, object: Ref) -> PyResult<()> {
        let repr = self.repr(object)?;
        text.push_str(self.expect_text(repr.borrow()));
        self.release(repr);
        Ok(())
    }

    /// A number of items that no memory would hold is a `MemoryError`, and so many that the VM would not do it are *unsupported*.
    pub(crate) fn checked_repeat(&mut self, length: usize, times: usize) -> PyResult<usize> {
        const LIMIT: usize = 1 << 27;
        match length.checked_mul(times).filter(|&count| i64::try_from(count).is_ok_and(|count| count <= i64::MAX / 8)) {
            Some(count) if count <= LIMIT => Ok(count),
            Some(_) => Err(self.unsupported(crate::api::Missing::Limit, "a sequence of more than 134 million items")),
            None => Err(self.raise_empty(types::MEMORY_ERROR)),
        }
    }

    /// A new reference to each item, `times` over.
    pub(crate) fn repeated(&mut self, items: &[Ref], times: usize) -> PyResult<Vec<Owned>> {
        let count = self.checked_repeat(items.len(), times)?;
        let mut result = Vec::with_capacity(count);
        for _ in 0..times {
            result.extend(items.iter().map(|&item| self.retain(item)));
        }
        Ok(result)
    }
}

pub(crate) fn borrow_all(items: &[Owned]) -> Vec<Ref> {
    items.iter().map(Owned::borrow).collect()
}

fn new(vm: &mut Vm, class: Ref, _args: &Args<'_>) -> PyResult {
    Ok(vm.alloc_instance(class, Value::List(Vec::new())))
}

fn init(vm: &mut Vm, list: Ref, args: &Args<'_>) -> PyResult<()> {
    // A class with a `__new__` of its own takes some.
    let new = |vm: &Vm, class| vm.class(class).slots.new.map(|new| new as usize);
    if new(vm, vm.class_of(list)) == new(vm, types::LIST) {
        vm.no_keywords("list", args)?;
    }
    vm.check_positional("list", args.pos().len(), 0, 1)?;
    vm.list_clear(list);
    match args.values.first() {
        Some(&iterable) => vm.list_extend(list, iterable),
        None => Ok(()),
    }
}

fn repr(vm: &mut Vm, list: Ref) -> PyResult {
    if vm.list_len(list) == 0 {
        return Ok(vm.str("[]"));
    }
    if !vm.repr_enter(list) {
        return Ok(vm.str("[...]"));
    }
    let text = repr_items(vm, list);
    vm.repr_leave(list);
    Ok(vm.str(text?))
}

fn repr_items(vm: &mut Vm, list: Ref) -> PyResult<String> {
    let mut text = "[".to_owned();
    let mut index = 0;
    while let Some(item) = vm.list_item(list, index) {
        if index > 0 {
            text.push_str(", ");
        }
        if vm.profile.list_repr_holds_items {
            let held = vm.retain(item);
            let result = vm.push_repr(&mut text, item);
            vm.release(held);
            result?;
        } else {
            vm.push_repr(&mut text, item)?;
        }
        index += 1;
    }
    text.push(']');
    Ok(text)
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let (Some(ours), Some(theirs)) = (vm.list(left).map(Vec::len), vm.list(right).map(Vec::len)) else {
        return Ok(vm.not_implemented());
    };
    if ours != theirs && matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.bool(op == CompareOperator::Ne));
    }
    let mut index = 0;
    while let (Some(ours), Some(theirs)) = (vm.list_item(left, index), vm.list_item(right, index)) {
        if ours != theirs {
            let (held, also) = (vm.retain(ours), vm.retain(theirs));
            let same = vm.equal(ours, theirs);
            vm.release(held);
            vm.release(also);
            if !same? {
                break;
            }
        }
        index += 1;
    }
    let (Some(ours), Some(theirs)) = (vm.list_item(left, index), vm.list_item(right, index)) else {
        let ordering = vm.list_len(left).cmp(&vm.list_len(right));
        return Ok(vm.bool(op.holds(ordering)));
    };
    match op {
        CompareOperator::Eq => Ok(vm.bool(false)),
        CompareOperator::Ne => Ok(vm.bool(true)),
        _ if vm.profile.list_compare_holds_items => {
            let (held, also) = (vm.retain(ours), vm.retain(theirs));
            let result = vm.rich_compare(ours, theirs, op);
            vm.release(held);
            vm.release(also);
            result
        }
        _ => vm.rich_compare(ours, theirs, op),
    }
}

fn iter(vm: &mut Vm, list: Ref) -> PyResult {
    Ok(vm.indexed_iterator(types::LIST_ITERATOR, list))
}

fn length(vm: &mut Vm, list: Ref) -> PyResult<usize> {
    Ok(vm.list_len(list))
}

fn item(vm: &mut Vm, list: Ref, index: i64) -> PyResult {
    match usize::try_from(index).ok().and_then(|index| vm.list_item(list, index)) {
        Some(item) => Ok(vm.retain(item)),
        None => {
            // The message is an object that lives as long as CPython does.
            let message = vm.retain(types::names::LIST_INDEX);
            Err(vm.raise_with(types::INDEX_ERROR, message))
        }
    }
}

fn contains(vm: &mut Vm, list: Ref, wanted: Ref) -> PyResult<bool> {
    let mut index = 0;
    while let Some(item) = vm.list_item(list, index) {
        if methods::held_equal(vm, item, wanted)? {
            return Ok(true);
        }
        index += 1;
    }
    Ok(false)
}

fn concat(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some(theirs) = vm.list(right) else {
        let message = format!("can only concatenate list (not \"{}\") to list", vm.type_name(right));
        return Err(vm.type_error(message));
    };
    let mut items = vm.list(left).map(|items| borrow_all(items)).unwrap_or_default();
    items.extend(theirs.iter().map(Owned::borrow));
    let items = items.into_iter().map(|item| vm.retain(item)).collect();
    Ok(vm.new_list(items))
}

fn repeat(vm: &mut Vm, list: Ref, times: i64) -> PyResult {
    let items = vm.list(list).map(|items| borrow_all(items)).unwrap_or_default();
    let items = vm.repeated(&items, usize::try_from(times).unwrap_or(0))?;
    Ok(vm.new_list(items))
}

fn inplace_concat(vm: &mut Vm, list: Ref, other: Ref) -> PyResult {
    vm.list_extend(list, other)?;
    Ok(vm.retain(list))
}

fn inplace_repeat(vm: &mut Vm, list: Ref, times: i64) -> PyResult {
    match usize::try_from(times).unwrap_or(0) {
        0 => vm.list_clear(list),
        times => {
            let items = vm.list(list).map(|items| borrow_all(items)).unwrap_or_default();
            vm.checked_repeat(items.len(), times)?;
            let more = vm.repeated(&items, times - 1)?;
            if let Some(list) = vm.list_mut(list) {
                list.extend(more);
            }
        }
    }
    Ok(vm.retain(list))
}
