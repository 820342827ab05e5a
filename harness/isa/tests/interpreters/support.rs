//! Asking interpreters what they know of their bytecode.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use refdrift_trace::{CodeObject, CodeUnit, ConstId, Constant, ConstantValue, PyVersion, SlotKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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
    /// Each tagged with its type, and as `repr` writes it.
    pub(crate) consts: Vec<(Value, String)>,
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

/// A line of `dis`.
#[derive(Debug, Deserialize)]
pub(crate) struct Disassembled {
    pub(crate) offset: u32,
    pub(crate) name: String,
    pub(crate) arg: Option<u32>,
    /// Where it jumps to.
    pub(crate) target: Option<u32>,
    /// Stack effects: if it goes on, if it jumps.
    pub(crate) effects: [i32; 2],
    /// What `dis` shows of the argument.
    pub(crate) text: String,
}

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
    /// The `.py` files of its standard library; all of them, or a few.
    pub(crate) fn library(&self, all: bool) -> Vec<String> {
        let few = ["argparse", "contextlib", "enum", "typing", "asyncio/streams"];
        let script =
            "import glob, sysconfig; print(*glob.glob(sysconfig.get_path('stdlib') + '/**/*.py', recursive=True), sep='\\n')";
        let output = Command::new(&self.path).args(["-I", "-c", script]).output().expect("it ran before");
        let files = String::from_utf8(output.stdout).expect("UTF-8");
        let mut files: Vec<String> = files.lines().filter(|file| !file.contains("/site-packages/")).map(str::to_owned).collect();
        if !all {
            files.retain(|file| few.iter().any(|name| file.ends_with(&format!("python3.{}/{name}.py", self.version.minor))));
        }
        files.sort();
        files
    }

    /// The lines that `dump.py` prints.
    pub(crate) fn run<T: DeserializeOwned>(&self, args: &[&str]) -> Vec<T> {
        let mut lines = Vec::new();
        self.each(args, |line| lines.push(line));
        lines
    }

    /// The lines that `dump.py` prints, one by one: they can be many.
    pub(crate) fn each<T: DeserializeOwned>(&self, args: &[&str], mut take: impl FnMut(T)) {
        let dump = Command::new(&self.path).arg("-I").arg(file("dump.py")).args(args).stdout(Stdio::piped()).spawn();
        let mut dump = dump.expect("it ran before");
        for line in BufReader::new(dump.stdout.take().expect("it is piped")).lines() {
            take(serde_json::from_str(&line.expect("UTF-8")).expect("what dump.py wrote"));
        }
        assert!(dump.wait().expect("it was started").success(), "{}: dump.py failed", self.version);
    }
}

impl Dump {
    /// A unit of this code object alone, as an observer exports it.
    pub(crate) fn unit(&self, version: PyVersion) -> CodeUnit {
        let mut pool = Vec::new();
        let strings: Vec<Value> = self.names.iter().chain(&self.slots).map(|name| text(name)).collect();
        let consts = self.consts.iter().map(|(value, _)| add(&mut pool, value)).collect();
        let mut names: Vec<ConstId> = strings.iter().map(|name| add(&mut pool, name)).collect();
        let localsplusnames = names.split_off(self.names.len());
        let code = CodeObject { consts, names, localsplusnames, ..self.code_object() };
        CodeUnit { version, filename: String::new(), pool, codes: vec![code], siblings: Vec::new(), library: Vec::new() }
    }

    /// The same without a pool; the ids of constants and names are their indices.
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

fn text(name: &str) -> Value {
    serde_json::json!(["str", name.chars().map(u32::from).collect::<Vec<_>>()])
}

fn add(pool: &mut Vec<Constant>, tagged: &Value) -> ConstId {
    let rest = &tagged.as_array().expect("an array")[1..];
    let number = |index: usize| rest[index].as_u64().expect("a number");
    let numbers = || rest[0].as_array().expect("an array").iter().map(|n| n.as_u64().expect("a number") as u32);
    let mut items = || rest.iter().map(|item| add(pool, item)).collect();
    let value = match tagged[0].as_str().expect("a type") {
        "NoneType" => ConstantValue::None,
        "ellipsis" => ConstantValue::Ellipsis,
        "bool" => ConstantValue::Bool(rest[0] == "True"),
        "int" => {
            let digits = rest[0].as_str().expect("digits");
            digits.parse().map_or_else(|_| ConstantValue::BigInt(digits.to_owned()), ConstantValue::Int)
        }
        "float" => ConstantValue::Float(number(0)),
        "complex" => ConstantValue::Complex(number(0), number(1)),
        "str" => {
            let chars: Option<String> = numbers().map(char::from_u32).collect();
            chars.map_or_else(|| ConstantValue::WideStr(numbers().collect()), ConstantValue::Str)
        }
        "bytes" => ConstantValue::Bytes(numbers().map(|byte| byte as u8).collect()),
        "tuple" => ConstantValue::Tuple(items()),
        "frozenset" => ConstantValue::FrozenSet(items()),
        _ => ConstantValue::Code(0),
    };
    pool.push(Constant { value, count: 1, interned: false, there: false });
    pool.len() as u32 - 1
}
