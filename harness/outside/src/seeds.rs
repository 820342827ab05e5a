//! Bytes that are right, to begin with.

use refdrift_isa::assemble::Assembler;
use refdrift_trace::{
    CodeUnit, ConstantValue, Event, FrameInfo, ObjectInfo, Observation, Origin, Place, PyVersion, Response, Step, Teardown,
    Trajectory,
};

/// The versions that are read.
pub const VERSIONS: [PyVersion; 3] = [PyVersion::new(3, 11, 7), PyVersion::new(3, 12, 1), PyVersion::new(3, 13, 0)];

const RECORD: &str = r#"{"record":2,"refdrift":"0.1.0","origin":{"files":{"paths":["a.py"]}},"pythons":["3.12.1"],"cases":2}
{"number":0,"case":"a/a","python":"3.12.1","verdict":"agreed","found":"agreed","steps":3,"times":{"reference_us":1,"subject_us":2,"compare_us":3}}
{"number":1,"case":"a/b","python":"3.12.1","verdict":"failed","found":"engine_failed","reason":"CPython died","reason_line":2,"fault":"crash","path":"b.py","line":1,"source_line":1,"steps":0,"source":"a = []\n"}
{"summary":{"cases":2,"agreed":1,"expected":0,"diverged":0,"unsupported":0,"incomparable":0,"failed":1}}
"#;

const CASES: &str = "suite: tuples
why: 'What the file is about'
cases:
  - name: one
    why: >-
      What it is for.
    python: '>=3.11'
    source: |
      a = []
      b = (a, a)
    expect:
      verdict: agreed
      counts: [{line: 2, name: a, count: 1}, {line: 2, before: BUILD_TUPLE, name: a, count: 3}]
      frees: [{name: b, at: teardown}]
  - name: two
    python: [3.11, 3.13]
    native:
      module: first
      source: |
        #include <Python.h>
      functions:
        get: {call: one, parameters: [borrows list], result: item 0 of list, raises: [{when: 'not list', error: IndexError, message: no}]}
    source: a = 1
";

/// What each target takes well, by its name.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "wire" => VERSIONS.into_iter().filter_map(message).collect(),
        "record" => vec![RECORD.into()],
        "case_file" => vec![CASES.into()],
        "bytecode" => (0_u8..).zip(VERSIONS).map(|(number, version)| tables(number, &unit(version))).collect(),
        _ => Vec::new(),
    }
}

/// `try: a = 1` and its handler, as far as it takes to have each part.
fn unit(version: PyVersion) -> CodeUnit {
    let mut code = Assembler::new(version);
    let (name, one) = (code.name("a"), code.constant(ConstantValue::Int(1)));
    code.op("RESUME", 0);
    let start = code.here();
    code.line(2).op("LOAD_CONST", one).op("STORE_NAME", name);
    let end = code.here();
    code.line(3).op("LOAD_CONST", one).op("RETURN_VALUE", 0);
    let target = code.here();
    code.op("PUSH_EXC_INFO", 0).op("POP_TOP", 0).op("RERAISE", 0);
    code.handler(start..end, target, 0, false);
    code.finish()
}

fn tables(number: u8, unit: &CodeUnit) -> Vec<u8> {
    let code = unit.module();
    let mut exceptions = code.exceptiontable.clone();
    if exceptions.len() % 2 == 1 {
        exceptions.push(0);
    }
    let mut bytes = vec![number, (code.bytecode.len() / 2) as u8, (exceptions.len() / 2) as u8];
    bytes.extend(code.bytecode.iter().chain(&exceptions).chain(&code.linetable));
    bytes
}

fn message(version: PyVersion) -> Option<Vec<u8>> {
    let step = |place, events_end| Step { place, events_end };
    let trajectory = Trajectory {
        steps: vec![
            step(Place::Instruction { frame: 0, offset: 2 }, 0),
            step(Place::Instruction { frame: 0, offset: 4 }, 2),
            step(Place::Teardown(Teardown::Outcome), 3),
            step(Place::Teardown(Teardown::Global(1)), 5),
            step(Place::Teardown(Teardown::Collection), 6),
        ],
        events: vec![
            Event::Seen { object: 0, count: 1 },
            Event::Slot { slot: 0, object: Some(0) },
            Event::Count { object: 0, count: 2 },
            Event::Seen { object: 1, count: 5 },
            Event::Slot { slot: 0, object: None },
            Event::Freed(1),
        ],
        objects: vec![
            ObjectInfo { origin: Origin::Constant(0), type_name: 0 },
            ObjectInfo { origin: Origin::Created, type_name: 0 },
        ],
        frames: vec![FrameInfo { code: 0 }],
        names: vec!["int".to_owned(), "a".to_owned()],
        output: "text\n".to_owned(),
        survivors: vec![0],
        ..Trajectory::default()
    };
    postcard::to_allocvec(&Response::Finished(Box::new(Observation { unit: unit(version), trajectory }))).ok()
}
