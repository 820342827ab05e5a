//! The record: JSON, one object a line.

use refdrift_runner::{CaseResult, Summary};
use serde::Serialize;

#[derive(Serialize)]
struct Closing<'a> {
    summary: &'a Summary,
}

/// One case on one Python: a line of the record, without its end of line.
pub fn json_line(result: &CaseResult) -> String {
    line(result)
}

/// The last line of the record, without its end of line.
pub fn json_summary(summary: &Summary) -> String {
    line(&Closing { summary })
}

/// Numbers, strings and enums of ours: nothing in them can fail to be JSON.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string()))
}
