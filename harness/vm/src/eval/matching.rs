//! Pattern matching (`_PyEval_MatchKeys`, `_PyEval_MatchClass` in `Python/ceval.c`).

use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::object::attribute::MethodFound;
use crate::object::class::Flags;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `MATCH_MAPPING`, `MATCH_SEQUENCE`: whether the subject's type says that it is one.
    pub(super) fn match_kind(&mut self, flag: u32) -> PyResult<Flow> {
        let subject = self.peek(1);
        let found = self.class(self.class_of(subject)).flags.has(flag);
        let found = self.bool(found);
        self.push(found);
        Ok(Flow::Next)
    }

    pub(super) fn get_len(&mut self) -> PyResult<Flow> {
        let subject = self.peek(1);
        let length = self.length(subject)?;
        let length = self.int(length as i64);
        self.push(length);
        Ok(Flow::Next)
    }

    /// `[subject, keys] → [subject, keys, values or None]`
    pub(super) fn match_keys(&mut self) -> PyResult<Flow> {
        let (keys, subject) = (self.peek(1), self.peek(2));
        let keys = self.items(keys).unwrap_or_default();
        let values = if keys.is_empty() { self.retain(types::EMPTY_TUPLE) } else { self.values_of_keys(subject, &keys)? };
        self.push(values);
        Ok(Flow::Next)
    }

    /// The values under all keys as a tuple, or `None`. Asks `subject.get(key, dummy)`: no default is ever made.
    fn values_of_keys(&mut self, subject: Ref, keys: &[Ref]) -> PyResult {
        let (get, bound) = match self.get_method(subject, names::GET_METHOD)? {
            MethodFound::Unbound(get) => (get, false),
            MethodFound::Attribute(get) => (get, true),
        };
        let seen = self.new_set(types::SET, None)?;
        let dummy = self.alloc_instance(types::OBJECT, Value::Plain);
        let mut values = Vec::with_capacity(keys.len());
        let mut result = Ok(true);
        for &key in keys {
            result = self.value_of_key((get.borrow(), bound), (subject, key), (seen.borrow(), dummy.borrow()), &mut values);
            if !matches!(result, Ok(true)) {
                break;
            }
        }
        let found = match result {
            Ok(true) => Ok(self.new_tuple(std::mem::take(&mut values))),
            Ok(false) => {
                self.release_last_first(std::mem::take(&mut values));
                Ok(self.none())
            }
            Err(stop) => Err(stop),
        };
        for owned in [get, seen, dummy] {
            self.release(owned);
        }
        self.release_last_first(values);
        found
    }

    /// Adds a key's value; whether it was there.
    fn value_of_key(
        &mut self,
        (get, bound): (Ref, bool),
        (subject, key): (Ref, Ref),
        (seen, dummy): (Ref, Ref),
        values: &mut Vec<Owned>,
    ) -> PyResult<bool> {
        if self.seen_before(seen, key)? {
            let key = self.repr(key)?;
            let message = format!("mapping pattern checks duplicate key ({})", self.expect_text(key.borrow()));
            self.release(key);
            return Err(self.value_error(message));
        }
        let arguments = [subject, key, dummy];
        let value = self.call_pos(get, &arguments[usize::from(bound)..])?;
        if value.borrow() == dummy {
            self.release(value);
            return Ok(false);
        }
        values.push(value);
        Ok(true)
    }

    /// Whether a set has it already; else it is added.
    fn seen_before(&mut self, seen: Ref, key: Ref) -> PyResult<bool> {
        if self.set_contains(seen, key)? {
            return Ok(true);
        }
        self.set_add(seen, key).map(|()| false)
    }

    /// `[subject, class, names] → [attributes or None]`
    pub(super) fn match_class(&mut self, positional: usize) -> PyResult<Flow> {
        let keyword_names = self.pop();
        let class = self.pop();
        let subject = self.peek(1);
        let attributes = self.class_attributes(subject, class.borrow(), positional, keyword_names.borrow());
        if self.profile.match_class_lets_subject_go_first {
            let subject = self.pop();
            for operand in [subject, class, keyword_names] {
                self.release(operand);
            }
            let attributes = attributes?.unwrap_or_else(|| self.none());
            self.push(attributes);
        } else {
            self.release(keyword_names);
            self.release(class);
            // After a failure the subject is left to unwinding.
            let attributes = attributes?.unwrap_or_else(|| self.none());
            let subject = self.pop();
            self.push(attributes);
            self.release(subject);
        }
        Ok(Flow::Next)
    }

    /// The attributes that a class pattern asks for as a tuple; none if the subject does not match.
    fn class_attributes(&mut self, subject: Ref, class: Ref, positional: usize, keyword_names: Ref) -> PyResult<Option<Owned>> {
        if !matches!(self.heap[class].value, Value::Type(_)) {
            return Err(self.type_error(self.profile.match_class_complaint));
        }
        if !self.is_instance(subject, class)? {
            return Ok(None);
        }
        let seen = self.new_set(types::SET, None)?;
        let mut attributes = Vec::new();
        let mut found = self.positional_attributes(subject, class, positional, seen.borrow(), &mut attributes);
        for name in self.items(keyword_names).unwrap_or_default() {
            if !matches!(found, Ok(true)) {
                break;
            }
            found = self.pattern_attribute(subject, class, name, seen.borrow(), &mut attributes);
        }
        if matches!(found, Ok(true)) {
            let attributes = self.new_tuple(attributes);
            self.release(seen);
            return Ok(Some(attributes));
        }
        self.release(seen);
        self.release_last_first(attributes);
        found.map(|_| None)
    }

    /// Those that `__match_args__` names. Without it, some builtin types stand for themselves.
    fn positional_attributes(
        &mut self,
        subject: Ref,
        class: Ref,
        count: usize,
        seen: Ref,
        attributes: &mut Vec<Owned>,
    ) -> PyResult<bool> {
        if count == 0 {
            return Ok(true);
        }
        let match_args = self.lookup_attr_named(class, names::MATCH_ARGS)?;
        let matches_self = match_args.is_none() && self.class(class).flags.has(Flags::MATCH_SELF);
        let match_args = match_args.unwrap_or_else(|| self.retain(types::EMPTY_TUPLE));
        let found = self.listed_attributes((subject, class), (match_args.borrow(), matches_self), count, seen, attributes);
        self.release(match_args);
        found
    }

    fn listed_attributes(
        &mut self,
        (subject, class): (Ref, Ref),
        (match_args, matches_self): (Ref, bool),
        count: usize,
        seen: Ref,
        attributes: &mut Vec<Owned>,
    ) -> PyResult<bool> {
        if self.class_of(match_args) != types::TUPLE {
            let message = format!(
                "{}.__match_args__ must be a tuple (got {})",
                self.qualified_type_name(class),
                self.qualified_type_name(self.class_of(match_args))
            );
            return Err(self.type_error(message));
        }
        let listed = self.items(match_args).unwrap_or_default();
        let allowed = if matches_self { 1 } else { listed.len() };
        if allowed < count {
            let plural = if allowed == 1 { "" } else { "s" };
            let name = self.qualified_type_name(class);
            return Err(self.type_error(format!("{name}() accepts {allowed} positional sub-pattern{plural} ({count} given)")));
        }
        if matches_self {
            attributes.push(self.retain(subject));
            return Ok(true);
        }
        for name in listed.into_iter().take(count) {
            if self.class_of(name) != types::STR {
                let got = self.qualified_type_name(self.class_of(name));
                return Err(self.type_error(format!("__match_args__ elements must be strings (got {got})")));
            }
            if !self.pattern_attribute(subject, class, name, seen, attributes)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds one attribute of the subject; whether it has it (`match_class_attr`).
    fn pattern_attribute(&mut self, subject: Ref, class: Ref, name: Ref, seen: Ref, attributes: &mut Vec<Owned>) -> PyResult<bool> {
        if self.seen_before(seen, name)? {
            let name = self.repr(name)?;
            let (class, text) = (self.qualified_type_name(class), self.expect_text(name.borrow()));
            let message = format!("{class}() got multiple sub-patterns for attribute {text}");
            self.release(name);
            return Err(self.type_error(message));
        }
        match self.lookup_attr_named(subject, name)? {
            Some(attribute) => {
                attributes.push(attribute);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}
