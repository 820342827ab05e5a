//! What the calls of a survey have done to references.

use std::collections::HashMap;

use refdrift_cases::{Container, Contract, Mode, ResultKind};
use refdrift_compare::Listing;
use refdrift_trace::{ConstantValue, Count, Event, FrameId, IMMORTAL, ObjectId, Observation, Origin, Place, Trajectory};

use super::FunctionSurvey;
use super::calls::{self, Call, Script, TIMES};

/// All that is known at one boundary.
#[derive(Clone, Default)]
struct Sight {
    /// By object; none for one that is gone.
    counts: Vec<Option<Count>>,
    /// The locals of the frame that makes the call, by name.
    locals: HashMap<String, ObjectId>,
}

impl Sight {
    /// The small number that a local holds.
    fn number(&self, seen: &Observation, local: &str) -> Option<Count> {
        let trajectory = &seen.trajectory;
        match trajectory.objects[*self.locals.get(local)? as usize].origin {
            Origin::Static(name) => trajectory.name(name).strip_prefix("int ")?.parse().ok(),
            Origin::Constant(constant) => match seen.unit.pool.get(constant as usize)?.value {
                ConstantValue::Int(number) => Some(number as Count),
                _ => None,
            },
            Origin::Created => None,
        }
    }

    /// Whether an object is one of the numbers that the survey itself has made.
    fn is_number(&self, object: ObjectId) -> bool {
        self.locals.iter().any(|(local, held)| *held == object && calls::is_held(local))
    }
}

/// One time that a call was made.
#[derive(Default)]
struct Time {
    before: Option<Sight>,
    result: Option<Sight>,
    after: Option<Sight>,
    raised: bool,
}

/// Notes what is wrong with the calls of a run. Hands back how many of them came to their end.
pub(super) fn watch(
    seen: &Observation,
    script: &Script,
    calls: &[Call],
    contract: &Contract,
    function: &str,
    surveyed: &mut FunctionSurvey,
) -> usize {
    let mut walk = Walk { seen, listing: Listing::new(&seen.unit), counts: Vec::new(), slots: HashMap::new() };
    let times = walk.run(script);
    let mut done = 0;
    for (call, times) in calls.iter().zip(&times) {
        if times.iter().all(|time| time.after.is_some()) {
            done += 1;
        }
        if times.iter().any(|time| time.raised) {
            surveyed.raised += 1;
        }
        let words = call.words(function);
        for what in findings(seen, call, contract, times) {
            surveyed.find(what, &words);
        }
    }
    done
}

struct Walk<'a> {
    seen: &'a Observation,
    listing: Listing<'a>,
    counts: Vec<Option<Count>>,
    slots: HashMap<(FrameId, u16), ObjectId>,
}

impl Walk<'_> {
    /// Goes through the run and keeps what there is at the marks, by call and time.
    fn run(&mut self, script: &Script) -> Vec<[Time; TIMES]> {
        let mut times: Vec<[Time; TIMES]> = script.marks.iter().map(|_| <[Time; TIMES]>::default()).collect();
        let trajectory = &self.seen.trajectory;
        let mut line_of: HashMap<u32, (usize, usize)> = HashMap::new();
        for (call, marks) in script.marks.iter().enumerate() {
            for (time, marks) in marks.iter().enumerate() {
                for line in [marks.before, marks.raised, marks.result, marks.after] {
                    line_of.insert(line, (call, time));
                }
            }
        }
        for (index, step) in trajectory.steps.iter().enumerate() {
            let frame = match step.place {
                Place::Instruction { frame, .. } => Some(frame),
                Place::Teardown(_) => None,
            };
            self.apply(index, frame);
            let (Some(frame), Some(line)) = (frame, self.listing.site(trajectory, step.place).line) else { continue };
            let Some(&(call, time)) = line_of.get(&line) else { continue };
            let marks = script.marks[call][time];
            let time = &mut times[call][time];
            let place = match line {
                line if line == marks.before => &mut time.before,
                line if line == marks.result => &mut time.result,
                line if line == marks.after => &mut time.after,
                _ => {
                    time.raised = true;
                    continue;
                }
            };
            if place.is_none() {
                *place = Some(self.sight(frame));
            }
        }
        times
    }

    fn apply(&mut self, step: usize, frame: Option<FrameId>) {
        for event in self.seen.trajectory.events_of(step) {
            match *event {
                Event::Freed(object) => self.counts[object as usize] = None,
                Event::Seen { object, count } => {
                    self.counts.resize(self.counts.len().max(object as usize + 1), None);
                    self.counts[object as usize] = Some(count);
                }
                Event::Count { object, count } => self.counts[object as usize] = Some(count),
                Event::Slot { slot, object } => {
                    let Some(frame) = frame else { continue };
                    match object {
                        Some(object) => self.slots.insert((frame, slot), object),
                        None => self.slots.remove(&(frame, slot)),
                    };
                }
            }
        }
    }

    fn sight(&self, frame: FrameId) -> Sight {
        let code = &self.seen.unit.codes[self.seen.trajectory.frames[frame as usize].code as usize];
        let names = code.localsplusnames.iter().enumerate();
        let held = names.filter_map(|(slot, &name)| {
            let object = self.slots.get(&(frame, slot as u16))?;
            Some((self.seen.unit.text(name).to_owned(), *object))
        });
        Sight { counts: self.counts.clone(), locals: held.collect() }
    }
}

/// What is wrong with one call, by the difference that its last time has made.
fn findings(seen: &Observation, call: &Call, contract: &Contract, times: &[Time; TIMES]) -> Vec<String> {
    let trajectory = &seen.trajectory;
    let mut found = Vec::new();
    let [first, earlier, last] = times;
    let (Some(start), Some(result), Some(end)) = (&earlier.after, &last.result, &last.after) else { return found };
    let returned = result.locals.get("result").copied();
    let role = |object: ObjectId| start.locals.iter().filter(|(_, held)| **held == object).map(|(name, _)| name.as_str()).min();
    for object in 0..end.counts.len() as ObjectId {
        if start.is_number(object) || end.is_number(object) {
            continue;
        }
        let before = start.counts.get(object as usize).copied().flatten();
        let after = end.counts[object as usize];
        let made = before.is_none();
        let change = match (before, after) {
            (Some(IMMORTAL), _) | (_, Some(IMMORTAL)) | (None, None) => continue,
            (Some(before), Some(after)) => after - before,
            (Some(before), None) => -before,
            // Made by the last call, and still there.
            (None, Some(after)) => after,
        };
        let name = role(object);
        let argument = name.and_then(|name| name.strip_prefix('a')).and_then(|number| number.parse::<usize>().ok());
        // What the call has put into an argument, or taken out of it, is held by it.
        let held = |sight: &Sight| name.and_then(|name| sight.number(seen, &calls::held(name))).unwrap_or(0);
        let moved = held(end) - held(start);
        let allowed = match argument.map_or(Mode::Borrows, |position| contract.mode(position)) {
            Mode::Borrows => moved..=moved,
            Mode::Keeps => moved..=moved + 1,
            Mode::Steals => moved - 1..=moved,
        };
        if allowed.contains(&change) {
            continue;
        }
        let is_result = returned == Some(object) && !last.raised;
        let thing = match name {
            Some(_) if argument.is_some() => format!("argument {}", argument.unwrap_or_default()),
            Some(name) if name.starts_with('i') => {
                format!("an item of argument {}", name[1..].split('_').next().unwrap_or_default())
            }
            _ if made && last.raised => "its exception".to_owned(),
            _ if is_result && made => "its result".to_owned(),
            _ => format!("a reference to {}", described(trajectory, object)),
        };
        found.push(match change {
            1.. => format!("leaks {thing}"),
            _ if is_result => format!("returns {thing} borrowed"),
            _ => format!("gives back {thing}, which it does not own"),
        });
    }
    if let (Some(before), Some(after)) = (&first.before, &first.after) {
        for (position, _) in call.0.iter().enumerate().filter(|(position, _)| contract.mode(*position) == Mode::Keeps) {
            let count = |sight: &Sight| sight.counts[*sight.locals.get(&format!("a{position}"))? as usize];
            if !first.raised && count(after) == count(before) && count(before) != Some(IMMORTAL) {
                found.push(format!("does not keep argument {position}"));
            }
        }
    }
    if !last.raised
        && let (Some(returned), Some(wanted)) = (returned, &contract.result)
        && let Some(wrong) = wrong_result(trajectory, contract, wanted, returned, start, result)
    {
        found.push(wrong);
    }
    found.sort();
    found.dedup();
    found
}

/// How what was returned differs from what the contract says.
fn wrong_result(
    trajectory: &Trajectory,
    contract: &Contract,
    wanted: &ResultKind,
    returned: ObjectId,
    start: &Sight,
    result: &Sight,
) -> Option<String> {
    let position = |name: &str| contract.parameters.iter().flatten().position(|parameter| parameter.name == name);
    let held = |local: Option<String>| local.and_then(|local| result.locals.get(&local)).copied();
    let (right, words) = match wanted {
        ResultKind::None => (trajectory.type_name(returned) == "NoneType", "None".to_owned()),
        ResultKind::Argument(name) => {
            let argument = held(position(name).map(|position| format!("a{position}")));
            (argument == Some(returned), format!("argument {name}"))
        }
        ResultKind::Item(index, name) => {
            let item = held(position(name).map(|position| format!("i{position}_{index}")));
            // Of what has no such item that is known nothing is known.
            (item.is_none_or(|item| item == returned), format!("item {index} of {name}"))
        }
        ResultKind::New(container, _) => {
            let known = start.counts.get(returned as usize).is_some_and(Option::is_some);
            // There is one empty tuple.
            let right = trajectory.type_name(returned) == container.name() && (!known || *container == Container::Tuple);
            (right, format!("a new {}", container.name()))
        }
    };
    (!right).then(|| format!("returns {}, not {words}", described(trajectory, returned)))
}

fn described(trajectory: &Trajectory, object: ObjectId) -> String {
    match trajectory.objects[object as usize].origin {
        Origin::Static(name) => trajectory.name(name).to_owned(),
        Origin::Created => format!("a {}", trajectory.type_name(object)),
        Origin::Constant(_) if trajectory.type_name(object) == "NoneType" => "None".to_owned(),
        Origin::Constant(_) => format!("a constant {}", trajectory.type_name(object)),
    }
}
