//! From contracts to the Python that the VM runs.

use std::fmt::Write;

use super::Twin;
use super::contract::{Container, Contract, Mode, ResultKind};

/// What `keeps` and `steals` stand on. The VM has `_unsupported` for every twin.
const KEEPING: &str = "\
_kept = []
def _give_back(argument):
    for index in range(len(_kept)):
        if _kept[index] is argument:
            del _kept[index]
            return
    _unsupported()
";

impl Twin {
    /// Adds a text whose first line is that line of the case file.
    pub(super) fn add_text(&mut self, text: &str, line: u32) {
        self.lines.extend((line..).take(text.lines().count()));
        self.text.push_str(text);
        if !text.is_empty() && !text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Adds a text that a line of the case file stands for.
    pub(super) fn add_made(&mut self, text: &str, line: u32) {
        self.lines.extend(std::iter::repeat_n(line, text.lines().count()));
        self.text.push_str(text);
    }

    /// Adds what contracts with `keeps` and `steals` need.
    pub(super) fn add_keeping(&mut self, line: u32) {
        self.add_made(KEEPING, line);
    }

    /// Adds a function that does what its contract says.
    pub(super) fn add_function(&mut self, name: &str, contract: &Contract) {
        let parameters = contract.parameters.as_deref().unwrap_or_default();
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let mut text = format!("def {name}({}):\n", names.join(", "));
        // Writing to a string does not fail.
        for error in &contract.raises {
            let _ = writeln!(text, "    if {}: raise {}({})", error.when, error.error, literal(&error.message));
        }
        let result = match &contract.result {
            None | Some(ResultKind::None) => "None".to_owned(),
            Some(ResultKind::Argument(name)) => name.clone(),
            Some(ResultKind::Item(index, name)) => format!("{name}[{index}]"),
            Some(ResultKind::New(kind, names)) => made(*kind, &names.join(", ")),
        };
        // What can still fail comes before anything is kept.
        let _ = writeln!(text, "    _result = {result}");
        for parameter in parameters {
            let _ = match parameter.mode {
                Mode::Borrows => Ok(()),
                Mode::Keeps => writeln!(text, "    _kept.append({})", parameter.name),
                Mode::Steals => writeln!(text, "    _give_back({})", parameter.name),
            };
        }
        text.push_str("    return _result\n");
        self.add_made(&text, contract.line);
    }
}

fn made(kind: Container, names: &str) -> String {
    match kind {
        Container::Object => "object()".to_owned(),
        Container::Dict => "{}".to_owned(),
        Container::List => format!("[{names}]"),
        Container::Tuple if names.is_empty() => "()".to_owned(),
        Container::Tuple => format!("({names},)"),
        Container::Set if names.is_empty() => "set()".to_owned(),
        Container::Set => format!("{{{names}}}"),
    }
}

/// A text as a Python literal.
fn literal(text: &str) -> String {
    let mut quoted = String::from("\"");
    for one in text.chars() {
        match one {
            '"' | '\\' => quoted.extend(['\\', one]),
            '\n' => quoted.push_str("\\n"),
            one if one.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", one as u32);
            }
            one => quoted.push(one),
        }
    }
    quoted.push('"');
    quoted
}
