//! The command from outside: what it prints and how it ends. Needs the default python3; its observer is built on demand.

mod bad_input;
mod bless;
mod commands;
mod endings;
mod engines;
mod fuzz;
mod goldens;
mod honesty;
mod isolation;
mod native;
mod records;
mod reports;
mod shortage;
mod shrink;
mod soak;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// The command, with its observer in place: the first caller builds it, so that no other test waits in its own time.
fn refdrift() -> Command {
    static READY: OnceLock<()> = OnceLock::new();
    READY.get_or_init(|| {
        let folder = Folder::with(&[("ready.py", "pass\n")]);
        let output = bare().args(["explain", "ready.py"]).current_dir(folder.path()).output().unwrap();
        assert!(!stderr(&output).contains("does not build"), "{}", stderr(&output));
    });
    bare()
}

fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refdrift"));
    command.env_remove("REFDRIFT_OBSERVER").env_remove("NO_COLOR");
    command
}

/// A folder with files, gone at its end.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        Self::with_bytes(&files)
    }

    fn with_bytes(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `refdrift` in it.
    fn run(&self, arguments: &[&str]) -> Output {
        refdrift().args(arguments).current_dir(self.path()).output().unwrap()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

/// The results of a record, and its summary.
fn record(output: &Output) -> (Vec<Value>, Value) {
    let text = stdout(output);
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let header = lines.remove(0);
    assert_eq!(header["record"], 2, "{header}");
    let closing = lines.pop().unwrap();
    assert_eq!(closing.as_object().unwrap().len(), 1, "{closing}");
    (lines, closing["summary"].clone())
}
