//! The summary of a run in Markdown, for a job's page or a pull request.

use std::fmt::Write;

use refdrift_record::{CaseResult, Standing};

use crate::Head;
use crate::finding::{self, grouped};
use crate::table::count_words;
use crate::totals::Totals;

/// How many findings are told at length: a summary may have 1 MiB, and nobody reads more.
const MOST_TOLD: usize = 20;
/// How many lines a table has.
const MOST_LINES: usize = 50;

/// Collects the results of a record and renders them at its end.
#[derive(Debug, Default)]
pub struct Markdown {
    totals: Totals,
    told: Vec<String>,
    more: usize,
}

impl Markdown {
    /// An empty summary.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result.
    pub fn add(&mut self, result: &CaseResult) {
        self.totals.add(result);
        if finding::is_finding(result) {
            if self.told.len() < MOST_TOLD {
                self.told.push(told(result));
            } else {
                self.more += 1;
            }
        }
    }

    /// The whole summary.
    pub fn render(&self, head: &Head) -> String {
        let mut text = format!("### refdrift: {}\n\n", escaped(&crate::table::closing(&self.totals.summary, crate::Paint::PLAIN)));
        let _ = writeln!(text, "{} with refdrift {}", escaped(&head.origin), escaped(&head.refdrift));
        for remark in &head.remarks {
            let _ = writeln!(text, "\n> {}", escaped(remark));
        }
        self.pythons(&mut text);
        self.groups(&mut text);
        if !self.told.is_empty() {
            text.push_str("\n#### Findings\n\n");
            text.push_str(&self.told.concat());
        }
        if self.more > 0 {
            let _ = writeln!(text, "\nand {} more", grouped(self.more));
        }
        self.missing(&mut text);
        text
    }

    fn pythons(&self, text: &mut String) {
        let shown: Vec<Standing> = Standing::ALL.into_iter().filter(|&standing| self.totals.summary.count(standing) > 0).collect();
        if shown.is_empty() {
            return;
        }
        let cells = |cells: Vec<String>| cells.join(" | ");
        let heads = cells(shown.iter().map(ToString::to_string).collect());
        let _ = writeln!(text, "\n| Python | runs | {heads} |\n| --- | ---: |{}", " ---: |".repeat(shown.len()));
        for (python, summary) in self.totals.pythons() {
            let counts = cells(shown.iter().map(|&standing| grouped(summary.count(standing))).collect());
            let _ = writeln!(text, "| {} | {} | {counts} |", escaped(&python), grouped(summary.cases));
        }
    }

    fn groups(&self, text: &mut String) {
        let groups = self.totals.ranked_groups();
        if groups.is_empty() {
            return;
        }
        text.push_str("\n| findings | | example |\n| ---: | --- | --- |\n");
        for (signature, group) in groups.iter().take(MOST_LINES) {
            let known = group.known.as_ref().map_or_else(String::new, |known| format!(" (known: {known})"));
            let words = escaped(&format!("{signature}{known}"));
            let _ = writeln!(text, "| {} | {words} | {} |", grouped(group.count), escaped(&group.example));
        }
        more(text, groups.len());
    }

    fn missing(&self, text: &mut String) {
        let missing = self.totals.ranked_missing();
        if missing.is_empty() {
            return;
        }
        text.push_str("\n| runs | unsupported | example |\n| ---: | --- | --- |\n");
        for (what, example) in missing.iter().take(MOST_LINES) {
            let _ = writeln!(text, "| {} | {} | {} |", grouped(example.count), escaped(what), escaped(&example.first));
        }
        more(text, missing.len());
    }
}

fn more(text: &mut String, lines: usize) {
    if lines > MOST_LINES {
        let _ = writeln!(text, "\nand {} more lines", lines - MOST_LINES);
    }
}

/// One finding, folded.
fn told(result: &CaseResult) -> String {
    let summary = format!("{} – {} on {}", finding::headline(result), result.case, result.python);
    let mut text = format!("<details><summary>{}</summary>\n\n{}\n\n", escaped(&summary), escaped(&finding::sentence(result)));
    let mut point = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "- {name}: {}", escaped(value));
        }
    };
    point("where", &finding::place(result));
    if let Some(first) = result.divergences.first().filter(|_| result.verdict == Standing::Diverged) {
        point("after", &first.cause.as_ref().map_or_else(String::new, ToString::to_string));
        if !first.label.is_empty() {
            point("CPython", &count_words(first.reference));
            point("the VM", &count_words(first.subject));
        }
    }
    if let Some(source) = result.shrunk.as_ref().map(|shrunk| &shrunk.source).or(result.source.as_ref()) {
        text.push_str(&fenced("python", source));
    }
    text.push_str(&fenced("console", &finding::command(result)));
    text + "\n</details>\n\n"
}

/// A block that nothing in it can end.
fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("\n{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// A text as part of a line: nothing in it is markup, nothing ends the cell of a table.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A mention would tell somebody.
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
