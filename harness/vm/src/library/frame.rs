//! The frames of the import system, seen from what it imports.
//!
//! CPython's import system is written in Python: while a module's body runs, `_load_unlocked`, `exec_module` and others hold
//! the module, its namespace and its name in their frames. When an exception leaves the body, its traceback keeps those
//! frames, and what they hold, as the frames that called the body. Here one frame stands for all of them.

use refdrift_isa::assemble::Assembler;
use refdrift_trace::ConstantValue;

use crate::eval::frame::Frame;
use crate::heap::Owned;
use crate::library::Origin;
use crate::types::code::CodeRef;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// Does something under the import system's frame, which holds these references meanwhile.
    pub(super) fn under_import_frame<T>(&mut self, held: Vec<Owned>, work: impl FnOnce(&mut Self) -> PyResult<T>) -> PyResult<T> {
        let Some(code) = self.import_frame_code() else {
            let result = work(self);
            self.release_all(held);
            return result;
        };
        let base = self.stack.len();
        self.stack.extend(held.into_iter().map(Some));
        let code_object = self.retain(code.this);
        let (globals, builtins) = (self.builtins, self.builtins);
        self.frames.push(Box::new(Frame { base, code_object: Some(code_object), globals, builtins, ..Frame::new(code) }));
        self.depth += 1;
        let result = work(self);
        if !matches!(result, Err(crate::vm::Stop::Abort)) {
            self.end_frame();
        }
        result
    }

    /// The code of that frame, made at the first import of a run: it never runs.
    fn import_frame_code(&mut self) -> Option<CodeRef> {
        if self.imports.frame_code.is_none() {
            let mut code = Assembler::new(self.profile.version);
            let none = code.constant(ConstantValue::None);
            code.op("RESUME", 0).op("LOAD_CONST", none).op("RETURN_VALUE", 0);
            let unit = code.finish();
            let decoded = self.decode_unit(&unit).ok()?;
            let outer = std::mem::replace(&mut self.heap.loading, true);
            let loaded = self.load_unit(&unit, &decoded, Origin::Library);
            self.heap.loading = outer;
            self.imports.frame_code = loaded.ok()?.codes.pop();
        }
        self.imports.frame_code.clone()
    }
}
