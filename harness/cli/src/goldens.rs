//! `refdrift bless --goldens` and `refdrift check --replay`

use std::path::{Path, PathBuf};

use refdrift_cases::load;
use refdrift_runner::{Golden, GoldenError, Pool, PythonSpec, Recorded, RunOptions, Workshop, record};
use refdrift_trace::PyVersion;

use crate::args::{BlessArgs, EngineArgs, cores_unless};
use crate::outputs::write_file;
use crate::{Failure, exit, prepare, say};

impl From<GoldenError> for Failure {
    fn from(error: GoldenError) -> Self {
        Self::usage(error.to_string())
    }
}

/// The goldens of the Pythons asked for; of all that there are, if none is.
pub(crate) fn pool(folder: &Path, specs: &[PythonSpec], engine: &EngineArgs, workshop: &Workshop) -> Result<Pool, Failure> {
    let folder = place(folder, workshop);
    let mut goldens = Golden::all(&folder)?;
    let versions: Vec<String> = goldens.iter().map(|golden| golden.python().to_string()).collect();
    if let Some(spec) = specs.iter().find(|spec| !goldens.iter().any(|golden| is_meant(spec, golden))) {
        let line = format!("{}: there is no golden of Python {spec} (there are: {})", folder.display(), versions.join(", "));
        return Err(Failure::usage(line));
    }
    goldens.retain(|golden| specs.is_empty() || specs.iter().any(|spec| is_meant(spec, golden)));
    let mut pool = Pool::replay(goldens, prepare::cancelled_by_keyboard()?);
    pool.audit(engine.audit);
    prepare::armed(pool, workshop)
}

/// Whether a golden is of the Python that a person names. A path names none.
fn is_meant(spec: &PythonSpec, golden: &Golden) -> bool {
    let python = golden.python();
    match spec {
        PythonSpec::All => true,
        PythonSpec::Series(major, minor) => (python.major, python.minor) == (*major, *minor),
        PythonSpec::Exact(version) => python == *version,
        PythonSpec::Default | PythonSpec::Path(_) => false,
    }
}

/// Records goldens.
pub(crate) fn bless(args: &BlessArgs, folder: &Path) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let folder = place(folder, &workshop);
    let cases = load(&args.paths, &workshop.bundled_cases())?;
    let pool = prepare::pool(&args.python, &args.engine, &workshop)?;
    let options = RunOptions { jobs: cores_unless(args.jobs), limits: args.engine.limits(), partition: None, from: 0 };
    let mut goldens = before(&folder)?;
    let mut changes = 0;
    let verb = if args.dry_run { "would record" } else { "recorded" };
    for (which, reference) in pool.references().iter().enumerate() {
        let version = reference.version;
        let bar = prepare::bar(cases.len(), version.to_string());
        let recorded = record(&cases, &pool, which, options, &|| bar.inc(1))?;
        bar.finish_and_clear();
        if pool.cancelled() {
            return Err(Failure::interrupted());
        }
        // Another patch release is another CPython: what it said goes.
        let place = goldens.iter().position(|golden| series(golden.python()) == series(version));
        let old = place.map(|place| goldens.remove(place)).filter(|golden| golden.python() == version);
        let Merged { cases, new, left, gone } = merged(old, recorded, args.paths.is_empty());
        changes += new + gone;
        say(&format!(
            "Python {version}: {verb} {new} {}, {left} as they were, {gone} gone",
            if new == 1 { "case" } else { "cases" }
        ));
        goldens.push(Golden::new(&folder, version, cases));
    }
    goldens.sort_by_key(Golden::python);
    if changes > 0 && !args.dry_run {
        std::fs::create_dir_all(&folder).map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
        write_file(&folder.join(Golden::FILE), Golden::bytes(&goldens)?)?;
    }
    Ok(exit::AGREED)
}

fn series(python: PyVersion) -> (u8, u8) {
    (python.major, python.minor)
}

/// What a golden becomes.
struct Merged {
    cases: Recorded,
    new: usize,
    left: usize,
    gone: usize,
}

/// Those that do what they did stay as they are; `whole` if what was not recorded now is gone.
fn merged(old: Option<Golden>, recorded: Recorded, whole: bool) -> Merged {
    let mut cases = old.map(Golden::into_cases).unwrap_or_default();
    let there = cases.len();
    cases.retain(|case, _| !whole || recorded.contains_key(case));
    let mut merged = Merged { gone: there - cases.len(), cases, new: 0, left: 0 };
    for (case, now) in recorded {
        match merged.cases.get(&case) {
            Some(before) if before.says_the_same(&now) => merged.left += 1,
            _ => {
                merged.new += 1;
                merged.cases.insert(case, now);
            }
        }
    }
    merged
}

/// What there is; nothing where another refdrift wrote it.
fn before(folder: &Path) -> Result<Vec<Golden>, Failure> {
    match Golden::all(folder) {
        Err(GoldenError::None(_) | GoldenError::Format(_)) => Ok(Vec::new()),
        goldens => Ok(goldens?),
    }
}

/// The folder of goldens that is meant where none is named.
fn place(folder: &Path, workshop: &Workshop) -> PathBuf {
    if folder.as_os_str().is_empty() { workshop.bundled_cases().join("goldens") } else { folder.to_owned() }
}
