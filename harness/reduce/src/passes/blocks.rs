//! Statements out of the blocks around them.

use tree_sitter::Node;

use crate::program::{Program, children, preorder};
use crate::text::{Change, apply, line_start, replace};

/// Every compound statement becomes one of its bodies, or all of them in a row.
pub(crate) fn unwrap(program: &Program) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in program.nodes().into_iter().filter(|node| is_compound(*node)) {
        let outer = node.parent().filter(|parent| parent.kind() == "decorated_definition").unwrap_or(node);
        let bodies = bodies(node);
        let mut put = |text: String| changes.push(vec![replace(outer.byte_range(), &text)]);
        let indent = indentation_of(program, outer);
        for &body in &bodies {
            put(moved(program, body, indent));
            for bound in bindings(program, node).unwrap_or_default() {
                put(format!("{bound}\n{indent}{}", moved(program, body, indent)));
            }
        }
        if node.kind() == "function_definition" {
            for &body in &bodies {
                put(without_returns(program, body, indent));
            }
        }
        if bodies.len() > 1 {
            let all: Vec<_> = bodies.iter().map(|&body| moved(program, body, indent)).collect();
            put(all.join(&format!("\n{indent}")));
        }
    }
    changes
}

fn is_compound(node: Node<'_>) -> bool {
    let kinds = ["if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"];
    kinds.contains(&node.kind()) || matches!(node.kind(), "function_definition" | "class_definition")
}

/// The bodies of a compound statement, those of its clauses with it.
fn bodies(compound: Node<'_>) -> Vec<Node<'_>> {
    let is_part = |node: Node<'_>| node.kind().ends_with("_clause") || (node.kind() == "block" && holds_cases(node));
    let parts = preorder(compound, |node| node == compound || is_part(node));
    parts.into_iter().filter(|node| node.kind() == "block" && !holds_cases(*node)).collect()
}

fn holds_cases(block: Node<'_>) -> bool {
    children(block).iter().any(|child| child.kind() == "case_clause")
}

/// What can stand for the binding that a compound statement makes: `t = e` for `with e as t`, `t = 0` and `t = e[0]` for a loop.
fn bindings(program: &Program, compound: Node<'_>) -> Option<Vec<String>> {
    match compound.kind() {
        "for_statement" => {
            let target = program.slice(compound.child_by_field_name("left")?);
            let iterable = program.slice(compound.child_by_field_name("right")?);
            Some(vec![format!("{target} = 0"), format!("{target} = {iterable}[0]")])
        }
        "with_statement" => {
            let clause = children(compound).into_iter().find(|node| node.kind() == "with_clause")?;
            let bound = preorder(clause, |node| matches!(node.kind(), "with_clause" | "with_item"));
            let bound = bound.into_iter().find(|node| node.kind() == "as_pattern")?;
            let (value, target) = (bound.child(0)?, bound.child_by_field_name("alias")?);
            Some(vec![format!("{} = {}", program.slice(target), program.slice(value))])
        }
        _ => None,
    }
}

/// The blanks before a statement; none where something else is before it on its line.
fn indentation_of<'a>(program: &'a Program, statement: Node<'_>) -> &'a str {
    let line = &program.text()[line_start(program.text(), statement.start_byte())..statement.start_byte()];
    if line.trim().is_empty() { line } else { "" }
}

/// The text of a body as it looks at another indentation; that of its first line is left to the caller.
fn moved(program: &Program, body: Node<'_>, indent: &str) -> String {
    reindented(program.slice(body), indentation_of(program, body), indent)
}

/// The body of a function as it can stand outside of one: what it returns is computed and dropped.
fn without_returns(program: &Program, body: Node<'_>, indent: &str) -> String {
    let is_function = |node: Node<'_>| matches!(node.kind(), "function_definition" | "lambda");
    let returns = preorder(body, |node| !is_function(node)).into_iter().filter(|node| node.kind() == "return_statement");
    let start = body.start_byte();
    let edits: Change = returns
        .map(|node| {
            let shifted = node.start_byte() - start..node.end_byte() - start;
            let value = children(node).get(1).map_or("pass", |value| program.slice(*value));
            replace(shifted, value)
        })
        .collect();
    let text = apply(program.slice(body), &edits).unwrap_or_default();
    reindented(&text, indentation_of(program, body), indent)
}

/// The text with another indentation on all lines but the first; lines that start within a string stay.
fn reindented(text: &str, from: &str, to: &str) -> String {
    let text = text.trim_end();
    let strings = Program::parse(text.to_owned()).strings();
    let mut result = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let in_string = strings.iter().any(|string| string.start < at && at < string.end);
        match line.strip_prefix(from) {
            Some(rest) if at > 0 && !in_string => {
                result.push_str(to);
                result.push_str(rest);
            }
            _ => result.push_str(line),
        }
        at += line.len();
    }
    result
}
