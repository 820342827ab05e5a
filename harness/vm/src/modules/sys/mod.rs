//! `sys`

mod asyncgen;
pub(crate) mod info;
mod settings;

pub(crate) use settings::Settings;

use refdrift_trace::IMMORTAL;

use super::{function, only};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::object::unraisable;
use crate::types;
use crate::vm::{PyResult, Vm};

/// What `sys.getrefcount` says of an immortal object.
const IMMORTAL_COUNT: i64 = 0xffff_ffff;

/// The encoding of file names, and its error handler.
pub(crate) const FILESYSTEM_ENCODING: &str = "utf-8";
const ERRORS: &str = "surrogateescape";

/// What only the interpreter knows of itself.
const TEXTS: [&str; 10] = [
    "version",
    "copyright",
    "executable",
    "prefix",
    "exec_prefix",
    "base_prefix",
    "base_exec_prefix",
    "platlibdir",
    "_base_executable",
    "_stdlib_dir",
];

/// Likewise, of several texts.
const COLLECTIONS: [(&str, Ref); 5] = [
    ("builtin_module_names", types::TUPLE),
    ("stdlib_module_names", types::FROZENSET),
    ("path", types::LIST),
    ("orig_argv", types::LIST),
    ("_git", types::TUPLE),
];

/// What the hooks were at the start.
const HOOKS: &[(&str, &str)] = &[
    ("__excepthook__", "excepthook"),
    ("__displayhook__", "displayhook"),
    ("__unraisablehook__", "unraisablehook"),
    ("__breakpointhook__", "breakpointhook"),
];

static FUNCTIONS: &[Method] = &[
    function("unraisablehook", Arity::One, unraisable::default_hook),
    function("getrefcount", Arity::One, getrefcount),
    function("intern", Arity::One, intern),
    function("exc_info", Arity::None, exc_info),
    function("exception", Arity::None, |vm, _| {
        let handled = vm.handled_exception().unwrap_or(types::NONE);
        Ok(vm.retain(handled))
    }),
    function("getrecursionlimit", Arity::None, |vm, _| Ok(vm.int(vm.recursion_limit as i64))),
    function("getdefaultencoding", Arity::None, |vm, _| Ok(vm.retain(types::names::UTF_8))),
    function("is_finalizing", Arity::None, |vm, _| Ok(vm.bool(false))),
    function("_getframe", Arity::Positional(0, 1), getframe),
    // None was asked for at the start.
    function("_get_cpu_count_config", Arity::None, |vm, _| Ok(vm.int(-1))),
    function("_getframemodulename", Arity::Raw, module_of_frame),
    function("exit", Arity::Positional(0, 1), exit),
    function("setrecursionlimit", Arity::One, set_recursion_limit),
    function("getfilesystemencoding", Arity::None, |vm, _| Ok(filesystem_encoding(vm, FILESYSTEM_ENCODING))),
    function("getfilesystemencodeerrors", Arity::None, |vm, _| Ok(filesystem_encoding(vm, ERRORS))),
    function("get_int_max_str_digits", Arity::None, |vm, _| Ok(vm.int(4300))),
    function("getswitchinterval", Arity::None, settings::switch_interval),
    function("setswitchinterval", Arity::One, settings::set_switch_interval),
    function("getdlopenflags", Arity::None, |vm, _| {
        let flags = vm.module_state.interpreter.dlopen_flags;
        Ok(vm.int(flags.into()))
    }),
    function("setdlopenflags", Arity::One, |vm, args| {
        vm.module_state.interpreter.dlopen_flags = vm.int_argument(only(args))?;
        Ok(vm.none())
    }),
    function("call_tracing", Arity::Positional(2, 2), call_tracing),
    // What only the machine knows.
    function("getallocatedblocks", Arity::None, |vm, _| {
        vm.note_address_use("sys.getallocatedblocks()");
        Ok(vm.int(100_000))
    }),
    function("getunicodeinternedsize", Arity::None, |vm, _| {
        vm.note_address_use("sys.getunicodeinternedsize()");
        Ok(vm.int(10_000))
    }),
    // It writes to the process's own stderr.
    function("_debugmallocstats", Arity::None, |vm, _| Ok(vm.none())),
    function("_clear_internal_caches", Arity::None, |vm, _| Ok(vm.none())),
    function("_is_gil_enabled", Arity::None, |vm, _| Ok(vm.bool(true))),
    function("is_stack_trampoline_active", Arity::None, |vm, _| Ok(vm.bool(false))),
    function("deactivate_stack_trampoline", Arity::None, |vm, _| Ok(vm.none())),
    function("gettrace", Arity::None, |vm, _| Ok(vm.none())),
    function("settrace", Arity::One, |vm, args| no_function(vm, args, "sys.settrace")),
    function("setprofile", Arity::One, |vm, args| no_function(vm, args, "sys.setprofile")),
    function("getprofile", Arity::None, |vm, _| Ok(vm.none())),
    function("get_coroutine_origin_tracking_depth", Arity::None, |vm, _| Ok(vm.int(0))),
    function("get_asyncgen_hooks", Arity::None, asyncgen::get),
    function("set_asyncgen_hooks", Arity::Raw, asyncgen::set),
    // Nobody hooks into it.
    function("audit", Arity::Raw, |vm, _| Ok(vm.none())),
    function("_clear_type_cache", Arity::None, |vm, _| Ok(vm.none())),
    function("getsizeof", Arity::Raw, |vm, _| Err(vm.unsupported(Missing::Name, "sys.getsizeof"))),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = super::stock::stock(vm, "sys", FUNCTIONS);
    info::fill(vm, dict);
    for (name, hook) in HOOKS {
        if let Some(hook) = vm.dict_get_str(dict, hook) {
            vm.set_module_attribute(dict, name, hook);
        }
    }
    if vm.profile.filesystem_encoding_interned {
        vm.intern(ERRORS).into_ref();
    }
}

/// What each run has of its own: lists and dicts that a program may change.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    for name in TEXTS {
        if let Some(text) = vm.find_text_of_cpython(&["sys", name]) {
            vm.set_module_attribute(dict, name, text.borrow());
            vm.release(text);
        }
    }
    if let Some(implementation) = vm.dict_get_str(dict, "implementation").and_then(|namespace| vm.own_dict(namespace))
        && let Some(triplet) = vm.find_text_of_cpython(&["sys", "implementation", "_multiarch"])
    {
        vm.set_module_attribute(implementation, "_multiarch", triplet.borrow());
        vm.release(triplet);
    }
    vm.module_state.interpreter = Settings::default();
    for (name, class) in COLLECTIONS {
        if let Some(names) = vm.find_text_of_cpython(&["sys", name]) {
            // One a line; an empty one may be the last.
            let text = vm.expect_text(names.borrow());
            let texts: Vec<String> = if text.is_empty() { Vec::new() } else { text.split('\n').map(str::to_owned).collect() };
            vm.release(names);
            let interned = name != "path";
            let made = texts.iter().map(|text| if interned { vm.intern(text) } else { vm.str(text.as_str()) });
            let texts: Vec<Owned> = made.collect();
            let texts = vm.new_list(texts);
            // Collecting strings that are there can't fail.
            if let Ok(collection) = vm.call_pos(class, &[texts.borrow()]) {
                vm.set_module_attribute(dict, name, collection.borrow());
                vm.release(collection);
            }
            vm.release(texts);
        }
    }
    let script = vec![vm.str("")];
    for (name, value) in [("argv", vm.new_list(script)), ("warnoptions", vm.new_list(Vec::new())), ("_xoptions", vm.new_dict())] {
        vm.set_module_attribute(dict, name, value.borrow());
        vm.release(value);
    }
    // The process's own streams: nobody reads or writes them.
    for name in ["stdin", "__stdin__", "__stdout__", "__stderr__"] {
        let stream = vm.make(types::TEXT_IO_WRAPPER, crate::object::value::Value::Plain);
        vm.set_module_attribute(dict, name, stream.borrow());
        vm.release(stream);
    }
    // The observer's streams.
    for (name, console) in [("stdout", true), ("stderr", false)] {
        if let Ok(stream) = super::io::new_stream(vm, console) {
            vm.set_module_attribute(dict, name, stream.borrow());
            if !console {
                vm.module_state.interpreter.stderr = Some(stream.borrow());
            }
            vm.release(stream);
        }
    }
}

fn filesystem_encoding(vm: &mut Vm, name: &str) -> Owned {
    if vm.profile.filesystem_encoding_interned { vm.intern(name) } else { vm.str(name) }
}

/// `sys.setrecursionlimit`
fn set_recursion_limit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let limit = vm.int_argument(only(args))?;
    if limit < 1 {
        return Err(vm.value_error("recursion limit must be greater or equal than 1"));
    }
    let limit = limit as usize;
    if vm.depth >= limit {
        let depth = vm.depth;
        let message = format!("cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low");
        return Err(vm.raise(types::RECURSION_ERROR, message));
    }
    vm.recursion_limit = limit;
    Ok(vm.none())
}

/// Taking away a trace function that is not there does nothing.
fn no_function(vm: &mut Vm, args: &Args<'_>, what: &str) -> PyResult {
    if only(args) != types::NONE {
        return Err(vm.unsupported(Missing::Name, what));
    }
    Ok(vm.none())
}

/// `sys.call_tracing(function, arguments)`: nobody traces, so it calls.
fn call_tracing(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let &[function, arguments] = args.values else { return Ok(vm.none()) };
    if !vm.is_instance_of(arguments, types::TUPLE) {
        let message = format!("call_tracing() argument 2 must be tuple, not {}", vm.type_name(arguments));
        return Err(vm.type_error(message));
    }
    let values = vm.items(arguments).unwrap_or_default();
    vm.call(function, &Args { tuple: Some(arguments), ..Args::new(&values, &[]) })
}

/// `sys._getframe`
fn getframe(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let depth = match args.values {
        &[depth] => vm.as_index(depth, Some(types::OVERFLOW_ERROR))?,
        _ => 0,
    };
    match vm.frames.len().checked_sub(1 + depth.max(0) as usize) {
        Some(index) => Ok(vm.frame_object(index)),
        None => Err(vm.value_error("call stack is not deep enough")),
    }
}

fn getrefcount(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let object = only(args);
    if is_immortal(vm, object) {
        return Ok(vm.int(IMMORTAL_COUNT));
    }
    if vm.heap.was_there(object) {
        vm.note_address_use("the count of an object that was there before the snippet");
    }
    let count = vm.heap[object].count;
    Ok(vm.int(i64::from(count)))
}

/// Whether CPython does not count the object (PEP 683).
fn is_immortal(vm: &Vm, object: Ref) -> bool {
    vm.heap[object].count == IMMORTAL
}

fn intern(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let string = only(args);
    let class = vm.class_of(string);
    if class == types::STR {
        let string = vm.retain(string);
        return Ok(vm.interned_for(string));
    }
    let name = vm.qualified_type_name(class);
    if vm.is_instance_of(string, types::STR) {
        return Err(vm.type_error(format!("can't intern {name}")));
    }
    Err(vm.type_error(format!("intern() argument must be str, not {name}")))
}

fn exc_info(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    let Some(handled) = vm.handled_exception() else { return Ok(vm.tuple_of(&[types::NONE; 3])) };
    let traceback = vm.exception(handled).and_then(|exception| exception.traceback.as_ref()).map(Owned::borrow);
    let class = vm.class_of(handled);
    Ok(vm.tuple_of(&[class, handled, traceback.unwrap_or(types::NONE)]))
}

/// `sys._getframemodulename(depth=0)`
fn module_of_frame(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "_getframemodulename", positional_only: 0, names: &["depth"], required: 0, positional: 1 };
    let [depth] = SIGNATURE.bind::<1>(vm, args)?;
    let depth = match depth {
        Some(depth) => vm.int_argument(depth)?,
        None => 0,
    };
    let index = vm.frames.len().checked_sub(1 + depth.max(0) as usize);
    let function = index.and_then(|index| vm.frames[index].function.as_ref()).map(Owned::borrow);
    match function {
        Some(function) => vm.getattr_str(function, "__module__"),
        None => Ok(vm.none()),
    }
}

/// `sys.exit(status=None)`
fn exit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let status = args.values.first().copied().unwrap_or(types::NONE);
    if status == types::NONE {
        return Err(vm.raise_empty(types::SYSTEM_EXIT));
    }
    let status = vm.retain(status);
    Err(vm.raise_with(types::SYSTEM_EXIT, status))
}
