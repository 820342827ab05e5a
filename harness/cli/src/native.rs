//! `refdrift native`

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};

use indicatif::ProgressBar;
use refdrift_cases::contracts;
use refdrift_reports::{native as table, native_json};
use refdrift_runner::{SurveyError, Workshop, survey};

use crate::args::{Format, NativeArgs};
use crate::{Failure, exit, paint, prepare};

pub(crate) fn native(args: &NativeArgs) -> Result<u8, Failure> {
    let contracts = match &args.contract {
        Some(path) => contracts(path)?,
        None => BTreeMap::new(),
    };
    let pool = prepare::pool(&args.python, &args.engine, &Workshop::new())?;
    let mut wrong = false;
    for which in 0..pool.references().len() {
        let mut bar: Option<ProgressBar> = None;
        let mut progress = |done: usize, of: usize| {
            if io::stderr().is_terminal() {
                bar.get_or_insert_with(|| ProgressBar::new(of as u64)).set_position(done as u64);
            }
        };
        let survey = survey(&pool, which, &args.module, &contracts, args.engine.limits(), &mut progress);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        if pool.cancelled() {
            return Ok(exit::INTERRUPTED);
        }
        let survey = survey.map_err(failure)?;
        wrong |= survey.functions.iter().any(|function| !function.findings.is_empty());
        let text = match args.format {
            Format::Table => table(&survey, paint()),
            Format::Json => native_json(&survey),
        };
        io::stdout().write_all(text.as_bytes())?;
    }
    Ok(if wrong { exit::DIVERGED } else { exit::AGREED })
}

fn failure(error: SurveyError) -> Failure {
    match error {
        SurveyError::Observer(error) => error.into(),
        error => Failure::usage(error.to_string()),
    }
}
