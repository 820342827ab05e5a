//! `refdrift explain`

use std::io::{self, Write};

use refdrift_reports::{Subject, explain as render, life};
use refdrift_runner::{Examiner, Workshop};
use refdrift_vm::Vm;

use crate::args::ExplainArgs;
use crate::prepare::one_case;
use crate::{Failure, exit, paint, prepare};

pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let case = one_case(&args.path, &workshop)?;
    let specs: Vec<_> = args.python.iter().cloned().collect();
    let pool = prepare::pool(&specs, &args.engine, &workshop)?;
    let limits = args.engine.limits();
    // The VM recurses natively where Python does.
    let (examination, evidence, story) = std::thread::scope(|scope| {
        let examine = || {
            let mut examiner = Examiner::new(&pool, limits);
            let (examination, evidence) = examiner.examine_further(&case, 0, true);
            let story = args.object.map(|object| examiner.story(&case, 0, &examination, object));
            (examination, evidence, story)
        };
        let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, examine)?;
        thread.join().map_err(|_| io::Error::other("the thread that runs the case panicked"))
    })?;
    if pool.cancelled() {
        return Ok(exit::INTERRUPTED);
    }
    let title = case.id();
    let subject =
        Subject { title: &title, source: &case.source, examination: &examination, evidence: evidence.as_ref(), limit: args.steps };
    let text = match story {
        None => render(&subject, paint()),
        Some(Ok(story)) => life(&subject, &story, paint()),
        Some(Err(why)) => return Err(Failure::usage(why)),
    };
    io::stdout().write_all(text.as_bytes())?;
    let result = examination.result(&case, 0);
    for unmet in &result.unmet {
        writeln!(io::stdout(), "{unmet}")?;
    }
    let mut tally = exit::Tally::default();
    tally.add(&result);
    Ok(tally.code())
}
