//! Sets of characters (`SRE(charset)`).

use super::code::{BIGCHARSET, CATEGORY, CHARSET, FAILURE, LITERAL, NEGATE, RANGE, RANGE_UNI_IGNORE};
use super::text::Case;
use crate::types::str::unicode::Unicode;

/// Whether a character is in the set whose code begins at `at`.
pub(super) fn contains(code: &[u32], mut at: usize, character: u32, unicode: Unicode) -> bool {
    let mut found = true;
    loop {
        let Some(&op) = code.get(at) else { return false };
        at += 1;
        let inside = |from: usize, c: u32| (code[from]..=code[from + 1]).contains(&c);
        let (hit, words) = match op {
            FAILURE => return !found,
            NEGATE => {
                found = !found;
                (false, 0)
            }
            LITERAL => (code[at] == character, 1),
            CATEGORY => (unicode.belongs(code[at], character), 1),
            CHARSET => (character < 256 && bit(code, at, character), 8),
            RANGE => (inside(at, character), 2),
            RANGE_UNI_IGNORE => (inside(at, character) || inside(at, unicode.upper_simple(character)), 2),
            BIGCHARSET => {
                // The number of blocks, a byte for each high byte, then the blocks.
                let blocks = code[at] as usize;
                let hit = character < 0x1_0000 && {
                    let high = (character >> 8) as usize;
                    let block = code[at + 1 + high / 4].to_le_bytes()[high % 4];
                    bit(code, at + 65 + usize::from(block) * 8, character & 0xff)
                };
                (hit, 65 + blocks * 8)
            }
            _ => return false,
        };
        if hit {
            return found;
        }
        at += words;
    }
}

fn bit(code: &[u32], at: usize, character: u32) -> bool {
    code[at + (character >> 5) as usize] & (1 << (character & 31)) != 0
}
