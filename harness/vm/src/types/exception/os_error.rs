//! `OSError`: its fields, and the subclass that its error number stands for.

use super::fields::{field, replace_args, write};
use super::{Exception, fields};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{GetSet, Slots};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

pub(crate) const OS_ERROR: Slots = Slots { new: Some(new), init: Some(init), str: Some(str), ..Slots::NONE };
pub(crate) const OS_ERROR_FIELDS: &[GetSet] = &[
    field!("errno"),
    field!("strerror"),
    field!("filename"),
    field!("filename2"),
    GetSet { name: "characters_written", get: written, set: Some(set_written), member: false },
];

/// Linux's error numbers with a class of their own (`ADD_ERRNO` in `Objects/exceptions.c`).
const BY_NUMBER: &[(i64, Ref)] = &[
    (11, types::BLOCKING_IO_ERROR),
    (114, types::BLOCKING_IO_ERROR),
    (115, types::BLOCKING_IO_ERROR),
    (32, types::BROKEN_PIPE_ERROR),
    (108, types::BROKEN_PIPE_ERROR),
    (10, types::CHILD_PROCESS_ERROR),
    (103, types::CONNECTION_ABORTED_ERROR),
    (111, types::CONNECTION_REFUSED_ERROR),
    (104, types::CONNECTION_RESET_ERROR),
    (17, types::FILE_EXISTS_ERROR),
    (2, types::FILE_NOT_FOUND_ERROR),
    (21, types::IS_A_DIRECTORY_ERROR),
    (20, types::NOT_A_DIRECTORY_ERROR),
    (4, types::INTERRUPTED_ERROR),
    (13, types::PERMISSION_ERROR),
    (1, types::PERMISSION_ERROR),
    (3, types::PROCESS_LOOKUP_ERROR),
    (110, types::TIMEOUT_ERROR),
];

/// `oserror_use_init`: a subclass with an `__init__` but no `__new__` has its arguments looked at by `__init__`.
fn uses_init(vm: &Vm, class: Ref) -> bool {
    let (own, builtin) = (&vm.class(class).slots, &vm.class(types::OS_ERROR).slots);
    own.init.map(|f| f as usize) != builtin.init.map(|f| f as usize)
        && own.new.map(|f| f as usize) == builtin.new.map(|f| f as usize)
}

fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let mut class = class;
    let later = uses_init(vm, class);
    if !later {
        if !args.names.is_empty() {
            let message = format!("{}() takes no keyword arguments", vm.class(class).name);
            return Err(vm.type_error(message));
        }
        if class == types::OS_ERROR
            && (2..=5).contains(&args.values.len())
            && let Value::Int(number) = vm.heap[args.values[0]].value
            && let Some(&(_, special)) = BY_NUMBER.iter().find(|(known, _)| *known == number)
        {
            class = special;
        }
    }
    let tuple = if later { vm.new_tuple(Vec::new()) } else { args.to_tuple(vm) };
    let fields = fields::names_of(vm, class).iter().map(|&name| (name, None)).collect();
    let payload = Exception { args: Some(tuple), fields, ..Exception::default() };
    let this = vm.alloc_instance(class, Value::Exception(Box::new(payload)));
    if !later && let Err(stop) = set_fields(vm, this.borrow(), args) {
        vm.release(this);
        return Err(stop);
    }
    Ok(this)
}

fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let class = vm.class_of(this);
    if !uses_init(vm, class) {
        return Ok(());
    }
    super::init(vm, this, args)?;
    set_fields(vm, this, args)
}

/// `oserror_init`: `(errno, strerror, filename, winerror, filename2)`; the file names leave `args`.
fn set_fields(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let given = args.pos();
    if !(2..=5).contains(&given.len()) {
        return Ok(());
    }
    let named = |index: usize| given.get(index).copied().filter(|&value| value != types::NONE);
    if let Some(filename) = named(2) {
        let slots = &vm.class(vm.class_of(filename)).slots;
        let number = slots.index.is_some() || slots.int.is_some() || slots.float.is_some();
        if vm.class_of(this) == types::BLOCKING_IO_ERROR && number {
            let written = vm.as_index(filename, Some(types::VALUE_ERROR))?;
            if let Some(exception) = vm.exception_mut(this) {
                exception.numbers[0] = Some(written).filter(|&written| written != -1);
            }
        } else {
            write(vm, this, "filename", Some(filename));
            if let Some(second) = named(4) {
                write(vm, this, "filename2", Some(second));
            }
            let pair = vm.tuple_of(&given[..2]);
            replace_args(vm, this, pair);
        }
    }
    write(vm, this, "errno", Some(given[0]));
    write(vm, this, "strerror", Some(given[1]));
    Ok(())
}

fn str(vm: &mut Vm, this: Ref) -> PyResult {
    let Some(exception) = vm.exception(this) else { return super::str(vm, this) };
    let [number, message, filename, second] = ["errno", "strerror", "filename", "filename2"].map(|name| exception.field(name));
    if filename.is_none() && (number.is_none() || message.is_none()) {
        return super::str(vm, this);
    }
    let or_none = |part: Option<Ref>| part.unwrap_or(types::NONE);
    let mut text = format!("[Errno {}] ", formatted(vm, or_none(number), Vm::str_of)?);
    text += &formatted(vm, or_none(message), Vm::str_of)?;
    if let Some(filename) = filename {
        text += ": ";
        text += &formatted(vm, filename, Vm::repr)?;
        if let Some(second) = second {
            text += " -> ";
            text += &formatted(vm, second, Vm::repr)?;
        }
    }
    Ok(vm.str(text))
}

fn formatted(vm: &mut Vm, object: Ref, format: fn(&mut Vm, Ref) -> PyResult) -> PyResult<String> {
    let text: Owned = format(vm, object)?;
    let result = vm.expect_text(text.borrow()).to_owned();
    vm.release(text);
    Ok(result)
}

fn none_written(vm: &mut Vm) -> Stop {
    vm.raise(types::ATTRIBUTE_ERROR, "characters_written")
}

fn written(vm: &mut Vm, this: Ref) -> PyResult {
    match vm.exception(this).and_then(|e| e.numbers[0]) {
        Some(written) => Ok(vm.int(written)),
        None => Err(none_written(vm)),
    }
}

fn set_written(vm: &mut Vm, this: Ref, value: Option<Ref>) -> PyResult<()> {
    let written = match value {
        Some(value) => Some(vm.as_index(value, Some(types::VALUE_ERROR))?).filter(|&written| written != -1),
        None if vm.exception(this).is_some_and(|e| e.numbers[0].is_none()) => return Err(none_written(vm)),
        None => None,
    };
    if let Some(exception) = vm.exception_mut(this) {
        exception.numbers[0] = written;
    }
    Ok(())
}
