//! The special methods and the slots behind them: one table (`slotdefs` in `Objects/typeobject.c`).
//!
//! Each line says how the slot looks from Python (the wrapper in a builtin type's `__dict__`), and which function stands in
//! the slot of a Python class that defines the method (`slot_…`).

use std::ptr::fn_addr_eq;

use crate::heap::{Owned, Ref};
use crate::object::args::{Args, with_self};
use crate::object::class::{Binary, Slots, Ternary};
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
            |vm, slots, args| {
                vm.check_slot_args(args, 0, 0)?;
                match slots.$slot {
                    Some(slot) => slot(vm, args.this()),
                    None => Ok(vm.not_implemented()),
                }
            }
        )
    };
}

/// The two methods of a binary operator.
macro_rules! binary {
    ($name:literal, $rname:literal, $slot:ident, $const:ident, $rconst:ident) => {
        [
            def!(
                $name,
                $slot,
                Some(|slots| {
                    fn generic(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
                        let is_generic = |slots: &Slots| slots.$slot.is_some_and(|slot| fn_addr_eq(slot, generic as Binary));
                        vm.binary_method(left, right, names::$const, names::$rconst, is_generic)
                    }
                    slots.$slot = Some(generic);
                }),
                |vm, slots, args| {
                    vm.check_slot_args(args, 1, 1)?;
                    match slots.$slot {
                        Some(slot) => slot(vm, args.values[0], args.values[1]),
                        None => Ok(vm.not_implemented()),
                    }
                }
            ),
            def!(
                $rname,
                $slot,
                Some(|slots| {
                    fn generic(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
                        let is_generic = |slots: &Slots| slots.$slot.is_some_and(|slot| fn_addr_eq(slot, generic as Binary));
                        vm.binary_method(left, right, names::$const, names::$rconst, is_generic)
                    }
                    slots.$slot = Some(generic);
                }),
                |vm, slots, args| {
                    vm.check_slot_args(args, 1, 1)?;
                    match slots.$slot {
                        Some(slot) => slot(vm, args.values[1], args.values[0]),
                        None => Ok(vm.not_implemented()),
                    }
                }
            ),
        ]
    };
}

/// The method of an augmented assignment.
macro_rules! inplace {
    ($name:literal, $slot:ident, $const:ident) => {
        def!(
            $name,
            $slot,
            Some(|slots| slots.$slot = Some(|vm, left, right| vm.call_required(left, names::$const, &[right]))),
            |vm, slots, args| {
                vm.check_slot_args(args, 1, 1)?;
                match slots.$slot {
                    Some(slot) => slot(vm, args.values[0], args.values[1]),
                    None => Ok(vm.not_implemented()),
                }
            }
        )
    };
}

/// A rich comparison.
macro_rules! compare {
    ($name:literal, $op:ident) => {
        def!($name, compare, Some(|slots| slots.compare = Some(compare_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            match slots.compare {
                Some(slot) => slot(vm, args.values[0], args.values[1], CompareOperator::$op),
                None => Ok(vm.not_implemented()),
            }
        })
    };
}

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
        def!("__hash__", hash, Some(|slots| slots.hash = Some(hash_method)), |vm, slots, args| {
            vm.check_slot_args(args, 0, 0)?;
            let hash = match slots.hash {
                Some(slot) => slot(vm, args.this())?,
                None => 0,
            };
            Ok(vm.int(hash))
        }),
        def!("__call__", call, Some(|slots| slots.call = Some(call_method)), |vm, slots, args| match slots.call {
            Some(slot) => slot(vm, args.this(), &Args { tuple: args.tuple, ..args.rest() }),
            None => Ok(vm.not_implemented()),
        }),
        unary!("__str__", str, STR),
        def!("__getattribute__", getattr, Some(|slots| slots.getattr = Some(getattr_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            match slots.getattr {
                Some(slot) => slot(vm, args.values[0], args.values[1]),
                None => Ok(vm.not_implemented()),
            }
        }),
        SlotDef {
            wrapped: false,
            ..def!("__getattr__", getattr, Some(|slots| slots.getattr = Some(getattr_method)), |vm, _, _| Ok(vm.not_implemented()))
        },
        def!("__setattr__", setattr, Some(|slots| slots.setattr = Some(setattr_method)), |vm, slots, args| {
            vm.check_slot_args(args, 2, 2)?;
            if let Some(slot) = slots.setattr {
                slot(vm, args.values[0], args.values[1], Some(args.values[2]))?;
            }
            Ok(vm.none())
        }),
        def!("__delattr__", setattr, Some(|slots| slots.setattr = Some(setattr_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            if let Some(slot) = slots.setattr {
                slot(vm, args.values[0], args.values[1], None)?;
            }
            Ok(vm.none())
        }),
        compare!("__lt__", Lt),
        compare!("__le__", Le),
        compare!("__eq__", Eq),
        compare!("__ne__", Ne),
        compare!("__gt__", Gt),
        compare!("__ge__", Ge),
        def!("__iter__", iter, Some(|slots| slots.iter = Some(iter_method)), |vm, slots, args| {
            vm.check_slot_args(args, 0, 0)?;
            match slots.iter {
                Some(slot) => slot(vm, args.this()),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!(
            "__next__",
            next,
            Some(|slots| slots.next = Some(|vm, this| vm.call_required(this, names::NEXT, &[]).map(Some))),
            |vm, slots, args| {
                vm.check_slot_args(args, 0, 0)?;
                match slots.next {
                    Some(slot) => match slot(vm, args.this())? {
                        Some(item) => Ok(item),
                        None => Err(vm.raise_empty(types::STOP_ITERATION)),
                    },
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        def!("__get__", get, Some(|slots| slots.get = Some(get_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 2)?;
            let given = |index: usize| args.values.get(index).copied().filter(|&value| value != types::NONE);
            if given(1).is_none() && given(2).is_none() {
                return Err(vm.type_error("__get__(None, None) is invalid"));
            }
            match slots.get {
                Some(slot) => slot(vm, args.this(), given(1), given(2)),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__set__", set, Some(|slots| slots.set = Some(set_method)), |vm, slots, args| {
            vm.check_slot_args(args, 2, 2)?;
            if let Some(slot) = slots.set {
                slot(vm, args.values[0], args.values[1], Some(args.values[2]))?;
            }
            Ok(vm.none())
        }),
        def!("__delete__", set, Some(|slots| slots.set = Some(set_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            if let Some(slot) = slots.set {
                slot(vm, args.values[0], args.values[1], None)?;
            }
            Ok(vm.none())
        }),
        def!("__init__", init, Some(|slots| slots.init = Some(init_method)), |vm, slots, args| {
            if let Some(slot) = slots.init {
                slot(vm, args.this(), &Args { tuple: args.tuple, ..args.rest() })?;
            }
            Ok(vm.none())
        }),
        SlotDef {
            wrapped: false,
            ..def!("__new__", new, Some(|slots| slots.new = Some(new_method)), |vm, _, _| Ok(vm.not_implemented()))
        },
        def!("__del__", finalize, Some(|slots| slots.finalize = Some(del_method)), |vm, slots, args| {
            vm.check_slot_args(args, 0, 0)?;
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
        def!("__pow__", power, Some(|slots| slots.power = Some(power_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 2)?;
            let modulus = args.values.get(2).copied().unwrap_or(types::NONE);
            match slots.power {
                Some(slot) => slot(vm, args.values[0], args.values[1], modulus),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__rpow__", power, Some(|slots| slots.power = Some(power_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 2)?;
            let modulus = args.values.get(2).copied().unwrap_or(types::NONE);
            match slots.power {
                Some(slot) => slot(vm, args.values[1], args.values[0], modulus),
                None => Ok(vm.not_implemented()),
            }
        }),
        unary!("__neg__", negative, NEG),
        unary!("__pos__", positive, POS),
        unary!("__abs__", absolute, ABS),
        def!("__bool__", bool, Some(|slots| slots.bool = Some(bool_method)), |vm, slots, args| {
            vm.check_slot_args(args, 0, 0)?;
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
                vm.check_slot_args(args, 1, 1)?;
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
        def!("__len__", length, Some(|slots| slots.length = Some(len_method)), |vm, slots, args| {
            vm.check_slot_args(args, 0, 0)?;
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
            |vm, slots, args| {
                vm.check_slot_args(args, 1, 1)?;
                match slots.subscript {
                    Some(slot) => slot(vm, args.values[0], args.values[1]),
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        def!("__setitem__", ass_subscript, Some(|slots| slots.ass_subscript = Some(setitem_method)), |vm, slots, args| {
            vm.check_slot_args(args, 2, 2)?;
            if let Some(slot) = slots.ass_subscript {
                slot(vm, args.values[0], args.values[1], Some(args.values[2]))?;
            }
            Ok(vm.none())
        }),
        def!("__delitem__", ass_subscript, Some(|slots| slots.ass_subscript = Some(setitem_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            if let Some(slot) = slots.ass_subscript {
                slot(vm, args.values[0], args.values[1], None)?;
            }
            Ok(vm.none())
        }),
        def!("__add__", concat, None, |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            match slots.concat {
                Some(slot) => slot(vm, args.values[0], args.values[1]),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__mul__", repeat, None, |vm, slots, args| repeat_wrapper(vm, slots.repeat, args)),
        def!("__rmul__", repeat, None, |vm, slots, args| repeat_wrapper(vm, slots.repeat, args)),
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
                vm.check_slot_args(args, 1, 1)?;
                let index = vm.as_index(args.values[1], Some(types::INDEX_ERROR))?;
                match slots.item {
                    Some(slot) => slot(vm, args.this(), index),
                    None => Ok(vm.not_implemented()),
                }
            }
        ),
        def!("__contains__", contains, Some(|slots| slots.contains = Some(contains_method)), |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            let found = match slots.contains {
                Some(slot) => slot(vm, args.values[0], args.values[1])?,
                None => false,
            };
            Ok(vm.bool(found))
        }),
        def!("__iadd__", inplace_concat, None, |vm, slots, args| {
            vm.check_slot_args(args, 1, 1)?;
            match slots.inplace_concat {
                Some(slot) => slot(vm, args.values[0], args.values[1]),
                None => Ok(vm.not_implemented()),
            }
        }),
        def!("__imul__", inplace_repeat, None, |vm, slots, args| repeat_wrapper(vm, slots.inplace_repeat, args)),
    ]
};

fn repeat_wrapper(vm: &mut Vm, slot: Option<fn(&mut Vm, Ref, i64) -> PyResult>, args: &Args<'_>) -> PyResult {
    vm.check_slot_args(args, 1, 1)?;
    let times = vm.as_index(args.values[1], Some(types::OVERFLOW_ERROR))?;
    match slot {
        Some(slot) => slot(vm, args.this(), times),
        None => Ok(vm.not_implemented()),
    }
}

impl Vm {
    /// `check_num_args`: the number of arguments of a slot wrapper, self left out.
    fn check_slot_args(&mut self, args: &Args<'_>, min: usize, max: usize) -> PyResult<()> {
        if !args.names.is_empty() {
            return Err(self.type_error("wrapper takes no keyword arguments"));
        }
        let given = args.values.len() - 1;
        if (min..=max).contains(&given) {
            return Ok(());
        }
        let wanted = if given < min { min } else { max };
        let how = match (min == max, given < min) {
            (true, _) => "",
            (false, true) => "at least ",
            (false, false) => "at most ",
        };
        let plural = if wanted == 1 { "" } else { "s" };
        // What takes two is unpacked by a function that puts a name in front, an empty one.
        let name = if max > 1 { " " } else { "" };
        Err(self.type_error(format!("{name}expected {how}{wanted} argument{plural}, got {given}")))
    }

    /// A binary operator between operands of which at least one is of a Python class (`SLOT1BINFULL`).
    fn binary_method(&mut self, left: Ref, right: Ref, name: Ref, reflected: Ref, generic: impl Fn(&Slots) -> bool) -> PyResult {
        let (left_class, right_class) = (self.class_of(left), self.class_of(right));
        let mut try_right = left_class != right_class && generic(&self.class(right_class).slots);
        if generic(&self.class(left_class).slots) {
            if try_right && self.is_subclass(right_class, left_class) && self.is_overloaded(left_class, right_class, reflected) {
                let result = self.call_or_not_implemented(right, reflected, left)?;
                if result.borrow() != types::NOT_IMPLEMENTED {
                    return Ok(result);
                }
                self.release(result);
                try_right = false;
            }
            let result = self.call_or_not_implemented(left, name, right)?;
            if result.borrow() != types::NOT_IMPLEMENTED || left_class == right_class {
                return Ok(result);
            }
            self.release(result);
        }
        if try_right {
            return self.call_or_not_implemented(right, reflected, left);
        }
        Ok(self.not_implemented())
    }

    fn call_or_not_implemented(&mut self, this: Ref, name: Ref, other: Ref) -> PyResult {
        match self.call_special(this, name, &[other])? {
            Some(result) => Ok(result),
            None => Ok(self.not_implemented()),
        }
    }

    /// `method_is_overloaded`
    fn is_overloaded(&mut self, left: Ref, right: Ref, name: Ref) -> bool {
        let theirs = self.lookup(right, name);
        theirs.is_some() && theirs != self.lookup(left, name)
    }
}

fn compare_method(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    let name = match op {
        CompareOperator::Lt => names::LT,
        CompareOperator::Le => names::LE,
        CompareOperator::Eq => names::EQ,
        CompareOperator::Ne => names::NE,
        CompareOperator::Gt => names::GT,
        CompareOperator::Ge => names::GE,
    };
    vm.call_or_not_implemented(left, name, right)
}

fn hash_method(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let class = vm.class_of(this);
    if vm.lookup(class, names::HASH).is_none_or(|found| found == types::NONE) {
        return crate::object::protocol::unhashable(vm, this);
    }
    let hash = vm.call_required(this, names::HASH, &[])?;
    if !vm.is_instance_of(hash.borrow(), types::INT) {
        // `slot_tp_hash` never gives it back, in any version: it leaks.
        hash.into_ref();
        return Err(vm.type_error("__hash__ method should return an integer"));
    }
    let value = match vm.heap[hash.borrow()].value {
        crate::object::value::Value::Int(value) => Ok(crate::hash::not_minus_one(value)),
        _ => vm.hash_of(hash.borrow()),
    };
    vm.release(hash);
    value
}

fn call_method(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult {
    let class = vm.class_of(this);
    let Some(found) = vm.lookup(class, names::CALL) else {
        let message = format!("'{}' object is not callable", vm.type_name(this));
        return Err(vm.type_error(message));
    };
    if vm.class(vm.class_of(found)).flags.has(crate::object::class::Flags::METHOD_DESCRIPTOR) {
        let function = vm.retain(found);
        let result = vm.call_dict(function.borrow(), &Args::new(&with_self(this, args.values), args.names));
        vm.release(function);
        return result;
    }
    let callable = match vm.class(vm.class_of(found)).slots.get {
        Some(get) => get(vm, found, Some(this), Some(class))?,
        None => vm.retain(found),
    };
    let result = vm.call_dict(callable.borrow(), args);
    vm.release(callable);
    result
}

/// `slot_tp_getattr_hook`, `slot_tp_getattro`
fn getattr_method(vm: &mut Vm, this: Ref, name: Ref) -> PyResult {
    let class = vm.class_of(this);
    let Some(hook) = vm.lookup(class, names::GETATTR) else { return vm.call_required(this, names::GETATTRIBUTE, &[name]) };
    let hook = vm.retain(hook);
    let result = match vm.lookup(class, names::GETATTRIBUTE) {
        Some(found) if !is_generic_getattribute(vm, found) => {
            let found = vm.retain(found);
            let result = call_hook(vm, this, found.borrow(), name);
            vm.release(found);
            result
        }
        _ => vm.generic_getattr(this, name),
    };
    let result = match result {
        Err(stop) => match vm.swallow(stop, types::ATTRIBUTE_ERROR) {
            Ok(()) => call_hook(vm, this, hook.borrow(), name),
            Err(stop) => Err(stop),
        },
        found => found,
    };
    vm.release(hook);
    result
}

/// Whether an attribute is the `__getattribute__` of `object`, or of another builtin type that does the same.
fn is_generic_getattribute(vm: &Vm, found: Ref) -> bool {
    let class = vm.native_function(found).and_then(|function| function.class);
    let own = class.and_then(|class| vm.class(class).slots.getattr);
    own.is_some_and(|own| fn_addr_eq(own, Vm::generic_getattr as Binary))
}

/// `call_attribute`: 3.11 binds the hook first.
fn call_hook(vm: &mut Vm, this: Ref, hook: Ref, name: Ref) -> PyResult {
    let hook_class = vm.class(vm.class_of(hook));
    if !vm.profile.attribute_hooks_bind && hook_class.flags.has(crate::object::class::Flags::METHOD_DESCRIPTOR) {
        return vm.call_pos(hook, &[this, name]);
    }
    let Some(get) = hook_class.slots.get else { return vm.call_pos(hook, &[name]) };
    let class = vm.class_of(this);
    let bound = get(vm, hook, Some(this), Some(class))?;
    let result = vm.call_pos(bound.borrow(), &[name]);
    vm.release(bound);
    result
}

fn setattr_method(vm: &mut Vm, this: Ref, name: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_required(this, names::SETATTR, &[name, value])?,
        None => vm.call_required(this, names::DELATTR, &[name])?,
    };
    vm.release(result);
    Ok(())
}

/// `slot_tp_iter`: without `__iter__`, a class with `__getitem__` is a sequence.
fn iter_method(vm: &mut Vm, this: Ref) -> PyResult {
    let class = vm.class_of(this);
    match vm.lookup(class, names::ITER) {
        Some(types::NONE) => {
            let message = format!("'{}' object is not iterable", vm.type_name(this));
            Err(vm.type_error(message))
        }
        Some(_) => vm.call_required(this, names::ITER, &[]),
        None if vm.lookup(class, names::GETITEM).is_some() => vm.sequence_iterator(this),
        None => {
            let message = format!("'{}' object is not iterable", vm.type_name(this));
            Err(vm.type_error(message))
        }
    }
}

fn get_method(vm: &mut Vm, this: Ref, object: Option<Ref>, class: Option<Ref>) -> PyResult {
    let own_class = vm.class_of(this);
    let Some(get) = vm.lookup(own_class, names::GET) else { return Ok(vm.retain(this)) };
    // 3.13 holds the method while it runs.
    let held = vm.profile.lookup_gives_references.then(|| vm.retain(get));
    let result = vm.call_pos(get, &[this, object.unwrap_or(types::NONE), class.unwrap_or(types::NONE)]);
    vm.release_option(held);
    result
}

fn set_method(vm: &mut Vm, this: Ref, object: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_special(this, names::SET, &[object, value])?,
        None => vm.call_special(this, names::DELETE, &[object])?,
    };
    match result {
        Some(result) => {
            vm.release(result);
            Ok(())
        }
        None => Err(vm.no_attribute(this, if value.is_some() { names::SET } else { names::DELETE })),
    }
}

fn init_method(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    let class = vm.class_of(this);
    let Some(found) = vm.lookup(class, names::INIT) else { return Err(vm.no_attribute(this, names::INIT)) };
    let result = if vm.class(vm.class_of(found)).flags.has(crate::object::class::Flags::METHOD_DESCRIPTOR) {
        let function = vm.retain(found);
        let mut values = vec![this];
        values.extend_from_slice(args.values);
        let result = vm.call_dict(function.borrow(), &Args::new(&values, args.names));
        vm.release(function);
        result
    } else {
        let callable = match vm.class(vm.class_of(found)).slots.get {
            Some(get) => get(vm, found, Some(this), Some(class))?,
            None => vm.retain(found),
        };
        let result = vm.call_dict(callable.borrow(), args);
        vm.release(callable);
        result
    }?;
    if result.borrow() != types::NONE {
        let message = format!("__init__() should return None, not '{}'", vm.type_name(result.borrow()));
        vm.release(result);
        return Err(vm.type_error(message));
    }
    vm.release(result);
    Ok(())
}

fn new_method(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    let function = vm.getattr(class, names::NEW)?;
    let mut values = vec![class];
    values.extend_from_slice(args.values);
    let result = vm.call_dict(function.borrow(), &Args::new(&values, args.names));
    vm.release(function);
    result
}

fn del_method(vm: &mut Vm, this: Ref) -> PyResult<()> {
    if let Some(result) = vm.call_special(this, names::DEL, &[])? {
        vm.release(result);
    }
    Ok(())
}

fn power_method(vm: &mut Vm, left: Ref, right: Ref, modulus: Ref) -> PyResult {
    let is_generic = |slots: &Slots| slots.power.is_some_and(|slot| fn_addr_eq(slot, power_method as Ternary));
    if modulus == types::NONE {
        return vm.binary_method(left, right, names::POW, names::RPOW, is_generic);
    }
    if is_generic(&vm.class(vm.class_of(left)).slots) {
        return vm.call_required(left, names::POW, &[right, modulus]);
    }
    Ok(vm.not_implemented())
}

/// `slot_nb_bool`: `__bool__`, else `__len__`, else true.
fn bool_method(vm: &mut Vm, this: Ref) -> PyResult<bool> {
    let class = vm.class_of(this);
    if vm.lookup(class, names::BOOL).is_none() {
        if vm.lookup(class, names::LEN).is_none() {
            return Ok(true);
        }
        return len_method(vm, this).map(|length| length > 0);
    }
    let result = vm.call_required(this, names::BOOL, &[])?;
    let (is_bool, truth) = (vm.class_of(result.borrow()) == types::BOOL, result.borrow() == types::TRUE);
    let name = vm.type_name(result.borrow());
    vm.release(result);
    if is_bool { Ok(truth) } else { Err(vm.type_error(format!("__bool__ should return bool, returned {name}"))) }
}

fn len_method(vm: &mut Vm, this: Ref) -> PyResult<usize> {
    let result = vm.call_required(this, names::LEN, &[])?;
    let index = vm.index(result.borrow());
    vm.release(result);
    let index: Owned = index?;
    let length = vm.as_index(index.borrow(), Some(types::OVERFLOW_ERROR));
    vm.release(index);
    usize::try_from(length?).map_err(|_| vm.value_error("__len__() should return >= 0"))
}

fn setitem_method(vm: &mut Vm, this: Ref, key: Ref, value: Option<Ref>) -> PyResult<()> {
    let result = match value {
        Some(value) => vm.call_required(this, names::SETITEM, &[key, value])?,
        None => vm.call_required(this, names::DELITEM, &[key])?,
    };
    vm.release(result);
    Ok(())
}

/// `slot_sq_contains`: without `__contains__`, a search by iteration.
fn contains_method(vm: &mut Vm, this: Ref, item: Ref) -> PyResult<bool> {
    let class = vm.class_of(this);
    match vm.lookup(class, names::CONTAINS) {
        Some(types::NONE) => {
            let message = format!("'{}' object is not a container", vm.type_name(this));
            Err(vm.type_error(message))
        }
        Some(_) => {
            let result = vm.call_required(this, names::CONTAINS, &[item])?;
            let truth = vm.truth(result.borrow());
            vm.release(result);
            truth
        }
        None => vm.contains_by_iteration(this, item),
    }
}
