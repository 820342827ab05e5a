//! Imports.

use crate::eval::Flow;
use crate::heap::Ref;
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    pub(super) fn import_name(&mut self, name: Ref) -> PyResult<Flow> {
        let names = self.pop();
        let level = self.pop();
        let relative = level.borrow() != types::small_int(0).unwrap_or(types::NONE);
        let plain = names.borrow() == types::NONE;
        self.release(level);
        self.release(names);
        let text = self.expect_text(name).to_owned();
        if relative || (plain && text.contains('.')) {
            return Err(self.unsupported(crate::api::Missing::Module, text));
        }
        let module = self.import_module(&text)?;
        let module = self.retain(module);
        self.push(module);
        Ok(Flow::Next)
    }

    pub(super) fn import_from(&mut self, name: Ref) -> PyResult<Flow> {
        let module = self.peek(1);
        match self.lookup_attr_named(module, name)? {
            Some(value) => {
                self.push(value);
                Ok(Flow::Next)
            }
            None => Err(self.unsupported(crate::api::Missing::Module, format!("import of {}", self.expect_text(name)))),
        }
    }
}
