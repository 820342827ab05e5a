//! Builtin functions on numbers and characters.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `pow(base, exp, mod=None)`
pub(super) fn pow(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "pow", positional_only: 0, names: &["base", "exp", "mod"], required: 2, positional: 3 };
    let [base, exponent, modulus] = SIGNATURE.bind(vm, args)?.map(|value: Option<Ref>| value.unwrap_or(types::NONE));
    vm.power(base, exponent, modulus)
}

/// `round(number, ndigits=None)`
pub(super) fn round(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "round", positional_only: 0, names: &["number", "ndigits"], required: 1, positional: 2 };
    let [number, digits] = SIGNATURE.bind(vm, args)?.map(|value: Option<Ref>| value.unwrap_or(types::NONE));
    let Some(round) = vm.lookup_special(number, "__round__")? else {
        let message = format!("type {} doesn't define __round__ method", vm.type_name(number));
        return Err(vm.type_error(message));
    };
    let digits = if digits == types::NONE { &[][..] } else { &[digits][..] };
    let result = vm.call_pos(round.borrow(), digits);
    vm.release(round);
    result
}

/// `bin`, `oct`, `hex`
pub(super) fn in_base(vm: &mut Vm, args: &Args<'_>, base: u32) -> PyResult {
    let integer = vm.index_any(args.values[0])?;
    let text = vm.int_text_in_base(integer.borrow(), base, true);
    vm.release(integer);
    let text = text?;
    Ok(vm.str(text))
}

/// `chr(i)`
pub(super) fn chr(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let integer = vm.index_any(args.values[0])?;
    let code = vm.small_value(integer.borrow());
    vm.release(integer);
    let code = code.and_then(|code| i32::try_from(code).ok());
    if code.is_none() && !vm.profile.chr_clamps {
        return Err(vm.overflow_error("Python int too large to convert to C int"));
    }
    match code.and_then(|code| u32::try_from(code).ok()).filter(|&code| code <= 0x10_ffff) {
        Some(code) => match char::from_u32(code) {
            Some(c) => Ok(vm.char_str(c)),
            None => Err(vm.lone_surrogate()),
        },
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

/// `ord(c)`
pub(super) fn ord(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object = args.values[0];
    let (length, first) = if let Some(text) = vm.text(object) {
        (text.chars().count(), text.chars().next().map(u32::from))
    } else if let Some(bytes) = vm.bytes_value(object) {
        (bytes.len(), bytes.first().copied().map(u32::from))
    } else {
        let message = format!("ord() expected string of length 1, but {} found", vm.type_name(object));
        return Err(vm.type_error(message));
    };
    match first {
        Some(first) if length == 1 => Ok(vm.int(i64::from(first))),
        _ => Err(vm.type_error(format!("ord() expected a character, but string of length {length} found"))),
    }
}
