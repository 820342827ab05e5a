//! Being called before each instruction of the snippet.
//!
//! 3.11 has one way, the trace function of a thread: the call event of a frame asks for opcode events on it if its code is the
//! snippet's, and for nothing if it is not. From 3.12 on there is a better one, `sys.monitoring`: events of the snippet's code
//! objects alone. It needs no frame objects and leaves `sys.settrace` to the snippet.
//! Both report the same instructions; what comes before the first `RESUME`, and each `RESUME` itself, is left out in both.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCode;

use super::frame::{Frame, InterpreterFrame};
use super::layout::{HERE, field};
use super::recorder;
use crate::record::Flow;

/// Tells the recorder of a frame that is about to execute the instruction at `offset`. Says whether to go on.
///
/// # Safety
/// See [`Frame::new`]; the lock is held.
unsafe fn tell(frame: *const InterpreterFrame, code: usize, offset: usize) -> Flow {
    // SAFETY: the caller's promise.
    let (py, frame) = unsafe { (Python::assume_attached(), Frame::new(frame, code, offset)) };
    recorder::settle(py, Some(frame.key()));
    recorder::with(py, |recorder| {
        let flow = recorder.before(&frame);
        recorder.look(py, Some(&frame));
        flow
    })
    .unwrap_or(Flow::GoOn)
}

/// Sets the exception that breaks a run off.
///
/// # Safety
/// The lock is held.
unsafe fn set_break() {
    // SAFETY: the caller's promise; the type is static, the text is a C string.
    unsafe { ffi::PyErr_SetString(ffi::PyExc_SystemExit, c"the observer's step limit is reached".as_ptr()) };
}

#[cfg(not(Py_3_12))]
mod by_trace_function {
    use std::ffi::{CStr, c_char, c_int, c_void};
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use super::{Flow, HERE, InterpreterFrame, ffi, field, set_break, tell};
    use pyo3::Python;

    use crate::ffi::recorder;

    unsafe extern "C" {
        /// Public from 3.8 on, but not declared by pyo3.
        pub(super) fn PySys_AddAuditHook(
            hook: unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int,
            data: *mut c_void,
        ) -> c_int;
    }

    /// A snippet is being watched.
    pub(super) static WATCHING: AtomicBool = AtomicBool::new(false);

    /// Somebody has put a trace function of their own in the place of ours: what ran then was not told.
    pub(super) static REPLACED: AtomicBool = AtomicBool::new(false);

    /// The library takes the trace function away to put its own back, which it has read as `None` (`doctest`). What
    /// follows is told before it happens; afterwards, before the next instruction, comes a pending call.
    ///
    /// # Safety
    /// Called by CPython as an audit hook: `event` is a C string, and the lock is held once Python runs.
    pub(super) unsafe extern "C" fn audit(event: *const c_char, _: *mut ffi::PyObject, _: *mut c_void) -> c_int {
        // SAFETY: the caller's promise.
        if WATCHING.load(Relaxed) && unsafe { CStr::from_ptr(event) } == c"sys.settrace" {
            // SAFETY: `rearm` needs no argument; a full queue only means that the watch ends, which `stop` tells.
            unsafe { ffi::Py_AddPendingCall(Some(rearm), std::ptr::null_mut()) };
        }
        0
    }

    /// A pending call: puts the trace function back if there is none.
    extern "C" fn rearm(_: *mut c_void) -> c_int {
        // SAFETY: CPython makes pending calls with the lock held; the field lies where the layout says.
        unsafe {
            let function: *const () = field(ffi::PyThreadState_Get(), HERE.thread_tracefunc);
            if WATCHING.load(Relaxed) && function.is_null() {
                ffi::PyEval_SetTrace(Some(trace), std::ptr::null_mut());
            } else if !std::ptr::eq(function, trace as *const ()) {
                REPLACED.store(true, Relaxed);
            }
        }
        0
    }

    /// # Safety
    /// Called by CPython as a trace function: `frame` is the frame that executes, and the lock is held.
    pub(super) unsafe extern "C" fn trace(
        _: *mut ffi::PyObject,
        frame: *mut ffi::PyFrameObject,
        event: c_int,
        _: *mut ffi::PyObject,
    ) -> c_int {
        if event != ffi::PyTrace_CALL && event != ffi::PyTrace_OPCODE {
            return 0;
        }
        // SAFETY: `frame` is alive, and its fields lie where the layout says; `f_lasti` is that of the instruction that the
        // event is for.
        let flow = unsafe {
            let object = frame.cast::<u8>();
            let inner: *const InterpreterFrame = field(frame, HERE.frame_interpreter_frame);
            let code: usize = field(inner, HERE.iframe_code);
            let offset = ffi::PyFrame_GetLasti(frame).max(0) as usize;
            if event == ffi::PyTrace_CALL {
                let py = Python::assume_attached();
                let ours = recorder::with(py, |recorder| recorder.records(code)).unwrap_or(false);
                object.add(HERE.frame_trace_lines).write(0);
                object.add(HERE.frame_trace_opcodes).write(u8::from(ours));
                // The call of a generator that an exception is thrown into comes where it stands, which is no boundary.
                if !recorder::with(py, |recorder| recorder.starts(code, offset)).unwrap_or(false) {
                    return 0;
                }
            }
            tell(inner, code, offset)
        };
        match flow {
            Flow::GoOn => 0,
            Flow::Break => {
                // SAFETY: the lock is held.
                unsafe { set_break() };
                -1
            }
        }
    }
}

/// How the snippet's code is watched.
#[cfg(not(Py_3_12))]
pub(crate) struct Watch;

#[cfg(not(Py_3_12))]
#[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "3.12 needs both")]
impl Watch {
    /// To be called once.
    pub(crate) fn prepare(_: Python<'_>) -> PyResult<Self> {
        // SAFETY: a hook of the right type, which needs no data; the `Python` proves the lock.
        if unsafe { by_trace_function::PySys_AddAuditHook(by_trace_function::audit, std::ptr::null_mut()) } < 0 {
            return Err(pyo3::exceptions::PyRuntimeError::new_err("there is no room for an audit hook"));
        }
        Ok(Self)
    }

    /// Watches these code objects from now on.
    pub(crate) fn start(&self, _: Python<'_>, _: &[Bound<'_, PyCode>]) -> PyResult<()> {
        // SAFETY: a trace function of the right type; the `Python` proves the lock.
        unsafe { ffi::PyEval_SetTrace(Some(by_trace_function::trace), std::ptr::null_mut()) };
        by_trace_function::REPLACED.store(false, std::sync::atomic::Ordering::Relaxed);
        by_trace_function::WATCHING.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Watches nothing any more. An error if something else took the place of the trace function meanwhile.
    pub(crate) fn stop(&self, py: Python<'_>) -> PyResult<()> {
        by_trace_function::WATCHING.store(false, std::sync::atomic::Ordering::Relaxed);
        // SAFETY: the `Python` proves the lock.
        unsafe {
            let function: *const () = field(ffi::PyThreadState_Get(), HERE.thread_tracefunc);
            ffi::PyEval_SetTrace(None, std::ptr::null_mut());
            // None at all was taken away at the very end: no instruction of the snippet came after it.
            let replaced = by_trace_function::REPLACED.load(std::sync::atomic::Ordering::Relaxed);
            if !replaced && (function.is_null() || std::ptr::eq(function, by_trace_function::trace as *const ())) {
                return Ok(());
            }
        }
        let _ = py;
        Err(pyo3::exceptions::PyRuntimeError::new_err("the snippet calls sys.settrace, which on 3.11 ends the observation"))
    }
}

#[cfg(Py_3_12)]
mod by_monitoring {
    use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

    use super::{Flow, HERE, InterpreterFrame, ffi, field, set_break, tell};

    /// The thread that runs the snippet. Threads that it starts are not watched: their order is nobody's.
    pub(super) static THREAD: AtomicPtr<ffi::PyThreadState> = AtomicPtr::new(std::ptr::null_mut());

    unsafe extern "C" {
        /// Public from 3.12 on, but not declared by pyo3.
        pub(super) fn PyFunction_SetVectorcall(function: *mut ffi::PyObject, call: ffi::vectorcallfunc);
    }

    /// # Safety
    /// Called by CPython as a function with positional arguments, with the lock held.
    pub(super) unsafe extern "C" fn before_instruction(
        _: *mut ffi::PyObject,
        arguments: *const *mut ffi::PyObject,
        count: usize,
        _: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: both events have two arguments, the code object and the offset; the thread's frame is the one that
        // executes, since a function written in C has none.
        unsafe {
            let thread = ffi::PyThreadState_Get();
            if ffi::PyVectorcall_NARGS(count) == 2 && thread == THREAD.load(Relaxed) {
                let code = (*arguments) as usize;
                let offset = ffi::PyLong_AsLong(*arguments.add(1)).max(0) as usize;
                let mut frame: *const InterpreterFrame = field(thread, HERE.thread_frame);
                if let Some(current) = HERE.cframe_current {
                    frame = field(frame, current);
                }
                if field::<usize, _>(frame, HERE.iframe_code) == code
                    && let Flow::Break = tell(frame, code, offset)
                {
                    set_break();
                    return std::ptr::null_mut();
                }
            }
            ffi::Py_NewRef(ffi::Py_None())
        }
    }
}

/// How the snippet's code is watched.
#[cfg(Py_3_12)]
pub(crate) struct Watch {
    set_local_events: pyo3::Py<pyo3::PyAny>,
    tool: u8,
    events: u32,
}

#[cfg(Py_3_12)]
impl Watch {
    /// To be called once, on the thread that will run the snippets.
    pub(crate) fn prepare(py: Python<'_>) -> PyResult<Self> {
        use std::sync::atomic::Ordering::Relaxed;
        // One that no other tool is known to use.
        const TOOL: u8 = 4;
        // A function whose call is ours: that of a builtin function takes a level of recursion, so that a program which has used up
        // all of them would fail at an instruction at which it does not fail unobserved.
        let function = py.eval(c"lambda *arguments: None", None, None)?;
        // SAFETY: a Python function, and a call of the right type; the `Python` proves the lock.
        unsafe {
            by_monitoring::THREAD.store(ffi::PyThreadState_Get(), Relaxed);
            by_monitoring::PyFunction_SetVectorcall(function.as_ptr(), by_monitoring::before_instruction);
        }
        let monitoring = py.import("sys")?.getattr("monitoring")?;
        monitoring.call_method1("use_tool_id", (TOOL, "refdrift"))?;
        let mut events = 0;
        // CPython reports no `RESUME` as an instruction; the start of a function tells of the one that begins a frame.
        for name in ["INSTRUCTION", "PY_START"] {
            let event: u32 = monitoring.getattr("events")?.getattr(name)?.extract()?;
            monitoring.call_method1("register_callback", (TOOL, event, &function))?;
            events |= event;
        }
        if cfg!(not(Py_3_13)) {
            // Nobody is told of calls, but CPython specialises none that is instrumented: a specialised `str(x)` needs no tuple of
            // arguments, and library code, which is not watched, would count otherwise the more often it has run. (3.13 needs
            // none in either form.)
            monitoring.call_method1("set_events", (TOOL, monitoring.getattr("events")?.getattr("CALL")?))?;
        }
        Ok(Self { set_local_events: monitoring.getattr("set_local_events")?.unbind(), tool: TOOL, events })
    }

    /// Watches these code objects from now on.
    pub(crate) fn start(&self, py: Python<'_>, codes: &[Bound<'_, PyCode>]) -> PyResult<()> {
        codes.iter().try_for_each(|code| self.set_local_events.bind(py).call1((self.tool, code, self.events)).map(drop))
    }

    /// Watches nothing any more: the code objects are let go by whoever has them. An error if something else took the watch's place.
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "3.11 needs both")]
    pub(crate) fn stop(&self, _: Python<'_>) -> PyResult<()> {
        Ok(())
    }
}
