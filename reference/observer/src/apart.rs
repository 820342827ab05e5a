//! Runs in a process apart: what a snippet breaks there breaks nothing else, and what was seen until then is kept.
//!
//! The process is a copy of this one. It notes each boundary as soon as it is over, down a pipe, and at last its answer. Its
//! parent reads the notes to their end; if no answer is among them, the process died, and the notes are what was seen.

use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::Arc;

use refdrift_trace::{CodeUnit, Crash, Observation, Outcome, Response, Step, Trajectory};
use serde::{Deserialize, Serialize};

use crate::ffi::{self, Child, Forked};

/// What a process apart says.
#[derive(Serialize, Deserialize)]
enum Note {
    /// Before the first boundary.
    Unit(Box<CodeUnit>),
    /// What a boundary adds to the trajectory.
    More(Box<Trajectory>),
    /// The last word.
    Answer(Box<Response>),
}

/// Where a recorder notes each boundary.
pub(crate) struct Journal {
    output: PipeWriter,
    /// What the objects that were there before are called, by their place among them: nothing can be asked of Python in the midst of
    /// a run.
    static_names: Vec<Arc<str>>,
    /// How much of the trajectory has been noted.
    noted: Noted,
}

#[derive(Default)]
struct Noted {
    events: usize,
    objects: usize,
    frames: usize,
    names: usize,
}

/// The writing end of the notes.
pub(crate) struct Notes(PipeWriter);

/// Which of the two processes goes on.
pub(crate) enum Side {
    /// The one that was there before, with what it hears of the other.
    Parent(Listener),
    /// The process apart, with what to write its notes on.
    Apart(Notes),
}

/// What hears the notes.
pub(crate) struct Listener {
    input: PipeReader,
    child: Child,
}

/// Starts a process apart.
pub(crate) fn part() -> io::Result<Side> {
    let (input, output) = pipe()?;
    Ok(match ffi::fork()? {
        Forked::Parent(child) => Side::Parent(Listener { input, child }),
        Forked::Child => Side::Apart(Notes(output)),
    })
}

impl Notes {
    /// A journal of the run of a unit; `static_names` are those of all objects that were there before.
    pub(crate) fn journal(&self, unit: &CodeUnit, static_names: Vec<Arc<str>>) -> io::Result<Journal> {
        let mut output = self.0.try_clone()?;
        write(&mut output, &Note::Unit(Box::new(unit.clone())))?;
        Ok(Journal { output, static_names, noted: Noted::default() })
    }

    /// The last word.
    pub(crate) fn answer(mut self, response: Response) {
        // Without it the process counts as dead, which it soon is.
        let _ = write(&mut self.0, &Note::Answer(Box::new(response)));
    }
}

impl Journal {
    /// What an object that was there before is called.
    pub(crate) fn static_name(&self, index: u32) -> Arc<str> {
        self.static_names.get(index as usize).map_or_else(|| "?".into(), Arc::clone)
    }

    /// Notes the trajectory's last step.
    pub(crate) fn note(&mut self, trajectory: &Trajectory) {
        let Noted { events, objects, frames, names } = self.noted;
        let Some(&step) = trajectory.steps.last() else { return };
        let more = Trajectory {
            steps: vec![Step { events_end: (trajectory.events.len() - events) as u32, ..step }],
            events: trajectory.events[events..].to_vec(),
            objects: trajectory.objects[objects..].to_vec(),
            frames: trajectory.frames[frames..].to_vec(),
            names: trajectory.names[names..].to_vec(),
            ..Trajectory::default()
        };
        self.noted = Noted {
            events: trajectory.events.len(),
            objects: trajectory.objects.len(),
            frames: trajectory.frames.len(),
            names: trajectory.names.len(),
        };
        // Whoever listens sees that notes are missing by the missing answer.
        let _ = write(&mut self.output, &Note::More(Box::new(more)));
    }
}

impl Listener {
    /// Hears the notes to their end.
    pub(crate) fn listen(mut self) -> io::Result<Response> {
        let mut seen: Option<Observation> = None;
        let mut answer = None;
        while let Some(note) = read(&mut self.input)? {
            match note {
                Note::Unit(unit) => {
                    let trajectory = Trajectory { outcome: Outcome::BrokenOff, ..Trajectory::default() };
                    seen = Some(Observation { unit: *unit, trajectory });
                }
                Note::More(more) => {
                    if let Some(seen) = &mut seen {
                        append(&mut seen.trajectory, *more);
                    }
                }
                Note::Answer(response) => answer = Some(*response),
            }
        }
        let ending = self.child.wait()?;
        let crash = || Response::Crashed(Box::new(Crash { signal: ending.signal, status: ending.status, seen }));
        Ok(answer.unwrap_or_else(crash))
    }
}

/// Adds what a boundary adds.
fn append(trajectory: &mut Trajectory, more: Trajectory) {
    trajectory.events.extend(more.events);
    let events_end = trajectory.events.len() as u32;
    trajectory.steps.extend(more.steps.into_iter().map(|step| Step { events_end, ..step }));
    trajectory.objects.extend(more.objects);
    trajectory.frames.extend(more.frames);
    trajectory.names.extend(more.names);
}

fn write(output: &mut PipeWriter, note: &Note) -> io::Result<()> {
    let mut message = postcard::to_extend(note, vec![0; 4]).map_err(io::Error::other)?;
    let length = u32::try_from(message.len() - 4).map_err(io::Error::other)?;
    message[..4].copy_from_slice(&length.to_le_bytes());
    output.write_all(&message)
}

/// The next note; none at their end, or where the process died in the midst of one.
fn read(input: &mut PipeReader) -> io::Result<Option<Note>> {
    let whole = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    };
    let mut length = [0; 4];
    if !whole(input.read_exact(&mut length))? {
        return Ok(None);
    }
    let mut message = vec![0; u32::from_le_bytes(length) as usize];
    if !whole(input.read_exact(&mut message))? {
        return Ok(None);
    }
    postcard::from_bytes(&message).map(Some).map_err(io::Error::other)
}
