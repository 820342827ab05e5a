//! `_sre`: the matcher of regular expressions, and the objects around it (`Modules/_sre/sre.c`). `Lib/re` compiles patterns to
//! its code.

mod charset;
mod code;
mod engine;
mod found;
mod pattern;
mod state;
mod substitute;
mod text;

use std::sync::Arc;

use super::{function, only};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

pub(crate) use found::MATCH;
pub(crate) use pattern::PATTERN;
pub(crate) use state::{SCANNER, release_buffer};
pub(crate) use substitute::TEMPLATE;
use text::Case;

static FUNCTIONS: &[Method] = &[
    function("compile", Arity::Raw, compile),
    function("template", Arity::Positional(2, 2), substitute::template),
    function("getcodesize", Arity::None, |vm, _| Ok(vm.int(code::CODESIZE))),
    function("ascii_iscased", Arity::One, |vm, args| {
        let character = vm.int_argument(only(args))?;
        Ok(vm.bool((0..128).contains(&character) && (character as u8).is_ascii_alphabetic()))
    }),
    function("unicode_iscased", Arity::One, |vm, args| {
        let character = vm.int_argument(only(args))? as u32;
        let unicode = vm.unicode();
        Ok(vm.bool(unicode.lower_simple(character) != character || unicode.upper_simple(character) != character))
    }),
    function("ascii_tolower", Arity::One, |vm, args| {
        let character = vm.int_argument(only(args))?;
        Ok(vm.int(text::lower_ascii(character as u32).into()))
    }),
    function("unicode_tolower", Arity::One, |vm, args| {
        let character = vm.int_argument(only(args))?;
        Ok(vm.int(vm.unicode().lower_simple(character as u32).into()))
    }),
];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_sre", FUNCTIONS);
    let magic = match vm.profile.version.minor {
        ..=11 => 20_220_615,
        12 => 20_221_023,
        _ => 20_230_612,
    };
    for (name, value) in
        [("MAGIC", magic), ("CODESIZE", code::CODESIZE), ("MAXREPEAT", code::MAXREPEAT.into()), ("MAXGROUPS", code::MAXGROUPS)]
    {
        let value = vm.int(value).into_ref();
        vm.set_module_attribute(dict, name, value);
    }
}

/// `_sre.compile(pattern, flags, code, groups, groupindex, indexgroup)`
fn compile(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature {
        function: "compile",
        positional_only: 0,
        names: &["pattern", "flags", "code", "groups", "groupindex", "indexgroup"],
        required: 6,
        positional: 6,
    };
    let [Some(source), Some(flags), Some(words), Some(groups), Some(groupindex), Some(indexgroup)] =
        SIGNATURE.bind::<6>(vm, args)?
    else {
        return Err(vm.type_error("compile() missing required argument"));
    };
    let flags = vm.int_argument(flags)?;
    let groups = vm.ssize_argument(groups)?;
    let words = vm.items(words).unwrap_or_default();
    let code: Option<Arc<[u32]>> =
        words.into_iter().map(|word| vm.small_value(word).and_then(|word| u32::try_from(word).ok())).collect();
    let Some(code) = code else { return Err(vm.unsupported(Missing::Name, "_sre.compile() of what is no code")) };
    let is_bytes = match source {
        types::NONE => None,
        source => Some(state::is_bytes(vm, source)?),
    };
    let named = vm.dict(groupindex).is_some_and(|dict| dict.len() > 0);
    let listed = named && vm.tuple_len(indexgroup) > 0;
    let groupindex: Option<Owned> = named.then(|| vm.retain(groupindex));
    let indexgroup: Option<Owned> = listed.then(|| vm.retain(indexgroup));
    let pattern = pattern::Pattern {
        groupindex,
        indexgroup,
        source: Some(vm.retain(source)),
        flags: flags.into(),
        groups: groups as usize,
        is_bytes,
        code,
    };
    Ok(vm.alloc_instance(types::SRE_PATTERN, crate::object::value::Value::Native(Box::new(pattern))))
}

/// The pattern that an object is, borrowed parts and all.
fn code_of(vm: &Vm, pattern: Ref) -> Arc<[u32]> {
    vm.payload::<pattern::Pattern>(pattern).map_or_else(|| Arc::from([]), |pattern| Arc::clone(&pattern.code))
}
