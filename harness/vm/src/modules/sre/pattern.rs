//! `re.Pattern`

use std::sync::Arc;

use refdrift_isa::CompareOperator;

use super::engine::Mode;
use super::state::{self, State};
use super::{found, substitute};
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::missing::unsupported_method;
use crate::object::value::{Native, Role};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A compiled pattern.
pub(super) struct Pattern {
    /// Groups by name, if there are any.
    pub(super) groupindex: Option<Owned>,
    /// Names by group.
    pub(super) indexgroup: Option<Owned>,
    /// The pattern it was compiled from.
    pub(super) source: Option<Owned>,
    pub(super) flags: i64,
    pub(super) groups: usize,
    /// None: for both.
    pub(super) is_bytes: Option<bool>,
    pub(super) code: Arc<[u32]>,
}

impl Native for Pattern {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in [("groupindex", &self.groupindex), ("names of groups", &self.indexgroup), ("pattern", &self.source)] {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.groupindex.take(), self.indexgroup.take(), self.source.take()].into_iter().flatten());
    }
}

pub(crate) static PATTERN: NativeType = NativeType {
    name: "Pattern",
    module: "re",
    slots: Slots { repr: Some(repr), hash: Some(hash), compare: Some(compare), ..Slots::NONE },
    methods: &[
        method("match", Arity::Raw, |vm, args| find(vm, args, "match", Mode::Match)),
        method("fullmatch", Arity::Raw, |vm, args| find(vm, args, "fullmatch", Mode::FullMatch)),
        method("search", Arity::Raw, |vm, args| find(vm, args, "search", Mode::Search)),
        method("sub", Arity::Raw, |vm, args| substitute::sub(vm, args, "sub", false)),
        method("subn", Arity::Raw, |vm, args| substitute::sub(vm, args, "subn", true)),
        method("findall", Arity::Raw, find_all),
        method("split", Arity::Raw, split),
        method("finditer", Arity::Raw, |vm, args| {
            let scanner = scanner(vm, args, "finditer")?;
            let search = vm.getattr_str(scanner.borrow(), "search");
            vm.release(scanner);
            let search = search?;
            let iterator = vm.callable_iterator(search.borrow(), types::NONE);
            vm.release(search);
            Ok(iterator)
        }),
        method("scanner", Arity::Raw, |vm, args| scanner(vm, args, "scanner")),
        method("__copy__", Arity::None, |vm, args| Ok(vm.retain(args.this()))),
        method("__deepcopy__", Arity::One, |vm, args| Ok(vm.retain(args.this()))),
        unsupported_method!("re.Pattern", "__class_getitem__", Class),
    ],
    getsets: &[
        GetSet {
            name: "pattern",
            get: |vm, this| {
                let source = pattern(vm, this).and_then(|pattern| pattern.source.as_ref()).map(Owned::borrow);
                Ok(vm.retain(source.unwrap_or(types::NONE)))
            },
            set: None,
            member: true,
        },
        GetSet { name: "flags", get: |vm, this| Ok(vm.int(pattern(vm, this).map_or(0, |p| p.flags))), set: None, member: true },
        GetSet {
            name: "groups",
            get: |vm, this| Ok(vm.int(pattern(vm, this).map_or(0, |p| p.groups as i64))),
            set: None,
            member: true,
        },
        GetSet { name: "groupindex", get: groupindex, set: None, member: false },
    ],
    flags: Flags(Flags::GC | Flags::WEAK | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

fn pattern(vm: &Vm, this: Ref) -> Option<&Pattern> {
    vm.payload(this)
}

/// A read-only view of the groups' names.
fn groupindex(vm: &mut Vm, this: Ref) -> PyResult {
    let dict = pattern(vm, this).and_then(|pattern| pattern.groupindex.as_ref()).map(Owned::borrow);
    match dict {
        Some(dict) => Ok(vm.new_proxy(dict)),
        None => Ok(vm.new_dict()),
    }
}

/// The arguments that most methods take: a string, and from where to where.
fn bounds(vm: &mut Vm, args: &Args<'_>, function: &'static str) -> PyResult<(Ref, i64, i64)> {
    let signature = Signature { function, positional_only: 0, names: &["string", "pos", "endpos"], required: 1, positional: 3 };
    let [string, pos, endpos] = signature.bind::<3>(vm, &args.rest())?;
    let pos = match pos {
        Some(pos) => vm.ssize_argument(pos)?,
        None => 0,
    };
    let endpos = match endpos {
        Some(endpos) => vm.ssize_argument(endpos)?,
        None => i64::MAX,
    };
    Ok((string.unwrap_or(types::NONE), pos, endpos))
}

fn scanner(vm: &mut Vm, args: &Args<'_>, function: &'static str) -> PyResult {
    let (string, pos, endpos) = bounds(vm, args, function)?;
    state::scanner(vm, args.this(), string, pos, endpos)
}

fn find(vm: &mut Vm, args: &Args<'_>, function: &'static str, mode: Mode) -> PyResult {
    let (string, pos, endpos) = bounds(vm, args, function)?;
    let mut state = State::new(vm, args.this(), string, pos, endpos)?;
    match state.find(vm, mode)? {
        Some(marks) => Ok(found::new(vm, args.this(), &state, marks)),
        None => Ok(vm.none()),
    }
}

/// `pattern.findall(string, pos, endpos)`
fn find_all(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (string, pos, endpos) = bounds(vm, args, "findall")?;
    let mut state = State::new(vm, args.this(), string, pos, endpos)?;
    let groups = pattern(vm, args.this()).map_or(0, |pattern| pattern.groups);
    let mut items = Vec::new();
    while let Some(marks) = state.find(vm, Mode::Search)? {
        let mut part = |group: usize| {
            // A group that took no part is empty.
            let (start, end) = marks.span(group).unwrap_or((0, 0));
            state.slice(vm, start, end)
        };
        let item = match groups {
            0 | 1 => part(groups),
            _ => {
                let parts = (1..=groups).map(part).collect();
                vm.new_tuple(parts)
            }
        };
        items.push(item);
    }
    Ok(vm.new_list(items))
}

/// `pattern.split(string, maxsplit=0)`
fn split(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "split", positional_only: 0, names: &["string", "maxsplit"], required: 1, positional: 2 };
    let [string, most] = SIGNATURE.bind::<2>(vm, &args.rest())?;
    let most = match most {
        Some(most) => vm.ssize_argument(most)?,
        None => 0,
    };
    let mut state = State::new(vm, args.this(), string.unwrap_or(types::NONE), 0, i64::MAX)?;
    let groups = pattern(vm, args.this()).map_or(0, |pattern| pattern.groups);
    let mut items = Vec::new();
    let (mut count, mut last) = (0, 0);
    while most == 0 || count < most {
        let Some(marks) = state.find(vm, Mode::Search)? else { break };
        items.push(state.slice(vm, last, marks.start));
        for group in 1..=groups {
            items.push(match marks.span(group) {
                Some((start, end)) => state.slice(vm, start, end),
                None => vm.none(),
            });
        }
        count += 1;
        last = marks.end;
    }
    items.push(state.slice(vm, last, state.endpos));
    Ok(vm.new_list(items))
}

/// `pattern_repr`
fn repr(vm: &mut Vm, this: Ref) -> PyResult {
    const NAMES: &[(&str, i64)] = &[
        ("re.TEMPLATE", 1),
        ("re.IGNORECASE", 2),
        ("re.LOCALE", 4),
        ("re.MULTILINE", 8),
        ("re.DOTALL", 16),
        ("re.UNICODE", 32),
        ("re.VERBOSE", 64),
        ("re.DEBUG", 128),
        ("re.ASCII", 256),
    ];
    let Some(payload) = pattern(vm, this) else { return Ok(vm.str("")) };
    let (mut flags, is_bytes) = (payload.flags, payload.is_bytes);
    let source = payload.source.as_ref().map_or(types::NONE, Owned::borrow);
    if is_bytes == Some(false) && flags & (4 | 32 | 256) == 32 {
        flags &= !32;
    }
    let mut words = Vec::new();
    for &(name, flag) in NAMES {
        // The flag for templates went with 3.13.
        if flags & flag != 0 && (flag != 1 || vm.profile.version.minor < 13) {
            words.push(name.to_owned());
            flags &= !flag;
        }
    }
    if flags != 0 {
        words.push(format!("{flags:#x}"));
    }
    let mut text = "re.compile(".to_owned();
    text.extend(vm.repr_text(source)?.chars().take(200));
    if !words.is_empty() {
        text.push_str(", ");
        text.push_str(&words.join("|"));
    }
    text.push(')');
    Ok(vm.str(text))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let Some(source) = pattern(vm, this).and_then(|pattern| pattern.source.as_ref()).map(Owned::borrow) else { return Ok(0) };
    let hash = vm.hash_of(source)?;
    let Some(pattern) = pattern(vm, this) else { return Ok(0) };
    let bytes: Vec<u8> = pattern.code.iter().flat_map(|word| word.to_le_bytes()).collect();
    let is_bytes = pattern.is_bytes.map_or(-1, i64::from);
    let hash = hash ^ crate::hash::bytes(&bytes) ^ pattern.flags ^ is_bytes ^ pattern.code.len() as i64;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let both = pattern(vm, left).zip(pattern(vm, right));
    let (Some((a, b)), CompareOperator::Eq | CompareOperator::Ne) = (both, op) else { return Ok(vm.not_implemented()) };
    let alike = a.flags == b.flags && a.is_bytes == b.is_bytes && a.code == b.code;
    let sources = a.source.as_ref().map(Owned::borrow).zip(b.source.as_ref().map(Owned::borrow));
    let equal = left == right
        || alike
            && match sources {
                Some((a, b)) => vm.equal(a, b)?,
                None => true,
            };
    Ok(vm.bool(equal == (op == CompareOperator::Eq)))
}
