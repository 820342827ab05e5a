//! Exception groups: making, splitting and joining them (`BaseExceptionGroup_new`, `exceptiongroup_split_recursive`,
//! `_PyExc_PrepReraiseStar` in `Objects/exceptions.c`).

use rustc_hash::FxHashSet;

use super::fields;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, Method, MethodKind, NativeType, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `ExceptionGroup`: a class that CPython makes at its start, of two bases.
pub(crate) static EXCEPTION_GROUP: NativeType = NativeType {
    name: "ExceptionGroup",
    base: Some(types::BASE_EXCEPTION_GROUP),
    second_base: Some(types::EXCEPTION),
    flags: Flags(super::BASE | Flags::WEAK),
    making: Making::Called,
    ..NativeType::PLAIN
};

/// The slots of `BaseExceptionGroup`.
pub(crate) const SLOTS: Slots = Slots { new: Some(new), init: Some(super::init), str: Some(str), ..Slots::NONE };

/// Its fields.
pub(crate) const FIELDS: &[GetSet] = &[
    GetSet { name: "message", get: |vm, this| Ok(fields::read(vm, this, "message")), set: None, member: true },
    GetSet { name: "exceptions", get: |vm, this| Ok(fields::read(vm, this, "exceptions")), set: None, member: true },
];

/// Its methods.
pub(crate) const METHODS: &[Method] = &[
    crate::types::generic::CLASS_GETITEM,
    Method { name: "derive", kind: MethodKind::Instance, arity: Arity::Raw, call: derive },
    Method { name: "split", kind: MethodKind::Instance, arity: Arity::Raw, call: split },
    Method { name: "subgroup", kind: MethodKind::Instance, arity: Arity::Raw, call: subgroup },
];

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let &[message, exceptions] = args.pos() else {
        let given = args.pos().len();
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({given} given)")));
    };
    if vm.text(message).is_none() {
        let got = vm.type_name(message);
        return Err(vm.type_error(format!("BaseExceptionGroup.__new__() argument 1 must be str, not {got}")));
    }
    if !vm.is_sequence(exceptions) {
        return Err(vm.type_error("second argument (exceptions) must be a sequence"));
    }
    let exceptions = vm.sequence_tuple(exceptions)?;
    let class = match class_for(vm, class, exceptions.borrow()) {
        Ok(class) => class,
        Err(stop) => {
            vm.release(exceptions);
            return Err(stop);
        }
    };
    let group = super::new(vm, class, args)?;
    let message = vm.retain(message);
    if let Some(payload) = vm.exception_mut(group.borrow()) {
        payload.set_field("message", Some(message));
        payload.set_field("exceptions", Some(exceptions));
    }
    Ok(group)
}

/// The class of a group of these exceptions: `BaseExceptionGroup` makes an `ExceptionGroup` if it can.
fn class_for(vm: &mut Vm, class: Ref, exceptions: Ref) -> PyResult<Ref> {
    let members = vm.items(exceptions).unwrap_or_default();
    if members.is_empty() {
        return Err(vm.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut any_base = false;
    for (index, &member) in members.iter().enumerate() {
        if vm.exception(member).is_none() {
            return Err(vm.value_error(format!("Item {index} of second argument (exceptions) is not an exception")));
        }
        any_base |= !vm.is_instance(member, types::EXCEPTION)?;
    }
    match class {
        types::EXCEPTION_GROUP if any_base => Err(vm.type_error("Cannot nest BaseExceptions in an ExceptionGroup")),
        types::BASE_EXCEPTION_GROUP if !any_base => Ok(types::EXCEPTION_GROUP),
        _ if any_base && class != types::BASE_EXCEPTION_GROUP && vm.is_subclass(class, types::EXCEPTION) => {
            let name = vm.class(class).name.to_string();
            Err(vm.type_error(format!("Cannot nest BaseExceptions in '{name}'")))
        }
        _ => Ok(class),
    }
}

fn str(vm: &mut Vm, this: Ref) -> PyResult {
    let message = vm.exception(this).and_then(|group| group.field("message")).unwrap_or(types::EMPTY_STR);
    let message = vm.str_of(message)?;
    let count = members(vm, this).len();
    let plural = if count > 1 { "s" } else { "" };
    let text = format!("{} ({count} sub-exception{plural})", vm.expect_text(message.borrow()));
    vm.release(message);
    Ok(vm.str(text))
}

fn members(vm: &Vm, group: Ref) -> Vec<Ref> {
    let tuple = vm.exception(group).and_then(|group| group.field("exceptions"));
    tuple.and_then(|tuple| vm.items(tuple)).unwrap_or_default()
}

// ---- methods ----

/// The one argument of a method. Up to 3.12 they take an argument tuple, and complain in its words.
fn one_argument(vm: &mut Vm, args: &Args<'_>, method: &str, by_tuple: &str) -> PyResult<Ref> {
    let method = format!("BaseExceptionGroup.{method}()");
    vm.no_keywords(&method, args)?;
    match args.values {
        &[_, argument] => Ok(argument),
        values if vm.profile.group_methods_take_one => {
            let given = values.len() - 1;
            Err(vm.type_error(format!("{method} takes exactly one argument ({given} given)")))
        }
        _ => Err(vm.type_error(by_tuple)),
    }
}

fn derive(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given = args.values.len() - 1;
    let members = one_argument(vm, args, "derive", &format!("function takes exactly 1 argument ({given} given)"))?;
    hold_arguments(vm, args, |vm| {
        let message = vm.exception(args.this()).and_then(|group| group.field("message")).unwrap_or(types::EMPTY_STR);
        make(vm, message, members)
    })
}

/// `METH_VARARGS`: an argument tuple holds the arguments for the length of the call.
fn hold_arguments(vm: &mut Vm, args: &Args<'_>, run: impl FnOnce(&mut Vm) -> PyResult) -> PyResult {
    if vm.profile.group_methods_take_one { run(vm) } else { vm.with_positional_tuple(&args.of_method(), |vm, _| run(vm)) }
}

/// `BaseExceptionGroup(message, members)`, called with a tuple.
fn make(vm: &mut Vm, message: Ref, members: Ref) -> PyResult {
    let tuple = vm.tuple_of(&[message, members]);
    let group =
        vm.call(types::BASE_EXCEPTION_GROUP, &Args { tuple: Some(tuple.borrow()), ..Args::positional(&[message, members]) });
    vm.release(tuple);
    group
}

fn split(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given = args.values.len() - 1;
    let matcher = one_argument(vm, args, "split", &format!("split expected 1 argument, got {given}"))?;
    hold_arguments(vm, args, |vm| {
        let matcher = matcher_of(vm, matcher)?;
        let Parts { matching, rest } = split_recursively(vm, args.this(), &matcher, true)?;
        let matching = matching.unwrap_or_else(|| vm.none());
        let rest = rest.unwrap_or_else(|| vm.none());
        Ok(vm.new_tuple(vec![matching, rest]))
    })
}

fn subgroup(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let given = args.values.len() - 1;
    let matcher = one_argument(vm, args, "subgroup", &format!("subgroup expected 1 argument, got {given}"))?;
    hold_arguments(vm, args, |vm| {
        let matcher = matcher_of(vm, matcher)?;
        let matching = split_recursively(vm, args.this(), &matcher, false)?.matching;
        Ok(matching.unwrap_or_else(|| vm.none()))
    })
}

// ---- splitting ----

/// Which exceptions are asked for.
enum Matcher {
    /// Those of this class, or of one of these classes.
    Type(Ref),
    /// Those of which this says so.
    Predicate(Ref),
    /// These.
    Leaves(FxHashSet<Ref>),
}

/// What a group is split into; none for nothing.
#[derive(Default)]
struct Parts {
    matching: Option<Owned>,
    rest: Option<Owned>,
}

/// `get_matcher_type`
fn matcher_of(vm: &mut Vm, value: Ref) -> PyResult<Matcher> {
    let any_callable = vm.profile.group_matchers_are_callables;
    let is_type = matches!(vm.heap[value].value, Value::Type(_));
    let predicate = if any_callable { vm.is_callable(value) && !is_type } else { vm.function(value).is_some() };
    if predicate {
        return Ok(Matcher::Predicate(value));
    }
    let classes = if vm.class_of(value) == types::TUPLE { vm.items(value).unwrap_or_default() } else { vec![value] };
    if classes.into_iter().all(|class| vm.is_exception_class(class)) {
        return Ok(Matcher::Type(value));
    }
    Err(vm.type_error(if any_callable {
        "expected an exception type, a tuple of exception types, or a callable (other than a class)"
    } else {
        "expected a function, exception type or tuple of exception types"
    }))
}

fn matches(vm: &mut Vm, exception: Ref, matcher: &Matcher) -> PyResult<bool> {
    match matcher {
        Matcher::Type(class) => Ok(vm.given_exception_matches(exception, *class)),
        Matcher::Predicate(function) => {
            let answer = vm.call_pos(*function, &[exception])?;
            let truth = vm.truth(answer.borrow());
            vm.release(answer);
            truth
        }
        Matcher::Leaves(leaves) => Ok(!vm.is_exception_group(exception) && leaves.contains(&exception)),
    }
}

fn split_recursively(vm: &mut Vm, exception: Ref, matcher: &Matcher, want_rest: bool) -> PyResult<Parts> {
    if matches(vm, exception, matcher)? {
        return Ok(Parts { matching: Some(vm.retain(exception)), rest: None });
    }
    if !vm.is_exception_group(exception) {
        return Ok(Parts { matching: None, rest: want_rest.then(|| vm.retain(exception)) });
    }
    let matching = vm.new_list(Vec::new());
    let rest = want_rest.then(|| vm.new_list(Vec::new()));
    let parts = split_members(vm, exception, matcher, matching.borrow(), rest.as_ref().map(Owned::borrow));
    vm.release(matching);
    vm.release_option(rest);
    parts
}

fn split_members(vm: &mut Vm, group: Ref, matcher: &Matcher, matching: Ref, rest: Option<Ref>) -> PyResult<Parts> {
    for member in members(vm, group) {
        let parts =
            vm.recursive(" in exceptiongroup_split_recursive", |vm| split_recursively(vm, member, matcher, rest.is_some()))?;
        for (list, part) in [(Some(matching), parts.matching), (rest, parts.rest)] {
            match (list, part) {
                (Some(list), Some(part)) => vm.list_push(list, part),
                (_, part) => vm.release_option(part),
            }
        }
    }
    let matching = subset(vm, group, matching)?;
    let rest = match rest.map_or(Ok(None), |rest| subset(vm, group, rest)) {
        Ok(rest) => rest,
        Err(stop) => {
            vm.release_option(matching);
            return Err(stop);
        }
    };
    Ok(Parts { matching, rest })
}

/// A group like the original with some of its members; none for no members (`exceptiongroup_subset`).
fn subset(vm: &mut Vm, original: Ref, members: Ref) -> PyResult<Option<Owned>> {
    if vm.list_len(members) == 0 {
        return Ok(None);
    }
    let group = vm.call_attribute(original, "derive", &[members])?;
    match like_original(vm, group.borrow(), original) {
        Ok(()) => Ok(Some(group)),
        Err(stop) => {
            vm.release(group);
            Err(stop)
        }
    }
}

/// Gives a group what an exception has beside its arguments.
fn like_original(vm: &mut Vm, group: Ref, original: Ref) -> PyResult<()> {
    if !vm.is_exception_group(group) {
        return Err(vm.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    let Some(payload) = vm.exception(original) else { return Ok(()) };
    let parts = [&payload.traceback, &payload.context, &payload.cause].map(|part| part.as_ref().map(Owned::borrow));
    let [traceback, context, cause] = parts.map(|part| vm.retain_option(part));
    if traceback.is_some() {
        super::replace(vm, group, traceback, |e| &mut e.traceback);
    }
    super::replace(vm, group, context, |e| &mut e.context);
    super::replace(vm, group, cause, |e| &mut e.cause);
    if let Some(payload) = vm.exception_mut(group) {
        payload.suppress_context = true;
    }
    let Some(notes) = vm.lookup_attr(original, "__notes__")? else { return Ok(()) };
    if !vm.is_sequence(notes.borrow()) {
        vm.release(notes);
        return Ok(());
    }
    // The parts have notes of their own.
    let copy = vm.sequence_list(notes.borrow());
    vm.release(notes);
    let copy = copy?;
    let name = vm.intern("__notes__");
    let result = vm.setattr(group, name.borrow(), Some(copy.borrow()));
    vm.release(name);
    vm.release(copy);
    result
}

// ---- what `except*` needs ----

impl Vm {
    /// Whether an object is an exception group.
    pub(crate) fn is_exception_group(&self, object: Ref) -> bool {
        self.is_instance_of(object, types::BASE_EXCEPTION_GROUP)
    }

    /// A naked exception in a group (`_PyExc_CreateExceptionGroup`).
    fn wrapped_in_group(&mut self, exception: Ref) -> PyResult {
        let members = self.tuple_of(&[exception]);
        let group = make(self, types::EMPTY_STR, members.borrow());
        self.release(members);
        group
    }

    /// What of an exception an `except*` clause of these classes gets, and what it leaves; none for nothing
    /// (`exception_group_match`).
    pub(crate) fn exception_group_match(&mut self, exception: Ref, class: Ref) -> PyResult<(Option<Owned>, Option<Owned>)> {
        if exception == types::NONE {
            return Ok((None, None));
        }
        let is_group = self.is_exception_group(exception);
        if self.given_exception_matches(exception, class) {
            let matching = if is_group { self.retain(exception) } else { self.wrapped_in_group(exception)? };
            return Ok((Some(matching), None));
        }
        if !is_group {
            return Ok((None, Some(self.retain(exception))));
        }
        let pair = self.call_attribute(exception, "split", &[class])?;
        let Some(&[matching, rest]) = self.items(pair.borrow()).as_deref() else {
            self.release(pair);
            // CPython takes it for a pair.
            return Err(self.unsupported(Missing::Name, "a split() that returns no pair"));
        };
        let [matching, rest] = [matching, rest].map(|part| (part != types::NONE).then(|| self.retain(part)));
        self.release(pair);
        Ok((matching, rest))
    }

    /// What is to be raised after `except*`: what the clauses raised, and what of the original is left or was raised again
    /// (`_PyExc_PrepReraiseStar`).
    pub(crate) fn prepare_reraise(&mut self, original: Ref, raised: Ref) -> PyResult {
        let exceptions = self.items(raised).unwrap_or_default();
        if exceptions.is_empty() {
            return Ok(self.none());
        }
        if !self.is_exception_group(original) {
            return Ok(self.retain(exceptions[0]));
        }
        let (again, new): (Vec<Ref>, Vec<Ref>) = exceptions
            .into_iter()
            .filter(|&exception| exception != types::NONE)
            .partition(|&exception| self.has_same_metadata(exception, original));
        // Both are in lists while `derive` runs.
        let [new, again] = [new, again].map(|exceptions| {
            let exceptions = exceptions.into_iter().map(|exception| self.retain(exception)).collect();
            self.new_list(exceptions)
        });
        let result = self.join_raised(original, new.borrow(), again.borrow());
        self.release(new);
        self.release(again);
        result
    }

    /// One exception of new ones and of what of the original was raised again.
    fn join_raised(&mut self, original: Ref, new: Ref, again: Ref) -> PyResult {
        let mut leaves = FxHashSet::default();
        for exception in self.items(again).unwrap_or_default() {
            self.collect_leaves(exception, &mut leaves)?;
        }
        let again = split_recursively(self, original, &Matcher::Leaves(leaves), false)?.matching;
        if self.list_len(new) == 0 {
            return Ok(again.unwrap_or_else(|| self.none()));
        }
        if let Some(again) = again {
            self.list_push(new, again);
        }
        match self.list_item(new, 0) {
            Some(only) if self.list_len(new) == 1 => Ok(self.retain(only)),
            _ => make(self, types::EMPTY_STR, new),
        }
    }

    /// `is_same_exception_metadata`: then it is a part of the original.
    fn has_same_metadata(&self, one: Ref, other: Ref) -> bool {
        let parts = |exception| {
            let payload = self.exception(exception)?;
            Some([&payload.traceback, &payload.cause, &payload.context].map(|part| part.as_ref().map(Owned::borrow)))
        };
        parts(one) == parts(other)
    }

    /// The exceptions in a group that are no groups (`collect_exception_group_leaf_ids`).
    fn collect_leaves(&mut self, exception: Ref, leaves: &mut FxHashSet<Ref>) -> PyResult<()> {
        if !self.is_exception_group(exception) {
            leaves.insert(exception);
            return Ok(());
        }
        for member in members(self, exception) {
            self.recursive(" in collect_exception_group_leaf_ids", |vm| vm.collect_leaves(member, leaves))?;
        }
        Ok(())
    }
}
