//! Copies of what objects are made of, put aside before a run changes them: see [`sealed`](super::sealed).
//!
//! An owned reference cannot be copied: its copy would be counted nowhere. Of an object and what was put aside of it only one is
//! ever in the heap, with the count that goes with it; the other one is forgotten as a whole.

use rustc_hash::FxHashSet;

use super::{Owned, Ref};

/// What can be put aside.
pub(crate) trait Keep {
    /// A copy that stands for it while it is not there.
    fn kept(&self) -> Self;
}

impl Keep for Owned {
    fn kept(&self) -> Self {
        Self::adopt(self.borrow())
    }
}

impl<T: Keep> Keep for Option<T> {
    fn kept(&self) -> Self {
        self.as_ref().map(T::kept)
    }
}

impl<T: Keep> Keep for Vec<T> {
    fn kept(&self) -> Self {
        self.iter().map(T::kept).collect()
    }
}

impl<T: Keep> Keep for Box<[T]> {
    fn kept(&self) -> Self {
        self.iter().map(T::kept).collect()
    }
}

impl<T: Keep> Keep for Box<T> {
    fn kept(&self) -> Self {
        Self::new((**self).kept())
    }
}

/// What owns no references is cloned.
macro_rules! keep_clones {
    ($($type:ty),* $(,)?) => {
        $(impl crate::heap::Keep for $type {
            fn kept(&self) -> Self {
                self.clone()
            }
        })*
    };
}

keep_clones!(Ref, FxHashSet<Ref>, Box<str>, &'static str, bool, u8, u32, u64, i32, i64, usize);

/// Implements [`Keep`] for a struct, field by field.
macro_rules! keep {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl crate::heap::Keep for $type {
            fn kept(&self) -> Self {
                Self { $($field: crate::heap::Keep::kept(&self.$field),)* }
            }
        }
    };
}

pub(crate) use keep;
pub(crate) use keep_clones;
