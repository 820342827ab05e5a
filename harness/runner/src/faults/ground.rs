//! The cases on all Pythons, ready for mistakes, and which of them reach which site.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::OnceLock;

use refdrift_cases::Case;
use refdrift_vm::{Operation, Site};

use super::hunt::{FaultEvent, FaultOptions};
use super::threads::each;
use crate::examine::{Pool, Prepared};

/// How many cases are tried on each Python before a fault counts as one that they do not show.
const ENOUGH: usize = 400;
/// How many of them are the cheapest ones; the others are spread over all that reach the site.
const CHEAPEST: usize = 200;
/// Cases that take, give back and transfer more references than that are only tried where no other reaches a site.
const DEAR: u64 = 200_000;

/// A case on one Python, on which both engines agree.
pub(super) struct Candidate {
    pub(super) which: usize,
    pub(super) python: String,
    pub(super) case: String,
    pub(super) prepared: Prepared,
    /// Whether every count is the number of its owners when nothing is broken.
    pub(super) balanced: OnceLock<bool>,
}

/// A case that reaches a site.
#[derive(Clone, Copy)]
struct Place {
    candidate: usize,
    counted: bool,
}

/// See the module.
pub(super) struct Ground {
    candidates: Vec<Candidate>,
    /// For each site and Python the cases that reach it, the cheapest first.
    places: BTreeMap<Site, BTreeMap<usize, Vec<Place>>>,
    unrecorded: BTreeSet<Site>,
}

impl Ground {
    /// Runs all cases unbroken; none if that was cancelled.
    pub(super) fn survey(
        cases: &[Case],
        pool: &Pool,
        options: &FaultOptions,
        sink: &mut dyn FnMut(FaultEvent),
    ) -> io::Result<Option<Self>> {
        let mut candidates = Vec::new();
        let mut unrecorded = BTreeSet::new();
        for (which, reference) in pool.references().iter().enumerate() {
            let python = reference.version.to_string();
            let wanted: Vec<&Case> = cases.iter().filter(|case| case.is_for(reference.version)).collect();
            sink(FaultEvent::Preparing { python: python.clone(), cases: wanted.len() });
            let mut keep = |mut one: Option<(String, Prepared)>| {
                unrecorded.extend(one.iter_mut().flat_map(|one| std::mem::take(&mut one.1.unrecorded)));
                candidates.extend(one.map(|(case, prepared)| Candidate {
                    which,
                    python: python.clone(),
                    case,
                    prepared,
                    balanced: OnceLock::new(),
                }));
                sink(FaultEvent::Prepared);
            };
            each(
                pool,
                options.limits,
                options.jobs.get(),
                &wanted,
                &|examiner, case| Some((case.id(), examiner.prepare(case, which)?)),
                &mut keep,
            )?;
            if pool.cancelled() {
                return Ok(None);
            }
        }
        candidates.sort_by(|a, b| (a.prepared.operations, &a.case, a.which).cmp(&(b.prepared.operations, &b.case, b.which)));
        let mut places: BTreeMap<Site, BTreeMap<usize, Vec<Place>>> = BTreeMap::new();
        for (index, candidate) in candidates.iter().enumerate() {
            for reached in &candidate.prepared.reached {
                let here = places.entry(reached.site.clone()).or_default().entry(candidate.which).or_default();
                match here.last_mut() {
                    // Of types of one name there are several.
                    Some(last) if last.candidate == index => last.counted |= reached.counted,
                    _ => here.push(Place { candidate: index, counted: reached.counted }),
                }
            }
        }
        Ok(Some(Self { candidates, places, unrecorded }))
    }

    /// The sites that the cases reach.
    pub(super) fn sites(&self) -> impl Iterator<Item = &Site> {
        self.places.keys()
    }

    /// Whether a site is reached, but only while nothing is recorded.
    pub(super) fn is_unrecorded(&self, site: &Site) -> bool {
        self.unrecorded.contains(site) && !self.places.contains_key(site)
    }

    /// The cases that reach a site, on any Python.
    pub(super) fn reaching(&self, site: &Site) -> BTreeSet<&str> {
        let places = self.places.get(site).into_iter().flat_map(BTreeMap::values).flatten();
        places.map(|place| self.candidates[place.candidate].case.as_str()).collect()
    }

    /// Whether a site deals with objects that are counted in any case.
    pub(super) fn counts(&self, site: &Site) -> bool {
        site.operation == Operation::Deallocate
            || self.places.get(site).into_iter().flat_map(BTreeMap::values).flatten().any(|place| place.counted)
    }

    /// The cases in which to try a fault at a site, one Python after the other, cheapest first; if asked, only those in which it
    /// deals with objects that are counted.
    pub(super) fn trials(&self, site: &Site, counted: bool) -> Vec<&Candidate> {
        let by_python = self.places.get(site).into_iter().flat_map(BTreeMap::values);
        let trials = by_python.flat_map(|places| {
            let wanted: Vec<&Place> = places.iter().filter(|place| place.counted || !counted).collect();
            let cheap = |place: &&&Place| self.candidates[place.candidate].prepared.operations <= DEAR;
            let affordable = wanted.iter().filter(cheap).count().max(usize::from(!wanted.is_empty()));
            pick(&wanted[..affordable]).into_iter().map(|place| &self.candidates[place.candidate])
        });
        trials.collect()
    }
}

/// The first ones, and others evenly spread.
fn pick<T: Copy>(all: &[T]) -> Vec<T> {
    if all.len() <= ENOUGH {
        return all.to_vec();
    }
    let (first, rest) = all.split_at(CHEAPEST);
    let spread = (0..ENOUGH - CHEAPEST).map(|nth| rest[nth * rest.len() / (ENOUGH - CHEAPEST)]);
    first.iter().copied().chain(spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_cases_the_first_and_some_of_all_are_picked() {
        assert_eq!(pick(&[1, 2, 3]), [1, 2, 3]);
        let all: Vec<usize> = (0..1000).collect();
        let picked = pick(&all);
        assert_eq!((picked.len(), picked[..CHEAPEST] == all[..CHEAPEST]), (ENOUGH, true));
        assert!(picked.is_sorted() && picked[ENOUGH - 1] > 900);
    }
}
