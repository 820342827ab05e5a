//! Runs in a process apart, and what is left of those that die.

mod common;

use common::Observer;
use refdrift_trace::{Crash, Event, NativeFile, Observation, Outcome, Request, Response, RunRequest, Trajectory};

/// Runs a snippet with an extension module of the standard library brought along as one of its own.
/// (`_json`, since it is a file of its own in Debian's builds too, where most such modules are built in.)
fn run(observer: &mut Observer, source: &str) -> Response {
    let file = observer.run("import _json\nprint(_json.__file__)").trajectory.output;
    assert!(!file.is_empty(), "_json is built into this Python: no file to bring along");
    let natives = vec![NativeFile { name: "_json".to_owned(), path: file.trim().to_owned() }];
    let source = source.as_bytes().to_vec();
    observer.ask(&Request::Run(RunRequest {
        filename: "case.py".to_owned(),
        source,
        step_limit: 10_000,
        natives,
        folder: None,
        apart: true,
    }))
}

fn crash(observer: &mut Observer, source: &str) -> Crash {
    match run(observer, source) {
        Response::Crashed(crash) => *crash,
        response => panic!("no crash: {response:?}"),
    }
}

/// What becomes of lists in the first steps. (Up to 3.11 `None` is counted, and what was run before counts, too.)
fn lists(trajectory: &Trajectory, steps: usize) -> Vec<Event> {
    let of_list = |event: &Event| match *event {
        Event::Freed(object)
        | Event::Seen { object, .. }
        | Event::Count { object, .. }
        | Event::Slot { object: Some(object), .. } => trajectory.type_name(object) == "list",
        Event::Slot { object: None, .. } => true,
    };
    let steps = 0..steps.min(trajectory.steps.len());
    steps.flat_map(|step| trajectory.events_of(step)).copied().filter(of_list).collect()
}

#[test]
fn a_run_apart_is_a_run() {
    let mut observer = Observer::start();
    let source = "import _json\na = [1, 3]\nb = _json.encode_basestring(str(a))\nprint(b)";
    let Response::Finished(apart) = run(&mut observer, source) else { panic!("not finished") };
    assert_eq!(apart.trajectory.output, "\"[1, 3]\"\n");
    assert_eq!(apart.trajectory.outcome, Outcome::Completed);
    let named = |seen: &Observation, name: &str| seen.trajectory.names.iter().any(|one| one == name);
    assert!(named(&apart, "module _json"), "{:?}", apart.trajectory.names);
    let here = observer.run("a = [1, 3]\nb = len(a)\nprint(b)");
    let Response::Finished(apart) = run(&mut observer, "a = [1, 3]\nb = len(a)\nprint(b)") else { panic!("not finished") };
    let (apart, here) = (apart.trajectory, here.trajectory);
    assert_eq!((lists(&apart, 20), apart.output, apart.survivors), (lists(&here, 20), here.output, here.survivors));
    let missing = run(&mut observer, "import _json\n_json.encode_basestring(1)");
    assert!(matches!(missing, Response::Finished(seen) if matches!(seen.trajectory.outcome, Outcome::Raised(_))));
}

#[test]
fn what_was_seen_before_a_crash_is_kept() {
    let mut observer = Observer::start();
    let source = "a = []\nb = [a]\n";
    let whole = observer.run(format!("{source}import ctypes\nctypes.string_at\n"));
    for (end, signal, status) in [("ctypes.string_at(0)", Some(11), None), ("import os; os._exit(3)", None, Some(3))] {
        let crash = crash(&mut observer, &format!("{source}import ctypes\n{end}"));
        assert_eq!((crash.signal, crash.status), (signal, status));
        let seen = crash.seen.expect("what was seen");
        assert!(seen.trajectory.is_sound());
        assert_eq!(seen.trajectory.outcome, Outcome::BrokenOff);
        // As far as the programs are the same.
        let steps = |seen: &Observation| seen.trajectory.steps[..8].to_vec();
        assert_eq!(steps(&seen), steps(&whole));
        assert_eq!(lists(&seen.trajectory, 8), lists(&whole.trajectory, 8));
    }
    // It is as it was.
    observer.run("a = []");
    observer.finish();
}
