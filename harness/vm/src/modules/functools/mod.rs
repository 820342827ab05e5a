//! `_functools` (`Modules/_functoolsmodule.c`).

pub(crate) mod compare;
pub(crate) mod key;
pub(crate) mod lru_cache;
pub(crate) mod partial;

use super::{export, function};
use crate::object::class::{Arity, Method};
use crate::types;
use crate::vm::Vm;

static FUNCTIONS: &[Method] =
    &[function("reduce", Arity::Raw, compare::reduce), function("cmp_to_key", Arity::Raw, compare::cmp_to_key)];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_functools", FUNCTIONS);
    export(vm, "_functools", dict, &[("partial", types::PARTIAL), ("_lru_cache_wrapper", types::LRU_CACHE)]);
    vm.module_state.keyword_mark = Some(vm.make(types::OBJECT, crate::object::value::Value::Plain).into_ref());
}
