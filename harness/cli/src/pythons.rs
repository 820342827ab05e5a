//! `refdrift pythons`

use std::io::{self, Write};

use refdrift_reports::{PythonLine, interpreters, interpreters_json};
use refdrift_runner::{Workshop, discover, places, select};

use crate::args::{Format, PythonsArgs};
use crate::{Failure, exit, paint};

pub(crate) fn pythons(args: &PythonsArgs) -> Result<u8, Failure> {
    let workshop = Workshop::new();
    let default = select(&[]).ok().and_then(|chosen| chosen.into_iter().next());
    let lines: Vec<PythonLine> = discover()
        .into_iter()
        .map(|interpreter| PythonLine {
            observer: interpreter
                .usable()
                .and_then(|()| interpreter.linkable())
                .map(|()| workshop.ready(&interpreter).is_some())
                .map_err(|reason| reason.to_string()),
            default: default.as_ref().is_some_and(|default| default.executable == interpreter.executable),
            interpreter,
        })
        .collect();
    let text = match args.format {
        Format::Table => interpreters(&lines, &places(), paint()),
        Format::Json => interpreters_json(&lines),
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(if lines.iter().any(|line| line.observer.is_ok()) { exit::AGREED } else { exit::NOTHING_RAN })
}
