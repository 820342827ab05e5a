//! From bytecode to instructions of the common set.

use std::sync::OnceLock;

use refdrift_trace::{CodeObject, PyVersion};

use crate::locations::{self, Position};
use crate::lower::Lowering;
use crate::{Op, Run, exceptions, table};

/// One instruction of the common set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instr {
    /// What to do.
    pub op: Op,
    /// Whether CPython reports a trace event before it. False for the second and later instructions that one CPython
    /// instruction became, for every `RESUME` and for all before the first one.
    pub boundary: bool,
    /// The number of `EXTENDED_ARG`s between [`offset`](Self::offset) and CPython's instruction; 0 from 3.12 on, where each of
    /// them is an [`Op::Nop`] with a boundary of its own.
    pub prefixes: u8,
    /// What it begins together with those after it.
    pub run: Run,
    /// See [`Op::arg_kind`].
    pub arg: u32,
    /// The byte offset that CPython reports for its boundary.
    pub offset: u32,
}

impl Instr {
    /// The number CPython knows the instruction by in `f_lasti` and pushes for a handler: its own code unit, after prefixes.
    pub const fn lasti(self) -> u32 {
        self.offset / 2 + self.prefixes as u32
    }
}

/// Where an exception goes that is raised in a range of instructions. Indices point into [`Code::instrs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First instruction of the range.
    pub start: u32,
    /// The instruction after the range.
    pub end: u32,
    /// The handler's first instruction.
    pub target: u32,
    /// The depth to which the stack is unwound.
    pub depth: u16,
    /// Whether the number of the raising instruction ([`Instr::lasti`]) is pushed before the exception.
    pub push_lasti: bool,
}

/// A decoded code object.
#[derive(Clone, Debug)]
pub struct Code {
    /// The instructions, in the order of their offsets. The last one never goes on to the next.
    pub instrs: Box<[Instr]>,
    /// Exception handlers, sorted by start; their ranges do not overlap.
    pub handlers: Box<[Handler]>,
    version: PyVersion,
    firstlineno: u32,
    linetable: Box<[u8]>,
    positions: OnceLock<Box<[Position]>>,
}

/// The bytes are not what that version's compiler writes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No table for it.
    #[error("no instruction set for Python {0}")]
    Version(PyVersion),
    /// Not in the version's table.
    #[error("unknown opcode {opcode} at offset {offset}")]
    Opcode {
        /// Where.
        offset: u32,
        /// Its number.
        opcode: u8,
    },
    /// The bytecode ends within an instruction, its prefixes or its inline caches.
    #[error("the bytecode breaks off at offset {offset}")]
    Truncated {
        /// Where the instruction starts.
        offset: u32,
    },
    /// An argument that points at nothing or names nothing.
    #[error("{name} at offset {offset} has an argument that makes no sense: {arg}")]
    Argument {
        /// Where.
        offset: u32,
        /// CPython's name of the instruction.
        name: &'static str,
        /// Its argument.
        arg: u32,
    },
    /// A jump into nothing or into the middle of an instruction.
    #[error("{name} at offset {offset} jumps to where no instruction starts")]
    Target {
        /// Where.
        offset: u32,
        /// CPython's name of the instruction.
        name: &'static str,
    },
    /// Execution would run past the last instruction.
    #[error("the bytecode has no end")]
    Endless,
    /// The exception table breaks off, overlaps itself or points at nothing.
    #[error("the exception table makes no sense")]
    ExceptionTable,
}

/// Decodes the generic bytecode of a code object.
///
/// `EXTENDED_ARG`s are folded into the argument of their instruction. On 3.11 CPython reports the first prefix in place of the
/// instruction, so the instruction has the offset of its first prefix; from 3.12 on it reports both, so each prefix is an
/// [`Op::Nop`].
pub fn decode(version: PyVersion, code: &CodeObject) -> Result<Code, DecodeError> {
    let (units, table) = table::cpython_units(version, code).ok_or(DecodeError::Version(version))?;
    let mut lowering = Lowering::new(code);
    for unit in units {
        let unit = unit?;
        if table.prefix_is_step {
            for prefix in 0..unit.prefixes {
                lowering.prefix(unit.start + 2 * u32::from(prefix));
            }
        }
        lowering.lower(unit, !table.prefix_is_step)?;
    }
    let mut instrs = lowering.finish()?;
    mark_entry(&mut instrs);
    Run::mark(&mut instrs);
    let handlers = handlers(&instrs, code)?;
    Ok(Code {
        instrs,
        handlers,
        version,
        firstlineno: code.firstlineno,
        linetable: code.linetable.as_slice().into(),
        positions: OnceLock::new(),
    })
}

/// CPython reports nothing up to the first `RESUME`.
fn mark_entry(instrs: &mut [Instr]) {
    if let Some(entry) = instrs.iter().position(|instr| instr.op == Op::Resume) {
        for instr in &mut instrs[..=entry] {
            instr.boundary = false;
        }
    }
}

/// The index of the first instruction at or after an offset.
fn first_from(instrs: &[Instr], offset: u32) -> usize {
    instrs.partition_point(|instr| instr.offset < offset)
}

fn index_of(instrs: &[Instr], offset: u32) -> Option<usize> {
    let index = first_from(instrs, offset);
    (instrs.get(index)?.offset == offset).then_some(index)
}

fn handlers(instrs: &[Instr], code: &CodeObject) -> Result<Box<[Handler]>, DecodeError> {
    let entries = exceptions::parse(&code.exceptiontable).ok_or(DecodeError::ExceptionTable)?;
    let mut handlers = Vec::with_capacity(entries.len());
    let mut last_end = 0;
    for entry in entries {
        let offset = |unit: u32| unit.checked_mul(2).ok_or(DecodeError::ExceptionTable);
        let end = entry.start.checked_add(entry.length).ok_or(DecodeError::ExceptionTable)?;
        let start = first_from(instrs, offset(entry.start)?) as u32;
        let end = first_from(instrs, offset(end)?) as u32;
        let target = index_of(instrs, offset(entry.target)?).ok_or(DecodeError::ExceptionTable)? as u32;
        let depth = u16::try_from(entry.depth).map_err(|_| DecodeError::ExceptionTable)?;
        if start < last_end {
            return Err(DecodeError::ExceptionTable);
        }
        last_end = end;
        handlers.push(Handler { start, end, target, depth, push_lasti: entry.push_lasti });
    }
    Ok(handlers.into())
}

impl Code {
    /// The version whose bytecode it was.
    pub fn version(&self) -> PyVersion {
        self.version
    }

    /// Where an exception goes that the instruction raised.
    pub fn handler_for(&self, index: u32) -> Option<&Handler> {
        let after = self.handlers.partition_point(|handler| handler.start <= index);
        let handler = &self.handlers[after.checked_sub(1)?];
        (index < handler.end).then_some(handler)
    }

    /// The index of the (first) instruction at a byte offset that a boundary reported.
    pub fn index_of_offset(&self, offset: u32) -> Option<u32> {
        index_of(&self.instrs, offset).map(|index| index as u32)
    }

    /// What one CPython instruction became: the instructions from an index on that share its offset.
    pub fn step(&self, index: u32) -> &[Instr] {
        let rest = self.instrs.get(index as usize..).unwrap_or(&[]);
        let offset = rest.first().map(|instr| instr.offset);
        &rest[..rest.iter().take_while(|instr| Some(instr.offset) == offset).count()]
    }

    /// All that is known of where the instructions come from, sorted by offset, without gaps.
    pub fn positions(&self) -> &[Position] {
        self.positions.get_or_init(|| locations::parse(&self.linetable, self.firstlineno).into())
    }

    /// Where the instruction at a byte offset comes from.
    pub fn position(&self, offset: u32) -> Option<&Position> {
        let positions = self.positions();
        positions.get(positions.partition_point(|position| position.end <= offset))
    }

    /// The line of the instruction at a byte offset.
    pub fn line(&self, offset: u32) -> Option<u32> {
        self.position(offset)?.line
    }
}
