//! Case conversions. Each makes a new string, whether anything changes or not (`case_operation`).

use super::Unicode;
use super::unicode::Mapped;
use crate::object::args::Args;
use crate::vm::{PyResult, Vm};

/// Declares methods that build a new string out of the text.
macro_rules! conversions {
    ($($name:ident = $convert:expr;)*) => {
        $(pub(super) fn $name(vm: &mut Vm, args: &Args<'_>) -> PyResult {
            let convert: fn(Unicode, &str) -> String = $convert;
            let text = convert(vm.unicode(), vm.expect_text(args.this()));
            Ok(vm.fresh_str(text))
        })*
    };
}

conversions! {
    lower = to_lower;
    upper = to_upper;
    casefold = |unicode, text| text.chars().flat_map(|c| unicode.fold(c)).collect();
    capitalize = to_capitalized;
    swapcase = to_swapped;
    title = to_title;
}

fn to_upper(unicode: Unicode, text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_uppercase();
    }
    text.chars().flat_map(|c| unicode.upper(c)).collect()
}

fn to_lower(unicode: Unicode, text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.char_indices().flat_map(|(at, c)| lower_at(unicode, text, at, c)).collect()
}

fn to_capitalized(unicode: Unicode, text: &str) -> String {
    let convert = |(at, c)| if at == 0 { unicode.title(c) } else { lower_at(unicode, text, at, c) };
    text.char_indices().flat_map(convert).collect()
}

fn to_swapped(unicode: Unicode, text: &str) -> String {
    let mut swapped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if unicode.is_upper(c) {
            swapped.extend(lower_at(unicode, text, at, c));
        } else if unicode.is_lower(c) {
            swapped.extend(unicode.upper(c));
        } else {
            swapped.push(c);
        }
    }
    swapped
}

fn to_title(unicode: Unicode, text: &str) -> String {
    let mut title = String::with_capacity(text.len());
    let mut after_cased = false;
    for (at, c) in text.char_indices() {
        title.extend(if after_cased { lower_at(unicode, text, at, c) } else { unicode.title(c) });
        after_cased = unicode.is_cased(c);
    }
    title
}

/// Lower case of a character in its place: a capital sigma at the end of a word has a form of its own.
fn lower_at(unicode: Unicode, text: &str, at: usize, c: char) -> Mapped {
    if c != 'Σ' {
        return unicode.lower(c);
    }
    let cased = |c: Option<char>| c.is_some_and(|c| unicode.is_cased(c));
    let before = text[..at].chars().rev().find(|&c| !unicode.is_case_ignorable(c));
    let after = text[at + c.len_utf8()..].chars().find(|&c| !unicode.is_case_ignorable(c));
    let small = if cased(before) && !cased(after) { 'ς' } else { 'σ' };
    [Some(small), None, None].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use refdrift_isa::UnicodeVersion;

    use super::*;

    #[test]
    fn conversions_agree_with_cpython() {
        let unicode = Unicode(UnicodeVersion::V15_0);
        assert_eq!(to_lower(unicode, "ὈΔΥΣΣΕΎΣ Σ ΑΣ. ΑΣ.Α İ"), "ὀδυσσεύς σ ας. ασ.α i̇");
        assert_eq!(to_title(unicode, "they're bill's ǆ ﬁsh ßa"), "They'Re Bill'S ǅ Fish Ssa");
        assert_eq!(to_capitalized(unicode, "ǆABΣ"), "ǅabς");
        assert_eq!(to_swapped(unicode, "aBcßǅ1"), "AbCSSǅ1");
    }
}
