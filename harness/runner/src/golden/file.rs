//! A file of goldens: a line of text that says what it is and of which Pythons, then compressed data.
//!
//! The Pythons lie in one file because they say nearly the same: together they take two thirds of what they take apart.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use lzma_rust2::{XzOptions, XzReader, XzWriter};
use refdrift_trace::{FORMAT, PyVersion};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The number of the format; behind it stands that of the messages, [`FORMAT`].
const GOLDEN_FORMAT: u32 = 2;

/// How the file begins.
const MAGIC: &str = "refdrift golden";

/// No file is longer, once it is unpacked.
const LIMIT: u64 = 1 << 31;

/// No first line is longer.
const HEADING_LIMIT: u64 = 1 << 12;

/// How hard to compress: so that one Python's part can refer to another's.
const PRESET: u32 = 6;

/// What the goldens of a suite are stored as.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuiteFile {
    pub(super) suite: String,
    pub(super) parts: Vec<SuitePart>,
}

/// What one Python said of a suite.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuitePart {
    pub(super) python: PyVersion,
    /// What was asked, in the order of the requests, with the answers; those that no suite has for itself stand in the file of
    /// their module.
    pub(super) asked: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    pub(super) cases: Vec<StoredCase>,
}

/// What one Python said of a case.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredCase {
    /// Its name in the suite.
    pub(super) name: String,
    pub(super) source: u64,
    pub(super) beside: Vec<(String, u64)>,
    pub(super) step_limit: u32,
    pub(super) said: Vec<u8>,
    pub(super) run: Vec<u8>,
    /// Indices into [`SuitePart::asked`].
    pub(super) asked: Vec<u32>,
}

/// What is known of a module of the library.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModuleFile {
    pub(super) parts: Vec<ModulePart>,
}

/// What one Python says of a module.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModulePart {
    pub(super) python: PyVersion,
    /// Requests with their answers, in the order of the requests.
    pub(super) answers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    Missing,
    Io(io::Error),
    Strange,
    Format,
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Io(error) }
    }
}

/// The Pythons of a file.
pub(super) fn pythons(path: &Path) -> Result<Vec<PyVersion>, Unusable> {
    open(path).map(|(pythons, _)| pythons)
}

/// What a file holds, before it is taken apart.
pub(super) fn unpacked(path: &Path) -> Result<Vec<u8>, Unusable> {
    let (_, data) = open(path)?;
    let mut unpacked = Vec::new();
    XzReader::new(data, false).take(LIMIT).read_to_end(&mut unpacked).map_err(|_| Unusable::Strange)?;
    Ok(unpacked)
}

/// What a file holds.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Unusable> {
    postcard::from_bytes(&unpacked(path)?).map_err(|_| Unusable::Strange)
}

/// A whole file, of what it is to hold.
pub(super) fn packed(pythons: impl IntoIterator<Item = PyVersion>, content: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = heading().into_bytes();
    for python in pythons {
        write!(bytes, " {python}")?;
    }
    bytes.push(b'\n');
    let mut encoder = XzWriter::new(&mut bytes, XzOptions::with_preset(PRESET))?;
    encoder.write_all(content)?;
    encoder.finish()?;
    Ok(bytes)
}

fn open(path: &Path) -> Result<(Vec<PyVersion>, BufReader<fs::File>), Unusable> {
    let mut file = BufReader::new(fs::File::open(path)?);
    let mut line = Vec::new();
    (&mut file).take(HEADING_LIMIT).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
    let line = line.filter(|line| line.starts_with(MAGIC)).ok_or(Unusable::Strange)?;
    let pythons = line.strip_prefix(&heading()).ok_or(Unusable::Format)?;
    let pythons: Result<_, _> = pythons.split_whitespace().map(str::parse).collect();
    Ok((pythons.map_err(|_| Unusable::Strange)?, file))
}

fn heading() -> String {
    format!("{MAGIC} {GOLDEN_FORMAT}.{FORMAT}")
}
