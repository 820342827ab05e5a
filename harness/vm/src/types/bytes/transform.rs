//! Case, kinds of characters and translation of bytes: all of it ASCII only, all of it in new objects.

use super::split::is_space;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// Declares methods that build new bytes out of the bytes.
macro_rules! conversions {
    ($($name:ident = $convert:expr;)*) => {
        $(pub(super) fn $name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
            let convert: fn(&[u8]) -> Vec<u8> = $convert;
            let converted = convert(vm.data(args.this()));
            Ok(vm.fresh_like(args.this(), converted))
        })*
    };
}

conversions! {
    lower = <[u8]>::to_ascii_lowercase;
    upper = <[u8]>::to_ascii_uppercase;
    capitalize = |data| {
        let mut data = data.to_ascii_lowercase();
        if let Some(first) = data.first_mut() {
            first.make_ascii_uppercase();
        }
        data
    };
    swapcase = |data| {
        let swap = |byte: &u8| if byte.is_ascii_lowercase() { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
        data.iter().map(swap).collect()
    };
    title = |data| {
        let mut after_letter = false;
        let convert = |byte: &u8| {
            let converted = if after_letter { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
            after_letter = byte.is_ascii_alphabetic();
            converted
        };
        data.iter().map(convert).collect()
    };
}

/// Declares methods that ask something of the bytes.
macro_rules! predicates {
    ($($name:ident = $test:expr;)*) => {
        $(pub(super) fn $name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
            let test: fn(&[u8]) -> bool = $test;
            let result = test(vm.data(args.this()));
            Ok(vm.bool(result))
        })*
    };
}

predicates! {
    isalnum = |data| !data.is_empty() && data.iter().all(u8::is_ascii_alphanumeric);
    isalpha = |data| !data.is_empty() && data.iter().all(u8::is_ascii_alphabetic);
    isascii = <[u8]>::is_ascii;
    isdigit = |data| !data.is_empty() && data.iter().all(u8::is_ascii_digit);
    isspace = |data| !data.is_empty() && data.iter().all(|&byte| is_space(byte));
    islower = |data| data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase);
    isupper = |data| data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase);
    istitle = |data| {
        let mut after_letter = false;
        let fits = |byte: &u8| {
            let fits = if after_letter { !byte.is_ascii_uppercase() } else { !byte.is_ascii_lowercase() };
            after_letter = byte.is_ascii_alphabetic();
            fits
        };
        data.iter().all(fits) && data.iter().any(u8::is_ascii_alphabetic)
    };
}

pub(super) fn translate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "translate", positional_only: 1, names: &["delete"], required: 1, positional: 2 };
    let this = args.this();
    let [table, deleted] = SIGNATURE.bind(vm, &args.rest())?;
    let table = table.filter(|&table| table != types::NONE);
    if let Some(table) = table {
        vm.must_be_bytes(table)?;
        if vm.data(table).len() != 256 {
            return Err(vm.value_error("translation table must be 256 characters long"));
        }
    }
    if let Some(deleted) = deleted {
        vm.must_be_bytes(deleted)?;
    }
    let table = table.map(|table| vm.data(table));
    let deleted = deleted.map(|deleted| vm.data(deleted)).unwrap_or_default();
    let data = vm.data(this);
    let kept = data.iter().filter(|byte| !deleted.contains(byte));
    let translated: Vec<u8> = kept.map(|&byte| table.map_or(byte, |table| table[usize::from(byte)])).collect();
    if translated == data && vm.class_of(this) == types::BYTES {
        return Ok(vm.retain(this));
    }
    Ok(vm.fresh_like(this, translated))
}

pub(super) fn maketrans(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (from, to) = (args.values[0], args.values[1]);
    vm.must_be_bytes(from)?;
    vm.must_be_bytes(to)?;
    let (from, to) = (vm.data(from), vm.data(to));
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(to) {
        table[usize::from(from)] = to;
    }
    Ok(vm.fresh_bytes(table))
}
