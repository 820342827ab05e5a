//! What the reference is asked about a case.

use std::path::PathBuf;
use std::sync::Arc;

use refdrift_cases::{Case, Native};
use refdrift_record::Fault;
use refdrift_trace::{
    CompileAnswer, CompileRequest, Crash, NativeFile, Observation, RejectionKind, Request, Response, RunRequest, TextAnswer,
};
use refdrift_vm::NativeModule;

use super::{Examiner, Failed};
use crate::golden::native_fingerprint;
use crate::native::{Headers, NativeError, compile, for_vm};
use crate::observer::{ObserverError, signal_words};
use crate::witness::Witness;

/// What was seen of a case.
pub(crate) enum Observed {
    /// All of it.
    Whole(Box<Observation>),
    /// What there was before the process died; and how it did.
    Broken(Box<Observation>, String),
}

pub(crate) fn death_words(crash: &Crash) -> String {
    match (crash.signal, crash.status) {
        (Some(signal), _) => format!("CPython died: {}", signal_words(signal)),
        (None, Some(status)) => format!("CPython died: it exited with status {status}"),
        (None, None) => "CPython died".to_owned(),
    }
}

impl Examiner<'_> {
    /// What the reference of that number does with a case.
    pub(crate) fn observe(&mut self, case: &Case, which: usize) -> Result<Observed, Failed> {
        let mut request = self.request(case, which)?;
        let response = match self.ask(which, &Request::Run(request.clone())) {
            // Once more in a process apart, for what happened until the death.
            Err(failed) if failed.fault == Fault::Crash && !request.apart => {
                request.apart = true;
                return match self.ask(which, &Request::Run(request)) {
                    Ok(Response::Crashed(crash)) => broken(crash.seen, failed),
                    _ => Err(failed),
                };
            }
            response => response?,
        };
        match response {
            Response::Finished(observation) if is_whole(&observation) => Ok(Observed::Whole(observation)),
            Response::Crashed(crash) => {
                let death = Failed { fault: Fault::Crash, why: death_words(&crash), line: None };
                broken(crash.seen, death)
            }
            Response::Rejected(rejection) => Err(Failed {
                fault: match rejection.kind {
                    RejectionKind::Syntax => Fault::Source,
                    RejectionKind::Observer => Fault::Observer,
                    RejectionKind::Memory => Fault::Memory,
                },
                why: rejection.message,
                line: rejection.line,
            }),
            _ => Err(ObserverError::Nonsense("an answer that does not fit together".to_owned()).into()),
        }
    }

    /// What the observer is told of a case, whose native modules are built.
    pub(crate) fn request(&mut self, case: &Case, which: usize) -> Result<RunRequest, Failed> {
        let folder = case.path.parent().map(|folder| folder.join(".").display().to_string());
        let mut witness = self.seats[which].desk.take().map_or_else(|| self.pool.witness(which), Ok)?;
        self.seats[which].natives.clear();
        let mut natives = Vec::new();
        if let Some(native) = &case.native {
            let built = self.build_native(native, which, &mut witness);
            let (module, file) = match built {
                Ok(built) => built,
                Err(failed) => {
                    if failed.fault == Fault::Source {
                        self.seats[which].desk.put(witness);
                    }
                    return Err(failed);
                }
            };
            self.seats[which].natives.push(module);
            natives.push(file);
        }
        self.seats[which].desk.put(witness);
        let (filename, source, step_limit) = (case.id(), case.source.clone(), self.limits.steps);
        Ok(RunRequest { filename, source, folder, step_limit, apart: !natives.is_empty(), natives })
    }

    /// Asks the witness of a reference.
    pub(crate) fn ask(&mut self, which: usize, request: &Request) -> Result<Response, Failed> {
        let desk = Arc::clone(&self.seats[which].desk);
        let mut witness = desk.take().map_or_else(|| self.pool.witness(which), Ok)?;
        // An observer that gave no answer is dropped here, and the next case gets a new one.
        let response = witness.ask(request, self.limits.timeout);
        desk.note(|| (request.clone(), response.clone()));
        let response = response?;
        // One that ran out of memory, or could not watch (a thread of the snippet's may still run), is not trusted with the next case.
        if !matches!(&response, Response::Rejected(rejection) if rejection.kind != RejectionKind::Syntax) {
            desk.put(witness);
        }
        Ok(response)
    }

    /// Compiles a native module and its twin.
    fn build_native(&self, native: &Native, which: usize, witness: &mut Witness) -> Result<(NativeModule, NativeFile), Failed> {
        let path = match (&witness, self.pool.headers[which].get()) {
            (Witness::Golden(_), _) => native_fingerprint(native),
            (_, Some(headers)) => self.compile_native(native, headers)?,
            _ => self.compile_native(native, &self.find_headers(which, witness)?)?,
        };
        let request = CompileRequest {
            source: native.twin.text.clone().into_bytes(),
            text: true,
            filename: format!("<twin of {}>", native.module),
            mode: "exec".to_owned(),
            flags: 0,
            optimize: -1,
        };
        let request = Request::Compile(request);
        let answer = witness.ask(&request, self.limits.timeout)?;
        self.seats[which].desk.note(|| (request, Ok(answer.clone())));
        let unit = match answer {
            Response::Compiled(answer) => match *answer {
                CompileAnswer::Code(unit) => unit,
                CompileAnswer::Raised { type_name, message, place } => {
                    let line = native.twin.line(place.and_then(|place| place.line).unwrap_or(1) as u32);
                    let why =
                        format!("line {line} of the file: the contract of {} is no Python: {type_name}: {message}", native.module);
                    return Err(Failed { fault: Fault::Source, why, line: None });
                }
            },
            _ => return Err(ObserverError::Nonsense("an answer that is no code".to_owned()).into()),
        };
        let file = NativeFile { name: native.module.clone(), path };
        Ok((for_vm(native, unit), file))
    }

    /// Compiles a native module; its shared object.
    fn compile_native(&self, native: &Native, headers: &Headers) -> Result<String, Failed> {
        let refused = |error: NativeError| Failed { fault: Fault::Source, why: error.to_string(), line: None };
        compile(native, headers, &self.pool.natives).map(|path| path.display().to_string()).map_err(refused)
    }

    /// Asks the interpreter where its headers are.
    fn find_headers(&self, which: usize, witness: &mut Witness) -> Result<Headers, Failed> {
        let question = Request::Text(vec!["sysconfig".to_owned(), "get_paths()".to_owned()]);
        let Response::Text(TextAnswer::Text(paths)) = witness.ask(&question, self.limits.timeout)? else {
            return Err(ObserverError::Nonsense("no paths of headers".to_owned()).into());
        };
        let include = paths.lines().find_map(|line| line.strip_prefix("include=")).unwrap_or_default();
        let headers = Headers { version: self.pool.references[which].version, include: PathBuf::from(include) };
        Ok(self.pool.headers[which].get_or_init(|| headers).clone())
    }
}

/// Whether what was seen of a run fits together.
fn is_whole(observation: &Observation) -> bool {
    observation.trajectory.is_sound() && !observation.unit.codes.is_empty()
}

/// What was seen of a run until CPython died.
fn broken(seen: Option<Observation>, death: Failed) -> Result<Observed, Failed> {
    match seen {
        Some(seen) if is_whole(&seen) => Ok(Observed::Broken(Box::new(seen), death.why)),
        _ => Err(death),
    }
}
