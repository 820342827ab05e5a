//! Taking bytes apart, and putting them together.

use std::ops::Range;

use super::search::{find, find_last};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::pieces::Splitting;
use crate::types;
use crate::vm::{PyResult, Vm};

/// White space in bytes: that of the C locale.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

pub(super) fn split(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    split_with(vm, "split", args, false)
}

pub(super) fn rsplit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    split_with(vm, "rsplit", args, true)
}

fn split_with(vm: &mut Vm, function: &'static str, args: &Args<'_>, from_end: bool) -> PyResult {
    let this = args.this();
    let Splitting { separator, limit } = vm.split_arguments(function, args)?;
    let Some(separator) = separator else {
        let data = vm.data(this);
        let pieces = if from_end { rsplit_space(data, limit) } else { split_space(data, limit) };
        return Ok(list_of(vm, this, pieces, limit == 0));
    };
    vm.must_be_bytes(separator)?;
    let (data, wanted) = (vm.data(this), vm.data(separator));
    if wanted.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let pieces = if from_end { rsplit_at(data, wanted, limit) } else { split_at(data, wanted, limit) };
    Ok(list_of(vm, this, pieces, false))
}

/// A list of parts. The whole of an exact `bytes` is that object, unless it must be `anew`.
fn list_of(vm: &mut Vm, this: Ref, pieces: Vec<Range<usize>>, anew: bool) -> Owned {
    let kept = (!anew && vm.class_of(this) == types::BYTES).then_some(this);
    vm.list_of_pieces((kept, vm.data(this).len()), pieces, |vm, piece| {
        let part = vm.data(this)[piece].to_vec();
        vm.new_like(this, part)
    })
}

fn split_space(data: &[u8], limit: usize) -> Vec<Range<usize>> {
    let past_space = |from: usize| data[from..].iter().position(|&byte| !is_space(byte)).map_or(data.len(), |found| from + found);
    let mut pieces = Vec::new();
    let mut rest = past_space(0);
    while rest < data.len() {
        if pieces.len() == limit {
            pieces.push(rest..data.len());
            break;
        }
        let end = data[rest..].iter().position(|&byte| is_space(byte)).map_or(data.len(), |found| rest + found);
        pieces.push(rest..end);
        rest = past_space(end);
    }
    pieces
}

fn rsplit_space(data: &[u8], limit: usize) -> Vec<Range<usize>> {
    let before_space = |to: usize| data[..to].iter().rposition(|&byte| !is_space(byte)).map_or(0, |found| found + 1);
    let mut pieces = Vec::new();
    let mut rest = before_space(data.len());
    while rest > 0 {
        if pieces.len() == limit {
            pieces.push(0..rest);
            break;
        }
        let start = data[..rest].iter().rposition(|&byte| is_space(byte)).map_or(0, |found| found + 1);
        pieces.push(start..rest);
        rest = before_space(start);
    }
    pieces.reverse();
    pieces
}

fn split_at(data: &[u8], separator: &[u8], limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while pieces.len() < limit
        && let Some(found) = find(&data[start..], separator)
    {
        pieces.push(start..start + found);
        start += found + separator.len();
    }
    pieces.push(start..data.len());
    pieces
}

fn rsplit_at(data: &[u8], separator: &[u8], limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut end = data.len();
    while pieces.len() < limit
        && let Some(found) = find_last(&data[..end], separator)
    {
        pieces.push(found + separator.len()..end);
        end = found;
    }
    pieces.push(0..end);
    pieces.reverse();
    pieces
}

pub(super) fn splitlines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let keep_ends = vm.keep_ends_argument(args)?;
    let pieces = split_lines(vm.data(this), keep_ends);
    Ok(list_of(vm, this, pieces, false))
}

fn split_lines(data: &[u8], keep_ends: bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < data.len() {
        let length = data[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let end = length.map_or(data.len(), |length| start + length);
        let next = if data[end..].starts_with(b"\r\n") { end + 2 } else { (end + 1).min(data.len()) };
        pieces.push(start..if keep_ends { next } else { end });
        start = next;
    }
    pieces
}

pub(super) fn join(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (separator, iterable) = (args.values[0], args.values[1]);
    // Meanwhile a bytearray keeps its size.
    vm.export(separator, true);
    let result = vm.sequence_fast(iterable, "can only join an iterable").and_then(|sequence| {
        let items = vm.items(sequence.borrow()).unwrap_or_default();
        vm.lend(sequence, |vm, _| join_items(vm, separator, &items))
    });
    vm.export(separator, false);
    result
}

impl Vm {
    /// `separator.join(items)` (`_PyBytes_Join`)
    pub(crate) fn join_bytes(&mut self, separator: Ref, items: &[Ref]) -> PyResult {
        join_items(self, separator, items)
    }
}

fn join_items(vm: &mut Vm, separator: Ref, items: &[Ref]) -> PyResult {
    if let [only] = *items
        && vm.class_of(only) == types::BYTES
        && !vm.is_array(separator)
    {
        return Ok(vm.retain(only));
    }
    if let Some(index) = items.iter().position(|&item| vm.bytes_value(item).is_none()) {
        let kind = vm.type_name(items[index]);
        let message = format!("sequence item {index}: expected a bytes-like object, {kind} found");
        return Err(vm.type_error(message));
    }
    let pieces: Vec<&[u8]> = items.iter().map(|&item| vm.data(item)).collect();
    let data = pieces.join(vm.data(separator));
    Ok(vm.fresh_like(separator, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(data: &[u8], pieces: Vec<Range<usize>>) -> Vec<&[u8]> {
        pieces.into_iter().map(|piece| &data[piece]).collect()
    }

    #[test]
    fn pieces_are_those_of_cpython() {
        let all = usize::MAX;
        assert_eq!(parts(b" a  b\x1cc ", split_space(b" a  b\x1cc ", all)), [&b"a"[..], b"b\x1cc"]);
        assert_eq!(parts(b" a  b c ", split_space(b" a  b c ", 1)), [&b"a"[..], b"b c "]);
        assert_eq!(parts(b" a  b c ", rsplit_space(b" a  b c ", 1)), [&b" a  b"[..], b"c"]);
        assert_eq!(parts(b"a,,b", split_at(b"a,,b", b",", all)), [&b"a"[..], b"", b"b"]);
        assert_eq!(parts(b"aaa", rsplit_at(b"aaa", b"aa", all)), [&b"a"[..], b""]);
        assert_eq!(parts(b"a\r\nb\n\rc\n", split_lines(b"a\r\nb\n\rc\n", false)), [&b"a"[..], b"b", b"", b"c"]);
        assert_eq!(parts(b"a\r\nb", split_lines(b"a\r\nb", true)), [&b"a\r\n"[..], b"b"]);
    }
}
