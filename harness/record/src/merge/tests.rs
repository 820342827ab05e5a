use refdrift_compare::VerdictKind;

use super::*;
use crate::result::tests::result;
use crate::{Origin, RECORD_FORMAT, Shrunk, Standing, Times, Writer};

const CASES: u64 = 60;

fn header(partition: Option<Partition>) -> Header {
    Header {
        record: RECORD_FORMAT,
        refdrift: "0.1.0".to_owned(),
        origin: Origin::Generated { seed: 7, profile: "balanced".to_owned() },
        pythons: vec!["3.11.7".to_owned(), "3.12.1".to_owned()],
        cases: Some(CASES),
        partition,
    }
}

/// What a run of all would find; every seventh finds something.
fn run(number: u64) -> CaseResult {
    let place = number / 2;
    let agreed = CaseResult { case: format!("generated/{place}"), ..result(number) };
    if place % 7 != 3 {
        return agreed;
    }
    let reason = Some(format!("type number {}", place % 2));
    CaseResult { verdict: Standing::Unsupported, found: VerdictKind::Unsupported, reason, ..agreed }
}

/// The record of a part, as that part's run writes it: its own times, and its own first findings shrunk.
fn shard(folder: &Path, partition: Option<&str>) -> PathBuf {
    let partition: Option<Partition> = partition.map(|partition| partition.parse().unwrap());
    let path = folder.join(partition.map_or("whole".to_owned(), |partition| partition.to_string().replace('/', "-")));
    let mut writer = Writer::create(&path, &header(partition)).unwrap();
    let mut signatures = HashSet::new();
    for number in 0..CASES * 2 {
        let mut result = run(number);
        if partition.is_none_or(|partition| partition.takes(number / 2, || &result.case)) {
            result.times = Some(Times { reference_us: partition.map_or(0, |part| part.part), ..Times::default() });
            if Signature::of(&result).is_some_and(|signature| signatures.insert(signature)) {
                result.shrunk = Some(Shrunk { source: "x\n".to_owned(), tried: 3, done: true });
            }
            writer.result(&result).unwrap();
        }
    }
    writer.end(false).unwrap();
    path
}

fn shards(folder: &Path, kind: &str, of: u64) -> Vec<PathBuf> {
    (1..=of).map(|part| shard(folder, Some(&format!("{kind}:{part}/{of}")))).collect()
}

fn merged(paths: &[PathBuf], out: &Path) -> Result<Merged, Vec<String>> {
    merge(paths, out, false, &mut |_| {}).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

#[test]
fn the_bytes_are_the_same_whatever_the_parts_were_and_in_whatever_order() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name);
    merged(&[shard(folder.path(), None)], &out("1")).unwrap();
    let whole = std::fs::read(out("1")).unwrap();
    assert_eq!(std::str::from_utf8(&whole).unwrap().lines().count() as u64, CASES * 2 + 2);
    for (kind, of) in [("slice", 1), ("slice", 2), ("slice", 7), ("hash", 2), ("hash", 7)] {
        let mut shards = shards(folder.path(), kind, of);
        for turn in ["as they come", "reversed"] {
            let path = out(&format!("{kind} {of} {turn}"));
            merged(&shards, &path).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{kind}:{of} {turn}");
            shards.reverse();
        }
    }
    merged(&[out("1")], &out("again")).unwrap();
    assert_eq!(std::fs::read(out("again")).unwrap(), whole, "a merged record merges to itself");
}

#[test]
fn what_is_no_whole_is_told_by_name_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let all = shards(folder.path(), "slice", 3);
    let whole = shard(folder.path(), None);
    let odd = shard(folder.path(), Some("hash:3/3"));
    let out = folder.path().join("out");
    let told = |paths: &[&PathBuf], words: &[&str]| {
        let paths: Vec<PathBuf> = paths.iter().map(|&path| path.clone()).collect();
        let errors = merged(&paths, &out).unwrap_err();
        assert_eq!(errors.len(), words.len(), "{errors:?}");
        for (error, words) in errors.iter().zip(words) {
            assert!(error.contains(words), "{error}");
        }
        assert!(!out.exists());
    };
    told(&[&all[0]], &["slice:2/3 is missing", "slice:3/3 is missing"]);
    told(&[&all[0], &all[1], &all[1], &all[2]], &["both are slice:2/3"]);
    told(&[&all[0], &all[1], &whole], &["is the record of the whole"]);
    told(&[&all[0], &all[1], &odd], &["another split into parts"]);
    told(&[&folder.path().join("none"), &all[0]], &["cannot be read", "slice:2/3 is missing", "slice:3/3 is missing"]);

    // A run in the wrong part.
    let text = std::fs::read_to_string(&all[1]).unwrap();
    std::fs::write(&all[1], text.replace("slice:2/3", "slice:1/3")).unwrap();
    let moved = folder.path().join("moved");
    std::fs::rename(&all[1], &moved).unwrap();
    std::fs::remove_file(&all[0]).unwrap();
    let two = shard(folder.path(), Some("slice:2/3"));
    told(&[&moved, &two, &all[2]], &[":2: run 2 is no part of slice:1/3"]);
}

#[test]
fn what_was_cut_off_is_told_and_used_where_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let all = shards(folder.path(), "slice", 2);
    let out = folder.path().join("out");
    let text = std::fs::read_to_string(&all[1]).unwrap();
    std::fs::write(&all[1], &text[..text.len() / 2]).unwrap();
    let errors = merged(&all, &out).unwrap_err();
    assert!(errors[0].contains("is not complete"), "{errors:?}");
    let told = merge(&all, &out, true, &mut |_| {}).unwrap();
    assert!(matches!(told.missing[..], [MergeError::Incomplete { .. }]), "{told:?}");
    let written = std::fs::read_to_string(&out).unwrap();
    assert!(written.ends_with("\"interrupted\":true}\n") && told.summary.cases > CASES as usize, "{told:?}");
    let exists = merged(&all, &out).unwrap_err();
    assert!(exists[0].contains("is there already"), "{exists:?}");

    // A line that was lost in the midst is missed by the summary.
    std::fs::remove_file(&out).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(3);
    std::fs::write(&all[1], lines.join("\n") + "\n").unwrap();
    let errors = merged(&all, &out).unwrap_err();
    assert!(errors[0].contains("the summary is not that of the lines above"), "{errors:?}");
}
