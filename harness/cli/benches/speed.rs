//! What a case costs, beside what CPython alone needs for the same snippet: `cargo bench`.
//!
//! Every number of one line is the least of many repetitions in this one run, so that machines with neighbours can be
//! compared. `bare` is CPython's own compile and exec, untraced; `observer` its whole answer to a run, as it measures
//! itself; `whole` is what `refdrift check` spends on the case, from request to verdict.

mod common;

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use refdrift_cases::{Case, load};
use refdrift_runner::{Examiner, Limits, Observer, Pool, RunOptions, Watchdog, Workshop, run, select};
use refdrift_trace::{Request, Response, RunRequest, TimeRequest};
use refdrift_vm::{Options, Vm};

use common::{Fallible, on_a_large_stack};

/// Repetitions of each measurement.
const REPEAT: u32 = 200;
/// How often each snippet runs where whole runs are measured.
const COPIES: usize = 100;

fn main() -> Fallible<()> {
    on_a_large_stack(bench)
}

fn bench() -> Fallible<()> {
    let snippets = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/snippets");
    let cases = load(std::slice::from_ref(&snippets), &snippets).map_err(|errors| format!("{errors:?}"))?;
    let workshop = Workshop::new();
    let interpreter = select(&[])?.remove(0);
    let program = workshop.provide(&interpreter, &mut |_| ())?;
    println!("Python {}, least of {REPEAT}, in µs\n", interpreter.version);
    println!(
        "{:12} {:>5} {:>5} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8} {:>6}  verdict",
        "snippet", "lines", "steps", "compile", "exec", "bare", "observer", "VM", "whole", "ratio"
    );
    let pool = Pool::start(vec![(program.clone(), Some(interpreter.clone()))], Arc::default())?;
    let mut examiner = Examiner::new(&pool, Limits::default());
    let mut observer = Observer::start(&program, Some(interpreter.version), &Watchdog::new(Arc::default()))?;
    let mut vm = Vm::new(interpreter.version)?;
    let mut sums = [0.0; 2];
    for case in &cases {
        let request = RunRequest {
            filename: case.id(),
            source: case.source.clone(),
            folder: None,
            step_limit: Limits::default().steps,
            natives: Vec::new(),
            apart: false,
        };
        let Response::Finished(observation) = observer.ask(&Request::Run(request.clone()), Limits::default().timeout)? else {
            return Err(format!("{} does not run", case.id()).into());
        };
        let request = Request::Time(TimeRequest { run: request, repeat: REPEAT });
        let Response::Timed(timings) = observer.ask(&request, Duration::from_secs(60))? else {
            return Err("no timings".into());
        };
        let subject = least(|| {
            vm.run(&observation.unit, &Options::default());
        });
        let mut verdict = String::new();
        let whole = least(|| verdict = examiner.examine(case, 0).result(case, 0).verdict.to_string());
        let micros = |nanos: u64| nanos as f64 / 1e3;
        let bare = micros(timings.compile + timings.execute);
        println!(
            "{:12} {:>5} {:>5} {:>8.1} {:>8.1} {:>8.1} {:>9.1} {:>8.1} {:>8.1} {:>6.2}  {verdict}",
            case.name,
            fs::read_to_string(&case.path)?.lines().count(),
            observation.trajectory.steps.len(),
            micros(timings.compile),
            micros(timings.execute),
            bare,
            micros(timings.observe),
            subject,
            whole,
            whole / bare
        );
        sums = [sums[0] + bare, sums[1] + whole];
    }
    println!(
        "{:12} {:>5} {:>5} {:>8} {:>8} {:>8.1} {:>9} {:>8} {:>8.1} {:>6.2}",
        "all",
        "",
        "",
        "",
        "",
        sums[0],
        "",
        "",
        sums[1],
        sums[1] / sums[0]
    );
    drop(examiner);
    many(&cases, &pool)
}

/// Whole runs, with one job and with two.
fn many(cases: &[Case], pool: &Pool) -> Fallible<()> {
    let many: Vec<Case> = std::iter::repeat_n(cases, COPIES).flatten().cloned().collect();
    let mut times = Vec::new();
    println!();
    for jobs in [1, 2] {
        let options = RunOptions {
            jobs: NonZeroUsize::new(jobs).unwrap_or(NonZeroUsize::MIN),
            limits: Limits::default(),
            partition: None,
            from: 0,
        };
        let mut least = f64::INFINITY;
        // The first round starts the observers.
        for round in 0..4 {
            let start = Instant::now();
            run(many.as_slice(), pool, options, &mut |_| ControlFlow::Continue(()))?;
            if round > 0 {
                least = least.min(start.elapsed().as_secs_f64());
            }
        }
        println!(
            "--jobs {jobs}: {:6.1} ms for {} cases, {:6.1} µs a case",
            least * 1e3,
            many.len(),
            least * 1e6 / many.len() as f64
        );
        times.push(least);
    }
    println!("--jobs 2 is {:.2} times as fast, on {} cores", times[0] / times[1], std::thread::available_parallelism()?);
    Ok(())
}

/// The least time of many, in microseconds.
fn least(mut what: impl FnMut()) -> f64 {
    let times = (0..REPEAT).map(|_| {
        let start = Instant::now();
        what();
        start.elapsed().as_secs_f64() * 1e6
    });
    times.fold(f64::INFINITY, f64::min)
}
