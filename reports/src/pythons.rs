//! What `refdrift pythons` lists.

use std::fmt::Write;

use refdrift_runner::Interpreter;
use serde::Serialize;

use crate::Paint;

/// One interpreter.
#[derive(Clone, Debug)]
pub struct PythonLine {
    /// Which.
    pub interpreter: Interpreter,
    /// Whether its observer is built and current; else what keeps it from being a reference, if anything does.
    pub observer: Result<bool, String>,
    /// Whether it is the one that is used where none is asked for.
    pub default: bool,
}

impl PythonLine {
    fn state(&self) -> &'static str {
        match self.observer {
            Ok(true) => "ready",
            Ok(false) => "to be built",
            Err(_) => "unusable",
        }
    }
}

/// The interpreters as text, and where they were looked for.
pub fn interpreters(lines: &[PythonLine], places: &[String], paint: Paint) -> String {
    let mut text = String::new();
    if lines.is_empty() {
        text.push_str("no Python found\n");
    }
    for line in lines {
        let state = format!("{:<11}", line.state());
        let state = match line.observer {
            Ok(true) => paint.good(state),
            Ok(false) => state,
            Err(_) => paint.quiet(state),
        };
        let default = if line.default { "  (default)" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{:<8} {state}  {}{default}",
            line.interpreter.version.to_string(),
            line.interpreter.executable.display()
        );
        if let Err(reason) = &line.observer {
            let _ = writeln!(text, "{}", paint.quiet(format_args!("{:8} {reason}", "")));
        }
    }
    let _ = writeln!(text, "\n{}", paint.quiet(format_args!("looked for in: {}", places.join(", "))));
    text
}

#[derive(Serialize)]
struct Row<'a> {
    version: String,
    path: String,
    observer: &'a str,
    reason: Option<&'a str>,
    default: bool,
}

/// The interpreters as JSON, one object a line.
pub fn interpreters_json(lines: &[PythonLine]) -> String {
    let row = |line: &PythonLine| {
        let row = Row {
            version: line.interpreter.version.to_string(),
            path: line.interpreter.executable.display().to_string(),
            observer: line.state(),
            reason: line.observer.as_ref().err().map(String::as_str),
            default: line.default,
        };
        serde_json::to_string(&row).unwrap_or_default() + "\n"
    };
    lines.iter().map(row).collect()
}
