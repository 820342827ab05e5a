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
    use std::io::{self, IsTerminal, Write};

    use indicatif::ProgressBar;
    use refdrift_cases::{Case, load};
    use refdrift_generate::Profile;
    use refdrift_reports::{faults as table, faults_json};
    use refdrift_runner::faults::{
        Danger, FaultEvent, FaultOptions, FaultResult, FaultSummary, ReachedSite, Sites, faults as hunt, reach, stale_reasons,
    };
    use refdrift_runner::{Generated, Pool, Source, Workshop};
    use refdrift_vm::Mode;
    use serde_json::json;

    use super::guard::{self, Place};
    use super::record;
    use crate::args::{FaultsArgs, Format};
    use crate::{Failure, exit, paint, prepare, say};

    /// The seed of the generated programs.
    const SEED: u64 = 1;

    /// In a process of its own, which a broken VM may take along.
    pub(crate) fn faults(args: &FaultsArgs) -> Result<u8, Failure> {
        let mut options = options(args)?;
        let inside = match guard::enter(args.list)? {
            Place::Outside(code) => return Ok(code),
            Place::Inside(inside) => inside,
        };
        options.danger = inside.danger.clone();
        let workshop = Workshop::new();
        let mut cases = load(&args.run.paths, &workshop.bundled_cases())?;
        let generated = Generated::new(SEED, Profile::ALL, Some(args.generated), None);
        cases.extend((0..args.generated).map(|place| generated.case(place).into_owned()));
        let sites = Sites::read(workshop.workspace())?;
        let pool = prepare::pool(&args.run.python, &args.run.engine, &workshop)?;
        let pythons: Vec<String> = pool.references().iter().map(|reference| reference.version.to_string()).collect();
        if args.list {
            return list(args, &cases, &pool, &sites, &options);
        }
        let header = record::Header::of(&pythons, &cases, &sites);
        let kept = args.record.clone().unwrap_or_else(|| inside.record());
        let (mut file, mut results) = record::open(&kept, &header, args.resume || inside.again)?;
        let mut done: BTreeSet<(String, String)> = results.iter().map(|one| (one.site.clone(), one.mode.clone())).collect();
        if let Some(earlier) = &args.missed_in {
            done.extend(record::caught(earlier)?);
        }
        let mut bar = Bar { drawing: None, seen: io::stderr().is_terminal() };
        let mut broken: io::Result<()> = Ok(());
        let ended = hunt(&cases, &pool, &sites, &options, &done, &mut |event| {
            bar.show(&event);
            if let FaultEvent::Result(result) = event {
                let line = faults_json(&result);
                let written = file.write_all(line.as_bytes());
                let printed = if args.run.format == Format::Json { io::stdout().write_all(line.as_bytes()) } else { Ok(()) };
                if let Err(error) = written.and(printed) {
                    broken = Err(error);
                }
                results.push(*result);
            }
        })?;
        bar.end();
        broken?;
        let whole = args.site.is_none()
            && options.modes.is_empty()
            && options.sample.is_none()
            && args.missed_in.is_none()
            && args.run.paths.is_empty();
        if args.run.format == Format::Table {
            io::stdout().write_all(table(&results, paint()).as_bytes())?;
        }
        if !ended {
            return Ok(exit::INTERRUPTED);
        }
        for (site, why) in stale_reasons(&results).iter().filter(|_| whole && pythons.len() > 1) {
            say(&format!("the reason for `{site}` does not hold any more: {why}"));
        }
        Ok(code(&results, args.min))
    }

    /// Which sites the cases reach.
    fn list(args: &FaultsArgs, cases: &[Case], pool: &Pool, sites: &Sites, options: &FaultOptions) -> Result<u8, Failure> {
        let mut bar = Bar { drawing: None, seen: io::stderr().is_terminal() };
        let reached = reach(cases, pool, sites, options, &mut |event| bar.show(&event))?;
        bar.end();
        let Some(reached) = reached else { return Ok(exit::INTERRUPTED) };
        let mut out = io::stdout().lock();
        for ReachedSite { site, line, cases, counted, unrecorded } in &reached {
            if args.run.format == Format::Json {
                writeln!(
                    out,
                    "{}",
                    json!({"site": site, "line": line, "counted": counted, "unrecorded": unrecorded, "cases": cases})
                )?;
            } else {
                writeln!(out, "{:6}  {site} (line {line})", cases.len())?;
            }
        }
        let none = reached.iter().filter(|site| site.cases.is_empty()).count();
        if args.run.format == Format::Table {
            writeln!(out, "{} sites, {none} of them reached by no case", reached.len())?;
        }
        Ok(exit::AGREED)
    }

    fn options(args: &FaultsArgs) -> Result<FaultOptions, Failure> {
        let mode = |name: &String| {
            let names: Vec<&str> = Mode::TABLE.iter().map(|row| row.1).collect();
            let found = Mode::TABLE.iter().find(|row| row.1 == name).map(|row| row.0);
            found.ok_or_else(|| Failure::usage(format!("`{name}` is no mode; there are {}", names.join(", "))))
        };
        let modes = args.mode.iter().map(mode).collect::<Result<_, _>>()?;
        let (site, sample) = (args.site.clone(), args.sample);
        let danger = Danger::default();
        Ok(FaultOptions { jobs: args.run.jobs(), limits: args.run.engine.limits(), site, modes, sample, danger })
    }

    fn code(results: &[FaultResult], min: Option<f64>) -> u8 {
        let mut summary = FaultSummary::default();
        for result in results {
            summary.add(result);
        }
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
                FaultEvent::Breaking { faults } => ("faults".to_owned(), *faults),
                FaultEvent::Prepared | FaultEvent::Result(_) => {
                    self.drawing.iter().for_each(|bar| bar.inc(1));
                    return;
                }
            };
            self.end();
            if self.seen {
                self.drawing = Some(prepare::bar(length, words));
            }
        }

        fn end(&mut self) {
            self.drawing.take().iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}

#[cfg(feature = "faults")]
mod guard;
#[cfg(feature = "faults")]
mod record;
