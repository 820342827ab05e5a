//! The tuples and bytes of a code object. They are made when somebody asks, and kept by the code from then on; in CPython most of
//! them are there from the start.

use refdrift_trace::SlotKind;

use crate::api::Missing;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::GetSet;
use crate::object::value::Value;
use crate::types;
use crate::types::code::RunnableCode;
use crate::vm::{PyResult, Vm};

/// What a part is made of.
enum Part {
    /// Objects that the code refers to by this part: its references are counted already.
    Held(Vec<Ref>),
    /// The names of the variables of that kind.
    Names(Vec<Ref>),
    Bytes(Vec<u8>),
}

macro_rules! part {
    ($name:literal, $member:literal, $make:expr) => {
        GetSet {
            name: $name,
            get: |vm, this| {
                let make: fn(&RunnableCode) -> Part = $make;
                part(vm, this, $name, make)
            },
            set: None,
            member: $member,
        }
    };
}

pub(super) const CONSTS: GetSet = part!("co_consts", true, |code| Part::Held(code.consts.to_vec()));
pub(super) const NAMES: GetSet = part!("co_names", true, |code| Part::Held(code.names.to_vec()));
pub(super) const VARNAMES: GetSet = part!("co_varnames", false, |code| variables(code, SlotKind::LOCAL));
pub(super) const CELLVARS: GetSet = part!("co_cellvars", false, |code| variables(code, SlotKind::CELL));
pub(super) const FREEVARS: GetSet = part!("co_freevars", false, |code| variables(code, SlotKind::FREE));
pub(super) const CODE: GetSet = part!("co_code", false, |code| Part::Bytes(code.object.bytecode.clone()));
pub(super) const LINE_TABLE: GetSet = part!("co_linetable", true, |code| Part::Bytes(code.object.linetable.clone()));
pub(super) const EXCEPTION_TABLE: GetSet = part!("co_exceptiontable", true, |code| Part::Bytes(code.object.exceptiontable.clone()));

fn variables(code: &RunnableCode, kind: u8) -> Part {
    let of_kind = code.locals.iter().zip(&code.object.localspluskinds).filter(|&(_, &other)| other & kind != 0);
    Part::Names(of_kind.map(|(&name, _)| name).collect())
}

fn part(vm: &mut Vm, this: Ref, name: &'static str, read: fn(&RunnableCode) -> Part) -> PyResult {
    if let Some(&known) = vm.code_parts.get(&(this, name)) {
        return Ok(vm.retain(known));
    }
    let Value::Code(code) = &vm.heap[this].value else { return Ok(vm.none()) };
    let (shared, at_run_time) = (code.traced, code.owns);
    let made = match read(code) {
        // Only the snippet's own code starts with the counts that CPython's tuples give.
        Part::Held(_) if !shared || at_run_time => {
            return Err(vm.unsupported(Missing::Name, format!("code.{name} of code that is not the snippet's own")));
        }
        // The code held it when the counting began.
        Part::Held(items) if items.is_empty() => Owned::adopt(types::EMPTY_TUPLE),
        Part::Held(items) => {
            let items: Box<[Owned]> = items.into_iter().map(Owned::adopt).collect();
            vm.make(types::TUPLE, Value::Tuple(items))
        }
        Part::Names(items) if !vm.profile.code_keeps_variable_names => return Ok(vm.tuple_of(&items)),
        Part::Names(items) => vm.tuple_of(&items),
        Part::Bytes(data) => vm.fresh_bytes(data),
    };
    if at_run_time {
        // It may die, and with it what it keeps.
        return Ok(made);
    }
    let kept = vm.retain(made.borrow()).into_ref();
    vm.code_parts.insert((this, name), kept);
    Ok(made)
}

/// `code.co_positions()`, for the library's reports of exceptions: an iterator of a type of its own in CPython, which only it tells.
pub(super) fn positions(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    if vm.frames.last().is_some_and(|frame| frame.code.traced) {
        return Err(vm.unsupported(Missing::Name, "code.co_positions"));
    }
    let Value::Code(code) = &vm.heap[args.this()].value else { return Ok(vm.none()) };
    let runs: Vec<_> = code.code.positions().to_vec();
    let mut all = Vec::new();
    for run in runs {
        for _ in (run.start..run.end).step_by(2) {
            let numbers = [run.line, run.end_line, run.column, run.end_column];
            let numbers = numbers.map(|number| match number {
                Some(number) => vm.int(i64::from(number)),
                None => vm.none(),
            });
            all.push(vm.new_tuple(numbers.into()));
        }
    }
    let list = vm.new_list(all);
    let iterator = vm.get_iter(list.borrow());
    vm.release(list);
    iterator
}
