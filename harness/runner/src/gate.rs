//! Which case comes next, for threads that take one each.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use refdrift_record::Partition;

use crate::source::Source;

/// How far the cases that are taken may be ahead of the last one whose result was told: what one slow case keeps in memory.
const WINDOW: u64 = 4096;
/// How often one who waits looks whether the run was cancelled.
const TICK: Duration = Duration::from_millis(50);

/// Hands out the cases of a source, each once, in order.
pub(crate) struct Gate<'a, S: ?Sized> {
    source: &'a S,
    partition: Option<Partition>,
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    /// The place to look at next.
    place: u64,
    /// How many cases were handed out.
    taken: u64,
    /// How many of them are told.
    told: u64,
    closed: bool,
}

/// A case that was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// How many were handed out before it.
    pub(crate) turn: u64,
    /// The case's place in the source.
    pub(crate) place: u64,
}

impl<'a, S: Source + ?Sized> Gate<'a, S> {
    /// A gate to the cases of a part (else of all) from a place on.
    pub(crate) fn new(source: &'a S, partition: Option<Partition>, from: u64) -> Self {
        let state = Mutex::new(State { place: from, taken: 0, told: 0, closed: false });
        Self { source, partition, state, moved: Condvar::new() }
    }

    /// The next case; none if there is no more, or nobody wants any. Waits while too many are under way.
    pub(crate) fn take(&self, cancelled: impl Fn() -> bool) -> Option<Ticket> {
        let mut state = self.lock();
        while !state.closed && !cancelled() && state.taken >= state.told + WINDOW {
            state = self.moved.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0;
        }
        while !state.closed && !cancelled() {
            let place = state.place;
            if !self.source.goes_on(place) {
                state.closed = true;
                break;
            }
            state.place += 1;
            if self.partition.is_none_or(|partition| partition.takes(place, || self.source.id(place))) {
                state.taken += 1;
                return Some(Ticket { turn: state.taken - 1, place });
            }
        }
        None
    }

    /// Nobody wants any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }

    /// One more was told.
    pub(crate) fn told(&self) {
        let mut state = self.lock();
        // Whoever waits, waits for a full window.
        let waited_for = state.taken >= state.told + WINDOW;
        state.told += 1;
        if waited_for {
            self.moved.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_cases::Case;
    use std::borrow::Cow;
    use std::sync::atomic::{AtomicBool, Ordering};

    struct Numbers(u64);

    impl Source for Numbers {
        fn cases(&self) -> Option<u64> {
            None
        }

        fn goes_on(&self, place: u64) -> bool {
            place < self.0
        }

        fn id(&self, place: u64) -> String {
            format!("numbers/{place}")
        }

        fn case(&self, _: u64) -> Cow<'_, Case> {
            unreachable!("nothing runs")
        }
    }

    #[test]
    fn parts_are_dealt_out_from_a_place_on() {
        let gate = Gate::new(&Numbers(10), Some("slice:2/3".parse().unwrap()), 3);
        let places: Vec<u64> = std::iter::from_fn(|| gate.take(|| false)).map(|ticket| ticket.place).collect();
        assert_eq!(places, [4, 7]);
    }

    #[test]
    fn one_that_is_slow_holds_the_others_back() {
        let gate = Gate::new(&Numbers(u64::MAX), None, 0);
        for turn in 0..WINDOW {
            assert_eq!(gate.take(|| false), Some(Ticket { turn, place: turn }));
        }
        let asked = AtomicBool::new(false);
        assert_eq!(gate.take(|| asked.swap(true, Ordering::Relaxed)), None, "waits until it is cancelled");
        gate.told();
        assert_eq!(gate.take(|| false).map(|ticket| ticket.place), Some(WINDOW));
        gate.close();
        assert_eq!(gate.take(|| false), None);
    }
}
