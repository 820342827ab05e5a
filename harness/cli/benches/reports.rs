//! What reports of a large record cost: `cargo bench -p refdrift-cli --bench reports`.
//!
//! A record of 1,000,000 runs, 1,000 of them diverged with all that is known of them, is rendered in every format in one call, then
//! measured by itself. The command must stay under 30 s and 512 MiB on two cores; what it took is printed.

#[path = "../../../reports/tests/findings/mod.rs"]
mod findings;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use refdrift_record::{Ending, Summary, text};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const RUNS: u64 = 1_000_000;
const DIVERGED: u64 = 1_000;
const MOST_TIME: Duration = Duration::from_secs(30);
const MOST_MIB: u64 = 512;

fn main() -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    write(&folder.path().join("record.jsonl"))?;
    println!("{RUNS} runs, {DIVERGED} of them diverged; most allowed: {} s, {MOST_MIB} MiB\n", MOST_TIME.as_secs());
    println!("{:42} {:>8} {:>9}", "", "seconds", "peak MiB");
    let every = ["--html", "html", "--junit", "junit.xml", "--sarif", "sarif.json", "--markdown", "summary.md", "--github"];
    let report = |more: &[&str]| measure(folder.path(), &[&["report", "record.jsonl"][..], &every, more].concat());
    let mut within = true;
    for (name, (time, mib)) in [
        ("report: every format", report(&["--format", "plain"])?),
        ("report: every format, against itself", report(&["--against", "record.jsonl"])?),
        ("compare: with itself", measure(folder.path(), &["compare", "record.jsonl", "record.jsonl"])?),
    ] {
        println!("{name:42} {:8.2} {mib:9}", time.as_secs_f64());
        within &= time < MOST_TIME && mib < MOST_MIB;
    }
    let pages = std::fs::read_dir(folder.path().join("html"))?.count();
    println!("\n{pages} pages; index.html {} KiB", std::fs::metadata(folder.path().join("html/index.html"))?.len() / 1024);
    if within { Ok(()) } else { Err("more than is allowed".into()) }
}

fn write(path: &Path) -> Fallible<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut summary = Summary::default();
    file.write_all(text(&findings::header()).as_bytes())?;
    for number in 0..RUNS {
        let name = format!("suite-{}/case-{number}", number % 100);
        let result = match number % (RUNS / DIVERGED) {
            7 => findings::extra(number, &name, "3.12.1"),
            _ => findings::result(number, &name, "3.12.1"),
        };
        summary.add(result.verdict);
        file.write_all(text(&result).as_bytes())?;
    }
    file.write_all(text(&Ending { summary, interrupted: false }).as_bytes())?;
    Ok(file.flush()?)
}

/// How long the command takes, and the most memory that it has, in MiB: the system knows the peak as long as it runs.
fn measure(folder: &Path, arguments: &[&str]) -> Fallible<(Duration, u64)> {
    let start = Instant::now();
    let mut child =
        Command::new(env!("CARGO_BIN_EXE_refdrift")).args(arguments).current_dir(folder).stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        peak = peak.max(peak_kib(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(5));
    };
    let time = start.elapsed();
    if !ended.success() {
        return Err(format!("{arguments:?}: {ended}").into());
    }
    Ok((time, peak / 1024))
}

fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
