//! `refdrift shrink`

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use indicatif::ProgressBar;
use refdrift_cases::Case;
use refdrift_record::{Fault, Shrunk, Signature};
use refdrift_runner::{Examiner, Limits, Pool, ShrinkError, Workshop, shrink as reduce};
use refdrift_vm::Vm;

use crate::args::{ShrinkArgs, cores_unless};
use crate::{Failure, exit, prepare};

/// How often a program is run before it is said to have no finding.
const LOOKS: usize = 3;

pub(crate) fn shrink(args: &ShrinkArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let case = prepare::one_case(&args.path, &workshop)?;
    let specs: Vec<_> = args.python.iter().cloned().collect();
    let pool = prepare::pool(&specs, &args.engine, &workshop)?;
    let start = Instant::now();
    // The VM recurses natively where Python does.
    let found = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE);
        let thread = thread.spawn_scoped(scope, || find_and_shrink(&pool, args.engine.limits(), &case, args))?;
        thread.join().map_err(|_| io::Error::other("the thread that shrinks the program panicked"))
    })?;
    if pool.cancelled() && !matches!(found, Ok(Some(_))) {
        return Ok(exit::INTERRUPTED);
    }
    let Some((signature, shrunk)) = found? else {
        say("the engines agree: there is nothing to shrink");
        return Ok(exit::NOTHING_RAN);
    };
    match &args.out {
        Some(path) => std::fs::write(path, &shrunk.source)
            .map_err(|error| Failure::usage(format!("{}: cannot be written: {error}", path.display())))?,
        None => io::stdout().write_all(shrunk.source.as_bytes())?,
    }
    let lines = |source: &[u8]| String::from_utf8_lossy(source).lines().count();
    let left = match (shrunk.done, pool.cancelled()) {
        (true, _) => "",
        (false, true) => "; interrupted",
        (false, false) => "; the time was up (--budget)",
    };
    say(&format!(
        "from {} to {} lines in {:.1} s, {} tries: {signature}{left}",
        lines(&case.source),
        lines(shrunk.source.as_bytes()),
        start.elapsed().as_secs_f64(),
        shrunk.tried,
    ));
    Ok(if pool.cancelled() { exit::INTERRUPTED } else { exit::AGREED })
}

/// What the program shows and the program that shows the same; none if the engines agree on it.
fn find_and_shrink(pool: &Pool, limits: Limits, case: &Case, args: &ShrinkArgs) -> Result<Option<(Signature, Shrunk)>, Failure> {
    let jobs = cores_unless(args.jobs).get();
    let mut examiners: Vec<_> = (0..jobs).map(|_| Examiner::new(pool, limits)).collect();
    let Some(examiner) = examiners.first_mut() else { return Ok(None) };
    let looks = (0..LOOKS).map(|_| examiner.examine(case, 0).result(case, 0));
    // A finding that does not come at once is a finding, though shrinking will call it flaky.
    let Some(result) = looks.into_iter().find(|result| Signature::of(result).is_some()) else { return Ok(None) };
    if result.fault == Some(Fault::Source) {
        let line = result.reason_line.map_or(case.line, |line| case.source_line + line - 1);
        let why = result.reason.unwrap_or_default();
        return Err(Failure::usage(format!("{}:{line}: CPython refuses the source: {why}", case.path.display())));
    }
    let Some(signature) = Signature::of(&result) else { return Ok(None) };
    let spinner = io::stderr().is_terminal().then(|| ProgressBar::new_spinner().with_message(format!("shrinking: {signature}")));
    if let Some(spinner) = &spinner {
        spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    }
    let shrunk = reduce(&mut examiners, case, 0, &signature, args.budget);
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    match shrunk {
        Ok(shrunk) => Ok(Some((signature, shrunk))),
        Err(flaky @ ShrinkError::Flaky { .. }) => {
            Err(Failure::of(exit::FLAKY, format!("{}: {flaky}; it is kept whole", case.path.display())))
        }
        Err(error @ ShrinkError::NotUtf8) => Err(Failure::usage(format!("{}: {error}", case.path.display()))),
        Err(error) => Err(Failure::of(exit::ENGINE_FAILED, error.to_string())),
    }
}

fn say(line: &str) {
    // Nobody may be reading; that is no reason to stop.
    let _ = writeln!(io::stderr(), "refdrift: {line}");
}
