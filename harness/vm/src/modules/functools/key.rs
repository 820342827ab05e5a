//! The keys of `functools.lru_cache`.

use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::types;
use crate::vm::Vm;

/// The arguments of a call as one object (`lru_cache_make_key`): a single string or integer as it is, the argument tuple, or a
/// tuple of all of it, with a mark before the keyword arguments and, if types matter, the types after them.
pub(super) fn make(vm: &mut Vm, args: &Args<'_>, typed: bool) -> Owned {
    if !typed && args.names.is_empty() {
        return match *args.values {
            [only] if matches!(vm.class_of(only), types::STR | types::INT) => vm.retain(only),
            _ => args.to_tuple(vm),
        };
    }
    let mut parts: Vec<Ref> = args.pos().to_vec();
    if !args.names.is_empty() {
        parts.extend(vm.module_state.keyword_mark);
        for (name, value) in args.keywords() {
            parts.extend([name, value]);
        }
    }
    if typed {
        parts.extend(args.values.iter().map(|&value| vm.class_of(value)));
    }
    vm.tuple_of(&parts)
}
