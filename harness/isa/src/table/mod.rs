//! The opcode tables, one file a version.

mod v3_11;
mod v3_12;
mod v3_13;

use refdrift_trace::{CodeObject, PyVersion};

use crate::Op;
use crate::lower::Units;

/// The opcodes of one version.
pub struct Table {
    rows: &'static [Raw],
    by_opcode: [u8; 256],
    /// What becomes of an `EXTENDED_ARG`: a step of its own (3.12 on), or the place where its instruction is reported (3.11).
    pub(crate) prefix_is_step: bool,
    /// The least opcode that has an argument.
    pub(crate) first_with_arg: u8,
}

/// One opcode of one version.
#[derive(Clone, Copy, Debug)]
pub struct Raw {
    /// Its number.
    pub opcode: u8,
    /// CPython's name.
    pub name: &'static str,
    /// The number of inline cache entries (two bytes each) that follow it.
    pub caches: u8,
    pub(crate) lower: Lower,
}

/// How an opcode becomes instructions of the common set. `arg` is its argument, all prefixes folded in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lower {
    /// One instruction, with the same argument.
    Same(Op),
    /// One instruction, without an argument: what CPython says there is of no use here.
    Bare(Op),
    /// Several; the argument is that of the last.
    Each(&'static [Op]),
    /// A jump, `arg` code units onward from the next instruction.
    Forward(Op),
    /// A jump, `arg` code units back from the next instruction.
    Backward(Op),
    /// A jump past that many more code units than `arg` says: `END_FOR` (and its `POP_TOP`).
    ForIter(u32),
    /// 3.11's `SEND`, which gives the receiver back at its end: an [`Op::EndSend`] without a step of its own.
    SendThatEnds,
    /// A superinstruction: high four bits for the first, low four for the second.
    Both(Op, Op),
    /// `arg >> 1` with a `NULL` for a call: before (true) or after it.
    Global { null_first: bool },
    /// `arg >> 1`; bit 0: as a method.
    Attribute,
    /// `arg >> 2`; bit 0: as a method; bit 1: `super` has two arguments.
    SuperAttribute,
    /// `arg >> shift`; a bit that asks for a `bool` too.
    Compare { shift: u32, to_bool: u32 },
    /// Bits 0 and 1: conversion; bit 2: there is a specification.
    FormatValue,
    /// The attributes that the bits of `arg` name lie below the code.
    Function,
    /// `arg` picks one of [`INTRINSICS_1`].
    Intrinsic1,
    /// `arg` picks one of [`INTRINSICS_2`].
    Intrinsic2,
    /// Low two bits only (3.13 has another above them).
    Resume,
    /// A prefix.
    ExtendedArg,
}

impl Lower {
    /// The instructions that it may make of an opcode; nothing where the argument decides (intrinsic functions).
    pub(crate) fn ops(&'static self) -> &'static [Op] {
        match self {
            Self::Same(op) | Self::Bare(op) | Self::Forward(op) | Self::Backward(op) => std::slice::from_ref(op),
            Self::Each(ops) => ops,
            Self::ForIter(_) => &[Op::ForIter],
            Self::SendThatEnds => &[Op::Send],
            Self::Both(Op::LoadFast, Op::LoadFast) => &[Op::LoadFast],
            Self::Both(..) => &[Op::StoreFast, Op::LoadFast],
            Self::Global { .. } => &[Op::LoadGlobal],
            Self::Attribute => &[Op::LoadAttr, Op::LoadMethod],
            Self::SuperAttribute => &[Op::LoadSuperAttr, Op::LoadSuperMethod],
            Self::Compare { .. } => &[Op::CompareOp],
            Self::FormatValue => &[Op::ConvertValue, Op::FormatSimple, Op::FormatWithSpec],
            Self::Function => &[Op::MakeFunction],
            Self::Resume => &[Op::Resume],
            Self::Intrinsic1 | Self::Intrinsic2 | Self::ExtendedArg => &[],
        }
    }
}

const fn raw(opcode: u8, name: &'static str, caches: u8, lower: Lower) -> Raw {
    Raw { opcode, name, caches, lower }
}

/// What `CALL_INTRINSIC_1` does, by its argument. Those which were instructions without a result on 3.11 push `None` here.
pub(crate) const INTRINSICS_1: &[&[Op]] = &[
    &[],
    &[Op::PrintExpr, Op::LoadNone],
    &[Op::ImportStar, Op::LoadNone],
    &[Op::StopIterationError],
    &[Op::AsyncGenWrap],
    &[Op::UnaryPositive],
    &[Op::ListToTuple],
    &[Op::TypeVar],
    &[Op::ParamSpec],
    &[Op::TypeVarTuple],
    &[Op::SubscriptGeneric],
    &[Op::TypeAlias],
];

/// What `CALL_INTRINSIC_2` does, by its argument.
pub(crate) const INTRINSICS_2: &[&[Op]] = &[
    &[],
    &[Op::PrepReraiseStar],
    &[Op::TypeVarWithBound],
    &[Op::TypeVarWithConstraints],
    &[Op::SetFunctionTypeParams],
    &[Op::SetTypeparamDefault],
];

impl Table {
    const fn new(rows: &'static [Raw], prefix_is_step: bool, first_with_arg: u8) -> Self {
        let mut by_opcode = [u8::MAX; 256];
        let mut row = 0;
        while row < rows.len() {
            assert!(by_opcode[rows[row].opcode as usize] == u8::MAX, "an opcode stands twice in the table");
            by_opcode[rows[row].opcode as usize] = row as u8;
            row += 1;
        }
        Self { rows, by_opcode, prefix_is_step, first_with_arg }
    }

    /// What an opcode is.
    pub fn get(&self, opcode: u8) -> Option<&'static Raw> {
        self.rows.get(self.by_opcode[usize::from(opcode)] as usize)
    }

    /// The opcode of that name.
    pub fn by_name(&self, name: &str) -> Option<&'static Raw> {
        self.rows.iter().find(|raw| raw.name == name)
    }

    /// All opcodes, by number.
    pub fn rows(&self) -> &'static [Raw] {
        self.rows
    }
}

/// The table of a version.
pub fn of(version: PyVersion) -> Option<&'static Table> {
    match (version.major, version.minor) {
        (3, 11) => Some(&v3_11::TABLE),
        (3, 12) => Some(&v3_12::TABLE),
        (3, 13) => Some(&v3_13::TABLE),
        _ => None,
    }
}

/// CPython's name of an opcode.
pub fn cpython_name(version: PyVersion, opcode: u8) -> Option<&'static str> {
    of(version)?.get(opcode).map(|raw| raw.name)
}

/// The CPython instructions of a code object, and their table.
pub(crate) fn cpython_units(version: PyVersion, code: &CodeObject) -> Option<(Units<'_>, &'static Table)> {
    let table = of(version)?;
    Some((Units { bytes: &code.bytecode, table, at: 0 }, table))
}
