//! What a divergence's page shows: gathered when it is found, so that nobody has to run anything again.

use refdrift_trace::Count;
use serde::{Deserialize, Serialize};

use crate::{CaseResult, Standing};

/// How many of the runs that diverge keep evidence, the first ones: it costs two more runs each, and one mistake shows in many cases.
pub const MOST_EVIDENCE: usize = 100;

/// Leaves their evidence to the first [`MOST_EVIDENCE`] runs that diverge, in the order in which they are taken in: by their numbers,
/// so that a record is the same whatever ran at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvidenceLimit {
    diverged: usize,
}

impl EvidenceLimit {
    /// Counts a run that diverged, and says whether its evidence stays.
    pub fn keeps(&mut self, result: &CaseResult) -> bool {
        if result.verdict == Standing::Diverged || result.known.is_some() {
            self.diverged += 1;
        }
        self.diverged <= MOST_EVIDENCE
    }
}

/// What is known of the object that the first divergence of a run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The difference in one sentence: who holds one reference more, or that nobody seems to.
    pub conclusion: String,
    /// Who holds the object at the divergence.
    pub owners: Owners,
    /// The object's life: the steps at which its count changed on either side, and those around the divergence.
    pub life: Vec<LifeStep>,
    /// How many steps of its life were left out of `life` because there were too many.
    #[serde(default)]
    pub untold: usize,
}

/// Who holds an object, in words (`local x of f`, `item 0 of list #7`), one line for each reference that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owners {
    /// In CPython; none if they could not be found out.
    pub reference: Option<Vec<String>>,
    /// In the VM; none if they could not be found out.
    pub subject: Option<Vec<String>>,
}

impl Owners {
    /// The owners side by side: those that both have on one line, then those that only one has, in their order.
    pub fn pairs(&self) -> Vec<(Option<&str>, Option<&str>)> {
        let list = |side: &Option<Vec<String>>| side.clone().unwrap_or_default();
        let (mut only, mut pairs) = (list(&self.subject), Vec::new());
        let mut rest = Vec::new();
        for owner in self.reference.iter().flatten() {
            match only.iter().position(|other| other == owner) {
                Some(place) => {
                    only.remove(place);
                    pairs.push((Some(owner.as_str()), Some(owner.as_str())));
                }
                None => rest.push((Some(owner.as_str()), None)),
            }
        }
        pairs.append(&mut rest);
        // What is left of the subject's, by place: equal owners are as good as one another.
        for owner in self.subject.iter().flatten() {
            if let Some(place) = only.iter().position(|other| other == owner) {
                only.remove(place);
                pairs.push((None, Some(owner.as_str())));
            }
        }
        pairs
    }
}

/// What one instruction did to the object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeStep {
    /// The number of the boundary behind the instruction, on the reference's side.
    pub step: usize,
    /// The code's name, `<module>`.
    pub code: String,
    /// The instruction with its argument in words, `STORE_NAME foo`; the act of the teardown.
    pub instruction: String,
    /// Its byte offset.
    pub offset: Option<u32>,
    /// The line of the snippet, from 1.
    pub line: Option<u32>,
    /// What the instruction does to ownership, in words.
    pub words: String,
    /// The object's count behind it in CPython; none before it is there and after it is freed.
    pub reference: Option<Count>,
    /// The object's count behind it in the VM.
    pub subject: Option<Count>,
    /// Whether this is the step at which the two part.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub parts: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_stand_side_by_side() {
        let list = |owners: &[&str]| Some(owners.iter().map(ToString::to_string).collect::<Vec<_>>());
        let owners = Owners { reference: list(&["a", "b", "b"]), subject: list(&["b", "c"]) };
        assert_eq!(owners.pairs(), [(Some("b"), Some("b")), (Some("a"), None), (Some("b"), None), (None, Some("c"))]);
        assert!(Owners::default().pairs().is_empty());
    }
}
