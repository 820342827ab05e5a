//! What CPython knows of characters.
//!
//! Each CPython comes with the tables of one Unicode version; the tables in use here (those of the standard library and of
//! two crates) are newer. What a version has no character for yet has no properties and no case mappings in it: that makes up
//! nearly all of the difference, the few characters that changed after the fact are listed.

use refdrift_isa::UnicodeVersion;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::unicode_assigned::{ADDED_15_0, ADDED_15_1, ASSIGNED_14_0};

/// The characters of one Unicode version.
#[derive(Clone, Copy)]
pub(crate) struct Unicode(pub(crate) UnicodeVersion);

/// Digits that are no decimal ones (`Numeric_Type=Digit`).
const DIGITS: &[(u32, u32)] = &[
    (0xb2, 0xb3),
    (0xb9, 0xb9),
    (0x1369, 0x1371),
    (0x19da, 0x19da),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2089),
    (0x2460, 0x2468),
    (0x2474, 0x247c),
    (0x2488, 0x2490),
    (0x24ea, 0x24ea),
    (0x24f5, 0x24fd),
    (0x24ff, 0x24ff),
    (0x2776, 0x277e),
    (0x2780, 0x2788),
    (0x278a, 0x2792),
    (0x10a40, 0x10a43),
    (0x10e60, 0x10e68),
    (0x11052, 0x1105a),
    (0x1f100, 0x1f10a),
];

/// Letters that stand for numbers (`kPrimaryNumeric` and the like of the Unihan database).
#[rustfmt::skip]
const NUMERIC_LETTERS: &[u32] = &[
    0x3405, 0x3483, 0x382a, 0x3b4d, 0x4e00, 0x4e03, 0x4e07, 0x4e09, 0x4e5d, 0x4e8c, 0x4e94, 0x4e96, 0x4ebf,
    0x4ec0, 0x4edf, 0x4ee8, 0x4f0d, 0x4f70, 0x5104, 0x5146, 0x5169, 0x516b, 0x516d, 0x5341, 0x5343, 0x5344,
    0x5345, 0x534c, 0x53c1, 0x53c2, 0x53c3, 0x53c4, 0x56db, 0x58f1, 0x58f9, 0x5e7a, 0x5efe, 0x5eff, 0x5f0c, 0x5f0d, 0x5f0e,
    0x5f10, 0x62fe, 0x634c, 0x67d2, 0x6f06, 0x7396, 0x767e, 0x8086, 0x842c, 0x8cae, 0x8cb3,
    0x8d30, 0x9621, 0x9646, 0x964c, 0x9678, 0x96f6, 0xf96b, 0xf973, 0xf978, 0xf9b2, 0xf9d1, 0xf9d3, 0xf9fd,
    0x20001, 0x20064, 0x200e2, 0x20121, 0x2092a, 0x20983, 0x2098c, 0x2099c, 0x20aea, 0x20afd, 0x20b19, 0x22390, 0x22998,
    0x23b1b, 0x2626d, 0x2f890,
];

/// Those that joined them in Unicode 15.1.
#[rustfmt::skip]
const NUMERIC_LETTERS_15_1: &[u32] = &[0x4e24, 0x4eac, 0x4fe9, 0x5006, 0x62d0, 0x6d1e, 0x7695, 0x79ed, 0x920e, 0x94a9];

/// What a character becomes in some case: mostly one character, never more than three.
pub(crate) type Mapped = std::iter::Flatten<std::array::IntoIter<Option<char>, 3>>;

impl Unicode {
    /// Whether the version has such a character.
    pub(crate) fn is_assigned(self, c: char) -> bool {
        let c = u32::from(c);
        c < 0x378
            || within(ASSIGNED_14_0, c)
            || (self.0 >= UnicodeVersion::V15_0 && within(ADDED_15_0, c))
            || (self.0 >= UnicodeVersion::V15_1 && within(ADDED_15_1, c))
    }

    /// The general category; a character that the version does not have yet is unassigned.
    pub(crate) fn category(self, c: char) -> GeneralCategory {
        match c {
            // Two that Unicode 16 changed: a letter that has lost its case, a mark that takes room now.
            'ʕ' => GeneralCategory::LowercaseLetter,
            '\u{1171e}' => GeneralCategory::NonspacingMark,
            _ if self.is_assigned(c) => c.general_category(),
            _ => GeneralCategory::Unassigned,
        }
    }

    /// `str.isalpha`
    pub(crate) fn is_alpha(self, c: char) -> bool {
        use GeneralCategory as G;
        if c.is_ascii() {
            return c.is_ascii_alphabetic();
        }
        matches!(
            self.category(c),
            G::LowercaseLetter | G::UppercaseLetter | G::TitlecaseLetter | G::ModifierLetter | G::OtherLetter
        )
    }

    /// `str.isdecimal`
    pub(crate) fn is_decimal(self, c: char) -> bool {
        if c.is_ascii() { c.is_ascii_digit() } else { self.category(c) == GeneralCategory::DecimalNumber }
    }

    /// The value of a decimal digit.
    pub(crate) fn decimal(self, c: char) -> Option<u32> {
        if c.is_ascii() {
            return c.to_digit(10);
        }
        if !self.is_decimal(c) {
            return None;
        }
        // The digits of a script stand in a row from zero on; several rows may follow each other.
        let mut first = u32::from(c);
        while char::from_u32(first - 1).is_some_and(|before| self.is_decimal(before)) {
            first -= 1;
        }
        Some((u32::from(c) - first) % 10)
    }

    /// `str.isdigit`
    pub(crate) fn is_digit(self, c: char) -> bool {
        self.is_decimal(c) || within(DIGITS, u32::from(c))
    }

    /// `str.isnumeric`
    pub(crate) fn is_numeric(self, c: char) -> bool {
        use GeneralCategory as G;
        if c.is_ascii() {
            return c.is_ascii_digit();
        }
        matches!(self.category(c), G::DecimalNumber | G::LetterNumber | G::OtherNumber)
            || NUMERIC_LETTERS.binary_search(&u32::from(c)).is_ok()
            || (self.0 >= UnicodeVersion::V15_1 && NUMERIC_LETTERS_15_1.contains(&u32::from(c)))
    }

    /// `str.isalnum`
    pub(crate) fn is_alphanumeric(self, c: char) -> bool {
        self.is_alpha(c) || self.is_numeric(c)
    }

    /// The property Lowercase.
    pub(crate) fn is_lower(self, c: char) -> bool {
        match c {
            // A letter without case since Unicode 16.
            'ʕ' => true,
            // Lowercase since Unicode 15.0.
            '\u{10fc}' | '\u{a7f2}'..='\u{a7f4}' | '\u{ab69}' => self.0 >= UnicodeVersion::V15_0,
            _ => c.is_lowercase() && self.is_assigned(c),
        }
    }

    /// The property Uppercase.
    pub(crate) fn is_upper(self, c: char) -> bool {
        c.is_uppercase() && self.is_assigned(c)
    }

    /// The category Lt.
    #[allow(clippy::unused_self, reason = "the same in every version so far")]
    pub(crate) fn is_title(self, c: char) -> bool {
        !c.is_ascii() && c.general_category() == GeneralCategory::TitlecaseLetter
    }

    /// The property Cased.
    pub(crate) fn is_cased(self, c: char) -> bool {
        self.is_lower(c) || self.is_upper(c) || self.is_title(c)
    }

    /// The property `Case_Ignorable`.
    pub(crate) fn is_case_ignorable(self, c: char) -> bool {
        use GeneralCategory as G;
        matches!(self.category(c), G::NonspacingMark | G::EnclosingMark | G::Format | G::ModifierLetter | G::ModifierSymbol)
            || matches!(
                c,
                '\'' | '.'
                    | ':'
                    | '\u{b7}'
                    | '\u{387}'
                    | '\u{55f}'
                    | '\u{5f4}'
                    | '\u{2018}'
                    | '\u{2019}'
                    | '\u{2024}'
                    | '\u{2027}'
                    | '\u{fe13}'
                    | '\u{fe52}'
                    | '\u{fe55}'
                    | '\u{ff07}'
                    | '\u{ff0e}'
                    | '\u{ff1a}'
            )
    }

    /// `str.isprintable`; `repr` writes what is not as an escape.
    pub(crate) fn is_printable(self, c: char) -> bool {
        use GeneralCategory as G;
        if c.is_ascii() {
            return matches!(c, ' '..='~');
        }
        !matches!(
            self.category(c),
            G::Control
                | G::Format
                | G::Surrogate
                | G::PrivateUse
                | G::Unassigned
                | G::LineSeparator
                | G::ParagraphSeparator
                | G::SpaceSeparator
        )
    }

    /// Whether an identifier may begin with it (`XID_Start`; without the underscore).
    pub(crate) fn is_identifier_start(self, c: char) -> bool {
        unicode_ident::is_xid_start(c) && self.is_assigned(c)
    }

    /// Whether it may stand in an identifier (`XID_Continue`).
    pub(crate) fn is_identifier_part(self, c: char) -> bool {
        match c {
            // Joiners and middle dots are in since 15.1.
            '\u{200c}' | '\u{200d}' | '\u{30fb}' | '\u{ff65}' => self.0 >= UnicodeVersion::V15_1,
            _ => unicode_ident::is_xid_continue(c) && self.is_assigned(c),
        }
    }

    /// Full lower case, without regard to what stands around.
    pub(crate) fn lower(self, c: char) -> Mapped {
        self.known(c, c.to_lowercase())
    }

    /// Full upper case.
    pub(crate) fn upper(self, c: char) -> Mapped {
        self.known(c, c.to_uppercase())
    }

    /// Full title case.
    pub(crate) fn title(self, c: char) -> Mapped {
        match u32::from(c) {
            // Letters that have a form of their own for it, or are it.
            0x1c4..=0x1cc => just([0x1c5, 0x1c8, 0x1cb][(u32::from(c) - 0x1c4) as usize / 3]),
            0x1f1..=0x1f3 => just(0x1f2),
            0x10d0..=0x10fa | 0x10fd..=0x10ff => just(u32::from(c)),
            c @ 0x1f80..=0x1faf => just(c | 8),
            c @ (0x1fb3 | 0x1fc3 | 0x1ff3) => just(c + 9),
            c @ (0x1fbc | 0x1fcc | 0x1ffc) => just(c),
            // The iota below stays below.
            0x1fb2 | 0x1fb4 | 0x1fb7 | 0x1fc2 | 0x1fc4 | 0x1fc7 | 0x1ff2 | 0x1ff4 | 0x1ff7 => {
                mapped(c.to_uppercase().map(|c| if c == '\u{399}' { '\u{345}' } else { c }))
            }
            0x149 => self.upper(c),
            // Of a ligature only the first letter is large.
            _ => {
                let mut upper = self.upper(c);
                let first = upper.next();
                mapped(first.into_iter().chain(upper.flat_map(move |c| self.lower(c))))
            }
        }
    }

    /// Full case folding: what caseless comparison compares.
    pub(crate) fn fold(self, c: char) -> Mapped {
        match u32::from(c) {
            // Cherokee folds to its capitals, because those came first.
            c @ 0x13a0..=0x13f5 => just(c),
            c @ 0x13f8..=0x13fd => just(c - 8),
            c @ 0xab70..=0xabbf => just(c - 0xab70 + 0x13a0),
            0x130 => self.lower(c),
            0x131 => just(0x131),
            0x1e9e => mapped(['s', 's'].into_iter()),
            _ => {
                let upper = self.upper(c);
                mapped(upper.flat_map(move |c| self.lower(c)))
            }
        }
    }

    /// A mapping, unless the version does not have all of it.
    fn known(self, c: char, to: impl Iterator<Item = char> + Clone) -> Mapped {
        if c.is_ascii() || (self.is_assigned(c) && to.clone().all(|c| self.is_assigned(c))) {
            mapped(to)
        } else {
            mapped([c].into_iter())
        }
    }
}

/// White space as `str.isspace` and `str.split` see it: the separators of ASCII belong to it.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// Where `str.splitlines` splits.
pub(crate) fn is_line_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn within(ranges: &[(u32, u32)], c: u32) -> bool {
    let after = ranges.partition_point(|&(first, _)| first <= c);
    after > 0 && c <= ranges[after - 1].1
}

fn just(c: u32) -> Mapped {
    mapped(char::from_u32(c).into_iter())
}

fn mapped(mut chars: impl Iterator<Item = char>) -> Mapped {
    [chars.next(), chars.next(), chars.next()].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// All that `scripts/unicode.py` asks of a character, in a line of text.
    fn write_properties(unicode: Unicode, c: char, line: &mut String) {
        let flags = [
            unicode.is_alpha(c),
            unicode.is_decimal(c),
            unicode.is_digit(c),
            unicode.is_numeric(c),
            unicode.is_lower(c),
            unicode.is_upper(c),
            unicode.is_title(c),
            is_space(c),
            unicode.is_printable(c),
            unicode.is_identifier_start(c) || c == '_',
            unicode.is_identifier_part(c),
            unicode.is_cased(c) && !unicode.is_case_ignorable(c),
            unicode.is_case_ignorable(c),
        ];
        let written = write!(line, "{:x} ", u32::from(c));
        line.extend(flags.into_iter().map(|flag| if flag { '1' } else { '0' }));
        for (before, mapped) in [(" ", unicode.lower(c)), ("|", unicode.upper(c)), ("|", unicode.title(c)), ("|", unicode.fold(c))]
        {
            line.push_str(before);
            if !mapped.clone().eq([c]) {
                let codes: Vec<String> = mapped.map(|c| format!("{:x}", u32::from(c))).collect();
                line.push_str(&codes.join(","));
            }
        }
        line.push(' ');
        line.extend(unicode.decimal(c).and_then(|digit| char::from_digit(digit, 10)));
        line.push('\n');
        assert!(written.is_ok());
    }

    /// FNV-1a over the lines of all characters.
    fn digest(unicode: Unicode) -> u64 {
        let (mut digest, mut line) = (0xcbf2_9ce4_8422_2325, String::new());
        for c in '\0'..=char::MAX {
            line.clear();
            write_properties(unicode, c, &mut line);
            digest = line.bytes().fold(digest, |digest: u64, byte| (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        }
        digest
    }

    #[test]
    #[cfg_attr(miri, ignore = "three times a million characters, hours under Miri, of lookups that the other tests make, too")]
    fn every_character_is_what_it_is_in_each_cpython() {
        // python3.X scripts/unicode.py digest
        for (version, expected) in [
            (UnicodeVersion::V14_0, 0x30ff_ea3e_2a6e_4a5a),
            (UnicodeVersion::V15_0, 0x285f_9460_7cbf_0a2a),
            (UnicodeVersion::V15_1, 0xfaef_dc40_eb85_0689),
        ] {
            assert_eq!(digest(Unicode(version)), expected, "{version:?}");
        }
    }
}
