//! One line for each run that did not agree, for `grep`, `cut` and `diff`.

use std::fmt::Write;

use refdrift_record::{CaseResult, Standing, Summary};

use crate::finding;
use crate::table::{closing, count_words};

/// Collects the results of a run and renders them at its end.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    text: String,
}

impl Plain {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result.
    pub fn add(&mut self, result: &CaseResult) {
        if matches!(result.verdict, Standing::Agreed | Standing::Expected) {
            return;
        }
        let first = result.divergences.first().filter(|_| result.verdict == Standing::Diverged);
        let kind = first.map_or_else(|| finding::kind(result), |first| first.kind.name().to_owned());
        let about = first.map_or_else(|| finding::sentence(result), |first| first.label.clone());
        let counts = first.filter(|first| !first.label.is_empty());
        let fields = [
            result.verdict.name().to_owned(),
            result.case.clone(),
            result.python.clone(),
            kind,
            first.map_or_else(String::new, |first| finding::after(first).to_owned()),
            about,
            counts.map_or_else(String::new, |first| count_words(first.reference)),
            counts.map_or_else(String::new, |first| count_words(first.subject)),
            finding::place(result),
        ];
        let fields = fields.map(|field| field.replace(['\t', '\n', '\r'], " "));
        let _ = writeln!(self.text, "{}", fields.join("\t"));
    }

    /// The lines, and the counts as the last one: standing, case, Python, kind, after which instruction, object (or why), the count
    /// in CPython, that in the VM, file and line.
    pub fn render(&self, summary: &Summary, interrupted: bool) -> String {
        let end = if interrupted { " (interrupted)" } else { "" };
        format!("{}{}{end}\n", self.text, closing(summary, crate::Paint::PLAIN))
    }
}
