//! The object model: what objects are made of and what can be done with any of them.

pub(crate) mod args;
pub(crate) mod attribute;
pub(crate) mod call;
pub(crate) mod class;
pub(crate) mod errors;
pub(crate) mod format;
pub(crate) mod fstring;
pub(crate) mod inherit;
pub(crate) mod instance;
pub(crate) mod keywords;
pub(crate) mod missing;
pub(crate) mod number;
pub(crate) mod pieces;
pub(crate) mod protocol;
pub(crate) mod sequence;
pub(crate) mod slotdefs;
pub(crate) mod unraisable;
pub(crate) mod value;
