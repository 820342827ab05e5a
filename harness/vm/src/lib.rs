//! refdrift's subject: a Python VM in safe Rust that counts references as CPython does.
#![forbid(unsafe_code)]

mod api;

pub use api::{AddressUse, End, Fault, Inspection, Missing, Options, Owner, Run, Unsupported, VersionUnsupported, Vm};
