//! The next place that two engines come to after they took different ways.

use refdrift_trace::{CodeId, FrameId};

/// How many boundaries each side is searched for a common place.
const WINDOW: usize = 256;

/// What places are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    /// An offset of a frame that both know, by the reference's number.
    Known(FrameId, u32),
    /// An offset of a frame that has no partner yet, by its code.
    New(CodeId, u32),
    /// The module has ended.
    Outcome,
    /// A global was deleted.
    Global(&'a str),
    /// A module was taken out of `sys.modules`.
    Module(&'a str),
    /// The collector ran.
    Collection,
}

/// The nearest pair of steps, counted from where the two stand, at which both are at the same place now and at the next step.
pub(crate) fn common_place<'a>(
    there: impl Fn(usize) -> Option<Key<'a>>,
    here: impl Fn(usize) -> Option<Key<'a>>,
) -> Option<(usize, usize)> {
    let window = |side: &dyn Fn(usize) -> Option<Key<'a>>| (0..=WINDOW).map_while(side).collect::<Vec<_>>();
    let (there, here) = (window(&there), window(&here));
    // By the number of steps skipped on both sides together, so that the first match is the nearest.
    (0..there.len() + here.len()).find_map(|skipped| {
        let first = skipped.saturating_sub(here.len().saturating_sub(1));
        (first..=skipped.min(there.len().saturating_sub(1))).find_map(|a| {
            let b = skipped - a;
            let same = there.get(a).is_some_and(|key| here.get(b) == Some(key)) && there.get(a + 1) == here.get(b + 1);
            same.then_some((a, b))
        })
    })
}
