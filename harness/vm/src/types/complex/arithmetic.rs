//! What complex numbers are computed by (`_Py_c_sum` and its kin in `Objects/complexobject.c`).

use std::ops::{Add, Mul, Neg, Sub};

/// A complex number.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

impl Complex {
    pub(crate) const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    const ONE: Self = Self::new(1.0, 0.0);

    /// The quotient, by Smith's method; none for a division by zero (`_Py_c_quot`).
    pub(super) fn divided_by(self, other: Self) -> Option<Self> {
        let (re, im) = (other.re.abs(), other.im.abs());
        if re >= im {
            if re == 0.0 {
                return None;
            }
            let ratio = other.im / other.re;
            let denominator = other.re + other.im * ratio;
            return Some(Self::new((self.re + self.im * ratio) / denominator, (self.im - self.re * ratio) / denominator));
        }
        if im >= re {
            let ratio = other.re / other.im;
            let denominator = other.re * ratio + other.im;
            return Some(Self::new((self.re * ratio + self.im) / denominator, (self.im * ratio - self.re) / denominator));
        }
        Some(Self::new(f64::NAN, f64::NAN))
    }

    /// The power; none for a division by zero (`complex_pow`). Small whole exponents are multiplied out.
    pub(super) fn power(self, exponent: Self) -> Option<Self> {
        if exponent.im == 0.0 && exponent.re == exponent.re.floor() && exponent.re.abs() <= 100.0 {
            let count = exponent.re as i64;
            let product = self.multiplied_out(count.unsigned_abs());
            return if count > 0 { Some(product) } else { Self::ONE.divided_by(product) };
        }
        if self.re == 0.0 && self.im == 0.0 {
            return (exponent.im == 0.0 && exponent.re >= 0.0).then_some(Self::default());
        }
        let size = self.re.hypot(self.im);
        let angle = self.im.atan2(self.re);
        let mut length = size.powf(exponent.re);
        let mut phase = angle * exponent.re;
        if exponent.im != 0.0 {
            length *= (-angle * exponent.im).exp();
            phase += exponent.im * size.ln();
        }
        Some(Self::new(length * phase.cos(), length * phase.sin()))
    }

    /// `c_powu`
    fn multiplied_out(self, count: u64) -> Self {
        let (mut result, mut power) = (Self::ONE, self);
        let mut mask = 1;
        while mask <= count {
            if count & mask != 0 {
                result = result * power;
            }
            mask <<= 1;
            power = power * power;
        }
        result
    }

    pub(super) fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_cpython() {
        let z = Complex::new(1.0, 2.0);
        let real = |re: f64| Complex::new(re, 0.0);
        assert_eq!(z.power(real(3.0)), Some(Complex::new(-11.0, -2.0)));
        assert_eq!(z.power(real(-3.0)), Some(Complex::new(-0.088_000_000_000_000_01, 0.016)));
        assert_eq!(Complex::default().power(real(-1.0)), None);
        assert_eq!(Complex::default().power(real(0.5)), Some(Complex::default()));
        assert_eq!(z.divided_by(Complex::default()), None);
    }
}
