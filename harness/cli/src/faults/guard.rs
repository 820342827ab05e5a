//! A broken VM may recurse without end, loop or eat all memory. So the faults are made in a process of its own; one that dies is
//! replaced, and what was under way then is tried again, alone. What kills a process alone is what it died of.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, abort};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use refdrift_runner::faults::{Danger, Trial, Witness};

use crate::{Failure, say};

/// Tells the process inside where its folder is.
const VARIABLE: &str = "REFDRIFT_FAULTS_INSIDE";
/// How long a run of one case may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// How many KiB more than at the first mistake the process may take.
const MEMORY: u64 = 3 << 20;
/// How many processes may die before it is given up.
const DEATHS: usize = 200;

/// Which of the two processes this is.
pub(super) enum Place {
    /// The one outside: the other has ended with this code.
    Outside(u8),
    /// The one inside.
    Inside(Inside),
}

/// The process inside.
pub(super) struct Inside {
    folder: PathBuf,
    /// Others have died before it.
    pub(super) again: bool,
    /// What they died of.
    pub(super) danger: Danger,
}

impl Inside {
    /// Where the record is kept if nobody asked for one.
    pub(super) fn record(&self) -> PathBuf {
        self.folder.join("record.jsonl")
    }
}

/// Starts processes inside until one ends by itself; or is one, as is one that makes no mistakes.
pub(super) fn enter(harmless: bool) -> Result<Place, Failure> {
    match env::var_os(VARIABLE) {
        Some(folder) => Ok(Place::Inside(inside(PathBuf::from(folder))?)),
        None if harmless => Ok(Place::Inside(Inside { folder: PathBuf::new(), again: false, danger: Danger::default() })),
        None => outside().map(Place::Outside),
    }
}

fn outside() -> Result<u8, Failure> {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    // Whoever is at the keyboard speaks to both processes; the one inside ends in an orderly way.
    let _cancelled = crate::prepare::cancelled_by_keyboard()?;
    for _ in 0..DEATHS {
        let status = Command::new(env::current_exe()?).args(env::args_os().skip(1)).env(VARIABLE, path).status()?;
        if let Some(code) = status.code().and_then(|code| u8::try_from(code).ok()) {
            return Ok(code);
        }
        let running = trials(path, "running-")?;
        let mut deadly = read(&path.join("deadly"))?;
        if running.is_empty() {
            return Err(Failure::usage(format!("the process that makes the faults died before it made one: {status}")));
        }
        if let [guilty] = running.as_slice() {
            say(&format!("{} {} took the VM along in {} on {}", guilty.site, guilty.mode, guilty.case, guilty.python));
            deadly.insert(guilty.clone());
        }
        write(&path.join("suspects"), &running.into_iter().collect())?;
        write(&path.join("deadly"), &deadly)?;
        for file in files(path, "running-")? {
            fs::remove_file(file)?;
        }
    }
    Err(Failure::usage(format!("{DEATHS} processes died; --site breaks a part of the sites alone")))
}

fn inside(folder: PathBuf) -> Result<Inside, Failure> {
    let again = folder.join("deadly").exists();
    let suspects = read(&folder.join("suspects"))?;
    let witness = Arc::new(Watch { folder: folder.clone(), under_way: Mutex::default() });
    let danger =
        Danger { witness: Some(Arc::clone(&witness) as Arc<dyn Witness>), deadly: read(&folder.join("deadly"))?, suspects };
    thread::spawn(move || witness.watch());
    Ok(Inside { folder, again, danger })
}

/// Writes down what is under way, and ends the process that takes too much.
struct Watch {
    folder: PathBuf,
    under_way: Mutex<BTreeMap<String, Instant>>,
}

impl Witness for Watch {
    fn begins(&self, trial: &Trial) {
        let name = name();
        self.lock().insert(name.clone(), Instant::now());
        let _ = write(&self.folder.join(&name), &BTreeSet::from([trial.clone()]));
    }

    fn ends(&self) {
        let name = name();
        self.lock().remove(&name);
        let _ = fs::write(self.folder.join(name), "");
    }
}

impl Watch {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Instant>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self) {
        let mut least = None;
        loop {
            thread::sleep(Duration::from_millis(100));
            let under_way = self.lock();
            if under_way.is_empty() {
                continue;
            }
            let memory = resident().unwrap_or(0);
            let endless = under_way.values().any(|since| since.elapsed() > PATIENCE);
            if endless || memory > *least.get_or_insert(memory) + MEMORY {
                abort();
            }
        }
    }
}

/// The name of the file in which the calling thread says what it does.
fn name() -> String {
    let id: ThreadId = thread::current().id();
    format!("running-{id:?}").replace(['(', ')'], "-")
}

/// How many KiB of memory this process has.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn files(folder: &Path, prefix: &str) -> io::Result<Vec<PathBuf>> {
    let all = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let wanted = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix));
    Ok(all.into_iter().map(|entry| entry.path()).filter(wanted).collect())
}

fn trials(folder: &Path, prefix: &str) -> Result<Vec<Trial>, Failure> {
    let mut found = Vec::new();
    for file in files(folder, prefix)? {
        found.extend(read(&file)?);
    }
    Ok(found)
}

fn read(path: &Path) -> Result<BTreeSet<Trial>, Failure> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        text => text?,
    };
    // What was cut off as its process died is left out.
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

fn write(path: &Path, trials: &BTreeSet<Trial>) -> io::Result<()> {
    let lines: Vec<String> = trials.iter().filter_map(|trial| serde_json::to_string(trial).ok()).collect();
    fs::write(path, lines.join("\n") + "\n")
}
