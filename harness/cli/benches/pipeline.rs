//! Generated programs through the whole pipeline, beside what CPython alone needs for them: `cargo bench --bench pipeline`.
//!
//! `bare` is CPython's own compile and exec of the same programs, untraced. `whole` is what `refdrift fuzz` spends, from generating
//! a program to its line in the record, on one core (`--jobs 1`): the least of a few rounds. The arguments that are numbers are
//! how many programs and the seed (2000 and 1); one that is a version or a path names the Python (else the `python3` on PATH).

mod common;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use refdrift_generate::Profile;
use refdrift_record::{Header, Origin, RECORD_FORMAT, Summary, Times, Writer};
use refdrift_runner::{Generated, Limits, Observer, Pool, RunEvent, RunOptions, Source, Watchdog, run};
use refdrift_trace::{Request, Response, RunRequest, TimeRequest};

use common::{Fallible, numbers, observer, on_a_large_stack};

/// Rounds of the whole, and repetitions of the bare run.
const ROUNDS: usize = 3;
const REPEAT: u32 = 3;
/// What is wanted on each core, and how much of the whole generating may take.
const TARGET: f64 = 1000.0;
const GENERATING: f64 = 0.1;

fn main() -> Fallible<()> {
    on_a_large_stack(bench)
}

fn bench() -> Fallible<()> {
    let numbers = numbers();
    let (cases, seed) = (*numbers.first().unwrap_or(&2000), *numbers.get(1).unwrap_or(&1));
    let program = observer()?;
    let source = Generated::new(seed, Profile::ALL, Some(cases), None);
    let limits = Limits::default();

    let start = Instant::now();
    let lines: usize = (0..cases).map(|place| source.case(place).source.split(|&byte| byte == b'\n').count() - 1).sum();
    let generating = start.elapsed();

    let mut observer = Observer::start(&program, None, &Watchdog::new(Arc::default()))?;
    println!("Python {}, {cases} programs of {:.1} lines on average, one core\n", observer.version(), lines as f64 / cases as f64);
    let (mut bare, mut observing) = (Duration::ZERO, Duration::ZERO);
    for place in 0..cases {
        let case = source.case(place);
        let (filename, source, natives) = (case.id(), case.source.clone(), Vec::new());
        let run = RunRequest { filename, source, folder: None, step_limit: limits.steps, natives, apart: false };
        match observer.ask(&Request::Time(TimeRequest { run, repeat: REPEAT }), limits.timeout)? {
            Response::Timed(timings) => {
                bare += Duration::from_nanos(timings.compile + timings.execute);
                observing += Duration::from_nanos(timings.observe);
            }
            _ => return Err(format!("{} gives no timings", case.id()).into()),
        }
    }
    drop(observer);

    let pool = Pool::start(vec![(program, None)], Arc::default())?;
    let options = RunOptions { jobs: NonZeroUsize::MIN, limits, partition: None, from: 0 };
    let folder = tempfile::tempdir()?;
    let mut least = (Duration::MAX, Times::default(), Summary::default());
    let mut memory = Vec::new();
    for round in 0..ROUNDS {
        let header = Header {
            record: RECORD_FORMAT,
            refdrift: env!("CARGO_PKG_VERSION").to_owned(),
            origin: Origin::Generated { seed, profile: source.profiles() },
            pythons: Vec::new(),
            cases: Some(cases),
            partition: None,
        };
        let mut record = Writer::create(&folder.path().join(round.to_string()), &header)?;
        let mut times = Times::default();
        let mut failure = None;
        let start = Instant::now();
        let ended = run(&source, &pool, options, &mut |event| {
            if let RunEvent::CaseFinished(result) = event {
                let took = result.times.unwrap_or_default();
                times.reference_us += took.reference_us;
                times.subject_us += took.subject_us;
                times.compare_us += took.compare_us;
                if let Err(error) = record.result(&result) {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        let time = start.elapsed();
        if let Some(error) = failure {
            return Err(error.into());
        }
        if time < least.0 {
            least = (time, times, ended.summary);
        }
        memory.extend(resident());
    }
    let (whole, times, summary) = least;
    let each = |name: &str, time: Duration, what: &str| {
        let micros = time.as_secs_f64() * 1e6 / cases as f64;
        println!(
            "{name:12} {micros:8.1} µs a program  {:5.1} % of the whole  {what}",
            time.as_secs_f64() * 100.0 / whole.as_secs_f64()
        );
    };
    each("bare", bare, "CPython's compile and exec, untraced");
    each("generating", generating, &format!("wanted: at most {:.0} %", GENERATING * 100.0));
    each("observer", observing, "its answer to a run, as it measures itself");
    each("reference", Duration::from_micros(times.reference_us), "from request to decoded answer");
    each("subject", Duration::from_micros(times.subject_us), "the VM");
    each("comparison", Duration::from_micros(times.compare_us), "");
    each("whole", whole, "");
    let rate = cases as f64 / whole.as_secs_f64();
    println!(
        "\n{rate:.0} programs a second on one core, wanted {TARGET:.0}; {:.2} times bare",
        whole.as_secs_f64() / bare.as_secs_f64()
    );
    println!("{} of {} runs agree", summary.agreed, summary.cases);
    if let [first, .., last] = memory[..] {
        println!("memory after the first round {first} KiB, after the last {last} KiB");
    }
    Ok(())
}

/// The memory that the process has now, in KiB; where the system tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
