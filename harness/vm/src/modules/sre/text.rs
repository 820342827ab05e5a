//! What patterns are matched against, and what they ask of a character.

use super::code::category;
use crate::types::str::unicode::{Unicode, is_line_break, is_space};

/// Characters by index.
pub(super) trait Text {
    fn len(&self) -> usize;
    fn at(&self, index: usize) -> u32;
}

/// Bytes, or a string that is all ASCII.
impl Text for [u8] {
    fn len(&self) -> usize {
        <[u8]>::len(self)
    }

    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

/// A string that has other characters.
impl Text for [char] {
    fn len(&self) -> usize {
        <[char]>::len(self)
    }

    fn at(&self, index: usize) -> u32 {
        u32::from(self[index])
    }
}

/// A character in lower case, as far as ASCII goes (`sre_lower_ascii`); locales are not known.
pub(super) fn lower_ascii(character: u32) -> u32 {
    u8::try_from(character).map_or(character, |byte| u32::from(byte.to_ascii_lowercase()))
}

/// A character in upper case, as far as ASCII goes.
pub(super) fn upper_ascii(character: u32) -> u32 {
    u8::try_from(character).map_or(character, |byte| u32::from(byte.to_ascii_uppercase()))
}

/// What Unicode has to say.
pub(super) trait Case {
    fn lower_simple(self, character: u32) -> u32;
    fn upper_simple(self, character: u32) -> u32;
    fn belongs(self, kind: u32, character: u32) -> bool;
}

impl Case for Unicode {
    /// `Py_UNICODE_TOLOWER`: the first character of the mapping.
    fn lower_simple(self, character: u32) -> u32 {
        if character < 128 {
            return lower_ascii(character);
        }
        char::from_u32(character).and_then(|c| self.lower(c).next()).map_or(character, u32::from)
    }

    /// `Py_UNICODE_TOUPPER`
    fn upper_simple(self, character: u32) -> u32 {
        if character < 128 {
            return upper_ascii(character);
        }
        char::from_u32(character).and_then(|c| self.upper(c).next()).map_or(character, u32::from)
    }

    /// Whether a character is of a kind (`sre_category`).
    fn belongs(self, kind: u32, character: u32) -> bool {
        let ascii = u8::try_from(character).ok().filter(u8::is_ascii);
        let any = |test: &dyn Fn(char) -> bool| char::from_u32(character).is_some_and(test);
        // The opposite follows each kind.
        let positive = match kind & !1 {
            category::DIGIT => ascii.is_some_and(|byte| byte.is_ascii_digit()),
            category::SPACE => ascii.is_some_and(|byte| matches!(byte, b' ' | b'\t'..=b'\r')),
            category::WORD | category::LOC_WORD => ascii.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
            category::LINEBREAK => character == u32::from(b'\n'),
            category::UNI_DIGIT => any(&|c| self.is_decimal(c)),
            category::UNI_SPACE => any(&is_space),
            category::UNI_WORD => any(&|c| c == '_' || self.is_alphanumeric(c)),
            category::UNI_LINEBREAK => any(&is_line_break),
            _ => false,
        };
        positive ^ (kind & 1 == 1)
    }
}
