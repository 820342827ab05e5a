//! Does a finding's program become small? Each fault leaves out one retain or release in the VM; some of them only on the error
//! path.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use refdrift_cases::{Case, load};
use refdrift_generate::{Generator, Profile};
use refdrift_record::Signature;
use refdrift_runner::faults::{self, Sites};
use refdrift_runner::{Examiner, Limits, Pool, PythonSpec, ShrinkError, Workshop, select, shrink};
use refdrift_vm::{Fault, Vm};

/// What a person reads without effort.
const LINES: usize = 10;

/// How many generated programs are looked at for one that shows a fault.
const GENERATED: u64 = 100;

const FAULTS: &[&str] = &[
    "eval/data.rs::binary_with release 1 left-out failing",
    "eval/data.rs::binary_with release 2 left-out failing",
    "eval/data.rs::store_subscr release 2 left-out",
    "eval/data.rs::binary_with release 2 left-out",
    "eval/data.rs::delete_subscr release 2 left-out",
    "eval/data.rs::for_iter release 1 left-out",
    "eval/data.rs::format_op release 1 left-out",
    "eval/names.rs::load_deref retain 1 left-out",
    "eval/exceptions.rs::pop_except release_option 1 left-out",
    "eval/calls.rs::release_from release 1 left-out",
    "eval/names.rs::store_attr release 1 left-out",
    "eval/data.rs::unpack_with release 1 left-out",
];

fn pool() -> Pool {
    let python = select(&[PythonSpec::Default]).expect("a Python with a shared library").remove(0);
    let program = Workshop::new().provide(&python, &mut |_| {}).expect("an observer");
    Pool::start(vec![(program, None)], Arc::new(AtomicBool::new(false))).expect("an observer that starts")
}

fn named(fault: &str) -> Fault {
    let sites = Sites::read(Workshop::new().workspace()).expect("the VM's source");
    faults::named(fault, &sites).expect("a fault")
}

fn programs() -> Vec<Case> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    load(std::slice::from_ref(&folder), &folder).expect("the programs")
}

fn on_a_large_stack(body: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, body).unwrap().join().unwrap();
    });
}

fn signature(examiner: &mut Examiner<'_>, case: &Case) -> Option<Signature> {
    Signature::of(&examiner.examine(case, 0).result(case, 0))
}

#[test]
fn a_fault_is_shown_by_ten_lines() {
    on_a_large_stack(|| {
        let mut pool = pool();
        let programs = programs();
        let (mut lines, mut slowest, mut shown) = (Vec::new(), Duration::ZERO, 0);
        for case in &programs {
            assert_eq!(signature(&mut Examiner::new(&pool, Limits::default()), case), None, "{}: no fault is armed", case.id());
        }
        for fault in FAULTS {
            pool.arm(Some(named(fault)));
            let before = lines.len();
            for case in &programs {
                let mut examiners = [Examiner::new(&pool, Limits::default())];
                let Some(found) = signature(&mut examiners[0], case) else { continue };
                let start = Instant::now();
                let shrunk = shrink(&mut examiners, case, 0, &found, Duration::from_secs(60)).expect("a finding that stays");
                slowest = slowest.max(start.elapsed());
                let count = shrunk.source.lines().count();
                println!(
                    "{fault} in {}: {count} lines, {} tries, {:?}, {found}\n{}",
                    case.id(),
                    shrunk.tried,
                    start.elapsed(),
                    shrunk.source
                );
                assert!(!fault.ends_with("failing") || count <= LINES, "{fault} in {}:\n{}", case.id(), shrunk.source);
                let small = Case { source: shrunk.source.into_bytes(), ..case.clone() };
                assert_eq!(signature(&mut examiners[0], &small), Some(found), "{fault}: the same finding");
                lines.push(count);
            }
            shown += usize::from(lines.len() > before);
        }
        lines.sort_unstable();
        let median = lines[lines.len() / 2];
        println!(
            "{shown} of {} faults are shown, by {} programs of {median} lines (median); the slowest took {slowest:?}",
            FAULTS.len(),
            lines.len()
        );
        assert!(median <= LINES && lines.len() >= FAULTS.len());
        // A Python may have another instruction where another one has this.
        assert!(shown * 10 >= FAULTS.len() * 9, "{shown} of {} faults are shown", FAULTS.len());
    });
}

#[test]
fn a_fault_on_an_error_path_is_found_by_generated_programs() {
    on_a_large_stack(|| {
        let mut pool = pool();
        let generator = Generator::new(1, "errors".parse::<Profile>().expect("a profile"));
        let blank = &programs()[0];
        let generated = (0..GENERATED).map(|index| {
            let source = generator.program(index).source().into_bytes();
            Case { name: format!("generated-{index}"), source, ..blank.clone() }
        });
        let mut examiner = Examiner::new(&pool, Limits::default());
        let agreeing: Vec<Case> = generated.filter(|case| signature(&mut examiner, case).is_none()).collect();
        drop(examiner);
        for fault in
            ["eval/data.rs::binary_with release 1 left-out failing", "eval/data.rs::binary_with release 2 left-out failing"]
        {
            pool.arm(Some(named(fault)));
            let mut examiners = [Examiner::new(&pool, Limits::default())];
            let found = agreeing.iter().find_map(|case| Some((case, signature(&mut examiners[0], case)?)));
            let (case, found) = found.unwrap_or_else(|| panic!("{fault}: none of {} programs shows it", agreeing.len()));
            let shrunk = shrink(&mut examiners, case, 0, &found, Duration::from_secs(60)).expect("a finding that stays");
            let before = String::from_utf8_lossy(&case.source).lines().count();
            let count = shrunk.source.lines().count();
            println!("{fault} in {}: from {before} to {count} lines, {found}\n{}", case.id(), shrunk.source);
            assert!(count <= LINES, "{fault} in {}:\n{}", case.id(), shrunk.source);
        }
    });
}

#[test]
fn the_result_does_not_depend_on_the_number_of_examiners() {
    on_a_large_stack(|| {
        let mut pool = pool();
        pool.arm(Some(named("eval/data.rs::binary_with release 1 left-out failing")));
        let case = &programs()[0];
        let mut sources = Vec::new();
        for count in [1, 3] {
            let mut examiners: Vec<_> = (0..count).map(|_| Examiner::new(&pool, Limits::default())).collect();
            let found = signature(&mut examiners[0], case).expect("a finding");
            sources.push(shrink(&mut examiners, case, 0, &found, Duration::from_secs(60)).expect("a finding that stays"));
        }
        assert_eq!(sources[0], sources[1]);
        assert!(sources[0].done);
    });
}

#[test]
fn what_is_not_there_is_flaky() {
    on_a_large_stack(|| {
        let mut pool = pool();
        pool.arm(Some(named("eval/mod.rs::execute_simply release 1 left-out")));
        let case = &programs()[0];
        let found = signature(&mut Examiner::new(&pool, Limits::default()), case).expect("a finding");
        pool.arm(None);
        let again = |pool: &Pool, found: &Signature| {
            shrink(&mut [Examiner::new(pool, Limits::default())], case, 0, found, Duration::from_secs(60)).unwrap_err()
        };
        let failed = again(&pool, &found);
        assert!(matches!(failed, ShrinkError::Flaky { again: None, .. }), "{failed}");
        let other = Signature { kind: "crash".to_owned(), ..found };
        pool.arm(Some(named("eval/mod.rs::execute_simply release 1 left-out")));
        let failed = again(&pool, &other);
        assert!(matches!(failed, ShrinkError::Flaky { again: Some(_), .. }), "{failed}");
    });
}
