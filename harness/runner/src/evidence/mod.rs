//! What is told of a divergence beside itself: who holds the object on both sides, and its life.
//!
//! Both engines run the case once more, and this time list the owners at the boundary where they part and at the one before.

mod conclusion;
mod life;
mod story;

use refdrift_cases::Case;
use refdrift_compare::Divergence;
use refdrift_record::{Evidence, Owners};
use refdrift_trace::{InspectAt, Inspection, ObjectId, Observation, Owner, Request, Response, Trajectory};

use crate::examine::{Examination, Examiner};
use conclusion::{Side, conclude};
pub use life::{About, Life, life};
pub use story::{Held, Story, StoryStep};

/// How many steps of an object's life are kept in a record.
const STEPS: usize = 120;

impl Examiner<'_> {
    /// Who holds the object of the first divergence in the VM, in words; with all that can be told of the first divergence that is
    /// about an object, if it is wanted and there is one.
    pub(crate) fn owners(
        &mut self,
        case: &Case,
        which: usize,
        examination: &Examination,
        evidence: bool,
    ) -> (Vec<String>, Option<Evidence>) {
        let divergences = examination.verdict.divergences();
        let Some(first) = divergences.first() else { return (Vec::new(), None) };
        let told = if evidence { self.evidence(case, which, examination) } else { None };
        let owners = match &told {
            _ if first.subject_object.is_none() => None,
            Some(evidence) => evidence.owners.subject.clone(),
            None => self.subject_side(which, examination, first).and_then(|side| side.words()),
        };
        (owners.unwrap_or_default(), told)
    }

    fn evidence(&mut self, case: &Case, which: usize, examination: &Examination) -> Option<Evidence> {
        let observation = examination.observation.as_deref()?;
        let run = examination.run.as_ref()?;
        let divergence = examination
            .verdict
            .divergences()
            .iter()
            .find(|divergence| divergence.object.or(divergence.subject_object).is_some())?;
        let reference =
            self.side(divergence.object, divergence.step, &observation.trajectory, divergence.reference, |examiner, at| {
                examiner.inspect_reference(case, which, observation, at)
            });
        let subject = self.subject_side(which, examination, divergence)?;
        let Life { steps, untold } = life(observation, &run.trajectory, &about(divergence)).around(divergence.step, STEPS);
        Some(Evidence {
            conclusion: conclude(divergence, &reference, &subject),
            owners: Owners { reference: reference.words(), subject: subject.words() },
            life: steps,
            untold,
        })
    }

    /// What the VM has of the object of a divergence; none if it did not run.
    fn subject_side(&mut self, which: usize, examination: &Examination, divergence: &Divergence) -> Option<Side> {
        let observation = examination.observation.as_deref()?;
        let trajectory = &examination.run.as_ref()?.trajectory;
        let (object, step, count) = (divergence.subject_object, divergence.subject_step, divergence.subject);
        Some(self.side(object, step, trajectory, count, |examiner, at| examiner.inspect_subject(which, observation, at)))
    }

    /// Who holds an object of one engine at the boundary where a divergence shows, and at the one before.
    fn side(
        &mut self,
        object: Option<ObjectId>,
        step: usize,
        trajectory: &Trajectory,
        count: Option<i32>,
        inspect: impl FnOnce(&mut Self, &InspectAt) -> Result<Vec<Inspection>, String>,
    ) -> Side {
        // What shows only after the end is seen at the last boundary.
        let step = step.min(trajectory.steps.len().saturating_sub(1)) as u32;
        let Some(object) = object else { return Side { count, owners: Some(Vec::new()), ..Side::default() } };
        let at = InspectAt { steps: vec![step.saturating_sub(1), step], objects: vec![object] };
        let inspections = match inspect(self, &at) {
            Ok(inspections) => inspections,
            Err(why) => return Side { count, unknown: Some(why), ..Side::default() },
        };
        let at = |step: u32| inspections.iter().find(|inspection| inspection.step == step);
        // One that is not in the list is not alive.
        let owners = at(step).map(|inspection| inspection.of(object).unwrap_or_default().to_vec());
        let before: Vec<Owner> = at(step.wrapping_sub(1)).and_then(|inspection| inspection.of(object)).unwrap_or_default().to_vec();
        Side { count, owners, before, unknown: None }
    }

    /// Lists the owners that the VM knows, in another run of it.
    pub fn inspect_subject(&mut self, which: usize, observation: &Observation, at: &InspectAt) -> Result<Vec<Inspection>, String> {
        let options = refdrift_vm::Options { inspect: Some(at.clone()), ..self.options() };
        self.run_subject(which, observation, &options).map(|run| run.inspections).map_err(|failed| failed.why)
    }

    /// Lists the owners that can be found in CPython, in another run there. An error if that run is another than the first.
    pub fn inspect_reference(
        &mut self,
        case: &Case,
        which: usize,
        observation: &Observation,
        at: &InspectAt,
    ) -> Result<Vec<Inspection>, String> {
        let run = self.request(case, which).map_err(|failed| failed.why)?;
        let request = Request::Inspect(refdrift_trace::InspectRequest { run, at: at.clone() });
        let inspected = match self.ask(which, &request).map_err(|failed| failed.why)? {
            Response::Inspected(inspected) => inspected,
            Response::Rejected(rejection) => return Err(rejection.message),
            Response::Crashed(_) => return Err("CPython died when the case ran a second time".to_owned()),
            _ => return Err("the observer answered something else".to_owned()),
        };
        let last = at.steps.iter().copied().max().unwrap_or(0) as usize;
        if same_way(&inspected.trajectory, &observation.trajectory, last) {
            Ok(inspected.inspections)
        } else {
            Err("CPython took another way when the case ran a second time".to_owned())
        }
    }
}

/// Whether two runs of the same code did the same up to a boundary. (Counts of objects that code shares may differ on 3.11.)
fn same_way(one: &Trajectory, other: &Trajectory, last: usize) -> bool {
    let steps = |trajectory: &Trajectory| trajectory.steps.get(..=last).map(<[_]>::to_vec);
    steps(one).is_some() && steps(one) == steps(other)
}

/// The object of a divergence, in the numbers of both engines, and where it shows.
fn about(divergence: &Divergence) -> About {
    About { reference: divergence.object, subject: divergence.subject_object, parts: Some(divergence.step) }
}
