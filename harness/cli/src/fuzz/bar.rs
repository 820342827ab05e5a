//! How far a run of generated programs is.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use refdrift_record::{CaseResult, Header};

use super::Counts;

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A bar on standard error, where somebody looks at it: over the runs, or over the time.
pub(crate) struct Bar {
    drawing: ProgressBar,
    start: Instant,
    drawn: Instant,
    timed: bool,
}

impl Bar {
    pub(crate) fn new(header: &Header, time: Option<Duration>) -> Self {
        let runs = header.cases.map(|cases| cases * header.pythons.len() as u64);
        let length = time.map_or(runs.unwrap_or_default(), |time| time.as_millis() as u64);
        let drawing = if io::stderr().is_terminal() { ProgressBar::new(length) } else { ProgressBar::hidden() };
        let style = ProgressStyle::with_template("{wide_bar} {percent} %  {elapsed}  {msg}");
        drawing.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let start = Instant::now();
        Self { drawing, start, drawn: start, timed: time.is_some() }
    }

    /// Shows where the run is after a result.
    pub(crate) fn show(&mut self, result: &CaseResult, counts: &Counts, kinds: usize) {
        if self.drawing.is_hidden() || self.drawn.elapsed() < TICK {
            return;
        }
        self.drawn = Instant::now();
        let elapsed = self.start.elapsed();
        self.drawing.set_position(if self.timed { elapsed.as_millis() as u64 } else { result.number + 1 });
        let rate = counts.runs as f64 / elapsed.as_secs_f64();
        let findings = if kinds == 1 { "finding" } else { "findings" };
        self.drawing.set_message(format!("{rate:.0} runs/s  {:.1} % valid  {kinds} {findings}", counts.validity()));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.drawing.finish_and_clear();
    }
}
