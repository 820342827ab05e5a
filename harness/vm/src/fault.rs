//! Deliberate mistakes, for the tests that check whether the harness catches them. Only with the feature `faults`.

use std::str::FromStr;

use refdrift_isa::Op;

use crate::api::Fault;
use crate::vm::Vm;

/// The fault that is armed, and where the instruction that runs stands.
#[derive(Default)]
pub(crate) struct FaultState {
    armed: Option<(Op, Fault)>,
    /// Retains or releases of the armed kind so far in this instruction; none outside of it.
    seen: Option<u32>,
}

impl FaultState {
    /// Arms a fault, or none.
    pub(crate) fn arm(&mut self, fault: Option<&Fault>) {
        self.armed = fault.and_then(|fault| {
            let op = Op::ALL.iter().copied().find(|op| op.name() == fault.instruction)?;
            Some((op, fault.clone()))
        });
        self.seen = None;
    }
}

impl Vm {
    /// An instruction begins.
    pub(crate) fn fault_instruction(&mut self, op: Op) {
        self.fault.seen = self.fault.armed.as_ref().filter(|(armed, _)| *armed == op).map(|_| 0);
    }

    /// Whether the retain or release that is about to happen is to be left out.
    pub(crate) fn fault_hits(&mut self, release: bool) -> bool {
        let (Some((_, fault)), Some(seen)) = (&self.fault.armed, self.fault.seen) else { return false };
        if fault.release != release || (fault.failing && self.raised.is_none()) {
            return false;
        }
        self.fault.seen = Some(seen + 1);
        seen == fault.nth
    }
}

/// `POP_TOP:release:0`, `BINARY_OP:release:1:failing`: as tests and `REFDRIFT_FAULT` name a fault.
impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no fault: write INSTRUCTION:release:N, INSTRUCTION:retain:N, or one with `:failing` behind");
        let (text, failing) = text.strip_suffix(":failing").map_or((text, false), |rest| (rest, true));
        let parts: Vec<&str> = text.split(':').collect();
        let [instruction, what, nth] = parts[..] else { return Err(wrong()) };
        let known = Op::ALL.iter().any(|op| op.name() == instruction) && ["release", "retain"].contains(&what);
        let nth = nth.parse().ok().filter(|_| known).ok_or_else(wrong)?;
        Ok(Self { instruction: instruction.to_owned(), release: what == "release", nth, failing })
    }
}
