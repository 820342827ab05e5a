//! `os.stat` and `os.lstat` (`Modules/posixmodule.c`): what the machine says, which is noted, since it need not say it twice.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;

use crate::api::Missing;
use crate::heap::Owned;
use crate::object::args::Args;
use crate::object::class::{Flags, Making};
use crate::types::{self, structseq::struct_sequence};
use crate::vm::{PyResult, Vm};

struct_sequence!(STAT_RESULT, LAYOUT: "os", "stat_result", visible 10, required 10, flags Flags::GC | Flags::SEQUENCE,
    making Making::SPEC,
    ["st_mode" = 0, "st_ino" = 1, "st_dev" = 2, "st_nlink" = 3, "st_uid" = 4, "st_gid" = 5, "st_size" = 6, "" = 7, "" = 8, "" = 9,
     "st_atime" = 10, "st_mtime" = 11, "st_ctime" = 12, "st_atime_ns" = 13, "st_mtime_ns" = 14, "st_ctime_ns" = 15,
     "st_blksize" = 16, "st_blocks" = 17, "st_rdev" = 18]);

/// What is told of a symbolic link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// What it leads to.
    Followed,
    /// What it is itself.
    Told,
}

pub(super) fn make(vm: &mut Vm) {
    vm.describe_struct_sequence(types::STAT_RESULT, &LAYOUT);
}

/// `os.stat(path)`, `os.lstat(path)`
pub(super) fn stat(vm: &mut Vm, args: &Args<'_>, links: Links) -> PyResult {
    let &[path] = args.values else { return Err(vm.unsupported(Missing::Name, "posix.stat")) };
    let Some(name) = vm.text(path).filter(|_| args.names.is_empty()).map(str::to_owned) else {
        return Err(vm.unsupported(Missing::Name, "posix.stat"));
    };
    let found = if links == Links::Followed { fs::metadata(&name) } else { fs::symlink_metadata(&name) };
    match found {
        Ok(found) => {
            vm.note_address_use("os.stat");
            Ok(stat_result(vm, &found))
        }
        Err(_) => Err(crate::modules::io::missing_file(vm, path).unwrap_or_else(|| vm.unsupported(Missing::Name, "posix.stat"))),
    }
}

/// `os.readlink(path)` of a link.
pub(super) fn read_link(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let target = vm.text(args.values[0]).and_then(|path| fs::read_link(path).ok());
    match target.as_deref().and_then(std::path::Path::to_str) {
        Some(target) => {
            vm.note_address_use("os.readlink");
            Ok(vm.str(target))
        }
        None => Err(vm.unsupported(Missing::Name, "posix.readlink")),
    }
}

/// `_pystat_fromstructstat`
fn stat_result(vm: &mut Vm, found: &Metadata) -> Owned {
    const NANOSECONDS: i64 = 1_000_000_000;
    let unsigned =
        [found.mode().into(), found.ino(), found.dev(), found.nlink(), found.uid().into(), found.gid().into(), found.size()];
    let times = [(found.atime(), found.atime_nsec()), (found.mtime(), found.mtime_nsec()), (found.ctime(), found.ctime_nsec())];
    let mut values: Vec<Owned> = unsigned.map(|number| vm.big_int(number.into())).into();
    values.extend(times.map(|(seconds, _)| vm.int(seconds)));
    values.extend(times.map(|(seconds, more)| vm.float(seconds as f64 + 1e-9 * more as f64)));
    values.extend(times.map(|(seconds, more)| vm.big_int(num_bigint::BigInt::from(seconds) * NANOSECONDS + more)));
    values.extend([found.blksize(), found.blocks(), found.rdev()].map(|number| vm.big_int(number.into())));
    vm.struct_sequence(types::STAT_RESULT, LAYOUT.visible, values)
}
