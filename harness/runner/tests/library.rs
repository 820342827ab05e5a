//! What a run imports is kept for the next one that imports the same: it finds all as the first run found it, whatever became of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use refdrift_cases::Case;
use refdrift_compare::Verdict;
use refdrift_runner::{Examiner, Limits, OBSERVER_VARIABLE, Pool, PythonSpec, Workshop, select};
use refdrift_trace::Trajectory;
use refdrift_vm::Vm;

/// Programs that change what they have imported, or what was there before, each in a way that the next run must not see.
const PROGRAMS: &[&str] = &[
    "import weakref\nclass C: pass\nc = C()\nweakref.seen = getattr(weakref, 'seen', 0) + 1\nprint(weakref.seen)\nr = weakref.ref(c)\n",
    "import weakref\nd = weakref.WeakValueDictionary.__dict__\nprint(len(d))\nweakref.WeakValueDictionary.more = []\nprint(len(d))\n",
    "import functools\n@functools.lru_cache\ndef f(x): return [x]\nf(1), f(1)\nprint(f.cache_info())\nfunctools.reduce = None\n",
    "import collections\nclass D(collections.abc.Sized):\n    def __len__(self): return 0\nprint(isinstance(D(), collections.abc.Sized))\n\
     print(len(collections.abc.Sized.__subclasses__()))\ncollections.abc.Sized.register(int)\nprint(isinstance(1, collections.abc.Sized))\n",
    "import builtins\nprint(hasattr(builtins, 'mine'))\nbuiltins.mine = []\nclass E: pass\nprint(E.__mro__)\n",
    "import gc, operator\ngc.callbacks.append(print)\ngc.callbacks.clear()\nprint(gc.callbacks, operator.add(1, 2))\ndel operator.add\n",
    "class F:\n    x = None\nprint(F.x, None)\n",
];

#[test]
fn each_run_finds_what_the_first_one_found() {
    let body = || {
        let programs = match std::env::var_os(OBSERVER_VARIABLE) {
            Some(program) => vec![(program.into(), None)],
            None => {
                let python = select(&[PythonSpec::Default]).expect("a Python with a shared library").remove(0);
                let program = Workshop::new().provide(&python, &mut |_| {}).expect("an observer");
                vec![(program, Some(python))]
            }
        };
        let pool = Pool::start(programs, Arc::new(AtomicBool::new(false))).expect("an observer that starts");
        let mut examiner = Examiner::new(&pool, Limits::default());
        let mut first: Vec<Option<Trajectory>> = vec![None; PROGRAMS.len()];
        // In turn, each after itself, and backwards.
        let count = PROGRAMS.len();
        let turns = (0..count).chain((0..count).flat_map(|which| [which; 2])).chain((0..count).rev());
        for which in turns {
            let case = Case::python(Path::new("library/case.py"), PROGRAMS[which].as_bytes().to_vec()).expect("a case");
            let examination = examiner.examine(&case, 0);
            let trajectory = examination.run.expect("a run").trajectory;
            // What becomes of the library's classes CPython's process does not forget.
            assert!(first[which].is_some() || examination.verdict == Verdict::Agreed, "{}", PROGRAMS[which]);
            let before = first[which].get_or_insert_with(|| trajectory.clone());
            assert_eq!(*before, trajectory, "{}", PROGRAMS[which]);
        }
    };
    std::thread::Builder::new().stack_size(Vm::STACK_SIZE).spawn(body).unwrap().join().unwrap();
}
