//! JUnit's XML, which every CI server reads; by the schema that Jenkins measures it by.

use std::collections::HashMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};
use refdrift_record::{CaseResult, Standing};

use crate::Head;
use crate::finding::{self, Selection};
use crate::table::count_words;

/// At most that many runs that are no findings are listed; the others are in their suite's counts, which its property
/// `runs not listed` says.
const MOST_LISTED: usize = 20_000;
/// The name of that property.
const NOT_LISTED: &str = "runs not listed";

/// Collects the results of a record and renders them at its end.
///
/// A divergence, and a statement of a case that does not hold, is a failure; an engine that failed is an error; what is unsupported
/// or incomparable is skipped.
#[derive(Debug, Default)]
pub struct Junit {
    suites: Vec<TestSuite>,
    places: HashMap<String, usize>,
    unlisted: HashMap<usize, usize>,
    listed: usize,
    selection: Selection,
}

impl Junit {
    /// An empty report.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result.
    pub fn add(&mut self, result: &CaseResult) {
        let place = self.suite(finding::identity(&result.case).0);
        let listed = if finding::is_finding(result) {
            self.selection.takes(result)
        } else {
            self.listed += 1;
            self.listed <= MOST_LISTED
        };
        let suite = &mut self.suites[place];
        if let Some(times) = result.times {
            let spent = Duration::from_micros(times.reference_us + times.subject_us + times.compare_us);
            suite.time = Some(suite.time.unwrap_or_default() + spent);
        }
        if listed {
            suite.add_test_case(test_case(result));
            return;
        }
        suite.tests += 1;
        match result.verdict {
            Standing::Agreed | Standing::Expected => {}
            Standing::Unsupported | Standing::Incomparable => suite.skipped += 1,
            Standing::Diverged => suite.failures += 1,
            Standing::Failed if result.fault.is_some() => suite.errors += 1,
            Standing::Failed => suite.failures += 1,
        }
        *self.unlisted.entry(place).or_default() += 1;
    }

    fn suite(&mut self, suite: &str) -> usize {
        *self.places.entry(suite.to_owned()).or_insert_with(|| {
            self.suites.push(TestSuite::new(if suite.is_empty() { "refdrift" } else { suite }));
            self.suites.len() - 1
        })
    }

    /// The whole file.
    pub fn render(mut self, head: &Head) -> String {
        let mut report = Report::new("refdrift");
        for (place, unlisted) in self.unlisted {
            self.suites[place].add_property(Property::new(NOT_LISTED, unlisted.to_string()));
        }
        for mut suite in self.suites {
            suite.add_property(Property::new("refdrift", &head.refdrift)).add_property(Property::new("cases", &head.origin));
            for remark in &head.remarks {
                suite.add_property(Property::new("remark", remark));
            }
            report.add_test_suite(suite);
        }
        let skipped = format!(" skipped=\"{}\"", report.skipped);
        // Writing to memory fails for nothing but characters that are no XML, and those are left out before.
        let text = report.to_string().unwrap_or_default();
        // The schema has this count for suites only.
        match text.split_once("<testsuite ") {
            Some((head, suites)) => format!("{}<testsuite {suites}", head.replacen(&skipped, "", 1)),
            None => text.replacen(&skipped, "", 1),
        }
    }
}

fn test_case(result: &CaseResult) -> TestCase {
    let (suite, name) = finding::identity(&result.case);
    let mut case = TestCase::new(format!("{name} on {}", result.python), status(result));
    case.set_classname(if suite.is_empty() { "refdrift" } else { suite });
    if let Some(times) = result.times {
        case.set_time(Duration::from_micros(times.reference_us + times.subject_us + times.compare_us));
    }
    case
}

fn status(result: &CaseResult) -> TestCaseStatus {
    let kind = match result.verdict {
        Standing::Agreed | Standing::Expected => return TestCaseStatus::success(),
        Standing::Unsupported | Standing::Incomparable => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {}", result.verdict, result.reason.as_deref().unwrap_or_default()));
            return status;
        }
        Standing::Failed if result.fault.is_some() => NonSuccessKind::Error,
        Standing::Diverged | Standing::Failed => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(finding::kind(result)).set_message(finding::sentence(result)).set_description(description(result));
    status
}

/// All that is known of a finding, as lines.
fn description(result: &CaseResult) -> String {
    let mut lines = vec![finding::headline(result), finding::sentence(result)];
    let place = finding::place(result);
    if !place.is_empty() {
        lines.push(format!("at {place}"));
    }
    for divergence in result.divergences.iter().filter(|_| result.verdict == Standing::Diverged).take(3) {
        lines.push(divergence.to_string());
        if !divergence.label.is_empty() {
            let (reference, subject) = (count_words(divergence.reference), count_words(divergence.subject));
            lines.push(format!("  {}: CPython {reference}, the VM {subject}", divergence.label));
        }
    }
    if let Some(evidence) = &result.evidence {
        for (engine, owners) in [("CPython", &evidence.owners.reference), ("the VM", &evidence.owners.subject)] {
            if let Some(owners) = owners {
                lines.push(format!(
                    "  owners in {engine}: {}",
                    if owners.is_empty() { "none".to_owned() } else { owners.join("; ") }
                ));
            }
        }
    }
    lines.extend(result.unmet.iter().cloned());
    if let Some(source) = result.shrunk.as_ref().map(|shrunk| &shrunk.source).or(result.source.as_ref()) {
        lines.push(String::new());
        lines.push(source.trim_end().to_owned());
        lines.push(String::new());
    }
    lines.push(finding::command(result));
    lines.join("\n")
}
