//! What `importlib` builds on: the frozen source of the import system, whose way to a module is the VM's own.

use super::{Method, function};
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::Arity;
use crate::object::value::Value;
use crate::types;
use crate::types::function::{NativeFunction, NativeKind};
use crate::vm::{PyResult, Vm};

/// `_gcd_import(name, package=None, level=0)`
static IMPORT: Method = function("_gcd_import", Arity::Positional(1, 3), gcd_import);

/// What `_setup` gives the module when the interpreter starts.
const GIVEN: &[&str] = &["sys", "_imp", "_warnings", "_weakref", "_thread"];

/// Makes the module ready, as `_install` does when the interpreter starts.
pub(super) fn set_up(vm: &mut Vm, module: Ref) -> PyResult<()> {
    for name in GIVEN {
        let given = vm.import_module(name)?;
        vm.setattr_str(module, name, given)?;
    }
    if vm.own_dict(module).is_some_and(|dict| vm.dict_get_str(dict, IMPORT.name).is_none()) {
        return Ok(());
    }
    let import = NativeFunction {
        name: IMPORT.name,
        home: "_frozen_importlib",
        class: None,
        what: NativeKind::Method(&IMPORT),
        bound: None,
        owner: None,
        own_name: None,
    };
    let import = vm.make(types::BUILTIN, Value::NativeFunction(Box::new(import)));
    let done = vm.setattr_str(module, IMPORT.name, import.borrow());
    vm.release(import);
    done
}

/// `importlib.import_module` comes here: the module itself, not the package at the front of its name.
fn gcd_import(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let name = args.values[0];
    let level = args.values.get(2).map_or(Ok(0), |&level| vm.as_index(level, Some(types::OVERFLOW_ERROR)))?;
    if vm.text(name).is_none() {
        let message = format!("module name must be str, not <class '{}'>", vm.type_name(name));
        return Err(vm.type_error(message));
    }
    let package = args.values.get(1).and_then(|&package| vm.text(package)).map(str::to_owned);
    let module = if level > 0 {
        let full = vm.resolve_in(vm.expect_text(name).to_owned().as_str(), &package.unwrap_or_default(), level as usize)?;
        vm.import_module(&full)?
    } else {
        vm.find_module(name)?
    };
    Ok(vm.retain(module))
}
