//! What can be taken away: each pass proposes changes, the largest first.

mod blocks;
mod expressions;
mod names;
mod parts;
mod statements;
mod tidy;

use crate::program::Program;
use crate::text::Change;

/// Proposes changes of a program. Many of them make no sense; those that do not parse, or make it no smaller, are not tried.
pub(crate) type Pass = fn(&Program) -> Vec<Change>;

/// All passes, from coarse to fine.
pub(crate) const PASSES: &[Pass] = &[
    tidy::tidy,
    statements::runs,
    statements::mentions,
    blocks::unwrap,
    expressions::halves,
    parts::parts,
    expressions::expressions,
    names::names,
];
