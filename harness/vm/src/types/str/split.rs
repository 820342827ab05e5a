//! Taking strings apart.
//!
//! What is found is worked out as ranges of bytes; a string that stays whole stays itself.

use std::ops::Range;

use super::{Width, is_line_break, is_space};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::pieces::Splitting;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(super) fn split(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    split_with(vm, "split", args, false)
}

pub(super) fn rsplit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    split_with(vm, "rsplit", args, true)
}

fn split_with(vm: &mut Vm, function: &'static str, args: &Args<'_>, from_end: bool) -> PyResult {
    let this = args.this();
    let Splitting { separator, limit } = vm.split_arguments(function, args)?;
    let text = vm.expect_text(this);
    let pieces = match separator {
        None if from_end => rsplit_space(text, limit),
        None => split_space(text, limit),
        Some(separator) => {
            let Some(found) = vm.text(separator) else {
                let message = format!("must be str or None, not {}", vm.type_name(separator));
                return Err(vm.type_error(message));
            };
            if cannot_contain(vm, this, separator) {
                let whole = vm.retain(this);
                return Ok(vm.new_list(vec![whole]));
            }
            match (found.is_empty(), from_end) {
                (true, _) => return Err(vm.value_error("empty separator")),
                (false, true) => rsplit_text(text, found, limit),
                (false, false) => split_text(text, found, limit),
            }
        }
    };
    // What is left when no split is allowed is made anew.
    let anew = separator.is_none() && limit == 0;
    Ok(list_of(vm, this, pieces, anew))
}

/// Whether it is plain that a string cannot contain another: it is wider or longer (and then even a string of a subclass is
/// handed back as it is).
fn cannot_contain(vm: &Vm, this: Ref, part: Ref) -> bool {
    let (text, part) = (vm.str_payload(this), vm.str_payload(part));
    text.len() < part.len() || (!part.is_ascii() && part.width() > Width::One && text.width() < part.width())
}

/// A list of parts of a string. The whole of an exact `str` is that object, unless it must be `anew`.
fn list_of(vm: &mut Vm, this: Ref, pieces: Vec<Range<usize>>, anew: bool) -> Owned {
    let kept = (!anew && vm.class_of(this) == types::STR).then_some(this);
    vm.list_of_pieces((kept, vm.expect_text(this).len()), pieces, |vm, piece| {
        let text: Box<str> = vm.expect_text(this)[piece].into();
        vm.str(text)
    })
}

fn split_space(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = text.len() - text.trim_start_matches(is_space).len();
    while rest < text.len() {
        if pieces.len() == limit {
            pieces.push(rest..text.len());
            break;
        }
        let end = text[rest..].find(is_space).map_or(text.len(), |found| rest + found);
        pieces.push(rest..end);
        rest = text.len() - text[end..].trim_start_matches(is_space).len();
    }
    pieces
}

fn rsplit_space(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_end_matches(is_space).len();
    while rest > 0 {
        if pieces.len() == limit {
            pieces.push(0..rest);
            break;
        }
        let start = text[..rest].rfind(is_space).map_or(0, |found| found + text[found..].chars().next().map_or(0, char::len_utf8));
        pieces.push(start..rest);
        rest = text[..start].trim_end_matches(is_space).len();
    }
    pieces.reverse();
    pieces
}

fn split_text(text: &str, separator: &str, limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (found, _) in text.match_indices(separator).take(limit) {
        pieces.push(start..found);
        start = found + separator.len();
    }
    pieces.push(start..text.len());
    pieces
}

fn rsplit_text(text: &str, separator: &str, limit: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut end = text.len();
    for (found, _) in text.rmatch_indices(separator).take(limit) {
        pieces.push(found + separator.len()..end);
        end = found;
    }
    pieces.push(0..end);
    pieces.reverse();
    pieces
}

fn split_lines(text: &str, keep_ends: bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].find(is_line_break).map_or(text.len(), |found| start + found);
        let mut next = end + text[end..].chars().next().map_or(0, char::len_utf8);
        if text[end..].starts_with("\r\n") {
            next += 1;
        }
        pieces.push(start..if keep_ends { next } else { end });
        start = next;
    }
    pieces
}

pub(super) fn splitlines(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let this = args.this();
    let keep_ends = vm.keep_ends_argument(args)?;
    let pieces = split_lines(vm.expect_text(this), keep_ends);
    Ok(list_of(vm, this, pieces, false))
}

pub(super) fn partition(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    partition_with(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    partition_with(vm, args, true)
}

fn partition_with(vm: &mut Vm, args: &Args<'_>, from_end: bool) -> PyResult {
    let (this, separator) = (args.values[0], args.values[1]);
    super::search::must_be_str(vm, separator)?;
    let (text, wanted) = (vm.expect_text(this), vm.expect_text(separator));
    if wanted.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = if from_end { text.rfind(wanted) } else { text.find(wanted) };
    let (before, after) = match found {
        Some(found) => (0..found, found + wanted.len()..text.len()),
        None => {
            let whole = vm.retain(this);
            let (first, second) = (vm.retain(types::EMPTY_STR), vm.retain(types::EMPTY_STR));
            let items = if from_end { vec![first, second, whole] } else { vec![whole, first, second] };
            return Ok(vm.new_tuple(items));
        }
    };
    let before: Box<str> = text[before].into();
    let after: Box<str> = text[after].into();
    let items = vec![vm.str(before), vm.retain(separator), vm.str(after)];
    Ok(vm.new_tuple(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, pieces: Vec<Range<usize>>) -> Vec<&str> {
        pieces.into_iter().map(|piece| &text[piece]).collect()
    }

    #[test]
    fn pieces_are_those_of_cpython() {
        let all = usize::MAX;
        assert_eq!(words(" a  b\u{1c}c ", split_space(" a  b\u{1c}c ", all)), ["a", "b", "c"]);
        assert_eq!(words(" a  b c ", split_space(" a  b c ", 1)), ["a", "b c "]);
        assert_eq!(words(" a  b c ", split_space(" a  b c ", 0)), ["a  b c "]);
        assert_eq!(words(" a  b c ", rsplit_space(" a  b c ", 1)), [" a  b", "c"]);
        assert_eq!(words("é\u{2003}è", rsplit_space("é\u{2003}è", all)), ["é", "è"]);
        assert_eq!(words("", split_space("", all)), [""; 0]);
        assert_eq!(words("a,,b", split_text("a,,b", ",", all)), ["a", "", "b"]);
        assert_eq!(words("aaa", split_text("aaa", "aa", all)), ["", "a"]);
        assert_eq!(words("aaa", rsplit_text("aaa", "aa", all)), ["a", ""]);
        assert_eq!(words("a,b,c", rsplit_text("a,b,c", ",", 1)), ["a,b", "c"]);
        assert_eq!(words("a\r\nb\n\rc", split_lines("a\r\nb\n\rc", false)), ["a", "b", "", "c"]);
        assert_eq!(words("a\r\nb\u{2028}", split_lines("a\r\nb\u{2028}", true)), ["a\r\n", "b\u{2028}"]);
    }
}
