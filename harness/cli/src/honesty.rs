//! `refdrift honesty`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use indicatif::ProgressBar;
use refdrift_cases::load;
use refdrift_runner::{Answer, Doubt, Generated, Started, Workshop, honesty as measure};
use serde_json::json;

use crate::args::{Format, HonestyArgs, Measure};
use crate::check::progress;
use crate::{Failure, exit, prepare};

pub(crate) fn honesty(args: &HonestyArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let generated = args.cases.map(|cases| Generated::new(args.seed, &args.profiles(), Some(cases), None));
    let cases = match generated {
        Some(_) => Vec::new(),
        None => load(&args.run.paths, &workshop.bundled_cases())?,
    };
    let pool = prepare::pool(&args.run.python, &args.run.engine, &workshop)?;
    let pythons: Vec<String> = pool.references().iter().map(|reference| reference.version.to_string()).collect();
    let counts = pythons.iter().map(|python| (python.clone(), Counts::default())).collect();
    let mut told = Told { counts, measure: args.measure, wrong: BTreeMap::new() };
    let started = Started { pythons, cases: Some(args.cases.unwrap_or(cases.len() as u64)) };
    let bar = progress(&started, args.format());
    let sink = &mut |answer| told.add(answer, bar.as_ref());
    let (question, options) = (args.measure.into(), args.run.options());
    let whole = match &generated {
        Some(generated) => measure(generated, &pool, question, options, sink)?,
        None => measure(cases.as_slice(), &pool, question, options, sink)?,
    };
    bar.iter().for_each(ProgressBar::finish_and_clear);
    let text = match args.format() {
        Format::Table => told.table(whole),
        Format::Json => told.json(whole),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(if whole { told.code() } else { exit::INTERRUPTED })
}

/// What came of the programs on one Python.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    same: u64,
    differ: u64,
    addresses: u64,
    left_out: u64,
    failed: u64,
}

#[derive(Debug)]
struct Told {
    counts: BTreeMap<String, Counts>,
    /// What was asked.
    measure: Measure,
    /// What a person must look at, by place and Python.
    wrong: BTreeMap<(u64, String), (String, &'static str, String)>,
}

impl Told {
    fn add(&mut self, answer: Answer, bar: Option<&ProgressBar>) {
        if let Some(bar) = bar {
            bar.inc(1);
        }
        let python = answer.python.to_string();
        let counts = self.counts.entry(python.clone()).or_default();
        let (count, wrong) = match answer.doubt {
            None => (&mut counts.same, None),
            Some(Doubt::Differ(how)) => (&mut counts.differ, Some((self.measure.words().2, how))),
            Some(Doubt::Addresses(_)) => (&mut counts.addresses, None),
            Some(Doubt::LeftOut(_)) => (&mut counts.left_out, None),
            Some(Doubt::Failed(why)) => (&mut counts.failed, Some(("failed", why))),
        };
        *count += 1;
        if let Some((kind, words)) = wrong {
            self.wrong.insert((answer.place, python), (answer.case, kind, words));
        }
    }

    fn table(&self, whole: bool) -> String {
        let mut text = String::new();
        for ((_, python), (case, kind, words)) in &self.wrong {
            let _ = writeln!(text, "{case} on Python {python} {kind}: {words}");
        }
        let end = if whole { "" } else { " (interrupted)" };
        let (good, bad, _) = self.measure.words();
        for (python, Counts { same, differ, addresses, left_out, failed }) in &self.counts {
            let _ = writeln!(
                text,
                "Python {python}: {same} {good}, {differ} {bad}, {addresses} depend on addresses, {left_out} left out, {failed} failed{end}"
            );
        }
        text
    }

    fn json(&self, whole: bool) -> String {
        let mut text = String::new();
        for ((_, python), (case, kind, words)) in &self.wrong {
            let _ = writeln!(text, "{}", json!({"case": case, "python": python, "what": kind, "why": words}));
        }
        for (python, Counts { same, differ, addresses, left_out, failed }) in &self.counts {
            let line = json!({
                "python": python, "same": same, "differ": differ, "addresses": addresses, "left_out": left_out, "failed": failed,
                "interrupted": !whole,
            });
            let _ = writeln!(text, "{line}");
        }
        text
    }

    fn code(&self) -> u8 {
        let any = |count: fn(&Counts) -> u64| self.counts.values().any(|counts| count(counts) > 0);
        if any(|counts| counts.differ) {
            exit::DIVERGED
        } else if any(|counts| counts.failed) {
            exit::ENGINE_FAILED
        } else if any(|counts| counts.same) {
            exit::AGREED
        } else {
            exit::NOTHING_RAN
        }
    }
}
