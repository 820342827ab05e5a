//! The folder that a run of generated programs writes to.

use std::io;
use std::path::{Path, PathBuf};

use refdrift_record::{Origin, Reader};

use crate::Failure;

/// The folder, and the seed of the run that it is of.
pub(crate) struct Folder {
    path: PathBuf,
    pub(crate) seed: u64,
}

impl Folder {
    /// Makes the folder; it must not be there, but to go on with. Without a seed it is that of the run to go on with, else a random
    /// one; without a path the folder is called by the seed.
    pub(crate) fn open(path: Option<&Path>, seed: Option<u64>, resume: bool) -> Result<Self, Failure> {
        let earlier = match path {
            Some(path) if resume && seed.is_none() => seed_of(&path.join(RECORD))?,
            _ => None,
        };
        let seed = seed.or(earlier).unwrap_or_else(random);
        let path = path.map_or_else(|| PathBuf::from(format!("fuzz-{seed}")), Path::to_owned);
        let shown = path.display();
        match std::fs::create_dir(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && resume && path.is_dir() => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let line = format!("{shown}: is there already; --resume goes on with it, --out names another folder");
                return Err(Failure::usage(line));
            }
            Err(error) => return Err(Failure::usage(format!("{shown}: cannot be made: {error}"))),
        }
        Ok(Self { path, seed })
    }

    pub(crate) fn record(&self) -> PathBuf {
        self.path.join(RECORD)
    }

    pub(crate) fn findings(&self) -> PathBuf {
        self.path.join("findings")
    }
}

const RECORD: &str = "record.jsonl";

/// The seed of the run whose record that is; none if there is no such file.
fn seed_of(record: &Path) -> Result<Option<u64>, Failure> {
    if !record.exists() {
        return Ok(None);
    }
    match &Reader::open(record)?.header().origin {
        Origin::Generated { seed, .. } => Ok(Some(*seed)),
        Origin::Files { .. } => Ok(None),
    }
}

/// A seed that nobody has thought of, short enough to be typed.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish() % 1_000_000_000
}
