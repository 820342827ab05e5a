//! Programs that are hard to watch, and what CPython itself says of which instructions it executes.

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

use common::{Observer, freed, name};
use refdrift_trace::{ConstantValue, Outcome, Place};

/// Prints the code name and the offset of each instruction that `sys.settrace` reports in a snippet, but for each `RESUME`.
const SETTRACE: &str = "
import opcode, sys
code = compile(sys.stdin.buffer.read(), 'case.py', 'exec')
said = []
def trace(frame, event, arg):
    if frame.f_code.co_filename != 'case.py':
        return None
    frame.f_trace_lines = False
    frame.f_trace = trace
    frame.f_trace_opcodes = True
    if event == 'opcode':
        if frame.f_code.co_code[frame.f_lasti] != opcode.opmap['RESUME']:
            said.append(f'{frame.f_code.co_name} {frame.f_lasti}')
    return trace
import io
out, sys.stdout = sys.stdout, io.StringIO()
sys._getframe().f_trace_opcodes = True
sys.settrace(trace)
try:
    exec(code, {'__name__': '__main__', '__builtins__': __builtins__})
except BaseException:
    pass
sys.settrace(None)
sys.stdout = out
print('\\n'.join(said))
";

#[test]
fn reports_the_instructions_that_settrace_reports() {
    // Enough names for instructions with a prefix.
    let many = (0..300).map(|number| format!("x{number} = {number}")).collect::<Vec<_>>().join("\n");
    let mut observer = Observer::start();
    for source in common::SNIPPETS.iter().copied().chain([many.as_str(), "def f():\n  for i in 1, 2: yield i\nprint(*f())\n1/0\n"])
    {
        if source.contains("import") || source.contains("class") {
            // The teardown differs, and what the standard library does when it runs for the first time.
            continue;
        }
        let seen = observer.run(source);
        let ours: Vec<String> = seen
            .trajectory
            .steps
            .iter()
            .map_while(|step| match step.place {
                Place::Instruction { frame, offset } => {
                    let code = &seen.unit.codes[seen.trajectory.frames[frame as usize].code as usize];
                    Some(format!("{} {offset}", seen.unit.text(code.name)))
                }
                Place::Teardown(_) => None,
            })
            .collect();
        let mut child = Command::new(env!("REFDRIFT_PYTHON"))
            .args(["-I", "-c", SETTRACE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter that this was built for runs");
        child.stdin.take().expect("a pipe").write_all(source.as_bytes()).expect("it listens");
        let output = child.wait_with_output().expect("it was started");
        let theirs: Vec<String> =
            String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        assert_eq!(ours, theirs, "{source}");
    }
}

#[test]
fn deep_structures_are_freed() {
    let mut observer = Observer::start();
    // Code that the snippet makes at run time is not watched, so that only the outermost is known.
    let seen = observer.run("exec('a = []\\nfor i in range(1000000): a = [a]')\na\ndel a\nprint('x')\n");
    assert_eq!(seen.trajectory.output, "x\n");
    assert_eq!(freed(&seen), ["list"], "once");
    let seen = observer.run("a = []\nfor i in range(3000): a = [a]\n");
    assert_eq!(freed(&seen).iter().filter(|text| text.as_str() == "list at del a").count(), 3001);
}

#[test]
fn a_million_steps_fit() {
    let seen = Observer::start().run_limited("x = 0\nfor i in range(250000):\n    x = [i]\n", 100_000_000);
    assert!(seen.trajectory.steps.len() > 1_000_000);
    assert!(seen.trajectory.survivors.is_empty());
}

#[test]
fn recursion_ends_as_it_does_without_an_observer() {
    let source = "def f(n):\n    global deepest\n    deepest = n\n    f(n + 1)\ntry:\n    f(1)\nexcept RecursionError:\n    print(deepest)\n";
    let seen = Observer::start().run(source);
    // The module's frame is the first of a thousand; 3.11 counts one more.
    let depth: u32 = seen.trajectory.output.trim().parse().expect("a number");
    assert!((996..=1000).contains(&depth), "{depth}");
}

#[test]
fn hard_programs_are_watched_to_their_end() {
    let mut observer = Observer::start();
    for (source, output) in [
        // A generator that is thrown into before it began, where a frame was before.
        (
            "def g():\n    yield 1\ndef f(): return 1\nf()\nit = g()\ntry: it.throw(KeyError)\nexcept KeyError: print('thrown')\n",
            "thrown\n",
        ),
        // An object comes back in its finaliser.
        (
            "class A:\n    def __del__(self):\n        global back\n        back = self\na = A()\ndel a\nprint(type(back).__name__)\n",
            "A\n",
        ),
        (
            "import sys\nsys.settrace(lambda *a: None)\nsys.settrace(None)\nprint('here')\n",
            if observer.hello.version.minor == 11 { "" } else { "here\n" },
        ),
        ("globals().clear()\n", ""),
        ("globals()[1] = 2\nglobals()[(1, 2)] = 3\n", ""),
        ("class K:\n    def __hash__(self): return 1\n    def __eq__(self, o): print('eq'); return True\nglobals()[K()] = 1\n", ""),
        ("del __builtins__\nprint('x')\n", "x\n"),
        ("import sys\nsys.modules.clear()\nprint('x')\n", "x\n"),
        ("import gc\ngc.enable()\ngc.set_threshold(1)\nfor i in range(100):\n    a = []; a.append(a)\nprint('x')\n", "x\n"),
        (
            "import threading\nt = threading.Thread(target=lambda: [0 for _ in range(1000)])\nt.start(); t.join()\nprint('x')\n",
            "x\n",
        ),
        ("def f():\n    try: yield\n    finally: print('closed')\nx = f()\nnext(x)\nx = None\nprint('after')\n", "closed\nafter\n"),
        (
            "class M:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nwith M() as m: 1/0\nprint('x')\n",
            "x\n",
        ),
        ("import weakref\nclass A: pass\na = A()\nw = weakref.ref(a, lambda r: print('gone'))\ndel a\n", "gone\n"),
        (
            "import collections\nd = collections.OrderedDict(a=[1])\ne = collections.defaultdict(list)\ne[1].append(d)\ndel d, e\nprint('x')\n",
            "x\n",
        ),
        (
            "async def f():\n    async with A() as a:\n        async for x in a: print(x)\nclass A:\n    async def __aenter__(self): return self\n    \
          async def __aexit__(self, *a): pass\n    def __aiter__(self): return self\n    n = 0\n    async def __anext__(self):\n        \
          self.n += 1\n        if self.n > 2: raise StopAsyncIteration\n        return self.n\nimport asyncio\nasyncio.run(f())\n",
            "1\n2\n",
        ),
        ("match {'a': [1, 2]}:\n    case {'a': [x, *y]}: print(x, y)\n", "1 [2]\n"),
        (
            "try:\n    raise ExceptionGroup('g', [ValueError(1), KeyError(2)])\nexcept* ValueError as e: print(e.exceptions)\nexcept* KeyError: print('k')\n",
            "(ValueError(1),)\nk\n",
        ),
        ("import os\nos.environ['X'] = '1'\nprint(open(os.devnull).read())\n", "\n"),
        ("exec('x = [1]\\ndef f(): return x')\nprint(f())\n", "[1]\n"),
        ("f = lambda: 1\nf.__code__ = (lambda: 2).__code__\nprint(f())\n", "2\n"),
        ("import ctypes\nprint('x')\n", "x\n"),
        ("s = 'caf\\u00e9 \\ud800'\nprint(len(s))\n", "6\n"),
    ] {
        if source.contains("settrace") && observer.hello.version.minor == 11 {
            // Taken back before the end, it is told all the same: what came between was not seen.
            assert!(observer.rejection(source).message.contains("settrace"));
            continue;
        }
        let seen = observer.run(source);
        assert_eq!(seen.trajectory.output, output, "{source}\n{:?}", seen.trajectory.outcome);
        assert_eq!(seen.trajectory.outcome, Outcome::Completed, "{source}");
    }
}

#[test]
fn constants_of_all_kinds_are_exported() {
    let source = "x = (1, 0x1000000000000000000000, 1.5, 2j, 'a', b'b', None, ..., True, ('n', (1,)))\ny = '\\ud800'\n\
        z = 1 in {1, 2, 'q'}\nbig = 0x1"
        .to_owned()
        + &"0".repeat(5000)
        + "\ndef f(a, /, b, *c, d=1, **e):\n    def g(): return a\n    return g\n";
    let seen = Observer::start().run(&source);
    let values: Vec<_> = seen.unit.pool.iter().map(|constant| &constant.value).collect();
    assert!(values.contains(&&ConstantValue::BigInt((1_u128 << 84).to_string())));
    assert!(values.contains(&&ConstantValue::WideStr(vec![0xd800])));
    assert!(values.contains(&&ConstantValue::Complex(0, 2.0_f64.to_bits())));
    assert!(values.iter().any(|value| matches!(value, ConstantValue::FrozenSet(items) if items.len() == 3)));
    assert!(values.iter().any(|value| matches!(value, ConstantValue::BigInt(digits) if digits.len() > 6000)));
    let f = &seen.unit.codes[1];
    assert_eq!((f.argcount, f.posonlyargcount, f.kwonlyargcount), (2, 1, 1));
    assert_eq!(f.localsplusnames.len(), f.localspluskinds.len());
    assert_eq!(seen.unit.text(seen.unit.codes[2].qualname), "f.<locals>.g");
    // One object, one entry.
    for (id, code) in seen.unit.codes.iter().enumerate() {
        assert_eq!(seen.unit.pool[code.id as usize].value, ConstantValue::Code(id as u32));
    }
}

#[test]
fn strs_are_kept_by_no_cache() {
    // Each name is made at run time, looked up once and dropped: it has to die at once.
    let source =
        "class A: pass\na = A()\nfor i in range(500):\n    name = 'attribute' + str(i)\n    hasattr(a, name)\n    del name\n";
    let seen = Observer::start().run(source);
    assert!(seen.trajectory.survivors.iter().all(|&object| name(&seen, object) != "str"));
    assert_eq!(freed(&seen).iter().filter(|text| text.as_str() == "str").count(), 1000);
}
