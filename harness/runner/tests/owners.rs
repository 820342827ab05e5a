//! Who holds what: both engines name the owners of every object, at every boundary, by the same words, and as many of them as the
//! object's count says.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use refdrift_runner::{Observer, PythonSpec, Watchdog, Workshop, select};
use refdrift_trace::{
    Event, InspectAt, InspectRequest, Inspected, Inspection, ObjectId, Observation, Origin, Request, Response, RunRequest,
    Trajectory,
};
use refdrift_vm::{Options, Vm};

const STEP_LIMIT: u32 = 10_000;

/// Programs in which between them objects are held in many ways.
const PROGRAMS: &[&str] = &[
    "a = []\nfoo = (a, [a], {'k': a, 3: a, (1,): a}, {1, 2})\ndel a\n",
    "def f(x, *rest, **named):\n    y = [x]\n    return y, rest, named\nz = f([], [], n=[])\n",
    "class C:\n    __slots__ = ('s', 't')\nclass D: pass\nc = C(); c.s = []; c.t = c.s\nd = D(); d.attr = c\nd.me = d\nvars(d)['more'] = c\n",
    "def g(p):\n    def inner(): return p\n    yield inner\n    yield p\nit = g([])\nfn = next(it)\nx = next(it)\ndel it\n",
    "def default(q=[], *, r={}): return q\nm = {}.get\nclass K:\n    def n(self): pass\nb = K().n\n",
    "x = []\nr = sorted([x, []], key=lambda v: len([v, x]))\nlist(map(lambda v: v, [x]))\n",
    "try:\n    raise KeyError([])\nexcept KeyError as e:\n    saved = e\n    try: raise ValueError(saved)\n    except ValueError as f: both = [e, f]\ndel saved, both\n",
    "it = iter([[]])\nfor x in it: y = x\nz = [v for v in [[], []]]\nw = {k: v for k, v in [([].__len__, [])]}\n",
    "class E:\n    def __enter__(self): return self\n    def __exit__(self, *a): self.a = a\nwith E() as e:\n    held = [e]\n",
    "s = {frozenset([1]), ()}\nt = slice([], None)\nc = int\nu = [].append\n",
];

/// What an engine holds at each boundary, as sorted words.
type Seen = Vec<(ObjectId, Vec<String>)>;

fn seen(inspection: &Inspection, trajectory: &Trajectory) -> Seen {
    let made = |object: ObjectId| trajectory.objects[object as usize].origin == Origin::Created;
    let mut seen: Seen = Vec::new();
    for (object, owners) in inspection.owners.iter().filter(|(object, _)| made(*object)) {
        let mut words: Vec<String> = owners.iter().map(ToString::to_string).collect();
        words.sort();
        seen.push((*object, words));
    }
    seen.sort();
    seen
}

/// By boundary and object, the count.
fn counts(trajectory: &Trajectory) -> Vec<Vec<Option<i32>>> {
    let mut now = vec![None; trajectory.objects.len()];
    let steps = (0..trajectory.steps.len()).map(|step| {
        for event in trajectory.events_of(step) {
            match *event {
                Event::Freed(object) => now[object as usize] = None,
                Event::Seen { object, count } | Event::Count { object, count } => now[object as usize] = Some(count),
                Event::Slot { .. } => {}
            }
        }
        now.clone()
    });
    steps.collect()
}

fn ask(observer: &mut Observer, request: &Request) -> Response {
    observer.ask(request, Duration::from_secs(60)).expect("an answer")
}

#[test]
fn both_engines_name_the_same_owners() {
    let body = || {
        for python in select(&[PythonSpec::Default]).expect("a Python with a shared library") {
            let program = match std::env::var_os("REFDRIFT_OBSERVER") {
                Some(program) => program.into(),
                None => Workshop::new().provide(&python, &mut |_| {}).expect("an observer"),
            };
            let watchdog = Watchdog::new(Arc::new(AtomicBool::new(false)));
            let mut observer = Observer::start(&program, None, &watchdog).expect("an observer that starts");
            let mut vm = Vm::new(observer.version()).expect("a VM for it");
            let (mut wrong, mut looks, mut hidden) = (Vec::new(), 0, 0);
            for source in PROGRAMS {
                let run = RunRequest {
                    filename: "owners".to_owned(),
                    source: source.as_bytes().to_vec(),
                    folder: None,
                    step_limit: STEP_LIMIT,
                    natives: Vec::new(),
                    apart: false,
                };
                let Response::Finished(observation) = ask(&mut observer, &Request::Run(run.clone())) else { panic!("{source}") };
                let Observation { unit, trajectory } = *observation;
                let at = InspectAt { steps: (0..trajectory.steps.len() as u32).collect(), objects: Vec::new() };
                let asked = Request::Inspect(InspectRequest { run, at: at.clone() });
                let Response::Inspected(inspected) = ask(&mut observer, &asked) else { panic!("{source}") };
                let Inspected { trajectory: again, inspections: theirs } = *inspected;
                assert_eq!(again.steps, trajectory.steps, "looking changes nothing:\n{source}");
                let options = Options { step_limit: STEP_LIMIT, inspect: Some(at), ..Options::default() };
                let ours = vm.run(&unit, &options).inspections;
                assert_eq!((theirs.len(), ours.len()), (trajectory.steps.len(), trajectory.steps.len()), "{source}");
                let counts = counts(&trajectory);
                for (step, (there, here)) in theirs.iter().zip(&ours).enumerate() {
                    for (there, here) in seen(there, &trajectory).into_iter().zip(seen(here, &trajectory)) {
                        let count = counts[step][there.0 as usize].unwrap_or(0) as usize;
                        looks += 1;
                        // Code written in C holds some for a while (a list's items while they are sorted, a context manager's exit
                        // while it is entered), where nobody can see it in CPython.
                        let out_of_sight = there.1.len() < count && here.1.len() <= count;
                        // Then a holder without a number may have lost who it could be named by.
                        let plain = |owner: &String| owner.split(" (").next().unwrap_or_default().to_owned();
                        let known = |owner: &String| here.1.iter().any(|other| plain(other) == plain(owner));
                        let whole = there.1.len() == count && here.1.len() == count;
                        hidden += usize::from(out_of_sight || there != here);
                        if !((whole || out_of_sight) && there.1.iter().all(known)) {
                            wrong.push(format!("{source}step {step}, {count}:\n  CPython {there:?}\n  the VM {here:?}"));
                        }
                    }
                }
            }
            assert!(hidden * 20 < looks, "of {looks} looks {hidden} leave references unexplained");
            assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
        }
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}
