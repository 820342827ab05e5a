//! Pattern matching.

use refdrift_isa::Op;

use crate::eval::Flow;
use crate::object::class::Flags;
use crate::vm::{PyResult, Vm};

impl Vm {
    pub(super) fn match_op(&mut self, op: Op, _count: usize) -> PyResult<Flow> {
        let subject = self.peek(1);
        let result = match op {
            Op::MatchMapping => {
                let found = self.has_class_flag(subject, Flags::MAPPING);
                self.bool(found)
            }
            Op::MatchSequence => {
                let found = self.has_class_flag(subject, Flags::SEQUENCE);
                self.bool(found)
            }
            Op::GetLen => {
                let length = self.length(subject)?;
                self.int(length as i64)
            }
            other => return Err(self.unsupported(crate::api::Missing::Instruction, other.name())),
        };
        self.push(result);
        Ok(Flow::Next)
    }
}
