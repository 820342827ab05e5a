//! `refdrift check`

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use refdrift_cases::load;
use refdrift_record::{Ending, Header, Origin, RECORD_FORMAT, text};
use refdrift_reports::Table;
use refdrift_runner::{RunEvent, RunOptions, Workshop, run};

use crate::args::{Format, RunArgs};
use crate::{Failure, exit, paint, prepare};

pub(crate) fn check(args: &RunArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let cases = load(&args.paths, &workshop.bundled_cases())?;
    let pool = prepare::pool(&args.python, args.engine.observer.as_deref(), &workshop)?;
    let paths = args.paths.iter().map(|path| path.display().to_string()).collect();
    let mut output =
        Output { paths, format: args.format, table: Table::new(), tally: exit::Tally::default(), bar: None, error: None };
    let ended =
        run(&cases, &pool, RunOptions { jobs: args.jobs(), limits: args.engine.limits() }, &mut |event| output.take(&event))?;
    if let Some(error) = output.error {
        return Err(error.into());
    }
    Ok(if ended.interrupted { exit::INTERRUPTED } else { output.tally.code() })
}

/// Prints what a run tells.
struct Output {
    paths: Vec<String>,
    format: Format,
    table: Table,
    tally: exit::Tally,
    bar: Option<ProgressBar>,
    error: Option<io::Error>,
}

impl Output {
    fn take(&mut self, event: &RunEvent) -> ControlFlow<()> {
        match event {
            RunEvent::Started(started) => {
                self.bar = progress(started.runs, self.format);
                match self.format {
                    Format::Json => self.print(&text(&Header {
                        record: RECORD_FORMAT,
                        refdrift: env!("CARGO_PKG_VERSION").to_owned(),
                        origin: Origin::Files { paths: self.paths.clone() },
                        pythons: started.pythons.clone(),
                        cases: Some(started.cases as u64),
                        partition: None,
                    })),
                    Format::Table => ControlFlow::Continue(()),
                }
            }
            RunEvent::CaseFinished(result) => {
                self.tally.add(result);
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
                match self.format {
                    Format::Json => self.print(&text(result.as_ref())),
                    Format::Table => {
                        self.table.add(result);
                        ControlFlow::Continue(())
                    }
                }
            }
            RunEvent::Ended(ended) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                let text = match self.format {
                    Format::Json => text(&Ending { summary: ended.summary, interrupted: ended.interrupted }),
                    Format::Table => self.table.render(&ended.summary, ended.interrupted, paint()),
                };
                self.print(&text)
            }
        }
    }

    fn print(&mut self, text: &str) -> ControlFlow<()> {
        if self.error.is_some() {
            return ControlFlow::Break(());
        }
        match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// A bar on standard error, where somebody looks at it and no record runs through it.
pub(crate) fn progress(runs: usize, format: Format) -> Option<ProgressBar> {
    let seen = io::stderr().is_terminal() && !(format == Format::Json && io::stdout().is_terminal());
    seen.then(|| {
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {elapsed}");
        ProgressBar::new(runs as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    })
}
