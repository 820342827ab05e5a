//! `range` and its iterators (`Objects/rangeobject.c`)
#![allow(clippy::similar_names, reason = "start, stop and step are Python's own words")]

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::missing::unsupported_method;
use crate::object::sequence::Search;
use crate::object::value::Value;
use crate::types;
use crate::types::iterators::{holds, itself};
use crate::vm::{PyResult, Vm};

/// A range's payload: integers of any size, as objects.
struct Range {
    start: Option<Owned>,
    stop: Option<Owned>,
    step: Option<Owned>,
    length: Option<Owned>,
}
holds!(Range { start: "start", stop: "stop", step: "step", length: "length" });

/// The numbers of a range.
struct Numbers {
    start: BigInt,
    stop: BigInt,
    step: BigInt,
    length: BigInt,
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "range",
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        new: Some(new),
        bool: Some(truth),
        length: Some(length),
        subscript: Some(subscript),
        item: Some(item),
        contains: Some(contains),
        ..Slots::NONE
    },
    methods: &[
        Method { name: "__reversed__", kind: MethodKind::Instance, arity: Arity::None, call: reversed },
        Method { name: "count", kind: MethodKind::Instance, arity: Arity::One, call: count },
        Method { name: "index", kind: MethodKind::Instance, arity: Arity::One, call: index },
        unsupported_method!("range", "__reduce__"),
    ],
    getsets: &[
        GetSet { name: "start", get: |vm, range| part(vm, range, 0), set: None, member: true },
        GetSet { name: "stop", get: |vm, range| part(vm, range, 1), set: None, member: true },
        GetSet { name: "step", get: |vm, range| part(vm, range, 2), set: None, member: true },
    ],
    flags: Flags(Flags::SEQUENCE | Flags::VECTORCALL),
    ..NativeType::PLAIN
};

/// How many numbers a range has.
fn length_of(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let (low, high, step) = if step.is_negative() { (stop, start, -step) } else { (start, stop, step.clone()) };
    if low >= high { BigInt::zero() } else { (high - low - 1) / step + 1 }
}

impl Vm {
    /// Start, stop, step and length of a range, as objects.
    fn range_parts(&self, range: Ref) -> Option<[Ref; 4]> {
        let Range { start, stop, step, length } = self.payload(range)?;
        let [start, stop, step, length] = [start, stop, step, length].map(|part| part.as_ref().map(Owned::borrow));
        Some([start?, stop?, step?, length?])
    }

    fn range_numbers(&mut self, range: Ref) -> PyResult<Numbers> {
        let numbers = self.range_parts(range).and_then(|parts| {
            let [start, stop, step, length] = parts.map(|part| self.long_value(part));
            Some(Numbers { start: start?, stop: stop?, step: step?, length: length? })
        });
        numbers.ok_or_else(|| self.type_error("range expected"))
    }

    /// A range; takes over its three parts.
    fn make_range(&mut self, start: Owned, stop: Owned, step: Owned) -> Owned {
        let [from, to, by] = [&start, &stop, &step].map(|part| self.long_value(part.borrow()).unwrap_or_default());
        let length = self.big_int(length_of(&from, &to, &by));
        let range = Range { start: Some(start), stop: Some(stop), step: Some(step), length: Some(length) };
        self.make(types::RANGE, Value::Native(Box::new(range)))
    }
}

fn new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("range", args)?;
    vm.check_positional("range", args.values.len(), 1, 3)?;
    if let [stop] = *args.values {
        let stop = vm.index(stop)?;
        let (start, step) = (vm.int(0), vm.int(1));
        return new_range(vm, start, stop, step);
    }
    let start = vm.index(args.values[0])?;
    let stop = match vm.index(args.values[1]) {
        Ok(stop) => stop,
        Err(error) => {
            vm.release(start);
            return Err(error);
        }
    };
    let step = match args.values.get(2) {
        Some(&step) => range_step(vm, step),
        None => Ok(vm.int(1)),
    };
    match step {
        Ok(step) => new_range(vm, start, stop, step),
        Err(error) => {
            vm.release(start);
            vm.release(stop);
            Err(error)
        }
    }
}

/// CPython finds the length by comparing objects, which fails where native calls are nested too deep.
fn new_range(vm: &mut Vm, start: Owned, stop: Owned, step: Owned) -> PyResult {
    match vm.recursive(" in comparison", |_| Ok(())) {
        Ok(()) => Ok(vm.make_range(start, stop, step)),
        Err(error) => {
            vm.release_all(vec![start, stop, step]);
            Err(error)
        }
    }
}

fn range_step(vm: &mut Vm, step: Ref) -> PyResult {
    let step = vm.index(step)?;
    if vm.long_value(step.borrow()).is_some_and(|step| step.is_zero()) {
        vm.release(step);
        return Err(vm.value_error("range() arg 3 must not be zero"));
    }
    Ok(step)
}

fn part(vm: &mut Vm, range: Ref, index: usize) -> PyResult {
    let part = vm.range_parts(range).map_or(types::NONE, |parts| parts[index]);
    Ok(vm.retain(part))
}

fn repr(vm: &mut Vm, range: Ref) -> PyResult {
    let Numbers { start, stop, step, .. } = vm.range_numbers(range)?;
    let text = if step.is_one() { format!("range({start}, {stop})") } else { format!("range({start}, {stop}, {step})") };
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, range: Ref) -> PyResult<i64> {
    let Some([start, _, step, length]) = vm.range_parts(range) else { return Ok(0) };
    let items = match vm.long_value(length).and_then(|length| length.to_u64()) {
        Some(0) => [length, types::NONE, types::NONE],
        Some(1) => [length, start, types::NONE],
        _ => [length, start, step],
    };
    let mut hashes = Vec::with_capacity(3);
    for item in items {
        hashes.push(vm.hash_of(item)?);
    }
    Ok(crate::hash::tuple(hashes.into_iter()))
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if vm.range_parts(right).is_none() || !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let (ours, theirs) = (vm.range_numbers(left)?, vm.range_numbers(right)?);
    let equal = ours.length == theirs.length
        && (ours.length.is_zero() || ours.start == theirs.start && (ours.length.is_one() || ours.step == theirs.step));
    Ok(vm.bool(equal == (op == CompareOperator::Eq)))
}

fn truth(vm: &mut Vm, range: Ref) -> PyResult<bool> {
    Ok(!vm.range_numbers(range)?.length.is_zero())
}

fn length(vm: &mut Vm, range: Ref) -> PyResult<usize> {
    let length = vm.range_numbers(range)?.length;
    match length.to_i64() {
        Some(length) => Ok(length as usize),
        None => Err(vm.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// The number at an index, which may count from the end.
fn number_at(vm: &mut Vm, range: Ref, index: BigInt) -> PyResult {
    let Numbers { start, step, length, .. } = vm.range_numbers(range)?;
    let index = if index.is_negative() { index + &length } else { index };
    if index.is_negative() || index >= length {
        return Err(vm.index_error("range object index out of range"));
    }
    Ok(vm.big_int(start + index * step))
}

fn item(vm: &mut Vm, range: Ref, index: i64) -> PyResult {
    number_at(vm, range, BigInt::from(index))
}

fn subscript(vm: &mut Vm, range: Ref, key: Ref) -> PyResult {
    if vm.class(vm.class_of(key)).slots.index.is_some() {
        let index = vm.long_index(key)?;
        return number_at(vm, range, index);
    }
    if vm.class_of(key) != types::SLICE {
        let message = format!("range indices must be integers or slices, not {}", vm.type_name(key));
        return Err(vm.type_error(message));
    }
    let Numbers { start, step, length, .. } = vm.range_numbers(range)?;
    let length = vm.big_int(length);
    let bounds = vm.lend(length, |vm, length| vm.slice_long_indices(key, length))?;
    let [from, to, by] = bounds.map(|bound| {
        let value = vm.long_value(bound.borrow()).unwrap_or_default();
        vm.release(bound);
        value
    });
    let by = vm.big_int(&step * by);
    let from = vm.big_int(&start + from * &step);
    let to = vm.big_int(start + to * step);
    Ok(vm.make_range(from, to, by))
}

/// The place of a number in a range; none if it is not there.
fn place_of(numbers: &Numbers, number: &BigInt) -> Option<BigInt> {
    let (place, rest) = (number - &numbers.start).div_mod_floor(&numbers.step);
    (rest.is_zero() && !place.is_negative() && place < numbers.length).then_some(place)
}

/// What a search for an object finds.
enum Found {
    At(BigInt),
    Nothing,
    /// It is no exact integer: it has to be compared with each number.
    Unknown,
}

fn search(vm: &mut Vm, range: Ref, wanted: Ref) -> PyResult<Found> {
    if !matches!(vm.class_of(wanted), types::INT | types::BOOL) {
        return Ok(Found::Unknown);
    }
    let numbers = vm.range_numbers(range)?;
    let place = vm.long_value(wanted).and_then(|wanted| place_of(&numbers, &wanted));
    Ok(place.map_or(Found::Nothing, Found::At))
}

fn contains(vm: &mut Vm, range: Ref, wanted: Ref) -> PyResult<bool> {
    match search(vm, range, wanted)? {
        Found::At(_) => Ok(true),
        Found::Nothing => Ok(false),
        Found::Unknown => Ok(vm.search_by_iteration(range, wanted, Search::Contains)? > 0),
    }
}

fn count(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let count = match search(vm, args.this(), args.values[1])? {
        Found::At(_) => 1,
        Found::Nothing => 0,
        Found::Unknown => vm.search_by_iteration(args.this(), args.values[1], Search::Count)?,
    };
    Ok(vm.int(count))
}

fn index(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match search(vm, args.this(), args.values[1])? {
        Found::At(place) => Ok(vm.big_int(place)),
        Found::Nothing => {
            let mut message = String::new();
            vm.push_repr(&mut message, args.values[1])?;
            message.push_str(" is not in range");
            Err(vm.value_error(message))
        }
        Found::Unknown => {
            let place = vm.search_by_iteration(args.this(), args.values[1], Search::Index)?;
            Ok(vm.int(place))
        }
    }
}

// ---- iterators ----

/// Iterator over numbers that do not fit: the next one, the step, how many are left, as objects. Up to 3.11 the first one, the
/// step and the length, and the index of the next.
struct LongIterator {
    index: Option<Owned>,
    start: Option<Owned>,
    step: Option<Owned>,
    left: Option<Owned>,
}
holds!(LongIterator { index: "index", start: "start", step: "step", left: "length" });

pub(crate) static ITERATOR: NativeType = NativeType {
    name: "range_iterator",
    slots: Slots { iter: Some(itself), next: Some(iterator_next), ..Slots::NONE },
    methods: &[
        Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: iterator_hint },
        Method { name: "__setstate__", kind: MethodKind::Instance, arity: Arity::One, call: iterator_set_state },
        unsupported_method!("range_iterator", "__reduce__"),
    ],
    flags: Flags(Flags::NO_NEW),
    ..NativeType::PLAIN
};

pub(crate) static LONG_ITERATOR: NativeType = NativeType {
    name: "longrange_iterator",
    slots: Slots { iter: Some(itself), next: Some(long_next), ..Slots::NONE },
    methods: &[
        Method { name: "__length_hint__", kind: MethodKind::Instance, arity: Arity::None, call: long_hint },
        unsupported_method!("longrange_iterator", "__setstate__"),
        unsupported_method!("longrange_iterator", "__reduce__"),
    ],
    flags: Flags(Flags::NO_NEW),
    ..NativeType::PLAIN
};

fn iter(vm: &mut Vm, range: Ref) -> PyResult {
    let numbers = vm.range_numbers(range)?;
    let small = [&numbers.start, &numbers.stop, &numbers.step, &numbers.length].map(ToPrimitive::to_i64);
    if let [Some(start), Some(stop), Some(step), Some(length)] = small {
        // One step beyond the last number must fit too.
        let fits = if step > 0 { stop <= i64::MAX - (step - 1) } else { stop >= i64::MIN + (-1 - step) };
        if length == 0 || fits {
            return Ok(vm.make(types::RANGE_ITERATOR, Value::RangeIterator(start, step, length as u64)));
        }
    }
    let Some([start, _, step, length]) = vm.range_parts(range) else {
        return Err(vm.type_error("range expected"));
    };
    let [start, step, length] = [start, step, length].map(|part| vm.retain(part));
    Ok(long_iterator(vm, start, step, length))
}

fn long_iterator(vm: &mut Vm, start: Owned, step: Owned, left: Owned) -> Owned {
    let index = vm.profile.long_range_iterators_count.then(|| vm.int(0));
    let iterator = LongIterator { index, start: Some(start), step: Some(step), left: Some(left) };
    vm.make(types::LONG_RANGE_ITERATOR, Value::Native(Box::new(iterator)))
}

fn reversed(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Numbers { start, step, length, .. } = vm.range_numbers(args.this())?;
    let last = &start + (&length - 1) * &step;
    let beyond = &start - &step;
    let small = [&start, &step, &length, &last, &beyond].map(ToPrimitive::to_i64);
    if let [Some(_), Some(step), Some(length), Some(last), Some(_)] = small
        && let Some(back) = step.checked_neg()
    {
        return Ok(vm.make(types::RANGE_ITERATOR, Value::RangeIterator(last, back, length as u64)));
    }
    let (next, back, left) = (vm.big_int(last), vm.big_int(-step), vm.big_int(length));
    Ok(long_iterator(vm, next, back, left))
}

fn iterator_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    Ok(vm.next_in_range(iterator))
}

impl Vm {
    /// The next number of an iterator over a range.
    #[inline]
    pub(crate) fn next_in_range(&mut self, iterator: Ref) -> Option<Owned> {
        let Value::RangeIterator(next, step, left) = &mut self.heap[iterator].value else { return None };
        if *left == 0 {
            return None;
        }
        let number = *next;
        *next = next.wrapping_add(*step);
        *left -= 1;
        Some(self.int(number))
    }
}

fn iterator_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    match vm.heap[args.this()].value {
        Value::RangeIterator(_, _, left) => Ok(vm.int(left as i64)),
        _ => Ok(vm.int(0)),
    }
}

fn iterator_set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let index = u64::try_from(vm.plain_ssize(args.values[1])?).unwrap_or(0);
    if let Value::RangeIterator(next, step, left) = &mut vm.heap[args.this()].value {
        let index = index.min(*left);
        *next = next.wrapping_add(step.wrapping_mul(index as i64));
        *left -= index;
    }
    Ok(vm.none())
}

fn long_next(vm: &mut Vm, iterator: Ref) -> PyResult<Option<Owned>> {
    let Some(LongIterator { index, start: Some(start), step: Some(step), left: Some(left) }) = vm.payload(iterator) else {
        return Ok(None);
    };
    let index = index.as_ref().map(|index| vm.long_value(index.borrow()).unwrap_or_default());
    let [start, step, left] = [start, step, left].map(|part| vm.long_value(part.borrow()).unwrap_or_default());
    if index.as_ref().map_or(!left.is_positive(), |index| *index >= left) {
        return Ok(None);
    }
    let (result, old) = if let Some(index) = index {
        let result = vm.big_int(start + &index * step);
        let index = vm.big_int(index + 1);
        (Some(result), vm.payload_mut::<LongIterator>(iterator).and_then(|state| state.index.replace(index)))
    } else {
        let (start, left) = (vm.big_int(start + step), vm.big_int(left - 1));
        let state = vm.payload_mut::<LongIterator>(iterator);
        state.map_or((None, None), |state| (state.start.replace(start), state.left.replace(left)))
    };
    vm.release_option(old);
    Ok(result)
}

fn long_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(LongIterator { index, left: Some(left), .. }) = vm.payload(args.this()) else { return Ok(vm.int(0)) };
    let (index, left) = (index.as_ref().map(Owned::borrow), left.borrow());
    let Some(index) = index else { return Ok(vm.retain(left)) };
    let (index, left) = (vm.long_value(index).unwrap_or_default(), vm.long_value(left).unwrap_or_default());
    Ok(vm.big_int(left - index))
}
