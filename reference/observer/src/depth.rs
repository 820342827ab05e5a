//! How deep the value stack is before each instruction.
//!
//! From 3.12 on the interpreter keeps the stack pointer in a register while it executes, so nothing in memory tells. The compiler
//! guarantees that the depth is a function of the position, though: it follows from the stack effects along the
//! control flow, and from the exception table for the handlers.

use refdrift_trace::CodeObject;
use thiserror::Error;

use crate::ffi::stack_effect;
use crate::opcodes::{Direction, Opcodes};

/// No instruction begins there, or none that is ever executed.
const UNREACHED: u16 = u16::MAX;

/// The low two bits of `RESUME`'s argument: not after a `yield` or an `await`.
const RESUME_AT_START: u32 = 0;

/// What lies at one code unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// Something that is no boundary: an inline cache, the argument's other half, what comes before a frame is complete.
    Nothing,
    /// A frame's own start: the `RESUME` of a call, not of a generator that goes on.
    Start,
    /// An instruction, and whether it may look an attribute up.
    Boundary(bool),
}

/// The depths of one code object.
#[derive(Debug)]
pub(crate) struct Depths {
    code: usize,
    locals: usize,
    sites: Vec<Site>,
    /// By code unit: locals, cells, frees and stack.
    slots: Vec<u16>,
}

/// The stack effects of a code object contradict each other: the observer does not understand its instructions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum DepthError {
    #[error("no stack effect of opcode {opcode} at offset {offset}")]
    Unknown { opcode: u8, offset: usize },
    #[error("the stack is {first} or {second} deep at offset {offset}")]
    Contradiction { offset: usize, first: i32, second: i32 },
    #[error("offset {0} lies outside of the code")]
    Outside(usize),
    #[error("the exception table ends within an entry")]
    Table,
}

/// An instruction with its prefixes.
struct Decoded {
    opcode: u8,
    argument: u32,
    /// Its own code unit, after the prefixes.
    unit: usize,
    /// Code unit after its caches.
    next: usize,
}

impl Depths {
    /// Analyses a code object that lies at the address `address`.
    pub(crate) fn of(address: usize, code: &CodeObject, opcodes: &Opcodes) -> Result<Self, DepthError> {
        let units = code.bytecode.len() / 2;
        let locals = code.localsplusnames.len() as i32;
        let mut depths = vec![-1_i32; units];
        let mut to_visit = Vec::new();
        let mut resume = None;
        let mut at = 0;
        while at < units {
            let decoded = decode(&code.bytecode, at, opcodes);
            if decoded.opcode == opcodes.resume && resume.is_none() {
                resume = Some(at);
            }
            at = decoded.next;
        }
        let first = resume.unwrap_or(0);
        to_visit.push((first, 0));
        for handler in handlers(&code.exceptiontable)? {
            to_visit.push(handler);
        }
        while let Some((mut at, mut depth)) = to_visit.pop() {
            loop {
                let known = depths.get_mut(at).ok_or(DepthError::Outside(at * 2))?;
                if *known >= 0 {
                    if *known != depth {
                        return Err(DepthError::Contradiction { offset: at * 2, first: *known, second: depth });
                    }
                    break;
                }
                *known = depth;
                let decoded = decode(&code.bytecode, at, opcodes);
                let opcode = opcodes.get(decoded.opcode);
                let effect = |jumps| {
                    if let Some(effect) = opcode.effect {
                        return Ok(effect.constant + effect.per_argument * decoded.argument as i32);
                    }
                    stack_effect(decoded.opcode, decoded.argument, jumps)
                        .ok_or(DepthError::Unknown { opcode: decoded.opcode, offset: at * 2 })
                };
                if let Some(direction) = opcode.jump {
                    let target = match direction {
                        Direction::Forward => decoded.next + decoded.argument as usize,
                        Direction::Backward => {
                            decoded.next.checked_sub(decoded.argument as usize).ok_or(DepthError::Outside(at * 2))?
                        }
                    };
                    to_visit.push((target, depth + effect(true)?));
                }
                if opcode.ends {
                    break;
                }
                depth += effect(false)?;
                at = decoded.next;
            }
        }
        let mut sites = vec![Site::Nothing; units];
        let mut slots = vec![UNREACHED; units];
        let mut at = 0;
        while at < units {
            let decoded = decode(&code.bytecode, at, opcodes);
            if depths[at] >= 0 {
                slots[at] = u16::try_from(depths[at] + locals).unwrap_or(UNREACHED);
                sites[at] = match decoded.opcode {
                    opcode if opcode == opcodes.resume && decoded.argument & 3 == RESUME_AT_START => Site::Start,
                    opcode if opcode == opcodes.resume => Site::Nothing,
                    opcode => Site::Boundary(opcodes.get(opcode).looks_up),
                };
                // From 3.12 on each prefix is reported, and then the instruction itself.
                for unit in at + 1..=decoded.unit {
                    (slots[unit], sites[unit]) = (slots[at], sites[at]);
                }
            }
            at = decoded.next;
        }
        Ok(Self { code: address, locals: code.localsplusnames.len(), sites, slots })
    }

    /// The address of the code object.
    pub(crate) fn code(&self) -> usize {
        self.code
    }

    /// How many slots come before the stack.
    pub(crate) fn locals(&self) -> usize {
        self.locals
    }

    /// What is at a byte offset.
    #[inline]
    pub(crate) fn site(&self, offset: usize) -> Site {
        self.sites.get(offset / 2).copied().unwrap_or(Site::Nothing)
    }

    /// How many slots of a frame are in use before the instruction at a byte offset.
    #[inline]
    pub(crate) fn slots_at(&self, offset: usize) -> Option<usize> {
        self.slots.get(offset / 2).filter(|&&slots| slots != UNREACHED).map(|&slots| usize::from(slots))
    }
}

/// The instruction whose first prefix, if it has any, is at a code unit.
fn decode(bytecode: &[u8], mut at: usize, opcodes: &Opcodes) -> Decoded {
    let mut argument = 0_u32;
    loop {
        let opcode = bytecode[at * 2];
        argument = argument << 8 | u32::from(bytecode[at * 2 + 1]);
        if opcode != opcodes.extended_arg || (at + 1) * 2 >= bytecode.len() {
            return Decoded { opcode, argument, unit: at, next: at + 1 + usize::from(opcodes.get(opcode).caches) };
        }
        at += 1;
    }
}

/// The handlers of an exception table: where they begin, in code units, and how deep the stack is there: what was there before, the
/// offset of the instruction if the table asks for it, the exception.
fn handlers(table: &[u8]) -> Result<Vec<(usize, i32)>, DepthError> {
    let mut bytes = table.iter();
    let mut handlers = Vec::new();
    // Six bits in a byte, the highest first; bit 6 says that more follow, bit 7 that an entry begins.
    let number = |bytes: &mut std::slice::Iter<'_, u8>| {
        let mut value = 0_usize;
        loop {
            let byte = bytes.next().ok_or(DepthError::Table)?;
            value = value << 6 | usize::from(byte & 63);
            if byte & 64 == 0 {
                return Ok(value);
            }
        }
    };
    while !bytes.as_slice().is_empty() {
        let _start = number(&mut bytes)?;
        let _length = number(&mut bytes)?;
        let target = number(&mut bytes)?;
        let depth_and_lasti = number(&mut bytes)?;
        handlers.push((target, (depth_and_lasti >> 1) as i32 + (depth_and_lasti & 1) as i32 + 1));
    }
    Ok(handlers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exception_tables_are_decoded() {
        // One entry: from 4, 3 long, to 200, depth 2 with the offset pushed.
        let table = [0x80 | 4, 3, 0x40 | 3, 8, 2 << 1 | 1];
        assert_eq!(handlers(&table), Ok(vec![(200, 4)]));
        assert_eq!(handlers(&[]), Ok(vec![]));
        assert_eq!(handlers(&table[..3]), Err(DepthError::Table));
    }
}
