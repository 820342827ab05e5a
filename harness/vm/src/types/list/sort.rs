//! `list.sort`: keys, the choice of a comparison, and what becomes of the list meanwhile (`Objects/listobject.c`).

use std::ptr::fn_addr_eq;

use refdrift_isa::CompareOperator;

use super::merge::Merge;
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
            let equal_runs = self.profile.sort_finds_equal_runs;
            let less = |left: u32, right: u32| self.sorts_before(&mode, values[left as usize], values[right as usize]);
            result = Merge::new(&mut order, equal_runs, less).sort();
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
                let Some(item) = first_of(key) else {
                    (in_tuples, same) = (false, false);
                    break;
                };
                item
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
