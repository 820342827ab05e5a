//! `print`

use crate::heap::{Owned, Ref};
use crate::modules::io::is_console;
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
    if args.names.len() > SIGNATURE.names.len() {
        // How many there may be in all is no question where any number comes by position.
        return Err(SIGNATURE.superfluous(vm, &keywords));
    }
    let [sep, end, file, flush] = SIGNATURE.bind(vm, &keywords)?;
    // The arguments travel in a tuple, which holds them while they are printed.
    let tuple = vm.tuple_of(positional);
    let result = print_all(vm, positional, [sep, end, file, flush]);
    vm.release(tuple);
    result?;
    Ok(vm.none())
}

fn print_all(vm: &mut Vm, values: &[Ref], [sep, end, file, flush]: [Option<Ref>; 4]) -> PyResult<()> {
    let flush = match flush {
        Some(flush) => vm.truth(flush)?,
        None => false,
    };
    let to = match file.filter(|&file| file != types::NONE) {
        Some(file) => To::File(file),
        None => match standard_output(vm)? {
            Some(to) => to,
            // Somebody has put `None` there: nobody wants to know.
            None => return Ok(()),
        },
    };
    let sep = text_option(vm, "sep", sep)?;
    let end = text_option(vm, "end", end)?;
    for (index, &value) in values.iter().enumerate() {
        if index > 0 {
            write(vm, to, sep, " ")?;
        }
        write(vm, to, Some(value), "")?;
    }
    write(vm, to, end, "\n")?;
    if let To::File(file) = to
        && flush
    {
        let none = vm.call_method(file, "flush", &[])?;
        vm.release(none);
    }
    Ok(())
}

/// Where it goes.
#[derive(Clone, Copy)]
enum To {
    /// The `sys.stdout` that the run started with; nobody sees it before `sys` is imported.
    Output(Option<Ref>),
    /// Whatever else has a `write`.
    File(Ref),
}

/// `sys.stdout`; none if that is `None`.
fn standard_output(vm: &mut Vm) -> PyResult<Option<To>> {
    // Without an import nobody has changed it.
    let Some(sys) = vm.loaded_module("sys").and_then(|sys| vm.own_dict(sys)) else { return Ok(Some(To::Output(None))) };
    match vm.dict_get_str(sys, "stdout") {
        Some(types::NONE) => Ok(None),
        Some(stdout) if is_console(vm, stdout) => Ok(Some(To::Output(Some(stdout)))),
        Some(stdout) => Ok(Some(To::File(stdout))),
        None => Err(vm.raise(types::RUNTIME_ERROR, "lost sys.stdout")),
    }
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

/// Writes `str(value)`, or the default where there is no value (`PyFile_WriteObject`, `PyFile_WriteString`).
fn write(vm: &mut Vm, to: To, value: Option<Ref>, default: &str) -> PyResult<()> {
    let file = match to {
        To::File(file) => file,
        To::Output(console) => return print_out(vm, console, value, default),
    };
    let default = match value {
        Some(_) => None,
        None => Some(vm.str(default)),
    };
    let value = value.or(default.as_ref().map(Owned::borrow)).unwrap_or(types::NONE);
    let written = write_to(vm, file, value);
    vm.release_option(default);
    written
}

fn write_to(vm: &mut Vm, file: Ref, value: Ref) -> PyResult<()> {
    let writer = vm.getattr_str(file, "write")?;
    let written = vm.str_of(value).and_then(|text| {
        let written = vm.call_pos(writer.borrow(), &[text.borrow()]);
        vm.release(text);
        written
    });
    vm.release(writer);
    let written = written?;
    vm.release(written);
    Ok(())
}

/// Its `write`, which holds it, is fetched before the value is asked for its text.
fn print_out(vm: &mut Vm, console: Option<Ref>, value: Option<Ref>, default: &str) -> PyResult<()> {
    let Some(value) = value else {
        vm.output.push_str(default);
        return Ok(());
    };
    let held = vm.retain_option(console);
    let text = vm.str_of(value);
    vm.release_option(held);
    let text = text?;
    let shown = vm.expect_text(text.borrow()).to_owned();
    vm.output.push_str(&shown);
    vm.release(text);
    Ok(())
}
