//! The arguments of a call into a builtin.

use smallvec::SmallVec;

use crate::heap::{Owned, Ref};
use crate::vm::{PyResult, Vm};

/// Values that are laid out for a call: few, as a rule, and then nothing is allocated.
pub(crate) type Operands = SmallVec<[Ref; 8]>;

/// Values that a call takes over.
pub(crate) type Arguments = SmallVec<[Owned; 8]>;

/// What a method is called with: its object, then the arguments.
#[inline]
pub(crate) fn with_self(this: Ref, values: &[Ref]) -> Operands {
    let mut all = Operands::new();
    all.push(this);
    // They are few: a copy of so many bytes would be a call.
    for &value in values {
        all.push(value);
    }
    all
}

/// Borrowed arguments: whoever calls owns them for the length of the call (vectorcall's convention).
#[derive(Clone, Copy)]
pub(crate) struct Args<'a> {
    /// All values, self first where there is one; those of keyword arguments last.
    pub(crate) values: &'a [Ref],
    /// The names of the keyword arguments: as many as there are values for them at the end.
    pub(crate) names: &'a [Ref],
    /// The tuple that holds the positional ones, if the call made one (`tp_call`); a self that is bound is not in it.
    pub(crate) tuple: Option<Ref>,
    /// The dict that holds the keyword ones, if the call made one, or its caller did (`**`).
    pub(crate) dict: Option<Ref>,
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    pub(crate) fn positional(values: &'a [Ref]) -> Self {
        Self::new(values, &[])
    }

    /// Positional arguments, then those of the keyword arguments of these names.
    pub(crate) fn new(values: &'a [Ref], names: &'a [Ref]) -> Self {
        Self { values, names, tuple: None, dict: None }
    }

    /// The positional ones as a tuple: the call's own, if it made one.
    pub(crate) fn to_tuple(self, vm: &mut Vm) -> Owned {
        match self.tuple {
            Some(tuple) => vm.retain(tuple),
            None => vm.tuple_of(self.pos()),
        }
    }

    /// The positional ones, self first where there is one.
    pub(crate) fn pos(&self) -> &'a [Ref] {
        &self.values[..self.values.len() - self.names.len()]
    }

    /// The keyword ones.
    pub(crate) fn keywords(&self) -> impl Iterator<Item = (Ref, Ref)> + 'a {
        let first = self.values.len() - self.names.len();
        self.names.iter().copied().zip(self.values[first..].iter().copied())
    }

    /// What a method is called with beside self: the tuple of the call is its own, if self was bound.
    pub(crate) fn of_method(&self) -> Args<'a> {
        Args { tuple: self.tuple, ..self.rest() }
    }

    /// The same without self, and without a tuple.
    pub(crate) fn rest(&self) -> Args<'a> {
        Args { values: &self.values[1..], tuple: None, ..*self }
    }

    /// Self.
    pub(crate) fn this(&self) -> Ref {
        self.values[0]
    }
}

impl Vm {
    /// Checks the number of positional arguments (`_PyArg_CheckPositional`, `PyArg_UnpackTuple`).
    pub(crate) fn check_positional(&mut self, function: &str, given: usize, min: usize, max: usize) -> PyResult<()> {
        let (limit, bound) = match given {
            given if given < min => (min, "at least "),
            given if given > max => (max, "at most "),
            _ => return Ok(()),
        };
        let bound = if min == max { "" } else { bound };
        let plural = if limit == 1 { "" } else { "s" };
        Err(self.type_error(format!("{function} expected {bound}{limit} argument{plural}, got {given}")))
    }
}
