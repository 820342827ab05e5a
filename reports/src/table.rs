//! The summary of a run for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write;

use refdrift_compare::Divergence;
use refdrift_compare::DivergenceKind::{self, EarlyFree, FreeOrder, LateFree, NeverFreed};
use refdrift_record::{CaseResult, Evidence, Fault, Standing, Summary};
use refdrift_trace::IMMORTAL;
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};

use crate::divergences::Divergences;
use crate::excerpt::excerpt;
use crate::wrap::{visible, wrap};
use crate::{Paint, owners};

/// The width that everything fits where words can be broken.
const WIDTH: usize = 80;
/// How many columns of counts have room for whole words at their head.
const MOST_COLUMNS: usize = 4;
/// How much of a suite's name is shown.
const SUITE: usize = 16;
/// The same where there are many columns.
const NARROW_SUITE: usize = 12;
/// How many diverged runs are told at length.
const MOST_DIVERGED: usize = 20;
/// How many objects of one diverged run are told.
const MOST_OBJECTS: usize = 3;
/// How many lines a list has of what failed or is incomparable.
const MOST_LINES: usize = 100;
/// How many owners of one object are told.
const MOST_OWNERS: usize = 8;

/// Collects the results of a run and renders them at its end.
#[derive(Clone, Debug, Default)]
pub struct Table {
    suites: BTreeMap<(String, String), Summary>,
    order: Vec<(String, String)>,
    /// Those that are told at length.
    diverged: Vec<CaseResult>,
    divergences: Divergences,
    causes: BTreeMap<(DivergenceKind, String), (usize, String)>,
    failed: Lines,
    incomparable: Lines,
    unmet: Lines,
    missing: BTreeMap<String, (usize, String)>,
}

impl Table {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result.
    pub fn add(&mut self, result: &CaseResult) {
        let suite = result.case.rsplit_once('/').map_or("", |(suite, _)| suite);
        let key = (suite.to_owned(), result.python.clone());
        if !self.suites.contains_key(&key) {
            self.order.push(key.clone());
        }
        self.suites.entry(key).or_default().add(result.verdict);
        for line in &result.unmet {
            self.unmet.push(|| format!("{line} (Python {})", result.python));
        }
        match result.verdict {
            Standing::Agreed | Standing::Expected => {}
            Standing::Diverged => self.add_diverged(result),
            Standing::Incomparable => self.incomparable.push(|| {
                let reason = result.reason.as_deref().unwrap_or_default();
                format!("{}:{}: {} on {}: {reason}", result.path, result.line, result.case, result.python)
            }),
            Standing::Failed if result.reason.is_some() => self.failed.push(|| failure_line(result)),
            Standing::Failed => {}
            Standing::Unsupported => {
                let what = result.reason.clone().unwrap_or_default();
                let example = format!("{} on {}{}", result.case, result.python, line_words(result.reason_line));
                self.missing.entry(what).or_insert((0, example)).0 += 1;
            }
        }
    }

    /// The whole table.
    pub fn render(&self, summary: &Summary, interrupted: bool, paint: Paint) -> String {
        let mut text = String::new();
        if !self.suites.is_empty() {
            text.push_str(&self.counts(summary, paint));
            text.push('\n');
        }
        self.render_diverged(&mut text, paint);
        section(&mut text, paint, "failed", &self.failed);
        section(&mut text, paint, "not as the case states", &self.unmet);
        section(&mut text, paint, "incomparable", &self.incomparable);
        self.render_missing(&mut text, paint);
        let _ = writeln!(text, "{}{}", closing(summary, paint), if interrupted { " (interrupted)" } else { "" });
        text
    }

    fn counts(&self, summary: &Summary, paint: Paint) -> String {
        let shown: Vec<Standing> = Standing::ALL
            .into_iter()
            .filter(|&standing| matches!(standing, Standing::Agreed | Standing::Diverged) || summary.count(standing) > 0)
            .collect();
        let mut builder = Builder::default();
        let wide = shown.len() > MOST_COLUMNS;
        let heads = shown.iter().map(|&standing| match standing {
            Standing::Unsupported if wide => "unsup-\nported",
            Standing::Incomparable if wide => "incom-\nparable",
            standing => standing.name(),
        });
        builder.push_record(["suite", "python", "cases"].into_iter().chain(heads).map(|head| paint.heading(head)));
        let row = |suite: &str, python: &str, counts: &Summary| {
            let mut row =
                vec![shortened(suite, if wide { NARROW_SUITE } else { SUITE }), python.to_owned(), counts.cases.to_string()];
            row.extend(shown.iter().map(|&standing| match counts.count(standing) {
                0 => paint.quiet(0),
                count => paint.standing(standing, count),
            }));
            row
        };
        for key in &self.order {
            builder.push_record(row(&key.0, &key.1, &self.suites[key]));
        }
        if self.order.len() > 1 {
            builder.push_record(row("all", "", summary));
        }
        let mut table = builder.build();
        table.with(Style::empty()).with(Padding::new(0, 2, 0, 0)).with(Modify::new(Columns::new(2..)).with(Alignment::right()));
        let rendered = table.to_string();
        rendered.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    fn render_diverged(&self, text: &mut String, paint: Paint) {
        if self.diverged.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", paint.heading("diverged"));
        text.push_str(&self.divergences.render(paint));
        for result in &self.diverged {
            let case = paint.bad(format_args!("{} on {}", result.case, result.python));
            let _ = writeln!(text, "  {case} ({}:{})", result.path, result.line);
            for line in excerpt(result, paint) {
                let _ = writeln!(text, "    {line}");
            }
            for (index, divergence) in result.divergences.iter().take(MOST_OBJECTS).enumerate() {
                divergence_lines(text, divergence, result.evidence.as_deref().filter(|_| index == 0), index == 0, paint);
            }
            let more = result.divergences.len().saturating_sub(MOST_OBJECTS) + result.untold;
            if more > 0 {
                let _ = writeln!(text, "    and {more} more {}", if more == 1 { "object" } else { "objects" });
            }
        }
        let more = self.causes.values().map(|(count, _)| count).sum::<usize>() - self.diverged.len();
        if more > 0 {
            let _ = writeln!(text, "  and {more} more runs; refdrift report of the record has them all");
        }
        text.push('\n');
        self.render_causes(text, paint);
    }

    fn add_diverged(&mut self, result: &CaseResult) {
        if self.diverged.len() < MOST_DIVERGED {
            self.diverged.push(result.clone());
        }
        self.divergences.add(result);
        let Some(first) = result.divergences.first() else { return };
        let instruction = first.cause.as_ref().map_or("the start", |cause| {
            if cause.offset.is_some() { cause.instruction.split(' ').next().unwrap_or_default() } else { "the teardown" }
        });
        let example = || format!("({} on {})", result.case, result.python);
        self.causes.entry((first.kind, instruction.to_owned())).or_insert_with(|| (0, example())).0 += 1;
    }

    /// The first divergences of all runs by their kind and instruction: many of them may have one cause.
    fn render_causes(&self, text: &mut String, paint: Paint) {
        if self.diverged.len() < 2 {
            return;
        }
        let _ = writeln!(text, "{}", paint.heading("first divergences"));
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(cause, (count, _))| (std::cmp::Reverse(*count), *cause));
        for ((kind, instruction), (count, example)) in causes {
            let _ = writeln!(text, "  {count:>5}  {kind} after {instruction}  {}", paint.quiet(example));
        }
        text.push('\n');
    }

    fn render_missing(&self, text: &mut String, paint: Paint) {
        if self.missing.is_empty() {
            return;
        }
        let _ = writeln!(text, "{}", paint.heading("unsupported"));
        let mut missing: Vec<_> = self.missing.iter().collect();
        missing.sort_by_key(|(what, (count, _))| (std::cmp::Reverse(*count), *what));
        for (what, (count, example)) in missing {
            let _ = writeln!(text, "  {count:>5}  {what}  {}", paint.quiet(format_args!("({example})")));
        }
        text.push('\n');
    }
}

/// A suite's name, of a long one the end.
fn shortened(suite: &str, width: usize) -> String {
    let length = suite.chars().count();
    if length <= width {
        return suite.to_owned();
    }
    ['…'].into_iter().chain(suite.chars().skip(length - width + 1)).collect()
}

/// `35 runs: 30 agreed, 5 unsupported`
pub(crate) fn closing(summary: &Summary, paint: Paint) -> String {
    let parts: Vec<String> = Standing::ALL
        .into_iter()
        .filter(|&standing| summary.count(standing) > 0)
        .map(|standing| paint.standing(standing, format_args!("{} {standing}", summary.count(standing))))
        .collect();
    let runs = if summary.cases == 1 { "run" } else { "runs" };
    let parts = if parts.is_empty() { "nothing ran".to_owned() } else { parts.join(", ") };
    format!("{} {runs}: {parts}", summary.cases)
}

/// Lines of which the first ones are kept.
#[derive(Clone, Debug, Default)]
struct Lines {
    kept: Vec<String>,
    more: usize,
}

impl Lines {
    fn push(&mut self, line: impl FnOnce() -> String) {
        if self.kept.len() < MOST_LINES { self.kept.push(visible(&line())) } else { self.more += 1 }
    }
}

fn section(text: &mut String, paint: Paint, heading: &str, lines: &Lines) {
    if lines.kept.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", paint.heading(heading));
    for line in lines.kept.iter().flat_map(|line| line.lines()) {
        let _ = writeln!(text, "  {line}");
    }
    if lines.more > 0 {
        let _ = writeln!(text, "  and {} more", lines.more);
    }
    text.push('\n');
}

/// `path:line: message (case on 3.12.1)`
fn failure_line(result: &CaseResult) -> String {
    let line = result.reason_line.map_or(result.line, |line| result.source_line + line.saturating_sub(1));
    let reason = result.reason.as_deref().unwrap_or_default();
    let whose = if result.fault == Some(Fault::Source) { "CPython refuses the source: " } else { "" };
    format!("{}:{line}: {whose}{reason} ({} on {})", result.path, result.case, result.python)
}

fn divergence_lines(text: &mut String, divergence: &Divergence, evidence: Option<&Evidence>, first: bool, paint: Paint) {
    for (index, line) in wrap(&format!("{}: {}", divergence.kind, divergence.detail), WIDTH - 6).iter().enumerate() {
        let indent = if index == 0 { 4 } else { 6 };
        let _ = writeln!(text, "{:indent$}{line}", "");
    }
    let mut field = |name: &str, value: &str| {
        for (index, line) in wrap(value, WIDTH - 16).iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            let _ = writeln!(text, "      {} {line}", paint.quiet(format_args!("{name:<9}")));
        }
    };
    if let Some(cause) = &divergence.cause {
        field("after", &cause.to_string());
    } else if let Some(place) = &divergence.place {
        field("before", &place.to_string());
    }
    // Where counts differ the detail has said them.
    if matches!(divergence.kind, EarlyFree | LateFree | NeverFreed | FreeOrder) && !divergence.label.is_empty() {
        let (reference, subject) = (count_words(divergence.reference), count_words(divergence.subject));
        field("object", &format!("{}: CPython {reference}, the VM {subject}", divergence.label));
    }
    if let Some(evidence) = evidence {
        for line in owners::side_by_side(evidence, WIDTH - 6, paint) {
            let _ = writeln!(text, "      {line}");
        }
    } else if first && !divergence.owners.is_empty() {
        let mut owners = divergence.owners.iter().take(MOST_OWNERS).cloned().collect::<Vec<_>>();
        if divergence.owners.len() > MOST_OWNERS {
            owners.push(format!("and {} more", divergence.owners.len() - MOST_OWNERS));
        }
        field("owners", &owners.join("; "));
    }
}

/// A count in words; none is an object that is gone or was never there.
pub(crate) fn count_words(count: Option<i32>) -> String {
    match count {
        None => "freed".to_owned(),
        Some(IMMORTAL) => "immortal".to_owned(),
        Some(count) => count.to_string(),
    }
}

fn line_words(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}
