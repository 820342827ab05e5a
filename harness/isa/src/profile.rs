//! What differs between the versions in behaviour, as named properties.

use refdrift_trace::PyVersion;

/// A version of the Unicode character database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnicodeVersion {
    /// 14.0
    V14_0,
    /// 15.0
    V15_0,
    /// 15.1
    V15_1,
}

/// The behaviour of one version, beyond its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each with its name")]
pub struct Profile {
    /// Which CPython.
    pub version: PyVersion,
    /// Some objects are not counted (PEP 683, 3.12 on).
    pub immortal_objects: bool,
    /// A call's stack is `[NULL, callable, argument…]` (3.11, 3.12), else `[callable, NULL, argument…]` (3.13). An attribute
    /// that [`Op::LoadMethod`](crate::Op::LoadMethod) does not find to be a method has its `NULL` on the same side.
    pub null_below_callable: bool,
    /// Interned strings are immortal (3.12 on for those interned at run time: 3.12 only).
    pub interned_immortal: bool,
    /// An assignment to a missing attribute says that there is no `__dict__` (3.13).
    pub no_dict_told_on_set: bool,
    /// The `AttributeError` of a type knows the type and the name (3.12 on).
    pub type_attribute_error_has_context: bool,
    /// The characters it knows.
    pub unicode: UnicodeVersion,
    /// `str.find` and its kin take an argument tuple and have messages of their own (up to 3.12).
    pub text_search_by_tuple: bool,
    /// An unknown keyword argument of a builtin is "unexpected" (3.13), not "invalid".
    pub unexpected_keyword_wording: bool,
    /// `str.splitlines(keepends)` takes the truth of any object (3.12 on), not an integer.
    pub splitlines_takes_truth: bool,
    /// `str.replace` takes `count` as a keyword argument (3.13).
    pub replace_takes_keyword: bool,
    /// Calling `str` makes no argument tuple (3.13).
    pub str_by_vectorcall: bool,
    /// A slice has a hash (3.12 on).
    pub slices_hash: bool,
    /// `list.__repr__` holds each item while it runs the item's (late 3.13).
    pub list_repr_holds_items: bool,
    /// The comparison that decides between two lists holds both items (3.13).
    pub list_compare_holds_items: bool,
    /// An assignment to a slice of a list gets at the values before it fits the slice to the list (3.13).
    pub list_slice_value_first: bool,
    /// `list.sort(reverse=…)` takes the truth of any object (3.12 on), not an integer.
    pub sort_takes_any_truth: bool,
    /// A descending run may have equal items in it (3.13).
    pub sort_finds_equal_runs: bool,
}

impl Profile {
    /// The profile of a version; `None` for one that has no opcode table either.
    pub fn of(version: PyVersion) -> Option<Self> {
        crate::table::of(version)?;
        let since = |minor: u8| version.minor >= minor;
        let unicode = match version.minor {
            ..=11 => UnicodeVersion::V14_0,
            12 => UnicodeVersion::V15_0,
            _ => UnicodeVersion::V15_1,
        };
        Some(Self {
            version,
            immortal_objects: since(12),
            null_below_callable: !since(13),
            interned_immortal: version.minor == 12,
            no_dict_told_on_set: since(13),
            type_attribute_error_has_context: since(12),
            unicode,
            text_search_by_tuple: !since(13),
            unexpected_keyword_wording: since(13),
            splitlines_takes_truth: since(12),
            replace_takes_keyword: since(13),
            str_by_vectorcall: since(13),
            slices_hash: since(12),
            list_repr_holds_items: (version.minor, version.micro) >= (13, 2),
            list_compare_holds_items: since(13),
            list_slice_value_first: since(13),
            sort_takes_any_truth: since(12),
            sort_finds_equal_runs: since(13),
        })
    }
}
