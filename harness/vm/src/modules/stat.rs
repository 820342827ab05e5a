//! `_stat` (`Modules/_stat.c`): what the bits of a file's mode say.

use super::stock::stock;
use super::{function, only};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::vm::{PyResult, Vm};

/// The bits that say what kind of file it is.
const KIND: i64 = 0o170_000;
const PERMISSIONS: i64 = 0o7777;

/// Whether a file is of a kind; there are none of kind 0.
macro_rules! is_kind {
    ($name:literal, $kind:literal) => {
        function($name, Arity::One, |vm, args| {
            let mode = mode(vm, args)?;
            Ok(vm.bool($kind != 0 && mode & KIND == $kind))
        })
    };
}

static FUNCTIONS: &[Method] = &[
    is_kind!("S_ISDIR", 0o040_000),
    is_kind!("S_ISCHR", 0o020_000),
    is_kind!("S_ISBLK", 0o060_000),
    is_kind!("S_ISREG", 0o100_000),
    is_kind!("S_ISFIFO", 0o010_000),
    is_kind!("S_ISLNK", 0o120_000),
    is_kind!("S_ISSOCK", 0o140_000),
    is_kind!("S_ISDOOR", 0),
    is_kind!("S_ISPORT", 0),
    is_kind!("S_ISWHT", 0),
    function("S_IMODE", Arity::One, |vm, args| {
        let mode = mode(vm, args)?;
        Ok(vm.int(mode & PERMISSIONS))
    }),
    function("S_IFMT", Arity::One, |vm, args| {
        let mode = mode(vm, args)?;
        Ok(vm.int(mode & KIND))
    }),
    function("filemode", Arity::One, filemode),
];

pub(super) fn make(vm: &mut Vm) {
    stock(vm, "_stat", FUNCTIONS);
}

/// `_PyLong_AsMode_t`
fn mode(vm: &mut Vm, args: &Args<'_>) -> PyResult<i64> {
    let mode = vm.int_argument(only(args))?;
    match u32::try_from(mode) {
        Ok(mode) => Ok(i64::from(mode)),
        Err(_) => Err(vm.overflow_error("mode out of range")),
    }
}

/// `-rwxr-xr-x`
fn filemode(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const KINDS: [(i64, char); 7] = [
        (0o100_000, '-'),
        (0o040_000, 'd'),
        (0o120_000, 'l'),
        (0o060_000, 'b'),
        (0o020_000, 'c'),
        (0o010_000, 'p'),
        (0o140_000, 's'),
    ];
    let mode = mode(vm, args)?;
    let mut text = String::new();
    text.push(KINDS.iter().find(|&&(kind, _)| mode & KIND == kind).map_or('?', |&(_, letter)| letter));
    // Who, and the bit that changes the meaning of their right to execute, with the letter for it.
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        text.push(if mode >> shift & 4 == 0 { '-' } else { 'r' });
        text.push(if mode >> shift & 2 == 0 { '-' } else { 'w' });
        text.push(match (mode & special != 0, mode >> shift & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    Ok(vm.str(text))
}
