//! The exception table (`co_exceptiontable`).

/// One entry, in code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) start: u32,
    pub(crate) length: u32,
    pub(crate) target: u32,
    pub(crate) depth: u32,
    pub(crate) push_lasti: bool,
}

/// Reads a table; `None` if it ends within an entry or a number does not fit.
///
/// Each entry is four numbers: start, length, target, depth × 2 + whether the instruction number is pushed. A number is six
/// bits a byte, the highest first; bit 6 says that another follows, bit 7 marks the first byte of an entry.
pub(crate) fn parse(table: &[u8]) -> Option<Vec<Entry>> {
    let mut bytes = table.iter().copied();
    let mut entries = Vec::new();
    while let Some(first) = bytes.next() {
        let start = number(first, &mut bytes)?;
        let length = number(bytes.next()?, &mut bytes)?;
        let target = number(bytes.next()?, &mut bytes)?;
        let depth = number(bytes.next()?, &mut bytes)?;
        entries.push(Entry { start, length, target, depth: depth >> 1, push_lasti: depth & 1 == 1 });
    }
    Some(entries)
}

fn number(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = u32::from(first & 0x3f);
    let mut byte = first;
    while byte & 0x40 != 0 {
        byte = rest.next()?;
        value = value.checked_mul(64)? | u32::from(byte & 0x3f);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cpython_wrote() {
        // `try: f() / except E: pass` on 3.12: start 4, length 10, target 20, depth 0, no lasti; then one with lasti.
        let table = [0x84, 0x0a, 0x14, 0x00, 0x80 | 0x41, 0x02, 0x05, 0x41, 0x30, 0x07];
        assert_eq!(
            parse(&table),
            Some(vec![
                Entry { start: 4, length: 10, target: 20, depth: 0, push_lasti: false },
                Entry { start: 66, length: 5, target: 112, depth: 3, push_lasti: true },
            ])
        );
    }

    #[test]
    fn a_table_that_breaks_off_is_no_table() {
        assert_eq!(parse(&[0x84, 0x0a, 0x14]), None);
        assert_eq!(parse(&[0xff, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f]), None);
        assert_eq!(parse(&[]), Some(Vec::new()));
    }
}
