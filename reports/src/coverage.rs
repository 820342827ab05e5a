//! What `refdrift coverage` prints.

use std::collections::BTreeMap;
use std::fmt::Write;

use refdrift_runner::{Coverage, Covered, InstructionCoverage, Share, SubjectKind};
use refdrift_trace::PyVersion;
use serde::Serialize;
use tabled::builder::Builder;
use tabled::settings::object::Columns;
use tabled::settings::{Alignment, Modify, Padding, Style};

use crate::Paint;
use crate::wrap::wrap;

/// The width that everything fits.
const WIDTH: usize = 100;

/// The number of the JSON format; each line says it.
pub const COVERAGE_FORMAT: u32 = 1;

/// The coverage of each Python as a table, and what is missing by name.
pub fn coverage(all: &[Coverage], paint: Paint) -> String {
    let mut text = shares(all, paint);
    let instruction = |state: fn(&InstructionCoverage) -> Covered| {
        move |python: &Coverage| -> Vec<String> {
            let missing = python.instructions.iter().filter(move |instruction| state(instruction) == Covered::No);
            missing.map(|instruction| instruction.name.clone()).collect()
        }
    };
    list(&mut text, all, paint, "instructions that have not run", instruction(|instruction| instruction.ran));
    list(&mut text, all, paint, "instructions that no exception has left", instruction(|instruction| instruction.failed));
    missing_attributes(&mut text, all, paint);
    never_run(&mut text, all, paint);
    text
}

fn shares(all: &[Coverage], paint: Paint) -> String {
    let mut builder = Builder::default();
    let heads = ["python", "agreed", "instructions", "error paths", "attributes of types", "of modules"];
    builder.push_record(heads.map(|head| paint.heading(head)));
    for python in all {
        let agreed = Share { have: python.cases.agreed, of: python.cases.cases };
        let shares = [
            python.instruction_share(),
            python.error_path_share(),
            python.attribute_share(SubjectKind::Type),
            python.attribute_share(SubjectKind::Module),
        ];
        let cells = std::iter::once(format!("{}/{}", agreed.have, agreed.of)).chain(shares.iter().map(|share| cell(*share, paint)));
        builder.push_record(std::iter::once(python.python.to_string()).chain(cells));
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, 2, 0, 0)).with(Modify::new(Columns::new(1..)).with(Alignment::right()));
    table.to_string().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// `118/120  98.3 %`
fn cell(share: Share, paint: Paint) -> String {
    let text = format!("{}/{}  {:.1} %", share.have, share.of, share.percent());
    if share.have == share.of { paint.good(text) } else { text }
}

/// Names, each once, with the Pythons that it concerns if it does not concern all.
fn list<I: IntoIterator<Item = String>>(
    text: &mut String,
    all: &[Coverage],
    paint: Paint,
    heading: &str,
    of: impl Fn(&Coverage) -> I,
) {
    let mut names: BTreeMap<String, Vec<PyVersion>> = BTreeMap::new();
    for python in all {
        for name in of(python) {
            names.entry(name).or_default().push(python.python);
        }
    }
    if names.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint.heading(heading));
    let words: Vec<String> = names.into_iter().map(|(name, pythons)| name + &only(&pythons, all.len())).collect();
    for line in wrap(&words.join(", "), WIDTH - 2) {
        let _ = writeln!(text, "  {line}");
    }
}

/// ` (3.11, 3.12)`, or nothing where all are concerned.
fn only(pythons: &[PyVersion], all: usize) -> String {
    if pythons.len() == all {
        return String::new();
    }
    let series: Vec<String> = pythons.iter().map(|python| format!("{}.{}", python.major, python.minor)).collect();
    format!(" ({})", series.join(", "))
}

fn missing_attributes(text: &mut String, all: &[Coverage], paint: Paint) {
    for (kind, heading) in [
        (SubjectKind::Type, "attributes of types that are missing; what object lacks is not said again"),
        (SubjectKind::Module, "attributes of modules that are missing"),
    ] {
        let mut order: Vec<&str> = Vec::new();
        let mut missing: BTreeMap<&str, Missing<'_>> = BTreeMap::new();
        for python in all {
            let of_object = python.subjects.iter().find(|subject| subject.name == "object");
            for subject in python.subjects.iter().filter(|subject| subject.kind == kind && !subject.missing.is_empty()) {
                if !missing.contains_key(subject.name) {
                    order.push(subject.name);
                }
                let gaps = missing.entry(subject.name).or_default();
                let inherited = of_object.filter(|object| object.name != subject.name && kind == SubjectKind::Type);
                for name in &subject.missing {
                    if inherited.is_none_or(|object| !object.missing.contains(name)) {
                        gaps.names.entry(name).or_default().push(python.python);
                    }
                }
                gaps.reason = gaps.reason.or(subject.reason.as_deref());
            }
        }
        order.retain(|name| missing[name].reason.is_some() || !missing[name].names.is_empty());
        if order.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{}", paint.heading(heading));
        for name in order {
            let words = missing[name].words(all.len());
            for (index, line) in wrap(&format!("{name}: {words}"), WIDTH - 6).iter().enumerate() {
                let indent = if index == 0 { 2 } else { 6 };
                let _ = writeln!(text, "{:indent$}{line}", "");
            }
        }
    }
}

/// What one type or module lacks.
#[derive(Default)]
struct Missing<'a> {
    names: BTreeMap<&'a str, Vec<PyVersion>>,
    /// Why it lacks everything.
    reason: Option<&'a str>,
}

impl Missing<'_> {
    fn words(&self, pythons: usize) -> String {
        if let Some(reason) = self.reason {
            return format!("all of them ({reason})");
        }
        let words: Vec<String> = self.names.iter().map(|(name, on)| format!("{name}{}", only(on, pythons))).collect();
        words.join(" ")
    }
}

fn never_run(text: &mut String, all: &[Coverage], paint: Paint) {
    let mut whys: BTreeMap<(&str, &str), Vec<PyVersion>> = BTreeMap::new();
    for python in all {
        for instruction in &python.instructions {
            if let Covered::Never(why) = instruction.ran {
                whys.entry((&instruction.name, why)).or_default().push(python.python);
            }
        }
    }
    if whys.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", paint.heading("instructions that no program runs, not counted"));
    for ((name, why), pythons) in whys {
        let _ = writeln!(text, "  {name}{}: {}", only(&pythons, all.len()), paint.quiet(why));
    }
}

#[derive(Serialize)]
struct Line<'a> {
    format: u32,
    python: String,
    cases: usize,
    agreed: usize,
    instructions: Part<Vec<&'a str>>,
    error_paths: Part<Vec<&'a str>>,
    types: Part<BTreeMap<&'a str, &'a [String]>>,
    modules: Part<BTreeMap<&'a str, &'a [String]>>,
    /// Instructions that no program runs, and why.
    excluded: BTreeMap<&'a str, &'a str>,
    /// Instructions that can run and that no program makes fail, and why; those that cannot fail at all are left out.
    infallible: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Part<T> {
    have: usize,
    of: usize,
    percent: f64,
    missing: T,
}

impl<T> Part<T> {
    fn new(share: Share, missing: T) -> Self {
        Self { have: share.have, of: share.of, percent: share.percent(), missing }
    }
}

/// The coverage of each Python as JSON, one object a line.
pub fn coverage_json(all: &[Coverage]) -> String {
    all.iter().map(|python| serde_json::to_string(&line(python)).unwrap_or_default() + "\n").collect()
}

fn line(python: &Coverage) -> Line<'_> {
    let missing = |state: fn(&InstructionCoverage) -> Covered| {
        let missing = python.instructions.iter().filter(move |instruction| state(instruction) == Covered::No);
        missing.map(|instruction| instruction.name.as_str()).collect()
    };
    let never = |state: fn(&InstructionCoverage) -> Covered| {
        let never = python.instructions.iter().filter_map(move |instruction| match state(instruction) {
            Covered::Never(why) => Some((instruction.name.as_str(), why)),
            _ => None,
        });
        never.collect::<BTreeMap<_, _>>()
    };
    let attributes = |kind| {
        let subjects = python.subjects.iter().filter(move |subject| subject.kind == kind && !subject.missing.is_empty());
        Part::new(python.attribute_share(kind), subjects.map(|subject| (subject.name, subject.missing.as_slice())).collect())
    };
    let excluded = never(|instruction| instruction.ran);
    let mut infallible = never(|instruction| instruction.failed);
    infallible.retain(|name, why| !excluded.contains_key(name) && *why != "it cannot fail");
    Line {
        format: COVERAGE_FORMAT,
        python: python.python.to_string(),
        cases: python.cases.cases,
        agreed: python.cases.agreed,
        instructions: Part::new(python.instruction_share(), missing(|instruction| instruction.ran)),
        error_paths: Part::new(python.error_path_share(), missing(|instruction| instruction.failed)),
        types: attributes(SubjectKind::Type),
        modules: attributes(SubjectKind::Module),
        excluded,
        infallible,
    }
}
