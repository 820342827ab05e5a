//! What the interpreter itself says of its instructions.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The facts about one instruction that the analysis of a code object needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opcode {
    /// `opname`
    pub(crate) name: String,
    /// Code units of inline cache that follow it.
    pub(crate) caches: u8,
    /// Whether its argument is a distance, and the direction.
    pub(crate) jump: Option<Direction>,
    /// Whether execution never goes on after it.
    pub(crate) ends: bool,
    /// Whether it may look an attribute up, perhaps by a name that it takes from the stack (a call, `name.__doc__`), or let
    /// something go, which might.
    pub(crate) looks_up: bool,
    /// What it does to the stack where the compiler's table says something else.
    pub(crate) effect: Option<Effect>,
}

/// See [`Opcode::effect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) constant: i32,
    pub(crate) per_argument: i32,
}

/// Those that look nothing up. An instruction that is missing here is only watched more closely.
const INERT: [&str; 16] = [
    "NOP",
    "LOAD_NAME",
    "LOAD_CONST",
    "LOAD_FAST",
    "LOAD_FAST_CHECK",
    "LOAD_FAST_LOAD_FAST",
    "LOAD_FAST_AND_CLEAR",
    "LOAD_CLOSURE",
    "LOAD_DEREF",
    "LOAD_GLOBAL",
    "PUSH_NULL",
    "COPY",
    "SWAP",
    "PRECALL",
    "KW_NAMES",
    "JUMP_FORWARD",
];

/// Instructions whose effect the compiler books elsewhere: it takes a call's arguments off at its `PRECALL` (3.11), while
/// the interpreter does so at the `CALL` after it.
const BOOKED_ELSEWHERE: [(&str, Effect); 2] =
    [("PRECALL", Effect { constant: 0, per_argument: 0 }), ("CALL", Effect { constant: -1, per_argument: -1 })];

/// See [`Opcode::jump`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Forward,
    Backward,
}

/// All instructions, by number.
#[derive(Clone, Debug)]
pub(crate) struct Opcodes {
    all: Vec<Opcode>,
    /// `EXTENDED_ARG`
    pub(crate) extended_arg: u8,
    /// `RESUME`
    pub(crate) resume: u8,
    /// `IMPORT_NAME`
    pub(crate) import_name: u8,
}

impl Opcodes {
    /// Asks the `opcode` module.
    pub(crate) fn of_interpreter(py: Python<'_>) -> PyResult<Self> {
        let module = py.import("opcode")?;
        let names: Vec<String> = module.getattr("opname")?.extract()?;
        let jumps: Vec<u32> = module.getattr("hasjrel")?.extract()?;
        // A list by number up to 3.12, a dict by name from 3.13 on.
        let caches = module.getattr("_inline_cache_entries")?;
        let mut all = Vec::with_capacity(256);
        for (number, name) in names.into_iter().enumerate().take(256) {
            let caches = if let Ok(by_name) = caches.cast::<PyDict>() {
                by_name.get_item(&name)?.map_or(Ok(0), |count| count.extract())?
            } else {
                caches.cast::<PyList>()?.get_item(number)?.extract()?
            };
            let direction = if name.contains("BACKWARD") { Direction::Backward } else { Direction::Forward };
            let ends = matches!(name.as_str(), "RETURN_VALUE" | "RETURN_CONST" | "RAISE_VARARGS" | "RERAISE" | "INTERPRETER_EXIT")
                || (name.starts_with("JUMP_") && !name.contains("_IF_"));
            let effect = BOOKED_ELSEWHERE.iter().find(|entry| entry.0 == name).map(|entry| entry.1);
            let looks_up = !INERT.contains(&name.as_str());
            all.push(Opcode { looks_up, effect, jump: jumps.contains(&(number as u32)).then_some(direction), name, caches, ends });
        }
        let number = |name: &str| all.iter().position(|opcode| opcode.name == name).unwrap_or(0) as u8;
        Ok(Self { extended_arg: number("EXTENDED_ARG"), resume: number("RESUME"), import_name: number("IMPORT_NAME"), all })
    }

    /// The arguments with which an instruction stands in a code object.
    pub(crate) fn arguments_of(&self, bytecode: &[u8], opcode: u8) -> Vec<usize> {
        let mut found = Vec::new();
        let mut units = bytecode.chunks_exact(2);
        let mut extended = 0;
        while let Some(unit) = units.next() {
            let argument = extended << 8 | usize::from(unit[1]);
            extended = if unit[0] == self.extended_arg { argument } else { 0 };
            if unit[0] == opcode {
                found.push(argument);
            }
            for _ in 0..self.get(unit[0]).caches {
                units.next();
            }
        }
        found
    }

    /// One of them.
    pub(crate) fn get(&self, number: u8) -> &Opcode {
        &self.all[usize::from(number)]
    }
}
