//! `refdrift explain`

use insta::assert_snapshot;
use refdrift_compare::{Engine, Verdict};
use refdrift_record::Fault;
use refdrift_reports::{Paint, Subject, explain};
use refdrift_runner::Examination;
use refdrift_vm::{End, Missing, Unsupported};

use crate::fixture::{SOURCE, examination, leaking, trajectory};

fn explained(examination: &Examination, limit: usize) -> String {
    let text =
        explain(&Subject { title: "article/foo", source: SOURCE.as_bytes(), examination, evidence: None, limit }, Paint::PLAIN);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn the_article_s_example() {
    assert_snapshot!(explained(&examination(trajectory(), End::Finished), 1000));
}

#[test]
fn a_reference_too_many() {
    let mut examination = examination(leaking(), End::Finished);
    if let Verdict::Diverged { divergences, .. } = &mut examination.verdict {
        divergences[0].owners = vec!["name a of <module>".to_owned(), "item 0 of tuple #2".to_owned()];
    }
    assert_snapshot!(explained(&examination, 1000));
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
