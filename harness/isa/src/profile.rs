//! What differs between the versions in behaviour, as named properties.

use refdrift_trace::PyVersion;

/// The behaviour of one version, beyond its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Which CPython.
    pub version: PyVersion,
    /// Some objects are not counted (PEP 683, 3.12 on).
    pub immortal_objects: bool,
    /// A call's stack is `[NULL, callable, argument…]` (3.11, 3.12), else `[callable, NULL, argument…]` (3.13). An attribute
    /// that [`Op::LoadMethod`](crate::Op::LoadMethod) does not find to be a method has its `NULL` on the same side.
    pub null_below_callable: bool,
}

impl Profile {
    /// The profile of a version; `None` for one that has no opcode table either.
    pub fn of(version: PyVersion) -> Option<Self> {
        crate::table::of(version)?;
        let since = |minor: u8| version.minor >= minor;
        Some(Self { version, immortal_objects: since(12), null_below_callable: !since(13) })
    }
}
