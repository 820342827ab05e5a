//! The file of a folder's goldens: a line of text that says what it is, then compressed data.
//!
//! The Pythons lie in one file because they say nearly the same: together they take two thirds of what they take apart.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lzma_rust2::{XzOptions, XzReader, XzWriter};
use refdrift_trace::{FORMAT, PyVersion};
use serde::{Deserialize, Serialize};

use super::{Conversation, Golden, GoldenError, Message};

/// The number of the format; behind it stands that of the messages, [`FORMAT`].
const GOLDEN_FORMAT: u32 = 1;

/// How the file begins.
const MAGIC: &str = "refdrift golden";

/// No file is longer, once it is unpacked.
const LIMIT: u64 = 1 << 31;

/// How hard to compress: so that one Python's part can refer to another's.
const PRESET: u32 = 9;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    python: PyVersion,
    /// Requests with their answers, in the order of the requests.
    answers: Vec<(Vec<u8>, Vec<u8>)>,
    cases: Vec<StoredCase>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCase {
    name: String,
    source: u64,
    beside: Vec<(String, u64)>,
    step_limit: u32,
    said: Vec<u8>,
    run: Vec<u8>,
    /// Indices of answers: the first, then each by its distance from the one before.
    asked: Vec<u32>,
}

impl Golden {
    /// The name of the file in a folder of goldens.
    pub const FILE: &str = "cpython.golden";

    /// The goldens of a folder, by version.
    pub fn all(folder: &Path) -> Result<Vec<Self>, GoldenError> {
        let path = folder.join(Self::FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(GoldenError::None(folder.to_owned())),
            bytes => bytes.map_err(|error| GoldenError::File { path: path.clone(), error })?,
        };
        let strange = || GoldenError::Strange(path.clone());
        let end = bytes.iter().position(|&byte| byte == b'\n').ok_or_else(strange)?;
        let (head, data) = (&bytes[..end], &bytes[end + 1..]);
        if !head.starts_with(MAGIC.as_bytes()) {
            return Err(strange());
        }
        if head != heading().as_bytes() {
            return Err(GoldenError::Format(path.clone()));
        }
        let mut unpacked = Vec::new();
        XzReader::new(data, false).take(LIMIT).read_to_end(&mut unpacked).map_err(|_| strange())?;
        let stored: Vec<Stored> = postcard::from_bytes(&unpacked).map_err(|_| strange())?;
        let shown = Arc::new(path.clone());
        stored.into_iter().map(|stored| stored.golden(&shown).ok_or_else(strange)).collect()
    }

    /// What the file of these goldens holds.
    pub fn bytes(goldens: &[Self]) -> io::Result<Vec<u8>> {
        let stored: Vec<Stored> = goldens.iter().map(Self::stored).collect();
        let mut bytes = (heading() + "\n").into_bytes();
        let mut encoder = XzWriter::new(&mut bytes, XzOptions::with_preset(PRESET))?;
        encoder.write_all(&postcard::to_allocvec(&stored).map_err(io::Error::other)?)?;
        encoder.finish()?;
        Ok(bytes)
    }

    fn stored(&self) -> Stored {
        let answers: BTreeMap<&Message, &Message> =
            self.cases.values().flat_map(|kept| &kept.asked).map(|(request, answer)| (request, answer)).collect();
        let indices: HashMap<&Message, u32> = (0..).zip(answers.keys()).map(|(index, request)| (*request, index)).collect();
        let cases = self.cases.iter().map(|(name, kept)| {
            let mut before = 0;
            let asked = kept.asked.iter().map(|(request, _)| {
                let index = indices[request];
                index - std::mem::replace(&mut before, index)
            });
            StoredCase {
                name: name.clone(),
                source: kept.source,
                beside: kept.beside.clone(),
                step_limit: kept.step_limit,
                said: kept.said.to_vec(),
                run: kept.run.to_vec(),
                asked: asked.collect(),
            }
        });
        Stored {
            python: self.python,
            cases: cases.collect(),
            answers: answers.iter().map(|(request, answer)| (request.to_vec(), answer.to_vec())).collect(),
        }
    }
}

impl Stored {
    /// None if it does not fit together.
    fn golden(self, path: &Arc<PathBuf>) -> Option<Golden> {
        let answers: Vec<(Message, Message)> =
            self.answers.into_iter().map(|(request, answer)| (request.into(), answer.into())).collect();
        let mut cases = BTreeMap::new();
        for case in self.cases {
            let mut index = 0_u32;
            let asked = case.asked.iter().map(|step| {
                index = index.checked_add(*step)?;
                answers.get(index as usize).cloned()
            });
            let kept = Conversation {
                source: case.source,
                beside: case.beside,
                step_limit: case.step_limit,
                asked: asked.collect::<Option<_>>()?,
                said: case.said.into(),
                run: case.run.into(),
            };
            cases.insert(case.name, kept);
        }
        Some(Golden { path: Arc::clone(path), python: self.python, cases, answers: answers.into_iter().collect() })
    }
}

fn heading() -> String {
    format!("{MAGIC} {GOLDEN_FORMAT}.{FORMAT}")
}
