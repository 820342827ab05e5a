//! Pages for a browser: an overview, and one page for each finding.
//!
//! Every page is one file that needs no other one and asks for nothing from anywhere. All text of a record is escaped by the
//! templates; the pages' security policy allows no script but the overview's own.

mod chart;
mod overview;
mod page;

use askama::Template;
use refdrift_record::CaseResult;

use crate::finding::{self, Selection};
use crate::totals::Totals;
use crate::{Change, Changes, Head};

use self::overview::{Overview, Row};

const STYLE: &str = include_str!("../../templates/style.css");

/// A file of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name, a path relative to the report's folder: `index.html`.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Makes the pages out of a record, one result after the other.
#[derive(Debug, Default)]
pub struct Html {
    totals: Totals,
    selection: Selection,
    rows: Vec<Row>,
}

impl Html {
    /// The name of the overview's file.
    pub const OVERVIEW: &'static str = "index.html";

    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result, with what became of it since the record that the report is measured by; hands back its page, if it
    /// needs one.
    pub fn add(&mut self, result: &CaseResult, change: Option<Change>) -> Option<Page> {
        self.totals.add(result);
        if !finding::is_finding(result) || !self.selection.takes(result) {
            return None;
        }
        let name = format!("finding-{}.html", self.rows.len() + 1);
        let row = Row::new(result, name.clone(), change);
        let text = page::render(result, row.new);
        if let Some(group) = refdrift_record::Signature::of(result).and_then(|signature| self.totals.groups.get_mut(&signature)) {
            group.page.get_or_insert_with(|| name.clone());
        }
        self.rows.push(row);
        Some(Page { name, text })
    }

    /// The overview, once all results are in.
    pub fn overview(&self, head: &Head, changes: Option<&Changes>) -> Page {
        let text = Overview::new(head, &self.totals, &self.rows, self.selection.untold, changes);
        Page { name: Self::OVERVIEW.to_owned(), text: rendered(&text) }
    }
}

/// The text of a template. Writing to a string does not fail.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_else(|error| format!("<!doctype html><title>refdrift</title><p>{error}"))
}
