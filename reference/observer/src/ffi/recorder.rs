//! The recorder of the run that is under way, where the hooks find it.

use std::sync::atomic::Ordering::Relaxed;

use pyo3::Python;

use super::guarded::Guarded;
use super::hooks::RECORDING;
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

/// Nothing is recorded any more.
pub(crate) fn stop(py: Python<'_>) -> Option<Box<Recorder>> {
    RECORDING.store(false, Relaxed);
    RECORDER.with(py, Option::take).flatten()
}
