//! Programs for proptest: made by the [`Generator`], shrunk on the tree.

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::generator::{Generator, Program};
use crate::profile::Profile;
use crate::syntax::{Block, Expr, Stmt};

/// Programs of a profile.
pub fn programs(profile: Profile) -> Programs {
    Programs { profile }
}

/// See [`programs`].
#[derive(Clone, Copy, Debug)]
pub struct Programs {
    profile: Profile,
}

impl Strategy for Programs {
    type Tree = ProgramTree;
    type Value = Program;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = proptest::num::u64::ANY.new_tree(runner)?.current();
        let program = Generator::new(seed, self.profile).program(0);
        Ok(ProgramTree { current: program.clone(), before: program, next: 0, round: 0 })
    }
}

/// A program that can be made smaller, one step after the other: statements are left out, blocks replace what they stand in, expressions
/// are replaced by their parts.
#[derive(Clone, Debug)]
pub struct ProgramTree {
    current: Program,
    before: Program,
    next: usize,
    /// Steps that were kept since the first step was tried last.
    round: usize,
}

impl ValueTree for ProgramTree {
    type Value = Program;

    fn current(&self) -> Program {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        loop {
            let mut body = self.current.body.clone();
            if (Step { skip: self.next }).block(&mut body) {
                self.before = std::mem::replace(&mut self.current, Program { body });
                self.round += 1;
                return true;
            }
            // What could not be taken before may be possible now.
            if std::mem::take(&mut self.round) == 0 {
                return false;
            }
            self.next = 0;
        }
    }

    /// The step was one too many: back, and on with the next one.
    fn complicate(&mut self) -> bool {
        let changed = self.current != self.before;
        self.current = self.before.clone();
        self.next += usize::from(changed);
        self.round -= usize::from(changed);
        changed
    }
}

/// Takes the step of a number, counted over all steps that a tree allows.
struct Step {
    skip: usize,
}

impl Step {
    fn here(&mut self) -> bool {
        let here = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        here
    }

    fn block(&mut self, body: &mut Block) -> bool {
        for index in (0..body.len()).rev() {
            if self.here() {
                body.remove(index);
                return true;
            }
        }
        for index in 0..body.len() {
            for inner in 0..blocks(&mut body[index]).len() {
                if self.here() {
                    let inner = std::mem::take(blocks(&mut body[index])[inner]);
                    body.splice(index..=index, inner);
                    return true;
                }
            }
        }
        body.iter_mut().any(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &mut Stmt) -> bool {
        for inner in blocks(statement) {
            if self.block(inner) {
                return true;
            }
        }
        expressions(statement).into_iter().any(|value| self.expression(value))
    }

    fn expression(&mut self, value: &mut Expr) -> bool {
        for inner in 0..parts(value).len() {
            if self.here() {
                let inner = parts(value)[inner].clone();
                *value = inner;
                return true;
            }
        }
        if !matches!(value, Expr::Name(_) | Expr::Literal(_)) && self.here() {
            *value = Expr::Literal("None".into());
            return true;
        }
        parts(value).into_iter().any(|part| self.expression(part))
    }
}

/// The blocks of a statement.
fn blocks(statement: &mut Stmt) -> Vec<&mut Block> {
    match statement {
        Stmt::If(arms, otherwise) => arms.iter_mut().map(|(_, body)| body).chain([otherwise]).collect(),
        Stmt::While(_, body, otherwise) => vec![body, otherwise],
        Stmt::For(it) => vec![&mut it.body, &mut it.otherwise],
        Stmt::Try(it) => {
            let handlers = it.handlers.iter_mut().map(|handler| &mut handler.body);
            [&mut it.body].into_iter().chain(handlers).chain([&mut it.otherwise, &mut it.finally]).collect()
        }
        Stmt::With { body, .. } => vec![body],
        Stmt::Match(_, cases) => cases.iter_mut().map(|case| &mut case.body).collect(),
        Stmt::Def(it) => vec![&mut it.body],
        Stmt::Class(it) => vec![&mut it.body],
        _ => Vec::new(),
    }
}

/// The expressions of a statement that a value may stand for.
fn expressions(statement: &mut Stmt) -> Vec<&mut Expr> {
    match statement {
        Stmt::Expr(value) | Stmt::Assign(_, value) | Stmt::Augmented(_, _, value) | Stmt::Return(Some(value)) => vec![value],
        Stmt::Annotated(_, _, Some(value)) | Stmt::Raise(Some(value), _) | Stmt::Assert(value, _) => vec![value],
        Stmt::If(arms, _) => arms.iter_mut().map(|(test, _)| test).collect(),
        Stmt::While(test, ..) => vec![test],
        Stmt::For(it) => vec![&mut it.iter],
        Stmt::With { items, .. } => items.iter_mut().map(|(manager, _)| manager).collect(),
        Stmt::Match(subject, _) => vec![subject],
        _ => Vec::new(),
    }
}

/// The parts of an expression that may stand for it.
fn parts(value: &mut Expr) -> Vec<&mut Expr> {
    use crate::syntax::Argument;
    match value {
        Expr::Tuple(items) | Expr::List(items) | Expr::Set(items) | Expr::Bool(_, items) => {
            items.iter_mut().filter(|item| !matches!(item, Expr::Starred(_))).collect()
        }
        Expr::Dict(entries) => entries.iter_mut().map(|(_, value)| value).collect(),
        Expr::Unary(_, a) | Expr::Attribute(a, _) | Expr::Named(_, a) => vec![a],
        Expr::Binary(a, _, b) => vec![a, b],
        Expr::Compare(left, rest) => [&mut **left].into_iter().chain(rest.iter_mut().map(|(_, right)| right)).collect(),
        Expr::Call(callee, arguments) => {
            let values = arguments.iter_mut().map(|argument| match argument {
                Argument::Positional(a) | Argument::Star(a) | Argument::Keyword(_, a) | Argument::DoubleStar(a) => a,
            });
            [&mut **callee].into_iter().chain(values).collect()
        }
        Expr::Subscript(owner, _) => vec![owner],
        Expr::IfElse { test, then, other } => vec![then, test, other],
        _ => Vec::new(),
    }
}
