//! `list.sort`: CPython's merge sort (`Objects/listobject.c`, `Objects/listsort.txt`), with its comparisons in its order.

use std::cmp::Ordering;
use std::ptr::fn_addr_eq;

use refdrift_isa::CompareOperator;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// A comparison slot.
type Compare = fn(&mut Vm, Ref, Ref, CompareOperator) -> PyResult;

const KEYWORDS: Signature =
    Signature { function: "sort", positional_only: 0, names: &["key", "reverse"], required: 0, positional: 0 };

/// From how many wins in a row of one run on the merge gallops.
const MIN_GALLOP: usize = 7;

/// `list.sort(*, key=None, reverse=False)`
pub(super) fn sort_method(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [key, reverse] = KEYWORDS.bind(vm, &args.rest())?;
    let reverse = match reverse {
        None => false,
        Some(reverse) if vm.profile.sort_takes_any_truth => vm.truth(reverse)?,
        Some(reverse) => vm.c_int_argument(reverse)? != 0,
    };
    vm.list_sort(args.this(), key.filter(|&key| key != types::NONE), reverse)?;
    Ok(vm.none())
}

impl Vm {
    /// An argument that is a C `int` (`_PyLong_AsInt`).
    fn c_int_argument(&mut self, argument: Ref) -> PyResult<i32> {
        let index = self.index(argument)?;
        let value = match self.heap[index.borrow()].value {
            Value::Int(value) => i32::try_from(value).ok(),
            _ => None,
        };
        let fits = matches!(self.heap[index.borrow()].value, Value::Int(_));
        self.release(index);
        let size = if fits { "int" } else { "long" };
        value.ok_or_else(|| self.overflow_error(format!("Python int too large to convert to C {size}")))
    }

    /// Sorts a list in place. The list is empty while keys and comparisons run; what they put in is an error and dropped.
    pub(crate) fn list_sort(&mut self, list: Ref, key: Option<Ref>, reverse: bool) -> PyResult<()> {
        let Some(items) = self.list_mut(list).map(std::mem::take) else {
            return Err(self.type_error("list expected"));
        };
        let (items, result) = self.sort_items(list, items, key, reverse);
        // The list is whole again before what was put in goes.
        let stowaways = match self.list_mut(list) {
            Some(now) => std::mem::replace(now, items),
            None => items,
        };
        self.release_last_first(stowaways);
        result
    }

    /// Sorts the items of a list that is empty for now.
    fn sort_items(&mut self, list: Ref, mut items: Vec<Owned>, key: Option<Ref>, reverse: bool) -> (Vec<Owned>, PyResult<()>) {
        let keys = match key {
            None => None,
            Some(key) => match self.sort_keys(&items, key) {
                Ok(keys) => Some(keys),
                Err(stop) => return (items, Err(stop)),
            },
        };
        let mut result = Ok(());
        let mut order: Vec<u32> = (0..items.len() as u32).collect();
        if items.len() > 1 {
            let values = super::borrow_all(keys.as_ref().unwrap_or(&items));
            if reverse {
                order.reverse();
            }
            let mode = self.comparison_for(&values);
            let mut merge = Merge { mode, keys: &values, order: &mut order, pending: Vec::new(), min_gallop: MIN_GALLOP };
            result = merge.sort(self);
            if reverse {
                order.reverse();
            }
            items = permute(items, &order);
        }
        if let Some(keys) = keys {
            // In the order that they have now.
            let mut keys = permute(keys, &order);
            if reverse && keys.len() > 1 {
                keys.reverse();
            }
            self.release_all(keys);
        }
        // Memory of its own is the sign that somebody put something in, even if it is gone again.
        if result.is_ok() && self.list(list).is_some_and(|now| now.capacity() > 0) {
            result = Err(self.value_error("list modified during sort"));
        }
        (items, result)
    }

    /// The key of each item. Those made before an error are given back, the last first.
    fn sort_keys(&mut self, items: &[Owned], key: Ref) -> PyResult<Vec<Owned>> {
        let mut keys = Vec::with_capacity(items.len());
        for item in items {
            match self.call_pos(key, &[item.borrow()]) {
                Ok(value) => keys.push(value),
                Err(stop) => {
                    self.release_last_first(keys);
                    return Err(stop);
                }
            }
        }
        Ok(keys)
    }

    /// Which comparison fits all keys (the "pre-sort check").
    fn comparison_for(&self, keys: &[Ref]) -> Mode {
        let first_of = |key: Ref| match &self.heap[key].value {
            Value::Tuple(items) if self.class_of(key) == types::TUPLE => items.first().map(Owned::borrow),
            _ => None,
        };
        let Some(&first) = keys.first() else { return Mode::Safe };
        let mut in_tuples = first_of(first).is_some();
        let class = self.class_of(first_of(first).unwrap_or(first));
        let mut same = true;
        for &key in keys {
            let key = if in_tuples {
                match first_of(key) {
                    Some(item) => item,
                    None => {
                        (in_tuples, same) = (false, false);
                        break;
                    }
                }
            } else {
                key
            };
            if self.class_of(key) != class {
                same = false;
                if !in_tuples {
                    break;
                }
            }
        }
        let plain = matches!(class, types::STR | types::INT | types::FLOAT);
        let mode = match self.class(class).slots.compare {
            _ if !same => Mode::Safe,
            _ if plain => Mode::Plain,
            Some(compare) => Mode::Same(compare),
            None => Mode::Safe,
        };
        match mode {
            _ if !in_tuples => mode,
            _ if class == types::TUPLE => Mode::Tuples(Box::new(Mode::Safe)),
            mode => Mode::Tuples(Box::new(mode)),
        }
    }

    /// Whether one key is less than another, as the sort asks.
    fn sorts_before(&mut self, mode: &Mode, left: Ref, right: Ref) -> PyResult<bool> {
        match mode {
            Mode::Safe => self.compare_bool(left, right, CompareOperator::Lt),
            Mode::Plain => match plainly_less(self, left, right) {
                Some(less) => Ok(less),
                None => self.compare_bool(left, right, CompareOperator::Lt),
            },
            Mode::Same(compare) => self.directly_less(*compare, left, right),
            Mode::Tuples(first) => self.tuple_less(first, left, right),
        }
    }

    /// `unsafe_object_compare`: calls the slot without the reflected one; if it does not know, all is asked again.
    fn directly_less(&mut self, compare: Compare, left: Ref, right: Ref) -> PyResult<bool> {
        let own = self.class(self.class_of(left)).slots.compare;
        if !own.is_some_and(|own| fn_addr_eq(own, compare)) {
            return self.compare_bool(left, right, CompareOperator::Lt);
        }
        let result = compare(self, left, right, CompareOperator::Lt)?;
        if result.borrow() == types::NOT_IMPLEMENTED {
            self.release(result);
            return self.compare_bool(left, right, CompareOperator::Lt);
        }
        let truth = self.truth(result.borrow());
        self.release(result);
        truth
    }

    /// `unsafe_tuple_compare`: the first items that differ decide.
    fn tuple_less(&mut self, first: &Mode, left: Ref, right: Ref) -> PyResult<bool> {
        let mut index = 0;
        loop {
            let (Some(ours), Some(theirs)) = (self.tuple_item(left, index), self.tuple_item(right, index)) else {
                return Ok(self.tuple_len(left) < self.tuple_len(right));
            };
            if !self.equal(ours, theirs)? {
                return match index {
                    0 => self.sorts_before(first, ours, theirs),
                    _ => self.compare_bool(ours, theirs, CompareOperator::Lt),
                };
            }
            index += 1;
        }
    }
}

/// Which comparison the sort uses: they differ in which methods of the keys they call.
enum Mode {
    /// `<` in full.
    Safe,
    /// Keys whose comparison runs no Python code.
    Plain,
    /// Keys of one type: its slot, directly.
    Same(Compare),
    /// Tuples; their first items compare like this.
    Tuples(Box<Mode>),
}

/// `<` of two strings, two small integers or two floats.
fn plainly_less(vm: &Vm, left: Ref, right: Ref) -> Option<bool> {
    match (&vm.heap[left].value, &vm.heap[right].value) {
        (Value::Int(left), Value::Int(right)) => Some(left < right),
        (Value::Float(left), Value::Float(right)) => Some(left < right),
        (Value::Str(left), Value::Str(right)) => Some(left.text < right.text),
        _ => None,
    }
}

/// The items in a new order, given by their places in the old one.
fn permute(items: Vec<Owned>, order: &[u32]) -> Vec<Owned> {
    let mut items: Vec<Option<Owned>> = items.into_iter().map(Some).collect();
    let permuted = order.iter().filter_map(|&place| items[place as usize].take()).collect();
    debug_assert!(items.iter().all(Option::is_none), "each place stands in the order once");
    permuted
}

/// A sorted stretch.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    length: usize,
    /// Its depth in the tree of merges.
    power: u32,
}

/// The state of a sort. What moves are the places of the keys.
struct Merge<'a> {
    mode: Mode,
    keys: &'a [Ref],
    order: &'a mut Vec<u32>,
    pending: Vec<Run>,
    min_gallop: usize,
}

impl Merge<'_> {
    fn sort(&mut self, vm: &mut Vm) -> PyResult<()> {
        let length = self.order.len();
        let min_run = min_run(length);
        let mut start = 0;
        while start < length {
            let left = length - start;
            let mut run = if vm.profile.sort_finds_equal_runs {
                self.count_run_with_equals(vm, start, left)?
            } else {
                self.count_run(vm, start, left)?
            };
            if run < min_run {
                let forced = left.min(min_run);
                self.binary_sort(vm, start, forced, run)?;
                run = forced;
            }
            self.found_run(vm, run)?;
            self.pending.push(Run { start, length: run, power: 0 });
            start += run;
        }
        while self.pending.len() > 1 {
            let mut at = self.pending.len() - 2;
            if at > 0 && self.pending[at - 1].length < self.pending[at + 1].length {
                at -= 1;
            }
            self.merge_at(vm, at)?;
        }
        Ok(())
    }

    fn less(&self, vm: &mut Vm, left: u32, right: u32) -> PyResult<bool> {
        vm.sorts_before(&self.mode, self.keys[left as usize], self.keys[right as usize])
    }

    /// Whether the item at one place is less than that at another.
    fn less_at(&self, vm: &mut Vm, left: usize, right: usize) -> PyResult<bool> {
        self.less(vm, self.order[left], self.order[right])
    }

    /// The length of the run at `start`, ascending afterwards (`count_run` up to 3.12).
    fn count_run(&mut self, vm: &mut Vm, start: usize, left: usize) -> PyResult<usize> {
        if left == 1 {
            return Ok(1);
        }
        let descending = self.less_at(vm, start + 1, start)?;
        let mut length = 2;
        while length < left && self.less_at(vm, start + length, start + length - 1)? == descending {
            length += 1;
        }
        if descending {
            self.order[start..start + length].reverse();
        }
        Ok(length)
    }

    /// The length of the run at `start`, ascending afterwards; a descending run may have equal items in it (`count_run` from
    /// 3.13 on).
    fn count_run_with_equals(&mut self, vm: &mut Vm, start: usize, left: usize) -> PyResult<usize> {
        let mut length = 1;
        while length < left && !self.less_at(vm, start + length, start + length - 1)? {
            length += 1;
        }
        if length == left {
            return Ok(length);
        }
        if length > 1 {
            if self.less_at(vm, start, start + length - 1)? {
                return Ok(length);
            }
            // All equal so far: the beginning of a descending run.
            self.order[start..start + length].reverse();
        }
        length += 1;
        let mut equal = 0;
        while length < left {
            if self.less_at(vm, start + length, start + length - 1)? {
                self.reverse_equals(start + length, &mut equal);
            } else if self.less_at(vm, start + length - 1, start + length)? {
                break;
            } else {
                equal += 1;
            }
            length += 1;
        }
        self.reverse_equals(start + length, &mut equal);
        self.order[start..start + length].reverse();
        while length < left && !self.less_at(vm, start + length, start + length - 1)? {
            length += 1;
        }
        Ok(length)
    }

    /// Reverses the last equal items of a descending run, so that reversing all of it restores their order.
    fn reverse_equals(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.order[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }

    /// Sorts `count` items, the first `sorted` of which are sorted, by binary insertion.
    fn binary_sort(&mut self, vm: &mut Vm, start: usize, count: usize, sorted: usize) -> PyResult<()> {
        for place in start + sorted.max(1)..start + count {
            let (mut low, mut high) = (start, place);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less_at(vm, place, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=place].rotate_right(1);
        }
        Ok(())
    }

    /// The next run is `length` long: merges what the "powersort" strategy says is due.
    fn found_run(&mut self, vm: &mut Vm, length: usize) -> PyResult<()> {
        let Some(&last) = self.pending.last() else { return Ok(()) };
        let power = power(last.start, last.length, length, self.order.len());
        while self.pending.len() > 1 && self.pending[self.pending.len() - 2].power > power {
            self.merge_at(vm, self.pending.len() - 2)?;
        }
        if let Some(last) = self.pending.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    /// Merges two neighbouring runs.
    fn merge_at(&mut self, vm: &mut Vm, at: usize) -> PyResult<()> {
        let (first, second) = (self.pending[at], self.pending[at + 1]);
        self.pending[at].length += second.length;
        self.pending.remove(at + 1);
        // What of the first run is in place already, and what of the second.
        let skip = self.gallop_right(vm, self.order[second.start], first.start, first.length, 0)?;
        let (start, length) = (first.start + skip, first.length - skip);
        if length == 0 {
            return Ok(());
        }
        let last = self.order[start + length - 1];
        let others = self.gallop_left(vm, last, second.start, second.length, second.length - 1)?;
        if others == 0 {
            return Ok(());
        }
        if length <= others {
            self.merge_low(vm, start, length, others)
        } else {
            self.merge_high(vm, start, length, others)
        }
    }

    /// Where a key belongs in a sorted stretch, before its equals; searched from `hint` outwards.
    fn gallop_left(&self, vm: &mut Vm, key: u32, start: usize, length: usize, hint: usize) -> PyResult<usize> {
        gallop(length, hint, |index| Ok(self.less(vm, self.order[start + index], key)?))
    }

    /// Where a key belongs in a sorted stretch, after its equals; searched from `hint` outwards.
    fn gallop_right(&self, vm: &mut Vm, key: u32, start: usize, length: usize, hint: usize) -> PyResult<usize> {
        gallop(length, hint, |index| Ok(!self.less(vm, key, self.order[start + index])?))
    }

    /// Merges from the left; the first run, the shorter one, is set aside.
    fn merge_low(&mut self, vm: &mut Vm, start: usize, length: usize, others: usize) -> PyResult<()> {
        let aside: Vec<u32> = self.order[start..start + length].to_vec();
        let mut low = Low { aside, a: 0, b: start + length, b_end: start + length + others, to: start };
        let result = low.run(self, vm);
        // What is left of the first run goes to where the hole is.
        let rest = &low.aside[low.a..];
        self.order[low.to..low.to + rest.len()].copy_from_slice(rest);
        result
    }

    /// Merges from the right; the second run, the shorter one, is set aside.
    fn merge_high(&mut self, vm: &mut Vm, start: usize, length: usize, others: usize) -> PyResult<()> {
        let aside: Vec<u32> = self.order[start + length..start + length + others].to_vec();
        let mut high = High { start, a: length, b: aside.len(), aside, to: start + length + others };
        let result = high.run(self, vm);
        // What is left of the second run goes to where the hole is.
        let rest = &high.aside[..high.b];
        self.order[high.to - rest.len()..high.to].copy_from_slice(rest);
        result
    }
}

/// A merge from the left.
struct Low {
    /// The first run; from `a` on it is still to be merged.
    aside: Vec<u32>,
    a: usize,
    /// The rest of the second run, in its place.
    b: usize,
    b_end: usize,
    /// The next place to fill.
    to: usize,
}

impl Low {
    fn a_left(&self) -> usize {
        self.aside.len() - self.a
    }

    fn take_a(&mut self, merge: &mut Merge<'_>, count: usize) {
        merge.order[self.to..self.to + count].copy_from_slice(&self.aside[self.a..self.a + count]);
        self.a += count;
        self.to += count;
    }

    fn take_b(&mut self, merge: &mut Merge<'_>, count: usize) {
        merge.order.copy_within(self.b..self.b + count, self.to);
        self.b += count;
        self.to += count;
    }

    /// One item of the first run is left: it belongs at the end.
    fn last_of_a(&mut self, merge: &mut Merge<'_>) {
        self.take_b(merge, self.b_end - self.b);
    }

    fn run(&mut self, merge: &mut Merge<'_>, vm: &mut Vm) -> PyResult<()> {
        self.take_b(merge, 1);
        if self.b == self.b_end {
            return Ok(());
        }
        if self.a_left() == 1 {
            self.last_of_a(merge);
            return Ok(());
        }
        let mut min_gallop = merge.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if merge.less(vm, merge.order[self.b], self.aside[self.a])? {
                    self.take_b(merge, 1);
                    (a_wins, b_wins) = (0, b_wins + 1);
                    if self.b == self.b_end {
                        return Ok(());
                    }
                    if b_wins >= min_gallop {
                        break;
                    }
                } else {
                    self.take_a(merge, 1);
                    (a_wins, b_wins) = (a_wins + 1, 0);
                    if self.a_left() == 1 {
                        self.last_of_a(merge);
                        return Ok(());
                    }
                    if a_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                merge.min_gallop = min_gallop;
                let key = merge.order[self.b];
                let won = gallop(self.a_left(), 0, |index| Ok(!merge.less(vm, key, self.aside[self.a + index])?))?;
                a_wins = won;
                if won > 0 {
                    self.take_a(merge, won);
                    if self.a_left() == 1 {
                        self.last_of_a(merge);
                        return Ok(());
                    }
                    if self.a_left() == 0 {
                        return Ok(());
                    }
                }
                self.take_b(merge, 1);
                if self.b == self.b_end {
                    return Ok(());
                }
                let won = merge.gallop_left(vm, self.aside[self.a], self.b, self.b_end - self.b, 0)?;
                b_wins = won;
                if won > 0 {
                    self.take_b(merge, won);
                    if self.b == self.b_end {
                        return Ok(());
                    }
                }
                self.take_a(merge, 1);
                if self.a_left() == 1 {
                    self.last_of_a(merge);
                    return Ok(());
                }
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            merge.min_gallop = min_gallop;
        }
    }
}

/// A merge from the right.
struct High {
    /// The first run, in its place; `a` of its items are still to be merged.
    start: usize,
    a: usize,
    /// The second run; `b` of its items are still to be merged.
    b: usize,
    aside: Vec<u32>,
    /// One beyond the next place to fill.
    to: usize,
}

impl High {
    fn take_a(&mut self, merge: &mut Merge<'_>, count: usize) {
        let end = self.start + self.a;
        merge.order.copy_within(end - count..end, self.to - count);
        self.a -= count;
        self.to -= count;
    }

    fn take_b(&mut self, merge: &mut Merge<'_>, count: usize) {
        merge.order[self.to - count..self.to].copy_from_slice(&self.aside[self.b - count..self.b]);
        self.b -= count;
        self.to -= count;
    }

    /// One item of the second run is left: it belongs at the front.
    fn last_of_b(&mut self, merge: &mut Merge<'_>) {
        self.take_a(merge, self.a);
    }

    fn run(&mut self, merge: &mut Merge<'_>, vm: &mut Vm) -> PyResult<()> {
        self.take_a(merge, 1);
        if self.a == 0 {
            return Ok(());
        }
        if self.b == 1 {
            self.last_of_b(merge);
            return Ok(());
        }
        let mut min_gallop = merge.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if merge.less(vm, self.aside[self.b - 1], merge.order[self.start + self.a - 1])? {
                    self.take_a(merge, 1);
                    (a_wins, b_wins) = (a_wins + 1, 0);
                    if self.a == 0 {
                        return Ok(());
                    }
                    if a_wins >= min_gallop {
                        break;
                    }
                } else {
                    self.take_b(merge, 1);
                    (a_wins, b_wins) = (0, b_wins + 1);
                    if self.b == 1 {
                        self.last_of_b(merge);
                        return Ok(());
                    }
                    if b_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                merge.min_gallop = min_gallop;
                let place = merge.gallop_right(vm, self.aside[self.b - 1], self.start, self.a, self.a - 1)?;
                a_wins = self.a - place;
                if a_wins > 0 {
                    self.take_a(merge, a_wins);
                    if self.a == 0 {
                        return Ok(());
                    }
                }
                self.take_b(merge, 1);
                if self.b == 1 {
                    self.last_of_b(merge);
                    return Ok(());
                }
                let key = merge.order[self.start + self.a - 1];
                let place = gallop(self.b, self.b - 1, |index| Ok(merge.less(vm, self.aside[index], key)?))?;
                b_wins = self.b - place;
                if b_wins > 0 {
                    self.take_b(merge, b_wins);
                    if self.b == 1 {
                        self.last_of_b(merge);
                        return Ok(());
                    }
                    if self.b == 0 {
                        return Ok(());
                    }
                }
                self.take_a(merge, 1);
                if self.a == 0 {
                    return Ok(());
                }
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            merge.min_gallop = min_gallop;
        }
    }
}

/// Finds where a key belongs among `length` sorted items: `before` says whether the item at an index belongs before the key. Asks
/// in growing steps from `hint` on, then in halves between the last two (`gallop_left`, `gallop_right`).
fn gallop(length: usize, hint: usize, mut before: impl FnMut(usize) -> PyResult<bool>) -> PyResult<usize> {
    let (mut last, mut offset) = (0, 1);
    // Between them the key belongs: from `low` (which may be one before the first) to `high`.
    let (mut low, mut high);
    if before(hint)? {
        let most = length - hint;
        while offset < most && before(hint + offset)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        low = hint + last + 1;
        high = hint + offset.min(most);
    } else {
        let most = hint + 1;
        while offset < most && !before(hint - offset)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        low = hint + 1 - offset.min(most);
        high = hint - last;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The length below which a run is made longer by insertion.
fn min_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= 64 {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// The depth of the first of two neighbouring runs in the tree of merges (`powerloop`).
fn power(start: usize, length: usize, next_length: usize, total: usize) -> u32 {
    let mut a = 2 * start + length;
    let mut b = a + length + next_length;
    let mut result = 0;
    loop {
        result += 1;
        match (a.cmp(&total), b.cmp(&total)) {
            (Ordering::Greater | Ordering::Equal, _) => {
                a -= total;
                b -= total;
            }
            (_, Ordering::Greater | Ordering::Equal) => return result,
            _ => {}
        }
        a <<= 1;
        b <<= 1;
    }
}
