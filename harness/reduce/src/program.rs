//! A program: its text and its tree.

use std::cell::RefCell;
use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

/// A parsed program.
pub(crate) struct Program {
    text: String,
    tree: Tree,
    size: Size,
    errors: usize,
}

/// What makes one program smaller than another: first the weight of its tokens, then the number of its lines, then its length,
/// and among programs of the same length the order of their texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size {
    weight: usize,
    lines: usize,
    bytes: usize,
}

impl Program {
    /// Parses a text. Whatever it is, there is a tree; see [`Self::errors`].
    pub(crate) fn parse(text: String) -> Self {
        thread_local! {
            static PARSER: RefCell<Parser> = RefCell::new(parser());
        }
        let tree = PARSER.with_borrow_mut(|parser| parser.parse(&text, None));
        // A parser that has its language and no time limit always gives a tree.
        let tree = tree.unwrap_or_else(|| unreachable!("a parser without limits gives a tree"));
        let mut program = Self { text, tree, size: Size { weight: 0, lines: 0, bytes: 0 }, errors: 0 };
        let nodes = program.nodes();
        let weight = nodes.iter().map(|node| weight(*node)).sum();
        // The grammar lets a suite be empty; Python does not.
        let is_empty = |node: &Node<'_>| node.kind() == "block" && statements(*node).is_empty();
        let wrong = nodes.iter().filter(|node| node.is_error() || node.is_missing() || is_empty(node)).count();
        let errors = wrong.max(usize::from(program.tree.root_node().has_error()));
        program.errors = errors;
        program.size = Size { weight, lines: program.text.lines().count(), bytes: program.text.len() };
        program
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// How large it is; see [`Size`].
    pub(crate) fn size(&self) -> (&Size, &str) {
        (&self.size, &self.text)
    }

    /// How many places the grammar does not understand.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// All nodes, each before what is in it.
    pub(crate) fn nodes(&self) -> Vec<Node<'_>> {
        preorder(self.tree.root_node(), |_| true)
    }

    /// The text of a node.
    pub(crate) fn slice(&self, node: Node<'_>) -> &str {
        &self.text[node.byte_range()]
    }

    /// The blocks of the program, outer ones first: the module and each suite, with their statements.
    pub(crate) fn blocks(&self) -> Vec<(Node<'_>, Vec<Node<'_>>)> {
        self.nodes().into_iter().filter(|node| is_block(*node)).map(|block| (block, statements(block))).collect()
    }

    /// The stretches that are inside of strings, where blanks and newlines are not the program's.
    pub(crate) fn strings(&self) -> Vec<Range<usize>> {
        self.nodes().into_iter().filter(|node| node.kind() == "string").map(|node| node.byte_range()).collect()
    }
}

/// A name weighs more than an empty list: what the name is bound to is needed no more when the list stands for it. What makes a
/// frame or a loop weighs more than the few tokens that can stand for it.
fn weight(node: Node<'_>) -> usize {
    match node.kind() {
        "identifier" => 3,
        "for" | "while" | "def" | "lambda" | "class" | "with" | "try" if !node.is_named() => 4,
        "string_content" | "escape_sequence" | "string_end" => 0,
        _ => usize::from(node.child_count() == 0),
    }
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    // The two crates' versions are locked; that they fit is what every test of this crate shows.
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).expect("the grammar fits the parser");
    parser
}

/// Whether a node holds statements (or the cases of a match).
pub(crate) fn is_block(node: Node<'_>) -> bool {
    matches!(node.kind(), "module" | "block")
}

/// The statements of a block.
pub(crate) fn statements(block: Node<'_>) -> Vec<Node<'_>> {
    children(block).into_iter().filter(|node| node.is_named() && !node.is_extra()).collect()
}

/// The children of a node.
pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// A node and what is in it, each before what is in it; `into` says whether to look into a node.
pub(crate) fn preorder<'tree>(root: Node<'tree>, into: impl Fn(Node<'tree>) -> bool) -> Vec<Node<'tree>> {
    let mut nodes = Vec::new();
    // No recursion: a sum of ten thousand terms is ten thousand levels deep.
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        nodes.push(node);
        if into(node) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return nodes;
            }
        }
    }
}
