//! `refdrift fuzz`

mod bar;
mod findings;
mod folder;
mod known;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use refdrift_record::{Buckets, CaseResult, Header, Line, Origin, ReadError, Reader, Signature, Summary, Writer};
use refdrift_reports::{Plain, findings as buckets_text, summary_line};
use refdrift_runner::{Generated, Pool, RunEvent, RunOptions, Workshop, run};

use crate::args::{FuzzArgs, TextFormat, cores_unless};
use crate::{Failure, exit, paint, prepare, recording, say};
use bar::Bar;
use findings::Findings;
use folder::Folder;
use known::KnownDifferences;

pub(crate) fn fuzz(args: &FuzzArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let earlier = args.against.as_deref().map(buckets_of).transpose()?;
    let folder = Folder::open(args.out.as_deref(), args.seed, args.resume)?;
    let known = KnownDifferences::load(&args.known.clone().unwrap_or_else(|| workshop.bundled_cases().join("known")))?;
    let pool = prepare::pool(&args.python, &args.engine, &workshop)?;
    let start = Instant::now();
    let end = args.time.and_then(|time| start.checked_add(time));
    let source = Generated::new(folder.seed, &args.profiles(), args.cases(), end);
    let origin = Origin::Generated { seed: source.seed(), profile: source.profiles() };
    let header = recording::header(origin, args.cases(), &pool, args.part.partition);
    let mut session = Session::new(args, &pool, &known, &folder, &workshop);
    let (writer, from) = session.open(&header)?;
    session.record = Some(writer);
    say(&format!("seed {}, profiles {}, Python {}", folder.seed, source.profiles(), header.pythons.join(", ")));
    let gone = known.gone(&pool, args.engine.limits())?;
    let jobs = cores_unless(args.jobs);
    let options = RunOptions { jobs, limits: args.engine.limits(), partition: args.part.partition, from };
    session.bar = Some(Bar::new(&header, args.time));
    let mut broken = None;
    let ended = run(&source, &pool, options, &mut |event| {
        session.take(event).unwrap_or_else(|failure| {
            broken = Some(failure);
            ControlFlow::Break(())
        })
    })?;
    session.bar = None;
    if let Some(failure) = broken {
        return Err(failure);
    }
    let summary = session.record.take().map_or(Ok(Summary::default()), |record| record.end(ended.interrupted))?;
    let mut text = buckets_text(&session.buckets, earlier.as_ref(), paint());
    for name in &gone {
        let _ = writeln!(text, "known difference {name} no longer happens: remove it");
    }
    text.push_str(&session.counts.line(start.elapsed()));
    text.push_str(&summary_line(&summary, ended.interrupted, paint()));
    if let Some(plain) = &session.plain {
        for name in &gone {
            say(&format!("known difference {name} no longer happens: remove it"));
        }
        text = plain.render(&summary, ended.interrupted);
    }
    io::stdout().write_all(text.as_bytes())?;
    say(&format!("the record is {}", folder.record().display()));
    Ok(match session.tally.code() {
        _ if pool.cancelled() => exit::INTERRUPTED,
        exit::AGREED | exit::NOTHING_RAN if !gone.is_empty() => exit::DIVERGED,
        code => code,
    })
}

/// The findings of an earlier run.
fn buckets_of(path: &Path) -> Result<Buckets, ReadError> {
    let mut buckets = Buckets::default();
    for line in Reader::open(path)? {
        if let Line::Result(result) = line? {
            buckets.add(&result);
        }
    }
    Ok(buckets)
}

/// What has run, and how much of it was worth it.
#[derive(Default)]
struct Counts {
    /// Runs of this session, not of the one that it goes on with.
    runs: u64,
    /// All runs.
    all: u64,
    /// Those that CPython ran to the program's end.
    valid: u64,
}

impl Counts {
    fn add(&mut self, result: &CaseResult) {
        self.all += 1;
        // A program that CPython does not run to its end does not end as it means to, whoever's fault that is.
        self.valid += u64::from(result.raised.is_none() && result.fault.is_none());
    }

    /// How many of the programs are valid, in tenths of a per cent rounded down.
    fn validity(&self) -> f64 {
        (self.valid * 1000).checked_div(self.all).unwrap_or(1000) as f64 / 10.0
    }

    fn line(&self, time: std::time::Duration) -> String {
        let rate = self.runs as f64 / time.as_secs_f64().max(1e-9);
        format!("{} runs in {:.1} s, {rate:.0} a second; {:.1} % valid\n", self.runs, time.as_secs_f64(), self.validity())
    }
}

/// What a run of generated programs keeps while it goes.
struct Session<'a> {
    known: &'a KnownDifferences,
    folder: &'a Folder,
    findings: Findings<'a>,
    buckets: Buckets,
    tally: exit::Tally,
    counts: Counts,
    /// The findings as lines, where they are to be printed so.
    plain: Option<Plain>,
    record: Option<Writer>,
    bar: Option<Bar>,
    resume: bool,
    max_findings: Option<usize>,
}

impl<'a> Session<'a> {
    fn new(args: &'a FuzzArgs, pool: &'a Pool, known: &'a KnownDifferences, folder: &'a Folder, workshop: &Workshop) -> Self {
        let save = args
            .save
            .clone()
            .map(|folder| if folder.as_os_str().is_empty() { workshop.bundled_cases().join("regressions") } else { folder });
        Self {
            known,
            folder,
            findings: Findings::new(pool, args, folder.findings(), save),
            buckets: Buckets::default(),
            tally: exit::Tally::default(),
            counts: Counts::default(),
            plain: (args.format == TextFormat::Plain).then(Plain::new),
            record: None,
            bar: None,
            resume: args.resume,
            max_findings: args.max_findings,
        }
    }

    /// Opens the record and takes in what is in it.
    fn open(&mut self, header: &Header) -> Result<(Writer, u64), Failure> {
        let mut kept = Ok(());
        let opened = recording::open(&self.folder.record(), header, self.resume, &mut |result| {
            self.note(result);
            if kept.is_ok() {
                kept = self.findings.keep(result);
            }
        })?;
        kept?;
        Ok(opened)
    }

    fn take(&mut self, event: RunEvent) -> Result<ControlFlow<()>, Failure> {
        // What finished behind a run that did not has no place in the record.
        let RunEvent::CaseFinished(mut result) = event else {
            return Ok(if event == RunEvent::BrokenOff { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
        };
        self.known.mark(&mut result);
        if Signature::of(&result).is_some_and(|signature| !self.buckets.has(&signature)) {
            self.findings.shrink(&mut result)?;
        }
        if let Some(record) = &mut self.record {
            record.result(&result)?;
        }
        self.findings.keep(&result)?;
        self.note(&result);
        self.counts.runs += 1;
        if let Some(bar) = &mut self.bar {
            bar.show(&result, &self.counts, self.findings.kinds());
        }
        let enough = self.max_findings.is_some_and(|most| self.findings.kinds() >= most);
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn note(&mut self, result: &CaseResult) {
        self.tally.add(result);
        self.counts.add(result);
        self.buckets.add(result);
        self.plain.iter_mut().for_each(|plain| plain.add(result));
    }
}
