//! The life of one object, with those who hold it.

use refdrift_compare::Listing;
use refdrift_runner::{Held, Story, StoryStep};
use refdrift_trace::{Count, ObjectId, Trajectory};

use crate::Paint;
use crate::explain::{Subject, counts};
use crate::names::first_names;
use crate::replay::State;
use crate::wrap::wrap;

/// The width that everything fits.
const WIDTH: usize = 80;

/// The whole story.
pub fn life(subject: &Subject<'_>, story: &Story, paint: Paint) -> String {
    let examination = subject.examination;
    let Some(observation) = &examination.observation else { return String::new() };
    let (listing, reference) = (Listing::new(&observation.unit), &observation.trajectory);
    let name = first_names(&listing, reference).into_iter().nth(story.object as usize).flatten();
    let label = listing.label(reference, story.object) + &name.map_or_else(String::new, |name| format!(" ({name})"));
    let lines: Vec<String> = String::from_utf8_lossy(subject.source).lines().map(ToOwned::to_owned).collect();
    let title = format!("{label} in {} on Python {}", subject.title, examination.python);
    let mut writer = Writer { text: paint.heading(title) + "\n", paint, lines, at: None };
    writer.line(paint.quiet("its count in CPython | in the VM; + a new owner, - one that let go"));
    let mut states = (State::Unmet, State::Unmet);
    let theirs = examination.run.as_ref().map(|run| &run.trajectory);
    for step in &story.steps {
        writer.step(step, (reference, theirs), story.object, &mut states);
    }
    if story.untold > 0 {
        writer.line(paint.quiet(format!("      … {} steps of its life are left out", story.untold)));
    }
    for why in &story.unknown {
        writer.paragraph(6, why);
    }
    if reference.survivors.contains(&story.object) {
        writer.line("      CPython never frees it");
    }
    writer.text
}

struct Writer {
    text: String,
    paint: Paint,
    lines: Vec<String>,
    /// The line of the source that was told last.
    at: Option<(String, Option<u32>)>,
}

impl Writer {
    fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref().trim_end());
        self.text.push('\n');
    }

    fn paragraph(&mut self, indent: usize, text: &str) {
        for line in wrap(text, WIDTH - indent) {
            self.line(format!("{:indent$}{line}", ""));
        }
    }

    fn step(
        &mut self,
        told: &StoryStep,
        (reference, theirs): (&Trajectory, Option<&Trajectory>),
        object: ObjectId,
        states: &mut (State, State),
    ) {
        let step = &told.step;
        let here = (step.code.clone(), step.line);
        if self.at.as_ref() != Some(&here) {
            let source = step.line.and_then(|line| self.lines.get(line as usize - 1)).map_or("", String::as_str);
            let number = step.line.map_or_else(String::new, |line| line.to_string());
            let heading = self.paint.heading(format_args!("{number:>4}  {source}"));
            if step.line.is_some() {
                self.line(heading);
            }
            self.at = Some(here);
        }
        let now = (after(states.0, step.reference), after(states.1, step.subject));
        let ours = counts(reference, object, (states.0, now.0));
        let other = counts(theirs.unwrap_or(reference), object, (states.1, now.1));
        *states = now;
        let offset = step.offset.map_or_else(String::new, |offset| offset.to_string());
        let instruction = format!("{offset:>10} {}", step.instruction);
        let row = format!("{instruction:<52} {ours:<12} | {other}");
        self.line(if ours == other { row } else { self.paint.bad(row) });
        for line in wrap(&step.words, WIDTH - 13) {
            let line = self.paint.quiet(line);
            self.line(format!("{:13}{line}", ""));
        }
        self.owners(&told.reference, &told.subject);
        if step.parts {
            let line = self.paint.bad("             ^ here the engines part");
            self.line(line);
        }
    }

    /// Who came and who let go; where the sides differ, on which.
    fn owners(&mut self, reference: &Held, subject: &Held) {
        let (theirs, ours) = (changes(reference), changes(subject));
        for (mark, owner) in &theirs {
            let both = ours.contains(&(*mark, owner.clone()));
            let whose = if both { "" } else { " (only in CPython)" };
            self.paragraph(13, &format!("{mark} {owner}{whose}"));
        }
        for (mark, owner) in ours.iter().filter(|change| !theirs.contains(change)) {
            self.paragraph(13, &format!("{mark} {owner} (only in the VM)"));
        }
    }
}

fn after(before: State, count: Option<Count>) -> State {
    match (before, count) {
        (_, Some(count)) => State::Alive(count),
        (State::Alive(_), None) => State::Freed,
        (state, None) => state,
    }
}

/// What one side's owners became: `+` who came, `-` who went.
fn changes(held: &Held) -> Vec<(char, String)> {
    let mut gone = held.before.clone();
    let mut came = Vec::new();
    for owner in &held.after {
        match gone.iter().position(|other| other == owner) {
            Some(place) => {
                gone.remove(place);
            }
            None => came.push(('+', owner.to_string())),
        }
    }
    came.extend(gone.iter().map(|owner| ('-', owner.to_string())));
    came
}
