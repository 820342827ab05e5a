//! The builtin functions: one table, the functions by theme.

mod attributes;
mod build_class;
mod classes;
mod compile;
pub(crate) mod dir;
mod iteration;
mod numbers;
mod objects;
mod parsed;
mod print;
mod sum;

use crate::api::Missing;
use crate::object::args::Args;
use crate::object::class::{Arity, Method, MethodKind, NativeCall};
use crate::types;
use crate::vm::{PyResult, Vm};

const fn function(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Static, arity, call }
}

/// Functions that the VM does not have: calling one says so.
macro_rules! unsupported {
    ($name:literal) => {
        function($name, Arity::Raw, |vm, _| Err(vm.unsupported(Missing::Name, $name)))
    };
}

impl Vm {
    /// A builtin by its name, as the running code sees it (`_PyEval_GetBuiltin`).
    pub(crate) fn builtin(&mut self, name: &str) -> PyResult {
        let builtins = self.frames.last().map_or(self.builtins, |frame| frame.builtins);
        match self.dict_get_str(builtins, name) {
            Some(found) => Ok(self.retain(found)),
            None => Err(self.raise(types::ATTRIBUTE_ERROR, name)),
        }
    }
}

/// Runs `dir` or `vars`, which take an argument tuple in most versions.
fn maybe_by_tuple<T>(vm: &mut Vm, args: &Args<'_>, run: impl FnOnce(&mut Vm) -> PyResult<T>) -> PyResult<T> {
    if vm.profile.dir_by_vectorcall { run(vm) } else { vm.with_argument_tuple(args, |vm, _| run(vm)) }
}

/// The functions of the module `builtins`.
pub(crate) static FUNCTIONS: &[Method] = &[
    function("__build_class__", Arity::Raw, build_class::build_class),
    // Numbers
    function("abs", Arity::One, |vm, args| vm.absolute(args.values[0])),
    function("divmod", Arity::Positional(2, 2), |vm, args| vm.divmod(args.values[0], args.values[1])),
    function("pow", Arity::Raw, numbers::pow),
    function("round", Arity::Raw, numbers::round),
    function("bin", Arity::One, |vm, args| numbers::in_base(vm, args, 2)),
    function("oct", Arity::One, |vm, args| numbers::in_base(vm, args, 8)),
    function("hex", Arity::One, |vm, args| numbers::in_base(vm, args, 16)),
    function("chr", Arity::One, numbers::chr),
    function("ord", Arity::One, numbers::ord),
    // Iteration
    function("aiter", Arity::One, crate::types::generator::anext::aiter),
    function("all", Arity::One, iteration::all),
    function("anext", Arity::Positional(1, 2), crate::types::generator::anext::anext),
    function("any", Arity::One, iteration::any),
    function("iter", Arity::Positional(1, 2), iteration::iter),
    function("len", Arity::One, iteration::len),
    function("max", Arity::Tuple(12), iteration::max),
    function("min", Arity::Tuple(12), iteration::min),
    function("next", Arity::Positional(1, 2), iteration::next),
    function("sorted", Arity::Raw, iteration::sorted),
    function("sum", Arity::Raw, sum::sum),
    // Objects
    function("ascii", Arity::One, |vm, args| vm.ascii(args.values[0])),
    function("callable", Arity::One, objects::callable),
    function("format", Arity::Positional(1, 2), objects::format),
    function("hash", Arity::One, objects::hash),
    function("id", Arity::One, objects::id),
    function("print", Arity::Raw, print::print),
    function("repr", Arity::One, |vm, args| vm.repr(args.values[0])),
    // Attributes and namespaces
    function("delattr", Arity::Positional(2, 2), attributes::delattr),
    function("dir", Arity::Positional(0, 1), dir::dir),
    function("getattr", Arity::Positional(2, 3), attributes::getattr),
    function("globals", Arity::None, attributes::globals),
    function("hasattr", Arity::Positional(2, 2), attributes::hasattr),
    function("locals", Arity::None, attributes::locals),
    function("setattr", Arity::Positional(3, 3), attributes::setattr),
    function("vars", Arity::Positional(0, 1), attributes::vars),
    // Classes
    function("isinstance", Arity::Positional(2, 2), classes::isinstance),
    function("issubclass", Arity::Positional(2, 2), classes::issubclass),
    // Code and modules
    function("__import__", Arity::Raw, compile::import),
    function("compile", Arity::Raw, compile::compile),
    function("eval", Arity::Raw, compile::eval),
    function("exec", Arity::Raw, compile::exec),
    // Not there
    unsupported!("breakpoint"),
    unsupported!("input"),
    unsupported!("open"),
];
