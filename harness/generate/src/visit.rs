//! Walks over trees.

use crate::syntax::{Argument, Block, Expr, Parameters, Pattern, Piece, Stmt, Text};

/// Sees every name, expression and statement of a tree, in the order of the source.
pub(crate) trait Visit {
    /// A name, wherever it stands but as an attribute or a keyword.
    fn name(&mut self, _name: &Text) {}

    fn expr(&mut self, value: &Expr) {
        self.walk_expr(value);
    }

    fn stmt(&mut self, statement: &Stmt) {
        self.walk_stmt(statement);
    }

    fn block(&mut self, body: &Block) {
        for statement in body {
            self.stmt(statement);
        }
    }

    fn optional(&mut self, value: Option<&Expr>) {
        if let Some(value) = value {
            self.expr(value);
        }
    }

    fn walk_expr(&mut self, value: &Expr) {
        match value {
            Expr::Name(name) => self.name(name),
            Expr::Literal(_) => {}
            Expr::FString(pieces) => self.pieces(pieces),
            Expr::Tuple(items) | Expr::List(items) | Expr::Set(items) | Expr::Bool(_, items) => {
                for item in items {
                    self.expr(item);
                }
            }
            Expr::Dict(entries) => {
                for (key, value) in entries {
                    self.optional(key.as_ref());
                    self.expr(value);
                }
            }
            Expr::Unary(_, a) | Expr::Starred(a) | Expr::Await(a) | Expr::YieldFrom(a) | Expr::Attribute(a, _) => self.expr(a),
            Expr::Named(name, a) => {
                self.name(name);
                self.expr(a);
            }
            Expr::Binary(a, _, b) | Expr::Subscript(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Expr::Compare(left, rest) => {
                self.expr(left);
                for (_, right) in rest {
                    self.expr(right);
                }
            }
            Expr::Call(callee, arguments) => {
                self.expr(callee);
                self.arguments(arguments);
            }
            Expr::Slice(a, b, c) => [a, b, c].into_iter().for_each(|part| self.optional(part.as_deref())),
            Expr::IfElse { test, then, other } => [then, test, other].into_iter().for_each(|part| self.expr(part)),
            Expr::Lambda(parameters, body) => {
                self.parameters(parameters);
                self.expr(body);
            }
            Expr::Comprehension(_, item, value, clauses) => {
                self.expr(item);
                self.optional(value.as_deref());
                for clause in clauses {
                    self.expr(&clause.target);
                    self.expr(&clause.iter);
                    clause.tests.iter().for_each(|test| self.expr(test));
                }
            }
            Expr::Yield(a) => self.optional(a.as_deref()),
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Value { value, spec, .. } = piece {
                self.expr(value);
                self.pieces(spec);
            }
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            match argument {
                Argument::Positional(a) | Argument::Star(a) | Argument::Keyword(_, a) | Argument::DoubleStar(a) => self.expr(a),
            }
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters.positional.iter().chain(&parameters.either).chain(&parameters.keyword) {
            self.name(&parameter.name);
            self.optional(parameter.annotation.as_ref());
            self.optional(parameter.default.as_ref());
        }
        [&parameters.star, &parameters.double_star].into_iter().flatten().for_each(|name| self.name(name));
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wildcard => {}
            Pattern::Capture(name) | Pattern::Star(name) => self.name(name),
            Pattern::Value(value) => self.expr(value),
            Pattern::As(inner, name) => {
                self.pattern(inner);
                self.name(name);
            }
            Pattern::Or(all) | Pattern::Sequence(all) => all.iter().for_each(|one| self.pattern(one)),
            Pattern::Mapping(entries, rest) => {
                for (key, value) in entries {
                    self.expr(key);
                    self.pattern(value);
                }
                if let Some(rest) = rest {
                    self.name(rest);
                }
            }
            Pattern::Class(class, positional, keyword) => {
                self.expr(class);
                positional.iter().chain(keyword.iter().map(|(_, one)| one)).for_each(|one| self.pattern(one));
            }
        }
    }

    fn walk_stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(a) => self.expr(a),
            Stmt::Assign(targets, value) => {
                self.expr(value);
                for target in targets {
                    self.expr(target);
                }
            }
            Stmt::Augmented(target, _, value) => {
                self.expr(target);
                self.expr(value);
            }
            Stmt::Annotated(target, annotation, value) => {
                self.expr(target);
                self.expr(annotation);
                self.optional(value.as_ref());
            }
            Stmt::Delete(targets) => targets.iter().for_each(|target| self.expr(target)),
            Stmt::Pass | Stmt::Break | Stmt::Continue | Stmt::Import(_) => {}
            Stmt::Return(value) => self.optional(value.as_ref()),
            Stmt::Raise(a, b) => {
                self.optional(a.as_ref());
                self.optional(b.as_ref());
            }
            Stmt::Global(names) | Stmt::Nonlocal(names) => names.iter().for_each(|name| self.name(name)),
            Stmt::Assert(a, b) => {
                self.expr(a);
                self.optional(b.as_ref());
            }
            Stmt::If(arms, otherwise) => {
                for (test, body) in arms {
                    self.expr(test);
                    self.block(body);
                }
                self.block(otherwise);
            }
            Stmt::While(test, body, otherwise) => {
                self.expr(test);
                self.block(body);
                self.block(otherwise);
            }
            Stmt::For(it) => {
                self.expr(&it.target);
                self.expr(&it.iter);
                self.block(&it.body);
                self.block(&it.otherwise);
            }
            Stmt::Try(it) => {
                self.block(&it.body);
                for handler in &it.handlers {
                    self.optional(handler.kind.as_ref());
                    handler.name.iter().for_each(|name| self.name(name));
                    self.block(&handler.body);
                }
                self.block(&it.otherwise);
                self.block(&it.finally);
            }
            Stmt::With { items, body, .. } => {
                for (manager, target) in items {
                    self.expr(manager);
                    self.optional(target.as_ref());
                }
                self.block(body);
            }
            Stmt::Match(subject, cases) => {
                self.expr(subject);
                for case in cases {
                    self.pattern(&case.pattern);
                    self.optional(case.guard.as_ref());
                    self.block(&case.body);
                }
            }
            Stmt::Def(it) => {
                it.decorators.iter().for_each(|one| self.expr(one));
                self.name(&it.name);
                self.parameters(&it.parameters);
                self.optional(it.returns.as_ref());
                self.block(&it.body);
            }
            Stmt::Class(it) => {
                it.decorators.iter().for_each(|one| self.expr(one));
                self.name(&it.name);
                self.arguments(&it.arguments);
                self.block(&it.body);
            }
        }
    }
}

/// The number of lines that statements print to.
pub(crate) fn lines(body: &[Stmt]) -> u32 {
    body.iter().map(statement_lines).sum()
}

fn statement_lines(statement: &Stmt) -> u32 {
    let suite = |body: &Block| 1 + lines(body).max(1);
    let optional = |body: &Block| if body.is_empty() { 0 } else { 1 + lines(body) };
    match statement {
        Stmt::If(arms, otherwise) => arms.iter().map(|(_, body)| suite(body)).sum::<u32>() + optional(otherwise),
        Stmt::While(_, body, otherwise) => suite(body) + optional(otherwise),
        Stmt::For(it) => suite(&it.body) + optional(&it.otherwise),
        Stmt::Try(it) => {
            suite(&it.body)
                + it.handlers.iter().map(|handler| suite(&handler.body)).sum::<u32>()
                + optional(&it.otherwise)
                + optional(&it.finally)
        }
        Stmt::With { body, .. } => suite(body),
        Stmt::Match(_, cases) => 1 + cases.iter().map(|case| suite(&case.body)).sum::<u32>(),
        Stmt::Def(it) => it.decorators.len() as u32 + suite(&it.body),
        Stmt::Class(it) => it.decorators.len() as u32 + suite(&it.body),
        _ => 1,
    }
}
