//! Operators, containers, strings, iteration and jumps.

use refdrift_isa::{BinaryOperator, CompareOperator, Conversion};

use crate::eval::Flow;
use crate::eval::frame::Resumer;
use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types;
use crate::types::dict::Existing;
use crate::vm::{PyResult, Vm};

/// Two plain numbers.
enum Quick {
    Int(i64, i64),
    Float(f64, f64),
}

impl Vm {
    /// Takes two operands, does something with them, gives them back (right or left first) and pushes the result.
    pub(super) fn binary_with(&mut self, operation: impl FnOnce(&mut Self, Ref, Ref) -> PyResult) -> PyResult<Flow> {
        let right = self.pop();
        let left = self.pop();
        let result = operation(self, left.borrow(), right.borrow());
        self.release(left);
        self.release(right);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }

    #[inline(never)]
    pub(super) fn binary_op(&mut self, operator: u32) -> PyResult<Flow> {
        let Some(operator) = BinaryOperator::from_arg(operator) else { return Ok(Flow::Next) };
        if let Some(result) = self.quick_binary(operator, self.peek(2), self.peek(1)) {
            return self.binary_with(|_, _, _| Ok(result));
        }
        self.binary_with(|vm, left, right| vm.binary(operator, left, right))
    }

    #[inline(never)]
    pub(super) fn compare_op(&mut self, operator: u32) -> PyResult<Flow> {
        let Some(operator) = CompareOperator::from_arg(operator) else { return Ok(Flow::Next) };
        if let Some(holds) = self.quick_compare(operator, self.peek(2), self.peek(1)) {
            let result = self.bool(holds);
            return self.binary_with(|_, _, _| Ok(result));
        }
        self.binary_with(|vm, left, right| vm.rich_compare(left, right, operator))
    }

    /// What two objects are, if both are plain numbers of one kind, whose operators run no Python code.
    #[inline]
    fn quick_operands(&self, left: Ref, right: Ref) -> Option<Quick> {
        let (left, right) = (&self.heap[left], &self.heap[right]);
        match (&left.value, &right.value) {
            (&Value::Int(a), &Value::Int(b)) if left.class == types::INT && right.class == types::INT => Some(Quick::Int(a, b)),
            (&Value::Float(a), &Value::Float(b)) if left.class == types::FLOAT && right.class == types::FLOAT => {
                Some(Quick::Float(a, b))
            }
            _ => None,
        }
    }

    /// What an operator makes of two plain numbers, if it is one of the commonest.
    #[inline(always)]
    pub(super) fn quick_binary(&mut self, operator: BinaryOperator, left: Ref, right: Ref) -> Option<Owned> {
        use BinaryOperator::{Add, InplaceAdd, InplaceMultiply, InplaceSubtract, Multiply, Subtract};
        match self.quick_operands(left, right)? {
            Quick::Int(a, b) => {
                let result = match operator {
                    Add | InplaceAdd => a.checked_add(b),
                    Subtract | InplaceSubtract => a.checked_sub(b),
                    Multiply | InplaceMultiply => a.checked_mul(b),
                    _ => None,
                };
                Some(self.int(result?))
            }
            Quick::Float(a, b) => {
                let result = match operator {
                    Add | InplaceAdd => a + b,
                    Subtract | InplaceSubtract => a - b,
                    Multiply | InplaceMultiply => a * b,
                    _ => return None,
                };
                Some(self.float(result))
            }
        }
    }

    /// Whether a comparison of two plain numbers holds.
    #[inline]
    pub(super) fn quick_compare(&self, operator: CompareOperator, left: Ref, right: Ref) -> Option<bool> {
        use CompareOperator::{Eq, Ge, Gt, Le, Lt, Ne};
        if !self.has_native_room() {
            return None;
        }
        let ordering = match self.quick_operands(left, right)? {
            Quick::Int(a, b) => Some(a.cmp(&b)),
            Quick::Float(a, b) => a.partial_cmp(&b),
        };
        Some(match operator {
            Lt => ordering.is_some_and(std::cmp::Ordering::is_lt),
            Le => ordering.is_some_and(std::cmp::Ordering::is_le),
            Eq => ordering.is_some_and(std::cmp::Ordering::is_eq),
            Ne => !ordering.is_some_and(std::cmp::Ordering::is_eq),
            Gt => ordering.is_some_and(std::cmp::Ordering::is_gt),
            Ge => ordering.is_some_and(std::cmp::Ordering::is_ge),
        })
    }

    #[inline(never)]
    pub(super) fn is_op(&mut self, invert: bool) -> PyResult<Flow> {
        self.binary_with(|vm, left, right| Ok(vm.bool((left == right) != invert)))
    }

    #[inline(never)]
    pub(super) fn contains_op(&mut self, invert: bool) -> PyResult<Flow> {
        let container = self.pop();
        let item = self.pop();
        let found = self.contains(container.borrow(), item.borrow());
        self.release(item);
        self.release(container);
        // Only then is there a result to hold.
        let result = self.bool(found? != invert);
        self.push(result);
        Ok(Flow::Next)
    }

    #[inline(never)]
    pub(super) fn binary_subscr(&mut self) -> PyResult<Flow> {
        if let Some(item) = self.quick_item() {
            let item = self.retain(item);
            return self.binary_with(|_, _, _| Ok(item));
        }
        self.binary_with(Self::get_item)
    }

    /// The item that the top two references ask for, if they are a plain list or tuple and an index from its start.
    #[inline]
    fn quick_item(&self) -> Option<Ref> {
        let container = &self.heap[self.peek(2)];
        let items = match &container.value {
            Value::List(items) if container.class == types::LIST => &items[..],
            Value::Tuple(items) if container.class == types::TUPLE => items,
            _ => return None,
        };
        items.get(self.quick_index()?).map(Owned::borrow)
    }

    /// The top reference as an index from the start of a sequence, if it is a plain number.
    #[inline]
    fn quick_index(&self) -> Option<usize> {
        let index = &self.heap[self.peek(1)];
        match index.value {
            Value::Int(value) if index.class == types::INT => usize::try_from(value).ok(),
            _ => None,
        }
    }

    #[inline(never)]
    pub(super) fn store_subscr(&mut self) -> PyResult<Flow> {
        if let Some(index) = self.quick_place() {
            return self.store_quickly(index);
        }
        let key = self.pop();
        let container = self.pop();
        let value = self.pop();
        let result = self.set_item(container.borrow(), key.borrow(), Some(value.borrow()));
        self.release(value);
        self.release(container);
        self.release(key);
        result.map(|()| Flow::Next)
    }

    /// The index at which the top two references have something replaced, if they are a plain list and an index from its start, and if
    /// nothing can die of it.
    #[inline]
    fn quick_place(&self) -> Option<usize> {
        let index = self.quick_index()?;
        let container = self.peek(2);
        let old = self.list(container).filter(|_| self.class_of(container) == types::LIST)?.get(index)?.borrow();
        (self.heap[old].count > 1).then_some(index)
    }

    /// Replaces an item of a list: the value moves from the stack into the list.
    #[inline]
    fn store_quickly(&mut self, index: usize) -> PyResult<Flow> {
        let key = self.pop();
        let container = self.pop();
        let value = self.pop();
        let old = match self.list_mut(container.borrow()) {
            Some(items) => std::mem::replace(&mut items[index], value),
            None => value,
        };
        self.release(old);
        self.release(container);
        self.release(key);
        Ok(Flow::Next)
    }

    pub(super) fn delete_subscr(&mut self) -> PyResult<Flow> {
        let key = self.pop();
        let container = self.pop();
        let result = self.set_item(container.borrow(), key.borrow(), None);
        self.release(container);
        self.release(key);
        result.map(|()| Flow::Next)
    }

    pub(super) fn binary_slice(&mut self) -> PyResult<Flow> {
        let slice = self.pop_slice();
        let container = self.pop();
        let result = self.get_item(container.borrow(), slice.borrow());
        self.release(slice);
        self.release(container);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }

    pub(super) fn store_slice(&mut self) -> PyResult<Flow> {
        let slice = self.pop_slice();
        let container = self.pop();
        let value = self.pop();
        let result = self.set_item(container.borrow(), slice.borrow(), Some(value.borrow()));
        self.release(slice);
        self.release(value);
        self.release(container);
        result.map(|()| Flow::Next)
    }

    /// `_PyBuildSlice_ConsumeRefs`: the slice takes over start and stop.
    fn pop_slice(&mut self) -> Owned {
        let end = self.pop();
        let start = self.pop();
        let step = self.none();
        self.new_slice(start, end, step)
    }

    pub(super) fn build_slice(&mut self, count: usize) -> PyResult<Flow> {
        let step = if count == 3 { self.pop() } else { self.none() };
        let end = self.pop();
        let start = self.pop();
        let slice = self.new_slice(start, end, step);
        self.push(slice);
        Ok(Flow::Next)
    }

    /// Each element is given back after it was added; after a failure the rest goes, then the set.
    pub(super) fn build_set(&mut self, count: usize) -> PyResult<Flow> {
        let set = self.new_set(types::SET, None)?;
        let mut result = Ok(());
        for item in self.pop_many(count) {
            if result.is_ok() {
                result = self.set_add(set.borrow(), item.borrow());
            }
            self.release(item);
        }
        self.push_or_release(set, result)
    }

    pub(super) fn build_map(&mut self, count: usize) -> PyResult<Flow> {
        let start = self.stack.len() - 2 * count;
        let items: Vec<Ref> = (start..self.stack.len()).filter_map(|slot| self.slot(slot)).collect();
        let strings = items.chunks_exact(2).all(|pair| self.class_of(pair[0]) == types::STR);
        let dict = self.new_dict_for(count, strings);
        let mut result = Ok(());
        for pair in items.chunks_exact(2) {
            result = self.dict_set(dict.borrow(), pair[0], pair[1]);
            if result.is_err() {
                break;
            }
        }
        if let Err(stop) = result {
            // The operands stay on the stack: unwinding gives them back.
            self.release(dict);
            return Err(stop);
        }
        for _ in 0..2 * count {
            let item = self.pop();
            self.release(item);
        }
        self.push(dict);
        Ok(Flow::Next)
    }

    pub(super) fn build_const_key_map(&mut self, count: usize) -> PyResult<Flow> {
        let keys = self.items(self.peek(1)).unwrap_or_default();
        let start = self.stack.len() - 1 - count;
        let values: Vec<Ref> = (start..start + count).filter_map(|slot| self.slot(slot)).collect();
        let strings = keys.iter().all(|&key| self.class_of(key) == types::STR);
        let dict = self.new_dict_for(count, strings);
        let mut result = Ok(());
        for (&key, &value) in keys.iter().zip(&values) {
            result = self.dict_set(dict.borrow(), key, value);
            if result.is_err() {
                break;
            }
        }
        if let Err(stop) = result {
            self.release(dict);
            return Err(stop);
        }
        for _ in 0..=count {
            let item = self.pop();
            self.release(item);
        }
        self.push(dict);
        Ok(Flow::Next)
    }

    fn push_or_release(&mut self, object: Owned, result: PyResult<()>) -> PyResult<Flow> {
        match result {
            Ok(()) => {
                self.push(object);
                Ok(Flow::Next)
            }
            Err(stop) => {
                self.release(object);
                Err(stop)
            }
        }
    }

    pub(super) fn build_string_op(&mut self, count: usize) -> PyResult<Flow> {
        let start = self.stack.len() - count;
        let parts: Vec<Ref> = (start..self.stack.len()).filter_map(|slot| self.slot(slot)).collect();
        let string = self.build_string(&parts)?;
        for _ in 0..count {
            let part = self.pop();
            self.release(part);
        }
        self.push(string);
        Ok(Flow::Next)
    }

    /// Takes the operand on top, puts it into the container at that depth below it, and gives it back, also after a failure.
    fn put_into(&mut self, depth: usize, put: impl FnOnce(&mut Self, Ref, Ref) -> PyResult<()>) -> PyResult<Flow> {
        let operand = self.pop();
        let container = self.peek(depth);
        let result = put(self, container, operand.borrow());
        self.release(operand);
        result.map(|()| Flow::Next)
    }

    pub(super) fn list_extend_op(&mut self, depth: usize) -> PyResult<Flow> {
        self.put_into(depth, |vm, list, iterable| {
            let result = vm.list_extend(list, iterable);
            if result.is_err() && vm.matches_raised(types::TYPE_ERROR) {
                let slots = &vm.class(vm.class_of(iterable)).slots;
                if slots.iter.is_none() && slots.item.is_none() {
                    vm.clear_raised();
                    let message = format!("Value after * must be an iterable, not {}", vm.type_name(iterable));
                    return Err(vm.type_error(message));
                }
            }
            result
        })
    }

    pub(super) fn set_update_op(&mut self, depth: usize) -> PyResult<Flow> {
        self.put_into(depth, Self::set_update)
    }

    pub(super) fn dict_update_op(&mut self, depth: usize) -> PyResult<Flow> {
        self.put_into(depth, |vm, dict, mapping| {
            let result = vm.dict_merge(dict, mapping, Existing::Replaced);
            if result.is_err() && vm.matches_raised(types::ATTRIBUTE_ERROR) {
                vm.clear_raised();
                let message = format!("'{}' object is not a mapping", vm.type_name(mapping));
                return Err(vm.type_error(message));
            }
            result
        })
    }

    pub(super) fn set_add_op(&mut self, depth: usize) -> PyResult<Flow> {
        self.put_into(depth, Self::set_add)
    }

    pub(super) fn map_add(&mut self, depth: usize) -> PyResult<Flow> {
        let value = self.pop();
        let key = self.pop();
        let dict = self.peek(depth);
        self.dict_set_owned(dict, key, value).map(|()| Flow::Next)
    }

    pub(super) fn list_to_tuple(&mut self) -> PyResult<Flow> {
        self.unary(|vm, list| {
            let items = vm.items(list).unwrap_or_default();
            Ok(vm.tuple_of(&items))
        })
    }

    pub(super) fn convert_value(&mut self, conversion: u32) -> PyResult<Flow> {
        self.unary(|vm, value| match Conversion::from_arg(conversion) {
            Some(Conversion::Repr) => vm.repr(value),
            Some(Conversion::Ascii) => vm.ascii(value),
            _ => vm.str_of(value),
        })
    }

    pub(super) fn format_op(&mut self, with_spec: bool) -> PyResult<Flow> {
        let spec = with_spec.then(|| self.pop());
        let value = self.pop();
        let result = self.format_value(value.borrow(), spec.as_ref().map(Owned::borrow));
        self.release(value);
        self.release_option(spec);
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }

    pub(super) fn unpack_sequence_op(&mut self, count: usize) -> PyResult<Flow> {
        self.unpack_with(|vm, sequence| vm.unpack_sequence(sequence, count))
    }

    pub(super) fn unpack_ex_op(&mut self, before: usize, after: usize) -> PyResult<Flow> {
        self.unpack_with(|vm, sequence| vm.unpack_ex(sequence, before, after))
    }

    /// Exchanges the sequence on top for its items, the first on top.
    fn unpack_with(&mut self, unpack: impl FnOnce(&mut Self, Ref) -> PyResult<Vec<Owned>>) -> PyResult<Flow> {
        let sequence = self.pop();
        let items = unpack(self, sequence.borrow());
        // The items are on the stack before the sequence goes: its finaliser may look.
        let result = items.map(|items| self.stack.extend(items.into_iter().rev().map(Some)));
        self.release(sequence);
        result.map(|()| Flow::Next)
    }

    #[inline(never)]
    pub(super) fn for_iter(&mut self, target: u32) -> PyResult<Flow> {
        let iterator = self.peek(1);
        let slot = &self.heap[iterator];
        let item = match (&slot.value, slot.class) {
            (Value::RangeIterator(..), _) => self.next_in_range(iterator),
            (Value::SequenceIterator(..), types::LIST_ITERATOR) => self.next_in_list(iterator),
            (Value::Generator(_), _) => match self.resume_in_loop(iterator, Resumer::ForIter(target)) {
                Some(resumed) => return resumed,
                None => self.next(iterator)?,
            },
            _ => self.next(iterator)?,
        };
        match item {
            Some(item) => {
                self.push(item);
                Ok(Flow::Next)
            }
            None => {
                let iterator = self.pop();
                self.release(iterator);
                Ok(Flow::Jump(target))
            }
        }
    }

    #[inline(never)]
    pub(super) fn pop_jump_if(&mut self, wanted: bool, target: u32) -> PyResult<Flow> {
        let condition = self.pop();
        let truth = match condition.borrow() {
            types::TRUE => Ok(true),
            types::FALSE => Ok(false),
            other => self.truth(other),
        };
        self.release(condition);
        Ok(if truth? == wanted { Flow::Jump(target) } else { Flow::Next })
    }

    #[inline(never)]
    pub(super) fn pop_jump_if_none(&mut self, wanted: bool, target: u32) -> PyResult<Flow> {
        let value = self.pop();
        let none = value.borrow() == types::NONE;
        self.release(value);
        Ok(if none == wanted { Flow::Jump(target) } else { Flow::Next })
    }

    #[inline(never)]
    pub(super) fn jump_if_or_pop(&mut self, wanted: bool, target: u32) -> PyResult<Flow> {
        let condition = self.peek(1);
        if self.truth(condition)? == wanted {
            return Ok(Flow::Jump(target));
        }
        let condition = self.pop();
        self.release(condition);
        Ok(Flow::Next)
    }
}
