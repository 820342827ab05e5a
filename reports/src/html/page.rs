//! The page of one finding.

use askama::Template;
use refdrift_compare::{Divergence, DivergenceKind, Span};
use refdrift_record::{CaseResult, LifeStep, Owners, Shrunk, Signature, Standing};
use refdrift_trace::{Count, IMMORTAL};

use crate::finding;
use crate::table::count_words;

use super::{STYLE, chart, rendered};

#[derive(Template)]
#[template(path = "finding.html")]
struct Finding<'a> {
    style: &'static str,
    result: &'a CaseResult,
    first: Option<&'a Divergence>,
    headline: String,
    kind: String,
    sentence: String,
    /// What the comparison said, where nothing else on the page says it.
    detail: Option<&'a str>,
    group: String,
    place: String,
    new: bool,
    source: Vec<SourceLine<'a>>,
    chart: Option<String>,
    owners: Option<[Side; 2]>,
    life: Vec<Step<'a>>,
    untold: usize,
    others: Vec<Other<'a>>,
    shrunk: Option<&'a Shrunk>,
    commands: Vec<String>,
}

/// A line of the snippet, in three parts of which the middle one is marked.
struct SourceLine<'a> {
    number: u32,
    before: &'a str,
    marked: &'a str,
    after: &'a str,
    here: bool,
}

/// Who holds the object in one engine.
struct Side {
    name: &'static str,
    class: &'static str,
    count: String,
    /// Each with whether the other engine does not know it.
    owners: Option<Vec<(String, bool)>>,
    /// How many references are counted beyond those whose owners were found.
    unfound: usize,
}

/// An instruction of the object's life.
struct Step<'a> {
    of: &'a LifeStep,
    /// The line, where it is not the one above.
    line: Option<u32>,
    reference: String,
    subject: String,
    differs: bool,
}

/// Another object that diverges.
struct Other<'a> {
    divergence: &'a Divergence,
    after: &'a str,
    reference: String,
    subject: String,
}

pub(super) fn render(result: &CaseResult, new: bool) -> String {
    let first = result.divergences.first().filter(|_| result.verdict == Standing::Diverged);
    let evidence = result.evidence.as_deref().filter(|_| first.is_some());
    let sentence = finding::sentence(result);
    rendered(&Finding {
        style: STYLE,
        result,
        first,
        headline: finding::headline(result),
        kind: finding::kind(result),
        detail: first.filter(|first| !counts_only(first)).map(|first| first.detail.as_str()).filter(|detail| *detail != sentence),
        sentence,
        group: Signature::of(result).map_or_else(String::new, |signature| signature.to_string()),
        place: finding::place(result),
        new,
        source: source(result, first),
        chart: evidence.and_then(|evidence| chart::chart(&evidence.life)),
        owners: first.and_then(|first| sides(first, evidence.map(|evidence| &evidence.owners))),
        life: evidence.map(|evidence| steps(&evidence.life)).unwrap_or_default(),
        untold: evidence.map_or(0, |evidence| evidence.untold),
        others: if first.is_some() { result.divergences.iter().skip(1).map(other).collect() } else { Vec::new() },
        shrunk: result.shrunk.as_ref(),
        commands: commands(result),
    })
}

impl Finding<'_> {
    fn reference_count(&self) -> String {
        self.first.map_or_else(String::new, |first| count_words(first.reference))
    }

    fn subject_count(&self) -> String {
        self.first.map_or_else(String::new, |first| count_words(first.subject))
    }
}

/// Whether the two counts are all that the comparison has to say.
fn counts_only(divergence: &Divergence) -> bool {
    matches!(divergence.kind, DivergenceKind::ExtraReference | DivergenceKind::MissingReference)
}

fn source<'a>(result: &'a CaseResult, first: Option<&Divergence>) -> Vec<SourceLine<'a>> {
    let line = finding::source_line(result);
    let span = first.and_then(|first| first.cause.as_ref()).filter(|cause| cause.line == line).and_then(|cause| cause.span);
    let lines = result.source.as_deref().unwrap_or_default().lines();
    (1..)
        .zip(lines)
        .map(|(number, text)| {
            let here = line == Some(number);
            let part = span.zip(line).and_then(|(span, line)| part_of_line(text, number, line, span));
            let (start, end) = part.unwrap_or((0, 0));
            SourceLine { number, before: &text[..start], marked: &text[start..end], after: &text[end..], here }
        })
        .collect()
}

/// The bytes of a line that belong to a span which starts in `first`; none if nothing does, or the columns are not of this text.
fn part_of_line(text: &str, number: u32, first: u32, span: Span) -> Option<(usize, usize)> {
    if number < first || number > span.end_line {
        return None;
    }
    let indent = text.len() - text.trim_start().len();
    let start = if number == first { span.start as usize } else { indent };
    let end = if number == span.end_line { span.end as usize } else { text.trim_end().len() };
    (start < end && text.is_char_boundary(start) && text.is_char_boundary(end)).then_some((start, end))
}

fn sides(first: &Divergence, owners: Option<&Owners>) -> Option<[Side; 2]> {
    let reference = owners.and_then(|owners| owners.reference.clone());
    let subject =
        owners.and_then(|owners| owners.subject.clone()).or_else(|| (!first.owners.is_empty()).then(|| first.owners.clone()));
    if reference.is_none() && subject.is_none() {
        return None;
    }
    // What was there before is counted from its start: that says nothing about how many hold it.
    let made_by_the_run = first.object.is_some_and(|object| first.label == format!("{} #{object}", first.type_name));
    let side = |name, class, count: Option<Count>, mine: &Option<Vec<String>>, theirs: &Option<Vec<String>>| {
        let owners = mine.clone().map(|mine| marked(mine, theirs.as_deref()));
        let found = owners.as_ref().map_or(0, Vec::len);
        let counted = count.filter(|&count| made_by_the_run && count != IMMORTAL).unwrap_or_default();
        let unfound = usize::try_from(counted).unwrap_or_default().saturating_sub(found);
        Side { name, class, count: count_words(count), owners, unfound }
    };
    Some([
        side("CPython", "reference", first.reference, &reference, &subject),
        side("the VM", "subject", first.subject, &subject, &reference),
    ])
}

/// Each owner with whether the other side lacks it; one that holds the object twice is there twice.
fn marked(mine: Vec<String>, theirs: Option<&[String]>) -> Vec<(String, bool)> {
    let mut left: Vec<&String> = theirs.unwrap_or_default().iter().collect();
    mine.into_iter()
        .map(|owner| match left.iter().position(|other| **other == owner) {
            Some(place) => {
                left.swap_remove(place);
                (owner, false)
            }
            None => (owner, theirs.is_some()),
        })
        .collect()
}

fn steps(life: &[LifeStep]) -> Vec<Step<'_>> {
    let mut before = None;
    let mut met = (false, false);
    life.iter()
        .map(|of| {
            let here = (&of.code, of.line);
            let shown = of.line.filter(|_| before != Some(here));
            before = Some(here);
            met = (met.0 || of.reference.is_some(), met.1 || of.subject.is_some());
            let words = |count, met| if met { count_words(count) } else { "–".to_owned() };
            let differs = of.reference != of.subject;
            Step { of, line: shown, reference: words(of.reference, met.0), subject: words(of.subject, met.1), differs }
        })
        .collect()
}

fn other(divergence: &Divergence) -> Other<'_> {
    Other {
        divergence,
        after: finding::after(divergence),
        reference: count_words(divergence.reference),
        subject: count_words(divergence.subject),
    }
}

/// The commands that show it again: of the case, and of the shrunk program.
fn commands(result: &CaseResult) -> Vec<String> {
    let shrunk = result.shrunk.as_ref().map(|shrunk| finding::from_standard_input(&shrunk.source, &result.python));
    let mut commands: Vec<String> =
        [finding::command(result)].into_iter().chain(shrunk).filter(|command| !command.is_empty()).collect();
    commands.dedup();
    commands
}
