//! Generators that are resumed in the loop that asks them for their next value, and not in one of their own.

use crate::eval::Flow;
use crate::eval::frame::Resumer;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::types::generator::State;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// Resumes a plain generator for the next value (`gen_iternext`). None if it is something else, or must run in a loop of its
    /// own: where native calls are counted apart from frames, that shows.
    pub(super) fn resume_in_loop(&mut self, generator: Ref, resumer: Resumer) -> Option<PyResult<Flow>> {
        if self.profile.native_recursion_limit.is_some() || self.class_of(generator) != types::GENERATOR {
            return None;
        }
        let payload = self.generator_mut(generator)?;
        if !matches!(payload.state, State::Created | State::Suspended) {
            return None;
        }
        payload.by_next = true;
        if let Err(stop) = self.enter_generator(generator, resumer) {
            return Some(Err(stop));
        }
        let none = self.none();
        self.push(none);
        Some(if self.depth > self.recursion_limit { Err(self.generator_too_deep()) } else { Ok(Flow::Pushed) })
    }

    /// A generator has yielded a value to the frame on top, which resumed it.
    pub(super) fn yielded_in_loop(&mut self, resumer: Resumer, value: Owned) {
        self.forget_sent(resumer);
        self.push(value);
    }

    /// What the frame on top called, or resumed, has returned a value.
    pub(super) fn returned_in_loop(&mut self, resumer: Resumer, value: Owned) -> PyResult<()> {
        let target = match resumer {
            Resumer::Native => {
                self.push(value);
                return Ok(());
            }
            Resumer::ForIter(target) => {
                if let Err(stop) = self.end_iteration(value) {
                    self.swallow(stop, types::STOP_ITERATION)?;
                }
                let iterator = self.pop();
                self.release(iterator);
                target
            }
            Resumer::Send(target) => {
                let result = match self.end_iteration(value) {
                    Ok(()) => Ok(self.none()),
                    Err(stop) => self.stop_value(stop),
                };
                self.forget_sent(resumer);
                let result = result?;
                self.push(result);
                target
            }
        };
        let top = self.frames.len() - 1;
        self.frames[top].pc = target as usize;
        Ok(())
    }

    /// What the frame on top called, or resumed, has raised.
    pub(super) fn raised_in_loop(&mut self, resumer: Resumer) {
        if resumer == Resumer::Native {
            self.callee_raised();
        } else {
            self.forget_sent(resumer);
            let top = self.frames.len() - 1;
            self.frames[top].past_caches = false;
        }
        self.add_traceback();
    }

    /// What was sent to a generator is given back once that is over.
    fn forget_sent(&mut self, resumer: Resumer) {
        if let Resumer::Send(_) = resumer {
            let sent = self.pop();
            self.release(sent);
        }
    }
}
