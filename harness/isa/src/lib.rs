//! CPython bytecode as data.
//!
//! [`decode`] turns the generic bytecode of CPython 3.11, 3.12 or 3.13 (a [`CodeObject`](refdrift_trace::CodeObject)'s
//! `co_code`) into one common instruction set, [`Op`]. Each CPython instruction becomes one or more [`Instr`]s; the first of
//! them is a *boundary* where CPython reports a trace event. The versions are tables ([`table`]); how they behave
//! otherwise is in the [`Profile`].
//!
//! Nothing here panics on any input: bytecode that makes no sense is a [`DecodeError`], a broken line table has no lines.
//!
//! # Which instructions CPython reports
//!
//! Measured with `sys.settrace` and `frame.f_trace_opcodes` on 3.11.7, 3.12.1 and 3.13.0, by the `opcode` events; see
//! [`decode`] for how each is modelled.
//!
//! | instruction | 3.11 | 3.12, 3.13 |
//! | --- | --- | --- |
//! | all before the first `RESUME` (`MAKE_CELL`, `COPY_FREE_VARS`, `RETURN_GENERATOR`, its `POP_TOP`) | not reported | not reported |
//! | `RESUME`, at the start and after a `yield` | not reported | not reported |
//! | `EXTENDED_ARG` | reported; the instruction that it belongs to is not | reported, and so is the instruction |
//! | `PRECALL` | reported | – |
//! | `END_FOR` (3.13: with its `POP_TOP`) at the end of a loop | – | not reported: `FOR_ITER` jumps past it |
//! | `SEND`, `END_SEND`, `NOP`, jumps, `PUSH_EXC_INFO` at a handler's entry | reported | reported |
//! | a superinstruction | – | once |
//! | inline caches | no | no |
#![forbid(unsafe_code)]

pub mod assemble;
mod contract;
mod decode;
mod exceptions;
mod listing;
mod locations;
mod lower;
mod op;
mod operands;
mod profile;
mod reach;
mod run;
pub mod table;

pub use contract::{
    Contract, Effect, Exchange, Holder, Input, OnError, Output, Provenance, Times, Use, contract, describe, describe_step,
};
pub use decode::{Code, DecodeError, Handler, Instr, decode};
pub use listing::{Line, argument_text, constant_text, listing};
pub use locations::Position;
pub use op::{ArgKind, Op};
pub use operands::{BinaryOperator, CompareOperator, Conversion, FunctionAttribute};
pub use profile::{Profile, UnicodeVersion};
pub use reach::{Feature, Reach, reach};
pub use run::Run;
