//! A client of the observer, and short ways to ask what it saw.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use refdrift_trace::{
    ConstantValue, Event, Hello, IMMORTAL, ObjectId, Observation, Origin, Place, Rejection, Request, Response, RunRequest,
    Teardown, TimeRequest,
};

/// A running observer.
pub struct Observer {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
    pub hello: Hello,
}

impl Observer {
    /// Starts one and hears its hello.
    pub fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_refdrift-observer"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the observer starts");
        let input = child.stdin.take();
        let mut output = child.stdout.take().expect("a pipe");
        let Response::Ready(hello) = receive(&mut output) else { panic!("no hello") };
        Self { child, input, output, hello }
    }

    /// One request, one response.
    pub fn ask(&mut self, request: &Request) -> Response {
        let message = postcard::to_stdvec(request).expect("a request can be encoded");
        let input = self.input.as_mut().expect("still open");
        input.write_all(&(message.len() as u32).to_le_bytes()).expect("the observer listens");
        input.write_all(&message).expect("the observer listens");
        input.flush().expect("the observer listens");
        receive(&mut self.output)
    }

    pub fn respond(&mut self, source: impl AsRef<[u8]>, step_limit: u32) -> Response {
        let run = RunRequest {
            filename: "case.py".to_owned(),
            source: source.as_ref().to_vec(),
            folder: None,
            step_limit,
            natives: Vec::new(),
            apart: false,
        };
        self.ask(&Request::Run(run))
    }

    pub fn run_limited(&mut self, source: impl AsRef<[u8]>, step_limit: u32) -> Observation {
        match self.respond(source, step_limit) {
            Response::Finished(observation) => {
                assert!(observation.trajectory.is_sound());
                *observation
            }
            response => panic!("not finished: {response:?}"),
        }
    }

    pub fn run(&mut self, source: impl AsRef<[u8]>) -> Observation {
        self.run_limited(source, 1_000_000)
    }

    pub fn rejection(&mut self, source: impl AsRef<[u8]>) -> Rejection {
        match self.respond(source, 1_000_000) {
            Response::Rejected(rejection) => rejection,
            response => panic!("not rejected: {response:?}"),
        }
    }

    pub fn time(&mut self, source: &str, repeat: u32) -> Response {
        let run = RunRequest {
            filename: "case.py".to_owned(),
            source: source.as_bytes().to_vec(),
            folder: None,
            step_limit: 10_000_000,
            natives: Vec::new(),
            apart: false,
        };
        self.ask(&Request::Time(TimeRequest { run, repeat }))
    }

    /// Closes its input; it is to end by itself, well.
    pub fn finish(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().expect("it was started").success());
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(output: &mut ChildStdout) -> Response {
    let mut length = [0; 4];
    output.read_exact(&mut length).expect("the observer answers");
    let mut message = vec![0; u32::from_le_bytes(length) as usize];
    output.read_exact(&mut message).expect("the observer answers");
    postcard::from_bytes(&message).expect("the answer makes sense")
}

/// The name of an object in the assertions: its type, or the constant, or what it has always been.
pub fn name(observation: &Observation, object: ObjectId) -> String {
    let info = observation.trajectory.objects[object as usize];
    match info.origin {
        Origin::Created => observation.trajectory.name(info.type_name).to_owned(),
        Origin::Static(name) => format!("static {}", observation.trajectory.name(name)),
        Origin::Constant(id) => match &observation.unit.pool[id as usize].value {
            ConstantValue::Str(text) => format!("'{text}'"),
            ConstantValue::Int(value) => value.to_string(),
            ConstantValue::Code(code) => format!("code {}", observation.unit.text(observation.unit.codes[*code as usize].name)),
            value => format!("{value:?}"),
        },
    }
}

/// The offsets of the instructions executed, by frame number.
pub fn offsets(observation: &Observation, wanted: u32) -> Vec<u32> {
    let places = observation.trajectory.steps.iter().filter_map(|step| match step.place {
        Place::Instruction { frame, offset } if frame == wanted => Some(offset),
        _ => None,
    });
    places.collect()
}

/// The objects freed, in order, and after which teardown act.
pub fn freed(observation: &Observation) -> Vec<String> {
    let mut all = Vec::new();
    for (number, step) in observation.trajectory.steps.iter().enumerate() {
        for event in observation.trajectory.events_of(number) {
            if let Event::Freed(object) = event {
                let when = match step.place {
                    Place::Instruction { .. } => String::new(),
                    Place::Teardown(Teardown::Global(name)) => format!(" at del {}", observation.trajectory.name(name)),
                    Place::Teardown(act) => format!(" at {act:?}"),
                };
                all.push(format!("{}{when}", name(observation, *object)));
            }
        }
    }
    all
}

/// What may differ between two runs of the same snippet taken out: on 3.11 the counts of what the code shares with everything else
/// (`None`, small integers, interned names) are told as they are.
pub fn relative(mut observation: Observation) -> Observation {
    let Observation { unit, trajectory } = &mut observation;
    for event in &mut trajectory.events {
        if let Event::Seen { object, count } | Event::Count { object, count } = event
            && let Origin::Constant(id) = trajectory.objects[*object as usize].origin
            && *count != IMMORTAL
        {
            *count -= unit.pool[id as usize].count;
        }
    }
    for constant in &mut unit.pool {
        if constant.count != IMMORTAL {
            constant.count = 0;
        }
    }
    observation
}

/// Snippets that between them do many things.
pub const SNIPPETS: &[&str] = &[
    "",
    "a = []\nb = []\nfoo = (a, b)\n(a, b)\n",
    "class A:\n    x = 1\n    def f(self): return self.x\na = A()\nprint(a.f(), getattr(a, ''.join(['x'])))\nsetattr(a, 'y' + str(1), 2)\nprint(a.y1)\n",
    "name = 'some_name'\nclass B: pass\nb = B()\nfor i in range(50):\n    setattr(b, name, i)\n    getattr(b, 'missing%d' % i, None)\n    getattr(b, name)\n",
    "words = 'a bb ccc a bb'.split()\ncounts = {}\nfor word in words:\n    counts[word] = counts.get(word, 0) + 1\nprint(sorted(counts.items(), key=lambda item: (-item[1], item[0])))\n",
    "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(8))\n",
    "def g():\n    received = yield 1\n    print(received)\n    yield from [2, 3]\nit = g()\nnext(it)\nprint(it.send('x'), list(it))\n",
    "try:\n    {}['k']\nexcept KeyError as e:\n    print(e, e.__traceback__.tb_lineno)\n    saved = e\ntry:\n    raise ValueError from saved\nexcept ValueError:\n    pass\n",
    "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n    y: int = 2\nprint(P(1), P(1) == P(1, 2))\n",
    "import enum\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\nprint(Color.RED, list(Color))\n",
    "import re, collections, functools\nprint(re.findall('[a-z]+', 'ab cd'), collections.Counter('abca'))\n@functools.lru_cache\ndef f(x): return [x]\nf(1); f(1)\n",
    "import typing, contextlib\nT = typing.TypeVar('T')\nclass Box(typing.Generic[T]): pass\nx: typing.List[Box[int]] = []\n@contextlib.contextmanager\ndef m():\n    yield 1\nwith m() as v: print(v)\n",
    "x = [n * 1.5 for n in range(10)]\ns = {str(n) for n in range(20)}\nprint(s, x)\n",
    "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 1\nprint(asyncio.run(f()))\n",
    "x = 12345678901234567890 * 10**20\nprint(f'{x:>60}', x // 7, x % 1000)\ny = 0.1 + 0.2\nz = complex(y, 1)\n",
    "def outer():\n    n = []\n    def inner():\n        nonlocal n\n        n = n + [1]\n        return n\n    return inner\nf = outer()\nf(); f()\nprint(f())\n",
    "class M(type):\n    def __new__(m, n, b, d): return super().__new__(m, n, b, d)\nclass C(metaclass=M):\n    __slots__ = ('a', 'b')\nc = C()\nc.a = [c]\nimport weakref, gc\nr = weakref.ref(C)\n",
    "import sys\nprint(sys.intern('abc' + 'def'), sys.getrefcount([]))\nx = 'hello world'.title()\nprint(x, end='')\n",
];
