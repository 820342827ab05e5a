//! `refdrift fuzz`: the same programs for the same seed, a record that is whole however the run ended, and findings made small.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// How long a run may take to get where it is broken off.
const PATIENCE: Duration = Duration::from_secs(60);

/// Profiles whose programs are for every Python.
const FUZZ: &[&str] = &["fuzz", "--profile", "balanced", "--profile", "errors", "--profile", "classes", "--no-shrink"];

fn run(folder: &Folder, arguments: &[&str]) -> Output {
    folder.run(&[FUZZ, arguments].concat())
}

/// The bytes of a record without its times.
fn merged(folder: &Folder, records: &[&str]) -> String {
    let output = folder.run(&[&["merge", "--out", "merged"], records].concat());
    assert_eq!(stderr(&output), "", "{}", stdout(&output));
    let text = fs::read_to_string(folder.file("merged")).unwrap();
    fs::remove_file(folder.file("merged")).unwrap();
    text
}

/// A run that is under way, with at least so many lines in its record.
fn under_way(folder: &Folder, arguments: &[&str], lines: usize) -> Child {
    let arguments = [FUZZ, arguments].concat();
    let mut child =
        refdrift().args(arguments).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while fs::read_to_string(folder.file("out/record.jsonl")).map_or(0, |text| text.lines().count()) < lines {
        assert!(start.elapsed() < PATIENCE, "the record does not grow");
        assert!(child.try_wait().unwrap().is_none(), "it has ended before it was broken off");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn a_seed_is_told_and_gives_the_same_record_again() {
    let folder = Folder::with(&[]);
    let first = run(&folder, &["--cases", "30", "--out", "one"]);
    assert!([0, 1].contains(&code(&first)), "{}", stderr(&first));
    let (_, seed) = stderr(&first).split_once("seed ").map(|(before, rest)| (before.to_owned(), rest.to_owned())).unwrap();
    let seed = seed.split(',').next().unwrap();
    assert!(stdout(&first).contains("30 runs: ") && stdout(&first).contains(" % valid"), "{}", stdout(&first));
    let header: Value =
        serde_json::from_str(fs::read_to_string(folder.file("one/record.jsonl")).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(header["origin"]["generated"]["seed"].to_string(), seed);
    run(&folder, &["--cases", "30", "--seed", seed, "--out", "two", "--jobs", "1"]);
    assert_eq!(merged(&folder, &["one/record.jsonl"]), merged(&folder, &["two/record.jsonl"]));
}

#[test]
fn shards_merge_to_the_same_bytes() {
    let folder = Folder::with(&[]);
    let whole = |kind: &str, of: usize| {
        let records: Vec<String> = (1..=of).map(|part| format!("{kind}-{part}-{of}/record.jsonl")).collect();
        for (index, record) in records.iter().enumerate() {
            let (partition, out) = (format!("{kind}:{}/{of}", index + 1), record.trim_end_matches("/record.jsonl"));
            run(&folder, &["--cases", "42", "--seed", "3", "--partition", &partition, "--out", out]);
        }
        merged(&folder, &records.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let one = whole("slice", 1);
    assert_eq!(one.lines().count(), 44);
    assert_eq!(whole("slice", 2), one);
    assert_eq!(whole("hash", 7), one);
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let folder = Folder::with(&[]);
    let run_of = ["--cases", "200", "--seed", "5", "--out", "out"];
    let mut child = under_way(&folder, &run_of, 20);
    child.kill().unwrap();
    child.wait().unwrap();
    let lines = fs::read_to_string(folder.file("out/record.jsonl")).unwrap().lines().count();
    let again = run(&folder, &["--cases", "200", "--out", "out", "--resume"]);
    assert!(stderr(&again).contains("seed 5, "), "the seed is that of the record: {}", stderr(&again));
    assert!(lines < 202 && stdout(&again).contains("200 runs: "), "{lines}: {}", stdout(&again));
    run(&folder, &["--cases", "200", "--seed", "5", "--out", "whole"]);
    assert_eq!(merged(&folder, &["out/record.jsonl"]), merged(&folder, &["whole/record.jsonl"]));
    // Nothing is left to do.
    let once_more = run(&folder, &["--cases", "200", "--out", "out", "--resume"]);
    assert!(stdout(&once_more).contains("200 runs: "), "{}", stdout(&once_more));
}

#[test]
fn an_interrupted_run_ends_its_record() {
    let folder = Folder::with(&[]);
    let child = under_way(&folder, &["--cases", "1000000", "--seed", "6", "--out", "out"], 10);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stdout(&output).trim_end().ends_with("(interrupted)"), "{}", stdout(&output));
    let text = fs::read_to_string(folder.file("out/record.jsonl")).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["interrupted"], true);
    assert_eq!(last["summary"]["cases"], text.lines().count() as u64 - 2, "the record is complete up to there");
    let missing = folder.run(&["merge", "out/record.jsonl", "--out", "merged"]);
    assert!(stderr(&missing).contains("out/record.jsonl: is not complete"), "{}", stderr(&missing));
    assert_eq!(code(&missing), 2);
}

#[test]
fn time_ends_a_run() {
    let folder = Folder::with(&[]);
    let output = run(&folder, &["--time", "0.5s", "--seed", "8", "--out", "out"]);
    assert!([0, 1].contains(&code(&output)), "{}", stderr(&output));
    let text = fs::read_to_string(folder.file("out/record.jsonl")).unwrap();
    assert!(text.lines().next().unwrap().contains("\"cases\":null") && !text.contains("interrupted"), "{text}");
    let merge = folder.run(&["merge", "out/record.jsonl", "--out", "merged"]);
    assert_ne!(code(&merge), 2, "{}", stderr(&merge));
}

#[test]
fn what_cannot_be_run_is_told_in_one_line() {
    let folder = Folder::with(&[
        ("there/record.jsonl", "{\"record\":1}\n"),
        ("file", ""),
        ("known/a.yaml", "cases:\n  - name: a\n    source: a = 1\n"),
    ]);
    for (arguments, words) in [
        (&["--out", "there"][..], "there: is there already; --resume goes on with it"),
        (&["--out", "there", "--resume"], "there/record.jsonl:1: is a record of format 1, this refdrift reads format"),
        (&["--out", "file/out"], "file/out: cannot be made"),
        (&["--out", "new", "--known", "known"], "known/a.yaml:2: a known difference needs a `why`"),
        (&["--out", "other", "--against", "nowhere"], "nowhere: cannot be read"),
    ] {
        let output = folder.run(&[&["fuzz", "--cases", "3", "--seed", "1"], arguments].concat());
        let error = stderr(&output);
        assert!(error.starts_with(&format!("refdrift: {words}")) && error.lines().count() == 1, "{error}");
        assert_eq!(code(&output), 2);
    }
    for arguments in [&["--profile", "nonsense"][..], &["--cases", "3", "--time", "3s"], &["--partition", "slice:2/1"]] {
        assert_eq!(code(&folder.run(&[&["fuzz"], arguments].concat())), 2, "{arguments:?}");
    }
    let output = run(&folder, &["--cases", "3", "--seed", "1", "--out", "mine"]);
    assert!([0, 1].contains(&code(&output)), "{}", stderr(&output));
    let other = run(&folder, &["--cases", "4", "--seed", "1", "--out", "mine", "--resume"]);
    assert!(
        stderr(&other).contains("mine/record.jsonl: is the record of another run (another number of cases)"),
        "{}",
        stderr(&other)
    );
}

/// With a fault put into the VM: a missing release in one instruction's error path.
#[cfg(feature = "faults")]
mod planted {
    use super::*;

    const FAULT: &str = "eval/data.rs::binary_with release 1 left-out failing";

    fn faulty(folder: &Folder, arguments: &[&str]) -> Output {
        let arguments = [&["fuzz", "--seed", "1", "--profile", "errors"], arguments].concat();
        refdrift().env("REFDRIFT_FAULT", FAULT).args(arguments).current_dir(folder.path()).output().unwrap()
    }

    fn findings(folder: &Folder) -> Vec<Value> {
        let text = fs::read_to_string(folder.file("out/record.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["found"] == "diverged").collect()
    }

    #[test]
    fn is_found_by_the_audit_of_the_vm() {
        let folder = Folder::with(&[("a.py", "a = [1]\ntry:\n    a + 1\nexcept TypeError:\n    pass\n")]);
        let check = |fault: Option<&str>| {
            let arguments = ["check", "a.py", "--audit", "--format", "json"];
            let mut command = refdrift();
            command.args(arguments).current_dir(folder.path()).envs(fault.map(|fault| ("REFDRIFT_FAULT", fault)));
            record(&command.output().unwrap()).0[0].clone()
        };
        assert_eq!(check(None)["verdict"], "agreed");
        let unbalanced = check(Some(FAULT));
        assert_eq!((&unbalanced["verdict"], &unbalanced["fault"]), (&"failed".into(), &"audit".into()), "{unbalanced}");
        let reason = unbalanced["reason"].as_str().unwrap();
        assert!(reason.starts_with("the audit of the VM: before ") && reason.contains(" owners"), "{reason}");
    }

    #[test]
    fn is_found_shrunk_to_ten_lines_grouped_and_saved() {
        let folder = Folder::with(&[]);
        let output = faulty(&folder, &["--cases", "300", "--out", "out", "--max-findings", "1", "--save=saved"]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        let found = findings(&folder);
        let shrunk = found[0]["shrunk"]["source"].as_str().unwrap();
        assert!(shrunk.lines().count() <= 10, "{shrunk}");
        assert!(found[0]["source"].as_str().unwrap().len() > shrunk.len(), "the whole program is kept, too");
        let cause = found[0]["divergences"][0]["cause"]["instruction"].as_str().unwrap();
        assert!(["BINARY_", "COMPARE_OP", "IS_OP"].iter().any(|name| cause.starts_with(name)), "{cause}");
        assert!(stdout(&output).contains(shrunk.lines().next().unwrap()), "{}", stdout(&output));

        // What was saved diverges with the fault and agrees without it.
        let check = |fault: Option<&str>| {
            let mut command = refdrift();
            command.args(["check", "saved"]).current_dir(folder.path());
            code(&command.envs(fault.map(|fault| ("REFDRIFT_FAULT", fault))).output().unwrap())
        };
        assert_eq!((check(Some(FAULT)), check(None)), (1, 0));

        // The next run says that it was there before; one without the fault says that it is gone.
        let again = faulty(&folder, &["--cases", "300", "--out", "again", "--max-findings", "1", "--against", "out/record.jsonl"]);
        assert!(stdout(&again).contains("(as in the earlier run)"), "{}", stdout(&again));
        let arguments = ["--profile", "errors", "--seed", "1", "--cases", "3", "--out", "clean", "--against", "out/record.jsonl"];
        let gone = folder.run(&[&["fuzz"], &arguments[..]].concat());
        assert!(stdout(&gone).contains("gone since the earlier run"), "{}", stdout(&gone));
    }

    #[test]
    fn that_is_known_is_counted_apart_until_it_is_gone() {
        let folder = Folder::with(&[]);
        assert_eq!(code(&faulty(&folder, &["--cases", "300", "--out", "out", "--max-findings", "1"])), 1);
        let found = &findings(&folder)[0];
        let source = found["shrunk"]["source"].as_str().unwrap().replace('\n', "\n      ");
        let first = &found["divergences"][0];
        let cause = first["cause"]["instruction"].as_str().unwrap().split(' ').next().unwrap();
        let divergence = format!("{{kind: {}, instruction: {cause}}}", first["kind"].as_str().unwrap());
        let known = format!(
            "cases:\n  - name: planted\n    why: It was put there.\n    source: |\n      {source}\n    expect:\n      verdict: diverged\n      divergence: {divergence}\n"
        );
        fs::create_dir(folder.file("known")).unwrap();
        fs::write(folder.file("known/planted.yaml"), known).unwrap();
        let number = (found["number"].as_u64().unwrap() + 1).to_string();
        let output = faulty(&folder, &["--cases", &number, "--out", "known-run", "--known", "known"]);
        assert!(
            stdout(&output).contains("known differences") && stdout(&output).contains("planted/planted: "),
            "{}",
            stdout(&output)
        );
        assert_eq!(code(&output), 0, "{}", stdout(&output));
        let arguments = ["fuzz", "--seed", "1", "--cases", "3", "--out", "gone", "--known", "known"];
        let gone = folder.run(&arguments);
        assert!(stdout(&gone).contains("known difference planted/planted on Python"), "{}", stdout(&gone));
        assert_eq!(code(&gone), 1);
    }
}
