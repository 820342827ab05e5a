//! SARIF, the format of analysers' results: what code hosts show beside the lines of a change.

use std::collections::BTreeMap;
use std::fmt::Write;

use refdrift_compare::DivergenceKind;
use refdrift_record::{CaseResult, Signature, Standing};
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, Invocation, Location, LogicalLocation, Message, MultiformatMessageString, Notification,
    PhysicalLocation, Region, ReportingDescriptor, Result as Finding, ResultLevel, Run, Sarif as Log, Tool, ToolComponent,
};

use crate::finding::{self, Selection};
use crate::{Change, Head};

/// The schema that the file keeps.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The rules that are no kinds of divergence: identifier, what it means.
const OTHER_RULES: [(&str, &str); 2] = [
    ("engine_failed", "An engine crashed, ran out of time or steps, or refused the source."),
    ("unmet", "What the case states of counts, frees or the verdict does not hold."),
];

/// Collects the findings of a record and renders them at its end.
#[derive(Debug, Default)]
pub struct Sarif {
    results: Vec<Finding>,
    selection: Selection,
}

impl Sarif {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one result, with what became of it since the record that the report is measured by, if there is one.
    pub fn add(&mut self, result: &CaseResult, change: Option<Change>) {
        if finding::is_finding(result) && self.selection.takes(result) {
            self.results.push(found(result, change));
        }
    }

    /// The whole file.
    pub fn render(self, head: &Head) -> String {
        let driver = ToolComponent::builder().name("refdrift").version(head.refdrift.clone()).rules(rules()).build();
        let mut remarks = head.remarks.clone();
        if self.selection.untold > 0 {
            remarks.push(format!("{} more findings are not listed", self.selection.untold));
        }
        let notification = |text: String| Notification::builder().message(Message::builder().text(text).build()).build();
        let invocation = Invocation::builder()
            .execution_successful(true)
            .tool_execution_notifications(remarks.into_iter().map(notification).collect::<Vec<_>>())
            .build();
        let run = Run::builder()
            .tool(Tool::builder().driver(driver).build())
            .column_kind("unicodeCodePoints")
            .invocations(vec![invocation])
            .results(self.results)
            .build();
        let log = Log::builder().schema(SCHEMA).version("2.1.0").runs(vec![run]).build();
        serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
    }
}

fn rules() -> Vec<ReportingDescriptor> {
    let kinds = DivergenceKind::ALL.into_iter().map(|kind| (kind.name(), kind_words(kind)));
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    kinds
        .chain(OTHER_RULES)
        .map(|(id, words)| ReportingDescriptor::builder().id(id).name(id).short_description(text(words)).build())
        .collect()
}

/// What a kind of divergence means.
const fn kind_words(kind: DivergenceKind) -> &'static str {
    match kind {
        DivergenceKind::ExtraReference => "The VM counts more references to an object than CPython.",
        DivergenceKind::MissingReference => "The VM counts fewer references to an object than CPython.",
        DivergenceKind::EarlyFree => "The VM frees an object before CPython does.",
        DivergenceKind::LateFree => "The VM frees an object after CPython does.",
        DivergenceKind::NeverFreed => "One engine frees an object, the other never does.",
        DivergenceKind::FreeOrder => "Both engines free the same objects, in another order.",
        DivergenceKind::Identity => "A slot holds another object than in CPython.",
        DivergenceKind::ControlFlow => "The VM goes on at another instruction than CPython.",
        DivergenceKind::Outcome => "The run ends otherwise, or prints something else.",
    }
}

fn found(result: &CaseResult, change: Option<Change>) -> Finding {
    let first = result.divergences.first().filter(|_| result.verdict == Standing::Diverged);
    let rule = match first {
        Some(first) => first.kind.name(),
        None if result.fault.is_some() => OTHER_RULES[0].0,
        None => OTHER_RULES[1].0,
    };
    let after = first.map_or_else(String::new, |first| format!(" (after {})", finding::after(first)));
    let text = format!(
        "{}{after}: {} [{} on Python {}]",
        finding::headline(result),
        finding::sentence(result),
        result.case,
        result.python
    );
    let level = if result.known.is_some() { ResultLevel::Note } else { ResultLevel::Error };
    let signature = Signature::of(result).map_or_else(|| rule.to_owned(), |signature| signature.to_string());
    // What makes two runs' findings the same one, however its file's lines move.
    let prints = BTreeMap::from([("refdrift/v1".to_owned(), format!("{} | {signature}", result.case))]);
    let mut finding = Finding::builder()
        .rule_id(rule)
        .level(level)
        .message(Message::builder().text(text).build())
        .locations(vec![location(result)])
        .partial_fingerprints(prints)
        .build();
    finding.baseline_state = change.and_then(baseline).map(Into::into);
    finding
}

/// SARIF's word for what became of a finding.
fn baseline(change: Change) -> Option<&'static str> {
    match change {
        Change::Diverges | Change::Fails => Some("new"),
        Change::Otherwise => Some("updated"),
        Change::Still => Some("unchanged"),
        Change::Unsupported | Change::Fixed | Change::Gone => None,
    }
}

fn location(result: &CaseResult) -> Location {
    let logical = LogicalLocation::builder().fully_qualified_name(result.case.clone()).kind("function").build();
    let location = Location::builder().logical_locations(vec![logical]);
    if result.path.is_empty() {
        return location.build();
    }
    let artifact = ArtifactLocation::builder().uri(uri(&result.path)).build();
    let physical = PhysicalLocation::builder().artifact_location(artifact).region(region(result)).build();
    location.physical_location(physical).build()
}

fn region(result: &CaseResult) -> Region {
    let line = finding::source_line(result);
    let text = line.and_then(|line| result.source.as_deref()?.lines().nth(line as usize - 1));
    let mut region = Region::builder().start_line(i64::from(finding::file_line(result))).build();
    region.snippet = text.map(|text| ArtifactContent::builder().text(text).build());
    let span = result.divergences.first().and_then(|first| first.cause.as_ref()).filter(|cause| cause.line == line);
    // A case file indents its sources: their columns are not the file's.
    let own_file = result.source_line == 1;
    if let (true, Some(text), Some(span)) = (own_file, text, span.and_then(|cause| cause.span))
        && Some(span.end_line) == line
    {
        let column = |bytes: u32| Some(text.get(..bytes as usize)?.chars().count() as i64 + 1);
        (region.start_column, region.end_column) = (column(span.start), column(span.end));
    }
    region
}

/// A path as a reference of a URI.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
