//! See `refdrift_outside::wire`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| refdrift_outside::wire(bytes));
