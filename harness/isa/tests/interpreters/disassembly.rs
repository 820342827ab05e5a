//! What `dis` says of a code object, against what the decoder made of it.

use std::collections::BTreeSet;
use std::fmt;

use refdrift_isa::{ArgKind, Code, Instr, Line, Op, constant_text, contract, decode, listing};
use refdrift_trace::PyVersion;

use crate::support::{Disassembled, Dump};

/// How much was checked.
#[derive(Default)]
pub(crate) struct Seen {
    codes: usize,
    pub(crate) instructions: usize,
    ops: BTreeSet<Op>,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} code objects, {} instructions, {} of {} ops", self.codes, self.instructions, self.ops.len(), Op::ALL.len())
    }
}

impl Seen {
    pub(crate) fn check(&mut self, version: PyVersion, dump: &Dump) {
        let unit = dump.unit(version);
        let object = unit.module();
        let place = format!("{version} {}, line {}", dump.name, dump.firstlineno);
        let code = decode(version, object).unwrap_or_else(|error| panic!("{place}: {error}"));
        let lines = listing(&code, object, &unit).expect("it was decoded");
        check_listing(&code, dump, &lines, &place);
        check_tables(&code, dump, &place);
        check_depths(&code, dump, &place);
        for (id, (_, text)) in object.consts.iter().zip(&dump.consts) {
            if comparable(text) {
                assert_eq!(constant_text(&unit, *id), *text, "{place}");
            }
        }
        self.codes += 1;
        self.instructions += lines.len();
        self.ops.extend(code.instrs.iter().map(|instr| instr.op));
    }
}

/// Offsets, names, arguments, jump targets, texts and stack effects.
fn check_listing(code: &Code, dump: &Dump, lines: &[Line], place: &str) {
    let version = code.version();
    let mut end = 0;
    let mut lines = lines.iter();
    let mut folded = None;
    for said in &dump.instructions {
        if version.minor == 11 && said.name == "EXTENDED_ARG" {
            folded = folded.or(Some(said.offset));
            continue;
        }
        let line = lines.next().expect("a line for each instruction");
        let place = format!("{place}: {line} at {}", line.offset);
        assert_eq!(
            (line.offset, line.name, line.arg),
            (folded.take().unwrap_or(said.offset), said.name.as_str(), said.arg),
            "{place}"
        );
        assert_eq!(line.instrs.start, end, "{place}");
        end = line.instrs.end;
        let first = code.instrs[line.instrs.start];
        assert_eq!(first.lasti() * 2, said.offset, "{place}");
        if said.name != "EXTENDED_ARG" {
            if comparable(&said.text) {
                assert_eq!(line.text, text_of(said), "{place}");
            }
            for jump in [false, true] {
                assert_eq!(effect(code, line, jump), effect_of(version, said, jump), "{place}, jump: {jump}");
            }
        }
    }
    assert_eq!(end, code.instrs.len(), "{place}");
}

/// Whether it is to be the same text here: not where `dis` shows nothing (`is`, `not in`), nor with code objects, which `dis` shows with their addresses, nor outside ASCII,
/// where it is a matter of Python's Unicode tables which characters it prints as they are.
fn comparable(text: &str) -> bool {
    text.is_ascii() && !text.is_empty() && !["code object", "\\x", "\\u", "\\U"].iter().any(|odd| text.contains(odd))
}

/// What a listing is to show of an argument.
fn text_of(said: &Disassembled) -> String {
    // 3.13 makes up labels for targets.
    said.target.map_or_else(|| said.text.clone(), |target| format!("to {target}"))
}

/// The stack effect of what a CPython instruction became, along the way that goes on or the one that jumps.
fn effect(code: &Code, line: &Line, jump: bool) -> i64 {
    let (mut index, mut effect) = (line.instrs.start, 0);
    while line.instrs.contains(&index) {
        let Instr { op, arg, .. } = code.instrs[index];
        let jumps = op == Op::Jump || jump && op.arg_kind() == ArgKind::Target;
        effect += contract(op).stack_effect(arg, jumps);
        index = if jumps { arg as usize } else { index + 1 };
    }
    effect
}

/// What `dis` says of a stack effect, but where it counts in another way.
fn effect_of(version: PyVersion, said: &Disassembled, jump: bool) -> i64 {
    let effect = i64::from(said.effects[usize::from(jump)]);
    let arg = i64::from(said.arg.unwrap_or(0));
    match (version.minor, said.name.as_str()) {
        // Ours is past END_FOR (and POP_TOP), which the compiler counts as two less.
        (12.., "FOR_ITER") if jump => effect - 2,
        // The compiler lets PRECALL take the arguments that CALL takes.
        (11, "PRECALL") => effect + arg,
        (11, "CALL") => effect - arg,
        // The compiler starts a generator with one value on the stack.
        (11 | 12, "RETURN_GENERATOR") => 1,
        _ => effect,
    }
}

/// The exception table and the location table.
fn check_tables(code: &Code, dump: &Dump, place: &str) {
    let offset = |index: u32| code.instrs.get(index as usize).map_or(dump.bytecode.len() as u32 / 2, |instr| instr.offset);
    let handlers = code.handlers.iter().map(|h| (offset(h.start), offset(h.end), offset(h.target), h.depth, h.push_lasti));
    assert!(handlers.eq(dump.handlers.iter().copied()), "{place}: {:?} {:?}", code.handlers, dump.handlers);
    for (unit, said) in dump.positions.iter().enumerate() {
        let read = code.position(unit as u32 * 2).map(|p| [p.line, p.end_line, p.column, p.end_column]);
        assert_eq!(read, Some(*said), "{place}: position of unit {unit}");
    }
}

/// The contracts lead to one depth everywhere, and the deepest is no deeper than the compiler found.
fn check_depths(code: &Code, dump: &Dump, place: &str) {
    let depths = code.depths().unwrap_or_else(|| panic!("{place}: no depths"));
    let deepest = depths.iter().flatten().max().copied().unwrap_or(0);
    assert!(deepest <= dump.stacksize, "{place}: {deepest} > {}", dump.stacksize);
    for (depth, instr) in depths.iter().zip(&code.instrs) {
        if matches!(instr.op, Op::ReturnValue) {
            assert!(depth.is_none_or(|depth| depth == 1), "{place}: {instr:?} at {depth:?}");
        }
    }
}
