//! The life of one object with those who hold it: `refdrift explain --object`.

use refdrift_cases::Case;
use refdrift_record::LifeStep;
use refdrift_trace::{InspectAt, Inspection, ObjectId, Owner};

use super::{About, Life, life};
use crate::examine::{Examination, Examiner};

/// How many steps of a life are told: the owners at each are looked up in both engines.
const STEPS: usize = 100;

/// The life of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Its number in the reference.
    pub object: ObjectId,
    /// Its steps.
    pub steps: Vec<StoryStep>,
    /// How many more there are.
    pub untold: usize,
    /// Why the owners in CPython, or in the VM, could not be found out.
    pub unknown: Vec<String>,
}

/// One step, and what it changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryStep {
    /// What ran, and the counts behind it.
    pub step: LifeStep,
    /// Who holds the object in CPython, before and behind.
    pub reference: Held,
    /// Who holds it in the VM.
    pub subject: Held,
}

/// Who holds an object, before an instruction and behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Before.
    pub before: Vec<Owner>,
    /// Behind.
    pub after: Vec<Owner>,
}

impl Examiner<'_> {
    /// The life of an object, by its number in the reference, as far as both engines go the same way. An error says why there is none.
    pub fn story(&mut self, case: &Case, which: usize, examination: &Examination, object: ObjectId) -> Result<Story, String> {
        let (Some(observation), Some(run)) = (examination.observation.as_deref(), &examination.run) else {
            return Err("there is no object to tell of: the case did not run in both engines".to_owned());
        };
        let known = observation.trajectory.objects.len();
        if object as usize >= known {
            return Err(format!(
                "there is no object #{object}: the run has {known}, from #0; `explain` without --object lists them"
            ));
        }
        let divergence = examination.verdict.divergences().iter().find(|divergence| divergence.object == Some(object));
        let about = About {
            reference: Some(object),
            subject: divergence.map_or(Some(object), |divergence| divergence.subject_object),
            parts: divergence.map(|divergence| divergence.step),
        };
        let boundary = about.parts.unwrap_or(0);
        let Life { steps, untold } = life(observation, &run.trajectory, &about).around(boundary, STEPS);
        let mut at: Vec<u32> = steps.iter().flat_map(|step| [step.step.saturating_sub(1) as u32, step.step as u32]).collect();
        at.dedup();
        let mut unknown = Vec::new();
        let mut look = |owners: Result<Vec<Inspection>, String>, engine: &str| {
            owners.unwrap_or_else(|why| {
                unknown.push(format!("who holds it in {engine} is not known: {why}"));
                Vec::new()
            })
        };
        let reference = InspectAt { steps: at.clone(), objects: vec![object] };
        let reference = look(self.inspect_reference(case, which, observation, &reference), "CPython");
        let number = about.subject.unwrap_or(object);
        let subject = InspectAt { steps: at, objects: vec![number] };
        let subject = look(self.inspect_subject(which, observation, &subject), "the VM");
        let steps = steps.into_iter().map(|step| StoryStep {
            reference: held(&reference, step.step, object),
            subject: held(&subject, step.step, number),
            step,
        });
        Ok(Story { object, steps: steps.collect(), untold, unknown })
    }
}

fn held(inspections: &[Inspection], step: usize, object: ObjectId) -> Held {
    let at = |step: Option<usize>| {
        let inspection = inspections.iter().find(|inspection| Some(inspection.step as usize) == step);
        inspection.and_then(|inspection| inspection.of(object)).unwrap_or_default().to_vec()
    };
    Held { before: at(step.checked_sub(1)), after: at(Some(step)) }
}
