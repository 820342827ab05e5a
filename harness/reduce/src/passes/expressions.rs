//! Expressions become simpler ones.

use tree_sitter::Node;

use crate::program::{Program, children, preorder};
use crate::text::{Change, replace};

/// What stands for any expression, the simplest first. Small numbers and empty texts and tuples are immortal from 3.12 on, so
/// there are some that are counted.
const PLAIN: &[&str] = &["0", "''", "None", "[]", "{}", "()", "257", "'a b'"];

/// The kinds of nodes that are expressions.
const EXPRESSIONS: &[&str] = &[
    "attribute",
    "await",
    "binary_operator",
    "boolean_operator",
    "call",
    "comparison_operator",
    "concatenated_string",
    "conditional_expression",
    "dictionary",
    "dictionary_comprehension",
    "ellipsis",
    "expression_list",
    "false",
    "float",
    "generator_expression",
    "identifier",
    "integer",
    "lambda",
    "list",
    "list_comprehension",
    "named_expression",
    "none",
    "not_operator",
    "parenthesized_expression",
    "set",
    "set_comprehension",
    "string",
    "subscript",
    "true",
    "tuple",
    "unary_operator",
    "yield",
];

/// Every expression becomes a plain one, or one of those in it; numbers get smaller and texts shorter.
pub(crate) fn expressions(program: &Program) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in program.nodes().into_iter().filter(|node| is_expression(*node) && !is_name(*node)) {
        let mut put = |text: &str| changes.push(vec![replace(node.byte_range(), text)]);
        for plain in PLAIN {
            put(plain);
        }
        match node.kind() {
            "integer" => {
                put("1");
                put("2");
            }
            "string" => put(&shorter(program, node)),
            _ => {}
        }
        let below = preorder(node, |one| one == node || !is_expression(one));
        for inner in below.into_iter().skip(1).filter(|one| is_expression(*one) && !is_name(*one)) {
            put(program.slice(inner));
        }
    }
    changes
}

/// Every expression becomes the largest one in it that is at most half as long: a chain of a thousand links needs ten steps.
pub(crate) fn halves(program: &Program) -> Vec<Change> {
    let expressions = program.nodes().into_iter().filter(|node| is_expression(*node) && !is_name(*node));
    expressions.filter_map(|node| Some(vec![replace(node.byte_range(), program.slice(half(node)?))])).collect()
}

/// The largest expression in a node that is at most half as long.
fn half(node: Node<'_>) -> Option<Node<'_>> {
    let mut inner = node;
    while inner.byte_range().len() * 2 > node.byte_range().len() {
        inner = children(inner).into_iter().max_by_key(|child| child.byte_range().len())?;
    }
    Some(inner).filter(|inner| is_expression(*inner) && !is_name(*inner))
}

fn is_expression(node: Node<'_>) -> bool {
    node.is_named() && EXPRESSIONS.contains(&node.kind())
}

/// Whether it is no expression but a name in some definition or of some attribute, or a target.
fn is_name(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    let is_field = |field: &str| parent.child_by_field_name(field) == Some(node);
    match parent.kind() {
        "function_definition" | "class_definition" | "keyword_argument" | "default_parameter" | "typed_default_parameter" => {
            is_field("name")
        }
        "named_expression" => is_field("name"),
        "attribute" => is_field("attribute"),
        "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => is_field("left"),
        "parameters" | "lambda_parameters" | "typed_parameter" | "dotted_name" | "aliased_import" | "global_statement" => true,
        "nonlocal_statement" | "pattern_list" | "tuple_pattern" | "list_pattern" | "list_splat_pattern" => true,
        "dictionary_splat_pattern" | "as_pattern_target" | "keyword_pattern" | "splat_pattern" => true,
        _ => false,
    }
}

/// A text of one character.
fn shorter(program: &Program, string: Node<'_>) -> String {
    let content = children(string).into_iter().find(|node| node.kind() == "string_content");
    let first = content.and_then(|content| program.slice(content).chars().next()).filter(|c| !"\\\"'{}\n".contains(*c));
    first.map_or_else(String::new, |first| format!("'{first}'"))
}
