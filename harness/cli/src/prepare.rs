//! From what was asked for to running observers.

use std::env;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use refdrift_cases::{Case, load};
use refdrift_runner::{Interpreter, OBSERVER_VARIABLE, Pool, Progress, PythonSpec, Workshop, select};

use crate::args::EngineArgs;
use crate::{Failure, say};

/// The observers of the Pythons asked for, built where they are missing, and running.
pub(crate) fn pool(specs: &[PythonSpec], engine: &EngineArgs, workshop: &Workshop) -> Result<Pool, Failure> {
    let cancelled = cancelled_by_keyboard()?;
    let named = engine
        .observer
        .clone()
        .or_else(|| env::var_os(OBSERVER_VARIABLE).filter(|path| specs.is_empty() && !path.is_empty()).map(PathBuf::from));
    let programs = match named {
        Some(program) => vec![(program, None)],
        None => select(specs)?
            .into_iter()
            .map(|interpreter| Ok((provide(workshop, &interpreter)?, Some(interpreter))))
            .collect::<Result<_, Failure>>()?,
    };
    let mut pool = Pool::start_within(programs, engine.max_memory, cancelled)?;
    pool.audit(engine.audit);
    armed(pool, workshop)
}

/// The pool with the mistake in its VM that `REFDRIFT_FAULT` names, in builds for that.
#[cfg(feature = "faults")]
pub(crate) fn armed(mut pool: Pool, workshop: &Workshop) -> Result<Pool, Failure> {
    if let Ok(fault) = env::var("REFDRIFT_FAULT") {
        let sites = refdrift_runner::faults::Sites::read(workshop.workspace())?;
        let fault = refdrift_runner::faults::named(&fault, &sites);
        pool.arm(Some(fault.map_err(|wrong| Failure::usage(format!("REFDRIFT_FAULT: {wrong}")))?));
    }
    Ok(pool)
}

/// The pool: nothing can be broken in this build.
#[cfg(not(feature = "faults"))]
pub(crate) fn armed(pool: Pool, _: &Workshop) -> Result<Pool, Failure> {
    Ok(pool)
}

/// The one case that a path names; `-` is standard input.
pub(crate) fn one_case(path: &Path, workshop: &Workshop) -> Result<Case, Failure> {
    if path == Path::new("-") { standard_input() } else { named_case(path, workshop) }
}

fn standard_input() -> Result<Case, Failure> {
    let mut source = Vec::new();
    io::stdin().read_to_end(&mut source).map_err(|error| Failure::usage(format!("standard input cannot be read: {error}")))?;
    Ok(Case { path: PathBuf::from("-"), line: 1, source_line: 1, ..Case::bare("stdin", "-", source) })
}

fn named_case(path: &Path, workshop: &Workshop) -> Result<Case, Failure> {
    let mut cases = load(&[path.to_owned()], &workshop.bundled_cases())?;
    match cases.pop() {
        Some(case) if cases.is_empty() => Ok(case),
        last => {
            let names: Vec<_> = cases.iter().chain(&last).map(|case| case.name.as_str()).collect();
            let names = names.join(", ");
            Err(Failure::usage(format!("{}: there are several cases; name one, {0}::NAME, of: {names}", path.display())))
        }
    }
}

/// True once the person at the keyboard has had enough; the second time ends the process at once.
pub(crate) fn cancelled_by_keyboard() -> Result<Arc<AtomicBool>, Failure> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&cancelled);
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(crate::exit::INTERRUPTED));
        }
    })
    .map_err(|error| Failure::usage(format!("the interrupt key cannot be watched: {error}")))?;
    Ok(cancelled)
}

fn provide(workshop: &Workshop, interpreter: &Interpreter) -> Result<PathBuf, Failure> {
    let mut teller = Teller { version: interpreter.version.to_string(), bar: None };
    let program = workshop.provide(interpreter, &mut |progress| teller.tell(&progress))?;
    Ok(program)
}

/// Tells on standard error what a build is doing: a moving line on a terminal, two lines elsewhere.
struct Teller {
    version: String,
    bar: Option<ProgressBar>,
}

impl Teller {
    fn tell(&mut self, progress: &Progress) {
        let version = &self.version;
        match progress {
            Progress::Waiting => say(&format!("waiting for another refdrift that builds the observer for Python {version}")),
            Progress::Building => {
                let words = format!("building the observer for Python {version} (once; it takes half a minute)");
                if io::stderr().is_terminal() {
                    let style = ProgressStyle::with_template("{spinner} {prefix}: {wide_msg} {elapsed}");
                    let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
                    bar.set_prefix(words);
                    bar.enable_steady_tick(Duration::from_millis(120));
                    self.bar = Some(bar);
                } else {
                    say(&words);
                }
            }
            Progress::Said(line) => {
                if let Some(bar) = &self.bar {
                    bar.set_message(line.clone());
                }
            }
            Progress::Built(time) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                say(&format!("built the observer for Python {version} in {:.0} s", time.as_secs_f64()));
            }
        }
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// A bar on standard error behind these words; hidden where that is no terminal.
pub(crate) fn bar(length: usize, words: String) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {elapsed}");
    ProgressBar::new(length as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_prefix(words)
}
