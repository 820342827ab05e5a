//! `refdrift bless --goldens` and `refdrift check --replay`

use std::fs;
use std::path::{Path, PathBuf};

use refdrift_cases::{Case, load};
use refdrift_runner::{ChangedFiles, Golden, GoldenError, Pool, PythonSpec, RunOptions, Workshop, changed_files, goldens, record};
use refdrift_trace::PyVersion;

use crate::args::{BlessArgs, EngineArgs, cores_unless};
use crate::outputs::write_file;
use crate::{Failure, exit, prepare, say};

impl From<GoldenError> for Failure {
    fn from(error: GoldenError) -> Self {
        Self::usage(error.to_string())
    }
}

/// The goldens that cases need, of the Pythons asked for; of all that there are, if none is.
pub(crate) fn pool(
    folder: &Path,
    cases: &[Case],
    specs: &[PythonSpec],
    engine: &EngineArgs,
    workshop: &Workshop,
) -> Result<Pool, Failure> {
    let folder = place(folder, workshop);
    let suites = cases.iter().map(|case| case.suite.as_str()).collect();
    let mut goldens = goldens(&folder, Some(&suites))?;
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
    let whole = args.paths.is_empty();
    let mut kept = before(&folder, whole)?;
    let versions: Vec<PyVersion> = pool.references().iter().map(|reference| reference.version).collect();
    one_patch_each(&versions, &kept, whole, &folder).map_err(Failure::usage)?;
    let verb = if args.dry_run { "would record" } else { "recorded" };
    for (which, reference) in pool.references().iter().enumerate() {
        let version = reference.version;
        let bar = prepare::bar(cases.len(), version.to_string());
        let recorded = record(&cases, &pool, which, options, &|| bar.inc(1))?;
        bar.finish_and_clear();
        if pool.cancelled() {
            return Err(Failure::interrupted());
        }
        let place = kept.iter().position(|golden| series(golden.python()) == series(version));
        let old = place.map(|place| kept.remove(place)).filter(|golden| golden.python() == version);
        let (recorded, changes) = recorded.after(old.map(Golden::into_recorded).unwrap_or_default(), whole);
        if args.dry_run {
            changes.new.iter().for_each(|case| say(&format!("Python {version}: {case}")));
        }
        let new = changes.new.len();
        let cases = if new == 1 { "case" } else { "cases" };
        say(&format!("Python {version}: {verb} {new} {cases}, {} as they were, {} gone", changes.left, changes.gone));
        kept.push(Golden::new(&folder, version, recorded));
    }
    kept.sort_by_key(Golden::python);
    let ChangedFiles { written, gone } = changed_files(&folder, &kept)?;
    let verb = if args.dry_run { "would change" } else { "changed" };
    say(&format!("{verb} {} of the files in {}", written.len() + gone.len(), folder.display()));
    if args.dry_run {
        return Ok(exit::AGREED);
    }
    for (path, bytes) in &written {
        let beside = path.parent().unwrap_or(&folder);
        fs::create_dir_all(beside).map_err(|error| Failure::usage(format!("{}: {error}", beside.display())))?;
        write_file(path, bytes)?;
    }
    for path in &gone {
        fs::remove_file(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    Ok(exit::AGREED)
}

/// Another patch release is another CPython: what it says goes beside nothing that the other one said.
fn one_patch_each(versions: &[PyVersion], kept: &[Golden], whole: bool, folder: &Path) -> Result<(), String> {
    let other = |python: &PyVersion, all: &[PyVersion]| {
        all.iter().find(|other| series(**other) == series(*python) && *other != python).map(|other| (*python, *other))
    };
    if let Some((one, other)) = versions.iter().find_map(|python| other(python, versions)) {
        return Err(format!("goldens are of one patch release of a Python: name {one} or {other}, not both"));
    }
    let kept: Vec<PyVersion> = kept.iter().map(Golden::python).collect();
    let another = versions.iter().find_map(|python| other(python, &kept));
    let Some((python, other)) = another.filter(|_| !whole) else { return Ok(()) };
    let folder = folder.display();
    Err(format!(
        "the goldens in {folder} are of Python {other}, not {python}: record with that one, or all of them with this one (name no PATH)"
    ))
}

fn series(python: PyVersion) -> (u8, u8) {
    (python.major, python.minor)
}

/// What there is; nothing where another refdrift wrote it and all is recorded anew.
fn before(folder: &Path, whole: bool) -> Result<Vec<Golden>, Failure> {
    match goldens(folder, None) {
        Err(GoldenError::None(_)) => Ok(Vec::new()),
        Err(GoldenError::Format { .. }) if whole => Ok(Vec::new()),
        goldens => Ok(goldens?),
    }
}

/// The folder of goldens that is meant where none is named.
fn place(folder: &Path, workshop: &Workshop) -> PathBuf {
    if folder.as_os_str().is_empty() { workshop.bundled_cases().join("goldens") } else { folder.to_owned() }
}

#[cfg(test)]
mod tests {
    use refdrift_runner::Recorded;

    use super::*;

    #[test]
    fn patch_releases_are_not_mixed() {
        let folder = Path::new("kept");
        let [old, new, other] =
            [(3, 12, 1), (3, 12, 7), (3, 13, 0)].map(|(major, minor, micro)| PyVersion::new(major, minor, micro));
        let kept = [Golden::new(folder, old, Recorded::default())];
        let refused = |versions: &[PyVersion], whole| one_patch_each(versions, &kept, whole, folder).err().unwrap_or_default();
        assert_eq!(refused(&[old, other], false), "");
        assert!(refused(&[other, new], false).starts_with("the goldens in kept are of Python 3.12.1, not 3.12.7: "));
        assert_eq!(refused(&[new], true), "", "all of them are recorded anew");
        assert!(refused(&[new, old], true).ends_with("name 3.12.7 or 3.12.1, not both"));
    }
}
