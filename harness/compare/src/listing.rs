//! Places in words.

use std::cell::OnceCell;

use refdrift_isa::{ArgKind, BinaryOperator, Code, CompareOperator, Conversion, FunctionAttribute, Instr, decode, table};
use refdrift_trace::{CodeId, CodeObject, CodeUnit, ObjectId, Place, Teardown, Trajectory};

use crate::words::{label, pooled};
use crate::{Site, Span};

/// A unit, with its code decoded where someone asks for it.
pub struct Listing<'a> {
    unit: &'a CodeUnit,
    codes: Vec<OnceCell<Option<Code>>>,
}

impl<'a> Listing<'a> {
    /// Of a unit.
    pub fn new(unit: &'a CodeUnit) -> Self {
        Self { unit, codes: unit.codes.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The unit.
    pub fn unit(&self) -> &'a CodeUnit {
        self.unit
    }

    /// A code object, decoded; none if there is no such thing or its bytecode makes no sense.
    pub fn code(&self, id: CodeId) -> Option<&Code> {
        let object = self.unit.codes.get(id as usize)?;
        self.codes.get(id as usize)?.get_or_init(|| decode(self.unit.version, object).ok()).as_ref()
    }

    /// The code object that a frame runs.
    pub fn code_of(&self, trajectory: &Trajectory, frame: u32) -> Option<(CodeId, &'a CodeObject)> {
        let id = trajectory.frames.get(frame as usize)?.code;
        Some((id, self.unit.codes.get(id as usize)?))
    }

    /// What one CPython instruction became.
    pub fn instrs(&self, id: CodeId, offset: u32) -> &[Instr] {
        let Some(code) = self.code(id) else { return &[] };
        let Some(first) = code.index_of_offset(offset) else { return &[] };
        let rest = &code.instrs[first as usize..];
        &rest[..rest.iter().take_while(|instr| instr.offset == offset).count()]
    }

    /// CPython's name of the instruction that is reported at an offset; `?` if there is none.
    pub fn name(&self, id: CodeId, offset: u32) -> &'static str {
        let Some(object) = self.unit.codes.get(id as usize) else { return "?" };
        // Where prefixes are folded in, the instruction is the one behind them.
        let prefixes = self.instrs(id, offset).first().map_or(0, |instr| instr.prefixes);
        let opcode = object.bytecode.get(offset as usize + 2 * usize::from(prefixes));
        opcode.and_then(|opcode| table::cpython_name(self.unit.version, *opcode)).unwrap_or("?")
    }

    /// The line of the snippet that the instruction at an offset comes from.
    pub fn line(&self, id: CodeId, offset: u32) -> Option<u32> {
        self.code(id)?.line(offset)
    }

    /// The columns that the instruction at an offset comes from.
    fn span(&self, id: CodeId, offset: u32) -> Option<Span> {
        let position = self.code(id)?.position(offset)?;
        Some(Span { start: position.column?, end_line: position.end_line?, end: position.end_column? })
    }

    /// An instruction with its argument in words: `STORE_NAME foo`.
    pub fn instruction(&self, id: CodeId, offset: u32) -> String {
        let mut text = self.name(id, offset).to_owned();
        let Some(object) = self.unit.codes.get(id as usize) else { return text };
        let words = self.instrs(id, offset).iter().filter_map(|instr| self.argument(id, object, *instr)).collect::<Vec<_>>();
        if !words.is_empty() {
            text.push(' ');
            text.push_str(&words.join(", "));
        }
        text
    }

    /// The argument of an instruction in words, where it says something.
    fn argument(&self, id: CodeId, object: &CodeObject, instr: Instr) -> Option<String> {
        let arg = instr.arg as usize;
        let name = |ids: &[u32], index: usize| ids.get(index).map(|id| self.unit.text(*id).to_owned());
        match instr.op.arg_kind() {
            ArgKind::Local => name(&object.localsplusnames, arg),
            ArgKind::Name => name(&object.names, arg),
            ArgKind::SuperName => name(&object.names, arg >> 1),
            ArgKind::Const => object.consts.get(arg).map(|id| pooled(self.unit, *id)),
            ArgKind::Target => self.code(id)?.instrs.get(arg).map(|target| format!("to {}", target.offset)),
            ArgKind::Count => Some(arg.to_string()),
            ArgKind::Binary => BinaryOperator::from_arg(instr.arg).map(|operator| operator.text().to_owned()),
            ArgKind::Compare => CompareOperator::from_arg(instr.arg).map(|operator| operator.text().to_owned()),
            ArgKind::Conversion => Conversion::from_arg(instr.arg).map(|conversion| conversion.text().to_owned()),
            ArgKind::FunctionAttribute => FunctionAttribute::from_arg(instr.arg).map(|attribute| attribute.text().to_owned()),
            ArgKind::Invert => (arg == 1).then(|| "not".to_owned()),
            ArgKind::UnpackEx => Some(format!("{} before, {} after", arg & 0xff, arg >> 8)),
            _ => None,
        }
    }

    /// A place of a trajectory in words.
    pub fn site(&self, trajectory: &Trajectory, place: Place) -> Site {
        match place {
            Place::Teardown(act) => Site {
                code: "<teardown>".to_owned(),
                offset: None,
                instruction: match act {
                    Teardown::Outcome => "the end of the module".to_owned(),
                    Teardown::Global(name) => format!("del of global {}", trajectory.name(name)),
                    Teardown::Module(name) => format!("del of module {}", trajectory.name(name)),
                    Teardown::Collection => "the collection".to_owned(),
                },
                line: None,
                span: None,
            },
            Place::Instruction { frame, offset } => match self.code_of(trajectory, frame) {
                Some((id, object)) => Site {
                    code: self.unit.text(object.name).to_owned(),
                    offset: Some(offset),
                    instruction: self.instruction(id, offset),
                    line: self.line(id, offset),
                    span: self.span(id, offset),
                },
                None => Site { code: "?".to_owned(), offset: Some(offset), instruction: "?".to_owned(), line: None, span: None },
            },
        }
    }

    /// An object in words: `tuple #12`, `constant 'hi'`, `print`.
    pub fn label(&self, trajectory: &Trajectory, object: ObjectId) -> String {
        label(self.unit, trajectory, object)
    }
}
