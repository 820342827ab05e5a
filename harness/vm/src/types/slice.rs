//! `slice` (`Objects/sliceobject.c`)
#![allow(clippy::similar_names, reason = "start, stop and step are Python's own words")]

use num_bigint::{BigInt, Sign};
use num_traits::Signed;
use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A slice's payload.
pub(crate) struct Slice {
    start: Option<Owned>,
    stop: Option<Owned>,
    step: Option<Owned>,
}

impl Slice {
    /// Start, stop and step.
    pub(crate) fn parts(&self) -> Option<(Ref, Ref, Ref)> {
        let [start, stop, step] = [&self.start, &self.stop, &self.step].map(|part| part.as_ref().map(Owned::borrow));
        Some((start?, stop?, step?))
    }
}

impl Native for Slice {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, part) in [("start", &self.start), ("stop", &self.stop), ("step", &self.step)] {
            if let Some(part) = part {
                see(Role::Field(name), part.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.step.take(), self.start.take(), self.stop.take()].into_iter().flatten());
    }

    fn clear(&mut self, _out: &mut Vec<Owned>) {}
}

pub(crate) static TYPE: NativeType = NativeType {
    name: "slice",
    slots: Slots { repr: Some(repr), hash: Some(hash), compare: Some(compare), new: Some(new), ..Slots::NONE },
    methods: &[
        Method { name: "indices", kind: MethodKind::Instance, arity: Arity::One, call: indices },
        Method {
            name: "__reduce__",
            kind: MethodKind::Instance,
            arity: Arity::None,
            call: |vm, args| {
                let parts = vm.slice_parts(args.this()).unwrap_or([types::NONE; 3]);
                Ok(vm.reduced_to(args.this(), &parts))
            },
        },
    ],
    getsets: &[
        GetSet { name: "start", get: |vm, slice| part(vm, slice, 0), set: None, member: true },
        GetSet { name: "stop", get: |vm, slice| part(vm, slice, 1), set: None, member: true },
        GetSet { name: "step", get: |vm, slice| part(vm, slice, 2), set: None, member: true },
    ],
    flags: Flags(Flags::GC),
    ..NativeType::PLAIN
};

impl Vm {
    /// A slice; takes over its three parts.
    pub(crate) fn new_slice(&mut self, start: Owned, stop: Owned, step: Owned) -> Owned {
        let slice = Slice { start: Some(start), stop: Some(stop), step: Some(step) };
        self.make_tracked(types::SLICE, Value::Native(Box::new(slice)))
    }

    /// Start, stop and step of a slice; none for anything else.
    fn slice_parts(&self, slice: Ref) -> Option<[Ref; 3]> {
        self.payload::<Slice>(slice).and_then(Slice::parts).map(|(start, stop, step)| [start, stop, step])
    }

    /// A slice's numbers for a length of any size: start, stop, step (`_PySlice_GetLongIndices`). A bound that fits is itself the
    /// result, and so is the length where it is the bound.
    pub(crate) fn slice_long_indices(&mut self, slice: Ref, length: Ref) -> PyResult<[Owned; 3]> {
        let Some([start, stop, step]) = self.slice_parts(slice) else {
            return Err(self.type_error("slice expected"));
        };
        let step = self.slice_index_object(step)?.unwrap_or_else(|| self.int(1));
        let sign = self.long_value(step.borrow()).map_or(Sign::NoSign, |step| step.sign());
        if sign == Sign::NoSign {
            self.release(step);
            return Err(self.value_error("slice step cannot be zero"));
        }
        let backwards = sign == Sign::Minus;
        let lower = self.int(-i64::from(backwards));
        let upper = if backwards {
            let last = self.long_value(length).unwrap_or_default() - 1;
            self.big_int(last)
        } else {
            self.retain(length)
        };
        let (first, last) = if backwards { (&upper, &lower) } else { (&lower, &upper) };
        let limits = [length, lower.borrow(), upper.borrow()];
        let start = self.fitted_bound(start, first.borrow(), limits);
        let bounds = start.and_then(|start| match self.fitted_bound(stop, last.borrow(), limits) {
            Ok(stop) => Ok([start, stop]),
            Err(failed) => {
                self.release(start);
                Err(failed)
            }
        });
        self.release(upper);
        self.release(lower);
        match bounds {
            Ok([start, stop]) => Ok([start, stop, step]),
            Err(failed) => {
                self.release(step);
                Err(failed)
            }
        }
    }

    /// One bound of a slice, within the limits: the length, the lower bound and the upper one.
    fn fitted_bound(&mut self, bound: Ref, default: Ref, [length, lower, upper]: [Ref; 3]) -> PyResult {
        let Some(bound) = self.slice_index_object(bound)? else { return Ok(self.retain(default)) };
        let value = |vm: &Self, object: Ref| vm.long_value(object).unwrap_or_default();
        let (number, lowest, highest) = (value(self, bound.borrow()), value(self, lower), value(self, upper));
        let fitted = if number.is_negative() {
            let number = number + value(self, length);
            if number < lowest { self.retain(lower) } else { self.big_int(number) }
        } else if number > highest {
            self.retain(upper)
        } else {
            return Ok(bound);
        };
        self.release(bound);
        Ok(fitted)
    }

    /// A bound of a slice as an integer of any size; none for `None` (`evaluate_slice_index`).
    fn slice_index_object(&mut self, bound: Ref) -> PyResult<Option<Owned>> {
        if bound == types::NONE {
            return Ok(None);
        }
        if self.class(self.class_of(bound)).slots.index.is_none() {
            return Err(self.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        self.index(bound).map(Some)
    }

    /// `operator.index(object)` as a number.
    pub(crate) fn long_index(&mut self, object: Ref) -> PyResult<BigInt> {
        let index = self.index(object)?;
        let value = self.long_value(index.borrow()).unwrap_or_default();
        self.release(index);
        Ok(value)
    }

    /// An integer's value; none for anything else.
    pub(crate) fn long_value(&self, object: Ref) -> Option<BigInt> {
        match &self.heap[object].value {
            Value::Int(value) => Some(BigInt::from(*value)),
            Value::BigInt(value) => Some((**value).clone()),
            _ => None,
        }
    }
}

fn new(vm: &mut Vm, _class: Ref, args: &Args<'_>) -> PyResult {
    vm.no_keywords("slice", args)?;
    vm.check_positional("slice", args.values.len(), 1, 3)?;
    let (start, stop, step) = match *args.values {
        [stop] => (types::NONE, stop, types::NONE),
        [start, stop] => (start, stop, types::NONE),
        [start, stop, step] => (start, stop, step),
        _ => return Err(vm.type_error("slice expected at most 3 arguments")),
    };
    let (start, stop, step) = (vm.retain(start), vm.retain(stop), vm.retain(step));
    Ok(vm.new_slice(start, stop, step))
}

fn part(vm: &mut Vm, slice: Ref, index: usize) -> PyResult {
    let part = vm.slice_parts(slice).map_or(types::NONE, |parts| parts[index]);
    Ok(vm.retain(part))
}

fn repr(vm: &mut Vm, slice: Ref) -> PyResult {
    let mut text = "slice(".to_owned();
    for (index, part) in vm.slice_parts(slice).into_iter().flatten().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        vm.push_repr(&mut text, part)?;
    }
    text.push(')');
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, slice: Ref) -> PyResult<i64> {
    let mut hashes = Vec::with_capacity(3);
    for part in vm.slice_parts(slice).into_iter().flatten() {
        hashes.push(vm.hash_of(part)?);
    }
    Ok(crate::hash::slice(hashes.into_iter()))
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let (Some(ours), Some(theirs)) = (vm.slice_parts(left), vm.slice_parts(right)) else {
        return Ok(vm.not_implemented());
    };
    if left == right {
        return Ok(vm.bool(matches!(op, CompareOperator::Eq | CompareOperator::Le | CompareOperator::Ge)));
    }
    let (ours, theirs) = (vm.tuple_of(&ours), vm.tuple_of(&theirs));
    let result = vm.rich_compare(ours.borrow(), theirs.borrow(), op);
    vm.release(ours);
    vm.release(theirs);
    result
}

fn indices(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let length = vm.index(args.values[1])?;
    vm.lend(length, |vm, length| {
        if vm.long_value(length).is_some_and(|length| length.is_negative()) {
            return Err(vm.value_error("length should not be negative"));
        }
        let numbers = vm.slice_long_indices(args.this(), length)?;
        Ok(vm.new_tuple(numbers.into()))
    })
}
