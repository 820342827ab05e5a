//! `refdrift bless`, and who holds what.

use super::*;

const SUITE: &str = "# a suite\ncases:\n  - name: one   # the first\n    source: |\n      a = []\n      b = (a, a)\n      del b\n    expect:\n      counts:\n        - {line: 2, name: a, count: 7}  # wrong\n        - line: 3\n          count: 3 # right\n          name: a\n      # before the frees\n      frees: [{name: a, at: 1}, {name: b, at: teardown}] # and behind\n";

#[test]
fn bless_writes_what_cpython_says_and_nothing_else() {
    let folder = Folder::with(&[("suite.yaml", SUITE)]);
    let output = folder.run(&["check", "suite.yaml"]);
    assert!(stdout(&output).contains("`refdrift bless suite.yaml` writes what CPython says"), "{}", stdout(&output));
    let output = folder.run(&["bless", "suite.yaml", "--dry-run"]);
    let shown = stdout(&output);
    assert!(shown.contains("- {line: 2, name: a, count: 7}") && shown.contains("- {line: 2, name: a, count: 1}"), "{shown}");
    assert_eq!(fs::read_to_string(folder.file("suite.yaml")).unwrap(), SUITE, "--dry-run changes nothing");
    assert_eq!(code(&folder.run(&["bless", "suite.yaml"])), 0);
    let frees = "frees: [{name: b, at: 3}, {name: a, at: teardown}]";
    let expected = SUITE.replace("count: 7", "count: 1").replace("frees: [{name: a, at: 1}, {name: b, at: teardown}]", frees);
    assert_eq!(fs::read_to_string(folder.file("suite.yaml")).unwrap(), expected);
    assert_eq!(code(&folder.run(&["check", "suite.yaml"])), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn what_cannot_be_blessed_is_told() {
    let yaml =
        "cases:\n  - name: one\n    source: |\n      a = []\n    expect:\n      counts:\n        - {line: 1, name: zz, count: 1}\n";
    let folder = Folder::with(&[("suite.yaml", yaml)]);
    let output = folder.run(&["bless", "suite.yaml"]);
    assert!(stderr(&output).contains("suite.yaml:7: `zz` is bound to nothing before line 1"), "{}", stderr(&output));
    assert_eq!(code(&output), 1);
    assert_eq!(fs::read_to_string(folder.file("suite.yaml")).unwrap(), yaml);
    assert_eq!(code(&folder.run(&["bless", "nowhere.yaml"])), 2);
}

#[test]
fn the_life_of_an_object_names_its_owners() {
    let folder = Folder::with(&[("one.py", "a = []\nb = [a]\ndef f(x): return x\nf(a)\ndel a\n")]);
    let output = folder.run(&["explain", "one.py", "--object", "0"]);
    let text = stdout(&output);
    assert_eq!(code(&output), 0, "{text}{}", stderr(&output));
    for line in ["list #0 (a) in", "+ global a", "+ item 0 of list #1", "+ local x of f", "- local x of f", "- item 0 of list #1"] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    assert!(!text.contains("only in") && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let output = folder.run(&["explain", "one.py", "--object", "999"]);
    assert!(stderr(&output).contains("there is no object #999"), "{}", stderr(&output));
    assert_eq!(code(&output), 2);
}
