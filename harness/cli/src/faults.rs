//! `refdrift faults`

/// A build that makes no mistakes says how to get one that does.
#[cfg(not(feature = "faults"))]
pub(crate) fn faults(_: &crate::args::FaultsArgs) -> Result<u8, crate::Failure> {
    Err(crate::Failure::usage(
        "this build makes no mistakes; one that can: cargo run --release --features faults -- faults".to_owned(),
    ))
}

#[cfg(feature = "faults")]
pub(crate) use self::hunting::faults;

#[cfg(feature = "faults")]
mod hunting {
    use std::collections::BTreeSet;
    use std::fs::File;
    use std::io::{self, IsTerminal, Write};

    use indicatif::{ProgressBar, ProgressStyle};
    use refdrift_cases::load;
    use refdrift_generate::Profile;
    use refdrift_reports::{faults as table, faults_json};
    use refdrift_runner::faults::{FaultEvent, FaultOptions, FaultResult, FaultSummary, Sites, faults as hunt, stale_reasons};
    use refdrift_runner::{Generated, Source, Workshop};
    use refdrift_vm::Mode;

    use super::record;
    use crate::args::{FaultsArgs, Format};
    use crate::{Failure, exit, paint, prepare, say};

    /// The seed of the generated programs.
    const SEED: u64 = 1;

    pub(crate) fn faults(args: &FaultsArgs) -> Result<u8, Failure> {
        let options = options(args)?;
        let workshop = Workshop::new();
        let mut cases = load(&args.run.paths, &workshop.bundled_cases())?;
        let generated = Generated::new(SEED, &Profile::ALL, Some(args.generated), None);
        cases.extend((0..args.generated).map(|place| generated.case(place).into_owned()));
        let sites = Sites::read(workshop.workspace())?;
        let pool = prepare::pool(&args.run.python, &args.run.engine, &workshop)?;
        let pythons: Vec<String> = pool.references().iter().map(|reference| reference.version.to_string()).collect();
        let header = record::Header::of(&pythons, &cases, &sites);
        let (mut file, mut results) = match &args.record {
            Some(path) => record::open(path, &header, args.resume)?,
            None => (None, Vec::new()),
        };
        let done: BTreeSet<(String, String)> = results.iter().map(|one| (one.site.clone(), one.mode.clone())).collect();
        let mut bar = Bar { drawing: None, seen: io::stderr().is_terminal() };
        let mut broken: io::Result<()> = Ok(());
        let ended = hunt(&cases, &pool, &sites, &options, &done, &mut |event| {
            bar.show(&event);
            if let FaultEvent::Result(result) = event {
                let line = faults_json(&result);
                let written = file.as_mut().map_or(Ok(()), |file: &mut File| file.write_all(line.as_bytes()));
                let printed = if args.run.format == Format::Json { io::stdout().write_all(line.as_bytes()) } else { Ok(()) };
                if let Err(error) = written.and(printed) {
                    broken = Err(error);
                }
                results.push(*result);
            }
        })?;
        bar.end();
        broken?;
        let whole = args.site.is_none() && options.modes.is_empty() && options.sample.is_none() && args.run.paths.is_empty();
        if args.run.format == Format::Table {
            io::stdout().write_all(table(&results, paint()).as_bytes())?;
        }
        if !ended {
            return Ok(exit::INTERRUPTED);
        }
        for reason in stale_reasons(&results).iter().filter(|_| whole && pythons.len() > 1) {
            say(&format!("the reason for `{}` explains nothing any more: {}", reason.site, reason.why));
        }
        Ok(code(&results, args.min))
    }

    fn options(args: &FaultsArgs) -> Result<FaultOptions, Failure> {
        let mode = |name: &String| {
            let names: Vec<&str> = Mode::TABLE.iter().map(|row| row.1).collect();
            let found = Mode::TABLE.iter().find(|row| row.1 == name).map(|row| row.0);
            found.ok_or_else(|| Failure::usage(format!("`{name}` is no mode; there are {}", names.join(", "))))
        };
        let modes = args.mode.iter().map(mode).collect::<Result<_, _>>()?;
        let (site, sample) = (args.site.clone(), args.sample);
        Ok(FaultOptions { jobs: args.run.jobs(), limits: args.run.engine.limits(), site, modes, sample })
    }

    fn code(results: &[FaultResult], min: Option<f64>) -> u8 {
        let mut summary = FaultSummary::default();
        results.iter().for_each(|result| summary.add(result));
        if summary.faults == 0 || summary.diverged + summary.stopped == 0 {
            return exit::NOTHING_RAN;
        }
        let enough = min.map_or(summary.survived + summary.unreached == 0, |min| summary.rate() >= min);
        if enough { exit::AGREED } else { exit::DIVERGED }
    }

    /// How far it is, on standard error, where somebody looks.
    struct Bar {
        drawing: Option<ProgressBar>,
        seen: bool,
    }

    impl Bar {
        fn show(&mut self, event: &FaultEvent) {
            let (words, length) = match event {
                FaultEvent::Preparing { python, cases } => (format!("{python}: cases"), *cases),
                FaultEvent::Breaking { python, faults } => (format!("{python}: faults"), *faults),
                FaultEvent::Prepared | FaultEvent::Tried => {
                    self.drawing.iter().for_each(|bar| bar.inc(1));
                    return;
                }
                FaultEvent::Result(_) => return,
            };
            self.end();
            if self.seen {
                let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {elapsed}");
                let bar = ProgressBar::new(length as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_prefix(words);
                self.drawing = Some(bar);
            }
        }

        fn end(&mut self) {
            self.drawing.take().iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}

#[cfg(feature = "faults")]
mod record;
