//! Engines that fail: told, replaced, and the run goes on.

use std::time::{Duration, Instant};

use super::*;

/// The failure of the first case of a record, after which the second one must have run.
fn failure(source: &str, arguments: &[&str]) -> Value {
    let folder = Folder::with(&[("cases/a.py", source), ("cases/b.py", "a = []\nb = a\n")]);
    let output = folder.run(&[&["check", "cases", "--jobs", "1", "--format", "json"], arguments].concat());
    let (lines, summary) = record(&output);
    assert_eq!(summary["cases"], 2);
    assert_eq!(summary["failed"], 1, "{lines:?}");
    assert_eq!(code(&output), 3);
    assert_ne!(lines[1]["verdict"], "failed", "the run goes on: {}", lines[1]);
    assert_eq!(lines[0]["verdict"], "failed");
    lines[0].clone()
}

#[test]
fn a_snippet_that_crashes_cpython() {
    let failure = failure("import ctypes\n\nctypes.string_at(0)\n", &[]);
    assert_eq!(failure["fault"], "crash");
    let reason = failure["reason"].as_str().unwrap();
    assert!(reason.starts_with("CPython died: signal 11 SIGSEGV (Segmentation fault) after "), "{reason}");
    assert_eq!(failure["reason_line"], 3);
}

#[test]
fn an_observer_that_dies_in_the_middle_of_a_case() {
    let exit = failure("import os\nos._exit(7)\n", &[]);
    assert_eq!(exit["fault"], "crash");
    let told = |failure: &Value, how: &str| {
        let reason = failure["reason"].as_str().unwrap();
        reason.starts_with(&format!("CPython died: {how} after ")) && reason.ends_with(" boundaries, on which both agree")
    };
    assert!(told(&exit, "it exited with status 7"), "{exit}");
    assert_eq!(exit["reason_line"], 2, "the last line that it got to");
    let killed = failure("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", &[]);
    assert!(told(&killed, "signal 9 SIGKILL"), "{killed}");
    assert_eq!(killed["reason_line"], 2);
}

#[test]
fn a_snippet_that_takes_too_long() {
    let start = Instant::now();
    let failure = failure("import time\ntime.sleep(60)\n", &["--timeout", "0.5"]);
    assert_eq!(failure["fault"], "time_out");
    assert_eq!(failure["reason"], "no answer from CPython within 0.5 s (--timeout)");
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(failure["reason_line"], 2, "the last line that it got to");
}

#[test]
fn a_snippet_that_hangs_in_code_written_in_c_says_where() {
    let hangs = failure("import re\ndef f():\n    re.match('(a*)*b', 'a' * 60)\n\nf()\n", &["--timeout", "2"]);
    assert_eq!((&hangs["fault"], &hangs["reason_line"]), (&"time_out".into(), &3.into()), "{hangs}");
    // One that cannot be asked is ended all the same.
    let deaf = failure("import signal\nsignal.signal(6, signal.SIG_IGN)\nwhile True: signal.pause()\n", &["--timeout", "1"]);
    assert_eq!((&deaf["fault"], &deaf["reason_line"]), (&"time_out".into(), &Value::Null), "{deaf}");
}

#[test]
fn a_snippet_that_never_ends() {
    let failure = failure("a = 0\nwhile True:\n    a = []\n", &["--step-limit", "1000"]);
    assert_eq!(failure["fault"], "step_limit");
    let reason = failure["reason"].as_str().unwrap();
    assert!(reason.contains("does not end within 1000 steps (--step-limit)"), "{reason}");
    assert!([2, 3].contains(&failure["reason_line"].as_u64().unwrap()));
}

#[test]
fn an_observer_that_is_none() {
    let folder = Folder::with(&[("a.py", "a = 1\n")]);
    for program in ["/bin/echo", "/nowhere/observer"] {
        let output = folder.run(&["check", "a.py", "--observer", program]);
        let error = stderr(&output);
        assert!(error.starts_with(&format!("refdrift: the observer {program} cannot be started: ")), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(code(&output), 3);
    }
}
