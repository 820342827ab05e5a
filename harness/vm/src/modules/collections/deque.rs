//! `collections.deque`

use std::collections::VecDeque;

use refdrift_isa::CompareOperator;

use super::deque_iterators;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::generic::CLASS_GETITEM;
use crate::vm::{PyResult, Stop, Vm};

/// `dequeobject`
#[derive(Default)]
pub(super) struct Deque {
    pub(super) items: VecDeque<Owned>,
    pub(super) limit: Option<usize>,
    /// Changes whenever the deque does, other than by exchanging an item.
    pub(super) state: u64,
}

impl Native for Deque {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        self.items.iter().enumerate().for_each(|(index, item)| see(Role::Item(index), item.borrow()));
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.items.drain(..));
        self.state += 1;
    }
}

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "deque",
    module: "collections",
    slots: Slots {
        repr: Some(repr),
        compare: Some(compare),
        iter: Some(|vm, this| Ok(deque_iterators::make(vm, this, false))),
        init: Some(init),
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::<Deque>::default())))),
        length: Some(|vm, this| Ok(length(vm, this))),
        item: Some(item),
        ass_subscript: Some(set_item),
        contains: Some(contains),
        concat: Some(concat),
        repeat: Some(repeat),
        inplace_concat: Some(inplace_concat),
        inplace_repeat: Some(inplace_repeat),
        ..Slots::NONE
    },
    methods: &[
        method("append", Arity::One, |vm, args| {
            let item = vm.retain(args.values[1]);
            push(vm, args.this(), item, End::Right);
            Ok(vm.none())
        }),
        method("appendleft", Arity::One, |vm, args| {
            let item = vm.retain(args.values[1]);
            push(vm, args.this(), item, End::Left);
            Ok(vm.none())
        }),
        method("clear", Arity::None, |vm, args| {
            clear(vm, args.this());
            Ok(vm.none())
        }),
        method("__copy__", Arity::None, |vm, args| copy(vm, args.this())),
        method("copy", Arity::None, |vm, args| copy(vm, args.this())),
        method("count", Arity::One, count),
        method("extend", Arity::One, |vm, args| {
            extend(vm, args.this(), args.values[1], End::Right)?;
            Ok(vm.none())
        }),
        method("extendleft", Arity::One, |vm, args| {
            extend(vm, args.this(), args.values[1], End::Left)?;
            Ok(vm.none())
        }),
        method("index", Arity::Positional(1, 3), index),
        method("insert", Arity::Positional(2, 2), insert),
        method("pop", Arity::None, |vm, args| pop(vm, args.this(), End::Right)),
        method("popleft", Arity::None, |vm, args| pop(vm, args.this(), End::Left)),
        method("remove", Arity::One, remove),
        method("__reversed__", Arity::None, |vm, args| Ok(deque_iterators::make(vm, args.this(), true))),
        method("reverse", Arity::None, |vm, args| {
            if let Some(deque) = vm.payload_mut::<Deque>(args.this()) {
                deque.items.make_contiguous().reverse();
            }
            Ok(vm.none())
        }),
        method("rotate", Arity::Positional(0, 1), |vm, args| {
            let steps = match args.values.get(1) {
                Some(&steps) => vm.ssize_argument(steps)?,
                None => 1,
            };
            rotate(vm, args.this(), steps);
            Ok(vm.none())
        }),
        method("__reduce__", Arity::None, reduce),
        unsupported_method!("deque", "__sizeof__"),
        CLASS_GETITEM,
    ],
    getsets: &[GetSet {
        name: "maxlen",
        get: |vm, this| match vm.payload::<Deque>(this).and_then(|deque| deque.limit) {
            Some(limit) => Ok(vm.int(limit as i64)),
            None => Ok(vm.none()),
        },
        set: None,
        member: false,
    }],
    flags: Flags(Flags::GC | Flags::BASE | Flags::WEAK | Flags::SEQUENCE),
    making: Making::FromSpec { since: 12 },
    ..NativeType::PLAIN
};

/// At which end something is put in or taken out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

pub(super) fn is_deque(vm: &Vm, object: Ref) -> bool {
    vm.payload::<Deque>(object).is_some()
}

fn length(vm: &Vm, this: Ref) -> usize {
    vm.payload::<Deque>(this).map_or(0, |deque| deque.items.len())
}

fn state(vm: &Vm, this: Ref) -> u64 {
    vm.payload::<Deque>(this).map_or(0, |deque| deque.state)
}

fn at(vm: &Vm, this: Ref, index: usize) -> Option<Ref> {
    vm.payload::<Deque>(this).and_then(|deque| deque.items.get(index)).map(Owned::borrow)
}

/// Puts an item in; one at the other end goes if there are too many (`deque_append_internal`).
fn push(vm: &mut Vm, this: Ref, item: Owned, end: End) {
    let Some(deque) = vm.payload_mut::<Deque>(this) else {
        vm.release(item);
        return;
    };
    match end {
        End::Left => deque.items.push_front(item),
        End::Right => deque.items.push_back(item),
    }
    deque.state += 1;
    if deque.limit.is_some_and(|limit| deque.items.len() > limit) {
        let gone = match end {
            End::Left => deque.items.pop_back(),
            End::Right => deque.items.pop_front(),
        };
        vm.release_option(gone);
    }
}

fn pop(vm: &mut Vm, this: Ref, end: End) -> PyResult {
    let taken = vm.payload_mut::<Deque>(this).and_then(|deque| {
        let item = match end {
            End::Left => deque.items.pop_front(),
            End::Right => deque.items.pop_back(),
        };
        deque.state += u64::from(item.is_some());
        item
    });
    taken.ok_or_else(|| vm.index_error("pop from an empty deque"))
}

/// Empties a deque; the items go from the left to the right, when it is empty already.
fn clear(vm: &mut Vm, this: Ref) {
    let Some(deque) = vm.payload_mut::<Deque>(this) else { return };
    if deque.items.is_empty() {
        return;
    }
    let mut gone = Vec::with_capacity(deque.items.len());
    deque.give_back(&mut gone);
    vm.release_all(gone);
}

fn extend(vm: &mut Vm, this: Ref, iterable: Ref, end: End) -> PyResult<()> {
    if iterable == this {
        let items = vm.sequence_list(iterable)?;
        let result = extend(vm, this, items.borrow(), end);
        vm.release(items);
        return result;
    }
    let iterator = vm.get_iter(iterable)?;
    let empty = vm.payload::<Deque>(this).is_some_and(|deque| deque.limit == Some(0));
    let result = loop {
        match vm.next(iterator.borrow()) {
            Ok(Some(item)) if empty => vm.release(item),
            Ok(Some(item)) => push(vm, this, item, end),
            Ok(None) => break Ok(()),
            Err(stop) => break Err(stop),
        }
    };
    vm.release(iterator);
    result
}

fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    const SIGNATURE: Signature =
        Signature { function: "deque", positional_only: 0, names: &["iterable", "maxlen"], required: 0, positional: 2 };
    let [iterable, limit] = SIGNATURE.bind(vm, args)?;
    let limit = match limit.filter(|&limit| limit != types::NONE) {
        None => None,
        Some(limit) => {
            let limit = vm.plain_ssize(limit)?;
            match usize::try_from(limit) {
                Ok(limit) => Some(limit),
                Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
            }
        }
    };
    if let Some(deque) = vm.payload_mut::<Deque>(this) {
        deque.limit = limit;
    }
    clear(vm, this);
    match iterable {
        Some(iterable) => extend(vm, this, iterable, End::Right),
        None => Ok(()),
    }
}

fn copy(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    let limit = vm.payload::<Deque>(this).and_then(|deque| deque.limit);
    if class == types::DEQUE {
        let copy = vm.alloc_instance(types::DEQUE, Value::Native(Box::new(Deque { limit, ..Deque::default() })));
        return match extend(vm, copy.borrow(), this, End::Right) {
            Ok(()) => Ok(copy),
            Err(stop) => {
                vm.release(copy);
                Err(stop)
            }
        };
    }
    let copy = match limit {
        None => vm.call_pos(class, &[this])?,
        Some(limit) => {
            let limit = vm.int(limit as i64);
            let copy = vm.call_pos(class, &[this, limit.borrow()]);
            vm.release(limit);
            copy?
        }
    };
    if is_deque(vm, copy.borrow()) {
        return Ok(copy);
    }
    let names = (vm.type_name(this), vm.type_name(copy.borrow()));
    vm.release(copy);
    Err(vm.type_error(format!("{}() must return a deque, not {}", names.0, names.1)))
}

fn concat(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    if !vm.is_instance(other, types::DEQUE)? {
        let message = format!("can only concatenate deque (not \"{}\") to deque", vm.type_name(other));
        return Err(vm.type_error(message));
    }
    let sum = copy(vm, this)?;
    match extend(vm, sum.borrow(), other, End::Right) {
        Ok(()) => Ok(sum),
        Err(stop) => {
            vm.release(sum);
            Err(stop)
        }
    }
}

fn inplace_concat(vm: &mut Vm, this: Ref, other: Ref) -> PyResult {
    extend(vm, this, other, End::Right)?;
    Ok(vm.retain(this))
}

fn repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let copy = copy(vm, this)?;
    let repeated = inplace_repeat(vm, copy.borrow(), times);
    vm.release(copy);
    repeated
}

fn inplace_repeat(vm: &mut Vm, this: Ref, times: i64) -> PyResult {
    let size = length(vm, this);
    if size == 0 || times == 1 {
        return Ok(vm.retain(this));
    }
    let Some(mut times) = usize::try_from(times).ok().filter(|&times| times > 0) else {
        clear(vm, this);
        return Ok(vm.retain(this));
    };
    if let Some(limit) = vm.payload::<Deque>(this).and_then(|deque| deque.limit)
        && size.saturating_mul(times) > limit
    {
        times = limit.div_ceil(size);
    }
    if size.saturating_mul(times) > 1 << 26 {
        return Err(vm.unsupported(crate::api::Missing::Limit, "a deque of that many items"));
    }
    if size == 1 {
        let Some(item) = at(vm, this, 0) else { return Ok(vm.retain(this)) };
        let more: Vec<Owned> = (1..times).map(|_| vm.retain(item)).collect();
        if let Some(deque) = vm.payload_mut::<Deque>(this) {
            deque.state += 1;
            deque.items.extend(more);
        }
        return Ok(vm.retain(this));
    }
    let items = vm.sequence_list(this)?;
    let mut result = Ok(());
    for _ in 1..times {
        result = extend(vm, this, items.borrow(), End::Right);
        if result.is_err() {
            break;
        }
    }
    let repeated = result.map(|()| vm.retain(this));
    vm.release(items);
    repeated
}

/// `_deque_rotate`
fn rotate(vm: &mut Vm, this: Ref, steps: i64) {
    let Some(deque) = vm.payload_mut::<Deque>(this) else { return };
    let length = deque.items.len();
    if length <= 1 {
        return;
    }
    deque.state += 1;
    deque.items.rotate_right(steps.rem_euclid(length as i64) as usize);
}

fn out_of_range(vm: &mut Vm) -> Stop {
    vm.index_error("deque index out of range")
}

fn item(vm: &mut Vm, this: Ref, index: i64) -> PyResult {
    match usize::try_from(index).ok().and_then(|index| at(vm, this, index)) {
        Some(item) => Ok(vm.retain(item)),
        None => Err(out_of_range(vm)),
    }
}

/// `deque_ass_item`, by way of `PyObject_SetItem`.
fn set_item(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    if vm.class(vm.class_of(key)).slots.index.is_none() {
        let message = format!("sequence index must be integer, not '{}'", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let mut index = vm.as_index(key, Some(types::INDEX_ERROR))?;
    if index < 0 {
        index += length(vm, this) as i64;
    }
    let Some(index) = usize::try_from(index).ok().filter(|&index| index < length(vm, this)) else {
        return Err(out_of_range(vm));
    };
    let Some(value) = value else {
        delete(vm, this, index);
        return Ok(());
    };
    let mut value = vm.retain(value);
    if let Some(place) = vm.payload_mut::<Deque>(this).and_then(|deque| deque.items.get_mut(index)) {
        std::mem::swap(place, &mut value);
    }
    vm.release(value);
    Ok(())
}

/// `deque_del_item`: what is deleted goes when the others stand where they belong.
fn delete(vm: &mut Vm, this: Ref, index: usize) {
    rotate(vm, this, -(index as i64));
    let gone = vm.payload_mut::<Deque>(this).and_then(|deque| {
        deque.state += 1;
        deque.items.pop_front()
    });
    rotate(vm, this, index as i64);
    vm.release_option(gone);
}

/// Compares items in turn until the answer says to stop; a comparison that changes the deque is an error.
fn search(
    vm: &mut Vm,
    this: Ref,
    range: std::ops::Range<usize>,
    value: Ref,
    keep: bool,
    changed: Ref,
    mut found: impl FnMut(usize) -> bool,
) -> PyResult<()> {
    let before = state(vm, this);
    for index in range {
        let Some(item) = at(vm, this, index) else { return Ok(()) };
        let held = keep.then(|| vm.retain(item));
        let same = vm.equal(item, value);
        vm.release_option(held);
        let same = same?;
        let mutated = state(vm, this) != before;
        let error = |vm: &mut Vm| Err(vm.raise(changed, "deque mutated during iteration"));
        // `remove` looks at the state before it believes the answer.
        if mutated && changed == types::INDEX_ERROR {
            return error(vm);
        }
        if same && found(index) {
            return Ok(());
        }
        if mutated {
            return error(vm);
        }
    }
    Ok(())
}

fn contains(vm: &mut Vm, this: Ref, value: Ref) -> PyResult<bool> {
    let mut found = false;
    search(vm, this, 0..length(vm, this), value, true, types::RUNTIME_ERROR, |_| {
        found = true;
        true
    })?;
    Ok(found)
}

fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut count = 0;
    search(vm, args.this(), 0..length(vm, args.this()), args.values[1], true, types::RUNTIME_ERROR, |_| {
        count += 1;
        false
    })?;
    Ok(vm.int(count))
}

fn not_in(vm: &mut Vm, value: Ref) -> Stop {
    match vm.repr_text(value) {
        Ok(text) => vm.value_error(format!("{text} is not in deque")),
        Err(stop) => stop,
    }
}

fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, value) = (args.this(), args.values[1]);
    let mut bounds = [0, length(vm, this) as i64];
    for (bound, &given) in bounds.iter_mut().zip(&args.values[2..]) {
        *bound = vm.search_bound(given)?;
    }
    let size = length(vm, this) as i64;
    let [start, stop] = bounds.map(|bound| if bound < 0 { (bound + size).max(0) } else { bound.min(size) } as usize);
    let mut found = None;
    let keep = vm.profile.deque_index_holds_items;
    search(vm, this, start.min(stop)..stop, value, keep, types::RUNTIME_ERROR, |index| {
        found = Some(index);
        true
    })?;
    match found {
        Some(index) => Ok(vm.int(index as i64)),
        None => Err(not_in(vm, value)),
    }
}

fn remove(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (this, value) = (args.this(), args.values[1]);
    let mut found = None;
    search(vm, this, 0..length(vm, this), value, true, types::INDEX_ERROR, |index| {
        found = Some(index);
        true
    })?;
    match found {
        Some(index) => {
            delete(vm, this, index);
            Ok(vm.none())
        }
        None => Err(not_in(vm, value)),
    }
}

fn insert(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let index = vm.ssize_argument(args.values[1])?;
    let size = length(vm, this);
    if vm.payload::<Deque>(this).and_then(|deque| deque.limit) == Some(size) {
        return Err(vm.index_error("deque already at its maximum size"));
    }
    let value = vm.retain(args.values[2]);
    let size = size as i64;
    if index >= size {
        push(vm, this, value, End::Right);
    } else if index <= -size || index == 0 {
        push(vm, this, value, End::Left);
    } else {
        rotate(vm, this, -index);
        push(vm, this, value, if index < 0 { End::Right } else { End::Left });
        rotate(vm, this, index);
    }
    Ok(vm.none())
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    if !vm.repr_enter(this) {
        return Ok(vm.str("[...]"));
    }
    let text = vm.sequence_list(this).and_then(|items| {
        let text = vm.repr_text(items.borrow());
        vm.release(items);
        text
    });
    vm.repr_leave(this);
    let text = text?;
    let name = vm.class(vm.class_of(this)).short_name().rsplit('.').next().unwrap_or_default().to_owned();
    Ok(match vm.payload::<Deque>(this).and_then(|deque| deque.limit) {
        Some(limit) => vm.str(format!("{name}({text}, maxlen={limit})")),
        None => vm.str(format!("{name}({text})")),
    })
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !is_deque(vm, left) || !is_deque(vm, right) {
        return Ok(vm.not_implemented());
    }
    if matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        let equal = op == CompareOperator::Eq;
        if left == right {
            return Ok(vm.bool(equal));
        }
        if length(vm, left) != length(vm, right) {
            return Ok(vm.bool(!equal));
        }
    }
    let left = vm.get_iter(left)?;
    let right = match vm.get_iter(right) {
        Ok(right) => right,
        Err(stop) => {
            vm.release(left);
            return Err(stop);
        }
    };
    let answer = compare_items(vm, left.borrow(), right.borrow(), op);
    vm.release(left);
    vm.release(right);
    let answer = answer?;
    Ok(vm.bool(answer))
}

fn compare_items(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult<bool> {
    loop {
        let one = vm.next(left)?;
        let other = match vm.next(right) {
            Ok(other) => other,
            Err(stop) => {
                vm.release_option(one);
                return Err(stop);
            }
        };
        let (one, other) = match (one, other) {
            (Some(one), Some(other)) => (one, other),
            (one, other) => {
                let (longer, shorter) = (one.is_some(), other.is_some());
                vm.release_option(one);
                vm.release_option(other);
                return Ok(match op {
                    CompareOperator::Lt => shorter,
                    CompareOperator::Le => !longer,
                    CompareOperator::Eq => longer == shorter,
                    CompareOperator::Ne => longer != shorter,
                    CompareOperator::Gt => longer,
                    CompareOperator::Ge => !shorter,
                });
            }
        };
        let decided = match vm.equal(one.borrow(), other.borrow()) {
            Ok(true) => None,
            Ok(false) => Some(vm.compare_bool(one.borrow(), other.borrow(), op)),
            Err(stop) => Some(Err(stop)),
        };
        vm.release(one);
        vm.release(other);
        if let Some(decided) = decided {
            return decided;
        }
    }
}

/// `(class, (), state, iterator)`, with a limit `(class, ((), limit), …)`.
fn reduce(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let state = vm.call_method(this, "__getstate__", &[])?;
    let iterator = match vm.get_iter(this) {
        Ok(iterator) => iterator,
        Err(stop) => {
            vm.release(state);
            return Err(stop);
        }
    };
    let empty = vm.new_tuple(Vec::new());
    let arguments = match vm.payload::<Deque>(this).and_then(|deque| deque.limit) {
        None => empty,
        Some(limit) => {
            let limit = vm.int(limit as i64);
            vm.new_tuple(vec![empty, limit])
        }
    };
    let class = vm.class_of(this);
    let class = vm.retain(class);
    Ok(vm.new_tuple(vec![class, arguments, state, iterator]))
}
