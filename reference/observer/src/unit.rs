//! What CPython's compiler made of a snippet, as the neutral model has it.

use pyo3::Python;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyFrozenSet, PyInt, PyString, PyTuple};
use refdrift_trace::{CodeId, CodeObject, CodeUnit, ConstId, Constant, ConstantValue, PyVersion, Sibling};
use rustc_hash::FxHashMap;

use crate::ffi::{Code, Object, Statics, frozenset_items, tuple_items};

/// A unit together with where its objects lie, as long as the code object is held.
pub(crate) struct Exported<'a> {
    pub(crate) unit: CodeUnit,
    /// By [`CodeId`].
    pub(crate) codes: Vec<Code<'a>>,
    /// By [`ConstId`].
    objects: Vec<Object<'a>>,
    /// The pool by address.
    pub(crate) pool: FxHashMap<usize, ConstId>,
}

impl<'a> Exported<'a> {
    /// Reads a module's code object and all that it refers to.
    pub(crate) fn of(py: Python<'_>, module: Code<'a>, version: PyVersion, filename: &str) -> PyResult<Self> {
        let unit = CodeUnit {
            version,
            filename: filename.to_owned(),
            pool: Vec::new(),
            codes: Vec::new(),
            siblings: Vec::new(),
            library: Vec::new(),
        };
        let mut exported = Self { unit, codes: Vec::new(), objects: Vec::new(), pool: FxHashMap::default() };
        exported.add(py, module.object())?;
        Ok(exported)
    }

    /// Adds a module beside the snippet.
    pub(crate) fn add_sibling(&mut self, py: Python<'_>, sibling: Sibling, module: Code<'a>) -> PyResult<()> {
        let code = self.codes.len() as CodeId;
        self.add(py, module.object())?;
        self.unit.siblings.push(Sibling { code, ..sibling });
        Ok(())
    }

    /// The counts, as the very last thing before the snippet runs.
    pub(crate) fn read_counts(&mut self) {
        for (constant, object) in self.unit.pool.iter_mut().zip(&self.objects) {
            constant.count = object.count();
        }
    }

    /// Tells which objects were there before any snippet.
    pub(crate) fn read_statics(&mut self, statics: &Statics) {
        for (constant, object) in self.unit.pool.iter_mut().zip(&self.objects) {
            constant.there = statics.index_of(object.address()).is_some();
        }
    }

    fn add_all(&mut self, py: Python<'_>, objects: impl Iterator<Item = Object<'a>>) -> PyResult<Vec<ConstId>> {
        objects.map(|object| self.add(py, object)).collect()
    }

    fn add(&mut self, py: Python<'_>, object: Object<'a>) -> PyResult<ConstId> {
        if let Some(&id) = self.pool.get(&object.address()) {
            return Ok(id);
        }
        let id = self.objects.len() as ConstId;
        self.pool.insert(object.address(), id);
        self.objects.push(object);
        self.unit.pool.push(Constant { value: ConstantValue::None, count: 0, interned: object.is_interned(), there: false });
        let value = self.value(py, id, object)?;
        self.unit.pool[id as usize].value = value;
        Ok(id)
    }

    fn value(&mut self, py: Python<'_>, id: ConstId, object: Object<'a>) -> PyResult<ConstantValue> {
        if let Some(code) = Code::from_object(object) {
            return Ok(ConstantValue::Code(self.add_code(py, id, code)?));
        }
        let any = object.borrow(py);
        if any.is_none() {
            return Ok(ConstantValue::None);
        }
        if any.is(py.Ellipsis()) {
            return Ok(ConstantValue::Ellipsis);
        }
        if let Ok(value) = any.cast::<PyBool>() {
            return Ok(ConstantValue::Bool(value.is_true()));
        }
        if any.cast::<PyInt>().is_ok() {
            if let Ok(value) = any.extract() {
                return Ok(ConstantValue::Int(value));
            }
            return Ok(ConstantValue::BigInt(decimal(&any)?));
        }
        if let Ok(value) = any.cast::<PyFloat>() {
            return Ok(ConstantValue::Float(value.value().to_bits()));
        }
        if let Ok(value) = any.cast::<PyComplex>() {
            return Ok(ConstantValue::Complex(value.real().to_bits(), value.imag().to_bits()));
        }
        if let Ok(value) = any.cast::<PyString>() {
            return match value.to_str() {
                Ok(text) => Ok(ConstantValue::Str(text.to_owned())),
                Err(_) => Ok(ConstantValue::WideStr(code_points(&any)?)),
            };
        }
        if let Ok(value) = any.cast::<PyBytes>() {
            return Ok(ConstantValue::Bytes(value.as_bytes().to_vec()));
        }
        if any.cast::<PyTuple>().is_ok() {
            return Ok(ConstantValue::Tuple(self.add_all(py, tuple_items(object))?));
        }
        if any.cast::<PyFrozenSet>().is_ok() {
            return Ok(ConstantValue::FrozenSet(self.add_all(py, frozenset_items(py, object).into_iter())?));
        }
        Err(pyo3::exceptions::PyTypeError::new_err(format!("a constant of type {}", any.get_type().name()?)))
    }

    fn add_code(&mut self, py: Python<'_>, id: ConstId, code: Code<'a>) -> PyResult<CodeId> {
        let number = self.codes.len();
        self.codes.push(code);
        let numbers = code.numbers();
        self.unit.codes.push(CodeObject {
            id,
            name: 0,
            qualname: 0,
            filename: 0,
            flags: numbers.flags,
            argcount: numbers.argcount,
            posonlyargcount: numbers.posonlyargcount,
            kwonlyargcount: numbers.kwonlyargcount,
            stacksize: numbers.stacksize,
            firstlineno: numbers.firstlineno,
            bytecode: code.bytecode(py),
            consts: Vec::new(),
            names: Vec::new(),
            localsplusnames: Vec::new(),
            localspluskinds: code.localspluskinds().to_vec(),
            exceptiontable: code.exceptiontable().to_vec(),
            linetable: code.linetable().to_vec(),
        });
        let (name, qualname, filename) =
            (self.add(py, code.name())?, self.add(py, code.qualname())?, self.add(py, code.filename())?);
        let consts = self.add_all(py, code.consts())?;
        let names = self.add_all(py, code.names())?;
        let localsplusnames = self.add_all(py, code.localsplusnames())?;
        let entry = &mut self.unit.codes[number];
        (entry.name, entry.qualname, entry.filename) = (name, qualname, filename);
        (entry.consts, entry.names, entry.localsplusnames) = (consts, names, localsplusnames);
        Ok(number as CodeId)
    }
}

/// An integer in decimal, however long: CPython limits `str` of long ones, but not for hexadecimal, so the limit is lifted meanwhile.
fn decimal(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let sys = value.py().import("sys")?;
    let limit = sys.call_method0("get_int_max_str_digits")?;
    sys.call_method1("set_int_max_str_digits", (0,))?;
    let text = value.str().and_then(|text| text.extract());
    sys.call_method1("set_int_max_str_digits", (limit,))?;
    text
}

fn code_points(text: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
    let bytes = text.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes();
    Ok(bytes.chunks_exact(4).map(|unit| u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]])).collect())
}
