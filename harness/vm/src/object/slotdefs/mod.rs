//! The special methods and the slots behind them: one table (`slotdefs` in `Objects/typeobject.c`).
//!
//! Each line says how the slot looks from Python (the wrapper in a builtin type's `__dict__`), and which function stands in
//! the slot of a Python class that defines the method (`slot_…`).

mod methods;
mod wrappers;

use std::ptr::fn_addr_eq;

use crate::heap::Ref;
use crate::object::args::Args;
use crate::object::class::{Binary, Slots};
use crate::types::{self, names};
use crate::vm::{PyResult, Vm};
use refdrift_isa::CompareOperator;

/// A special method and its slot.
pub(crate) struct SlotDef {
    /// `__add__`
    pub(crate) name: &'static str,
    /// The field of [`Slots`] behind it; several methods may share one.
    pub(crate) slot: &'static str,
    /// Whether builtin types show the slot as a wrapper (not `__new__`).
    pub(crate) wrapped: bool,
    /// Whether a type has the slot.
    pub(crate) present: fn(&Slots) -> bool,
    /// Takes the slot over from another type.
    pub(crate) copy: fn(&mut Slots, &Slots),
    /// Puts in the function that calls the Python method; none for slots that Python classes don't fill.
    pub(crate) generic: Option<fn(&mut Slots)>,
    /// Calls the slot with Python arguments, self first.
    pub(crate) wrapper: fn(&mut Vm, &Slots, &Args<'_>) -> PyResult,
}

macro_rules! def {
    ($name:literal, $slot:ident, $generic:expr, $wrapper:expr) => {
        SlotDef {
            name: $name,
            slot: stringify!($slot),
            wrapped: true,
            present: |slots| slots.$slot.is_some(),
            copy: |to, from| to.$slot = from.$slot,
            generic: $generic,
            wrapper: $wrapper,
        }
    };
}

/// A slot of one operand.
macro_rules! unary {
    ($name:literal, $slot:ident, $const:ident) => {
        def!(
            $name,
            $slot,
            Some(|slots| slots.$slot = Some(|vm, this| vm.call_required(this, names::$const, &[]))),
            |vm, slots, args| wrappers::unary(vm, slots.$slot, args)
        )
    };
}

/// The two methods of a binary operator, which share the function that stands in the slot.
macro_rules! binary {
    ($name:literal, $rname:literal, $slot:ident, $const:ident, $rconst:ident) => {{
        fn generic(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
            let is_generic = |slots: &Slots| slots.$slot.is_some_and(|slot| fn_addr_eq(slot, generic as Binary));
            methods::binary(vm, left, right, [names::$const, names::$rconst], is_generic)
        }
        const GENERIC: Option<fn(&mut Slots)> = Some(|slots| slots.$slot = Some(generic));
        [
            def!($name, $slot, GENERIC, |vm, slots, args| wrappers::binary(vm, slots.$slot, args)),
            def!($rname, $slot, GENERIC, |vm, slots, args| wrappers::reflected(vm, slots.$slot, args)),
        ]
    }};
}

/// The method of an augmented assignment.
macro_rules! inplace {
    ($name:literal, $slot:ident, $const:ident) => {
        def!(
            $name,
            $slot,
            Some(|slots| slots.$slot = Some(|vm, left, right| vm.call_required(left, names::$const, &[right]))),
            |vm, slots, args| wrappers::binary(vm, slots.$slot, args)
        )
    };
}

/// A rich comparison.
macro_rules! compare {
    ($name:literal, $op:ident) => {
        def!($name, compare, Some(|slots| slots.compare = Some(methods::compare)), |vm, slots, args| {
            wrappers::check(vm, args, 1, 1)?;
            match slots.compare {
                Some(slot) => slot(vm, args.values[0], args.values[1], CompareOperator::$op),
                None => Ok(vm.not_implemented()),
            }
        })
    };
}

/// What makes instances: the class, and the arguments.
pub(crate) type New = fn(&mut Vm, Ref, &Args<'_>) -> PyResult;

/// What stands in the slot of a class whose `__new__` is written in Python.
pub(crate) const CALLS_NEW: New = methods::new;

/// Every special method that has a slot.
pub(crate) static SLOT_DEFS: &[SlotDef] = &{
    let [add, radd] = binary!("__add__", "__radd__", add, ADD, RADD);
    let [sub, rsub] = binary!("__sub__", "__rsub__", subtract, SUB, RSUB);
    let [mul, rmul] = binary!("__mul__", "__rmul__", multiply, MUL, RMUL);
    let [rem, rrem] = binary!("__mod__", "__rmod__", remainder, MOD, RMOD);
    let [divmod, rdivmod] = binary!("__divmod__", "__rdivmod__", divmod, DIVMOD, RDIVMOD);
    let [lshift, rlshift] = binary!("__lshift__", "__rlshift__", lshift, LSHIFT, RLSHIFT);
    let [rshift, rrshift] = binary!("__rshift__", "__rrshift__", rshift, RSHIFT, RRSHIFT);
    let [and, rand] = binary!("__and__", "__rand__", and, AND, RAND);
    let [xor, rxor] = binary!("__xor__", "__rxor__", xor, XOR, RXOR);
    let [or, ror] = binary!("__or__", "__ror__", or, OR, ROR);
    let [floordiv, rfloordiv] = binary!("__floordiv__", "__rfloordiv__", floor_divide, FLOORDIV, RFLOORDIV);
    let [truediv, rtruediv] = binary!("__truediv__", "__rtruediv__", true_divide, TRUEDIV, RTRUEDIV);
    let [matmul, rmatmul] = binary!("__matmul__", "__rmatmul__", matrix_multiply, MATMUL, RMATMUL);
    [
        unary!("__repr__", repr, REPR),
        def!("__hash__", hash, Some(|slots| slots.hash = Some(methods::hash)), |vm, slots, args| {
            wrappers::check(vm, args, 0, 0)?;
            let hash = match slots.hash {
                Some(slot) => slot(vm, args.this())?,
                None => 0,
            };
            Ok(vm.int(hash))
        }),
        def!("__call__", call, Some(|slots| slots.call = Some(methods::call)), |vm, slots, args| match slots.call {
            Some(slot) => slot(vm, args.this(), &args.of_method()),
            None => Ok(vm.not_implemented()),
        }),
        unary!("__str__", str, STR),
        def!("__getattribute__", getattr, Some(|slots| slots.getattr = Some(methods::getattr)), |vm, slots, args| {
            wrappers::get_attribute(vm, slots.getattr, args)
        }),
        SlotDef {
            wrapped: false,
            ..def!(
                "__getattr__",
                getattr,
                Some(|slots| slots.getattr = Some(methods::getattr)),
                |vm, _, _| Ok(vm.not_implemented())
            )
        },
        def!("__setattr__", setattr, Some(|slots| slots.setattr = Some(methods::setattr)), |vm, slots, args| {
            wrappers::set_attribute(vm, slots.setattr, args)
        }),
        def!("__delattr__", setattr, Some(|slots| slots.setattr = Some(methods::setattr)), |vm, slots, args| {
            wrappers::delete_attribute(vm, slots.setattr, args)
        }),
        compare!("__lt__", Lt),
        compare!("__le__", Le),
        compare!("__eq__", Eq),
        compare!("__ne__", Ne),
        compare!("__gt__", Gt),
        compare!("__ge__", Ge),
        def!("__iter__", iter, Some(|slots| slots.iter = Some(methods::iter)), |vm, slots, args| wrappers::unary(
            vm, slots.iter, args
        )),
        def!(
            "__next__",
            next,
            Some(|slots| slots.next = Some(|vm, this| vm.call_required(this, names::NEXT, &[]).map(Some))),
            |vm, slots, args| {
                wrappers::check(vm, args, 0, 0)?;
                match slots.next {
                    Some(slot) => match slot(vm, args.this())? {
                        Some(item) => Ok(item),
                        None => Err(vm.raise_empty(types::STOP_ITERATION)),
                    },
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        def!("__get__", get, Some(|slots| slots.get = Some(methods::get)), |vm, slots, args| {
            wrappers::check(vm, args, 1, 2)?;
            let given = |index: usize| args.values.get(index).copied().filter(|&value| value != types::NONE);
            if given(1).is_none() && given(2).is_none() {
                return Err(vm.type_error("__get__(None, None) is invalid"));
            }
            match slots.get {
                Some(slot) => slot(vm, args.this(), given(1), given(2)),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__set__", set, Some(|slots| slots.set = Some(methods::set)), |vm, slots, args| wrappers::store(vm, slots.set, args)),
        def!("__delete__", set, Some(|slots| slots.set = Some(methods::set)), |vm, slots, args| wrappers::delete(
            vm, slots.set, args
        )),
        def!("__init__", init, Some(|slots| slots.init = Some(methods::init)), |vm, slots, args| {
            if let Some(slot) = slots.init {
                slot(vm, args.this(), &args.of_method())?;
            }
            Ok(vm.none())
        }),
        SlotDef {
            wrapped: false,
            ..def!("__new__", new, Some(|slots| slots.new = Some(methods::new)), |vm, _, _| Ok(vm.not_implemented()))
        },
        def!("__del__", finalize, Some(|slots| slots.finalize = Some(methods::finalize)), |vm, slots, args| {
            wrappers::check(vm, args, 0, 0)?;
            if let Some(slot) = slots.finalize {
                slot(vm, args.this())?;
            }
            Ok(vm.none())
        }),
        unary!("__await__", await_, AWAIT),
        unary!("__aiter__", aiter, AITER),
        unary!("__anext__", anext, ANEXT),
        add,
        radd,
        sub,
        rsub,
        mul,
        rmul,
        rem,
        rrem,
        divmod,
        rdivmod,
        def!("__pow__", power, Some(|slots| slots.power = Some(methods::power)), |vm, slots, args| {
            wrappers::check(vm, args, 1, 2)?;
            let modulus = args.values.get(2).copied().unwrap_or(types::NONE);
            match slots.power {
                Some(slot) => slot(vm, args.values[0], args.values[1], modulus),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__rpow__", power, Some(|slots| slots.power = Some(methods::power)), |vm, slots, args| {
            wrappers::check(vm, args, 1, 2)?;
            let modulus = args.values.get(2).copied().unwrap_or(types::NONE);
            match slots.power {
                Some(slot) => slot(vm, args.values[1], args.values[0], modulus),
                None => Ok(vm.not_implemented()),
            }
        }),
        unary!("__neg__", negative, NEG),
        unary!("__pos__", positive, POS),
        unary!("__abs__", absolute, ABS),
        def!("__bool__", bool, Some(|slots| slots.bool = Some(methods::truth)), |vm, slots, args| {
            wrappers::check(vm, args, 0, 0)?;
            let truth = match slots.bool {
                Some(slot) => slot(vm, args.this())?,
                None => true,
            };
            Ok(vm.bool(truth))
        }),
        unary!("__invert__", invert, INVERT),
        lshift,
        rlshift,
        rshift,
        rrshift,
        and,
        rand,
        xor,
        rxor,
        or,
        ror,
        unary!("__int__", int, INT),
        unary!("__float__", float, FLOAT),
        inplace!("__iadd__", inplace_add, IADD),
        inplace!("__isub__", inplace_subtract, ISUB),
        inplace!("__imul__", inplace_multiply, IMUL),
        inplace!("__imod__", inplace_remainder, IMOD),
        def!(
            "__ipow__",
            inplace_power,
            Some(|slots| slots.inplace_power = Some(|vm, left, right, _| vm.call_required(left, names::IPOW, &[right]))),
            |vm, slots, args| {
                wrappers::check(vm, args, 1, 1)?;
                match slots.inplace_power {
                    Some(slot) => slot(vm, args.values[0], args.values[1], types::NONE),
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        inplace!("__ilshift__", inplace_lshift, ILSHIFT),
        inplace!("__irshift__", inplace_rshift, IRSHIFT),
        inplace!("__iand__", inplace_and, IAND),
        inplace!("__ixor__", inplace_xor, IXOR),
        inplace!("__ior__", inplace_or, IOR),
        floordiv,
        rfloordiv,
        truediv,
        rtruediv,
        inplace!("__ifloordiv__", inplace_floor_divide, IFLOORDIV),
        inplace!("__itruediv__", inplace_true_divide, ITRUEDIV),
        unary!("__index__", index, INDEX),
        matmul,
        rmatmul,
        inplace!("__imatmul__", inplace_matrix_multiply, IMATMUL),
        def!("__len__", length, Some(|slots| slots.length = Some(methods::length)), |vm, slots, args| {
            wrappers::check(vm, args, 0, 0)?;
            let length = match slots.length {
                Some(slot) => slot(vm, args.this())?,
                None => 0,
            };
            Ok(vm.int(length as i64))
        }),
        def!(
            "__getitem__",
            subscript,
            Some(|slots| slots.subscript = Some(|vm, this, key| vm.call_required(this, names::GETITEM, &[key]))),
            |vm, slots, args| wrappers::binary(vm, slots.subscript, args)
        ),
        def!("__setitem__", ass_subscript, Some(|slots| slots.ass_subscript = Some(methods::setitem)), |vm, slots, args| {
            wrappers::store(vm, slots.ass_subscript, args)
        }),
        def!("__delitem__", ass_subscript, Some(|slots| slots.ass_subscript = Some(methods::setitem)), |vm, slots, args| {
            wrappers::delete(vm, slots.ass_subscript, args)
        }),
        def!("__add__", concat, None, |vm, slots, args| wrappers::binary(vm, slots.concat, args)),
        def!("__mul__", repeat, None, |vm, slots, args| wrappers::repeat(vm, slots.repeat, args)),
        def!("__rmul__", repeat, None, |vm, slots, args| wrappers::repeat(vm, slots.repeat, args)),
        def!(
            "__getitem__",
            item,
            Some(|slots| {
                slots.item = Some(|vm, this, index| {
                    let index = vm.int(index);
                    let result = vm.call_required(this, names::GETITEM, &[index.borrow()]);
                    vm.release(index);
                    result
                });
            }),
            |vm, slots, args| {
                wrappers::check(vm, args, 1, 1)?;
                let index = vm.as_index(args.values[1], Some(types::INDEX_ERROR))?;
                match slots.item {
                    Some(slot) => slot(vm, args.this(), index),
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        def!("__contains__", contains, Some(|slots| slots.contains = Some(methods::contains)), |vm, slots, args| {
            wrappers::check(vm, args, 1, 1)?;
            let found = match slots.contains {
                Some(slot) => slot(vm, args.values[0], args.values[1])?,
                None => false,
            };
            Ok(vm.bool(found))
        }),
        def!("__iadd__", inplace_concat, None, |vm, slots, args| wrappers::binary(vm, slots.inplace_concat, args)),
        def!("__imul__", inplace_repeat, None, |vm, slots, args| wrappers::repeat(vm, slots.inplace_repeat, args)),
    ]
};
