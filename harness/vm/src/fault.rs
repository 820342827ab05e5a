//! Deliberate mistakes, for the tests that check whether the harness catches them. Only with the feature `faults`.

use refdrift_isa::Op;

use crate::api::Fault;
use crate::vm::Vm;

/// The fault that is armed, and where the instruction that runs stands.
#[derive(Default)]
pub(crate) struct FaultState {
    armed: Option<(Op, bool, u32)>,
    /// Retains or releases of the armed kind so far in this instruction; none outside of it.
    seen: Option<u32>,
}

impl FaultState {
    /// Arms a fault, or none.
    pub(crate) fn arm(&mut self, fault: Option<&Fault>) {
        self.armed = fault.and_then(|fault| {
            let op = Op::ALL.iter().copied().find(|op| op.name() == fault.instruction)?;
            Some((op, fault.release, fault.nth))
        });
        self.seen = None;
    }
}

impl Vm {
    /// An instruction begins.
    pub(crate) fn fault_instruction(&mut self, op: Op) {
        self.fault.seen = self.fault.armed.filter(|&(armed, ..)| armed == op).map(|_| 0);
    }

    /// Whether the retain or release that is about to happen is to be left out.
    pub(crate) fn fault_hits(&mut self, release: bool) -> bool {
        let (Some((_, armed, nth)), Some(seen)) = (self.fault.armed, self.fault.seen) else { return false };
        if armed != release {
            return false;
        }
        self.fault.seen = Some(seen + 1);
        seen == nth
    }
}
