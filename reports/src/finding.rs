//! What a result that needs a look is called, wherever it is shown.

use refdrift_compare::Divergence;
use refdrift_record::{CaseResult, Fault, Signature, Standing};

/// At most that many findings get a page, an annotation or a line of their own in one report; the others are counted. The first
/// of each group ([`Signature`]) always gets one.
pub(crate) const MOST_FINDINGS: usize = 5000;

/// Whether somebody has to look at a result: the engines part, an engine failed, or what the case states does not hold.
pub(crate) fn is_finding(result: &CaseResult) -> bool {
    matches!(result.verdict, Standing::Diverged | Standing::Failed)
}

/// Decides which findings are told at length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    groups: std::collections::HashSet<Option<Signature>>,
    told: usize,
    /// How many are only counted.
    pub(crate) untold: usize,
}

impl Selection {
    /// Whether the next finding is told.
    pub(crate) fn takes(&mut self, result: &CaseResult) -> bool {
        // Groups are few: kinds times instructions times types.
        let first = self.groups.len() < MOST_FINDINGS && self.groups.insert(Signature::of(result));
        let takes = first || self.told < MOST_FINDINGS;
        if takes {
            self.told += 1;
        } else {
            self.untold += 1;
        }
        takes
    }
}

/// What happened, in a few words: `extra reference: list #0`, `time out`.
pub(crate) fn headline(result: &CaseResult) -> String {
    match (result.verdict, result.divergences.first()) {
        (Standing::Diverged, Some(first)) if first.label.is_empty() => first.kind.words().to_owned(),
        (Standing::Diverged, Some(first)) => format!("{}: {}", first.kind, first.label),
        _ => kind(result),
    }
}

/// The kind of a finding in words: that of the divergence, or how it failed.
pub(crate) fn kind(result: &CaseResult) -> String {
    match (result.verdict, result.divergences.first(), result.fault) {
        (Standing::Diverged, Some(first), _) => first.kind.words().to_owned(),
        (_, _, Some(fault)) => fault_words(fault).to_owned(),
        _ if !result.unmet.is_empty() => "not as the case states".to_owned(),
        (standing, ..) => standing.name().to_owned(),
    }
}

/// How an engine failed, in words.
fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Source => "source refused",
        Fault::Crash => "crash",
        Fault::TimeOut => "time-out",
        Fault::Memory => "memory",
        Fault::StepLimit => "step limit",
        Fault::Observer => "observer failed",
        Fault::Panic => "VM panicked",
        Fault::Audit => "audit of the VM failed",
    }
}

/// What happened, in a sentence: the conclusion about the owners where there is one, else what the comparison or the engine said.
pub(crate) fn sentence(result: &CaseResult) -> String {
    let conclusion = result.evidence.as_ref().map(|evidence| evidence.conclusion.as_str()).filter(|text| !text.is_empty());
    match (conclusion, result.verdict, result.divergences.first()) {
        (Some(conclusion), Standing::Diverged, _) => conclusion.to_owned(),
        (None, Standing::Diverged, Some(first)) => first.detail.clone(),
        _ if result.unmet.is_empty() => result.reason.clone().unwrap_or_default(),
        _ => result.unmet.join("; "),
    }
}

/// Which instruction a divergence shows after, with its argument; the teardown's act; nothing at the very start.
pub(crate) fn after(divergence: &Divergence) -> &str {
    divergence.cause.as_ref().map_or("the start", |cause| cause.instruction.as_str())
}

/// The line of the snippet (from 1) that the finding is about.
pub(crate) fn source_line(result: &CaseResult) -> Option<u32> {
    let first = result.divergences.first().filter(|_| result.verdict == Standing::Diverged);
    match first {
        Some(first) => first.cause.as_ref().and_then(|cause| cause.line).or(first.place.as_ref().and_then(|place| place.line)),
        None => result.reason_line,
    }
}

/// The line of the case's file that the finding is about: that of the snippet, else that on which the case starts.
pub(crate) fn file_line(result: &CaseResult) -> u32 {
    source_line(result).map_or(result.line, |line| result.source_line + line.saturating_sub(1)).max(1)
}

/// Where the finding is: `cases/tuples.yaml:15`; nothing for a case without a file.
pub(crate) fn place(result: &CaseResult) -> String {
    if result.path.is_empty() { String::new() } else { format!("{}:{}", result.path, file_line(result)) }
}

/// The suite and the name of a case.
pub(crate) fn identity(case: &str) -> (&str, &str) {
    case.rsplit_once('/').unwrap_or(("", case))
}

/// A command that shows the finding again, for a shell.
pub(crate) fn command(result: &CaseResult) -> String {
    if result.path.is_empty() {
        let source = result.shrunk.as_ref().map(|shrunk| &shrunk.source).or(result.source.as_ref());
        return source.map_or_else(String::new, |source| from_standard_input(source, &result.python));
    }
    let (_, name) = identity(&result.case);
    let alone = std::path::Path::new(&result.path).extension().is_some_and(|extension| extension == "py");
    let path = if alone { result.path.clone() } else { format!("{}::{name}", result.path) };
    format!("refdrift explain {} --python {}", quoted(&path), result.python)
}

/// A command that explains a program which is in no file.
pub(crate) fn from_standard_input(source: &str, python: &str) -> String {
    // One mark more than there are lines: one of them is no line.
    let mut marks = (0..=source.lines().count()).map(|number| if number == 0 { "END".to_owned() } else { format!("END{number}") });
    let mark = marks.find(|mark| !source.lines().any(|line| line == mark)).unwrap_or_default();
    let newline = if source.ends_with('\n') { "" } else { "\n" };
    format!("refdrift explain - --python {python} <<'{mark}'\n{source}{newline}{mark}")
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-:+=@%,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// A number as people read it: `1,204`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(quoted("cases/a.yaml::one"), "cases/a.yaml::one");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn the_end_of_a_program_is_none_of_its_lines() {
        assert_eq!(from_standard_input("a = 1\n", "3.12.1"), "refdrift explain - --python 3.12.1 <<'END'\na = 1\nEND");
        assert!(from_standard_input("'''\nEND\n'''", "3.12.1").ends_with("<<'END1'\n'''\nEND\n'''\nEND1"));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
