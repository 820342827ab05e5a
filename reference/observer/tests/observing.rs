//! What the observer sees.

mod common;

use common::{Observer, freed, name, offsets, relative};
use refdrift_trace::{Event, FORMAT, ObjectId, Observation, Outcome, Place, RejectionKind, Request, Response, Teardown};

/// The events of the step whose instruction is the `nth` (from 0) of a name, told in words.
fn at(observation: &Observation, wanted: &str, nth: usize) -> Vec<String> {
    let opcodes = opcode_numbers(observation, wanted);
    let steps = observation.trajectory.steps.iter().enumerate().filter(|(_, step)| match step.place {
        Place::Instruction { frame, offset } => {
            let code = &observation.unit.codes[observation.trajectory.frames[frame as usize].code as usize];
            opcodes.contains(&code.bytecode[offset as usize])
        }
        Place::Teardown(_) => false,
    });
    let number = steps.map(|(number, _)| number).nth(nth).expect("there is such an instruction");
    words(observation, number)
}

fn words(observation: &Observation, step: usize) -> Vec<String> {
    let name = |object: ObjectId| name(observation, object);
    let events = observation.trajectory.events_of(step).iter().map(|event| match *event {
        Event::Freed(object) => format!("freed {}", name(object)),
        Event::Seen { object, count } => format!("seen {} {count}", name(object)),
        Event::Slot { slot, object } => format!("slot {slot} {}", object.map_or_else(|| "-".to_owned(), name)),
        Event::Count { object, count } => format!("count {} {count}", name(object)),
    });
    events.collect()
}

/// The numbers of an instruction in the three versions (`opcode.opmap`).
fn opcode_numbers(observation: &Observation, name: &str) -> Vec<u8> {
    let column = usize::from(observation.unit.version.minor - 11);
    let table: [(&str, [u8; 3]); 4] =
        [("LOAD_NAME", [101, 101, 92]), ("BUILD_TUPLE", [102, 102, 52]), ("STORE_NAME", [90, 90, 114]), ("POP_TOP", [1, 1, 32])];
    table.iter().filter(|entry| entry.0 == name).map(|entry| entry.1[column]).collect()
}

#[test]
fn says_hello_and_ends_with_its_input() {
    let observer = Observer::start();
    assert_eq!(observer.hello.format, FORMAT);
    assert!((11..=13).contains(&observer.hello.version.minor));
    observer.finish();
}

#[test]
fn a_tuple_takes_the_references_of_the_stack_over() {
    let seen = Observer::start().run("a = []\nb = []\nfoo = (a, b)\n");
    // Before `LOAD_NAME b` the list has two owners, the global and the stack; before `BUILD_TUPLE` so has the other.
    assert_eq!(at(&seen, "LOAD_NAME", 1), ["slot 0 list", "count list 2"]);
    assert_eq!(at(&seen, "BUILD_TUPLE", 0), ["slot 1 list", "count list 2"]);
    // `BUILD_TUPLE` counted nothing for the lists, `STORE_NAME` nothing for the tuple.
    assert_eq!(at(&seen, "STORE_NAME", 2), ["seen tuple 1", "slot 0 tuple", "slot 1 -"]);
    // A container is told before its items; the last item goes first.
    assert_eq!(freed(&seen), ["tuple at del foo", "list at del foo", "list at del foo"]);
    assert_eq!(seen.trajectory.outcome, Outcome::Completed);
    assert!(seen.trajectory.survivors.is_empty());
}

#[test]
fn what_ends_in_the_dealloc_of_a_module_that_came_late_is_told() {
    // `c_int` is a class written in Python; its base is one of `_ctypes`, which nothing had imported before.
    let seen = Observer::start().run("import ctypes\na = ctypes.c_int(5)\ndel a\n0\n");
    assert!(seen.trajectory.survivors.is_empty(), "{:?}", freed(&seen));
    assert_eq!(freed(&seen), ["c_int"]);
}

#[test]
fn a_tuple_that_nobody_takes_is_freed_by_pop_top() {
    let seen = Observer::start().run("a = []\nb = []\n(a, b)\na\n");
    assert_eq!(at(&seen, "POP_TOP", 0), ["seen tuple 1", "slot 0 tuple", "slot 1 -"]);
    assert_eq!(at(&seen, "LOAD_NAME", 2), ["freed tuple", "slot 0 -", "count list 1", "count list 1"]);
}

#[test]
fn functions_get_frames_of_their_own() {
    let seen = Observer::start().run("def f(x):\n    y = x\n    return y\nf([])\nf([])\n");
    assert_eq!(seen.trajectory.frames.iter().map(|frame| frame.code).collect::<Vec<_>>(), [0, 1, 1]);
    assert_eq!(offsets(&seen, 1), offsets(&seen, 2));
    assert_eq!(freed(&seen), ["list", "list", "function at del f"]);
}

#[test]
fn a_generator_keeps_its_frame() {
    let source = "def g():\n    yield 1\n    yield 2\nfor a, b in zip(g(), g()):\n    pass\nlist(g())\n";
    let seen = Observer::start().run(source);
    // The module, two generators that take turns, and one that comes to lie where one of them lay.
    assert_eq!(seen.trajectory.frames.iter().map(|frame| frame.code).collect::<Vec<_>>(), [0, 1, 1, 1]);
    let first = offsets(&seen, 1);
    assert!(first.is_sorted() && first.len() > 3, "{first:?}");
    assert_eq!(offsets(&seen, 3), first);
}

#[test]
fn finally_blocks_of_a_dying_generator_run_in_its_frame() {
    let seen = Observer::start()
        .run("def g():\n    try:\n        yield 1\n    finally:\n        print('bye')\nit = g()\nnext(it)\ndel it\n");
    assert_eq!(seen.trajectory.frames.len(), 2);
    assert_eq!(seen.trajectory.output, "bye\n");
    assert_eq!(freed(&seen).iter().filter(|text| text.starts_with("generator")).count(), 1);
}

#[test]
fn exceptions_are_told_with_the_line_of_the_module() {
    let mut observer = Observer::start();
    let seen = observer.run("def f():\n    raise ValueError('no ' + 'way')\n\nf()\n");
    let Outcome::Raised(raised) = &seen.trajectory.outcome else { panic!("{:?}", seen.trajectory.outcome) };
    assert_eq!((raised.type_name.as_str(), raised.message.as_str(), raised.line), ("ValueError", "no way", Some(4)));

    let seen = observer.run("class E(Exception):\n    def __str__(self): raise KeyError\nraise E\n");
    let Outcome::Raised(raised) = &seen.trajectory.outcome else { panic!("{:?}", seen.trajectory.outcome) };
    assert_eq!((raised.type_name.as_str(), raised.message.as_str()), ("E", "<exception str() failed>"));
    // What runs for the message is the observer's doing and not recorded.
    assert_eq!(seen.trajectory.frames.len(), 2);
}

#[test]
fn sources_that_do_not_compile_are_rejected_with_their_line() {
    let mut observer = Observer::start();
    let rejection = observer.rejection("x = 1\ny = = 2\n");
    assert_eq!(rejection.kind, RejectionKind::Syntax);
    assert_eq!((rejection.message.as_str(), rejection.line), ("SyntaxError: invalid syntax", Some(2)));

    for source in [&b"x = 1\0"[..], b"x = '\xff'", b"# coding: nonsense\n", b"if x:\n\ty\n        z\n"] {
        let rejection = observer.rejection(source);
        assert_eq!(rejection.kind, RejectionKind::Syntax, "{rejection:?}");
        assert!(!rejection.message.contains('\n'));
    }
    let deep = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(observer.rejection(deep).kind, RejectionKind::Syntax);
    // It goes on as if nothing had been.
    assert_eq!(observer.run("").trajectory.outcome, Outcome::Completed);
}

#[test]
fn the_step_limit_ends_what_never_ends() {
    let mut observer = Observer::start();
    let sources = [
        "while True: pass\n",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n    finally: print('no')\n",
        "class A:\n    def __del__(self): A()\nA()\n",
        "def f():\n    try:\n        while True:\n            yield 1\n    finally:\n        yield 2\nfor x in f(): pass\n",
        "class I:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nwhile True:\n    with I():\n        1\n",
    ];
    for source in sources {
        let seen = observer.run_limited(source, 1000);
        assert_eq!(seen.trajectory.outcome, Outcome::BrokenOff, "{source}");
        assert_eq!(seen.trajectory.steps.len(), 1000);
        assert!(seen.trajectory.steps.iter().all(|step| matches!(step.place, Place::Instruction { .. })));
        assert!(!seen.trajectory.output.contains("no"));
    }
    assert_eq!(observer.run("x = 1").trajectory.outcome, Outcome::Completed);
    // What was being handled there is handled no more.
    observer.run_limited("try:\n    1 / 0\nexcept ZeroDivisionError:\n    while True: pass\n", 1000);
    assert_eq!(observer.run("import sys\nprint(sys.exc_info())").trajectory.output, "(None, None, None)\n");
}

#[test]
fn what_leaks_survives_and_what_is_cyclic_goes_at_the_collection() {
    let mut observer = Observer::start();
    let seen = observer.run("a = []\na.append(a)\nb = {}\nb['a'] = b\ndel a\n");
    assert_eq!(freed(&seen), ["list at Collection", "dict at Collection"]);
    assert!(seen.trajectory.survivors.is_empty());

    // Nobody can let go of what a builtin module holds.
    let seen = observer.run("import builtins\nbuiltins.keep = [object()]\n");
    let names: Vec<_> = seen.trajectory.survivors.iter().map(|&object| name(&seen, object)).collect();
    assert_eq!(names, ["object", "list"]);
    // And the next case finds builtins as they were.
    let Outcome::Raised(raised) = observer.run("keep").trajectory.outcome else { panic!("keep is kept") };
    assert_eq!(raised.type_name, "NameError");
}

#[test]
fn globals_go_in_the_order_in_which_they_came() {
    let seen = Observer::start()
        .run("b = [1]\na = [2]\nclass C:\n    def __del__(self):\n        global late\n        late = 1\nc = C()\n");
    let acts: Vec<_> = seen
        .trajectory
        .steps
        .iter()
        .filter_map(|step| match step.place {
            Place::Teardown(Teardown::Global(name) | Teardown::Module(name)) => Some(seen.trajectory.name(name)),
            Place::Teardown(Teardown::Outcome) => Some("<outcome>"),
            Place::Teardown(Teardown::Collection) => Some("<collection>"),
            Place::Instruction { .. } => None,
        })
        .collect();
    assert_eq!(acts, ["<outcome>", "b", "a", "C", "c", "late", "<collection>"]);
}

#[test]
fn the_protocol_is_out_of_reach() {
    let mut observer = Observer::start();
    for source in [
        "import os\nos.write(1, b'garbage')\nprint('hello')\n",
        "import os\nos.close(1)\nos.close(0)\nprint('hello')\n",
        "import os\nos.closerange(0, 100)\nprint('hello')\n",
        "import os\nos.read(0, 10)\nprint('hello')\n",
        "import sys\nsys.__stdout__.write('garbage')\nsys.__stdout__.flush()\nprint('hello')\n",
        "import os\nif os.fork() == 0: raise SystemExit\nelse: os.wait()\nprint('hello')\n",
    ] {
        let seen = observer.run(source);
        assert_eq!(seen.trajectory.output, "hello\n", "{source}");
    }
}

#[test]
fn cases_do_not_touch_each_other() {
    let mut observer = Observer::start();
    let probe = "import sys, gc, warnings, os\nprint(sys.getrecursionlimit(), gc.isenabled(), gc.get_threshold(), len(sys.modules), \
        sorted(vars(__builtins__))[-3:], warnings.filters, os.getcwd(), len(gc.callbacks), 'HURZ' in os.environ, sys.gettrace())\n";
    let before = observer.run(probe).trajectory.output;
    observer.run(
        "import sys, gc, warnings, os, atexit\nsys.setrecursionlimit(500)\ngc.enable()\ngc.set_threshold(1)\nimport colorsys, mailbox\n\
         print = 1\n__builtins__.zzz = 1\nwarnings.simplefilter('error')\nos.chdir('/')\ngc.callbacks.append(lambda *a: None)\n\
         os.environ['HURZ'] = '1'\ndel __builtins__.abs\nsys.stdout = None\natexit.register(lambda: None)\n",
    );
    assert_eq!(observer.run(probe).trajectory.output, before);
    let Outcome::Completed = observer.run("abs(1)").trajectory.outcome else { panic!("abs is gone") };
}

#[test]
fn a_thread_left_behind_is_told() {
    let rejection = Observer::start()
        .rejection("import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n");
    assert_eq!(rejection.kind, RejectionKind::Observer);
    assert!(rejection.message.contains("thread"), "{}", rejection.message);
}

#[test]
fn timings_are_measured() {
    let Response::Timed(timings) = Observer::start().time("x = sum(range(100))\n", 3) else { panic!("not timed") };
    assert!(timings.compile > 0 && timings.execute > 0 && timings.observe > timings.execute);
}

#[test]
fn existing_objects_have_canonical_names() {
    let source = "x = len, int, object.__new__, str.upper, None, ..., True, NotImplemented, int.__add__, (), b'', object.__class__\n\
        import math, collections, functools\ny = math.sqrt, collections.OrderedDict, functools.reduce, collections.namedtuple\n\
        def f(): return [chr(65), len('x' * 200)]\nz = f()[0], f()[1]\n";
    let seen = Observer::start().run(source);
    let mut names: Vec<_> = (0..seen.trajectory.objects.len() as u32)
        .map(|object| name(&seen, object))
        .filter_map(|name| name.strip_prefix("static ").map(str::to_owned))
        .collect();
    names.sort();
    for wanted in [
        "len",
        "int",
        "object.__new__",
        "str.upper",
        "NotImplemented",
        "int.__add__",
        "module math",
        "math.sqrt",
        "collections.OrderedDict",
        "_functools.reduce",
        "collections.namedtuple",
        "str 'A'",
        "int 200",
        "type",
    ] {
        assert!(names.iter().any(|name| name == wanted), "{wanted} is not in {names:?}");
    }
}

#[test]
fn the_same_snippet_has_the_same_trajectory() {
    let sources = common::SNIPPETS;
    let mut first = Observer::start();
    let alone: Vec<_> = sources.iter().map(|source| relative(Observer::start().run(source))).collect();
    for round in 0..3 {
        for (source, alone) in sources.iter().zip(&alone) {
            let seen = relative(first.run(source));
            if &seen != alone {
                let step = (0..seen.trajectory.steps.len().min(alone.trajectory.steps.len())).find(|&step| {
                    words(&seen, step) != words(alone, step) || seen.trajectory.steps[step] != alone.trajectory.steps[step]
                });
                let shown = step.map(|step| (seen.trajectory.steps[step].place, words(&seen, step), words(alone, step)));
                panic!("round {round} of\n{source}\ndiffers at step {step:?}: {shown:#?}");
            }
        }
    }
}

/// What a run leaves in the objects of the library, the next one does not find.
#[test]
fn what_the_library_keeps_of_a_run_is_the_same_for_all() {
    let keepers = [
        "import argparse\na = argparse.Namespace()\na.unheard = 1\nb = 'unheard'\n",
        "import logging\nlogging.basicConfig(level=10)\nlogging.getLogger('here').setLevel(20)\nlogging.getLogger('there.too')\n",
        "from typing import overload\n@overload\ndef f(a: int): ...\ndef f(a): return a\n",
        "import plistlib\n",
        "import re\nre.compile('[\\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\\x0b\\x0c\\x0e\\x0f\\x10\\x11\\x12]')\nprint(len(re._cache))\n",
    ];
    let mut observer = Observer::start();
    let seen: Vec<_> = keepers.iter().map(|source| relative(observer.run(source))).collect();
    // What the VM asks about the library changes nothing of it.
    for question in ["plistlib", "logging.handlers", "xml.dom.minidom"] {
        observer.ask(&Request::Text(vec![question.to_owned(), "__cached__".to_owned()]));
        observer.ask(&Request::Members(question.to_owned()));
        observer.ask(&Request::Module(question.to_owned()));
    }
    for (source, seen) in keepers.iter().zip(seen) {
        let again = relative(observer.run(source));
        assert_eq!(again.trajectory.output, seen.trajectory.output, "{source}");
        assert!(again == seen, "{source}");
    }
}
