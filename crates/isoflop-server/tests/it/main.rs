//! The training API from outside.

mod operator;
mod running;
mod secrets;
