//! What a trace reports, against the boundaries of the decoded code.

use std::collections::BTreeSet;

use refdrift_isa::{ArgKind, Code, Op, decode};
use refdrift_trace::PyVersion;

use crate::support::Traced;

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
        if instr.op.arg_kind() == ArgKind::Target {
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

/// Checks every frame; the number of boundaries.
pub(crate) fn check(version: PyVersion, traced: &Traced) -> usize {
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
