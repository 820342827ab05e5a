//! `refdrift bless`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use refdrift_cases::{Case, Repair, bless as mend, load};
use refdrift_runner::{Examiner, Pool, Workshop};
use refdrift_vm::Vm;

use crate::args::BlessArgs;
use crate::outputs::write_file;
use crate::{Failure, exit, goldens, prepare, say};

pub(crate) fn bless(args: &BlessArgs) -> Result<u8, Failure> {
    if let Some(folder) = &args.goldens {
        return goldens::bless(args, folder);
    }
    let workshop = Workshop::new();
    let mut cases = load(&args.paths, &workshop.bundled_cases())?;
    cases.retain(|case| !case.expect.counts.is_empty() || !case.expect.frees.is_empty());
    let pool = prepare::pool(&args.python, &args.engine, &workshop)?;
    let limits = args.engine.limits();
    let wrong = std::thread::scope(|scope| {
        let ask = || all_repairs(&cases, &pool, &mut Examiner::new(&pool, limits));
        let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, ask)?;
        thread.join().map_err(|_| io::Error::other("the thread that runs the cases panicked"))
    })?;
    if pool.cancelled() {
        return Err(Failure::interrupted());
    }
    let mut files: BTreeMap<&Path, Vec<(&Case, Vec<Repair>)>> = BTreeMap::new();
    for (case, repairs) in wrong.repairs {
        files.entry(&case.path).or_default().push((case, repairs));
    }
    let (mut left, mut mended) = (wrong.failed, 0);
    for line in &wrong.told {
        say(line);
    }
    for (path, repairs) in files {
        let unreadable = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let blessed = mend(path, &text, &repairs)?;
        for (line, why) in &blessed.left {
            left = true;
            say(&format!("{}:{line}: {why}", path.display()));
        }
        if blessed.text != text {
            mended += 1;
            io::stdout().write_all(difference(path, &text, &blessed.text).as_bytes())?;
            if !args.dry_run {
                write_file(path, &blessed.text)?;
            }
        }
    }
    let verb = if args.dry_run { "would change" } else { "changed" };
    say(&format!("{verb} {mended} {}", if mended == 1 { "file" } else { "files" }));
    Ok(if left { exit::DIVERGED } else { exit::AGREED })
}

#[derive(Default)]
struct Wrong<'a> {
    repairs: Vec<(&'a Case, Vec<Repair>)>,
    /// What stands in the way of the others.
    told: Vec<String>,
    failed: bool,
}

/// What each case is to say instead. Pythons that do not agree leave it as it is.
fn all_repairs<'a>(cases: &'a [Case], pool: &Pool, examiner: &mut Examiner<'_>) -> Wrong<'a> {
    let mut wrong = Wrong::default();
    for case in cases {
        let mut answers: Vec<(String, Vec<Repair>)> = Vec::new();
        for (which, reference) in pool.references().iter().enumerate().filter(|(_, reference)| case.is_for(reference.version)) {
            if pool.cancelled() {
                return wrong;
            }
            match examiner.repairs(case, which) {
                Ok(repairs) => answers.push((reference.version.to_string(), repairs)),
                Err(why) => {
                    wrong.failed = true;
                    wrong.told.push(format!("{}:{}: {why} (Python {})", case.path.display(), case.line, reference.version));
                }
            }
        }
        let Some((_, first)) = answers.first() else { continue };
        if let Some((python, _)) = answers.iter().find(|(_, repairs)| repairs != first) {
            wrong.failed = true;
            let line = case.expect.line;
            let words = format!("Python {} and {python} say different things of {}", answers[0].0, case.id());
            wrong.told.push(format!("{}:{line}: {words}: make it two cases, each with its `python`", case.path.display()));
        } else if !first.is_empty() {
            let repairs = answers.swap_remove(0).1;
            wrong.repairs.push((case, repairs));
        }
    }
    wrong
}

/// The lines that differ, with those of one text before those of the other.
fn difference(path: &Path, old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let mut text = String::new();
    for (index, (old, new)) in old.iter().zip(&new).enumerate().filter(|(_, (old, new))| old != new) {
        let _ = write!(text, "{}:{}\n- {old}\n+ {new}\n", path.display(), index + 1);
    }
    text
}
