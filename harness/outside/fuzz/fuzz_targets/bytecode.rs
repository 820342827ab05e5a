//! See `refdrift_outside::bytecode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| refdrift_outside::bytecode(bytes));
