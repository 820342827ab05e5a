//! The recorder of the run that is under way, where the hooks find it.

use std::sync::atomic::Ordering::Relaxed;

use pyo3::Python;

use super::guarded::Guarded;
use super::hooks::RECORDING;
use super::typecache;
use crate::record::Recorder;

pub(super) static RECORDER: Guarded<Option<Box<Recorder>>> = Guarded::new(None);

/// From now on hooks tell this recorder of frees and boundaries.
pub(crate) fn start(py: Python<'_>, recorder: Box<Recorder>) {
    RECORDER.with(py, |slot| *slot = Some(recorder));
    RECORDING.store(true, Relaxed);
}

/// The recorder, while it records. Nothing in `f` may run Python code.
pub(crate) fn with<R>(py: Python<'_>, f: impl FnOnce(&mut Recorder) -> R) -> Option<R> {
    RECORDER.with(py, |slot| slot.as_deref_mut().map(f)).flatten()
}

/// Takes the strs whose counts are about to be looked at out of the cache of attribute lookups. To be called before a boundary is
/// recorded (of the frame with this key, if of one), and not from within the recorder: a str that only the cache has left
/// dies of it, and is told to have.
#[inline]
pub(crate) fn settle(py: Python<'_>, frame: Option<usize>) {
    for text in with(py, |recorder| recorder.suspects(frame)).unwrap_or_default() {
        // SAFETY: a live str: each is there once, and the death of a str runs nothing that could end another's life.
        unsafe { typecache::remove(text.0) };
    }
}

/// Nothing is recorded any more.
pub(crate) fn stop(py: Python<'_>) -> Option<Box<Recorder>> {
    RECORDING.store(false, Relaxed);
    RECORDER.with(py, Option::take).flatten()
}
