//! `refdrift bless --goldens` and `refdrift check --replay`.

use super::*;

/// A case with a module beside it and one of the library, one that compiles at run time, one that raises, one that CPython refuses.
const SUITE: &str = "cases:\n  - name: imports\n    source: |\n      import helper, bisect\n      a = [helper.make(), []]\n      \
                     bisect.insort([1], 2)\n  - name: compiles\n    source: |\n      exec('b = [1]')\n      print([].append.__doc__)\n  \
                     - name: raises\n    source: |\n      c = []\n      c[1]\n  - name: refused\n    source: |\n      d = (\n";
const HELPER: &str = "def make():\n    return [None]\n";

fn recorded() -> Folder {
    let folder = Folder::with(&[("suite.yaml", SUITE), ("helper.py", HELPER), ("long.py", "e = 0\nwhile e < 20:\n    e += 1\n")]);
    let output = folder.run(&["bless", "suite.yaml", "long.py", "--goldens=kept"]);
    assert!(stderr(&output).contains("recorded 5 cases, 0 as they were, 0 gone"), "{}", stderr(&output));
    assert_eq!(code(&output), 0);
    folder
}

/// Runs it where there is no Python, no observer and no environment at all.
fn replay(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refdrift"));
    command.env_clear().env("PATH", "").args(["check", "--replay=kept"]).args(arguments).current_dir(folder.path());
    command.output().unwrap()
}

/// The results, without what differs from run to run.
fn results(output: &Output) -> Vec<Value> {
    let (mut results, _) = record(output);
    for result in &mut results {
        result.as_object_mut().unwrap().remove("times");
    }
    results
}

#[test]
fn a_replay_comes_to_the_same_without_any_python() {
    let folder = recorded();
    let arguments = ["suite.yaml", "long.py", "--format", "json"];
    let live = folder.run(&[&["check"], &arguments[..]].concat());
    let replayed = replay(&folder, &arguments);
    assert_eq!(results(&live), results(&replayed), "{}", stderr(&replayed));
    assert_eq!(code(&live), code(&replayed));
    let verdicts: Vec<_> = results(&live).iter().map(|result| result["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["agreed", "agreed", "agreed", "failed", "agreed"]);
}

#[test]
fn what_is_stale_is_told_with_the_command_that_mends_it() {
    let folder = recorded();
    let told = |paths: &[&str], words: &str| {
        let output = replay(&folder, &[&["--format", "json"], paths].concat());
        let result = results(&output).remove(0);
        let reason = result["reason"].as_str().unwrap_or_default();
        assert!(reason.contains(words), "{words} in {result}");
        assert_eq!((result["verdict"].as_str(), code(&output)), (Some("failed"), 3), "{result}");
        let command = format!("`refdrift bless {} --goldens=kept", paths[0].split("::").next().unwrap());
        assert!(reason.contains(&command), "{command} in {reason}");
    };
    fs::write(folder.file("helper.py"), "def make():\n    return []\n").unwrap();
    told(&["suite.yaml::imports"], "helper.py beside suite/imports has changed since");
    fs::write(folder.file("suite.yaml"), SUITE.replace("c[1]", "c[2]")).unwrap();
    told(&["suite.yaml::raises"], "is stale: suite/raises has changed since");
    fs::write(folder.file("new.py"), "a = 1\n").unwrap();
    told(&["new.py"], "has no golden of");
    told(&["long.py", "--step-limit", "7"], "was recorded with --step-limit 1000000");
    assert_eq!(code(&replay(&folder, &["long.py", "--step-limit", "5000"])), 0, "it ends before both limits");
    let output = folder.run(&["bless", "suite.yaml", "--goldens=kept"]);
    assert!(stderr(&output).contains("recorded 2 cases, 2 as they were, 0 gone"), "{}", stderr(&output));
    assert_eq!(code(&replay(&folder, &["suite.yaml::imports", "suite.yaml::raises", "long.py"])), 0);
}

#[test]
fn what_is_no_golden_is_told() {
    let folder = recorded();
    let file = folder.file("kept/suite.golden");
    let whole = fs::read(&file).unwrap();
    let told = |words: &str| {
        let output = replay(&folder, &["suite.yaml"]);
        let error = stderr(&output);
        assert!(error.contains(words) && error.contains("`refdrift bless --goldens=kept"), "{words} in {error}");
        assert_eq!((code(&output), error.lines().count()), (2, 1), "{error}");
    };
    for length in (0..whole.len()).step_by(whole.len() / 7) {
        fs::write(&file, &whole[..length]).unwrap();
        told("not a golden of refdrift's, or damaged");
    }
    let end = whole.iter().position(|&byte| byte == b'\n').unwrap();
    fs::write(&file, [b"refdrift golden 0.1", &whole[end..]].concat()).unwrap();
    told("of another refdrift's format");
    let output = folder.run(&["bless", "long.py", "--goldens=kept"]);
    assert_eq!(code(&output), 2, "the others would be lost: {}", stderr(&output));
    fs::write(&file, &whole).unwrap();
    let module = folder.file("kept/library/bisect.golden");
    fs::rename(&module, folder.file("bisect.golden")).unwrap();
    told("bisect.golden: not a golden of refdrift's, or damaged");
    assert_eq!(code(&replay(&folder, &["long.py"])), 0, "it needs no module");
    fs::rename(folder.file("bisect.golden"), &module).unwrap();
    let output = replay(&folder, &["long.py", "--python", "2.7"]);
    assert!(stderr(&output).contains("there is no golden of Python 2.7 (there are: 3."), "{}", stderr(&output));
    assert_eq!(code(&output), 2);
    assert_eq!(code(&folder.run(&["check", "long.py", "--replay", "--observer", "x"])), 2);
    fs::remove_dir_all(folder.file("kept")).unwrap();
    told("there is no golden");
}

#[test]
fn recording_again_changes_nothing_and_what_changed_changes_its_suite() {
    let folder = recorded();
    let files = || {
        let listed = [folder.file("kept"), folder.file("kept/library")].map(|folder| fs::read_dir(folder).unwrap());
        let paths = listed.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = files();
    let again = |jobs: &str| {
        let output = folder.run(&["bless", "long.py", "suite.yaml", "--goldens=kept", "--jobs", jobs]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stderr(&output)
    };
    for jobs in ["1", "2"] {
        let told = again(jobs);
        assert!(told.contains("recorded 0 cases, 5 as they were, 0 gone") && told.contains("changed 0 of"), "{told}");
        assert_eq!(files(), before);
    }
    fs::write(folder.file("suite.yaml"), SUITE.replace("c[1]", "c[2]")).unwrap();
    let told = again("1");
    assert!(told.contains("recorded 1 case, 4 as they were, 0 gone") && told.contains("changed 1 of"), "{told}");
    let after = files();
    let changed: Vec<_> = after.iter().filter(|(path, bytes)| before.get(*path) != Some(*bytes)).map(|(path, _)| path).collect();
    assert_eq!(changed, [&folder.file("kept/suite.golden")]);
}

/// The goldens that are in the repository, of a few cases.
#[test]
fn the_repositorys_goldens_are_replayed() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_refdrift"));
    command.env_clear().env("PATH", "").args(["check", "--replay", "cases/ownership", "--format", "plain"]);
    let output = command.current_dir(workspace).output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{}", stdout(&output));
    assert!(stdout(&output).ends_with(" agreed\n"), "{}", stdout(&output));
}

#[test]
fn a_dry_run_records_nothing() {
    let folder = Folder::with(&[("one.py", "a = []\n")]);
    let output = folder.run(&["bless", "one.py", "--goldens=kept", "--dry-run"]);
    assert!(stderr(&output).contains("would record 1 case, 0 as they were"), "{}", stderr(&output));
    assert_eq!((code(&output), folder.file("kept").exists()), (0, false));
}
