//! See `refdrift_outside::record`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| refdrift_outside::record(bytes));
