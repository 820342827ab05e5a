//! `except*`.

use crate::eval::Flow;
use crate::heap::{Owned, Ref};
use crate::types;
use crate::vm::{PyResult, Vm};

impl Vm {
    /// `CHECK_EG_MATCH`: `[exception, class] → [rest, match]`
    pub(super) fn check_eg_match(&mut self) -> PyResult<Flow> {
        let class = self.pop();
        let exception = self.pop();
        let parts = match self.check_star_class(class.borrow()) {
            Ok(()) => self.exception_group_match(exception.borrow(), class.borrow()),
            Err(stop) => Err(stop),
        };
        let (matching, rest) = match parts {
            Ok(parts) => parts,
            Err(stop) => {
                self.release(exception);
                self.release(class);
                return Err(stop);
            }
        };
        if matching.is_none() && self.profile.eg_match_gives_back_class_first {
            // The exception stays where it is.
            self.release(class);
            self.push(exception);
            let none = self.none();
            self.push(none);
            self.release_option(rest);
            return Ok(Flow::Next);
        }
        let rest = rest.unwrap_or_else(|| self.none());
        let handled = matching.as_ref().map(|matching| self.retain(matching.borrow()));
        let matching = matching.unwrap_or_else(|| self.none());
        self.push(rest);
        self.push(matching);
        if self.profile.eg_match_gives_back_class_first {
            self.release(class);
            self.handle_instead(handled);
            self.release(exception);
        } else {
            self.release(exception);
            self.release(class);
            self.handle_instead(handled);
        }
        Ok(Flow::Next)
    }

    /// The exception that is being handled is another one now.
    fn handle_instead(&mut self, handled: Option<Owned>) {
        let Some(handled) = handled else { return };
        let old = self.handled.last_mut().and_then(|place| place.replace(handled));
        self.release_option(old);
    }

    /// `check_except_star_type_valid`
    fn check_star_class(&mut self, class: Ref) -> PyResult<()> {
        let classes = self.exception_classes(class)?;
        if classes.into_iter().any(|class| self.is_subclass(class, types::BASE_EXCEPTION_GROUP)) {
            return Err(self.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
        }
        Ok(())
    }

    /// `PREP_RERAISE_STAR`: `[original, raised] → [exception or None]`
    pub(super) fn prep_reraise_star(&mut self) -> PyResult<Flow> {
        let raised = self.pop();
        let original = self.pop();
        let result = self.prepare_reraise(original.borrow(), raised.borrow());
        if self.profile.reraise_star_gives_back_list_first {
            self.release(raised);
            self.release(original);
        } else {
            self.release(original);
            self.release(raised);
        }
        let result = result?;
        self.push(result);
        Ok(Flow::Next)
    }
}
