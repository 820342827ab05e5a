//! Where the fields lie that CPython's public interface does not hand out, in bytes, for each version.
//!
//! Data, not code: [`HERE`] is the row of the interpreter this build links to. The table is not trusted: the test
//! `layouts_match_the_headers` asks a C compiler, with that interpreter's own headers, for each number.

/// The offsets that differ between versions, and those that might come to.
#[allow(dead_code, reason = "no version needs all of them, and the test checks all")]
pub(super) struct Layout {
    /// `PyFrameObject.f_frame`: the interpreter frame.
    pub frame_interpreter_frame: usize,
    /// `PyFrameObject.f_trace_lines` (char).
    pub frame_trace_lines: usize,
    /// `PyFrameObject.f_trace_opcodes` (char).
    pub frame_trace_opcodes: usize,
    /// `_PyInterpreterFrame.f_code` or `f_executable`.
    pub iframe_code: usize,
    /// `_PyInterpreterFrame.stacktop` (int): valid at an event on 3.11 only.
    pub iframe_stacktop: usize,
    /// `_PyInterpreterFrame.localsplus`: locals, cells and frees, then the value stack.
    pub iframe_localsplus: usize,
    /// `_PyInterpreterFrame.f_func` or `f_funcobj`
    pub iframe_function: usize,
    /// `_PyInterpreterFrame.f_locals`
    pub iframe_locals: usize,
    /// `_PyInterpreterFrame.frame_obj`
    pub iframe_object: usize,
    /// `_PyInterpreterFrame.previous`
    pub iframe_previous: usize,
    /// `_PyInterpreterFrame.prev_instr` or `instr_ptr`: the instruction in flight, of a frame that has called.
    pub iframe_instruction: usize,
    /// `_PyInterpreterFrame.owner` (char)
    pub iframe_owner: usize,
    /// `PyThreadState.exc_info`: the innermost exception that is being handled, and those around it.
    pub thread_exceptions: usize,
    /// `PyGenObject.gi_name`; `gi_qualname` and `gi_exc_state` follow it.
    pub generator_name: usize,
    /// `PyThreadState.cframe` (3.12) or `current_frame` (3.13): how to get to the frame that executes.
    pub thread_frame: usize,
    /// `_PyCFrame.current_frame`, where there is a step between.
    pub cframe_current: Option<usize>,
    /// `PyThreadState.c_tracefunc`: the trace function of the thread.
    pub thread_tracefunc: usize,
    /// `PyGenObject.gi_iframe`: a generator's frame lies within it.
    pub generator_iframe: usize,
    /// `PyCodeObject.co_consts`
    pub code_consts: usize,
    /// `PyCodeObject.co_names`
    pub code_names: usize,
    /// `PyCodeObject.co_exceptiontable`
    pub code_exceptiontable: usize,
    /// `PyCodeObject.co_flags` (int)
    pub code_flags: usize,
    /// `PyCodeObject.co_argcount` (int); `co_posonlyargcount`, `co_kwonlyargcount`, `co_stacksize` and `co_firstlineno` follow it.
    pub code_argcount: usize,
    /// `PyCodeObject.co_localsplusnames`; `co_localspluskinds`, `co_filename`, `co_name`, `co_qualname` and
    /// `co_linetable` follow it.
    pub code_localsplusnames: usize,
    /// `PyCodeObject.co_nlocalsplus` (int)
    pub code_nlocalsplus: usize,
    /// `PyCodeObject.co_code_adaptive`
    pub code_bytecode: usize,
    /// `PyDictKeysObject.dk_log2_index_bytes` (char)
    pub keys_index_log: usize,
    /// `PyDictKeysObject.dk_version` (uint32)
    pub keys_version: usize,
    /// `PyDictKeysObject.dk_usable`
    pub keys_room: usize,
    /// `PyDictKeysObject.dk_nentries`
    pub keys_count: usize,
    /// `PyDictKeysObject.dk_indices`, behind which the entries lie.
    pub keys_indices: usize,
    /// `PyHeapTypeObject.ht_cached_keys`
    pub class_keys: usize,
    /// `PyASCIIObject.state`, whose lowest two bits say whether the string is interned.
    pub unicode_state: usize,
}

/// The field at an offset of a structure.
///
/// # Safety
/// `base` points at a live structure that has an initialised and aligned `T` at `offset`.
#[inline]
pub(super) unsafe fn field<T: Copy, S>(base: *const S, offset: usize) -> T {
    // SAFETY: the caller's promise.
    unsafe { base.byte_add(offset).cast::<T>().read() }
}

#[cfg(not(Py_3_12))]
pub(super) const HERE: Layout = Layout {
    frame_interpreter_frame: 24,
    frame_trace_lines: 44,
    frame_trace_opcodes: 45,
    iframe_code: 32,
    iframe_stacktop: 64,
    iframe_localsplus: 72,
    iframe_function: 0,
    iframe_locals: 24,
    iframe_object: 40,
    iframe_previous: 48,
    iframe_instruction: 56,
    iframe_owner: 69,
    thread_exceptions: 120,
    generator_name: 32,
    thread_frame: 56,
    cframe_current: Some(8),
    thread_tracefunc: 72,
    generator_iframe: 80,
    code_consts: 24,
    code_names: 32,
    code_exceptiontable: 40,
    code_flags: 48,
    code_argcount: 56,
    code_localsplusnames: 96,
    code_nlocalsplus: 76,
    code_bytecode: 184,
    keys_index_log: 9,
    keys_version: 12,
    keys_room: 16,
    keys_count: 24,
    keys_indices: 32,
    class_keys: 872,
    unicode_state: 32,
};

#[cfg(all(Py_3_12, not(Py_3_13)))]
pub(super) const HERE: Layout = Layout {
    frame_interpreter_frame: 24,
    frame_trace_lines: 44,
    frame_trace_opcodes: 45,
    iframe_code: 0,
    iframe_stacktop: 64,
    iframe_localsplus: 72,
    iframe_function: 16,
    iframe_locals: 40,
    iframe_object: 48,
    iframe_previous: 8,
    iframe_instruction: 56,
    iframe_owner: 70,
    thread_exceptions: 104,
    generator_name: 24,
    thread_frame: 56,
    cframe_current: Some(0),
    thread_tracefunc: 72,
    generator_iframe: 72,
    code_consts: 24,
    code_names: 32,
    code_exceptiontable: 40,
    code_flags: 48,
    code_argcount: 52,
    code_localsplusnames: 96,
    code_nlocalsplus: 72,
    code_bytecode: 192,
    keys_index_log: 9,
    keys_version: 12,
    keys_room: 16,
    keys_count: 24,
    keys_indices: 32,
    class_keys: 880,
    unicode_state: 32,
};

#[cfg(Py_3_13)]
pub(super) const HERE: Layout = Layout {
    frame_interpreter_frame: 24,
    frame_trace_lines: 44,
    frame_trace_opcodes: 45,
    iframe_code: 0,
    iframe_stacktop: 64,
    iframe_localsplus: 72,
    iframe_function: 16,
    iframe_locals: 40,
    iframe_object: 48,
    iframe_previous: 8,
    iframe_instruction: 56,
    iframe_owner: 70,
    thread_exceptions: 120,
    generator_name: 24,
    thread_frame: 72,
    cframe_current: None,
    thread_tracefunc: 88,
    generator_iframe: 72,
    code_consts: 24,
    code_names: 32,
    code_exceptiontable: 40,
    code_flags: 48,
    code_argcount: 52,
    code_localsplusnames: 96,
    code_nlocalsplus: 72,
    code_bytecode: 200,
    keys_index_log: 9,
    keys_version: 12,
    keys_room: 16,
    keys_count: 24,
    keys_indices: 32,
    class_keys: 880,
    unicode_state: 32,
};
