//! Asking interpreters what they know of their bytecode.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use refdrift_trace::{CodeObject, PyVersion, SlotKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A Python that has a table.
pub(crate) struct Interpreter {
    pub(crate) version: PyVersion,
    path: PathBuf,
}

/// A code object as `dump.py` writes it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dump {
    pub(crate) name: String,
    pub(crate) bytecode: String,
    pub(crate) consts: Vec<(String, String)>,
    pub(crate) names: Vec<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) exceptiontable: String,
    pub(crate) linetable: String,
    pub(crate) firstlineno: u32,
    pub(crate) flags: u32,
    pub(crate) stacksize: u32,
    pub(crate) instructions: Vec<Disassembled>,
    /// Start, end, target (in bytes), depth, whether the instruction number is pushed.
    pub(crate) handlers: Vec<(u32, u32, u32, u16, bool)>,
    /// Line, end line, column, end column, for each code unit.
    pub(crate) positions: Vec<[Option<u32>; 4]>,
}

/// Offset, name, argument, jump target, stack effect if it goes on, if it jumps, and what `dis` shows of the argument.
pub(crate) type Disassembled = (u32, String, Option<u32>, Option<u32>, i32, i32, String);

#[derive(Debug, Deserialize)]
pub(crate) struct Traced {
    pub(crate) codes: Vec<Dump>,
    /// Index into `codes`, offsets of the opcode events.
    pub(crate) frames: Vec<(usize, Vec<u32>)>,
}

/// The absolute path of a file beside `dump.py`.
pub(crate) fn file(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interpreters").join(name).to_str().expect("UTF-8").to_owned()
}

/// One for each supported minor version: on PATH, or in pyenv's folder.
pub(crate) fn interpreters() -> Vec<Interpreter> {
    let mut candidates: Vec<PathBuf> = ["python3", "python3.11", "python3.12", "python3.13"].map(PathBuf::from).into();
    let pyenv = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".pyenv")));
    if let Some(Ok(versions)) = pyenv.map(|root| root.join("versions").read_dir()) {
        candidates.extend(versions.flatten().map(|entry| entry.path().join("bin/python3")));
    }
    let mut found = BTreeMap::new();
    for path in candidates {
        if let Some(version) = version_of(&path).filter(|&version| refdrift_isa::table::of(version).is_some()) {
            found.entry(version.minor).or_insert(Interpreter { version, path });
        }
    }
    found.into_values().collect()
}

fn version_of(python: &Path) -> Option<PyVersion> {
    let output = Command::new(python).args(["-IS", "-c", "import platform; print(platform.python_version())"]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

impl Interpreter {
    /// The lines that `dump.py` prints.
    pub(crate) fn run<T: DeserializeOwned>(&self, args: &[&str]) -> Vec<T> {
        let output = Command::new(&self.path).arg("-I").arg(file("dump.py")).args(args).output().expect("it ran before");
        assert!(output.status.success(), "{}: {}", self.version, String::from_utf8_lossy(&output.stderr));
        output
            .stdout
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("what dump.py wrote"))
            .collect()
    }
}

impl Dump {
    /// The same, as an observer exports it; the ids of constants and names are their indices.
    pub(crate) fn code_object(&self) -> CodeObject {
        let ids = |length: usize| (0..length as u32).collect();
        CodeObject {
            id: 0,
            name: 0,
            qualname: 0,
            filename: 0,
            flags: self.flags,
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: self.stacksize,
            firstlineno: self.firstlineno,
            bytecode: bytes(&self.bytecode),
            consts: ids(self.consts.len()),
            names: ids(self.names.len()),
            localsplusnames: ids(self.slots.len()),
            localspluskinds: vec![SlotKind::LOCAL; self.slots.len()],
            exceptiontable: bytes(&self.exceptiontable),
            linetable: bytes(&self.linetable),
        }
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal")).collect()
}
