//! Records as they grow.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{CaseResult, Ending, EvidenceLimit, Header, Line, ReadError, Reader, Summary};

/// A record could not be written, or not be gone on with.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file cannot be made or written.
    #[error("{}: cannot be written: {reason}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// There is one already.
    #[error("{}: is there already; --resume goes on with it", .0.display())]
    Exists(PathBuf),
    /// The record to go on with cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The record to go on with is that of another run.
    #[error("{}: is the record of another run ({what}): it cannot be resumed by this one", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
}

/// Writes a record: every line is whole in the file before the next run begins, so that one that is killed loses at most what was
/// under way.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    file: File,
    summary: Summary,
    evidence: EvidenceLimit,
}

impl Writer {
    /// Begins a record; the file must not be there.
    pub fn create(path: &Path, header: &Header) -> Result<Self, WriteError> {
        let file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|reason| match reason.kind() {
            io::ErrorKind::AlreadyExists => WriteError::Exists(path.to_owned()),
            _ => WriteError::Io { path: path.to_owned(), reason },
        })?;
        let (summary, evidence) = (Summary::default(), EvidenceLimit::default());
        let mut writer = Self { path: path.to_owned(), file, summary, evidence };
        writer.line(header)?;
        Ok(writer)
    }

    /// Goes on with a record of the same run: drops a last line that was cut off and the ending, shows `seen` every result that
    /// is kept, and tells the number from which on runs are not in it. Where there is no file it begins one.
    pub fn resume(path: &Path, header: &Header, seen: &mut dyn FnMut(&CaseResult)) -> Result<(Self, u64), WriteError> {
        if !path.exists() {
            return Ok((Self::create(path, header)?, 0));
        }
        if killed_in_the_header(path, header) {
            std::fs::remove_file(path).map_err(|reason| WriteError::Io { path: path.to_owned(), reason })?;
            return Ok((Self::create(path, header)?, 0));
        }
        let mut reader = Reader::open(path)?;
        if let Some(what) = difference(reader.header(), header) {
            return Err(WriteError::Other { path: path.to_owned(), what });
        }
        let (mut summary, mut evidence) = (Summary::default(), EvidenceLimit::default());
        for line in reader.by_ref() {
            if let Line::Result(result) = line? {
                summary.add(result.verdict);
                evidence.keeps(&result);
                seen(&result);
            }
        }
        let failed = |reason| WriteError::Io { path: path.to_owned(), reason };
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        file.set_len(reader.whole()).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok((Self { path: path.to_owned(), file, summary, evidence }, reader.next_number()))
    }

    /// Writes one result.
    pub fn result(&mut self, result: &CaseResult) -> Result<(), WriteError> {
        self.summary.add(result.verdict);
        if self.evidence.keeps(result) || result.evidence.is_none() {
            return self.line(result);
        }
        self.line(&CaseResult { evidence: None, ..result.clone() })
    }

    /// Closes the record: all that was asked for is in it, or the run was interrupted.
    pub fn end(mut self, interrupted: bool) -> Result<Summary, WriteError> {
        let ending = Ending { summary: self.summary, interrupted };
        self.line(&ending)?;
        Ok(self.summary)
    }

    fn line(&mut self, value: &impl Serialize) -> Result<(), WriteError> {
        // One call for one line: what is killed between two calls leaves whole lines.
        let written = self.file.write_all(text(value).as_bytes());
        written.map_err(|reason| WriteError::Io { path: self.path.clone(), reason })
    }
}

/// A line of a record, with its end of line: of a [`Header`], a [`CaseResult`] or an [`Ending`].
pub fn text(value: &impl Serialize) -> String {
    // Numbers, strings and enums of ours: nothing in them can fail to be JSON.
    serde_json::to_string(value).unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string())) + "\n"
}

/// Whether there is nothing in the file but the beginning of this header's line.
fn killed_in_the_header(path: &Path, header: &Header) -> bool {
    let line = serde_json::to_vec(header).unwrap_or_default();
    let short = std::fs::metadata(path).is_ok_and(|found| found.len() <= line.len() as u64);
    short && std::fs::read(path).is_ok_and(|found| line.starts_with(&found))
}

/// What keeps a run from going on with another one's record.
pub(crate) fn difference(theirs: &Header, ours: &Header) -> Option<&'static str> {
    [
        ("another refdrift", theirs.refdrift != ours.refdrift),
        ("other cases", theirs.origin != ours.origin),
        ("other Pythons", theirs.pythons != ours.pythons),
        ("another number of cases", theirs.cases != ours.cases),
        ("another part", theirs.partition != ours.partition),
    ]
    .into_iter()
    .find_map(|(what, differs)| differs.then_some(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::tests::result;
    use crate::{Origin, RECORD_FORMAT};

    fn header() -> Header {
        Header {
            record: RECORD_FORMAT,
            refdrift: "0.1.0".to_owned(),
            origin: Origin::Generated { seed: 7, profile: "balanced".to_owned() },
            pythons: vec!["3.12.1".to_owned()],
            cases: Some(4),
            partition: None,
        }
    }

    #[test]
    fn what_was_killed_anywhere_goes_on_and_loses_one_result_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.jsonl");
        let mut writer = Writer::create(&path, &header()).unwrap();
        for number in 0..4 {
            writer.result(&result(number)).unwrap();
        }
        writer.end(false).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let resumed = Writer::resume(&path, &header(), &mut |_| {});
            let (mut writer, next) = resumed.unwrap();
            let lines = std::str::from_utf8(&whole[..length]).unwrap().matches('\n').count();
            assert_eq!(next, lines.saturating_sub(1).min(4) as u64, "at {length}");
            for number in next..4 {
                writer.result(&result(number)).unwrap();
            }
            assert_eq!(writer.end(false).unwrap().cases, 4);
            assert_eq!(std::fs::read(&path).unwrap(), whole);
        }
    }

    #[test]
    fn only_the_same_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.jsonl");
        Writer::create(&path, &header()).unwrap();
        assert!(matches!(Writer::create(&path, &header()), Err(WriteError::Exists(_))));
        let other = Header { cases: Some(5), ..header() };
        let error = Writer::resume(&path, &other, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("another number of cases"), "{error}");
        std::fs::write(&path, "{\"record\": 1}\n").unwrap();
        assert!(matches!(
            Writer::resume(&path, &header(), &mut |_| {}),
            Err(WriteError::Read(ReadError::Format { theirs: 1, .. }))
        ));
    }
}
