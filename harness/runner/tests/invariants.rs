//! Generated programs, run by the VM alone: after every step, every object's count is the number of its owners, and nothing
//! depends on whether the steps are recorded.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use refdrift_generate::{Generator, Profile};
use refdrift_runner::faults::{Sites, named};
use refdrift_runner::{Observer, PythonSpec, Watchdog, Workshop, select};
use refdrift_trace::{Observation, Place, Request, Response, RunRequest};
use refdrift_vm::{Fault, Options, Run, Vm};

const STEP_LIMIT: u32 = 100_000;
/// How many programs of each profile are tried.
const PROGRAMS: u64 = 5;

/// The programs as CPython compiled them; those that it refuses are left out.
fn observe() -> Vec<(String, Observation)> {
    let python = select(&[PythonSpec::Default]).expect("a Python with a shared library").remove(0);
    let program = Workshop::new().provide(&python, &mut |_| {}).expect("an observer");
    let watchdog = Watchdog::new(Arc::new(AtomicBool::new(false)));
    let mut observer = Observer::start(&program, None, &watchdog).expect("an observer that starts");
    let mut observations = Vec::new();
    for &profile in Profile::ALL {
        let generator = Generator::new(7, profile);
        for index in 0..PROGRAMS {
            let name = format!("{profile}-{index}.py");
            let source = generator.program(index).source();
            let run = RunRequest {
                filename: name.clone(),
                source: source.into_bytes(),
                folder: None,
                step_limit: STEP_LIMIT,
                natives: Vec::new(),
                apart: false,
            };
            if let Response::Finished(observation) = observer.ask(&Request::Run(run), Duration::from_secs(60)).expect("an answer") {
                observations.push((name, *observation));
            }
        }
    }
    observations
}

/// How many instructions a recorded run has executed.
fn executed(run: &Run) -> u32 {
    run.trajectory.steps.iter().filter(|step| matches!(step.place, Place::Instruction { .. })).count() as u32
}

fn audited(vm: &mut Vm, observation: &Observation, fault: Option<Fault>) -> Run {
    vm.run(&observation.unit, &Options { step_limit: STEP_LIMIT, audit: true, fault, ..Options::default() })
}

#[test]
fn counts_are_numbers_of_owners_after_every_step() {
    let body = || {
        let observations = observe();
        assert!(
            observations.len() as u64 * 10 >= Profile::ALL.len() as u64 * PROGRAMS * 9,
            "{} programs compile",
            observations.len()
        );
        let mut vm = Vm::new(observations[0].1.unit.version).expect("a VM for the default Python");
        let wrong: Vec<_> = observations
            .iter()
            .filter_map(|(name, observation)| {
                let run = audited(&mut vm, observation, None);
                run.imbalance.map(|imbalance| {
                    let place = run.trajectory.steps[imbalance.step].place;
                    (name, place, imbalance)
                })
            })
            .collect();
        assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), observations.len());
        // An audit that can't fail shows nothing.
        let fault =
            named("eval/mod.rs::execute_simply release 1 left-out", &Sites::read(Workshop::new().workspace()).unwrap()).unwrap();
        let caught =
            observations.iter().any(|(_, observation)| audited(&mut vm, observation, Some(fault.clone())).imbalance.is_some());
        assert!(caught, "a release left out is not found");
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}

#[test]
fn programs_do_the_same_when_nobody_records_them() {
    let body = || {
        let observations = observe();
        let mut vm = Vm::new(observations[0].1.unit.version).expect("a VM for the default Python");
        for (name, observation) in &observations {
            let mut done = |record, step_limit| {
                let run = vm.run(&observation.unit, &Options { record, step_limit, ..Options::default() });
                let steps = executed(&run);
                ((run.end, run.trajectory.outcome, run.trajectory.output), steps)
            };
            let (recorded, steps) = done(true, STEP_LIMIT);
            assert_eq!(recorded, done(false, STEP_LIMIT).0, "{name}");
            // Broken off just before the end, or just not: each step counts, whether it is done on its own or not.
            for limit in [steps.saturating_sub(1), steps] {
                assert_eq!(done(true, limit).0, done(false, limit).0, "{name}, at most {limit} steps");
            }
        }
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}
