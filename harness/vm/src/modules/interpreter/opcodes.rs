//! `_opcode` (`Modules/_opcode.c`): what `opcode` asks of 3.13's instructions when it is imported.

use super::{function, only, stock};
use crate::object::args::Args;
use crate::object::class::{Arity, Method};
use crate::vm::{PyResult, Vm};

/// Of 3.13: the instructions from 45 to 118 and the instrumented and pseudo instructions with arguments.
const HAS_ARGUMENT: &[(i64, i64)] = &[(45, 118), (149, 149), (236, 236), (240, 245), (248, 253), (256, 262), (264, 267)];
const HAS_CONSTANT: &[i64] = &[83, 103, 240];
const HAS_NAME: &[i64] = &[63, 66, 67, 74, 75, 82, 90, 91, 92, 93, 108, 113, 114, 259, 260, 261, 262];
const HAS_JUMP: &[i64] = &[72, 77, 78, 79, 97, 98, 99, 100, 104, 256, 257];
const HAS_FREE: &[i64] = &[64, 84, 89, 94, 109];
const HAS_LOCAL: &[i64] = &[65, 85, 86, 87, 88, 110, 111, 112, 258, 267];
const HAS_EXCEPTION: &[i64] = &[264, 265, 266];

macro_rules! has {
    ($name:literal, $table:ident) => {
        function($name, Arity::One, |vm, args| answer(vm, args, |opcode| $table.contains(&opcode)))
    };
}

static FUNCTIONS: &[Method] = &[
    function("has_arg", Arity::One, |vm, args| {
        answer(vm, args, |opcode| HAS_ARGUMENT.iter().any(|&(first, last)| (first..=last).contains(&opcode)))
    }),
    has!("has_const", HAS_CONSTANT),
    has!("has_name", HAS_NAME),
    has!("has_jump", HAS_JUMP),
    has!("has_free", HAS_FREE),
    has!("has_local", HAS_LOCAL),
    has!("has_exc", HAS_EXCEPTION),
    function("get_intrinsic1_descs", Arity::None, |vm, _| Ok(vm.new_list(Vec::new()))),
    function("get_intrinsic2_descs", Arity::None, |vm, _| Ok(vm.new_list(Vec::new()))),
    function("get_nb_ops", Arity::None, |vm, _| Ok(vm.new_list(Vec::new()))),
];

pub(super) fn make(vm: &mut Vm) {
    let functions = if vm.profile.version.minor >= 13 { FUNCTIONS } else { &[] };
    stock(vm, "_opcode", functions);
}

fn answer(vm: &mut Vm, args: &Args<'_>, has: impl Fn(i64) -> bool) -> PyResult {
    let opcode = vm.int_argument(only(args))?;
    Ok(vm.bool(has(opcode.into())))
}
