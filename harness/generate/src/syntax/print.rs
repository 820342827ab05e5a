//! Prints a tree to source: four spaces a level, parentheses only where the tree needs them.

use super::{Argument, Block, Case, Clause, Comprehension, Expr, Parameter, Parameters, Pattern, Piece, Stmt};

/// Prints a program; it ends with a line break.
pub fn print_block(body: &[Stmt]) -> String {
    let mut printer = Printer { out: String::with_capacity(1024), level: 0 };
    printer.statements(body);
    printer.out
}

/// Prints an expression.
pub fn print_expression(value: &Expr) -> String {
    let mut printer = Printer { out: String::new(), level: 0 };
    printer.expr(value, TEST);
    printer.out
}

/// How tightly a form binds; an operand that binds less tightly than its place asks for gets parentheses.
const NAMED: u8 = 0;
const TEST: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARE: u8 = 5;
const BITS: u8 = 6;
const UNARY: u8 = 12;
const POWER: u8 = 13;
const AWAIT: u8 = 14;
const ATOM: u8 = 15;

fn binary_binding(operator: &str) -> u8 {
    match operator {
        "|" => BITS,
        "^" => 7,
        "&" => 8,
        "<<" | ">>" => 9,
        "+" | "-" => 10,
        "**" => POWER,
        _ => 11,
    }
}

fn binding(value: &Expr) -> u8 {
    match value {
        Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Named(..) => NAMED,
        Expr::IfElse { .. } | Expr::Lambda(..) => TEST,
        Expr::Bool("or", _) => OR,
        Expr::Bool(..) => AND,
        Expr::Unary("not ", _) => NOT,
        Expr::Compare(..) => COMPARE,
        Expr::Binary(_, operator, _) => binary_binding(operator),
        Expr::Unary(..) => UNARY,
        Expr::Await(_) => AWAIT,
        _ => ATOM,
    }
}

struct Printer {
    out: String,
    level: usize,
}

impl Printer {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn start(&mut self) {
        for _ in 0..self.level {
            self.push("    ");
        }
    }

    fn list<T>(&mut self, items: &[T], mut one: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            one(self, item);
        }
    }

    fn statements(&mut self, body: &[Stmt]) {
        for statement in body {
            self.start();
            self.statement(statement);
        }
    }

    fn block(&mut self, body: &Block) {
        self.push(":\n");
        self.level += 1;
        if body.is_empty() {
            self.start();
            self.push("pass\n");
        }
        self.statements(body);
        self.level -= 1;
    }

    fn optional_block(&mut self, word: &str, body: &Block) {
        if !body.is_empty() {
            self.start();
            self.push(word);
            self.block(body);
        }
    }

    /// A value that may stand as a tuple without parentheses, or as a `yield`.
    fn bare(&mut self, value: &Expr) {
        match value {
            Expr::Tuple(items) if !items.is_empty() => {
                self.list(items, |printer, item| printer.expr(item, TEST));
                self.push(if items.len() == 1 { "," } else { "" });
            }
            _ => self.expr(value, NAMED + u8::from(matches!(value, Expr::Named(..)))),
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(arms, otherwise) => {
                for (index, (test, body)) in arms.iter().enumerate() {
                    if index > 0 {
                        self.start();
                    }
                    self.push(if index == 0 { "if " } else { "elif " });
                    self.expr(test, TEST);
                    self.block(body);
                }
                self.optional_block("else", otherwise);
            }
            Stmt::While(test, body, otherwise) => {
                self.push("while ");
                self.expr(test, TEST);
                self.block(body);
                self.optional_block("else", otherwise);
            }
            Stmt::For(it) => {
                self.push(if it.is_async { "async for " } else { "for " });
                self.bare(&it.target);
                self.push(" in ");
                self.bare(&it.iter);
                self.block(&it.body);
                self.optional_block("else", &it.otherwise);
            }
            Stmt::Try(it) => {
                self.push("try");
                self.block(&it.body);
                for handler in &it.handlers {
                    self.start();
                    self.push(if it.star { "except*" } else { "except" });
                    if let Some(kind) = &handler.kind {
                        self.push(" ");
                        self.expr(kind, TEST);
                    }
                    if let Some(name) = &handler.name {
                        self.push(" as ");
                        self.push(name);
                    }
                    self.block(&handler.body);
                }
                self.optional_block("else", &it.otherwise);
                self.optional_block("finally", &it.finally);
            }
            Stmt::With { is_async, items, body } => {
                self.push(if *is_async { "async with " } else { "with " });
                self.list(items, |printer, (manager, target)| {
                    printer.expr(manager, TEST);
                    if let Some(target) = target {
                        printer.push(" as ");
                        printer.expr(target, TEST);
                    }
                });
                self.block(body);
            }
            Stmt::Match(subject, cases) => {
                self.push("match ");
                self.expr(subject, TEST);
                self.push(":\n");
                self.level += 1;
                for case in cases {
                    self.case(case);
                }
                self.level -= 1;
            }
            Stmt::Def(it) => {
                self.decorators(&it.decorators);
                self.push(if it.is_async { "async def " } else { "def " });
                self.push(&it.name);
                self.push(it.type_parameters.as_deref().unwrap_or_default());
                self.push("(");
                self.parameters(&it.parameters);
                self.push(")");
                if let Some(returns) = &it.returns {
                    self.push(" -> ");
                    self.expr(returns, TEST);
                }
                self.block(&it.body);
            }
            Stmt::Class(it) => {
                self.decorators(&it.decorators);
                self.push("class ");
                self.push(&it.name);
                self.push(it.type_parameters.as_deref().unwrap_or_default());
                if !it.arguments.is_empty() {
                    self.push("(");
                    self.arguments(&it.arguments);
                    self.push(")");
                }
                self.block(&it.body);
            }
            _ => {
                self.simple(statement);
                self.push("\n");
            }
        }
    }

    fn decorators(&mut self, decorators: &[Expr]) {
        for decorator in decorators {
            self.push("@");
            self.expr(decorator, TEST);
            self.push("\n");
            self.start();
        }
    }

    fn case(&mut self, case: &Case) {
        self.start();
        self.push("case ");
        self.pattern(&case.pattern, false);
        if let Some(guard) = &case.guard {
            self.push(" if ");
            self.expr(guard, TEST);
        }
        self.block(&case.body);
    }

    fn simple(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(value) => self.bare(value),
            Stmt::Assign(targets, value) => {
                for target in targets {
                    self.bare(target);
                    self.push(" = ");
                }
                self.bare(value);
            }
            Stmt::Augmented(target, operator, value) => {
                self.expr(target, TEST);
                self.push(" ");
                self.push(operator);
                self.push("= ");
                self.bare(value);
            }
            Stmt::Annotated(target, annotation, value) => {
                self.expr(target, TEST);
                self.push(": ");
                self.expr(annotation, TEST);
                if let Some(value) = value {
                    self.push(" = ");
                    self.bare(value);
                }
            }
            Stmt::Delete(targets) => {
                self.push("del ");
                self.list(targets, |printer, target| printer.expr(target, TEST));
            }
            Stmt::Return(Some(value)) => {
                self.push("return ");
                self.expr(value, TEST);
            }
            Stmt::Raise(Some(value), cause) => {
                self.push("raise ");
                self.expr(value, TEST);
                if let Some(cause) = cause {
                    self.push(" from ");
                    self.expr(cause, TEST);
                }
            }
            Stmt::Global(names) | Stmt::Nonlocal(names) => {
                self.push(if matches!(statement, Stmt::Global(_)) { "global " } else { "nonlocal " });
                self.list(names, |printer, name| printer.push(name));
            }
            Stmt::Assert(test, message) => {
                self.push("assert ");
                self.expr(test, TEST);
                if let Some(message) = message {
                    self.push(", ");
                    self.expr(message, TEST);
                }
            }
            Stmt::Import(text) => self.push(text),
            Stmt::Break => self.push("break"),
            Stmt::Continue => self.push("continue"),
            Stmt::Return(None) => self.push("return"),
            Stmt::Raise(None, _) => self.push("raise"),
            // The compound ones are printed by `statement`.
            _ => self.push("pass"),
        }
    }

    fn expr(&mut self, value: &Expr, least: u8) {
        let own = binding(value);
        if own < least {
            self.push("(");
            self.form(value, own);
            self.push(")");
        } else {
            self.form(value, own);
        }
    }

    fn form(&mut self, value: &Expr, own: u8) {
        match value {
            Expr::Name(text) | Expr::Literal(text) => self.push(text),
            Expr::FString(pieces) => {
                self.push("f\"");
                self.pieces(pieces);
                self.push("\"");
            }
            Expr::Tuple(items) => {
                self.push("(");
                self.list(items, |printer, item| printer.expr(item, TEST));
                self.push(if items.len() == 1 { ",)" } else { ")" });
            }
            Expr::List(items) => {
                self.push("[");
                self.list(items, |printer, item| printer.expr(item, TEST));
                self.push("]");
            }
            Expr::Set(items) => {
                self.push("{");
                self.list(items, |printer, item| printer.expr(item, TEST));
                self.push("}");
            }
            Expr::Dict(entries) => {
                self.push("{");
                self.list(entries, |printer, (key, value)| match key {
                    Some(key) => {
                        printer.expr(key, TEST);
                        printer.push(": ");
                        printer.expr(value, TEST);
                    }
                    None => {
                        printer.push("**");
                        printer.expr(value, BITS);
                    }
                });
                self.push("}");
            }
            Expr::Unary(operator, operand) => {
                self.push(operator);
                self.expr(operand, own);
            }
            Expr::Binary(left, operator, right) => {
                let power = *operator == "**";
                self.expr(left, if power { AWAIT } else { own });
                self.push(" ");
                self.push(operator);
                self.push(" ");
                self.expr(right, if power { UNARY } else { own + 1 });
            }
            Expr::Bool(operator, operands) => {
                for (index, operand) in operands.iter().enumerate() {
                    if index > 0 {
                        self.push(" ");
                        self.push(operator);
                        self.push(" ");
                    }
                    self.expr(operand, own + 1);
                }
            }
            Expr::Compare(left, rest) => {
                self.expr(left, BITS);
                for (operator, right) in rest {
                    self.push(" ");
                    self.push(operator);
                    self.push(" ");
                    self.expr(right, BITS);
                }
            }
            Expr::Call(callee, arguments) => {
                self.expr(callee, ATOM);
                self.push("(");
                self.arguments(arguments);
                self.push(")");
            }
            Expr::Attribute(owner, name) => {
                // `1.real` is a number and a name.
                let number = matches!(&**owner, Expr::Literal(text) if text.starts_with(|c: char| c.is_ascii_digit()));
                self.push(if number { "(" } else { "" });
                self.expr(owner, ATOM);
                self.push(if number { ")." } else { "." });
                self.push(name);
            }
            Expr::Subscript(owner, index) => {
                self.expr(owner, ATOM);
                self.push("[");
                match &**index {
                    Expr::Tuple(items) if items.iter().any(|item| matches!(item, Expr::Slice(..))) => self.bare(index),
                    index => self.expr(index, TEST),
                }
                self.push("]");
            }
            Expr::Slice(start, stop, stride) => {
                for (part, colon) in [(start, ""), (stop, ":"), (stride, if stride.is_some() { ":" } else { "" })] {
                    self.push(colon);
                    if let Some(part) = part {
                        self.expr(part, TEST);
                    }
                }
            }
            Expr::Starred(value) => {
                self.push("*");
                self.expr(value, BITS);
            }
            Expr::Named(name, value) => {
                self.push(name);
                self.push(" := ");
                self.expr(value, TEST);
            }
            Expr::IfElse { test, then, other } => {
                self.expr(then, OR);
                self.push(" if ");
                self.expr(test, OR);
                self.push(" else ");
                self.expr(other, TEST);
            }
            Expr::Lambda(parameters, body) => {
                self.push("lambda");
                if **parameters != Parameters::default() {
                    self.push(" ");
                }
                self.parameters(parameters);
                self.push(": ");
                self.expr(body, TEST);
            }
            Expr::Comprehension(kind, item, value, clauses) => self.comprehension(*kind, item, value.as_deref(), clauses),
            Expr::Await(value) => {
                self.push("await ");
                self.expr(value, ATOM);
            }
            Expr::Yield(None) => self.push("yield"),
            Expr::Yield(Some(value)) => {
                self.push("yield ");
                self.expr(value, TEST);
            }
            Expr::YieldFrom(value) => {
                self.push("yield from ");
                self.expr(value, TEST);
            }
        }
    }

    fn comprehension(&mut self, kind: Comprehension, item: &Expr, value: Option<&Expr>, clauses: &[Clause]) {
        let (open, close) = match kind {
            Comprehension::List => ("[", "]"),
            Comprehension::Generator => ("(", ")"),
            _ => ("{", "}"),
        };
        self.push(open);
        self.expr(item, TEST);
        if let Some(value) = value {
            self.push(": ");
            self.expr(value, TEST);
        }
        for clause in clauses {
            self.push(if clause.is_async { " async for " } else { " for " });
            self.bare(&clause.target);
            self.push(" in ");
            self.expr(&clause.iter, OR);
            for test in &clause.tests {
                self.push(" if ");
                self.expr(test, OR);
            }
        }
        self.push(close);
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        self.list(arguments, |printer, argument| match argument {
            Argument::Positional(value) => printer.expr(value, TEST),
            Argument::Star(value) => {
                printer.push("*");
                printer.expr(value, TEST);
            }
            Argument::Keyword(name, value) => {
                printer.push(name);
                printer.push("=");
                printer.expr(value, TEST);
            }
            Argument::DoubleStar(value) => {
                printer.push("**");
                printer.expr(value, TEST);
            }
        });
    }

    fn parameters(&mut self, parameters: &Parameters) {
        let mut first = true;
        let mut separate = |printer: &mut Self| {
            if !std::mem::take(&mut first) {
                printer.push(", ");
            }
        };
        for parameter in &parameters.positional {
            separate(self);
            self.parameter(parameter);
        }
        if !parameters.positional.is_empty() {
            separate(self);
            self.push("/");
        }
        for parameter in &parameters.either {
            separate(self);
            self.parameter(parameter);
        }
        if parameters.star.is_some() || !parameters.keyword.is_empty() {
            separate(self);
            self.push("*");
            self.push(parameters.star.as_deref().unwrap_or_default());
        }
        for parameter in &parameters.keyword {
            separate(self);
            self.parameter(parameter);
        }
        if let Some(name) = &parameters.double_star {
            separate(self);
            self.push("**");
            self.push(name);
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        self.push(&parameter.name);
        if let Some(annotation) = &parameter.annotation {
            self.push(": ");
            self.expr(annotation, TEST);
        }
        if let Some(default) = &parameter.default {
            self.push("=");
            self.expr(default, TEST);
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.push(text),
                Piece::Value { value, debug, conversion, spec } => {
                    self.push("{");
                    // `{{` would be a brace, and a lambda's colon would start the specification.
                    let braces = matches!(value, Expr::Set(_) | Expr::Dict(_))
                        || matches!(value, Expr::Comprehension(Comprehension::Set | Comprehension::Dict, ..));
                    let guarded = braces || starts_with_brace(value);
                    self.push(if guarded { "(" } else { "" });
                    self.expr(value, if guarded { TEST } else { OR });
                    self.push(if guarded { ")" } else { "" });
                    self.push(if *debug { "=" } else { "" });
                    if let Some(letter) = conversion {
                        self.push("!");
                        self.out.push(*letter);
                    }
                    if !spec.is_empty() {
                        self.push(":");
                        self.pieces(spec);
                    }
                    self.push("}");
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern, closed: bool) {
        match pattern {
            Pattern::Wildcard => self.push("_"),
            Pattern::Capture(name) => self.push(name),
            Pattern::Value(value) => self.expr(value, BITS),
            Pattern::As(inner, name) => {
                self.push(if closed { "(" } else { "" });
                self.pattern(inner, matches!(**inner, Pattern::As(..)));
                self.push(" as ");
                self.push(name);
                self.push(if closed { ")" } else { "" });
            }
            Pattern::Or(all) => {
                self.push(if closed { "(" } else { "" });
                for (index, one) in all.iter().enumerate() {
                    self.push(if index > 0 { " | " } else { "" });
                    self.pattern(one, true);
                }
                self.push(if closed { ")" } else { "" });
            }
            Pattern::Sequence(items) => {
                self.push("[");
                self.list(items, |printer, item| printer.pattern(item, false));
                self.push("]");
            }
            Pattern::Star(name) => {
                self.push("*");
                self.push(name);
            }
            Pattern::Mapping(entries, rest) => {
                self.push("{");
                self.list(entries, |printer, (key, value)| {
                    printer.expr(key, BITS);
                    printer.push(": ");
                    printer.pattern(value, false);
                });
                if let Some(rest) = rest {
                    self.push(if entries.is_empty() { "**" } else { ", **" });
                    self.push(rest);
                }
                self.push("}");
            }
            Pattern::Class(class, positional, keyword) => {
                self.expr(class, ATOM);
                self.push("(");
                self.list(positional, |printer, item| printer.pattern(item, false));
                if !positional.is_empty() && !keyword.is_empty() {
                    self.push(", ");
                }
                self.list(keyword, |printer, (name, item)| {
                    printer.push(name);
                    printer.push("=");
                    printer.pattern(item, false);
                });
                self.push(")");
            }
        }
    }
}

/// Whether an expression's text starts with an opening brace.
fn starts_with_brace(value: &Expr) -> bool {
    match value {
        Expr::Set(_) | Expr::Dict(_) | Expr::Comprehension(Comprehension::Set | Comprehension::Dict, ..) => true,
        Expr::Binary(first, ..)
        | Expr::Compare(first, _)
        | Expr::Call(first, _)
        | Expr::Attribute(first, _)
        | Expr::Subscript(first, _)
        | Expr::IfElse { then: first, .. } => starts_with_brace(first),
        Expr::Bool(_, all) => all.first().is_some_and(starts_with_brace),
        _ => false,
    }
}
