//! `from module import *` (`import_all_from`).

use refdrift_trace::SlotKind;

use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `IMPORT_STAR`: `[module] → []`, its names into the locals dict.
    pub(super) fn import_star(&mut self) -> PyResult<Flow> {
        let module = self.pop();
        let result = match self.frames.last().and_then(|frame| frame.locals.as_ref()).map(Owned::borrow) {
            Some(locals) => {
                // 3.13 holds them meanwhile.
                let held = (!self.profile.star_import_fills_locals).then(|| self.retain(locals));
                let result = self.import_all(locals, module.borrow());
                self.release_option(held);
                result
            }
            None => Err(self.raise(types::SYSTEM_ERROR, "no locals found during 'import *'")),
        };
        self.release(module);
        if self.profile.star_import_fills_locals {
            self.fill_locals();
        }
        result.map(|()| Flow::Next)
    }

    /// What comprehensions run as variables of the frame's own gets the value that a name of the namespace has
    /// (`_PyFrame_LocalsToFast`), and keeps it.
    fn fill_locals(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let Some(locals) = frame.locals.as_ref().map(Owned::borrow) else { return };
        let (base, code) = (frame.base, frame.code.clone());
        for (index, &name) in code.locals.iter().enumerate() {
            let free = code.object.localspluskinds[index] & SlotKind::FREE != 0;
            let Some(value) = self.text(name).and_then(|name| self.dict_get_str(locals, name)).filter(|_| !free) else { continue };
            let value = self.retain(value);
            let old = self.stack[base + index].replace(value);
            self.release_option(old);
        }
    }

    /// The names that the module lists, or all that do not begin with an underscore.
    fn import_all(&mut self, locals: Ref, module: Ref) -> PyResult<()> {
        if let Some(listed) = self.lookup_attr(module, "__all__")? {
            return self.lend(listed, |vm, listed| vm.import_listed(locals, module, listed, true));
        }
        let Some(dict) = self.lookup_attr_named(module, names::DICT)? else {
            return Err(self.raise(types::IMPORT_ERROR, "from-import-* object has no __dict__ and no __all__"));
        };
        let keys = self.lend(dict, Self::mapping_keys)?;
        self.lend(keys, |vm, keys| vm.import_listed(locals, module, keys, false))
    }

    fn import_listed(&mut self, locals: Ref, module: Ref, listed: Ref, by_list: bool) -> PyResult<()> {
        for position in 0.. {
            let index = self.int(position);
            let name = self.lend(index, |vm, index| vm.get_item(listed, index));
            let name = match name {
                Ok(name) => name,
                Err(stop) => return self.swallow(stop, types::INDEX_ERROR),
            };
            let result = self.import_one(locals, module, name.borrow(), by_list);
            self.release(name);
            result?;
        }
        Ok(())
    }

    fn import_one(&mut self, locals: Ref, module: Ref, name: Ref, by_list: bool) -> PyResult<()> {
        let Some(text) = self.text(name) else { return Err(self.wrong_import(module, name, by_list)) };
        if !by_list && text.starts_with('_') {
            return Ok(());
        }
        let value = self.getattr(module, name)?;
        self.lend(value, |vm, value| vm.set_item(locals, name, Some(value)))
    }

    /// A name that is no string.
    fn wrong_import(&mut self, module: Ref, name: Ref, by_list: bool) -> crate::vm::Stop {
        let module_name = match self.getattr(module, names::NAME) {
            Ok(module_name) => module_name,
            Err(stop) => return stop,
        };
        let got = self.qualified_type_name(self.class_of(name));
        let (what, place) = if by_list { ("Item", "__all__") } else { ("Key", "__dict__") };
        let message = match self.text(module_name.borrow()) {
            Some(module_name) => format!("{what} in {module_name}.{place} must be str, not {got}"),
            None => {
                let got = self.qualified_type_name(self.class_of(module_name.borrow()));
                format!("module __name__ must be a string, not {got}")
            }
        };
        self.release(module_name);
        self.type_error(message)
    }
}
