//! What a record comes to: counts by suite, by Python and by what the findings have in common.

use std::collections::BTreeMap;

use refdrift_record::{CaseResult, Signature, Standing, Summary};

/// At most that many different things are told of one kind (what is unsupported, incomparable cases).
const MOST: usize = 200;

/// Counts, and an example of each thing that is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    /// All runs.
    pub(crate) summary: Summary,
    /// By suite and Python, in the order in which they come.
    pub(crate) suites: Vec<(String, Vec<(String, Summary)>)>,
    places: BTreeMap<String, usize>,
    /// Findings by what they have in common.
    pub(crate) groups: BTreeMap<Signature, Group>,
    /// What is not supported: how often, and where first.
    pub(crate) missing: BTreeMap<String, Example>,
    /// Cases that depend on addresses, with the reason.
    pub(crate) incomparable: Vec<(String, String)>,
}

/// Findings that are alike.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// How many.
    pub(crate) count: usize,
    /// `suite/name on 3.12.1`
    pub(crate) example: String,
    /// The known difference that they are.
    pub(crate) known: Option<String>,
    /// The page of the first one, where there are pages.
    pub(crate) page: Option<String>,
}

/// Something that is counted.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// How many runs.
    pub(crate) count: usize,
    /// The first of them, `suite/name on 3.12.1, line 4`.
    pub(crate) first: String,
}

impl Totals {
    /// Counts one result.
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.summary.add(result.verdict);
        self.suite(result).add(result.verdict);
        let example = || format!("{} on {}", result.case, result.python);
        match result.verdict {
            Standing::Agreed | Standing::Expected => {}
            Standing::Diverged | Standing::Failed => {
                if let Some(signature) = Signature::of(result) {
                    let first = || Group { count: 0, example: example(), known: result.known.clone(), page: None };
                    self.groups.entry(signature).or_insert_with(first).count += 1;
                }
            }
            Standing::Unsupported => {
                let what = result.reason.clone().unwrap_or_default();
                if self.missing.len() < MOST || self.missing.contains_key(&what) {
                    let line = result.reason_line.map_or_else(String::new, |line| format!(", line {line}"));
                    let first = || Example { count: 0, first: example() + &line };
                    self.missing.entry(what).or_insert_with(first).count += 1;
                }
            }
            Standing::Incomparable if self.incomparable.len() < MOST => {
                self.incomparable.push((example(), result.reason.clone().unwrap_or_default()));
            }
            Standing::Incomparable => {}
        }
    }

    fn suite(&mut self, result: &CaseResult) -> &mut Summary {
        let (suite, _) = crate::finding::identity(&result.case);
        let place = self.places.get(suite).copied().unwrap_or_else(|| {
            self.places.insert(suite.to_owned(), self.suites.len());
            self.suites.push((suite.to_owned(), Vec::new()));
            self.suites.len() - 1
        });
        let pythons = &mut self.suites[place].1;
        let python = pythons.iter().position(|(python, _)| *python == result.python).unwrap_or_else(|| {
            pythons.push((result.python.clone(), Summary::default()));
            pythons.len() - 1
        });
        &mut pythons[python].1
    }

    /// By Python, in the order of their versions.
    pub(crate) fn pythons(&self) -> Vec<(String, Summary)> {
        let mut pythons: BTreeMap<(Vec<u32>, &str), Summary> = BTreeMap::new();
        for (python, summary) in self.suites.iter().flat_map(|(_, pythons)| pythons) {
            let version = python.split('.').map(|part| part.parse().unwrap_or_default()).collect();
            let total = pythons.entry((version, python)).or_default();
            *total = added(*total, *summary);
        }
        pythons.into_iter().map(|((_, python), summary)| (python.to_owned(), summary)).collect()
    }

    /// The groups, those with most findings first.
    pub(crate) fn ranked_groups(&self) -> Vec<(&Signature, &Group)> {
        let mut groups: Vec<_> = self.groups.iter().collect();
        groups.sort_by_key(|(signature, group)| (std::cmp::Reverse(group.count), *signature));
        groups
    }

    /// What is missing, what is missed most first.
    pub(crate) fn ranked_missing(&self) -> Vec<(&String, &Example)> {
        let mut missing: Vec<_> = self.missing.iter().collect();
        missing.sort_by_key(|(what, example)| (std::cmp::Reverse(example.count), *what));
        missing
    }
}

fn added(one: Summary, other: Summary) -> Summary {
    Summary {
        cases: one.cases + other.cases,
        agreed: one.agreed + other.agreed,
        expected: one.expected + other.expected,
        diverged: one.diverged + other.diverged,
        unsupported: one.unsupported + other.unsupported,
        incomparable: one.incomparable + other.incomparable,
        failed: one.failed + other.failed,
    }
}
