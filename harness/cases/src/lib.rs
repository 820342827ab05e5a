//! Case files: from YAML (or Python) to typed [`Case`]s.
#![forbid(unsafe_code)]

mod case;
mod error;
mod expect;
mod load;

pub use case::{Case, VersionSelection};
pub use error::CaseError;
pub use expect::{Expect, ExpectedCount, ExpectedDivergence, ExpectedFree, Failure, FreeAt};
pub use load::{Selection, load};
