//! The `refdrift` command: arguments, exit codes and wiring. What it does lies in the crates beside it.
#![forbid(unsafe_code)]

mod args;
mod bless;
mod check;
mod compare;
mod coverage;
mod exit;
mod explain;
mod faults;
mod fuzz;
mod goldens;
mod honesty;
mod merge;
mod native;
mod outputs;
mod prepare;
mod pythons;
mod recording;
mod records;
mod report;
mod shrink;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use refdrift_cases::CaseError;
use refdrift_record::{MergeError, ReadError, WriteError};
use refdrift_reports::Paint;
use refdrift_runner::{FindError, ObserverError, ProvisionError, RunError};

use crate::args::{Cli, Command};

/// The VM makes and drops small things all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.command {
        Some(Command::Bless(args)) => bless::bless(args),
        Some(Command::Check(args)) => check::check(args),
        Some(Command::Compare(args)) => compare::compare(args),
        Some(Command::Coverage(args)) => coverage::coverage(args),
        Some(Command::Explain(args)) => explain::explain(args),
        Some(Command::Faults(args)) => faults::faults(args),
        Some(Command::Fuzz(args)) => fuzz::fuzz(args),
        Some(Command::Honesty(args)) => honesty::honesty(args),
        Some(Command::Merge(args)) => merge::merge(args),
        Some(Command::Native(args)) => native::native(args),
        Some(Command::Pythons(args)) => pythons::pythons(args),
        Some(Command::Shrink(args)) => shrink::shrink(args),
        Some(Command::Report(args)) => report::report(args),
        None => Cli::command().print_help().map(|()| exit::AGREED).map_err(Failure::from),
    };
    ExitCode::from(done.unwrap_or_else(|failure| {
        for line in &failure.lines {
            say(line);
        }
        failure.code
    }))
}

/// Whether to colour what goes to standard output.
fn paint() -> Paint {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    Paint { colour: wanted && io::stdout().is_terminal() }
}

/// Says something on standard error.
fn say(line: &str) {
    // Nobody may be reading; that is no reason to stop.
    let _ = writeln!(io::stderr(), "refdrift: {line}");
}

/// Why a command could not do its work: what to say, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    lines: Vec<String>,
    code: u8,
}

impl Failure {
    pub(crate) fn of(code: u8, line: String) -> Self {
        Self { lines: vec![line], code }
    }

    pub(crate) fn usage(line: String) -> Self {
        Self { lines: vec![line], code: exit::USAGE }
    }
}

impl Failure {
    /// Broken off from the keyboard, with nothing to tell.
    pub(crate) fn interrupted() -> Self {
        Self { lines: Vec::new(), code: exit::INTERRUPTED }
    }
}

impl From<Vec<CaseError>> for Failure {
    fn from(errors: Vec<CaseError>) -> Self {
        Self { lines: errors.iter().map(ToString::to_string).collect(), code: exit::USAGE }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<FindError> for Failure {
    fn from(error: FindError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<ProvisionError> for Failure {
    fn from(error: ProvisionError) -> Self {
        Self { lines: vec![error.to_string()], code: exit::ENGINE_FAILED }
    }
}

impl From<ObserverError> for Failure {
    fn from(error: ObserverError) -> Self {
        Self { lines: vec![error.to_string()], code: exit::ENGINE_FAILED }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self { lines: vec![error.to_string()], code: exit::ENGINE_FAILED }
    }
}

impl From<Vec<MergeError>> for Failure {
    fn from(errors: Vec<MergeError>) -> Self {
        Self { lines: errors.iter().map(ToString::to_string).collect(), code: exit::USAGE }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { lines: Vec::new(), code: exit::BROKEN_PIPE };
        }
        Self { lines: vec![format!("cannot write: {error}")], code: exit::USAGE }
    }
}
