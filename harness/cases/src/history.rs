//! What the reference did with named objects.

use std::collections::HashMap;

use refdrift_compare::Listing;
use refdrift_isa::Op;
use refdrift_trace::{
    CodeId, CodeObject, CodeUnit, Count, Event, FrameId, IMMORTAL, ObjectId, Origin, Place, SlotKind, Teardown, Trajectory,
};

use crate::{ExpectedCount, ExpectedFree, FreeAt};

/// The name in a case file for what lies on top of the stack.
const TOP: &str = "<top>";

/// The statements that do not hold, each with the line of the file that makes it, and whether another one would hold.
pub(crate) fn failures(
    counts: &[ExpectedCount],
    frees: &[ExpectedFree],
    unit: &CodeUnit,
    reference: &Trajectory,
) -> Vec<(u32, String, bool)> {
    let Played { found, freed, names } = played(counts, unit, reference);
    let counts = counts
        .iter()
        .zip(found)
        .filter_map(|(count, found)| Some((count.line, differs(count, &found)?, matches!(found, Found::Count(_)))));
    let some_freed = !frees_of(frees, &freed, &names, reference).is_empty();
    let frees = compare_frees(frees, &freed, &names, reference).map(|(line, message)| (line, message, some_freed));
    counts.chain(frees).collect()
}

/// What the reference did.
pub(crate) struct Played<'a> {
    /// What was found for each expected count.
    pub(crate) found: Vec<Found>,
    /// All that was freed, in order.
    pub(crate) freed: Vec<(ObjectId, FreeAt)>,
    /// Every name that each object was ever bound to.
    pub(crate) names: Vec<Vec<&'a str>>,
}

/// Walks the reference's boundaries.
pub(crate) fn played<'a>(counts: &'a [ExpectedCount], unit: &'a CodeUnit, reference: &'a Trajectory) -> Played<'a> {
    let mut history = History::new(unit, reference, counts);
    for step in 0..reference.steps.len() {
        history.step(step);
    }
    let History { freed, names, found, .. } = history;
    Played { found, freed, names }
}

/// What was found for an expected count.
pub(crate) enum Found {
    NotReached,
    Unbound,
    /// It existed before: only the changes of its count are known.
    Relative,
    Count(Count),
}

pub(crate) fn differs(expected: &ExpectedCount, found: &Found) -> Option<String> {
    let words = |count: Count| match count {
        IMMORTAL => "immortal".to_owned(),
        1 => "1 reference".to_owned(),
        count => format!("{count} references"),
    };
    let ExpectedCount { at, before, name, count, .. } = expected;
    let instruction = before.as_ref().map_or("instruction".to_owned(), Clone::clone);
    match found {
        Found::Count(found) if found == count => None,
        Found::Count(found) => Some(format!("`{name}` has {} before line {at}, not {}", words(*found), words(*count))),
        Found::Relative => Some(format!("`{name}` existed before the snippet: its count is not the snippet's alone")),
        Found::Unbound => Some(format!("`{name}` is bound to nothing before line {at}")),
        Found::NotReached => Some(format!("no {instruction} of line {at} is executed")),
    }
}

/// The walk over the reference's boundaries.
struct History<'a> {
    listing: Listing<'a>,
    reference: &'a Trajectory,
    expected: &'a [ExpectedCount],
    found: Vec<Found>,
    slots: Vec<Vec<Option<ObjectId>>>,
    counts: Vec<Count>,
    /// What `STORE_NAME` and `STORE_GLOBAL` bound; the module's frame is the first one.
    variables: HashMap<(FrameId, &'a str), ObjectId>,
    /// What `STORE_DEREF` bound last to a variable of that name.
    cells: HashMap<&'a str, ObjectId>,
    /// Every name that an object was ever bound to.
    names: Vec<Vec<&'a str>>,
    freed: Vec<(ObjectId, FreeAt)>,
}

impl<'a> History<'a> {
    fn new(unit: &'a CodeUnit, reference: &'a Trajectory, expected: &'a [ExpectedCount]) -> Self {
        Self {
            listing: Listing::new(unit),
            reference,
            expected,
            found: expected.iter().map(|_| Found::NotReached).collect(),
            slots: vec![Vec::new(); reference.frames.len()],
            counts: vec![0; reference.objects.len()],
            variables: HashMap::new(),
            cells: HashMap::new(),
            names: vec![Vec::new(); reference.objects.len()],
            freed: Vec::new(),
        }
    }

    fn step(&mut self, step: usize) {
        let place = self.reference.steps[step].place;
        let frame = match place {
            Place::Instruction { frame, .. } => Some(frame),
            Place::Teardown(_) => None,
        };
        for event in self.reference.events_of(step) {
            match *event {
                Event::Freed(object) => {
                    let at = self.freed_at(step);
                    self.freed.push((object, at));
                }
                Event::Seen { object, count } | Event::Count { object, count } => self.counts[object as usize] = count,
                Event::Slot { slot, object } => {
                    if let Some(frame) = frame {
                        self.set_slot(frame, slot, object);
                    }
                }
            }
        }
        if let Place::Instruction { frame, offset } = place
            && let Some((code, object)) = self.listing.code_of(self.reference, frame)
        {
            self.look(frame, code, object, offset);
            self.bind(frame, code, object, offset);
        }
    }

    /// What freed the objects that a step tells as freed: the instruction of the boundary before.
    fn freed_at(&self, step: usize) -> FreeAt {
        match self.reference.steps[step].place {
            Place::Teardown(Teardown::Collection) => FreeAt::Collection,
            Place::Teardown(_) => FreeAt::Teardown,
            Place::Instruction { .. } => {
                let cause = step.checked_sub(1).map(|step| self.reference.steps[step].place);
                FreeAt::Line(cause.and_then(|place| self.listing.site(self.reference, place).line).unwrap_or(0))
            }
        }
    }

    fn set_slot(&mut self, frame: FrameId, slot: u16, object: Option<ObjectId>) {
        let slots = &mut self.slots[frame as usize];
        let index = usize::from(slot);
        if slots.len() <= index {
            slots.resize(index + 1, None);
        }
        slots[index] = object;
        if let Some(object) = object
            && let Some((_, code)) = self.listing.code_of(self.reference, frame)
            && is_plain_local(code, index)
        {
            let name = self.listing.unit().text(code.localsplusnames[index]);
            self.name(object, name);
        }
    }

    fn name(&mut self, object: ObjectId, name: &'a str) {
        let names = &mut self.names[object as usize];
        if !names.contains(&name) {
            names.push(name);
        }
    }

    fn top(&self, frame: FrameId, code: &CodeObject) -> Option<ObjectId> {
        let stack = self.slots[frame as usize].get(code.localsplusnames.len()..)?;
        stack.iter().rev().find_map(|object| *object)
    }

    /// Answers the expectations that are about this boundary.
    fn look(&mut self, frame: FrameId, code: CodeId, object: &'a CodeObject, offset: u32) {
        if self.found.iter().all(|found| !matches!(found, Found::NotReached)) {
            return;
        }
        let Some(line) = self.listing.line(code, offset) else { return };
        for (index, expected) in self.expected.iter().enumerate() {
            let name_fits = |name: &String| *name == self.listing.name(code, offset);
            if expected.at != line
                || !matches!(self.found[index], Found::NotReached)
                || !expected.before.as_ref().is_none_or(name_fits)
            {
                continue;
            }
            self.found[index] = match self.look_up(frame, object, &expected.name) {
                None => Found::Unbound,
                Some(bound) if matches!(self.reference.objects[bound as usize].origin, Origin::Static(_)) => Found::Relative,
                Some(bound) => Found::Count(self.counts[bound as usize]),
            };
        }
    }

    fn look_up(&self, frame: FrameId, code: &CodeObject, name: &str) -> Option<ObjectId> {
        if name == TOP {
            return self.top(frame, code);
        }
        let unit = self.listing.unit();
        match code.localsplusnames.iter().position(|id| unit.text(*id) == name) {
            Some(slot) if is_plain_local(code, slot) => self.slots[frame as usize].get(slot).copied().flatten(),
            Some(_) => self.cells.get(name).copied(),
            None => self.variables.get(&(frame, name)).or_else(|| self.variables.get(&(0, name))).copied(),
        }
    }

    /// Follows the stores and deletes of variables that are in no slot: what is on top of the stack now is bound then.
    fn bind(&mut self, frame: FrameId, code: CodeId, object: &'a CodeObject, offset: u32) {
        let unit = self.listing.unit();
        let name = |ids: &[u32], arg: u32| ids.get(arg as usize).map_or("?", |id| unit.text(*id));
        for instr in self.listing.instrs(code, offset).to_vec() {
            let frame = match instr.op {
                Op::StoreGlobal | Op::DeleteGlobal => 0,
                _ => frame,
            };
            match instr.op {
                Op::StoreName | Op::StoreGlobal => {
                    let name = name(&object.names, instr.arg);
                    if let Some(bound) = self.top(frame, object) {
                        self.variables.insert((frame, name), bound);
                        self.name(bound, name);
                    }
                }
                Op::DeleteName | Op::DeleteGlobal => {
                    self.variables.remove(&(frame, name(&object.names, instr.arg)));
                }
                Op::StoreDeref => {
                    let name = name(&object.localsplusnames, instr.arg);
                    if let Some(bound) = self.top(frame, object) {
                        self.cells.insert(name, bound);
                        self.name(bound, name);
                    }
                }
                Op::DeleteDeref => {
                    self.cells.remove(name(&object.localsplusnames, instr.arg));
                }
                _ => {}
            }
        }
    }
}

/// A slot that holds the variable's object itself, not a cell with it.
fn is_plain_local(code: &CodeObject, slot: usize) -> bool {
    let shared = SlotKind::CELL | SlotKind::FREE;
    slot < code.localsplusnames.len() && code.localspluskinds.get(slot).is_none_or(|kind| kind & shared == 0)
}

/// Compares the frees of the objects that go by the expected names, and of no others.
pub(crate) fn compare_frees(
    expected: &[ExpectedFree],
    freed: &[(ObjectId, FreeAt)],
    names: &[Vec<&str>],
    reference: &Trajectory,
) -> Option<(u32, String)> {
    let first = expected.first()?;
    let goes_by = |object: ObjectId, name: &str| goes_by(object, name, names, reference);
    let words = |object: ObjectId| match names[object as usize].as_slice() {
        [] => format!("<{}>", reference.type_name(object)),
        names => names.join("/"),
    };
    let asked = freed.iter().filter(|(object, _)| expected.iter().any(|expected| goes_by(*object, &expected.name)));
    let asked = asked.copied().collect::<Vec<_>>();
    let order = || {
        let order = asked.iter().map(|(object, at)| format!("{} ({})", words(*object), at_words(*at))).collect::<Vec<_>>();
        if order.is_empty() {
            "none of them is freed".to_owned()
        } else {
            format!("they are freed in the order {}", order.join(", "))
        }
    };
    for (index, expected) in expected.iter().enumerate() {
        let Some((object, at)) = asked.get(index) else {
            return Some((expected.line, format!("`{}` is not freed: {}", expected.name, order())));
        };
        if !goes_by(*object, &expected.name) {
            return Some((expected.line, format!("`{}` is not freed then: {}", expected.name, order())));
        }
        if let Some(expected_at) = expected.at.filter(|expected| expected != at) {
            let message = format!("`{}` is freed {}, not {}", expected.name, at_words(*at), at_words(expected_at));
            return Some((expected.line, message));
        }
    }
    (asked.len() > expected.len()).then(|| (first.line, format!("more objects of these names are freed: {}", order())))
}

/// Whether an object goes by a name: a variable's, or `<type>` for one without.
fn goes_by(object: ObjectId, name: &str, names: &[Vec<&str>], reference: &Trajectory) -> bool {
    match name.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
        Some(type_name) => names[object as usize].is_empty() && reference.type_name(object) == type_name,
        None => names[object as usize].contains(&name),
    }
}

/// The frees of the objects that go by the expected names, as a case would state them.
pub(crate) fn frees_of(
    expected: &[ExpectedFree],
    freed: &[(ObjectId, FreeAt)],
    names: &[Vec<&str>],
    reference: &Trajectory,
) -> Vec<(String, Option<FreeAt>)> {
    // Each name stands for as many objects as it is listed, then for as many as there are.
    let mut unused: Vec<&ExpectedFree> = expected.iter().collect();
    let asked = freed.iter().filter_map(|&(object, at)| {
        let by = |free: &&ExpectedFree| goes_by(object, &free.name, names, reference);
        let listed = match unused.iter().position(by) {
            Some(place) => unused.remove(place),
            None => expected.iter().find(by)?,
        };
        Some((listed.name.clone(), listed.at.map(|_| at)))
    });
    asked.collect()
}

fn at_words(at: FreeAt) -> String {
    match at {
        FreeAt::Line(line) => format!("by line {line}"),
        FreeAt::Teardown => "by the teardown".to_owned(),
        FreeAt::Collection => "by the collection".to_owned(),
    }
}
