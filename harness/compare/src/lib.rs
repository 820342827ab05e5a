//! Aligns the reference's trajectory with the subject's and names where they part.
//!
//! [`compare`] walks two [`Trajectory`]s of the same [`CodeUnit`] boundary by boundary. Where both engines behave alike the
//! trajectories are equal but for the order of their names, and nothing is walked at all. Otherwise each difference becomes a [`Divergence`]: its kind, the
//! boundary at which it shows, the instruction that caused it (the one that ran between that boundary and the one before), the object it is
//! about and both counts. The walk goes on behind the first one where it can, so that every object's own first divergence is
//! told.
//!
//! [`verdict`] puts the comparison together with what else is known of the two runs into the one [`Verdict`] on a case.
//!
//! Nothing here fails: whatever two sound trajectories hold, the answer is a comparison.
#![forbid(unsafe_code)]

mod divergence;
mod listing;
mod normalise;
mod resync;
mod side;
#[cfg(test)]
mod tests;
mod verdict;
mod walk;
mod words;

pub use divergence::{Comparison, Divergence, DivergenceKind, Site, Span};
pub use listing::Listing;
pub use normalise::without_addresses;
pub use verdict::{AddressUse, Engine, Subject, Unsupported, Verdict, VerdictKind, verdict};

use refdrift_trace::{CodeUnit, ObjectInfo, Origin, Place, Step, Teardown, Trajectory};

/// Compares what the two engines did with a unit.
///
/// Both trajectories must be [sound](Trajectory::is_sound); one that came from elsewhere is checked where it comes in.
pub fn compare(unit: &CodeUnit, reference: &Trajectory, subject: &Trajectory) -> Comparison {
    compare_up_to(unit, reference, subject, false)
}

/// Compares; if the subject was cut short, only as far as it got.
fn compare_up_to(unit: &CodeUnit, reference: &Trajectory, subject: &Trajectory, cut_short: bool) -> Comparison {
    if !cut_short && alike(reference, subject) {
        return Comparison::default();
    }
    walk::Walk::new(unit, reference, subject, cut_short).run()
}

/// Whether two trajectories say the same: they may have their names in another order.
fn alike(one: &Trajectory, two: &Trajectory) -> bool {
    let same_name = |here: u32, there: u32| one.name(here) == two.name(there);
    let same_step = |(here, there): (&Step, &Step)| {
        here.events_end == there.events_end
            && match (here.place, there.place) {
                (Place::Teardown(Teardown::Global(here)), Place::Teardown(Teardown::Global(there)))
                | (Place::Teardown(Teardown::Module(here)), Place::Teardown(Teardown::Module(there))) => same_name(here, there),
                (here, there) => here == there,
            }
    };
    let same_object = |(here, there): (&ObjectInfo, &ObjectInfo)| {
        same_name(here.type_name, there.type_name)
            && match (here.origin, there.origin) {
                (Origin::Static(here), Origin::Static(there)) => same_name(here, there),
                (here, there) => here == there,
            }
    };
    one.steps.len() == two.steps.len()
        && one.objects.len() == two.objects.len()
        && (&one.events, &one.frames, &one.survivors) == (&two.events, &two.frames, &two.survivors)
        && (&one.output, &one.outcome) == (&two.output, &two.outcome)
        && one.steps.iter().zip(&two.steps).all(same_step)
        && one.objects.iter().zip(&two.objects).all(same_object)
}
