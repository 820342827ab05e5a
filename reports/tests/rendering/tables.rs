//! `refdrift check` and `refdrift pythons`

use insta::assert_snapshot;
use refdrift_compare::{Verdict, VerdictKind};
use refdrift_record::{CaseResult, Ending, Fault, Standing, Summary, Times};
use refdrift_reports::{Paint, PythonLine, Table, interpreters, interpreters_json};
use refdrift_runner::Interpreter;
use refdrift_trace::PyVersion;
use refdrift_vm::End;

use crate::fixture::{examination, leaking};

fn result(case: &str, python: &str, verdict: Standing) -> CaseResult {
    let found = match verdict {
        Standing::Agreed => VerdictKind::Agreed,
        Standing::Diverged | Standing::Expected => VerdictKind::Diverged,
        Standing::Unsupported => VerdictKind::Unsupported,
        Standing::Incomparable => VerdictKind::Incomparable,
        Standing::Failed => VerdictKind::EngineFailed,
    };
    CaseResult {
        number: 0,
        case: case.to_owned(),
        python: python.to_owned(),
        verdict,
        found,
        divergences: Vec::new(),
        untold: 0,
        reason: None,
        reason_line: None,
        raised: None,
        fault: None,
        unmet: Vec::new(),
        path: format!("cases/{}.yaml", case.split('/').next().unwrap_or_default()),
        line: 10,
        source_line: 13,
        steps: 20,
        times: Some(Times { reference_us: 350, subject_us: 40, compare_us: 2 }),
        source: None,
        shrunk: None,
        known: None,
        evidence: None,
    }
}

fn because(result: CaseResult, reason: &str, line: Option<u32>) -> CaseResult {
    CaseResult { reason: Some(reason.to_owned()), reason_line: line, ..result }
}

/// One of everything.
fn results() -> Vec<CaseResult> {
    let mut diverged = result("tuples/foo", "3.12.1", Standing::Diverged);
    if let Verdict::Diverged { mut divergences, untold } = examination(leaking(), End::Finished).verdict {
        divergences[0].owners = (0..10).map(|index| format!("item {index} of list #7")).collect();
        diverged.divergences = divergences;
        diverged.untold = untold + 2;
    }
    let again = CaseResult { case: "tuples/bar".to_owned(), divergences: diverged.divergences.clone(), ..diverged.clone() };
    let mut unmet = result("names/counts", "3.12.1", Standing::Failed);
    unmet.found = VerdictKind::Agreed;
    unmet.unmet = vec!["cases/names.yaml:17: a has the count 1 there, not 7".to_owned()];
    let mut syntax = because(result("names/broken", "3.11.7", Standing::Failed), "SyntaxError: '(' was never closed", Some(2));
    syntax.fault = Some(Fault::Source);
    let mut crash = because(result("names/crash", "3.11.7", Standing::Failed), "CPython died: signal 11 SIGSEGV", None);
    crash.fault = Some(Fault::Crash);
    vec![
        result("names/plain", "3.11.7", Standing::Agreed),
        result("names/plain", "3.12.1", Standing::Agreed),
        result("names/known drift", "3.12.1", Standing::Expected),
        syntax,
        crash,
        unmet,
        diverged,
        again,
        because(result("tuples/view", "3.12.1", Standing::Unsupported), "type memoryview", Some(4)),
        because(result("tuples/views", "3.12.1", Standing::Unsupported), "type memoryview", None),
        because(result("tuples/send", "3.12.1", Standing::Unsupported), "instruction SEND", Some(2)),
        because(result("tuples/id", "3.12.1", Standing::Incomparable), "id() (line 2) depends on addresses; then it drifts", None),
    ]
}

fn table(results: &[CaseResult], interrupted: bool, paint: Paint) -> String {
    let mut table = Table::new();
    let mut summary = Summary::default();
    for result in results {
        table.add(result);
        summary.add(result.verdict);
    }
    table.render(&summary, interrupted, paint)
}

#[test]
fn one_of_everything() {
    assert_snapshot!(table(&results(), false, Paint::PLAIN));
}

#[test]
fn all_agreed() {
    assert_snapshot!(table(&results()[..1], false, Paint::PLAIN));
}

#[test]
fn nothing_and_interrupted() {
    assert_snapshot!(table(&[], true, Paint::PLAIN));
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = table(&results(), false, Paint { colour: true });
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    assert_eq!(plain, table(&results(), false, Paint::PLAIN));
    assert!(coloured.contains('\u{1b}'));
}

#[test]
fn a_record() {
    let lines: Vec<_> = results().iter().map(refdrift_record::text).collect();
    for (line, result) in lines.iter().zip(results()) {
        assert_eq!(serde_json::from_str::<CaseResult>(line).unwrap(), result, "a record can be read back");
    }
    let mut summary = Summary::default();
    for result in results() {
        summary.add(result.verdict);
    }
    assert_snapshot!(format!("{}{}", lines[6], refdrift_record::text(&Ending { summary, interrupted: false })));
}

#[test]
fn pythons() {
    let interpreter = |micro: u8, path: &str| Interpreter {
        found: path.into(),
        executable: path.into(),
        version: PyVersion::new(3, 12, micro),
        implementation: "CPython".to_owned(),
        prefix: "/usr".into(),
        libdir: "/usr/lib".into(),
        library: "libpython3.12.so".to_owned(),
        shared: true,
        gil: true,
        debug: false,
        bits: 64,
    };
    let lines = [
        PythonLine { interpreter: interpreter(1, "/usr/bin/python3.12"), observer: Ok(true), default: true },
        PythonLine { interpreter: interpreter(10, "/opt/python3.12"), observer: Ok(false), default: false },
        PythonLine { interpreter: interpreter(4, "/opt/other"), observer: Err("it is a debug build".to_owned()), default: false },
    ];
    let places = ["PATH".to_owned(), "/home/me/.pyenv/versions".to_owned()];
    assert_snapshot!(interpreters(&lines, &places, Paint::PLAIN) + "\n" + &interpreters_json(&lines));
}
