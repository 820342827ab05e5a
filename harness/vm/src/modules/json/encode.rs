//! Writing: the encoder that `json.encoder` calls when nothing is to be indented.

use super::quote;
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, Making, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

const MARKERS: usize = 0;
const DEFAULT: usize = 1;
const ENCODER_FUNCTION: usize = 2;
const INDENT: usize = 3;
const KEY_SEPARATOR: usize = 4;
const ITEM_SEPARATOR: usize = 5;
const NAMES: &[&str] =
    &["markers", "default", "encoder", "indent", "key_separator", "item_separator", "sort_keys", "skipkeys", "allow_nan"];

struct Encoder {
    /// The first six arguments.
    fields: [Option<Owned>; 6],
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    /// Texts are written by this module's own function: whether in ASCII.
    fast: Option<bool>,
}

impl Native for Encoder {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for (name, held) in NAMES.iter().zip(&self.fields) {
            if let Some(held) = held {
                see(Role::Field(name), held.borrow());
            }
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.fields.iter_mut().filter_map(Option::take));
    }
}

/// `_json.Encoder`
pub(crate) static ENCODER: NativeType = NativeType {
    name: "Encoder",
    module: "_json",
    slots: Slots { new: Some(new), call: Some(call), ..Slots::NONE },
    flags: Flags(Flags::BASE | Flags::GC),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// `encoder_new`
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "make_encoder", positional_only: 0, names: NAMES, required: 9, positional: 9 };
    let bound = SIGNATURE.bind::<9>(vm, args)?.map(|value| value.unwrap_or(types::NONE));
    let markers = bound[MARKERS];
    if markers != types::NONE && vm.dict(markers).is_none() {
        let message = format!("make_encoder() argument 1 must be dict or None, not {}", vm.type_name(markers));
        return Err(vm.type_error(message));
    }
    let [sort_keys, skip_keys, allow_nan] = [vm.truth(bound[6])?, vm.truth(bound[7])?, vm.truth(bound[8])?];
    let module = vm.import_module("_json")?;
    let mut fast = None;
    for (name, ascii) in [("encode_basestring_ascii", true), ("encode_basestring", false)] {
        let own = vm.getattr_str(module, name)?;
        if own.borrow() == bound[ENCODER_FUNCTION] {
            fast = Some(ascii);
        }
        vm.release(own);
    }
    let fields = [0, 1, 2, 3, 4, 5].map(|index| Some(vm.retain(bound[index])));
    let encoder = Encoder { fields, sort_keys, skip_keys, allow_nan, fast };
    Ok(vm.alloc_instance(class, Value::Native(Box::new(encoder))))
}

/// `encoder_call`: the text, in a tuple.
fn call(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "_iterencode",
        positional_only: 0,
        names: &["obj", "_current_indent_level"],
        required: 2,
        positional: 2,
    };
    let [object, level] = SIGNATURE.bind::<2>(vm, args)?;
    let Some(encoder) = vm.payload::<Encoder>(this) else { return Ok(vm.none()) };
    let fields = encoder.fields.each_ref().map(|field| field.as_ref().map_or(types::NONE, Owned::borrow));
    let (sort_keys, skip_keys, allow_nan, fast) = (encoder.sort_keys, encoder.skip_keys, encoder.allow_nan, encoder.fast);
    let indent = match vm.text(fields[INDENT]) {
        Some(indent) => Some(indent.to_owned()),
        None if fields[INDENT] == types::NONE => None,
        None => return Err(vm.unsupported(Missing::Name, "_json.Encoder with an indent that is no text")),
    };
    let level = match level {
        Some(level) => vm.ssize_argument(level)?,
        None => 0,
    };
    let level = usize::try_from(level).unwrap_or(0);
    let mut write = Write { fields, sort_keys, skip_keys, allow_nan, fast, indent, level, out: String::new() };
    write.value(vm, object.unwrap_or(types::NONE))?;
    let text = if vm.profile.json_chunks_stay {
        // The only chunk stays the string that it is: a constant of the module, or a number's, which is new.
        match write.out.as_str() {
            "null" | "true" | "false" | "[]" | "{}" => constant(vm, &write.out),
            _ => vm.fresh_str(write.out),
        }
    } else {
        vm.str(write.out)
    };
    Ok(vm.new_tuple(vec![text]))
}

/// A constant of `_json`, which holds it to the end (`_encoded_const`).
fn constant(vm: &mut Vm, text: &str) -> Owned {
    let there = vm.find_interned(text).is_some();
    let text = vm.intern(text);
    if !there {
        let held = vm.retain(text.borrow());
        vm.keep_for_good(held);
    }
    text
}

/// Writing under way.
struct Write {
    fields: [Ref; 6],
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    fast: Option<bool>,
    /// What stands before each item on a line of its own, once for each level.
    indent: Option<String>,
    level: usize,
    out: String,
}

impl Write {
    /// `encoder_listencode_obj`
    fn value(&mut self, vm: &mut Vm, object: Ref) -> PyResult<()> {
        match object {
            types::NONE => self.out.push_str("null"),
            types::TRUE => self.out.push_str("true"),
            types::FALSE => self.out.push_str("false"),
            _ if vm.text(object).is_some() => return self.text(vm, object),
            _ if vm.is_int(object) => self.out.push_str(&vm.int_text(object)?),
            _ if vm.float_value(object).is_some() => {
                let text = self.float(vm, object)?;
                self.out.push_str(&text);
            }
            _ if vm.list(object).is_some() || vm.tuple(object).is_some() => {
                return vm.recursive(" while encoding a JSON object", |vm| self.list(vm, object));
            }
            _ if vm.dict(object).is_some() => {
                return vm.recursive(" while encoding a JSON object", |vm| self.dict(vm, object));
            }
            _ => {
                return self.marked(vm, object, |write, vm| {
                    let other = vm.call_pos(write.fields[DEFAULT], &[object])?;
                    let written = vm.recursive(" while encoding a JSON object", |vm| write.value(vm, other.borrow()));
                    vm.release(other);
                    written
                });
            }
        }
        Ok(())
    }

    /// Does something while the markers know of an object: meeting it again is a circle.
    fn marked(&mut self, vm: &mut Vm, object: Ref, work: impl FnOnce(&mut Self, &mut Vm) -> PyResult<()>) -> PyResult<()> {
        let markers = self.fields[MARKERS];
        if markers == types::NONE {
            return work(self, vm);
        }
        // What stands for the address.
        let identity = vm.int(object.index() as i64 * 64 + (1 << 40));
        let known = vm.dict_get(markers, identity.borrow());
        let result = match known {
            Ok(Some(_)) => Err(vm.value_error("Circular reference detected")),
            Err(stop) => Err(stop),
            Ok(None) => vm.dict_set(markers, identity.borrow(), object).and_then(|()| work(self, vm)),
        };
        // After an error the markers stay.
        let result = result.and_then(|()| vm.dict_delete(markers, identity.borrow()).map(drop));
        vm.release(identity);
        result
    }

    fn text(&mut self, vm: &mut Vm, text: Ref) -> PyResult<()> {
        let quoted = self.quoted(vm, text)?;
        self.out.push_str(&quoted);
        Ok(())
    }

    /// `encoder_encode_string`
    fn quoted(&mut self, vm: &mut Vm, text: Ref) -> PyResult<String> {
        if let Some(ascii) = self.fast {
            return Ok(quote(vm.expect_text(text), ascii));
        }
        let encoded = vm.call_pos(self.fields[ENCODER_FUNCTION], &[text])?;
        let quoted = vm.text(encoded.borrow()).map(str::to_owned);
        let given = vm.type_name(encoded.borrow());
        vm.release(encoded);
        quoted.ok_or_else(|| vm.type_error(format!("encoder() must return a string, not {given}")))
    }

    /// `encoder_encode_float`
    fn float(&self, vm: &mut Vm, object: Ref) -> PyResult<String> {
        let value = vm.float_value(object).unwrap_or_default();
        if value.is_finite() {
            return Ok(types::float::float_repr(value));
        }
        if !self.allow_nan {
            let mut message = "Out of range float values are not JSON compliant".to_owned();
            if vm.profile.json_names_floats {
                message.push_str(": ");
                message.push_str(&vm.repr_text(object)?);
            }
            return Err(vm.value_error(message));
        }
        let name = if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        Ok(name.to_owned())
    }

    fn separator(&mut self, vm: &Vm, which: usize) {
        self.out.push_str(vm.text(self.fields[which]).unwrap_or_default());
    }

    /// A new line, if items have lines of their own.
    fn new_line(&mut self) {
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            self.out.push_str(&indent.repeat(self.level));
        }
    }

    /// Writes what stands between two brackets.
    fn within(&mut self, vm: &mut Vm, brackets: [char; 2], work: impl FnOnce(&mut Self, &mut Vm) -> PyResult<()>) -> PyResult<()> {
        self.out.push(brackets[0]);
        self.level += 1;
        self.new_line();
        work(self, vm)?;
        self.level -= 1;
        self.new_line();
        self.out.push(brackets[1]);
        Ok(())
    }

    /// `encoder_listencode_list`
    fn list(&mut self, vm: &mut Vm, object: Ref) -> PyResult<()> {
        let sequence = vm.sequence_fast(object, "_iterencode_list needs a sequence")?;
        let result = self.items(vm, object, sequence.borrow());
        vm.release(sequence);
        result
    }

    fn items(&mut self, vm: &mut Vm, object: Ref, sequence: Ref) -> PyResult<()> {
        if vm.items(sequence).is_none_or(|items| items.is_empty()) {
            self.out.push_str("[]");
            return Ok(());
        }
        self.marked(vm, object, |write, vm| {
            write.within(vm, ['[', ']'], |write, vm| {
                let mut index = 0;
                while let Some(item) = vm.items(sequence).and_then(|items| items.get(index).copied()) {
                    if index > 0 {
                        write.separator(vm, ITEM_SEPARATOR);
                        write.new_line();
                    }
                    write.value(vm, item)?;
                    index += 1;
                }
                Ok(())
            })
        })
    }

    /// `encoder_listencode_dict`
    fn dict(&mut self, vm: &mut Vm, object: Ref) -> PyResult<()> {
        if vm.dict(object).is_some_and(|dict| dict.len() == 0) {
            self.out.push_str("{}");
            return Ok(());
        }
        self.marked(vm, object, |write, vm| {
            let whole = write.sort_keys || vm.class_of(object) != types::DICT || !vm.profile.json_walks_dicts;
            write.within(
                vm,
                ['{', '}'],
                |write, vm| {
                    if whole { write.sorted_members(vm, object) } else { write.members(vm, object) }
                },
            )
        })
    }

    /// Member by member, which the dict alone holds (`PyDict_Next`).
    fn members(&mut self, vm: &mut Vm, object: Ref) -> PyResult<()> {
        let (mut at, mut first) = (0, true);
        while let Some((index, key, value)) = vm.dict_next(object, at) {
            at = index + 1;
            self.member(vm, key, value, &mut first)?;
        }
        Ok(())
    }

    /// From a list of all pairs.
    fn sorted_members(&mut self, vm: &mut Vm, object: Ref) -> PyResult<()> {
        let view = vm.call_method(object, "items", &[])?;
        let items = vm.sequence_list(view.borrow());
        vm.release(view);
        let items = items?;
        let written = self.listed_members(vm, items.borrow());
        vm.release(items);
        written
    }

    fn listed_members(&mut self, vm: &mut Vm, items: Ref) -> PyResult<()> {
        if self.sort_keys {
            let sorted = vm.call_method(items, "sort", &[])?;
            vm.release(sorted);
        }
        let (mut index, mut first) = (0, true);
        while let Some(pair) = vm.list(items).and_then(|items| items.get(index)).map(Owned::borrow) {
            index += 1;
            let (Some(key), Some(value), 2) = (vm.tuple_item(pair, 0), vm.tuple_item(pair, 1), vm.tuple_len(pair)) else {
                return Err(vm.value_error("items must return 2-tuples"));
            };
            self.member(vm, key, value, &mut first)?;
        }
        Ok(())
    }

    /// `encoder_encode_key_value`
    fn member(&mut self, vm: &mut Vm, key: Ref, value: Ref, first: &mut bool) -> PyResult<()> {
        let name = match key {
            types::TRUE => "\"true\"".to_owned(),
            types::FALSE => "\"false\"".to_owned(),
            types::NONE => "\"null\"".to_owned(),
            _ if vm.text(key).is_some() => self.quoted(vm, key)?,
            _ if vm.float_value(key).is_some() => format!("\"{}\"", self.float(vm, key)?),
            _ if vm.is_int(key) => format!("\"{}\"", vm.int_text(key)?),
            _ if self.skip_keys => return Ok(()),
            _ => {
                let name = vm.qualified_type_name(vm.class_of(key));
                return Err(vm.type_error(format!("keys must be str, int, float, bool or None, not {name}")));
            }
        };
        if !std::mem::take(first) {
            self.separator(vm, ITEM_SEPARATOR);
            self.new_line();
        }
        self.out.push_str(&name);
        self.separator(vm, KEY_SEPARATOR);
        self.value(vm, value)
    }
}
