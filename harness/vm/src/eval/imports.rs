//! Imports.

use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    pub(super) fn import_name(&mut self, name: Ref) -> PyResult<Flow> {
        let names = self.pop();
        let level = self.pop();
        let module = self.import_as_now(name, names.borrow(), level.borrow());
        self.release(level);
        self.release(names);
        self.push(module?);
        Ok(Flow::Next)
    }

    /// By what `__import__` is just now (`import_name` in `Python/ceval.c`).
    fn import_as_now(&mut self, name: Ref, names: Ref, level: Ref) -> PyResult {
        let Some(frame) = self.frames.last() else { return Err(self.raise(types::IMPORT_ERROR, "no frame")) };
        let (globals, builtins) = (frame.globals, frame.builtins);
        let locals = frame.locals.as_ref().map_or(types::NONE, Owned::borrow);
        let Some(import) = self.dict_get_str(builtins, "__import__") else {
            return Err(self.raise(types::IMPORT_ERROR, "__import__ not found"));
        };
        if import == self.import_function {
            let level = self.as_index(level, Some(types::OVERFLOW_ERROR))?;
            return self.import_module_level(name, Some(globals), names, level);
        }
        let import = self.retain(import);
        self.lend(import, |vm, import| vm.call_pos(import, &[name, globals, locals, names, level]))
    }

    pub(super) fn import_from(&mut self, name: Ref) -> PyResult<Flow> {
        let value = self.import_from_module(self.peek(1), name)?;
        self.push(value);
        Ok(Flow::Next)
    }
}
