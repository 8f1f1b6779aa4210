//! The library seen from outside.

mod source;
