//! What is taken away, seen from outside: the predicates are plain texts.

use std::ops::ControlFlow;
use std::time::Duration;

use refdrift_reduce::{Budget, Reduced, reduce};

/// A program of each syntax that there is, to be reduced and reparsed.
const WEIRD: &str = include_str!("weird.py");

/// So that a busy machine makes no test fail.
const ROOMY: Budget = Budget { time: Duration::from_secs(600), tries: 100_000 };

/// Reduces while all the texts are there.
fn keeping(source: &str, texts: &[&str]) -> Reduced {
    let mut keeps = |candidates: &[&str]| {
        ControlFlow::Continue(candidates.iter().position(|candidate| texts.iter().all(|text| candidate.contains(text))))
    };
    reduce(source, &mut keeps, ROOMY)
}

#[track_caller]
fn check(source: &str, texts: &[&str], expected: &str) {
    let reduced = keeping(source, texts);
    assert_eq!(reduced.source, expected);
    assert!(reduced.done);
}

/// Whether the grammar does not understand it all.
fn errors(source: &str) -> usize {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).unwrap();
    usize::from(parser.parse(source, None).unwrap().root_node().has_error())
}

#[test]
fn statements_go() {
    check("a = 1\nb = 2\nneedle\nc = 3\n", &["needle"], "needle\n");
    check("def f():\n    a = 1\n    needle\n    return 2\nf()\n", &["def f():\n    needle"], "def f():\n    needle\n");
    check("def f():\n    a = 1\n    b = 2\nf()\n", &["def f():"], "def f():\n    pass\n");
}

#[test]
fn statements_on_one_line_go() {
    check("a = 1; needle; b = 2\n", &["needle"], "needle\n");
    check("a; needle;\n", &["needle"], "needle\n");
    check("if x: a; needle; b\n", &["if ", "needle"], "if 0: needle\n");
    check("if x: a = 1; b = 2\n", &["if x:"], "if x: pass\n");
}

#[test]
fn what_mentions_a_name_goes_at_once() {
    // Neither half can go alone.
    let source = "x = 1\ny = 2\nneedle\nx = 3\ndel x\n";
    let mut keeps = |candidates: &[&str]| {
        ControlFlow::Continue(candidates.iter().position(|candidate| {
            candidate.contains("needle") && [0, 3].contains(&candidate.matches('x').count()) && candidate.matches('y').count() < 2
        }))
    };
    assert_eq!(reduce(source, &mut keeps, ROOMY).source, "needle\n");
}

#[test]
fn blocks_are_unwrapped() {
    for around in ["if x", "for i in y", "while x", "with a as b", "class C", "def f(x)", "async def f()"] {
        check(&format!("{around}:\n    needle\n    other\n"), &["needle"], "needle\n");
        check(&format!("{around}: needle\n"), &["needle"], "needle\n");
    }
    check("try:\n    a\nexcept E:\n    needle\nelse:\n    b\nfinally:\n    c\n", &["needle"], "needle\n");
    check("match x:\n    case [a, *b] if c:\n        d\n    case _:\n        needle\n", &["needle"], "needle\n");
    check("if a:\n    b\nelif c:\n    needle\nelse:\n    d\n", &["needle"], "needle\n");
    check("@d\n@e(1)\ndef f():\n    return needle\n", &["needle"], "needle\n");
    check("with open(x) as needle:\n    needle.y\n", &["needle = "], "needle = 0\n");
}

#[test]
fn a_text_over_lines_keeps_its_lines_when_it_moves() {
    check("if x:\n    s = '''a\n    b'''\n", &["a\n    b"], "'''a\n    b'''\n");
}

#[test]
fn clauses_and_parts_go() {
    check(
        "try:\n    needle\nexcept E as e:\n    a\nelse:\n    b\nfinally:\n    c\n",
        &["try", "needle", "except"],
        "try:\n    needle\nexcept:\n    pass\n",
    );
    check("@d\ndef f(a: int, *b: str, c=1, **k) -> None:\n    pass\n", &["def f("], "def f():\n    pass\n");
    check("class C(A, B, metaclass=M):\n    x: int = 1\n", &["class C"], "class C:\n    pass\n");
    check("class C[T: int, *Ts](A): pass\n", &["class C"], "class C: pass\n");
    check("f(a, needle, *b, k=1, **d)\n", &["f(", "needle"], "f(needle)\n");
    check("f(k=needle)\n", &["f(", "needle"], "f(needle)\n");
    check("raise E(1) from x\n", &["raise"], "raise\n");
    check("x: int = needle\n", &["x", "needle"], "x = needle\n");
    check("async def f():\n    async for x in y:\n        await needle\n", &["def f", "needle"], "def f():\n    needle\n");
    check("from a import b, needle as c, d\n", &["import", "needle"], "import needle\n");
    check("del a, needle, b\n", &["del", "needle"], "del needle\n");
    check("[a, b, needle, c]\n", &["[", "needle"], "[needle]\n");
    check("{a: 1, needle: 2, **c}\n", &["{", "needle"], "{needle}\n");
    check("[needle for a in b if c for d in e]\n", &["[needle for"], "[needle for d in 0]\n");
    check("x[needle:1:2]\n", &["[", ":", "needle"], "0[needle:]\n");
}

#[test]
fn expressions_become_simple() {
    check("x = f(a)(b + needle * 3)[0]\n", &["needle"], "needle\n");
    check("x = f([1, 2], g(h))\n", &["x = "], "x = 0\n");
    check("needle = [1, [2, 3], 'abc']\n", &["needle = ["], "needle = []\n");
    check("f'{a}{needle!r:>{w}}'\n", &["f'{", "needle"], "f'{needle}'\n");
    check("f'{a}{f\"{needle}\"}'\n", &["needle"], "needle\n");
    check("lambda x, y=2: needle\n", &["needle"], "needle\n");
    check("def f():\n    x = yield needle\n", &["def f", "needle"], "def f():\n    needle\n");
    check("(needle := 5)\n", &["(needle :="], "(needle := 0)\n");
    check("for needle in range(1000): f\n", &["for needle", "range"], "for needle in range: pass\n");
}

#[test]
fn names_and_literals_become_short() {
    check("counter = [1]\nprint(counter)\nneedle\n", &["print(", "needle", " = ["], "a = []\nprint()\nneedle\n");
    check("x = 12345\n", &["x = 1"], "x = 1\n");
    check("x = 'abcdef'\n", &["x = 'a"], "x = 'a'\n");
}

#[test]
fn comments_blank_lines_and_line_ends_go() {
    check("# one\nneedle  # two\n\n\nother\n", &["needle", "other"], "needle\nother\n");
    check("if x:\r\n\tneedle\r\n\tother\r\n", &["if x:", "needle", "other"], "if x:\n    needle\n    other\n");
    check("needle = (\n    1,\n    # why\n    other,\n)\n", &["needle = ", "1", "other"], "needle = (1, other)\n");
    check("needle = \\\n    other\n", &["needle", "other"], "needle = other\n");
    check("\u{feff}needle\n", &["needle"], "needle\n");
    check("def f():\n    \"\"\"Text.\"\"\"\n    needle\n", &["def", "needle"], "def f():\n    needle\n");
    check("needle", &["needle"], "needle");
}

#[test]
fn what_is_no_ascii_is_cut_at_its_characters() {
    check("größe = '\u{1f40d} ä'\nx = größe\n", &["größe"], "größe\n");
    check("x = '\u{1f40d}\u{1f40d}'\n", &["x = '\u{1f40d}"], "x = '\u{1f40d}'\n");
}

#[test]
fn the_result_parses_whatever_must_stay() {
    assert_eq!(errors(WEIRD), 0);
    for line in WEIRD.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut keeps = |candidates: &[&str]| {
            for candidate in candidates {
                assert_eq!(errors(candidate), 0, "{candidate}");
            }
            ControlFlow::Continue(candidates.iter().position(|candidate| candidate.contains(line)))
        };
        let reduced = reduce(WEIRD, &mut keeps, ROOMY);
        assert!(reduced.done && reduced.source.contains(line), "{line}: {}", reduced.source);
        let limit = if line.starts_with(['\'', '"', ')']) { 12 } else { 6 };
        assert!(reduced.source.lines().count() <= limit, "{line}:\n{}", reduced.source);
    }
}

#[test]
fn the_result_does_not_depend_on_how_many_are_tried_at_once() {
    for needle in ["yield", "except", "lambda", "case"] {
        let all = keeping(WEIRD, &[needle]);
        // Looks at one candidate only: what is behind it is as if it had not been handed over.
        let mut tried = 0;
        let mut keeps = |candidates: &[&str]| {
            let first = candidates.iter().position(|candidate| candidate.contains(needle));
            tried += first.map_or(candidates.len(), |first| first + 1);
            ControlFlow::Continue(first)
        };
        let again = reduce(WEIRD, &mut keeps, ROOMY);
        assert_eq!(all, again);
        assert_eq!(tried, again.tried);
    }
}

#[test]
fn a_program_that_does_not_parse_is_reduced_where_it_does() {
    let reduced = keeping("a = 1\nb = )\nneedle\nc = 2\n", &["needle", ")"]);
    assert!(reduced.source.lines().count() <= 2 && reduced.source.contains("needle"), "{}", reduced.source);
}

#[test]
fn nothing_is_kept_of_nothing() {
    let refuse = &mut |_: &[&str]| ControlFlow::Continue(None);
    let whole = reduce(WEIRD, refuse, ROOMY);
    assert_eq!((whole.source.as_str(), whole.kept, whole.done), (WEIRD, 0, true));
    for empty in ["", "\n", "# only\n"] {
        assert_eq!(reduce(empty, refuse, ROOMY).source, empty);
    }
}

#[test]
fn a_budget_is_kept_to() {
    let mut tried = 0;
    let mut keeps = |candidates: &[&str]| {
        tried += candidates.len();
        ControlFlow::Continue(None)
    };
    let reduced = reduce(WEIRD, &mut keeps, Budget { tries: 10, ..Budget::default() });
    assert_eq!((reduced.tried, tried, reduced.done), (10, 10, false));
    let none = reduce(WEIRD, &mut |_: &[&str]| panic!("not to be asked"), Budget { time: Duration::ZERO, ..Budget::default() });
    assert_eq!((none.tried, none.done), (0, false));
    let reduced = reduce("a\nb\nc\n", &mut |_| ControlFlow::Break(()), Budget::default());
    assert_eq!((reduced.source.as_str(), reduced.done), ("a\nb\nc\n", false));
}

#[test]
fn deep_and_long_programs_end() {
    let deep = format!("x = {}needle{}\n", "(".repeat(300), ")".repeat(300));
    check(&deep, &["needle"], "needle\n");
    let sum = vec!["1"; 2000].join(" + ");
    let budget = Budget { tries: 50, ..Budget::default() };
    let mut keeps = |candidates: &[&str]| ControlFlow::Continue(candidates.iter().position(|text| text.contains('+')));
    assert!(reduce(&format!("x = {sum}\n"), &mut keeps, budget).source.len() < 1000);
}
