//! Imports.

use crate::eval::Flow;
use crate::heap::Ref;
use crate::vm::{PyResult, Vm};

impl Vm {
    pub(super) fn import_name(&mut self, name: Ref) -> PyResult<Flow> {
        let names = self.pop();
        let level = self.pop();
        let globals = self.frames.last().map(|frame| frame.globals);
        let module = match self.as_index(level.borrow(), Some(crate::types::OVERFLOW_ERROR)) {
            Ok(level) => self.import_module_level(name, globals, names.borrow(), level),
            Err(stop) => Err(stop),
        };
        self.release(level);
        self.release(names);
        self.push(module?);
        Ok(Flow::Next)
    }

    pub(super) fn import_from(&mut self, name: Ref) -> PyResult<Flow> {
        let value = self.import_from_module(self.peek(1), name)?;
        self.push(value);
        Ok(Flow::Next)
    }
}
