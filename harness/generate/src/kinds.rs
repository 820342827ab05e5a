//! What the generator knows of a value: its kind, and for functions, classes and instances, which one.

/// The kinds of values, as holes of productions name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    Int,
    Bool,
    Float,
    Str,
    Bytes,
    Nothing,
    /// A tuple of scalars.
    Tuple,
    /// A list of ints.
    Ints,
    /// A list of strings.
    Strs,
    /// A list of scalars.
    Mixed,
    /// A list of instances.
    Objs,
    /// A list of anything, itself too.
    Nest,
    /// A dict of ints by strings.
    Counts,
    /// A dict of scalars.
    Dict,
    /// A dict of anything, itself too.
    Web,
    /// A set of ints, or of strings.
    Set,
    Frozen,
    /// An iterator over scalars.
    Iter,
    /// A generator that yields scalars.
    Gen,
    Coro,
    Agen,
    /// A weak reference to an instance.
    Ref,
    Exc,
    ErrCls,
    Fn,
    GenFn,
    CoroFn,
    AgenFn,
    Cls,
    Obj,
    /// Any of the kinds that are plain values.
    Scalar,
    /// Not known.
    Any,
}

/// A value's kind; the second part says which function, class or class of an instance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ty(pub(crate) Kind, pub(crate) u16);

/// What a hole asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Want {
    /// One bit a kind.
    pub(crate) kinds: u64,
    /// What an instance, or a class's instances, must be able to do; one bit a feature.
    pub(crate) features: u64,
}

use Kind::{
    Agen, AgenFn, Any, Bool, Bytes, Cls, Coro, CoroFn, Counts, Dict, ErrCls, Exc, Float, Fn, Frozen, Gen, GenFn, Int, Ints, Iter,
    Mixed, Nest, Nothing, Obj, Objs, Ref, Scalar, Set, Str, Strs, Tuple, Web,
};

/// The words for kinds in holes.
const WORDS: &[(&str, &[Kind])] = &[
    ("int", &[Int]),
    ("bool", &[Bool]),
    ("float", &[Float]),
    ("str", &[Str]),
    ("bytes", &[Bytes]),
    ("none", &[Nothing]),
    ("tuple", &[Tuple]),
    ("ints", &[Ints]),
    ("strs", &[Strs]),
    ("mixed", &[Mixed]),
    ("objs", &[Objs]),
    ("nest", &[Nest]),
    ("counts", &[Counts]),
    ("dict", &[Dict]),
    ("web", &[Web]),
    ("set", &[Set]),
    ("frozen", &[Frozen]),
    ("iter", &[Iter]),
    ("gen", &[Gen]),
    ("coro", &[Coro]),
    ("agen", &[Agen]),
    ("ref", &[Ref]),
    ("exc", &[Exc]),
    ("errcls", &[ErrCls]),
    ("fn", &[Fn]),
    ("genfn", &[GenFn]),
    ("corofn", &[CoroFn]),
    ("agenfn", &[AgenFn]),
    ("cls", &[Cls]),
    ("obj", &[Obj]),
    ("scalar", &[Scalar, Int, Bool, Float, Str, Bytes, Nothing, Tuple]),
    ("num", &[Int, Bool, Float]),
    ("hashable", &[Int, Str, Float, Bytes, Tuple]),
    ("seq", &[Ints, Strs, Mixed, Tuple, Str]),
    ("list", &[Ints, Strs, Mixed]),
    ("anylist", &[Ints, Strs, Mixed, Objs, Nest]),
    ("map", &[Counts, Dict]),
    ("iterable", &[Ints, Strs, Mixed, Tuple, Str, Dict, Counts, Set, Frozen]),
    ("sized", &[Ints, Strs, Mixed, Objs, Nest, Tuple, Str, Bytes, Dict, Counts, Web, Set, Frozen]),
    ("container", &[Ints, Strs, Mixed, Objs, Nest, Tuple, Dict, Counts, Web, Set, Frozen]),
    (
        "any",
        &[
            Any, Scalar, Int, Bool, Float, Str, Bytes, Nothing, Tuple, Ints, Strs, Mixed, Objs, Nest, Counts, Dict, Web, Set,
            Frozen, Iter, Gen, Ref, Exc, Fn, Cls, Obj,
        ],
    ),
];

/// Kinds that only something defined before can make.
pub(crate) const DEFINED: u64 =
    bit(Obj) | bit(Cls) | bit(Ref) | bit(Coro) | bit(Agen) | bit(Fn) | bit(GenFn) | bit(CoroFn) | bit(AgenFn);

/// The bit of a kind.
pub(crate) const fn bit(kind: Kind) -> u64 {
    1 << kind as u8
}

/// The kinds that a word stands for.
pub(crate) fn word(word: &str) -> Option<&'static [Kind]> {
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, kinds)| *kinds)
}

/// The kinds of a set of bits.
pub(crate) fn kinds(bits: u64) -> impl Iterator<Item = Kind> {
    WORDS
        .iter()
        .filter(|(_, kinds)| kinds.len() == 1)
        .map(|(_, kinds)| kinds[0])
        .chain([Scalar, Any])
        .filter(move |&kind| bits & bit(kind) != 0)
}

/// What a new variable of a kind may be called.
pub(crate) fn names(kind: Kind) -> &'static [&'static str] {
    match kind {
        Int => &["i", "n", "k", "m"],
        Bool => &["ok", "flag"],
        Float => &["f", "g"],
        Str => &["s", "t", "text"],
        Bytes => &["raw"],
        Tuple => &["pair", "row"],
        Ints => &["xs", "ys", "zs"],
        Strs => &["words", "parts"],
        Mixed => &["items", "things"],
        Objs => &["objs", "crew"],
        Nest => &["nest", "box"],
        Counts => &["counts", "sums"],
        Dict => &["d", "table"],
        Web => &["web", "graph"],
        Set => &["seen", "keys"],
        Frozen => &["fixed"],
        Iter => &["it"],
        Gen => &["gen"],
        Coro => &["coro"],
        Agen => &["agen"],
        Ref => &["ref", "weak"],
        Exc => &["e", "error"],
        ErrCls => &["Error", "Oops"],
        Fn => &["f", "g", "h", "call"],
        GenFn => &["walk", "steps"],
        CoroFn => &["work", "job"],
        AgenFn => &["stream", "feed"],
        Cls => &["A", "B", "C", "Node"],
        Obj => &["a", "b", "c", "o"],
        Nothing | Scalar | Any => &["v", "w", "x", "y"],
    }
}
