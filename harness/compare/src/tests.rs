//! Mutated trajectories: each mistake is found, at its step, under its name.

mod toy;

use refdrift_trace::{
    Constant, ConstantValue, Event, FrameInfo, IMMORTAL, ObjectInfo, Origin, Outcome, Place, Raised, Step, Teardown, Trajectory,
};

use crate::{AddressUse, Comparison, DivergenceKind, Subject, Unsupported, Verdict, VerdictKind, compare, verdict, walk};
use toy::{Rows, unit};

/// How many random runs each property is tried on.
const SEEDS: std::ops::Range<u64> = 0..60;

fn first(comparison: &Comparison) -> Option<(DivergenceKind, usize, Option<u32>)> {
    comparison.first.as_ref().map(|first| (first.kind, first.step, first.object))
}

/// Tries a mutation on every event of many runs. It says what is to be found, or that there is nothing to mutate.
fn each_event(mut mutate: impl FnMut(&Trajectory, &mut Rows, usize, usize) -> Option<(DivergenceKind, usize, Option<u32>)>) {
    let unit = unit();
    let mut tried = 0;
    for seed in SEEDS {
        let reference = toy::run(seed, 40);
        let rows = Rows::of(&reference);
        for step in 0..rows.0.len() {
            for event in 0..rows.0[step].1.len() {
                let mut mutated = rows.clone();
                let Some(expected) = mutate(&reference, &mut mutated, step, event) else { continue };
                let subject = mutated.into_trajectory(&reference);
                let comparison = compare(&unit, &reference, &subject);
                assert_eq!(first(&comparison), Some(expected), "seed {seed}, step {step}, event {event}");
                tried += 1;
            }
        }
    }
    assert!(tried > 50, "only {tried} mutations");
}

#[test]
fn a_trajectory_equals_itself() {
    let unit = unit();
    for seed in SEEDS {
        let reference = toy::run(seed, 80);
        assert!(reference.is_sound());
        assert_eq!(compare(&unit, &reference, &reference.clone()), Comparison::default());
        // The walk agrees with the short cut.
        assert_eq!(walk::Walk::new(&unit, &reference, &reference.clone(), false).run(), Comparison::default());
    }
}

#[test]
fn any_two_runs_can_be_compared() {
    let unit = unit();
    for seed in SEEDS {
        let reference = toy::run(seed, 60);
        for other in SEEDS {
            let subject = toy::run(other, 30 + other as usize);
            let comparison = compare(&unit, &reference, &subject);
            assert_eq!(comparison.agrees(), reference == subject);
            let steps = comparison.by_object.iter().map(|divergence| divergence.step);
            assert!(steps.is_sorted(), "{seed} {other}");
            assert!(comparison.by_object.iter().all(|divergence| !divergence.detail.is_empty()));
        }
    }
}

#[test]
fn names_may_be_numbered_otherwise() {
    let unit = unit();
    for seed in SEEDS {
        let reference = toy::run(seed, 40);
        let mut subject = reference.clone();
        subject.names.reverse();
        let last = subject.names.len() as u32 - 1;
        for info in &mut subject.objects {
            info.type_name = last - info.type_name;
        }
        for step in &mut subject.steps {
            if let Place::Teardown(Teardown::Global(name)) = &mut step.place {
                *name = last - *name;
            }
        }
        assert!(compare(&unit, &reference, &subject).agrees());
        assert!(walk::Walk::new(&unit, &reference, &subject, false).run().agrees());
        subject.names[last as usize] += "!";
        assert!(!compare(&unit, &reference, &subject).agrees(), "seed {seed}: the name of the first type");
    }
}

#[test]
fn one_reference_more_or_fewer() {
    for (change, kind) in [(1, DivergenceKind::ExtraReference), (-1, DivergenceKind::MissingReference)] {
        each_event(|_, rows, step, event| match &mut rows.0[step].1[event] {
            Event::Count { object, count } | Event::Seen { object, count } => {
                *count += change;
                Some((kind, step, Some(*object)))
            }
            _ => None,
        });
    }
}

#[test]
fn an_immortal_object_that_is_counted() {
    let unit = unit();
    let mut reference = toy::run(1, 10);
    let subject = reference.clone();
    for event in &mut reference.events {
        if let Event::Seen { count, .. } = event {
            *count = IMMORTAL;
            break;
        }
    }
    let found = compare(&unit, &reference, &subject).first.map(|first| (first.kind, first.detail));
    let (kind, detail) = found.unwrap_or((DivergenceKind::Outcome, String::new()));
    assert_eq!(kind, DivergenceKind::MissingReference);
    assert!(detail.ends_with("the reference does not count them, the subject counts 1"), "{detail}");
}

#[test]
fn a_free_that_does_not_happen() {
    each_event(|_, rows, step, event| match rows.0[step].1[event] {
        Event::Freed(object) => {
            rows.0[step].1.remove(event);
            Some((DivergenceKind::NeverFreed, step, Some(object)))
        }
        _ => None,
    });
}

#[test]
fn a_free_one_step_later() {
    each_event(|_, rows, step, event| match rows.0[step].1[event] {
        Event::Freed(object) if step + 1 < rows.0.len() => {
            let freed = rows.0[step].1.remove(event);
            rows.0[step + 1].1.insert(0, freed);
            Some((DivergenceKind::LateFree, step, Some(object)))
        }
        _ => None,
    });
}

#[test]
fn a_free_one_step_earlier() {
    each_event(|_, rows, step, event| match rows.0[step].1[event] {
        // Not before it is met.
        Event::Freed(object) if rows.0[..step - 1].iter().any(|(_, events)| toy::meets(events, object)) => {
            let freed = rows.0[step].1.remove(event);
            rows.0[step - 1].1.insert(0, freed);
            Some((DivergenceKind::EarlyFree, step - 1, Some(object)))
        }
        _ => None,
    });
}

#[test]
fn frees_in_another_order() {
    each_event(|_, rows, step, event| match rows.0[step].1.get(event..event + 2) {
        Some(&[Event::Freed(object), Event::Freed(_)]) => {
            rows.0[step].1.swap(event, event + 1);
            Some((DivergenceKind::FreeOrder, step, Some(object)))
        }
        _ => None,
    });
}

#[test]
fn a_slot_that_holds_something_else() {
    each_event(|reference, rows, step, event| match rows.0[step].1[event] {
        Event::Slot { slot, object } => {
            // Another object that is alive and known, or nothing.
            let other = toy::alive_before(reference, step).into_iter().find(|other| Some(*other) != object);
            if other == object {
                return None;
            }
            rows.0[step].1[event] = Event::Slot { slot, object: other };
            Some((DivergenceKind::Identity, step, object))
        }
        _ => None,
    });
}

/// Each side calls what it holds by its own name, though both call it object 0.
#[test]
fn each_side_names_what_it_holds() {
    let mut unit = unit();
    let constants = [2, 1].map(|value| {
        let constant = Constant { value: ConstantValue::Int(value), count: IMMORTAL, interned: false, there: true };
        unit.pool.push(constant);
        unit.pool.len() as u32 - 1
    });
    let [reference, subject] = constants.map(|constant| {
        let place = Place::Instruction { frame: 0, offset: 2 };
        let events = vec![Event::Seen { object: 0, count: IMMORTAL }, Event::Slot { slot: 0, object: Some(0) }];
        Trajectory {
            steps: vec![Step { place, events_end: events.len() as u32 }],
            events,
            objects: vec![ObjectInfo { origin: Origin::Constant(constant), type_name: 0 }],
            frames: vec![FrameInfo { code: 0 }],
            names: vec!["int".to_owned()],
            ..Trajectory::default()
        }
    });
    let first = compare(&unit, &reference, &subject).first.expect("a divergence");
    assert_eq!(first.kind, DivergenceKind::Identity);
    assert!(first.detail.contains(" holds constant 2 in the reference, constant 1 in the subject"), "{}", first.detail);
}

#[test]
fn another_way() {
    let unit = unit();
    for seed in SEEDS {
        let reference = toy::run(seed, 40);
        for step in 0..40 {
            // One boundary that the reference does not have: all that follows is still aligned.
            let mut rows = Rows::of(&reference);
            rows.0.insert(step, (Place::Instruction { frame: 0, offset: 2000 }, Vec::new()));
            let comparison = compare(&unit, &reference, &rows.into_trajectory(&reference));
            assert_eq!(first(&comparison), Some((DivergenceKind::ControlFlow, step, None)));
            assert_eq!(comparison.by_object.len(), 1, "{:#?}", comparison.by_object);
            // One that it leaves out: what happened there shows at the next.
            let mut rows = Rows::of(&reference);
            let (_, mut events) = rows.0.remove(step);
            events.append(&mut rows.0[step].1);
            rows.0[step].1 = events;
            let comparison = compare(&unit, &reference, &rows.into_trajectory(&reference));
            assert_eq!(first(&comparison), Some((DivergenceKind::ControlFlow, step, None)));
            assert_eq!(comparison.by_object.len(), 1, "{:#?}", comparison.by_object);
        }
    }
}

#[test]
fn a_subject_that_ends_early_or_late() {
    let unit = unit();
    let reference = toy::run(3, 40);
    let mut rows = Rows::of(&reference);
    rows.0.truncate(20);
    let comparison = compare(&unit, &reference, &rows.clone().into_trajectory(&reference));
    assert_eq!(first(&comparison), Some((DivergenceKind::ControlFlow, 20, None)));
    let comparison = compare(&unit, &rows.into_trajectory(&reference), &reference);
    assert_eq!(first(&comparison), Some((DivergenceKind::ControlFlow, 20, None)));
}

#[test]
fn every_object_has_its_own_first_divergence() {
    let unit = unit();
    let reference = toy::run(5, 60);
    let mut subject = reference.clone();
    for event in &mut subject.events {
        if let Event::Seen { count, .. } | Event::Count { count, .. } = event {
            *count += 1;
        }
    }
    let comparison = compare(&unit, &reference, &subject);
    assert_eq!(comparison.by_object.len(), reference.objects.len());
    assert_eq!(comparison.untold, 0);
    assert_eq!(comparison.first.as_ref(), comparison.by_object.first());
    assert_eq!(comparison.clone().into_divergences(), comparison.by_object);
}

#[test]
fn a_flood_is_counted() {
    let unit = unit();
    let reference = toy::run(5, 6000);
    let mut subject = reference.clone();
    for event in &mut subject.events {
        if let Event::Seen { count, .. } = event {
            *count += 1;
        }
    }
    let comparison = compare(&unit, &reference, &subject);
    assert_eq!(comparison.by_object.len(), Comparison::MOST);
    assert_eq!(comparison.by_object.len() + comparison.untold, reference.objects.len());
}

#[test]
fn survivors_that_no_free_told() {
    let unit = unit();
    let mut reference = toy::run(2, 20);
    let subject = reference.clone();
    // Something that was never freed in either, and that only the reference lists.
    let freed = toy::freed(&reference);
    let kept = (0..reference.objects.len() as u32).find(|object| !freed.contains(object));
    reference.survivors.retain(|object| Some(*object) != kept);
    let found = compare(&unit, &reference, &subject);
    assert_eq!(first(&found), Some((DivergenceKind::NeverFreed, reference.steps.len(), kept)));
}

#[test]
fn another_end_and_other_output() {
    let unit = unit();
    let reference = toy::run(1, 20);
    let mut subject = reference.clone();
    subject.output.push_str("more\n");
    let found = compare(&unit, &reference, &subject);
    assert_eq!(first(&found), Some((DivergenceKind::Outcome, reference.steps.len(), None)));
    let raised =
        |message: &str| Outcome::Raised(Raised { type_name: "ValueError".to_owned(), message: message.to_owned(), line: Some(3) });
    subject = reference.clone();
    subject.outcome = raised("no");
    let found = compare(&unit, &reference, &subject);
    let detail = found.first.as_ref().map(|first| first.detail.as_str());
    assert_eq!(detail, Some("the reference completes, the subject raises ValueError: no (line 3)"));
    // Addresses say nothing.
    let (mut reference, mut subject) = (reference.clone(), reference);
    reference.outcome = raised("<C object at 0x1234>");
    subject.outcome = raised("<C object at 0xabcd>");
    assert!(compare(&unit, &reference, &subject).agrees());
}

#[test]
fn the_cause_is_the_instruction_before() {
    let unit = unit();
    let reference = toy::run(0, 20);
    let mut subject = reference.clone();
    subject.steps.truncate(1);
    let found = compare(&unit, &reference, &subject).first;
    let sites = found.map(|first| (first.cause, first.place));
    let words = sites.map(|(cause, place)| (cause.map(|site| site.to_string()), place.map(|site| site.to_string())));
    let words = words.unwrap_or_default();
    assert_eq!(words.0.as_deref(), Some("LOAD_NAME a at 2 of <module> (line 1)"));
    assert_eq!(words.1.as_deref(), Some("LOAD_NAME b at 4 of <module> (line 1)"));
}

fn subject(trajectory: &Trajectory) -> Subject<'_> {
    Subject { trajectory, unsupported: None, address_use: None }
}

#[test]
fn verdicts() {
    let unit = unit();
    let reference = toy::run(4, 40);
    assert_eq!(verdict(&unit, &reference, &subject(&reference)), Verdict::Agreed);

    // Cut short: what came before is compared, what would have come after is not.
    let mut rows = Rows::of(&reference);
    rows.0.truncate(20);
    let mut short = rows.into_trajectory(&reference);
    short.output.clear();
    let unsupported = Some(Unsupported { what: "instruction SEND".to_owned(), line: Some(3) });
    let stopped = Subject { trajectory: &short, unsupported: unsupported.clone(), address_use: None };
    let expected = Verdict::Unsupported { what: "instruction SEND".to_owned(), line: Some(3) };
    assert_eq!(verdict(&unit, &reference, &stopped), expected);
    let mut drifted = short.clone();
    for event in &mut drifted.events {
        if let Event::Seen { count, .. } = event {
            *count += 1;
        }
    }
    let stopped = Subject { trajectory: &drifted, unsupported, address_use: None };
    assert_eq!(verdict(&unit, &reference, &stopped).kind(), VerdictKind::Diverged);

    // Broken off on both sides: they agree so far. On one only: they do not.
    let mut endless = reference.clone();
    endless.outcome = Outcome::BrokenOff;
    assert_eq!(verdict(&unit, &endless, &subject(&endless)), Verdict::Agreed);
    let mut longer = Rows::of(&reference);
    longer.0.truncate(30);
    let mut endless = longer.into_trajectory(&reference);
    endless.outcome = Outcome::BrokenOff;
    assert_eq!(verdict(&unit, &endless, &subject(&reference)).kind(), VerdictKind::Diverged);
    assert_eq!(verdict(&unit, &reference, &subject(&endless)).kind(), VerdictKind::Diverged);
}

#[test]
fn addresses_excuse_some_differences() {
    let unit = unit();
    let reference = toy::run(4, 40);
    let used = |step| Some(AddressUse { what: "id()".to_owned(), line: Some(1), step });
    let mut rows = Rows::of(&reference);
    rows.0.insert(10, (Place::Instruction { frame: 0, offset: 2000 }, Vec::new()));
    let other_way = rows.into_trajectory(&reference);
    for (step, kind) in [(10, VerdictKind::Incomparable), (11, VerdictKind::Diverged)] {
        let there = Subject { trajectory: &other_way, unsupported: None, address_use: used(step) };
        assert_eq!(verdict(&unit, &reference, &there).kind(), kind);
    }
    // A count is no matter of addresses.
    let mut miscounted = reference.clone();
    if let Some(Event::Seen { count, .. }) = miscounted.events.iter_mut().find(|event| matches!(event, Event::Seen { .. })) {
        *count += 1;
    }
    let there = Subject { trajectory: &miscounted, unsupported: None, address_use: used(0) };
    assert_eq!(verdict(&unit, &reference, &there).kind(), VerdictKind::Diverged);
}
