//! One engine's trajectory, walked boundary by boundary.

use std::mem;

use refdrift_trace::{Count, Event, FrameId, ObjectId, Place, Trajectory};

/// The step of a free that never happens.
pub(crate) const NEVER: usize = usize::MAX;

/// The state of one engine at the boundary that was walked last, and what changed since the last comparison.
pub(crate) struct Side<'a> {
    pub(crate) trajectory: &'a Trajectory,
    /// The number of boundaries walked.
    pub(crate) walked: usize,
    /// The number of boundaries walked at the last comparison.
    pub(crate) compared: usize,
    /// The count of each object; none before it is met and after it is freed.
    pub(crate) counts: Vec<Option<Count>>,
    /// The step in which each object is freed, known from the start.
    pub(crate) freed_in: Vec<usize>,
    /// The other engine's object that stands for each object.
    pub(crate) partner: Vec<Option<ObjectId>>,
    /// The other engine's frame that stands for each frame.
    pub(crate) frame_partner: Vec<Option<FrameId>>,
    slots: Vec<Vec<Option<ObjectId>>>,
    fresh: Changes,
}

/// What changed since the last comparison.
#[derive(Default)]
pub(crate) struct Changes {
    /// The objects freed, in order.
    pub(crate) freed: Vec<ObjectId>,
    /// The slots that were set, of whichever frame.
    pub(crate) slots: Vec<(FrameId, u16)>,
    /// The objects whose count was told.
    pub(crate) counted: Vec<ObjectId>,
}

impl<'a> Side<'a> {
    pub(crate) fn new(trajectory: &'a Trajectory) -> Self {
        let objects = trajectory.objects.len();
        let frames = trajectory.frames.len();
        let mut freed_in = vec![NEVER; objects];
        for step in 0..trajectory.steps.len() {
            for event in trajectory.events_of(step) {
                if let Event::Freed(object) = *event {
                    freed_in[object as usize] = step;
                }
            }
        }
        Self {
            trajectory,
            walked: 0,
            compared: 0,
            counts: vec![None; objects],
            freed_in,
            partner: vec![None; objects],
            frame_partner: vec![None; frames],
            slots: vec![Vec::new(); frames],
            fresh: Changes::default(),
        }
    }

    /// Where the next boundary lies; none at the end.
    pub(crate) fn place(&self) -> Option<Place> {
        self.trajectory.steps.get(self.walked).map(|step| step.place)
    }

    /// Walks the next boundary.
    pub(crate) fn advance(&mut self) {
        let step = self.walked;
        let frame = match self.trajectory.steps[step].place {
            Place::Instruction { frame, .. } => Some(frame),
            Place::Teardown(_) => None,
        };
        for event in self.trajectory.events_of(step) {
            match *event {
                Event::Freed(object) => {
                    self.counts[object as usize] = None;
                    self.fresh.freed.push(object);
                }
                Event::Seen { object, count } | Event::Count { object, count } => {
                    self.counts[object as usize] = Some(count);
                    self.fresh.counted.push(object);
                }
                Event::Slot { slot, object } => {
                    if let Some(frame) = frame {
                        let slots = &mut self.slots[frame as usize];
                        if slots.len() <= usize::from(slot) {
                            slots.resize(usize::from(slot) + 1, None);
                        }
                        slots[usize::from(slot)] = object;
                        self.fresh.slots.push((frame, slot));
                    }
                }
            }
        }
        self.walked += 1;
    }

    /// Takes what changed since the last comparison; the next one starts here.
    pub(crate) fn take_changes(&mut self) -> Changes {
        self.compared = self.walked;
        mem::take(&mut self.fresh)
    }

    /// What a slot of a frame holds.
    pub(crate) fn slot(&self, frame: FrameId, slot: u16) -> Option<ObjectId> {
        self.slots[frame as usize].get(usize::from(slot)).copied().flatten()
    }

    /// The number of slots of a frame that ever held something.
    pub(crate) fn slot_count(&self, frame: FrameId) -> u16 {
        self.slots[frame as usize].len() as u16
    }
}
