//! Hooks on deallocation: each `tp_dealloc` function that CPython has is replaced, in the types that use it, by one that tells
//! the recorder of the object and then calls it.
//!
//! There is one hook for each original function, not one for all: an original that calls its base type's `tp_dealloc` by hand
//! (`OrderedDict`, `defaultdict`) then gets to the base's original, whatever the object's type is. `subtype_dealloc`, which
//! serves the classes written in Python, is left alone: it ends in the dealloc of a base written in C, after the finaliser ran
//! and the attributes went, and never gets there for an object that was resurrected.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;
use rustc_hash::FxHashMap;

use super::classes::classes;
use super::layout::HERE;
use super::object::Object;
use super::recorder;

type Dealloc = unsafe extern "C" fn(*mut ffi::PyObject);

/// How many different dealloc functions there may be.
const HOOKS: usize = 512;

/// The function that each hook stands for.
static ORIGINALS: [AtomicPtr<()>; HOOKS] = [const { AtomicPtr::new(std::ptr::null_mut()) }; HOOKS];
/// How many of them are taken.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
/// The hook of the generators' dealloc.
static GENERATORS: AtomicUsize = AtomicUsize::new(usize::MAX);
/// CPython's `_PyGen_Finalize`.
static FINALIZER: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
/// CPython's `subtype_dealloc`.
static SUBTYPE: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
/// Whether a run is being recorded.
pub(super) static RECORDING: AtomicBool = AtomicBool::new(false);

/// # Safety
/// Called by CPython as a `tp_dealloc`, with the object that it frees and the lock held.
unsafe extern "C" fn hook<const N: usize>(object: *mut ffi::PyObject) {
    if RECORDING.load(Relaxed) {
        // SAFETY: CPython deallocates with the lock held.
        let py = unsafe { Python::assume_attached() };
        recorder::RECORDER.with(py, |recorder| {
            if let Some(recorder) = recorder {
                recorder.known.died(object as usize);
            }
        });
    }
    // SAFETY: hook N is only installed after its original was stored, which is a function of this type.
    let original: Dealloc = unsafe { std::mem::transmute::<*mut (), Dealloc>(ORIGINALS[N].load(Relaxed)) };
    // SAFETY: the original is what CPython would have called, with the same object.
    unsafe { original(object) };
    if N == GENERATORS.load(Relaxed) && RECORDING.load(Relaxed) {
        // Only now: its `finally` blocks ran in the original, in the frame that lay within it.
        let frame = object as usize + HERE.generator_iframe;
        // SAFETY: CPython deallocates with the lock held.
        let py = unsafe { Python::assume_attached() };
        recorder::RECORDER.with(py, |recorder| {
            if let Some(recorder) = recorder {
                recorder.forget_frame(frame);
            }
        });
    }
}

/// The finaliser of generators and their like, which runs within their dealloc: Python code may meet the dying object once more, and
/// the recorder give it another number. Its death is told again, unless something holds it by now.
///
/// # Safety
/// Called by CPython as a `tp_finalize`, with an object that it holds and the lock held.
unsafe extern "C" fn finalize(object: *mut ffi::PyObject) {
    // SAFETY: this is only installed after the original was stored, which is a function of this type.
    let original: Dealloc = unsafe { std::mem::transmute::<*mut (), Dealloc>(FINALIZER.load(Relaxed)) };
    // SAFETY: the original is what CPython would have called, with the same object.
    unsafe { original(object) };
    // SAFETY: the caller of a finaliser holds the object for the length of the call.
    if RECORDING.load(Relaxed) && unsafe { ffi::Py_REFCNT(object) } == 1 {
        // SAFETY: CPython finalises with the lock held.
        let py = unsafe { Python::assume_attached() };
        recorder::RECORDER.with(py, |recorder| {
            if let Some(recorder) = recorder {
                recorder.known.died(object as usize);
            }
        });
    }
}

/// Replaces the finaliser that generators, coroutines and asynchronous generators share.
fn watch_generators() {
    for kind in [&raw mut ffi::PyGen_Type, &raw mut ffi::PyCoro_Type, &raw mut ffi::PyAsyncGen_Type] {
        // SAFETY: these are static type objects.
        let Some(original) = (unsafe { (*kind).tp_finalize }) else { continue };
        let original = original as *mut ();
        let known = FINALIZER.load(Relaxed);
        if known.is_null() || known == original {
            FINALIZER.store(original, Relaxed);
            // SAFETY: as above; it calls the function that it replaces.
            unsafe { (*kind).tp_finalize = Some(finalize) };
        }
    }
}

macro_rules! sixteen {
    ($($base:literal)*) => { [$([
        hook::<{ $base }>, hook::<{ $base + 1 }>, hook::<{ $base + 2 }>, hook::<{ $base + 3 }>,
        hook::<{ $base + 4 }>, hook::<{ $base + 5 }>, hook::<{ $base + 6 }>, hook::<{ $base + 7 }>,
        hook::<{ $base + 8 }>, hook::<{ $base + 9 }>, hook::<{ $base + 10 }>, hook::<{ $base + 11 }>,
        hook::<{ $base + 12 }>, hook::<{ $base + 13 }>, hook::<{ $base + 14 }>, hook::<{ $base + 15 }>,
    ]),*] };
}

static TABLE: [[Dealloc; 16]; HOOKS / 16] = sixteen!(
    0 16 32 48 64 80 96 112 128 144 160 176 192 208 224 240 256 272 288 304 320 336 352 368 384 400 416 432 448 464 480 496
);

/// Hooks all types there are. To be called once, after the imports.
pub(crate) fn install(py: Python<'_>) -> PyResult<()> {
    let class = py.eval(c"type('Probe', (), {})", None, None)?.cast_into::<PyType>()?;
    // SAFETY: `class` is a live type object.
    let subtype = unsafe { (*class.as_type_ptr()).tp_dealloc };
    SUBTYPE.store(subtype.map_or(std::ptr::null_mut(), |dealloc| dealloc as *mut ()), Relaxed);
    drop(class);

    for class in classes(py)? {
        // SAFETY: `class` is a live type object, and the lock is held.
        unsafe { watch(class.as_type_ptr()) };
    }
    watch_generators();
    // SAFETY: `PyGen_Type` is a static type object; its dealloc is a hook by now, and coroutines share it.
    let generators = unsafe { ffi::PyGen_Type.tp_dealloc };
    if let Some(number) = generators.and_then(|dealloc| hook_number(dealloc as *mut ())) {
        GENERATORS.store(number, Relaxed);
    }
    Ok(())
}

/// Sees to it that the death of objects of this one's type is told. False if that can't be done.
#[inline]
pub(super) fn watch_type_of(object: Object<'_>) -> bool {
    // SAFETY: the type of a live object is a live type object, and whoever has an `Object` holds the lock.
    unsafe { watch(object.type_pointer()) }
}

/// Whether a dealloc function is one of the hooks, and which.
fn hook_number(dealloc: *mut ()) -> Option<usize> {
    static NUMBERS: OnceLock<FxHashMap<usize, usize>> = OnceLock::new();
    let numbers =
        NUMBERS.get_or_init(|| TABLE.iter().flatten().enumerate().map(|(number, &hook)| (hook as usize, number)).collect());
    numbers.get(&(dealloc as usize)).copied()
}

/// Hooks one type, or the base in whose dealloc that of a class written in Python ends: it may be one of an extension module that came
/// later than [`install`]. False if there are more different dealloc functions than hooks.
///
/// # Safety
/// `kind` is a live type object, and the lock is held.
unsafe fn watch(mut kind: *mut ffi::PyTypeObject) -> bool {
    let subtype = SUBTYPE.load(Relaxed);
    let dealloc = loop {
        // SAFETY: the caller's promise; a type holds its base.
        let (dealloc, base) = unsafe { ((*kind).tp_dealloc, (*kind).tp_base) };
        match dealloc.map(|dealloc| dealloc as *mut ()) {
            None => return true,
            Some(dealloc) if dealloc == subtype && !base.is_null() => kind = base,
            Some(dealloc) => break dealloc,
        }
    };
    if dealloc == subtype || hook_number(dealloc).is_some() {
        return true;
    }
    let taken = TAKEN.load(Relaxed);
    let number = match ORIGINALS[..taken].iter().position(|original| original.load(Relaxed) == dealloc) {
        Some(number) => number,
        None if taken < HOOKS => {
            ORIGINALS[taken].store(dealloc, Relaxed);
            TAKEN.store(taken + 1, Relaxed);
            taken
        }
        None => return false,
    };
    // SAFETY: the caller's promise; the hook calls the function that it replaces.
    unsafe { (*kind).tp_dealloc = Some(TABLE[number / 16][number % 16]) };
    true
}
