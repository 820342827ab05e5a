//! Runs that are ended from outside.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// The processes whose parent that one is.
pub(super) fn children(parent: u32) -> Vec<u32> {
    let is_child = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().map(ToOwned::to_owned).collect();
        (fields.get(1)? == &parent.to_string()).then_some(pid)
    };
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(is_child).collect()
}

/// Whether a process is there and not only waiting to be buried.
fn alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(')').is_some_and(|(_, rest)| rest.starts_with(" Z")))
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// `refdrift check` on a case that agrees (as far as it is supported) and one that never ends, once its first result is out.
fn started(folder: &Folder) -> (Child, BufReader<std::process::ChildStdout>, u32) {
    let mut child = refdrift()
        .args(["check", ".", "--format", "json", "--jobs", "1", "--timeout", "60", "--step-limit", "4000000000"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    // The header, then the first result.
    output.read_line(&mut line).unwrap();
    output.read_line(&mut line).unwrap();
    assert!(line.contains("/a\""), "{line}");
    let observers = children(child.id());
    assert_eq!(observers.len(), 1, "{observers:?}");
    (child, output, observers[0])
}

fn endless() -> Folder {
    Folder::with(&[("a.py", "a = []\n"), ("b.py", "import time\ntime.sleep(60)\n"), ("c.py", "c = []\n")])
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_refdrift_leaves_no_observer() {
    let folder = endless();
    let (mut child, _output, observer) = started(&folder);
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("the observer is gone", || !alive(observer));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_run_tells_what_it_has() {
    let folder = endless();
    let (mut child, mut output, observer) = started(&folder);
    signal("INT", child.id());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    let summary: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!(summary["summary"]["cases"], 1, "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!alive(observer));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_shrink_ends_at_once() {
    let folder = Folder::with(&[("slow.py", "import os, time\nos.mkdir('started')\ntime.sleep(60)\n")]);
    let child = refdrift()
        .args(["shrink", "slow.py", "--timeout", "60"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until("the program runs", || folder.file("started").is_dir());
    signal("INT", child.id());
    let start = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < PATIENCE);
    assert_eq!((stdout(&output).as_str(), stderr(&output).as_str(), code(&output)), ("", "", 130));
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = Folder::with(&[("a.py", "a = []\n")]);
    for index in 0..50 {
        fs::write(folder.file(&format!("b{index}.py")), "b = []\n").unwrap();
    }
    let mut child = refdrift()
        .args(["check", ".", "--format", "json", "--jobs", "1"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(code(&output), 141);
}
