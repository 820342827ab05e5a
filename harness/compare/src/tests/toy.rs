//! A toy engine: slots, counted objects, and a random program over them.

use refdrift_trace::{
    CodeObject, CodeUnit, Constant, ConstantValue, Event, FrameInfo, ObjectId, ObjectInfo, Origin, Outcome, Place, PyVersion, Step,
    Teardown, Trajectory,
};

/// `foo = (a, b)`, then `(a, b)`, as CPython 3.12 compiles it.
pub(crate) fn unit() -> CodeUnit {
    let text = |text: &str| Constant { value: ConstantValue::Str(text.to_owned()), count: 1, interned: true, there: false };
    let pool = vec![
        Constant { value: ConstantValue::Code(0), count: 1, interned: false, there: false },
        text("<module>"),
        text("a"),
        text("b"),
        text("foo"),
        Constant { value: ConstantValue::None, count: 1, interned: false, there: false },
    ];
    let module = CodeObject {
        id: 0,
        name: 1,
        qualname: 1,
        filename: 1,
        flags: 0,
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 2,
        firstlineno: 1,
        bytecode: vec![151, 0, 101, 0, 101, 1, 102, 2, 90, 2, 101, 0, 101, 1, 102, 2, 1, 0, 121, 0],
        consts: vec![5],
        names: vec![2, 3, 4],
        localsplusnames: Vec::new(),
        localspluskinds: Vec::new(),
        exceptiontable: Vec::new(),
        linetable: vec![240, 3, 1, 1, 1, 216, 7, 8, 136, 33, 128, 102, 128, 3, 242, 2, 2, 1, 13, 240, 6, 0, 2, 3, 128, 65, 130, 6],
    };
    CodeUnit {
        version: PyVersion::new(3, 12, 1),
        filename: "toy".to_owned(),
        pool,
        codes: vec![module],
        siblings: Vec::new(),
        library: Vec::new(),
    }
}

/// A trajectory with each step's events at hand.
#[derive(Clone)]
pub(crate) struct Rows(pub(crate) Vec<(Place, Vec<Event>)>);

impl Rows {
    pub(crate) fn of(trajectory: &Trajectory) -> Self {
        let rows = (0..trajectory.steps.len()).map(|step| (trajectory.steps[step].place, trajectory.events_of(step).to_vec()));
        Self(rows.collect())
    }

    /// Back again; all but the steps comes from another trajectory.
    pub(crate) fn into_trajectory(self, rest: &Trajectory) -> Trajectory {
        let (mut steps, mut events) = (Vec::new(), Vec::new());
        for (place, mut row) in self.0 {
            events.append(&mut row);
            steps.push(Step { place, events_end: events.len() as u32 });
        }
        Trajectory { steps, events, ..rest.clone() }
    }
}

/// Whether an object is met in these events.
pub(crate) fn meets(events: &[Event], object: ObjectId) -> bool {
    events.iter().any(|event| matches!(event, Event::Seen { object: seen, .. } if *seen == object))
}

/// The objects that were met before a step and are not freed before its end.
pub(crate) fn alive_before(trajectory: &Trajectory, step: usize) -> Vec<ObjectId> {
    let mut alive = Vec::new();
    for earlier in 0..=step {
        for event in trajectory.events_of(earlier) {
            match *event {
                Event::Seen { object, .. } if earlier < step => alive.push(object),
                Event::Freed(object) => alive.retain(|other| *other != object),
                _ => {}
            }
        }
    }
    alive
}

/// The objects that are freed.
pub(crate) fn freed(trajectory: &Trajectory) -> Vec<ObjectId> {
    trajectory.events.iter().filter_map(|event| if let Event::Freed(object) = event { Some(*object) } else { None }).collect()
}

const SLOTS: usize = 4;
const TYPES: [&str; 3] = ["list", "tuple", "dict"];

/// The same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[derive(Default)]
struct Toy {
    slots: [Option<ObjectId>; SLOTS],
    counts: Vec<i32>,
    objects: Vec<ObjectInfo>,
    freed: Vec<ObjectId>,
    rows: Vec<(Place, Vec<Event>)>,
}

impl Toy {
    fn put(&mut self, slot: usize, object: Option<ObjectId>) {
        if let Some(object) = object {
            self.counts[object as usize] += 1;
        }
        if let Some(old) = std::mem::replace(&mut self.slots[slot], object) {
            self.counts[old as usize] -= 1;
            if self.counts[old as usize] == 0 {
                self.freed.push(old);
            }
        }
    }

    /// What changed since the last boundary, as the trajectory's documentation has it.
    fn boundary(&mut self, place: Place, before: &([Option<ObjectId>; SLOTS], Vec<i32>)) {
        let mut events = self.freed.drain(..).map(Event::Freed).collect::<Vec<_>>();
        let mut known = before.1.len();
        for (slot, (old, new)) in before.0.iter().zip(self.slots).enumerate() {
            if *old == new {
                continue;
            }
            if let Some(object) = new.filter(|object| *object as usize >= known) {
                events.push(Event::Seen { object, count: self.counts[object as usize] });
                known += 1;
            }
            events.push(Event::Slot { slot: slot as u16, object: new });
        }
        for (object, (old, new)) in before.1.iter().zip(&self.counts).enumerate() {
            if old != new && *new > 0 {
                events.push(Event::Count { object: object as ObjectId, count: *new });
            }
        }
        self.rows.push((place, events));
    }
}

/// A random run of so many instructions and a teardown.
pub(crate) fn run(seed: u64, length: usize) -> Trajectory {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995);
    let mut toy = Toy::default();
    for step in 0..length {
        let before = (toy.slots, toy.counts.clone());
        for _ in 0..dice.roll(4) {
            let slot = dice.roll(SLOTS);
            match dice.roll(3) {
                // At most one new object a step, so that each is met in a slot.
                0 if toy.counts.len() == before.1.len() => {
                    toy.counts.push(0);
                    let type_name = dice.roll(TYPES.len()) as u32;
                    toy.objects.push(ObjectInfo { origin: Origin::Created, type_name });
                    let object = toy.counts.len() as ObjectId - 1;
                    toy.put(slot, Some(object));
                    break;
                }
                1 => toy.put(slot, toy.slots[dice.roll(SLOTS)]),
                _ => toy.put(slot, None),
            }
        }
        toy.boundary(Place::Instruction { frame: 0, offset: 2 + 2 * step as u32 }, &before);
    }
    let mut before = (toy.slots, toy.counts.clone());
    toy.boundary(Place::Teardown(Teardown::Outcome), &before);
    // The frame's slots are not walked any more: what happens to them shows in counts and frees only.
    for slot in 0..SLOTS - 1 {
        toy.put(slot, None);
        before = (toy.slots, before.1);
        toy.boundary(Place::Teardown(Teardown::Global(TYPES.len() as u32 + slot as u32)), &before);
        before.1.clone_from(&toy.counts);
    }
    toy.boundary(Place::Teardown(Teardown::Collection), &before);
    let survivors = (0..toy.counts.len() as ObjectId).filter(|object| toy.counts[*object as usize] > 0).collect();
    let rest = Trajectory {
        objects: toy.objects,
        frames: vec![FrameInfo { code: 0 }],
        names: TYPES.iter().copied().chain(["a", "b", "foo", "bar"]).map(str::to_owned).collect(),
        output: "hi\n".to_owned(),
        outcome: Outcome::Completed,
        survivors,
        ..Trajectory::default()
    };
    Rows(toy.rows).into_trajectory(&rest)
}
