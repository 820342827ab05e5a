//! Sums and products over iterables, and norms: with what rounding loses kept apart.

use refdrift_isa::BinaryOperator;

use crate::heap::{Owned, Ref};
use crate::modules::only;
use crate::object::args::Args;
use crate::object::keywords::Signature;
use crate::types;
use crate::vm::{PyResult, Vm};

use super::library::frexp;

/// A value and what it lacks.
#[derive(Clone, Copy)]
struct Double {
    high: f64,
    low: f64,
}

/// The sum of two floats, the larger one first.
fn fast_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double { high, low: (a - high) + b }
}

/// The sum of two floats.
fn sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let z = high - a;
    Double { high, low: (a - (high - z)) + (b - z) }
}

/// The product of two floats.
fn product(a: f64, b: f64) -> Double {
    let high = a * b;
    Double { high, low: a.mul_add(b, -high) }
}

/// The Euclidean norm of sizes (`vector_norm`).
pub(super) fn norm(vm: &Vm, sizes: &mut [f64]) -> f64 {
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    if largest.is_infinite() {
        return largest;
    }
    if sizes.iter().any(|size| size.is_nan()) {
        return f64::NAN;
    }
    if largest == 0.0 || sizes.len() <= 1 {
        return largest;
    }
    let exponent = frexp(largest).1;
    if exponent < -1023 {
        for size in sizes.iter_mut() {
            *size /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * norm(vm, sizes);
    }
    let scale = crate::types::int::division::scale(1.0, i64::from(-exponent));
    if vm.profile.norm_splits_squares { split_norm(sizes, scale) } else { fused_norm(sizes, scale) }
}

/// From 3.12 on.
fn fused_norm(sizes: &[f64], scale: f64) -> f64 {
    let (mut total, mut lost, mut lost_in_sum) = (1.0, 0.0, 0.0);
    let mut add = |square: Double| {
        let next = fast_sum(total, square.high);
        total = next.high;
        lost += square.low;
        lost_in_sum += next.low;
        total - 1.0 + (lost + lost_in_sum)
    };
    let mut squares = 0.0;
    for &size in sizes {
        let size = size * scale;
        squares = add(product(size, size));
    }
    let root = squares.sqrt();
    let rest = add(product(-root, root));
    (root + rest / (2.0 * root)) / scale
}

/// Up to 3.11: squares of the upper and the lower half of the bits.
fn split_norm(sizes: &[f64], scale: f64) -> f64 {
    let (mut total, mut lost) = (1.0, [0.0; 3]);
    let halves = |x: f64| {
        let t = x * 134_217_729.0;
        let high = t - (t - x);
        (high, x - high)
    };
    let add = |total: &mut f64, lost: &mut f64, x: f64| {
        let next = fast_sum(*total, x);
        *total = next.high;
        *lost += next.low;
    };
    for &size in sizes {
        let (high, low) = halves(size * scale);
        add(&mut total, &mut lost[0], high * high);
        add(&mut total, &mut lost[1], 2.0 * high * low);
        lost[2] += low * low;
    }
    let root = (total - 1.0 + (lost[0] + lost[1] + lost[2])).sqrt();
    let (high, low) = halves(root);
    add(&mut total, &mut lost[0], -high * high);
    add(&mut total, &mut lost[1], -2.0 * high * low);
    add(&mut total, &mut lost[2], -low * low);
    let rest = total - 1.0 + (lost[0] + lost[1] + lost[2]);
    (root + rest / (2.0 * root)) / scale
}

/// `math.fsum(seq)`
pub(super) fn fsum(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let mut partials: Vec<f64> = Vec::new();
    let (mut special, mut infinite) = (0.0, 0.0);
    vm.iterate(only(args), |vm, item| {
        let value = vm.as_f64(item.borrow());
        vm.release(item);
        let value = value?;
        let total = add_partial(&mut partials, value);
        if total.is_finite() {
            return Ok(true);
        }
        if value.is_finite() {
            return Err(vm.overflow_error("intermediate overflow in fsum"));
        }
        if value.is_infinite() {
            infinite += value;
        }
        special += value;
        partials.clear();
        Ok(true)
    })?;
    if special != 0.0 {
        if f64::is_nan(infinite) {
            return Err(vm.value_error("-inf + inf in fsum"));
        }
        return Ok(vm.float(special));
    }
    Ok(vm.float(total_of(&partials)))
}

/// Adds a value to partial sums that do not overlap; the last of them.
fn add_partial(partials: &mut Vec<f64>, value: f64) -> f64 {
    let mut x = value;
    let mut kept = 0;
    for index in 0..partials.len() {
        let mut y = partials[index];
        if x.abs() < y.abs() {
            std::mem::swap(&mut x, &mut y);
        }
        let high = x + y;
        let low = y - (high - x);
        if low != 0.0 {
            partials[kept] = low;
            kept += 1;
        }
        x = high;
    }
    partials.truncate(kept);
    if x != 0.0 && x.is_finite() {
        partials.push(x);
    }
    x
}

/// The exact sum of the partial ones, rounded once.
fn total_of(partials: &[f64]) -> f64 {
    let Some((&last, mut rest)) = partials.split_last() else { return 0.0 };
    let (mut high, mut low) = (last, 0.0);
    while let Some((&y, before)) = rest.split_last() {
        rest = before;
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    if let Some(&next) = rest.last()
        && (low < 0.0 && next < 0.0 || low > 0.0 && next > 0.0)
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}

/// `math.prod(iterable, *, start=1)`: as long as all are integers, then floats, that fit, the product is no object.
pub(super) fn prod(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    const SIGNATURE: Signature = Signature { function: "prod", positional_only: 1, names: &["start"], required: 1, positional: 1 };
    let [iterable, start] = SIGNATURE.bind::<2>(vm, args)?;
    let iterator = vm.get_iter(iterable.unwrap_or(types::NONE))?;
    let start = match start {
        Some(start) => vm.retain(start),
        None => vm.int(1),
    };
    let result = multiply_all(vm, iterator.borrow(), start);
    vm.release(iterator);
    result
}

/// A product under way.
enum Product {
    Int(i64),
    Float(f64),
    Object(Owned),
}

impl Product {
    fn of(vm: &mut Vm, object: Owned, ints: bool) -> Self {
        let class = vm.class_of(object.borrow());
        match (class, vm.small_value(object.borrow()), vm.float_value(object.borrow())) {
            (types::INT, Some(value), _) if ints => {
                vm.release(object);
                Self::Int(value)
            }
            (types::FLOAT, _, Some(value)) => {
                vm.release(object);
                Self::Float(value)
            }
            _ => Self::Object(object),
        }
    }

    fn into_object(self, vm: &mut Vm) -> Owned {
        match self {
            Self::Int(value) => vm.int(value),
            Self::Float(value) => vm.float(value),
            Self::Object(object) => object,
        }
    }
}

fn multiply_all(vm: &mut Vm, iterator: Ref, start: Owned) -> PyResult {
    let mut product = Product::of(vm, start, true);
    loop {
        let item = match vm.next(iterator) {
            Ok(Some(item)) => item,
            Ok(None) => return Ok(product.into_object(vm)),
            Err(stop) => {
                if let Product::Object(object) = product {
                    vm.release(object);
                }
                return Err(stop);
            }
        };
        let class = vm.class_of(item.borrow());
        let small = vm.small_value(item.borrow()).filter(|_| class == types::INT);
        let float = vm.float_value(item.borrow()).filter(|_| class == types::FLOAT);
        product = match (product, small, float) {
            (Product::Int(value), Some(factor), _) if value.checked_mul(factor).is_some() => {
                vm.release(item);
                Product::Int(value * factor)
            }
            (Product::Float(value), _, Some(factor)) => {
                vm.release(item);
                Product::Float(value * factor)
            }
            (Product::Float(value), Some(factor), _) => {
                vm.release(item);
                Product::Float(value * factor as f64)
            }
            (product, ..) => {
                let (settled, was_int) = (matches!(product, Product::Object(_)), matches!(product, Product::Int(_)));
                let object = product.into_object(vm);
                let result = vm.binary(BinaryOperator::Multiply, object.borrow(), item.borrow());
                vm.release(object);
                vm.release(item);
                let result = result?;
                // After integers floats get their turn; after anything else nothing does.
                if settled || !was_int { Product::Object(result) } else { Product::of(vm, result, false) }
            }
        };
    }
}

/// `math.sumprod(p, q, /)`
pub(super) fn sumprod(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let p = vm.get_iter(args.values[0])?;
    let q = match vm.get_iter(args.values[1]) {
        Ok(q) => q,
        Err(stop) => {
            vm.release(p);
            return Err(stop);
        }
    };
    let zero = vm.int(0);
    let mut sums = SumOfProducts { total: Some(zero), ints: Apart::new(), floats: Apart::new() };
    let result = sums.run(vm, p.borrow(), q.borrow());
    let total = sums.total.take();
    vm.release(p);
    vm.release(q);
    match result {
        Ok(()) => Ok(total.unwrap_or_else(|| unreachable!("the total is there between steps"))),
        Err(stop) => {
            vm.release_option(total);
            Err(stop)
        }
    }
}

/// `math_sumprod_impl`: sums of machine integers and of floats are kept apart for as long as only such come.
struct SumOfProducts {
    total: Option<Owned>,
    ints: Apart<i64>,
    /// High, low and tiny part.
    floats: Apart<[f64; 3]>,
}

/// A sum that is kept apart from the total.
struct Apart<T> {
    /// More can be added to it.
    open: bool,
    /// The sum so far, once there is one.
    sum: Option<T>,
}

impl<T> Apart<T> {
    const fn new() -> Self {
        Self { open: true, sum: None }
    }

    /// Takes what there is; no more is added.
    fn close(&mut self) -> Option<T> {
        self.open = false;
        self.sum.take()
    }
}

impl SumOfProducts {
    fn run(&mut self, vm: &mut Vm, p: Ref, q: Ref) -> PyResult<()> {
        loop {
            let a = vm.next(p)?;
            let b = match vm.next(q) {
                Ok(b) => b,
                Err(stop) => {
                    vm.release_option(a);
                    return Err(stop);
                }
            };
            let (a, b) = match (a, b) {
                (Some(a), Some(b)) => (a, b),
                (None, None) => return self.settle(vm, true, true),
                (a, b) => {
                    let stop = vm.value_error("Inputs are not the same length");
                    vm.release_option(a);
                    vm.release_option(b);
                    return Err(stop);
                }
            };
            let result = self.step(vm, a.borrow(), b.borrow());
            vm.release(a);
            vm.release(b);
            result?;
        }
    }

    fn step(&mut self, vm: &mut Vm, a: Ref, b: Ref) -> PyResult<()> {
        if self.ints.open {
            let exact = vm.class_of(a) == types::INT && vm.class_of(b) == types::INT;
            let factors = vm.small_value(a).zip(vm.small_value(b)).filter(|_| exact);
            let next = factors.and_then(|(a, b)| a.checked_mul(b)?.checked_add(self.ints.sum.unwrap_or(0)));
            if next.is_some() {
                self.ints.sum = next;
                return Ok(());
            }
            self.settle(vm, true, false)?;
        }
        if self.floats.open {
            if let Some((a, b)) = float_factors(vm, a, b) {
                let [high, low, tiny] = self.floats.sum.unwrap_or_default();
                let (by, to) = (product(a, b), sum(high, product(a, b).high));
                let first = sum(low, by.low);
                let second = sum(first.high, to.low);
                if to.high.is_finite() {
                    self.floats.sum = Some([to.high, second.high, tiny + first.low + second.low]);
                    return Ok(());
                }
            }
            self.settle(vm, false, true)?;
        }
        let term = vm.binary(BinaryOperator::Multiply, a, b)?;
        self.add(vm, term)
    }

    /// What was kept apart joins the total.
    fn settle(&mut self, vm: &mut Vm, ints: bool, floats: bool) -> PyResult<()> {
        if ints && let Some(sum) = self.ints.close() {
            let term = vm.int(sum);
            self.add(vm, term)?;
        }
        if floats && let Some([high, low, tiny]) = self.floats.close() {
            let last = sum(low, high);
            let term = vm.float(tiny + last.low + last.high);
            self.add(vm, term)?;
        }
        Ok(())
    }

    fn add(&mut self, vm: &mut Vm, term: Owned) -> PyResult<()> {
        let Some(total) = self.total.take() else {
            vm.release(term);
            return Ok(());
        };
        let next = vm.binary(BinaryOperator::Add, total.borrow(), term.borrow());
        match next {
            Ok(next) => {
                self.total = Some(next);
                vm.release(total);
                vm.release(term);
                Ok(())
            }
            Err(stop) => {
                self.total = Some(total);
                vm.release(term);
                Err(stop)
            }
        }
    }
}

/// Two floats, or a float and an integer.
fn float_factors(vm: &Vm, a: Ref, b: Ref) -> Option<(f64, f64)> {
    let float = |object: Ref| vm.float_value(object).filter(|_| vm.class_of(object) == types::FLOAT);
    let int = |object: Ref| {
        let plain = matches!(vm.class_of(object), types::INT | types::BOOL);
        vm.small_value(object).filter(|_| plain).map(|value| value as f64)
    };
    match (float(a), float(b)) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => int(b).map(|b| (a, b)),
        (None, Some(b)) => int(a).map(|a| (a, b)),
        (None, None) => None,
    }
}
