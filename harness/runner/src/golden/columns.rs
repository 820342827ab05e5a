//! A trajectory's steps and events as columns of small numbers that repeat themselves: where a loop does the same with new objects
//! each time, so do the numbers.

use refdrift_trace::{Event, Place, Step, Teardown, Trajectory};
use serde::{Deserialize, Serialize};

/// Steps and events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    /// For each step how many events it has, times three, and which of the three kinds of place it is.
    steps: Vec<u32>,
    frames: Vec<u64>,
    /// Of instructions in the frame of the step before: how far they are from that one. Of others: where they are, or the act of the teardown.
    offsets: Vec<i64>,
    /// For each event its kind; behind the kinds are the slots.
    events: Vec<u32>,
    objects: Vec<u64>,
    counts: Vec<i32>,
}

/// The kinds of places.
const SAME_FRAME: u32 = 0;
const OTHER_FRAME: u32 = 1;
const TEARDOWN: u32 = 2;

/// The kinds of events.
const FREED: u32 = 0;
const SEEN: u32 = 1;
const COUNT: u32 = 2;
const EMPTY: u32 = 3;
const SLOT: u32 = 4;

/// Numbers given out in order, each said by its distance from the next new one where that is less than the number itself.
#[derive(Default)]
struct Near {
    next: u32,
}

impl Near {
    fn say(&mut self, number: u32) -> u64 {
        let distance = self.next.wrapping_sub(number);
        let said = if number <= self.next && distance <= number { u64::from(distance) * 2 + 1 } else { u64::from(number) * 2 };
        self.next = self.next.max(number.saturating_add(1));
        said
    }

    fn hear(&mut self, said: u64) -> Option<u32> {
        let value = u32::try_from(said / 2).ok()?;
        let number = if said % 2 == 1 { self.next.checked_sub(value)? } else { value };
        self.next = self.next.max(number.saturating_add(1));
        Some(number)
    }
}

impl Columns {
    /// Those of a trajectory.
    pub(super) fn of(trajectory: &Trajectory) -> Self {
        let mut columns = Self::default();
        let (mut frames, mut objects) = (Near::default(), Near::default());
        let (mut end, mut before) = (0, None);
        for step in &trajectory.steps {
            let events = (step.events_end - std::mem::replace(&mut end, step.events_end)) * 3;
            let (kind, offset) = match step.place {
                Place::Instruction { frame, offset } => match before.replace((frame, offset)) {
                    Some((same, last)) if same == frame => (SAME_FRAME, i64::from(offset) - i64::from(last)),
                    _ => {
                        columns.frames.push(frames.say(frame));
                        (OTHER_FRAME, i64::from(offset))
                    }
                },
                Place::Teardown(act) => (TEARDOWN, act_number(act)),
            };
            columns.steps.push(events + kind);
            columns.offsets.push(offset);
        }
        for event in &trajectory.events {
            let (kind, object, count) = match *event {
                Event::Freed(object) => (FREED, Some(object), None),
                Event::Seen { object, count } => (SEEN, Some(object), Some(count)),
                Event::Count { object, count } => (COUNT, Some(object), Some(count)),
                Event::Slot { slot, object: None } => (EMPTY + u32::from(slot) * 2, None, None),
                Event::Slot { slot, object } => (SLOT + u32::from(slot) * 2, object, None),
            };
            columns.events.push(kind);
            columns.objects.extend(object.map(|object| objects.say(object)));
            columns.counts.extend(count);
        }
        columns
    }

    /// The steps and events; none if they do not fit together.
    pub(super) fn read(&self) -> Option<(Vec<Step>, Vec<Event>)> {
        let (mut frames, mut said) = (Near::default(), self.frames.iter());
        let (mut events_end, mut before) = (0_u32, None);
        let step = |(head, offset): (&u32, &i64)| {
            events_end = events_end.checked_add(head / 3)?;
            let at = |base: u32| u32::try_from(i64::from(base) + offset).ok();
            let place = match head % 3 {
                SAME_FRAME => before.and_then(|(frame, last)| Some(Place::Instruction { frame, offset: at(last)? }))?,
                OTHER_FRAME => Place::Instruction { frame: frames.hear(*said.next()?)?, offset: at(0)? },
                _ => Place::Teardown(act(*offset)?),
            };
            if let Place::Instruction { frame, offset } = place {
                before = Some((frame, offset));
            }
            Some(Step { place, events_end })
        };
        let steps = self.steps.iter().zip(&self.offsets).map(step).collect::<Option<Vec<_>>>()?;
        let (mut objects, mut said, mut counts) = (Near::default(), self.objects.iter(), self.counts.iter());
        let event = |kind: &u32| {
            let slot = || u16::try_from((kind - EMPTY) / 2).ok();
            if *kind >= EMPTY && (kind - EMPTY).is_multiple_of(2) {
                return Some(Event::Slot { slot: slot()?, object: None });
            }
            let object = objects.hear(*said.next()?)?;
            Some(match *kind {
                FREED => Event::Freed(object),
                SEEN => Event::Seen { object, count: *counts.next()? },
                COUNT => Event::Count { object, count: *counts.next()? },
                _ => Event::Slot { slot: slot()?, object: Some(object) },
            })
        };
        let events = self.events.iter().map(event).collect::<Option<Vec<_>>>()?;
        (steps.len() == self.offsets.len() && events_end as usize == events.len()).then_some((steps, events))
    }
}

fn act_number(act: Teardown) -> i64 {
    match act {
        Teardown::Outcome => 0,
        Teardown::Collection => 1,
        Teardown::Global(name) => i64::from(name) * 2 + 2,
        Teardown::Module(name) => i64::from(name) * 2 + 3,
    }
}

fn act(number: i64) -> Option<Teardown> {
    let name = || u32::try_from(number / 2 - 1).ok();
    Some(match number {
        0 => Teardown::Outcome,
        1 => Teardown::Collection,
        _ if number % 2 == 0 => Teardown::Global(name()?),
        _ => Teardown::Module(name()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trajectory() -> Trajectory {
        let at = |frame, offset| Place::Instruction { frame, offset };
        let places = [
            at(0, 2),
            at(0, 0),
            at(1, 4),
            at(0, u32::MAX),
            at(900, 7),
            Place::Teardown(Teardown::Outcome),
            Place::Teardown(Teardown::Global(5)),
            Place::Teardown(Teardown::Module(0)),
            Place::Teardown(Teardown::Collection),
        ];
        let mut events = Vec::new();
        for object in [0, 1, 2, 40, u32::MAX - 1, 3] {
            events.extend([
                Event::Seen { object, count: 1 },
                Event::Slot { slot: 7, object: Some(object) },
                Event::Count { object: object / 2, count: i32::MAX },
                Event::Slot { slot: u16::MAX, object: None },
                Event::Freed(object),
            ]);
        }
        let steps = places.iter().zip([0, 3, 3, 9, 10, 11, 20, 29, 30]);
        let steps = steps.map(|(&place, events_end)| Step { place, events_end }).collect();
        Trajectory { steps, events, ..Trajectory::default() }
    }

    #[test]
    fn what_is_written_is_read() {
        let trajectory = trajectory();
        let columns = Columns::of(&trajectory);
        assert_eq!(columns.read(), Some((trajectory.steps, trajectory.events)));
    }

    #[test]
    fn what_repeats_itself_looks_so() {
        let round =
            |object: u32| [Event::Seen { object, count: 1 }, Event::Freed(object - 1), Event::Count { object: 3, count: 2 }];
        let events: Vec<Event> = (100..200).flat_map(round).collect();
        let columns = Columns::of(&Trajectory { events, ..Trajectory::default() });
        assert!(columns.objects[30..].chunks(3).all(|round| round == &columns.objects[30..33]), "{:?}", columns.objects);
    }

    #[test]
    fn columns_that_do_not_fit_are_refused() {
        let whole = Columns::of(&trajectory());
        for broken in [
            Columns { counts: Vec::new(), ..whole.clone() },
            Columns { objects: whole.objects[1..].to_vec(), ..whole.clone() },
            Columns { frames: Vec::new(), ..whole.clone() },
            Columns { offsets: whole.offsets[1..].to_vec(), ..whole.clone() },
            Columns { events: whole.events[1..].to_vec(), ..whole.clone() },
        ] {
            assert_eq!(broken.read(), None);
        }
    }
}
