//! Where the cases of a run come from.

use std::borrow::Cow;

use refdrift_cases::Case;

/// Cases, one after the other, each made when it is needed: a run of a million holds a few in memory.
pub trait Source: Sync {
    /// How many there are; none if that shows only at the end.
    fn cases(&self) -> Option<u64>;

    /// Whether there is a case at that place. It is asked for each place once, in ascending order, until it says no.
    fn goes_on(&self, place: u64) -> bool;

    /// The identity of the case at a place, `suite/name`, without making it.
    fn id(&self, place: u64) -> String;

    /// The case at a place, from 0.
    fn case(&self, place: u64) -> Cow<'_, Case>;
}

impl Source for [Case] {
    fn cases(&self) -> Option<u64> {
        Some(self.len() as u64)
    }

    fn goes_on(&self, place: u64) -> bool {
        place < self.len() as u64
    }

    fn id(&self, place: u64) -> String {
        self[place as usize].id()
    }

    fn case(&self, place: u64) -> Cow<'_, Case> {
        Cow::Borrowed(&self[place as usize])
    }
}
