//! `refdrift explain`

use std::io::{self, Write};

use refdrift_reports::{Subject, explain as render};
use refdrift_runner::{Examiner, Workshop};
use refdrift_vm::Vm;

use crate::args::ExplainArgs;
use crate::prepare::one_case;
use crate::{Failure, exit, paint, prepare};

pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let case = one_case(&args.path, &workshop)?;
    let specs: Vec<_> = args.python.iter().cloned().collect();
    let pool = prepare::pool(&specs, args.engine.observer.as_deref(), &workshop)?;
    let limits = args.engine.limits();
    // The VM recurses natively where Python does.
    let examination = std::thread::scope(|scope| {
        let examine = || Examiner::new(&pool, limits).examine(&case, 0);
        let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, examine)?;
        thread.join().map_err(|_| io::Error::other("the thread that runs the case panicked"))
    })?;
    if pool.cancelled() {
        return Ok(exit::INTERRUPTED);
    }
    let title = case.id();
    let subject = Subject { title: &title, source: &case.source, examination: &examination, limit: args.steps };
    io::stdout().write_all(render(&subject, paint()).as_bytes())?;
    let result = examination.result(&case, 0);
    for unmet in &result.unmet {
        writeln!(io::stdout(), "{unmet}")?;
    }
    let mut tally = exit::Tally::default();
    tally.add(&result);
    Ok(tally.code())
}
