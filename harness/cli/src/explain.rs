//! `refdrift explain`

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use refdrift_cases::{Case, Expect, VersionSelection, load};
use refdrift_reports::{Subject, explain as render};
use refdrift_runner::{Examiner, Workshop};
use refdrift_vm::Vm;

use crate::args::ExplainArgs;
use crate::{Failure, exit, paint, prepare};

pub(crate) fn explain(args: &ExplainArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let case = if args.path == Path::new("-") { standard_input()? } else { one_case(&args.path, &workshop)? };
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

fn standard_input() -> Result<Case, Failure> {
    let mut source = Vec::new();
    io::stdin().read_to_end(&mut source).map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    Ok(Case {
        suite: "stdin".to_owned(),
        name: "-".to_owned(),
        source,
        why: None,
        pythons: VersionSelection::Any,
        expect: Expect::default(),
        native: None,
        path: PathBuf::from("-"),
        line: 1,
        source_line: 1,
    })
}

fn one_case(path: &Path, workshop: &Workshop) -> Result<Case, Failure> {
    let mut cases = load(&[path.to_owned()], &workshop.bundled_cases())?;
    match cases.pop() {
        Some(case) if cases.is_empty() => Ok(case),
        last => {
            let names: Vec<_> = cases.iter().chain(&last).map(|case| case.name.as_str()).collect();
            let names = names.join(", ");
            Err(Failure::usage(format!("{}: explain one case, {0}::NAME with one of: {names}", path.display())))
        }
    }
}
