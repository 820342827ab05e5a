//! Does the harness catch a broken reference count? Each fault breaks one site of the VM; the bundled cases must diverge at that instruction, and must not without it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use refdrift_cases::Case;
use refdrift_compare::DivergenceKind;
use refdrift_runner::faults::{Sites, named};
use refdrift_runner::{Observer, select};
use refdrift_runner::{PythonSpec, Watchdog, Workshop};
use refdrift_trace::{Observation, Request, Response, RunRequest};
use refdrift_vm::{End, Fault, Options, Vm};
use std::time::Duration;

const STEP_LIMIT: u32 = 1_000_000;

/// The fault, the instruction that the first divergence must be laid to, and its kind.
const FAULTS: &[(&str, &str, DivergenceKind)] = &[
    ("eval/mod.rs::execute_simply retain 2 left-out", "LOAD_CONST", DivergenceKind::MissingReference),
    ("eval/mod.rs::execute_simply release 1 left-out", "POP_TOP", DivergenceKind::NeverFreed),
    ("eval/names.rs::load_deref retain 1 left-out", "LOAD_DEREF", DivergenceKind::MissingReference),
    ("eval/names.rs::load_deref retain 1 twice", "LOAD_DEREF", DivergenceKind::ExtraReference),
    ("eval/names.rs::store_name release 1 left-out", "STORE_NAME", DivergenceKind::ExtraReference),
    ("eval/names.rs::store_attr release 1 twice", "STORE_ATTR", DivergenceKind::MissingReference),
    ("eval/names.rs::store_attr release 1 late", "STORE_ATTR", DivergenceKind::ExtraReference),
    ("eval/data.rs::for_iter release 1 left-out", "FOR_ITER", DivergenceKind::NeverFreed),
    ("eval/data.rs::binary_with release 1 left-out", "BINARY_", DivergenceKind::ExtraReference),
    ("eval/data.rs::build_map release 2 left-out", "BUILD_MAP", DivergenceKind::ExtraReference),
    ("eval/data.rs::store_subscr release 1 twice", "STORE_SUBSCR", DivergenceKind::MissingReference),
    ("eval/calls.rs::release_from release 1 left-out", "CALL", DivergenceKind::ExtraReference),
    ("eval/data.rs::for_iter push 1 counted", "FOR_ITER", DivergenceKind::ExtraReference),
];

/// The reference's side of every bundled case.
fn observe(cases: &[Case]) -> Vec<Observation> {
    let python = select(&[PythonSpec::Default]).expect("a Python with a shared library").remove(0);
    let program = Workshop::new().provide(&python, &mut |_| {}).expect("an observer");
    let watchdog = Watchdog::new(Arc::new(AtomicBool::new(false)));
    let mut observer = Observer::start(&program, None, &watchdog).expect("an observer that starts");
    let version = observer.version();
    let mut observations = Vec::new();
    for case in cases.iter().filter(|case| case.is_for(version)) {
        let run = RunRequest {
            filename: case.id(),
            source: case.source.clone(),
            folder: None,
            step_limit: STEP_LIMIT,
            natives: Vec::new(),
            apart: false,
        };
        match observer.ask(&Request::Run(run), Duration::from_secs(60)).expect("an answer") {
            Response::Finished(observation) => observations.push(*observation),
            other => panic!("{}: {other:?}", case.id()),
        }
    }
    observations
}

#[test]
fn a_broken_count_is_found_at_its_instruction() {
    let body = || {
        let root = Workshop::new().bundled_cases();
        let cases = refdrift_cases::load(&[root.join("ownership")], &root).expect("the bundled cases");
        let observations = observe(&cases);
        let version = observations[0].unit.version;
        let mut vm = Vm::new(version).expect("a VM for the default Python");
        let agreeing: Vec<&Observation> = observations
            .iter()
            .filter(|observation| {
                let run = vm.run(&observation.unit, &Options { step_limit: STEP_LIMIT, ..Options::default() });
                run.end == End::Finished
                    && refdrift_compare::compare(&observation.unit, &observation.trajectory, &run.trajectory).first.is_none()
            })
            .collect();
        assert!(agreeing.len() * 10 >= observations.len() * 9, "{} of {} agree", agreeing.len(), observations.len());
        let mut missed = Vec::new();
        let sites = Sites::read(Workshop::new().workspace()).expect("the VM's source");
        for &(name, instruction, kind) in FAULTS {
            let fault = Fault { patience: 10_000_000, ..named(name, &sites).expect("a fault") };
            let caught = agreeing.iter().any(|observation| {
                let options = Options { step_limit: STEP_LIMIT, fault: Some(fault.clone()), ..Options::default() };
                // A broken count may also break the VM itself: then another case must show it.
                let run = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| vm.run(&observation.unit, &options)));
                let Ok(run) = run else {
                    vm = Vm::new(version).expect("a VM for the default Python");
                    return false;
                };
                let found = refdrift_compare::compare(&observation.unit, &observation.trajectory, &run.trajectory).first;
                found.is_some_and(|found| {
                    found.kind == kind && found.cause.is_some_and(|cause| cause.instruction.starts_with(instruction))
                })
            });
            if !caught {
                missed.push(name);
            }
        }
        assert!(missed.is_empty(), "no case shows these faults where they are: {missed:#?}");
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}
