//! What exception types add to `BaseException`.

use super::{Exception, init, init_args, replace};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{GetSet, Slots};
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) use super::os_error::{OS_ERROR, OS_ERROR_FIELDS};
pub(crate) use super::syntax_error::{SYNTAX_ERROR, SYNTAX_ERROR_FIELDS};
pub(crate) use super::unicode_errors::{
    UNICODE_DECODE_ERROR, UNICODE_DECODE_ERROR_FIELDS, UNICODE_ENCODE_ERROR, UNICODE_ENCODE_ERROR_FIELDS, UNICODE_TRANSLATE_ERROR,
    UNICODE_TRANSLATE_ERROR_FIELDS,
};

/// The types with fields of their own, in the order in which their `tp_clear` lets go of them.
const NAMES: &[(Ref, &[&str])] = &[
    (types::BASE_EXCEPTION_GROUP, &["message", "exceptions"]),
    (types::SYSTEM_EXIT, &["code"]),
    (types::ATTRIBUTE_ERROR, &["obj", "name"]),
    (types::IMPORT_ERROR, &["msg", "name", "path", "name_from"]),
    (types::NAME_ERROR, &["name"]),
    (types::OS_ERROR, &["errno", "strerror", "filename", "filename2"]),
    (types::STOP_ITERATION, &["value"]),
    (types::SYNTAX_ERROR, &["msg", "filename", "lineno", "offset", "end_lineno", "end_offset", "text", "print_file_and_line"]),
    (types::UNICODE_DECODE_ERROR, &["encoding", "object", "reason"]),
    (types::UNICODE_ENCODE_ERROR, &["encoding", "object", "reason"]),
    (types::UNICODE_TRANSLATE_ERROR, &["encoding", "object", "reason"]),
];

/// The fields that a class's builtin base adds to exceptions.
pub(super) fn names_of(vm: &Vm, class: Ref) -> &'static [&'static str] {
    let mut at = Some(vm.native_base(class));
    while let Some(class) = at.filter(|&class| class != types::EXCEPTION) {
        if let Some((_, names)) = NAMES.iter().find(|(owner, _)| *owner == class) {
            return names;
        }
        at = vm.class(class).native.base;
    }
    &[]
}

/// The slots of a type that shares another's fields (`MiddlingExtendsException`).
#[allow(clippy::large_types_passed_by_value, reason = "it runs in constants only")]
pub(crate) const fn sharing(slots: Slots) -> Slots {
    Slots { init: slots.init, ..Slots::NONE }
}

/// A field as an attribute (`T_OBJECT`): a missing one reads as `None`, and it may be deleted.
macro_rules! field {
    ($name:literal) => {
        $crate::object::class::GetSet {
            name: $name,
            get: |vm, this| Ok($crate::types::exception::fields::read(vm, this, $name)),
            set: Some(|vm, this, value| {
                $crate::types::exception::fields::write(vm, this, $name, value);
                Ok(())
            }),
            member: true,
        }
    };
}
pub(super) use field;

pub(super) fn read(vm: &mut Vm, this: Ref, name: &str) -> Owned {
    let found = vm.exception(this).and_then(|e| e.field(name)).unwrap_or(types::NONE);
    vm.retain(found)
}

pub(super) fn write(vm: &mut Vm, this: Ref, name: &'static str, value: Option<Ref>) {
    let value = vm.retain_option(value);
    let old = match vm.exception_mut(this) {
        Some(exception) => exception.set_field(name, value),
        None => value,
    };
    vm.release_option(old);
}

/// `SystemExit`
pub(crate) const SYSTEM_EXIT: Slots = Slots { init: Some(system_exit_init), ..Slots::NONE };
pub(crate) const SYSTEM_EXIT_FIELDS: &[GetSet] = &[field!("code")];

fn system_exit_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    init(vm, this, args)?;
    match args.values {
        [] => {}
        &[code] => write(vm, this, "code", Some(code)),
        _ => {
            let tuple = vm.exception(this).and_then(|e| e.args.as_ref()).map(Owned::borrow);
            write(vm, this, "code", tuple);
        }
    }
    Ok(())
}

/// `StopIteration`
pub(crate) const STOP_ITERATION: Slots = Slots { init: Some(stop_iteration_init), ..Slots::NONE };
pub(crate) const STOP_ITERATION_FIELDS: &[GetSet] = &[field!("value")];

fn stop_iteration_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    init(vm, this, args)?;
    write(vm, this, "value", None);
    let value = args.values.first().copied().unwrap_or(types::NONE);
    write(vm, this, "value", Some(value));
    Ok(())
}

/// `AttributeError`
pub(crate) const ATTRIBUTE_ERROR: Slots = Slots { init: Some(attribute_error_init), str: Some(super::str), ..Slots::NONE };
pub(crate) const ATTRIBUTE_ERROR_FIELDS: &[GetSet] = &[field!("name"), field!("obj")];

fn attribute_error_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    init_with_keywords(vm, this, args, "AttributeError", &["name", "obj"])
}

/// `NameError`
pub(crate) const NAME_ERROR: Slots = Slots { init: Some(name_error_init), str: Some(super::str), ..Slots::NONE };
pub(crate) const NAME_ERROR_FIELDS: &[GetSet] = &[field!("name")];

fn name_error_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    init_with_keywords(vm, this, args, "NameError", &["name"])
}

/// `ImportError`
pub(crate) const IMPORT_ERROR: Slots = Slots { init: Some(import_error_init), str: Some(import_error_str), ..Slots::NONE };
pub(crate) const IMPORT_ERROR_FIELDS: &[GetSet] = &[field!("msg"), field!("name"), field!("path"), field!("name_from")];

fn import_error_init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let known: &[&str] = if vm.profile.import_error_knows_name_from { &["name", "path", "name_from"] } else { &["name", "path"] };
    init_with_keywords(vm, this, args, "ImportError", known)?;
    let message = match args.pos() {
        &[message] => Some(message),
        _ => None,
    };
    write(vm, this, "msg", message);
    Ok(())
}

fn import_error_str(vm: &mut Vm, this: Ref) -> PyResult {
    let message = vm.exception(this).and_then(|e| e.field("msg")).filter(|&message| vm.class_of(message) == types::STR);
    match message {
        Some(message) => Ok(vm.retain(message)),
        None => super::str(vm, this),
    }
}

/// `BaseException_init`, then `|$OO` of the keyword arguments, which become fields.
fn init_with_keywords(vm: &mut Vm, this: Ref, args: &Args<'_>, function: &str, known: &[&'static str]) -> PyResult<()> {
    init_args(vm, this, args);
    if args.names.len() > known.len() {
        let (most, plural) = (known.len(), if known.len() == 1 { "" } else { "s" });
        let message = format!("{function}() takes at most {most} keyword argument{plural} ({} given)", args.names.len());
        return Err(vm.type_error(message));
    }
    vm.check_keyword_names(args.names)?;
    let mut values: Vec<Option<Ref>> = vec![None; known.len()];
    for (name, value) in args.keywords() {
        match known.iter().position(|&field| vm.text(name) == Some(field)) {
            Some(index) => values[index] = Some(value),
            None => {
                let name = vm.expect_text(name);
                let message = if vm.profile.unexpected_keyword_wording {
                    format!("{function}() got an unexpected keyword argument '{name}'")
                } else {
                    format!("'{name}' is an invalid keyword argument for {function}()")
                };
                return Err(vm.type_error(message));
            }
        }
    }
    for (&field, value) in known.iter().zip(values) {
        write(vm, this, field, value);
    }
    Ok(())
}

/// `KeyError`
pub(crate) const KEY_ERROR: Slots = Slots { init: Some(init), str: Some(key_error_str), ..Slots::NONE };

fn key_error_str(vm: &mut Vm, this: Ref) -> PyResult {
    match super::args_of(vm, this).as_slice() {
        [key] => vm.repr(*key),
        _ => super::str(vm, this),
    }
}

/// Replaces `args` by another tuple.
pub(super) fn replace_args(vm: &mut Vm, this: Ref, args: Owned) {
    replace(vm, this, Some(args), |e: &mut Exception| &mut e.args);
}
