//! What a machine runs out of: the record stays readable, and `--resume` loses and repeats nothing.

use std::process::Stdio;

use super::*;

/// How many cases a record has.
const CASES: usize = 24;

fn cases() -> Folder {
    let folder = Folder::with(&[]);
    for index in 0..CASES {
        fs::write(folder.file(&format!("c{index:02}.py")), format!("a = [[]] * {index}\ndel a\n")).unwrap();
    }
    folder
}

/// `check --record record.jsonl` after a line of the shell.
fn check_after(folder: &Folder, line: &str, rest: &str) -> Output {
    let refdrift = refdrift().get_program().to_str().unwrap().to_owned();
    let script = format!("{line}\nexec {refdrift} check . --jobs 1 --resume --record record.jsonl {rest}\n");
    Command::new("sh").args(["-c", &script]).env_remove("REFDRIFT_OBSERVER").current_dir(folder.path()).output().unwrap()
}

/// The number and verdict of each run of the record, all of whose lines but a last one that was cut off must be whole.
fn runs(folder: &Folder) -> Vec<(u64, String)> {
    let text = fs::read_to_string(folder.file("record.jsonl")).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}")));
    let results = lines.filter(|line| line.get("case").is_some());
    results.map(|line| (line["number"].as_u64().unwrap(), line["verdict"].as_str().unwrap().to_owned())).collect()
}

/// Goes on without the shortage: every case is there once, and agreed.
fn goes_on(folder: &Folder) {
    let output = check_after(folder, "", "");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let expected: Vec<_> = (0..CASES as u64).map(|number| (number, "agreed".to_owned())).collect();
    assert_eq!(runs(folder), expected);
}

#[test]
fn a_disk_that_is_full_ends_the_run_with_a_record_that_goes_on() {
    // In blocks of 512 bytes; the file that grows beyond is refused, as by a disk that is full.
    for blocks in [0, 1, 7] {
        let folder = cases();
        let output = check_after(&folder, &format!("trap '' XFSZ; ulimit -f {blocks}"), "");
        assert!(stderr(&output).contains("record.jsonl: cannot be written: "), "{blocks}: {}", stderr(&output));
        assert_eq!(code(&output), 2, "{blocks}");
        let kept = runs(&folder);
        assert!(kept.len() < CASES, "{blocks}: {kept:?}");
        if blocks > 1 {
            assert!(!kept.is_empty(), "{blocks}");
            assert_eq!(code(&folder.run(&["report", "record.jsonl"])), 0, "what is there is read");
        }
        goes_on(&folder);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_standard_output_that_is_full_is_told() {
    let folder = cases();
    let output = check_after(&folder, "", "--format json > /dev/full");
    assert!(stderr(&output).contains("No space left on device"), "{}", stderr(&output));
    assert_eq!(code(&output), 2);
    goes_on(&folder);
}

#[test]
fn a_run_without_descriptors_says_so() {
    let mut refused = 0;
    for limit in [4, 8, 12, 20] {
        let folder = cases();
        let output = check_after(&folder, &format!("ulimit -n {limit}"), "");
        let said = stderr(&output);
        assert!(!said.contains("panicked"), "{limit}: {said}");
        if code(&output) != 0 {
            refused += 1;
            assert!([2, 3].contains(&code(&output)) && !said.is_empty(), "{limit}: {}: {said}", output.status);
        }
        goes_on(&folder);
    }
    assert!(refused > 0, "the limits are too wide to show anything");
}

#[test]
fn a_reader_that_goes_away_leaves_a_record_that_goes_on() {
    let folder = cases();
    let mut child = refdrift()
        .args(["check", ".", "--jobs", "1", "--format", "json", "--record", "record.jsonl"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As `head` does that has seen enough.
    drop(child.stdout.take());
    child.wait().unwrap();
    assert!(runs(&folder).len() < CASES);
    goes_on(&folder);
}
