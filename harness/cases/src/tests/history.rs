//! What a case states about counts and frees, against a run of `a = []; foo = (a, a); del foo` as CPython 3.12 has it.

use std::path::Path;

use refdrift_trace::{
    CodeObject, CodeUnit, Constant, ConstantValue, Event, FrameInfo, ObjectInfo, Origin, Place, PyVersion, Step, Teardown,
    Trajectory,
};

use crate::{Case, read};

/// The example of the crate's front page.
fn example() -> String {
    let page = include_str!("../lib.rs");
    let lines = page.lines().skip_while(|line| *line != "//! ```yaml").skip(1).take_while(|line| *line != "//! ```");
    lines.map(|line| line.strip_prefix("//! ").unwrap_or_default().to_owned() + "\n").collect()
}

#[test]
fn the_readme_has_the_same_example() {
    let page = include_str!("../../../../README.md");
    let block = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or_default();
    let (here, there) = (case(&example()), case(block));
    assert_eq!((here.source, here.expect.counts.len()), (there.source.clone(), there.expect.counts.len()));
    assert_eq!(there.failures(&unit(), &trajectory()), []);
}

fn unit() -> CodeUnit {
    let text = |text: &str| Constant { value: ConstantValue::Str(text.to_owned()), count: 1, interned: true, there: false };
    let code = Constant { value: ConstantValue::Code(0), count: 1, interned: false, there: false };
    let none = Constant { value: ConstantValue::None, count: 1, interned: false, there: false };
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
        bytecode: vec![151, 0, 103, 0, 90, 0, 101, 0, 101, 0, 102, 2, 90, 1, 91, 1, 121, 0],
        consts: vec![2],
        names: vec![3, 4],
        localsplusnames: Vec::new(),
        localspluskinds: Vec::new(),
        exceptiontable: Vec::new(),
        linetable: vec![240, 3, 1, 1, 1, 216, 4, 6, 128, 1, 216, 7, 8, 136, 33, 128, 102, 128, 3, 217, 4, 7],
    };
    let pool = vec![code, text("<module>"), none, text("a"), text("foo")];
    CodeUnit {
        version: PyVersion::new(3, 12, 1),
        filename: "example".to_owned(),
        pool,
        codes: vec![module],
        siblings: Vec::new(),
        library: Vec::new(),
    }
}

fn trajectory() -> Trajectory {
    let at = |offset: u32| Place::Instruction { frame: 0, offset };
    let slot = |slot: u16, object: Option<u32>| Event::Slot { slot, object };
    let count = |object: u32, count: i32| Event::Count { object, count };
    let seen = |object: u32| Event::Seen { object, count: 1 };
    let rows = [
        (at(2), vec![]),
        (at(4), vec![seen(0), slot(0, Some(0))]),
        (at(6), vec![slot(0, None)]),
        (at(8), vec![slot(0, Some(0)), count(0, 2)]),
        (at(10), vec![slot(1, Some(0)), count(0, 3)]),
        (at(12), vec![seen(1), slot(0, Some(1)), slot(1, None)]),
        (at(14), vec![slot(0, None)]),
        (at(16), vec![Event::Freed(1), count(0, 1)]),
        (Place::Teardown(Teardown::Outcome), vec![]),
        (Place::Teardown(Teardown::Global(2)), vec![Event::Freed(0)]),
        (Place::Teardown(Teardown::Collection), vec![]),
    ];
    let mut run = Trajectory {
        objects: (0..2).map(|type_name| ObjectInfo { origin: Origin::Created, type_name }).collect(),
        frames: vec![FrameInfo { code: 0 }],
        names: ["list", "tuple", "a"].map(str::to_owned).to_vec(),
        ..Trajectory::default()
    };
    for (place, mut events) in rows {
        run.events.append(&mut events);
        run.steps.push(Step { place, events_end: run.events.len() as u32 });
    }
    run
}

fn case(text: &str) -> Case {
    read::cases(Path::new("tuples.yaml"), text.as_bytes()).unwrap_or_else(|errors| panic!("{}", errors[0])).remove(0)
}

#[test]
fn the_example_holds() {
    let case = case(&example());
    assert_eq!(case.expect.counts.len(), 3);
    assert_eq!(case.failures(&unit(), &trajectory()), []);
}

#[test]
fn what_does_not_hold_is_told() {
    let table = [
        ("counts: [{line: 2, name: a, count: 2}]", "`a` has 1 reference before line 2, not 2 referencesMEND"),
        (
            "counts: [{line: 2, before: BUILD_TUPLE, name: a, count: immortal}]",
            "`a` has 3 references before line 2, not immortalMEND",
        ),
        ("counts: [{line: 2, before: BUILD_LIST, name: a, count: 1}]", "no BUILD_LIST of line 2 is executed"),
        ("counts: [{line: 1, name: a, count: 1}]", "`a` is bound to nothing before line 1"),
        ("counts: [{line: 2, name: <top>, count: 1}]", "`<top>` is bound to nothing before line 2"),
        ("frees: [foo]", ""),
        ("frees: [{name: foo, at: 3}, {name: a, at: teardown}]", ""),
        ("frees: [{name: foo, at: 2}]", "`foo` is freed by line 3, not by line 2MEND"),
        ("frees: [a, foo]", "`a` is not freed then: they are freed in the order foo (by line 3), a (by the teardown)MEND"),
        ("frees: [b]", "`b` is not freed: none of them is freed"),
        ("frees: [a, a]", "`a` is not freed: they are freed in the order a (by the teardown)MEND"),
        ("frees: [<list>]", "`<list>` is not freed: none of them is freed"),
    ];
    for (expect, message) in table {
        let text = format!("cases:\n- name: x\n  source: |\n    a = []\n    foo = (a, a)\n    del foo\n  expect:\n    {expect}\n");
        let failures = case(&text).failures(&unit(), &trajectory());
        let message = message.replace("MEND", "; `refdrift bless tuples.yaml` writes what CPython says");
        let expected = if message.is_empty() { Vec::new() } else { vec![format!("tuples.yaml:8: {message}")] };
        assert_eq!(failures.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{expect}");
    }
}

#[test]
fn more_frees_than_stated_are_told() {
    let mut run = trajectory();
    // A second object that was called foo: it is bound where the first was, and freed by the collection.
    run.objects.push(run.objects[1]);
    run.events.push(Event::Freed(2));
    run.steps[10].events_end += 1;
    let text = "cases:\n- name: x\n  source: |\n    a = []\n    foo = (a, a)\n    del foo\n  expect:\n    frees: [<tuple>]\n";
    assert_eq!(case(text).failures(&unit(), &run), []);
    run.events.push(Event::Freed(2));
    run.steps[10].events_end += 1;
    let failures = case(text).failures(&unit(), &run);
    assert!(failures[0].message.starts_with("more objects of these names are freed"), "{}", failures[0]);
}
