//! What becomes of a finding: it is shrunk if it is the first of its kind, and kept as source.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use refdrift_cases::{Case, NewCase, case_file};
use refdrift_record::{CaseResult, Fault, Signature, Standing};
use refdrift_runner::{Examiner, Limits, Pool, ShrinkError, shrink};
use refdrift_vm::Vm;

use crate::args::{FuzzArgs, cores_unless};
use crate::{Failure, say};

/// How many programs of one kind of finding get a file of their own; the record has them all.
const MOST_FILES: u64 = 20;
/// How much of a signature goes into a name.
const NAME: usize = 80;

/// The findings of a run on their way into files.
pub(crate) struct Findings<'a> {
    pool: &'a Pool,
    limits: Limits,
    jobs: usize,
    /// The time for a program to be made smaller; none if it stays as it is.
    budget: Option<Duration>,
    folder: PathBuf,
    save: Option<PathBuf>,
    /// The folder's name of each kind, and how many of its programs are in it.
    kinds: HashMap<Signature, (String, u64)>,
    /// How many kinds a person must look at.
    wrong: usize,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(pool: &'a Pool, args: &FuzzArgs, folder: PathBuf, save: Option<PathBuf>) -> Self {
        Self {
            pool,
            limits: args.engine.limits(),
            jobs: cores_unless(args.jobs).get(),
            budget: (!args.no_shrink).then_some(args.budget),
            folder,
            save,
            kinds: HashMap::new(),
            wrong: 0,
        }
    }

    /// How many kinds of findings a person must look at: divergences and failures that are not known.
    pub(crate) fn kinds(&self) -> usize {
        self.wrong
    }

    /// Makes the program of a finding smaller. One that does not always come back is told and kept whole.
    pub(crate) fn shrink(&mut self, result: &mut CaseResult) -> Result<(), Failure> {
        // What is incomparable is none of the engines' fault; a program that CPython refuses shows nothing of them; and each try of
        // one that does not end takes all its time.
        let hopeless = matches!(result.fault, Some(Fault::Source | Fault::TimeOut | Fault::Memory | Fault::Observer));
        if result.verdict == Standing::Incomparable || hopeless || self.pool.cancelled() {
            return Ok(());
        }
        let Some(budget) = self.budget else { return Ok(()) };
        let (Some(signature), Some(source)) = (Signature::of(result), &result.source) else { return Ok(()) };
        let which = self.pool.references().iter().position(|reference| reference.version.to_string() == result.python);
        let Some(which) = which else { return Ok(()) };
        let case = case(result, source);
        let shrunk = std::thread::scope(|scope| {
            let smaller = || {
                let mut examiners: Vec<_> = (0..self.jobs).map(|_| Examiner::new(self.pool, self.limits)).collect();
                shrink(&mut examiners, &case, which, &signature, budget)
            };
            // The VM recurses natively where Python does.
            let thread = std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn_scoped(scope, smaller)?;
            thread.join().map_err(|_| io::Error::other("the thread that shrinks a program panicked"))
        })?;
        match shrunk {
            Ok(shrunk) => result.shrunk = Some(shrunk),
            Err(error @ (ShrinkError::Flaky { .. } | ShrinkError::NotUtf8)) => {
                say(&format!("{} on {}: {error}; it is kept whole", result.case, result.python));
            }
            Err(ShrinkError::Threads(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// Writes the program of a finding, and the smaller one.
    pub(crate) fn keep(&mut self, result: &CaseResult) -> Result<(), Failure> {
        let (Some(signature), Some(source)) = (Signature::of(result), &result.source) else { return Ok(()) };
        if !self.kinds.contains_key(&signature) {
            let name = self.new_name(&signature);
            self.wrong += usize::from(matches!(result.verdict, Standing::Diverged | Standing::Failed));
            self.kinds.insert(signature.clone(), (name, 0));
        }
        let Some((name, count)) = self.kinds.get_mut(&signature) else { return Ok(()) };
        *count += 1;
        let folder = self.folder.join(&name);
        let stem = result.case.rsplit('/').next().unwrap_or_default();
        if *count <= MOST_FILES {
            write(&folder.join(format!("{stem}.py")), source)?;
        }
        let Some(shrunk) = &result.shrunk else { return Ok(()) };
        write(&folder.join(format!("{stem}.shrunk.py")), &shrunk.source)?;
        if let Some(save) = self.save.as_ref().filter(|_| matches!(result.verdict, Standing::Diverged | Standing::Failed)) {
            let case = NewCase {
                name: stem.to_owned(),
                why: format!("Found by generated programs: {signature}."),
                python: signature.python.clone(),
                source: shrunk.source.clone(),
            };
            let path = save.join(format!("{}.yaml", name.to_lowercase()));
            // One that is there was found before, and somebody may have worked on it.
            if !path.exists() {
                write(&path, &case_file(&case))?;
            }
        }
        Ok(())
    }

    /// A folder's name that says what the finding is, and that no other kind has.
    fn new_name(&self, signature: &Signature) -> String {
        let parts = [&signature.python, &signature.kind, &signature.instruction, &signature.type_name];
        let parts: Vec<String> = parts.into_iter().map(|part| plain(part)).filter(|part| !part.is_empty()).collect();
        let name: String = parts.join("-").chars().take(NAME).collect();
        let taken = |name: &str| self.kinds.values().any(|(taken, _)| taken.eq_ignore_ascii_case(name));
        let more = (2..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.clone()).chain(more).find(|name| !taken(name)).unwrap_or(name)
    }
}

/// Letters, digits, dots and underscores; what lies between them is one dash.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

fn case(result: &CaseResult, source: &str) -> Case {
    let (suite, name) = result.case.rsplit_once('/').unwrap_or(("", &result.case));
    Case::bare(suite, name, source)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text));
    made.map_err(|error| Failure::usage(format!("{}: cannot be written: {error}", path.display())))
}
