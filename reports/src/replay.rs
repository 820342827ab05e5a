//! Plays a trajectory back: what each object's count was before and after each instruction.

use refdrift_trace::{Count, Event, ObjectId, Place, Trajectory};

/// What is known of an object at a boundary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// It was not met yet.
    #[default]
    Unmet,
    /// It lives.
    Alive(Count),
    /// It is gone.
    Freed,
}

/// An object that an instruction touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) object: ObjectId,
    pub(crate) before: State,
    pub(crate) after: State,
}

/// One engine's run, boundary by boundary.
pub(crate) struct Replay<'a> {
    trajectory: &'a Trajectory,
    states: Vec<State>,
    slots: Vec<Vec<Option<ObjectId>>>,
    next: usize,
}

impl<'a> Replay<'a> {
    pub(crate) fn new(trajectory: &'a Trajectory) -> Self {
        let states = vec![State::Unmet; trajectory.objects.len()];
        Self { trajectory, states, slots: vec![Vec::new(); trajectory.frames.len()], next: 0 }
    }

    pub(crate) fn trajectory(&self) -> &'a Trajectory {
        self.trajectory
    }

    /// The place of the boundary that [`advance`](Self::advance) goes to next.
    pub(crate) fn next_place(&self) -> Option<Place> {
        self.trajectory.steps.get(self.next).map(|step| step.place)
    }

    pub(crate) fn state(&self, object: ObjectId) -> State {
        self.states.get(object as usize).copied().unwrap_or_default()
    }

    /// The object on top of a frame's stack at its last boundary.
    pub(crate) fn top(&self, frame: u32, locals: usize) -> Option<ObjectId> {
        self.slots.get(frame as usize)?.get(locals..)?.iter().rev().find_map(|slot| *slot)
    }

    /// Goes on to the next boundary; the objects that moved, came, went or were counted since the last one, each once:
    /// first those that left a slot or the world, in their order, then those that came.
    pub(crate) fn advance(&mut self) -> Vec<Touch> {
        let Some(step) = self.trajectory.steps.get(self.next) else { return Vec::new() };
        let frame = match step.place {
            Place::Instruction { frame, .. } => Some(frame as usize),
            Place::Teardown(_) => None,
        };
        let mut touched = Vec::new();
        let mut touch = |object: ObjectId, states: &[State]| {
            let before = states.get(object as usize).copied().unwrap_or_default();
            if !touched.iter().any(|touch: &Touch| touch.object == object) {
                touched.push(Touch { object, before, after: before });
            }
        };
        let events = self.trajectory.events_of(self.next);
        for event in events {
            if let (Event::Slot { slot, .. }, Some(frame)) = (event, frame)
                && let Some(Some(object)) = self.slots[frame].get(usize::from(*slot))
            {
                touch(*object, &self.states);
            }
        }
        for event in events {
            match *event {
                Event::Freed(object) | Event::Seen { object, .. } | Event::Count { object, .. } => touch(object, &self.states),
                Event::Slot { object: Some(object), .. } => touch(object, &self.states),
                Event::Slot { object: None, .. } => {}
            }
        }
        for event in events {
            match *event {
                Event::Freed(object) => self.states[object as usize] = State::Freed,
                Event::Seen { object, count } | Event::Count { object, count } => {
                    self.states[object as usize] = State::Alive(count);
                }
                Event::Slot { slot, object } => {
                    if let Some(frame) = frame {
                        let slots = &mut self.slots[frame];
                        if slots.len() <= usize::from(slot) {
                            slots.resize(usize::from(slot) + 1, None);
                        }
                        slots[usize::from(slot)] = object;
                    }
                }
            }
        }
        for touch in &mut touched {
            touch.after = self.state(touch.object);
        }
        self.next += 1;
        touched
    }
}
