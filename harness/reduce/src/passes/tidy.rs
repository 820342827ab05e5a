//! What no run of a program depends on: comments, blank lines, line ends, lines that go on, semicolons behind the last statement.

use tree_sitter::Node;

use crate::program::{Program, preorder};
use crate::text::{Change, cut, line_end, replace};

/// All of one sort at once.
pub(crate) fn tidy(program: &Program) -> Vec<Change> {
    vec![line_ends(program), comments(program), joints(program), blank_lines(program), semicolons(program)]
}

fn line_ends(program: &Program) -> Change {
    let text = program.text().replace("\r\n", "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    vec![replace(0..program.text().len(), text)]
}

fn comments(program: &Program) -> Change {
    let comments = program.nodes().into_iter().filter(|node| node.kind() == "comment");
    comments.map(|node| cut(program.text(), node.byte_range())).collect()
}

fn semicolons(program: &Program) -> Change {
    let text = program.text();
    let last = |node: &Node<'_>| node.kind() == ";" && text[node.end_byte()..line_end(text, node.end_byte())].trim().is_empty();
    program.nodes().into_iter().filter(last).map(|node| cut(text, node.byte_range())).collect()
}

/// The lines without anything on them, and the blanks at the ends of lines.
fn blank_lines(program: &Program) -> Change {
    let text = program.text();
    let strings = program.strings();
    let mut edits = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = line_end(text, start);
        let line = &text[start..end];
        let kept = start + line.trim_end().len();
        let in_string = |at: usize| strings.iter().any(|string| string.start < at && at < string.end);
        if line.trim().is_empty() && !in_string(start) {
            edits.push(replace(start..(end + 1).min(text.len()), ""));
        } else if kept < end && !in_string(end) {
            edits.push(replace(kept..end, ""));
        }
        start = end + 1;
    }
    edits
}

/// Newlines within brackets, and those behind a backslash.
fn joints(program: &Program) -> Change {
    let text = program.text();
    let Some(&root) = program.nodes().first() else { return Vec::new() };
    let is_token = |node: Node<'_>| node.child_count() == 0 || node.kind() == "string";
    let tokens = preorder(root, |node| !is_token(node)).into_iter().filter(|node| is_token(*node) && !node.byte_range().is_empty());
    let mut depth = 0_usize;
    let mut end = 0;
    let mut opened = false;
    let mut edits = Vec::new();
    for token in tokens.filter(|token| token.kind() != "line_continuation") {
        let gap = end..token.start_byte();
        let closes = matches!(token.kind(), ")" | "]" | "}");
        if let Some(between) = text.get(gap.clone())
            && between.contains('\n')
            && (depth > 0 || between.contains("\\\n"))
            && between.chars().all(|c| c.is_whitespace() || c == '\\')
        {
            edits.push(replace(gap, if opened || closes { "" } else { " " }));
        }
        opened = matches!(token.kind(), "(" | "[" | "{");
        depth = depth.saturating_add(usize::from(opened)).saturating_sub(usize::from(closes));
        end = token.end_byte();
    }
    edits
}
