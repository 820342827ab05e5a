//! Records as the commands take them: one or several that belong together.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use refdrift_record::{CaseResult, Header, Line, Reader, Summary};
use refdrift_reports::Head;

use crate::Failure;

/// Records of one run, or of its parts.
#[derive(Debug)]
pub(crate) struct Records {
    readers: Vec<Reader>,
    cancelled: Arc<AtomicBool>,
}

/// What came of reading them.
#[derive(Debug)]
pub(crate) struct Read {
    /// How many runs stand how.
    pub(crate) summary: Summary,
    /// Whether a run was interrupted.
    pub(crate) interrupted: bool,
    /// What the reports say of the run.
    pub(crate) head: Head,
}

impl Records {
    /// Opens them; they must be of one run. Reading them ends early when `cancelled` becomes true.
    pub(crate) fn open(paths: &[PathBuf], cancelled: &Arc<AtomicBool>) -> Result<Self, Failure> {
        let readers = paths.iter().map(|path| Reader::open(path)).collect::<Result<Vec<_>, _>>()?;
        for (index, reader) in readers.iter().enumerate() {
            for earlier in &readers[..index] {
                if let Some(why) = apart(earlier.header(), reader.header()) {
                    let (one, other) = (earlier.path().display(), reader.path().display());
                    return Err(Failure::usage(format!("{other}: does not belong together with {one}: {why}")));
                }
            }
        }
        Ok(Self { readers, cancelled: Arc::clone(cancelled) })
    }

    /// The first one's header.
    pub(crate) fn header(&self) -> Option<&Header> {
        self.readers.first().map(Reader::header)
    }

    /// Shows `each` every result; tells on standard error where a record is cut off.
    pub(crate) fn read(self, each: &mut dyn FnMut(&CaseResult) -> Result<(), Failure>) -> Result<Read, Failure> {
        let mut head = Head::new(self.readers.iter().map(Reader::header));
        let mut read = Read { summary: Summary::default(), interrupted: false, head: head.clone() };
        for mut reader in self.readers {
            for line in reader.by_ref() {
                if self.cancelled.load(Ordering::Relaxed) {
                    return Err(Failure::interrupted());
                }
                match line? {
                    Line::Result(result) => {
                        read.summary.add(result.verdict);
                        each(&result)?;
                    }
                    Line::Ending(ending) => read.interrupted |= ending.interrupted,
                }
            }
            if !reader.ended() {
                let how = if reader.cut_off() { "is cut off" } else { "has no last line: its run was killed or still goes on" };
                eprintln!(
                    "refdrift: {}: {how}; the {} whole lines before are used",
                    reader.path().display(),
                    reader.line() - u64::from(reader.cut_off())
                );
                head.remarks.push("The record is not complete: what is there is shown.".to_owned());
            }
        }
        if read.interrupted {
            head.remarks.push("The run was interrupted: what was done until then is shown.".to_owned());
        }
        head.remarks.dedup();
        read.head = head;
        Ok(read)
    }
}

impl Records {
    /// Shows `each` every result of records that were read before, and tells nothing again.
    pub(crate) fn reread(self, each: &mut dyn FnMut(&CaseResult)) -> Result<(), Failure> {
        for reader in self.readers {
            for line in reader {
                if self.cancelled.load(Ordering::Relaxed) {
                    return Err(Failure::interrupted());
                }
                if let Line::Result(result) = line? {
                    each(&result);
                }
            }
        }
        Ok(())
    }
}

/// Why two records are not of one run. The parts of a run may be there one by one, and so may its Pythons.
fn apart(one: &Header, other: &Header) -> Option<&'static str> {
    let python = one.pythons.iter().any(|python| other.pythons.contains(python));
    let parts = one.partition.zip(other.partition);
    let (split_alike, another_part) =
        parts.map_or((false, false), |(one, other)| ((one.kind, one.of) == (other.kind, other.of), one.part != other.part));
    [
        ("they are of different refdrifts", one.refdrift != other.refdrift),
        ("they are of different cases", one.origin != other.origin),
        ("they hold the same cases on the same Python", python && parts.is_none()),
        ("they split the cases in different ways", python && !split_alike),
        ("they are the same part", python && !another_part),
    ]
    .into_iter()
    .find_map(|(why, is)| is.then_some(why))
}
