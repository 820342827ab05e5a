//! An observation for people.

use std::fmt::Write;

use refdrift_trace::{
    CodeUnit, Constant, ConstantValue, Count, Event, IMMORTAL, ObjectId, Observation, Origin, Outcome, Place, Teardown, Trajectory,
};

use crate::opcodes::Opcodes;

/// The trajectory, instruction by instruction, with the source lines that they come from.
pub(crate) fn observation(observation: &Observation, opcodes: &Opcodes, source: &[u8]) -> String {
    let Observation { unit, trajectory } = observation;
    let mut text = String::new();
    let source = String::from_utf8_lossy(source);
    let lines: Vec<&str> = source.lines().collect();
    let tables: Vec<Vec<Option<u32>>> = unit.codes.iter().map(|code| line_table(&code.linetable, code.firstlineno)).collect();
    let mut shown = None;
    for (number, step) in trajectory.steps.iter().enumerate() {
        match step.place {
            Place::Instruction { frame, offset } => {
                let code_id = trajectory.frames[frame as usize].code as usize;
                let code = &unit.codes[code_id];
                let line = tables[code_id].get(offset as usize / 2).copied().flatten();
                if let Some(line) = line
                    && shown != Some((frame, line))
                {
                    shown = Some((frame, line));
                    let source = lines.get(line as usize - 1).copied().unwrap_or_default();
                    let _ = writeln!(text, "{}:{line}  {}", unit.text(code.qualname), source.trim_end());
                }
                let (name, argument) = instruction(&code.bytecode, offset as usize, opcodes);
                let _ = writeln!(text, "  {number:>4}  f{frame} {offset:>4} {name} {argument}");
            }
            Place::Teardown(Teardown::Global(name)) => {
                let _ = writeln!(text, "  {number:>4}  del {}", trajectory.name(name));
            }
            Place::Teardown(Teardown::Module(name)) => {
                let _ = writeln!(text, "  {number:>4}  del module {}", trajectory.name(name));
            }
            Place::Teardown(act) => {
                let _ = writeln!(text, "  {number:>4}  {act:?}");
            }
        }
        for event in trajectory.events_of(number) {
            let _ = match *event {
                Event::Freed(object) => writeln!(text, "          freed {}", name(object, unit, trajectory)),
                Event::Seen { object, count } => {
                    writeln!(text, "          seen  {} = {}", name(object, unit, trajectory), shown_count(count))
                }
                Event::Slot { slot, object } => writeln!(
                    text,
                    "          slot  {slot}: {}",
                    object.map_or_else(|| "-".to_owned(), |object| name(object, unit, trajectory))
                ),
                Event::Count { object, count } => {
                    writeln!(text, "          count {} = {}", name(object, unit, trajectory), shown_count(count))
                }
            };
        }
    }
    if !trajectory.output.is_empty() {
        let _ = writeln!(text, "output {:?}", trajectory.output);
    }
    let _ = match &trajectory.outcome {
        Outcome::Raised(raised) => {
            writeln!(text, "raised {}: {} (line {:?})", raised.type_name, raised.message, raised.line)
        }
        outcome => writeln!(text, "{outcome:?}"),
    };
    for &object in &trajectory.survivors {
        let _ = writeln!(text, "survivor {}", name(object, unit, trajectory));
    }
    text
}

fn shown_count(count: Count) -> String {
    if count == IMMORTAL { "immortal".to_owned() } else { count.to_string() }
}

fn name(object: ObjectId, unit: &CodeUnit, trajectory: &Trajectory) -> String {
    let Some(info) = trajectory.objects.get(object as usize) else { return format!("#{object}") };
    let what = match info.origin {
        Origin::Created => trajectory.name(info.type_name).to_owned(),
        Origin::Static(name) => format!("static {}", trajectory.name(name)),
        Origin::Constant(id) => {
            unit.pool.get(id as usize).map_or_else(String::new, |constant| format!("const {}", short(constant)))
        }
    };
    format!("#{object} {what}")
}

fn short(constant: &Constant) -> String {
    match &constant.value {
        ConstantValue::Str(text) => format!("{text:?}"),
        ConstantValue::Int(value) => value.to_string(),
        ConstantValue::Float(bits) => f64::from_bits(*bits).to_string(),
        value => format!("{value:?}"),
    }
}

/// The instruction at an offset and its argument, prefixes taken together.
fn instruction<'a>(bytecode: &[u8], mut offset: usize, opcodes: &'a Opcodes) -> (&'a str, u32) {
    let mut argument = 0_u32;
    loop {
        let Some(&[opcode, low]) = bytecode.get(offset..offset + 2) else { return ("?", 0) };
        argument = argument << 8 | u32::from(low);
        if opcode != opcodes.extended_arg {
            return (&opcodes.get(opcode).name, argument);
        }
        offset += 2;
    }
}

/// The line of each code unit (`Objects/locations.md` of CPython describes the table).
fn line_table(table: &[u8], first: u32) -> Vec<Option<u32>> {
    let mut lines = Vec::new();
    let mut line = i64::from(first);
    let mut at = 0;
    while let Some(&head) = table.get(at) {
        let (kind, units) = ((head >> 3) & 15, (head & 7) + 1);
        at += 1;
        let mut value = 0_i64;
        let mut shift = 0;
        while let Some(&byte) = table.get(at).filter(|&&byte| byte & 128 == 0) {
            if matches!(kind, 13 | 14) && shift < 60 {
                value |= i64::from(byte & 63) << shift;
                shift += 6;
                if byte & 64 == 0 {
                    shift = 60;
                }
            }
            at += 1;
        }
        line += match kind {
            11 => 1,
            12 => 2,
            13 | 14 if value & 1 == 1 => -(value >> 1),
            13 | 14 => value >> 1,
            _ => 0,
        };
        let here = if kind == 15 { None } else { u32::try_from(line).ok() };
        lines.extend(std::iter::repeat_n(here, usize::from(units)));
    }
    lines
}
