//! The record that a run keeps.

use std::path::Path;

use refdrift_record::{CaseResult, Header, Origin, Partition, RECORD_FORMAT, Writer};
use refdrift_runner::Pool;

use crate::Failure;

/// The first line of a run's record.
pub(crate) fn header(origin: Origin, cases: Option<u64>, pool: &Pool, partition: Option<Partition>) -> Header {
    Header {
        record: RECORD_FORMAT,
        refdrift: env!("CARGO_PKG_VERSION").to_owned(),
        origin,
        pythons: pool.references().iter().map(|reference| reference.version.to_string()).collect(),
        cases,
        partition,
    }
}

/// Begins a record, or goes on with one that was broken off: then `seen` is shown what is in it. With the number of the first
/// run that is to be done.
pub(crate) fn open(
    path: &Path,
    header: &Header,
    resume: bool,
    seen: &mut dyn FnMut(&CaseResult),
) -> Result<(Writer, u64), Failure> {
    Ok(if resume { Writer::resume(path, header, seen)? } else { (Writer::create(path, header)?, 0) })
}
