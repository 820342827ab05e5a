//! `compile`, `exec`, `eval` and `__import__`: CPython's own compiler does the work, at the host's.

use refdrift_trace::{CompileAnswer, CompileRequest, SourcePlace};

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::library::Origin;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types;
use crate::types::code::CodeRef;
use crate::vm::{PyResult, Stop, Vm};

/// The compiler flags that code hands on to what it compiles (`PyCF_MASK`): its `from __future__` imports.
const INHERITED_FLAGS: u32 = 0x01ff_0000;
/// `PyCF_ONLY_AST`
const ONLY_AST: i32 = 0x400;

/// `compile(source, filename, mode, flags=0, dont_inherit=False, optimize=-1)`
pub(super) fn compile(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "compile",
        positional_only: 0,
        names: &["source", "filename", "mode", "flags", "dont_inherit", "optimize", "_feature_version"],
        required: 3,
        positional: 6,
    };
    let [source, filename, mode, flags, dont_inherit, optimize, feature]: [Option<Ref>; 7] = SIGNATURE.bind(vm, args)?;
    let mode = mode.and_then(|mode| vm.text(mode)).map(str::to_owned);
    let (Some(filename), Some(mode)) = (filename.filter(|&filename| vm.class_of(filename) == types::STR), mode) else {
        return Err(vm.unsupported(Missing::Name, "compile() with a filename or mode that is no str"));
    };
    // The name of the file is held while the arguments after it are converted.
    let held = vm.retain(filename);
    let mut number = |value: Option<Ref>, default| value.map_or(Ok(default), |value| vm.int_argument(value));
    let numbers = number(flags, 0).and_then(|flags| Ok((flags, number(optimize, -1)?, number(feature, -1)?)));
    let Ok((given, optimize, feature)) = numbers else {
        // The reference that `PyUnicode_FSDecoder` has made of the filename is never given back, in any version: it leaks.
        vm.keep_for_good(held);
        return Err(numbers.err().unwrap_or(Stop::Raised));
    };
    vm.release(held);
    if feature >= 0 {
        return Err(vm.unsupported(Missing::Name, "compile() for an older version"));
    }
    if given & ONLY_AST != 0 {
        return Err(vm.unsupported(Missing::Name, "compile() to a syntax tree"));
    }
    let inherit = match dont_inherit {
        Some(dont_inherit) => !vm.truth(dont_inherit)?,
        None => true,
    };
    let inherited = if inherit { inherited_flags(vm) } else { 0 };
    let source = source.unwrap_or(types::NONE);
    let code = compile_source(vm, source, "compile", Some(filename), &mode, (given | inherited, optimize))?;
    Ok(Owned::adopt(code.this))
}

/// `exec(source, globals=None, locals=None, /, *, closure=None)`
pub(super) fn exec(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [source, globals, locals, closure] = if vm.profile.exec_takes_keywords {
        const SIGNATURE: Signature = Signature {
            function: "exec",
            positional_only: 1,
            names: &["globals", "locals", "closure"],
            required: 1,
            positional: 3,
        };
        SIGNATURE.bind(vm, args)?
    } else {
        const SIGNATURE: Signature =
            Signature { function: "exec", positional_only: 3, names: &["closure"], required: 1, positional: 3 };
        SIGNATURE.bind(vm, args)?
    };
    if closure.is_some_and(|closure| closure != types::NONE) {
        return Err(vm.unsupported(Missing::Name, "exec() with a closure"));
    }
    let none = run(vm, source.unwrap_or(types::NONE), globals, locals, "exec")?;
    vm.release(none);
    Ok(vm.none())
}

/// `eval(source, globals=None, locals=None, /)`
pub(super) fn eval(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [source, globals, locals] = if vm.profile.exec_takes_keywords {
        const SIGNATURE: Signature =
            Signature { function: "eval", positional_only: 1, names: &["globals", "locals"], required: 1, positional: 3 };
        SIGNATURE.bind(vm, args)?
    } else {
        vm.no_keywords("eval", args)?;
        vm.check_positional("eval", args.values.len(), 1, 3)?;
        [0, 1, 2].map(|index: usize| args.values.get(index).copied())
    };
    run(vm, source.unwrap_or(types::NONE), globals, locals, "eval")
}

/// The namespaces, the code, and its run (`builtin_exec_impl`, `builtin_eval_impl`).
fn run(vm: &mut Vm, source: Ref, globals: Option<Ref>, locals: Option<Ref>, mode: &str) -> PyResult {
    let given = |value: Option<Ref>| value.filter(|&value| value != types::NONE);
    let (globals, locals) = (given(globals), given(locals));
    if let Some(message) = wrong_namespace(vm, globals, locals, mode) {
        return Err(vm.type_error(message));
    }
    let (globals, locals) = match (globals, locals) {
        (Some(globals), locals) => {
            let locals = vm.retain(locals.unwrap_or(globals));
            (globals, locals)
        }
        (None, locals) => {
            let Some(globals) = vm.frames.last().map(|frame| frame.globals) else {
                return Err(vm.type_error("eval must be given globals and locals when called without a frame"));
            };
            let locals = match locals {
                Some(locals) => vm.retain(locals),
                None => super::attributes::locals(vm, &Args::positional(&[]))?,
            };
            (globals, locals)
        }
    };
    if vm.profile.exec_holds_namespace {
        return vm.lend(locals, |vm, locals| run_in(vm, source, globals, locals, mode));
    }
    // Up to 3.11 only the frame holds them.
    let place = locals.borrow();
    vm.release(locals);
    run_in(vm, source, globals, place, mode)
}

/// What is wrong with namespaces that are given: `exec` looks at the globals first, `eval` at the locals.
fn wrong_namespace(vm: &Vm, globals: Option<Ref>, locals: Option<Ref>, mode: &str) -> Option<String> {
    let globals = globals.filter(|&globals| !vm.is_instance_of(globals, types::DICT));
    let locals = locals.filter(|&locals| !vm.is_mapping(locals));
    if mode == "exec" {
        let wrong_locals = |locals| format!("locals must be a mapping or None, not {}", vm.type_name(locals));
        let globals = globals.map(|globals| format!("exec() globals must be a dict, not {}", vm.type_name(globals)));
        return globals.or_else(|| locals.map(wrong_locals));
    }
    if locals.is_some() {
        return Some("locals must be a mapping".to_owned());
    }
    let hint = if vm.is_mapping(globals?) { "real dict; try eval(expr, {}, mapping)" } else { "dict" };
    Some(format!("globals must be a {hint}"))
}

fn run_in(vm: &mut Vm, source: Ref, globals: Ref, locals: Ref, mode: &str) -> PyResult {
    if vm.dict_get_str(globals, "__builtins__").is_none() {
        let builtins = vm.frames.last().map_or(vm.builtins, |frame| frame.builtins);
        vm.dict_set(globals, types::names::BUILTINS, builtins)?;
    }
    let given = match &vm.heap[source].value {
        Value::Code(code) => Some(code.clone()),
        _ => None,
    };
    // Code that is given is held by whoever gives it.
    let (code, held) = match given {
        Some(code) => {
            let frees = code.object.localspluskinds.iter().any(|&kind| kind & refdrift_trace::SlotKind::FREE != 0);
            if frees {
                return Err(vm.type_error(format!("code object passed to {mode}() may not contain free variables")));
            }
            (code, None)
        }
        None => {
            let inherited = inherited_flags(vm);
            let code = compile_source(vm, source, mode, None, mode, (inherited, -1))?;
            let held = Owned::adopt(code.this);
            (code, Some(held))
        }
    };
    let Some(held) = held else { return vm.eval_code(&code, globals, locals) };
    let imports = vm.text(source).is_none_or(|text| text.contains("import"));
    let (constants, names) = (vm.parsed_constants(&code), vm.parsed_names(&code, imports));
    let outer = vm.parsed.len();
    vm.parsed.extend(names);
    let result = vm.eval_code(&code, globals, locals);
    vm.parsed.truncate(outer);
    vm.release(held);
    vm.release_last_first(constants);
    result
}

fn inherited_flags(vm: &Vm) -> i32 {
    vm.frames.last().map_or(0, |frame| (frame.code.object.flags & INHERITED_FLAGS) as i32)
}

/// Compiles; the caller owns a reference to the code object.
fn compile_source(
    vm: &mut Vm,
    source: Ref,
    what: &str,
    file: Option<Ref>,
    mode: &str,
    (flags, optimize): (i32, i32),
) -> PyResult<CodeRef> {
    let (mut source, text) = match (vm.text(source), vm.bytes_value(source)) {
        (Some(text), _) => (text.as_bytes().to_vec(), true),
        (None, Some(data)) => (data.to_vec(), false),
        (None, None) => {
            let kinds = if what == "compile" { "a string, bytes or AST" } else { "a string, bytes or code" };
            let message = format!("{what}() arg 1 must be {kinds} object");
            return Err(vm.type_error(message));
        }
    };
    if source.contains(&0) {
        let class = if vm.profile.null_in_source_is_syntax_error { types::SYNTAX_ERROR } else { types::VALUE_ERROR };
        return Err(vm.raise(class, "source code string cannot contain null bytes"));
    }
    if what == "eval" {
        let blank = source.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
        source.drain(..blank);
    }
    let Some(host) = vm.host.clone() else { return Err(vm.unsupported(Missing::Name, what)) };
    let filename = file.map_or("<string>", |file| vm.expect_text(file)).to_owned();
    let request = CompileRequest { source, text, filename, mode: mode.to_owned(), flags, optimize };
    match host.compile(&request) {
        Ok(CompileAnswer::Code(unit)) => {
            let file = file.map(|file| if vm.profile.filenames_interned { interned(vm, file) } else { file });
            let decoded = vm.decode_unit(&unit)?;
            let loaded = vm.load_unit_of_file(&unit, &decoded, Origin::RunTime, file)?;
            loaded.codes.first().cloned().ok_or_else(|| vm.unsupported(Missing::Name, "code that is none"))
        }
        Ok(CompileAnswer::Raised { type_name, message, place }) => Err(refused(vm, &type_name, &message, place.as_ref(), file)),
        Err(reason) => Err(vm.unsupported(Missing::Name, format!("{what}() ({reason})"))),
    }
}

/// The interned string of a filename, borrowed; it becomes that itself if there is none.
fn interned(vm: &mut Vm, file: Ref) -> Ref {
    let file = vm.retain(file);
    let interned = vm.interned_for(file);
    let place = interned.borrow();
    vm.release(interned);
    place
}

/// Raises what the compiler raised of a source from that file.
fn refused(vm: &mut Vm, type_name: &str, message: &str, place: Option<&SourcePlace>, file: Option<Ref>) -> Stop {
    let Some(class) = vm.dict_get_str(vm.builtins, type_name) else {
        return vm.unsupported(Missing::Name, format!("a compiler that raises {type_name}"));
    };
    let Some(place) = place else { return vm.raise(class, message) };
    // The name of the file is the object that was given.
    let same = |vm: &Vm, name: &String| file.filter(|&file| vm.text(file) == Some(name.as_str()));
    let filename = place.filename.as_ref().map(|name| match same(vm, name) {
        Some(file) => vm.retain(file),
        None => vm.str(name.as_str()),
    });
    let numbers = [place.line, place.offset, place.end_line, place.end_offset];
    let [line, offset, end_line, end_offset] = numbers.map(|number| number.map(|number| vm.int(number)));
    let text = place.text.as_ref().map(|text| vm.str(text.as_str()));
    let message = vm.str(message);
    if place.in_arguments {
        let details = [filename, line, offset, text, end_line, end_offset].map(|detail| detail.unwrap_or_else(|| vm.none()));
        let details = vm.new_tuple(details.into());
        let args = vm.new_tuple(vec![message, details]);
        return vm.raise_with(class, args);
    }
    let stop = vm.raise_with(class, message);
    // `PyErr_SyntaxLocationObjectEx`: without a text, that stays unset.
    let attributes =
        [("lineno", line), ("offset", offset), ("end_lineno", end_line), ("end_offset", end_offset), ("filename", filename)];
    let attributes = attributes.map(|(name, value)| (name, Some(value.unwrap_or_else(|| vm.none()))));
    let Some(error) = vm.raised.as_ref().map(Owned::borrow) else { return stop };
    for (name, value) in attributes.into_iter().chain([("text", text)]) {
        let Some(value) = value else { continue };
        let set = vm.setattr_str(error, name, value.borrow());
        vm.release(value);
        if let Err(stop) = set {
            return stop;
        }
    }
    stop
}

/// `__import__(name, globals=None, locals=None, fromlist=(), level=0)`
pub(super) fn import(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "__import__",
        positional_only: 0,
        names: &["name", "globals", "locals", "fromlist", "level"],
        required: 1,
        positional: 5,
    };
    let [name, globals, _, fromlist, level]: [Option<Ref>; 5] = SIGNATURE.bind(vm, args)?;
    let name = name.unwrap_or(types::NONE);
    if vm.text(name).is_none() {
        return Err(vm.type_error("module name must be a string"));
    }
    let level = level.map_or(Ok(0), |level| vm.as_index(level, Some(types::OVERFLOW_ERROR)))?;
    vm.import_module_level(name, globals, fromlist.unwrap_or(types::EMPTY_TUPLE), level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_trace::flags;

    #[test]
    fn what_is_inherited_leaves_the_kind_of_code_out() {
        assert_eq!(INHERITED_FLAGS & (flags::GENERATOR | flags::COROUTINE | flags::NESTED | flags::HAS_DOCSTRING), 0);
    }
}
