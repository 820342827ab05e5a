//! The names of attributes that a class keeps for its instances (`ht_cached_keys`), from the first one on.
//!
//! There is room for few. Each name takes of it, and so does each instance that is made: a process that has run many programs
//! would have none left.

use std::cell::Cell;
use std::ffi::c_void;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyType, PyTypeMethods};
use rustc_hash::FxHashSet;

use super::classes::classes;
use super::layout::{HERE, field};

/// `Py_TPFLAGS_HEAPTYPE`
const HEAP_TYPE: u64 = 1 << 9;

/// The size of an entry (`PyDictUnicodeEntry`): the name, then a value that such keys have none of.
const ENTRY: usize = 16;

/// `dk_log2_size` of all such keys: their indices are bytes.
const SIZE_LOG: u8 = 6;

/// `DKIX_EMPTY`
const EMPTY: i8 = -1;

/// The classes that keep names for their instances.
pub(crate) struct NamingClasses(Vec<Naming>);

/// How often the names of a class are taken back: each time the class gets a new version, and after a thousand of them CPython (3.13)
/// gives it none, which its specialised instructions do not cope with.
const MOST_CUTS: u16 = 500;

/// One of them, and what its names were at the start.
struct Naming {
    class: Py<PyType>,
    cuts: Cell<u16>,
    /// It had no instance.
    bare: bool,
    start: Names,
}

/// What of a class changes by itself when there are names or instances.
#[derive(Clone, Copy)]
struct Names {
    count: usize,
    room: isize,
    /// How many references there are to the names: those of dicts, too.
    shared: isize,
    /// How many references there are to the class: each instance has one.
    class: isize,
}

impl NamingClasses {
    /// All that there are now.
    pub(crate) fn find(py: Python<'_>) -> PyResult<Self> {
        let objects: Bound<'_, PyList> = py.import("gc")?.call_method0("get_objects")?.cast_into()?;
        let with_instances: FxHashSet<usize> = objects.iter().map(|object| object.get_type().as_ptr() as usize).collect();
        drop(objects);
        let mut found = Vec::new();
        for class in classes(py)? {
            let flags: u64 = class.getattr("__flags__")?.extract()?;
            if flags & HEAP_TYPE != 0
                && let Some(start) = names_of(&class)
            {
                let bare = !with_instances.contains(&(class.as_ptr() as usize));
                found.push(Naming { class: class.unbind(), cuts: Cell::new(0), bare, start });
            }
        }
        Ok(Self(found))
    }

    /// How many names they keep, all together.
    pub(crate) fn names(&self, py: Python<'_>) -> usize {
        self.0.iter().filter_map(|naming| names_of(naming.class.bind(py))).map(|names| names.count).sum()
    }

    /// Takes from those that have little room left, had no instance at the start, and have none now, the names that they did not have
    /// then.
    pub(crate) fn forget(&self, py: Python<'_>) {
        for Naming { class, cuts, start, .. } in self.0.iter().filter(|naming| naming.bare && naming.cuts.get() < MOST_CUTS) {
            let Some(now) = names_of(class.bind(py)) else { continue };
            let crowded = now.room < start.room - start.room / 4;
            if crowded && (now.shared, now.class) == (start.shared, start.class) {
                cut(class.bind(py), *start, now);
                cuts.set(cuts.get() + 1);
            }
        }
    }
}

/// What a class that is no static object keeps; none of one whose instances have no such names.
fn names_of(class: &Bound<'_, PyType>) -> Option<Names> {
    // SAFETY: a heap type that is held; the fields and what it points at lie where the test of the layouts finds them in the
    // interpreter's headers.
    unsafe {
        let keys: *const u8 = field(class.as_ptr(), HERE.class_keys);
        (!keys.is_null()).then(|| Names {
            count: field(keys, HERE.keys_count),
            room: field(keys, HERE.keys_room),
            shared: field(keys, 0),
            class: field(class.as_ptr(), 0),
        })
    }
}

/// Cuts a class's names to those that it had at the start.
fn cut(class: &Bound<'_, PyType>, start: Names, now: Names) {
    let mut names = Vec::new();
    // SAFETY: as above. No instance has a value for what is cut off, and nobody else has these names: the count of references to them is
    // that of the start. Names go to the first free place for their hash and never move, so without the last ones the table is as it
    // was before they came. Each entry that is emptied gives its reference away.
    unsafe {
        let keys: *mut c_void = field(class.as_ptr(), HERE.class_keys);
        if field::<u8, _>(keys, HERE.keys_index_log) != SIZE_LOG || now.count < start.count {
            return;
        }
        let indices = keys.byte_add(HERE.keys_indices).cast::<i8>();
        for place in 0..1 << SIZE_LOG {
            if usize::try_from(*indices.add(place)).is_ok_and(|index| index >= start.count) {
                *indices.add(place) = EMPTY;
            }
        }
        let entries = keys.byte_add(HERE.keys_indices + (1 << SIZE_LOG));
        for index in start.count..now.count {
            let name = entries.byte_add(index * ENTRY).cast::<*mut pyo3::ffi::PyObject>();
            names.push(Bound::from_owned_ptr_or_opt(class.py(), name.replace(std::ptr::null_mut())));
        }
        keys.byte_add(HERE.keys_count).cast::<usize>().write(start.count);
        keys.byte_add(HERE.keys_room).cast::<isize>().write(start.room);
        // What was found by them is to be looked for again: instructions remember the place of a name by the version of the names, or of
        // the class.
        keys.byte_add(HERE.keys_version).cast::<u32>().write(0);
        pyo3::ffi::PyType_Modified(class.as_type_ptr());
    }
}
