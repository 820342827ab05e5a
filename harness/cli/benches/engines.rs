//! How fast the VM is, measured by CPython on the same programs: `cargo bench --bench engines`.
//!
//! `bare` is CPython's own exec, untraced, and `off` the VM without recording; `traced` is the observer's whole answer to a run,
//! and `on` the VM with recording. Every number is the least of many repetitions, the two engines in turn, in this one run.
//! The first argument that is a version or a path names the Python (else the `python3` on PATH); `REFDRIFT_OBSERVER` names an
//! observer that is built already.

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use refdrift_cases::load;
use refdrift_runner::{Limits, Observer, Watchdog};
use refdrift_trace::{Request, Response, RunRequest, TimeRequest, Timings};
use refdrift_vm::{End, Options, Vm};

use common::{Fallible, observer, on_a_large_stack};

/// Rounds of measuring, and repetitions within one.
const ROUNDS: u32 = 5;
const REPEAT: u32 = 3;
/// What the ratios are to stay below.
const TARGETS: [f64; 2] = [1.5, 2.0];

fn main() -> Fallible<()> {
    on_a_large_stack(bench)
}

fn bench() -> Fallible<()> {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/programs");
    let cases = load(std::slice::from_ref(&programs), &programs).map_err(|errors| format!("{errors:?}"))?;
    let mut observer = Observer::start(&observer()?, None, &Watchdog::new(Arc::default()))?;
    let mut vm = Vm::new(observer.version())?;
    println!("Python {}, least of {} repetitions, in ms\n", observer.version(), ROUNDS * REPEAT);
    println!(
        "{:12} {:>7} {:>8} {:>8} {:>6} {:>9} {:>8} {:>6}",
        "program", "steps", "bare", "off", "ratio", "traced", "on", "ratio"
    );
    let limits = Limits::default();
    let mut worst = [0.0_f64; 2];
    for case in &cases {
        let run = RunRequest {
            filename: case.id(),
            source: case.source.clone(),
            folder: None,
            step_limit: limits.steps,
            natives: Vec::new(),
            apart: false,
        };
        let Response::Finished(observation) = observer.ask(&Request::Run(run.clone()), limits.timeout)? else {
            return Err(format!("{} does not run", case.id()).into());
        };
        let mut least = Timings { compile: u64::MAX, execute: u64::MAX, observe: u64::MAX };
        let [mut off, mut on] = [u64::MAX; 2];
        for _ in 0..ROUNDS {
            let request = Request::Time(TimeRequest { run: run.clone(), repeat: REPEAT });
            let Response::Timed(timings) = observer.ask(&request, Duration::from_secs(120))? else {
                return Err("no timings".into());
            };
            least.execute = least.execute.min(timings.execute);
            least.observe = least.observe.min(timings.observe);
            for _ in 0..REPEAT {
                for (record, time) in [(false, &mut off), (true, &mut on)] {
                    let options = Options { record, step_limit: limits.steps, ..Options::default() };
                    let start = Instant::now();
                    let run = vm.run(&observation.unit, &options);
                    *time = (*time).min(u64::try_from(start.elapsed().as_nanos())?);
                    if run.end != End::Finished || run.trajectory.output != observation.trajectory.output {
                        return Err(format!("{}: {:?}", case.id(), run.end).into());
                    }
                }
            }
        }
        let millis = |nanos: u64| nanos as f64 / 1e6;
        let ratios = [millis(off) / millis(least.execute), millis(on) / millis(least.observe)];
        println!(
            "{:12} {:>7} {:>8.2} {:>8.2} {:>6.2} {:>9.2} {:>8.2} {:>6.2}",
            case.name,
            observation.trajectory.steps.len(),
            millis(least.execute),
            millis(off),
            ratios[0],
            millis(least.observe),
            millis(on),
            ratios[1]
        );
        worst = [worst[0].max(ratios[0]), worst[1].max(ratios[1])];
    }
    churn(&mut observer, &mut vm)?;
    println!("\nworst ratios {:.2} and {:.2}; wanted at most {} and {}", worst[0], worst[1], TARGETS[0], TARGETS[1]);
    Ok(())
}

/// Makes and drops ten million lists, and tells by how much the process has grown: what dies must make room for the next.
fn churn(observer: &mut Observer, vm: &mut Vm) -> Fallible<()> {
    const SNIPPET: &str = "for i in range(1000):\n    list(map(list, [()] * 10_000))\n";
    let run = RunRequest {
        filename: "churn".to_owned(),
        source: SNIPPET.into(),
        folder: None,
        step_limit: 1_000_000,
        natives: Vec::new(),
        apart: false,
    };
    let Response::Finished(observation) = observer.ask(&Request::Run(run), Duration::from_secs(120))? else {
        return Err("the snippet that makes ten million objects does not run".into());
    };
    let before = resident();
    let start = Instant::now();
    vm.run(&observation.unit, &Options { record: false, ..Options::default() });
    let time = start.elapsed().as_secs_f64();
    match (before, resident()) {
        (Some(before), Some(after)) => {
            println!(
                "\nten million objects made and freed in {time:.2} s; the process grew by {} KiB",
                after.saturating_sub(before)
            );
        }
        _ => println!("\nten million objects made and freed in {time:.2} s"),
    }
    Ok(())
}

/// The most memory that the process has had so far, in KiB; where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
