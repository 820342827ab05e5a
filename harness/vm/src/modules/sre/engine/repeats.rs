//! Repetitions: greedy, lazy and possessive ones.

use super::super::code::{self as op, MAXREPEAT};
use super::super::text::Text;
use super::{Engine, Found, NOWHERE, TooDeep};

/// A repetition under way.
pub(super) struct Repeat {
    /// Where its `REPEAT` has its numbers.
    at: usize,
    count: i64,
    last: usize,
    previous: Option<usize>,
}

impl<T: Text + ?Sized> Engine<'_, T> {
    pub(super) fn repeat_one(&mut self, pc: usize, mut ptr: usize, top: bool) -> Found {
        let (min, max) = (self.code[pc + 1] as usize, self.code[pc + 2]);
        if self.end - ptr < min {
            return Ok(false);
        }
        let mut count = self.count(pc + 3, ptr, max)?;
        ptr += count;
        if count < min {
            return Ok(false);
        }
        let tail = pc + self.code[pc] as usize;
        let literal = (self.code[tail] == op::LITERAL).then(|| self.code[tail + 1]);
        let saved = self.save();
        loop {
            let possible = literal.is_none_or(|literal| ptr < self.end && self.text.at(ptr) == literal);
            if possible {
                if self.run(tail, ptr, top)? {
                    return Ok(true);
                }
                self.restore(&saved);
            }
            if count == min {
                return Ok(false);
            }
            count -= 1;
            ptr -= 1;
        }
    }

    pub(super) fn min_repeat_one(&mut self, pc: usize, mut ptr: usize, top: bool) -> Found {
        let (min, max) = (self.code[pc + 1] as usize, self.code[pc + 2]);
        if self.end - ptr < min {
            return Ok(false);
        }
        let mut count = 0;
        if min > 0 {
            count = self.count(pc + 3, ptr, min as u32)?;
            if count < min {
                return Ok(false);
            }
            ptr += count;
        }
        let tail = pc + self.code[pc] as usize;
        let saved = self.save();
        loop {
            if self.run(tail, ptr, top)? {
                return Ok(true);
            }
            if max != MAXREPEAT && count >= max as usize || self.count(pc + 3, ptr, 1)? == 0 {
                return Ok(false);
            }
            ptr += 1;
            count += 1;
            self.restore(&saved);
        }
    }

    pub(super) fn possessive(&mut self, pc: usize, mut ptr: usize) -> Result<Option<usize>, TooDeep> {
        let (min, max) = (self.code[pc + 1] as usize, self.code[pc + 2]);
        // The body is atomic: its repetition stands alone.
        let outer = self.repeat.take();
        self.repeats.push(Repeat { at: pc, count: -1, last: NOWHERE, previous: outer });
        self.repeat = Some(self.repeats.len() - 1);
        let mut count = 0;
        let mut end = Some(ptr);
        while count < min {
            if !self.run(pc + 3, ptr, false)? {
                end = None;
                break;
            }
            ptr = self.position;
            end = Some(ptr);
            count += 1;
        }
        let mut last = NOWHERE;
        while end.is_some() && (max == MAXREPEAT || count < max as usize) && last != ptr {
            let saved = self.save();
            last = ptr;
            if !self.run(pc + 3, ptr, false)? {
                self.restore(&saved);
                break;
            }
            ptr = self.position;
            end = Some(ptr);
            count += 1;
        }
        self.repeats.pop();
        self.repeat = outer;
        Ok(end)
    }

    pub(super) fn repeat(&mut self, pc: usize, ptr: usize, top: bool) -> Found {
        let previous = self.repeat;
        let base = self.repeats.len();
        self.repeats.push(Repeat { at: pc, count: -1, last: NOWHERE, previous });
        self.repeat = Some(base);
        let found = self.run(pc + self.code[pc] as usize, ptr, top);
        self.repeat = previous;
        self.repeats.truncate(base);
        found
    }

    /// Matches what is repeated for the `count`th time, which counts if all that follows matches, too.
    fn repeat_body(&mut self, this: usize, count: i64, ptr: usize, top: bool) -> Found {
        self.repeats[this].count = count;
        let found = self.run(self.repeats[this].at + 3, ptr, top)?;
        if !found {
            self.repeats[this].count = count - 1;
        }
        Ok(found)
    }

    /// The same beyond what must be: a repetition that matches nothing is not tried again at the same place.
    fn repeat_further(&mut self, this: usize, count: i64, ptr: usize, top: bool) -> Found {
        let last = std::mem::replace(&mut self.repeats[this].last, ptr);
        let found = self.repeat_body(this, count, ptr, top)?;
        self.repeats[this].last = last;
        Ok(found)
    }

    pub(super) fn max_until(&mut self, pc: usize, ptr: usize, top: bool) -> Found {
        let Some(this) = self.repeat else { return Ok(false) };
        let body = self.repeats[this].at;
        let (min, max) = (i64::from(self.code[body + 1]), self.code[body + 2]);
        let count = self.repeats[this].count + 1;
        if count < min {
            return self.repeat_body(this, count, ptr, top);
        }
        if (max == MAXREPEAT || count < i64::from(max)) && ptr != self.repeats[this].last {
            let saved = self.save();
            if self.repeat_further(this, count, ptr, top)? {
                return Ok(true);
            }
            self.restore(&saved);
        }
        // No more repetitions: what follows.
        self.repeat = self.repeats[this].previous;
        let found = self.run(pc, ptr, top);
        self.repeat = Some(this);
        found
    }

    pub(super) fn min_until(&mut self, pc: usize, ptr: usize, top: bool) -> Found {
        let Some(this) = self.repeat else { return Ok(false) };
        let body = self.repeats[this].at;
        let (min, max) = (i64::from(self.code[body + 1]), self.code[body + 2]);
        let count = self.repeats[this].count + 1;
        if count < min {
            return self.repeat_body(this, count, ptr, top);
        }
        let saved = self.save();
        self.repeat = self.repeats[this].previous;
        let found = self.run(pc, ptr, top);
        self.repeat = Some(this);
        if found? {
            return Ok(true);
        }
        self.restore(&saved);
        if max != MAXREPEAT && count >= i64::from(max) || ptr == self.repeats[this].last {
            return Ok(false);
        }
        self.repeat_further(this, count, ptr, top)
    }
}
