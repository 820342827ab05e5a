//! The first divergences of all runs, one a line.

use refdrift_record::{CaseResult, Standing};
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};

use crate::table::count_words;
use crate::{Paint, finding};

/// How many are listed.
const MOST: usize = 100;
/// How wide the columns are whose texts may be of any length.
const AFTER: usize = 18;
const OBJECT: usize = 14;
const PLACE: usize = 20;

/// Collects one line for each diverged run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Divergences {
    rows: Vec<[String; 6]>,
    more: usize,
}

impl Divergences {
    /// Takes in a diverged run.
    pub(crate) fn add(&mut self, result: &CaseResult) {
        let Some(first) = result.divergences.first().filter(|_| result.verdict == Standing::Diverged) else { return };
        if self.rows.len() == MOST {
            self.more += 1;
            return;
        }
        let place = finding::place(result);
        let place = if place.is_empty() { &result.case } else { &place };
        let counts = |count| if first.label.is_empty() { String::new() } else { count_words(count) };
        self.rows.push([
            first.kind.words().to_owned(),
            begun(finding::after(first), AFTER),
            begun(&first.label, OBJECT),
            counts(first.reference),
            counts(first.subject),
            ended(place, PLACE),
        ]);
    }

    /// The table, 80 columns wide at most; nothing where one line would say no more than what is told at length.
    pub(crate) fn render(&self, paint: Paint) -> String {
        if self.rows.len() < 2 {
            return String::new();
        }
        let mut builder = Builder::default();
        builder.push_record(["kind", "after", "object", "CPython", "VM", "where"].map(|head| paint.quiet(head)));
        for row in &self.rows {
            builder.push_record(row.clone());
        }
        let mut table = builder.build();
        table.with(Style::empty()).with(Padding::new(0, 1, 0, 0)).with(Modify::new(Columns::new(3..5)).with(Alignment::right()));
        let mut lines: Vec<String> = table.to_string().lines().map(|line| format!("  {}", line.trim_end())).collect();
        if self.more > 0 {
            lines.push(format!("  and {} more; --format plain lists all", self.more));
        }
        lines.join("\n") + "\n\n"
    }
}

/// A text's beginning.
fn begun(text: &str, width: usize) -> String {
    if text.chars().count() <= width { text.to_owned() } else { text.chars().take(width - 1).chain(['…']).collect() }
}

/// A text's end.
fn ended(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width { text.to_owned() } else { ['…'].into_iter().chain(text.chars().skip(length - width + 1)).collect() }
}
