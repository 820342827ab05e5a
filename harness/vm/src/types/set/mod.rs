//! `set` and `frozenset` (`Objects/setobject.c`)

mod lookup;
mod methods;
mod operations;
mod table;

pub(crate) use table::Set;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::value::Value;
use crate::types::{self, iterators};
use crate::vm::{PyResult, Vm};

/// What both types can do.
const COMMON: Slots = Slots {
    repr: Some(repr),
    compare: Some(compare),
    iter: Some(iterators::set_iter),
    and: Some(methods::and),
    or: Some(methods::or),
    subtract: Some(methods::sub),
    xor: Some(methods::xor),
    length: Some(length),
    contains: Some(methods::contains),
    ..Slots::NONE
};

const fn method(name: &'static str, arity: Arity, call: crate::object::class::NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

const COPY: Method = method("copy", Arity::None, methods::copy);
const DIFFERENCE: Method = method("difference", Arity::Raw, methods::difference);
const INTERSECTION: Method = method("intersection", Arity::Raw, methods::intersection);
const IS_DISJOINT: Method = method("isdisjoint", Arity::One, methods::is_disjoint);
const IS_SUBSET: Method = method("issubset", Arity::One, methods::is_subset);
const IS_SUPERSET: Method = method("issuperset", Arity::One, methods::is_superset);
const SYMMETRIC_DIFFERENCE: Method = method("symmetric_difference", Arity::One, methods::symmetric_difference);
const UNION: Method = method("union", Arity::Raw, methods::union);

pub(crate) static TYPE: NativeType = NativeType {
    name: "set",
    slots: Slots {
        init: Some(init),
        new: Some(new),
        inplace_and: Some(methods::inplace_and),
        inplace_or: Some(methods::inplace_or),
        inplace_subtract: Some(methods::inplace_sub),
        inplace_xor: Some(methods::inplace_xor),
        ..COMMON
    },
    methods: &[
        method("add", Arity::One, methods::add),
        method("clear", Arity::None, methods::clear),
        COPY,
        method("discard", Arity::One, methods::discard),
        DIFFERENCE,
        method("difference_update", Arity::Raw, methods::difference_update),
        INTERSECTION,
        method("intersection_update", Arity::Raw, methods::intersection_update),
        IS_DISJOINT,
        IS_SUBSET,
        IS_SUPERSET,
        method("pop", Arity::None, methods::pop),
        method("remove", Arity::One, methods::remove),
        SYMMETRIC_DIFFERENCE,
        method("symmetric_difference_update", Arity::One, methods::symmetric_difference_update),
        UNION,
        method("update", Arity::Raw, methods::update),
        method("__reduce__", Arity::None, super::pickling::reduce_set),
        unsupported_method!("set", "__sizeof__"),
        crate::types::generic::CLASS_GETITEM,
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

pub(crate) static FROZENSET: NativeType = NativeType {
    name: "frozenset",
    slots: Slots { new: Some(new_frozen), hash: Some(hash), ..COMMON },
    methods: &[
        COPY,
        DIFFERENCE,
        INTERSECTION,
        IS_DISJOINT,
        IS_SUBSET,
        IS_SUPERSET,
        SYMMETRIC_DIFFERENCE,
        UNION,
        method("__reduce__", Arity::None, super::pickling::reduce_set),
        unsupported_method!("frozenset", "__sizeof__"),
        crate::types::generic::CLASS_GETITEM,
    ],
    flags: Flags(Flags::BASE | Flags::GC | Flags::WEAK | Flags::MATCH_SELF | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

fn new(vm: &mut Vm, class: Ref, _args: &Args<'_>) -> PyResult {
    vm.new_set(class, None)
}

fn init(vm: &mut Vm, set: Ref, args: &Args<'_>) -> PyResult<()> {
    vm.no_keywords("set", args)?;
    let name = vm.type_name(set);
    vm.check_positional(&name, args.values.len(), 0, 1)?;
    if vm.set_table(set).is_some_and(|table| table.fill() > 0) {
        vm.set_clear(set);
    }
    match args.values.first() {
        Some(&iterable) => vm.set_update(set, iterable),
        None => Ok(()),
    }
}

fn new_frozen(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords_of_type(class, types::FROZENSET, args)?;
    let name = vm.class(class).short_name().to_owned();
    vm.check_positional(&name, args.pos().len(), 0, 1)?;
    match args.pos().first() {
        Some(&iterable) if class == types::FROZENSET && vm.class_of(iterable) == types::FROZENSET => Ok(vm.retain(iterable)),
        iterable => vm.new_set(class, iterable.copied()),
    }
}

fn length(vm: &mut Vm, set: Ref) -> PyResult<usize> {
    Ok(vm.set_table(set).map_or(0, Set::len))
}

fn repr(vm: &mut Vm, set: Ref) -> PyResult {
    let name = vm.type_name(set);
    if !vm.repr_enter(set) {
        return Ok(vm.str(format!("{name}(...)")));
    }
    let text = repr_text(vm, set, &name);
    vm.repr_leave(set);
    Ok(vm.str(text?))
}

fn repr_text(vm: &mut Vm, set: Ref, name: &str) -> PyResult<String> {
    if vm.set_table(set).is_none_or(|table| table.len() == 0) {
        return Ok(format!("{name}()"));
    }
    let list = vm.sequence_list(set)?;
    let mut text = String::new();
    let result = vm.push_repr(&mut text, list.borrow());
    vm.release(list);
    result?;
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    Ok(if vm.class_of(set) == types::SET { format!("{{{inner}}}") } else { format!("{name}({{{inner}}})") })
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let (Some(ours), Some(theirs)) = (vm.set_table(left), vm.set_table(right)) else {
        return Ok(vm.not_implemented());
    };
    let (us, them) = (ours.len(), theirs.len());
    let differ = us != them || ours.hash.zip(theirs.hash).is_some_and(|(ours, theirs)| ours != theirs);
    let holds = match op {
        CompareOperator::Eq => !differ && vm.is_subset(left, right)?,
        CompareOperator::Ne => differ || !vm.is_subset(left, right)?,
        CompareOperator::Le => vm.is_subset(left, right)?,
        CompareOperator::Ge => vm.is_subset(right, left)?,
        CompareOperator::Lt => us < them && vm.is_subset(left, right)?,
        CompareOperator::Gt => us > them && vm.is_subset(right, left)?,
    };
    Ok(vm.bool(holds))
}

/// `frozenset_hash`: the same for any order of the elements.
fn hash(vm: &mut Vm, set: Ref) -> PyResult<i64> {
    let Value::Set(table) = &mut vm.heap[set].value else { return Ok(0) };
    if let Some(hash) = table.hash {
        return Ok(hash);
    }
    let shuffle = |hash: u64| ((hash ^ 0x055b_4db3) ^ (hash << 16)).wrapping_mul(3_644_798_167);
    let mut mixed = table.iter().fold(0, |mixed, (hash, _)| mixed ^ shuffle(hash as u64));
    mixed ^= (table.len() as u64 + 1).wrapping_mul(1_927_868_237);
    mixed ^= (mixed >> 11) ^ (mixed >> 25);
    mixed = mixed.wrapping_mul(69_069).wrapping_add(907_133_923);
    let hash = if mixed == u64::MAX { 590_923_713 } else { mixed as i64 };
    table.hash = Some(hash);
    Ok(hash)
}

impl Vm {
    /// A set's table; none for anything else.
    #[inline]
    pub(crate) fn set_table(&self, object: Ref) -> Option<&Set> {
        match &self.heap[object].value {
            Value::Set(set) => Some(set),
            _ => None,
        }
    }

    /// A set's table, to change it.
    #[inline]
    pub(crate) fn set_table_mut(&mut self, object: Ref) -> Option<&mut Set> {
        match &mut self.heap[object].value {
            Value::Set(set) => Some(set),
            _ => None,
        }
    }

    /// `PyAnySet_Check`
    pub(crate) fn is_any_set(&self, object: Ref) -> bool {
        matches!(self.heap[object].value, Value::Set(_))
    }

    /// A set of that class, with the elements of an iterable (`make_new_set`).
    pub(crate) fn new_set(&mut self, class: Ref, iterable: Option<Ref>) -> PyResult {
        let set = self.alloc_instance(class, Value::Set(Box::default()));
        if let Some(iterable) = iterable
            && let Err(stop) = self.set_update(set.borrow(), iterable)
        {
            self.release(set);
            return Err(stop);
        }
        Ok(set)
    }

    /// The builtin type that a set's type derives from: results of operators are of it.
    fn set_base(&self, set: Ref) -> Ref {
        if self.is_instance_of(set, types::SET) { types::SET } else { types::FROZENSET }
    }

    /// `set.copy()`, of the builtin type (`set_copy`).
    pub(crate) fn set_copy(&mut self, set: Ref) -> PyResult {
        let class = self.set_base(set);
        self.new_set(class, Some(set))
    }

    /// Does something to a new set; gives it back if that fails.
    fn finished_set(&mut self, set: Owned, result: PyResult<()>) -> PyResult {
        match result {
            Ok(()) => Ok(set),
            Err(stop) => {
                self.release(set);
                Err(stop)
            }
        }
    }
}
