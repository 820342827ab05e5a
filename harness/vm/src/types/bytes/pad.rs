//! Making bytes longer and shorter at their ends.

use super::split::is_space;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(super) fn ljust(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    justify(vm, "ljust", args, |_, _| 0)
}

pub(super) fn rjust(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    justify(vm, "rjust", args, |missing, _| missing)
}

pub(super) fn center(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    // The odd one goes left if the width is odd.
    justify(vm, "center", args, |missing, width| missing / 2 + (missing & width & 1))
}

/// `left_of` says how many of the missing bytes go left.
fn justify(vm: &mut Vm, name: &str, args: &Args<'_>, left_of: fn(usize, usize) -> usize) -> PyResult {
    let this = args.this();
    let width = vm.ssize_argument(args.values[1])?;
    let fill = match args.values.get(2) {
        Some(&fill) => match vm.bytes_value(fill) {
            Some(&[fill]) => fill,
            _ => {
                let kind = vm.argument_type(fill);
                let message = format!("{name}() argument 2 must be a byte string of length 1, not {kind}");
                return Err(vm.type_error(message));
            }
        },
        None => b' ',
    };
    let width = usize::try_from(width).unwrap_or(0);
    let missing = width.saturating_sub(vm.data(this).len());
    let left = left_of(missing, width);
    pad(vm, this, left, missing - left, fill)
}

fn pad(vm: &mut Vm, this: Ref, left: usize, right: usize, fill: u8) -> PyResult {
    let data = vm.data(this);
    if left == 0 && right == 0 {
        let end = data.len();
        return Ok(vm.bytes_part(this, 0, end));
    }
    if left + right > types::str::MAX_SIZE {
        return Err(vm.no_room_for(left + right));
    }
    let mut padded = vec![fill; left];
    padded.extend_from_slice(data);
    padded.resize(padded.len() + right, fill);
    Ok(vm.fresh_like(this, padded))
}

pub(super) fn zfill(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let width = usize::try_from(vm.ssize_argument(args.values[1])?).unwrap_or(0);
    let data = vm.data(this);
    let missing = width.saturating_sub(data.len());
    let (Some(&sign @ (b'+' | b'-')), 1..=types::str::MAX_SIZE) = (data.first(), missing) else {
        return pad(vm, this, missing, 0, b'0');
    };
    let mut filled = vec![sign];
    filled.resize(1 + missing, b'0');
    filled.extend_from_slice(&data[1..]);
    Ok(vm.fresh_like(this, filled))
}

pub(super) fn expandtabs(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "expandtabs", positional_only: 0, names: &["tabsize"], required: 0, positional: 1 };
    let size = match SIGNATURE.bind(vm, &args.rest())? {
        [None] => 8,
        [Some(size)] => usize::try_from(vm.int_argument(size)?).unwrap_or(0),
    };
    let data = vm.data(args.this());
    if data.split(|&byte| byte == b'\t').count().saturating_mul(size) > types::str::MAX_SIZE {
        return Err(vm.too_long());
    }
    let mut expanded = Vec::with_capacity(data.len());
    let mut column = 0;
    for &byte in data {
        match byte {
            b'\t' if size > 0 => {
                let blanks = size - column % size;
                expanded.resize(expanded.len() + blanks, b' ');
                column += blanks;
            }
            b'\t' => {}
            _ => {
                expanded.push(byte);
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(vm.fresh_like(args.this(), expanded))
}

pub(super) fn strip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, args, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, args, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    strip_with(vm, args, false, true)
}

fn strip_with(vm: &mut Vm, args: &Args<'_>, left: bool, right: bool) -> PyResult {
    let this = args.this();
    let chars = args.values.get(1).copied().filter(|&chars| chars != types::NONE);
    if let Some(chars) = chars {
        vm.must_be_bytes(chars)?;
    }
    let data = vm.data(this);
    let stays = |byte: &u8| match chars {
        Some(chars) => !vm.data(chars).contains(byte),
        None => !is_space(*byte),
    };
    let start = if left { data.iter().position(stays).unwrap_or(data.len()) } else { 0 };
    let end = if right { data.iter().rposition(stays).map_or(start, |last| last + 1) } else { data.len() };
    Ok(vm.bytes_part(this, start, end.max(start)))
}
