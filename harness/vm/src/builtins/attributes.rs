//! Builtin functions on attributes and namespaces.

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// Attribute names must be strings.
    pub(crate) fn check_attribute_name(&mut self, name: Ref) -> PyResult<()> {
        if self.text(name).is_some() {
            let slots = |class: Ref| {
                let slots = &self.class(class).slots;
                (slots.hash.map(|hash| hash as usize), slots.compare.map(|compare| compare as usize))
            };
            let class = self.class_of(name);
            if class != types::STR && slots(class) != slots(types::STR) {
                return Err(self.unsupported(Missing::Name, "names of attributes with a __hash__ or __eq__ of their own"));
            }
            return Ok(());
        }
        let message = format!("attribute name must be string, not '{}'", self.type_name(name));
        Err(self.type_error(message))
    }
}

/// `getattr(object, name[, default])`
pub(super) fn getattr(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (object, name) = (args.values[0], args.values[1]);
    vm.check_attribute_name(name)?;
    let Some(&default) = args.values.get(2) else { return vm.getattr(object, name) };
    match vm.lookup_attr_named(object, name)? {
        Some(value) => Ok(value),
        None => Ok(vm.retain(default)),
    }
}

/// `hasattr(object, name)`
pub(super) fn hasattr(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.check_attribute_name(args.values[1])?;
    let value = vm.lookup_attr_named(args.values[0], args.values[1])?;
    let found = value.is_some();
    vm.release_option(value);
    Ok(vm.bool(found))
}

/// `setattr(object, name, value)`
pub(super) fn setattr(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.check_attribute_name(args.values[1])?;
    vm.setattr(args.values[0], args.values[1], Some(args.values[2]))?;
    Ok(vm.none())
}

/// `delattr(object, name)`
pub(super) fn delattr(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    vm.check_attribute_name(args.values[1])?;
    vm.setattr(args.values[0], args.values[1], None)?;
    Ok(vm.none())
}

/// `globals()`
pub(super) fn globals(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    match vm.frames.last().map(|frame| frame.globals) {
        Some(globals) => Ok(vm.retain(globals)),
        None => Ok(vm.none()),
    }
}

/// `locals()`
pub(super) fn locals(vm: &mut Vm, _: &Args<'_>) -> PyResult {
    vm.current_locals()
}

/// `vars([object])`
pub(super) fn vars(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let Some(&object) = args.values.first() else { return locals(vm, args) };
    let dict = super::maybe_by_tuple(vm, args, |vm| vm.lookup_attr_named(object, types::names::DICT))?;
    dict.ok_or_else(|| vm.type_error("vars() argument must have __dict__ attribute"))
}
