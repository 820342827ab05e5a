//! The types of annotations: `list[int]` and `int | None`.

mod alias;
mod parameters;
mod union;

pub(crate) use alias::{CLASS_GETITEM, ITERATOR, TYPE as ALIAS, call as call_alias};
pub(crate) use union::{TYPE as UNION, type_or};

use crate::heap::Ref;
use crate::types;
use crate::vm::{PyResult, Vm};

/// How a part of an annotation is shown (`ga_repr_item`, `union_repr_item`): a class by its name, anything else by its `repr`.
fn push_item(vm: &mut Vm, text: &mut String, item: Ref) -> PyResult<()> {
    if !looks_like_alias(vm, item)?
        && let Some(qualname) = vm.lookup_attr(item, "__qualname__")?
    {
        let shown = vm.lend(qualname, |vm, qualname| class_name(vm, item, qualname))?;
        if let Some(shown) = shown {
            text.push_str(&shown);
            return Ok(());
        }
    }
    let repr = vm.repr(item)?;
    text.push_str(vm.expect_text(repr.borrow()));
    vm.release(repr);
    Ok(())
}

/// Whether an object has `__origin__` and `__args__`.
fn looks_like_alias(vm: &mut Vm, item: Ref) -> PyResult<bool> {
    for name in ["__origin__", "__args__"] {
        let found = vm.lookup_attr(item, name)?;
        let missing = found.is_none();
        vm.release_option(found);
        if missing {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The name of what looks like a class, with its module; none for what has no module.
fn class_name(vm: &mut Vm, item: Ref, qualname: Ref) -> PyResult<Option<String>> {
    let Some(module) = vm.lookup_attr(item, "__module__")? else { return Ok(None) };
    vm.lend(module, |vm, module| {
        if module == types::NONE {
            return Ok(None);
        }
        let mut name = if vm.text(module) == Some("builtins") { String::new() } else { shown(vm, module)? + "." };
        name.push_str(&shown(vm, qualname)?);
        Ok(Some(name))
    })
}

fn shown(vm: &mut Vm, object: Ref) -> PyResult<String> {
    let text = vm.str_of(object)?;
    Ok(vm.lend(text, |vm, text| vm.expect_text(text).to_owned()))
}
