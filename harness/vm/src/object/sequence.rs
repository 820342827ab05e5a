//! Sequences and iterables as such: collecting, unpacking, slicing by index (`Objects/abstract.c`, `Objects/sliceobject.c`).
#![allow(clippy::similar_names, reason = "start, stop and step are Python's own words")]

use num_traits::ToPrimitive;

use crate::heap::{Owned, Ref};
use crate::object::args::Operands;
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::types::slice::Slice;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

impl Vm {
    // ---- collecting ----

    /// The items of an iterable, as `list(iterable)` takes them: asks for a length hint too.
    pub(crate) fn collect(&mut self, iterable: Ref) -> PyResult<Vec<Owned>> {
        if let Some(items) = self.items_at_once(iterable) {
            return Ok(items);
        }
        let iterator = self.get_iter(iterable)?;
        let items = match self.length_hint(iterable, 8) {
            Ok(_) => self.drain_iterator(iterator.borrow()),
            Err(stop) => Err(stop),
        };
        self.release(iterator);
        items
    }

    /// The items of a container that CPython copies without an iterator.
    fn items_at_once(&mut self, iterable: Ref) -> Option<Vec<Owned>> {
        let class = self.class_of(iterable);
        let items: Operands = match &self.heap[iterable].value {
            Value::List(items) if class == types::LIST => items.iter().map(Owned::borrow).collect(),
            Value::Tuple(items) if class == types::TUPLE => items.iter().map(Owned::borrow).collect(),
            _ => return None,
        };
        Some(items.into_iter().map(|item| self.retain(item)).collect())
    }

    /// Whatever an iterator still yields. What was collected before an error is given back, the last first.
    fn drain_iterator(&mut self, iterator: Ref) -> PyResult<Vec<Owned>> {
        let mut items = Vec::new();
        loop {
            match self.next(iterator) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(items),
                Err(stop) => {
                    self.release_last_first(items);
                    return Err(stop);
                }
            }
        }
    }

    /// Gives back the items of a list or tuple that is no more.
    #[cfg_attr(feature = "faults", track_caller)]
    pub(crate) fn release_last_first(&mut self, mut items: Vec<Owned>) {
        items.reverse();
        self.release_all(items);
    }

    /// Runs `body` for each item of an iterable until it says `false`.
    pub(crate) fn iterate(&mut self, iterable: Ref, mut body: impl FnMut(&mut Self, Owned) -> PyResult<bool>) -> PyResult<()> {
        let iterator = self.get_iter(iterable)?;
        let result = loop {
            match self.next(iterator.borrow()) {
                Ok(Some(item)) => match body(self, item) {
                    Ok(true) => {}
                    Ok(false) => break Ok(()),
                    Err(stop) => break Err(stop),
                },
                Ok(None) => break Ok(()),
                Err(stop) => break Err(stop),
            }
        };
        self.release(iterator);
        result
    }

    /// Whether an object has items by index (`PySequence_Check`).
    pub(crate) fn is_sequence(&self, object: Ref) -> bool {
        self.dict(object).is_none() && self.class(self.class_of(object)).slots.item.is_some()
    }

    /// `PySequence_List`: a new list.
    pub(crate) fn sequence_list(&mut self, iterable: Ref) -> PyResult {
        let list = self.new_list(Vec::new());
        match self.list_extend(list.borrow(), iterable) {
            Ok(()) => Ok(list),
            Err(stop) => {
                self.release(list);
                Err(stop)
            }
        }
    }

    /// `PySequence_Tuple`: an exact tuple is itself.
    pub(crate) fn sequence_tuple(&mut self, iterable: Ref) -> PyResult {
        if self.class_of(iterable) == types::TUPLE {
            return Ok(self.retain(iterable));
        }
        if let Some(items) = self.items_at_once(iterable) {
            return Ok(self.new_tuple(items));
        }
        let iterator = self.get_iter(iterable)?;
        let items = match self.length_hint(iterable, 10) {
            Ok(_) => self.drain_iterator(iterator.borrow()),
            Err(stop) => Err(stop),
        };
        let tuple = items.map(|items| self.new_tuple(items));
        self.release(iterator);
        tuple
    }

    /// `PySequence_Fast`: an exact list or tuple is itself, anything else becomes a list. `message` is the `TypeError` for what
    /// can't be iterated.
    pub(crate) fn sequence_fast(&mut self, iterable: Ref, message: &str) -> PyResult {
        if matches!(self.class_of(iterable), types::LIST | types::TUPLE) {
            return Ok(self.retain(iterable));
        }
        let iterator = match self.get_iter(iterable) {
            Ok(iterator) => iterator,
            Err(stop) => {
                self.swallow(stop, types::TYPE_ERROR)?;
                return Err(self.type_error(message));
            }
        };
        let list = self.sequence_list(iterator.borrow());
        self.release(iterator);
        list
    }

    /// As [`Vm::told_length_hint`], for a guess that is only good for making room.
    pub(crate) fn length_hint(&mut self, object: Ref, default: usize) -> PyResult<usize> {
        let class = self.class(self.class_of(object));
        if class.slots.length.is_none() && !class.flags.has(Flags::HEAP) && self.hints_quietly(object) {
            return Ok(default);
        }
        self.told_length_hint(object, default)
    }

    /// How many items an object says it has or will yield (`PyObject_LengthHint`).
    pub(crate) fn told_length_hint(&mut self, object: Ref, default: usize) -> PyResult<usize> {
        if self.class(self.class_of(object)).slots.length.is_some() {
            match self.length(object) {
                Ok(length) => return Ok(length),
                Err(stop) => self.swallow(stop, types::TYPE_ERROR)?,
            }
        }
        let Some(hint) = self.lookup_special_named(object, names::LENGTH_HINT)? else { return Ok(default) };
        let result = self.call_pos(hint.borrow(), &[]);
        self.release(hint);
        let result = match result {
            Ok(result) => result,
            Err(stop) => {
                self.swallow(stop, types::TYPE_ERROR)?;
                return Ok(default);
            }
        };
        let hint = self.checked_length_hint(result.borrow(), default);
        self.release(result);
        hint
    }

    fn checked_length_hint(&mut self, result: Ref, default: usize) -> PyResult<usize> {
        if result == types::NOT_IMPLEMENTED {
            return Ok(default);
        }
        match &self.heap[result].value {
            Value::Int(hint) => match usize::try_from(*hint) {
                Ok(hint) => Ok(hint),
                Err(_) => Err(self.value_error("__length_hint__() should return >= 0")),
            },
            Value::BigInt(_) => Err(self.overflow_error("Python int too large to convert to C ssize_t")),
            _ => {
                let message = format!("__length_hint__ must be an integer, not {}", self.type_name(result));
                Err(self.type_error(message))
            }
        }
    }

    /// Whether asking that builtin iterator for its length hint runs nobody's code: then nobody sees whether it was asked.
    fn hints_quietly(&self, object: Ref) -> bool {
        !matches!(self.class_of(object), types::SEQUENCE_ITERATOR | types::REVERSED)
    }

    /// How often an object stands in an iterable, where it stands first, whether it does (`_PySequence_IterSearch`).
    pub(crate) fn search_by_iteration(&mut self, iterable: Ref, object: Ref, search: Search) -> PyResult<i64> {
        let iterator = match self.get_iter(iterable) {
            Ok(iterator) => iterator,
            Err(stop) => {
                self.swallow(stop, types::TYPE_ERROR)?;
                let message = format!("argument of type '{}' is not iterable", self.type_name(iterable));
                return Err(self.type_error(message));
            }
        };
        let found = self.search_iterator(iterator.borrow(), object, search);
        self.release(iterator);
        found
    }

    fn search_iterator(&mut self, iterator: Ref, object: Ref, search: Search) -> PyResult<i64> {
        let mut count = 0;
        while let Some(item) = self.next(iterator)? {
            let same = self.equal(item.borrow(), object);
            self.release(item);
            match (same?, search) {
                (true, Search::Contains) => return Ok(1),
                (true, Search::Index) => return Ok(count),
                (true, Search::Count) | (false, Search::Index) => count += 1,
                (false, _) => {}
            }
        }
        match search {
            Search::Index => Err(self.value_error("sequence.index(x): x not in sequence")),
            Search::Count | Search::Contains => Ok(count),
        }
    }

    // ---- unpacking ----

    /// The `count` items of an iterable, in order (`UNPACK_SEQUENCE`).
    pub(crate) fn unpack_sequence(&mut self, value: Ref, count: usize) -> PyResult<Vec<Owned>> {
        let length = match &self.heap[value].value {
            Value::Tuple(items) if self.class_of(value) == types::TUPLE => Some(items.len()),
            Value::List(items) if self.class_of(value) == types::LIST => Some(items.len()),
            _ => None,
        };
        if length == Some(count)
            && let Some(items) = self.items_at_once(value)
        {
            return Ok(items);
        }
        let iterator = self.unpacking_iterator(value)?;
        let mut items = Vec::with_capacity(count);
        let result = self.unpack_exactly(iterator.borrow(), count, &mut items);
        if result.is_err() {
            self.release_last_first(items);
            self.release(iterator);
            return result.map(|()| Vec::new());
        }
        self.release(iterator);
        Ok(items)
    }

    fn unpack_exactly(&mut self, iterator: Ref, count: usize, items: &mut Vec<Owned>) -> PyResult<()> {
        self.unpack_some(iterator, count, items, |got| format!("not enough values to unpack (expected {count}, got {got})"))?;
        match self.next(iterator)? {
            None => Ok(()),
            Some(surplus) => {
                self.release(surplus);
                Err(self.value_error(format!("too many values to unpack (expected {count})")))
            }
        }
    }

    /// The first `before` items of an iterable, a list of the next ones, and the last `after` (`UNPACK_EX`).
    pub(crate) fn unpack_ex(&mut self, value: Ref, before: usize, after: usize) -> PyResult<Vec<Owned>> {
        let iterator = self.unpacking_iterator(value)?;
        let mut items = Vec::with_capacity(before + 1 + after);
        let result = self.unpack_around(iterator.borrow(), before, after, &mut items);
        if result.is_err() {
            self.release_last_first(items);
            self.release(iterator);
            return result.map(|()| Vec::new());
        }
        self.release(iterator);
        Ok(items)
    }

    fn unpack_around(&mut self, iterator: Ref, before: usize, after: usize, items: &mut Vec<Owned>) -> PyResult<()> {
        let least = before + after;
        let short = |got| format!("not enough values to unpack (expected at least {least}, got {got})");
        self.unpack_some(iterator, before, items, short)?;
        let list = self.sequence_list(iterator)?;
        let length = self.list(list.borrow()).map_or(0, Vec::len);
        let middle = list.borrow();
        items.push(list);
        if length < after {
            return Err(self.value_error(short(before + length)));
        }
        if let Some(list) = self.list_mut(middle) {
            items.extend(list.drain(length - after..));
        }
        Ok(())
    }

    fn unpack_some(
        &mut self,
        iterator: Ref,
        count: usize,
        items: &mut Vec<Owned>,
        short: impl Fn(usize) -> String,
    ) -> PyResult<()> {
        while items.len() < count {
            match self.next(iterator)? {
                Some(item) => items.push(item),
                None => return Err(self.value_error(short(items.len()))),
            }
        }
        Ok(())
    }

    fn unpacking_iterator(&mut self, value: Ref) -> PyResult {
        self.get_iter(value).or_else(|stop| {
            let slots = &self.class(self.class_of(value)).slots;
            if slots.iter.is_none() && slots.item.is_none() {
                self.swallow(stop, types::TYPE_ERROR)?;
                let message = format!("cannot unpack non-iterable {} object", self.type_name(value));
                return Err(self.type_error(message));
            }
            Err(stop)
        })
    }

    // ---- indices ----

    /// The numbers of a slice, not yet fitted to a length: start, stop, step (`PySlice_Unpack`). Runs `__index__` methods.
    pub(crate) fn slice_unpack(&mut self, slice: Ref) -> PyResult<(i64, i64, i64)> {
        let Some((start, stop, step)) = self.payload::<Slice>(slice).and_then(Slice::parts) else {
            return Err(self.type_error("slice expected"));
        };
        let step = if step == types::NONE { 1 } else { self.slice_index(step)?.max(-i64::MAX) };
        if step == 0 {
            return Err(self.value_error("slice step cannot be zero"));
        }
        let start = match start {
            types::NONE if step < 0 => i64::MAX,
            types::NONE => 0,
            start => self.slice_index(start)?,
        };
        let stop = match stop {
            types::NONE if step < 0 => i64::MIN,
            types::NONE => i64::MAX,
            stop => self.slice_index(stop)?,
        };
        Ok((start, stop, step))
    }

    /// A slice's numbers for a sequence of that length: start, stop, step, and how many items (`PySlice_GetIndicesEx`).
    pub(crate) fn slice_indices(&mut self, slice: Ref, length: usize) -> PyResult<(i64, i64, i64, usize)> {
        let (start, stop, step) = self.slice_unpack(slice)?;
        Ok(adjust_indices(length, start, stop, step))
    }

    /// A bound of a slice: an index, clamped (`_PyEval_SliceIndex`).
    fn slice_index(&mut self, bound: Ref) -> PyResult<i64> {
        if let Value::Int(value) = self.heap[bound].value {
            return Ok(value);
        }
        if self.class(self.class_of(bound)).slots.index.is_none() {
            return Err(self.type_error("slice indices must be integers or None or have an __index__ method"));
        }
        self.as_index(bound, None)
    }

    /// A start or stop argument of `index` methods (`_PyEval_SliceIndexNotNone`).
    pub(crate) fn search_bound(&mut self, bound: Ref) -> PyResult<i64> {
        if self.class(self.class_of(bound)).slots.index.is_none() {
            return Err(self.type_error("slice indices must be integers or have an __index__ method"));
        }
        self.as_index(bound, None)
    }

    /// An argument that is a `Py_ssize_t`.
    pub(crate) fn ssize_argument(&mut self, argument: Ref) -> PyResult<i64> {
        let index = self.index(argument)?;
        let value = match &self.heap[index.borrow()].value {
            Value::Int(value) => Some(*value),
            Value::BigInt(value) => value.to_i64(),
            _ => None,
        };
        self.release(index);
        value.ok_or_else(|| self.overflow_error("Python int too large to convert to C ssize_t"))
    }
}

/// See [`Vm::search_by_iteration`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// How often.
    Count,
    /// Where first; a `ValueError` if nowhere.
    Index,
    /// Whether: 1 or 0.
    Contains,
}

/// Fits a slice to a length (`PySlice_AdjustIndices`): start, stop, step, and the number of items.
pub(crate) fn adjust_indices(length: usize, start: i64, stop: i64, step: i64) -> (i64, i64, i64, usize) {
    let length = length as i64;
    let fit = |bound: i64| {
        if bound < 0 {
            let bound = bound.saturating_add(length);
            if bound < 0 { if step < 0 { -1 } else { 0 } } else { bound }
        } else if bound >= length {
            if step < 0 { length - 1 } else { length }
        } else {
            bound
        }
    };
    let (start, stop) = (fit(start), fit(stop));
    let count = if step < 0 {
        if stop < start { (start - stop - 1) / -step + 1 } else { 0 }
    } else if start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    (start, stop, step, count as usize)
}

#[cfg(test)]
mod tests {
    use super::adjust_indices;

    #[test]
    fn slices_are_fitted_as_slice_indices_does() {
        // slice(a, b, c).indices(n) and len(range(*...)) in CPython
        for (length, start, stop, step, expected) in [
            (5, 0, i64::MAX, 1, (0, 5, 1, 5)),
            (5, i64::MAX, i64::MIN, -1, (4, -1, -1, 5)),
            (5, -2, i64::MAX, 1, (3, 5, 1, 2)),
            (5, 1, -1, 2, (1, 4, 2, 2)),
            (5, 4, 1, 1, (4, 1, 1, 0)),
            (0, i64::MAX, i64::MIN, -3, (-1, -1, -3, 0)),
            (10, 9, 0, -4, (9, 0, -4, 3)),
        ] {
            assert_eq!(adjust_indices(length, start, stop, step), expected);
        }
    }
}
