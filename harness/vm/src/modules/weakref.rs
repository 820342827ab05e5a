//! `weakref`

use crate::types;
use crate::vm::Vm;

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("weakref", &[]);
    vm.set_module_attribute(dict, "ref", types::WEAKREF);
    vm.set_module_attribute(dict, "ReferenceType", types::WEAKREF);
}
