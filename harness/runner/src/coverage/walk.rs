//! What a trajectory says of the instructions that ran.

use std::collections::{BTreeSet, HashSet};

use refdrift_isa::{Feature, decode, table};
use refdrift_trace::{CodeObject, Observation, Outcome, Place, PyVersion};

/// The features that ran, and those that an exception left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) ran: BTreeSet<Feature>,
    pub(super) failed: BTreeSet<Feature>,
}

impl Ran {
    pub(super) fn join(&mut self, other: Self) {
        self.ran.extend(other.ran);
        self.failed.extend(other.failed);
    }
}

/// How a frame is left without an exception: by these, or suspended for good at the last.
const LEAVE: [&str; 3] = ["RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE"];

/// What ran in an observation.
///
/// An instruction failed if the next boundary of its frame is an exception handler (which nothing else leads to), or if the
/// frame has no further boundary though nothing returned from it. (A generator that an exception leaves at its `yield`
/// cannot be told from one that is let go there, and does not count.)
pub(super) fn walk(observation: &Observation) -> Ran {
    let (unit, trajectory) = (&observation.unit, &observation.trajectory);
    let codes: Vec<Option<Layout<'_>>> = unit.codes.iter().map(|code| Layout::of(unit.version, code)).collect();
    let mut last: Vec<Option<u32>> = vec![None; trajectory.frames.len()];
    let mut ran = Ran::default();
    let code_of = |frame: usize| codes.get(trajectory.frames[frame].code as usize).and_then(Option::as_ref);
    for step in &trajectory.steps {
        let Place::Instruction { frame, offset } = step.place else { continue };
        let frame = frame as usize;
        let Some(code) = code_of(frame) else { continue };
        match last[frame] {
            None => code.entry(offset, &mut ran.ran),
            Some(before) if code.handlers.contains(&offset) => ran.failed.extend(code.feature(before)),
            Some(_) => {}
        }
        code.run(offset, &mut ran.ran);
        last[frame] = Some(offset);
    }
    if trajectory.outcome != Outcome::BrokenOff {
        for (frame, offset) in last.iter().enumerate() {
            let (Some(code), Some(offset)) = (code_of(frame), *offset) else { continue };
            let feature = code.feature(offset);
            ran.failed.extend(feature.filter(|feature| !LEAVE.contains(&feature.name(unit.version).as_str())));
        }
    }
    ran
}

/// A code object, with what the walk asks of it.
struct Layout<'a> {
    version: PyVersion,
    bytecode: &'a [u8],
    /// Offsets at which handlers start.
    handlers: HashSet<u32>,
    extended_arg: u8,
}

impl<'a> Layout<'a> {
    fn of(version: PyVersion, code: &'a CodeObject) -> Option<Self> {
        let decoded = decode(version, code).ok()?;
        let handlers = decoded.handlers.iter().map(|handler| decoded.instrs[handler.target as usize].offset).collect();
        let extended_arg = table::of(version)?.by_name("EXTENDED_ARG")?.opcode;
        Some(Self { version, bytecode: &code.bytecode, handlers, extended_arg })
    }

    fn unit(&self, offset: u32) -> Option<(u8, u8)> {
        let at = offset as usize;
        Some((*self.bytecode.get(at)?, *self.bytecode.get(at + 1)?))
    }

    /// The instruction at the offset of a boundary: on 3.11 that of its prefix, where it has one.
    fn feature(&self, offset: u32) -> Option<Feature> {
        let (opcode, arg) = self.unit(offset)?;
        if self.version.minor == 11 && opcode == self.extended_arg {
            return self.feature(offset + 2);
        }
        Feature::at(self.version, opcode, arg)
    }

    /// The instruction at a boundary ran.
    fn run(&self, offset: u32, ran: &mut BTreeSet<Feature>) {
        if let Some((opcode, arg)) = self.unit(offset) {
            ran.extend(Feature::at(self.version, opcode, arg));
        }
        ran.extend(self.feature(offset));
    }

    /// A frame's first boundary is at that offset: what lies before it has run unreported.
    fn entry(&self, first: u32, ran: &mut BTreeSet<Feature>) {
        let mut at = 0;
        while at < first {
            self.run(at, ran);
            let caches = self.unit(at).and_then(|(opcode, _)| table::of(self.version)?.get(opcode)).map_or(0, |raw| raw.caches);
            at += 2 + 2 * u32::from(caches);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refdrift_trace::{CodeUnit, FrameInfo, Step, Trajectory};

    /// A name in a `try`, by hand: `RESUME LOAD_NAME POP_TOP RETURN_CONST`, then the handler `PUSH_EXC_INFO POP_TOP RERAISE`.
    fn observation(offsets: &[u32]) -> Observation {
        let version = PyVersion::new(3, 12, 1);
        let code = CodeObject {
            stacksize: 3,
            bytecode: vec![151, 0, 101, 0, 1, 0, 121, 0, 35, 0, 1, 0, 119, 0],
            consts: vec![0],
            names: vec![0],
            // From unit 1, two units long, to unit 4, depth 0.
            exceptiontable: vec![0x80 | 1, 2, 4, 0],
            firstlineno: 1,
            ..CodeObject::default()
        };
        let place = |offset: u32| Place::Instruction { frame: 0, offset };
        let steps = offsets.iter().map(|&offset| Step { place: place(offset), events_end: 0 }).collect();
        Observation {
            unit: CodeUnit {
                version,
                filename: String::new(),
                pool: Vec::new(),
                codes: vec![code],
                siblings: Vec::new(),
                library: Vec::new(),
            },
            trajectory: Trajectory { steps, frames: vec![FrameInfo { code: 0 }], ..Trajectory::default() },
        }
    }

    fn names(features: &BTreeSet<Feature>) -> Vec<String> {
        features.iter().map(|feature| feature.name(PyVersion::new(3, 12, 1))).collect()
    }

    #[test]
    fn what_returns_has_not_failed() {
        let ran = walk(&observation(&[2, 4, 6]));
        assert_eq!(names(&ran.ran), ["POP_TOP", "LOAD_NAME", "RETURN_CONST", "RESUME"]);
        assert_eq!(ran.failed, BTreeSet::new());
    }

    #[test]
    fn what_leads_to_a_handler_or_out_of_the_frame_has_failed() {
        let ran = walk(&observation(&[2, 8, 10, 12]));
        assert_eq!(names(&ran.failed), ["LOAD_NAME", "RERAISE"]);
        let ran = walk(&observation(&[2]));
        assert_eq!(names(&ran.failed), ["LOAD_NAME"]);
    }
}
