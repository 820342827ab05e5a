//! `complex` (`Objects/complexobject.c`)

mod arithmetic;
mod text;

pub(crate) use arithmetic::Complex;

use refdrift_isa::CompareOperator;

use crate::hash;
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, GetSet, Method, MethodKind, NativeCall, NativeType, Slots};
use crate::object::keywords::Signature;
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::types::int::ascii_digits;
use crate::types::str::unicode::Unicode;
use crate::vm::{PyResult, Vm};

impl Native for Complex {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}

    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

const fn method(name: &'static str, arity: Arity, call: NativeCall) -> Method {
    Method { name, kind: MethodKind::Instance, arity, call }
}

/// `complex`
pub(crate) static TYPE: NativeType = NativeType {
    name: "complex",
    slots: Slots {
        repr: Some(|vm, this| {
            let text = text::repr(value(vm, this));
            Ok(vm.str(text))
        }),
        hash: Some(hash),
        compare: Some(compare),
        new: Some(new),
        add: Some(|vm, left, right| binary(vm, left, right, |a, b| a + b)),
        subtract: Some(|vm, left, right| binary(vm, left, right, |a, b| a - b)),
        multiply: Some(|vm, left, right| binary(vm, left, right, |a, b| a * b)),
        power: Some(power),
        negative: Some(|vm, this| {
            let result = -value(vm, this);
            Ok(vm.complex(result))
        }),
        positive: Some(exact),
        absolute: Some(absolute),
        bool: Some(|vm, this| Ok(value(vm, this) != Complex::default())),
        true_divide: Some(divide),
        ..Slots::NONE
    },
    methods: &[
        method("conjugate", Arity::None, |vm, args| {
            let Complex { re, im } = value(vm, args.this());
            Ok(vm.complex(Complex::new(re, -im)))
        }),
        method("__complex__", Arity::None, |vm, args| exact(vm, args.this())),
        method("__getnewargs__", Arity::None, |vm, args| {
            let Complex { re, im } = value(vm, args.this());
            let parts = vec![vm.float(re), vm.float(im)];
            Ok(vm.new_tuple(parts))
        }),
        method("__format__", Arity::One, |vm, args| vm.format_method(args.this(), args.values[1])),
    ],
    getsets: &[
        GetSet { name: "real", get: |vm, this| Ok(vm.float(value(vm, this).re)), set: None, member: true },
        GetSet { name: "imag", get: |vm, this| Ok(vm.float(value(vm, this).im)), set: None, member: true },
    ],
    flags: Flags(Flags::BASE),
    ..NativeType::PLAIN
};

impl Vm {
    /// A `complex`.
    pub(crate) fn complex(&mut self, value: Complex) -> Owned {
        self.make(types::COMPLEX, Value::Native(Box::new(value)))
    }

    /// The value of a complex number; none for anything else.
    pub(crate) fn complex_value(&self, object: Ref) -> Option<Complex> {
        self.payload::<Complex>(object).copied()
    }
}

fn value(vm: &Vm, this: Ref) -> Complex {
    vm.complex_value(this).unwrap_or_default()
}

/// An exact complex number is itself.
fn exact(vm: &mut Vm, this: Ref) -> PyResult {
    if vm.class_of(this) == types::COMPLEX {
        return Ok(vm.retain(this));
    }
    let copy = value(vm, this);
    Ok(vm.complex(copy))
}

/// A number as a complex one; none for what is no number (`to_complex`).
fn operand(vm: &mut Vm, object: Ref) -> PyResult<Option<Complex>> {
    if let Some(value) = vm.complex_value(object) {
        return Ok(Some(value));
    }
    let re = match vm.heap[object].value {
        Value::Float(value) => value,
        Value::Int(_) | Value::BigInt(_) => {
            let float = vm.number_float(object)?;
            let value = vm.float_value(float.borrow()).unwrap_or_default();
            vm.release(float);
            value
        }
        _ => return Ok(None),
    };
    Ok(Some(Complex::new(re, 0.0)))
}

fn operands(vm: &mut Vm, left: Ref, right: Ref) -> PyResult<Option<(Complex, Complex)>> {
    let Some(left) = operand(vm, left)? else { return Ok(None) };
    Ok(operand(vm, right)?.map(|right| (left, right)))
}

fn binary(vm: &mut Vm, left: Ref, right: Ref, compute: fn(Complex, Complex) -> Complex) -> PyResult {
    match operands(vm, left, right)? {
        Some((a, b)) => Ok(vm.complex(compute(a, b))),
        None => Ok(vm.not_implemented()),
    }
}

fn divide(vm: &mut Vm, left: Ref, right: Ref) -> PyResult {
    let Some((a, b)) = operands(vm, left, right)? else { return Ok(vm.not_implemented()) };
    match a.divided_by(b) {
        Some(quotient) => Ok(vm.complex(quotient)),
        None => Err(vm.zero_division("complex division by zero")),
    }
}

/// `complex_pow`; a float's power that is no float ends here too.
pub(crate) fn power(vm: &mut Vm, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
    let Some((a, b)) = operands(vm, base, exponent)? else { return Ok(vm.not_implemented()) };
    if modulus != types::NONE {
        return Err(vm.value_error("complex modulo"));
    }
    match a.power(b) {
        None => Err(vm.zero_division("0.0 to a negative or complex power")),
        // Only an infinity says that it overflowed (`_Py_ADJUST_ERANGE2`).
        Some(result) if result.re.is_infinite() || result.im.is_infinite() => Err(vm.overflow_error("complex exponentiation")),
        Some(result) => Ok(vm.complex(result)),
    }
}

fn absolute(vm: &mut Vm, this: Ref) -> PyResult {
    let number = value(vm, this);
    let size = number.re.hypot(number.im);
    if size.is_infinite() && number.is_finite() {
        return Err(vm.overflow_error("absolute value too large"));
    }
    Ok(vm.float(size))
}

fn hash(vm: &mut Vm, this: Ref) -> PyResult<i64> {
    let Complex { re, im } = value(vm, this);
    let (Some(re), Some(im)) = (hash::float(re), hash::float(im)) else {
        vm.note_address_hash("hash() of a NaN");
        return Ok(this.index() as i64);
    };
    Ok(hash::not_minus_one(re.wrapping_add(im.wrapping_mul(1_000_003))))
}

/// Complex numbers are equal or not; with an integer, its exact value decides.
fn compare(vm: &mut Vm, left: Ref, right: Ref, op: CompareOperator) -> PyResult {
    if !matches!(op, CompareOperator::Eq | CompareOperator::Ne) {
        return Ok(vm.not_implemented());
    }
    let a = value(vm, left);
    let equal = match &vm.heap[right].value {
        Value::Int(_) | Value::BigInt(_) => {
            a.im == 0.0 && {
                let re = vm.float(a.re);
                vm.lend(re, |vm, re| vm.equal(re, right))?
            }
        }
        Value::Float(b) => a == Complex::new(*b, 0.0),
        _ => match vm.complex_value(right) {
            Some(b) => a == b,
            None => return Ok(vm.not_implemented()),
        },
    };
    Ok(vm.bool(equal == (op == CompareOperator::Eq)))
}

/// `complex(real=0, imag=0)` (`complex_new_impl`)
fn new(vm: &mut Vm, class: Ref, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature =
        Signature { function: "complex", positional_only: 0, names: &["real", "imag"], required: 0, positional: 2 };
    let [real, imag] = SIGNATURE.bind(vm, args)?;
    let real = real.unwrap_or_else(|| types::small_int(0).unwrap_or(types::NONE));
    if class == types::COMPLEX && vm.class_of(real) == class && imag.is_none() {
        return Ok(vm.retain(real));
    }
    let number = if vm.text(real).is_some() {
        if imag.is_some() {
            return Err(vm.type_error("complex() can't take second arg if first is a string"));
        }
        from_text(vm, real)?
    } else {
        if imag.is_some_and(|imag| vm.text(imag).is_some()) {
            return Err(vm.type_error("complex() second arg can't be a string"));
        }
        from_parts(vm, real, imag)?
    };
    if class == types::COMPLEX { Ok(vm.complex(number)) } else { Ok(vm.alloc_instance(class, Value::Native(Box::new(number)))) }
}

fn from_text(vm: &mut Vm, text: Ref) -> PyResult<Complex> {
    let ascii = vm.text(text).and_then(|text| ascii_digits(text, Unicode(vm.profile.unicode)));
    match ascii.map_or(Err(text::Malformed::Anything), |ascii| text::parse(&ascii)) {
        Ok(number) => Ok(number),
        Err(text::Malformed::Anything) => Err(vm.value_error("complex() arg is a malformed string")),
        Err(text::Malformed::Underscore) => {
            let repr = vm.repr(text)?;
            let message = format!("could not convert string to complex: {}", vm.expect_text(repr.borrow()));
            vm.release(repr);
            Err(vm.value_error(message))
        }
    }
}

/// Both parts may be complex numbers themselves.
fn from_parts(vm: &mut Vm, real: Ref, imag: Option<Ref>) -> PyResult<Complex> {
    let special = special_method(vm, real)?;
    let first = special.as_ref().map_or(real, Owned::borrow);
    let problem = if is_number(vm, first) {
        imag.filter(|&imag| !is_number(vm, imag)).map(|imag| ("second argument must be a number", imag))
    } else {
        Some(("first argument must be a string or a number", first))
    };
    if let Some((what, given)) = problem {
        let message = format!("complex() {what}, not '{}'", vm.type_name(given));
        vm.release_option(special);
        return Err(vm.type_error(message));
    }
    let real_is_complex = vm.complex_value(first).is_some();
    let re = part(vm, first);
    vm.release_option(special);
    let re = re?;
    let Some(imag) = imag else { return Ok(re) };
    let im = part(vm, imag)?;
    // Only a part that is there is added: `-0.0` plus nothing is not `-0.0` plus zero.
    let real = if vm.complex_value(imag).is_some() { re.re - im.im } else { re.re };
    Ok(Complex::new(real, if real_is_complex { im.re + re.im } else { im.re }))
}

/// What `__complex__` gives, if there is one (`try_complex_special_method`).
fn special_method(vm: &mut Vm, object: Ref) -> PyResult<Option<Owned>> {
    if vm.class_of(object) == types::COMPLEX {
        return Ok(Some(vm.retain(object)));
    }
    let Some(method) = vm.lookup_special(object, "__complex__")? else { return Ok(None) };
    let result = vm.lend(method, |vm, method| vm.call_pos(method, &[]))?;
    let fits = vm.complex_value(result.borrow()).is_some();
    vm.check_converted(result, "__complex__", types::COMPLEX, fits).map(Some)
}

fn is_number(vm: &Vm, object: Ref) -> bool {
    let slots = &vm.class(vm.class_of(object)).slots;
    slots.float.is_some() || slots.index.is_some() || vm.complex_value(object).is_some()
}

fn part(vm: &mut Vm, object: Ref) -> PyResult<Complex> {
    if let Some(value) = vm.complex_value(object) {
        return Ok(value);
    }
    let float = vm.number_float(object)?;
    let value = vm.float_value(float.borrow()).unwrap_or_default();
    vm.release(float);
    Ok(Complex::new(value, 0.0))
}
