//! The first line of a record, and its last.

use serde::{Deserialize, Serialize};

use crate::{Partition, Summary};

/// The number of the record's format.
pub const RECORD_FORMAT: u32 = 2;

/// The first line of a record: what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`RECORD_FORMAT`]
    pub record: u32,
    /// The version of the refdrift that wrote it.
    pub refdrift: String,
    /// Where the cases come from.
    pub origin: Origin,
    /// The Pythons compared with, `3.12.1`, in the order of a case's runs.
    pub pythons: Vec<String>,
    /// How many cases the whole has, all shards together; none if it ends by time.
    pub cases: Option<u64>,
    /// Which part of the whole this is; none if it is the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// Where the cases of a run come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Origin {
    /// From files: those that were named, or the bundled ones.
    Files {
        /// As they were written.
        paths: Vec<String>,
    },
    /// Generated.
    Generated {
        /// The seed.
        seed: u64,
        /// The names of the profiles, with commas between them.
        profile: String,
    },
}

/// The last line of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// How many runs of the record stand how.
    pub summary: Summary,
    /// Whether the run was broken off from the keyboard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}
