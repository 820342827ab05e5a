//! The arguments of `refdrift native`.

use std::path::PathBuf;

use clap::Args;
use refdrift_runner::PythonSpec;

use super::{EngineArgs, Format};

pub(crate) const NATIVE_HELP: &str = "\
MODULE is the path of a shared object, or a name that the interpreter finds. Each public function is
called with ints, strs, lists, tuples, dicts, None and an object whose methods raise, for every
argument, with too few and too many of them; each call three times, and the last two must leave every
count as it was. What a function makes and leaks without anybody seeing it (a str of its own) does not
show; types are not called.

--contract FILE says what a function does that does not just borrow its arguments:
  functions:
    set_hook: {parameters: [keeps hook]}
    first: {parameters: [items], result: item 0 of items}
The format is that of `native` in case files. A function that it does not name is measured by the
default: it borrows every argument and returns a new reference.

Examples:
  refdrift native build/lib/mine.cpython-312-x86_64-linux-gnu.so --python 3.12
  refdrift native _heapq --python all
  refdrift native mine --contract mine.yaml --format json

Exit codes: 0 every function keeps its contract, 1 one does not, 2 bad input, 3 an engine failed.";

#[derive(Debug, Args)]
pub(crate) struct NativeArgs {
    /// An extension module: the path of its shared object, or a name that the interpreter finds
    #[arg(value_name = "MODULE")]
    pub(crate) module: String,
    /// What its functions do with references
    #[arg(long, value_name = "FILE")]
    pub(crate) contract: Option<PathBuf>,
    /// Run it in this Python: 3.12, 3.12.1, a path, a command, or `all`; may be repeated [default: python3]
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) python: Vec<PythonSpec>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
}
