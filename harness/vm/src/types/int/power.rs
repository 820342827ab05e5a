//! `**` and `pow()` of integers.

use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::heap::Ref;
use crate::types;
use crate::vm::{PyResult, Vm};

/// `long_pow`
pub(crate) fn power(vm: &mut Vm, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
    if !vm.is_int(base) || !vm.is_int(exponent) || !(vm.is_int(modulus) || modulus == types::NONE) {
        return Ok(vm.not_implemented());
    }
    if modulus != types::NONE {
        return power_modulo(vm, base, exponent, modulus);
    }
    let (Some(a), Some(b)) = (vm.integer(base), vm.integer(exponent)) else { return Ok(vm.not_implemented()) };
    if b.is_negative() {
        drop((a, b));
        return types::float::power(vm, base, exponent, types::NONE);
    }
    let small = b.to_u32();
    let trivial = a.is_zero() || a.magnitude().is_one();
    let bits = a.bits();
    let result = match small {
        _ if trivial => {
            let negative = a.is_negative() && b.bit(0);
            let value = if a.is_zero() { i64::from(b.is_zero()) } else { 1 };
            BigInt::from(if negative { -value } else { value })
        }
        Some(exponent) if bits.saturating_mul(u64::from(exponent)) <= super::BIT_LIMIT => a.pow(exponent),
        _ => {
            drop((a, b));
            vm.check_bits(u64::MAX)?;
            return Ok(vm.not_implemented());
        }
    };
    Ok(vm.big_int(result))
}

fn power_modulo(vm: &mut Vm, base: Ref, exponent: Ref, modulus: Ref) -> PyResult {
    let (Some(a), Some(b), Some(c)) = (vm.integer(base), vm.integer(exponent), vm.integer(modulus)) else {
        return Ok(vm.not_implemented());
    };
    let result = match modular(&a, &b, &c) {
        Ok(result) => result,
        Err(message) => {
            drop((a, b, c));
            return Err(vm.value_error(message));
        }
    };
    Ok(vm.big_int(result))
}

fn modular(base: &BigInt, exponent: &BigInt, modulus: &BigInt) -> Result<BigInt, &'static str> {
    if modulus.is_zero() {
        return Err("pow() 3rd argument cannot be 0");
    }
    if modulus.magnitude().is_one() {
        return Ok(BigInt::zero());
    }
    if exponent.is_negative() {
        let inverse = base.modinv(&modulus.abs()).ok_or("base is not invertible for the given modulus")?;
        return Ok(inverse.modpow(&-exponent, modulus));
    }
    Ok(base.modpow(exponent, modulus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modular_powers_have_the_sign_of_the_modulus() {
        let int = |value: i64| BigInt::from(value);
        // python3 -c 'print(pow(3,5,7), pow(-3,5,7), pow(3,5,-7), pow(3,-2,7), pow(-3,-2,-7), pow(5,0,-3), pow(2,3,1))'
        let expected = [(3, 5, 7, 5), (-3, 5, 7, 2), (3, 5, -7, -2), (3, -2, 7, 4), (-3, -2, -7, -3), (5, 0, -3, -2), (2, 3, 1, 0)];
        for (base, exponent, modulus, result) in expected {
            assert_eq!(modular(&int(base), &int(exponent), &int(modulus)), Ok(int(result)), "pow({base}, {exponent}, {modulus})");
        }
        assert_eq!(modular(&int(2), &int(-1), &int(4)), Err("base is not invertible for the given modulus"));
    }
}
