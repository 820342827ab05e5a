//! Findings as annotations of GitHub's: workflow commands on standard output.

use std::fmt::Write;

use refdrift_record::CaseResult;

use crate::finding;

/// GitHub shows ten annotations of a step, and fifty of a job.
const MOST: usize = 50;

/// Collects the findings of a record and renders them at its end.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    text: String,
    told: usize,
    untold: usize,
}

impl Annotations {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result.
    pub fn add(&mut self, result: &CaseResult) {
        if !finding::is_finding(result) {
            return;
        }
        if self.told == MOST {
            self.untold += 1;
            return;
        }
        self.told += 1;
        // A known difference is no news.
        let level = if result.known.is_some() { "notice" } else { "error" };
        let title = property(&format!("{} on Python {}", finding::headline(result), result.python));
        let place = if result.path.is_empty() {
            String::new()
        } else {
            format!("file={},line={},", property(&result.path), finding::file_line(result))
        };
        let after = result.divergences.first().map_or_else(String::new, |first| format!(", after {}", finding::after(first)));
        let message = message(&format!("{}: {}{after}\n{}", result.case, finding::sentence(result), finding::command(result)));
        let _ = writeln!(self.text, "::{level} {place}title={title}::{message}");
    }

    /// One line for each.
    pub fn render(&self) -> String {
        let mut text = self.text.clone();
        if self.untold > 0 {
            let _ = writeln!(text, "::notice::refdrift: {} more findings are not annotated", self.untold);
        }
        text
    }
}

/// A text as the message of a workflow command.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text as the value of a property.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}
