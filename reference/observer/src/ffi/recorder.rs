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

/// Empties the cache of attribute lookups if it may have strs whose counts are about to be looked at. To be called before a
/// boundary is recorded (of the frame with this key, if of one), and not from within the recorder: a str that only the cache has
/// left dies of it, and is told to have.
#[inline]
pub(crate) fn settle(py: Python<'_>, frame: Option<usize>) {
    if typecache::is_empty() {
        return;
    }
    // A name that was put in while something else let go of it counts what it did.
    let news = typecache::has_news(py);
    let known = |recorder: &Recorder| news && typecache::addresses(py).any(|address| recorder.knows(address));
    if with(py, |recorder| recorder.is_suspicious(frame) || known(recorder)).unwrap_or(false) {
        typecache::clear(py);
    }
}

/// Nothing is recorded any more.
pub(crate) fn stop(py: Python<'_>) -> Option<Box<Recorder>> {
    RECORDING.store(false, Relaxed);
    RECORDER.with(py, Option::take).flatten()
}
