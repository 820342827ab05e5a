//! Whatever a snippet does to the process that it runs in: it ends as the verdict of its case, and the next case is none the worse.

use std::time::{Duration, Instant};

use super::*;

/// What a snippet does, and what its case says then: the fault (none where CPython did not mind and the VM lacks the function)
/// and words of the reason.
const DEEDS: &[(&str, Option<&str>, &str)] = &[
    ("import os\nos.abort()\n", Some("crash"), "signal 6 SIGABRT"),
    ("import os\nos._exit(0)\n", Some("crash"), "it exited with status 0"),
    ("import os\nos._exit(3)\n", Some("crash"), "it exited with status 3"),
    ("import os\nos.kill(0, 9)\n", Some("crash"), "signal 9 SIGKILL"),
    ("import os\nos.write(1, b'x' * 5000)\nos.write(2, b'x' * 100000)\n", None, "posix.write"),
    ("import os\nos.closerange(0, 5000)\n", Some("crash"), "the snippet closed the pipes of its observer"),
    ("import os\nos.closerange(0, 3)\n", None, "posix.closerange"),
    ("import os\nif os.fork() == 0:\n    os._exit(0)\nos.wait()\n", None, "posix.fork"),
    ("import os\nos.fork()\n", None, "posix.fork"),
    // Both copies live on; who is left behind must hold nothing up.
    ("import os, time\nif os.fork() == 0:\n    time.sleep(600)\n", None, "posix.fork"),
    ("import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nos._exit(4)\n", Some("crash"), "status 4"),
    ("import os\nos.execv('/bin/sh', ['sh', '-c', 'echo hello'])\n", Some("crash"), "it exited with status 0"),
    ("import os\nos.execv('/bin/sleep', ['sleep', '600'])\n", Some("crash"), "it closed its pipe"),
    ("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: signal.pause()\n", Some("time_out"), "within 4 s"),
    ("import signal\nsignal.alarm(1)\nsignal.pause()\n", Some("crash"), "signal 14"),
    ("import re\nre.match('(a*)*b', 'a' * 60)\n", Some("time_out"), "within 4 s"),
    ("import _thread, time\n_thread.start_new_thread(time.sleep, (600,))\n", Some("observer"), "leaves a thread running"),
    ("b'x' * (1 << 33)\n", Some("memory"), "--max-memory"),
    ("a = []\nwhile True:\n    a.append(bytes(1 << 26))\n", Some("memory"), "--max-memory"),
    ("try:\n    bytearray(1 << 33)\nexcept MemoryError:\n    pass\n", Some("memory"), "--max-memory"),
];

#[test]
fn what_a_snippet_does_to_its_process_is_the_verdict_of_its_case_alone() {
    let mut files = Vec::new();
    for (number, (source, ..)) in DEEDS.iter().enumerate() {
        files.push((format!("cases/c{number:02}a.py"), *source));
        files.push((format!("cases/c{number:02}b.py"), "a = []\nb = [a, a]\ndel a\n"));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, source)| (name.as_str(), *source)).collect();
    let folder = Folder::with(&files);
    let start = Instant::now();
    let output = folder.run(&["check", "cases", "--jobs", "1", "--timeout", "4", "--max-memory", "300M", "--format", "json"]);
    let (lines, summary) = record(&output);
    assert_eq!(summary["cases"], DEEDS.len() * 2, "{}", stderr(&output));
    for (&(source, fault, words), pair) in DEEDS.iter().zip(lines.chunks_exact(2)) {
        let reason = pair[0]["reason"].as_str().unwrap_or_default();
        assert_eq!(pair[0]["fault"].as_str(), fault, "{source}{}", pair[0]);
        assert!(reason.contains(words), "{source}{reason}");
        assert_eq!(pair[1]["verdict"], "agreed", "after {source}{}", pair[1]);
    }
    assert!(start.elapsed() < Duration::from_secs(300), "nothing waits for what was left behind");
}

#[test]
fn a_request_that_no_machine_can_meet_is_no_shortage() {
    let folder = Folder::with(&[("a.py", "try:\n    [0] * (1 << 62)\nexcept MemoryError:\n    print('refused')\n")]);
    let output = folder.run(&["check", "a.py", "--format", "json"]);
    let (lines, _) = record(&output);
    assert_ne!(lines[0]["fault"], "memory", "{}", lines[0]);
}
