//! `refdrift explain`

use insta::assert_snapshot;
use refdrift_compare::{Engine, Verdict};
use refdrift_record::{Evidence, Fault, Owners};
use refdrift_reports::{Paint, Subject, explain};
use refdrift_runner::Examination;
use refdrift_vm::{End, Missing, Unsupported};

use crate::fixture::{SOURCE, examination, leaking, trajectory};

fn explained(examination: &Examination, limit: usize) -> String {
    explained_with(examination, None, limit)
}

fn explained_with(examination: &Examination, evidence: Option<&Evidence>, limit: usize) -> String {
    let subject = Subject { title: "article/foo", source: SOURCE.as_bytes(), examination, evidence, limit };
    let text = explain(&subject, Paint::PLAIN);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn the_article_s_example() {
    assert_snapshot!(explained(&examination(trajectory(), End::Finished), 1000));
}

#[test]
fn a_reference_too_many() {
    let examination = examination(leaking(), End::Finished);
    let held = ["global a", "item 0 of tuple #2"].map(str::to_owned);
    let evidence = Evidence {
        conclusion: "the VM counts one reference more to list #0 than hold it".to_owned(),
        owners: Owners { reference: Some(held.to_vec()), subject: Some(held.to_vec()) },
        ..Evidence::default()
    };
    assert_snapshot!(explained_with(&examination, Some(&evidence), 1000));
}

#[test]
fn a_subject_that_stops_half_way() {
    let mut subject = trajectory();
    subject.steps.truncate(7);
    subject.events.truncate(subject.steps[6].events_end as usize);
    subject.objects.truncate(2);
    let missing = Unsupported { missing: Missing::Instruction, name: "BUILD_TUPLE".to_owned(), line: Some(3) };
    assert_snapshot!(explained(&examination(subject, End::Unsupported(missing)), 1000));
}

#[test]
fn a_listing_that_is_cut() {
    assert_snapshot!(explained(&examination(trajectory(), End::Finished), 4));
}

#[test]
fn a_reference_that_did_not_run() {
    let mut examination = examination(trajectory(), End::Finished);
    examination.observation = None;
    examination.run = None;
    examination.fault = Some(Fault::Crash);
    examination.fault_line = Some(3);
    let why = "CPython died: signal 11 SIGSEGV (Segmentation fault)".to_owned();
    examination.verdict = Verdict::EngineFailed { engine: Engine::Reference, why };
    assert_snapshot!(explained(&examination, 1000));
}
