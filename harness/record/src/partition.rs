//! Shards: which cases of the whole a run takes.

use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

/// A part of the whole, as people write it: `slice:3/16`, `hash:3/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Partition {
    /// How the whole is split.
    pub kind: PartitionKind,
    /// Which part, from 1.
    pub part: u64,
    /// How many parts there are.
    pub of: u64,
}

/// How a whole is split into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartitionKind {
    /// Cases are dealt out in turn.
    Slice,
    /// By the case's identity alone, so that adding a case moves no other one.
    Hash,
}

impl PartitionKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Slice => "slice",
            Self::Hash => "hash",
        }
    }
}

impl Partition {
    /// Whether this part takes the case with that place in the whole (from 0) and that identity (asked for where it counts).
    pub fn takes<I: AsRef<str>>(self, place: u64, identity: impl FnOnce() -> I) -> bool {
        let dealt = match self.kind {
            PartitionKind::Slice => place,
            PartitionKind::Hash => {
                // A fixed key: the same on every machine.
                let mut hasher = SipHasher13::new_with_keys(0, 0);
                hasher.write(identity().as_ref().as_bytes());
                hasher.finish()
            }
        };
        dealt % self.of == self.part - 1
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.kind.name(), self.part, self.of)
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.to_string()
    }
}

impl TryFrom<String> for Partition {
    type Error = PartitionError;

    fn try_from(text: String) -> Result<Self, PartitionError> {
        text.parse()
    }
}

/// What is no partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartitionError {
    /// Not of that form.
    #[error("not slice:M/N or hash:M/N (part M of N, from 1)")]
    Form,
    /// No such part.
    #[error("there is no part {part} of {of}: parts count from 1")]
    Range {
        /// What was asked for.
        part: u64,
        /// How many there are.
        of: u64,
    },
}

impl FromStr for Partition {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Self, PartitionError> {
        let (kind, parts) = text.split_once(':').ok_or(PartitionError::Form)?;
        let kinds = [PartitionKind::Slice, PartitionKind::Hash];
        let kind = kinds.into_iter().find(|known| known.name() == kind).ok_or(PartitionError::Form)?;
        let (part, of) = parts.split_once('/').ok_or(PartitionError::Form)?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| PartitionError::Form);
        let (part, of) = (number(part)?, number(of)?);
        if part == 0 || part > of {
            return Err(PartitionError::Range { part, of });
        }
        Ok(Self { kind, part, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_take_each_case_once() {
        for kind in ["slice", "hash"] {
            let parts: Vec<Partition> = (1..=7).map(|part| format!("{kind}:{part}/7").parse().unwrap()).collect();
            let mut taken = [0_u32; 7];
            for place in 0..700 {
                let takers: Vec<_> = (0..7).filter(|&part| parts[part].takes(place, || format!("suite/case-{place}"))).collect();
                assert_eq!(takers.len(), 1);
                taken[takers[0]] += 1;
            }
            assert!(taken.iter().all(|&taken| taken > 50), "{kind}: {taken:?}");
        }
    }

    #[test]
    fn is_written_as_it_is_read() {
        let partition: Partition = "hash:3/16".parse().unwrap();
        assert_eq!(serde_json::to_string(&partition).unwrap(), "\"hash:3/16\"");
        assert_eq!(serde_json::from_str::<Partition>("\"hash:3/16\"").unwrap(), partition);
        for bad in ["", "hash", "hash:1", "hash:0/2", "hash:3/2", "slice:1/0", "count:1/2", "slice:-1/2", "slice:1/2/3"] {
            assert!(bad.parse::<Partition>().is_err(), "{bad}");
        }
    }
}
