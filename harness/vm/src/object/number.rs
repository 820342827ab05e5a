//! The number protocol: operators and conversions, and which operand is asked first (`Objects/abstract.c`).

use std::ptr::fn_addr_eq;

use refdrift_isa::BinaryOperator;

use crate::heap::{Owned, Ref};
use crate::object::class::{Binary, Flags, Slots, Ternary, Unary};
use crate::object::value::Value;
use crate::types;
use crate::vm::{PyResult, Stop, Vm};

/// Where an operator's function stands in a type.
type SlotOf = fn(&Slots) -> Option<Binary>;

/// The slots of a binary operator: its own, and that of its augmented assignment where it is one. `**` is not binary.
fn slots_of(op: BinaryOperator) -> (SlotOf, Option<SlotOf>) {
    use BinaryOperator as Op;
    match op {
        Op::Add => (|slots| slots.add, None),
        Op::And => (|slots| slots.and, None),
        Op::FloorDivide => (|slots| slots.floor_divide, None),
        Op::LeftShift => (|slots| slots.lshift, None),
        Op::MatrixMultiply => (|slots| slots.matrix_multiply, None),
        Op::Multiply => (|slots| slots.multiply, None),
        Op::Remainder => (|slots| slots.remainder, None),
        Op::Or => (|slots| slots.or, None),
        Op::RightShift => (|slots| slots.rshift, None),
        Op::Subtract => (|slots| slots.subtract, None),
        Op::TrueDivide => (|slots| slots.true_divide, None),
        Op::Xor => (|slots| slots.xor, None),
        Op::InplaceAdd => (|slots| slots.add, Some(|slots| slots.inplace_add)),
        Op::InplaceAnd => (|slots| slots.and, Some(|slots| slots.inplace_and)),
        Op::InplaceFloorDivide => (|slots| slots.floor_divide, Some(|slots| slots.inplace_floor_divide)),
        Op::InplaceLeftShift => (|slots| slots.lshift, Some(|slots| slots.inplace_lshift)),
        Op::InplaceMatrixMultiply => (|slots| slots.matrix_multiply, Some(|slots| slots.inplace_matrix_multiply)),
        Op::InplaceMultiply => (|slots| slots.multiply, Some(|slots| slots.inplace_multiply)),
        Op::InplaceRemainder => (|slots| slots.remainder, Some(|slots| slots.inplace_remainder)),
        Op::InplaceOr => (|slots| slots.or, Some(|slots| slots.inplace_or)),
        Op::InplaceRightShift => (|slots| slots.rshift, Some(|slots| slots.inplace_rshift)),
        Op::InplaceSubtract => (|slots| slots.subtract, Some(|slots| slots.inplace_subtract)),
        Op::InplaceTrueDivide => (|slots| slots.true_divide, Some(|slots| slots.inplace_true_divide)),
        Op::InplaceXor => (|slots| slots.xor, Some(|slots| slots.inplace_xor)),
        Op::Power | Op::InplacePower => (|_| None, None),
    }
}

impl Vm {
    // ---- operators ----

    /// A binary operator, augmented assignments included.
    pub(crate) fn binary(&mut self, op: BinaryOperator, left: Ref, right: Ref) -> PyResult {
        match op {
            BinaryOperator::Power => return self.power(left, right, types::NONE),
            BinaryOperator::InplacePower => return self.inplace_power(left, right),
            _ => {}
        }
        let (slot, inplace) = slots_of(op);
        if let Some(function) = inplace.and_then(|inplace| inplace(&self.class(self.class_of(left)).slots)) {
            let result = function(self, left, right)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        let result = self.dispatch(left, right, slot)?;
        if result.borrow() != types::NOT_IMPLEMENTED {
            return Ok(result);
        }
        self.release(result);
        match op {
            BinaryOperator::Add | BinaryOperator::InplaceAdd => self.concatenate(op, left, right),
            BinaryOperator::Multiply | BinaryOperator::InplaceMultiply => self.repeat(op, left, right),
            _ => Err(self.operand_error(op.text(), left, right)),
        }
    }

    /// `divmod(left, right)`
    pub(crate) fn divmod(&mut self, left: Ref, right: Ref) -> PyResult {
        let result = self.dispatch(left, right, |slots| slots.divmod)?;
        if result.borrow() != types::NOT_IMPLEMENTED {
            return Ok(result);
        }
        self.release(result);
        Err(self.operand_error("divmod()", left, right))
    }

    /// Asks the left operand, then the right one; the right one first if its type derives from the left one's
    /// (`binary_op1`).
    fn dispatch(&mut self, left: Ref, right: Ref, slot: SlotOf) -> PyResult {
        let (left_class, right_class) = (self.class_of(left), self.class_of(right));
        let of_left = slot(&self.class(left_class).slots);
        if left_class == right_class {
            return match of_left {
                Some(function) => function(self, left, right),
                None => Ok(self.not_implemented()),
            };
        }
        let mut of_right = slot(&self.class(right_class).slots).filter(|&f| of_left.is_none_or(|of_left| !fn_addr_eq(of_left, f)));
        if let Some(function) = of_left {
            if let Some(derived) = of_right
                && self.is_subclass(right_class, left_class)
            {
                let result = derived(self, left, right)?;
                if result.borrow() != types::NOT_IMPLEMENTED {
                    return Ok(result);
                }
                self.release(result);
                of_right = None;
            }
            let result = function(self, left, right)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        match of_right {
            Some(function) => function(self, left, right),
            None => Ok(self.not_implemented()),
        }
    }

    /// `+` of sequences alone, or of what has `+` and is otherwise like a sequence (`PySequence_Concat`,
    /// `PySequence_InPlaceConcat`).
    pub(crate) fn sequence_concat(&mut self, op: BinaryOperator, left: Ref, right: Ref) -> PyResult {
        let slots = &self.class(self.class_of(left)).slots;
        let inplace = slots.inplace_concat.filter(|_| op.is_inplace());
        if let Some(concat) = inplace.or(slots.concat) {
            return concat(self, left, right);
        }
        let is_sequence = |object: Ref| {
            self.class(self.class_of(object)).slots.item.is_some() && !matches!(self.heap[object].value, Value::Dict(_))
        };
        if is_sequence(left) && is_sequence(right) {
            let inplace = self.class(self.class_of(left)).slots.inplace_add.filter(|_| op.is_inplace());
            if let Some(inplace) = inplace {
                let result = inplace(self, left, right)?;
                if result.borrow() != types::NOT_IMPLEMENTED {
                    return Ok(result);
                }
                self.release(result);
            }
            let result = self.dispatch(left, right, |slots| slots.add)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        let message = format!("'{}' object can't be concatenated", self.qualified_type_name(self.class_of(left)));
        Err(self.type_error(message))
    }

    /// `+` of sequences, after numbers had their say (`PyNumber_Add`).
    fn concatenate(&mut self, op: BinaryOperator, left: Ref, right: Ref) -> PyResult {
        let slots = &self.class(self.class_of(left)).slots;
        let inplace = slots.inplace_concat.filter(|_| op.is_inplace());
        match inplace.or(slots.concat) {
            Some(concat) => concat(self, left, right),
            None => Err(self.operand_error(op.text(), left, right)),
        }
    }

    /// `*` of sequences, after numbers had their say (`PyNumber_Multiply`).
    fn repeat(&mut self, op: BinaryOperator, left: Ref, right: Ref) -> PyResult {
        let slots = &self.class(self.class_of(left)).slots;
        let inplace = slots.inplace_repeat.filter(|_| op.is_inplace());
        if let Some(repeat) = inplace.or(slots.repeat) {
            return self.repeat_sequence(repeat, left, right);
        }
        // `*=` does not look at the right operand if the left one is any kind of sequence.
        let right_repeat = self.class(self.class_of(right)).slots.repeat;
        match right_repeat {
            Some(repeat) if !(op.is_inplace() && self.has_sequence_slots(left)) => self.repeat_sequence(repeat, right, left),
            _ => Err(self.operand_error(op.text(), left, right)),
        }
    }

    /// Whether a type has `tp_as_sequence`.
    fn has_sequence_slots(&self, object: Ref) -> bool {
        let class = self.class(self.class_of(object));
        let slots = &class.slots;
        class.flags.has(Flags::HEAP)
            || slots.contains.is_some()
            || slots.item.is_some()
            || slots.concat.is_some()
            || slots.repeat.is_some()
    }

    fn repeat_sequence(&mut self, repeat: fn(&mut Vm, Ref, i64) -> PyResult, sequence: Ref, times: Ref) -> PyResult {
        if self.class(self.class_of(times)).slots.index.is_none() {
            let message = format!("can't multiply sequence by non-int of type '{}'", self.type_name(times));
            return Err(self.type_error(message));
        }
        let times = self.as_index(times, Some(types::OVERFLOW_ERROR))?;
        repeat(self, sequence, times)
    }

    #[cold]
    fn operand_error(&mut self, operator: &str, left: Ref, right: Ref) -> Stop {
        let hint =
            if operator == ">>" && self.is_print(left) { ". Did you mean \"print(<message>, file=<output_stream>)\"?" } else { "" };
        let (left, right) = (self.type_name(left), self.type_name(right));
        self.type_error(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'{hint}"))
    }

    fn is_print(&self, object: Ref) -> bool {
        matches!(&self.heap[object].value, Value::NativeFunction(function) if function.name == "print")
            && self.class_of(object) == types::BUILTIN
    }

    /// `pow(base, exponent, modulus)`; the modulus may be `None` (`ternary_op`).
    pub(crate) fn power(&mut self, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
        self.power_named("** or pow()", base, exponent, modulus)
    }

    fn inplace_power(&mut self, base: Ref, exponent: Ref) -> PyResult {
        if let Some(function) = self.class(self.class_of(base)).slots.inplace_power {
            let result = function(self, base, exponent, types::NONE)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        self.power_named("**=", base, exponent, types::NONE)
    }

    fn power_named(&mut self, operator: &str, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
        for function in self.power_candidates(base, exponent, modulus).into_iter().flatten() {
            let result = function(self, base, exponent, modulus)?;
            if result.borrow() != types::NOT_IMPLEMENTED {
                return Ok(result);
            }
            self.release(result);
        }
        if modulus == types::NONE {
            return Err(self.operand_error(operator, base, exponent));
        }
        let [base, exponent, modulus] = [base, exponent, modulus].map(|operand| self.type_name(operand));
        Err(self.type_error(format!("unsupported operand type(s) for {operator}: '{base}', '{exponent}', '{modulus}'")))
    }

    /// The functions that `pow()` asks, in order: those of the two first operands as for any operator, then the modulus's.
    fn power_candidates(&self, base: Ref, exponent: Ref, modulus: Ref) -> [Option<Ternary>; 3] {
        let class_of = |object| (self.class_of(object), self.class(self.class_of(object)).slots.power);
        let ((base_class, of_base), (exponent_class, of_exponent), (_, of_modulus)) =
            (class_of(base), class_of(exponent), class_of(modulus));
        let same = |a: Option<Ternary>, b: Option<Ternary>| match (a, b) {
            (Some(a), Some(b)) => fn_addr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let of_exponent = of_exponent.filter(|_| base_class != exponent_class && !same(of_base, of_exponent));
        let last = of_modulus.filter(|_| !same(of_modulus, of_base) && !same(of_modulus, of_exponent));
        if of_base.is_some() && of_exponent.is_some() && self.is_subclass(exponent_class, base_class) {
            return [of_exponent, of_base, last];
        }
        [of_base, of_exponent, last]
    }

    // ---- unary operators ----

    /// `-object`
    pub(crate) fn negative(&mut self, object: Ref) -> PyResult {
        let function = self.class(self.class_of(object)).slots.negative;
        self.unary_or_error(function, object, "unary -")
    }

    /// `+object`
    pub(crate) fn positive(&mut self, object: Ref) -> PyResult {
        let function = self.class(self.class_of(object)).slots.positive;
        self.unary_or_error(function, object, "unary +")
    }

    /// `~object`
    pub(crate) fn invert(&mut self, object: Ref) -> PyResult {
        let function = self.class(self.class_of(object)).slots.invert;
        self.unary_or_error(function, object, "unary ~")
    }

    /// `abs(object)`
    pub(crate) fn absolute(&mut self, object: Ref) -> PyResult {
        let function = self.class(self.class_of(object)).slots.absolute;
        self.unary_or_error(function, object, "abs()")
    }

    fn unary_or_error(&mut self, function: Option<Unary>, object: Ref, operator: &str) -> PyResult {
        let Some(function) = function else {
            let message = format!("bad operand type for {operator}: '{}'", self.type_name(object));
            return Err(self.type_error(message));
        };
        function(self, object)
    }

    // ---- conversions ----

    /// An object as an integer by `__index__`; integers as they are, subclasses included (`_PyNumber_Index`).
    pub(crate) fn index_any(&mut self, object: Ref) -> PyResult {
        if self.is_int(object) {
            return Ok(self.retain(object));
        }
        let Some(index) = self.class(self.class_of(object)).slots.index else {
            let message = format!("'{}' object cannot be interpreted as an integer", self.type_name(object));
            return Err(self.type_error(message));
        };
        let result = index(self, object)?;
        self.check_int(result, "__index__")
    }

    /// A converter's result, which must be an integer.
    fn check_int(&mut self, result: Owned, method: &str) -> PyResult {
        let is_int = self.is_int(result.borrow());
        self.check_converted(result, method, types::INT, is_int)
    }

    /// A converter's result, which must be of a type (it `fits`); one of a subclass brings a warning.
    pub(crate) fn check_converted(&mut self, result: Owned, method: &str, wanted: Ref, fits: bool) -> PyResult {
        let class = self.class_of(result.borrow());
        if class == wanted {
            return Ok(result);
        }
        let wanted = self.class(wanted).name.clone();
        let message = format!("{method} returned non-{wanted} (type {})", self.type_name(result.borrow()));
        let passed = if fits {
            let warning = format!(
                "{message}.  The ability to return an instance of a strict subclass of {wanted} is deprecated, \
                 and may be removed in a future version of Python."
            );
            self.warn_text(types::DEPRECATION_WARNING, warning, None)
        } else {
            Err(self.type_error(message))
        };
        match passed {
            Ok(()) => Ok(result),
            Err(stop) => {
                self.release(result);
                Err(stop)
            }
        }
    }

    /// Exchanges an integer of a subclass for one of exactly `int`.
    fn made_exact(&mut self, integer: Owned) -> Owned {
        if self.class_of(integer.borrow()) == types::INT {
            return integer;
        }
        let exact = self.copy_int(integer.borrow());
        self.release(integer);
        exact
    }

    /// An object as an exact `int` by `__index__` (`PyNumber_Index`).
    pub(crate) fn index(&mut self, object: Ref) -> PyResult {
        let integer = self.index_any(object)?;
        Ok(self.made_exact(integer))
    }

    /// An object as an index. One that does not fit is an error of that type, or clamped (`PyNumber_AsSsize_t`).
    pub(crate) fn as_index(&mut self, object: Ref, error: Option<Ref>) -> PyResult<i64> {
        let integer = self.index_any(object)?;
        let value = match &self.heap[integer.borrow()].value {
            Value::Int(value) => Ok(*value),
            Value::BigInt(value) if value.sign() == num_bigint::Sign::Minus => Err(i64::MIN),
            _ => Err(i64::MAX),
        };
        let result = match (value, error) {
            (Ok(value), _) | (Err(value), None) => Ok(value),
            (Err(_), Some(class)) => {
                let message = format!("cannot fit '{}' into an index-sized integer", self.type_name(object));
                Err(self.raise(class, message))
            }
        };
        self.release(integer);
        result
    }

    /// `int(object)` (`PyNumber_Long`)
    pub(crate) fn number_int(&mut self, object: Ref) -> PyResult {
        if self.class_of(object) == types::INT {
            return Ok(self.retain(object));
        }
        let slots = &self.class(self.class_of(object)).slots;
        if let Some(int) = slots.int {
            let result = int(self, object)?;
            let result = self.check_int(result, "__int__")?;
            return Ok(self.made_exact(result));
        }
        if slots.index.is_some() {
            return self.index(object);
        }
        if let Some(trunc) = self.lookup_special(object, "__trunc__")? {
            let text = "The delegation of int() to __trunc__ is deprecated.";
            let warned = self.warn_text(types::DEPRECATION_WARNING, text.to_owned(), None);
            let result = warned.and_then(|()| self.call_pos(trunc.borrow(), &[]));
            self.release(trunc);
            return self.int_from_trunc(result?);
        }
        if self.text(object).is_some() || self.bytes_value(object).is_some() {
            return self.int_from_text(object, 10);
        }
        let message =
            format!("int() argument must be a string, a bytes-like object or a real number, not '{}'", self.type_name(object));
        Err(self.type_error(message))
    }

    fn int_from_trunc(&mut self, result: Owned) -> PyResult {
        if self.is_int(result.borrow()) {
            return Ok(self.made_exact(result));
        }
        if self.class(self.class_of(result.borrow())).slots.index.is_none() {
            let message = format!("__trunc__ returned non-Integral (type {})", self.type_name(result.borrow()));
            self.release(result);
            return Err(self.type_error(message));
        }
        let integer = self.index(result.borrow());
        self.release(result);
        integer
    }

    /// `float(object)` (`PyNumber_Float`)
    pub(crate) fn number_float(&mut self, object: Ref) -> PyResult {
        if self.class_of(object) == types::FLOAT {
            return Ok(self.retain(object));
        }
        let slots = &self.class(self.class_of(object)).slots;
        if let Some(float) = slots.float {
            let result = float(self, object)?;
            let (method, fits) = (format!("{}.__float__", self.type_name(object)), self.float_value(result.borrow()).is_some());
            let result = self.check_converted(result, &method, types::FLOAT, fits)?;
            let exact = self.exact_float(result.borrow());
            self.release(result);
            return Ok(exact);
        }
        if slots.index.is_some() {
            let integer = self.index_any(object)?;
            let value = self.integer_as_float(integer.borrow());
            self.release(integer);
            let value = value?.unwrap_or_default();
            return Ok(self.float(value));
        }
        self.float_from_text(object)
    }
}
