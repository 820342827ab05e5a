//! What each instruction does to ownership, stated by hand from CPython's behaviour.
//!
//! The words are the article's: who *owns* a reference has to *give it back* or *transfer* it; who *borrows* one has it only as
//! long as its owner does. A contract says what an instruction itself does with its operands, its results and the one place
//! beside the stack that it works on. What code does that the instruction calls (`__add__`, a function's body) is
//! not in it. The table is never used to compute counts.

mod table;
mod words;

pub use words::{describe, describe_step};

use crate::{Code, Instr, Op};

/// What one instruction does to ownership.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The instruction.
    pub op: Op,
    /// What it does where execution goes on to the next instruction (or leaves the frame).
    pub flow: Exchange,
    /// What it does where it jumps, if that is something else.
    pub jump: Option<Exchange>,
    /// The place beside the stack that it works on.
    pub place: Option<(Holder, Effect)>,
    /// What becomes of the operands when it raises. Those it only peeks at stay, and the unwinding gives them back.
    pub on_error: OnError,
    words: &'static str,
}

/// Operands and results, each from the deepest to the top of the stack.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What is there before.
    pub inputs: &'static [Input],
    /// What is there afterwards, without the operands that it only peeked at: those still lie below.
    pub outputs: &'static [Output],
}

/// One operand, or a row of them.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// What it is.
    pub name: &'static str,
    /// How many.
    pub times: Times,
    /// What becomes of the reference that the stack owned.
    pub use_: Use,
}

/// One result, or a row of them.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// What it is.
    pub name: &'static str,
    /// How many.
    pub times: Times,
    /// Where the reference comes from that the stack now owns.
    pub provenance: Provenance,
}

/// How many, told from the instruction's argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// One.
    Once,
    /// As many as the argument says.
    Arg,
    /// Twice as many.
    Pairs,
    /// One if bit 0 is set.
    Flag,
    /// Those of [`ArgKind::UnpackEx`](crate::ArgKind::UnpackEx) before the starred one.
    Before,
    /// Those after it.
    After,
}

/// What becomes of the reference of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Transferred, without counting: a container, a place, a new frame or the caller owns it now.
    Consumes,
    /// Given back: −1.
    Releases,
    /// Left on the stack, which goes on owning it.
    Peeks,
    /// Becomes one of the results, without counting.
    Passes,
}

/// Where the reference of a result comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// To an object made by the instruction; its only reference.
    New,
    /// Taken in addition to the one of an owner that keeps its own: +1.
    Duplicated,
    /// Came from the code that the instruction called, which transferred it: whether the object is new is that code's business.
    Received,
    /// Was on the stack, or in the place, before: nothing is counted.
    PassedOn,
    /// Not a reference of its own: another owner lives longer. (No instruction up to 3.13.)
    Borrowed,
    /// No object: `NULL`.
    Empty,
}

/// A place beside the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// The code's constants.
    Constants,
    /// The names of a module's or class's frame.
    Names,
    /// The module's globals.
    Globals,
    /// A local of the frame.
    Local,
    /// The content of a cell.
    Cell,
    /// The cells of the function that runs.
    Closure,
    /// The exception that is being handled.
    Handled,
}

/// What happens to the reference that such a place owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The place keeps it; the stack takes another one: +1.
    Lends,
    /// The place takes over a reference from the stack, and gives back the one it had.
    Takes,
    /// The reference moves out of the place, without counting.
    Yields,
    /// The place gives it back: −1.
    Drops,
}

/// What becomes of operands when the instruction raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnError {
    /// It cannot raise.
    Never,
    /// The instruction has given them back, as it does when it succeeds.
    GivesBack,
    /// They stay on the stack; the unwinding gives them back, the top first.
    Unwinds,
    /// It always raises: that is what it is for.
    Raises,
}

impl Times {
    /// How many for that argument.
    pub const fn count(self, arg: u32) -> u32 {
        match self {
            Self::Once => 1,
            Self::Arg => arg,
            Self::Pairs => arg.saturating_mul(2),
            Self::Flag => arg & 1,
            Self::Before => arg & 0xff,
            Self::After => arg >> 8,
        }
    }
}

impl Exchange {
    /// How many references the stack loses to the instruction.
    pub fn pops(&self, arg: u32) -> u32 {
        self.inputs.iter().filter(|input| input.use_ != Use::Peeks).map(|input| input.times.count(arg)).fold(0, u32::saturating_add)
    }

    /// How many it gains from it.
    pub fn pushes(&self, arg: u32) -> u32 {
        self.outputs.iter().map(|output| output.times.count(arg)).fold(0, u32::saturating_add)
    }
}

impl Contract {
    /// What it does where it jumps (true) or goes on (false).
    pub fn exchange(&self, jump: bool) -> &Exchange {
        self.jump.as_ref().filter(|_| jump).unwrap_or(&self.flow)
    }

    /// By how much the stack grows.
    pub fn stack_effect(&self, arg: u32, jump: bool) -> i64 {
        let exchange = self.exchange(jump);
        i64::from(exchange.pushes(arg)) - i64::from(exchange.pops(arg))
    }

    /// What it does, in one sentence about any such instruction.
    pub fn sentence(&self) -> String {
        words::general(self)
    }
}

/// The contract of an instruction.
pub fn contract(op: Op) -> &'static Contract {
    &table::CONTRACTS[op as usize]
}

impl Code {
    /// The depth of the value stack before each instruction, from the contracts; `None` where no path leads. The result itself is
    /// `None` if two paths disagree or one takes more than there is: no compiler wrote that.
    pub fn depths(&self) -> Option<Vec<Option<u32>>> {
        let mut depths = vec![None; self.instrs.len()];
        let mut todo = vec![(0, 0)];
        while let Some((index, depth)) = todo.pop() {
            match depths.get_mut(index)? {
                Some(known) if *known == depth => continue,
                Some(_) => return None,
                unknown => *unknown = Some(depth),
            }
            let Instr { op, arg, .. } = self.instrs[index];
            let contract = contract(op);
            let after = |jump: bool| u32::try_from(i64::from(depth) + contract.stack_effect(arg, jump)).ok();
            if contract.exchange(false).pops(arg) > depth {
                return None;
            }
            if !op.is_terminal() {
                todo.push((index + 1, after(false)?));
            }
            if op.arg_kind() == crate::ArgKind::Target {
                todo.push((arg as usize, after(true)?));
            }
            if let Some(handler) = self.handler_for(index as u32) {
                let depth = u32::from(handler.depth) + u32::from(handler.push_lasti) + 1;
                todo.push((handler.target as usize, depth));
            }
        }
        Some(depths)
    }
}
