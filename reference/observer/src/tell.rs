//! How exceptions are told.

use pyo3::exceptions::{PyBaseException, PySyntaxError};
use pyo3::prelude::*;
use pyo3::types::{PyCode, PyTraceback};
use refdrift_trace::{CompileAnswer, Raised, Rejection, RejectionKind, SourcePlace};

use crate::ffi::Object;

/// How an exception that left the module's code is told.
pub(crate) fn raised(exception: &Bound<'_, PyBaseException>, module: &Bound<'_, PyCode>) -> Raised {
    let type_name = Object::of(exception.as_any()).with_type_name(str::to_owned);
    let message =
        exception.str().map_or_else(|_| "<exception str() failed>".to_owned(), |text| text.to_string_lossy().into_owned());
    let line = line_in(exception, module);
    Raised { type_name, message, line }
}

/// Where an exception left the module's code.
fn line_in(exception: &Bound<'_, PyBaseException>, module: &Bound<'_, PyCode>) -> Option<u32> {
    let traceback = exception.getattr("__traceback__").ok()?;
    let traceback = traceback.cast::<PyTraceback>().ok()?;
    let code = traceback.getattr("tb_frame").ok()?.getattr("f_code").ok()?;
    if !code.is(module) {
        return None;
    }
    traceback.getattr("tb_lineno").ok()?.extract().ok()
}

/// Why the compiler refused a source, in one line.
pub(crate) fn refusal(py: Python<'_>, error: &PyErr) -> Rejection {
    let value = error.value(py);
    let type_name = Object::of(value.as_any()).with_type_name(str::to_owned);
    let attribute = |name: &str| value.getattr(name).ok().filter(|value| !value.is_none());
    let (message, line) = if value.is_instance_of::<PySyntaxError>() {
        (
            attribute("msg").and_then(|message| message.extract::<String>().ok()),
            attribute("lineno").and_then(|line| line.extract().ok()),
        )
    } else {
        (value.str().ok().map(|text| text.to_string_lossy().into_owned()), None)
    };
    let message = one_line(&format!("{type_name}: {}", message.unwrap_or_default()));
    Rejection { kind: RejectionKind::Syntax, message, line: line.filter(|&line| line > 0) }
}

/// What `compile()` raised.
pub(crate) fn compile_error(py: Python<'_>, error: &PyErr) -> CompileAnswer {
    let value = error.value(py);
    let type_name = Object::of(value.as_any()).with_type_name(str::to_owned);
    let message = |value: &Bound<'_, PyAny>| value.str().map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned());
    if !value.is_instance_of::<PySyntaxError>() {
        return CompileAnswer::Raised { type_name, message: message(value.as_any()), place: None };
    }
    let attribute = |name: &str| value.getattr(name).ok().filter(|value| !value.is_none());
    let text = |name: &str| attribute(name).and_then(|value| value.extract::<String>().ok());
    let number = |name: &str| attribute(name).and_then(|value| value.extract::<i64>().ok());
    let arguments = value.getattr("args").and_then(|arguments| arguments.len()).unwrap_or_default();
    let place = SourcePlace {
        in_arguments: arguments > 1,
        filename: text("filename"),
        line: number("lineno"),
        offset: number("offset"),
        text: text("text"),
        end_line: number("end_lineno"),
        end_offset: number("end_offset"),
    };
    CompileAnswer::Raised { type_name, message: text("msg").unwrap_or_default(), place: Some(place) }
}

pub(crate) fn observer_error(py: Python<'_>, error: &PyErr) -> Rejection {
    let value = error.value(py);
    let text = value.str().map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned());
    let type_name = Object::of(value.as_any()).with_type_name(str::to_owned);
    Rejection { kind: RejectionKind::Observer, message: one_line(&format!("{type_name}: {text}")), line: None }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
