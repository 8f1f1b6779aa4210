#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| isoflop_fuzz::promises::loss_query(bytes));
