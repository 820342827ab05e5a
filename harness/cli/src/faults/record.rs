//! What becomes of each fault, kept as the run goes.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;

use refdrift_cases::Case;
use refdrift_runner::faults::{FORMAT, Fate, FaultResult, Sites};
use serde_json::{Value, json};

use crate::Failure;

/// What a record begins with: only the same run goes on with it.
pub(super) struct Header(Value);

impl Header {
    /// Of a run of these cases, over these sites.
    pub(super) fn of(pythons: &[String], cases: &[Case], sites: &Sites) -> Self {
        let mut hasher = DefaultHasher::new();
        sites.iter().for_each(|site| site.hash(&mut hasher));
        for case in cases {
            (case.id(), &case.source).hash(&mut hasher);
        }
        Self(json!({"format": FORMAT, "record": "faults", "pythons": pythons, "run": format!("{:016x}", hasher.finish())}))
    }
}

/// The faults (site and mode by name) that a record, of whatever run, has as caught.
pub(super) fn caught(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| cannot_be_read(path, &error))?;
    let results = parse(path, text.lines().skip(1))?;
    let caught = results.into_iter().filter(|result| result.fate == Fate::Caught);
    Ok(caught.map(|result| (result.site, result.mode)).collect())
}

/// Begins a record, or goes on with it: the file, and what it says already.
pub(super) fn open(path: &Path, header: &Header, resume: bool) -> Result<(File, Vec<FaultResult>), Failure> {
    let wrong = |what: String| Failure::usage(format!("{}: {what}", path.display()));
    let cannot = |error: std::io::Error| wrong(format!("cannot be written: {error}"));
    let mut kept = format!("{}\n", header.0);
    let mut results = Vec::new();
    if path.exists() {
        if !resume {
            return Err(wrong("is there already; --resume goes on with it".to_owned()));
        }
        let text = fs::read_to_string(path).map_err(|error| cannot_be_read(path, &error))?;
        // A last line without an end was cut off.
        let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        if lines.next().is_some_and(|first| *first != kept) {
            return Err(wrong("is the record of another run: other sources, cases or Pythons".to_owned()));
        }
        results = parse(path, lines.clone())?;
        kept.extend(lines);
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).map_err(cannot)?;
    file.write_all(kept.as_bytes()).map_err(cannot)?;
    Ok((file, results))
}

/// The results in the lines after a record's first.
fn parse<'a>(path: &Path, lines: impl Iterator<Item = &'a str>) -> Result<Vec<FaultResult>, Failure> {
    let parsed = lines.enumerate().map(|(number, line)| {
        serde_json::from_str(line).map_err(|error| Failure::usage(format!("{}: line {}: {error}", path.display(), number + 2)))
    });
    parsed.collect()
}

fn cannot_be_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{}: cannot be read: {error}", path.display()))
}
