//! `print`

use crate::api::Missing;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `print(*args, sep=' ', end='\n', file=None, flush=False)`
pub(super) fn print(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "print", positional_only: 0, names: &["sep", "end", "file", "flush"], required: 0, positional: 0 };
    let positional = args.pos();
    let keywords = Args::new(&args.values[positional.len()..], args.names);
    let [sep, end, file, flush] = SIGNATURE.bind(vm, &keywords)?;
    // The arguments travel in a tuple, which holds them while they are printed.
    let tuple = vm.tuple_of(positional);
    let result = print_all(vm, positional, [sep, end, file, flush]);
    vm.release(tuple);
    result?;
    Ok(vm.none())
}

fn print_all(vm: &mut Vm, values: &[Ref], [sep, end, file, flush]: [Option<Ref>; 4]) -> PyResult<()> {
    if let Some(flush) = flush {
        vm.truth(flush)?;
    }
    if file.is_some_and(|file| file != types::NONE) {
        return Err(vm.unsupported(Missing::Name, "print(file=…)"));
    }
    let sep = text_option(vm, "sep", sep)?;
    let end = text_option(vm, "end", end)?;
    for (index, &value) in values.iter().enumerate() {
        if index > 0 {
            write(vm, sep, " ")?;
        }
        write(vm, Some(value), "")?;
    }
    write(vm, end, "\n")
}

/// `sep` or `end`: a string, or `None` for the default.
fn text_option(vm: &mut Vm, name: &str, value: Option<Ref>) -> PyResult<Option<Ref>> {
    let value = value.filter(|&value| value != types::NONE);
    if let Some(value) = value
        && vm.text(value).is_none()
    {
        let message = format!("{name} must be None or a string, not {}", vm.type_name(value));
        return Err(vm.type_error(message));
    }
    Ok(value)
}

/// Writes `str(value)`, or the default where there is no value (`PyFile_WriteObject`).
fn write(vm: &mut Vm, value: Option<Ref>, default: &str) -> PyResult<()> {
    let Some(value) = value else {
        vm.output.push_str(default);
        return Ok(());
    };
    let text = vm.str_of(value)?;
    let shown = vm.expect_text(text.borrow()).to_owned();
    vm.output.push_str(&shown);
    vm.release(text);
    Ok(())
}
