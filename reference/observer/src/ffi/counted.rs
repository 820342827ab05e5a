//! Interned strings that are counted (3.13): until code is compiled that names them; from then on, for good, they are not.

use pyo3::prelude::*;
use refdrift_trace::IMMORTAL;
use rustc_hash::FxHashMap;

use super::layout::{HERE, field};
use super::object::Object;

/// `SSTATE_INTERNED_MORTAL`
const COUNTED: u32 = 1;

/// Where `interned` lies in the state of a string.
const INTERNED: u32 = 3;

/// A count that no program brings down: what a string had before it was no longer counted is not known.
const MANY: u64 = 1 << 28;

/// The strings among these that are interned and counted, by their text: their addresses.
pub(super) fn interned_and_counted<'a, 'py: 'a>(
    objects: impl Iterator<Item = &'a Bound<'py, PyAny>>,
) -> FxHashMap<Box<str>, usize> {
    let strings = objects.filter(|object| Object::of(object).is_interned() && Object::of(object).count() != IMMORTAL);
    let named = strings.filter_map(|string| Some((string.extract::<String>().ok()?.into(), Object::of(string).address())));
    named.collect()
}

/// Has an interned string counted that is not.
pub(super) fn count_again(string: Object<'_>) {
    if string.count() != IMMORTAL || !string.is_interned() {
        return;
    }
    let pointer = string.pointer();
    // SAFETY: a live str, whose state word and count lie where the layout says. It was counted once: it is no static object, and the
    // table of interned strings finds it by its address, whatever its state. Its count is so high that nothing ever frees it.
    unsafe {
        let state: u32 = field(pointer, HERE.unicode_state);
        pointer.byte_add(HERE.unicode_state).cast::<u32>().write(state & !INTERNED | COUNTED);
        pointer.cast::<u64>().write(MANY);
    }
}
