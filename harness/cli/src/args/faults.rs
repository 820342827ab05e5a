//! The arguments of `refdrift faults`.

use std::path::PathBuf;

use clap::Args;

use super::{RunArgs, percent};

pub(super) const FAULTS_HELP: &str = "\
A site is a place in the VM's source where a reference is taken, given back, lent or transferred. Each
is broken in turn: left-out, twice, wrong-object, early, late; a transfer: counted, given-back. The
cases that reach it run until one diverges. A fault is
  caught     by a divergence; or the VM stopped, or noticed by itself
  survived   made in at least one case, and every case agrees
  unreached  at a site that no case reaches
Only a build that can make mistakes has them: cargo run --release --features faults -- faults

--format json (and --record) is one object a line for each fault.

Examples:
  refdrift faults --python all                    all sites, all modes
  refdrift faults --site eval/data.rs --mode left-out
  refdrift faults --sample 200                    a few, evenly spread
  refdrift faults --record faults.jsonl           Ctrl-C, then --resume goes on
  refdrift faults --missed-in faults.jsonl        after a mend: what was not caught, once more
  refdrift faults --generated 500                 generated programs after the cases
  refdrift faults --list mine.py                  which sites a program reaches

Exit codes: 0 all caught or explained (with --min: at least that many per cent), 1 not, 2 bad input,
3 an engine failed, 4 no case agreed, 130 interrupted.";

#[derive(Debug, Args)]
pub(crate) struct FaultsArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Only sites whose name contains this: a file, a function, retain, release, deallocate …
    #[arg(long, value_name = "PART")]
    pub(crate) site: Option<String>,
    /// Only this mode; may be repeated
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Vec<String>,
    /// Only so many faults, evenly spread over those that the cases reach
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<usize>,
    /// Run so many generated programs, too
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) generated: u64,
    /// Break nothing: list the sites, and how many cases reach each (with --format json: which)
    #[arg(long, conflicts_with_all = ["mode", "sample", "record", "min"])]
    pub(crate) list: bool,
    /// Keep what becomes of each fault in this file, written as the run goes
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Go on with the record of the same run that was broken off
    #[arg(long, requires = "record")]
    pub(crate) resume: bool,
    /// Only the faults that this record of an earlier run does not have as caught
    #[arg(long, value_name = "FILE")]
    pub(crate) missed_in: Option<PathBuf>,
    /// Fail where less than that many per cent of the faults are caught, instead of where one is not
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) min: Option<f64>,
}
