//! What becomes of a fault.

use std::collections::BTreeMap;

use refdrift_compare::DivergenceKind;
use serde::{Deserialize, Serialize};

/// The number of the format; each line says it.
pub const FORMAT: u32 = 1;

/// What became of one fault: one line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultResult {
    /// The number of the format.
    pub format: u32,
    /// The site's name: `eval/data.rs::binary_with release 2`.
    pub site: String,
    /// The site's line; 0 of a deallocation.
    pub line: u32,
    /// What the site does: `give back`.
    pub operation: String,
    /// How it was broken: `left-out`.
    pub mode: String,
    /// What became of it.
    pub fate: Fate,
    /// How it was caught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caught: Option<Catch>,
    /// The case that caught it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The Python on which it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// The instruction that the first divergence is laid to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// The boundaries between the first mistake and the first divergence; 0 is the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<usize>,
    /// How many runs it took.
    pub tries: usize,
    /// Why it was not caught, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// See [`FaultResult::fate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A case shows it.
    Caught,
    /// Cases make the mistake, and both engines agree on each.
    Survived,
    /// No case reaches the site.
    Unreached,
    /// The site cannot be broken that way: no case gives it an object that was there before the instruction.
    Impossible,
}

/// How a fault was caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Catch {
    /// The engines diverge.
    Divergence(DivergenceKind),
    /// The VM panicked.
    Panic,
    /// The VM went where it has nothing.
    Unsupported,
    /// The VM released an object that it had freed.
    Stale,
    /// Both engines agree, but the VM's own audit finds a count that is not the number of the object's owners.
    Audit,
    /// The VM took all memory or stack, or did not end, and the process with it.
    Died,
}

impl FaultResult {
    /// The part of the VM that the site belongs to: `eval`, `types`, …
    pub fn family(&self) -> &str {
        match self.site.split_once('/') {
            Some((family, _)) if !family.contains(' ') => family,
            _ if self.site.starts_with("deallocate ") => "deallocate",
            _ => "others",
        }
    }
}

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FaultSummary {
    /// All faults that can be made.
    pub faults: usize,
    /// Caught as a divergence.
    pub diverged: usize,
    /// Caught otherwise: the VM stopped, or noticed by itself.
    pub stopped: usize,
    /// Made, and not caught, with a reason.
    pub explained: usize,
    /// Made, and not caught, without one.
    pub survived: usize,
    /// At sites that no case reaches, with a reason.
    pub unreached_explained: usize,
    /// At sites that no case reaches, without one.
    pub unreached: usize,
}

impl FaultSummary {
    /// Counts a result.
    pub fn add(&mut self, result: &FaultResult) {
        let reason = result.reason.is_some();
        if result.fate == Fate::Impossible {
            return;
        }
        self.faults += 1;
        *match (result.fate, result.caught) {
            (Fate::Caught, Some(Catch::Divergence(_))) => &mut self.diverged,
            (Fate::Caught, _) => &mut self.stopped,
            (Fate::Survived, _) if reason => &mut self.explained,
            (Fate::Survived, _) => &mut self.survived,
            (_, _) if reason => &mut self.unreached_explained,
            _ => &mut self.unreached,
        } += 1;
    }

    /// Of the faults that a program can show: how many per cent are caught.
    pub fn rate(&self) -> f64 {
        let visible = self.faults - self.explained - self.unreached_explained;
        if visible == 0 { 100.0 } else { (self.diverged + self.stopped) as f64 / visible as f64 * 100.0 }
    }

    /// The counts of each group.
    pub fn by<'a>(results: &'a [FaultResult], key: impl Fn(&'a FaultResult) -> &'a str) -> BTreeMap<&'a str, Self> {
        let mut groups: BTreeMap<&str, Self> = BTreeMap::new();
        for result in results {
            groups.entry(key(result)).or_default().add(result);
        }
        groups
    }
}
