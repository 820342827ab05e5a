//! `_warnings` (`Python/_warnings.c`): which warnings are shown, turned into errors or let go. What shows them is the library's
//! `warnings`.

use super::function;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

static FUNCTIONS: &[Method] = &[
    function("warn", Arity::Raw, warn),
    function("warn_explicit", Arity::Raw, warn_explicit),
    function("_filters_mutated", Arity::None, |vm, _| {
        vm.module_state.filters_version += 1;
        Ok(vm.none())
    }),
];

/// The filters of an interpreter that starts: what is done, for which category, in which module.
const FILTERS: &[(&str, Ref, Option<&str>)] = &[
    ("default", types::DEPRECATION_WARNING, Some("__main__")),
    ("ignore", types::DEPRECATION_WARNING, None),
    ("ignore", types::PENDING_DEPRECATION_WARNING, None),
    ("ignore", types::IMPORT_WARNING, None),
    ("ignore", types::RESOURCE_WARNING, None),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_warnings", FUNCTIONS);
    let action = vm.str("default").into_ref();
    vm.set_module_attribute(dict, "_defaultaction", action);
    // The filters have changed before, often enough for a number that is nobody else's.
    vm.module_state.filters_version = 1 << 20;
}

/// What each run has of its own: the filters, and what has been shown once.
pub(super) fn refresh(vm: &mut Vm, dict: Ref) {
    let filters = FILTERS.iter().map(|&(action, category, module)| {
        let module = match module {
            Some(module) => vm.intern(module),
            None => vm.none(),
        };
        let filter = vec![vm.intern(action), vm.none(), vm.retain(category), module, vm.int(0)];
        vm.new_tuple(filter)
    });
    let filters: Vec<Owned> = filters.collect();
    let filters = vm.new_list(filters);
    vm.set_module_attribute(dict, "filters", filters.borrow());
    vm.module_state.filters = Some(filters.into_ref());
    let registry = vm.new_dict();
    vm.set_module_attribute(dict, "_onceregistry", registry.borrow());
    vm.release(registry);
}

/// Where a warning comes from.
struct Context {
    filename: Owned,
    line: i64,
    module: Owned,
    registry: Owned,
}

/// What is known of a warning when it is looked up in the filters.
#[derive(Clone, Copy)]
struct Warning {
    category: Ref,
    text: Ref,
    line: i64,
    module: Ref,
}

/// `warnings.warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())`
fn warn(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const NAMES: &[&str] = &["message", "category", "stacklevel", "source", "skip_file_prefixes"];
    let names = if vm.profile.warn_skips_files { NAMES } else { &NAMES[..4] };
    let signature = Signature { function: "warn", positional_only: 0, names, required: 1, positional: 4 };
    let [message, category, level, source, skipped] = signature.bind(vm, args)?;
    let level = match level {
        Some(level) => vm.as_index(level, Some(types::OVERFLOW_ERROR))?,
        None => 1,
    };
    if let Some(skipped) = skipped
        && !vm.is_instance_of(skipped, types::TUPLE)
    {
        let message = format!("warn() argument 'skip_file_prefixes' must be tuple, not {}", vm.type_name(skipped));
        return Err(vm.type_error(message));
    }
    let message = message.unwrap_or(types::NONE);
    let category = category_of(vm, message, category)?;
    let skipped = skipped.filter(|&skipped| vm.tuple_len(skipped) > 0);
    let level = if skipped.is_some() { level.max(2) } else { level };
    vm.warn(message, category, level, source, skipped)
}

/// `get_category`
fn category_of(vm: &mut Vm, message: Ref, category: Option<Ref>) -> PyResult<Ref> {
    let category = if vm.is_instance(message, types::WARNING)? {
        vm.class_of(message)
    } else {
        category.filter(|&category| category != types::NONE).unwrap_or(types::USER_WARNING)
    };
    // Whatever is no class at all raises, and that is replaced.
    let known = match vm.derives_from(category, types::WARNING) {
        Ok(derives) => derives,
        Err(stop) => vm.swallow(stop, types::BASE_EXCEPTION).map(|()| false)?,
    };
    if known {
        return Ok(category);
    }
    let message = format!("category must be a Warning subclass, not '{}'", vm.type_name(category));
    Err(vm.type_error(message))
}

impl Vm {
    /// Warns on behalf of the code that many calls up (`do_warn`, `PyErr_WarnEx`).
    pub(crate) fn warn(&mut self, message: Ref, category: Ref, level: i64, source: Option<Ref>, skipped: Option<Ref>) -> PyResult {
        let Context { filename, line, module, registry } = context(self, level, skipped)?;
        let warning = Warning { category, text: message, line, module: module.borrow() };
        let held = self.retain(module.borrow());
        let result = warn_of(self, warning, filename.borrow(), Some(registry.borrow()), source);
        self.release(held);
        self.release(filename);
        self.release(registry);
        self.release(module);
        result
    }

    /// Warns with a text (`PyErr_WarnFormat`).
    pub(crate) fn warn_text(&mut self, category: Ref, text: impl Into<Box<str>> + AsRef<str>, source: Option<Ref>) -> PyResult<()> {
        let text = self.str(text);
        let warned = self.lend(text, |vm, text| vm.warn(text, category, 1, source, None))?;
        self.release(warned);
        Ok(())
    }
}

/// Whether a frame is of the machinery that imports.
fn is_internal(vm: &Vm, index: usize) -> bool {
    let filename = vm.expect_text(vm.frames[index].code.filename);
    filename.contains("importlib") && filename.contains("_bootstrap")
}

/// Whether the file of a frame is one of those that don't count.
fn is_skipped(vm: &Vm, index: usize, skipped: Option<Ref>) -> bool {
    let filename = vm.expect_text(vm.frames[index].code.filename);
    let prefixes = skipped.and_then(|skipped| vm.tuple(skipped)).unwrap_or_default();
    prefixes.iter().any(|prefix| filename.starts_with(vm.expect_text(prefix.borrow())))
}

/// `setup_context`
fn context(vm: &mut Vm, mut level: i64, skipped: Option<Ref>) -> PyResult<Context> {
    let prefixes = skipped.and_then(|skipped| vm.items(skipped)).unwrap_or_default();
    if let Some(&wrong) = prefixes.iter().find(|&&prefix| vm.text(prefix).is_none()) {
        let message = format!("Found non-str '{}' in skip_file_prefixes.", vm.type_name(wrong));
        return Err(vm.type_error(message));
    }
    let mut frame = vm.frames.len().checked_sub(1);
    let all_count = level <= 0 || frame.is_some_and(|index| is_internal(vm, index));
    level -= 1;
    while level > 0
        && let Some(index) = frame
    {
        frame = index.checked_sub(1);
        while !all_count
            && let Some(index) = frame
            && (is_internal(vm, index) || is_skipped(vm, index, skipped))
        {
            frame = index.checked_sub(1);
        }
        level -= 1;
    }
    let (globals, filename, line) = match frame {
        Some(index) => {
            let frame = &vm.frames[index];
            let (globals, filename, line) = (frame.globals, frame.code.filename, frame.line());
            (globals, vm.retain(filename), line.map_or(0, i64::from))
        }
        None => {
            let sys = vm.import_module("sys")?;
            let (name, line) = if vm.profile.warn_names_no_file { ("<sys>", 0) } else { ("sys", 1) };
            (vm.own_dict(sys).unwrap_or(types::NONE), vm.str(name), line)
        }
    };
    match registry_and_module(vm, globals) {
        Ok((registry, module)) => Ok(Context { filename, line, module, registry }),
        Err(stop) => {
            vm.release(filename);
            Err(stop)
        }
    }
}

fn registry_and_module(vm: &mut Vm, globals: Ref) -> PyResult<(Owned, Owned)> {
    let registry = registry_of(vm, globals)?;
    let module = match vm.dict_get(globals, names::NAME) {
        Ok(Some(module)) if module == types::NONE || vm.text(module).is_some() => vm.retain(module),
        Ok(_) => vm.str("<string>"),
        Err(stop) => {
            vm.release(registry);
            return Err(stop);
        }
    };
    Ok((registry, module))
}

fn registry_of(vm: &mut Vm, globals: Ref) -> PyResult {
    let name = vm.intern("__warningregistry__");
    vm.lend(name, |vm, name| {
        if let Some(registry) = vm.dict_get(globals, name)? {
            return Ok(vm.retain(registry));
        }
        let registry = vm.new_dict();
        match vm.dict_set(globals, name, registry.borrow()) {
            Ok(()) => Ok(registry),
            Err(stop) => {
                vm.release(registry);
                Err(stop)
            }
        }
    })
}

/// `warnings.warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)`
fn warn_explicit(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "warn_explicit",
        positional_only: 0,
        names: &["message", "category", "filename", "lineno", "module", "registry", "module_globals", "source"],
        required: 4,
        positional: 8,
    };
    let [message, category, filename, line, module, registry, globals, source] = SIGNATURE.bind(vm, args)?;
    let (message, category) = (message.unwrap_or(types::NONE), category.unwrap_or(types::NONE));
    let (filename, line) = (filename.unwrap_or(types::NONE), line.unwrap_or(types::NONE));
    vm.text_argument("warn_explicit", "argument 'filename'", filename)?;
    let line = i64::from(vm.int_argument(line)?);
    if globals.is_some_and(|globals| globals != types::NONE) {
        return Err(vm.unsupported(crate::api::Missing::Name, "warnings.warn_explicit(module_globals=…)"));
    }
    let module = match module {
        Some(types::NONE) => return Ok(vm.none()),
        Some(module) => vm.retain(module),
        None => {
            let text = vm.expect_text(filename).to_owned();
            match text.strip_suffix(".py") {
                _ if text.is_empty() => vm.str("<unknown>"),
                Some(stem) => vm.str(stem),
                None => vm.retain(filename),
            }
        }
    };
    if let Some(registry) = registry
        && registry != types::NONE
        && !vm.is_instance_of(registry, types::DICT)
    {
        vm.release(module);
        return Err(vm.type_error("'registry' must be a dict or None"));
    }
    let registry = registry.filter(|&registry| registry != types::NONE);
    let warning = Warning { category, text: message, line, module: module.borrow() };
    let result = warn_of(vm, warning, filename, registry, source);
    vm.release(module);
    result
}

/// `warn_explicit`: the message may be a warning already.
fn warn_of(vm: &mut Vm, mut warning: Warning, filename: Ref, registry: Option<Ref>, source: Option<Ref>) -> PyResult {
    let given = warning.text;
    let (message, text) = if vm.is_instance(given, types::WARNING)? {
        let text = vm.str_of(given)?;
        warning.category = vm.class_of(given);
        (vm.retain(given), text)
    } else {
        let text = vm.retain(given);
        match vm.call_pos(warning.category, &[given]) {
            Ok(message) => (message, text),
            Err(stop) => {
                vm.release(text);
                return Err(stop);
            }
        }
    };
    warning.text = text.borrow();
    let line = vm.int(warning.line);
    let key = vm.tuple_of(&[warning.text, warning.category, line.borrow()]);
    let source = source.filter(|&source| source != types::NONE);
    let shown = decide(vm, warning, message.borrow(), key.borrow(), registry)
        .and_then(|show| if show { show_warning(vm, warning, message.borrow(), filename, line.borrow(), source) } else { Ok(()) });
    vm.release(key);
    vm.release(text);
    vm.release(line);
    vm.release(message);
    shown?;
    Ok(vm.none())
}

/// Whether a warning is to be shown; it may become an exception.
fn decide(vm: &mut Vm, warning: Warning, message: Ref, key: Ref, registry: Option<Ref>) -> PyResult<bool> {
    if let Some(registry) = registry
        && already_warned(vm, registry, key, false)?
    {
        return Ok(false);
    }
    let (action, filter) = find_filter(vm, warning)?;
    let result = act(vm, action.borrow(), filter.borrow(), warning, message, key, registry);
    vm.release(filter);
    vm.release(action);
    result
}

fn act(vm: &mut Vm, action: Ref, filter: Ref, warning: Warning, message: Ref, key: Ref, registry: Option<Ref>) -> PyResult<bool> {
    let action_text = vm.expect_text(action).to_owned();
    match action_text.as_str() {
        "error" => {
            let exception = if vm.is_instance_of(message, warning.category) {
                vm.retain(message)
            } else {
                vm.call_pos(warning.category, &[message])?
            };
            return Err(vm.raise_exception(exception));
        }
        "ignore" => return Ok(false),
        "always" => return Ok(true),
        _ => {}
    }
    if let Some(registry) = registry {
        vm.dict_set(registry, key, types::TRUE)?;
    }
    let pair = |vm: &mut Vm, registry: Ref| {
        let key = vm.tuple_of(&[warning.text, warning.category]);
        let known = already_warned(vm, registry, key.borrow(), true);
        vm.release(key);
        known.map(|known| !known)
    };
    match (action_text.as_str(), registry) {
        ("once" | "module", Some(registry)) => pair(vm, registry),
        ("once", None) => {
            let registry = library_attribute(vm, "onceregistry")?;
            if !vm.is_instance_of(registry.borrow(), types::DICT) {
                let message = format!("_warnings.onceregistry must be a dict, not '{}'", vm.type_name(registry.borrow()));
                vm.release(registry);
                return Err(vm.type_error(message));
            }
            let show = pair(vm, registry.borrow());
            vm.release(registry);
            show
        }
        ("module", None) | ("default", _) => Ok(true),
        _ => {
            let (action, filter) = (vm.repr_text(action)?, vm.repr_text(filter)?);
            let message = format!("Unrecognized action ({action}) in warnings.filters:\n {filter}");
            Err(vm.raise(types::RUNTIME_ERROR, message))
        }
    }
}

/// An attribute of the library's `warnings` (`get_warnings_attr`).
fn library_attribute(vm: &mut Vm, name: &str) -> PyResult {
    let module = vm.import_module("warnings")?;
    vm.getattr_str(module, name)
}

/// `already_warned`: a registry from before the filters changed is emptied.
fn already_warned(vm: &mut Vm, registry: Ref, key: Ref, enter: bool) -> PyResult<bool> {
    let version = vm.dict_get_str(registry, "version");
    if version.and_then(|version| vm.small_value(version)) == Some(vm.module_state.filters_version) {
        if let Some(known) = vm.dict_get(registry, key)?
            && vm.truth(known)?
        {
            return Ok(true);
        }
    } else {
        vm.dict_clear(registry);
        let (name, version) = (vm.intern("version"), vm.int(vm.module_state.filters_version));
        vm.dict_set_owned(registry, name, version)?;
    }
    if enter {
        vm.dict_set(registry, key, types::TRUE)?;
    }
    Ok(false)
}

/// The first filter that fits: what it says is to be done, and the filter itself (`get_filter`).
fn find_filter(vm: &mut Vm, warning: Warning) -> PyResult<(Owned, Owned)> {
    // They stay with whom they were looked up for until the next warning (`get_warnings_filters`).
    let filters = library_attribute(vm, "filters")?.into_ref();
    if let Some(before) = vm.module_state.filters.replace(filters) {
        vm.release(Owned::adopt(before));
    }
    if let Some(found) = search_filters(vm, filters, warning)? {
        return Ok(found);
    }
    let action = library_attribute(vm, "defaultaction")?;
    if vm.text(action.borrow()).is_none() {
        let message = format!("_warnings.defaultaction must be a string, not '{}'", vm.type_name(action.borrow()));
        vm.release(action);
        return Err(vm.type_error(message));
    }
    Ok((action, vm.none()))
}

fn search_filters(vm: &mut Vm, filters: Ref, warning: Warning) -> PyResult<Option<(Owned, Owned)>> {
    if !matches!(vm.heap[filters].value, Value::List(_)) {
        return Err(vm.value_error("_warnings.filters must be a list"));
    }
    // Matching may change the list.
    let mut index = 0;
    while let Some(filter) = vm.list_item(filters, index) {
        let Some(&[action, text, category, module, line]) = vm.tuple(filter).and(vm.items(filter)).as_deref() else {
            return Err(vm.value_error(format!("_warnings.filters item {index} isn't a 5-tuple")));
        };
        let held = vm.retain(filter);
        let fits = fits(vm, action, [text, category, module, line], warning);
        match fits {
            Ok(true) => return Ok(Some((vm.retain(action), held))),
            Ok(false) => vm.release(held),
            Err(stop) => {
                vm.release(held);
                return Err(stop);
            }
        }
        index += 1;
    }
    Ok(None)
}

fn fits(vm: &mut Vm, action: Ref, [text, category, module, line]: [Ref; 4], warning: Warning) -> PyResult<bool> {
    if vm.text(action).is_none() {
        let message = format!("action must be a string, not '{}'", vm.type_name(action));
        return Err(vm.type_error(message));
    }
    let text_fits = matches(vm, text, warning.text)?;
    let module_fits = matches(vm, module, warning.module)?;
    let derives = vm.derives_from(warning.category, category)?;
    let line = vm.as_index(line, Some(types::OVERFLOW_ERROR))?;
    Ok(text_fits && derives && module_fits && (line == 0 || line == warning.line))
}

/// `check_matched`: nothing in particular, that very text, or a regular expression.
fn matches(vm: &mut Vm, pattern: Ref, text: Ref) -> PyResult<bool> {
    if pattern == types::NONE {
        return Ok(true);
    }
    if vm.class_of(pattern) == types::STR {
        return Ok(vm.text(pattern) == vm.text(text));
    }
    let found = vm.call_method(pattern, "match", &[text])?;
    let truth = vm.truth(found.borrow());
    vm.release(found);
    truth
}

/// `call_show_warning`
fn show_warning(vm: &mut Vm, warning: Warning, message: Ref, filename: Ref, line: Ref, source: Option<Ref>) -> PyResult<()> {
    let show = library_attribute(vm, "_showwarnmsg")?;
    if !vm.is_callable(show.borrow()) {
        vm.release(show);
        return Err(vm.type_error("warnings._showwarnmsg() must be set to a callable"));
    }
    let class = library_attribute(vm, "WarningMessage")?;
    let mut values = vec![message, warning.category, filename, line, types::NONE, types::NONE];
    values.extend(source);
    let made = vm.call_pos(class.borrow(), &values);
    vm.release(class);
    let shown = match made {
        Ok(made) => {
            let shown = vm.call_pos(show.borrow(), &[made.borrow()]);
            vm.release(show);
            vm.release(made);
            shown
        }
        Err(stop) => {
            vm.release(show);
            Err(stop)
        }
    };
    vm.release(shown?);
    Ok(())
}
