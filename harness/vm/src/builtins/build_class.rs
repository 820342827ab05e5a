//! `__build_class__`: what a class statement calls (`builtin___build_class__` in `Python/bltinmodule.c`).

use crate::heap::{Owned, Ref};
use crate::object::args::{Args, Arguments};
use crate::object::value::Value;
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

/// What a class statement is made of while it runs; all of it is given back at its end, in CPython's order.
struct Parts {
    cell: Option<Owned>,
    namespace: Option<Owned>,
    metaclass: Option<Owned>,
    keywords: Option<Owned>,
    original_bases: Option<Owned>,
    bases: Option<Owned>,
}

/// `__build_class__(function, name, /, *bases, [metaclass], **kwds)`
pub(crate) fn build_class(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let &[function, name, ref bases @ ..] = args.pos() else {
        return Err(vm.type_error("__build_class__: not enough arguments"));
    };
    if vm.function(function).is_none() {
        return Err(vm.type_error("__build_class__: func must be a function"));
    }
    if vm.text(name).is_none() {
        return Err(vm.type_error("__build_class__: name is not a string"));
    }
    let mut parts = Parts {
        cell: None,
        namespace: None,
        metaclass: None,
        keywords: None,
        original_bases: None,
        bases: Some(vm.tuple_of(bases)),
    };
    let result = build(vm, function, name, args, &mut parts);
    let Parts { cell, namespace, metaclass, keywords, original_bases, bases } = parts;
    for part in [cell, namespace, metaclass, keywords, original_bases, bases] {
        vm.release_option(part);
    }
    result
}

fn build(vm: &mut Vm, function: Ref, name: Ref, args: &Args<'_>, parts: &mut Parts) -> PyResult {
    resolve_bases(vm, parts)?;
    let bases = parts.bases.as_ref().map_or(types::EMPTY_TUPLE, Owned::borrow);
    read_keywords(vm, args, parts)?;
    let base_list = vm.items(bases).unwrap_or_default();
    let metaclass = match &parts.metaclass {
        Some(metaclass) => metaclass.borrow(),
        None => base_list.first().map_or(types::TYPE, |&base| vm.class_of(base)),
    };
    let is_class = matches!(vm.heap[metaclass].value, Value::Type(_));
    let metaclass = if is_class { vm.calculate_metaclass(metaclass, &base_list)? } else { metaclass };
    let held = vm.retain(metaclass);
    let old = parts.metaclass.replace(held);
    vm.release_option(old);
    let keywords = parts.keywords.as_ref().map(Owned::borrow);
    let namespace = prepare(vm, metaclass, name, bases, keywords)?;
    let borrowed = namespace.borrow();
    parts.namespace = Some(namespace);
    if vm.class(vm.class_of(borrowed)).slots.subscript.is_none() {
        let label = if is_class { vm.qualified_type_name(metaclass) } else { "<metaclass>".to_owned() };
        let message = format!("{label}.__prepare__() must return a mapping, not {}", vm.type_name(borrowed));
        return Err(vm.type_error(message));
    }
    let (function, locals) = (vm.retain(function), vm.retain(borrowed));
    vm.push_function_frame(function, Arguments::new(), &[], Some(locals))?;
    let cell = vm.run_entry_frame()?;
    let cell_borrowed = cell.borrow();
    parts.cell = Some(cell);
    if let Some(original) = parts.original_bases.as_ref().map(Owned::borrow) {
        // By a string that is made for it (`PyMapping_SetItemString`).
        let key = vm.str("__orig_bases__");
        vm.lend(key, |vm, key| vm.set_item(borrowed, key, Some(original)))?;
    }
    let class = call_with(vm, metaclass, &[name, bases, borrowed], keywords)?;
    check_cell(vm, class, cell_borrowed, name)
}

/// `update_bases`: a base that is no type may stand for others.
fn resolve_bases(vm: &mut Vm, parts: &mut Parts) -> PyResult<()> {
    let Some(original) = parts.bases.as_ref().map(Owned::borrow) else { return Ok(()) };
    let bases = vm.items(original).unwrap_or_default();
    // Made when the first base needs it: the bases before that, and all that come.
    let mut resolved: Option<Vec<Owned>> = None;
    for (index, &base) in bases.iter().enumerate() {
        match entries_for(vm, base, original) {
            Ok(None) => {
                if let Some(resolved) = &mut resolved {
                    resolved.push(vm.retain(base));
                }
            }
            Ok(Some(entries)) => {
                let resolved = resolved.get_or_insert_with(|| bases[..index].iter().map(|&base| vm.retain(base)).collect());
                resolved.extend(vm.items(entries.borrow()).unwrap_or_default().into_iter().map(|entry| vm.retain(entry)));
                vm.release(entries);
            }
            Err(stop) => {
                vm.release_all(resolved.unwrap_or_default());
                return Err(stop);
            }
        }
    }
    if let Some(resolved) = resolved {
        let resolved = vm.new_tuple(resolved);
        parts.original_bases = parts.bases.replace(resolved);
    }
    Ok(())
}

/// The tuple of bases that a base which is no type stands for; none if it stands for itself.
fn entries_for(vm: &mut Vm, base: Ref, bases: Ref) -> PyResult<Option<Owned>> {
    if matches!(vm.heap[base].value, Value::Type(_)) {
        return Ok(None);
    }
    let Some(method) = vm.lookup_attr_named(base, names::MRO_ENTRIES)? else { return Ok(None) };
    let entries = vm.lend(method, |vm, method| vm.call_pos(method, &[bases]))?;
    if vm.tuple(entries.borrow()).is_some() {
        return Ok(Some(entries));
    }
    vm.release(entries);
    Err(vm.type_error("__mro_entries__ must return a tuple"))
}

/// The keyword arguments as a dict, `metaclass` apart.
fn read_keywords(vm: &mut Vm, args: &Args<'_>, parts: &mut Parts) -> PyResult<()> {
    if args.names.is_empty() {
        return Ok(());
    }
    let dict = vm.new_dict();
    let borrowed = dict.borrow();
    parts.keywords = Some(dict);
    for (name, value) in args.keywords() {
        vm.dict_set(borrowed, name, value)?;
    }
    if let Some(metaclass) = vm.dict_get_str(borrowed, "metaclass") {
        parts.metaclass = Some(vm.retain(metaclass));
        vm.dict_delete(borrowed, names::METACLASS)?;
    }
    Ok(())
}

/// The namespace that the body will fill.
fn prepare(vm: &mut Vm, metaclass: Ref, name: Ref, bases: Ref, keywords: Option<Ref>) -> PyResult {
    let Some(prepare) = vm.lookup_attr(metaclass, "__prepare__")? else { return Ok(vm.new_dict()) };
    let result = call_with(vm, prepare.borrow(), &[name, bases], keywords);
    vm.release(prepare);
    result
}

/// `PyObject_VectorcallDict`
fn call_with(vm: &mut Vm, callable: Ref, positional: &[Ref], keywords: Option<Ref>) -> PyResult {
    let mut values = positional.to_vec();
    let mut keyword_names = Vec::new();
    if let Some(dict) = keywords.and_then(|keywords| vm.dict(keywords)) {
        for entry in dict.iter() {
            keyword_names.push(entry.key.borrow());
            values.push(entry.value.borrow());
        }
    }
    vm.call_dict(callable, &Args::new(&values, &keyword_names))
}

/// The class body's `__class__` must be the class.
fn check_cell(vm: &mut Vm, class: Owned, cell: Ref, name: Ref) -> PyResult {
    if !matches!(vm.heap[class.borrow()].value, Value::Type(_)) {
        return Ok(class);
    }
    let Value::Cell(content) = &vm.heap[cell].value else { return Ok(class) };
    let content = content.as_ref().map(Owned::borrow);
    if content == Some(class.borrow()) {
        return Ok(class);
    }
    let (name, label) = (vm.repr(name)?, vm.repr(class.borrow())?);
    let (name_text, class_text) = (vm.expect_text(name.borrow()).to_owned(), vm.expect_text(label.borrow()).to_owned());
    vm.release(name);
    vm.release(label);
    let stop = match content {
        None => vm.raise(
            types::RUNTIME_ERROR,
            format!("__class__ not set defining {name_text} as {class_text}. Was __classcell__ propagated to type.__new__?"),
        ),
        Some(content) => {
            let other = vm.repr(content)?;
            let message = format!("__class__ set to {} defining {name_text} as {class_text}", vm.expect_text(other.borrow()));
            vm.release(other);
            vm.type_error(message)
        }
    };
    vm.release(class);
    Err(stop)
}
