//! Results as a run with a broken VM would give them: shared by the tests of renderings, of pages in a browser, and the benchmark.
#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::assigning_clones, reason = "short texts, once")]

use refdrift_compare::{Divergence, DivergenceKind, Site, Span, VerdictKind};
use refdrift_record::{CaseResult, Evidence, Fault, Header, LifeStep, Origin, Owners, RECORD_FORMAT, Shrunk, Standing, Times};

/// A program that tries to be more than text.
pub(crate) const HOSTILE: &str = "x = '<script>document.title = \"owned\"; fetch(\"https://example.invalid/\")</script>'\n\
                           y = [x, '</td></table><img src=x onerror=alert(1)>']\n\
                           z = '\\'\"&amp; ]]> --> %0A::error::no | `a` \u{202e}'\n";

/// The source of the first finding.
pub(crate) const SOURCE: &str = "class Box:\n    def __init__(self, item):\n        self.item = item\n\n\
                          a = []\nboxes = [Box(a) for _ in range(3)]\nfoo = (a, boxes)\ndel boxes\nfoo = None\n";

pub(crate) fn header() -> Header {
    Header {
        record: RECORD_FORMAT,
        refdrift: "0.1.0".to_owned(),
        origin: Origin::Files { paths: vec!["cases".to_owned()] },
        pythons: ["3.11.7", "3.12.1", "3.13.0"].map(ToOwned::to_owned).into(),
        cases: Some(40),
        partition: None,
    }
}

/// A run that agreed.
pub(crate) fn result(number: u64, case: &str, python: &str) -> CaseResult {
    CaseResult {
        number,
        case: case.to_owned(),
        python: python.to_owned(),
        verdict: Standing::Agreed,
        found: VerdictKind::Agreed,
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

fn site(code: &str, offset: u32, instruction: &str, line: u32, span: Option<Span>) -> Site {
    Site { code: code.to_owned(), offset: Some(offset), instruction: instruction.to_owned(), line: Some(line), span }
}

/// An extra reference, with all that is known of it.
pub(crate) fn extra(number: u64, case: &str, python: &str) -> CaseResult {
    let first = Divergence {
        kind: DivergenceKind::ExtraReference,
        step: 61,
        subject_step: 61,
        place: Some(site("<module>", 66, "STORE_NAME foo", 7, None)),
        cause: Some(site("<module>", 64, "BUILD_TUPLE 2", 7, Some(Span { start: 6, end_line: 7, end: 16 }))),
        object: Some(3),
        subject_object: Some(3),
        type_name: "list".to_owned(),
        label: "list #3".to_owned(),
        reference: Some(5),
        subject: Some(6),
        owners: Vec::new(),
        detail: "references to list #3: the reference counts 5, the subject counts 6".to_owned(),
    };
    let tuple = Divergence {
        kind: DivergenceKind::LateFree,
        step: 70,
        subject_step: 70,
        place: None,
        cause: Some(site("<module>", 76, "STORE_NAME foo", 9, None)),
        object: Some(9),
        subject_object: Some(9),
        type_name: "tuple".to_owned(),
        label: "tuple #9".to_owned(),
        reference: None,
        subject: Some(1),
        owners: Vec::new(),
        detail: "tuple #9 is freed later by the subject".to_owned(),
    };
    CaseResult {
        verdict: Standing::Diverged,
        found: VerdictKind::Diverged,
        divergences: vec![first, tuple],
        untold: 2,
        source: Some(SOURCE.to_owned()),
        shrunk: Some(Shrunk { source: "a = []\n(a, 0)\n".to_owned(), tried: 41, done: true }),
        evidence: Some(Box::new(evidence())),
        ..result(number, case, python)
    }
}

fn evidence() -> Evidence {
    let owners = |mine: &[&str]| {
        let all = ["global a", "attribute item of Box #5", "attribute item of Box #6", "attribute item of Box #7"];
        Some(all.iter().chain(mine).map(ToString::to_string).collect::<Vec<_>>())
    };
    let mut life = Vec::new();
    let mut step =
        |step: usize, code: &str, instruction: &str, line: u32, words: &str, counts: (Option<i32>, Option<i32>), parts| {
            life.push(LifeStep {
                step,
                code: code.to_owned(),
                instruction: instruction.to_owned(),
                offset: Some(step as u32 * 2),
                line: Some(line),
                words: words.to_owned(),
                reference: counts.0,
                subject: counts.1,
                parts,
            });
        };
    let same = |count| (Some(count), Some(count));
    step(9, "<module>", "BUILD_LIST 0", 5, "makes a new list of nothing; the stack owns it", same(1), false);
    step(
        10,
        "<module>",
        "STORE_NAME a",
        5,
        "transfers the reference on top of the stack to `a`: nothing is counted for it",
        same(1),
        false,
    );
    for (round, at) in (0..3).zip([18, 30, 42]) {
        step(
            at,
            "<module>",
            "LOAD_NAME a",
            6,
            "takes a reference of its own to what `a` names for the stack: +1; the name keeps its own",
            same(2 + round),
            false,
        );
        step(
            at + 4,
            "__init__",
            "LOAD_FAST item",
            3,
            "takes a reference of its own to the local `item` for the stack: +1",
            same(3 + round),
            false,
        );
        step(at + 5, "__init__", "STORE_ATTR item", 3, "the attribute takes the reference over", same(3 + round), false);
        step(at + 7, "__init__", "RETURN_CONST None", 3, "the frame gives back its locals: −1 for each", same(2 + round), false);
    }
    step(
        58,
        "<module>",
        "LOAD_NAME a",
        7,
        "takes a reference of its own to what `a` names for the stack: +1; the name keeps its own",
        same(5),
        false,
    );
    step(
        59,
        "<module>",
        "LOAD_NAME boxes",
        7,
        "takes a reference of its own to what `boxes` names for the stack: +1",
        same(5),
        false,
    );
    step(
        61,
        "<module>",
        "BUILD_TUPLE 2",
        7,
        "takes over 2 references from the stack for a new tuple: nothing is counted for them; the stack owns the tuple",
        (Some(5), Some(6)),
        true,
    );
    step(
        62,
        "<module>",
        "STORE_NAME foo",
        7,
        "transfers the reference on top of the stack to `foo`: nothing is counted for it",
        (Some(5), Some(6)),
        false,
    );
    step(66, "<module>", "DELETE_NAME boxes", 8, "the name gives back its reference: −1", (Some(5), Some(6)), false);
    step(
        70,
        "<module>",
        "STORE_NAME foo",
        9,
        "transfers the reference on top of the stack to `foo`; gives back what the name held before: −1",
        (Some(1), Some(2)),
        false,
    );
    step(73, "<teardown>", "del of global a", 9, "the global gives back its reference: −1", (None, Some(1)), false);
    Evidence {
        conclusion: "The VM holds one reference more to list #3: item 0 of tuple #9, twice; CPython's tuple took over the one from the stack."
            .to_owned(),
        owners: Owners { reference: owners(&["item 0 of tuple #9"]), subject: owners(&["item 0 of tuple #9", "item 0 of tuple #9"]) },
        life,
        untold: 0,
    }
}

/// A program that tries to be markup, wherever a text may be.
pub(crate) fn hostile(number: u64) -> CaseResult {
    let mut result = extra(number, "hostile/<b>&\"'`|</b>", "3.12.1");
    result.source = Some(HOSTILE.to_owned());
    result.shrunk = Some(Shrunk { source: HOSTILE.to_owned(), tried: 3, done: false });
    result.path = "cases/it's <here>, 100%.yaml".to_owned();
    let first = &mut result.divergences[0];
    first.label = "str '<script>alert(1)</script>'".to_owned();
    first.detail = "references to '<script>alert(2)</script>'\u{1b}[31m: 1, 2".to_owned();
    first.cause = Some(site("<listcomp>", 4, "LOAD_CONST '<img src=x onerror=alert(3)>'", 2, None));
    if let Some(evidence) = &mut result.evidence {
        evidence.conclusion =
            "CPython has one reference more, and nothing that it can reach holds it: a leak of <i>it</i>.".to_owned();
        evidence.owners.reference = Some(Vec::new());
        evidence.life[0].instruction = "LOAD_CONST '<script>alert(4)</script>'".to_owned();
    }
    result
}

fn because(result: CaseResult, verdict: Standing, reason: &str, line: Option<u32>) -> CaseResult {
    let found = match verdict {
        Standing::Unsupported => VerdictKind::Unsupported,
        Standing::Incomparable => VerdictKind::Incomparable,
        _ => VerdictKind::EngineFailed,
    };
    CaseResult { verdict, found, reason: Some(reason.to_owned()), reason_line: line, ..result }
}

/// One of everything.
pub(crate) fn results() -> Vec<CaseResult> {
    let mut results: Vec<CaseResult> = Vec::new();
    let suites = ["containers/list-methods", "functions/closures", "generators/send", "names/globals", "ownership/tuples"];
    for case in 0..8 {
        for suite in suites {
            for python in ["3.11.7", "3.12.1", "3.13.0"] {
                results.push(result(0, &format!("{suite}/case-{case}"), python));
            }
        }
    }
    results.push(extra(0, "ownership/tuples/tuple-of-a-shared-list", "3.12.1"));
    results.push(extra(0, "ownership/tuples/tuple-of-a-shared-list", "3.13.0"));
    let mut early = extra(0, "generators/send/a-generator-that-is-closed-while-it-waits", "3.11.7");
    early.divergences.truncate(1);
    early.untold = 0;
    early.divergences[0].kind = DivergenceKind::EarlyFree;
    early.divergences[0].label = "generator #12".to_owned();
    early.divergences[0].type_name = "generator".to_owned();
    early.divergences[0].cause = Some(site("consume", 22, "SEND to 40", 6, None));
    early.divergences[0].reference = Some(1);
    early.divergences[0].subject = None;
    early.divergences[0].detail = "generator #12 is freed earlier by the subject".to_owned();
    early.divergences[0].owners = vec!["local gen of consume".to_owned()];
    early.evidence = None;
    early.shrunk = None;
    results.push(early);
    let mut known = extra(0, "names/globals/known-difference", "3.12.1");
    known.known = Some("tuple-of-two".to_owned());
    results.push(known);
    results.push(hostile(0));
    let mut crash =
        because(result(0, "functions/closures/deep", "3.11.7"), Standing::Failed, "CPython died: signal 11 SIGSEGV", None);
    crash.fault = Some(Fault::Crash);
    crash.source = Some("def f(n):\n    return f(n + 1)\nf(0)\n".to_owned());
    results.push(crash);
    let mut refused =
        because(result(0, "names/globals/broken", "3.13.0"), Standing::Failed, "SyntaxError: '(' was never closed", Some(2));
    refused.fault = Some(Fault::Source);
    refused.source = Some("a = 1\nb = (\n".to_owned());
    results.push(refused);
    let mut unmet = result(0, "names/globals/counts", "3.12.1");
    unmet.verdict = Standing::Failed;
    unmet.unmet = vec!["cases/names.yaml:17: a has the count 1 there, not 7".to_owned()];
    unmet.source = Some("a = []\n".to_owned());
    results.push(unmet);
    let mut expected = extra(0, "names/globals/as-expected", "3.12.1");
    expected.verdict = Standing::Expected;
    results.push(expected);
    for python in ["3.11.7", "3.12.1"] {
        results.push(because(result(0, "containers/list-methods/view", python), Standing::Unsupported, "type memoryview", Some(4)));
    }
    results.push(because(result(0, "generators/send/async", "3.12.1"), Standing::Unsupported, "instruction <SEND>", Some(2)));
    let reason = "id() (line 2) depends on addresses; then it drifts";
    results.push(because(result(0, "names/globals/id", "3.12.1"), Standing::Incomparable, reason, None));
    for (number, result) in (0..).zip(&mut results) {
        result.number = number;
    }
    results
}
