//! The tables and the decoder against the interpreters on this machine: what `dis` says and what a trace reports.

mod support;

use std::collections::BTreeSet;

use refdrift_isa::{Code, Op, decode, table};
use refdrift_trace::PyVersion;
use support::{Dump, Interpreter, Traced};

/// Runs a check on every interpreter of a supported version; says so where there is none.
fn on_each(check: impl Fn(&Interpreter)) {
    let interpreters = support::interpreters();
    if interpreters.is_empty() {
        eprintln!("skipped: no Python 3.11, 3.12 or 3.13 on PATH or under pyenv");
    }
    for interpreter in &interpreters {
        check(interpreter);
    }
}

#[test]
fn the_tables_are_those_of_the_interpreters() {
    on_each(|interpreter| {
        let table = table::of(interpreter.version).expect("a table");
        for (number, name, caches) in interpreter.run::<Vec<(u8, String, u8)>>(&["table"]).remove(0) {
            // Not in compiled code: cache entries, markers, what the interpreter writes over instructions.
            if ["CACHE", "RESERVED", "ENTER_EXECUTOR"].contains(&name.as_str()) || name.starts_with("INSTRUMENTED_") {
                assert!(table.get(number).is_none(), "{} {name}", interpreter.version);
                continue;
            }
            let raw = table.get(number).unwrap_or_else(|| panic!("{} has no {name}", interpreter.version));
            assert_eq!((raw.name, raw.caches), (name.as_str(), caches), "{}", interpreter.version);
        }
    });
}

/// The boundaries that can follow an instruction at once: over micro-operations, jumps and handlers.
fn successors(code: &Code, from: usize) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(index) = todo.pop() {
        if !seen.insert(index) {
            continue;
        }
        let instr = code.instrs[index];
        if instr.boundary && index != from {
            found.insert(instr.offset);
            continue;
        }
        if !instr.op.is_terminal() {
            todo.push(index + 1);
        }
        if instr.op.arg_kind() == refdrift_isa::ArgKind::Target {
            todo.push(instr.arg as usize);
            // An instruction can follow itself only by a jump, and then it is a boundary of its own.
            if instr.arg as usize == from {
                found.insert(instr.offset);
            }
        }
        if let Some(handler) = code.handler_for(index as u32) {
            todo.push(handler.target as usize);
        }
    }
    found
}

fn check_trace(version: PyVersion, traced: &Traced) -> usize {
    let codes: Vec<Code> = traced
        .codes
        .iter()
        .map(|dump| decode(version, &dump.code_object()).unwrap_or_else(|e| panic!("{}: {e}", dump.name)))
        .collect();
    let mut checked = 0;
    for (number, offsets) in &traced.frames {
        let (code, dump) = (&codes[*number], &traced.codes[*number]);
        let at = |offset: u32| {
            let index = code.index_of_offset(offset).unwrap_or_else(|| panic!("{version} {}: nothing at {offset}", dump.name));
            assert!(code.instrs[index as usize].boundary, "{version} {}: no boundary at {offset}", dump.name);
            index as usize
        };
        let entry = code.instrs.iter().position(|instr| instr.op == Op::Resume).expect("a RESUME");
        let mut from = entry;
        for &offset in offsets {
            let index = at(offset);
            let expected = successors(code, from);
            assert!(
                expected.contains(&offset),
                "{version} {}: {offset} after {} ({:?}), not one of {expected:?}",
                dump.name,
                code.instrs[from].offset,
                code.instrs[from].op
            );
            from = index;
            checked += 1;
        }
    }
    checked
}

#[test]
fn boundaries_are_those_that_cpython_reports() {
    on_each(|interpreter| {
        for name in ["traced.py", "wide.py"] {
            let traced: Traced = interpreter.run(&["trace", &support::file(name)]).remove(0);
            let checked = check_trace(interpreter.version, &traced);
            println!("{} {name}: {checked} boundaries", interpreter.version);
            assert!(checked > 500);
        }
    });
}

#[allow(dead_code)]
fn unused(_: Dump) {}
