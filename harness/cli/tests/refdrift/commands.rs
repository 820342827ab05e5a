//! What the commands print.

use std::io::Write;
use std::process::Stdio;

use super::*;

/// The article's two lines, with something to hold.
const ARTICLE: &str = "a = []\nb = []\nfoo = (a, b)\n(a, b)\n";

#[test]
fn a_record_has_a_line_for_each_case_and_ends_with_its_summary() {
    let folder = Folder::with(&[("suite/one.py", ARTICLE), ("suite/two.py", "a = [[]]\nb = a[0]\ndel a\n")]);
    let output = folder.run(&["check", "suite", "--format", "json"]);
    let (lines, summary) = record(&output);
    assert_eq!(lines.iter().map(|line| line["case"].as_str().unwrap()).collect::<Vec<_>>(), ["suite/one", "suite/two"]);
    for line in &lines {
        assert_eq!(line["verdict"], "agreed", "{line}");
        assert!(line["python"].as_str().unwrap().starts_with("3."));
        assert_eq!((&line["divergences"], &line["source"]), (&Value::Null, &Value::Null), "an agreed run is a short line");
    }
    let keys = ["cases", "agreed", "expected", "diverged", "unsupported", "incomparable", "failed"];
    assert_eq!(summary.as_object().unwrap().keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), keys.into());
    assert_eq!(code(&output), 0);
}

#[test]
fn the_table_fits_and_has_no_colours_where_nobody_looks() {
    let folder = Folder::with(&[("suite/one.py", ARTICLE)]);
    let output = folder.run(&["check", "suite"]);
    let table = stdout(&output);
    assert!(table.contains("suite") && table.contains("1 run: 1 agreed"), "{table}");
    assert!(!table.contains('\u{1b}') && table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert_eq!(code(&output), 0);
}

#[test]
fn coverage_tells_what_ran_and_what_is_missing() {
    let folder = Folder::with(&[("one.py", "try:\n    [] + 1\nexcept TypeError:\n    pass\n")]);
    let output = folder.run(&["coverage", "one.py", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let line: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((line["format"].as_u64(), line["cases"].as_u64(), line["agreed"].as_u64()), (Some(1), Some(1), Some(1)));
    let missing = |part: &str, name: &str| line[part]["missing"].as_array().unwrap().iter().any(|missing| missing == name);
    assert!(!missing("instructions", "BINARY_OP") && !missing("error_paths", "BINARY_OP"), "{line}");
    assert!(!missing("instructions", "RESUME"), "what runs before the first boundary has run: {line}");
    assert!(missing("instructions", "UNPACK_EX") && missing("error_paths", "CHECK_EXC_MATCH"), "{line}");
    for part in ["instructions", "error_paths", "types", "modules"] {
        let (have, of) = (line[part]["have"].as_u64().unwrap(), line[part]["of"].as_u64().unwrap());
        assert!(0 < have && have <= of, "{part}: {line}");
    }
    let table = stdout(&folder.run(&["coverage", "one.py"]));
    assert!(table.starts_with("python") && table.contains("instructions that have not run"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
}

#[test]
fn coverage_can_be_asked_for() {
    let folder =
        Folder::with(&[("one.py", "a = 1\n"), ("none.yaml", "cases:\n  - name: old\n    python: <=3.10\n    source: a = 1\n")]);
    assert_eq!(code(&folder.run(&["coverage", "one.py", "--min", "0"])), 0);
    assert_eq!(code(&folder.run(&["coverage", "one.py", "--min", "99"])), 1);
    assert_eq!(code(&folder.run(&["coverage", "one.py", "--min", "much"])), 2);
    assert_eq!(code(&folder.run(&["coverage", "none.yaml"])), 4);
    let generated = folder.run(&["coverage", "--generated", "1:5:errors", "--format", "json"]);
    assert!(stdout(&generated).contains("\"cases\":5"), "{}", stderr(&generated));
    assert_eq!(code(&folder.run(&["coverage", "--generated", "1:5:nonsense"])), 2);
}

#[test]
fn the_order_of_a_record_does_not_depend_on_the_number_of_jobs() {
    let folder = Folder::with(&[]);
    for index in 0..40 {
        fs::write(folder.file(&format!("c{index:02}.py")), format!("a = []\nfor i in range({}): a.append(i)\n", index % 7 * 50))
            .unwrap();
    }
    let cases = |jobs: &str| {
        let (lines, _) = record(&folder.run(&["check", ".", "--format", "json", "--jobs", jobs]));
        lines.iter().map(|line| line["case"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(cases("1"), cases("4"));
}

#[test]
fn a_case_that_is_for_no_such_python_does_not_run() {
    let folder = Folder::with(&[("suite.yaml", "cases:\n  - name: old\n    python: <=3.10\n    source: a = 1\n")]);
    let output = folder.run(&["check", "suite.yaml"]);
    assert_eq!(stdout(&output), "0 runs: nothing ran\n");
    assert_eq!(code(&output), 4);
}

#[test]
fn what_a_case_states_must_hold() {
    let yaml = "cases:\n  - name: wrong\n    source: |\n      a = []\n      b = a\n    expect:\n      counts:\n        - {line: 2, name: a, count: 7}\n";
    let folder = Folder::with(&[("suite.yaml", yaml)]);
    let output = folder.run(&["check", "suite.yaml"]);
    let text = stdout(&output);
    assert!(text.contains("suite.yaml:8: "), "{text}");
    assert_eq!(code(&output), 1);
}

#[test]
fn explain_reads_like_the_article() {
    let folder = Folder::with(&[("article.py", ARTICLE)]);
    let output = folder.run(&["explain", "article.py"]);
    let text = stdout(&output);
    assert_eq!(code(&output), 0, "{text}");
    let part = |from: &str| {
        let start = text.find(from).unwrap_or_else(|| panic!("no {from} in\n{text}"));
        let rest = &text[start + from.len()..];
        let next = |line: &&str| line.trim_start().split(' ').next().is_some_and(|word| word.parse::<u32>().is_ok());
        rest.lines()
            .skip(1)
            .take_while(|line| !next(line))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    // BUILD_TUPLE counts nothing for a and b, STORE_NAME nothing for the tuple, POP_TOP frees it.
    let build = part("BUILD_TUPLE 2");
    for row in ["list #0 (a) 2 | 2", "list #1 (b) 2 | 2", "tuple #2 (foo) new, 1 | new, 1"] {
        assert!(build.iter().any(|line| line == row), "{row} in {build:?}");
    }
    assert!(part("STORE_NAME foo").iter().any(|line| line == "tuple #2 (foo) 1 | 1"), "{text}");
    let pop = part("POP_TOP");
    for row in ["tuple #3 1 → freed | 1 → freed", "list #0 (a) 3 → 2 | 3 → 2"] {
        assert!(pop.iter().any(|line| line == row), "{row} in {pop:?}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn explain_takes_standard_input_and_one_case_of_a_file() {
    let mut child = refdrift().args(["explain", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a = ()\nb = [a]\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(stdout(&output).contains("b = [a]"), "{}", stdout(&output));

    let yaml = "cases:\n  - {name: one, source: a = 1}\n  - {name: two, source: b = 2}\n";
    let folder = Folder::with(&[("suite.yaml", yaml)]);
    let output = folder.run(&["explain", "suite.yaml"]);
    assert!(stderr(&output).contains("name one, suite.yaml::NAME, of: one, two"), "{}", stderr(&output));
    assert_eq!(code(&output), 2);
    let output = folder.run(&["explain", "suite.yaml::two"]);
    assert!(stdout(&output).contains("STORE_NAME b"), "{}", stdout(&output));
}

#[test]
fn pythons_lists_the_default_one_as_ready() {
    let output = refdrift().args(["pythons", "--format", "json"]).output().unwrap();
    let rows: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let default: Vec<_> = rows.iter().filter(|row| row["default"] == true).collect();
    assert_eq!(default.len(), 1, "{rows:?}");
    assert_eq!(default[0]["observer"], "ready");
    assert_eq!(code(&output), 0);
    let text = stdout(&refdrift().arg("pythons").output().unwrap());
    assert!(text.contains("(default)") && text.contains("looked for in: python3 and python3.N on PATH"), "{text}");
}

#[test]
fn plain_is_a_line_with_tabs_for_each_run_that_did_not_agree() {
    let folder = Folder::with(&[("suite/fine.py", "a = []\n"), ("suite/refused.py", "a = []\nb = (\n")]);
    let output = folder.run(&["check", "suite", "--format", "plain"]);
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    let fields: Vec<&str> = lines[0].split('\t').collect();
    assert_eq!(fields.len(), 9, "{text}");
    assert_eq!((fields[0], fields[1], fields[8]), ("failed", "suite/refused", "suite/refused.py:2"), "{text}");
    assert!(lines[1].starts_with("2 runs: 1 agreed, 1 failed"), "{text}");
    assert_eq!(code(&output), 2);
}
