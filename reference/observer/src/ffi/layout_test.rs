//! The layout table against the interpreter's own headers.

use std::fmt::Write;
use std::mem::offset_of;
use std::process::Command;

use super::layout::HERE;
use super::typecache::{ENTRIES, Entry};

/// Each offset that is used, and the C expression that says what it is.
fn claims() -> Vec<(usize, String)> {
    let word = size_of::<usize>();
    let offset = |structure: &str, field: &str| format!("offsetof({structure}, {field})");
    let (code_field, thread_field) = match () {
        () if cfg!(Py_3_13) => ("f_executable", "current_frame"),
        () => ("f_code", "cframe"),
    };
    let function_field = if cfg!(Py_3_12) { "f_funcobj" } else { "f_func" };
    let instruction_field = if cfg!(Py_3_13) { "instr_ptr" } else { "prev_instr" };
    let mut claims = vec![
        (HERE.frame_interpreter_frame, offset("struct _frame", "f_frame")),
        (HERE.frame_trace_lines, offset("struct _frame", "f_trace_lines")),
        (HERE.frame_trace_opcodes, offset("struct _frame", "f_trace_opcodes")),
        (HERE.iframe_code, offset("_PyInterpreterFrame", code_field)),
        (HERE.iframe_stacktop, offset("_PyInterpreterFrame", "stacktop")),
        (HERE.iframe_localsplus, offset("_PyInterpreterFrame", "localsplus")),
        (HERE.iframe_function, offset("_PyInterpreterFrame", function_field)),
        (HERE.iframe_locals, offset("_PyInterpreterFrame", "f_locals")),
        (HERE.iframe_object, offset("_PyInterpreterFrame", "frame_obj")),
        (HERE.iframe_previous, offset("_PyInterpreterFrame", "previous")),
        (HERE.iframe_instruction, offset("_PyInterpreterFrame", instruction_field)),
        (HERE.iframe_owner, offset("_PyInterpreterFrame", "owner")),
        (HERE.thread_exceptions, offset("PyThreadState", "exc_info")),
        (0, offset("_PyErr_StackItem", "exc_value")),
        (word, offset("_PyErr_StackItem", "previous_item")),
        (HERE.generator_name, offset("PyGenObject", "gi_name")),
        (HERE.generator_name + word, offset("PyGenObject", "gi_qualname")),
        (HERE.generator_name + 2 * word, offset("PyGenObject", "gi_exc_state")),
        (HERE.code_nlocalsplus, offset("PyCodeObject", "co_nlocalsplus")),
        (HERE.code_bytecode, offset("PyCodeObject", "co_code_adaptive")),
        (HERE.keys_index_log, offset("PyDictKeysObject", "dk_log2_index_bytes")),
        (HERE.keys_version, offset("PyDictKeysObject", "dk_version")),
        (HERE.keys_room, offset("PyDictKeysObject", "dk_usable")),
        (HERE.keys_count, offset("PyDictKeysObject", "dk_nentries")),
        (HERE.keys_indices, offset("PyDictKeysObject", "dk_indices")),
        (HERE.class_keys, offset("PyHeapTypeObject", "ht_cached_keys")),
        (2 * word, "sizeof(PyDictUnicodeEntry)".to_owned()),
        (if cfg!(Py_3_13) { word } else { 0 }, offset("struct _dictvalues", "values")),
        (HERE.thread_frame, offset("PyThreadState", thread_field)),
        (HERE.thread_tracefunc, offset("PyThreadState", "c_tracefunc")),
        (HERE.generator_iframe, offset("PyGenObject", "gi_iframe")),
        (HERE.code_consts, offset("PyCodeObject", "co_consts")),
        (HERE.code_names, offset("PyCodeObject", "co_names")),
        (HERE.code_exceptiontable, offset("PyCodeObject", "co_exceptiontable")),
        (HERE.code_flags, offset("PyCodeObject", "co_flags")),
        (HERE.unicode_state, offset("PyASCIIObject", "state")),
        (1, "sizeof(((struct _frame *)0)->f_trace_lines)".to_owned()),
        (1, "sizeof(((struct _frame *)0)->f_trace_opcodes)".to_owned()),
        (4, "sizeof(((_PyInterpreterFrame *)0)->stacktop)".to_owned()),
        (0, offset("PyObject", "ob_refcnt")),
        (size_of::<Entry>(), "sizeof(struct type_cache_entry)".to_owned()),
        (offset_of!(Entry, version), offset("struct type_cache_entry", "version")),
        (offset_of!(Entry, name), offset("struct type_cache_entry", "name")),
        (offset_of!(Entry, value), offset("struct type_cache_entry", "value")),
        (ENTRIES, "1 << MCACHE_SIZE_EXP".to_owned()),
    ];
    #[cfg(Py_3_12)]
    claims.push((super::versions::CODE_VERSION, offset("PyCodeObject", "co_version")));
    for (index, field) in
        ["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_stacksize", "co_firstlineno"].iter().enumerate()
    {
        claims.push((HERE.code_argcount + index * 4, offset("PyCodeObject", field)));
    }
    let names = ["co_localsplusnames", "co_localspluskinds", "co_filename", "co_name", "co_qualname", "co_linetable"];
    for (index, field) in names.iter().enumerate() {
        claims.push((HERE.code_localsplusnames + index * word, offset("PyCodeObject", field)));
    }
    if let Some(current) = HERE.cframe_current {
        claims.push((current, offset("_PyCFrame", "current_frame")));
    }
    claims
}

#[test]
fn layouts_match_the_headers() {
    let headers = Command::new(env!("REFDRIFT_PYTHON"))
        .args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('include'), end='')"])
        .output()
        .expect("the interpreter that this was built for runs");
    let headers = String::from_utf8(headers.stdout).expect("a path in UTF-8");
    let mut program = "#define Py_BUILD_CORE 1\n#include <Python.h>\n#include <stddef.h>\n#include <stdio.h>\n\
        #include <internal/pycore_frame.h>\n#include <internal/pycore_code.h>\n#include <internal/pycore_interp.h>\n#include <internal/pycore_dict.h>\n\
        int main(void) {\n"
        .to_owned();
    for (_, expression) in claims() {
        let _ = writeln!(program, "printf(\"%zu\\n\", (size_t)({expression}));");
    }
    // The two bits of `state` that say whether a string is interned are the lowest.
    program.push_str(
        "PyASCIIObject s; memset(&s, 0, sizeof s); s.state.interned = 3; unsigned word; memcpy(&word, &s.state, 4);\n\
         printf(\"%u\\n\", word);\nreturn 0; }\n",
    );
    let folder = tempfile::tempdir().expect("a folder for the program");
    let (source, binary) = (folder.path().join("layout.c"), folder.path().join("layout"));
    std::fs::write(&source, program).expect("it can be written");
    let compiled = Command::new("cc")
        .arg("-I")
        .arg(&headers)
        .arg("-I")
        .arg(format!("{headers}/internal"))
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .output()
        .expect("there is a C compiler: Rust links with it");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let printed = Command::new(&binary).output().expect("what was compiled runs");
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    let mut lines = printed.lines();
    for (claimed, expression) in claims() {
        assert_eq!(lines.next(), Some(claimed.to_string().as_str()), "{expression}");
    }
    assert_eq!(lines.next(), Some("3"), "the bits of `interned`");
}
