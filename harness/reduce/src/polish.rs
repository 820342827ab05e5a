//! What makes the result nicer to read, and no smaller.

use tree_sitter::Node;

use crate::program::{Program, is_block};
use crate::text::{apply, line_start, replace};

/// What is tried once at the end, one after the other; none where nothing is to be done.
pub(crate) const POLISHES: &[fn(&Program) -> Option<String>] = &[indentation];

/// Four blanks for each level.
fn indentation(program: &Program) -> Option<String> {
    let text = program.text();
    let starts_line = |node: &Node<'_>| text[line_start(text, node.start_byte())..node.start_byte()].trim().is_empty();
    let change = program.nodes().into_iter().filter(|node| is_aligned(*node) && starts_line(node)).map(|node| {
        let blanks = "    ".repeat(node.parent().map_or(0, depth));
        replace(line_start(text, node.start_byte())..node.start_byte(), &blanks)
    });
    // A definition with decorators starts where its first decorator does.
    let mut change: Vec<_> = change.collect();
    change.dedup();
    apply(text, &change).filter(|polished| polished != text)
}

/// Whether a node is one whose lines start at its block's level.
fn is_aligned(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let is_clause = node.kind().ends_with("_clause") && parent.kind().ends_with("_statement");
    is_clause || (node.is_named() && (is_block(parent) || parent.kind() == "decorated_definition"))
}

/// How many blocks are around what is in a node, the module left out.
fn depth(node: Node<'_>) -> usize {
    let around = std::iter::successors(Some(node), Node::parent);
    around.filter(|node| is_block(*node)).count().saturating_sub(1)
}
