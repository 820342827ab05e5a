//! Native functions: what a case says of the C functions that it brings along.

mod contract;
mod read;
mod twin;

pub use contract::{Container, Contract, Convention, Error, Mode, Parameter, ResultKind};
pub use read::contracts;
pub(crate) use read::{RawNative, native};

use std::collections::BTreeMap;
use std::path::PathBuf;

/// An extension module of a case: its C source, and what its functions do with references.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    /// What the snippet imports it as.
    pub module: String,
    /// The C source.
    pub source: String,
    /// The file that the source lies in: the case file, or one beside it.
    pub path: PathBuf,
    /// The line of that file that holds the first line of the source.
    pub source_line: u32,
    /// The contracts, by the function's name.
    pub functions: BTreeMap<String, Contract>,
    /// What the VM runs instead of the C code: a Python module, out of the contracts and the case's own `twin`.
    pub twin: Twin,
    /// The line of the case file on which it starts.
    pub line: u32,
}

/// Python that does with references what the C code is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Twin {
    /// The source.
    pub text: String,
    /// The line of the case file that each line of it comes from.
    pub lines: Vec<u32>,
}

impl Twin {
    /// The line of the case file that a line of it (from 1) comes from.
    pub fn line(&self, line: u32) -> u32 {
        let index = (line as usize).saturating_sub(1).min(self.lines.len().saturating_sub(1));
        self.lines.get(index).copied().unwrap_or(1)
    }
}
