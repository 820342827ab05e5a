//! Contracts in words.

use refdrift_trace::{CodeObject, CodeUnit};

use super::{Contract, contract};
use crate::listing::{constant_text, shorten};
use crate::{ArgKind, BinaryOperator, Code, CompareOperator, Conversion, FunctionAttribute, Instr, Op};

/// How long a constant may be in a sentence.
const CONSTANT_WIDTH: usize = 40;

/// What one instruction does to ownership, with its own names: ``transfers the reference on top of the stack to `foo` …``.
pub fn describe(instr: Instr, code: &CodeObject, unit: &CodeUnit) -> String {
    fill(contract(instr.op).words, &argument(instr, code, unit), Some(instr.arg))
}

/// What the whole CPython instruction does whose first instruction has that index.
pub fn describe_step(decoded: &Code, index: u32, code: &CodeObject, unit: &CodeUnit) -> String {
    let instrs = decoded.step(index);
    let counts = |instr: &&Instr| instrs.len() == 1 || !matches!(instr.op, Op::Nop | Op::Jump | Op::PushNull);
    instrs.iter().filter(counts).map(|&instr| describe(instr, code, unit)).collect::<Vec<_>>().join("; then ")
}

/// The sentence for any such instruction.
pub(super) fn general(contract: &Contract) -> String {
    let argument = match contract.op.arg_kind() {
        ArgKind::Local => "`x`",
        ArgKind::Const => "the constant",
        ArgKind::Name | ArgKind::SuperName => "`name`",
        ArgKind::Binary | ArgKind::Compare => "the operator",
        ArgKind::Conversion => "the conversion",
        ArgKind::FunctionAttribute => "attribute",
        ArgKind::UnpackEx => "some before and some after the starred one",
        _ => "N",
    };
    fill(contract.words, argument, None)
}

fn argument(instr: Instr, code: &CodeObject, unit: &CodeUnit) -> String {
    let arg = instr.arg as usize;
    let quoted = |ids: &[u32], index: usize| ids.get(index).map_or_else(|| "?".to_owned(), |&id| format!("`{}`", unit.text(id)));
    let operator = |text: Option<&str>| format!("`{}`", text.unwrap_or("?"));
    match instr.op.arg_kind() {
        ArgKind::Local => quoted(&code.localsplusnames, arg),
        ArgKind::Name => quoted(&code.names, arg),
        ArgKind::SuperName => quoted(&code.names, arg >> 1),
        ArgKind::Const => {
            code.consts.get(arg).map_or_else(|| "?".to_owned(), |&id| shorten(&constant_text(unit, id), CONSTANT_WIDTH))
        }
        ArgKind::Binary => operator(BinaryOperator::from_arg(instr.arg).map(BinaryOperator::text)),
        ArgKind::Compare => operator(CompareOperator::from_arg(instr.arg).map(CompareOperator::text)),
        ArgKind::Conversion => operator(Conversion::from_arg(instr.arg).map(Conversion::text)),
        ArgKind::FunctionAttribute => FunctionAttribute::from_arg(instr.arg).map_or("?", FunctionAttribute::text).to_owned(),
        ArgKind::UnpackEx => format!("{} before and {} after the starred one", arg & 0xff, arg >> 8),
        _ => arg.to_string(),
    }
}

/// Puts an argument and a number into a sentence; a number of things that is not known is N.
fn fill(words: &str, argument: &str, number: Option<u32>) -> String {
    let words = words.replace("{arg}", argument);
    let Some((before, rest)) = words.split_once("{n ") else { return words };
    let Some((thing, after)) = rest.split_once('}') else { return words };
    let (number, plural) = match number {
        Some(0) => ("no".to_owned(), "s"),
        Some(1) => ("1".to_owned(), ""),
        Some(number) => (number.to_string(), "s"),
        None => ("N".to_owned(), "s"),
    };
    format!("{before}{number} {thing}{plural}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_can_be_filled() {
        for &op in Op::ALL {
            let contract = contract(op);
            let sentence = contract.sentence();
            assert!(!sentence.contains(['{', '}']) && !sentence.ends_with('.'), "{op}: {sentence}");
            let named = contract.words.contains("{arg}");
            let counted = contract.words.contains("{n ");
            let has_argument = op.arg_kind() != ArgKind::None;
            assert!(has_argument || !named && !counted, "{op} has no argument to put in");
            assert!(!counted || op.arg_kind() == ArgKind::Count, "{op} counts nothing");
        }
    }

    #[test]
    fn the_article_s_words() {
        assert_eq!(
            contract(Op::BuildTuple).sentence(),
            "takes over N references from the stack for a new tuple: nothing is counted for them; the stack owns the tuple"
        );
        assert_eq!(fill("{n item}", "", Some(1)), "1 item");
        assert_eq!(fill("{n item}", "", Some(0)), "no items");
    }
}
