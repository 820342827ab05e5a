//! The record of a run: what is kept of it, and all that reports are made from.
//!
//! A record is text, one JSON object a line ([`Line`]), written as the run goes:
//!
//! | line | what it is |
//! | --- | --- |
//! | `{"record": 2, …}` | [`Header`]: the first line; which refdrift, what was asked for, which shard of it this is |
//! | `{"number": 17, "case": …}` | [`CaseResult`]: one case on one Python, in ascending order of their numbers |
//! | `{"summary": …}` | [`Ending`]: the last line; without it the run was killed or still goes on |
//!
//! A run's *number* is its place in the whole that was asked for, whatever shard ran it, so records can be resumed
//! ([`Writer::resume`]), and shards ([`Partition`]) be put together ([`merge()`]). Findings are grouped by [`Signature`] ([`Buckets`]).
//!
//! A record that was cut off in the middle of a line is read up to there ([`Reader::cut_off`]). What is no record, or one of another
//! format, is an error that names the file and the line: [`ReadError`].
#![forbid(unsafe_code)]

mod buckets;
mod evidence;
mod header;
mod merge;
mod partition;
mod read;
mod result;
mod signature;
mod write;

pub use buckets::{Bucket, Buckets, Example};
pub use evidence::{Evidence, EvidenceLimit, LifeStep, MOST_EVIDENCE, Owners};
pub use header::{Ending, Header, Origin, RECORD_FORMAT};
pub use merge::{MergeError, Merged, merge};
pub use partition::{Partition, PartitionError, PartitionKind};
pub use read::{Line, ReadError, Reader};
pub use result::{CaseResult, Fault, Shrunk, Standing, Summary, Times};
pub use signature::Signature;
pub use write::{WriteError, Writer, text};
