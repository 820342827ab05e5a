//! `refdrift shrink`

use super::*;

/// Twenty lines, one of which asks for what the VM does not have.
const UNSUPPORTED: &str = "\
import sys

class A:
    def f(self, x):
        try:
            for i in range(3):
                yield i, x
        finally:
            print('done')

def go(n):
    a = A()
    out = list(a.f(n))
    if n > 1:
        import ctypes  # it is here
        out.append(ctypes.c_int(5))
    return out

print(go(1))
print(go(2))
";

/// CPython dies of it.
const CRASH: &str =
    "import ctypes\ndef g(x):\n    try:\n        return x + 1\n    finally:\n        ctypes.string_at(0)\nprint(g(2))\n";

#[test]
fn what_is_left_shows_the_same_finding() {
    let folder = Folder::with(&[("long.py", UNSUPPORTED)]);
    let output = folder.run(&["shrink", "long.py"]);
    assert_eq!((stdout(&output).as_str(), code(&output)), ("import ctypes\n", 0), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(told.starts_with("refdrift: from 20 to 1 lines in ") && told.lines().count() == 1, "{told}");
    assert!(told.contains(" tries: unsupported: ") && told.contains("ctypes"), "{told}");
    assert_eq!(fs::read_to_string(folder.file("long.py")).unwrap(), UNSUPPORTED, "the file stays as it is");
}

#[test]
fn a_crash_of_cpython_becomes_small_and_is_written_where_it_is_wanted() {
    let folder = Folder::with(&[(
        "crash.yaml",
        &format!("cases:\n  - name: one\n    source: |\n      a = 1\n  - name: two\n    source: |\n{}", indented(CRASH)),
    )]);
    let output = folder.run(&["shrink", "crash.yaml::two", "--out", "small.py", "--jobs", "1"]);
    assert_eq!((stdout(&output).as_str(), code(&output)), ("", 0), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.file("small.py")).unwrap(), "import ctypes\nctypes.string_at(0)\n");
    assert!(stderr(&output).contains("to 2 lines") && stderr(&output).contains(": crash"), "{}", stderr(&output));
}

fn indented(source: &str) -> String {
    source.lines().flat_map(|line| ["      ", line, "\n"]).collect()
}

#[test]
fn a_finding_that_does_not_come_back_is_flaky() {
    // It crashes where there is a file, and takes the file away.
    let source = "import os\nif os.path.exists('once'):\n    os.remove('once')\n    import ctypes\n    ctypes.string_at(0)\n";
    let folder = Folder::with(&[("once.py", source), ("once", "")]);
    let output = folder.run(&["shrink", "once.py", "--out", "small.py"]);
    let told = stderr(&output);
    assert!(told.starts_with("refdrift: once.py: flaky: `crash, Python 3.") && told.lines().count() == 1, "{told}");
    assert!(told.contains("it is kept whole"), "{told}");
    assert_eq!((stdout(&output).as_str(), code(&output)), ("", 1));
    assert!(!folder.file("small.py").exists());
}

#[test]
fn there_may_be_nothing_to_shrink() {
    let folder = Folder::with(&[("fine.py", "a = [1]\n")]);
    let output = folder.run(&["shrink", "fine.py"]);
    assert_eq!(stderr(&output), "refdrift: the engines agree: there is nothing to shrink\n");
    assert_eq!((stdout(&output).as_str(), code(&output)), ("", 4));
}

#[test]
fn a_budget_ends_the_search() {
    let folder = Folder::with(&[("long.py", UNSUPPORTED)]);
    let output = folder.run(&["shrink", "long.py", "--budget", "0.001s"]);
    assert_eq!((stdout(&output).as_str(), code(&output)), (UNSUPPORTED, 0));
    assert!(stderr(&output).contains("the time was up (--budget)"), "{}", stderr(&output));
}

#[test]
fn what_cannot_be_shrunk_is_told_in_one_line() {
    let latin = b"# coding: latin-1\nimport ctypes\na = '\xe9'\n";
    let two = b"cases:\n  - name: a\n    source: a = 1\n  - name: b\n    source: a = 2\n";
    let folder = Folder::with_bytes(&[
        ("syntax.py", b"a = 1\nb = (\n"),
        ("latin.py", latin),
        ("two.yaml", two),
        ("long.py", UNSUPPORTED.as_bytes()),
    ]);
    for (arguments, words) in [
        (&["syntax.py"][..], "syntax.py:2: CPython refuses the source: SyntaxError: '(' was never closed"),
        (&["latin.py"], "latin.py: the source is not UTF-8"),
        (&["two.yaml"], "two.yaml: there are several cases; name one, two.yaml::NAME, of: a, b"),
        (&["none.py"], "none.py: "),
        (&["long.py", "--out", "none/small.py"], "none/small.py: cannot be written: "),
    ] {
        let output = folder.run(&[&["shrink"], arguments].concat());
        let told = stderr(&output);
        assert!(told.starts_with(&format!("refdrift: {words}")) && told.lines().count() == 1, "{arguments:?}: {told}");
        assert_eq!((stdout(&output).as_str(), code(&output)), ("", 2), "{arguments:?}");
    }
    for arguments in [&["shrink"][..], &["shrink", "long.py", "--budget", "soon"], &["shrink", "long.py", "--jobs", "0"]] {
        assert_eq!(code(&bare().args(arguments).output().unwrap()), 2, "{arguments:?}");
    }
}
