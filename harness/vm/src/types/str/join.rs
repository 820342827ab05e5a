//! Putting strings together.

use crate::heap::Ref;
use crate::object::args::Args;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(super) fn join(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (separator, iterable) = (args.values[0], args.values[1]);
    let sequence = vm.sequence_fast(iterable, "can only join an iterable")?;
    let items = vm.items(sequence.borrow()).unwrap_or_default();
    let result = vm.join_strings(separator, &items);
    vm.release(sequence);
    result
}

impl Vm {
    /// `separator.join(items)` (`_PyUnicode_JoinArray`)
    pub(crate) fn join_strings(&mut self, separator: Ref, items: &[Ref]) -> PyResult {
        if items.is_empty() {
            return Ok(self.retain(types::EMPTY_STR));
        }
        if let [only] = *items
            && self.class_of(only) == types::STR
        {
            return Ok(self.retain(only));
        }
        if let Some(index) = items.iter().position(|&item| self.text(item).is_none()) {
            let kind = self.type_name(items[index]);
            let message = format!("sequence item {index}: expected str instance, {kind} found");
            return Err(self.type_error(message));
        }
        let text = {
            let pieces: Vec<&str> = items.iter().map(|&item| self.expect_text(item)).collect();
            pieces.join(self.expect_text(separator))
        };
        if text.len() > super::MAX_SIZE {
            return Err(self.too_long());
        }
        Ok(self.fresh_str(text))
    }
}
