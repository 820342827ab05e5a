//! The lowering rules at work: CPython's instructions one by one, and what each becomes.

use refdrift_trace::CodeObject;

use crate::table::{INTRINSICS_1, INTRINSICS_2, Lower, Raw, Table};
use crate::{ArgKind, BinaryOperator, CompareOperator, Conversion, DecodeError, FunctionAttribute, Instr, Op, Run};

/// One CPython instruction with its prefixes and caches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit {
    pub(crate) raw: &'static Raw,
    /// All prefixes folded in.
    pub(crate) arg: u32,
    /// Byte offset of the first prefix, or of the instruction where there is none.
    pub(crate) start: u32,
    pub(crate) prefixes: u8,
    /// Byte offset after the inline caches.
    pub(crate) next: u32,
}

impl Unit {
    /// Byte offset of the instruction itself.
    pub(crate) fn offset(&self) -> u32 {
        self.start + 2 * u32::from(self.prefixes)
    }
}

/// The CPython instructions of a code object.
pub(crate) struct Units<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) table: &'static Table,
    pub(crate) at: usize,
}

impl Iterator for Units<'_> {
    type Item = Result<Unit, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let unit = self.read();
        self.at = unit.as_ref().map_or(self.bytes.len(), |unit| unit.next as usize);
        Some(unit)
    }
}

impl Units<'_> {
    /// More prefixes than these cannot add to an argument; CPython writes at most three.
    const MOST_PREFIXES: u8 = 3;

    fn read(&self) -> Result<Unit, DecodeError> {
        let start = self.at as u32;
        let truncated = DecodeError::Truncated { offset: start };
        let (mut at, mut arg, mut prefixes) = (self.at, 0, 0);
        loop {
            let (Some(&opcode), Some(&low)) = (self.bytes.get(at), self.bytes.get(at + 1)) else { return Err(truncated) };
            let unknown = DecodeError::Opcode { offset: at as u32, opcode };
            let raw = self.table.get(opcode).ok_or_else(|| unknown.clone())?;
            arg = arg << 8 | u32::from(low);
            at += 2;
            if !matches!(raw.lower, Lower::ExtendedArg) {
                let next = at + 2 * usize::from(raw.caches);
                let fits = next <= self.bytes.len();
                return if fits { Ok(Unit { raw, arg, start, prefixes, next: next as u32 }) } else { Err(truncated) };
            }
            prefixes += 1;
            if prefixes > Self::MOST_PREFIXES {
                return Err(unknown);
            }
        }
    }
}

/// A list of instructions in the making.
pub(crate) struct Lowering<'a> {
    code: &'a CodeObject,
    instrs: Vec<Instr>,
    /// Jumps whose argument is still a byte offset: index, and CPython's name for the error.
    jumps: Vec<(usize, &'static str)>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(code: &'a CodeObject) -> Self {
        Self { code, instrs: Vec::with_capacity(code.bytecode.len() / 2), jumps: Vec::new() }
    }

    /// An `EXTENDED_ARG` that is reported.
    pub(crate) fn prefix(&mut self, offset: u32) {
        self.instrs.push(Instr { op: Op::Nop, boundary: true, prefixes: 0, run: Run::Alone, arg: 0, offset });
    }

    /// Adds what an instruction becomes. It is reported at its own offset, or at that of its first prefix.
    pub(crate) fn lower(&mut self, unit: Unit, at_prefix: bool) -> Result<(), DecodeError> {
        let (offset, prefixes) = if at_prefix { (unit.start, unit.prefixes) } else { (unit.offset(), 0) };
        let first = self.instrs.len();
        let wrong = || DecodeError::Argument { offset, name: unit.raw.name, arg: unit.arg };
        let ops = ops_of(unit).ok_or_else(wrong)?;
        for &(op, arg) in ops.as_slice() {
            if op.arg_kind() == ArgKind::Target {
                self.jumps.push((self.instrs.len(), unit.raw.name));
            } else if !self.makes_sense(op, arg) {
                return Err(wrong());
            }
            let boundary = self.instrs.len() == first && op != Op::Resume;
            self.instrs.push(Instr { op, boundary, prefixes, run: Run::Alone, arg, offset });
        }
        if matches!(unit.raw.lower, Lower::SendThatEnds) {
            self.end_send(first);
        }
        Ok(())
    }

    /// Whether an argument points at something.
    fn makes_sense(&self, op: Op, arg: u32) -> bool {
        let below = |length: usize| (arg as usize) < length;
        match op.arg_kind() {
            ArgKind::None | ArgKind::Target => true,
            ArgKind::Local => below(self.code.localsplusnames.len()),
            ArgKind::Const => below(self.code.consts.len()),
            ArgKind::Name => below(self.code.names.len()),
            ArgKind::SuperName => ((arg >> 1) as usize) < self.code.names.len(),
            ArgKind::Depth | ArgKind::DepthBelow => arg > 0,
            ArgKind::Count if op == Op::CopyFreeVars => below(self.code.localsplusnames.len() + 1),
            ArgKind::Count if op == Op::BuildSlice => matches!(arg, 2 | 3),
            ArgKind::Count if op == Op::RaiseVarargs => arg <= 2,
            ArgKind::Count | ArgKind::UnpackEx | ArgKind::Reraise => true,
            ArgKind::Binary => BinaryOperator::from_arg(arg).is_some(),
            ArgKind::Compare => CompareOperator::from_arg(arg).is_some(),
            ArgKind::Conversion => Conversion::from_arg(arg).is_some(),
            ArgKind::FunctionAttribute => FunctionAttribute::from_arg(arg).is_some(),
            ArgKind::Invert | ArgKind::HasKeywords => arg <= 1,
            ArgKind::Resume => arg <= 7,
            ArgKind::Awaitable => arg <= 2,
        }
    }

    /// Sends the jump of a `SEND` that just was added to its own `END_SEND`, two instructions on.
    fn end_send(&mut self, send: usize) {
        self.jumps.retain(|&(index, _)| index != send);
        self.instrs[send].arg = send as u32 + 2;
    }

    /// Resolves the jumps.
    pub(crate) fn finish(mut self) -> Result<Box<[Instr]>, DecodeError> {
        for (index, name) in self.jumps {
            let Instr { arg: target, offset, .. } = self.instrs[index];
            let found = self.instrs.partition_point(|instr| instr.offset < target);
            if self.instrs.get(found).is_none_or(|instr| instr.offset != target) {
                return Err(DecodeError::Target { offset, name });
            }
            self.instrs[index].arg = found as u32;
        }
        match self.instrs.last() {
            Some(last) if last.op.is_terminal() => Ok(self.instrs.into()),
            _ => Err(DecodeError::Endless),
        }
    }
}

/// What an instruction becomes; the arguments of jumps are byte offsets. `None` if its argument makes no sense.
fn ops_of(unit: Unit) -> Option<Ops> {
    let Unit { arg, next, .. } = unit;
    let forward = |units: u32| units.checked_mul(2)?.checked_add(next);
    let mut ops = Ops::default();
    match unit.raw.lower {
        Lower::Same(op) => ops.push(op, arg),
        Lower::Bare(op) => ops.push(op, 0),
        Lower::Each(each) => ops.push_all(each, arg),
        Lower::Forward(op) => ops.push(op, forward(arg)?),
        Lower::Backward(op) => ops.push(op, next.checked_sub(arg.checked_mul(2)?)?),
        Lower::ForIter(more) => ops.push(Op::ForIter, forward(arg.checked_add(more)?)?),
        Lower::SendThatEnds => {
            ops.push(Op::Send, forward(arg)?);
            ops.push(Op::Jump, next);
            ops.push(Op::EndSend, 0);
            ops.push(Op::Jump, forward(arg)?);
        }
        Lower::Both(first, second) => {
            if arg > 0xff {
                return None;
            }
            ops.push(first, arg >> 4);
            ops.push(second, arg & 15);
        }
        Lower::Global { null_first } => {
            if arg & 1 == 1 && null_first {
                ops.push(Op::PushNull, 0);
            }
            ops.push(Op::LoadGlobal, arg >> 1);
            if arg & 1 == 1 && !null_first {
                ops.push(Op::PushNull, 0);
            }
        }
        Lower::Attribute => ops.push(if arg & 1 == 1 { Op::LoadMethod } else { Op::LoadAttr }, arg >> 1),
        Lower::SuperAttribute => {
            let op = if arg & 1 == 1 { Op::LoadSuperMethod } else { Op::LoadSuperAttr };
            ops.push(op, arg >> 1);
        }
        Lower::Compare { shift, to_bool } => {
            ops.push(Op::CompareOp, arg >> shift);
            if arg & to_bool != 0 {
                ops.push(Op::ToBool, 0);
            }
        }
        Lower::FormatValue => {
            let with_spec = arg & 4 != 0;
            if arg & 3 != 0 {
                // The value is below its specification.
                if with_spec {
                    ops.push(Op::Swap, 2);
                }
                ops.push(Op::ConvertValue, arg & 3);
                if with_spec {
                    ops.push(Op::Swap, 2);
                }
            }
            ops.push(if with_spec { Op::FormatWithSpec } else { Op::FormatSimple }, 0);
            if arg > 7 {
                return None;
            }
        }
        Lower::Function => {
            ops.push(Op::MakeFunction, 0);
            for attribute in FunctionAttribute::ALL.iter().rev().map(|&attribute| attribute as u32) {
                if arg & attribute != 0 {
                    ops.push(Op::SetFunctionAttribute, attribute);
                }
            }
            if arg > 15 {
                return None;
            }
        }
        Lower::Intrinsic1 => ops.push_all(INTRINSICS_1.get(arg as usize).filter(|ops| !ops.is_empty())?, 0),
        Lower::Intrinsic2 => ops.push_all(INTRINSICS_2.get(arg as usize).filter(|ops| !ops.is_empty())?, 0),
        // Where it is, and from 3.13 on how deep in handlers.
        Lower::Resume => ops.push(Op::Resume, arg & 7),
        Lower::ExtendedArg => return None,
    }
    Some(ops)
}

/// The few instructions that one becomes: `MAKE_FUNCTION` and its four attributes are the most.
struct Ops {
    list: [(Op, u32); 5],
    length: usize,
}

impl Default for Ops {
    fn default() -> Self {
        Self { list: [(Op::Nop, 0); 5], length: 0 }
    }
}

impl Ops {
    fn push(&mut self, op: Op, arg: u32) {
        self.list[self.length] = (op, arg);
        self.length += 1;
    }

    /// Several; the argument is that of the last.
    fn push_all(&mut self, ops: &[Op], arg: u32) {
        for (index, &op) in ops.iter().enumerate() {
            self.push(op, if index + 1 == ops.len() { arg } else { 0 });
        }
    }

    fn as_slice(&self) -> &[(Op, u32)] {
        &self.list[..self.length]
    }
}
