//! Records that are kept, gone on with, split and put together.

use super::*;

/// Some cases, one of which the VM cannot run and one of which no Python can.
fn cases() -> Folder {
    let folder = Folder::with(&[("missing.py", "import gc\ngc.get_objects()\n"), ("wrong.py", "a = (\n")]);
    for index in 0..30 {
        let source = format!("a = []\nfor i in range({}):\n    a.append([i])\ndel a\n", index % 7);
        fs::write(folder.file(&format!("c{index:02}.py")), source).unwrap();
    }
    folder
}

/// The text of a record without the times.
fn timeless(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().remove("times");
        line.to_string() + "\n"
    });
    lines.collect()
}

#[test]
fn shards_of_check_merge_to_the_same_bytes() {
    let folder = cases();
    let merged = |partitions: &[String]| {
        let mut records = Vec::new();
        for partition in partitions {
            let record = format!("{}.jsonl", partition.replace(['/', ':'], "-"));
            let output = folder.run(&["check", ".", "--record", &record, "--partition", partition]);
            assert!([0, 2, 4].contains(&code(&output)), "{}", stderr(&output));
            records.push(record);
        }
        let mut arguments = vec!["merge", "--out", "whole.jsonl"];
        arguments.extend(records.iter().map(String::as_str));
        let output = folder.run(&arguments);
        assert_eq!(code(&output), 2, "a source that CPython refuses, as of the whole: {}", stderr(&output));
        assert!(stdout(&output).contains("32 runs: 30 agreed"), "{}", stdout(&output));
        let bytes = fs::read(folder.file("whole.jsonl")).unwrap();
        for record in records.iter().map(String::as_str).chain(["whole.jsonl"]) {
            fs::remove_file(folder.file(record)).unwrap();
        }
        bytes
    };
    let whole = merged(&["slice:1/1".to_owned()]);
    for (kind, of) in [("slice", 2), ("hash", 2), ("slice", 7)] {
        let partitions: Vec<String> = (1..=of).map(|part| format!("{kind}:{part}/{of}")).collect();
        assert!(merged(&partitions) == whole, "{kind}:{of}");
    }
}

#[test]
fn a_record_that_was_cut_off_goes_on_to_the_same_lines() {
    let folder = cases();
    let record = folder.file("record.jsonl");
    let run = |arguments: &[&str]| folder.run(&[&["check", ".", "--record", "record.jsonl"], arguments].concat());
    let table = stdout(&run(&[]));
    let whole = fs::read(&record).unwrap();
    let expected = timeless(&record);
    let again = run(&[]);
    assert!(stderr(&again).contains("record.jsonl: is there already; --resume goes on with it"), "{}", stderr(&again));
    assert_eq!(code(&again), 2);
    for length in [0, 40, whole.len() / 3, whole.len() - 5, whole.len()] {
        fs::write(&record, &whole[..length]).unwrap();
        let output = run(&["--resume"]);
        assert_eq!(stdout(&output), table, "the table is that of all runs");
        assert_eq!(timeless(&record), expected, "cut off at {length}");
    }
    let other = run(&["--resume", "--partition", "hash:1/2"]);
    assert!(stderr(&other).contains("is the record of another run (another part)"), "{}", stderr(&other));
    assert_eq!(code(&other), 2);
}

#[test]
fn records_that_are_none() {
    let folder =
        Folder::with(&[("a.py", "a = 1\n"), ("old.jsonl", "{\"record\":1}\n"), ("none.jsonl", "nonsense\n"), ("empty", "")]);
    for (name, words) in [
        ("old.jsonl", "old.jsonl:1: is a record of format 1, this refdrift reads format"),
        ("none.jsonl", "none.jsonl:1: is no record of refdrift"),
    ] {
        for arguments in [&["check", "a.py", "--resume", "--record", name][..], &["merge", name, "--out", "merged"]] {
            let output = folder.run(arguments);
            let error = stderr(&output);
            assert!(error.starts_with("refdrift: ") && error.contains(words) && error.lines().count() == 1, "{error}");
            assert_eq!(code(&output), 2);
        }
    }
    for (arguments, words) in [
        (&["merge", "nowhere", "--out", "merged"][..], "nowhere: cannot be read"),
        (&["merge", "empty", "--out", "merged"], "empty: is empty, no record"),
        (&["merge", "empty", "--out", "none.jsonl"], "none.jsonl: is there already"),
        (&["check", "a.py", "--record", "nowhere/record.jsonl"], "nowhere/record.jsonl: cannot be written"),
        (&["check", "a.py", "--partition", "slice:3/2"], "there is no part 3 of 2"),
        (&["check", "a.py", "--partition", "count:1/2"], "not slice:M/N or hash:M/N"),
        (&["check", "a.py", "--resume"], "--record"),
    ] {
        let output = folder.run(arguments);
        assert!(stderr(&output).contains(words), "{arguments:?}: {}", stderr(&output));
        assert_eq!(code(&output), 2, "{arguments:?}");
    }
}
