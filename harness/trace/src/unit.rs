//! What CPython's compiler made of a snippet.

use serde::{Deserialize, Serialize};

use crate::{Count, PyVersion};

/// Index into [`CodeUnit::pool`].
pub type ConstId = u32;
/// Index into [`CodeUnit::codes`].
pub type CodeId = u32;

/// A compiled snippet: all its code objects, and the objects that they share.
///
/// Constants and names are kept once for each *object* in [`pool`](Self::pool): two places that hold the same [`ConstId`]
/// hold the same object in CPython, two that hold different ones do not, whatever their values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeUnit {
    /// The CPython that compiled it.
    pub version: PyVersion,
    /// What the code objects call their file.
    pub filename: String,
    /// Every constant, name and code object, once.
    pub pool: Vec<Constant>,
    /// The code objects; the first is the module's.
    pub codes: Vec<CodeObject>,
    /// The modules that lie beside the snippet and that it may import: traced like the snippet.
    pub siblings: Vec<Sibling>,
    /// The other modules that it may import, all imported before it starts: the standard library's, whatever they are written
    /// in. A package stands before what it holds.
    pub library: Vec<String>,
}

/// A module in a file beside the snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sibling {
    /// Its full name: `package.module`.
    pub name: String,
    /// Its file, as its code objects call it.
    pub path: String,
    /// It is a package: its file is the package's `__init__.py`.
    pub package: bool,
    /// The code object of its body.
    pub code: CodeId,
}

/// One object that exists before the snippet starts because its code refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// What it is.
    pub value: ConstantValue,
    /// `ob_refcnt` right before the snippet starts, or [`crate::IMMORTAL`].
    pub count: Count,
    /// A string that CPython has interned.
    pub interned: bool,
    /// Of code compiled at run time: the object was there before any snippet (an interned string that the library has, too).
    pub there: bool,
}

/// The value of a [`Constant`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ConstantValue {
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `True`, `False`
    Bool(bool),
    /// An integer that fits.
    Int(i64),
    /// Any other integer, in decimal.
    BigInt(String),
    /// The bits of a float.
    Float(u64),
    /// The bits of a complex number's two parts.
    Complex(u64, u64),
    /// A string of Unicode scalar values.
    Str(String),
    /// A string with lone surrogates, by code points.
    WideStr(Vec<u32>),
    /// A bytes literal.
    Bytes(Vec<u8>),
    /// A tuple of constants.
    Tuple(Vec<ConstId>),
    /// A frozenset of constants, in the order in which CPython iterates over it.
    FrozenSet(Vec<ConstId>),
    /// A code object.
    Code(CodeId),
}

/// The kinds of a fast local; a local may be of several (an argument that is also a cell).
pub struct SlotKind;

impl SlotKind {
    /// A comprehension's variable that the compiler hid from `locals()` (3.12 on).
    pub const HIDDEN: u8 = 0x10;
    /// A plain local.
    pub const LOCAL: u8 = 0x20;
    /// A variable that inner functions share.
    pub const CELL: u8 = 0x40;
    /// A variable of an outer function.
    pub const FREE: u8 = 0x80;
}

/// The bits of [`CodeObject::flags`] (`Include/cpython/code.h`).
pub mod flags {
    /// Locals live in fast slots.
    pub const OPTIMIZED: u32 = 0x1;
    /// Calling the code makes a new locals dict.
    pub const NEWLOCALS: u32 = 0x2;
    /// `*args`
    pub const VARARGS: u32 = 0x4;
    /// `**kwargs`
    pub const VARKEYWORDS: u32 = 0x8;
    /// Nested in a function.
    pub const NESTED: u32 = 0x10;
    /// Calling it makes a generator.
    pub const GENERATOR: u32 = 0x20;
    /// Calling it makes a coroutine.
    pub const COROUTINE: u32 = 0x80;
    /// A generator that may be awaited (`types.coroutine`).
    pub const ITERABLE_COROUTINE: u32 = 0x100;
    /// Calling it makes an asynchronous generator.
    pub const ASYNC_GENERATOR: u32 = 0x200;
    /// The first constant is the docstring (3.13 on; before that a string there is one).
    pub const HAS_DOCSTRING: u32 = 0x400_0000;
}

/// One code object, as CPython has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeObject {
    /// Itself, as an object in the pool.
    pub id: ConstId,
    /// `co_name`
    pub name: ConstId,
    /// `co_qualname`
    pub qualname: ConstId,
    /// `co_filename`
    pub filename: ConstId,
    /// `co_flags`
    pub flags: u32,
    /// `co_argcount`, positional-only ones included
    pub argcount: u32,
    /// `co_posonlyargcount`
    pub posonlyargcount: u32,
    /// `co_kwonlyargcount`
    pub kwonlyargcount: u32,
    /// `co_stacksize`
    pub stacksize: u32,
    /// `co_firstlineno`
    pub firstlineno: u32,
    /// `co_code`: generic instructions and their inline caches, two bytes a unit
    #[serde(with = "crate::packed::bytes")]
    pub bytecode: Vec<u8>,
    /// `co_consts`
    pub consts: Vec<ConstId>,
    /// `co_names`
    pub names: Vec<ConstId>,
    /// `co_localsplusnames`: locals, then cells, then frees
    pub localsplusnames: Vec<ConstId>,
    /// `co_localspluskinds`: bits of [`SlotKind`], one byte for each of `localsplusnames`
    #[serde(with = "crate::packed::bytes")]
    pub localspluskinds: Vec<u8>,
    /// `co_exceptiontable`, undecoded
    #[serde(with = "crate::packed::bytes")]
    pub exceptiontable: Vec<u8>,
    /// `co_linetable`, undecoded
    #[serde(with = "crate::packed::bytes")]
    pub linetable: Vec<u8>,
}

impl CodeUnit {
    /// The module's code object.
    ///
    /// # Panics
    /// If the unit has no code object, which no observer hands back.
    pub fn module(&self) -> &CodeObject {
        &self.codes[0]
    }

    /// The text of a pooled string; `?` for anything else.
    pub fn text(&self, id: ConstId) -> &str {
        match self.pool.get(id as usize).map(|constant| &constant.value) {
            Some(ConstantValue::Str(text)) => text,
            _ => "?",
        }
    }
}
