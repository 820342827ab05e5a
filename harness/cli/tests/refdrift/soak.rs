//! A run that is killed at random points, again and again, and gone on with each time: the record stays readable, and loses
//! and repeats nothing. `REFDRIFT_SOAK=200` says how many kills there are to be, `REFDRIFT_SOAK_SEED` which.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::*;

/// How many kills, if nothing else is said.
const KILLS: u64 = 8;
/// How many cases a record has.
const CASES: usize = 40;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A small generator of numbers (xorshift): where a kill falls is random, and the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Which process is killed.
#[derive(Clone, Copy)]
enum Victim {
    Harness,
    Observer,
    Both,
}

fn kill(pids: &[u32]) {
    // One that has just ended by itself cannot be killed, which is as good.
    let pids: Vec<String> = pids.iter().map(ToString::to_string).collect();
    if !pids.is_empty() {
        let _ = Command::new("kill").arg("-9").args(&pids).stderr(Stdio::null()).status();
    }
}

/// The results of a record, but for the times and for what the death of an observer leaves.
fn results(path: &Path) -> Vec<Value> {
    // There is none if the observers were killed before the run had begun.
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
    let results = lines.filter(|line| line.get("case").is_some()).map(|mut line| {
        line.as_object_mut().unwrap().remove("times");
        line
    });
    results.collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_at_random_points_loses_and_repeats_nothing() {
    let (kills, seed) = (number("REFDRIFT_SOAK", KILLS), number("REFDRIFT_SOAK_SEED", 1));
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let folder = Folder::with(&[]);
    for index in 0..CASES {
        let source = format!("import time\na = []\nfor i in range({}):\n    a.append([i])\ntime.sleep(0.03)\n", index % 7);
        fs::write(folder.file(&format!("c{index:02}.py")), source).unwrap();
    }
    let arguments = ["check", ".", "--jobs", "2", "--resume", "--record", "record.jsonl"];
    let record = folder.file("record.jsonl");
    assert!([0, 4].contains(&code(&folder.run(&arguments))));
    let expected = results(&record);
    // Which python3 is the default must not depend on how long one takes to answer.
    let python = expected[0]["python"].as_str().unwrap();
    let arguments = [&arguments[..], &["--python", python]].concat();
    assert_eq!(expected.len(), CASES);

    let lines = |wanted: u64| fs::read_to_string(&record).is_ok_and(|text| text.lines().count() as u64 >= wanted);
    let (mut killed, mut runs, mut records, mut hurt) = (0, 0, 0, 0);
    while killed < kills {
        // A fresh record, until one command gets to its end.
        let _ = fs::remove_file(&record);
        let mut may_be_hurt = BTreeSet::new();
        loop {
            runs += 1;
            let mut child = refdrift()
                .args(&arguments)
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(fs::File::create(folder.file("said.txt")).unwrap())
                .spawn()
                .unwrap();
            let victim = [Victim::Harness, Victim::Observer, Victim::Both][random.below(3) as usize];
            // Where a kill falls is the point of the test: so far into the run, and then at any time. One in eight falls before.
            let already = fs::read_to_string(&record).map_or(0, |text| text.lines().count() as u64);
            let wanted = if random.below(8) == 0 { 0 } else { already + 1 + random.below(CASES as u64 / 2) };
            while !lines(wanted) && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
            let (start, wait) = (Instant::now(), Duration::from_millis(random.below(80)));
            while start.elapsed() < wait && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
            if killed < kills && child.try_wait().unwrap().is_none() {
                // Its other children only say which Pythons there are.
                let is_observer = |pid: &u32| {
                    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.starts_with("refdrift-observ"))
                };
                let observers: Vec<u32> = endings::children(child.id()).into_iter().filter(is_observer).collect();
                let victims = match victim {
                    Victim::Harness => vec![child.id()],
                    Victim::Observer => observers.clone(),
                    Victim::Both => [&[child.id()], observers.as_slice()].concat(),
                };
                kill(&victims);
                killed += u64::from(!victims.is_empty());
                if !matches!(victim, Victim::Harness) {
                    may_be_hurt.extend(observers);
                }
            }
            let status = child.wait().unwrap();
            if status.code().is_some() && results(&record).len() == CASES {
                break;
            }
            assert!(
                status.code().is_none() || status.code() == Some(3),
                "ended by itself, and not whole: {status}: {}",
                fs::read_to_string(folder.file("said.txt")).unwrap()
            );
        }
        records += 1;
        let (found, before) = (results(&record), hurt);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((&found["case"], &found["number"]), (&expected["case"], &expected["number"]), "lost or repeated");
            // A case whose observer was killed, at work or as it started, says so; all others are what they always are.
            if found["fault"] == "crash" || found["fault"] == "observer" {
                assert!(found["reason"].as_str().unwrap().ends_with(": signal 9 SIGKILL"), "{found}");
                hurt += 1;
            } else {
                assert_eq!(found, expected);
            }
        }
        assert!(hurt == before || !may_be_hurt.is_empty());
    }
    println!(
        "soak: seed {seed}, {killed} kills in {runs} runs of {records} records; 0 lost, 0 repeated, {hurt} ended by a kill of their observer"
    );
}
