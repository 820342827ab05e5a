//! What a native function does with references, as data.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// What one function does with references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// How CPython calls it.
    pub convention: Convention,
    /// Its parameters; none where only the convention is stated.
    pub parameters: Option<Vec<Parameter>>,
    /// What it returns.
    pub result: Option<ResultKind>,
    /// When it raises what, the first that holds.
    pub raises: Vec<Error>,
    /// The line of the file that states it.
    pub line: u32,
}

impl Contract {
    /// What holds where nothing is stated: it borrows every argument and returns a new reference.
    pub fn is_default(&self) -> bool {
        self.parameters.is_none() && self.result.is_none() && self.raises.is_empty()
    }

    /// What it does with the argument at a position.
    pub fn mode(&self, position: usize) -> Mode {
        self.parameters.as_ref().and_then(|parameters| parameters.get(position)).map_or(Mode::Borrows, |one| one.mode)
    }
}

/// How CPython calls a C function: its flag in the method table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Convention {
    /// `METH_NOARGS`
    None,
    /// `METH_O`
    One,
    /// `METH_VARARGS`
    #[default]
    Tuple,
    /// `METH_FASTCALL`
    Fast,
}

/// A parameter: `list`, `keeps callback`, `steals item`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What the function does with the argument.
    pub mode: Mode,
}

/// What a function does with the reference that its caller holds to an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing that lasts: after the call the argument's count is what it was.
    #[default]
    Borrows,
    /// It takes a reference of its own, which outlives the call.
    Keeps,
    /// It gives back a reference that an earlier call has kept. (Whoever calls from Python gives back its own all the same: one
    /// that no call has kept is one too few.)
    Steals,
}

impl Mode {
    const ALL: [(&'static str, Self); 3] = [("borrows", Self::Borrows), ("keeps", Self::Keeps), ("steals", Self::Steals)];

    /// By how much the argument's count has changed after the call.
    pub const fn change(self) -> i32 {
        match self {
            Self::Borrows => 0,
            Self::Keeps => 1,
            Self::Steals => -1,
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, mode)| mode == self).map_or("", |(name, _)| name))
    }
}

/// What a function returns, always as a reference of the caller's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// `none`: `None`.
    None,
    /// `argument NAME`
    Argument(String),
    /// `item INDEX of NAME`: borrowed from the container, then owned.
    Item(i64, String),
    /// `new object`, `new list`, `new tuple of a, b`: an object of that builtin type, which holds those arguments.
    New(Container, Vec<String>),
}

/// The type of a new object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// `object`
    Object,
    /// `list`
    List,
    /// `tuple`
    Tuple,
    /// `dict`, empty
    Dict,
    /// `set`
    Set,
}

impl Container {
    /// The type's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Set => "set",
        }
    }
}

/// `{when: EXPRESSION, error: TYPE, message: TEXT}`
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Error {
    /// A Python expression over the parameters.
    pub when: String,
    /// A builtin exception.
    pub error: String,
    /// Its text.
    pub message: String,
}

/// Whether a text can be the name of something in Python.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|one| one.is_ascii_alphanumeric() || one == '_')
}

impl<'de> Deserialize<'de> for Parameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let mode = |word: &str| Mode::ALL.iter().find(|(name, _)| *name == word).map(|(_, mode)| *mode);
        let parsed = match words[..] {
            [name] if is_name(name) => Some((Mode::Borrows, name)),
            [word, name] if is_name(name) => mode(word).map(|mode| (mode, name)),
            _ => None,
        };
        let (mode, name) = parsed.ok_or_else(|| {
            de::Error::custom(format_args!("`{text}` is no parameter: it is NAME, `borrows NAME`, `keeps NAME` or `steals NAME`"))
        })?;
        Ok(Self { name: name.to_owned(), mode })
    }
}

impl<'de> Deserialize<'de> for ResultKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_result(&text).ok_or_else(|| {
            de::Error::custom(format_args!(
                "`{text}` is no result: it is `none`, `argument NAME`, `item INDEX of NAME`, `new object` or \
                 `new list of NAME, NAME` (list, tuple, dict, set); whatever else it is a `twin` says"
            ))
        })
    }
}

fn parse_result(text: &str) -> Option<ResultKind> {
    let text = text.trim();
    let (head, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    match head {
        "none" if rest.is_empty() => Some(ResultKind::None),
        "argument" if is_name(rest) => Some(ResultKind::Argument(rest.to_owned())),
        "item" => {
            let (index, name) = rest.split_once(" of ")?;
            let name = name.trim();
            is_name(name).then_some(ResultKind::Item(index.trim().parse().ok()?, name.to_owned()))
        }
        "new" => {
            let (kind, names) = rest.split_once(" of ").unwrap_or((rest, ""));
            let names: Vec<String> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
            let kind = match kind.trim() {
                "object" if names.is_empty() => Container::Object,
                "dict" if names.is_empty() => Container::Dict,
                "list" => Container::List,
                "tuple" => Container::Tuple,
                "set" => Container::Set,
                _ => return None,
            };
            names.iter().all(|name| is_name(name)).then_some(ResultKind::New(kind, names))
        }
        _ => None,
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawContract {
    #[serde(default)]
    pub(super) call: Convention,
    pub(super) parameters: Option<Vec<Parameter>>,
    pub(super) result: Option<ResultKind>,
    #[serde(default)]
    pub(super) raises: Vec<Error>,
}

/// The contracts of a file, by the function's name.
pub(crate) struct RawFunctions(pub(super) BTreeMap<String, RawContract>);

impl<'de> Deserialize<'de> for RawFunctions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FunctionsVisitor;
        impl<'de> Visitor<'de> for FunctionsVisitor {
            type Value = RawFunctions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from functions to their contracts")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<RawFunctions, A::Error> {
                let mut functions = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    if functions.contains_key(&name) {
                        return Err(de::Error::custom(format_args!("duplicate field `{name}`")));
                    }
                    if !name.split('.').all(is_name) {
                        return Err(de::Error::custom(format_args!("`{name}` cannot be the name of a function")));
                    }
                    functions.insert(name, map.next_value()?);
                }
                Ok(RawFunctions(functions))
            }
        }
        deserializer.deserialize_map(FunctionsVisitor)
    }
}
