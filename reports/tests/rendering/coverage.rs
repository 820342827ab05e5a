//! `refdrift coverage`

use insta::assert_snapshot;
use refdrift_record::Summary;
use refdrift_reports::{Paint, coverage, coverage_json};
use refdrift_runner::{Coverage, Covered, InstructionCoverage, SubjectCoverage, SubjectKind};
use refdrift_trace::PyVersion;

fn instruction(name: &str, ran: Covered, failed: Covered) -> InstructionCoverage {
    InstructionCoverage { name: name.to_owned(), ran, failed }
}

fn subject(name: &'static str, kind: SubjectKind, have: &[&str], missing: &[&str]) -> SubjectCoverage {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    SubjectCoverage { name, kind, have: owned(have), missing: owned(missing), reason: None }
}

/// Two Pythons that lack different things.
fn two() -> Vec<Coverage> {
    use Covered::{Never, No, Yes};
    let gone = SubjectCoverage {
        reason: Some("unsupported: module enum (line 1)".to_owned()),
        ..subject("enum", SubjectKind::Module, &[], &["Enum", "auto"])
    };
    let older = Coverage {
        python: PyVersion::new(3, 11, 7),
        cases: Summary { cases: 10, agreed: 9, failed: 1, ..Summary::default() },
        instructions: vec![
            instruction("POP_TOP", Yes, Never("it cannot fail")),
            instruction("BUILD_LIST", Yes, Never("only when memory runs out")),
            instruction("BINARY_OP", Yes, Yes),
            instruction("IMPORT_STAR", No, No),
            instruction("PRINT_EXPR", Never("for the prompt only"), Never("for the prompt only")),
        ],
        subjects: vec![
            subject("object", SubjectKind::Type, &["__class__"], &["__dir__"]),
            subject("list", SubjectKind::Type, &["append"], &["__dir__", "sort"]),
            subject("gc", SubjectKind::Module, &["collect"], &["freeze"]),
            gone.clone(),
        ],
    };
    let newer = Coverage {
        python: PyVersion::new(3, 13, 0),
        cases: Summary { cases: 9, agreed: 9, ..Summary::default() },
        instructions: vec![instruction("POP_TOP", Yes, Never("it cannot fail")), instruction("BINARY_OP", Yes, No)],
        subjects: vec![
            subject("object", SubjectKind::Type, &["__class__"], &["__dir__"]),
            subject("list", SubjectKind::Type, &["append", "sort"], &["__dir__"]),
            gone,
        ],
    };
    vec![older, newer]
}

#[test]
fn two_pythons() {
    assert_snapshot!(coverage(&two(), Paint::PLAIN));
}

#[test]
fn all_covered() {
    let mut all = two();
    all.truncate(1);
    for instruction in &mut all[0].instructions {
        instruction.ran = Covered::Yes;
        instruction.failed = Covered::Yes;
    }
    for subject in &mut all[0].subjects {
        subject.missing.clear();
        subject.reason = None;
    }
    assert_snapshot!(coverage(&all, Paint::PLAIN));
}

#[test]
fn coverage_record() {
    assert_snapshot!(coverage_json(&two()));
}
