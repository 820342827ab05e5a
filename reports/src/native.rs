//! What `refdrift native` prints.

use std::fmt::Write;

use refdrift_runner::{FunctionSurvey, Survey};
use tabled::builder::Builder;
use tabled::settings::Style;

use crate::Paint;

/// A survey of an extension module as a table, with what is wrong below.
pub fn native(survey: &Survey, paint: Paint) -> String {
    let mut table = Builder::default();
    table.push_record(["function", "contract", "calls", "raised", "verdict"]);
    for function in &survey.functions {
        let contract = if function.stated { "stated" } else { "default" };
        let (calls, raised) = (function.calls.to_string(), function.raised.to_string());
        table.push_record([function.name.clone(), contract.to_owned(), calls, raised, verdict(function, paint)]);
    }
    let mut text = format!("{} on Python {} ({})\n\n", survey.module, survey.python, survey.path);
    if survey.functions.is_empty() {
        text.push_str("it has no public functions\n");
        return text;
    }
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", table.build().with(Style::blank()));
    for function in survey.functions.iter().filter(|function| !function.findings.is_empty()) {
        let _ = writeln!(text, "\n{}", paint.bad(&function.name));
        for finding in &function.findings {
            let more = if finding.calls > 1 { format!(" and {} more", finding.calls - 1) } else { String::new() };
            let _ = writeln!(text, "  {}: {}{more}", finding.what, finding.call);
        }
    }
    let unstated = survey.functions.iter().filter(|function| !function.stated).count();
    if unstated > 0 {
        let default = format!(
            "{unstated} of {} without a contract: measured by the default, which borrows every argument and returns a new reference",
            survey.functions.len()
        );
        let _ = writeln!(text, "\n{}", paint.quiet(default));
    }
    text
}

/// `ok`, or what is wrong most often.
fn verdict(function: &FunctionSurvey, paint: Paint) -> String {
    match function.findings.iter().max_by_key(|finding| finding.calls) {
        None => paint.good("ok"),
        Some(worst) if function.findings.len() == 1 => paint.bad(&worst.what),
        Some(worst) => paint.bad(format_args!("{} (and {} more)", worst.what, function.findings.len() - 1)),
    }
}

/// A survey as one line of JSON.
pub fn native_json(survey: &Survey) -> String {
    serde_json::to_string(survey).unwrap_or_default() + "\n"
}
