//! Records, line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{CaseResult, Ending, Header, RECORD_FORMAT};

/// One line of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// One case on one Python.
    Result(Box<CaseResult>),
    /// The last line.
    Ending(Ending),
}

/// Why a record cannot be used. Each names the file, and the line where there is one.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("{}: cannot be read: {reason}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// There is nothing in it.
    #[error("{}: is empty, no record", .0.display())]
    Empty(PathBuf),
    /// The first line is no header.
    #[error("{}:1: is no record of refdrift: {why}", path.display())]
    NoRecord {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another refdrift's.
    #[error("{}:1: is a record of format {theirs}, this refdrift reads format {RECORD_FORMAT}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        theirs: u64,
    },
    /// A line in its midst is none of a record's.
    #[error("{}:{line}: is no line of a record: {why}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A run stands behind one with a greater number, or twice.
    #[error("{}:{line}: run {number} is out of order: a record's runs ascend", path.display())]
    Order {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The run's number.
        number: u64,
    },
}

/// Reads a record's results as they come, with one line in memory.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    lines: BufReader<File>,
    buffer: Vec<u8>,
    header: Header,
    line: u64,
    whole: u64,
    next: u64,
    cut_off: bool,
    ended: bool,
}

impl Reader {
    /// Opens a record and reads its header.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let failed = |reason| ReadError::Io { path: path.to_owned(), reason };
        let mut lines = BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?);
        let mut buffer = Vec::new();
        lines.read_until(b'\n', &mut buffer).map_err(failed)?;
        if buffer.is_empty() {
            return Err(ReadError::Empty(path.to_owned()));
        }
        let header = header(path, &buffer)?;
        let whole = buffer.len() as u64;
        let cut_off = !buffer.ends_with(b"\n");
        Ok(Self { path: path.to_owned(), lines, buffer, header, line: 1, whole, next: 0, cut_off, ended: false })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its first line.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether the last line read was cut off: then it was left out, and nothing follows.
    pub fn cut_off(&self) -> bool {
        self.cut_off
    }

    /// Whether the last line of a complete record was read.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// The number of bytes of the whole lines before the end, once all were read: where a resumed run goes on. The ending is
    /// not among them.
    pub(crate) fn whole(&self) -> u64 {
        self.whole
    }

    /// The least number that the next run may have: one more than that of the last one read.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    /// The number of the line read last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    fn next_line(&mut self) -> Result<Option<Line>, ReadError> {
        if self.cut_off || self.ended {
            return Ok(None);
        }
        self.buffer.clear();
        let failed = |reason| ReadError::Io { path: self.path.clone(), reason };
        let length = self.lines.read_until(b'\n', &mut self.buffer).map_err(failed)?;
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        if !self.buffer.ends_with(b"\n") {
            self.cut_off = true;
            return Ok(None);
        }
        // A result is by far the most frequent; its error is the one worth telling.
        match serde_json::from_slice::<Box<CaseResult>>(&self.buffer) {
            Ok(result) if result.number < self.next => {
                Err(ReadError::Order { path: self.path.clone(), line: self.line, number: result.number })
            }
            Ok(result) => {
                self.next = result.number + 1;
                self.whole += length as u64;
                Ok(Some(Line::Result(result)))
            }
            Err(error) => match serde_json::from_slice::<Ending>(&self.buffer) {
                Ok(ending) => {
                    self.ended = true;
                    Ok(Some(Line::Ending(ending)))
                }
                Err(_) => Err(ReadError::Line { path: self.path.clone(), line: self.line, why: error.to_string() }),
            },
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Line, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_line().transpose()
    }
}

fn header(path: &Path, line: &[u8]) -> Result<Header, ReadError> {
    /// What every format's first line says.
    #[derive(Deserialize)]
    struct Any {
        record: u64,
    }
    let none = |error: serde_json::Error| ReadError::NoRecord { path: path.to_owned(), why: error.to_string() };
    let any: Any = serde_json::from_slice(line).map_err(none)?;
    if any.record != u64::from(RECORD_FORMAT) {
        return Err(ReadError::Format { path: path.to_owned(), theirs: any.record });
    }
    serde_json::from_slice(line).map_err(none)
}
