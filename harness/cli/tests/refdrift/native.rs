//! Native code: cases that bring C, and `refdrift native`.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{Folder, code, record, stderr, stdout};

/// A module whose `second` leaks what it is given first.
const LEAKY: &str = r#"#include <Python.h>
static PyObject *first(PyObject *m, PyObject *list) { return Py_XNewRef(PyList_GetItem(list, 0)); }
static PyObject *second(PyObject *m, PyObject *args) {
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    Py_INCREF(a);
    return Py_NewRef(b);
}
static PyObject *crash(PyObject *m, PyObject *x) { *(volatile int *)0 = 1; return x; }
static PyMethodDef methods[] = {{"first", first, METH_O}, {"second", second, METH_VARARGS}, {"crash", crash, METH_O}, {NULL}};
static PyModuleDef_Slot slots[] = {{0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "leaky", NULL, 0, methods, slots};
PyMODINIT_FUNC PyInit_leaky(void) { return PyModuleDef_Init(&definition); }
"#;

/// A case file with that module and this snippet.
fn case(snippet: &str) -> String {
    let indented = |text: &str, by: usize| text.lines().fold(String::new(), |all, line| all + &" ".repeat(by) + line + "\n");
    format!(
        "native:\n  module: leaky\n  source: |\n{}  functions:\n    first: {{call: one, parameters: [list], result: item 0 of list}}\n    \
         second: {{parameters: [a, b], result: argument b}}\n    crash: {{call: one, parameters: [x], result: none}}\ncases:\n  \
         - name: it\n    source: |\n{}",
        indented(LEAKY, 4),
        indented(snippet, 6)
    )
}

/// Runs a snippet and hands back the one result and the exit code.
fn check(snippet: &str) -> (Value, i32) {
    let folder = Folder::with(&[("leaky.yaml", &case(snippet))]);
    let output = folder.run(&["check", "leaky.yaml", "--format", "json"]);
    let (mut results, _) = record(&output);
    (results.remove(0), code(&output))
}

#[test]
fn native_code_is_measured_by_its_contract() {
    let (right, status) = check("import leaky\na = []\nb = leaky.first([a])\nprint(b is a)");
    assert_eq!((right["verdict"].as_str(), status), (Some("agreed"), 0), "{right}");
    let (wrong, status) = check("import leaky\na = []\nb = leaky.second(a, a)");
    assert_eq!((wrong["verdict"].as_str(), status), (Some("diverged"), 1), "{wrong}");
    assert_eq!(wrong["divergences"][0]["kind"], "extra_reference");
    assert!(wrong["divergences"][0]["detail"].as_str().unwrap().contains("the native code counts"), "{wrong}");
}

#[test]
fn a_crash_keeps_what_was_found_before() {
    let (result, status) = check("import leaky\na = []\nleaky.second(a, 1)\nleaky.crash(a)");
    assert_eq!((result["verdict"].as_str(), status), (Some("diverged"), 1), "{result}");
    let detail = result["divergences"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with("; then CPython died: signal 11 SIGSEGV"), "{detail}");
    let (result, status) = check("import leaky\na = []\nleaky.crash(a)");
    assert_eq!((result["verdict"].as_str(), result["fault"].as_str(), status), (Some("failed"), Some("crash"), 3), "{result}");
    assert!(result["reason"].as_str().unwrap().contains("on which both agree"), "{result}");
    assert_eq!(result["reason_line"], 3);
}

#[test]
fn c_that_does_not_compile_points_at_its_line() {
    let folder = Folder::with(&[("leaky.yaml", &case("import leaky").replace("return x; }", "return y; }"))]);
    let output = folder.run(&["check", "leaky.yaml", "--format", "json"]);
    let (results, _) = record(&output);
    let reason = results[0]["reason"].as_str().unwrap();
    assert!(reason.contains("leaky.yaml:12:") && reason.contains("error:"), "{reason}");
    assert_eq!(code(&output), 2);
}

/// Compiles the module for the default python3.
fn compiled(folder: &Folder) -> PathBuf {
    let include =
        Command::new("python3").args(["-c", "import sysconfig; print(sysconfig.get_paths()['include'])"]).output().unwrap();
    let (source, object) = (folder.file("leaky.c"), folder.file("leaky.so"));
    let mut compiler = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    compiler.args(["-shared", "-fPIC", "-I", String::from_utf8(include.stdout).unwrap().trim()]);
    assert!(compiler.arg(&source).arg("-o").arg(&object).status().unwrap().success());
    object
}

#[test]
fn a_module_is_surveyed() {
    let contract = "functions:\n  first: {parameters: [list], result: item 0 of list}\n";
    let folder =
        Folder::with(&[("leaky.c", LEAKY), ("contract.yaml", contract), ("other.yaml", "functions:\n\n  third: {call: one}\n")]);
    compiled(&folder);
    let output = folder.run(&["native", "leaky.so", "--contract", "contract.yaml", "--format", "json"]);
    let survey: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let function = |name: &str| survey["functions"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&function("first")["stated"], &function("first")["findings"]), (&true.into(), &Value::Array(Vec::new())));
    assert_eq!(function("second")["stated"], false);
    assert_eq!(function("second")["findings"][0]["what"], "leaks argument 0");
    assert!(function("crash")["findings"][0]["what"].as_str().unwrap().starts_with("ends the process (signal 11"));
    assert_eq!(code(&output), 1);

    let output = folder.run(&["native", "./leaky.so"]);
    let table = stdout(&output);
    assert!(table.contains("leaks argument 0: second("), "{table}");
    assert!(table.contains("3 of 3 without a contract"), "{table}");

    let output = folder.run(&["native", "leaky.so", "--contract", "other.yaml"]);
    assert_eq!(
        (code(&output), stderr(&output).as_str()),
        (2, "refdrift: the contract's line 3 is about third, which leaky does not have\n")
    );
    let output = folder.run(&["native", "no_such_module"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("finds no such module"), "{}", stderr(&output));
}
