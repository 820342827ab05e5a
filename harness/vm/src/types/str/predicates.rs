//! The methods that ask what kind of characters a string has.

use super::{Unicode, is_space};
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Declares methods that are true of text that has characters, all of them of a kind.
macro_rules! all_of {
    ($($name:ident = $test:expr;)*) => {
        $(pub(super) fn $name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
            let unicode = vm.unicode();
            let test: fn(Unicode, char) -> bool = $test;
            let text = vm.expect_text(args.this());
            let result = !text.is_empty() && text.chars().all(|c| test(unicode, c));
            Ok(vm.bool(result))
        })*
    };
}

all_of! {
    isalnum = Unicode::is_alphanumeric;
    isalpha = Unicode::is_alpha;
    isdecimal = Unicode::is_decimal;
    isdigit = Unicode::is_digit;
    isnumeric = Unicode::is_numeric;
    isspace = |_, c| is_space(c);
}

pub(super) fn isascii(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = vm.str_payload(args.this()).is_ascii();
    Ok(vm.bool(result))
}

pub(super) fn isprintable(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let unicode = vm.unicode();
    let result = vm.expect_text(args.this()).chars().all(|c| unicode.is_printable(c));
    Ok(vm.bool(result))
}

pub(super) fn isidentifier(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = is_identifier(vm.unicode(), vm.expect_text(args.this()));
    Ok(vm.bool(result))
}

/// Whether a text is an identifier.
pub(crate) fn is_identifier(unicode: Unicode, text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c == '_' || unicode.is_identifier_start(c));
    starts && chars.all(|c| unicode.is_identifier_part(c))
}

/// Text with cased characters, none of them upper or title case.
pub(super) fn islower(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let unicode = vm.unicode();
    let text = vm.expect_text(args.this());
    let wrong = |c| unicode.is_upper(c) || unicode.is_title(c);
    let result = text.chars().any(|c| unicode.is_lower(c)) && !text.chars().any(wrong);
    Ok(vm.bool(result))
}

/// Text with cased characters, none of them lower or title case.
pub(super) fn isupper(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let unicode = vm.unicode();
    let text = vm.expect_text(args.this());
    let wrong = |c| unicode.is_lower(c) || unicode.is_title(c);
    let result = text.chars().any(|c| unicode.is_upper(c)) && !text.chars().any(wrong);
    Ok(vm.bool(result))
}

pub(super) fn istitle(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let result = is_titlecased(vm.unicode(), vm.expect_text(args.this()));
    Ok(vm.bool(result))
}

/// Whether capitals follow only what has no case, and small letters only what has.
fn is_titlecased(unicode: Unicode, text: &str) -> bool {
    let (mut any, mut after_cased) = (false, false);
    for c in text.chars() {
        if unicode.is_upper(c) || unicode.is_title(c) {
            if after_cased {
                return false;
            }
            (any, after_cased) = (true, true);
        } else if unicode.is_lower(c) {
            if !after_cased {
                return false;
            }
            any = true;
        } else {
            after_cased = false;
        }
    }
    any
}
