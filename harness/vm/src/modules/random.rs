//! `_random` (`Modules/_randommodule.c`): the Mersenne Twister.

use num_bigint::{BigInt, BigUint};

use super::{method, module_type};
use crate::heap::{Owned, Ref};
use crate::object::args::Args;
use crate::object::class::{Arity, Flags, Making, NativeType, Slots};
use crate::object::value::{Native, Role, Value};
use crate::types;
use crate::vm::{PyResult, Vm};

/// How many words its state has.
const WORDS: usize = 624;
/// The distance between the words that are combined.
const MIDDLE: usize = 397;

/// A generator of random numbers.
struct Random {
    words: Box<[u32; WORDS]>,
    /// The next word to use.
    index: usize,
    /// Somebody gave it a seed: without one its numbers can't be foretold.
    seeded: bool,
}

impl Native for Random {
    fn visit(&self, _: &mut dyn FnMut(Role, Ref)) {}
    fn give_back(&mut self, _: &mut Vec<Owned>) {}
}

impl Random {
    fn new() -> Self {
        Self { words: Box::new([0; WORDS]), index: WORDS, seeded: false }
    }

    /// The next 32 random bits (`genrand_uint32`).
    fn next(&mut self) -> u32 {
        if self.index >= WORDS {
            self.regenerate();
        }
        let mut bits = self.words[self.index];
        self.index += 1;
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9d2c_5680;
        bits ^= (bits << 15) & 0xefc6_0000;
        bits ^ (bits >> 18)
    }

    fn regenerate(&mut self) {
        for index in 0..WORDS {
            let both = (self.words[index] & 0x8000_0000) | (self.words[(index + 1) % WORDS] & 0x7fff_ffff);
            let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[index] = self.words[(index + MIDDLE) % WORDS] ^ (both >> 1) ^ odd;
        }
        self.index = 0;
    }

    /// `init_genrand`
    fn seed_with_word(&mut self, seed: u32) {
        self.words[0] = seed;
        for index in 1..WORDS {
            let before = self.words[index - 1];
            self.words[index] = 1_812_433_253_u32.wrapping_mul(before ^ (before >> 30)).wrapping_add(index as u32);
        }
        self.index = WORDS;
    }

    /// `init_by_array`
    fn seed(&mut self, key: &[u32]) {
        self.seed_with_word(19_650_218);
        let mut at = 1;
        let mut advance = |words: &mut [u32; WORDS], factor: u32, plus: &dyn Fn(usize) -> u32| {
            let before = words[at - 1];
            words[at] = (words[at] ^ (before ^ (before >> 30)).wrapping_mul(factor)).wrapping_add(plus(at));
            at += 1;
            if at >= WORDS {
                words[0] = words[WORDS - 1];
                at = 1;
            }
        };
        for step in 0..WORDS.max(key.len()) {
            let place = step % key.len();
            advance(&mut self.words, 1_664_525, &|_| key[place].wrapping_add(place as u32));
        }
        for _ in 1..WORDS {
            advance(&mut self.words, 1_566_083_941, &|at| (at as u32).wrapping_neg());
        }
        self.words[0] = 0x8000_0000;
        self.seeded = true;
    }
}

/// `_random.Random`
pub(crate) static RANDOM: NativeType = NativeType {
    name: "Random",
    module: "_random",
    slots: Slots {
        new: Some(|vm, class, _| Ok(vm.alloc_instance(class, Value::Native(Box::new(Random::new()))))),
        init: Some(init),
        ..Slots::NONE
    },
    methods: &[
        method("random", Arity::None, random),
        method("seed", Arity::Positional(0, 1), |vm, args| {
            seed(vm, args.this(), args.values.get(1).copied())?;
            Ok(vm.none())
        }),
        method("getstate", Arity::None, get_state),
        method("setstate", Arity::One, set_state),
        method("getrandbits", Arity::One, random_bits),
    ],
    flags: Flags(Flags::BASE),
    making: Making::SPEC,
    ..NativeType::PLAIN
};

pub(super) fn make(vm: &mut Vm) {
    let dict = vm.make_module("_random", &[]);
    module_type(vm, dict, types::RANDOM);
}

/// `random_init`
fn init(vm: &mut Vm, this: Ref, args: &Args<'_>) -> PyResult<()> {
    if vm.class_of(this) == types::RANDOM {
        vm.no_keywords("Random", args)?;
    }
    if args.pos().len() > 1 {
        return Err(vm.type_error("Random() requires 0 or 1 argument"));
    }
    seed(vm, this, args.pos().first().copied())
}

/// `random_seed`
fn seed(vm: &mut Vm, this: Ref, seed: Option<Ref>) -> PyResult<()> {
    let Some(seed) = seed.filter(|&seed| seed != types::NONE) else {
        if let Some(random) = vm.payload_mut::<Random>(this) {
            random.seed(&[0]);
            random.seeded = false;
        }
        return Ok(());
    };
    let number: BigUint = match vm.integer(seed) {
        Some(number) => number.magnitude().clone(),
        None => BigUint::from(vm.hash_of(seed)? as u64),
    };
    let mut key = number.to_u32_digits();
    if key.is_empty() {
        key.push(0);
    }
    if let Some(random) = vm.payload_mut::<Random>(this) {
        random.seed(&key);
    }
    Ok(())
}

/// The generator, about to be asked for numbers.
fn generator(vm: &mut Vm, this: Ref) -> &mut Random {
    if vm.payload::<Random>(this).is_some_and(|random| !random.seeded) {
        vm.note_address_use("random numbers without a seed");
    }
    match vm.payload_mut::<Random>(this) {
        Some(random) => random,
        None => unreachable!("a method of Random is called with a Random"),
    }
}

fn random(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let generator = generator(vm, args.this());
    let (high, low) = (generator.next() >> 5, generator.next() >> 6);
    Ok(vm.float((f64::from(high) * 67_108_864.0 + f64::from(low)) * (1.0 / 9_007_199_254_740_992.0)))
}

fn random_bits(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let count = vm.index(args.values[1])?;
    let bits = vm.small_value(count.borrow());
    vm.release(count);
    let bits = match bits {
        Some(bits) if bits >= 0 => bits as u64,
        Some(_) => return Err(vm.value_error("number of bits must be non-negative")),
        None => {
            return Err(vm.overflow_error(if vm.profile.version.minor >= 13 {
                "Python int too large to convert to C long long"
            } else {
                "Python int too large to convert to C int"
            }));
        }
    };
    if bits > 8 * types::str::MAX_SIZE as u64 {
        return Err(vm.unsupported(crate::api::Missing::Limit, "that many random bits"));
    }
    if bits == 0 {
        return Ok(vm.int(0));
    }
    let generator = generator(vm, args.this());
    let mut words = Vec::with_capacity(bits.div_ceil(32) as usize);
    let mut left = bits;
    while left > 0 {
        let word = generator.next();
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    Ok(vm.big_int(BigInt::from(BigUint::new(words))))
}

fn get_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let generator = generator(vm, args.this());
    let mut state = generator.words.to_vec();
    state.push(generator.index as u32);
    let state = state.into_iter().map(|word| vm.int(i64::from(word))).collect();
    Ok(vm.new_tuple(state))
}

fn set_state(vm: &mut Vm, args: &Args<'_>) -> PyResult {
    let state = args.values[1];
    let Some(items) = vm.tuple(state).map(|_| vm.items(state).unwrap_or_default()) else {
        return Err(vm.type_error("state vector must be a tuple"));
    };
    if items.len() != WORDS + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    let mut words = Vec::with_capacity(items.len());
    for item in items {
        match vm.small_value(item) {
            Some(word) if word >= 0 => words.push(word as u64),
            Some(_) if words.len() == WORDS => return Err(vm.value_error("invalid state")),
            Some(_) => return Err(vm.overflow_error("can't convert negative value to unsigned int")),
            None if vm.is_int(item) => return Err(vm.overflow_error("Python int too large to convert to C unsigned long")),
            None => return Err(vm.type_error("an integer is required")),
        }
    }
    let index = words[WORDS] as usize;
    if index > WORDS {
        return Err(vm.value_error("invalid state"));
    }
    if let Some(random) = vm.payload_mut::<Random>(args.this()) {
        for (place, word) in random.words.iter_mut().zip(&words) {
            *place = *word as u32;
        }
        random.index = index;
        random.seeded = true;
    }
    Ok(vm.none())
}
