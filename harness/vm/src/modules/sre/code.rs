//! The code that `Lib/re/_compiler.py` makes of a pattern: its numbers are the same from 3.11 to 3.13.

/// Names the numbers from 0.
macro_rules! numbered {
    ($($name:ident)*) => { numbered!(@ 0; $($name)*); };
    (@ $number:expr; $name:ident $($rest:ident)*) => {
        #[allow(dead_code, reason = "the table is whole, whoever asks")]
        pub(in crate::modules::sre) const $name: u32 = $number;
        numbered!(@ $number + 1; $($rest)*);
    };
    (@ $number:expr;) => {};
}

numbered! {
    FAILURE SUCCESS ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO JUMP
    LITERAL MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
    POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE GROUPREF_LOC_IGNORE
    IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE GROUPREF_UNI_IGNORE IN_UNI_IGNORE LITERAL_UNI_IGNORE
    NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
}

/// Positions (`AT_…`).
pub(super) mod at {
    numbered! {
        BEGINNING BEGINNING_LINE BEGINNING_STRING BOUNDARY NON_BOUNDARY END END_LINE END_STRING LOC_BOUNDARY LOC_NON_BOUNDARY
        UNI_BOUNDARY UNI_NON_BOUNDARY
    }
}

/// Kinds of characters (`CATEGORY_…`): each is followed by its opposite.
pub(super) mod category {
    numbered! {
        DIGIT NOT_DIGIT SPACE NOT_SPACE WORD NOT_WORD LINEBREAK NOT_LINEBREAK LOC_WORD LOC_NOT_WORD UNI_DIGIT UNI_NOT_DIGIT
        UNI_SPACE UNI_NOT_SPACE UNI_WORD UNI_NOT_WORD UNI_LINEBREAK UNI_NOT_LINEBREAK
    }
}

/// No bound to a repetition.
pub(super) const MAXREPEAT: u32 = u32::MAX;
/// The most groups that a pattern can have.
pub(super) const MAXGROUPS: i64 = i32::MAX as i64 / 2;
/// How many bytes a word of code has.
pub(super) const CODESIZE: i64 = 4;
