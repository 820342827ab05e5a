//! What the C library has and Rust's does not, or computes otherwise: after the C library that CPython is built with.

/// `acosh`
pub(super) fn acosh(x: f64) -> f64 {
    const LARGE: f64 = 268_435_456.0;
    if x < 1.0 {
        return f64::NAN;
    }
    if x >= LARGE {
        return if x.is_infinite() { x } else { x.ln() + std::f64::consts::LN_2 };
    }
    if x > 2.0 {
        return (2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt())).ln();
    }
    let t = x - 1.0;
    (t + (2.0 * t + t * t).sqrt()).ln_1p()
}

/// `asinh`
pub(super) fn asinh(x: f64) -> f64 {
    let size = x.abs();
    if !x.is_finite() || size < 3.725_290_298_461_914e-9 {
        return x;
    }
    let result = if size > 268_435_456.0 {
        size.ln() + std::f64::consts::LN_2
    } else if size > 2.0 {
        (2.0 * size + 1.0 / ((x * x + 1.0).sqrt() + size)).ln()
    } else {
        let t = x * x;
        (size + t / (1.0 + (1.0 + t).sqrt())).ln_1p()
    };
    result.copysign(x)
}

/// `atanh`
pub(super) fn atanh(x: f64) -> f64 {
    let size = x.abs();
    if size > 1.0 {
        return f64::NAN;
    }
    if size == 1.0 {
        return x / 0.0;
    }
    let result = if size < 0.5 {
        if size < 3.725_290_298_461_914e-9 {
            return x;
        }
        let t = size + size;
        0.5 * (t + t * size / (1.0 - size)).ln_1p()
    } else {
        0.5 * ((size + size) / (1.0 - size)).ln_1p()
    };
    result.copysign(x)
}

/// `cbrt`, where it is exact: the C library's last digit is its own.
pub(super) fn cbrt(x: f64) -> Option<f64> {
    let root = x.cbrt();
    let whole = root * 8.0 == (root * 8.0).round() && root.abs() < 1e5;
    (x == 0.0 || !x.is_finite() || whole && root * root * root == x).then_some(root)
}

/// `erf` and `erfc` where they are exact: the C library's last digit is its own.
pub(super) fn erf(x: f64) -> Option<f64> {
    if x.is_infinite() { Some(1.0_f64.copysign(x)) } else { (x == 0.0 || x.is_nan()).then_some(x) }
}

/// `frexp`: a fraction in [½, 1) and an exponent of two.
pub(super) fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    if exponent == 0 {
        let (fraction, exponent) = frexp(x * 18_014_398_509_481_984.0);
        return (fraction, exponent - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 0x3fe << 52), exponent - 1022)
}

/// `nextafter`
pub(super) fn next_after(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if x == y {
        return y;
    }
    if y > x { x.next_up() } else { x.next_down() }
}

/// The lowest bits of the Lanczos approximation that CPython takes the gamma function from (`Modules/mathmodule.c`).
#[expect(clippy::excessive_precision, reason = "as published")]
mod lanczos {
    pub(super) const G: f64 = 6.024_680_040_776_729_583_740_234_375;
    pub(super) const G_MINUS_HALF: f64 = 5.524_680_040_776_729_583_740_234_375;
    pub(super) const NUMERATOR: [f64; 13] = [
        23_531_376_880.410_759_688_572_007_674_451_636_754_734_846_804_940,
        42_919_803_642.649_098_768_957_899_047_001_988_850_926_355_848_959,
        35_711_959_237.355_668_049_440_185_451_547_166_705_960_488_635_843,
        17_921_034_426.037_209_699_919_755_754_458_931_112_671_403_265_390,
        6_039_542_586.352_028_005_064_291_644_307_297_921_069_938_842_070_8,
        1_439_720_407.311_721_673_663_223_072_794_912_393_971_548_578_677_2,
        248_874_557.862_054_156_511_460_386_413_229_423_216_321_251_278_01,
        31_426_415.585_400_194_380_614_231_628_318_205_362_874_684_987_640,
        2_876_370.628_935_372_441_225_409_051_620_849_613_599_114_537_876_8,
        186_056.265_395_223_495_040_294_989_716_045_699_282_207_842_363_28,
        8_071.672_002_365_816_210_638_002_902_272_250_613_821_851_632_502_4,
        210.824_277_751_579_345_872_509_733_920_713_362_711_669_695_802_91,
        2.506_628_274_631_000_270_164_908_177_133_837_338_626_431_079_340_8,
    ];
    pub(super) const DENOMINATOR: [f64; 13] = [
        0.0,
        39_916_800.0,
        120_543_840.0,
        150_917_976.0,
        105_258_076.0,
        45_995_730.0,
        13_339_535.0,
        2_637_558.0,
        357_423.0,
        32_670.0,
        1_925.0,
        66.0,
        1.0,
    ];
}

fn lanczos_sum(x: f64) -> f64 {
    let (mut above, mut below) = (0.0, 0.0);
    if x < 5.0 {
        for (a, b) in lanczos::NUMERATOR.iter().zip(lanczos::DENOMINATOR).rev() {
            above = above * x + a;
            below = below * x + b;
        }
    } else {
        for (a, b) in lanczos::NUMERATOR.iter().zip(lanczos::DENOMINATOR) {
            above = above / x + a;
            below = below / x + b;
        }
    }
    above / below
}

/// The sine of π·x (`m_sinpi`).
fn sin_pi(x: f64) -> f64 {
    use std::f64::consts::PI;
    let y = x.abs() % 2.0;
    let sine = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1.0_f64.copysign(x) * sine
}

/// `m_tgamma`; none outside of its domain. The result may be infinite: too large.
pub(super) fn gamma(x: f64) -> Option<f64> {
    if !x.is_finite() {
        return (x.is_nan() || x > 0.0).then_some(x);
    }
    if x == x.floor() {
        if x <= 0.0 {
            return None;
        }
        if x <= 23.0 {
            return Some((1..x as u64).fold(1.0, |product, factor| product * factor as f64));
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return Some(1.0 / x);
    }
    if size > 200.0 {
        return Some(if x < 0.0 { 0.0 / sin_pi(x) } else { f64::INFINITY });
    }
    let y = size + lanczos::G_MINUS_HALF;
    let rounding =
        if size > lanczos::G_MINUS_HALF { (y - size) - lanczos::G_MINUS_HALF } else { (y - lanczos::G_MINUS_HALF) - size };
    let correction = rounding * lanczos::G / y;
    let result = if x < 0.0 {
        let result = -std::f64::consts::PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        let result = result - correction * result;
        if size < 140.0 {
            result / y.powf(size - 0.5)
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result / root / root
        }
    } else {
        let result = lanczos_sum(size) / y.exp();
        let result = result + correction * result;
        if size < 140.0 {
            result * y.powf(size - 0.5)
        } else {
            let root = y.powf(size / 2.0 - 0.25);
            result * root * root
        }
    };
    Some(result)
}

/// `m_lgamma`; none outside of its domain.
pub(super) fn log_gamma(x: f64) -> Option<f64> {
    const LN_PI: f64 = 1.144_729_885_849_400_174_143_427_351_353_058_711_647;
    if !x.is_finite() {
        return Some(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return (x > 0.0).then_some(0.0);
    }
    let size = x.abs();
    if size < 1e-20 {
        return Some(-size.ln());
    }
    let mut result = lanczos_sum(size).ln() - lanczos::G;
    result += (size - 0.5) * ((size + lanczos::G - 0.5).ln() - 1.0);
    if x < 0.0 {
        result = LN_PI - sin_pi(size).abs().ln() - size.ln() - result;
    }
    Some(result)
}
