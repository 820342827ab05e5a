//! The location table (`co_linetable`).

/// Where in the source a run of instructions comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// First byte offset of the run.
    pub start: u32,
    /// Byte offset after the run.
    pub end: u32,
    /// First line, from 1; `None` for instructions without a source.
    pub line: Option<u32>,
    /// Last line.
    pub end_line: Option<u32>,
    /// First column, from 0, in bytes of UTF-8.
    pub column: Option<u32>,
    /// Column after the last one.
    pub end_column: Option<u32>,
}

/// Reads a table as far as it makes sense.
///
/// Each entry's first byte: bit 7 set, four bits of kind, three of length in code units less one. Numbers are six bits a byte,
/// the lowest first; bit 6 says that another follows; a signed one keeps its sign in the lowest bit.
pub(crate) fn parse(table: &[u8], firstlineno: u32) -> Vec<Position> {
    let mut positions = Vec::new();
    let mut bytes = table.iter().copied();
    let mut line = i64::from(firstlineno);
    let mut start = 0u32;
    while let Some(first) = bytes.next() {
        let end = start.saturating_add((u32::from(first & 7) + 1) * 2);
        let Some(mut position) = entry(first >> 3 & 15, &mut bytes, &mut line) else { break };
        (position.start, position.end) = (start, end);
        positions.push(position);
        start = end;
    }
    positions
}

fn entry(kind: u8, bytes: &mut impl Iterator<Item = u8>, line: &mut i64) -> Option<Position> {
    let mut position = Position { start: 0, end: 0, line: None, end_line: None, column: None, end_column: None };
    match kind {
        0..=9 => {
            let byte = u32::from(bytes.next()?);
            let column = u32::from(kind) << 3 | byte >> 4;
            position.column = Some(column);
            position.end_column = Some(column + (byte & 15));
        }
        10..=12 => {
            *line += i64::from(kind - 10);
            position.column = Some(u32::from(bytes.next()?));
            position.end_column = Some(u32::from(bytes.next()?));
        }
        13 => *line = line.checked_add(signed(bytes)?)?,
        14 => {
            *line = line.checked_add(signed(bytes)?)?;
            position.end_line = u32::try_from(line.checked_add(i64::from(number(bytes)?))?).ok();
            position.column = number(bytes)?.checked_sub(1);
            position.end_column = number(bytes)?.checked_sub(1);
        }
        _ => return Some(position),
    }
    position.line = u32::try_from(*line).ok();
    position.end_line = position.end_line.or(position.line);
    Some(position)
}

fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(6) {
        let byte = bytes.next()?;
        value |= u32::from(byte & 0x3f) << shift;
        if byte & 0x40 == 0 {
            return Some(value);
        }
    }
    None
}

fn signed(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let value = number(bytes)?;
    let magnitude = i64::from(value >> 1);
    Some(if value & 1 == 1 { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_of_entry() {
        let table = [
            0x80 | 1 << 3 | 1,
            0x24, // short: two units, columns 10 to 14
            0x80 | 11 << 3,
            4,
            9, // the next line, columns 4 to 9
            0x80 | 13 << 3 | 2,
            0x03, // three units, one line back, no columns
            0x80 | 14 << 3,
            0x04,
            0x01,
            0x05,
            0x08,           // two lines on, ends one line later, columns 4 to 7
            0x80 | 15 << 3, // nothing known
        ];
        let read: Vec<_> = parse(&table, 7).iter().map(|p| (p.start, p.end, p.line, p.end_line, p.column, p.end_column)).collect();
        assert_eq!(
            read,
            [
                (0, 4, Some(7), Some(7), Some(10), Some(14)),
                (4, 6, Some(8), Some(8), Some(4), Some(9)),
                (6, 12, Some(7), Some(7), None, None),
                (12, 14, Some(9), Some(10), Some(4), Some(7)),
                (14, 16, None, None, None, None),
            ]
        );
    }

    #[test]
    fn stops_where_the_table_breaks_off() {
        assert_eq!(parse(&[0xf0, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f], 1), []);
        assert_eq!(parse(&[0x80 | 15 << 3, 0x80 | 14 << 3], 1).len(), 1);
    }
}
