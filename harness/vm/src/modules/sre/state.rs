//! A search under way: what in, from where, and the scanner object that keeps one (`SRE_STATE`, `ScannerObject`).

use std::sync::Arc;

use super::engine::{Engine, Marks, Mode};
use super::pattern::Pattern;
use super::{code_of, found};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::method;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Making, NativeType};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// Where a search is. It owns nothing.
#[derive(Clone)]
pub(super) struct State {
    pattern: Ref,
    pub(super) string: Ref,
    /// The string's characters, if they are not all ASCII.
    characters: Option<Arc<[char]>>,
    pub(super) is_bytes: bool,
    /// Where to go on; none at the end of a scanner.
    start: Option<usize>,
    pub(super) pos: usize,
    pub(super) endpos: usize,
    must_advance: bool,
}

/// Whether an object is bytes-like, not a string (`getstring`).
pub(super) fn is_bytes(vm: &mut Vm, object: Ref) -> PyResult<bool> {
    if vm.text(object).is_some() {
        return Ok(false);
    }
    if vm.bytes_value(object).is_some() {
        return Ok(true);
    }
    if matches!(vm.class(vm.class_of(object)).native.name, "bytearray" | "memoryview" | "array") {
        return Err(vm.unsupported(Missing::Name, "a regular expression over what is neither str nor bytes"));
    }
    let message = format!("expected string or bytes-like object, got '{}'", vm.qualified_type_name(vm.class_of(object)));
    Err(vm.type_error(message))
}

impl State {
    /// `state_init`
    pub(super) fn new(vm: &mut Vm, pattern: Ref, string: Ref, start: i64, end: i64) -> PyResult<Self> {
        let is_bytes = is_bytes(vm, string)?;
        match vm.payload::<Pattern>(pattern).and_then(|pattern| pattern.is_bytes) {
            Some(false) if is_bytes => return Err(vm.type_error("cannot use a string pattern on a bytes-like object")),
            Some(true) if !is_bytes => return Err(vm.type_error("cannot use a bytes pattern on a string-like object")),
            _ => {}
        }
        let characters: Option<Arc<[char]>> = match vm.text(string) {
            Some(text) if !text.is_ascii() => Some(text.chars().collect()),
            _ => None,
        };
        let length = match (vm.bytes_value(string), &characters) {
            (Some(data), _) => data.len(),
            (None, Some(characters)) => characters.len(),
            (None, None) => vm.expect_text(string).len(),
        } as i64;
        let (pos, endpos) = (start.clamp(0, length) as usize, end.clamp(0, length) as usize);
        Ok(Self { pattern, string, characters, is_bytes, start: Some(pos), pos, endpos, must_advance: false })
    }

    /// The next match.
    pub(super) fn find(&mut self, vm: &mut Vm, mode: Mode) -> PyResult<Option<Marks>> {
        let Some(start) = self.start else { return Ok(None) };
        let groups = vm.payload::<Pattern>(self.pattern).map_or(0, |pattern| pattern.groups);
        let code = code_of(vm, self.pattern);
        let unicode = vm.unicode();
        let found = match (&self.characters, vm.bytes_value(self.string)) {
            (Some(text), _) => Engine::new(&code, &**text, groups, unicode, self.endpos).find(mode, start, self.must_advance),
            (None, Some(data)) => Engine::new(&code, data, groups, unicode, self.endpos).find(mode, start, self.must_advance),
            (None, None) => {
                let data = vm.expect_text(self.string).as_bytes();
                Engine::new(&code, data, groups, unicode, self.endpos).find(mode, start, self.must_advance)
            }
        };
        match found {
            Ok(Some(marks)) => {
                self.must_advance = marks.start == marks.end;
                self.start = Some(marks.end);
                Ok(Some(marks))
            }
            Ok(None) => {
                self.start = None;
                Ok(None)
            }
            Err(_) => Err(vm.unsupported(Missing::Limit, "a regular expression that backtracks so deeply")),
        }
    }

    /// A part of the string (`getslice`).
    pub(super) fn slice(&self, vm: &mut Vm, start: usize, end: usize) -> Owned {
        slice(vm, self.string, start, end)
    }
}

/// See [`State::slice`].
pub(super) fn slice(vm: &mut Vm, string: Ref, start: usize, end: usize) -> Owned {
    let Some(data) = vm.bytes_value(string) else { return vm.substring(string, start, end) };
    let end = end.min(data.len());
    let start = start.min(end);
    if start == 0 && end == data.len() && vm.class_of(string) == types::BYTES {
        return vm.retain(string);
    }
    let part: Box<[u8]> = data[start..end].into();
    vm.new_bytes(part)
}

/// The object that goes from match to match.
struct Scanner {
    string: Option<Owned>,
    /// What is no string is held by its buffer, too.
    buffer: Option<Owned>,
    pattern: Option<Owned>,
    state: State,
}

impl Native for Scanner {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in [("string", &self.string), ("buffer", &self.buffer), ("pattern", &self.pattern)] {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend([self.buffer.take(), self.string.take(), self.pattern.take()].into_iter().flatten());
    }

    fn clear(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.pattern.take());
    }
}

/// `_sre.SRE_Scanner`
pub(crate) static SCANNER: NativeType = NativeType {
    name: "SRE_Scanner",
    module: "_sre",
    methods: &[
        method("match", Arity::None, |vm, args| step(vm, args, Mode::Match)),
        method("search", Arity::None, |vm, args| step(vm, args, Mode::Search)),
    ],
    getsets: &[GetSet {
        name: "pattern",
        get: |vm, this| {
            let pattern = vm.payload::<Scanner>(this).and_then(|scanner| scanner.pattern.as_ref()).map(Owned::borrow);
            Ok(vm.retain(pattern.unwrap_or(types::NONE)))
        },
        set: None,
        member: true,
    }],
    flags: Flags(Flags::GC | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `pattern.scanner(string, pos, endpos)`
pub(super) fn scanner(vm: &mut Vm, pattern: Ref, string: Ref, pos: i64, endpos: i64) -> PyResult {
    let state = State::new(vm, pattern, string, pos, endpos)?;
    let buffer = state.is_bytes.then(|| vm.retain(string));
    vm.export(string, true);
    let scanner = Scanner { string: Some(vm.retain(string)), buffer, pattern: Some(vm.retain(pattern)), state };
    Ok(vm.alloc_instance(types::SRE_SCANNER, Value::Native(Box::new(scanner))))
}

/// What a scanner does first when it dies (`state_fini`): nobody looks at the bytes any more.
pub(crate) fn release_buffer(vm: &mut Vm, scanner: Ref) {
    if let Some(string) = vm.payload::<Scanner>(scanner).and_then(|scanner| scanner.buffer.as_ref()).map(Owned::borrow) {
        vm.export(string, false);
    }
}

fn step(vm: &mut Vm, args: &Args<'_>, mode: Mode) -> PyResult {
    let Some(mut state) = vm.payload::<Scanner>(args.this()).map(|scanner| scanner.state.clone()) else { return Ok(vm.none()) };
    let marks = state.find(vm, mode)?;
    if let Some(scanner) = vm.payload_mut::<Scanner>(args.this()) {
        scanner.state = state.clone();
    }
    match marks {
        Some(marks) => Ok(found::new(vm, state.pattern, &state, marks)),
        None => Ok(vm.none()),
    }
}

impl State {
    /// The pattern, borrowed.
    pub(super) fn pattern(&self) -> Ref {
        self.pattern
    }
}
