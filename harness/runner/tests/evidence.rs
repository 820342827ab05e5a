//! Is the owner named whose reference is one too many or one too few? Each fault leaves out one retain or release in the VM.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use refdrift_cases::Case;
use refdrift_record::{MOST_EVIDENCE, Standing};
use refdrift_runner::faults::{self, Sites};
use refdrift_runner::{Examiner, Limits, Pool, PythonSpec, RunEvent, RunOptions, Workshop, run, select};
use refdrift_vm::Vm;

/// A program, the fault, the owner that must be named, and how both sides hold the object.
type Planted = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const FAULTS: &[Planted] = &[
    ("[]\n", "eval/mod.rs::execute_simply release 1 left-out", "stack slot 0 of <module> let go", &[], &[]),
    ("a = []\ndel a\n", "types/dict/lookup.rs::dict_delete_hashed release 2 left-out", "global a let go", &[], &[]),
    (
        "def f():\n    x = []\n    x = 1\nf()\n",
        "eval/mod.rs::execute_simply release_option 1 left-out",
        "local x of f let go",
        &[],
        &[],
    ),
    ("a = [[]]\ndel a[0]\n", "types/list/slices.rs::assign_item release 1 left-out", "item 0 of list #1 let go", &[], &[]),
    (
        "a = {'k': []}\ndel a['k']\n",
        "types/dict/lookup.rs::dict_delete_hashed release 2 left-out",
        "value under 'k' of dict #2 let go",
        &[],
        &[],
    ),
    (
        "class C: pass\nc = C()\nc.x = []\ndel c.x\n",
        "object/instance.rs::set_instance_attribute release_option 2 left-out",
        "attribute x of C #",
        &[],
        &[],
    ),
    (
        "def f():\n    x = []\n    def g(): return x\n    x = 1\nf()\n",
        "types/cell.rs::set_cell release_option 1 left-out",
        "content of cell #",
        &[],
        &[],
    ),
    (
        "a = []\nb = a\n",
        "eval/names.rs::global retain 1 left-out",
        "stack slot 0 of <module> took it without counting",
        &["global a", "stack slot 0 of <module>"],
        &["global a", "stack slot 0 of <module>"],
    ),
];

fn pool() -> Pool {
    let programs = match std::env::var_os("REFDRIFT_OBSERVER") {
        Some(program) => vec![(program.into(), None)],
        None => {
            let python = select(&[PythonSpec::Default]).expect("a Python with a shared library").remove(0);
            let program = Workshop::new().provide(&python, &mut |_| {}).expect("an observer");
            vec![(program, Some(python))]
        }
    };
    Pool::start(programs, Arc::new(AtomicBool::new(false))).expect("an observer that starts")
}

#[test]
fn the_owner_is_named() {
    let body = || {
        let mut pool = pool();
        let sites = Sites::read(Workshop::new().workspace()).expect("the VM's source");
        for (source, fault, named, there, here) in FAULTS {
            pool.arm(Some(faults::named(fault, &sites).expect("a fault")));
            let case = Case::python(Path::new("evidence/case.py"), source.as_bytes().to_vec()).expect("a case");
            let mut examiner = Examiner::new(&pool, Limits::default());
            let (examination, evidence) = examiner.examine_further(&case, 0, true);
            let evidence = evidence.unwrap_or_else(|| panic!("{fault}: {examination:?}"));
            assert!(evidence.conclusion.contains(named), "{fault}: {evidence:#?}");
            let words = |owners: &[&str]| Some(owners.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(evidence.owners.reference, words(there), "{fault}");
            assert_eq!(evidence.owners.subject, words(here), "{fault}");
            assert_eq!(evidence.life.iter().filter(|step| step.parts).count(), 1, "{fault}: {evidence:#?}");
            assert!(evidence.life[0].reference.is_some(), "its life begins where it is made: {evidence:#?}");
        }
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}

/// The numbers of the runs that have evidence, when so many of them run at once.
fn numbers_with_evidence(pool: &Pool, cases: &[Case], jobs: usize) -> Vec<u64> {
    let jobs = NonZeroUsize::new(jobs).expect("a number of jobs");
    let options = RunOptions { jobs, limits: Limits::default(), partition: None, from: 0 };
    let mut numbers = Vec::new();
    run(cases, pool, options, &mut |event| {
        if let RunEvent::CaseFinished(result) = event {
            assert_eq!(result.verdict == Standing::Diverged, result.number % 10 != 3, "{result:?}");
            numbers.extend(result.evidence.is_some().then_some(result.number));
        }
        ControlFlow::Continue(())
    })
    .expect("a run");
    numbers
}

#[test]
fn the_first_that_diverge_have_evidence_however_many_run_at_once() {
    let mut pool = pool();
    let sites = Sites::read(Workshop::new().workspace()).expect("the VM's source");
    pool.arm(Some(faults::named("eval/names.rs::global retain 1 left-out", &sites).expect("a fault")));
    let case = |number: usize| {
        let source: &[u8] = if number % 10 == 3 { b"a = []\n" } else { b"a = []\nb = a\n" };
        Case::python(Path::new(&format!("evidence/case{number}.py")), source.to_vec()).expect("a case")
    };
    let cases: Vec<Case> = (0..MOST_EVIDENCE * 5 / 4).map(case).collect();
    let first: Vec<u64> = (0..).filter(|number| number % 10 != 3).take(MOST_EVIDENCE).collect();
    for jobs in [1, 4] {
        assert_eq!(numbers_with_evidence(&pool, &cases, jobs), first, "{jobs} at once");
    }
}
