//! One case, instruction by instruction.

use std::collections::BTreeSet;

use refdrift_compare::{Divergence, Listing, Verdict};
use refdrift_isa::describe_step;
use refdrift_record::{Evidence, Standing};
use refdrift_runner::Examination;
use refdrift_trace::{IMMORTAL, ObjectId, Origin, Outcome, Place, Teardown, Trajectory};
use refdrift_vm::End;

use crate::names::first_names;
use crate::replay::{Replay, State, Touch};
use crate::wrap::wrap;
use crate::{Paint, owners};

/// What is explained.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// `suite/name`, or what it was read from.
    pub title: &'a str,
    /// The source.
    pub source: &'a [u8],
    /// What both engines did with it.
    pub examination: &'a Examination,
    /// Who holds the object that the first divergence is about.
    pub evidence: Option<&'a Evidence>,
    /// The number of instructions after which the listing is cut.
    pub limit: usize,
}

/// How wide an object's name is in the listing.
const LABEL: usize = 30;
/// The width that everything fits.
const WIDTH: usize = 80;
/// How wide one engine's counts are.
const COUNTS: usize = 13;
/// How many steps before and after the first divergence are listed where the listing is cut.
const AROUND: (usize, usize) = (20, 5);

/// The whole explanation.
pub fn explain(subject: &Subject<'_>, paint: Paint) -> String {
    let examination = subject.examination;
    let title = format!("{} on Python {}\n", paint.heading(subject.title), examination.python);
    let Some(observation) = &examination.observation else {
        return title + &verdict_words(examination, paint);
    };
    let listing = Listing::new(&observation.unit);
    let reference = &observation.trajectory;
    let mut writer = Writer {
        text: title,
        paint,
        names: first_names(&listing, reference),
        listing: &listing,
        reference,
        examination,
        evidence: subject.evidence,
        lines: String::from_utf8_lossy(subject.source).lines().map(ToOwned::to_owned).collect(),
        limit: subject.limit,
        at: None,
        entered: 0,
        said: BTreeSet::new(),
    };
    writer.body();
    writer.ending();
    writer.text
}

struct Writer<'a> {
    text: String,
    paint: Paint,
    listing: &'a Listing<'a>,
    reference: &'a Trajectory,
    examination: &'a Examination,
    evidence: Option<&'a Evidence>,
    names: Vec<Option<String>>,
    lines: Vec<String>,
    limit: usize,
    /// The frame and line of the instruction listed last.
    at: Option<(u32, Option<u32>)>,
    /// How many frames were entered so far.
    entered: u32,
    /// The instructions whose words were said: in a loop they would drown the counts.
    said: BTreeSet<(u32, u32)>,
}

impl Writer<'_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref().trim_end());
        self.text.push('\n');
    }

    /// A text under an indent, broken where it does not fit.
    fn paragraph(&mut self, indent: usize, text: &str, paint: impl Fn(&str) -> String) {
        for line in wrap(text, WIDTH - indent) {
            let line = paint(&line);
            self.line(format!("{:indent$}{line}", ""));
        }
    }

    fn body(&mut self) {
        let paint = self.paint;
        self.line(paint.quiet("counts before → after each instruction; one number: it did not change"));
        self.line(paint.quiet(format_args!("{:13}{:<LABEL$} {:<COUNTS$} | VM", "", "", "CPython")));
        let mut reference = Replay::new(self.reference);
        let examination = self.examination;
        let mut subject = examination.run.as_ref().map(|run| Replay::new(&run.trajectory));
        let first = examination.verdict.divergences().first();
        let mut before: Option<Place> = None;
        let mut skipped = 0;
        for index in 0..=self.reference.steps.len() {
            let place = reference.next_place();
            if subject.as_ref().is_some_and(|subject| !same_place(&reference, subject)) {
                self.subject_parts(subject.as_ref().and_then(Replay::next_place));
                subject = None;
            }
            let shown = index <= self.limit
                || !matches!(before, Some(Place::Instruction { .. }))
                || first.is_some_and(|first| index + AROUND.0 >= first.step && index <= first.step + AROUND.1);
            if shown {
                if skipped > 0 {
                    self.line(paint.quiet(format_args!("     … {skipped} steps are left out (--steps N lists more)")));
                    skipped = 0;
                    self.at = None;
                }
                self.heading(before, place);
            } else {
                skipped += 1;
            }
            let touches = reference.advance();
            let theirs = subject.as_mut().map(Replay::advance);
            if shown {
                self.touches(&touches, theirs.as_deref(), subject.as_ref());
                self.transition(before, place);
            }
            if let Some(first) = first.filter(|first| first.step == index) {
                self.divergence(first);
            }
            before = place;
        }
    }

    /// What happened between two boundaries: an instruction, or an act of the teardown.
    fn heading(&mut self, before: Option<Place>, place: Option<Place>) {
        match (before, place) {
            (Some(Place::Instruction { frame, offset }), Some(_)) => self.instruction(frame, offset),
            (Some(Place::Instruction { frame, offset }), None) => {
                self.instruction(frame, offset);
                self.line("           the run is broken off here");
            }
            (Some(Place::Teardown(_)), Some(Place::Teardown(act))) => {
                let words = match act {
                    Teardown::Outcome => "the end of the module".to_owned(),
                    Teardown::Global(name) => format!("del {}", self.reference.name(name)),
                    Teardown::Module(name) => format!("del sys.modules[{:?}]", self.reference.name(name)),
                    Teardown::Collection => "the cyclic collector runs".to_owned(),
                };
                self.line(format!("      {words}"));
            }
            _ => {}
        }
    }

    fn instruction(&mut self, frame: u32, offset: u32) {
        let Some((id, _)) = self.listing.code_of(self.reference, frame) else { return };
        let line = self.listing.line(id, offset);
        if self.at != Some((frame, line)) {
            self.at = Some((frame, line));
            let source = line.and_then(|line| self.lines.get(line as usize - 1)).map_or("", String::as_str).to_owned();
            let number = line.map_or_else(String::new, |line| line.to_string());
            let heading = self.paint.heading(format_args!("{number:>4}  {source}"));
            self.line(heading);
        }
        let instruction = self.listing.instruction(id, offset);
        self.line(format!("      {offset:>4} {instruction}"));
        if !self.said.insert((id, offset)) {
            return;
        }
        let (words, paint) = (ownership(self.listing, id, offset), self.paint);
        self.paragraph(11, &words, |line| paint.quiet(line));
    }

    fn touches(&mut self, touches: &[Touch], theirs: Option<&[Touch]>, subject: Option<&Replay<'_>>) {
        let mut all: Vec<ObjectId> = touches.iter().map(|touch| touch.object).collect();
        // Objects that only the subject touched.
        all.extend(
            theirs
                .unwrap_or_default()
                .iter()
                .map(|touch| touch.object)
                .filter(|object| !touches.iter().any(|touch| touch.object == *object)),
        );
        for object in all {
            let find =
                |touches: &[Touch]| touches.iter().find(|touch| touch.object == object).map(|touch| (touch.before, touch.after));
            let ours = find(touches).unwrap_or_default();
            let reference = counts(self.reference, object, ours);
            let other = subject.map(|subject| {
                let state = subject.state(object);
                counts(subject.trajectory(), object, theirs.and_then(find).unwrap_or((state, state)))
            });
            let label = self.label(object);
            let other = other.unwrap_or_default();
            let differs = !other.is_empty() && other != reference;
            let row = format!("             {label:<LABEL$} {reference:<COUNTS$} | {other}");
            let row = if differs { self.paint.bad(row) } else { row };
            self.line(row);
        }
    }

    /// Tells that another frame runs from here on, or that the teardown starts.
    fn transition(&mut self, before: Option<Place>, place: Option<Place>) {
        let words = match (before, place) {
            (Some(Place::Instruction { frame: from, .. }), Some(Place::Instruction { frame, .. })) if frame != from => {
                let name = self.frame_name(frame);
                if frame >= self.entered { format!("→ into {name}") } else { format!("← back in {name}") }
            }
            (Some(Place::Instruction { .. }), Some(Place::Teardown(_))) => {
                self.at = None;
                "the module has ended; its globals go one by one".to_owned()
            }
            _ => String::new(),
        };
        if let Some(Place::Instruction { frame, .. }) = place {
            self.entered = self.entered.max(frame + 1);
        }
        let paint = self.paint;
        self.paragraph(6, &words, |line| paint.mixed(line));
    }

    fn frame_name(&self, frame: u32) -> String {
        let code = self.listing.code_of(self.reference, frame);
        code.map_or_else(|| "?".to_owned(), |(_, code)| self.listing.unit().text(code.qualname).to_owned())
    }

    /// `list #0 (a)`
    fn label(&self, object: ObjectId) -> String {
        let label = self.listing.label(self.reference, object);
        let label = match self.names.get(object as usize) {
            Some(Some(name)) => format!("{label} ({name})"),
            _ if object as usize >= self.reference.objects.len() => format!("object #{object} of the VM"),
            _ => label,
        };
        if label.chars().count() > LABEL { label.chars().take(LABEL - 1).chain(['…']).collect() } else { label }
    }

    fn subject_parts(&mut self, next: Option<Place>) {
        let Some(run) = &self.examination.run else { return };
        let words = match (&run.end, next) {
            (End::Unsupported(missing), None) => format!("the VM stops here; it does not support {missing}"),
            (_, None) => "the VM's run has ended".to_owned(),
            (_, Some(place)) => {
                let site = self.listing.site(&run.trajectory, place);
                format!("the VM goes elsewhere: {site}")
            }
        };
        let paint = self.paint;
        self.paragraph(6, &words, |line| paint.mixed(line));
    }

    fn divergence(&mut self, first: &Divergence) {
        let paint = self.paint;
        let words = format!("first divergence: {}: {}", first.kind, first.detail);
        for (index, line) in wrap(&words, WIDTH - 8).iter().enumerate() {
            let mark = if index == 0 { '^' } else { ' ' };
            self.line(format!("      {}", paint.bad(format_args!("{mark} {line}"))));
        }
        if let Some(evidence) = self.evidence {
            for line in owners::side_by_side(evidence, WIDTH - 8, paint) {
                self.line(format!("        {line}"));
            }
        }
    }

    fn ending(&mut self) {
        let mut survivors: Vec<String> = Vec::new();
        for &object in &self.reference.survivors {
            if self.reference.objects.get(object as usize).is_some_and(|info| info.origin == Origin::Created) {
                survivors.push(self.label(object).trim_end().to_owned());
            }
        }
        let plain = |line: &str| line.to_owned();
        if !survivors.is_empty() {
            self.paragraph(6, &format!("never freed: {}", survivors.join(", ")), plain);
        }
        match &self.reference.outcome {
            Outcome::Completed => {}
            Outcome::BrokenOff => self.paragraph(6, "CPython's run was broken off", plain),
            Outcome::Raised(raised) => {
                self.paragraph(6, &format!("the module ended with {}: {}", raised.type_name, raised.message), plain);
            }
        }
        self.text.push_str(&verdict_words(self.examination, self.paint));
    }
}

/// Whether both go on at the same place. The engines number names on their own.
fn same_place(reference: &Replay<'_>, subject: &Replay<'_>) -> bool {
    match (reference.next_place(), subject.next_place()) {
        (Some(Place::Teardown(Teardown::Global(name))), Some(Place::Teardown(Teardown::Global(other)))) => {
            reference.trajectory().name(name) == subject.trajectory().name(other)
        }
        (place, other) => place == other,
    }
}

/// What an instruction does to ownership, in words.
fn ownership(listing: &Listing<'_>, id: u32, offset: u32) -> String {
    let unit = listing.unit();
    let (Some(decoded), Some(code)) = (listing.code(id), unit.codes.get(id as usize)) else { return String::new() };
    decoded.index_of_offset(offset).map_or_else(String::new, |index| describe_step(decoded, index, code, unit))
}

/// `1 → 2`, `new, 1`, `2 → freed`
pub(crate) fn counts(trajectory: &Trajectory, object: ObjectId, (before, after): (State, State)) -> String {
    let origin = trajectory.objects.get(object as usize).map(|info| info.origin);
    let number = |count: i32| match (count, origin) {
        (IMMORTAL, _) => "immortal".to_owned(),
        (count, Some(Origin::Static(_))) => format!("{count:+}"),
        (count, _) => count.to_string(),
    };
    let made = matches!(origin, Some(Origin::Created));
    match (before, after) {
        (State::Unmet, State::Unmet) => "–".to_owned(),
        (State::Unmet, State::Alive(count)) if made => format!("new, {}", number(count)),
        (State::Unmet, State::Alive(count)) => number(count),
        (State::Unmet, State::Freed) => "new, freed".to_owned(),
        (State::Alive(before), State::Alive(after)) if before == after => number(after),
        (State::Alive(before), State::Alive(after)) => format!("{} → {}", number(before), number(after)),
        (State::Alive(before), _) => format!("{} → freed", number(before)),
        (State::Freed, _) => "freed".to_owned(),
    }
}

/// The verdict, on lines of its own.
fn verdict_words(examination: &Examination, paint: Paint) -> String {
    let line = |line: Option<u32>| line.map_or_else(String::new, |line| format!(" (line {line})"));
    let (standing, words) = match &examination.verdict {
        Verdict::Agreed => (Standing::Agreed, "both engines agree on every count and every free".to_owned()),
        Verdict::Diverged { divergences, untold } => {
            let objects = match divergences.len() + untold {
                1 => "one object".to_owned(),
                objects => format!("{objects} objects"),
            };
            (Standing::Diverged, format!("the engines diverge, on {objects}"))
        }
        Verdict::Unsupported { what, line: at } => {
            (Standing::Unsupported, format!("unsupported by the VM: {what}{}; up to there both engines agree", line(*at)))
        }
        Verdict::Incomparable { why } => (Standing::Incomparable, format!("incomparable: {why}")),
        Verdict::EngineFailed { engine, why } => {
            (Standing::Failed, format!("the {engine} failed: {why}{}", line(examination.fault_line)))
        }
    };
    wrap(&words, WIDTH).iter().map(|line| paint.standing(standing, line) + "\n").collect()
}
