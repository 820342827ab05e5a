//! `posix` (`Modules/posixmodule.c`): what is said of the system is the machine's, so most of it is *unsupported*.

use super::stat::{Links, stat};
use super::{function, set, stock};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::modules::only;
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, Method};
use crate::types::{self, structseq::struct_sequence};
use crate::vm::{PyResult, Vm};

/// `ENOTTY`
const NO_TERMINAL: i64 = 25;

static FUNCTIONS: &[Method] = &[
    function("fspath", Arity::Raw, fspath),
    function("urandom", Arity::One, |vm, args| {
        let size = vm.ssize_argument(only(args))?;
        if size < 0 {
            return Err(vm.value_error("negative argument not allowed"));
        }
        // Where small numbers are counted the runs part without showing why.
        if !vm.profile.immortal_objects && !vm.heap.loading {
            return Err(vm.unsupported(Missing::Name, "os.urandom"));
        }
        vm.note_address_use("os.urandom");
        Ok(vm.new_bytes(vec![0; (size as usize).min(types::str::MAX_SIZE)]))
    }),
    function("getpid", Arity::None, |vm, _| {
        vm.note_address_use("os.getpid");
        Ok(vm.int(1))
    }),
    function("getcwd", Arity::None, |vm, _| {
        vm.note_address_use("os.getcwd");
        Ok(vm.str("/"))
    }),
    function("confstr", Arity::One, |vm, _| {
        vm.note_address_use("os.confstr");
        Ok(vm.str("glibc 2.36"))
    }),
    function("uname", Arity::None, |vm, _| {
        vm.note_address_use("os.uname");
        let fields = ["Linux", "machine", "release", "version", "x86_64"].map(|field| vm.str(field));
        Ok(vm.struct_sequence(types::UNAME_RESULT, 5, fields.into()))
    }),
    function("_path_normpath", Arity::One, normal_path),
    function("sysconf", Arity::One, system_setting),
    function("stat", Arity::Raw, |vm, args| stat(vm, args, Links::Followed)),
    function("lstat", Arity::Raw, |vm, args| stat(vm, args, Links::Told)),
    function("readlink", Arity::One, super::stat::read_link),
    // The interpreter holds on to what it is given, for good.
    function("register_at_fork", Arity::Raw, |vm, args| {
        for (_, hook) in args.keywords() {
            vm.retain(hook).into_ref();
        }
        Ok(vm.none())
    }),
    // The first two descriptors lead nowhere.
    function("get_terminal_size", Arity::Positional(0, 1), |vm, args| {
        match args.pos().first().map_or(Ok(1), |&number| vm.int_argument(number))? {
            0 | 1 => {
                let (number, words) = (vm.int(NO_TERMINAL), vm.str("Inappropriate ioctl for device"));
                let raised = vm.call_pos(types::OS_ERROR, &[number.borrow(), words.borrow()]);
                vm.release_all(vec![number, words]);
                Err(vm.raise_made(raised))
            }
            _ => Err(vm.unsupported(Missing::Name, "os.get_terminal_size")),
        }
    }),
    function("strerror", Arity::One, |vm, _| Err(vm.unsupported(Missing::Name, "os.strerror"))),
];

struct_sequence!(TERMINAL_SIZE, TERMINAL_LAYOUT: "os", "terminal_size", visible 2, required 2, flags Flags::GC | Flags::SEQUENCE,
    making Making::SPEC,
    ["columns" = 0, "lines" = 1]);

struct_sequence!(UNAME_RESULT, UNAME_LAYOUT: "posix", "uname_result", visible 5, required 5, flags Flags::GC | Flags::SEQUENCE,
    making Making::SPEC,
    ["sysname" = 0, "nodename" = 1, "release" = 2, "version" = 3, "machine" = 4]);

pub(super) fn make(vm: &mut Vm) {
    let dict = stock(vm, "posix", FUNCTIONS);
    vm.describe_struct_sequence(types::TERMINAL_SIZE, &TERMINAL_LAYOUT);
    vm.describe_struct_sequence(types::UNAME_RESULT, &UNAME_LAYOUT);
    super::stat::make(vm);
    for (name, value) in [
        ("error", types::OS_ERROR),
        ("terminal_size", types::TERMINAL_SIZE),
        ("uname_result", types::UNAME_RESULT),
        ("stat_result", types::STAT_RESULT),
    ] {
        vm.set_module_attribute(dict, name, value);
    }
}

/// What Linux answers to the settings that the library asks for.
const SETTINGS: &[(&str, i64)] = &[("SC_IOV_MAX", 1024), ("SC_PAGESIZE", 4096), ("SC_PAGE_SIZE", 4096), ("SC_SEM_NSEMS_MAX", -1)];

/// `os.sysconf(name)`
fn system_setting(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let asked = vm.text(only(args)).and_then(|asked| SETTINGS.iter().find(|(name, _)| *name == asked));
    let Some(&(_, value)) = asked else { return Err(vm.unsupported(Missing::Name, "posix.sysconf of another setting")) };
    vm.note_address_use("os.sysconf");
    Ok(vm.int(value))
}

/// `_path_normpath(path)`: the path without what leads nowhere.
fn normal_path(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let path = vm.fspath(only(args))?;
    let text = vm.text(path.borrow()).map(str::to_owned);
    vm.release(path);
    let Some(text) = text else { return Err(vm.unsupported(Missing::Name, "posix._path_normpath of bytes")) };
    let slashes = match text.bytes().take_while(|&byte| byte == b'/').count() {
        2 => "//",
        0 => "",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/').filter(|&part| !part.is_empty() && part != ".") {
        if part != ".." || (slashes.is_empty() && parts.is_empty()) || parts.last() == Some(&"..") {
            parts.push(part);
        } else {
            parts.pop();
        }
    }
    let normal = format!("{slashes}{}", parts.join("/"));
    Ok(vm.str(if normal.is_empty() { "." } else { &normal }))
}

/// The environment that the observer's process has.
fn environment(vm: &mut Vm) -> Owned {
    let found = vm.find_text_of_cpython(&["posix", "environ"]);
    let lines = found.as_ref().and_then(|text| vm.text(text.borrow())).unwrap_or_default().to_owned();
    vm.release_option(found);
    let environ = vm.new_dict();
    for (name, value) in lines.lines().filter_map(|line| line.split_once('=')) {
        let name = vm.new_bytes(name.as_bytes().to_vec());
        let value = vm.new_bytes(value.as_bytes().to_vec());
        // The keys are bytes: nothing can be raised.
        let _ = vm.dict_set(environ.borrow(), name.borrow(), value.borrow());
        vm.release(name);
        vm.release(value);
    }
    environ
}

/// What programs may change.
pub(in crate::modules) fn refresh(vm: &mut Vm, dict: Ref) {
    let environ = environment(vm);
    set(vm, dict, "environ", environ);
    // Which calls the system has, as `os` sorts them.
    let found = vm.find_text_of_cpython(&["posix", "_have_functions"]);
    let names = found.as_ref().and_then(|text| vm.text(text.borrow())).unwrap_or_default().to_owned();
    vm.release_option(found);
    let names = names.lines().map(|name| vm.str(name)).collect();
    let functions = vm.new_list(names);
    set(vm, dict, "_have_functions", functions);
    for name in ["pathconf_names", "confstr_names", "sysconf_names"] {
        let names = vm.new_dict();
        set(vm, dict, name, names);
    }
}

/// `os.fspath(path)` (`PyOS_FSPath`)
fn fspath(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: crate::object::keywords::Signature =
        crate::object::keywords::Signature { function: "fspath", positional_only: 0, names: &["path"], required: 1, positional: 1 };
    let [path] = SIGNATURE.bind::<1>(vm, args)?;
    vm.fspath(path.unwrap_or(types::NONE))
}

impl Vm {
    /// What names a file: a `str`, or `bytes`.
    fn fspath(&mut self, path: Ref) -> PyResult {
        let vm = self;
        if vm.text(path).is_some() || vm.bytes_value(path).is_some() {
            return Ok(vm.retain(path));
        }
        let Some(method) = vm.lookup_special(path, "__fspath__")? else {
            let message = format!("expected str, bytes or os.PathLike object, not {}", vm.type_name(path));
            return Err(vm.type_error(message));
        };
        let result = vm.call_pos(method.borrow(), &[]);
        vm.release(method);
        let result = result?;
        if vm.text(result.borrow()).is_some() || vm.bytes_value(result.borrow()).is_some() {
            return Ok(result);
        }
        let (class, given) = (vm.type_name(path), vm.type_name(result.borrow()));
        vm.release(result);
        Err(vm.type_error(format!("expected {class}.__fspath__() to return str or bytes, not {given}")))
    }
}
