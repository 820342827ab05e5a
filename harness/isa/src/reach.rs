//! Which instructions compiled code can run, and which of those a program can make fail: what coverage is measured against.

use refdrift_trace::PyVersion;

use crate::table::{self, INTRINSICS_1, INTRINSICS_2, Lower, Raw};
use crate::{OnError, Op, contract};

/// One thing that compiled code can do: an instruction, or one of the functions that `CALL_INTRINSIC_1` or `_2` picks by its
/// argument (on 3.11 most of them were instructions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Feature {
    /// CPython's number of the instruction.
    pub opcode: u8,
    /// Which intrinsic function; none for any other instruction.
    pub intrinsic: Option<u8>,
}

/// What is known of a [`Feature`] in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Which.
    pub feature: Feature,
    /// Why no program runs it traced; none if one can.
    pub never_runs: Option<&'static str>,
    /// Why no program makes it fail; none if one can.
    pub never_fails: Option<&'static str>,
}

/// Instructions of compiled code, or of the interpreter's own, that no traced program runs; the first and last minor version.
const NEVER_RUN: &[(&str, u8, u8, &str)] = &[
    ("PRINT_EXPR", 11, 11, "the compiler writes it for the interactive prompt only"),
    ("CALL_INTRINSIC_1 PRINT_EXPR", 12, 13, "the compiler writes it for the interactive prompt only"),
    ("INTERPRETER_EXIT", 12, 13, "only in the code that the interpreter enters Python by"),
    ("EXIT_INIT_CHECK", 13, 13, "only in the code by which a specialised CALL runs __init__"),
    ("END_FOR", 12, 13, "FOR_ITER jumps past it, but for a specialised form that a traced program does not run"),
];

const MEMORY: &str = "only when memory runs out";
const SIGNALS: &str = "only when a signal comes";
const CONSTANT: &str = "its operands are what the compiler or an instruction before it put there";

/// Instructions whose contract knows an error that no program brings about; the first and last minor version.
const NEVER_FAIL: &[(&str, u8, u8, &str)] = &[
    ("RESUME", 11, 13, SIGNALS),
    ("MAKE_CELL", 11, 13, MEMORY),
    ("LOAD_CLOSURE", 11, 12, "a cell's slot is never empty"),
    ("LOAD_LOCALS", 12, 13, "the frames of classes have a dict of names"),
    ("UNARY_NOT", 13, 13, "a TO_BOOL comes before it"),
    ("POP_JUMP_IF_TRUE", 13, 13, "a TO_BOOL comes before it"),
    ("POP_JUMP_IF_FALSE", 13, 13, "a TO_BOOL comes before it"),
    ("BUILD_TUPLE", 11, 13, MEMORY),
    ("BUILD_LIST", 11, 13, MEMORY),
    ("BUILD_STRING", 11, 13, MEMORY),
    ("BUILD_SLICE", 11, 13, MEMORY),
    ("BUILD_CONST_KEY_MAP", 11, 13, MEMORY),
    ("LIST_APPEND", 11, 13, MEMORY),
    ("LIST_TO_TUPLE", 11, 11, MEMORY),
    ("MAKE_FUNCTION", 11, 13, MEMORY),
    ("RETURN_GENERATOR", 11, 13, MEMORY),
    ("ASYNC_GEN_WRAP", 11, 11, MEMORY),
    ("CALL_INTRINSIC_1 LIST_TO_TUPLE", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 ASYNC_GEN_WRAP", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 STOP_ITERATION_ERROR", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 TYPE_VAR", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 PARAM_SPEC", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 TYPE_VAR_TUPLE", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 TYPE_ALIAS", 12, 13, MEMORY),
    ("CALL_INTRINSIC_1 SUBSCRIPT_GENERIC", 12, 13, CONSTANT),
    ("CALL_INTRINSIC_2 TYPE_VAR_WITH_BOUND", 12, 13, MEMORY),
    ("CALL_INTRINSIC_2 TYPE_VAR_WITH_CONSTRAINTS", 12, 13, MEMORY),
    ("CALL_INTRINSIC_2 SET_FUNCTION_TYPE_PARAMS", 12, 13, CONSTANT),
    ("CALL_INTRINSIC_2 SET_TYPEPARAM_DEFAULT", 13, 13, CONSTANT),
];

/// Intrinsic functions that came after `CALL_INTRINSIC_2` itself, and the first minor version that has them.
const CAME_LATER: &[(Op, u8)] = &[(Op::SetTypeparamDefault, 13)];

/// All that the compiled code of a version consists of, by opcode; nothing for a version without a table.
pub fn reach(version: PyVersion) -> Vec<Reach> {
    let rows = table::of(version).map_or(&[] as &[Raw], table::Table::rows);
    let mut reach: Vec<Reach> = rows
        .iter()
        .flat_map(|raw| {
            let whole = [Feature { opcode: raw.opcode, intrinsic: None }];
            let functions =
                intrinsics(raw, version.minor).map(|(number, _)| Feature { opcode: raw.opcode, intrinsic: Some(number) });
            let functions: Vec<Feature> = functions.collect();
            if functions.is_empty() { whole.to_vec() } else { functions }
        })
        .map(|feature| of(version, feature))
        .collect();
    reach.sort_by_key(|reach| reach.feature);
    reach
}

/// The intrinsic functions that an instruction can call: number and common instruction.
fn intrinsics(raw: &Raw, minor: u8) -> impl Iterator<Item = (u8, Op)> {
    let list = match raw.lower {
        Lower::Intrinsic1 => INTRINSICS_1,
        Lower::Intrinsic2 => INTRINSICS_2,
        _ => &[],
    };
    let known = move |op: Op| CAME_LATER.iter().all(|&(late, since)| late != op || minor >= since);
    (0..).zip(list).filter_map(|(number, ops)| Some((number, *ops.first()?))).filter(move |&(_, op)| known(op))
}

fn of(version: PyVersion, feature: Feature) -> Reach {
    let name = feature.name(version);
    let listed = |list: &[(&str, u8, u8, &'static str)]| {
        let row = list.iter().find(|&&(listed, first, last, _)| listed == name && (first..=last).contains(&version.minor));
        row.map(|&(.., why)| why)
    };
    let fails = feature.ops(version).iter().any(|&op| contract(op).on_error != OnError::Never);
    let never_fails = if fails { listed(NEVER_FAIL) } else { Some("it cannot fail") };
    Reach { feature, never_runs: listed(NEVER_RUN), never_fails }
}

impl Feature {
    /// What an instruction with its first argument byte is; the argument counts where it picks an intrinsic function.
    pub fn at(version: PyVersion, opcode: u8, arg: u8) -> Option<Self> {
        let raw = table::of(version)?.get(opcode)?;
        let intrinsic = matches!(raw.lower, Lower::Intrinsic1 | Lower::Intrinsic2).then_some(arg);
        Some(Self { opcode, intrinsic })
    }

    /// CPython's name; for an intrinsic function followed by that of the function.
    pub fn name(self, version: PyVersion) -> String {
        let name = table::cpython_name(version, self.opcode).unwrap_or("?");
        match self.intrinsic {
            None => name.to_owned(),
            Some(_) => {
                let function = self.ops(version).first().map_or_else(|| "?".to_owned(), |op| screaming(&format!("{op:?}")));
                format!("{name} {function}")
            }
        }
    }

    /// The common instructions that it may become.
    fn ops(self, version: PyVersion) -> &'static [Op] {
        let Some(raw) = table::of(version).and_then(|table| table.get(self.opcode)) else { return &[] };
        match raw.lower {
            Lower::Intrinsic1 => INTRINSICS_1.get(usize::from(self.intrinsic.unwrap_or(0))).copied().unwrap_or(&[]),
            Lower::Intrinsic2 => INTRINSICS_2.get(usize::from(self.intrinsic.unwrap_or(0))).copied().unwrap_or(&[]),
            ref lower => lower.ops(),
        }
    }
}

/// `ImportStar` → `IMPORT_STAR`
fn screaming(camel: &str) -> String {
    camel.char_indices().fold(String::new(), |mut text, (index, letter)| {
        if index > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONS: [PyVersion; 3] = [PyVersion::new(3, 11, 7), PyVersion::new(3, 12, 1), PyVersion::new(3, 13, 0)];

    #[test]
    fn every_exception_is_of_a_version_that_has_the_instruction() {
        for version in VERSIONS {
            let reached = reach(version);
            for (list, word) in [(NEVER_RUN, "run"), (NEVER_FAIL, "fail")] {
                for (name, ..) in list.iter().filter(|(_, first, last, _)| (*first..=*last).contains(&version.minor)) {
                    let found = reached.iter().find(|reach| reach.feature.name(version) == *name);
                    let found = found.unwrap_or_else(|| panic!("never {word}: {version} has no {name}"));
                    let why = if word == "run" { found.never_runs } else { found.never_fails };
                    assert!(why.is_some_and(|why| why != "it cannot fail"), "never {word}: {version} {name} needs no exception");
                }
            }
        }
    }

    #[test]
    fn an_intrinsic_function_counts_for_itself() {
        let version = VERSIONS[2];
        let names: Vec<String> = reach(version).iter().map(|reach| reach.feature.name(version)).collect();
        assert!(names.iter().any(|name| name == "CALL_INTRINSIC_1 IMPORT_STAR"), "{names:?}");
        assert!(!names.iter().any(|name| name == "CALL_INTRINSIC_1"));
        let opcode = table::of(version).unwrap().by_name("CALL_INTRINSIC_2").unwrap().opcode;
        assert_eq!(Feature::at(version, opcode, 1).unwrap().name(version), "CALL_INTRINSIC_2 PREP_RERAISE_STAR");
    }

    #[test]
    fn what_can_fail_is_told_from_what_cannot() {
        let version = VERSIONS[1];
        let fails = |name: &str| {
            let found = reach(version).into_iter().find(|reach| reach.feature.name(version) == name).unwrap();
            found.never_fails.is_none()
        };
        assert!(
            fails("BINARY_OP") && fails("COMPARE_OP") && fails("RAISE_VARARGS") && fails("LOAD_GLOBAL") && fails("FORMAT_VALUE")
        );
        assert!(!fails("LOAD_CONST") && !fails("BUILD_TUPLE") && !fails("POP_TOP") && !fails("EXTENDED_ARG"));
    }
}
