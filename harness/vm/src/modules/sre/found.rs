//! `re.Match`

use super::engine::Marks;
use super::pattern::Pattern;
use super::state::{self, State};
use super::substitute;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// What was found.
pub(super) struct Match {
    string: Option<Owned>,
    /// `regs`, once somebody asked.
    regs: Option<Owned>,
    pattern: Option<Owned>,
    marks: Marks,
    /// How many groups there are, the whole included.
    groups: usize,
    pos: usize,
    endpos: usize,
}

impl Native for Match {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in [("string", &self.string), ("regs", &self.regs), ("re", &self.pattern)] {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.string.take(), self.regs.take(), self.pattern.take()].into_iter().flatten());
    }
}

const fn member(name: &'static str, get: fn(&mut Vm, Ref) -> PyResult) -> GetSet {
    GetSet { name, get, set: None, member: true }
}

const fn computed(name: &'static str, get: fn(&mut Vm, Ref) -> PyResult) -> GetSet {
    GetSet { name, get, set: None, member: false }
}

pub(crate) static MATCH: NativeType = NativeType {
    name: "Match",
    module: "re",
    slots: Slots { repr: Some(repr), subscript: Some(part_by_key), ..Slots::NONE },
    methods: &[
        method("group", Arity::Positional(0, usize::MAX), group),
        method("start", Arity::Positional(0, 1), |vm, args| {
            let span = span_argument(vm, args)?;
            Ok(vm.int(span.map_or(-1, |(start, _)| start as i64)))
        }),
        method("end", Arity::Positional(0, 1), |vm, args| {
            let span = span_argument(vm, args)?;
            Ok(vm.int(span.map_or(-1, |(_, end)| end as i64)))
        }),
        method("span", Arity::Positional(0, 1), |vm, args| {
            let span = span_argument(vm, args)?;
            Ok(pair(vm, span))
        }),
        method("groups", Arity::Raw, groups),
        method("groupdict", Arity::Raw, groupdict),
        method("expand", Arity::Raw, |vm, args| {
            const SIGNATURE: Signature =
                Signature { function: "expand", positional_only: 0, names: &["template"], required: 1, positional: 1 };
            let [template] = SIGNATURE.bind::<1>(vm, &args.rest())?;
            substitute::expand(vm, args.this(), template.unwrap_or(types::NONE))
        }),
        method("__copy__", Arity::None, |vm, args| Ok(vm.retain(args.this()))),
        method("__deepcopy__", Arity::One, |vm, args| Ok(vm.retain(args.this()))),
        unsupported_method!("re.Match", "__class_getitem__", Class),
    ],
    getsets: &[
        member("string", |vm, this| Ok(held(vm, this, |found| &found.string))),
        member("re", |vm, this| Ok(held(vm, this, |found| &found.pattern))),
        member("pos", |vm, this| Ok(vm.int(payload(vm, this).map_or(0, |found| found.pos as i64)))),
        member("endpos", |vm, this| Ok(vm.int(payload(vm, this).map_or(0, |found| found.endpos as i64)))),
        computed("lastindex", |vm, this| match payload(vm, this).map(|found| found.marks.lastindex) {
            Some(index) if index >= 0 => Ok(vm.int(index)),
            _ => Ok(vm.none()),
        }),
        computed("lastgroup", last_group),
        computed("regs", regs),
    ],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn payload(vm: &Vm, this: Ref) -> Option<&Match> {
    vm.payload(this)
}

fn held(vm: &mut Vm, this: Ref, field: fn(&Match) -> &Option<Owned>) -> Owned {
    let held = payload(vm, this).and_then(|found| field(found).as_ref()).map_or(types::NONE, Owned::borrow);
    vm.retain(held)
}

/// `pattern_new_match`
pub(super) fn new(vm: &mut Vm, pattern: Ref, state: &State, marks: Marks) -> Owned {
    let groups = vm.payload::<Pattern>(pattern).map_or(0, |pattern| pattern.groups) + 1;
    let pattern = vm.retain(pattern);
    let string = vm.retain(state.string);
    let found =
        Match { string: Some(string), regs: None, pattern: Some(pattern), marks, groups, pos: state.pos, endpos: state.endpos };
    vm.alloc_instance(types::SRE_MATCH, Value::Native(Box::new(found)))
}

/// The pattern of a match, borrowed.
pub(super) fn pattern_of(vm: &Vm, this: Ref) -> Option<Ref> {
    payload(vm, this)?.pattern.as_ref().map(Owned::borrow)
}

/// The number of a group that is given by number or name (`match_getindex`).
fn index_of(vm: &mut Vm, this: Ref, key: Ref) -> PyResult<usize> {
    let groups = payload(vm, this).map_or(0, |found| found.groups);
    let index = if vm.class(vm.class_of(key)).slots.index.is_some() {
        vm.as_index(key, None)?
    } else {
        let names = pattern_of(vm, this).and_then(|pattern| vm.payload::<Pattern>(pattern)?.groupindex.as_ref()).map(Owned::borrow);
        let found = match names {
            Some(names) => vm.dict_get(names, key)?,
            None => None,
        };
        found.and_then(|found| vm.small_value(found)).unwrap_or(-1)
    };
    match usize::try_from(index) {
        Ok(index) if index < groups => Ok(index),
        _ => Err(vm.index_error("no such group")),
    }
}

/// What a group matched; the default if it took no part (`match_getslice_by_index`).
pub(super) fn part(vm: &mut Vm, this: Ref, group: usize, default: Ref) -> Owned {
    let span = payload(vm, this).and_then(|found| found.marks.span(group));
    let string = payload(vm, this).and_then(|found| found.string.as_ref()).map(Owned::borrow);
    match (span, string) {
        (Some((start, end)), Some(string)) => state::slice(vm, string, start, end),
        _ => vm.retain(default),
    }
}

/// How many groups there are, the whole included.
pub(super) fn group_count(vm: &Vm, this: Ref) -> usize {
    payload(vm, this).map_or(0, |found| found.groups)
}

fn part_by_key(vm: &mut Vm, this: Ref, key: Ref) -> PyResult {
    let index = index_of(vm, this, key)?;
    Ok(part(vm, this, index, types::NONE))
}

fn group(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    // It takes them as a tuple (`METH_VARARGS`).
    vm.with_positional_tuple(&args.of_method(), |vm, _| parts(vm, args.this(), &args.values[1..]))
}

fn parts(vm: &mut Vm, this: Ref, keys: &[Ref]) -> PyResult {
    match *keys {
        [] => Ok(part(vm, this, 0, types::NONE)),
        [key] => part_by_key(vm, this, key),
        ref keys => {
            let mut parts = Vec::with_capacity(keys.len());
            for &key in keys {
                match part_by_key(vm, this, key) {
                    Ok(part) => parts.push(part),
                    Err(stop) => {
                        vm.release_last_first(parts);
                        return Err(stop);
                    }
                }
            }
            Ok(vm.new_tuple(parts))
        }
    }
}

fn span_argument(vm: &mut Vm, args: &Args<'_>) -> PyResult<Option<(usize, usize)>> {
    let index = match args.values.get(1) {
        Some(&key) => index_of(vm, args.this(), key)?,
        None => 0,
    };
    Ok(payload(vm, args.this()).and_then(|found| found.marks.span(index)))
}

fn pair(vm: &mut Vm, span: Option<(usize, usize)>) -> Owned {
    let (start, end) = span.map_or((-1, -1), |(start, end)| (start as i64, end as i64));
    let pair = vec![vm.int(start), vm.int(end)];
    vm.new_tuple(pair)
}

fn default_argument(vm: &mut Vm, args: &Args<'_>, function: &'static str) -> PyResult<Ref> {
    let signature = Signature { function, positional_only: 0, names: &["default"], required: 0, positional: 1 };
    let [default] = signature.bind::<1>(vm, &args.rest())?;
    Ok(default.unwrap_or(types::NONE))
}

fn groups(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let default = default_argument(vm, args, "groups")?;
    let parts = (1..group_count(vm, args.this())).map(|group| part(vm, args.this(), group, default)).collect();
    Ok(vm.new_tuple(parts))
}

fn groupdict(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let default = default_argument(vm, args, "groupdict")?;
    let result = vm.new_dict();
    let names =
        pattern_of(vm, args.this()).and_then(|pattern| vm.payload::<Pattern>(pattern)?.groupindex.as_ref()).map(Owned::borrow);
    let Some(names) = names else { return Ok(result) };
    let mut at = 0;
    while let Some((index, key, _)) = vm.dict_next(names, at) {
        at = index + 1;
        let set = part_or_default(vm, args.this(), key, default).and_then(|value| {
            let set = vm.dict_set(result.borrow(), key, value.borrow());
            vm.release(value);
            set
        });
        if let Err(stop) = set {
            vm.release(result);
            return Err(stop);
        }
    }
    Ok(result)
}

fn part_or_default(vm: &mut Vm, this: Ref, key: Ref, default: Ref) -> PyResult {
    let index = index_of(vm, this, key)?;
    Ok(part(vm, this, index, default))
}

fn last_group(vm: &mut Vm, this: Ref) -> PyResult {
    let index = payload(vm, this).map_or(-1, |found| found.marks.lastindex);
    let names = pattern_of(vm, this).and_then(|pattern| vm.payload::<Pattern>(pattern)?.indexgroup.as_ref()).map(Owned::borrow);
    let name = names.zip(usize::try_from(index).ok()).and_then(|(names, index)| vm.tuple_item(names, index));
    Ok(vm.retain(name.unwrap_or(types::NONE)))
}

fn regs(vm: &mut Vm, this: Ref) -> PyResult {
    if let Some(regs) = payload(vm, this).and_then(|found| found.regs.as_ref()).map(Owned::borrow) {
        return Ok(vm.retain(regs));
    }
    let spans: Vec<_> = match payload(vm, this) {
        Some(found) => (0..found.groups).map(|group| found.marks.span(group)).collect(),
        None => Vec::new(),
    };
    let pairs = spans.into_iter().map(|span| pair(vm, span)).collect();
    let regs = vm.new_tuple(pairs);
    let kept = vm.retain(regs.borrow());
    if let Some(found) = vm.payload_mut::<Match>(this) {
        found.regs = Some(kept);
    }
    Ok(regs)
}

fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    let whole = part(vm, this, 0, types::NONE);
    let text = vm.repr_text(whole.borrow());
    vm.release(whole);
    let text: String = text?.chars().take(50).collect();
    let (start, end) = payload(vm, this).and_then(|found| found.marks.span(0)).unwrap_or_default();
    Ok(vm.str(format!("<re.Match object; span=({start}, {end}), match={text}>")))
}
