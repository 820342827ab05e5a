//! `_json` (`Modules/_json.c`)

mod encode;
mod scan;

use std::fmt::Write;

use super::function;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

pub(crate) use encode::ENCODER;
pub(crate) use scan::SCANNER;

static FUNCTIONS: &[Method] = &[
    function("encode_basestring_ascii", Arity::One, |vm, args| quoted(vm, args, true)),
    function("encode_basestring", Arity::One, |vm, args| quoted(vm, args, false)),
    function("scanstring", Arity::Positional(2, 3), scan::scan_string),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_json", FUNCTIONS);
    vm.set_module_attribute(dict, "make_scanner", types::JSON_SCANNER);
    vm.set_module_attribute(dict, "make_encoder", types::JSON_ENCODER);
}

fn quoted(vm: &mut Vm, args: &Args<'_>, ascii: bool) -> PyResult {
    let Some(text) = vm.text(args.values[0]) else {
        let message = format!("first argument must be a string, not {}", vm.type_name(args.values[0]));
        return Err(vm.type_error(message));
    };
    let text = quote(text, ascii);
    Ok(vm.str(text))
}

/// A text as JSON writes it.
fn quote(text: &str, ascii: bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            c if c < ' ' || ascii && !(' '..='~').contains(&c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Raises `json.JSONDecodeError` (`raise_errmsg`).
fn decode_error(vm: &mut Vm, message: &str, text: Ref, position: usize) -> Stop {
    let module = match vm.import_module("json.decoder") {
        Ok(module) => module,
        Err(stop) => return stop,
    };
    let class = match vm.getattr_str(module, "JSONDecodeError") {
        Ok(class) => class,
        Err(stop) => return stop,
    };
    let (message, position) = (vm.str(message), vm.int(position as i64));
    let made = vm.call_pos(class.borrow(), &[message.borrow(), text, position.borrow()]);
    vm.release_all(vec![message, position, class]);
    vm.raise_made(made)
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn texts_are_quoted_as_json_dumps_does() {
        assert_eq!(quote("a\"b\\\n\u{1}", true), r#""a\"b\\\n\u0001""#);
        assert_eq!(quote("é\u{1f600}\u{7f}", true), r#""\u00e9\ud83d\ude00\u007f""#);
        assert_eq!(quote("é", false), "\"é\"");
    }
}
