//! What was recorded now, and what was before.

use std::collections::BTreeSet;

use refdrift_compare::without_addresses;
use refdrift_trace::{
    CodeUnit, CompileAnswer, Event, IMMORTAL, MemberValue, ModuleAnswer, Observation, Origin, Outcome, Response, Trajectory,
};

use super::{Conversation, Message, Recorded, decode};

/// The flag of a class whose attributes are in CPython's cache (`Py_TPFLAGS_VALID_VERSION_TAG`).
const VALID_VERSION_TAG: u64 = 1 << 19;

/// What recording changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The names of cases of which something else is kept than before, or which were not there.
    pub new: Vec<String>,
    /// Cases that are as they were.
    pub left: usize,
    /// Cases that are there no more.
    pub gone: usize,
}

impl Recorded {
    /// This, and what was there before; if all cases there are have been recorded now (`whole`), nothing but this. Cases that
    /// do what they did stay as they are, and so do answers.
    pub fn after(self, before: Self, whole: bool) -> (Self, Changes) {
        let Self { mut cases, mut answers } = before;
        let there = cases.len();
        cases.retain(|case, _| !whole || self.cases.contains_key(case));
        let mut changes = Changes { gone: there - cases.len(), ..Changes::default() };
        for (case, now) in self.cases {
            match cases.get(&case) {
                Some(before) if before.says_the_same(&now) && now.asked.iter().all(|asked| answers.contains_key(asked)) => {
                    changes.left += 1;
                }
                _ => {
                    changes.new.push(case.clone());
                    cases.insert(case, now);
                }
            }
        }
        for (request, now) in self.answers {
            if !answers.get(&request).is_some_and(|before| is_same_answer(before, &now)) {
                answers.insert(request, now);
            }
        }
        let mut merged = Self { cases, answers };
        merged.forget_what_nobody_asks();
        (merged, changes)
    }

    fn forget_what_nobody_asks(&mut self) {
        let asked: BTreeSet<&Message> = self.cases.values().flat_map(|kept| &kept.asked).collect();
        self.answers.retain(|request, _| asked.contains(request));
    }
}

impl Conversation {
    /// Whether CPython did the same, and all that the VM asks is in both.
    fn says_the_same(&self, other: &Self) -> bool {
        let same_case = (self.source, &self.beside, self.step_limit) == (other.source, &other.beside, other.step_limit);
        let said = |kept: &Self| kept.said().map(|said| said.map(comparable));
        self == other
            || same_case && self.asked == other.asked && said(self).is_some_and(|said_here| Some(said_here) == said(other))
    }
}

/// Whether two answers are the same.
fn is_same_answer(one: &Message, other: &Message) -> bool {
    let read = |answer: &Message| decode(answer).map(comparable);
    one == other || read(one).is_some_and(|one| Some(one) == read(other))
}

/// Without what tells of the process that said it: how often it holds what its own code has, too, what its cache of
/// attributes has seen, and the addresses that it printed.
fn comparable(mut response: Response) -> Response {
    match &mut response {
        Response::Finished(seen) => in_any_process(seen),
        Response::Crashed(crash) => crash.seen.iter_mut().for_each(in_any_process),
        Response::Module(ModuleAnswer::Python { unit, .. }) => uncount(unit),
        Response::Compiled(answer) => {
            if let CompileAnswer::Code(unit) = &mut **answer {
                uncount(unit);
            }
        }
        Response::Members(members) => {
            for member in members.iter_mut().flatten() {
                if let MemberValue::Type(class) = &mut member.value {
                    class.flags &= !VALID_VERSION_TAG;
                }
            }
        }
        _ => {}
    }
    response
}

/// Counts constants from what they had when the run began, and leaves out addresses.
fn in_any_process(seen: &mut Observation) {
    let Trajectory { events, objects, output, outcome, .. } = &mut seen.trajectory;
    *output = without_addresses(output).into_owned();
    if let Outcome::Raised(raised) = outcome {
        raised.message = without_addresses(&raised.message).into_owned();
    }
    for event in events {
        if let Event::Seen { object, count } | Event::Count { object, count } = event
            && *count != IMMORTAL
            && let Some(Origin::Constant(constant)) = objects.get(*object as usize).map(|info| info.origin)
            && let Some(constant) = seen.unit.pool.get(constant as usize)
        {
            *count = count.wrapping_sub(constant.count);
        }
    }
    uncount(&mut seen.unit);
}

fn uncount(unit: &mut CodeUnit) {
    for constant in &mut unit.pool {
        constant.count = 0;
        constant.interned = false;
        constant.there = false;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use refdrift_trace::{Constant, ConstantValue, ObjectInfo, Place, PyVersion, Step};

    use super::super::{Columns, Said, encode};
    use super::*;

    /// A run that sees a constant of which there are so many references, and counts one more.
    fn run(references: i32, more: i32, output: &str) -> Conversation {
        let constant = |count| Constant { value: ConstantValue::None, count, interned: false, there: true };
        let unit = CodeUnit {
            version: PyVersion::new(3, 11, 7),
            filename: "a/b".to_owned(),
            pool: vec![constant(references)],
            codes: Vec::new(),
            siblings: Vec::new(),
            library: Vec::new(),
        };
        let mut trajectory = Trajectory {
            steps: vec![Step { place: Place::Instruction { frame: 0, offset: 0 }, events_end: 1 }],
            events: vec![Event::Seen { object: 0, count: references + more }],
            objects: vec![ObjectInfo { origin: Origin::Constant(0), type_name: 0 }],
            output: output.to_owned(),
            outcome: Outcome::Completed,
            ..Trajectory::default()
        };
        let columns = Columns::of(&trajectory);
        (trajectory.steps, trajectory.events) = (Vec::new(), Vec::new());
        let said: Said = Ok(Response::Finished(Box::new(Observation { unit, trajectory })));
        Conversation {
            source: 1,
            beside: Vec::new(),
            step_limit: 9,
            said: encode(&said).unwrap(),
            run: encode(&columns).unwrap(),
            asked: vec![Arc::from([7])],
        }
    }

    fn recorded(cases: &[(&str, Conversation)]) -> Recorded {
        let answers = [(Message::from([7]), Message::from([8])), (Message::from([6]), Message::from([8]))];
        Recorded { cases: cases.iter().map(|(name, kept)| ((*name).to_owned(), kept.clone())).collect(), answers: answers.into() }
    }

    #[test]
    fn what_does_what_it_did_stays_as_it_was() {
        let there = "<D object at 0x7f01>";
        let before = recorded(&[("a/b", run(5, 1, there)), ("a/c", run(5, 1, "")), ("a/gone", run(5, 1, ""))]);
        let now = recorded(&[("a/b", run(9, 1, "<D object at 0x7f02>")), ("a/c", run(5, 2, "")), ("a/new", run(5, 1, "other"))]);
        let (merged, changes) = now.clone().after(before.clone(), true);
        assert_eq!(changes, Changes { new: vec!["a/c".to_owned(), "a/new".to_owned()], left: 1, gone: 1 });
        assert_eq!(merged.cases["a/b"], run(5, 1, there), "only the process was another");
        assert_eq!(merged.cases["a/c"], run(5, 2, ""));
        assert_eq!(merged.answers.len(), 1, "what nobody asks is gone");
        let (merged, changes) = now.after(before, false);
        assert_eq!((merged.cases.len(), changes.gone), (4, 0));
    }
}
