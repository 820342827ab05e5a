//! Cuts source into tokens.

use super::SyntaxError;

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    /// A number or a plain string, as written.
    Literal(String),
    /// What stands between the quotes of an f-string.
    FString(String),
    Operator(&'static str),
    Newline,
    Indent,
    Dedent,
    End,
}

/// Longest first.
const OPERATORS: &[&str] = &[
    "**=", "//=", ">>=", "<<=", "...", "->", ":=", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "%=",
    "@=", "&=", "|=", "^=", "+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":",
    ".", "=", ";",
];

/// The tokens of a source, each with its line (from 1).
pub(super) fn tokens(source: &str) -> Result<Vec<(Token, usize)>, SyntaxError> {
    let mut out = Vec::new();
    let mut indents = vec![0];
    let mut depth = 0_usize;
    for (index, full) in source.lines().enumerate() {
        let line = index + 1;
        let mut rest = full;
        if depth == 0 {
            rest = full.trim_start_matches(' ');
            if rest.is_empty() || rest.starts_with('#') {
                continue;
            }
            let indent = full.len() - rest.len();
            if indent > *indents.last().unwrap_or(&0) {
                indents.push(indent);
                out.push((Token::Indent, line));
            }
            while indent < *indents.last().unwrap_or(&0) {
                indents.pop();
                out.push((Token::Dedent, line));
            }
        }
        loop {
            rest = rest.trim_start_matches(' ');
            let Some(first) = rest.chars().next() else { break };
            if first == '#' {
                break;
            }
            let (token, length) = token(rest).ok_or_else(|| SyntaxError { line, near: rest.to_owned() })?;
            match token {
                Token::Operator("(" | "[" | "{") => depth += 1,
                Token::Operator(")" | "]" | "}") => depth = depth.saturating_sub(1),
                _ => {}
            }
            out.push((token, line));
            rest = &rest[length..];
        }
        if depth == 0 {
            out.push((Token::Newline, line));
        }
    }
    let line = source.lines().count();
    out.extend(indents.iter().skip(1).map(|_| (Token::Dedent, line)));
    out.push((Token::End, line));
    Ok(out)
}

/// The token that a text starts with, and its length in bytes.
fn token(text: &str) -> Option<(Token, usize)> {
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let next = text[word..].chars().next();
    let first = text.chars().next()?;
    if matches!(next, Some('\'' | '"')) && matches!(&text[..word], "" | "b" | "r" | "f" | "rb" | "br" | "u") {
        let length = word + quoted(&text[word..])?;
        return Some(if &text[..word] == "f" {
            (Token::FString(text[word + 1..length - 1].to_owned()), length)
        } else {
            (Token::Literal(text[..length].to_owned()), length)
        });
    }
    if first.is_ascii_digit() || (first == '.' && text[1..].starts_with(|c: char| c.is_ascii_digit())) {
        let mut end = 0;
        let bytes = text.as_bytes();
        while end < bytes.len()
            && (bytes[end].is_ascii_alphanumeric()
                || matches!(bytes[end], b'.' | b'_')
                || (matches!(bytes[end], b'+' | b'-') && matches!(bytes[end - 1], b'e' | b'E') && !text.starts_with("0x")))
        {
            end += 1;
        }
        return Some((Token::Literal(text[..end].to_owned()), end));
    }
    if word > 0 {
        return Some((Token::Name(text[..word].to_owned()), word));
    }
    OPERATORS.iter().find(|operator| text.starts_with(**operator)).map(|operator| (Token::Operator(operator), operator.len()))
}

/// The length of the string, with its quotes, that a text starts with.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}
