//! The local variables of a frame as a mapping: `locals()`, `frame.f_locals` (`Objects/frameobject.c`).
//!
//! Up to 3.12 a function's frame keeps a dict that each of them brings up to date; later it is made anew (`locals()`), or a proxy
//! looks into the frame (`f_locals`).

use refdrift_trace::{SlotKind, flags};

use crate::heap::{Owned, Ref};
use crate::object::value::Value;
use crate::types::code::CodeRef;
use crate::types::frame::Place;
use crate::types::{self, frame_proxy};
use crate::vm::{PyResult, Vm};

/// A frame, wherever it is: while it runs it may have no object.
#[derive(Clone, Copy)]
pub(crate) struct FrameAt {
    pub(crate) place: Place,
    pub(crate) object: Option<Ref>,
}

impl Vm {
    /// `locals()`
    pub(crate) fn current_locals(&mut self) -> PyResult {
        let Some(top) = self.frames.len().checked_sub(1) else {
            return Err(self.raise(types::SYSTEM_ERROR, "frame does not exist"));
        };
        let object = self.frames[top].object.as_ref().map(Owned::borrow);
        let frame = FrameAt { place: Place::Running(top), object };
        if !self.profile.locals_by_proxy {
            return self.synced_locals(frame);
        }
        if let Some(locals) = self.unoptimized_locals(frame) {
            return Ok(self.retain(locals));
        }
        let dict = self.new_dict();
        match self.copy_locals(frame, dict.borrow()) {
            Ok(()) => Ok(dict),
            Err(stop) => {
                self.release(dict);
                Err(stop)
            }
        }
    }

    /// `frame.f_locals`
    pub(crate) fn frame_locals(&mut self, object: Ref) -> PyResult {
        let Value::Frame(payload) = &self.heap[object].value else { return Ok(self.none()) };
        let frame = FrameAt { place: payload.place, object: Some(object) };
        if !self.profile.locals_by_proxy {
            return self.synced_locals(frame);
        }
        match self.unoptimized_locals(frame) {
            Some(locals) => Ok(self.retain(locals)),
            None => Ok(frame_proxy::make(self, object)),
        }
    }

    /// Fills a dict with what the locals are now, those that were added by the proxy last.
    pub(crate) fn copy_locals(&mut self, frame: FrameAt, dict: Ref) -> PyResult<()> {
        for (name, value) in self.all_locals(frame) {
            self.dict_set(dict, name, value)?;
        }
        Ok(())
    }

    /// The names and values of all locals that are set, then those that were added by the proxy.
    pub(crate) fn all_locals(&self, frame: FrameAt) -> Vec<(Ref, Ref)> {
        let Some(code) = self.code_at(frame) else { return Vec::new() };
        let slots = self.slots_at(frame);
        let set = (0..code.locals.len()).filter_map(|index| Some((code.locals[index], self.local_value(&code, &slots, index)?)));
        let extra = self.extra_locals(frame).and_then(|extra| self.dict(extra));
        set.chain(extra.into_iter().flat_map(|extra| extra.iter().map(|entry| (entry.key.borrow(), entry.value.borrow()))))
            .collect()
    }

    /// What the proxy has added to the locals.
    pub(crate) fn extra_locals(&self, frame: FrameAt) -> Option<Ref> {
        match &self.heap[frame.object?].value {
            Value::Frame(payload) => payload.extra.as_ref().map(Owned::borrow),
            _ => None,
        }
    }

    /// The code that a frame runs.
    pub(crate) fn code_at(&self, frame: FrameAt) -> Option<CodeRef> {
        if let Place::Running(index) = frame.place {
            return self.frames.get(index).map(|frame| frame.code.clone());
        }
        match &self.heap[frame.object?].value {
            Value::Frame(payload) => Some(payload.code.clone()),
            _ => None,
        }
    }

    /// What is in a frame's slots.
    pub(crate) fn slots_at(&self, frame: FrameAt) -> Vec<Option<Ref>> {
        let borrowed = |slots: &[Option<Owned>]| slots.iter().map(|slot| slot.as_ref().map(Owned::borrow)).collect();
        match frame.place {
            Place::Running(index) => self.frames.get(index).map_or_else(Vec::new, |frame| borrowed(&self.stack[frame.base..])),
            Place::Suspended(generator) => self.generator(generator).map_or_else(Vec::new, |generator| borrowed(&generator.slots)),
            Place::Ended => match frame.object.map(|object| &self.heap[object].value) {
                Some(Value::Frame(payload)) => payload.remains.as_ref().map_or_else(Vec::new, |remains| borrowed(&remains.slots)),
                _ => Vec::new(),
            },
        }
    }

    /// A local's value; that of a cell is its content.
    pub(crate) fn local_value(&self, code: &CodeRef, slots: &[Option<Ref>], index: usize) -> Option<Ref> {
        let value = (*slots.get(index)?)?;
        if code.object.localspluskinds[index] & (SlotKind::CELL | SlotKind::FREE) == 0 {
            return Some(value);
        }
        match &self.heap[value].value {
            Value::Cell(content) => content.as_ref().map(Owned::borrow),
            _ => Some(value),
        }
    }

    /// The locals dict of a module or class body; none while variables of a comprehension hide some of its names.
    fn unoptimized_locals(&self, frame: FrameAt) -> Option<Ref> {
        let code = self.code_at(frame)?;
        if code.object.flags & flags::OPTIMIZED != 0 {
            return None;
        }
        let slots = self.slots_at(frame);
        let hides = |index: usize| code.object.localspluskinds[index] & SlotKind::HIDDEN != 0;
        if (0..code.locals.len()).any(|index| hides(index) && self.local_value(&code, &slots, index).is_some()) {
            return None;
        }
        self.locals_dict_at(frame)
    }

    fn locals_dict_at(&self, frame: FrameAt) -> Option<Ref> {
        let locals = match frame.place {
            Place::Running(index) => &self.frames.get(index)?.locals,
            Place::Suspended(generator) => &self.generator(generator)?.frame.as_ref()?.locals,
            Place::Ended => match &self.heap[frame.object?].value {
                Value::Frame(payload) => &payload.remains.as_ref()?.locals,
                _ => return None,
            },
        };
        locals.as_ref().map(Owned::borrow)
    }

    fn set_locals_dict_at(&mut self, frame: FrameAt, dict: Owned) {
        let place = match frame.place {
            Place::Running(index) => self.frames.get_mut(index).map(|frame| &mut frame.locals),
            Place::Suspended(generator) => {
                self.generator_mut(generator).and_then(|generator| generator.frame.as_mut()).map(|frame| &mut frame.locals)
            }
            Place::Ended => match frame.object.map(|object| &mut self.heap[object].value) {
                Some(Value::Frame(payload)) => payload.remains.as_mut().map(|remains| &mut remains.locals),
                _ => None,
            },
        };
        let old = match place {
            Some(place) => place.replace(dict),
            None => Some(dict),
        };
        self.release_option(old);
    }

    /// Brings the frame's own dict up to date and hands it over; what comprehensions hide is told in a copy
    /// (`_PyFrame_FastToLocalsWithError`, `_PyFrame_GetLocals`).
    fn synced_locals(&mut self, frame: FrameAt) -> PyResult {
        let locals = match self.locals_dict_at(frame) {
            Some(locals) => locals,
            None => {
                let dict = self.new_dict();
                let borrowed = dict.borrow();
                self.set_locals_dict_at(frame, dict);
                borrowed
            }
        };
        let Some(code) = self.code_at(frame) else { return Ok(self.none()) };
        let optimized = code.object.flags & flags::OPTIMIZED != 0;
        let mut hidden = Vec::new();
        for index in 0..code.locals.len() {
            let kind = code.object.localspluskinds[index];
            if kind & SlotKind::FREE != 0 && !optimized {
                continue;
            }
            let value = self.local_value(&code, &self.slots_at(frame), index);
            if kind & SlotKind::HIDDEN != 0 {
                hidden.extend(value.map(|value| (code.locals[index], value)));
                continue;
            }
            if let Err(stop) = self.set_item(locals, code.locals[index], value) {
                if value.is_some() {
                    return Err(stop);
                }
                self.swallow(stop, types::KEY_ERROR)?;
            }
        }
        if hidden.is_empty() {
            return Ok(self.retain(locals));
        }
        let copy = self.new_dict();
        let mut result = self.dict_update(copy.borrow(), locals);
        for (name, value) in hidden {
            result = result.and_then(|()| self.dict_set(copy.borrow(), name, value));
        }
        match result {
            Ok(()) => Ok(copy),
            Err(stop) => {
                self.release(copy);
                Err(stop)
            }
        }
    }
}
