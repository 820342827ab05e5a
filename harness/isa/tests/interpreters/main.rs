//! The tables and the decoder against the interpreters on this machine: what `dis` says and what a trace reports.
// Miri starts no other programs.
#![cfg(not(miri))]

mod boundaries;
mod disassembly;
mod support;

use refdrift_isa::table;
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

#[test]
fn boundaries_are_those_that_cpython_reports() {
    on_each(|interpreter| {
        for name in ["traced.py", "wide.py"] {
            let traced: Traced = interpreter.run(&["trace", &support::file(name)]).remove(0);
            let checked = boundaries::check(interpreter.version, &traced);
            println!("{} {name}: {checked} boundaries", interpreter.version);
            assert!(checked > 500);
        }
    });
}

#[test]
fn the_decoder_agrees_with_dis() {
    on_each(|interpreter| check_library(interpreter, false));
}

#[test]
#[ignore = "takes minutes: the whole standard library of each version"]
fn the_decoder_agrees_with_dis_on_the_standard_library() {
    on_each(|interpreter| check_library(interpreter, true));
}

fn check_library(interpreter: &Interpreter, all: bool) {
    let mut seen = disassembly::Seen::default();
    let mut files = interpreter.library(all);
    files.extend(["traced.py", "wide.py"].map(support::file));
    for files in files.chunks(50) {
        let files: Vec<&str> = std::iter::once("code").chain(files.iter().map(String::as_str)).collect();
        interpreter.each(&files, |dump: Dump| seen.check(interpreter.version, &dump));
    }
    println!("{}: {seen}", interpreter.version);
    assert!(seen.instructions > 10_000, "{seen}");
}
