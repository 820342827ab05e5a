//! What reads bytes from outside, as functions that any bytes can be given to: none may panic, whatever they are.
//!
//! | target | reads |
//! | --- | --- |
//! | [`wire`] | a message of the observer, and what it holds: the trajectory is compared, its code listed |
//! | [`record`] | the record of a run: read, gone on with, merged |
//! | [`case_file`] | a case file |
//! | [`bytecode`] | instructions, exception table and table of lines of a code object |
//!
//! The folder `fuzz` has a target for cargo-fuzz of each (`cargo +nightly fuzz run wire`, in this folder); the tests here give
//! them mutated [`seeds`], on a stable Rust.
#![forbid(unsafe_code)]

mod seeds;

use std::fs;
use std::path::Path;

use refdrift_cases::load;
use refdrift_compare::{Listing, Subject, verdict};
use refdrift_isa::{decode, listing};
use refdrift_record::{Reader, Writer, merge};
use refdrift_trace::{
    CodeObject, CodeUnit, CompileAnswer, Inspected, ModuleAnswer, Observation, PyVersion, Request, Response, Trajectory,
};
use tempfile::TempDir;

pub use seeds::{VERSIONS, seeds};

/// A target: its name, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 4] = [("wire", wire), ("record", record), ("case_file", case_file), ("bytecode", bytecode)];

/// A message of the observer's, and one to it.
pub fn wire(bytes: &[u8]) {
    let _ = postcard::from_bytes::<Request>(bytes);
    let Ok(response) = postcard::from_bytes::<Response>(bytes) else { return };
    match response {
        Response::Finished(observation) => observed(&observation),
        Response::Crashed(crash) => crash.seen.iter().for_each(observed),
        Response::Inspected(inspected) => {
            let Inspected { trajectory, inspections: _ } = *inspected;
            let _ = trajectory.is_sound();
        }
        Response::Module(ModuleAnswer::Python { unit, .. }) => unit_of(&unit),
        Response::Compiled(answer) => {
            if let CompileAnswer::Code(unit) = *answer {
                unit_of(&unit);
            }
        }
        _ => {}
    }
}

/// What the harness does with an observation that it takes.
fn observed(observation: &Observation) {
    let Observation { unit, trajectory } = observation;
    unit_of(unit);
    if !trajectory.is_sound() || unit.codes.is_empty() {
        return;
    }
    let listed = Listing::new(unit);
    for step in &trajectory.steps {
        let _ = listed.site(trajectory, step.place).to_string();
    }
    for object in 0..trajectory.objects.len() as u32 {
        let _ = listed.label(trajectory, object);
    }
    for other in [trajectory, &Trajectory::default()] {
        let subject = Subject { trajectory: other, unsupported: None, address_use: None };
        let _ = verdict(unit, trajectory, &subject);
        let _ = verdict(unit, other, &Subject { trajectory, ..subject });
    }
}

fn unit_of(unit: &CodeUnit) {
    for code in &unit.codes {
        decoded(unit.version, code, unit);
    }
}

fn decoded(version: PyVersion, code: &CodeObject, unit: &CodeUnit) {
    let Ok(decoded) = decode(version, code) else { return };
    for (index, instr) in decoded.instrs.iter().enumerate() {
        let _ = decoded.handler_for(index as u32);
        let _ = decoded.step(index as u32);
        let _ = (decoded.index_of_offset(instr.offset), decoded.position(instr.offset), decoded.line(instr.offset));
    }
    let _ = listing(&decoded, code, unit).map(|lines| lines.iter().map(ToString::to_string).collect::<Vec<_>>());
}

/// A file with these bytes, read by `read`.
fn with_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path, &Path)) {
    // No file, nothing to read: then this tried nothing, which a machine without room for a small file tells anyway.
    let Ok(folder) = TempDir::new() else { return };
    let path = folder.path().join(name);
    if fs::write(&path, bytes).is_ok() {
        read(&path, folder.path());
    }
}

/// A record.
pub fn record(bytes: &[u8]) {
    with_file("record.jsonl", bytes, |path, folder| {
        let Ok(mut reader) = Reader::open(path) else { return };
        let header = reader.header().clone();
        while let Some(Ok(_)) = reader.next() {}
        let _ = (reader.cut_off(), reader.ended(), reader.next_number(), reader.line());
        for missing in [false, true] {
            let _ = merge(&[path.to_owned()], &folder.join(format!("merged-{missing}")), missing, &mut |_| {});
        }
        if let Ok((writer, _)) = Writer::resume(path, &header, &mut |_| {}) {
            let _ = writer.end(true);
        }
    });
}

/// A case file.
pub fn case_file(bytes: &[u8]) {
    with_file("cases.yaml", bytes, |path, folder| match load(&[path.to_owned()], folder) {
        Ok(cases) => cases.iter().for_each(|case| drop((case.id(), case.is_for(PyVersion::new(3, 12, 1))))),
        Err(errors) => errors.iter().for_each(|error| drop(error.to_string())),
    });
}

/// A code object: a byte for the version, two for the lengths of instructions and exception table (in units of two), then
/// those and the table of lines.
pub fn bytecode(bytes: &[u8]) {
    let [version, instructions, exceptions, rest @ ..] = bytes else { return };
    let version = VERSIONS[usize::from(*version) % VERSIONS.len()];
    let (bytecode, rest) = rest.split_at((usize::from(*instructions) * 2).min(rest.len()));
    let (exceptiontable, linetable) = rest.split_at((usize::from(*exceptions) * 2).min(rest.len()));
    let [bytecode, exceptiontable, linetable] = [bytecode, exceptiontable, linetable].map(<[u8]>::to_vec);
    let code = CodeObject { bytecode, exceptiontable, linetable, firstlineno: 1, ..CodeObject::default() };
    let unit = CodeUnit {
        version,
        filename: String::new(),
        pool: Vec::new(),
        codes: vec![code.clone()],
        siblings: Vec::new(),
        library: Vec::new(),
    };
    decoded(version, &code, &unit);
}
