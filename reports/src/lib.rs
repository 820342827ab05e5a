//! What refdrift prints.
//!
//! Each renderer is a pure function (or a collector with a pure ending) to text. Nothing here reads, runs or fails.
//!
//! | from the results of a run or of its record | |
//! | --- | --- |
//! | [`Table`], [`Plain`] | for a terminal, and for what reads lines |
//! | [`Html`] | an overview and a page for each finding, for a browser |
//! | [`Junit`], [`Sarif`], [`Markdown`], [`Annotations`] | for CI servers and code hosts |
//! | [`Changes`] | what became of the cases since another record |
//!
//! All of them take a million results: what agrees is counted, what does not is kept up to a bound and counted behind it.
//!
//! Besides, [`explain`] shows one [`Examination`] instruction by instruction, [`life()`] tells of one object in it,
//! [`interpreters`] what `refdrift pythons` lists, [`coverage()`] how much is covered, [`native()`] what a survey of an extension
//! module found.
//!
//! [`Examination`]: refdrift_runner::Examination
#![forbid(unsafe_code)]

mod buckets;
mod compare;
mod coverage;
mod divergences;
mod excerpt;
mod explain;
mod faults;
mod finding;
mod github;
mod head;
mod html;
mod junit;
mod life;
mod markdown;
mod names;
mod native;
mod owners;
mod paint;
mod plain;
mod pythons;
mod replay;
mod sarif;
mod table;
mod totals;
mod wrap;

pub use buckets::{findings, summary_line};
pub use compare::{Change, Changes};
pub use coverage::{COVERAGE_FORMAT, coverage, coverage_json};
pub use explain::{Subject, explain};
pub use faults::{faults, faults_json};
pub use github::Annotations;
pub use head::Head;
pub use html::{Html, Page};
pub use junit::Junit;
pub use life::life;
pub use markdown::Markdown;
pub use native::{native, native_json};
pub use paint::Paint;
pub use plain::Plain;
pub use pythons::{PythonLine, interpreters, interpreters_json};
pub use sarif::Sarif;
pub use table::Table;
