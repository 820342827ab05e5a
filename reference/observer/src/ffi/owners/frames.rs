//! The frames that run, and the exceptions that they handle: what no collector lists.

use pyo3::ffi;
use refdrift_trace::{Owner, hold};
use rustc_hash::FxHashMap;

use super::Scene;
use crate::ffi::code::Code;
use crate::ffi::layout::{HERE, field};
use crate::ffi::object::Object;

/// Behind a stack slot whose instruction has called something: it may be used up.
pub(super) const IN_FLIGHT: &str = " (in flight)";

/// `FRAME_OWNED_BY_CSTACK`: a frame that CPython enters its loop with, which has no slots.
const OWNED_BY_C: u8 = 3;
/// `FRAME_OWNED_BY_GENERATOR`
const OWNED_BY_GENERATOR: u8 = 1;

/// What the running frames hold, by address of what is held.
#[derive(Default)]
pub(super) struct Running {
    held: FxHashMap<usize, Vec<Owner>>,
    /// The generators that run: what they hold is told as their frame's.
    pub(super) generators: Vec<usize>,
}

impl Running {
    pub(super) fn walk(scene: &Scene<'_>) -> Self {
        let mut running = Self::default();
        // SAFETY: a scene is made with the lock held; the thread's fields lie where the layout says, and nothing runs meanwhile,
        // so that the chain of frames and that of exceptions stay as they are.
        unsafe {
            let thread = ffi::PyThreadState_Get();
            let mut frame: *const u8 = field(thread, HERE.thread_frame);
            if let Some(current) = HERE.cframe_current {
                frame = field(frame, current);
            }
            while !frame.is_null() && scene.current.is_some() {
                running.frame(scene, frame);
                frame = field(frame, HERE.iframe_previous);
            }
            let mut handled: *const usize = field(thread, HERE.thread_exceptions);
            while !handled.is_null() {
                running.hold(*handled, || Owner::alone("the exception being handled"));
                handled = *handled.add(1) as *const usize;
            }
        }
        running
    }

    /// How often an object is held.
    pub(super) fn held(&self, address: usize) -> usize {
        self.held.get(&address).map_or(0, Vec::len)
    }

    pub(super) fn owners_of(&self, address: usize) -> impl Iterator<Item = Owner> + '_ {
        self.held.get(&address).into_iter().flatten().cloned()
    }

    /// The addresses of all that is held.
    pub(super) fn objects(&self) -> impl Iterator<Item = usize> + '_ {
        self.held.keys().copied()
    }

    fn hold(&mut self, address: usize, owner: impl FnOnce() -> Owner) {
        if address != 0 {
            self.held.entry(address).or_default().push(owner());
        }
    }

    /// # Safety
    /// `frame` is an interpreter frame of this thread's chain, and nothing runs.
    unsafe fn frame(&mut self, scene: &Scene<'_>, frame: *const u8) {
        // SAFETY: the caller's promise; a frame of the chain that does not belong to C has a live code object and, as far as its
        // locals and `stacktop` reach, slots that are null or live. Slots of an instruction in flight are only compared with
        // the addresses of objects that are known to live.
        unsafe {
            let owner: u8 = field(frame, HERE.iframe_owner);
            let Some(code) = Object::from_nullable(field(frame, HERE.iframe_code)).and_then(Code::from_object) else { return };
            if owner == OWNED_BY_C {
                return;
            }
            if owner == OWNED_BY_GENERATOR {
                self.generators.push(frame as usize - HERE.generator_iframe);
            }
            let label = utf8(code.name());
            for (offset, role) in [
                (HERE.iframe_function, "frame's function"),
                (HERE.iframe_code, "frame's code"),
                (HERE.iframe_locals, "frame's locals dict"),
                (HERE.iframe_object, "frame object"),
            ] {
                self.hold(field(frame, offset), || Owner::new(role, label.as_str()));
            }
            let names: Vec<String> = code.localsplusnames().map(utf8).collect();
            let (sure, possible) = extent(scene, frame, code, names.len());
            for slot in 0..sure.max(possible) {
                let address: usize = field(frame, HERE.iframe_localsplus + slot * size_of::<usize>());
                if slot >= sure && !scene.numbers.contains_key(&address) {
                    continue;
                }
                let doubt = if slot >= sure { IN_FLIGHT } else { "" };
                self.hold(address, || Owner::new(role(&names, slot) + doubt, label.as_str()));
            }
        }
    }
}

/// A slot in words.
pub(super) fn role(names: &[String], slot: usize) -> String {
    names.get(slot).map_or_else(|| hold::stack(slot - names.len()), |name| hold::local(name))
}

/// How many slots of a frame are in use for sure, and how many may be.
///
/// # Safety
/// `frame` is an interpreter frame of this thread's chain that runs `code`.
unsafe fn extent(scene: &Scene<'_>, frame: *const u8, code: Code<'_>, locals: usize) -> (usize, usize) {
    if let Some((_, slots)) = scene.current.filter(|(key, _)| *key == frame as usize) {
        return (slots, slots);
    }
    // SAFETY: the caller's promise.
    unsafe {
        let top: i32 = field(frame, HERE.iframe_stacktop);
        if let Ok(top) = usize::try_from(top) {
            return (top, top);
        }
        let address = code.object().address();
        let instruction: usize = field(frame, HERE.iframe_instruction);
        let depth =
            instruction.checked_sub(address + HERE.code_bytecode).and_then(|offset| scene.depths.get(&address)?.slots_at(offset));
        (locals, depth.unwrap_or(locals))
    }
}

/// A str's text, read without touching its count.
pub(super) fn utf8(text: Object<'_>) -> String {
    // SAFETY: the object is alive; only a str is read as one, and it keeps its UTF-8 form itself.
    unsafe {
        if ffi::PyUnicode_Check(text.pointer()) == 0 {
            return "?".to_owned();
        }
        let mut length = 0;
        let bytes = ffi::PyUnicode_AsUTF8AndSize(text.pointer(), &raw mut length);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return "?".to_owned();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(bytes.cast::<u8>(), length as usize)).into_owned()
    }
}
