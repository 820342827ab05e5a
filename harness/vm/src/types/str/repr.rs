//! `repr` and `ascii` of text.

use std::fmt::Write;

use super::Unicode;

/// The text as a Python literal (`unicode_repr`): single quotes unless that takes escapes that double ones do not.
pub(crate) fn str_repr(unicode: Unicode, text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut repr = String::with_capacity(text.len() + 2);
    repr.push(quote);
    for c in text.chars() {
        match c {
            '\\' => repr.push_str("\\\\"),
            '\t' => repr.push_str("\\t"),
            '\n' => repr.push_str("\\n"),
            '\r' => repr.push_str("\\r"),
            c if c == quote => repr.extend(['\\', c]),
            c if unicode.is_printable(c) => repr.push(c),
            c => push_escape(&mut repr, c),
        }
    }
    repr.push(quote);
    repr
}

/// The text with escapes for all that is not ASCII (`backslashreplace`).
pub(crate) fn ascii_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            push_escape(&mut escaped, c);
        }
    }
    escaped
}

fn push_escape(into: &mut String, c: char) {
    let code = u32::from(c);
    // Writing into a string cannot fail.
    let _ = match code {
        ..=0xff => write!(into, "\\x{code:02x}"),
        0x100..=0xffff => write!(into, "\\u{code:04x}"),
        _ => write!(into, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use refdrift_isa::UnicodeVersion;

    use super::*;

    #[test]
    fn quotes_and_escapes_are_those_of_cpython() {
        let repr = |text| str_repr(Unicode(UnicodeVersion::V14_0), text);
        assert_eq!(repr("plain"), "'plain'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("'\""), "'\\'\"'");
        assert_eq!(repr("\\\t\n\r\0\x7f"), "'\\\\\\t\\n\\r\\x00\\x7f'");
        assert_eq!(repr("é→😀"), "'é→😀'");
        assert_eq!(repr("\u{a0}\u{2028}\u{e000}\u{10ffff}"), "'\\xa0\\u2028\\ue000\\U0010ffff'");
        // New in Unicode 15.1.
        assert_eq!(repr("\u{2ffc}"), "'\\u2ffc'");
        assert_eq!(str_repr(Unicode(UnicodeVersion::V15_1), "\u{2ffc}"), "'\u{2ffc}'");
        assert_eq!(ascii_escaped("'é→😀'"), "'\\xe9\\u2192\\U0001f600'");
    }
}
