//! What `report` and `compare` take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

pub(super) const REPORT_HELP: &str = "\
A RECORD is what `refdrift check --format json` prints, whole or cut off. Several are put into one
report if they are parts of one run (its shards, or its Pythons). All that is asked for is made in one
reading; without an output the table is printed, as `check` does. Files and folders are written as a
whole or not at all; an older report in DIR is replaced.

  --html DIR     index.html, and a page for each divergence or failure: the source, who holds the
                 object in each engine, its life, the command that shows it again. Needs no network
  --junit FILE   JUnit XML: a divergence is a failure, a failed engine an error, unsupported is skipped
  --sarif FILE   SARIF 2.1.0; a divergence points at the line of the case's file
  --github       GitHub's annotations, on standard output

Examples:
  refdrift check --format json > record.jsonl
  refdrift report record.jsonl --html report --junit junit.xml
  refdrift report record.jsonl --markdown \"$GITHUB_STEP_SUMMARY\" --github
  refdrift report record.jsonl --html report --against last-night.jsonl
  refdrift report record.jsonl --format plain | grep free_order

Exit codes: 0 done (whatever the record holds), 2 bad input.";

pub(super) const COMPARE_HELP: &str = "\
Cases are the same if they have the same name and run on the same series of Python (3.12). It gets
worse if a case diverges, fails or is unsupported (or incomparable) and was not so before.

  newly diverging, newly failing, newly unsupported   got worse
  diverging or failing otherwise                      with another kind, instruction or type
  still diverging or failing, fixed, gone

Examples:
  refdrift compare main.jsonl branch.jsonl
  refdrift compare main.jsonl branch.jsonl --markdown > comment.md
  refdrift compare main.jsonl branch.jsonl --format plain | grep '^newly'

Exit codes: 0 nothing got worse, 1 something did, 2 bad input.";

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Records of one run
    #[arg(value_name = "RECORD", required = true)]
    pub(crate) records: Vec<PathBuf>,
    /// Write pages for a browser to this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) html: Option<PathBuf>,
    /// Write JUnit XML to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write SARIF to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Write a summary in Markdown to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Print annotations for GitHub
    #[arg(long)]
    pub(crate) github: bool,
    /// Tell what is new since this older record
    #[arg(long, value_name = "RECORD")]
    pub(crate) against: Option<PathBuf>,
    /// Print this as well [default: the table, if nothing else is asked for]
    #[arg(long, value_enum)]
    pub(crate) format: Option<TextFormat>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The older record
    pub(crate) base: PathBuf,
    /// The newer one
    pub(crate) new: PathBuf,
    /// Print Markdown, for a pull request's comment
    #[arg(long, conflicts_with = "format")]
    pub(crate) markdown: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
}

/// How a record is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For people
    Table,
    /// One line for each run that did not agree (each case of which something became), with tabs between its fields
    Plain,
}
