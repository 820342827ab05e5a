//! Code objects without a CPython, for tests.

use refdrift_trace::{CodeObject, CodeUnit, ConstId, Constant, ConstantValue, PyVersion};

use crate::table::{self, Table};

/// A code object in the making.
///
/// ```
/// use refdrift_isa::{Op, assemble::Assembler, decode};
/// use refdrift_trace::{ConstantValue, PyVersion};
///
/// let version = PyVersion::new(3, 12, 1);
/// let mut code = Assembler::new(version);
/// let (foo, one) = (code.name("foo"), code.constant(ConstantValue::Int(1)));
/// code.op("RESUME", 0).op("LOAD_CONST", one).op("STORE_NAME", foo).op("RETURN_CONST", one);
/// let unit = code.finish();
/// assert_eq!(decode(version, unit.module()).unwrap().instrs[2].op, Op::StoreName);
/// ```
#[derive(Clone, Debug)]
pub struct Assembler {
    version: PyVersion,
    pool: Vec<Constant>,
    code: CodeObject,
    /// The line of each code unit.
    lines: Vec<u32>,
    line: u32,
}

impl Assembler {
    /// An empty module, from line 1.
    pub fn new(version: PyVersion) -> Self {
        let mut assembler = Self { version, pool: Vec::new(), code: empty(), lines: Vec::new(), line: 1 };
        assembler.code.name = assembler.pooled(ConstantValue::Str("<module>".to_owned()));
        assembler.code.qualname = assembler.code.name;
        assembler.code.filename = assembler.pooled(ConstantValue::Str("<assembled>".to_owned()));
        assembler.code.id = assembler.pooled(ConstantValue::Code(0));
        assembler
    }

    fn pooled(&mut self, value: ConstantValue) -> ConstId {
        if let Some(known) = self.pool.iter().position(|constant| constant.value == value) {
            return known as ConstId;
        }
        let interned = matches!(value, ConstantValue::Str(_));
        self.pool.push(Constant { value, count: 1, interned, there: false });
        self.pool.len() as ConstId - 1
    }

    /// The index of a name in `co_names`, added if it is not there.
    pub fn name(&mut self, name: &str) -> u32 {
        let id = self.pooled(ConstantValue::Str(name.to_owned()));
        index_in(&mut self.code.names, id)
    }

    /// The index of a constant in `co_consts`, added if it is not there.
    pub fn constant(&mut self, value: ConstantValue) -> u32 {
        let id = self.pooled(value);
        index_in(&mut self.code.consts, id)
    }

    /// The index of a new local, cell or free variable; `kind` is of [`SlotKind`](refdrift_trace::SlotKind).
    pub fn local(&mut self, name: &str, kind: u8) -> u32 {
        let id = self.pooled(ConstantValue::Str(name.to_owned()));
        self.code.localsplusnames.push(id);
        self.code.localspluskinds.push(kind);
        self.code.localsplusnames.len() as u32 - 1
    }

    /// The line of what follows.
    pub fn line(&mut self, line: u32) -> &mut Self {
        self.line = line;
        self
    }

    /// Adds an instruction with its prefixes and inline caches. Jumps count code units, as CPython's do.
    ///
    /// # Panics
    /// If the version has no such instruction.
    pub fn op(&mut self, name: &str, arg: u32) -> &mut Self {
        let find = |table: &'static Table, name: &str| table.by_name(name);
        let raw = table::of(self.version).and_then(|table| find(table, name));
        let raw = raw.unwrap_or_else(|| panic!("Python {} has no {name}", self.version));
        let prefix = table::of(self.version).and_then(|table| find(table, "EXTENDED_ARG")).map_or(0, |raw| raw.opcode);
        for shift in [24, 16, 8].into_iter().filter(|shift| arg >> shift != 0) {
            self.unit(prefix, (arg >> shift) as u8);
        }
        self.unit(raw.opcode, arg as u8);
        for _ in 0..raw.caches {
            self.unit(0, 0);
        }
        self
    }

    /// The number of code units so far: where the next instruction goes.
    pub fn here(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Adds an exception handler, in code units.
    pub fn handler(&mut self, range: std::ops::Range<u32>, target: u32, depth: u32, push_lasti: bool) -> &mut Self {
        let mut first = 0x80;
        for number in [range.start, range.end.saturating_sub(range.start), target, depth << 1 | u32::from(push_lasti)] {
            for shift in [30, 24, 18, 12, 6].into_iter().filter(|shift| number >> shift != 0) {
                self.code.exceptiontable.push(first | 0x40 | (number >> shift & 0x3f) as u8);
                first = 0;
            }
            self.code.exceptiontable.push(first | (number & 0x3f) as u8);
            first = 0;
        }
        self
    }

    fn unit(&mut self, opcode: u8, arg: u8) {
        self.code.bytecode.extend([opcode, arg]);
        self.lines.push(self.line);
    }

    /// The code object, changed as the test needs it.
    pub fn code_mut(&mut self) -> &mut CodeObject {
        &mut self.code
    }

    /// A unit of the code object alone.
    pub fn finish(mut self) -> CodeUnit {
        let mut last = self.code.firstlineno;
        for &line in &self.lines {
            // One unit, no columns, the line relative to the last one.
            self.code.linetable.push(0x80 | 13 << 3);
            let delta = (line.abs_diff(last) << 1) | u32::from(line < last);
            for shift in [0, 6, 12, 18, 24] {
                let more = if delta >> shift >= 64 { 0x40 } else { 0 };
                self.code.linetable.push((delta >> shift & 0x3f) as u8 | more);
                if more == 0 {
                    break;
                }
            }
            last = line;
        }
        CodeUnit {
            version: self.version,
            filename: "<assembled>".to_owned(),
            pool: self.pool,
            codes: vec![self.code],
            siblings: Vec::new(),
            library: Vec::new(),
        }
    }
}

fn index_in(ids: &mut Vec<ConstId>, id: ConstId) -> u32 {
    let index = ids.iter().position(|&known| known == id).unwrap_or_else(|| {
        ids.push(id);
        ids.len() - 1
    });
    index as u32
}

fn empty() -> CodeObject {
    CodeObject { stacksize: 100, firstlineno: 1, ..CodeObject::default() }
}
