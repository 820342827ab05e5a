//! Files on disk, read as a person would have them read.

mod history;
mod native;

use std::fs;
use std::path::{Path, PathBuf};

use refdrift_compare::{DivergenceKind, Verdict, VerdictKind};
use refdrift_trace::{IMMORTAL, PyVersion};

use crate::{Case, CaseError, FreeAt, VersionSelection, load};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn load_one(text: &str) -> Result<Vec<Case>, Vec<String>> {
    let folder = folder(&[("suite.yaml", text)]);
    let prefix = format!("{}/", folder.path().display());
    let words = |errors: Vec<CaseError>| errors.iter().map(|error| error.to_string().replace(&prefix, "")).collect();
    load(&[folder.path().join("suite.yaml")], Path::new("none")).map_err(words)
}

const GOOD: &str = r#"why: for the reader
cases:
  - name: tuple
    why: >-
      BUILD_TUPLE counts
      nothing
    python: ">=3.12"
    source: |
      a = []
      foo = (a, a)
    expect:
      counts:
        - {line: 2, name: a, count: 1}
        - line: 2
          before: BUILD_TUPLE
          name: <top>
          count: immortal
      frees:
        - foo
        - {name: a, at: teardown}

  - name: broken
    python: [3.11, "3.12"]
    source: "x = 1\n"
    expect: {divergence: {kind: early_free, instruction: POP_TOP, type: list, line: 1}}
"#;

#[test]
fn reads_all_there_is() {
    let cases = load_one(GOOD).expect("cases");
    let [tuple, broken] = cases.as_slice() else { panic!("{cases:?}") };
    assert_eq!(tuple.id(), "suite/tuple");
    assert_eq!(tuple.why.as_deref(), Some("BUILD_TUPLE counts nothing"));
    assert_eq!(tuple.source, b"a = []\nfoo = (a, a)\n");
    assert_eq!((tuple.line, tuple.source_line, tuple.expect.line), (3, 9, 13));
    assert_eq!(tuple.pythons, VersionSelection::From(PyVersion::new(3, 12, 0)));
    let counts = tuple.expect.counts.iter().map(|count| (count.at, count.before.as_deref(), count.count, count.line));
    assert_eq!(counts.collect::<Vec<_>>(), [(2, None, 1, 13), (2, Some("BUILD_TUPLE"), IMMORTAL, 14)]);
    let frees = tuple.expect.frees.iter().map(|free| (free.name.as_str(), free.at, free.line));
    assert_eq!(frees.collect::<Vec<_>>(), [("foo", None, 19), ("a", Some(FreeAt::Teardown), 20)]);

    assert_eq!((broken.line, broken.source_line), (22, 24));
    assert!(broken.is_for(PyVersion::new(3, 11, 7)) && !broken.is_for(PyVersion::new(3, 13, 0)));
    assert_eq!(broken.expect.verdict, Some(VerdictKind::Diverged));
    let divergence = broken.expect.divergence.as_ref().expect("a divergence");
    assert_eq!((divergence.kind, divergence.line), (DivergenceKind::EarlyFree, Some(1)));
    assert_eq!((divergence.instruction.as_deref(), divergence.type_name.as_deref()), (Some("POP_TOP"), Some("list")));
}

#[test]
fn errors_point_at_their_line() {
    let case = |rest: &str| format!("cases:\n  - name: a\n    source: |\n      x = 1\n{rest}");
    let table: &[(String, &str)] = &[
        ("cases:\n  - name: a\n    sorce: x\n".to_owned(), "suite.yaml:3: cases[0]: unknown field `sorce`"),
        ("cases:\n  - name: a\n".to_owned(), "suite.yaml:2: cases[0]: missing field `source`"),
        ("other: 1\n".to_owned(), "suite.yaml:1: unknown field `other`"),
        ("cases: []\n".to_owned(), "suite.yaml:1: the list of cases is empty"),
        (String::new(), "suite.yaml:1: "),
        ("cases:\n  - name: a\n    source: |\n  x\n y: [\n".to_owned(), "suite.yaml:5: could not find expected ':'"),
        ("cases:\n  - name: a\n    source: '  '\n".to_owned(), "suite.yaml:3: the source of case `a` is empty"),
        ("cases:\n  - name: a/b\n    source: x\n".to_owned(), "suite.yaml:2: \"a/b\" cannot be the name of a case"),
        ("suite: ''\ncases:\n  - name: a\n    source: x\n".to_owned(), "suite.yaml:1: \"\" cannot be the name of a suite"),
        (case("\n  - source: y\n    name: a\n"), "suite.yaml:7: there is already a case suite/a at suite.yaml:2"),
        (case("    source: y\n"), "suite.yaml:5: the key `source` stands twice"),
        (case("    python: 3.1\n"), "suite.yaml:5: cases[0].python: `3.1` is no version"),
        (case("    python: 3.12.1\n"), "suite.yaml:5: cases[0].python: `3.12.1` is too precise"),
        (case("    python: []\n"), "suite.yaml:5: cases[0].python: the list of versions is empty"),
        (case("    python: ['>=3.12']\n"), "suite.yaml:5: cases[0].python: a list holds versions only"),
        (case("    expect: {verdict: agred}\n"), "suite.yaml:5: cases[0].expect.verdict: unknown variant `agred`"),
        (case("    expect:\n      verdict: diverged\n"), "suite.yaml:6: a case that expects to diverge must say"),
        (case("    expect: {verdict: agreed, divergence: {kind: outcome}}\n"), "suite.yaml:5: a `divergence` goes with"),
        (
            case("    expect:\n      counts:\n        - name: x\n          line: 2\n          count: 1\n"),
            "suite.yaml:7: the source has no line 2",
        ),
        (case("    expect:\n      frees:\n        - {name: x, at: 0}\n"), "suite.yaml:7: the source has no line 0"),
        (
            case("    expect:\n      frees:\n        - {name: x, at: soon}\n"),
            "suite.yaml:7: cases[0].expect.frees[0].at: invalid value",
        ),
        (
            case("    expect:\n      frees:\n        - x\n        - name: x\n          name: y\n"),
            "suite.yaml:9: the key `name` stands twice",
        ),
        (case("    expect:\n      frees:\n        - {nam: x}\n"), "suite.yaml:7: cases[0].expect.frees[0]: unknown field `nam`"),
    ];
    for (text, expected) in table {
        let errors = load_one(text).expect_err(text);
        assert!(errors[0].starts_with(expected), "{expected}\n{}\n{text}", errors[0]);
        assert!(!errors[0].contains('\n'), "{}", errors[0]);
    }
}

#[test]
fn bytes_that_are_no_text() {
    let folder = folder(&[]);
    let path = folder.path().join("bad.yaml");
    fs::write(&path, b"cases:\n  - name: \xff\n").expect("a file");
    let errors = load(&[path], Path::new("none")).expect_err("not UTF-8");
    assert!(errors[0].to_string().ends_with("bad.yaml:2: the file is not UTF-8"), "{}", errors[0]);
    // In a Python file they are CPython's business.
    let path = folder.path().join("bad.py");
    fs::write(&path, b"x = '\xff'\n").expect("a file");
    assert_eq!(load(&[path], Path::new("none")).map(|cases| cases[0].source.len()), Ok(8));
}

#[test]
fn folders_and_selections() {
    let yaml = "cases:\n  - {name: one, source: x}\n  - {name: two, source: y}\n";
    let folder = folder(&[
        ("b.yaml", yaml),
        ("a/deep.py", "z = 1\n"),
        ("a/c.yml", yaml),
        ("notes.txt", "no case"),
        (".hidden/x.py", "x"),
        ("empty/readme.md", ""),
    ]);
    let root = folder.path();
    let ids = |paths: &[PathBuf]| load(paths, root).map(|cases| cases.iter().map(Case::id).collect::<Vec<_>>());
    let all = ["c/one", "c/two", "a/deep", "b/one", "b/two"].map(str::to_owned).to_vec();
    assert_eq!(ids(&[]), Ok(all.clone()));
    assert_eq!(ids(&[root.join("a/deep.py"), root.to_owned()]).map(|ids| ids.len()), Ok(all.len()));
    assert_eq!(ids(&[root.join("b.yaml::two")]), Ok(vec!["b/two".to_owned()]));
    assert_eq!(ids(&[root.join("b.yaml::two"), root.join("b.yaml::b/one")]), Ok(vec!["b/two".to_owned(), "b/one".to_owned()]));
    assert_eq!(ids(&[root.join("::one")]), Ok(vec!["c/one".to_owned(), "b/one".to_owned()]));

    let error = |path: PathBuf| load(&[path], root).expect_err("an error").remove(0);
    assert_eq!(error(root.join("b.yaml::three")), CaseError::NoSuchCase { path: root.join("b.yaml"), name: "three".to_owned() });
    assert_eq!(error(root.join("empty")), CaseError::NoCase { path: root.join("empty") });
    assert_eq!(error(root.join("notes.txt")), CaseError::NoCase { path: root.join("notes.txt") });
    assert!(error(root.join("missing")).to_string().ends_with("missing: cannot be read: there is no such file or folder"));
}

#[test]
fn python_files() {
    let folder = folder(&[("suite/x.py", "x = 1\n"), ("suite/empty.py", "\n")]);
    let case = &load(&[folder.path().join("suite/x.py")], Path::new("none")).expect("a case")[0];
    assert_eq!((case.id().as_str(), case.line, case.source_line), ("suite/x", 1, 1));
    let errors = load(&[folder.path().join("suite/empty.py")], Path::new("none")).expect_err("empty");
    assert!(errors[0].to_string().ends_with("empty.py:1: the source is empty"));
    assert_eq!(Case::python(Path::new("-"), b"x".to_vec()).map(|case| case.name), Ok("-".to_owned()));
}

#[test]
fn a_folder_of_packages() {
    let files = [
        ("one/lib/a.py", "x = 1\n"),
        ("one/lib/__init__.py", ""),
        ("two/lib/a.py", "x = 2\n"),
        ("two/lib/b.py", "x = 3\n"),
        ("two/a.py", "x = 4\n"),
    ];
    let folder = folder(&files);
    let ids = |path: &Path| load(&[path.to_owned()], Path::new("none")).map(|cases| cases.iter().map(Case::id).collect::<Vec<_>>());
    assert_eq!(ids(folder.path()), Ok(["one/lib/a", "two/a", "two/lib/a", "lib/b"].map(str::to_owned).to_vec()));
    assert_eq!(ids(&folder.path().join("two")), Ok(["two/a", "lib/a", "lib/b"].map(str::to_owned).to_vec()));
}

#[test]
fn the_bundled_cases_can_be_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let cases = load(&[], &root).unwrap_or_else(|errors| panic!("{}", errors[0]));
    assert!(cases.iter().all(|case| case.why.is_some()), "every bundled case says what it is for");
}

#[test]
fn judges_verdicts() {
    let cases = load_one(GOOD).expect("cases");
    let unsupported = Verdict::Unsupported { what: "instruction SEND".to_owned(), line: None };
    assert_eq!(cases[0].judge(&Verdict::Agreed), Ok(()));
    let failure = cases[0].judge(&unsupported).expect_err("a failure").to_string();
    assert!(failure.ends_with("suite.yaml:13: expected the verdict agreed, not unsupported"), "{failure}");
    let failure = cases[1].judge(&Verdict::Agreed).expect_err("a failure").to_string();
    assert!(failure.ends_with("suite.yaml:25: expected the verdict diverged, not agreed"), "{failure}");
}
