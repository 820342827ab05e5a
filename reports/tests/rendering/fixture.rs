//! The article's example, put together by hand, as both engines would hand it back on 3.12.

use refdrift_compare::{Subject, verdict};
use refdrift_isa::table;
use refdrift_record::Times;
use refdrift_runner::Examination;
use refdrift_trace::{
    CodeObject, CodeUnit, ConstId, Constant, ConstantValue, Event, FrameInfo, IMMORTAL, ObjectInfo, Observation, Origin, Outcome,
    Place, PyVersion, Step, Teardown, Trajectory,
};
use refdrift_vm::{End, Run};

pub(crate) const SOURCE: &str = "a = []\nb = []\nfoo = (a, b)\n(a, b)\n";

const VERSION: PyVersion = PyVersion::new(3, 12, 1);
const NAMES: [&str; 3] = ["a", "b", "foo"];
/// Instruction, argument, line.
const CODE: [(&str, u8, u32); 14] = [
    ("RESUME", 0, 1),
    ("BUILD_LIST", 0, 1),
    ("STORE_NAME", 0, 1),
    ("BUILD_LIST", 0, 2),
    ("STORE_NAME", 1, 2),
    ("LOAD_NAME", 0, 3),
    ("LOAD_NAME", 1, 3),
    ("BUILD_TUPLE", 2, 3),
    ("STORE_NAME", 2, 3),
    ("LOAD_NAME", 0, 4),
    ("LOAD_NAME", 1, 4),
    ("BUILD_TUPLE", 2, 4),
    ("POP_TOP", 0, 4),
    ("RETURN_CONST", 3, 4),
];
/// The constants' places in the pool: the names come first.
const NONE: ConstId = 3;
const MODULE: ConstId = 4;
const MODULE_NAME: ConstId = 5;

pub(crate) fn unit() -> CodeUnit {
    let opcode = |name| table::of(VERSION).unwrap().by_name(name).unwrap().opcode;
    let mut linetable = Vec::new();
    let mut last = 1;
    for (_, _, line) in CODE {
        // One instruction of two bytes, without columns; then the distance between the lines, as a signed number.
        linetable.extend([0x80 | 13 << 3, ((line - last) << 1) as u8]);
        last = line;
    }
    let text = |text: &str| Constant { value: ConstantValue::Str(text.to_owned()), count: IMMORTAL, interned: true, there: false };
    let mut pool: Vec<Constant> = NAMES.into_iter().map(text).collect();
    pool.push(Constant { value: ConstantValue::None, count: IMMORTAL, interned: false, there: false });
    pool.push(Constant { value: ConstantValue::Code(0), count: 2, interned: false, there: false });
    pool.push(text("<module>"));
    CodeUnit {
        version: VERSION,
        filename: "article".to_owned(),
        pool,
        codes: vec![CodeObject {
            id: MODULE,
            name: MODULE_NAME,
            qualname: MODULE_NAME,
            filename: MODULE_NAME,
            flags: 0,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: 2,
            firstlineno: 1,
            bytecode: CODE.into_iter().flat_map(|(name, arg, _)| [opcode(name), arg]).collect(),
            consts: vec![0, 1, 2, NONE],
            names: vec![0, 1, 2],
            localsplusnames: Vec::new(),
            localspluskinds: Vec::new(),
            exceptiontable: Vec::new(),
            linetable,
        }],
        siblings: Vec::new(),
        library: Vec::new(),
    }
}

/// What happens at each boundary, from that before the first `BUILD_LIST` on.
fn events() -> Vec<(Place, Vec<Event>)> {
    let seen = |object| Event::Seen { object, count: 1 };
    let slot = |slot, object: Option<u32>| Event::Slot { slot, object };
    let count = |object, count| Event::Count { object, count };
    let steps = [
        vec![],
        vec![seen(0), slot(0, Some(0))],
        vec![slot(0, None)],
        vec![seen(1), slot(0, Some(1))],
        vec![slot(0, None)],
        vec![slot(0, Some(0)), count(0, 2)],
        vec![slot(1, Some(1)), count(1, 2)],
        vec![seen(2), slot(0, Some(2)), slot(1, None)],
        vec![slot(0, None)],
        vec![slot(0, Some(0)), count(0, 3)],
        vec![slot(1, Some(1)), count(1, 3)],
        vec![seen(3), slot(0, Some(3)), slot(1, None)],
        vec![Event::Freed(3), slot(0, None), count(0, 2), count(1, 2)],
    ];
    let places = (1..).map(|index: u32| Place::Instruction { frame: 0, offset: 2 * index });
    let mut all: Vec<_> = places.zip(steps).collect();
    all.extend([
        (Place::Teardown(Teardown::Outcome), vec![]),
        (Place::Teardown(Teardown::Global(2)), vec![count(0, 1)]),
        (Place::Teardown(Teardown::Global(3)), vec![count(1, 1)]),
        (Place::Teardown(Teardown::Global(4)), vec![Event::Freed(2), Event::Freed(1), Event::Freed(0)]),
        (Place::Teardown(Teardown::Collection), vec![]),
    ]);
    all
}

pub(crate) fn trajectory() -> Trajectory {
    let mut trajectory = Trajectory {
        names: ["list", "tuple", "a", "b", "foo"].map(ToOwned::to_owned).into(),
        objects: [0, 0, 1, 1].map(|type_name| ObjectInfo { origin: Origin::Created, type_name }).into(),
        frames: vec![FrameInfo { code: 0 }],
        outcome: Outcome::Completed,
        ..Trajectory::default()
    };
    for (place, events) in events() {
        trajectory.events.extend(events);
        trajectory.steps.push(Step { place, events_end: trajectory.events.len() as u32 });
    }
    assert!(trajectory.is_sound());
    trajectory
}

/// A subject that takes a reference too many to `a` when the tuple is built for the first time, and so never frees it.
pub(crate) fn leaking() -> Trajectory {
    let mut leaking = trajectory();
    leaking.events.clear();
    for (index, (_, events)) in events().into_iter().enumerate() {
        let at_build = index == 7;
        leaking.events.extend(events.into_iter().map(|event| match event {
            Event::Count { object: 0, count } if index > 7 => Event::Count { object: 0, count: count + 1 },
            Event::Freed(0) => Event::Count { object: 0, count: 1 },
            event => event,
        }));
        if at_build {
            leaking.events.push(Event::Count { object: 0, count: 3 });
        }
        leaking.steps[index].events_end = leaking.events.len() as u32;
    }
    // The engines number names on their own.
    leaking.names.swap(2, 4);
    for step in &mut leaking.steps {
        if let Place::Teardown(Teardown::Global(name)) = &mut step.place {
            *name = 6 - *name;
        }
    }
    leaking.survivors = vec![0];
    leaking
}

/// What comes of the example if the subject does that, and gets that far.
pub(crate) fn examination(subject: Trajectory, end: End) -> Examination {
    let observation = Observation { unit: unit(), trajectory: trajectory() };
    let unsupported = match &end {
        End::Unsupported(missing) => {
            Some(refdrift_compare::Unsupported { what: "instruction BUILD_TUPLE".to_owned(), line: missing.line })
        }
        End::Finished => None,
    };
    let verdict =
        verdict(&observation.unit, &observation.trajectory, &Subject { trajectory: &subject, unsupported, address_use: None });
    Examination {
        python: VERSION,
        observation: Some(Box::new(observation)),
        run: Some(Run { trajectory: subject, end, address_use: None, inspections: Vec::new(), imbalance: None, attributes: None }),
        verdict,
        fault: None,
        fault_line: None,
        times: Times::default(),
    }
}
