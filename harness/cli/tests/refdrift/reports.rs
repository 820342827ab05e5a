//! `refdrift report` and `refdrift compare`: no engine is needed, a record is.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;

use super::*;

/// A record of three runs, written down as they are; `verdicts` are agreed, diverged or unsupported.
fn record_of(origin: &str, pythons: &str, more: &str, verdicts: &[(&str, &str)]) -> String {
    let mut text =
        format!("{{\"record\":2,\"refdrift\":\"0.1.0\",\"origin\":{origin},\"pythons\":[{pythons}],\"cases\":3{more}}}\n");
    for (number, (case, verdict)) in verdicts.iter().enumerate() {
        let found = if *verdict == "failed" { "engine_failed" } else { verdict };
        let divergences = if *verdict == "diverged" { DIVERGENCE } else { "" };
        let reason = if *verdict == "unsupported" { "\"type memoryview\"" } else { "null" };
        let _ = writeln!(
            text,
            "{{\"number\":{number},\"case\":\"{case}\",\"python\":\"3.12.1\",\"verdict\":\"{verdict}\",\"found\":\"{found}\",\
             \"divergences\":[{divergences}],\"untold\":0,\"reason\":{reason},\"reason_line\":null,\"fault\":null,\"unmet\":[],\
             \"path\":\"suite.yaml\",\"line\":3,\"source_line\":4,\"steps\":9,\"source\":\"a = []\\n(a, a)\\n\"}}"
        );
    }
    text + "{\"summary\":{\"cases\":0,\"agreed\":0,\"expected\":0,\"diverged\":0,\"unsupported\":0,\"incomparable\":0,\"failed\":0}}\n"
}

const DIVERGENCE: &str = "{\"kind\":\"extra_reference\",\"step\":3,\"subject_step\":3,\"place\":null,\
    \"cause\":{\"code\":\"<module>\",\"offset\":8,\"instruction\":\"BUILD_TUPLE 2\",\"line\":2,\"span\":{\"start\":0,\"end_line\":2,\"end\":6}},\
    \"object\":0,\"subject_object\":0,\"type_name\":\"list\",\"label\":\"list #0\",\"reference\":3,\"subject\":4,\
    \"detail\":\"references to list #0: the reference counts 3, the subject counts 4\"}";

fn plain(verdicts: &[(&str, &str)]) -> String {
    record_of("{\"files\":{\"paths\":[]}}", "\"3.12.1\"", "", verdicts)
}

const FOUND: [(&str, &str); 3] = [("suite/one", "agreed"), ("suite/two", "diverged"), ("suite/three", "unsupported")];

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    bare().args(arguments).current_dir(folder.path()).output().unwrap()
}

/// The names of what lies in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_format_comes_from_one_call() {
    let folder = Folder::with(&[("r.jsonl", &plain(&FOUND))]);
    let arguments = ["report", "r.jsonl", "--html", "out", "--junit", "j.xml", "--sarif", "s.sarif", "--markdown", "m.md"];
    let output = run(&folder, &[&arguments[..], &["--github", "--format", "plain"]].concat());
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{}", stdout(&output));
    assert_eq!(names(folder.path()), ["j.xml", "m.md", "out", "r.jsonl", "s.sarif"]);
    assert_eq!(names(&folder.file("out")), ["finding-1.html", "index.html"]);
    assert!(fs::read_to_string(folder.file("j.xml")).unwrap().contains("failures=\"1\""));
    assert!(fs::read_to_string(folder.file("m.md")).unwrap().contains("| 3.12.1 | 3 | 1 | 1 | 1 |"));
    let sarif: Value = serde_json::from_str(&fs::read_to_string(folder.file("s.sarif")).unwrap()).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"suite.yaml".into(), &5.into()));
    let text = stdout(&output);
    assert!(text.starts_with("::error file=suite.yaml,line=5,"), "{text}");
    assert!(text.contains("diverged\tsuite/two\t3.12.1\textra_reference\tBUILD_TUPLE 2\tlist #0\t3\t4\tsuite.yaml:5\n"), "{text}");
}

#[test]
fn a_report_is_replaced_and_nothing_else() {
    let folder = Folder::with(&[("r.jsonl", &plain(&FOUND)), ("mine/notes.txt", "mine\n")]);
    fs::create_dir(folder.file("out")).unwrap();
    for _ in 0..2 {
        let output = run(&folder, &["report", "r.jsonl", "--html", "out"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    }
    let output = run(&folder, &["report", "r.jsonl", "--html", "mine"]);
    assert_eq!(stderr(&output), "refdrift: mine: is there already and no report of refdrift: name another folder\n");
    assert_eq!((code(&output), names(&folder.file("mine"))), (2, vec!["notes.txt".to_owned()]));
    let output = run(&folder, &["report", "r.jsonl", "--html", "r.jsonl"]);
    assert_eq!((stderr(&output).as_str(), code(&output)), ("refdrift: r.jsonl: is there already and no folder\n", 2));
    assert_eq!(names(folder.path()), ["mine", "out", "r.jsonl"], "nothing is left behind");
}

#[test]
fn what_is_no_record_is_told_and_nothing_is_written() {
    let whole = plain(&FOUND);
    let old = whole.replacen("\"record\":2", "\"record\":1", 1);
    let broken = whole.replacen("\"number\":1", "\"nimber\":1", 1);
    let folder = Folder::with(&[
        ("empty", ""),
        ("text", "hello\n"),
        ("old", &old),
        ("broken", &broken),
        ("good", &whole),
        ("json", "{\"a\": 1}\n"),
    ]);
    let before = names(folder.path());
    for (file, words) in [
        ("nowhere", "nowhere: cannot be read: "),
        ("empty", "empty: is empty, no record"),
        ("text", "text:1: is no record of refdrift: "),
        ("json", "json:1: is no record of refdrift: "),
        ("old", "old:1: is a record of format 1, this refdrift reads format 2"),
        ("broken", "broken:3: is no line of a record: "),
    ] {
        for arguments in [
            &["report", file, "--html", "out", "--junit", "j.xml", "--sarif", "s", "--markdown", "m"][..],
            &["compare", "good", file],
            &["compare", file, "good"],
            &["report", "good", "--html", "out", "--against", file],
        ] {
            let output = run(&folder, arguments);
            let error = stderr(&output);
            assert!(error.starts_with(&format!("refdrift: {words}")) && error.lines().count() == 1, "{arguments:?}: {error}");
            assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{arguments:?}");
            assert_eq!(names(folder.path()), before, "{arguments:?}: nothing is left behind");
        }
    }
}

#[test]
fn of_a_record_that_was_cut_off_the_rest_is_used() {
    let whole = plain(&FOUND);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let killed = lines[..3].concat();
    let cut = killed.clone() + &lines[3][..40];
    let folder = Folder::with(&[("cut", &cut), ("killed", &killed)]);
    let output = run(&folder, &["report", "cut", "--html", "out"]);
    assert_eq!(stderr(&output), "refdrift: cut: is cut off; the 3 whole lines before are used\n");
    assert_eq!(code(&output), 0);
    assert!(fs::read_to_string(folder.file("out/index.html")).unwrap().contains("The record is not complete"));
    let output = run(&folder, &["report", "killed"]);
    assert!(stdout(&output).ends_with("2 runs: 1 agreed, 1 diverged\n"), "{}", stdout(&output));
    assert_eq!(
        stderr(&output),
        "refdrift: killed: has no last line: its run was killed or still goes on; the 3 whole lines before are used\n"
    );
}

#[test]
fn only_records_of_one_run_are_put_together() {
    let one = record_of("{\"files\":{\"paths\":[]}}", "\"3.12.1\"", ",\"partition\":\"slice:1/2\"", &FOUND[..1]);
    let two = one.replace("slice:1/2", "slice:2/2").replace("suite/one", "suite/two");
    let hash = one.replace("slice:1/2", "hash:2/2");
    let generated = record_of("{\"generated\":{\"seed\":7,\"profile\":\"all\"}}", "\"3.12.1\"", "", &FOUND[..1]);
    let other_python = plain(&FOUND).replace("3.12.1", "3.13.0");
    let folder = Folder::with(&[
        ("one", one.as_str()),
        ("two", &two),
        ("hash", &hash),
        ("generated", &generated),
        ("whole", &plain(&FOUND)),
        ("python", &other_python),
    ]);
    let output = run(&folder, &["report", "one", "two"]);
    assert!(stdout(&output).ends_with("2 runs: 2 agreed\n"), "{}{}", stdout(&output), stderr(&output));
    let output = run(&folder, &["report", "whole", "python", "--format", "plain"]);
    assert!(stdout(&output).ends_with("6 runs: 2 agreed, 2 diverged, 2 unsupported\n"), "{}", stdout(&output));
    for (other, why) in [
        ("one", "they are the same part"),
        ("hash", "they split the cases in different ways"),
        ("generated", "they are of different cases"),
        ("whole", "they hold the same cases on the same Python"),
    ] {
        let output = run(&folder, &["report", "one", other]);
        assert_eq!(stderr(&output), format!("refdrift: {other}: does not belong together with one: {why}\n"));
        assert_eq!(code(&output), 2);
    }
    let output = run(&folder, &["compare", "whole", "generated"]);
    assert!(stderr(&output).contains("the cases of one are from files, those of the other are generated"), "{}", stderr(&output));
    assert_eq!(code(&output), 2);
    let output = run(&folder, &["compare", "whole", "python"]);
    assert!(stderr(&output).contains("whole: holds no case that the newer record holds"), "{}", stderr(&output));
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
}

#[test]
fn compare_fails_only_where_something_got_worse() {
    let good = plain(&[("suite/one", "agreed"), ("suite/two", "agreed"), ("suite/three", "unsupported")]);
    let folder = Folder::with(&[("found", plain(&FOUND).as_str()), ("good", &good)]);
    let output = run(&folder, &["compare", "good", "found"]);
    assert!(stdout(&output).starts_with("newly diverging\n  suite/two on 3.12\n"), "{}", stdout(&output));
    assert_eq!(code(&output), 1);
    let output = run(&folder, &["compare", "found", "good", "--markdown"]);
    assert!(
        stdout(&output).starts_with("### refdrift: nothing got worse\n\n1 fixed, 1 agrees without a change\n"),
        "{}",
        stdout(&output)
    );
    assert_eq!(code(&output), 0);
    assert_eq!(code(&run(&folder, &["compare", "found", "found"])), 0);
    let output = run(&folder, &["report", "found", "--against", "good", "--html", "out"]);
    assert_eq!(code(&output), 0);
    assert!(fs::read_to_string(folder.file("out/finding-1.html")).unwrap().contains("chip new"));
}

#[test]
fn what_cannot_be_written_is_told_and_nothing_is_half_written() {
    let folder = Folder::with(&[("r.jsonl", &plain(&FOUND)), ("sealed/old.txt", "")]);
    for (option, target) in
        [("--html", "nowhere/out"), ("--junit", "nowhere/j.xml"), ("--sarif", "sealed"), ("--markdown", "r.jsonl/m")]
    {
        let output = run(&folder, &["report", "r.jsonl", option, target]);
        let error = stderr(&output);
        assert!(error.starts_with(&format!("refdrift: {target}: cannot be written: ")) && error.lines().count() == 1, "{error}");
        assert_eq!(code(&output), 2);
    }
    // Root may write wherever it likes.
    fs::set_permissions(folder.file("sealed"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.file("sealed/probe"), "").is_err() {
        let output = run(&folder, &["report", "r.jsonl", "--html", "sealed/out"]);
        assert_eq!(code(&output), 2, "{}", stderr(&output));
    } else {
        fs::remove_file(folder.file("sealed/probe")).unwrap();
    }
    fs::set_permissions(folder.file("sealed"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(
        (names(folder.path()), names(&folder.file("sealed"))),
        (vec!["r.jsonl".to_owned(), "sealed".to_owned()], vec!["old.txt".to_owned()])
    );
}

/// With a fault put into the VM: a reference that one instruction takes and does not count.
#[cfg(feature = "faults")]
#[test]
fn the_page_of_a_planted_fault_names_the_owner() {
    let folder = Folder::with(&[("orders.py", "shared = []\norders = [shared, 1]\n")]);
    let mut command = refdrift();
    command.env("REFDRIFT_FAULT", "eval/names.rs::global retain 1 left-out").args(["check", "orders.py", "--record", "r.jsonl"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("LOAD_NAME shared"), "the excerpt marks it: {}", stdout(&output));
    assert_eq!(code(&run(&folder, &["report", "r.jsonl", "--html", "out"])), 0);
    let page = fs::read_to_string(folder.file("out/finding-1.html")).unwrap();
    assert!(page.contains("stack slot 0 of &#60;module&#62; took it without counting</p>"), "{page}");
    assert_eq!(page.matches("<li>global shared").count(), 2, "both engines know it: {page}");
    for part in ["<mark>shared</mark>", "they part here", "<svg class=\"chart\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
}
