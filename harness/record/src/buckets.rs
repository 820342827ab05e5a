//! Findings, grouped by what makes them the same.

use std::collections::BTreeMap;

use crate::{CaseResult, Shrunk, Signature, Standing};

/// The findings of a run by their signature. Its size is that of the number of different findings, not of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets(BTreeMap<Signature, Bucket>);

/// The findings of one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// How often it came.
    pub count: u64,
    /// How those runs stand: all alike.
    pub verdict: Standing,
    /// The first of them, `suite/name`.
    pub first: String,
    /// The smallest program that shows it.
    pub example: Example,
    /// The known difference that it is.
    pub known: Option<String>,
}

/// A program that shows a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// The case that it comes from.
    pub case: String,
    /// The program.
    pub source: String,
    /// Whether it was shrunk.
    pub shrunk: bool,
}

impl Example {
    fn of(result: &CaseResult) -> Self {
        let shrunk = result.shrunk.as_ref().map(|Shrunk { source, .. }| source);
        let source = shrunk.or(result.source.as_ref()).cloned().unwrap_or_default();
        Self { case: result.case.clone(), source, shrunk: shrunk.is_some() }
    }

    fn lines(&self) -> usize {
        self.source.lines().count()
    }

    fn is_smaller_than(&self, other: &Self) -> bool {
        let size = |example: &Self| (example.lines(), example.source.len());
        !self.source.is_empty() && size(self) < size(other)
    }
}

impl Buckets {
    /// Takes in a run; whether it is a finding, and the first of its bucket.
    pub fn add(&mut self, result: &CaseResult) -> bool {
        // What is expected is no finding, nor is a case whose own statements do not hold though the engines agree.
        let Some(signature) = Signature::of(result).filter(|_| result.verdict != Standing::Expected || result.known.is_some())
        else {
            return false;
        };
        let example = Example::of(result);
        if let Some(bucket) = self.0.get_mut(&signature) {
            bucket.count += 1;
            if example.is_smaller_than(&bucket.example) {
                bucket.example = example;
            }
            return false;
        }
        let (verdict, first, known) = (result.verdict, result.case.clone(), result.known.clone());
        self.0.insert(signature, Bucket { count: 1, verdict, first, example, known });
        true
    }

    /// Whether there is one of that signature.
    pub fn has(&self, signature: &Signature) -> bool {
        self.0.contains_key(signature)
    }

    /// All of them, the most frequent first.
    pub fn by_count(&self) -> Vec<(&Signature, &Bucket)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by_key(|(_, bucket)| std::cmp::Reverse(bucket.count));
        all
    }

    /// All of them, by signature.
    pub fn iter(&self) -> impl Iterator<Item = (&Signature, &Bucket)> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::tests::result;
    use refdrift_compare::VerdictKind;

    fn missing(number: u64, what: &str, source: &str) -> CaseResult {
        let found = VerdictKind::Unsupported;
        let (reason, source) = (Some(what.to_owned()), Some(source.to_owned()));
        CaseResult { verdict: Standing::Unsupported, found, reason, source, ..result(number) }
    }

    #[test]
    fn the_smallest_example_stands_for_its_bucket() {
        let mut buckets = Buckets::default();
        assert!(!buckets.add(&result(0)), "what agrees is no finding");
        assert!(buckets.add(&missing(1, "type x", "a\nb\nc\n")));
        assert!(!buckets.add(&missing(2, "type x", "a\nb\n")));
        assert!(!buckets.add(&missing(3, "type x", "a\nb\nd\n")));
        assert!(buckets.add(&missing(4, "type y", "a\n")));
        let all = buckets.by_count();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].1.count, all[0].1.first.as_str()), (3, "suite/case-1"));
        assert_eq!(all[0].1.example.case, "suite/case-2");
    }
}
