//! Shards put together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::write::{difference, text};
use crate::{CaseResult, Ending, EvidenceLimit, Header, Line, Partition, ReadError, Reader, Signature, Summary};

/// What keeps records from being put together. Each names the file, or the part.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// It cannot be read, or is no record.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The merged record cannot be written.
    #[error("{}: cannot be written: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// There is one already.
    #[error("{}: is there already; name another file with --out", .0.display())]
    Exists(PathBuf),
    /// It belongs to another run than the first one.
    #[error("{}: belongs to another run than {} ({what})", path.display(), first.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// The first one.
        first: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// It holds cases that another one holds, too.
    #[error("{}: overlaps with {}: {what}", path.display(), other.display())]
    Overlap {
        /// The file.
        path: PathBuf,
        /// The other one.
        other: PathBuf,
        /// How.
        what: String,
    },
    /// No record holds that part.
    #[error("{0} is missing (--allow-missing merges the others)")]
    Missing(Partition),
    /// It does not end as a complete record does.
    #[error(
        "{}: is not complete, it ends behind line {line}: go on with it by --resume (--allow-missing takes what is there)",
        path.display()
    )]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// Its last whole line.
        line: u64,
    },
    /// A run in it is none of its part's.
    #[error("{}:{line}: run {number} is no part of {partition}", path.display())]
    Stray {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The run's number.
        number: u64,
        /// What the header says.
        partition: Partition,
    },
    /// Its last line does not count what it holds.
    #[error("{}:{line}: the summary is not that of the lines above", path.display())]
    Summary {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
    },
    /// Parts of a run whose number of cases nobody knows.
    #[error("{}: is a part of a run that ended by time: such parts make no whole", .0.display())]
    Timed(PathBuf),
}

impl MergeError {
    /// Whether what is there can be used all the same.
    fn can_be_missing(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Incomplete { .. })
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Merged {
    /// How many runs stand how.
    pub summary: Summary,
    /// What is not in it though it should be; only where that was allowed.
    pub missing: Vec<MergeError>,
}

/// Puts the parts of one run together into a new file, the same bytes whatever the parts were: ordered by number, without
/// times, with a shrunk program only at the first finding of each signature, and evidence at the first that diverge. `seen` is shown every run.
///
/// All that is wrong is told, and no file is written then. With `allow_missing` parts that are missing or not complete are told
/// and left out; such a record says that it was interrupted.
pub fn merge(
    paths: &[PathBuf],
    out: &Path,
    allow_missing: bool,
    seen: &mut dyn FnMut(&CaseResult),
) -> Result<Merged, Vec<MergeError>> {
    if out.exists() {
        return Err(vec![MergeError::Exists(out.to_owned())]);
    }
    let (mut shards, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match Reader::open(path) {
            Ok(reader) => shards.push(Shard { reader, summary: Summary::default(), ending: None }),
            Err(error) => problems.push(error.into()),
        }
    }
    let Some(first) = shards.first() else { return Err(problems) };
    let header = Header { partition: None, ..first.reader.header().clone() };
    problems.extend(fit(&shards));
    let (mut missing, wrong): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| allow_missing && problem.can_be_missing());
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let written = |reason| vec![MergeError::Write { path: out.to_owned(), reason }];
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // It gets its name when it is complete.
    let mut file = NamedTempFile::new_in(folder).map_err(written)?;
    let mut lines = BufWriter::with_capacity(1 << 16, file.as_file_mut());
    lines.write_all(text(&header).as_bytes()).map_err(written)?;
    let mut summary = Summary::default();
    let (mut signatures, mut evidence) = (HashSet::new(), EvidenceLimit::default());
    in_order(&mut shards, &mut |mut result| {
        result.times = None;
        if Signature::of(&result).is_some_and(|signature| !signatures.insert(signature)) {
            result.shrunk = None;
        }
        if !evidence.keeps(&result) {
            result.evidence = None;
        }
        summary.add(result.verdict);
        seen(&result);
        lines.write_all(text(&result).as_bytes())
    })
    .map_err(|error| match error {
        Stop::Write(reason) => written(reason),
        Stop::Merge(error) => vec![error],
    })?;
    let endings: Vec<MergeError> = shards.iter().filter_map(Shard::unsound).collect();
    let (incomplete, wrong): (Vec<_>, Vec<_>) = endings.into_iter().partition(|problem| allow_missing && problem.can_be_missing());
    if !wrong.is_empty() {
        return Err(wrong);
    }
    missing.extend(incomplete);
    lines.write_all(text(&Ending { summary, interrupted: !missing.is_empty() }).as_bytes()).map_err(written)?;
    lines.flush().map_err(written)?;
    drop(lines);
    readable(&file).map_err(written)?;
    file.persist_noclobber(out).map_err(|error| written(error.error))?;
    Ok(Merged { summary, missing })
}

/// A temporary file is its owner's alone; a record is a file like others.
fn readable(file: &NamedTempFile) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// A record on its way into the merged one.
struct Shard {
    reader: Reader,
    summary: Summary,
    ending: Option<Ending>,
}

impl Shard {
    fn path(&self) -> PathBuf {
        self.reader.path().to_owned()
    }

    fn next(&mut self) -> Result<Option<CaseResult>, MergeError> {
        match self.reader.next().transpose()? {
            None => Ok(None),
            Some(Line::Ending(ending)) => {
                self.ending = Some(ending);
                Ok(None)
            }
            Some(Line::Result(result)) => {
                let header = self.reader.header();
                let place = result.number / header.pythons.len().max(1) as u64;
                if let Some(partition) = header.partition.filter(|partition| !partition.takes(place, || &result.case)) {
                    let (line, number) = (self.reader.line(), result.number);
                    return Err(MergeError::Stray { path: self.path(), line, number, partition });
                }
                self.summary.add(result.verdict);
                Ok(Some(*result))
            }
        }
    }

    /// What is wrong with its end, once it was read.
    fn unsound(&self) -> Option<MergeError> {
        let line = self.reader.line();
        match &self.ending {
            None => Some(MergeError::Incomplete { path: self.path(), line: line - u64::from(self.reader.cut_off()) }),
            Some(ending) if ending.summary != self.summary => Some(MergeError::Summary { path: self.path(), line }),
            Some(ending) if ending.interrupted => Some(MergeError::Incomplete { path: self.path(), line }),
            Some(_) => None,
        }
    }
}

enum Stop {
    Merge(MergeError),
    Write(io::Error),
}

/// Takes the runs of all records by their numbers.
fn in_order(shards: &mut [Shard], take: &mut dyn FnMut(CaseResult) -> io::Result<()>) -> Result<(), Stop> {
    let mut heads: Vec<Option<CaseResult>> = Vec::new();
    let mut numbers = BinaryHeap::new();
    for (which, shard) in shards.iter_mut().enumerate() {
        let head = shard.next().map_err(Stop::Merge)?;
        numbers.extend(head.as_ref().map(|head| Reverse((head.number, which))));
        heads.push(head);
    }
    let mut last = None;
    while let Some(Reverse((number, which))) = numbers.pop() {
        if let Some((before, other)) = last.replace((number, which))
            && before == number
        {
            let (path, other) = (shards[which].path(), shards[other].path());
            return Err(Stop::Merge(MergeError::Overlap { path, other, what: format!("run {number} is in both") }));
        }
        let next = shards[which].next().map_err(Stop::Merge)?;
        numbers.extend(next.as_ref().map(|next| Reverse((next.number, which))));
        if let Some(result) = std::mem::replace(&mut heads[which], next) {
            take(result).map_err(Stop::Write)?;
        }
    }
    Ok(())
}

/// What keeps the records from being parts of one whole, as far as their headers say.
fn fit(shards: &[Shard]) -> Vec<MergeError> {
    let first = &shards[0];
    let whole = |header: &Header| Header { partition: None, ..header.clone() };
    let mut problems = Vec::new();
    let mut parts: BTreeMap<Partition, PathBuf> = BTreeMap::new();
    for shard in shards {
        let header = shard.reader.header();
        if let Some(what) = difference(&whole(header), &whole(first.reader.header())) {
            problems.push(MergeError::Other { path: shard.path(), first: first.path(), what });
            continue;
        }
        let Some(partition) = header.partition else {
            if let Some(other) = shards.iter().find(|other| other.reader.path() != shard.reader.path()) {
                let what = "it is the record of the whole".to_owned();
                problems.push(MergeError::Overlap { path: shard.path(), other: other.path(), what });
            }
            continue;
        };
        if header.cases.is_none() {
            problems.push(MergeError::Timed(shard.path()));
        }
        if let Some(other) = parts.insert(partition, shard.path()) {
            problems.push(MergeError::Overlap { path: shard.path(), other, what: format!("both are {partition}") });
        }
        let split = first.reader.header().partition.map(|partition| (partition.kind, partition.of));
        if split.is_some_and(|split| split != (partition.kind, partition.of)) {
            problems.push(MergeError::Other { path: shard.path(), first: first.path(), what: "another split into parts" });
        }
    }
    if let (true, Some((&partition, _))) = (problems.is_empty(), parts.first_key_value()) {
        let all = (1..=partition.of).map(|part| Partition { part, ..partition });
        problems.extend(all.filter(|part| !parts.contains_key(part)).map(MergeError::Missing));
    }
    problems
}

#[cfg(test)]
mod tests;
