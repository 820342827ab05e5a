//! Statements away.

use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::program::{Program, is_block};
use crate::text::{Change, cut, replace};

/// Runs of neighbouring statements: the whole block, then halves, quarters, …, single ones. The last ones first: what comes
/// later needs what came before.
pub(crate) fn runs(program: &Program) -> Vec<Change> {
    let mut changes = Vec::new();
    for (block, statements) in program.blocks() {
        let whole = statements.len();
        let mut length = whole;
        while length > 0 {
            for run in statements.rchunks(length) {
                changes.push(remove(program, &[(block, &statements, run)]));
            }
            length = if length == whole { whole.next_power_of_two() / 2 } else { length / 2 };
            length = length.min(whole.saturating_sub(1));
        }
    }
    changes
}

/// All statements that mention a name, for each name.
pub(crate) fn mentions(program: &Program) -> Vec<Change> {
    let mut names: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for node in program.nodes().into_iter().filter(|node| node.kind() == "identifier") {
        names.entry(program.slice(node)).or_default().push(node.start_byte());
    }
    let blocks = program.blocks();
    // The innermost statement around a place is that of the last block that has one there: inner blocks come later.
    let innermost = |at: usize| {
        let around = |node: &Node<'_>| node.byte_range().contains(&at);
        blocks
            .iter()
            .enumerate()
            .rev()
            .find_map(|(block, (_, statements))| Some((block, *statements.iter().find(|one| around(one))?)))
    };
    let removal = |places: &Vec<usize>| {
        let mut doomed: BTreeMap<usize, Vec<Node<'_>>> = BTreeMap::new();
        for (block, statement) in places.iter().filter_map(|&at| innermost(at)) {
            let statements = doomed.entry(block).or_default();
            if statements.last() != Some(&statement) {
                statements.push(statement);
            }
        }
        // What is in a statement that goes anyway goes with it.
        let all: Vec<Node<'_>> = doomed.values().flatten().copied().collect();
        let inside =
            |block: Node<'_>| all.iter().any(|one| one.start_byte() < block.start_byte() && block.end_byte() <= one.end_byte());
        let runs: Vec<_> = doomed
            .iter()
            .map(|(&block, run)| (blocks[block].0, &blocks[block].1, run.as_slice()))
            .filter(|(block, ..)| !inside(*block))
            .collect();
        remove(program, &runs)
    };
    names.values().map(removal).collect()
}

/// Takes statements out of their blocks; a block that loses all of them gets a `pass`.
fn remove(program: &Program, runs: &[(Node<'_>, &Vec<Node<'_>>, &[Node<'_>])]) -> Change {
    let mut change = Vec::new();
    for (block, statements, run) in runs {
        if run.len() == statements.len() && block.kind() == "block" {
            let (Some(first), Some(last)) = (statements.first(), statements.last()) else { continue };
            change.push(replace(first.start_byte()..last.end_byte(), "pass"));
            continue;
        }
        for stretch in run.chunk_by(|one, next| follows(*one, *next)) {
            let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
            // Of statements on one line the semicolon goes, too: the one behind, or the one before where none is behind.
            let is_semicolon = |node: &Node<'_>| node.kind() == ";";
            let behind = last.next_sibling().filter(is_semicolon);
            let before = first.prev_sibling().filter(is_semicolon).filter(|_| behind.is_none());
            let start = before.map_or(first.start_byte(), |node| node.start_byte());
            let end = behind.map_or(last.end_byte(), |node| node.end_byte());
            change.push(cut(program.text(), start..end));
        }
    }
    change
}

/// Whether nothing but a semicolon or a comment is between two statements.
fn follows(one: Node<'_>, next: Node<'_>) -> bool {
    debug_assert!(one.parent().is_some_and(is_block));
    let mut node = one.next_sibling();
    while let Some(between) = node.filter(|between| !between.is_named() || between.is_extra()) {
        node = between.next_sibling();
    }
    node == Some(next)
}
