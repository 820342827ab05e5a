//! What the parser makes of a source that `exec` and `eval` are given holds its constants until the code has run (`PyArena`).

use rustc_hash::FxHashSet;

use crate::api::Missing;
use crate::heap::{Owned, Ref, UNKNOWN};
use crate::object::value::Value;
use crate::types::{self, code::CodeRef};
use crate::vm::Vm;

impl Vm {
    /// A reference to each constant that the parser has made for code, in the order in which the code has them.
    pub(super) fn parsed_constants(&mut self, code: &CodeRef) -> Vec<Owned> {
        let (mut made, mut seen) = (Vec::new(), FxHashSet::default());
        let mut waiting: Vec<Ref> = code.consts.iter().rev().copied().collect();
        while let Some(object) = waiting.pop() {
            if self.heap.is_static(object) || !seen.insert(object) {
                continue;
            }
            match &self.heap[object].value {
                Value::Code(code) => waiting.extend(code.consts.iter().rev()),
                Value::Tuple(items) => {
                    waiting.extend(items.iter().rev().map(Owned::borrow));
                    made.push(object);
                }
                // One that was interned already took the place of the parser's.
                Value::Str(text) if text.interned && self.is_known_constant(object) => {}
                _ => made.push(object),
            }
        }
        made.into_iter().map(|object| self.retain(object)).collect()
    }

    /// Whether an object was there before it became a constant of code.
    fn is_known_constant(&self, object: Ref) -> bool {
        self.heap.was_there(object) || self.recorder.as_ref().is_some_and(|recorder| recorder.constants.contains_key(&object))
    }

    /// The names and the shared constants of code: how often the parser holds them only CPython's knows. The level of an import is no
    /// constant of the parser's.
    pub(super) fn parsed_names(&self, code: &CodeRef, imports: bool) -> Vec<Ref> {
        if self.profile.immortal_objects {
            return Vec::new();
        }
        let mut names = Vec::new();
        let mut waiting = vec![code];
        while let Some(code) = waiting.pop() {
            for &object in &code.consts {
                match &self.heap[object].value {
                    Value::Code(code) => waiting.push(code),
                    Value::Int(0) if imports => {}
                    Value::Int(_) => names.push(object),
                    Value::Str(text) if types::shared_str(&text.text) == Some(object) => names.push(object),
                    _ => {}
                }
            }
            names.extend(code.names.iter().chain(&code.locals).filter(|&&name| self.is_known_constant(name)));
        }
        names
    }

    /// A boundary within a source that runs: what the parser holds, nobody knows how often, is not to be counted.
    pub(crate) fn check_parsed_names(&mut self) {
        if self.parsed.iter().any(|&name| self.heap[name].id != UNKNOWN) {
            self.unsupported(Missing::Name, "the count of a name in a source while that runs");
        }
    }
}
