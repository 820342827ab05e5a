//! Instructions that often follow each other, and hand each other what nobody else needs.

use crate::{BinaryOperator, Instr, Op};

/// What an instruction begins together with those after it. An engine that nobody watches between them may do in one go what
/// they do one by one: it need not count the references that the first ones push for the last one to take.
///
/// An *operand* is a constant, a local, or a local and an attribute of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Nothing.
    Alone,
    /// An operand with an attribute, for something else.
    Attribute,
    /// Two locals, the first of which becomes an attribute of the second.
    SetAttribute,
    /// An operand, and a jump that it decides.
    Jump,
    /// An operand, and the operator for which it is the right one.
    Right,
    /// Two operands, and the operator between them.
    Both,
}

impl Run {
    /// Marks where runs begin.
    pub(crate) fn mark(instrs: &mut [Instr]) {
        for start in 0..instrs.len() {
            // Each instruction of a run but the first one is a step of its own.
            let after = instrs[start + 1..].iter().take_while(|instr| instr.boundary).count();
            instrs[start].run = Self::at(&instrs[start..=start + after]);
        }
    }

    /// What the first of them begins.
    fn at(instrs: &[Instr]) -> Self {
        let Some((first, rest)) = operand(instrs) else { return Self::Alone };
        match rest {
            [next, ..] if is_jump(next) => Self::Jump,
            [next, ..] if is_quick(next) => Self::Right,
            [next, last, ..] if is_local(next) && last.op == Op::StoreAttr && first.len() == 1 && is_local(&first[0]) => {
                Self::SetAttribute
            }
            _ if operand(rest).is_some_and(|(_, rest)| rest.first().is_some_and(is_quick)) => Self::Both,
            _ if first.len() > 1 => Self::Attribute,
            _ => Self::Alone,
        }
    }
}

/// The operand that instructions begin with, and what is left of them.
fn operand(instrs: &[Instr]) -> Option<(&[Instr], &[Instr])> {
    match instrs {
        [first, second, ..] if is_local(first) && second.op == Op::LoadAttr => Some(instrs.split_at(2)),
        [first, ..] if is_local(first) || first.op == Op::LoadConst => Some(instrs.split_at(1)),
        _ => None,
    }
}

fn is_local(instr: &Instr) -> bool {
    matches!(instr.op, Op::LoadFast | Op::LoadFastCheck)
}

fn is_jump(instr: &Instr) -> bool {
    matches!(instr.op, Op::PopJumpIfTrue | Op::PopJumpIfFalse | Op::PopJumpIfNone | Op::PopJumpIfNotNone)
}

/// Whether an instruction is an operator that is quick for numbers.
fn is_quick(instr: &Instr) -> bool {
    use BinaryOperator::{Add, InplaceAdd, InplaceMultiply, InplaceSubtract, Multiply, Subtract};
    let quick = [Add, InplaceAdd, Multiply, InplaceMultiply, Subtract, InplaceSubtract];
    match instr.op {
        Op::CompareOp => true,
        Op::BinaryOp => BinaryOperator::from_arg(instr.arg).is_some_and(|operator| quick.contains(&operator)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_decides() {
        let instr = |op, arg| Instr { op, boundary: true, prefixes: 0, run: Run::Alone, arg, offset: 0 };
        let mut instrs = [
            instr(Op::LoadFast, 0),
            instr(Op::LoadConst, 0),
            instr(Op::BinaryOp, BinaryOperator::Add as u32),
            instr(Op::LoadFastCheck, 0),
            instr(Op::LoadAttr, 0),
            instr(Op::LoadFast, 0),
            instr(Op::LoadFast, 0),
            instr(Op::StoreAttr, 0),
            instr(Op::LoadConst, 0),
            instr(Op::BinaryOp, BinaryOperator::Remainder as u32),
            instr(Op::LoadFast, 0),
            instr(Op::LoadAttr, 0),
            instr(Op::PopJumpIfNone, 0),
            instr(Op::LoadConst, 0),
            Instr { boundary: false, ..instr(Op::CompareOp, 0) },
        ];
        Run::mark(&mut instrs);
        let begun: Vec<_> =
            instrs.iter().enumerate().filter(|(_, instr)| instr.run != Run::Alone).map(|(i, instr)| (i, instr.run)).collect();
        let expected = [(0, Run::Both), (1, Run::Right), (3, Run::Attribute), (5, Run::SetAttribute), (10, Run::Jump)];
        assert_eq!(begun, expected);
    }
}
