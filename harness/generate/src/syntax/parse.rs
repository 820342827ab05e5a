//! Parses the Python that productions are written in and that programs print to.

use super::tokens::{Token, tokens};
use super::{Argument, Block, Case, Class, Def, Expr, For, Handler, Stmt, Text, Try};

/// What is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not understood from `{near}` on")]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// What stands there.
    pub near: String,
}

pub(super) type Parsed<T> = Result<T, SyntaxError>;

/// Parses a program.
pub fn parse(source: &str) -> Result<Block, SyntaxError> {
    let mut parser = Parser::new(source)?;
    let mut body = Block::new();
    while !parser.at(&Token::End) {
        parser.statement(&mut body)?;
    }
    Ok(body)
}

/// Parses one expression.
pub fn parse_expression(source: &str) -> Result<Expr, SyntaxError> {
    let mut parser = Parser::new(source)?;
    let value = parser.tuple_or_yield()?;
    if parser.at(&Token::Newline) { Ok(value) } else { Err(parser.error()) }
}

pub(super) struct Parser {
    tokens: Vec<(Token, usize)>,
    position: usize,
}

impl Parser {
    pub(super) fn new(source: &str) -> Parsed<Self> {
        Ok(Self { tokens: tokens(source)?, position: 0 })
    }

    pub(super) fn error(&self) -> SyntaxError {
        let (token, line) = &self.tokens[self.position];
        SyntaxError { line: *line, near: format!("{token:?}") }
    }

    pub(super) fn token(&self) -> &Token {
        &self.tokens[self.position].0
    }

    pub(super) fn at(&self, token: &Token) -> bool {
        self.token() == token
    }

    pub(super) fn next_is(&self, operator: &str) -> bool {
        matches!(self.tokens.get(self.position + 1), Some((Token::Operator(found), _)) if *found == operator)
    }

    pub(super) fn advance(&mut self) {
        self.position += 1;
    }

    pub(super) fn at_operator(&self, operator: &str) -> bool {
        matches!(self.token(), Token::Operator(found) if *found == operator)
    }

    pub(super) fn at_word(&self, word: &str) -> bool {
        matches!(self.token(), Token::Name(found) if found == word)
    }

    pub(super) fn take(&mut self, operator: &str) -> bool {
        let found = self.at_operator(operator);
        self.position += usize::from(found);
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.position += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, operator: &str) -> Parsed<()> {
        if self.take(operator) { Ok(()) } else { Err(self.error()) }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.error()) }
    }

    pub(super) fn name(&mut self) -> Parsed<Text> {
        let Token::Name(name) = self.token() else { return Err(self.error()) };
        let name = Text::from(name.as_str());
        self.advance();
        Ok(name)
    }

    fn names(&mut self) -> Parsed<Vec<Text>> {
        let mut names = vec![self.name()?];
        while self.take(",") {
            names.push(self.name()?);
        }
        Ok(names)
    }

    fn end_of_line(&mut self) -> Parsed<()> {
        if self.at(&Token::Newline) {
            self.advance();
            Ok(())
        } else {
            Err(self.error())
        }
    }

    fn block(&mut self) -> Parsed<Block> {
        self.expect(":")?;
        let mut body = Block::new();
        if !self.at(&Token::Newline) {
            self.simple_line(&mut body)?;
            return Ok(body);
        }
        self.advance();
        if !self.at(&Token::Indent) {
            return Err(self.error());
        }
        self.advance();
        while !self.at(&Token::Dedent) {
            self.statement(&mut body)?;
        }
        self.advance();
        Ok(body)
    }

    fn optional_block(&mut self, word: &str) -> Parsed<Block> {
        if self.take_word(word) { self.block() } else { Ok(Block::new()) }
    }

    fn simple_line(&mut self, into: &mut Block) -> Parsed<()> {
        loop {
            into.push(self.simple()?);
            if !self.take(";") || self.at(&Token::Newline) {
                return self.end_of_line();
            }
        }
    }

    fn statement(&mut self, into: &mut Block) -> Parsed<()> {
        let Token::Name(word) = self.token() else { return self.simple_or_decorated(into) };
        let statement = match word.as_str() {
            "if" => self.if_statement()?,
            "while" => {
                self.advance();
                Stmt::While(self.named()?, self.block()?, self.optional_block("else")?)
            }
            "for" => self.for_statement(false)?,
            "try" => self.try_statement()?,
            "with" => self.with_statement(false)?,
            "def" => self.def(false, Vec::new())?,
            "class" => self.class(Vec::new())?,
            "async" => {
                self.advance();
                match self.token() {
                    Token::Name(word) if word == "for" => self.for_statement(true)?,
                    Token::Name(word) if word == "with" => self.with_statement(true)?,
                    _ => self.def(true, Vec::new())?,
                }
            }
            // `match` is a name where it is called, or assigned.
            "match" if !matches!(self.tokens.get(self.position + 1), Some((Token::Operator("." | "=" | "," | ")"), _))) => {
                self.match_statement()?
            }
            _ => return self.simple_line(into),
        };
        into.push(statement);
        Ok(())
    }

    fn simple_or_decorated(&mut self, into: &mut Block) -> Parsed<()> {
        let mut decorators = Vec::new();
        while self.take("@") {
            decorators.push(self.named()?);
            self.end_of_line()?;
        }
        if decorators.is_empty() {
            return self.simple_line(into);
        }
        let is_async = self.take_word("async");
        into.push(if self.at_word("class") { self.class(decorators)? } else { self.def(is_async, decorators)? });
        Ok(())
    }

    fn if_statement(&mut self) -> Parsed<Stmt> {
        let mut arms = Vec::new();
        while self.take_word("if") || self.take_word("elif") {
            arms.push((self.named()?, self.block()?));
            if self.at_word("if") {
                break;
            }
        }
        Ok(Stmt::If(arms, self.optional_block("else")?))
    }

    fn for_statement(&mut self, is_async: bool) -> Parsed<Stmt> {
        self.expect_word("for")?;
        let target = self.targets()?;
        self.expect_word("in")?;
        let iter = self.tuple()?;
        Ok(Stmt::For(Box::new(For { is_async, target, iter, body: self.block()?, otherwise: self.optional_block("else")? })))
    }

    fn try_statement(&mut self) -> Parsed<Stmt> {
        self.advance();
        let body = self.block()?;
        let mut handlers = Vec::new();
        let mut star = false;
        while self.take_word("except") {
            star |= self.take("*");
            let kind = if self.at_operator(":") { None } else { Some(self.expression()?) };
            let name = if self.take_word("as") { Some(self.name()?) } else { None };
            handlers.push(Handler { kind, name, body: self.block()? });
        }
        let otherwise = self.optional_block("else")?;
        Ok(Stmt::Try(Box::new(Try { body, handlers, star, otherwise, finally: self.optional_block("finally")? })))
    }

    fn with_statement(&mut self, is_async: bool) -> Parsed<Stmt> {
        self.expect_word("with")?;
        let mut items = Vec::new();
        loop {
            let manager = self.expression()?;
            let target = if self.take_word("as") { Some(self.target()?) } else { None };
            items.push((manager, target));
            if !self.take(",") {
                return Ok(Stmt::With { is_async, items, body: self.block()? });
            }
        }
    }

    fn match_statement(&mut self) -> Parsed<Stmt> {
        self.advance();
        let subject = self.tuple()?;
        self.expect(":")?;
        self.end_of_line()?;
        self.advance();
        let mut cases = Vec::new();
        while self.take_word("case") {
            let pattern = self.pattern()?;
            let guard = if self.take_word("if") { Some(self.named()?) } else { None };
            cases.push(Case { pattern, guard, body: self.block()? });
        }
        if !self.at(&Token::Dedent) {
            return Err(self.error());
        }
        self.advance();
        Ok(Stmt::Match(subject, cases))
    }

    fn def(&mut self, is_async: bool, decorators: Vec<Expr>) -> Parsed<Stmt> {
        self.expect_word("def")?;
        let name = self.name()?;
        let type_parameters = self.type_parameters()?;
        self.expect("(")?;
        let parameters = self.parameters(")")?;
        self.expect(")")?;
        let returns = if self.take("->") { Some(self.expression()?) } else { None };
        Ok(Stmt::Def(Box::new(Def { is_async, decorators, name, type_parameters, parameters, returns, body: self.block()? })))
    }

    fn class(&mut self, decorators: Vec<Expr>) -> Parsed<Stmt> {
        self.advance();
        let name = self.name()?;
        let type_parameters = self.type_parameters()?;
        let arguments: Vec<Argument> = if self.take("(") { self.arguments()? } else { Vec::new() };
        Ok(Stmt::Class(Box::new(Class { decorators, name, type_parameters, arguments, body: self.block()? })))
    }

    fn type_parameters(&mut self) -> Parsed<Option<Text>> {
        if !self.at_operator("[") {
            return Ok(None);
        }
        let mut text = String::new();
        let mut depth = 0;
        loop {
            depth += i32::from(self.at_operator("[")) - i32::from(self.at_operator("]"));
            self.written(&mut text)?;
            if depth == 0 {
                return Ok(Some(text.into()));
            }
        }
    }

    /// Takes a token over as it is written, with the blanks that one would put around it.
    fn written(&mut self, text: &mut String) -> Parsed<()> {
        match self.token() {
            Token::Name(name) => {
                text.push_str(if text.ends_with(|last: char| last.is_alphanumeric() || last == '_') { " " } else { "" });
                text.push_str(name);
            }
            Token::Operator("=") => text.push_str(" = "),
            Token::Operator(operator @ ("," | ":")) => {
                text.push_str(operator);
                text.push(' ');
            }
            Token::Operator(operator) => text.push_str(operator),
            _ => return Err(self.error()),
        }
        self.advance();
        Ok(())
    }

    fn simple(&mut self) -> Parsed<Stmt> {
        let word = match self.token() {
            Token::Name(word) => word.clone(),
            _ => String::new(),
        };
        let start = self.position;
        self.position += 1;
        let at_end = self.at(&Token::Newline) || self.at_operator(";");
        Ok(match word.as_str() {
            "pass" => Stmt::Pass,
            "break" => Stmt::Break,
            "continue" => Stmt::Continue,
            "return" if at_end => Stmt::Return(None),
            "return" => Stmt::Return(Some(self.tuple()?)),
            "raise" if at_end => Stmt::Raise(None, None),
            "raise" => {
                let what = self.expression()?;
                let cause = if self.take_word("from") { Some(self.expression()?) } else { None };
                Stmt::Raise(Some(what), cause)
            }
            "global" => Stmt::Global(self.names()?),
            "nonlocal" => Stmt::Nonlocal(self.names()?),
            "del" => match self.targets()? {
                Expr::Tuple(targets) => Stmt::Delete(targets),
                target => Stmt::Delete(vec![target]),
            },
            "assert" => {
                let test = self.expression()?;
                Stmt::Assert(test, if self.take(",") { Some(self.expression()?) } else { None })
            }
            "import" | "from" => {
                let mut text = word.clone();
                while !self.at(&Token::Newline) {
                    match self.token() {
                        Token::Name(name) => {
                            text.push_str(if text.ends_with('.') { "" } else { " " });
                            text.push_str(name);
                        }
                        Token::Operator(operator) => text.push_str(if *operator == "*" { " *" } else { operator }),
                        _ => return Err(self.error()),
                    }
                    self.advance();
                }
                Stmt::Import(text.into())
            }
            "type" if matches!(self.token(), Token::Name(_)) => {
                let mut text = word.clone();
                while !self.at(&Token::Newline) {
                    self.written(&mut text)?;
                }
                Stmt::Import(text.into())
            }
            _ => {
                self.position = start;
                self.expression_statement()?
            }
        })
    }

    fn expression_statement(&mut self) -> Parsed<Stmt> {
        let first = self.tuple_or_yield()?;
        if self.take(":") {
            let annotation = self.expression()?;
            let value = if self.take("=") { Some(self.tuple_or_yield()?) } else { None };
            return Ok(Stmt::Annotated(first, annotation, value));
        }
        if let Token::Operator(operator) = *self.token()
            && let Some(operator) = operator.strip_suffix('=')
            && !operator.is_empty()
            && !matches!(operator, "=" | "!" | "<" | ">" | ":")
        {
            self.advance();
            return Ok(Stmt::Augmented(first, operator, self.tuple_or_yield()?));
        }
        let mut all = vec![first];
        while self.take("=") {
            all.push(self.tuple_or_yield()?);
        }
        let value = all.remove(all.len() - 1);
        Ok(if all.is_empty() { Stmt::Expr(value) } else { Stmt::Assign(all, value) })
    }
}
