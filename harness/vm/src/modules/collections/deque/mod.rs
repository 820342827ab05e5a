//! `collections.deque`

mod comparing;
pub(crate) mod iterators;
mod sequence;

use std::collections::VecDeque;

use comparing::compare;
use sequence::{concat, contains, count, index, inplace_concat, inplace_repeat, insert, item, remove, repeat, rotate, set_item};

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::generic::CLASS_GETITEM;
use crate::vm::{PyResult, Vm};

/// `dequeobject`
#[derive(Default)]
struct Deque {
    items: VecDeque<Owned>,
    limit: Option<usize>,
    /// Changes whenever the deque does, other than by exchanging an item.
    state: u64,
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
        iter: Some(|vm, this| Ok(iterators::make(vm, this, false))),
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
        method("__reversed__", Arity::None, |vm, args| Ok(iterators::make(vm, args.this(), true))),
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

fn is_deque(vm: &Vm, object: Ref) -> bool {
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
