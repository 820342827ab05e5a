//! `refdrift check`

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use refdrift_cases::load;
use refdrift_reports::{Table, json_line, json_summary};
use refdrift_runner::{RunEvent, RunOptions, Workshop, run};

use crate::args::{CheckArgs, Format};
use crate::{Failure, exit, paint, prepare};

pub(crate) fn check(args: &CheckArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let cases = load(&args.paths, &workshop.bundled_cases())?;
    let pool = prepare::pool(&args.python, args.engine.observer.as_deref(), &workshop)?;
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let mut output = Output { format: args.format, table: Table::new(), tally: exit::Tally::default(), bar: None, error: None };
    let ended = run(&cases, &pool, RunOptions { jobs, limits: args.engine.limits() }, &mut |event| output.take(&event))?;
    if let Some(error) = output.error {
        return Err(error.into());
    }
    Ok(if ended.interrupted { exit::INTERRUPTED } else { output.tally.code() })
}

/// Prints what a run tells.
struct Output {
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
                if io::stderr().is_terminal() && !(self.format == Format::Json && io::stdout().is_terminal()) {
                    self.bar = Some(bar(started.runs as u64));
                }
                ControlFlow::Continue(())
            }
            RunEvent::CaseFinished(result) => {
                self.tally.add(result);
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
                match self.format {
                    Format::Json => self.print(&(json_line(result) + "\n")),
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
                    Format::Json => json_summary(&ended.summary) + "\n",
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

fn bar(runs: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {elapsed}");
    ProgressBar::new(runs).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
