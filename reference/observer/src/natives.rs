//! Extension modules that a run brings along.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use refdrift_trace::NativeFile;

/// Loads them from their files, whatever the search path holds, and enters them in `sys.modules`.
pub(crate) fn load(py: Python<'_>, natives: &[NativeFile]) -> PyResult<()> {
    let util = py.import("importlib.util")?;
    let loader_type = py.import("importlib.machinery")?.getattr("ExtensionFileLoader")?;
    let modules = py.import("sys")?.getattr("modules")?;
    for NativeFile { name, path } in natives {
        let loader = loader_type.call1((name, path))?;
        let named = PyDict::new(py);
        named.set_item("loader", &loader)?;
        let spec = util.call_method("spec_from_file_location", (name, path), Some(&named))?;
        let module = util.call_method1("module_from_spec", (&spec,))?;
        modules.set_item(name, &module)?;
        loader.call_method1("exec_module", (&module,))?;
    }
    Ok(())
}
