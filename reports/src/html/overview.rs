//! The overview.

use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use refdrift_record::{CaseResult, Signature, Standing, Summary};
use sha2::{Digest, Sha256};

use crate::finding::{self, grouped};
use crate::table::count_words;
use crate::totals::Totals;
use crate::{Change, Changes, Head};

use super::STYLE;

const SCRIPT: &str = include_str!("../../templates/filter.js");
/// At most that many suites are listed.
const MOST_SUITES: usize = 500;

#[derive(Template)]
#[template(path = "overview.html")]
pub(super) struct Overview<'a> {
    style: &'static str,
    script: &'static str,
    /// What the page's security policy allows to run.
    script_hash: String,
    head: &'a Head,
    title: String,
    standings: Vec<Share>,
    pythons: Vec<String>,
    kinds: Vec<&'a str>,
    rows: &'a [Row],
    untold: usize,
    groups: Vec<GroupRow<'a>>,
    suites: Vec<SuiteRow>,
    more_suites: usize,
    total: Vec<Cell>,
    missing: Vec<(&'a str, String, &'a str)>,
    incomparable: &'a [(String, String)],
    trend: Vec<Trend<'a>>,
    against: bool,
}

/// How many runs stand somehow.
struct Share {
    name: &'static str,
    count: String,
    /// Its part of the whole, as the bar shows it.
    percent: String,
}

/// One line of the list of findings.
#[derive(Clone, Debug)]
pub(super) struct Row {
    case: String,
    python: String,
    standing: &'static str,
    kind: String,
    after: String,
    label: String,
    reference: String,
    subject: String,
    line: String,
    known: Option<String>,
    /// Whether it was none in the record that the report is measured by.
    pub(super) new: bool,
    page: String,
}

impl Row {
    pub(super) fn new(result: &CaseResult, page: String, change: Option<Change>) -> Self {
        let first = result.divergences.first().filter(|_| result.verdict == Standing::Diverged);
        Self {
            case: result.case.clone(),
            python: result.python.clone(),
            standing: result.verdict.name(),
            kind: finding::kind(result),
            after: first.map_or_else(String::new, |first| finding::after(first).to_owned()),
            label: first.map_or_else(|| finding::sentence(result), |first| first.label.clone()),
            reference: first.filter(|first| !first.label.is_empty()).map_or_else(String::new, |first| count_words(first.reference)),
            subject: first.filter(|first| !first.label.is_empty()).map_or_else(String::new, |first| count_words(first.subject)),
            line: finding::source_line(result).map_or_else(String::new, |line| line.to_string()),
            known: result.known.clone(),
            new: change.is_some_and(Change::is_worse),
            page,
        }
    }

    /// What the search looks at.
    fn haystack(&self) -> String {
        let known = self.known.as_deref().unwrap_or_default();
        let new = if self.new { "new" } else { "" };
        [&self.case, &self.python, self.standing, &self.kind, &self.after, &self.label, known, new].join(" ").to_lowercase()
    }
}

/// Findings that have the same signature.
struct GroupRow<'a> {
    count: String,
    signature: &'a Signature,
    kind: String,
    known: Option<&'a str>,
    example: &'a str,
    page: Option<&'a str>,
}

struct SuiteRow {
    name: String,
    cells: Vec<Cell>,
}

/// A suite on one Python.
struct Cell {
    /// How many ran, and how many of them need no look; empty if none ran.
    text: String,
    class: &'static str,
    title: String,
}

/// What became of cases since another record.
struct Trend<'a> {
    change: Change,
    count: usize,
    entries: &'a [crate::compare::Entry],
    more: usize,
}

impl<'a> Overview<'a> {
    pub(super) fn new(head: &'a Head, totals: &'a Totals, rows: &'a [Row], untold: usize, changes: Option<&'a Changes>) -> Self {
        let versions = totals.pythons();
        let pythons: Vec<String> = versions.iter().map(|(python, _)| python.clone()).collect();
        let mut kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Self {
            style: STYLE,
            script: SCRIPT,
            script_hash: format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()))),
            head,
            title: title(&totals.summary),
            standings: shares(&totals.summary),
            suites: totals.suites.iter().take(MOST_SUITES).map(|(name, cells)| suite(name, cells, &pythons)).collect(),
            more_suites: totals.suites.len().saturating_sub(MOST_SUITES),
            total: versions.iter().map(|(_, summary)| cell(Some(summary))).collect(),
            pythons,
            kinds,
            rows,
            untold,
            groups: totals
                .ranked_groups()
                .into_iter()
                .map(|(signature, group)| GroupRow {
                    count: grouped(group.count),
                    signature,
                    kind: signature.kind.replace('_', " "),
                    known: group.known.as_deref(),
                    example: &group.example,
                    page: group.page.as_deref(),
                })
                .collect(),
            missing: totals
                .ranked_missing()
                .into_iter()
                .map(|(what, example)| (what.as_str(), grouped(example.count), example.first.as_str()))
                .collect(),
            incomparable: &totals.incomparable,
            trend: changes.map(trend).unwrap_or_default(),
            against: changes.is_some(),
        }
    }
}

fn title(summary: &Summary) -> String {
    let runs = |count: usize| if count == 1 { "1 run".to_owned() } else { format!("{} runs", grouped(count)) };
    let good = summary.agreed + summary.expected;
    match (summary.cases, summary.diverged, summary.failed) {
        (0, _, _) => "Nothing ran".to_owned(),
        (cases, 0, 0) if good == cases => format!("All {} agree", runs(cases)),
        (cases, 0, 0) => format!("{} of {} agree, none diverges", grouped(good), runs(cases)),
        (cases, 0, failed) => format!("{} of {} failed", grouped(failed), runs(cases)),
        (cases, 1, _) => format!("1 of {} diverges", runs(cases)),
        (cases, diverged, _) => format!("{} of {} diverge", grouped(diverged), runs(cases)),
    }
}

fn shares(summary: &Summary) -> Vec<Share> {
    let all = summary.cases.max(1) as f64;
    let share = |standing: Standing| {
        let count = summary.count(standing);
        (count > 0 || matches!(standing, Standing::Agreed | Standing::Diverged)).then(|| Share {
            name: standing.name(),
            count: grouped(count),
            percent: format!("{:.4}", count as f64 * 100.0 / all),
        })
    };
    Standing::ALL.into_iter().filter_map(share).collect()
}

fn suite(name: &str, summaries: &[(String, Summary)], pythons: &[String]) -> SuiteRow {
    let find = |python: &String| summaries.iter().find(|(other, _)| other == python).map(|(_, summary)| summary);
    let name = if name.is_empty() { "(no suite)" } else { name };
    SuiteRow { name: name.to_owned(), cells: pythons.iter().map(|python| cell(find(python))).collect() }
}

fn cell(summary: Option<&Summary>) -> Cell {
    let Some(summary) = summary else {
        return Cell { text: "–".to_owned(), class: "none", title: "no run".to_owned() };
    };
    let good = summary.agreed + summary.expected;
    let bad = summary.diverged + summary.failed;
    let (class, text) = match (bad, good == summary.cases) {
        (0, true) => ("good", grouped(summary.cases)),
        (0, false) => ("mixed", format!("{} / {}", grouped(good), grouped(summary.cases))),
        _ => ("bad", format!("{} / {}", grouped(good), grouped(summary.cases))),
    };
    let parts = Standing::ALL.into_iter().filter(|&standing| summary.count(standing) > 0);
    let title = parts.map(|standing| format!("{} {standing}", grouped(summary.count(standing)))).collect::<Vec<_>>().join(", ");
    Cell { text, class, title }
}

fn trend(changes: &Changes) -> Vec<Trend<'_>> {
    changes.told().map(|(change, count, entries)| Trend { change, count, entries, more: count - entries.len() }).collect()
}
