//! Generated snippets: programs nobody thought of.
//!
//! A program is a tree ([`syntax`]). What it is made of are *productions*: Python with typed holes, in the files under `productions/`;
//! the front page of `production.rs` says how they are written. The generator keeps account of every variable's kind, of where something
//! may fail and where not, of what is in a loop, and of how often code runs, so that programs end by themselves and raise only what
//! they catch.
//!
//! ```
//! use refdrift_generate::{Generator, Profile};
//!
//! let programs = Generator::new(1, "errors".parse::<Profile>()?);
//! assert_eq!(programs.program(7).source(), programs.program(7).source());
//! # Ok::<(), refdrift_generate::UnknownProfile>(())
//! ```
//!
//! Program `i` of a seed and a profile is the same on every machine and for every Python version, whatever was made before it, so that
//! shards can make any slice. The same programs come through proptest, with shrinking: [`programs`].
#![forbid(unsafe_code)]

mod body;
mod calls;
mod fill;
mod generator;
mod kinds;
mod production;
mod profile;
mod random;
mod scope;
mod sight;
mod strategy;
pub mod syntax;
#[cfg(test)]
mod tests;
mod visit;
mod writer;

pub use generator::{Generator, Program, Reached};
pub use profile::{Profile, UnknownProfile};
pub use strategy::{ProgramTree, Programs, programs};
