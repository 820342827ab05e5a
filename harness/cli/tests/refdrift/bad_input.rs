//! Bad input: one line that points at it, and exit code 2.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// Runs `check` on one file and returns what it says of it, and the code.
fn check(name: &str, bytes: &[u8]) -> (String, i32) {
    let folder = Folder::with_bytes(&[(name, bytes)]);
    let output = folder.run(&["check", name]);
    let all = stdout(&output) + &stderr(&output);
    let lines: Vec<_> = all.lines().filter(|line| line.contains(&format!("{name}:")) || line.contains("refdrift: ")).collect();
    assert_eq!(lines.len(), 1, "one line about it in:\n{all}");
    (lines[0].trim().to_owned(), code(&output))
}

#[test]
fn a_syntax_error() {
    let (line, code) = check("syntax.py", b"a = 1\nb = (\n");
    assert!(line.starts_with("syntax.py:2: CPython refuses the source: SyntaxError: '(' was never closed"), "{line}");
    assert_eq!(code, 2);
}

#[test]
fn a_source_that_is_not_utf_8() {
    let (line, code) = check("latin.py", b"a = 1\nb = '\xff'\n");
    assert!(line.starts_with("latin.py:2: CPython refuses the source: SyntaxError: ") && line.contains("0xff"), "{line}");
    assert_eq!(code, 2);
}

#[test]
fn a_null_byte() {
    let (line, code) = check("null.py", b"a = 1\nb = '\0'\n");
    assert!(line.starts_with("null.py:") && line.contains("null bytes"), "{line}");
    assert_eq!(code, 2);
}

#[test]
fn an_empty_file() {
    let (line, code) = check("empty.py", b"");
    assert!(line.starts_with("refdrift: empty.py:1: "), "{line}");
    assert_eq!(code, 2);
}

#[test]
fn a_syntax_error_in_a_case_file_is_told_with_the_file_s_line() {
    let yaml = "cases:\n  - name: broken\n    source: |\n      a = 1\n      b = (\n";
    let folder = Folder::with(&[("suite.yaml", yaml)]);
    let output = folder.run(&["check", "suite.yaml"]);
    assert!(stdout(&output).contains("suite.yaml:5: CPython refuses the source"), "{}", stdout(&output));
    assert_eq!(code(&output), 2);
}

#[test]
fn an_unknown_key_in_a_case_file() {
    let folder = Folder::with(&[("suite.yaml", "cases:\n  - name: a\n    sauce: |\n      a = 1\n")]);
    let output = folder.run(&["check", "suite.yaml"]);
    assert!(stderr(&output).starts_with("refdrift: suite.yaml:3: "), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
    assert_eq!(code(&output), 2);
}

#[test]
fn a_missing_file_and_a_folder_without_a_case() {
    let folder = Folder::with(&[("empty/notes.txt", "nothing\n")]);
    for path in ["nowhere.py", "empty"] {
        let output = folder.run(&["check", path]);
        let error = stderr(&output);
        assert!(error.starts_with(&format!("refdrift: {path}: ")) && error.lines().count() == 1, "{error}");
        assert_eq!(code(&output), 2);
    }
}

#[test]
fn pythons_that_are_none() {
    let folder = Folder::with(&[("a.py", "a = 1\n"), ("broken", "#!/bin/sh\necho no good >&2\nexit 3\n")]);
    std::fs::set_permissions(folder.file("broken"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for (spec, words) in [
        ("3.1", "no Python 3.1 found"),
        ("3.12.99", "no Python 3.12.99 found"),
        ("snake", "`snake` is no Python version"),
        ("./nowhere/python3", "./nowhere/python3 cannot be run"),
        ("./broken", "./broken is no working Python: exit status: 3, `no good`"),
        ("/bin/echo", "/bin/echo is no working Python"),
    ] {
        let output = folder.run(&["check", "a.py", "--python", spec]);
        let error = stderr(&output);
        assert!(error.starts_with(&format!("refdrift: {words}")) && error.lines().count() == 1, "{spec}: {error}");
        assert_eq!(code(&output), 2, "{spec}");
    }
}

#[test]
fn usage() {
    let help = bare().output().unwrap();
    assert_eq!(code(&help), 0);
    assert!(stdout(&help).contains("Exit codes:"), "without a command help is printed");
    for arguments in [&["chek"][..], &["check", "--jobs", "none"], &["check", "--python"], &["explain"]] {
        assert_eq!(code(&bare().args(arguments).output().unwrap()), 2, "{arguments:?}");
    }
    assert_eq!(code(&bare().arg("--help").output().unwrap()), 0);
}
