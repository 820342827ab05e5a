//! Exceptions that nobody can catch: those of finalisers, of callbacks of weak references and of the collector go to
//! `sys.unraisablehook` (`Python/errors.c`).

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Flags, Making};
use crate::types::{self, structseq::struct_sequence};
use crate::vm::{PyResult, Stop, Vm};

struct_sequence!(ARGUMENTS, LAYOUT: "builtins", "UnraisableHookArgs", visible 5, required 5, flags Flags::GC | Flags::SEQUENCE,
    making Making::Static,
    ["exc_type" = 0, "exc_value" = 1, "exc_traceback" = 2, "err_msg" = 3, "object" = 4]);

/// An exception that was taken from the thread (`PyErr_Fetch`), let go in this order.
struct Fetched {
    class: Owned,
    value: Owned,
    traceback: Owned,
}

/// Describes the type of what the hook is given.
pub(crate) fn describe(vm: &mut Vm) {
    vm.describe_struct_sequence(types::UNRAISABLE_HOOK_ARGS, &LAYOUT);
}

/// `sys.__unraisablehook__(arguments)`
pub(crate) fn default_hook(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let arguments = args.this();
    if vm.class_of(arguments) != types::UNRAISABLE_HOOK_ARGS {
        return Err(vm.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let [class, value, object] = [0, 1, 4].map(|index| vm.tuple_item(arguments, index).unwrap_or(types::NONE));
    vm.show_unraisable(class, value, object);
    Ok(vm.none())
}

impl Vm {
    /// Hands the exception under way to `sys.unraisablehook`, with what it was raised in, and lets it go (`PyErr_WriteUnraisable`).
    pub(crate) fn write_unraisable(&mut self, object: Option<Ref>) {
        if self.unsupported.is_some() {
            return;
        }
        let Some(fetched) = self.fetch_unraisable() else { return };
        let hook = self.sys_attribute("unraisablehook").filter(|&hook| hook != types::NONE);
        let (fetched, object) = match hook {
            Some(hook) => match self.call_unraisable_hook(hook, &fetched, object) {
                Ok(()) | Err(Stop::Abort) => return self.release_fetched(fetched),
                Err(Stop::Raised) => {
                    self.release_fetched(fetched);
                    let Some(failed) = self.fetch_unraisable() else { return };
                    (failed, Some(hook))
                }
            },
            None => (fetched, object),
        };
        self.show_unraisable(fetched.class.borrow(), fetched.value.borrow(), object.unwrap_or(types::NONE));
        self.release_fetched(fetched);
    }

    /// Takes the exception under way; one that has come through no frame gets a traceback of the one that runs.
    fn fetch_unraisable(&mut self) -> Option<Fetched> {
        let has_traceback = |vm: &Self, raised: Ref| vm.exception(raised).is_some_and(|e| e.traceback.is_some());
        let raised = self.raised.as_ref()?.borrow();
        if !has_traceback(self, raised) && !self.frames.is_empty() {
            self.add_traceback();
        }
        let value = self.raised.take()?;
        let class = self.class_of(value.borrow());
        let class = self.retain(class);
        let traceback = self.exception(value.borrow()).and_then(|e| e.traceback.as_ref()).map_or(types::NONE, Owned::borrow);
        let traceback = self.retain(traceback);
        Some(Fetched { class, value, traceback })
    }

    fn release_fetched(&mut self, fetched: Fetched) {
        let Fetched { class, value, traceback } = fetched;
        for part in [class, value, traceback] {
            self.release(part);
        }
    }

    fn call_unraisable_hook(&mut self, hook: Ref, fetched: &Fetched, object: Option<Ref>) -> PyResult<()> {
        let parts = [&fetched.class, &fetched.value, &fetched.traceback].map(Owned::borrow);
        let parts = parts.into_iter().chain([types::NONE, object.unwrap_or(types::NONE)]);
        let parts = parts.map(|part| self.retain(part)).collect();
        let arguments = self.struct_sequence(types::UNRAISABLE_HOOK_ARGS, LAYOUT.visible, parts);
        let result = self.call_pos(hook, &[arguments.borrow()]);
        self.release(arguments);
        self.release(result?);
        Ok(())
    }

    /// What CPython prints on `sys.stderr`. The text goes nowhere; what it takes to make it may run a program's code.
    fn show_unraisable(&mut self, class: Ref, value: Ref, object: Ref) {
        // A program that has no `sys` has not changed it either.
        if self.loaded_module("sys").is_some() {
            let Some(stderr) = self.sys_attribute("stderr").filter(|&stderr| stderr != types::NONE) else { return };
            if Some(stderr) != self.module_state.interpreter.stderr {
                self.unsupported(Missing::Name, "an exception that nobody can catch, on a sys.stderr of the program's own");
                return;
            }
        }
        if object != types::NONE {
            let repr = self.repr(object);
            self.forget(repr);
        }
        if class != types::NONE {
            let module = self.getattr_str(class, "__module__");
            self.forget(module);
        }
        if value != types::NONE {
            let text = self.str_of(value);
            self.forget(text);
        }
    }

    /// Lets go of what something gave, or of the exception that it raised.
    fn forget(&mut self, result: PyResult) {
        match result {
            Ok(object) => self.release(object),
            Err(Stop::Raised) => self.clear_raised(),
            Err(Stop::Abort) => {}
        }
    }

    /// An attribute of the run's `sys`, borrowed; none also where nothing has imported it.
    fn sys_attribute(&self, name: &str) -> Option<Ref> {
        let sys = self.own_dict(self.loaded_module("sys")?)?;
        self.dict_get_str(sys, name)
    }
}
