//! The two ways to merge neighbouring runs: from the left and from the right (`merge_lo`, `merge_hi`).

use super::{MIN_GALLOP, Merge, gallop};
use crate::vm::PyResult;

/// A merge from the left.
pub(super) struct Low {
    /// The first run; from `a` on it is still to be merged.
    pub(super) aside: Vec<u32>,
    pub(super) a: usize,
    /// The rest of the second run, in its place.
    pub(super) b: usize,
    pub(super) b_end: usize,
    /// The next place to fill.
    pub(super) to: usize,
}

impl Low {
    fn a_left(&self) -> usize {
        self.aside.len() - self.a
    }

    fn take_a(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>, count: usize) {
        merge.order[self.to..self.to + count].copy_from_slice(&self.aside[self.a..self.a + count]);
        self.a += count;
        self.to += count;
    }

    fn take_b(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>, count: usize) {
        merge.order.copy_within(self.b..self.b + count, self.to);
        self.b += count;
        self.to += count;
    }

    /// One item of the first run is left: it belongs at the end.
    fn last_of_a(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>) {
        self.take_b(merge, self.b_end - self.b);
    }

    pub(super) fn run(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>) -> PyResult<()> {
        self.take_b(merge, 1);
        if self.b == self.b_end {
            return Ok(());
        }
        if self.a_left() == 1 {
            self.last_of_a(merge);
            return Ok(());
        }
        let mut min_gallop = merge.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if merge.less(merge.order[self.b], self.aside[self.a])? {
                    self.take_b(merge, 1);
                    (a_wins, b_wins) = (0, b_wins + 1);
                    if self.b == self.b_end {
                        return Ok(());
                    }
                    if b_wins >= min_gallop {
                        break;
                    }
                } else {
                    self.take_a(merge, 1);
                    (a_wins, b_wins) = (a_wins + 1, 0);
                    if self.a_left() == 1 {
                        self.last_of_a(merge);
                        return Ok(());
                    }
                    if a_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                merge.min_gallop = min_gallop;
                let key = merge.order[self.b];
                let won = gallop(self.a_left(), 0, |index| Ok(!merge.less(key, self.aside[self.a + index])?))?;
                a_wins = won;
                if won > 0 {
                    self.take_a(merge, won);
                    if self.a_left() == 1 {
                        self.last_of_a(merge);
                        return Ok(());
                    }
                    if self.a_left() == 0 {
                        return Ok(());
                    }
                }
                self.take_b(merge, 1);
                if self.b == self.b_end {
                    return Ok(());
                }
                let won = merge.gallop_left(self.aside[self.a], self.b, self.b_end - self.b, 0)?;
                b_wins = won;
                if won > 0 {
                    self.take_b(merge, won);
                    if self.b == self.b_end {
                        return Ok(());
                    }
                }
                self.take_a(merge, 1);
                if self.a_left() == 1 {
                    self.last_of_a(merge);
                    return Ok(());
                }
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            merge.min_gallop = min_gallop;
        }
    }
}

/// A merge from the right.
pub(super) struct High {
    /// The first run, in its place; `a` of its items are still to be merged.
    pub(super) start: usize,
    pub(super) a: usize,
    /// The second run; `b` of its items are still to be merged.
    pub(super) b: usize,
    pub(super) aside: Vec<u32>,
    /// One beyond the next place to fill.
    pub(super) to: usize,
}

impl High {
    fn take_a(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>, count: usize) {
        let end = self.start + self.a;
        merge.order.copy_within(end - count..end, self.to - count);
        self.a -= count;
        self.to -= count;
    }

    fn take_b(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>, count: usize) {
        merge.order[self.to - count..self.to].copy_from_slice(&self.aside[self.b - count..self.b]);
        self.b -= count;
        self.to -= count;
    }

    /// One item of the second run is left: it belongs at the front.
    fn last_of_b(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>) {
        self.take_a(merge, self.a);
    }

    pub(super) fn run(&mut self, merge: &mut Merge<'_, impl FnMut(u32, u32) -> PyResult<bool>>) -> PyResult<()> {
        self.take_a(merge, 1);
        if self.a == 0 {
            return Ok(());
        }
        if self.b == 1 {
            self.last_of_b(merge);
            return Ok(());
        }
        let mut min_gallop = merge.min_gallop;
        loop {
            let (mut a_wins, mut b_wins) = (0, 0);
            loop {
                if merge.less(self.aside[self.b - 1], merge.order[self.start + self.a - 1])? {
                    self.take_a(merge, 1);
                    (a_wins, b_wins) = (a_wins + 1, 0);
                    if self.a == 0 {
                        return Ok(());
                    }
                    if a_wins >= min_gallop {
                        break;
                    }
                } else {
                    self.take_b(merge, 1);
                    (a_wins, b_wins) = (0, b_wins + 1);
                    if self.b == 1 {
                        self.last_of_b(merge);
                        return Ok(());
                    }
                    if b_wins >= min_gallop {
                        break;
                    }
                }
            }
            min_gallop += 1;
            loop {
                min_gallop -= usize::from(min_gallop > 1);
                merge.min_gallop = min_gallop;
                let place = merge.gallop_right(self.aside[self.b - 1], self.start, self.a, self.a - 1)?;
                a_wins = self.a - place;
                if a_wins > 0 {
                    self.take_a(merge, a_wins);
                    if self.a == 0 {
                        return Ok(());
                    }
                }
                self.take_b(merge, 1);
                if self.b == 1 {
                    self.last_of_b(merge);
                    return Ok(());
                }
                let key = merge.order[self.start + self.a - 1];
                let place = gallop(self.b, self.b - 1, |index| merge.less(self.aside[index], key))?;
                b_wins = self.b - place;
                if b_wins > 0 {
                    self.take_b(merge, b_wins);
                    if self.b == 1 {
                        self.last_of_b(merge);
                        return Ok(());
                    }
                    if self.b == 0 {
                        return Ok(());
                    }
                }
                self.take_a(merge, 1);
                if self.a == 0 {
                    return Ok(());
                }
                if a_wins < MIN_GALLOP && b_wins < MIN_GALLOP {
                    break;
                }
            }
            min_gallop += 1;
            merge.min_gallop = min_gallop;
        }
    }
}
