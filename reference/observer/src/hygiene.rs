//! Every case starts from the same state.

use pyo3::prelude::*;

/// The modules that programs use. Imported before anything is recorded, so that what one case imports makes no difference to the next.
const MODULES: &str = "abc,array,ast,asyncio,atexit,base64,bisect,builtins,collections,collections.abc,contextlib,contextvars,copy,\
copyreg,dataclasses,datetime,decimal,dis,enum,errno,fractions,functools,gc,hashlib,heapq,inspect,io,itertools,json,keyword,linecache,\
locale,math,numbers,operator,os,pathlib,pickle,pprint,queue,random,re,reprlib,secrets,select,selectors,shutil,signal,site,socket,\
stat,statistics,string,struct,subprocess,sys,sysconfig,tempfile,textwrap,threading,time,timeit,token,tokenize,traceback,types,typing,\
unicodedata,unittest,uuid,warnings,weakref,zlib";

/// What is put right around each run.
pub(crate) struct Hygiene {
    stdout: Py<PyAny>,
    stderr: Py<PyAny>,
}

impl Hygiene {
    /// Imports what programs import.
    pub(crate) fn prepare(py: Python<'_>) -> PyResult<Self> {
        for name in MODULES.split(',') {
            py.import(name)?;
        }
        // What `site` gives an interpreter that starts the usual way.
        let site = py.import("site")?;
        for name in ["setquit", "setcopyright", "sethelper"] {
            site.call_method0(name)?;
        }
        py.import("gc")?.call_method0("disable")?;
        let io = py.import("io")?;
        let (stdout, stderr) = (io.call_method0("StringIO")?, io.call_method0("StringIO")?);
        let sys = py.import("sys")?;
        sys.setattr("stdout", &stdout)?;
        sys.setattr("stderr", &stderr)?;
        Ok(Self { stdout: stdout.unbind(), stderr: stderr.unbind() })
    }

    /// Remembers the state that each run is to start from.
    pub(crate) fn snapshot(self, py: Python<'_>) -> PyResult<Self> {
        py.import("gc")?.call_method0("freeze")?;
        Ok(self)
    }

    /// Before a run.
    pub(crate) fn before(&self, py: Python<'_>) -> PyResult<()> {
        py.import("gc")?.call_method0("freeze")?;
        Ok(())
    }

    /// After a run.
    pub(crate) fn after(&self, py: Python<'_>) -> PyResult<()> {
        for stream in [&self.stdout, &self.stderr] {
            stream.call_method1(py, "seek", (0,))?;
            stream.call_method0(py, "truncate")?;
        }
        Ok(())
    }

    /// What the run wrote.
    pub(crate) fn output(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.stdout.call_method0(py, "getvalue")?;
        Ok(text.bind(py).cast::<pyo3::types::PyString>()?.to_string_lossy().into_owned())
    }
}
