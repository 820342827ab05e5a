//! `refdrift merge`

use std::io::{self, Write};

use refdrift_record::{Buckets, MergeError, merge as put_together};
use refdrift_reports::{findings, summary_line};

use crate::args::MergeArgs;
use crate::{Failure, exit, paint, say};

pub(crate) fn merge(args: &MergeArgs) -> Result<u8, Failure> {
    let (mut buckets, mut tally) = (Buckets::default(), exit::Tally::default());
    let merged = put_together(&args.records, &args.out, args.allow_missing, &mut |result| {
        buckets.add(result);
        tally.add(result);
    })?;
    for missing in &merged.missing {
        say(&format!("left out: {}", named(missing)));
    }
    let text = findings(&buckets, None, paint()) + &summary_line(&merged.summary, !merged.missing.is_empty(), paint());
    io::stdout().write_all(text.as_bytes())?;
    Ok(tally.code())
}

/// What is left out, without what could have been done about it.
fn named(missing: &MergeError) -> String {
    match missing {
        MergeError::Missing(partition) => partition.to_string(),
        MergeError::Incomplete { path, line } => format!("what would follow line {line} of {}", path.display()),
        other => other.to_string(),
    }
}
