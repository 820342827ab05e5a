//! Making strings longer and shorter at their ends.

use super::is_space;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// Where the missing characters go.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
    Both,
}

pub(super) fn ljust(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    justify(vm, args, Side::Right)
}

pub(super) fn rjust(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    justify(vm, args, Side::Left)
}

pub(super) fn center(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    justify(vm, args, Side::Both)
}

fn justify(vm: &mut Vm, args: &Args<'_>, side: Side) -> PyResult {
    let this = args.this();
    let width = vm.ssize_argument(args.values[1])?;
    let fill = match args.values.get(2) {
        Some(&fill) => fill_character(vm, fill)?,
        None => ' ',
    };
    let missing = width.saturating_sub(vm.str_payload(this).len() as i64).max(0);
    let left = match side {
        Side::Left => missing,
        Side::Right => 0,
        // The odd one goes left if the width is odd.
        Side::Both => missing / 2 + (missing & width & 1),
    };
    pad(vm, this, left as usize, (missing - left) as usize, fill)
}

fn fill_character(vm: &mut Vm, fill: Ref) -> PyResult<char> {
    let Some(text) = vm.text(fill) else {
        let message = format!("The fill character must be a unicode character, not {}", vm.type_name(fill));
        return Err(vm.type_error(message));
    };
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err(vm.type_error("The fill character must be exactly one character long")),
    }
}

fn pad(vm: &mut Vm, this: Ref, left: usize, right: usize, fill: char) -> PyResult {
    if left == 0 && right == 0 {
        return Ok(vm.str_unchanged(this));
    }
    let text = &vm.str_payload(this).text;
    if (left + right).saturating_mul(fill.len_utf8()) > super::MAX_SIZE {
        if left + right + text.len() > i64::MAX as usize {
            return Err(vm.overflow_error("padded string is too long"));
        }
        return Err(vm.no_room_for(left + right));
    }
    let mut padded = String::with_capacity(text.len() + (left + right) * fill.len_utf8());
    padded.extend(std::iter::repeat_n(fill, left));
    padded.push_str(text);
    padded.extend(std::iter::repeat_n(fill, right));
    Ok(vm.fresh_str(padded))
}

pub(super) fn zfill(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let width = vm.ssize_argument(args.values[1])?;
    let missing = width.saturating_sub(vm.str_payload(this).len() as i64).max(0) as usize;
    let text = vm.expect_text(this);
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'));
    let (Some(sign), 1..=super::MAX_SIZE) = (sign, missing) else { return pad(vm, this, missing, 0, '0') };
    let filled = format!("{sign}{}{}", "0".repeat(missing), &text[1..]);
    Ok(vm.fresh_str(filled))
}

pub(super) fn expandtabs(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "expandtabs", positional_only: 0, names: &["tabsize"], required: 0, positional: 1 };
    let this = args.this();
    let size = match SIGNATURE.bind(vm, &args.rest())? {
        [None] => 8,
        [Some(size)] => vm.int_argument(size)?,
    };
    let text = vm.expect_text(this);
    if !text.contains('\t') {
        return Ok(vm.str_unchanged(this));
    }
    let size = usize::try_from(size).unwrap_or(0);
    if text.matches('\t').count().saturating_mul(size) > super::MAX_SIZE {
        return Err(vm.too_long());
    }
    let text = expanded(text, size);
    Ok(vm.str(text))
}

/// The text with blanks up to the next column that is a multiple of `size` in place of tabs.
fn expanded(text: &str, size: usize) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let blanks = size - column % size;
                expanded.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\t' => {}
            _ => {
                expanded.push(c);
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
            }
        }
    }
    expanded
}

pub(super) fn strip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, "strip", args, Side::Both)
}

pub(super) fn lstrip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, "lstrip", args, Side::Left)
}

pub(super) fn rstrip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, "rstrip", args, Side::Right)
}

fn strip_with(vm: &mut Vm, name: &str, args: &Args<'_>, side: Side) -> PyResult {
    let this = args.this();
    let text = vm.expect_text(this);
    let (start, end) = match args.values.get(1) {
        None | Some(&types::NONE) => stripped(text, side, is_space),
        Some(&chars) => match vm.text(chars) {
            Some(chars) => stripped(text, side, |c| chars.contains(c)),
            None => return Err(vm.type_error(format!("{name} arg must be None or str"))),
        },
    };
    Ok(vm.substring_of_bytes(this, start, end))
}

/// Where what is left begins and ends.
fn stripped(text: &str, side: Side, goes: impl Fn(char) -> bool) -> (usize, usize) {
    let start = match side {
        Side::Right => 0,
        Side::Left | Side::Both => text.len() - text.trim_start_matches(&goes).len(),
    };
    let end = match side {
        Side::Left => text.len(),
        Side::Right | Side::Both => start + text[start..].trim_end_matches(&goes).len(),
    };
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_tabs_are_those_of_cpython() {
        assert_eq!(stripped("  é ", Side::Both, is_space), (2, 4));
        assert_eq!(stripped("  ", Side::Both, is_space), (2, 2));
        assert_eq!(stripped("xxaxx", Side::Left, |c| c == 'x'), (2, 5));
        assert_eq!(stripped("xxaxx", Side::Right, |c| c == 'x'), (0, 3));
        assert_eq!(expanded("a\tbc\t\td\n\te", 4), "a   bc      d\n    e");
        assert_eq!(expanded("a\tb", 0), "ab");
    }
}
