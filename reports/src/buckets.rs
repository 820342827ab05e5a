//! The findings of a run by their signature, as `refdrift fuzz` and `refdrift merge` end with.

use std::fmt::Write;

use refdrift_record::{Bucket, Buckets, Signature, Standing, Summary};

use crate::Paint;
use crate::table::closing;

/// How many buckets are told at length.
const MOST_BUCKETS: usize = 20;
/// How many lines of an example are shown.
const MOST_LINES: usize = 14;

/// What a run found: its buckets, the most frequent first, each with its smallest program, known differences apart. With an earlier
/// run's buckets each says whether it is new, and those that are gone are listed.
pub fn findings(buckets: &Buckets, earlier: Option<&Buckets>, paint: Paint) -> String {
    let mut text = String::new();
    let (known, fresh): (Vec<_>, Vec<_>) = buckets.by_count().into_iter().partition(|(_, bucket)| bucket.known.is_some());
    if !fresh.is_empty() {
        let _ = writeln!(text, "{}", paint.heading("findings"));
    }
    for (signature, bucket) in fresh.iter().take(MOST_BUCKETS) {
        head(&mut text, signature, bucket, earlier, paint);
        example(&mut text, bucket, paint);
    }
    let untold = fresh.len().saturating_sub(MOST_BUCKETS);
    if untold > 0 {
        let _ = writeln!(text, "  and {untold} more kinds; the record has them all");
    }
    if !known.is_empty() {
        let _ = writeln!(text, "{}", paint.heading("known differences"));
    }
    for (signature, bucket) in known {
        let name = bucket.known.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  {:>7}  {name}: {signature}", bucket.count);
    }
    let gone: Vec<_> = earlier.into_iter().flat_map(Buckets::iter).filter(|(signature, _)| !buckets.has(signature)).collect();
    if !gone.is_empty() {
        let _ = writeln!(text, "{}", paint.heading("gone since the earlier run"));
    }
    for (signature, bucket) in gone {
        let _ = writeln!(text, "  {:>7}  {signature}", bucket.count);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The last line of a run.
pub fn summary_line(summary: &Summary, interrupted: bool, paint: Paint) -> String {
    format!("{}{}\n", closing(summary, paint), if interrupted { " (interrupted)" } else { "" })
}

fn head(text: &mut String, signature: &Signature, bucket: &Bucket, earlier: Option<&Buckets>, paint: Paint) {
    let age = match earlier.map(|earlier| earlier.has(signature)) {
        Some(true) => " (as in the earlier run)",
        Some(false) => " (new)",
        None => "",
    };
    let _ = writeln!(text, "  {:>7}  {}{age}", bucket.count, paint.standing(bucket.verdict, signature));
}

fn example(text: &mut String, bucket: &Bucket, paint: Paint) {
    let example = &bucket.example;
    // What is only missing needs no program to be understood.
    if example.source.is_empty() || matches!(bucket.verdict, Standing::Unsupported | Standing::Incomparable) {
        let _ = writeln!(text, "           {}", paint.quiet(format_args!("first: {}", bucket.first)));
        return;
    }
    let what = if example.shrunk { "shrunk from" } else { "the smallest:" };
    let _ = writeln!(text, "           {}", paint.quiet(format_args!("{what} {}", example.case)));
    for line in example.source.lines().take(MOST_LINES) {
        let _ = writeln!(text, "             {line}");
    }
    let more = example.source.lines().count().saturating_sub(MOST_LINES);
    if more > 0 {
        let _ = writeln!(text, "             {}", paint.quiet(format_args!("… {more} more lines")));
    }
}
