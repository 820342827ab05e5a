//! `SyntaxError` and its fields.

use super::fields::{field, write};
use super::init;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{GetSet, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) const SYNTAX_ERROR: Slots = Slots { init: Some(syntax_error_init), str: Some(str), ..Slots::NONE };
pub(crate) const SYNTAX_ERROR_FIELDS: &[GetSet] = &[
    field!("msg"),
    field!("filename"),
    field!("lineno"),
    field!("offset"),
    field!("text"),
    field!("end_lineno"),
    field!("end_offset"),
    field!("print_file_and_line"),
];

/// What the second argument, a sequence, holds.
const DETAILS: [&str; 6] = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"];

fn syntax_error_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    init(vm, this, args)?;
    if let Some(&message) = args.values.first() {
        write(vm, this, "msg", Some(message));
    }
    let &[_, details] = args.values else { return Ok(()) };
    let items = vm.collect(details)?;
    let count = items.len();
    let result = match count {
        4..=6 => {
            for (index, name) in DETAILS.into_iter().enumerate() {
                write(vm, this, name, items.get(index).map(Owned::borrow));
            }
            Ok(())
        }
        0..4 => Err(vm.type_error(format!("function takes at least 4 arguments ({count} given)"))),
        _ => Err(vm.type_error(format!("function takes at most 6 arguments ({count} given)"))),
    };
    vm.release_all(items);
    result?;
    if count == 5 {
        return Err(vm.type_error("end_offset must be provided when end_lineno is provided"));
    }
    Ok(())
}

fn str(vm: &mut Vm, this: Ref) -> PyResult {
    let field = |name| vm.exception(this).and_then(|e| e.field(name));
    let (message, filename, line) = (field("msg").unwrap_or(types::NONE), field("filename"), field("lineno"));
    let filename = filename.and_then(|name| vm.text(name)).map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
    let line = line.filter(|&line| vm.class_of(line) == types::INT).map(|line| match vm.heap[line].value {
        Value::Int(line) => line,
        _ => -1,
    });
    let place = match (filename, line) {
        (None, None) => return vm.str_of(message),
        (Some(name), Some(line)) => format!(" ({name}, line {line})"),
        (Some(name), None) => format!(" ({name})"),
        (None, Some(line)) => format!(" (line {line})"),
    };
    let message = vm.str_of(message)?;
    let text = format!("{}{place}", vm.expect_text(message.borrow()));
    vm.release(message);
    Ok(vm.str(text))
}
