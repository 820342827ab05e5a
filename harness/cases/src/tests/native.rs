//! Native modules and contracts, as a person would write them.

use std::fs;

use super::load_one;
use crate::{Convention, Mode, contracts};

const GOOD: &str = r#"native:
  module: kept
  source: |
    #include <Python.h>
    int x;
  functions:
    first:
      call: one
      parameters: [list]
      result: item 0 of list
      raises:
        - {when: "type(list) is not type([])", error: TypeError, message: 'a "list"'}
    keep: {parameters: [keeps x, borrows y]}
    drop: {parameters: [steals x], result: new tuple of x}
    twice: {call: fast}
  twin: |
    def twice(x):
        return [x, x]
cases:
  - name: a
    source: |
      import kept
  - name: b
    native: {module: other, source: " ", twin: "x = 1"}
    source: |
      import other
"#;

#[test]
fn a_contract_becomes_python() {
    let cases = load_one(GOOD).expect("cases");
    let native = cases[0].native.as_ref().expect("the file's module");
    assert_eq!((native.module.as_str(), native.source_line, native.line), ("kept", 4, 2));
    assert_eq!(native.source, "#include <Python.h>\nint x;\n");
    let first = &native.functions["first"];
    assert_eq!((first.convention, first.mode(0), first.line), (Convention::One, Mode::Borrows, 8));
    assert_eq!(native.functions["keep"].mode(0), Mode::Keeps);
    assert_eq!(native.functions["drop"].mode(0), Mode::Steals);
    assert!(native.functions["twice"].is_default());
    let expected = r#"_kept = []
def _give_back(argument):
    for index in range(len(_kept)):
        if _kept[index] is argument:
            del _kept[index]
            return
    _unsupported()
def drop(x):
    _result = (x,)
    _give_back(x)
    return _result
def first(list):
    if type(list) is not type([]): raise TypeError("a \"list\"")
    _result = list[0]
    return _result
def keep(x, y):
    _result = None
    _kept.append(x)
    return _result
def twice(x):
    return [x, x]
"#;
    assert_eq!(native.twin.text, expected);
    let lines = [1, 8, 12, 16, 19, 20].map(|line| native.twin.line(line));
    assert_eq!(lines, [2, 14, 8, 13, 13, 17]);
    assert_eq!(cases[1].native.as_ref().map(|native| native.module.as_str()), Some("other"));
}

#[test]
fn what_is_wrong_with_a_contract_has_a_line() {
    let native =
        |rest: &str| format!("native:\n  module: m\n  source: |\n    int x;\n{rest}cases:\n  - name: a\n    source: |\n      x\n");
    let function = |contract: &str| native(&format!("  functions:\n    f: {{{contract}}}\n"));
    let table = [
        (native(""), "suite.yaml:2: a native module needs a contract"),
        (native("  twins: x\n"), "suite.yaml:5: native: unknown field `twins`"),
        (native("  file: x.c\n  twin: x\n"), "suite.yaml:5: a native module has a `source` or a `file`, not both"),
        ("native: {module: m, file: no.c, twin: x}\ncases:\n  - {name: a, source: x}\n".to_owned(), "suite.yaml:1: "),
        (
            "native: {module: m.n, source: x, twin: x}\ncases:\n  - {name: a, source: x}\n".to_owned(),
            "suite.yaml:1: `m.n` cannot be",
        ),
        (function("call: two"), "suite.yaml:6: native.functions.f.call: unknown variant `two`"),
        (function("parameters: [takes x]"), "suite.yaml:6: native.functions.f.parameters: `takes x` is no parameter"),
        (function("parameters: [x, x]"), "suite.yaml:6: f() has two parameters `x`"),
        (function("result: borrowed x"), "suite.yaml:6: native.functions.f: `borrowed x` is no result"),
        (function("result: item 0 of x"), "suite.yaml:6: f() has no parameter `x`"),
        (function("raises: [{when: 'x', error: a b, message: y}]"), "suite.yaml:6: `a b` cannot be the name of an exception"),
        (function("raises: [{when: '', error: E, message: y}]"), "suite.yaml:6: f() raises on a condition"),
    ];
    for (text, expected) in table {
        let errors = load_one(&text).expect_err(expected);
        assert!(errors[0].starts_with(expected), "{expected}\n{}", errors[0]);
    }
}

#[test]
fn a_file_of_contracts_has_functions_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("contracts.yaml");
    fs::write(&path, "functions:\n  f: {parameters: [keeps x]}\n").expect("a file");
    assert_eq!(contracts(&path).expect("contracts")["f"].mode(0), Mode::Keeps);
    fs::write(&path, "functions:\n  f: {}\nmodule: m\n").expect("a file");
    let errors = contracts(&path).expect_err("a key too many");
    assert!(errors[0].to_string().ends_with("contracts.yaml:3: unknown field `module`, expected `functions`"), "{}", errors[0]);
}
