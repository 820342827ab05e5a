//! `open` (`Modules/_io/_iomodule.c`, `Modules/_io/fileio.c`): of what is not there. Opening a file that is there is *unsupported*.

use std::path::Path;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// `ENOENT`
const NO_ENTRY: i64 = 2;

/// `open(file, mode='r', …)`
pub(super) fn open(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "open",
        positional_only: 0,
        names: &["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"],
        required: 1,
        positional: 8,
    };
    let [file, mode, _, _, _, _, _, opener]: [Option<Ref>; 8] = SIGNATURE.bind(vm, args)?;
    let file = file.unwrap_or(types::NONE);
    let mode = mode.map_or(Some("r"), |mode| vm.text(mode));
    let reads = mode.is_some_and(|mode| matches!(mode, "r" | "rt" | "tr" | "rb" | "br"));
    let stop = if reads && opener.is_none() { missing_file(vm, file) } else { None };
    Err(stop.unwrap_or_else(|| vm.unsupported(Missing::Name, "open() of a file")))
}

/// Raises what the system says of a path where nothing is; nothing if something is there.
pub(in crate::modules) fn missing_file(vm: &mut Vm, file: Ref) -> Option<Stop> {
    let missing = vm.text(file).is_some_and(|path| !path.is_empty() && !path.contains('\0') && !Path::new(path).exists());
    if !missing {
        return None;
    }
    let (number, words) = (vm.int(NO_ENTRY), vm.str("No such file or directory"));
    let raised = vm.call_pos(types::OS_ERROR, &[number.borrow(), words.borrow(), file]);
    for owned in [number, words] as [Owned; 2] {
        vm.release(owned);
    }
    Some(vm.raise_made(raised))
}
