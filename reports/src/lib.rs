//! What refdrift prints.
//!
//! Each renderer is a pure function (or a collector with a pure ending) from what the runner tells, [`RunEvent`]s and
//! [`Examination`]s, to text: [`Table`] the summary for a terminal, [`explain`] one case
//! instruction by instruction, [`interpreters`] what `refdrift pythons` lists, [`coverage()`] how much is covered. Nothing here reads, runs or fails.
//!
//! [`RunEvent`]: refdrift_runner::RunEvent
//! [`Examination`]: refdrift_runner::Examination
#![forbid(unsafe_code)]

mod buckets;
mod coverage;
mod explain;
mod names;
mod paint;
mod pythons;
mod replay;
mod table;
mod wrap;

pub use buckets::{findings, summary_line};
pub use coverage::{COVERAGE_FORMAT, coverage, coverage_json};
pub use explain::{Subject, explain};
pub use paint::Paint;
pub use pythons::{PythonLine, interpreters, interpreters_json};
pub use table::Table;
