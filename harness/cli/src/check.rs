//! `refdrift check`

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressStyle};
use refdrift_cases::load;
use refdrift_record::{CaseResult, Ending, Header, Origin, Summary, Writer, text};
use refdrift_reports::{Plain, Table};
use refdrift_runner::{RunEvent, RunOptions, Started, Workshop, run};

use crate::args::{CheckArgs, Format, RunFormat};
use crate::{Failure, exit, goldens, paint, prepare, recording};

pub(crate) fn check(args: &CheckArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let cases = load(&args.run.paths, &workshop.bundled_cases())?;
    let pool = match &args.replay {
        Some(folder) => goldens::pool(folder, &cases, &args.run.python, &args.run.engine, &workshop)?,
        None => prepare::pool(&args.run.python, &args.run.engine, &workshop)?,
    };
    let origin = Origin::Files { paths: args.run.paths.iter().map(|path| path.display().to_string()).collect() };
    let header = recording::header(origin, Some(cases.len() as u64), &pool, args.part.partition);
    let mut output = Output::new(args.run.format);
    let mut from = 0;
    if let Some(path) = &args.record {
        let mut kept = Vec::new();
        let (writer, next) = recording::open(path, &header, args.resume, &mut |result| kept.push(result.clone()))?;
        output.start(&header)?;
        kept.iter().try_for_each(|result| output.result(result))?;
        (output.record, from) = (Some(writer), next);
    } else {
        output.start(&header)?;
    }
    let options = RunOptions { partition: args.part.partition, from, ..args.run.options() };
    let mut broken = None;
    let ended = run(cases.as_slice(), &pool, options, &mut |event| match output.take(&event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(failure) => {
            broken = Some(failure);
            ControlFlow::Break(())
        }
    })?;
    if let Some(failure) = broken {
        return Err(failure);
    }
    output.end(ended.interrupted)?;
    Ok(if ended.interrupted { exit::INTERRUPTED } else { output.tally.code() })
}

/// Prints what a run tells, and records it.
struct Output {
    format: RunFormat,
    table: Table,
    plain: Plain,
    tally: exit::Tally,
    summary: Summary,
    bar: Option<ProgressBar>,
    record: Option<Writer>,
    /// Whether what comes has its place in the record.
    whole: bool,
}

impl Output {
    fn new(format: RunFormat) -> Self {
        let (table, plain, tally) = (Table::new(), Plain::new(), exit::Tally::default());
        Self { format, table, plain, tally, summary: Summary::default(), bar: None, record: None, whole: true }
    }

    fn start(&self, header: &Header) -> io::Result<()> {
        match self.format {
            RunFormat::Json => print(&text(header)),
            RunFormat::Table | RunFormat::Plain => Ok(()),
        }
    }

    fn take(&mut self, event: &RunEvent) -> Result<(), Failure> {
        match event {
            RunEvent::Started(started) => {
                let format = if self.format == RunFormat::Json { Format::Json } else { Format::Table };
                self.bar = progress(started, format);
            }
            RunEvent::CaseFinished(result) => {
                if let Some(bar) = &self.bar {
                    bar.set_position(result.number + 1);
                }
                if let (Some(record), true) = (&mut self.record, self.whole) {
                    record.result(result)?;
                }
                self.result(result)?;
            }
            RunEvent::BrokenOff => self.whole = false,
            RunEvent::Ended(_) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
            }
        }
        Ok(())
    }

    fn result(&mut self, result: &CaseResult) -> io::Result<()> {
        match self.format {
            RunFormat::Json if !self.whole => return Ok(()),
            RunFormat::Json => print(&text(result))?,
            RunFormat::Table => self.table.add(result),
            RunFormat::Plain => self.plain.add(result),
        }
        self.tally.add(result);
        self.summary.add(result.verdict);
        Ok(())
    }

    fn end(&mut self, interrupted: bool) -> Result<(), Failure> {
        if let Some(record) = self.record.take() {
            record.end(interrupted)?;
        }
        Ok(print(&match self.format {
            RunFormat::Json => text(&Ending { summary: self.summary, interrupted }),
            RunFormat::Plain => self.plain.render(&self.summary, interrupted),
            RunFormat::Table => self.table.render(&self.summary, interrupted, paint()),
        })?)
    }
}

fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())?;
    io::stdout().flush()
}

/// A bar on standard error, where somebody looks at it and no record runs through it.
pub(crate) fn progress(started: &Started, format: Format) -> Option<ProgressBar> {
    let seen = io::stderr().is_terminal() && !(format == Format::Json && io::stdout().is_terminal());
    seen.then(|| {
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {elapsed}");
        ProgressBar::new(started.cases.unwrap_or_default() * started.pythons.len() as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    })
}
