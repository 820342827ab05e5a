//! Deliberate mistakes with references, for `refdrift faults`: does the harness catch what it must?
//!
//! A *site* is a place in the VM's source where a reference is taken, given back or transferred. The functions that do so know
//! their caller ([`std::panic::Location`]), so that a site needs no annotation; builds without the feature `faults` know
//! nothing of it. An armed [`Fault`] goes wrong at every execution of its site, while the snippet runs and is torn down.
//! The VM goes on as well as it can: counts below zero, freed objects reached by stale handles, slots that are free twice.

#[cfg(feature = "faults")]
mod commit;
#[cfg(feature = "faults")]
mod state;

#[cfg(feature = "faults")]
pub(crate) use state::Faults;

use std::fmt;

/// What a site does with a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Takes one: `Py_INCREF`.
    Take,
    /// Gives one back: `Py_DECREF`.
    GiveBack,
    /// Lends one for the length of a call, then gives it back.
    Lend,
    /// Passes one on without counting.
    Transfer,
    /// Lets go of what a dying object holds: `tp_dealloc`. The site is the object's type.
    Deallocate,
}

/// How a site is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// It does nothing. Of what a dying object holds, the first is forgotten.
    LeftOut,
    /// It does it twice. Of what a dying object holds, the last is given back twice.
    Twice,
    /// It does it to another object: the one that is on top of the stack if that is another one, else the object's type.
    WrongObject,
    /// It does it before the instruction that it belongs to (only where the object was there by then); a loan ends before the call.
    Early,
    /// It does it at the next boundary, after that was recorded. Of what a dying object holds, the first goes last.
    Late,
    /// It counts one more where nothing is counted.
    Counted,
    /// It counts one fewer where nothing is counted.
    GivenBack,
}

impl Operation {
    /// Each with its name and the modes in which it can be broken. A reference cannot be *taken* too early: within one
    /// instruction that is the same program, and before it nobody knows the object.
    pub const TABLE: [(Self, &'static str, &'static [Mode]); 5] = [
        (Self::Take, "take", &[Mode::LeftOut, Mode::Twice, Mode::WrongObject, Mode::Late]),
        (Self::GiveBack, "give back", &[Mode::LeftOut, Mode::Twice, Mode::WrongObject, Mode::Early, Mode::Late]),
        (Self::Lend, "lend", &[Mode::LeftOut, Mode::Twice, Mode::WrongObject, Mode::Early, Mode::Late]),
        (Self::Transfer, "transfer", &[Mode::Counted, Mode::GivenBack]),
        (Self::Deallocate, "deallocate", &[Mode::LeftOut, Mode::Twice, Mode::Late]),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The modes in which it can be broken.
    pub fn modes(self) -> &'static [Mode] {
        Self::TABLE.iter().find(|row| row.0 == self).map_or(&[], |row| row.2)
    }
}

impl Mode {
    /// Each with its name.
    pub const TABLE: [(Self, &'static str); 7] = [
        (Self::LeftOut, "left-out"),
        (Self::Twice, "twice"),
        (Self::WrongObject, "wrong-object"),
        (Self::Early, "early"),
        (Self::Late, "late"),
        (Self::Counted, "counted"),
        (Self::GivenBack, "given-back"),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A place in the VM's source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    /// The file, below the crate's `src`; of a deallocation the type's name.
    pub file: String,
    /// The line, from 1; 0 of a deallocation.
    pub line: u32,
    /// The column of the called function's name, from 1.
    pub column: u32,
    /// What it does.
    pub operation: Operation,
}

/// One deliberate mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub site: Site,
    /// How.
    pub mode: Mode,
    /// Only where an exception is under way.
    pub failing: bool,
    /// So many references may be taken, given back and transferred, and objects made, before the run counts as one that does
    /// not end.
    pub patience: u64,
}

/// A site that a run has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Where.
    pub site: Site,
    /// How often.
    pub times: u64,
    /// The number of boundaries recorded before.
    pub boundary: usize,
    /// It dealt with an object that is counted, not with immortal ones alone.
    pub counted: bool,
}

/// What a run says of sites and faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
pub struct FaultReport {
    /// The sites reached, where they were asked for.
    pub reached: Vec<Reached>,
    /// The number of boundaries recorded before the fault was first committed; none if it was not.
    pub boundary: Option<usize>,
    /// How many references were taken, given back and transferred.
    pub operations: u64,
    /// It came early, but no boundary lay between the beginning of the instruction (or of the loan) and the site; or late, but
    /// nobody knew the object by then; or it changed the order in which an object lets go of what it holds, and no two known
    /// objects died of that: the same program.
    pub indistinct: bool,
    /// An object that the site dealt with is one that is counted.
    pub counted: bool,
    /// An object that the site dealt with was on a stack or in a variable of the snippet at some time (what was there before the
    /// snippet: when the site dealt with it, since it is counted relative to when it is first seen).
    pub seen: bool,
    /// An object that the site dealt with was made by the snippet.
    pub passing: bool,
    /// The fault was committed while no module of the library was being made.
    pub outside: bool,
    /// An object was released after it had been freed.
    pub stale: bool,
}
