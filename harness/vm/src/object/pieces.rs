//! What `str` and `bytes` share where they are taken apart: the arguments, and the list of what comes out.

use std::ops::Range;

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// The arguments of `split` and `rsplit`.
pub(crate) struct Splitting {
    /// What stands between the pieces; white space if none is given.
    pub(crate) separator: Option<Ref>,
    /// How many splits there may be.
    pub(crate) limit: usize,
}

impl Vm {
    /// The arguments of `split` or `rsplit`.
    pub(crate) fn split_arguments(&mut self, function: &'static str, args: &Args<'_>) -> PyResult<Splitting> {
        let signature = Signature { function, positional_only: 0, names: &["sep", "maxsplit"], required: 0, positional: 2 };
        let [separator, limit] = signature.bind(self, &args.rest())?;
        let separator = separator.filter(|&separator| separator != types::NONE);
        Ok(Splitting { separator, limit: self.limit_argument(limit)? })
    }

    /// How often something may be done: a negative number, or none, is no limit.
    pub(crate) fn limit_argument(&mut self, limit: Option<Ref>) -> PyResult<usize> {
        let limit = limit.map_or(Ok(-1), |limit| self.ssize_argument(limit))?;
        Ok(usize::try_from(limit).unwrap_or(usize::MAX))
    }

    /// The argument of `splitlines`: whether the lines keep their ends.
    pub(crate) fn keep_ends_argument(&mut self, args: &Args<'_>) -> PyResult<bool> {
        const SIGNATURE: Signature =
            Signature { function: "splitlines", positional_only: 0, names: &["keepends"], required: 0, positional: 1 };
        match SIGNATURE.bind(self, &args.rest())? {
            [None] => Ok(false),
            [Some(keep)] if self.profile.splitlines_takes_truth => self.truth(keep),
            [Some(keep)] => Ok(self.int_argument(keep)? != 0),
        }
    }

    /// A list of parts of an object that is `length` long, each made by `part`. The whole is the object itself, if it may be
    /// `kept`.
    pub(crate) fn list_of_pieces(
        &mut self,
        (kept, length): (Option<Ref>, usize),
        pieces: Vec<Range<usize>>,
        part: impl Fn(&mut Self, Range<usize>) -> Owned,
    ) -> Owned {
        let mut items = Vec::with_capacity(pieces.len());
        for piece in pieces {
            items.push(match kept {
                Some(whole) if piece == (0..length) => self.retain(whole),
                _ => part(self, piece),
            });
        }
        self.new_list(items)
    }
}
