//! Lines that fit.

/// Breaks a text at its spaces into lines of at most `width` characters; a word that is longer has a line of its own.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(&visible(word));
        length += word_length;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// A text without what a terminal would obey: a snippet may print and raise whatever it likes.
pub(crate) fn visible(text: &str) -> String {
    text.replace(|letter: char| letter.is_control() && letter != '\n', "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::{visible, wrap};

    #[test]
    fn nothing_is_left_for_a_terminal_to_obey() {
        assert_eq!(visible("a\u{1b}[31m\nb\u{9b}"), "a\u{fffd}[31m\nb\u{fffd}");
        assert_eq!(wrap("\u{1b}]0;x\u{7} y", 9), ["\u{fffd}]0;x\u{fffd} y"]);
    }

    #[test]
    fn breaks_at_spaces_only() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable it is", 4), ["unbreakable", "it", "is"]);
        assert!(wrap("", 4).is_empty());
    }
}
