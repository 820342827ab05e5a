//! `sub` and `subn`, and the templates that replacements are made of.

use super::engine::Mode;
use super::found;
use super::state::{self, State};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, Making, NativeType};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// A compiled replacement (3.12 on): a literal, then groups, each with what follows it.
struct Template {
    literal: Option<Owned>,
    items: Vec<(usize, Option<Owned>)>,
}

impl Native for Template {
    fn visit(&self, see: &mut dyn FnMut(Role, Ref)) {
        for held in self.literal.iter().chain(self.items.iter().filter_map(|(_, literal)| literal.as_ref())) {
            see(Role::Field("literal"), held.borrow());
        }
    }

    fn give_back(&mut self, out: &mut Vec<Owned>) {
        out.extend(self.literal.take());
        out.extend(self.items.drain(..).filter_map(|(_, literal)| literal));
    }
}

/// `_sre.SRE_Template`
pub(crate) static TEMPLATE: NativeType = NativeType {
    name: "SRE_Template",
    module: "_sre",
    flags: Flags(Flags::GC | Flags::NO_NEW),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

/// The number of a group in a template.
fn group_of(vm: &mut Vm, group: Ref) -> PyResult<usize> {
    let Some(number) = vm.small_value(group) else {
        if vm.is_instance_of(group, types::INT) {
            return Err(vm.overflow_error("Python int too large to convert to C ssize_t"));
        }
        return Err(vm.type_error("an integer is required"));
    };
    usize::try_from(number).map_err(|_| vm.type_error("invalid template"))
}

/// `_sre.template(pattern, template)`
pub(super) fn template(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let parts = vm.items(args.values[1]).unwrap_or_default();
    let Some((&literal, rest)) = parts.split_first().filter(|_| parts.len() % 2 == 1) else {
        return Err(vm.type_error("invalid template"));
    };
    let groups = rest.iter().step_by(2).map(|&group| group_of(vm, group)).collect::<PyResult<Vec<usize>>>()?;
    let literals = rest.iter().skip(1).step_by(2).map(|&literal| {
        let empty = vm.text(literal).is_some_and(str::is_empty) || vm.bytes_value(literal).is_some_and(<[u8]>::is_empty);
        (!empty).then(|| vm.retain(literal))
    });
    let items = groups.into_iter().zip(literals).collect();
    let template = Template { literal: Some(vm.retain(literal)), items };
    Ok(vm.alloc_instance(types::SRE_TEMPLATE, Value::Native(Box::new(template))))
}

/// How a match is replaced.
enum Filter {
    Literal(Owned),
    Template(Owned),
    Callable(Owned),
}

impl Filter {
    fn into_owned(self) -> Owned {
        match self {
            Self::Literal(owned) | Self::Template(owned) | Self::Callable(owned) => owned,
        }
    }
}

/// Calls a function of `re`.
fn call_re(vm: &mut Vm, function: &str, values: &[Ref]) -> PyResult {
    let module = vm.import_module("re")?;
    let function = vm.getattr_str(module, function)?;
    let result = vm.call_pos(function.borrow(), values);
    vm.release(function);
    result
}

fn is_callable(vm: &Vm, object: Ref) -> bool {
    vm.class(vm.class_of(object)).slots.call.is_some()
}

fn filter(vm: &mut Vm, pattern: Ref, replacement: Ref) -> PyResult<Filter> {
    if is_callable(vm, replacement) {
        return Ok(Filter::Callable(vm.retain(replacement)));
    }
    let literal = match (vm.text(replacement), vm.bytes_value(replacement)) {
        (Some(text), _) => !text.contains('\\'),
        (None, Some(data)) => !data.contains(&b'\\'),
        (None, None) => false,
    };
    if literal {
        return Ok(Filter::Literal(vm.retain(replacement)));
    }
    if !vm.profile.sre_templates {
        let filter = call_re(vm, "_subx", &[pattern, replacement])?;
        return Ok(if is_callable(vm, filter.borrow()) { Filter::Callable(filter) } else { Filter::Literal(filter) });
    }
    let template = compile_template(vm, pattern, replacement)?;
    let lone = vm.payload::<Template>(template.borrow()).filter(|template| template.items.is_empty());
    match lone.and_then(|template| template.literal.as_ref()).map(Owned::borrow) {
        Some(literal) => {
            let literal = vm.retain(literal);
            vm.release(template);
            Ok(Filter::Literal(literal))
        }
        None => Ok(Filter::Template(template)),
    }
}

/// `compile_template`
fn compile_template(vm: &mut Vm, pattern: Ref, replacement: Ref) -> PyResult {
    let template = match call_re(vm, "_compile_template", &[pattern, replacement]) {
        Ok(template) => template,
        Err(stop) => {
            if vm.text(replacement).is_some() && vm.class_of(replacement) != types::STR {
                vm.swallow(stop, types::TYPE_ERROR)?;
                let text = vm.expect_text(replacement).to_owned();
                let text = vm.fresh_str(text);
                let template = call_re(vm, "_compile_template", &[pattern, text.borrow()]);
                vm.release(text);
                return template;
            }
            return Err(stop);
        }
    };
    Ok(template)
}

/// What a template makes of a match (`expand_template`).
fn expand_template(vm: &mut Vm, template: Ref, this: Ref) -> PyResult {
    let Some(payload) = vm.payload::<Template>(template) else { return Err(vm.type_error("invalid template")) };
    let literal = payload.literal.as_ref().map_or(types::NONE, Owned::borrow);
    let items: Vec<(usize, Option<Ref>)> =
        payload.items.iter().map(|(group, literal)| (*group, literal.as_ref().map(Owned::borrow))).collect();
    if items.is_empty() {
        return Ok(vm.retain(literal));
    }
    let mut pieces = vec![vm.retain(literal)];
    for (group, literal) in items {
        if group >= found::group_count(vm, this) {
            vm.release_all(pieces);
            return Err(vm.index_error("no such group"));
        }
        let piece = found::part(vm, this, group, types::NONE);
        if piece.borrow() == types::NONE {
            // `pattern_subx` gives back what it puts into the list, and this it does not: it leaks.
            vm.keep_for_good(piece);
        } else {
            pieces.push(piece);
        }
        if let Some(literal) = literal {
            pieces.push(vm.retain(literal));
        }
    }
    join(vm, vm.bytes_value(literal).is_some(), pieces)
}

/// Joins pieces, which are let go.
fn join(vm: &mut Vm, bytes: bool, pieces: Vec<Owned>) -> PyResult {
    let borrowed: Vec<Ref> = pieces.iter().map(Owned::borrow).collect();
    let joined = if bytes { vm.join_bytes(types::EMPTY_BYTES, &borrowed) } else { vm.join_strings(types::EMPTY_STR, &borrowed) };
    vm.release_last_first(pieces);
    joined
}

/// `match.expand(template)`
pub(super) fn expand(vm: &mut Vm, this: Ref, template: Ref) -> PyResult {
    let Some(pattern) = found::pattern_of(vm, this) else { return Ok(vm.none()) };
    if !vm.profile.sre_templates {
        return call_re(vm, "_expand", &[pattern, this, template]);
    }
    let template = compile_template(vm, pattern, template)?;
    let result = expand_template(vm, template.borrow(), this);
    vm.release(template);
    result
}

/// `pattern.sub(repl, string, count=0)` (`pattern_subx`)
pub(super) fn sub(vm: &mut Vm, args: &Args<'_>, function: &'static str, counted: bool) -> PyResult {
    let signature = Signature { function, positional_only: 0, names: &["repl", "string", "count"], required: 2, positional: 3 };
    let [Some(replacement), Some(string), count] = signature.bind::<3>(vm, &args.rest())? else { return Ok(vm.none()) };
    let most = match count {
        Some(count) => vm.ssize_argument(count)?,
        None => 0,
    };
    let filter = filter(vm, args.this(), replacement)?;
    let mut pieces = Vec::new();
    let replaced = match State::new(vm, args.this(), string, 0, i64::MAX) {
        Ok(mut state) => {
            let held = vm.retain(string);
            // What is no string is held by its buffer, too.
            let buffer = state.is_bytes.then(|| vm.retain(string));
            vm.export(string, true);
            let replaced = replace(vm, &mut state, &filter, most, &mut pieces).map(|count| (count, state.is_bytes));
            vm.export(string, false);
            vm.release_option(buffer);
            vm.release(held);
            replaced
        }
        Err(stop) => Err(stop),
    };
    vm.release(filter.into_owned());
    let (count, is_bytes) = match replaced {
        Ok(replaced) => replaced,
        Err(stop) => {
            vm.release_last_first(pieces);
            return Err(stop);
        }
    };
    let result = if pieces.is_empty() { state::slice(vm, string, 0, 0) } else { join(vm, is_bytes, pieces)? };
    if !counted {
        return Ok(result);
    }
    let pair = vec![result, vm.int(count)];
    Ok(vm.new_tuple(pair))
}

/// Collects the pieces of the result; how many matches there were.
fn replace(vm: &mut Vm, state: &mut State, filter: &Filter, most: i64, pieces: &mut Vec<Owned>) -> PyResult<i64> {
    let (mut count, mut last) = (0, 0);
    while most == 0 || count < most {
        let Some(marks) = state.find(vm, Mode::Search)? else { break };
        let (start, end) = (marks.start, marks.end);
        if last < start {
            pieces.push(state.slice(vm, last, start));
        }
        let piece = match filter {
            Filter::Literal(literal) => vm.retain(literal.borrow()),
            Filter::Template(filter) | Filter::Callable(filter) => {
                let this = found::new(vm, state.pattern(), state, marks);
                let made = match filter {
                    filter if vm.class_of(filter.borrow()) == types::SRE_TEMPLATE => {
                        expand_template(vm, filter.borrow(), this.borrow())
                    }
                    filter => vm.call_pos(filter.borrow(), &[this.borrow()]),
                };
                vm.release(this);
                made?
            }
        };
        if piece.borrow() == types::NONE {
            // `pattern_subx` gives back what it puts into the list, and this it does not: it leaks.
            vm.keep_for_good(piece);
        } else {
            pieces.push(piece);
        }
        last = end;
        count += 1;
    }
    if last < state.endpos {
        pieces.push(state.slice(vm, last, state.endpos));
    }
    Ok(count)
}
