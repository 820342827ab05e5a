//! refdrift's reference: the real CPython, watched.
//!
//! A worker process. Over standard input and output it speaks the protocol of `refdrift-trace`: it says
//! [`Response::Ready`] first, then answers each request with one response. It is built for one interpreter
//! (`PYO3_PYTHON`) and refuses to run on another.
//!
//! For each boundary of a snippet (see [`Trajectory`](refdrift_trace::Trajectory)) it writes down what the frame's slots
//! hold, whose count changed and who was freed, without changing a count itself. All `unsafe` of it, and of the project, is in
//! [`ffi`]: struct layouts, the hooks and borrowed views of objects; the rest is safe code over them.
//!
//! `refdrift-observer --run FILE` runs one snippet and prints what was seen, for people.

mod apart;
mod depth;
mod ffi;
mod hygiene;
mod imports;
mod members;
mod names;
mod natives;
mod opcodes;
mod record;
mod session;
mod show;
mod tell;
mod unit;
mod wire;

use std::io::Write;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use refdrift_trace::{FORMAT, Hello, InspectAt, Rejection, RejectionKind, Request, Response, RunRequest};

use crate::apart::Side;
use crate::session::Session;

/// Stacks to try for the thread that runs Python, in bytes of address space: freeing deeply nested containers recurses on it,
/// since the hooks switch CPython's own way around that off.
const STACKS: [usize; 3] = [2 << 30, 256 << 20, 32 << 20];

/// How often to look whether the parent is still there.
const PARENT_PERIOD: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let work = move || match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => serve(None),
        ["--max-memory", bytes] => match bytes.parse() {
            Ok(bytes) => serve(Some(bytes)),
            Err(_) => Err(format!("`{bytes}` is no number of bytes")),
        },
        ["--run", file] => run_file(file, u32::MAX),
        ["--run", file, "--limit", limit] => match limit.parse() {
            Ok(limit) => run_file(file, limit),
            Err(_) => Err(format!("`{limit}` is no number of steps")),
        },
        _ => Err("usage: refdrift-observer [--max-memory BYTES | --run FILE [--limit STEPS]]".to_owned()),
    };
    let mut work = Some(work);
    for stack in STACKS {
        let Some(task) = work.take() else { break };
        // The task comes back if the thread could not be made.
        let slot = std::sync::Arc::new(std::sync::Mutex::new(Some(task)));
        let inner = std::sync::Arc::clone(&slot);
        let spawned = thread::Builder::new().name("python".to_owned()).stack_size(stack).spawn(move || {
            let task = inner.lock().ok().and_then(|mut task| task.take());
            task.map_or_else(|| Err("nothing to do".to_owned()), |task| task())
        });
        match spawned.map(thread::JoinHandle::join) {
            Ok(Ok(Ok(()))) => return ExitCode::SUCCESS,
            Ok(Ok(Err(message))) => {
                eprintln!("refdrift-observer: {message}");
                return ExitCode::FAILURE;
            }
            Ok(Err(_)) => return ExitCode::FAILURE,
            Err(_) => work = slot.lock().ok().and_then(|mut task| task.take()),
        }
    }
    eprintln!("refdrift-observer: there is no memory for a thread to run Python on");
    ExitCode::FAILURE
}

/// Ends the process once the one that started it is gone, also in the middle of a snippet that never ends: nobody waits for
/// the answer.
fn follow_parent() {
    let parent = std::os::unix::process::parent_id();
    thread::spawn(move || {
        while std::os::unix::process::parent_id() == parent {
            thread::sleep(PARENT_PERIOD);
        }
        std::process::exit(1);
    });
}

/// Answers requests until there are no more. Snippets may take `max_memory` bytes.
fn serve(max_memory: Option<u64>) -> Result<(), String> {
    follow_parent();
    let mut standard = ffi::Standard::take().map_err(|error| format!("moving standard input and output away failed: {error}"))?;
    let mut session = Session::start().map_err(|error| error.to_string())?;
    if let Some(bytes) = max_memory {
        Session::limit_memory(bytes).map_err(|error| format!("limiting the memory failed: {error}"))?;
    }
    let hello = Response::Ready(Hello { format: FORMAT, version: session.version() });
    wire::write_response(&mut standard.output, &hello).map_err(|error| error.to_string())?;
    while let Some(request) = wire::read_request(&mut standard.input).map_err(|error| error.to_string())? {
        let response = match request {
            Request::Run(request) if !request.apart => session.run(&request),
            Request::Run(request) => run_apart(&mut session, &request, None),
            Request::Inspect(request) if !request.run.apart => session.inspect(&request),
            Request::Inspect(request) => run_apart(&mut session, &request.run, Some(&request.at)),
            Request::Time(request) => session.time(&request),
            Request::Module(name) => session.module(&name),
            Request::Compile(request) => session.compile_for(&request),
            Request::Text(path) => session.text(&path),
            Request::Members(name) => session.members(&name),
            Request::Interned(text) => session.interned(&text),
            Request::Counted(text) => session.counted(&text),
        };
        if let Err(error) = wire::write_response(&mut standard.output, &response) {
            eprintln!("refdrift-observer: {error}");
            // Closing what a snippet has closed already would look like a crash.
            ffi::give_up();
        }
    }
    Ok(())
}

/// Runs a snippet in a process apart.
fn run_apart(session: &mut Session, request: &RunRequest, at: Option<&InspectAt>) -> Response {
    let failed = |error: std::io::Error| {
        let message = format!("running the snippet in a process apart failed: {error}");
        Response::Rejected(Rejection { kind: RejectionKind::Observer, message, line: None })
    };
    match apart::part() {
        Ok(Side::Parent(listener)) => listener.listen().unwrap_or_else(failed),
        Ok(Side::Apart(notes)) => {
            follow_parent();
            let response = session.run_once(request, at, &notes);
            notes.answer(response);
            ffi::vanish();
        }
        Err(error) => failed(error),
    }
}

/// Runs one file and prints what was seen.
fn run_file(file: &str, step_limit: u32) -> Result<(), String> {
    let source = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let mut standard = ffi::Standard::take().map_err(|error| format!("moving standard input and output away failed: {error}"))?;
    let mut session = Session::start().map_err(|error| error.to_string())?;
    let folder = std::path::Path::new(file).parent().map(|folder| folder.join(".").display().to_string());
    let text = match session.run(&RunRequest {
        filename: file.to_owned(),
        source: source.clone(),
        folder,
        step_limit,
        natives: Vec::new(),
        apart: false,
    }) {
        Response::Finished(observation) => show::observation(&observation, session.opcodes(), &source),
        Response::Rejected(rejection) => {
            let line = rejection.line.map_or_else(String::new, |line| format!(":{line}"));
            return Err(format!("{file}{line}: {}", rejection.message));
        }
        response => format!("{response:?}\n"),
    };
    standard.output.write_all(text.as_bytes()).map_err(|error| error.to_string())
}
