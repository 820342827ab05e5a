//! What a module written in C holds, as the interpreter shows it.

use serde::{Deserialize, Serialize};

/// One entry of a module's `__dict__`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its key.
    pub name: String,
    /// What stands there.
    pub value: MemberValue,
}

/// See [`Member::value`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum MemberValue {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An `int` of that size.
    Int(i64),
    /// A `str`
    Text(String),
    /// A function of the module; its own name.
    Function(String),
    /// A class written in C.
    Type(MemberType),
    /// Something else: the name of its class.
    Other(String),
}

/// A class that a module written in C holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberType {
    /// `__module__`
    pub module: String,
    /// `__name__`
    pub name: String,
    /// `__bases__`, each by its module and its name.
    pub bases: Vec<(String, String)>,
    /// `__flags__`
    pub flags: u64,
    /// Its objects have a `__dict__`.
    pub dict: bool,
    /// Its objects can be weakly referenced.
    pub weak: bool,
    /// The names in its own `__dict__`, each with the name of the class of what stands there.
    pub names: Vec<(String, String)>,
}
