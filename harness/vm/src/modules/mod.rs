//! The builtin modules that the VM has. They live as long as the VM.

mod gc;
mod math;
mod names;
mod operator;
pub(crate) mod sys;
mod weakref;

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::object::missing::lists;
use crate::vm::{PyResult, Vm};

/// Makes all of them.
pub(crate) fn make_all(vm: &mut Vm) {
    sys::make(vm);
    gc::make(vm);
    weakref::make(vm);
    operator::make(vm);
    math::make(vm);
}

/// Whether CPython's module has a name that the VM's module of that name may lack.
pub(crate) fn lacks(vm: &Vm, module: &str, name: &str) -> bool {
    let minor = vm.profile.version.minor;
    names::NAMES.iter().any(|&(of, names)| of == module && lists(names, name, minor))
}

impl Vm {
    /// The module of that name, borrowed.
    pub(crate) fn import_module(&mut self, name: &str) -> PyResult<Ref> {
        match self.modules.get(name) {
            Some(&module) => Ok(module),
            None => Err(self.unsupported(Missing::Module, name)),
        }
    }
}

/// A function of a module.
const fn function(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Static, arity, call }
}

/// The argument of a function that takes one.
fn only(args: &Args<'_>) -> Ref {
    args.values[0]
}
