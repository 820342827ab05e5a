//! The command line.

mod faults;
mod honesty;
mod native;
mod reports;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use refdrift_generate::{Profile, UnknownProfile};
use refdrift_record::Partition;
use refdrift_runner::{Limits, PythonSpec, RunOptions};

pub(crate) use self::faults::FaultsArgs;
pub(crate) use self::honesty::{HonestyArgs, Measure};
pub(crate) use self::native::NativeArgs;
pub(crate) use self::reports::{CompareArgs, ReportArgs, TextFormat};

const ABOUT: &str = "Runs Python snippets in CPython and in a Rust VM, compares every object's reference count after every instruction, and \
                     shows where the two drift apart.";

const EXAMPLES: &str = "\
Examples:
  refdrift check                              the bundled cases, with the python3 on PATH
  refdrift check --python all                 with every CPython that can be found
  refdrift check mine.py cases/ownership      files and folders of one's own
  refdrift check --format json > record.jsonl
  refdrift check --replay                     where no Python is: against what CPython once said
  refdrift check --partition slice:1/4 --record 1.jsonl   one shard of four, for `refdrift merge`
  refdrift report record.jsonl --html report  pages for a browser; also JUnit, SARIF, Markdown
  refdrift compare old.jsonl new.jsonl        what got worse, what got better
  refdrift explain mine.py                    instruction by instruction
  refdrift fuzz --time 10m --python all       programs nobody thought of
  refdrift coverage --python all              what the cases reach, and what the VM lacks
  echo 'a = []; b = (a, a)' | refdrift explain -
  refdrift shrink mine.py                     the few lines of it that show the same finding
  refdrift honesty self                       whether CPython agrees with itself
  refdrift native _heapq                      what the functions of an extension module do to references
  refdrift pythons                            which interpreters there are

Exit codes:
  0  all that ran agree, or are as their case expects
  1  the engines diverge, or what a case states does not hold
  2  usage or bad input
  3  an engine failed (crash, time-out, step limit) and nothing diverged
  4  nothing was compared
  130  interrupted";

/// The command line of refdrift.
#[derive(Debug, Parser)]
#[command(name = "refdrift", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write what CPython says where case files state other counts or frees
    #[command(after_help = BLESS_HELP)]
    Bless(BlessArgs),
    /// Run cases on both engines and compare them
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Tell what became of the cases from one record to a newer one
    #[command(after_help = reports::COMPARE_HELP)]
    Compare(CompareArgs),
    /// Tell how much of each Python the cases have run in both engines, and what the VM has of it
    #[command(after_help = COVERAGE_HELP)]
    Coverage(CoverageArgs),
    /// Show one snippet instruction by instruction, with each object's count on both sides
    #[command(after_help = EXPLAIN_HELP)]
    Explain(ExplainArgs),
    /// Break the VM in one place after the other, and tell which of these faults the cases catch
    #[command(after_help = faults::FAULTS_HELP)]
    Faults(FaultsArgs),
    /// Run generated programs on both engines; what they find is shrunk, grouped and kept
    #[command(after_help = FUZZ_HELP)]
    Fuzz(FuzzArgs),
    /// Measure whether what refdrift sees of CPython can be believed
    #[command(after_help = honesty::HONESTY_HELP)]
    Honesty(HonestyArgs),
    /// Put the records of shards together, to the same bytes whatever the shards were
    #[command(after_help = MERGE_HELP)]
    Merge(MergeArgs),
    /// Call every function of an extension module and check what it does to references
    #[command(after_help = native::NATIVE_HELP)]
    Native(NativeArgs),
    /// List the interpreters that can be found, and whether their observer is ready
    Pythons(PythonsArgs),
    /// Make reports of a record: pages, JUnit, SARIF, Markdown, annotations
    #[command(after_help = reports::REPORT_HELP)]
    Report(ReportArgs),
    /// Make the program of a finding as small as it can be while it shows the same finding
    #[command(after_help = SHRINK_HELP)]
    Shrink(ShrinkArgs),
}

const BLESS_HELP: &str = "\
Only the counts and frees that CPython says otherwise are rewritten, in place: comments, order and layout
of the file stay. A statement that Pythons answer differently, or whose object is not there, is left and
told. Verdicts and expected divergences are the author's, not CPython's: they stay.

--goldens records what CPython says of the cases, whole: `check --replay` then needs no Python. Cases that are
in the golden already and not named stay in it; those that do what they did are left as they are.

Examples:
  refdrift bless mine.yaml --dry-run          shows what would change
  refdrift bless cases/ownership --python all
  refdrift bless --goldens --python all       the bundled cases, in cases/goldens
  refdrift bless mine --goldens=mine/goldens

Exit codes: 0 done (or nothing to do), 1 something was left for a person, 2 bad input, 3 an engine failed.";

const CHECK_HELP: &str = "\
A PATH is a case file (.yaml), a .py file (one case), a folder of them, or FILE::CASE. Without a
path the bundled cases run. The observer of an interpreter is built when it is first needed (half a
minute) and kept; REFDRIFT_OBSERVERS names another folder for them.

--replay runs the VM against what CPython said when `refdrift bless --goldens` asked it: for machines without
a Python. A case that is not there, or was changed since, fails, and says so. Who holds an object in CPython
is not told then.

--format plain prints one line for each run that did not agree, its fields apart by tabs: verdict, case, Python,
kind, after which instruction, object (or why), the count in CPython, the VM's, file and line.
--format json prints the record, one object a line: a header, one for each case and Python (`verdict` is
agreed, expected, diverged, unsupported, incomparable or failed), then {\"summary\": {…}}.

Exit codes: 0 agreed, 1 diverged, 2 bad input, 3 an engine failed, 4 nothing was compared.";

const COVERAGE_HELP: &str = "\
For each Python:
  instructions   those that compiled code can run, and that ran in cases on which both engines agree;
                 CALL_INTRINSIC_1 and _2 count once for each function that they call
  error paths    those that can fail, and that an exception left in such a case
  attributes     the names that CPython's own dir() gives for the builtin types and for the modules
                 that the VM knows, and how many of them work in the VM
What is missing is listed by name; so is what no program can run, with the reason.

--format json prints one object a line for each Python, each part with `have`, `of`, `percent` and
`missing`.

Examples:
  refdrift coverage --python all
  refdrift coverage mine.py --format json
  refdrift coverage --python 3.12 --min 95    fails if less is covered
  refdrift coverage --generated 1:10000       of the programs that `refdrift fuzz` runs

Exit codes: 0 done, 1 less than --min, 2 bad input, 3 an engine failed, 4 no case agreed.";

const FUZZ_HELP: &str = "\
A program is named by its profile, the seed and its number: the same on every machine and for every
Python. The record grows in DIR/record.jsonl; every finding's program goes to DIR/findings, a folder for
each kind (how the engines part, after which instruction, over what type, on which Python), and the first
of each kind made as small as it can be. What cases in cases/known expect is counted apart.

Examples:
  refdrift fuzz                                     ten thousand programs of a random seed
  refdrift fuzz --cases 100000 --seed 1 --python all
  refdrift fuzz --time 10m --profile errors --profile classes
  refdrift fuzz --out night --resume                goes on with what was broken off
  refdrift fuzz --cases 100000 --seed 1 --partition slice:1/8 --out 1    one shard of eight
  refdrift fuzz --seed 2 --against night/record.jsonl   what is new, what is gone

Exit codes: 0 agreed, 1 diverged or a known difference no longer happens, 2 bad input, 3 an engine failed,
4 nothing was compared, 130 interrupted (the record is complete up to there).";

const MERGE_HELP: &str = "\
The merged record is that of the whole run: its runs in order, times left out, only the first finding of
each kind with a shrunk program. Shards that overlap, are missing, are not complete or belong to other
runs are told by name, and nothing is written.

Examples:
  refdrift check --partition slice:1/2 --record 1.jsonl
  refdrift check --partition slice:2/2 --record 2.jsonl
  refdrift merge 1.jsonl 2.jsonl --out whole.jsonl

Exit codes: as of the whole run, 2 for records that cannot be put together.";

const EXPLAIN_HELP: &str = "\
Examples:
  refdrift explain mine.py --python 3.12
  refdrift explain cases/ownership/tuples.yaml::foo
  refdrift explain mine.py --object 4         the life of the object that the listing calls #4
  echo 'foo = ([], {})' | refdrift explain -";

const SHRINK_HELP: &str = "\
The finding is the first divergence (its kind, the instruction that caused it, the type of the
object), or how an engine failed, or what the VM does not have; the smaller program shows the same.
It goes to standard output (or --out), and one line about it to standard error. The file itself stays
as it is. Statements, blocks, clauses, arguments and expressions go as long as the finding stays;
then names and literals get short.

Examples:
  refdrift shrink found.py
  refdrift shrink suite.yaml::case --python 3.13 --out small.py
  refdrift shrink found.py | refdrift explain -

Exit codes: 0 shrunk, 1 flaky (the finding does not always come back; nothing is printed), 2 bad
input, 3 no engine, 4 nothing to shrink (the engines agree), 130 interrupted (the smallest so far is
printed).";

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs<RunFormat>,
    /// Compare with the goldens there (`bless --goldens`) instead of a running CPython: no Python is needed [default: cases/goldens]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = maybe_empty(), conflicts_with = "observer")]
    pub(crate) replay: Option<PathBuf>,
    /// Keep the record in this file, written as the run goes
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Go on with the record of the same run that was broken off
    #[arg(long, requires = "record")]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) part: PartArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FuzzArgs {
    /// How many programs, all shards together [default: 10000]
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "time")]
    cases: Option<u64>,
    /// Go on for so long: 30, 30s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    /// The seed [default: a random one, which is told; of a run that goes on, its own]
    #[arg(short, long, value_name = "S")]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "NAME", help = profile_help(), value_parser = profiles)]
    profile: Vec<Profiles>,
    /// Compare with this Python: 3.12, 3.12.1, a path, a command, or `all`; may be repeated [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Vec<PythonSpec>,
    /// How many programs run at once [default: the number of cores]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// The folder for the record and the findings; it must not be there [default: fuzz-SEED]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Go on with the same run in DIR that was broken off
    #[arg(long)]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) part: PartArgs,
    /// Write each new shrunk finding as a case file there [default: cases/regressions]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = maybe_empty())]
    pub(crate) save: Option<PathBuf>,
    /// Stop after that many kinds of findings (divergences and failures that are not known)
    #[arg(long, value_name = "N")]
    pub(crate) max_findings: Option<usize>,
    /// Leave the programs of findings as long as they are
    #[arg(long)]
    pub(crate) no_shrink: bool,
    /// The time to make the first program of each kind of finding smaller
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) budget: Duration,
    /// Known differences: a folder of cases that expect their divergence [default: cases/known]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) known: Option<PathBuf>,
    /// Tell which findings are new and which are gone since the run of that record
    #[arg(long, value_name = "RECORD")]
    pub(crate) against: Option<PathBuf>,
    /// What to print at the end
    #[arg(long, value_enum, default_value_t = TextFormat::Table)]
    pub(crate) format: TextFormat,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

/// How many programs run where nobody says.
const CASES: u64 = 10_000;

impl FuzzArgs {
    /// How many programs there are; none if the run ends by time.
    pub(crate) fn cases(&self) -> Option<u64> {
        self.time.is_none().then(|| self.cases.unwrap_or(CASES))
    }

    /// The profiles, in order; none stands for all.
    pub(crate) fn profiles(&self) -> Vec<Profile> {
        self.profile.iter().flat_map(|profiles| profiles.0.iter().copied()).collect()
    }
}

/// One profile, or all.
#[derive(Clone, Debug)]
pub(crate) struct Profiles(Vec<Profile>);

fn profiles(name: &str) -> Result<Profiles, UnknownProfile> {
    if name == "all" {
        return Ok(Profiles(Profile::ALL.to_vec()));
    }
    name.parse().map(|profile| Profiles(vec![profile]))
}

/// Generated programs, as one names them in one word.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub(crate) seed: u64,
    pub(crate) cases: u64,
    pub(crate) profiles: Vec<Profile>,
}

fn programs(text: &str) -> Result<Programs, String> {
    let mut parts = text.splitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
    let (Some(seed), Some(cases)) = (number(), number()) else {
        return Err("not SEED:CASES or SEED:CASES:PROFILE, such as 1:10000:errors".to_owned());
    };
    let names = parts.next().into_iter().flat_map(|names| names.split(','));
    let chosen = names.map(profiles).collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    Ok(Programs { seed, cases, profiles: chosen.into_iter().flat_map(|profiles| profiles.0).collect() })
}

fn profile_help() -> String {
    let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
    format!("What programs are about: {}; may be repeated, then they take turns [default: all of them]", names.join(", "))
}

/// Which part of the cases runs.
#[derive(Debug, Args)]
pub(crate) struct PartArgs {
    /// Run only one part: slice:3/16 deals cases out in turn, hash:3/16 by name; `merge` puts the records together
    #[arg(long, value_name = "KIND:M/N")]
    pub(crate) partition: Option<Partition>,
}

/// What runs many cases, and prints what comes of it in one of these formats; the first one if nobody says.
#[derive(Debug, Args)]
pub(crate) struct RunArgs<F: ValueEnum + Send + Sync + 'static = Format> {
    #[arg(value_name = "PATH", help = "Case files, .py files, folders of them, or FILE::CASE [default: the bundled cases]")]
    pub(crate) paths: Vec<PathBuf>,
    /// Compare with this Python: 3.12, 3.12.1, a path, a command, or `all`; may be repeated [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Vec<PythonSpec>,
    /// How many cases run at once [default: the number of cores]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// What to print
    #[arg(long, value_enum, default_value_t = F::value_variants()[0].clone())]
    pub(crate) format: F,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

impl<F: ValueEnum + Send + Sync> RunArgs<F> {
    /// How many cases run at once.
    pub(crate) fn jobs(&self) -> NonZeroUsize {
        cores_unless(self.jobs)
    }

    /// How all of the cases run.
    pub(crate) fn options(&self) -> RunOptions {
        RunOptions { jobs: self.jobs(), limits: self.engine.limits(), partition: None, from: 0 }
    }
}

/// That many, or as many as there are cores.
pub(crate) fn cores_unless(jobs: Option<NonZeroUsize>) -> NonZeroUsize {
    jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

#[derive(Debug, Args)]
pub(crate) struct CoverageArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Run generated programs instead of cases: as many of that seed, of all profiles, of one, of several with commas
    #[arg(long, value_name = "SEED:CASES[:PROFILE]", conflicts_with = "paths", value_parser = programs)]
    pub(crate) generated: Option<Programs>,
    /// Fail where less than that many per cent of the instructions, or of the attributes of types or modules, are covered
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) min: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct BlessArgs {
    #[arg(value_name = "PATH", help = "Case files, folders of them, or FILE::CASE [default: the bundled cases]")]
    pub(crate) paths: Vec<PathBuf>,
    /// Ask this Python: 3.12, 3.12.1, a path, a command, or `all`; may be repeated [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Vec<PythonSpec>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Record all that CPython says of the cases instead, a file for each suite there, for `check --replay` [default: cases/goldens]
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = maybe_empty())]
    pub(crate) goldens: Option<PathBuf>,
    /// How many cases are recorded at once [default: the number of cores]
    #[arg(short, long, value_name = "N", requires = "goldens")]
    pub(crate) jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[arg(value_name = "PATH[::CASE]", help = "A .py file, a case file with one case, FILE::CASE, or - for standard input")]
    pub(crate) path: PathBuf,
    /// Compare with this Python: 3.12, 3.12.1, a path or a command [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Option<PythonSpec>,
    /// List that many steps; those around the first divergence are always listed
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) steps: usize,
    /// Tell the life of one object instead, by its number in the listing, with those who hold it on both sides
    #[arg(long, value_name = "N")]
    pub(crate) object: Option<u32>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ShrinkArgs {
    #[arg(value_name = "FILE[::CASE]", help = "A .py file, a case file with one case, FILE::CASE, or - for standard input")]
    pub(crate) path: PathBuf,
    /// The Python that shows the finding: 3.12, 3.12.1, a path or a command [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Option<PythonSpec>,
    /// How many programs are tried at once [default: the number of cores]
    #[arg(short, long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Stop after that time and print the smallest so far: 10, 10s, 2m
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) budget: Duration,
    /// Write the smaller program there instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The records of all shards of one run
    #[arg(value_name = "RECORD", required = true)]
    pub(crate) records: Vec<PathBuf>,
    /// The file to write; it must not be there
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Merge what is there when shards are missing or were broken off; the record then says that it is interrupted
    #[arg(long)]
    pub(crate) allow_missing: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PythonsArgs {
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// What concerns the engines, wherever they run.
#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    /// The time that CPython has for a case: 10, 10s, 2m
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Memory that a case may take in CPython: 500M, 2G
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = size)]
    pub(crate) max_memory: u64,
    /// Instructions after which a run is broken off
    #[arg(long, value_name = "N", default_value_t = Limits::default().steps, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) step_limit: u32,
    /// Check in the VM, too, that every object's count is the number of its owners after each instruction (slow)
    #[arg(long)]
    pub(crate) audit: bool,
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with = "python",
        help = "Use this observer, already built (also: REFDRIFT_OBSERVER)"
    )]
    pub(crate) observer: Option<PathBuf>,
}

impl EngineArgs {
    pub(crate) fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, steps: self.step_limit }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs: one JSON object a line
    Json,
}

/// What a run prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// For people
    Table,
    /// One line for each run that did not agree, with tabs between its fields
    Plain,
    /// The record: one JSON object a line
    Json,
}

/// A folder that need not be named: without a name it is the bundled one. (A path is not to be empty otherwise.)
fn maybe_empty() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// A number of bytes with its unit: `500M`, `2G`; at least a megabyte.
fn size(text: &str) -> Result<u64, String> {
    let units = [("K", 1_u64 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40)];
    let (number, factor) = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor))).unwrap_or((text, 1));
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).filter(|bytes| *bytes >= 1 << 20);
    bytes.ok_or_else(|| "not a size like 500M or 2G (at least 1M)".to_owned())
}

/// A time with its unit: `90`, `90s`, `1.5m`, `2h`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let units = [("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let (number, factor) = units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor))).unwrap_or((text, 1.0));
    let seconds = number.parse::<f64>().ok().filter(|number| *number > 0.0).map(|number| number * factor);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| "not a time like 10s, 2m or 1h".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| "not a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn reads_options() {
        let cli = Cli::try_parse_from(["refdrift", "check", "a.py", "-p", "3.12", "-p", "all", "-j2", "--timeout", "0.5"]).unwrap();
        let Some(Command::Check(check)) = cli.command else { panic!("another command") };
        assert_eq!(check.run.python, [PythonSpec::Series(3, 12), PythonSpec::All]);
        assert_eq!(check.run.engine.limits(), Limits { timeout: Duration::from_millis(500), ..Limits::default() });
        for bad in [["check", "--jobs", "0"], ["check", "--timeout", "-1"], ["check", "--step-limit", "0"]] {
            assert!(Cli::try_parse_from(["refdrift"].into_iter().chain(bad)).is_err(), "{bad:?}");
        }
        assert!(Cli::try_parse_from(["refdrift", "coverage", "--min", "101"]).is_err());
        assert_eq!(check.run.engine.max_memory, refdrift_runner::DEFAULT_MEMORY);
        assert_eq!(["1M", "2048K", "3G"].map(|text| size(text).unwrap()), [1 << 20, 2 << 20, 3 << 30]);
        assert!(["", "M", "0", "512K", "-1G", "1.5G", "99999999999T"].iter().all(|text| size(text).is_err()));
        let times = ["5", "5s", "1.5m", "2h"].map(|text| duration(text).unwrap().as_secs());
        assert_eq!(times, [5, 5, 90, 7200]);
        assert!(["", "s", "0s", "-1m", "5d", "inf", "1e300h"].iter().all(|text| duration(text).is_err()));
        for unnamed in [["check", "--replay"], ["bless", "--goldens"], ["fuzz", "--save"]] {
            let parsed = Cli::try_parse_from(["refdrift"].into_iter().chain(unnamed));
            assert!(parsed.is_ok(), "{unnamed:?}: {parsed:?}");
        }
        assert!(Cli::try_parse_from(["refdrift", "check", "--observer", "x", "--python", "3.12"]).is_err());
    }
}
