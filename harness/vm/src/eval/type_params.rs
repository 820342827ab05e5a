//! Type parameters (3.12 on).

use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::modules::typing::make::Part;
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `TYPEVAR_WITH_BOUND`, `TYPEVAR_WITH_CONSTRAINTS`: `[name, function] → [TypeVar]`
    pub(super) fn type_var_with(&mut self, part: Part) -> PyResult<Flow> {
        self.binary_with(|vm, name, evaluate| Ok(vm.type_parameter(types::TYPE_VAR, name, Some((part, evaluate)))))
    }

    /// `SET_FUNCTION_TYPE_PARAMS`: hands the function over again.
    pub(super) fn with_type_params(&mut self, function: Ref, parameters: Ref) -> Owned {
        let parameters = self.retain(parameters);
        let old = match self.function_mut(function) {
            Some(payload) => payload.fields.type_params.replace(parameters),
            None => Some(parameters),
        };
        self.release_option(old);
        self.retain(function)
    }
}
