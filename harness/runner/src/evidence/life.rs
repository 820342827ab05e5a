//! The life of one object on both sides.

use std::collections::HashSet;

use refdrift_compare::{Listing, Site};
use refdrift_isa::describe_step;
use refdrift_record::LifeStep;
use refdrift_trace::{CodeUnit, Count, Event, FrameId, ObjectId, Observation, Place, Teardown, Trajectory};

/// Which object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// By the reference's number; none if it has no such object.
    pub reference: Option<ObjectId>,
    /// By the subject's number.
    pub subject: Option<ObjectId>,
    /// The boundary at which the two part about it.
    pub parts: Option<usize>,
}

/// The steps of an object's life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Those at which its count changed on either side, at which it came, went or moved from slot to slot, and those around
    /// where the two part.
    pub steps: Vec<LifeStep>,
    /// How many of them were left out.
    pub untold: usize,
}

/// How many steps before and behind the one at which the two part belong to an object's life.
const AROUND: usize = 2;

/// The life of an object, as far as both engines go the same way.
pub fn life(observation: &Observation, subject: &Trajectory, about: &About) -> Life {
    let reference = &observation.trajectory;
    let listing = Listing::new(&observation.unit);
    let mut steps = Vec::new();
    let (mut there, mut here) = (None, None);
    let mut slots = Slots::default();
    for step in 0..reference.steps.len() {
        if !same_place(reference, subject, step) {
            break;
        }
        let changed = [
            change(reference, step, about.reference, &mut there),
            change(subject, step, about.subject, &mut here),
            slots.moved(reference, step, about.reference),
        ];
        let parts = about.parts.is_some_and(|parts| parts.min(reference.steps.len() - 1) == step);
        let near = about.parts.is_some_and(|parts| parts.abs_diff(step) <= AROUND) && (there.is_some() || here.is_some());
        if changed.contains(&true) || parts || near {
            steps.push(told(&listing, reference, step, (there, here), parts));
        }
    }
    Life { steps, untold: 0 }
}

impl Life {
    /// At most so many of the steps: the first few, and those nearest to a boundary.
    #[must_use]
    pub fn around(mut self, boundary: usize, most: usize) -> Self {
        const FIRST: usize = 5;
        if self.steps.len() <= most {
            return self;
        }
        let place = self.steps.iter().position(|step| step.step >= boundary).unwrap_or(self.steps.len());
        let room = most - FIRST;
        let start = place.saturating_sub(room / 2).clamp(FIRST, self.steps.len() - room);
        let kept: Vec<LifeStep> = self.steps.drain(..FIRST).chain(Vec::new()).collect();
        let rest = self.steps;
        let start = start - FIRST;
        let untold = rest.len() - room;
        let steps = kept.into_iter().chain(rest.into_iter().skip(start).take(room)).collect();
        Self { steps, untold: self.untold + untold }
    }
}

/// The slots that hold an object.
#[derive(Default)]
struct Slots(HashSet<(FrameId, u16)>);

impl Slots {
    /// Takes in a step; whether the object came to a slot or left one.
    fn moved(&mut self, trajectory: &Trajectory, step: usize, object: Option<ObjectId>) -> bool {
        let Place::Instruction { frame, .. } = trajectory.steps[step].place else { return false };
        let mut moved = false;
        for event in trajectory.events_of(step) {
            if let Event::Slot { slot, object: held } = *event {
                moved |=
                    if object.is_some() && held == object { self.0.insert((frame, slot)) } else { self.0.remove(&(frame, slot)) };
            }
        }
        moved
    }
}

/// Takes in what a step says of an object; whether it says anything.
fn change(trajectory: &Trajectory, step: usize, object: Option<ObjectId>, count: &mut Option<Count>) -> bool {
    let before = *count;
    let mut met = false;
    for event in trajectory.events_of(step) {
        match *event {
            Event::Freed(freed) if Some(freed) == object => *count = None,
            Event::Seen { object: seen, count: now } if Some(seen) == object => {
                (*count, met) = (Some(now), true);
            }
            Event::Count { object: counted, count: now } if Some(counted) == object => *count = Some(now),
            _ => {}
        }
    }
    met || before != *count
}

/// Whether both are at the same place. The engines number names on their own.
fn same_place(reference: &Trajectory, subject: &Trajectory, step: usize) -> bool {
    let place = |trajectory: &Trajectory| trajectory.steps.get(step).map(|step| step.place);
    match (place(reference), place(subject)) {
        (Some(Place::Teardown(Teardown::Global(name))), Some(Place::Teardown(Teardown::Global(other))))
        | (Some(Place::Teardown(Teardown::Module(name))), Some(Place::Teardown(Teardown::Module(other)))) => {
            reference.name(name) == subject.name(other)
        }
        (place, other) => place == other,
    }
}

fn told(
    listing: &Listing<'_>,
    reference: &Trajectory,
    step: usize,
    counts: (Option<Count>, Option<Count>),
    parts: bool,
) -> LifeStep {
    let act = reference.steps[step].place;
    // What ran right before the boundary: the instruction of the one before, or an act of the teardown.
    let cause = match (act, step.checked_sub(1).map(|before| reference.steps[before].place)) {
        (Place::Instruction { .. }, cause) => cause,
        (Place::Teardown(Teardown::Outcome), Some(cause @ Place::Instruction { .. })) => Some(cause),
        (act, _) => Some(act),
    };
    let site = cause.map_or_else(
        || Site { code: "<module>".to_owned(), offset: None, instruction: "the start".to_owned(), line: None, span: None },
        |place| listing.site(reference, place),
    );
    LifeStep {
        step,
        words: cause.map_or_else(String::new, |place| ownership(listing, reference, place)),
        code: site.code,
        instruction: site.instruction,
        offset: site.offset,
        line: site.line,
        reference: counts.0,
        subject: counts.1,
        parts,
    }
}

/// What an instruction, or an act of the teardown, does to ownership.
fn ownership(listing: &Listing<'_>, reference: &Trajectory, place: Place) -> String {
    match place {
        Place::Teardown(Teardown::Outcome) => "the module's frame lets go of all it holds".to_owned(),
        Place::Teardown(Teardown::Global(name)) => format!("the teardown lets go of what `{}` names", reference.name(name)),
        Place::Teardown(Teardown::Module(name)) => format!("the teardown lets go of the module `{}`", reference.name(name)),
        Place::Teardown(Teardown::Collection) => "the cyclic collector frees what only cycles hold".to_owned(),
        Place::Instruction { frame, offset } => {
            let unit: &CodeUnit = listing.unit();
            let Some((id, object)) = listing.code_of(reference, frame) else { return String::new() };
            let Some(code) = listing.code(id) else { return String::new() };
            code.index_of_offset(offset).map_or_else(String::new, |index| describe_step(code, index, object, unit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(numbers: impl IntoIterator<Item = usize>) -> Vec<LifeStep> {
        let step = |step| LifeStep {
            step,
            code: String::new(),
            instruction: String::new(),
            offset: None,
            line: None,
            words: String::new(),
            reference: None,
            subject: None,
            parts: false,
        };
        numbers.into_iter().map(step).collect()
    }

    #[test]
    fn a_long_life_is_cut_around_where_the_engines_part() {
        let kept = |boundary| {
            let Life { steps, untold } = Life { steps: steps(0..100), untold: 0 }.around(boundary, 15);
            assert_eq!((steps.len(), untold), (15, 85));
            (steps[4].step, steps[5].step, steps[14].step)
        };
        assert_eq!(kept(50), (4, 45, 54));
        assert_eq!(kept(0), (4, 5, 14));
        assert_eq!(kept(1000), (4, 90, 99));
        assert_eq!(Life { steps: steps(0..15), untold: 0 }.around(3, 15).untold, 0);
    }
}
