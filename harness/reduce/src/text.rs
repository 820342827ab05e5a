//! Edits of a text.

use std::ops::Range;

/// One stretch of a text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) with: String,
}

/// Edits that belong together, in any order.
pub(crate) type Change = Vec<Edit>;

/// The text with the change; none if its edits overlap.
pub(crate) fn apply(text: &str, change: &Change) -> Option<String> {
    let mut edits: Vec<&Edit> = change.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        result.push_str(text.get(copied..edit.range.start)?);
        result.push_str(&edit.with);
        copied = edit.range.end;
    }
    result.push_str(text.get(copied..)?);
    Some(result)
}

/// Puts something else in place of a stretch.
pub(crate) fn replace(range: Range<usize>, with: &str) -> Edit {
    Edit { range, with: with.to_owned() }
}

/// Takes a stretch away: with its lines where nothing else is on them, with the blank before it where one is left over.
pub(crate) fn cut(text: &str, range: Range<usize>) -> Edit {
    let line = line_start(text, range.start);
    let end = line_end(text, range.end);
    let blank_before = text[line..range.start].trim().is_empty();
    let blank_after = text[range.end..end].trim().is_empty();
    let range = match (blank_before, blank_after) {
        (true, true) => line..(end + 1).min(text.len()),
        (true, false) => range.start..range.end + blanks(&text[range.end..end]),
        (false, true) => line + text[line..range.start].trim_end().len()..range.end,
        (false, false) => {
            let spare = text[..range.start].ends_with([' ', '(', '[', '{']);
            let after = range.end + if spare { blanks(&text[range.end..end]) } else { 0 };
            let closes = text[after..].starts_with([':', ',', ')', ']', '}']);
            (if closes { line + text[line..range.start].trim_end().len() } else { range.start })..after
        }
    };
    replace(range, "")
}

/// Where the line of that place starts.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of that place ends, without its newline.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// How many blanks a text starts with.
fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\x0c']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_applied_in_the_order_of_their_places() {
        let change = vec![replace(4..5, "Z"), replace(0..1, ""), replace(2..2, "--")];
        assert_eq!(apply("abcdef", &change).as_deref(), Some("b--cdZf"));
        assert_eq!(apply("abcdef", &vec![replace(0..3, ""), replace(2..4, "")]), None);
    }

    #[test]
    fn a_cut_leaves_no_empty_line_and_no_double_blank() {
        let cut_out = |text: &str, what: &str| {
            let at = text.find(what).unwrap();
            apply(text, &vec![cut(text, at..at + what.len())]).unwrap()
        };
        assert_eq!(cut_out("a\n  b\nc\n", "b"), "a\nc\n");
        assert_eq!(cut_out("a\nb", "b"), "a\n");
        assert_eq!(cut_out("a; b\n", "a; "), "b\n");
        assert_eq!(cut_out("x = 1  # why\n", "# why"), "x = 1\n");
        assert_eq!(cut_out("f(a, b)", "a,"), "f(b)");
        assert_eq!(cut_out("except E:", "E"), "except:");
        assert_eq!(cut_out("x is not y", "not"), "x is y");
    }
}
