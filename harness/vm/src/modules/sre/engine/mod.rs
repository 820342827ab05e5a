//! The matcher (`Modules/_sre/sre_lib.h`): it backtracks by native recursion.

mod repeats;

use repeats::Repeat;

use super::charset;
use super::code::{self as op, MAXREPEAT, at};
use super::text::{Case, Text, lower_ascii, upper_ascii};
use crate::types::str::unicode::Unicode;

/// How deep one match may recurse.
const DEPTH_LIMIT: usize = 100_000;
/// No position.
pub(super) const NOWHERE: usize = usize::MAX;

/// The pattern needs more than the VM gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooDeep;

type Found = Result<bool, TooDeep>;

/// Where a match is, and what its groups matched.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where each group starts and ends.
    places: Vec<usize>,
    lastmark: isize,
    /// The last group that was closed; -1 for none.
    pub(super) lastindex: i64,
}

impl Marks {
    /// Where a group matched, group 0 being the whole.
    pub(super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        let Some(group) = group.checked_sub(1) else { return Some((self.start, self.end)) };
        let place = group * 2;
        if place as isize + 1 > self.lastmark {
            return None;
        }
        match (self.places.get(place), self.places.get(place + 1)) {
            (Some(&start), Some(&end)) if start != NOWHERE && end != NOWHERE => Some((start, end)),
            _ => None,
        }
    }
}

/// How to look for a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Match,
    FullMatch,
    Search,
}

/// A match under way.
pub(super) struct Engine<'a, T: Text + ?Sized> {
    code: &'a [u32],
    text: &'a T,
    unicode: Unicode,
    end: usize,
    full: bool,
    /// A match must not end here: it would be empty where the one before ended.
    advance_from: usize,
    position: usize,
    marks: Vec<usize>,
    lastmark: isize,
    lastindex: i64,
    repeats: Vec<Repeat>,
    repeat: Option<usize>,
    depth: usize,
}

/// What a failed attempt has to put back.
struct Saved {
    lastmark: isize,
    lastindex: i64,
    marks: Option<Vec<usize>>,
}

impl<'a, T: Text + ?Sized> Engine<'a, T> {
    pub(super) fn new(code: &'a [u32], text: &'a T, groups: usize, unicode: Unicode, end: usize) -> Self {
        Self {
            code,
            text,
            unicode,
            end: end.min(text.len()),
            full: false,
            advance_from: NOWHERE,
            position: 0,
            marks: vec![NOWHERE; groups * 2],
            lastmark: -1,
            lastindex: -1,
            repeats: Vec::new(),
            repeat: None,
            depth: 0,
        }
    }

    /// Looks for a match from `start` on.
    pub(super) fn find(&mut self, mode: Mode, start: usize, must_advance: bool) -> Result<Option<Marks>, TooDeep> {
        self.full = mode == Mode::FullMatch;
        if start > self.end {
            return Ok(None);
        }
        self.advance_from = if must_advance { start } else { NOWHERE };
        // The block of information that begins the code is for searches only.
        let body = if self.code.first() == Some(&op::INFO) { 1 + self.code[1] as usize } else { 0 };
        for at in start..=self.end {
            if mode == Mode::Search && !self.may_start(body, at) {
                self.advance_from = NOWHERE;
                continue;
            }
            self.reset();
            if self.run(body, at, true)? {
                let places = self.marks.clone();
                let (end, lastmark, lastindex) = (self.position, self.lastmark, self.lastindex);
                return Ok(Some(Marks { start: at, end, places, lastmark, lastindex }));
            }
            if mode != Mode::Search {
                break;
            }
            self.advance_from = NOWHERE;
        }
        Ok(None)
    }

    fn reset(&mut self) {
        self.marks.fill(NOWHERE);
        self.lastmark = -1;
        self.lastindex = -1;
        self.repeats.clear();
        self.repeat = None;
        self.depth = 0;
    }

    /// A quick look at whether a match can begin here.
    fn may_start(&self, body: usize, at: usize) -> bool {
        match self.code[body] {
            op::LITERAL => at < self.end && self.text.at(at) == self.code[body + 1],
            op::IN => at < self.end && self.in_set(body + 2, self.text.at(at)),
            _ => true,
        }
    }

    fn in_set(&self, at: usize, character: u32) -> bool {
        charset::contains(self.code, at, character, self.unicode)
    }

    fn save(&self) -> Saved {
        let marks = self.repeat.is_some().then(|| self.marks[..(self.lastmark + 1) as usize].to_vec());
        Saved { lastmark: self.lastmark, lastindex: self.lastindex, marks }
    }

    fn restore(&mut self, saved: &Saved) {
        self.lastmark = saved.lastmark;
        self.lastindex = saved.lastindex;
        if let Some(marks) = &saved.marks {
            self.marks[..marks.len()].copy_from_slice(marks);
        }
    }

    fn set_mark(&mut self, mark: usize, position: usize) {
        if mark & 1 == 1 {
            self.lastindex = (mark / 2 + 1) as i64;
        }
        if mark as isize > self.lastmark {
            for place in (self.lastmark + 1) as usize..mark {
                self.marks[place] = NOWHERE;
            }
            self.lastmark = mark as isize;
        }
        self.marks[mark] = position;
    }

    /// Matches the code at `pc` at a position. On success [`Self::position`] is where it ended.
    fn run(&mut self, pc: usize, position: usize, top: bool) -> Found {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(TooDeep);
        }
        let found = self.steps(pc, position, top);
        self.depth -= 1;
        found
    }

    fn steps(&mut self, mut pc: usize, mut ptr: usize, top: bool) -> Found {
        loop {
            let opcode = self.code[pc];
            pc += 1;
            match opcode {
                op::FAILURE => return Ok(false),
                op::SUCCESS => {
                    if top && (self.full && ptr != self.end || ptr == self.advance_from) {
                        return Ok(false);
                    }
                    self.position = ptr;
                    return Ok(true);
                }
                op::MARK => {
                    self.set_mark(self.code[pc] as usize, ptr);
                    pc += 1;
                }
                op::AT => {
                    if !self.is_at(self.code[pc], ptr) {
                        return Ok(false);
                    }
                    pc += 1;
                }
                op::JUMP | op::INFO => pc += self.code[pc] as usize,
                op::ANY
                | op::ANY_ALL
                | op::LITERAL
                | op::NOT_LITERAL
                | op::CATEGORY
                | op::IN
                | op::LITERAL_IGNORE
                | op::NOT_LITERAL_IGNORE
                | op::IN_IGNORE
                | op::LITERAL_LOC_IGNORE
                | op::NOT_LITERAL_LOC_IGNORE
                | op::IN_LOC_IGNORE
                | op::LITERAL_UNI_IGNORE
                | op::NOT_LITERAL_UNI_IGNORE
                | op::IN_UNI_IGNORE => {
                    if ptr >= self.end || !self.accepts(pc - 1, self.text.at(ptr)) {
                        return Ok(false);
                    }
                    ptr += 1;
                    pc += self.operand_words(opcode, pc);
                }
                op::GROUPREF | op::GROUPREF_IGNORE | op::GROUPREF_LOC_IGNORE | op::GROUPREF_UNI_IGNORE => {
                    match self.matches_group(opcode, self.code[pc] as usize, ptr) {
                        Some(end) => ptr = end,
                        None => return Ok(false),
                    }
                    pc += 1;
                }
                op::GROUPREF_EXISTS => {
                    let group = self.code[pc] as usize;
                    pc += if self.group(group).is_some() { 2 } else { self.code[pc + 1] as usize };
                }
                op::ASSERT => {
                    let back = self.code[pc + 1] as usize;
                    if ptr < back || !self.run(pc + 2, ptr - back, false)? {
                        return Ok(false);
                    }
                    pc += self.code[pc] as usize;
                }
                op::ASSERT_NOT => {
                    let back = self.code[pc + 1] as usize;
                    if ptr >= back {
                        let saved = self.save();
                        if self.run(pc + 2, ptr - back, false)? {
                            return Ok(false);
                        }
                        self.restore(&saved);
                    }
                    pc += self.code[pc] as usize;
                }
                op::ATOMIC_GROUP => {
                    if !self.run(pc + 1, ptr, false)? {
                        return Ok(false);
                    }
                    ptr = self.position;
                    pc += self.code[pc] as usize;
                }
                op::BRANCH => return self.branch(pc, ptr, top),
                op::REPEAT_ONE => return self.repeat_one(pc, ptr, top),
                op::MIN_REPEAT_ONE => return self.min_repeat_one(pc, ptr, top),
                op::POSSESSIVE_REPEAT_ONE => {
                    let (min, max) = (self.code[pc + 1] as usize, self.code[pc + 2]);
                    if self.end - ptr < min {
                        return Ok(false);
                    }
                    let count = self.count(pc + 3, ptr, max)?;
                    if count < min {
                        return Ok(false);
                    }
                    ptr += count;
                    pc += self.code[pc] as usize;
                }
                op::POSSESSIVE_REPEAT => match self.possessive(pc, ptr)? {
                    Some(end) => {
                        ptr = end;
                        // Behind the `SUCCESS` that ends the body.
                        pc += self.code[pc] as usize + 1;
                    }
                    None => return Ok(false),
                },
                op::REPEAT => return self.repeat(pc, ptr, top),
                op::MAX_UNTIL => return self.max_until(pc, ptr, top),
                op::MIN_UNTIL => return self.min_until(pc, ptr, top),
                _ => return Ok(false),
            }
        }
    }

    /// Whether the one-character instruction at `pc` accepts a character.
    fn accepts(&self, pc: usize, character: u32) -> bool {
        let word = self.code[pc + 1];
        let unicode = self.unicode;
        match self.code[pc] {
            op::ANY => character != u32::from(b'\n'),
            op::ANY_ALL => true,
            op::LITERAL => character == word,
            op::NOT_LITERAL => character != word,
            op::CATEGORY => unicode.belongs(word, character),
            op::IN => self.in_set(pc + 2, character),
            op::LITERAL_IGNORE => lower_ascii(character) == word,
            op::NOT_LITERAL_IGNORE => lower_ascii(character) != word,
            op::IN_IGNORE => self.in_set(pc + 2, lower_ascii(character)),
            op::LITERAL_UNI_IGNORE => unicode.lower_simple(character) == word,
            op::NOT_LITERAL_UNI_IGNORE => unicode.lower_simple(character) != word,
            op::IN_UNI_IGNORE => self.in_set(pc + 2, unicode.lower_simple(character)),
            op::LITERAL_LOC_IGNORE => loc_equal(character, word),
            op::NOT_LITERAL_LOC_IGNORE => !loc_equal(character, word),
            op::IN_LOC_IGNORE => self.in_set(pc + 2, lower_ascii(character)) || self.in_set(pc + 2, upper_ascii(character)),
            _ => false,
        }
    }

    /// How many words the operand of a one-character instruction has; `pc` is at the operand.
    fn operand_words(&self, opcode: u32, pc: usize) -> usize {
        match opcode {
            op::ANY | op::ANY_ALL => 0,
            op::IN | op::IN_IGNORE | op::IN_LOC_IGNORE | op::IN_UNI_IGNORE => self.code[pc] as usize,
            _ => 1,
        }
    }

    fn group(&self, group: usize) -> Option<(usize, usize)> {
        let place = group * 2;
        if place as isize + 1 > self.lastmark {
            return None;
        }
        let (start, end) = (self.marks[place], self.marks[place + 1]);
        (start != NOWHERE && end != NOWHERE && end >= start).then_some((start, end))
    }

    /// Where the text of a group ends that stands here again.
    fn matches_group(&self, opcode: u32, group: usize, mut ptr: usize) -> Option<usize> {
        let (start, end) = self.group(group)?;
        for place in start..end {
            if ptr >= self.end {
                return None;
            }
            let (here, there) = (self.text.at(ptr), self.text.at(place));
            let same = match opcode {
                op::GROUPREF_IGNORE | op::GROUPREF_LOC_IGNORE => lower_ascii(here) == lower_ascii(there),
                op::GROUPREF_UNI_IGNORE => self.unicode.lower_simple(here) == self.unicode.lower_simple(there),
                _ => here == there,
            };
            if !same {
                return None;
            }
            ptr += 1;
        }
        Some(ptr)
    }

    /// `SRE(at)`
    fn is_at(&self, position: u32, ptr: usize) -> bool {
        let newline = |index: usize| self.text.at(index) == u32::from(b'\n');
        let boundary = |kind: u32| {
            let word = |index: usize| self.unicode.belongs(kind, self.text.at(index));
            (ptr > 0 && word(ptr - 1)) != (ptr < self.end && word(ptr))
        };
        let somewhere = self.end > 0;
        match position {
            at::BEGINNING | at::BEGINNING_STRING => ptr == 0,
            at::BEGINNING_LINE => ptr == 0 || newline(ptr - 1),
            at::END => ptr == self.end || ptr + 1 == self.end && newline(ptr),
            at::END_LINE => ptr == self.end || newline(ptr),
            at::END_STRING => ptr == self.end,
            at::BOUNDARY => somewhere && boundary(op::category::WORD),
            at::NON_BOUNDARY => somewhere && !boundary(op::category::WORD),
            at::LOC_BOUNDARY => somewhere && boundary(op::category::LOC_WORD),
            at::LOC_NON_BOUNDARY => somewhere && !boundary(op::category::LOC_WORD),
            at::UNI_BOUNDARY => somewhere && boundary(op::category::UNI_WORD),
            at::UNI_NON_BOUNDARY => somewhere && !boundary(op::category::UNI_WORD),
            _ => false,
        }
    }

    /// How many characters in a row a simple pattern accepts (`SRE(count)`).
    fn count(&mut self, pc: usize, ptr: usize, max: u32) -> Result<usize, TooDeep> {
        let left = self.end - ptr;
        let most = if max == MAXREPEAT { left } else { left.min(max as usize) };
        if is_single(self.code[pc]) {
            let mut count = 0;
            while count < most && self.accepts(pc, self.text.at(ptr + count)) {
                count += 1;
            }
            return Ok(count);
        }
        // A group around one character, and the like: one by one.
        let mut at = ptr;
        while at < ptr + most {
            if !self.run(pc, at, false)? {
                break;
            }
            at += 1;
        }
        Ok(at - ptr)
    }

    fn branch(&mut self, mut pc: usize, ptr: usize, top: bool) -> Found {
        let saved = self.save();
        while self.code[pc] != 0 {
            if self.run(pc + 1, ptr, top)? {
                return Ok(true);
            }
            self.restore(&saved);
            pc += self.code[pc] as usize;
        }
        Ok(false)
    }
}

/// Whether an instruction accepts or refuses one character.
fn is_single(opcode: u32) -> bool {
    !matches!(
        opcode,
        op::SUCCESS | op::FAILURE | op::MARK | op::BRANCH | op::REPEAT | op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::GROUPREF
    )
}

fn loc_equal(character: u32, literal: u32) -> bool {
    character == literal || lower_ascii(character) == literal || upper_ascii(character) == literal
}
