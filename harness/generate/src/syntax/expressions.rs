//! Parses expressions: one table of precedences, one function a form.

use super::parse::{Parsed, Parser};
use super::tokens::Token;
use super::{Argument, Clause, Comprehension, Expr, Parameter, Parameters, Piece, Text};

/// Binary operators by how tightly they bind, the loosest first.
const BINARY: &[&[&str]] = &[&["|"], &["^"], &["&"], &["<<", ">>"], &["+", "-"], &["*", "@", "/", "%", "//"]];

const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
    "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

impl Parser {
    /// Expressions with commas, or a `yield`: what stands right of `=`.
    pub(super) fn tuple_or_yield(&mut self) -> Parsed<Expr> {
        if self.at_word("yield") { self.yielded() } else { self.tuple() }
    }

    fn yielded(&mut self) -> Parsed<Expr> {
        self.expect_word("yield")?;
        if self.take_word("from") {
            return Ok(Expr::YieldFrom(Box::new(self.expression()?)));
        }
        let ends = self.at(&Token::Newline) || self.at_operator(")") || self.at_operator(";");
        Ok(Expr::Yield(if ends { None } else { Some(Box::new(self.tuple()?)) }))
    }

    /// One expression, or a tuple without parentheses.
    pub(super) fn tuple(&mut self) -> Parsed<Expr> {
        self.tuple_of(Self::starred)
    }

    fn tuple_of(&mut self, item: fn(&mut Self) -> Parsed<Expr>) -> Parsed<Expr> {
        let first = item(self)?;
        if !self.at_operator(",") {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.take(",") {
            if self.at_the_end_of_a_tuple() {
                break;
            }
            items.push(item(self)?);
        }
        Ok(Expr::Tuple(items))
    }

    fn at_the_end_of_a_tuple(&self) -> bool {
        match self.token() {
            Token::Newline | Token::End => true,
            Token::Operator(operator) => matches!(*operator, ")" | "]" | "}" | "=" | ":" | ";"),
            Token::Name(word) => word == "in",
            _ => false,
        }
    }

    fn starred(&mut self) -> Parsed<Expr> {
        if self.take("*") { Ok(Expr::Starred(Box::new(self.binary(0)?))) } else { self.named() }
    }

    /// Targets of a `for` or `del`: no comparison, `in` ends them.
    pub(super) fn targets(&mut self) -> Parsed<Expr> {
        self.tuple_of(Self::target)
    }

    pub(super) fn target(&mut self) -> Parsed<Expr> {
        if self.take("*") { Ok(Expr::Starred(Box::new(self.binary(0)?))) } else { self.binary(0) }
    }

    /// An expression or `name := expression`.
    pub(super) fn named(&mut self) -> Parsed<Expr> {
        if matches!(self.token(), Token::Name(_)) && self.next_is(":=") {
            let name = self.name()?;
            self.advance();
            return Ok(Expr::Named(name, Box::new(self.expression()?)));
        }
        self.expression()
    }

    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        if self.take_word("lambda") {
            let parameters = self.parameters(":")?;
            self.expect(":")?;
            return Ok(Expr::Lambda(Box::new(parameters), Box::new(self.expression()?)));
        }
        let then = self.either("or")?;
        if !self.take_word("if") {
            return Ok(then);
        }
        let test = self.either("or")?;
        self.expect_word("else")?;
        Ok(Expr::IfElse { test: Box::new(test), then: Box::new(then), other: Box::new(self.expression()?) })
    }

    fn either(&mut self, word: &'static str) -> Parsed<Expr> {
        let operand = |parser: &mut Self| if word == "or" { parser.either("and") } else { parser.negation() };
        let first = operand(self)?;
        let mut all = vec![first];
        while self.take_word(word) {
            all.push(operand(self)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Expr::Bool(word, all) })
    }

    fn negation(&mut self) -> Parsed<Expr> {
        if self.take_word("not") { Ok(Expr::Unary("not ", Box::new(self.negation()?))) } else { self.comparison() }
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.binary(0)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.comparing() {
            rest.push((operator, self.binary(0)?));
        }
        Ok(if rest.is_empty() { left } else { Expr::Compare(Box::new(left), rest) })
    }

    fn comparing(&mut self) -> Option<&'static str> {
        if let Some(&operator) = ["<", ">", "<=", ">=", "==", "!="].iter().find(|operator| self.at_operator(operator)) {
            self.advance();
            return Some(operator);
        }
        if self.take_word("in") {
            return Some("in");
        }
        if self.take_word("is") {
            return Some(if self.take_word("not") { "is not" } else { "is" });
        }
        // `not` behind an operand can only be `not in`.
        (self.take_word("not") && self.take_word("in")).then_some("not in")
    }

    pub(super) fn binary(&mut self, level: usize) -> Parsed<Expr> {
        let Some(operators) = BINARY.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        while let Some(&operator) = operators.iter().find(|operator| self.at_operator(operator)) {
            self.advance();
            left = Expr::Binary(Box::new(left), operator, Box::new(self.binary(level + 1)?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed<Expr> {
        for operator in ["-", "+", "~"] {
            if self.take(operator) {
                return Ok(Expr::Unary(operator, Box::new(self.unary()?)));
            }
        }
        let base = if self.take_word("await") { Expr::Await(Box::new(self.primary()?)) } else { self.primary()? };
        if self.take("**") {
            return Ok(Expr::Binary(Box::new(base), "**", Box::new(self.unary()?)));
        }
        Ok(base)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let mut value = self.atom()?;
        loop {
            if self.take(".") {
                value = Expr::Attribute(Box::new(value), self.name()?);
            } else if self.take("(") {
                value = Expr::Call(Box::new(value), self.arguments()?);
            } else if self.take("[") {
                value = Expr::Subscript(Box::new(value), Box::new(self.subscript()?));
            } else {
                return Ok(value);
            }
        }
    }

    fn subscript(&mut self) -> Parsed<Expr> {
        let mut items = vec![self.slice()?];
        let mut comma = false;
        while self.take(",") {
            comma = true;
            if self.at_operator("]") {
                break;
            }
            items.push(self.slice()?);
        }
        self.expect("]")?;
        Ok(if comma { Expr::Tuple(items) } else { items.remove(0) })
    }

    fn slice(&mut self) -> Parsed<Expr> {
        let part = |parser: &mut Self| {
            let none = parser.at_operator(":") || parser.at_operator("]") || parser.at_operator(",");
            if none { Ok(None) } else { parser.starred().map(|value| Some(Box::new(value))) }
        };
        let start = part(self)?;
        if !self.take(":") {
            return start.map(|start| *start).ok_or_else(|| self.error());
        }
        let stop = part(self)?;
        let stride = if self.take(":") { part(self)? } else { None };
        Ok(Expr::Slice(start, stop, stride))
    }

    /// Arguments up to the closing parenthesis, which is taken.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(if self.take("*") {
                Argument::Star(self.expression()?)
            } else if self.take("**") {
                Argument::DoubleStar(self.expression()?)
            } else if matches!(self.token(), Token::Name(_)) && self.next_is("=") {
                let name = self.name()?;
                self.advance();
                Argument::Keyword(name, self.expression()?)
            } else {
                let value = self.named()?;
                if self.at_word("for") || self.at_word("async") {
                    let clauses = self.clauses()?;
                    Argument::Positional(Expr::Comprehension(Comprehension::Generator, Box::new(value), None, clauses))
                } else {
                    Argument::Positional(value)
                }
            });
            if !self.at_operator(")") {
                self.expect(",")?;
            }
        }
        Ok(arguments)
    }

    /// Parameters up to the operator that ends them, which stays.
    pub(super) fn parameters(&mut self, end: &str) -> Parsed<Parameters> {
        let mut parameters = Parameters::default();
        let mut behind_star = false;
        while !self.at_operator(end) {
            if self.take("**") {
                parameters.double_star = Some(self.name()?);
            } else if self.take("*") {
                behind_star = true;
                if !self.at_operator(",") {
                    parameters.star = Some(self.name()?);
                }
            } else if self.take("/") {
                parameters.positional = std::mem::take(&mut parameters.either);
            } else {
                let name = self.name()?;
                let annotation = if end == ")" && self.take(":") { Some(self.expression()?) } else { None };
                let default = if self.take("=") { Some(self.expression()?) } else { None };
                let list = if behind_star { &mut parameters.keyword } else { &mut parameters.either };
                list.push(Parameter { name, annotation, default });
            }
            if !self.at_operator(end) {
                self.expect(",")?;
            }
        }
        Ok(parameters)
    }

    fn clauses(&mut self) -> Parsed<Vec<Clause>> {
        let mut clauses = Vec::new();
        while self.at_word("for") || self.at_word("async") {
            let is_async = self.take_word("async");
            self.expect_word("for")?;
            let target = self.targets()?;
            self.expect_word("in")?;
            let iter = self.or_expression()?;
            let mut tests = Vec::new();
            while self.take_word("if") {
                tests.push(self.or_expression()?);
            }
            clauses.push(Clause { is_async, target, iter, tests });
        }
        Ok(clauses)
    }

    fn or_expression(&mut self) -> Parsed<Expr> {
        self.either("or")
    }

    fn comprehended(&mut self, kind: Comprehension, item: Expr, value: Option<Expr>, end: &str) -> Parsed<Expr> {
        let clauses = self.clauses()?;
        self.expect(end)?;
        Ok(Expr::Comprehension(kind, Box::new(item), value.map(Box::new), clauses))
    }

    fn items(&mut self, first: Expr, end: &str) -> Parsed<Vec<Expr>> {
        let mut items = vec![first];
        while !self.take(end) {
            self.expect(",")?;
            if !self.at_operator(end) {
                items.push(self.starred()?);
            }
        }
        Ok(items)
    }

    fn atom(&mut self) -> Parsed<Expr> {
        match self.token().clone() {
            Token::Name(word) => {
                if KEYWORDS.contains(&word.as_str()) {
                    return Err(self.error());
                }
                self.advance();
                Ok(match word.as_str() {
                    "None" | "True" | "False" => Expr::Literal(word.into()),
                    _ => Expr::Name(word.into()),
                })
            }
            Token::Literal(text) => {
                self.advance();
                Ok(Expr::Literal(text.into()))
            }
            Token::FString(text) => {
                self.advance();
                let mut rest = text.as_str();
                self.pieces(&mut rest, false).map(Expr::FString)
            }
            Token::Operator("...") => {
                self.advance();
                Ok(Expr::Literal("...".into()))
            }
            Token::Operator("(") => {
                self.advance();
                if self.take(")") {
                    return Ok(Expr::Tuple(Vec::new()));
                }
                let first = if self.at_word("yield") { self.yielded()? } else { self.starred()? };
                if self.at_word("for") || self.at_word("async") {
                    return self.comprehended(Comprehension::Generator, first, None, ")");
                }
                if self.take(")") {
                    return Ok(first);
                }
                self.items(first, ")").map(Expr::Tuple)
            }
            Token::Operator("[") => {
                self.advance();
                if self.take("]") {
                    return Ok(Expr::List(Vec::new()));
                }
                let first = self.starred()?;
                if self.at_word("for") || self.at_word("async") {
                    return self.comprehended(Comprehension::List, first, None, "]");
                }
                self.items(first, "]").map(Expr::List)
            }
            Token::Operator("{") => {
                self.advance();
                self.braces()
            }
            _ => Err(self.error()),
        }
    }

    fn braces(&mut self) -> Parsed<Expr> {
        let mut entries = Vec::new();
        while !self.take("}") {
            if self.take("**") {
                entries.push((None, self.binary(0)?));
            } else {
                let key = self.starred()?;
                if !self.take(":") {
                    if self.at_word("for") || self.at_word("async") {
                        return self.comprehended(Comprehension::Set, key, None, "}");
                    }
                    return self.items(key, "}").map(Expr::Set);
                }
                let value = self.expression()?;
                if self.at_word("for") || self.at_word("async") {
                    return self.comprehended(Comprehension::Dict, key, Some(value), "}");
                }
                entries.push((Some(key), value));
            }
            if !self.at_operator("}") {
                self.expect(",")?;
            }
        }
        Ok(Expr::Dict(entries))
    }

    /// The pieces of an f-string, or of a format specification up to its closing brace.
    fn pieces(&mut self, rest: &mut &str, inner: bool) -> Parsed<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut text = String::new();
        while let Some(c) = rest.chars().next() {
            if !inner && (rest.starts_with("{{") || rest.starts_with("}}")) {
                text.push_str(&rest[..2]);
                *rest = &rest[2..];
            } else if c == '{' {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text).into()));
                }
                *rest = &rest[1..];
                pieces.push(self.piece(rest)?);
            } else if c == '}' && inner {
                break;
            } else {
                text.push(c);
                *rest = &rest[c.len_utf8()..];
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(Text::from(text)));
        }
        Ok(pieces)
    }

    /// What stands behind an opening brace, with its closing one.
    fn piece(&mut self, rest: &mut &str) -> Parsed<Piece> {
        let (mut depth, mut quote, mut end) = (0_usize, None, rest.len());
        for (index, c) in rest.char_indices() {
            match (quote, c) {
                (Some(open), _) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']') => depth = depth.saturating_sub(1),
                (None, '}') if depth > 0 => depth -= 1,
                (None, '!') if rest[index..].starts_with("!=") => {}
                (None, '}' | ':' | '!') if depth == 0 => {
                    end = index;
                    break;
                }
                _ => {}
            }
        }
        let source = rest[..end].trim();
        let debug = source.ends_with('=');
        let value = super::parse_expression(source.trim_end_matches('='))?;
        *rest = &rest[end..];
        let mut conversion = None;
        if let Some(after) = rest.strip_prefix('!') {
            conversion = after.chars().next();
            *rest = after.get(1..).unwrap_or_default();
        }
        let spec = match rest.strip_prefix(':') {
            Some(after) => {
                *rest = after;
                self.pieces(rest, true)?
            }
            None => Vec::new(),
        };
        *rest = rest.strip_prefix('}').ok_or_else(|| self.error())?;
        Ok(Piece::Value { value, debug, conversion, spec })
    }
}
