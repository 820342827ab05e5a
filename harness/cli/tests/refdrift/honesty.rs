//! `refdrift honesty`: what is the same is told as such, and what can't be is found.

use super::*;

/// Says how often it has run.
const RUNS: (&str, &str) = ("runs.py", "f = open('runs', 'a')\nf.write('x')\nf.close()\nprint('run', len(open('runs').read()))\n");
/// Lets go in an order, some of it in the teardown and by the collector, and dies of an exception.
const FINALISERS: (&str, &str) = (
    "finalisers.py",
    "import weakref\nclass C:\n    def __init__(self, name):\n        self.name = name\n    def __del__(self):\n        print('bye', self.name)\n\
     a, b, c = C('a'), C('b'), C('c')\nw = weakref.ref(b, lambda w: print('callback'))\nb.itself = b\ndel b\nC('now')\n\
     print(object())\nd = {'x': C('in d'), 'y': C('too')}\n1 / 0\n",
);

#[test]
fn what_is_the_same_is_the_same() {
    let folder = Folder::with(&[FINALISERS, ("exits.py", "import os\nos._exit(3)\n")]);
    for measure in ["self", "plain"] {
        let output = folder.run(&["honesty", measure, "finalisers.py", "exits.py"]);
        assert!(stdout(&output).contains(": 2 same, 0 differ, 0 depend on addresses, 0 left out, 0 failed"), "{}", stdout(&output));
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let output = folder.run(&["honesty", measure, "--cases", "20", "--seed", "5", "--profile", "all", "--format", "json"]);
        let last: Value = serde_json::from_str(stdout(&output).lines().last().unwrap()).unwrap();
        assert_eq!((code(&output), &last["differ"], &last["failed"]), (0, &Value::from(0), &Value::from(0)), "{}", stdout(&output));
        assert!(last["same"].as_u64() > Some(10), "{last}");
    }
}

#[test]
fn what_differs_is_found() {
    let folder = Folder::with(&[RUNS]);
    for measure in ["self", "plain"] {
        let output = folder.run(&["honesty", measure, "runs.py"]);
        assert!(stdout(&output).contains("runs on Python 3.") && stdout(&output).contains(" differs: "), "{}", stdout(&output));
        assert!(stdout(&output).contains(": 0 same, 1 differ"), "{}", stdout(&output));
        assert_eq!(code(&output), 1);
    }
}

#[test]
fn what_depends_on_addresses_and_what_cannot_run_are_counted_apart() {
    let folder =
        Folder::with(&[("address.py", "print(id([]))\n"), ("endless.py", "while True:\n    pass\n"), ("refused.py", "1 = 2\n")]);
    for (measure, words) in [
        ("self", ": 1 same, 0 differ, 1 depend on addresses, 1 left out, 0 failed"),
        ("plain", ": 0 same, 0 differ, 1 depend on addresses, 2 left out, 0 failed"),
    ] {
        let output = folder.run(&["honesty", measure, "--step-limit", "1000", "address.py", "endless.py", "refused.py"]);
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
    }
    assert_eq!(code(&folder.run(&["honesty", "plain", "refused.py"])), 4);
    assert_eq!(code(&folder.run(&["honesty", "plain", "nowhere.py"])), 2);
    assert_eq!(code(&folder.run(&["honesty", "itself"])), 2);
}

/// Reads memory that it has given back: nothing shows of it, but to valgrind.
const READS_FREED: (&str, &str) = (
    "reads-freed.py",
    "import ctypes\nc = ctypes.CDLL(None)\nc.malloc.restype = ctypes.c_void_p\np = c.malloc(64)\nc.free(ctypes.c_void_p(p))\n\
     print(len(ctypes.string_at(p, 8)))\n",
);

#[test]
#[ignore = "needs valgrind"]
fn valgrind_finds_what_reads_freed_memory() {
    let folder = Folder::with(&[FINALISERS, READS_FREED, ("refused.py", "1 = 2\n"), ("exits.py", "import os\nos._exit(3)\n")]);
    let output = folder.run(&["honesty", "valgrind", ".", "--jobs", "1"]);
    let said = stdout(&output);
    assert!(said.contains("reads-freed on Python 3.") && said.contains(" has an error: "), "{said}");
    assert!(said.contains("Invalid read of size") && said.contains("inside a block of size 64 free'd"), "{said}");
    assert!(said.contains(": 2 clean, 1 with errors, 0 depend on addresses, 1 left out, 0 failed"), "{said}");
    assert_eq!(code(&output), 1);
}
