//! Anything that a node can do without.

use crate::program::{Program, children, is_block};
use crate::text::{Change, cut};

/// The longest run of which every place is tried: `else c` and `as x` have two tokens, `: int = 5` of a parameter has four.
const SHORT: usize = 4;

/// Every run of neighbouring children away: clauses, decorators, bases, arguments with their commas, annotations, targets.
/// The grammar says what parses without them. Long lists lose halves and quarters first.
pub(crate) fn parts(program: &Program) -> Vec<Change> {
    let mut changes = Vec::new();
    for node in program.nodes().into_iter().filter(|node| !is_block(*node)) {
        let children = children(node);
        let whole = children.len();
        let mut length = whole.saturating_sub(1).min(whole.next_power_of_two() / 2).max(SHORT.min(whole));
        while length > 0 {
            let step = if length > SHORT { length / 2 } else { 1 };
            for run in children.windows(length).step_by(step) {
                let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
                let range = first.start_byte()..last.end_byte();
                if !range.is_empty() && range != node.byte_range() {
                    changes.push(vec![cut(program.text(), range)]);
                }
            }
            length = if length > SHORT { (length / 2).max(SHORT) } else { length - 1 };
        }
    }
    changes
}
