//! `_suggestions` (`Modules/_suggestions.c`, `Python/suggestions.c`; 3.13 on): which name somebody may have meant.

use super::function;
use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::{PyResult, Vm};

/// With this many candidates none is looked at.
const MOST_CANDIDATES: usize = 750;
/// How many bytes two names may differ in to be compared at all.
const LONGEST: usize = 40;
/// What it costs to put in, take out or change a byte.
const MOVE: usize = 2;
/// What it costs to change a letter's case.
const CASE: usize = 1;

pub(super) static FUNCTIONS: &[Method] = &[function("_generate_suggestions", Arity::Positional(2, 2), generate)];

fn generate(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let [candidates, item] = [args.values[0], args.values[1]];
    vm.text_argument("_generate_suggestions", "argument 2", item)?;
    if vm.class_of(candidates) != types::LIST {
        return Err(vm.type_error("candidates must be a list"));
    }
    let candidates = vm.items(candidates).unwrap_or_default();
    if candidates.iter().any(|&candidate| vm.text(candidate).is_none()) {
        return Err(vm.type_error("all elements in 'candidates' must be strings"));
    }
    let best = closest(vm, &candidates, item).unwrap_or(types::NONE);
    Ok(vm.retain(best))
}

/// The candidate that is closest to a name, the first of those that are; none if none is close.
fn closest(vm: &Vm, candidates: &[Ref], name: Ref) -> Option<Ref> {
    if candidates.len() >= MOST_CANDIDATES {
        return None;
    }
    let name = vm.text(name)?;
    let mut best: Option<(Ref, usize)> = None;
    for &candidate in candidates {
        let text = vm.text(candidate)?;
        if text == name {
            continue;
        }
        // A third of what both have may differ, and it is to be better than the best so far.
        let third = (name.len() + text.len() + 3) * MOVE / 6;
        let most = match best {
            Some((_, 0)) => continue,
            Some((_, cost)) => third.min(cost - 1),
            None => third,
        };
        if let Some(cost) = distance(name.as_bytes(), text.as_bytes(), most) {
            best = Some((candidate, cost));
        }
    }
    best.map(|(candidate, _)| candidate)
}

/// What it costs to make one name of the other (the distance of Levenshtein); none if that is more than `most`.
fn distance<'a>(mut a: &'a [u8], mut b: &'a [u8], most: usize) -> Option<usize> {
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    (a, b) = (&a[same..], &b[same..]);
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    if a.len() > b.len() {
        (a, b) = (b, a);
    }
    if a.is_empty() {
        return Some(b.len() * MOVE).filter(|&cost| cost <= most);
    }
    if b.len() > LONGEST || (b.len() - a.len()) * MOVE > most {
        return None;
    }
    // One row of the matrix at a time: what it costs to make the start of `b` of each start of `a`.
    let mut row: Vec<usize> = (1..=a.len()).map(|length| length * MOVE).collect();
    let mut result = 0;
    for (index, &byte) in b.iter().enumerate() {
        let mut diagonal = index * MOVE;
        result = diagonal;
        let mut least = usize::MAX;
        for (place, &other) in row.iter_mut().zip(a) {
            let changed = diagonal + substitution(byte, other);
            diagonal = *place;
            result = changed.min(result.min(diagonal) + MOVE);
            *place = result;
            least = least.min(result);
        }
        if least > most {
            return None;
        }
    }
    Some(result).filter(|&cost| cost <= most)
}

fn substitution(a: u8, b: u8) -> usize {
    match a == b {
        true => 0,
        false if a.eq_ignore_ascii_case(&b) => CASE,
        false => MOVE,
    }
}
