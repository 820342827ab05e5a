//! Texts without the addresses that are in them.

use std::borrow::Cow;

/// The text with every address in it (`<object at 0x7f…>`) put as `0x?`: no two engines have the same. Other hexadecimal
/// numbers stay.
pub fn without_addresses(text: &str) -> Cow<'_, str> {
    const MARK: &str = " at 0x";
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(MARK);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(MARK);
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        if rest.len() < part.len() {
            clean.push('?');
        }
        clean.push_str(rest);
    }
    Cow::Owned(clean)
}

/// What differs between two printed texts, in words.
pub(crate) fn first_different_line(there: &str, here: &str) -> Option<String> {
    if there == here {
        return None;
    }
    let (there, here) = (without_addresses(there), without_addresses(here));
    if there == here {
        return None;
    }
    let mut theirs = there.split_inclusive('\n');
    let mut ours = here.split_inclusive('\n');
    let mut line = 1;
    loop {
        let (their, our) = (theirs.next(), ours.next());
        if their != our {
            let words = |line: Option<&str>| line.map_or("nothing".to_owned(), |line| format!("{line:?}"));
            return Some(format!("line {line} of the output: the reference prints {}, the subject {}", words(their), words(our)));
        }
        line += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_put_aside() {
        assert_eq!(without_addresses("<C object at 0x7f00ab> 0xff <D at 0x1>"), "<C object at 0x?> 0xff <D at 0x?>");
        assert_eq!(without_addresses("0xff"), "0xff");
        assert_eq!(first_different_line("a\n<C at 0x1>\n", "a\n<C at 0x2>\n"), None);
    }

    #[test]
    fn the_first_different_line_is_named() {
        let words = first_different_line("a\nb\n", "a\n").unwrap_or_default();
        assert_eq!(words, r#"line 2 of the output: the reference prints "b\n", the subject nothing"#);
    }
}
