//! Names for objects: the first variable that each one was bound to, `self` only where there is no other.

use refdrift_compare::Listing;
use refdrift_isa::{ArgKind, Op};
use refdrift_trace::{Event, ObjectId, Origin, Place, Trajectory};

use crate::replay::Replay;

/// By object, the first name it was bound to in the run.
pub(crate) fn first_names(listing: &Listing<'_>, trajectory: &Trajectory) -> Vec<Option<String>> {
    let unit = listing.unit();
    let mut names: Vec<Option<String>> = vec![None; trajectory.objects.len()];
    let mut give = |object: ObjectId, name: &str| {
        let known = names.get_mut(object as usize).filter(|known| known.as_deref().is_none_or(|known| known == "self"));
        let made = trajectory.objects.get(object as usize).is_some_and(|info| info.origin == Origin::Created);
        if let (Some(known), true) = (known, made) {
            *known = Some(name.to_owned());
        }
    };
    let mut replay = Replay::new(trajectory);
    for (index, step) in trajectory.steps.iter().enumerate() {
        let Place::Instruction { frame, offset } = step.place else { break };
        replay.advance();
        let Some((id, code)) = listing.code_of(trajectory, frame) else { continue };
        let locals = code.localsplusnames.len();
        for event in trajectory.events_of(index) {
            if let Event::Slot { slot, object: Some(object) } = *event
                && let Some(name) = code.localsplusnames.get(usize::from(slot))
                && trajectory.type_name(object) != "cell"
            {
                give(object, unit.text(*name));
            }
        }
        for instr in listing.instrs(id, offset) {
            let from = match instr.op.arg_kind() {
                ArgKind::Name => &code.names,
                ArgKind::Local => &code.localsplusnames,
                _ => continue,
            };
            if matches!(instr.op, Op::StoreName | Op::StoreGlobal | Op::StoreDeref)
                && let Some(name) = from.get(instr.arg as usize)
                && let Some(object) = replay.top(frame, locals)
            {
                give(object, unit.text(*name));
            }
        }
    }
    names
}
