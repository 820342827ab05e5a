//! From a compiled unit to objects: constants, names and code objects (`Python/marshal.c` and `Objects/codeobject.c` do this in
//! CPython; here the compiler's work arrives as data).

use std::sync::{Arc, OnceLock};

use num_bigint::BigInt;
use refdrift_isa::{Code, decode};
use refdrift_trace::{CodeObject, CodeUnit, ConstId, Constant, ConstantValue, IMMORTAL, flags};

use crate::api::Missing;
use crate::hash;
use crate::heap::{Owned, Ref, STATIC_COUNT, set_abandoned};
use crate::object::value::{Native, Value};
use crate::types;
use crate::types::code::{CodeRef, RunnableCode};
use crate::types::str::Str;
use crate::vm::{PyResult, Vm};

/// Whose code it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The snippet's, or that of a module beside it: recorded, with the counts that CPython's objects have before it starts.
    Snippet,
    /// The standard library's: its objects are counted relative to what they start with, and never die.
    Library,
    /// A native module's twin: the library's, and nobody sees it (see [`super::native`]).
    Twin,
    /// Compiled by the program: its objects are counted like any other.
    RunTime,
}

/// What constants the VM has no objects for.
pub(crate) const UNREPRESENTABLE: &str = "a string with lone surrogates";

/// How the file of a module begins that is frozen into CPython.
const FROZEN: &str = "<frozen ";

/// The decoded code objects of a unit.
pub(crate) type Decoded = Vec<(Arc<Code>, Arc<CodeObject>)>;

/// A unit's objects on the heap.
pub(crate) struct Loaded {
    /// By [`ConstId`].
    pub(crate) places: Vec<Ref>,
    /// By the number of the code object.
    pub(crate) codes: Vec<CodeRef>,
}

impl Vm {
    /// Decodes the code objects of a unit.
    pub(crate) fn decode_unit(&mut self, unit: &CodeUnit) -> PyResult<Decoded> {
        let mut decoded = Vec::with_capacity(unit.codes.len());
        for object in &unit.codes {
            match decode(unit.version, object) {
                Ok(code) => decoded.push((Arc::new(code), Arc::new(object.clone()))),
                Err(error) => return Err(self.unsupported(Missing::Instruction, error.to_string())),
            }
        }
        Ok(decoded)
    }

    /// Makes the objects that a unit's code refers to, and its code objects. Of a unit compiled at run time the caller owns one
    /// reference to the first code object.
    pub(crate) fn load_unit(&mut self, unit: &CodeUnit, decoded: &Decoded, origin: Origin) -> PyResult<Loaded> {
        self.load_unit_of_file(unit, decoded, origin, None)
    }

    /// The same, with an object to be the `co_filename`.
    pub(crate) fn load_unit_of_file(
        &mut self,
        unit: &CodeUnit,
        decoded: &Decoded,
        origin: Origin,
        filename: Option<Ref>,
    ) -> PyResult<Loaded> {
        set_abandoned(true);
        let frozen = origin == Origin::Library && unit.filename.starts_with(FROZEN);
        let read = origin == Origin::Library && !(frozen && self.profile.frozen_by_compiler);
        let given = filename.map(|filename| (unit.module().filename as usize, filename));
        let place = |(index, constant): (usize, &Constant)| match given {
            Some((place, filename)) if place == index => filename,
            _ => match &constant.value {
                ConstantValue::Str(text) if frozen => {
                    self.frozen_character(text).unwrap_or_else(|| self.place_constant(constant, origin))
                }
                // What is read from a file is a new object; the compiler's, and what it has frozen, are the shared ones.
                ConstantValue::Bytes(data) if read && data.len() == 1 => {
                    self.heap.insert(types::BYTES, types::bytes::payload(data.clone())).into_ref()
                }
                _ => self.place_constant(constant, origin),
            },
        };
        let places: Vec<Ref> = unit.pool.iter().enumerate().map(place).collect();
        for (constant, &place) in unit.pool.iter().zip(&places) {
            if let ConstantValue::Tuple(items) = &constant.value
                && !items.is_empty()
            {
                let items = items.iter().map(|&item| Owned::adopt(places[item as usize])).collect();
                self.heap[place].value = Value::Tuple(items);
                // The compiler's tuples are the collector's until it first looks at them; the library's it has looked at long ago.
                if matches!(origin, Origin::Snippet | Origin::RunTime) {
                    self.track(place);
                }
            }
        }
        // Sets after tuples: their elements must be whole to have a hash.
        for (constant, &place) in unit.pool.iter().zip(&places) {
            if let ConstantValue::FrozenSet(items) = &constant.value {
                let elements = items.iter().map(|&item| {
                    let item = places[item as usize];
                    (self.hash_of(item).unwrap_or(0), Owned::adopt(item))
                });
                let set = types::set::Set::in_order(elements.collect());
                self.heap[place].value = Value::Set(Box::new(set));
            }
        }
        for (constant, &place) in unit.pool.iter().zip(&places) {
            self.count_constant(constant, place, origin);
            if constant.interned {
                self.enter_interned(place);
            }
        }
        let codes = self.load_codes(decoded, &places, origin);
        if origin == Origin::RunTime && self.profile.names_of_code_immortal {
            for (_, object) in decoded {
                for &name in object.names.iter().chain(&object.localsplusnames) {
                    self.heap.set_count(places[name as usize], IMMORTAL);
                }
            }
        }
        if origin == Origin::RunTime {
            self.count_references(unit, &codes, &places);
        }
        set_abandoned(false);
        Ok(Loaded { places, codes: codes? })
    }

    /// The string that the frozen modules have of one character, if it is not everybody's.
    fn frozen_character(&self, text: &str) -> Option<Ref> {
        self.frozen_characters.iter().find(|(character, _)| text.strip_prefix(*character) == Some("")).map(|&(_, string)| string)
    }

    /// The count that a constant starts with.
    fn count_constant(&mut self, constant: &Constant, place: Ref, origin: Origin) {
        match origin {
            Origin::Snippet => self.heap.set_count(place, constant.count),
            _ if self.heap.is_static(place) => {}
            _ if constant.count == IMMORTAL => {
                self.heap[place].library |= constant.there;
                // A string that the snippet has may become a name.
                self.heap.set_count(place, IMMORTAL);
            }
            // Unless it is one that the snippet has, too.
            Origin::Library | Origin::Twin if self.heap[place].count == 1 => self.heap[place].count = STATIC_COUNT,
            Origin::Library | Origin::Twin => {}
            // It was there before; now the VM knows of it.
            Origin::RunTime if constant.there && self.heap[place].count == 0 => self.heap.add_to_library(place),
            Origin::RunTime => {}
        }
    }

    /// The strings of the table are found by their text from now on.
    fn enter_interned(&mut self, place: Ref) {
        if let Value::Str(text) = &mut self.heap[place].value {
            text.interned = true;
            if text.hash.is_none() {
                text.hash = Some(hash::text(&text.text));
            }
            let text = text.text.clone();
            self.interned.insert(text, place);
        }
    }

    /// What code compiled at run time refers to is owned by it, reference by reference.
    fn count_references(&mut self, unit: &CodeUnit, codes: &PyResult<Vec<CodeRef>>, places: &[Ref]) {
        let Ok(codes) = codes else { return };
        let within = unit.pool.iter().flat_map(|constant| match &constant.value {
            ConstantValue::Tuple(items) | ConstantValue::FrozenSet(items) => items.as_slice(),
            _ => &[],
        });
        let mut references: Vec<Ref> = within.map(|&item| places[item as usize]).collect();
        references.extend(codes.iter().flat_map(|code| code.referents().collect::<Vec<_>>()));
        references.extend(codes.first().map(|code| code.this));
        for object in references {
            self.retain(object).into_ref();
        }
    }

    /// The object of a constant, its items still missing.
    fn place_constant(&mut self, constant: &Constant, origin: Origin) -> Ref {
        let (class, value) = match &constant.value {
            ConstantValue::None => return types::NONE,
            ConstantValue::Ellipsis => return types::ELLIPSIS,
            ConstantValue::Bool(true) => return types::TRUE,
            ConstantValue::Bool(false) => return types::FALSE,
            ConstantValue::Int(value) => match types::small_int(*value) {
                Some(small) => return small,
                None => (types::INT, Value::Int(*value)),
            },
            ConstantValue::BigInt(digits) => {
                let value: BigInt = digits.parse().unwrap_or_default();
                (types::INT, Value::BigInt(Box::new(value)))
            }
            ConstantValue::Float(bits) => (types::FLOAT, Value::Float(f64::from_bits(*bits))),
            ConstantValue::Str(text) => {
                let interned = self.find_interned(text).filter(|_| constant.interned);
                let shared = interned.or_else(|| types::shared_str(text));
                if let Some(shared) = shared {
                    return shared;
                }
                (types::STR, Value::Str(Box::new(Str::new(text.as_str()))))
            }
            ConstantValue::Bytes(data) => match data.as_slice() {
                [] => return types::EMPTY_BYTES,
                &[byte] => return types::single_byte(byte),
                data => (types::BYTES, types::bytes::payload(data.to_vec())),
            },
            ConstantValue::Tuple(items) if items.is_empty() => return types::EMPTY_TUPLE,
            ConstantValue::Tuple(_) => (types::TUPLE, Value::Tuple(Box::default())),
            ConstantValue::FrozenSet(_) => (types::FROZENSET, Value::Set(Box::default())),
            ConstantValue::Code(_) => (types::CODE, Value::Plain),
            ConstantValue::Complex(re, im) => {
                let number = types::complex::Complex::new(f64::from_bits(*re), f64::from_bits(*im));
                (types::COMPLEX, Value::Native(Box::new(number)))
            }
            // A placeholder: loading one is unsupported, see `load_codes`.
            ConstantValue::WideStr(_) => (types::ELLIPSIS_TYPE, Value::Native(Box::new(Unrepresentable))),
        };
        let object = self.heap.insert(class, value).into_ref();
        if origin == Origin::RunTime {
            self.heap[object].count = 0;
        }
        object
    }

    fn load_codes(&mut self, decoded: &Decoded, places: &[Ref], origin: Origin) -> PyResult<Vec<CodeRef>> {
        let to_places = |ids: &[ConstId]| ids.iter().map(|&id| places[id as usize]).collect::<Box<[Ref]>>();
        let mut codes = Vec::with_capacity(decoded.len());
        for (id, (code, object)) in decoded.iter().enumerate() {
            let consts = to_places(&object.consts);
            let unrepresentable = consts.iter().any(|&constant| self.is_unrepresentable(constant));
            if unrepresentable && !matches!(origin, Origin::Library | Origin::Twin) {
                return Err(self.unsupported(Missing::Type, UNREPRESENTABLE));
            }
            let docstring = consts.first().copied().filter(|&first| {
                self.text(first).is_some() && (!self.profile.docstring_flag || object.flags & flags::HAS_DOCSTRING != 0)
            });
            let runnable = CodeRef::new(RunnableCode {
                id: id as u32,
                traced: origin == Origin::Snippet,
                owns: origin == Origin::RunTime,
                twin: origin == Origin::Twin,
                unrepresentable,
                code: Arc::clone(code),
                this: places[object.id as usize],
                docstring,
                name: places[object.name as usize],
                qualname: places[object.qualname as usize],
                filename: places[object.filename as usize],
                consts,
                names: to_places(&object.names),
                locals: to_places(&object.localsplusnames),
                caches: OnceLock::new(),
                plain_arity: RunnableCode::plain_arity(object),
                object: Arc::clone(object),
            });
            self.heap[places[object.id as usize]].value = Value::Code(CodeRef::clone(&runnable));
            codes.push(runnable);
        }
        Ok(codes)
    }

    /// Whether the VM has no object for a constant.
    fn is_unrepresentable(&self, constant: Ref) -> bool {
        matches!(&self.heap[constant].value, Value::Native(native) if native.downcast::<Unrepresentable>().is_some())
    }
}

/// A constant that the VM has no object for.
struct Unrepresentable;

impl Native for Unrepresentable {
    fn visit(&self, _: &mut dyn FnMut(crate::object::value::Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}
