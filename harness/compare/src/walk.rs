//! The walk over two trajectories that are not equal.

use refdrift_trace::{CodeUnit, Count, FrameId, IMMORTAL, ObjectId, Origin, Outcome, Place, Teardown, Trajectory};

use crate::resync::{Key, common_place};
use crate::side::{Changes, NEVER, Side};
use crate::words::{count_words, outcome_words};
use crate::{Comparison, Divergence, DivergenceKind, Listing, Site, normalise};

/// How often the walk looks for the next common place before it goes straight to the teardown.
const RESYNCS: usize = 64;

/// What one divergence is about.
#[derive(Clone, Copy, Default)]
struct About {
    object: Option<ObjectId>,
    subject_object: Option<ObjectId>,
}

/// Which boundary a divergence is told at.
#[derive(Clone, Copy)]
enum At {
    /// The one that was walked last on both sides.
    Walked,
    /// The next one.
    Next,
}

pub(crate) struct Walk<'a> {
    listing: Listing<'a>,
    reference: Side<'a>,
    subject: Side<'a>,
    /// The reference was broken off (the step limit): what it did not do is no finding.
    reference_cut: bool,
    /// The subject was (the step limit, or something it does not have).
    subject_cut: bool,
    /// Whether an object's first divergence has been told, by the reference's and by the subject's numbers.
    told: [Vec<bool>; 2],
    control_flow_told: bool,
    found: Comparison,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(unit: &'a CodeUnit, reference: &'a Trajectory, subject: &'a Trajectory, subject_cut: bool) -> Self {
        // Both count their steps alike: if only one came to the limit, they parted.
        let limited = reference.outcome == Outcome::BrokenOff && subject.outcome == Outcome::BrokenOff;
        Self {
            listing: Listing::new(unit),
            reference: Side::new(reference),
            subject: Side::new(subject),
            reference_cut: limited,
            subject_cut: subject_cut || limited,
            told: [vec![false; reference.objects.len()], vec![false; subject.objects.len()]],
            control_flow_told: false,
            found: Comparison::default(),
        }
    }

    /// Walks both to their ends.
    pub(crate) fn run(mut self) -> Comparison {
        let mut resyncs = 0;
        loop {
            match (self.reference.place(), self.subject.place()) {
                (None, None) => break,
                (Some(there), Some(here)) if self.same_place(there, here) => self.step(there, here),
                (_, None) if self.subject_cut => break,
                (None, _) if self.reference_cut => break,
                _ => {
                    self.tell_control_flow();
                    resyncs += 1;
                    if !self.resync(resyncs <= RESYNCS) {
                        break;
                    }
                }
            }
        }
        if !self.reference_cut && !self.subject_cut {
            self.compare_survivors();
            self.compare_ends();
        }
        self.found
    }

    fn step(&mut self, there: Place, here: Place) {
        // A batch of one boundary on both sides is compared to the letter; one that a search for a common place left
        // behind only by what is freed in it.
        let skipped = self.reference.walked != self.reference.compared || self.subject.walked != self.subject.compared;
        let since = (self.reference.compared, self.subject.compared);
        self.reference.advance();
        self.subject.advance();
        let there_changed = self.reference.take_changes();
        let here_changed = self.subject.take_changes();
        self.compare_frees(&there_changed.freed, &here_changed.freed, since, skipped);
        if let (Place::Instruction { frame: there, .. }, Place::Instruction { frame: here, .. }) = (there, here) {
            self.reference.frame_partner[there as usize] = Some(here);
            self.subject.frame_partner[here as usize] = Some(there);
            self.compare_slots(there, here, &there_changed, &here_changed, skipped);
        }
        self.compare_counts(&there_changed.counted, &here_changed.counted);
    }

    fn same_place(&self, there: Place, here: Place) -> bool {
        key(&self.reference, there, false) == key(&self.subject, here, true)
    }

    /// Goes on to the next place that both come to; false if there is none.
    fn resync(&mut self, look_around: bool) -> bool {
        let there = |walk: &Self, step: usize| {
            walk.reference.trajectory.steps.get(step).map(|step| key(&walk.reference, step.place, false))
        };
        let here =
            |walk: &Self, step: usize| walk.subject.trajectory.steps.get(step).map(|step| key(&walk.subject, step.place, true));
        let from = (self.reference.walked, self.subject.walked);
        let near = look_around.then(|| common_place(|step| there(self, from.0 + step), |step| here(self, from.1 + step))).flatten();
        let target = near.map(|(a, b)| (from.0 + a, from.1 + b)).or_else(|| {
            let end = |side: &Side| {
                let outcome = side.trajectory.steps.iter().rposition(|step| step.place == Place::Teardown(Teardown::Outcome));
                outcome.filter(|step| *step >= side.walked)
            };
            Some((end(&self.reference)?, end(&self.subject)?))
        });
        let Some((there, here)) = target else { return false };
        while self.reference.walked < there {
            self.reference.advance();
        }
        while self.subject.walked < here {
            self.subject.advance();
        }
        true
    }

    fn compare_frees(&mut self, there: &[ObjectId], here: &[ObjectId], since: (usize, usize), skipped: bool) {
        if there.is_empty() && here.is_empty() {
            return;
        }
        for &object in there {
            let Some(partner) = self.reference.partner[object as usize] else { continue };
            let freed_in = self.subject.freed_in[partner as usize];
            if freed_in < self.subject.walked {
                continue;
            }
            let about = About { object: Some(object), subject_object: Some(partner) };
            let (kind, words) = match freed_in {
                NEVER if self.subject_cut => (DivergenceKind::LateFree, "still has it where the run was broken off".to_owned()),
                NEVER => (DivergenceKind::NeverFreed, "never does: it leaks".to_owned()),
                later => (DivergenceKind::LateFree, format!("does so only {}", self.later(&self.subject, later))),
            };
            self.tell(kind, about, At::Walked, |walk| format!("the reference frees {}, the subject {words}", walk.label(about)));
        }
        for &partner in here {
            let Some(object) = self.subject.partner[partner as usize] else { continue };
            let freed_in = self.reference.freed_in[object as usize];
            if freed_in < self.reference.walked {
                continue;
            }
            let about = About { object: Some(object), subject_object: Some(partner) };
            let (kind, words) = match freed_in {
                NEVER if self.reference_cut => (DivergenceKind::EarlyFree, "still has it where the run was broken off".to_owned()),
                NEVER => (DivergenceKind::NeverFreed, "never does".to_owned()),
                later => (DivergenceKind::EarlyFree, format!("does so only {}", self.later(&self.reference, later))),
            };
            self.tell(kind, about, At::Walked, |walk| format!("the subject frees {}, the reference {words}", walk.label(about)));
        }
        if !skipped {
            self.compare_free_order(there, here, since);
        }
    }

    /// The objects that both freed in this batch, in both orders.
    fn compare_free_order(&mut self, there: &[ObjectId], here: &[ObjectId], since: (usize, usize)) {
        let (reference, subject) = (&self.reference, &self.subject);
        let common = |side: &Side, other: &Side, since: usize, freed: &[ObjectId]| {
            let both = |object: &ObjectId| {
                side.partner[*object as usize].is_some_and(|partner| {
                    let freed_in = other.freed_in[partner as usize];
                    freed_in >= since && freed_in < other.walked
                })
            };
            freed.iter().copied().filter(both).collect::<Vec<_>>()
        };
        let there = common(reference, subject, since.1, there);
        let here = common(subject, reference, since.0, here);
        let first = there.iter().zip(&here).find(|(there, here)| reference.partner[**there as usize] != Some(**here));
        let Some((&object, _)) = first else { return };
        let about = About { object: Some(object), subject_object: reference.partner[object as usize] };
        self.tell(DivergenceKind::FreeOrder, about, At::Walked, |walk| {
            let list = |objects: &mut dyn Iterator<Item = ObjectId>| {
                objects.map(|object| walk.listing.label(walk.reference.trajectory, object)).collect::<Vec<_>>().join(", ")
            };
            let theirs = list(&mut there.iter().copied());
            let ours = list(&mut here.iter().filter_map(|object| walk.subject.partner[*object as usize]));
            format!("the reference frees {theirs}, the subject {ours}")
        });
    }

    /// When something freed in a later step is freed.
    fn later(&self, side: &Side, step: usize) -> String {
        match step.checked_sub(1).and_then(|step| side.trajectory.steps.get(step)) {
            Some(cause) => {
                let cause = self.listing.site(side.trajectory, cause.place);
                format!("{} boundaries later, after {cause}", step + 1 - side.walked)
            }
            None => "later".to_owned(),
        }
    }

    fn compare_slots(&mut self, there: FrameId, here: FrameId, there_changed: &Changes, here_changed: &Changes, skipped: bool) {
        let mut slots: Vec<u16> = if skipped {
            (0..self.reference.slot_count(there).max(self.subject.slot_count(here))).collect()
        } else {
            let mut slots = there_changed.slots.iter().chain(&here_changed.slots).map(|(_, slot)| *slot).collect::<Vec<_>>();
            slots.sort_unstable();
            slots.dedup();
            slots
        };
        for slot in slots.drain(..) {
            let about = About { object: self.reference.slot(there, slot), subject_object: self.subject.slot(here, slot) };
            if let Some(words) = self.match_objects(about) {
                self.tell(DivergenceKind::Identity, about, At::Walked, |walk| {
                    let name = walk.slot_words(there, slot);
                    let theirs =
                        about.object.map_or("nothing".to_owned(), |object| walk.listing.label(walk.reference.trajectory, object));
                    let ours = about.subject_object.map_or("nothing".to_owned(), |object| walk.subject_label(object));
                    format!("{name} holds {theirs} in the reference, {ours} in the subject{words}")
                });
            }
        }
    }

    /// What the subject calls an object: one that the run made by the reference's number, where it has one.
    fn subject_label(&self, object: ObjectId) -> String {
        let (there, here) = (self.reference.trajectory, self.subject.trajectory);
        let made = here.objects[object as usize].origin == Origin::Created;
        let own = self.listing.label(here, object);
        match self.subject.partner[object as usize] {
            Some(known) if made && there.objects[known as usize].origin == Origin::Created => {
                format!("{} #{known}", here.type_name(object))
            }
            Some(_) => own,
            None => format!("another object, {own}"),
        }
    }

    /// Whether what two slots hold is the same object; new objects are made partners here. What differs, if something does.
    fn match_objects(&mut self, about: About) -> Option<&'static str> {
        let (object, other) = match (about.object, about.subject_object) {
            (None, None) => return None,
            (Some(object), Some(other)) => (object, other),
            _ => return Some(""),
        };
        match (self.reference.partner[object as usize], self.subject.partner[other as usize]) {
            (Some(partner), _) if partner == other => None,
            (None, None) => {
                self.reference.partner[object as usize] = Some(other);
                self.subject.partner[other as usize] = Some(object);
                let (there, here) = (self.reference.trajectory, self.subject.trajectory);
                if there.type_name(object) != here.type_name(other) {
                    return Some(": their types differ");
                }
                match (there.objects[object as usize].origin, here.objects[other as usize].origin) {
                    (Origin::Created, Origin::Created) => None,
                    (Origin::Constant(there), Origin::Constant(here)) if there == here => None,
                    (Origin::Static(one), Origin::Static(two)) if there.name(one) == here.name(two) => None,
                    (Origin::Static(_), Origin::Created) => {
                        Some(": the first was there before the snippet, the second it has made")
                    }
                    (Origin::Created, Origin::Static(_)) => {
                        Some(": the first the snippet has made, the second was there before it")
                    }
                    _ => Some(": they do not come from the same place"),
                }
            }
            _ => Some(""),
        }
    }

    fn slot_words(&self, frame: FrameId, slot: u16) -> String {
        let unit = self.listing.unit();
        let Some((_, code)) = self.listing.code_of(self.reference.trajectory, frame) else { return format!("slot {slot}") };
        match code.localsplusnames.get(usize::from(slot)) {
            Some(name) => format!("local {} of {}", unit.text(*name), unit.text(code.name)),
            None => format!("stack slot {} of {}", usize::from(slot) - code.localsplusnames.len(), unit.text(code.name)),
        }
    }

    fn compare_counts(&mut self, there: &[ObjectId], here: &[ObjectId]) {
        for &object in there {
            if let Some(partner) = self.reference.partner[object as usize] {
                self.compare_count(object, partner);
            }
        }
        for &partner in here {
            if let Some(object) = self.subject.partner[partner as usize] {
                self.compare_count(object, partner);
            }
        }
    }

    fn compare_count(&mut self, object: ObjectId, partner: ObjectId) {
        // One that is gone on either side has been told as a free.
        let (Some(there), Some(here)) = (self.reference.counts[object as usize], self.subject.counts[partner as usize]) else {
            return;
        };
        if there == here {
            return;
        }
        let kind = if here > there { DivergenceKind::ExtraReference } else { DivergenceKind::MissingReference };
        let about = About { object: Some(object), subject_object: Some(partner) };
        self.tell(kind, about, At::Walked, |walk| {
            let relative = matches!(walk.reference.trajectory.objects[object as usize].origin, Origin::Static(_));
            let words = |count: Count| match count {
                IMMORTAL => "does not count them".to_owned(),
                count => format!("counts {}", count_words(Some(count), relative)),
            };
            let since = if relative { " since it was first met" } else { "" };
            format!("references to {}{since}: the reference {}, the subject {}", walk.label(about), words(there), words(here))
        });
    }

    fn tell_control_flow(&mut self) {
        if self.control_flow_told {
            return;
        }
        self.control_flow_told = true;
        self.tell(DivergenceKind::ControlFlow, About::default(), At::Next, |walk| {
            let words = |side: &Side| match side.place() {
                Some(place) => format!("goes on at {}", walk.listing.site(side.trajectory, place)),
                None => "is at its end".to_owned(),
            };
            format!("the reference {}, the subject {}", words(&walk.reference), words(&walk.subject))
        });
    }

    /// Objects that outlive the teardown on one side only and were not told by their frees.
    fn compare_survivors(&mut self) {
        let (there, here) = (self.reference.trajectory, self.subject.trajectory);
        let mut alive = [vec![false; there.objects.len()], vec![false; here.objects.len()]];
        for (alive, side) in alive.iter_mut().zip([there, here]) {
            for &object in &side.survivors {
                alive[object as usize] = true;
            }
        }
        for object in 0..there.objects.len() as ObjectId {
            let Some(partner) = self.reference.partner[object as usize] else { continue };
            let (theirs, ours) = (alive[0][object as usize], alive[1][partner as usize]);
            if theirs == ours {
                continue;
            }
            let about = About { object: Some(object), subject_object: Some(partner) };
            self.tell(DivergenceKind::NeverFreed, about, At::Next, |walk| {
                let (who, other) = if ours { ("subject", "reference") } else { ("reference", "subject") };
                format!("{} is alive after the teardown in the {who}, not in the {other}", walk.label(about))
            });
        }
    }

    fn compare_ends(&mut self) {
        let (there, here) = (self.reference.trajectory, self.subject.trajectory);
        let words = (outcome_words(&there.outcome), outcome_words(&here.outcome));
        let detail = if normalise::without_addresses(&words.0) != normalise::without_addresses(&words.1) {
            format!("the reference {}, the subject {}", words.0, words.1)
        } else if let Some(detail) = normalise::first_different_line(&there.output, &here.output) {
            detail
        } else {
            return;
        };
        self.tell(DivergenceKind::Outcome, About::default(), At::Next, |_| detail);
    }

    fn label(&self, about: About) -> String {
        match (about.object, about.subject_object) {
            (Some(object), _) => self.listing.label(self.reference.trajectory, object),
            (None, Some(object)) => self.listing.label(self.subject.trajectory, object),
            (None, None) => String::new(),
        }
    }

    /// Tells a divergence, unless its object has had one.
    fn tell(&mut self, kind: DivergenceKind, about: About, at: At, detail: impl FnOnce(&Self) -> String) {
        let mut new = about.object.is_none() && about.subject_object.is_none();
        for (told, object) in self.told.iter_mut().zip([about.object, about.subject_object]) {
            if let Some(object) = object {
                new |= !std::mem::replace(&mut told[object as usize], true);
            }
        }
        if !new {
            return;
        }
        if self.found.by_object.len() >= Comparison::MOST {
            self.found.untold += 1;
            return;
        }
        let behind = match at {
            At::Walked => 1,
            At::Next => 0,
        };
        let step = self.reference.walked - behind;
        let sites = |step: usize| -> Option<Site> {
            let step = self.reference.trajectory.steps.get(step)?;
            Some(self.listing.site(self.reference.trajectory, step.place))
        };
        let divergence = Divergence {
            kind,
            step,
            subject_step: self.subject.walked - behind,
            place: sites(step),
            cause: step.checked_sub(1).and_then(sites),
            object: about.object,
            subject_object: about.subject_object,
            type_name: match (about.object, about.subject_object) {
                (Some(object), _) => self.reference.trajectory.type_name(object).to_owned(),
                (None, Some(object)) => self.subject.trajectory.type_name(object).to_owned(),
                (None, None) => String::new(),
            },
            label: self.label(about),
            reference: about.object.and_then(|object| self.reference.counts[object as usize]),
            subject: about.subject_object.and_then(|object| self.subject.counts[object as usize]),
            owners: Vec::new(),
            detail: detail(self),
        };
        if self.found.first.is_none() {
            self.found.first = Some(divergence.clone());
        }
        self.found.by_object.push(divergence);
    }
}

/// What a place is compared by: frames by the reference's numbers where they are known to be the same.
fn key<'s>(side: &Side<'s>, place: Place, subject: bool) -> Key<'s> {
    match place {
        Place::Instruction { frame, offset } => match side.frame_partner[frame as usize] {
            Some(partner) => Key::Known(if subject { partner } else { frame }, offset),
            None => Key::New(side.trajectory.frames[frame as usize].code, offset),
        },
        Place::Teardown(Teardown::Outcome) => Key::Outcome,
        Place::Teardown(Teardown::Global(name)) => Key::Global(side.trajectory.name(name)),
        Place::Teardown(Teardown::Module(name)) => Key::Module(side.trajectory.name(name)),
        Place::Teardown(Teardown::Collection) => Key::Collection,
    }
}
