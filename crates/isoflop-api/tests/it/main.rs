//! The wire seen from outside.

mod reference;
