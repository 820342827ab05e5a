//! `refdrift coverage`

use std::io::{self, Write};
use std::ops::ControlFlow;

use refdrift_cases::load;
use refdrift_reports::{coverage as table, coverage_json};
use refdrift_runner::{Coverage, Generated, RunEvent, SubjectKind, Workshop, coverage as measure};

use crate::args::{CoverageArgs, Format};
use crate::check::progress;
use crate::{Failure, exit, paint, prepare};

pub(crate) fn coverage(args: &CoverageArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let cases = match args.generated {
        Some(_) => Vec::new(),
        None => load(&args.run.paths, &workshop.bundled_cases())?,
    };
    let pool = prepare::pool(&args.run.python, &args.run.engine, &workshop)?;
    let mut bar = None;
    let sink = &mut |event: &RunEvent| {
        match event {
            RunEvent::Started(started) => bar = progress(started, args.run.format),
            RunEvent::CaseFinished(result) => bar.iter().for_each(|bar| bar.set_position(result.number + 1)),
            RunEvent::BrokenOff => {}
            RunEvent::Ended(_) => bar.take().iter().for_each(indicatif::ProgressBar::finish_and_clear),
        }
        ControlFlow::Continue(())
    };
    let measured = match &args.generated {
        Some(programs) => {
            let source = Generated::new(programs.seed, &programs.profiles, Some(programs.cases), None);
            measure(&source, &pool, args.run.options(), sink)?
        }
        None => measure(cases.as_slice(), &pool, args.run.options(), sink)?,
    };
    let Some(measured) = measured else { return Ok(exit::INTERRUPTED) };
    let text = match args.run.format {
        Format::Table => table(&measured, paint()),
        Format::Json => coverage_json(&measured),
    };
    io::stdout().write_all(text.as_bytes())?;
    if measured.iter().all(|python| python.cases.agreed == 0) {
        return Ok(exit::NOTHING_RAN);
    }
    let enough = args.min.is_none_or(|min| measured.iter().all(|python| least(python) >= min));
    Ok(if enough { exit::AGREED } else { exit::DIVERGED })
}

/// The least of a Python's shares, error paths left out: not every one of them can be asked for.
fn least(python: &Coverage) -> f64 {
    let shares =
        [python.instruction_share(), python.attribute_share(SubjectKind::Type), python.attribute_share(SubjectKind::Module)];
    shares.iter().map(|share| share.percent()).fold(100.0, f64::min)
}
