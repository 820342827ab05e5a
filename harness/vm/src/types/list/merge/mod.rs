//! CPython's merge sort (`Objects/listobject.c`, `Objects/listsort.txt`), with its comparisons in its order.

mod sides;

use std::cmp::Ordering;

use sides::{High, Low};

use crate::vm::PyResult;

/// From how many wins in a row of one run on the merge gallops.
const MIN_GALLOP: usize = 7;

/// A sorted stretch.
#[derive(Clone, Copy)]
struct Run {
    start: usize,
    length: usize,
    /// Its depth in the tree of merges.
    power: u32,
}

/// The state of a sort. What moves are the places of the keys; `less` compares the keys at two places.
pub(super) struct Merge<'a, L> {
    order: &'a mut [u32],
    /// See `Profile::sort_finds_equal_runs`.
    equal_runs: bool,
    less: L,
    pending: Vec<Run>,
    min_gallop: usize,
}

impl<'a, L: FnMut(u32, u32) -> PyResult<bool>> Merge<'a, L> {
    pub(super) fn new(order: &'a mut [u32], equal_runs: bool, less: L) -> Self {
        Self { order, equal_runs, less, pending: Vec::new(), min_gallop: MIN_GALLOP }
    }

    /// Sorts. After an error the places are all there, in some order.
    pub(super) fn sort(&mut self) -> PyResult<()> {
        let length = self.order.len();
        let min_run = min_run(length);
        let mut start = 0;
        while start < length {
            let left = length - start;
            let mut run = if self.equal_runs { self.count_run_with_equals(start, left)? } else { self.count_run(start, left)? };
            if run < min_run {
                let forced = left.min(min_run);
                self.binary_sort(start, forced, run)?;
                run = forced;
            }
            self.found_run(run)?;
            self.pending.push(Run { start, length: run, power: 0 });
            start += run;
        }
        while self.pending.len() > 1 {
            let mut at = self.pending.len() - 2;
            if at > 0 && self.pending[at - 1].length < self.pending[at + 1].length {
                at -= 1;
            }
            self.merge_at(at)?;
        }
        Ok(())
    }

    fn less(&mut self, left: u32, right: u32) -> PyResult<bool> {
        (self.less)(left, right)
    }

    /// Whether the item at one place is less than that at another.
    fn less_at(&mut self, left: usize, right: usize) -> PyResult<bool> {
        self.less(self.order[left], self.order[right])
    }

    /// The length of the run at `start`, ascending afterwards (`count_run` up to 3.12).
    fn count_run(&mut self, start: usize, left: usize) -> PyResult<usize> {
        if left == 1 {
            return Ok(1);
        }
        let descending = self.less_at(start + 1, start)?;
        let mut length = 2;
        while length < left && self.less_at(start + length, start + length - 1)? == descending {
            length += 1;
        }
        if descending {
            self.order[start..start + length].reverse();
        }
        Ok(length)
    }

    /// The length of the run at `start`, ascending afterwards; a descending run may have equal items in it (`count_run` from
    /// 3.13 on).
    fn count_run_with_equals(&mut self, start: usize, left: usize) -> PyResult<usize> {
        let mut length = 1;
        while length < left && !self.less_at(start + length, start + length - 1)? {
            length += 1;
        }
        if length == left {
            return Ok(length);
        }
        if length > 1 {
            if self.less_at(start, start + length - 1)? {
                return Ok(length);
            }
            // All equal so far: the beginning of a descending run.
            self.order[start..start + length].reverse();
        }
        length += 1;
        let mut equal = 0;
        while length < left {
            if self.less_at(start + length, start + length - 1)? {
                self.reverse_equals(start + length, &mut equal);
            } else if self.less_at(start + length - 1, start + length)? {
                break;
            } else {
                equal += 1;
            }
            length += 1;
        }
        self.reverse_equals(start + length, &mut equal);
        self.order[start..start + length].reverse();
        while length < left && !self.less_at(start + length, start + length - 1)? {
            length += 1;
        }
        Ok(length)
    }

    /// Reverses the last equal items of a descending run, so that reversing all of it restores their order.
    fn reverse_equals(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.order[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }

    /// Sorts `count` items, the first `sorted` of which are sorted, by binary insertion.
    fn binary_sort(&mut self, start: usize, count: usize, sorted: usize) -> PyResult<()> {
        for place in start + sorted.max(1)..start + count {
            let (mut low, mut high) = (start, place);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less_at(place, middle)? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=place].rotate_right(1);
        }
        Ok(())
    }

    /// The next run is `length` long: merges what the "powersort" strategy says is due.
    fn found_run(&mut self, length: usize) -> PyResult<()> {
        let Some(&last) = self.pending.last() else { return Ok(()) };
        let power = power(last.start, last.length, length, self.order.len());
        while self.pending.len() > 1 && self.pending[self.pending.len() - 2].power > power {
            self.merge_at(self.pending.len() - 2)?;
        }
        if let Some(last) = self.pending.last_mut() {
            last.power = power;
        }
        Ok(())
    }

    /// Merges two neighbouring runs.
    fn merge_at(&mut self, at: usize) -> PyResult<()> {
        let (first, second) = (self.pending[at], self.pending[at + 1]);
        self.pending[at].length += second.length;
        self.pending.remove(at + 1);
        // What of the first run is in place already, and what of the second.
        let skip = self.gallop_right(self.order[second.start], first.start, first.length, 0)?;
        let (start, length) = (first.start + skip, first.length - skip);
        if length == 0 {
            return Ok(());
        }
        let last = self.order[start + length - 1];
        let others = self.gallop_left(last, second.start, second.length, second.length - 1)?;
        if others == 0 {
            return Ok(());
        }
        if length <= others { self.merge_low(start, length, others) } else { self.merge_high(start, length, others) }
    }

    /// Where a key belongs in a sorted stretch, before its equals; searched from `hint` outwards.
    fn gallop_left(&mut self, key: u32, start: usize, length: usize, hint: usize) -> PyResult<usize> {
        gallop(length, hint, |index| self.less(self.order[start + index], key))
    }

    /// Where a key belongs in a sorted stretch, after its equals; searched from `hint` outwards.
    fn gallop_right(&mut self, key: u32, start: usize, length: usize, hint: usize) -> PyResult<usize> {
        gallop(length, hint, |index| Ok(!self.less(key, self.order[start + index])?))
    }

    /// Merges from the left; the first run, the shorter one, is set aside.
    fn merge_low(&mut self, start: usize, length: usize, others: usize) -> PyResult<()> {
        let aside: Vec<u32> = self.order[start..start + length].to_vec();
        let mut low = Low { aside, a: 0, b: start + length, b_end: start + length + others, to: start };
        let result = low.run(self);
        // What is left of the first run goes to where the hole is.
        let rest = &low.aside[low.a..];
        self.order[low.to..low.to + rest.len()].copy_from_slice(rest);
        result
    }

    /// Merges from the right; the second run, the shorter one, is set aside.
    fn merge_high(&mut self, start: usize, length: usize, others: usize) -> PyResult<()> {
        let aside: Vec<u32> = self.order[start + length..start + length + others].to_vec();
        let mut high = High { start, a: length, b: aside.len(), aside, to: start + length + others };
        let result = high.run(self);
        // What is left of the second run goes to where the hole is.
        let rest = &high.aside[..high.b];
        self.order[high.to - rest.len()..high.to].copy_from_slice(rest);
        result
    }
}

/// Finds where a key belongs among `length` sorted items: `before` says whether the item at an index belongs before the key. Asks
/// in growing steps from `hint` on, then in halves between the last two (`gallop_left`, `gallop_right`).
fn gallop(length: usize, hint: usize, mut before: impl FnMut(usize) -> PyResult<bool>) -> PyResult<usize> {
    let (mut last, mut offset) = (0, 1);
    // Between them the key belongs: from `low` (which may be one before the first) to `high`.
    let (mut low, mut high);
    if before(hint)? {
        let most = length - hint;
        while offset < most && before(hint + offset)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        low = hint + last + 1;
        high = hint + offset.min(most);
    } else {
        let most = hint + 1;
        while offset < most && !before(hint - offset)? {
            last = offset;
            offset = offset * 2 + 1;
        }
        low = hint + 1 - offset.min(most);
        high = hint - last;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The length below which a run is made longer by insertion.
fn min_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= 64 {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// The depth of the first of two neighbouring runs in the tree of merges (`powerloop`).
fn power(start: usize, length: usize, next_length: usize, total: usize) -> u32 {
    let mut a = 2 * start + length;
    let mut b = a + length + next_length;
    let mut result = 0;
    loop {
        result += 1;
        match (a.cmp(&total), b.cmp(&total)) {
            (Ordering::Greater | Ordering::Equal, _) => {
                a -= total;
                b -= total;
            }
            (_, Ordering::Greater | Ordering::Equal) => return result,
            _ => {}
        }
        a <<= 1;
        b <<= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::Stop;

    /// Sorts by the values at the places; the comparisons made, as pairs of places.
    fn sorted(values: &[i64], equal_runs: bool) -> (Vec<i64>, Vec<(u32, u32)>) {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        let mut asked = Vec::new();
        let less = |left: u32, right: u32| {
            asked.push((left, right));
            Ok(values[left as usize] < values[right as usize])
        };
        assert_eq!(Merge::new(&mut order, equal_runs, less).sort(), Ok(()));
        (order.iter().map(|&place| values[place as usize]).collect(), asked)
    }

    /// A polynomial of the comparisons.
    fn fingerprint(asked: &[(u32, u32)]) -> u64 {
        let mix = |sum: u64, &(left, right): &(u32, u32)| (sum * 31 + u64::from(left) * 1009 + u64::from(right)) % 1_000_000_007;
        asked.iter().fold(7, mix)
    }

    /// Sequences that lead into every corner.
    fn sequences() -> Vec<Vec<i64>> {
        let scrambled =
            |length: i64, range: i64| (0..length).map(|n| (n * n * 7919 + n * 104_729 + 13) % 1_000_003 % range).collect();
        let mut two_runs: Vec<i64> = (0..300).step_by(2).collect();
        two_runs.extend((0..90).map(|n| n * 3 + 1));
        let mut steps: Vec<i64> = (0..200).rev().map(|n| n / 3).collect();
        steps.extend([5, 6, 7, 8, 1, 1, 1, 0]);
        let mut blocks: Vec<i64> = (500..900).collect();
        blocks.extend(0..500);
        blocks.extend(scrambled(100, 1000));
        vec![
            scrambled(10, 100),
            scrambled(63, 20),
            scrambled(64, 1000),
            scrambled(1000, 100_000),
            scrambled(1000, 10),
            two_runs,
            steps,
            blocks,
        ]
    }

    #[test]
    fn asks_what_cpython_asks() {
        // Objects whose `__lt__` notes the original places of both, sorted by 3.11.7, 3.12.1 and 3.13.0.
        let up_to_3_12 = [
            (23, 365_073_455),
            (292, 615_799_921),
            (304, 960_459_484),
            (8620, 1_316_069),
            (6740, 150_634_408),
            (475, 15_866_387),
            (1020, 804_258_896),
            (2263, 841_748_177),
        ];
        let from_3_13 = [
            (24, 412_752_051),
            (294, 718_629_080),
            (306, 749_208_761),
            (8642, 857_607_235),
            (6758, 423_809_009),
            (476, 763_492_830),
            (407, 917_814_251),
            (2267, 647_578_393),
        ];
        for (equal_runs, expected) in [(false, up_to_3_12), (true, from_3_13)] {
            for (values, expected) in sequences().iter().zip(expected) {
                let (result, asked) = sorted(values, equal_runs);
                assert!(result.is_sorted());
                assert_eq!((asked.len(), fingerprint(&asked)), expected, "equal runs: {equal_runs}");
            }
        }
    }

    #[test]
    fn loses_nothing_when_a_comparison_fails() {
        for values in sequences() {
            for fail_at in [0, 1, 5, 50, 300, 2000] {
                let mut order: Vec<u32> = (0..values.len() as u32).collect();
                let mut asked = 0;
                let less = |left: u32, right: u32| {
                    asked += 1;
                    if asked > fail_at { Err(Stop::Raised) } else { Ok(values[left as usize] < values[right as usize]) }
                };
                let _ = Merge::new(&mut order, true, less).sort();
                order.sort_unstable();
                assert!(order.iter().copied().eq(0..values.len() as u32));
            }
        }
    }

    #[test]
    fn ends_whatever_the_comparison_says() {
        for values in sequences() {
            let mut order: Vec<u32> = (0..values.len() as u32).collect();
            let mut state = 12345_u32;
            let less = |_: u32, _: u32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                Ok(state & 0x8000 != 0)
            };
            assert_eq!(Merge::new(&mut order, true, less).sort(), Ok(()));
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..values.len() as u32));
        }
    }
}
