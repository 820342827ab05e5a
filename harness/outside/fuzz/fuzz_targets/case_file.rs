//! See `refdrift_outside::case_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| refdrift_outside::case_file(bytes));
