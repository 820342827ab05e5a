//! The syntax tree of a snippet: what the productions are written in, what is generated, printed and shrunk.
//!
//! Literals stand as they are written; everything else is structure. A tree prints to one text (`print`), and that text
//! parses to the same tree (`parse`).

mod expressions;
mod parse;
mod patterns;
mod print;
mod tokens;

use std::sync::Arc;

pub use parse::{SyntaxError, parse, parse_expression};
pub use print::{print_block, print_expression};

/// A name or the text of a literal.
pub type Text = Arc<str>;

/// The statements of a suite.
pub type Block = Vec<Stmt>;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A name.
    Name(Text),
    /// A number, string, `None`, `True`, `False` or `...`, as written.
    Literal(Text),
    /// `f"…"`.
    FString(Vec<Piece>),
    /// `(a, b)`.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `{a, b}`.
    Set(Vec<Expr>),
    /// `{a: b, **c}`; an entry without a key is the latter.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `-a`, `not a`.
    Unary(&'static str, Box<Expr>),
    /// `a + b`.
    Binary(Box<Expr>, &'static str, Box<Expr>),
    /// `a and b and c`.
    Bool(&'static str, Vec<Expr>),
    /// `a < b <= c`.
    Compare(Box<Expr>, Vec<(&'static str, Expr)>),
    /// `a(b, c=d)`.
    Call(Box<Expr>, Vec<Argument>),
    /// `a.b`.
    Attribute(Box<Expr>, Text),
    /// `a[b]`.
    Subscript(Box<Expr>, Box<Expr>),
    /// `a:b:c`, inside of a subscript.
    Slice(Option<Box<Expr>>, Option<Box<Expr>>, Option<Box<Expr>>),
    /// `*a`.
    Starred(Box<Expr>),
    /// `(a := b)`.
    Named(Text, Box<Expr>),
    /// `then if test else other`.
    IfElse {
        /// What is asked.
        test: Box<Expr>,
        /// The value where it is true.
        then: Box<Expr>,
        /// The value where it is not.
        other: Box<Expr>,
    },
    /// `lambda a: b`.
    Lambda(Box<Parameters>, Box<Expr>),
    /// `[a for b in c]` and its relatives; a dict's value stands beside its key.
    Comprehension(Comprehension, Box<Expr>, Option<Box<Expr>>, Vec<Clause>),
    /// `await a`.
    Await(Box<Expr>),
    /// `yield a`.
    Yield(Option<Box<Expr>>),
    /// `yield from a`.
    YieldFrom(Box<Expr>),
}

/// What a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comprehension {
    /// `[…]`.
    List,
    /// `{…}`.
    Set,
    /// `{… : …}`.
    Dict,
    /// `(…)`.
    Generator,
}

/// `for target in iter if …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// `async for`.
    pub is_async: bool,
    /// What each item is bound to.
    pub target: Expr,
    /// What is iterated over.
    pub iter: Expr,
    /// The conditions.
    pub tests: Vec<Expr>,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `a`.
    Positional(Expr),
    /// `*a`.
    Star(Expr),
    /// `a=b`.
    Keyword(Text, Expr),
    /// `**a`.
    DoubleStar(Expr),
}

/// A part of an f-string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As written, with doubled braces.
    Text(Text),
    /// `{value=!r:spec}`.
    Value {
        /// What is formatted.
        value: Expr,
        /// Whether `=` stands behind it.
        debug: bool,
        /// The letter behind `!`.
        conversion: Option<char>,
        /// What stands behind `:`.
        spec: Vec<Piece>,
    },
}

/// The parameters of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Those before `/`.
    pub positional: Vec<Parameter>,
    /// Those that can be given either way.
    pub either: Vec<Parameter>,
    /// `*args`.
    pub star: Option<Text>,
    /// Those behind `*`.
    pub keyword: Vec<Parameter>,
    /// `**kwargs`.
    pub double_star: Option<Text>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: Text,
    /// What stands behind `:`.
    pub annotation: Option<Expr>,
    /// What stands behind `=`.
    pub default: Option<Expr>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stmt {
    /// An expression whose value is dropped.
    Expr(Expr),
    /// `a = b = c`.
    Assign(Vec<Expr>, Expr),
    /// `a += b`; the operator without `=`.
    Augmented(Expr, &'static str, Expr),
    /// `a: b = c`.
    Annotated(Expr, Expr, Option<Expr>),
    /// `del a, b`.
    Delete(Vec<Expr>),
    /// `pass`.
    Pass,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `return a`.
    Return(Option<Expr>),
    /// `raise a from b`.
    Raise(Option<Expr>, Option<Expr>),
    /// `global a, b`.
    Global(Vec<Text>),
    /// `nonlocal a, b`.
    Nonlocal(Vec<Text>),
    /// `assert a, b`.
    Assert(Expr, Option<Expr>),
    /// `import …`, `from … import …` or `type … = …`, as written.
    Import(Text),
    /// `if`, each `elif`, `else`.
    If(Vec<(Expr, Block)>, Block),
    /// `while`, and its `else`.
    While(Expr, Block, Block),
    /// `for`.
    For(Box<For>),
    /// `try`.
    Try(Box<Try>),
    /// `with`.
    With {
        /// `async with`.
        is_async: bool,
        /// The managers, each with its target.
        items: Vec<(Expr, Option<Expr>)>,
        /// The body.
        body: Block,
    },
    /// `match`.
    Match(Expr, Vec<Case>),
    /// `def`.
    Def(Box<Def>),
    /// `class`.
    Class(Box<Class>),
}

/// A `for` statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct For {
    /// `async for`.
    pub is_async: bool,
    /// What each item is bound to.
    pub target: Expr,
    /// What is iterated over.
    pub iter: Expr,
    /// The body.
    pub body: Block,
    /// The `else`.
    pub otherwise: Block,
}

/// A `try` statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The body.
    pub body: Block,
    /// The handlers.
    pub handlers: Vec<Handler>,
    /// Whether they are `except*`.
    pub star: bool,
    /// The `else`.
    pub otherwise: Block,
    /// The `finally`.
    pub finally: Block,
}

/// `except kind as name:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// What it catches; everything, where it does not say.
    pub kind: Option<Expr>,
    /// What the exception is bound to.
    pub name: Option<Text>,
    /// The body.
    pub body: Block,
}

/// `case pattern if guard:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The pattern.
    pub pattern: Pattern,
    /// The guard.
    pub guard: Option<Expr>,
    /// The body.
    pub body: Block,
}

/// A pattern of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// `_`.
    Wildcard,
    /// A name.
    Capture(Text),
    /// A literal or a dotted name.
    Value(Expr),
    /// `p as name`.
    As(Box<Pattern>, Text),
    /// `p | q`.
    Or(Vec<Pattern>),
    /// `[p, q]`.
    Sequence(Vec<Pattern>),
    /// `*name`, inside of a sequence.
    Star(Text),
    /// `{key: p, **rest}`.
    Mapping(Vec<(Expr, Pattern)>, Option<Text>),
    /// `C(p, name=q)`.
    Class(Expr, Vec<Pattern>, Vec<(Text, Pattern)>),
}

/// A `def`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Def {
    /// `async def`.
    pub is_async: bool,
    /// The decorators, the outermost first.
    pub decorators: Vec<Expr>,
    /// Its name.
    pub name: Text,
    /// `[T, *Ts]`, as written (3.12 on).
    pub type_parameters: Option<Text>,
    /// Its parameters.
    pub parameters: Parameters,
    /// What stands behind `->`.
    pub returns: Option<Expr>,
    /// The body.
    pub body: Block,
}

/// A `class`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// The decorators, the outermost first.
    pub decorators: Vec<Expr>,
    /// Its name.
    pub name: Text,
    /// `[T, *Ts]`, as written (3.12 on).
    pub type_parameters: Option<Text>,
    /// The bases and keywords.
    pub arguments: Vec<Argument>,
    /// The body.
    pub body: Block,
}
