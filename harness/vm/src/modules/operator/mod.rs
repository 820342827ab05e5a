//! `_operator`: the operators as functions (`Modules/_operator.c`).

pub(crate) mod getters;

use refdrift_isa::{BinaryOperator, CompareOperator};

use super::{export, function, only};
use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::object::sequence::Search;
use crate::types;
use crate::vm::{PyResult, Vm};

const TWO: Arity = Arity::Positional(2, 2);

macro_rules! binary {
    ($name:literal, $operator:ident) => {
        function($name, TWO, |vm, args| vm.binary(BinaryOperator::$operator, args.values[0], args.values[1]))
    };
}

macro_rules! compare {
    ($name:literal, $operator:ident) => {
        function($name, TWO, |vm, args| vm.rich_compare(args.values[0], args.values[1], CompareOperator::$operator))
    };
}

/// In the order of CPython's table: `from operator import *` binds them in this one.
static FUNCTIONS: &[Method] = &[
    function("truth", Arity::One, |vm, args| {
        let truth = vm.truth(only(args))?;
        Ok(vm.bool(truth))
    }),
    function("contains", TWO, |vm, args| {
        let found = vm.contains(args.values[0], args.values[1])?;
        Ok(vm.bool(found))
    }),
    function("indexOf", TWO, |vm, args| search(vm, args, Search::Index)),
    function("countOf", TWO, |vm, args| search(vm, args, Search::Count)),
    function("is_", TWO, |vm, args| Ok(vm.bool(args.values[0] == args.values[1]))),
    function("is_not", TWO, |vm, args| Ok(vm.bool(args.values[0] != args.values[1]))),
    function("index", Arity::One, |vm, args| vm.index(only(args))),
    binary!("add", Add),
    binary!("sub", Subtract),
    binary!("mul", Multiply),
    binary!("matmul", MatrixMultiply),
    binary!("floordiv", FloorDivide),
    binary!("truediv", TrueDivide),
    binary!("mod", Remainder),
    function("neg", Arity::One, |vm, args| vm.negative(only(args))),
    function("pos", Arity::One, |vm, args| vm.positive(only(args))),
    function("abs", Arity::One, |vm, args| vm.absolute(only(args))),
    function("inv", Arity::One, |vm, args| vm.invert(only(args))),
    function("invert", Arity::One, |vm, args| vm.invert(only(args))),
    binary!("lshift", LeftShift),
    binary!("rshift", RightShift),
    function("not_", Arity::One, |vm, args| {
        let truth = vm.truth(only(args))?;
        Ok(vm.bool(!truth))
    }),
    binary!("and_", And),
    binary!("xor", Xor),
    binary!("or_", Or),
    binary!("iadd", InplaceAdd),
    binary!("isub", InplaceSubtract),
    binary!("imul", InplaceMultiply),
    binary!("imatmul", InplaceMatrixMultiply),
    binary!("ifloordiv", InplaceFloorDivide),
    binary!("itruediv", InplaceTrueDivide),
    binary!("imod", InplaceRemainder),
    binary!("ilshift", InplaceLeftShift),
    binary!("irshift", InplaceRightShift),
    binary!("iand", InplaceAnd),
    binary!("ixor", InplaceXor),
    binary!("ior", InplaceOr),
    function("concat", TWO, |vm, args| vm.sequence_concat(BinaryOperator::Add, args.values[0], args.values[1])),
    function("iconcat", TWO, |vm, args| vm.sequence_concat(BinaryOperator::InplaceAdd, args.values[0], args.values[1])),
    function("getitem", TWO, |vm, args| vm.get_item(args.values[0], args.values[1])),
    function("setitem", Arity::Positional(3, 3), |vm, args| {
        vm.set_item(args.values[0], args.values[1], Some(args.values[2]))?;
        Ok(vm.none())
    }),
    function("delitem", TWO, |vm, args| {
        vm.set_item(args.values[0], args.values[1], None)?;
        Ok(vm.none())
    }),
    binary!("pow", Power),
    binary!("ipow", InplacePower),
    compare!("eq", Eq),
    compare!("ne", Ne),
    compare!("lt", Lt),
    compare!("le", Le),
    compare!("gt", Gt),
    compare!("ge", Ge),
    function("_compare_digest", TWO, compare_digest),
    function("length_hint", Arity::Positional(1, 2), length_hint),
    function("call", Arity::Raw, |vm, args| {
        vm.check_positional("call", args.pos().len(), 1, usize::MAX)?;
        vm.call(args.values[0], &args.rest())
    }),
];

const TYPES: &[(&str, Ref)] =
    &[("attrgetter", types::ATTRGETTER), ("itemgetter", types::ITEMGETTER), ("methodcaller", types::METHODCALLER)];

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_operator", FUNCTIONS);
    export(vm, "_operator", dict, TYPES);
}

/// `_operator._compare_digest(a, b)`: of strings and bytes.
fn compare_digest(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let (left, right) = (args.values[0], args.values[1]);
    if let (Some(one), Some(other)) = (vm.text(left), vm.text(right)) {
        if !one.is_ascii() || !other.is_ascii() {
            return Err(vm.type_error("comparing strings with non-ASCII characters is not supported"));
        }
        let same = one == other;
        return Ok(vm.bool(same));
    }
    if let (Some(one), Some(other)) = (vm.bytes_value(left), vm.bytes_value(right)) {
        let same = one == other;
        return Ok(vm.bool(same));
    }
    Err(vm.unsupported(Missing::Name, "_operator._compare_digest of other objects than str and bytes"))
}

fn search(vm: &mut Vm, args: &Args<'_>, search: Search) -> PyResult {
    let found = vm.search_by_iteration(args.values[0], args.values[1], search)?;
    Ok(vm.int(found))
}

fn length_hint(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let default: Option<Owned> = match args.values.get(1) {
        Some(&default) => Some(vm.index(default)?),
        None => None,
    };
    let number = match &default {
        Some(default) => vm.as_index(default.borrow(), Some(types::OVERFLOW_ERROR)),
        None => Ok(0),
    };
    vm.release_option(default);
    let (object, default) = (args.values[0], number?);
    let hint = vm.told_length_hint(object, usize::try_from(default).unwrap_or_default())?;
    Ok(vm.int(hint as i64))
}
